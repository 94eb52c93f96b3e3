"""The application, wired: settings, extensions, views and commands."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_talisman import Talisman
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, ValidationError

from procurement import cli, demo, views
from procurement.config import ROOT, Settings
from procurement.domain.steps import Step
from procurement.extensions import csrf, db, limiter, migrate


class StepConverter(BaseConverter):
    """A step's name in a URL."""

    regex = "|".join(step.value for step in Step)

    def to_python(self, value: str) -> Step:
        """The step of a name."""
        try:
            return Step(value)
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: Step) -> str:
        """The name of a step."""
        return Step(value).value


def create_app(settings: Settings | None = None) -> Flask:
    """The application, wired; ``settings`` from the environment when left out.

    Raises ``ConfigError`` when a setting is unusable or unsafe for production.
    """
    settings = settings or Settings.from_environment()
    settings.refuse_unsafe()
    app = Flask("procurement", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(_flask_config(settings))
    app.url_map.converters["step"] = StepConverter
    _prepare_folders(settings)
    _bind_extensions(app, settings)
    _bind_views(app)
    _bind_commands(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.testing,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # A database server that was started again must not cost each idle connection one answer.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": not settings.database_url.startswith("sqlite")},
        "MAX_UPLOAD_BYTES": settings.max_upload_bytes,
        # A body a little over the largest file: the file's own limit speaks first, with its own sentence.
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 16 * 1024 * 1024,
        "MAX_FORM_PARTS": 20_000,
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.cookies_over_tls_only,
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        # A token would die after an hour, and with it what was being typed; it is bound to the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _prepare_folders(settings: Settings) -> None:
    settings.evidence_dir.mkdir(parents=True, exist_ok=True)
    prefix = "sqlite:///"
    if settings.database_url.startswith(prefix) and settings.database_url != prefix:
        Path(settings.database_url[len(prefix) :]).parent.mkdir(parents=True, exist_ok=True)


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    limiter.init_app(app)
    Talisman(
        app,
        force_https=False,
        strict_transport_security=settings.production,
        session_cookie_secure=settings.cookies_over_tls_only,
        content_security_policy={
            "default-src": "'self'",
            "frame-ancestors": "'none'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "object-src": "'none'",
            "img-src": "'self' data:",
        },
        referrer_policy="same-origin",
    )


def _bind_views(app: Flask) -> None:
    views.register(app)


def _bind_commands(app: Flask) -> None:
    cli.register(app)
    demo.register(app)
