"""The application under test: made, migrated, filled with the sample, and served over real HTTP."""

import contextvars
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from procurement.config import Settings
from procurement.extensions import db
from tests.support import printed

ROOT = Path(__file__).resolve().parent.parent.parent


class OwnContextClient(FlaskClient):
    """A client whose requests never share ``g`` or the database session with the test around them.

    Flask would reuse an application context that the test has open; a served request has its own.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request from an empty context."""
        send: Callable[..., TestResponse] = super().open
        return contextvars.Context().run(send, *args, **kwargs)


def make_application(settings: Settings) -> Flask:
    """The application as it is served, with ``settings`` of the tests."""
    from procurement import create_app
    from procurement.adapters import signatures

    signatures.make(settings.signing_key_file)
    # The application has brought what prints.
    printed.watch()
    app = create_app(settings)
    app.test_client_class = OwnContextClient
    return app


def end_session(app: Flask) -> None:
    """Give up whatever transaction a test has left open."""
    with app.app_context():
        db.session.remove()


def disconnect(app: Flask) -> None:
    """Close every connection to the database, so that its file or its name can be replaced."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate(app: Flask) -> None:
    """Run every migration."""
    import flask_migrate

    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    disconnect(app)


def load_sample(app: Flask) -> None:
    """Load the sample institution as `flask demo` does."""
    result = app.test_cli_runner().invoke(args=["demo"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    disconnect(app)


@contextmanager
def without_waiting_for_disks() -> Iterator[None]:
    """No fsync in SQLite: nothing of a test has to survive a power cut."""

    def set_pragma(connection: Any, _record: Any) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", set_pragma)
    yield
    event.remove(Engine, "connect", set_pragma)


@dataclass(frozen=True)
class LiveServer:
    """A server on loopback; ``url`` has no slash at its end."""

    url: str
    app: Flask


def _answered_whole(app: Flask) -> Callable[..., Any]:
    """``app`` with each answer read to its end at once: a browser that goes away leaves no file open."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return answer


@contextmanager
def serving(app: Flask) -> Iterator[LiveServer]:
    """Serve ``app`` on a free port from threads of this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Styles and scripts do not change while a test looks at pages.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    server = make_server("127.0.0.1", 0, _answered_whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield LiveServer(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Environment of a program that works on the database and the files of the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "PYTHONUTF8": "1",
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "EVIDENCE_DIR": str(settings.evidence_dir),
        "FONT_DIR": str(settings.font_dir),
        "SIGNING_KEY_FILE": str(settings.signing_key_file),
        **more,
    }


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """Run the background worker beside the test, in a process of its own."""
    started = time.time()
    process = subprocess.Popen(
        [sys.executable, "-m", "procurement.worker"], cwd=ROOT, env=environment(settings)
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
    printed.check_kept(settings, started)
