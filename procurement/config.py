"""Every setting, from the environment, with its default and what it does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from procurement.domain.hosts import allowed_hosts

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECRET = "sample-secret-for-trying-out-only"  # noqa: S105 - refused in production below


class ConfigError(RuntimeError):
    """A setting that the program must not start with; the message says how to mend it."""


@dataclass(frozen=True)
class Settings:
    """What the program is set to.

    ``database_url``: where the application works; ``database_owner_url``: role that owns the tables,
    for migrations (the same where there is only one role). ``evidence_dir``: folder of the evidence
    files, unless ``evidence_s3_bucket`` names a bucket of an S3-compatible store at ``evidence_s3_url``
    (``evidence_s3_prefix`` before each name), opened with ``evidence_s3_key`` and ``evidence_s3_secret``.
    ``font_dir``: folder of the two font faces made at set-up. ``max_upload_bytes``: largest
    upload taken. ``extra_holidays``: temporary holidays as ``YYYY-MM-DD``, each with a name or without,
    joined by commas. ``fetch_hosts``: sites that pages may be read from (``domain/hosts``), none by default.
    ``open_api_key``: key of the procurement service's open API; without one nothing is asked there.
    ``open_api_url``: where that API is.
    ``signing_key_file``: private key that signs checkpoints. ``tsa_url``: RFC 3161 authority that stamps
    them, off when empty; ``tsa_ca_file``: its certificates. ``mail_to``: who gets each checkpoint by
    mail, nobody when empty; ``smtp_…``: how mail goes out.
    ``bundle_attach_bytes``: how much of the evidence is carried inside a bundle. ``pades_file``: PKCS#12
    that bundles are signed with, none by default; ``pades_password`` opens it. ``section_cache_dir`` and
    ``section_cache_bytes``: where printed sections are kept that come again, and how much of them.
    ``cookies_over_tls_only``: session cookie is sent over TLS only (always in production).
    """

    environment: str = "local"
    secret_key: str = SAMPLE_SECRET
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'procurement.db'}"
    database_owner_url: str = ""
    evidence_dir: Path = ROOT / "evidence"
    evidence_s3_bucket: str = ""
    evidence_s3_url: str = ""
    evidence_s3_prefix: str = ""
    evidence_s3_region: str = ""
    evidence_s3_key: str = ""
    evidence_s3_secret: str = field(default="", repr=False)
    font_dir: Path = ROOT / "build" / "fonts"
    signing_key_file: Path = ROOT / "instance" / "signing-key.pem"
    bundle_attach_bytes: int = 20 * 1024 * 1024
    pades_file: Path | None = None
    pades_password: str = field(default="", repr=False)
    section_cache_dir: Path = ROOT / "build" / "sections"
    section_cache_bytes: int = 256 * 1024 * 1024
    tsa_url: str = ""
    tsa_ca_file: Path | None = None
    mail_to: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_sender: str = ""
    smtp_starttls: bool = False
    smtp_user: str = ""
    smtp_password: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    max_upload_bytes: int = 50 * 1024 * 1024
    extra_holidays: str = ""
    fetch_hosts: str = ""
    open_api_key: str = ""
    open_api_url: str = "https://apis.data.go.kr/1230000/at/ShoppingMallPrdctInfoService"
    testing: bool = False

    @property
    def production(self) -> bool:
        """Whether an institution runs it for real."""
        return self.environment == "production"

    @property
    def cookies_over_tls_only(self) -> bool:
        """Whether the session cookie is kept to TLS."""
        return self.production

    @property
    def owner_url(self) -> str:
        """URL that migrations use."""
        return self.database_owner_url or self.database_url

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read settings from environment variables.

        Raises ``ConfigError`` when a value cannot be used, or when production would start with the
        sample secret.
        """
        given = os.environ if environ is None else environ
        # A variable that is set to nothing means the default, not an empty path or address.
        env = {name: value for name, value in given.items() if value.strip()}
        default = cls()
        settings = cls(
            environment=env.get("PROCUREMENT_ENV", default.environment),
            secret_key=env.get("SECRET_KEY", default.secret_key),
            database_url=_driver(env.get("DATABASE_URL", default.database_url)),
            database_owner_url=_driver(env.get("DATABASE_OWNER_URL", "")),
            evidence_dir=Path(env.get("EVIDENCE_DIR", str(default.evidence_dir))).resolve(),
            evidence_s3_bucket=env.get("EVIDENCE_S3_BUCKET", ""),
            evidence_s3_url=env.get("EVIDENCE_S3_URL", ""),
            evidence_s3_prefix=env.get("EVIDENCE_S3_PREFIX", ""),
            evidence_s3_region=env.get("EVIDENCE_S3_REGION", ""),
            evidence_s3_key=env.get("EVIDENCE_S3_KEY", ""),
            evidence_s3_secret=env.get("EVIDENCE_S3_SECRET", ""),
            font_dir=Path(env.get("FONT_DIR", str(default.font_dir))).resolve(),
            signing_key_file=Path(env.get("SIGNING_KEY_FILE", str(default.signing_key_file))).resolve(),
            bundle_attach_bytes=_mebibytes(env, "BUNDLE_ATTACH_MIB", default.bundle_attach_bytes),
            pades_file=Path(env["PADES_FILE"]).resolve() if "PADES_FILE" in env else None,
            pades_password=env.get("PADES_PASSWORD", ""),
            section_cache_dir=Path(env.get("SECTION_CACHE_DIR", str(default.section_cache_dir))).resolve(),
            section_cache_bytes=_mebibytes(env, "SECTION_CACHE_MIB", default.section_cache_bytes),
            tsa_url=env.get("TSA_URL", ""),
            tsa_ca_file=Path(env["TSA_CA_FILE"]).resolve() if "TSA_CA_FILE" in env else None,
            mail_to=env.get("MAIL_TO", ""),
            smtp_host=env.get("SMTP_HOST", default.smtp_host),
            smtp_port=_whole_number("SMTP_PORT", env.get("SMTP_PORT", str(default.smtp_port))),
            smtp_sender=env.get("SMTP_SENDER", env.get("MAIL_TO", "")),
            smtp_starttls=env.get("SMTP_STARTTLS", "") == "1",
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            host=env.get("HOST", default.host),
            port=_whole_number("PORT", env.get("PORT", str(default.port))),
            trusted_hosts=tuple(h.strip() for h in env.get("TRUSTED_HOSTS", "").split(",") if h.strip()),
            trusted_proxies=_whole_number("TRUSTED_PROXIES", env.get("TRUSTED_PROXIES", "0")),
            max_upload_bytes=_whole_number("MAX_UPLOAD_MIB", env.get("MAX_UPLOAD_MIB", "50")) * 1024 * 1024,
            extra_holidays=env.get("EXTRA_HOLIDAYS", ""),
            fetch_hosts=env.get("FETCH_HOSTS", default.fetch_hosts),
            open_api_key=env.get("OPEN_API_KEY", default.open_api_key),
            open_api_url=env.get("OPEN_API_URL", default.open_api_url),
        )
        settings.refuse_unsafe()
        return settings

    def refuse_unsafe(self) -> None:
        """Raise ``ConfigError`` when production would run with what is meant for trying out."""
        if self.environment not in ("local", "production"):
            raise ConfigError(f"PROCUREMENT_ENV는 local 또는 production이어야 합니다: {self.environment}")
        try:
            allowed_hosts(self.fetch_hosts)
        except ValueError as error:
            raise ConfigError(f"FETCH_HOSTS에는 사이트 이름을 쉼표로 나누어 적어야 합니다: {error}") from None
        if self.evidence_s3_bucket and not (
            self.evidence_s3_url and self.evidence_s3_key and self.evidence_s3_secret
        ):
            raise ConfigError(
                "EVIDENCE_S3_BUCKET을 정했으면 EVIDENCE_S3_URL(저장소 주소), EVIDENCE_S3_KEY, "
                "EVIDENCE_S3_SECRET도 정해야 합니다."
            )
        if not self.production:
            return
        if self.secret_key == SAMPLE_SECRET or len(self.secret_key) < 32:
            raise ConfigError(
                "운영 모드에서는 SECRET_KEY에 32자 이상의 임의 문자열을 정해야 합니다. "
                '예: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if not self.trusted_hosts:
            raise ConfigError("운영 모드에서는 TRUSTED_HOSTS에 접속 주소(호스트 이름)를 정해야 합니다.")


def _driver(url: str) -> str:
    """PostgreSQL is reached through psycopg 3, however the URL spells it."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _mebibytes(env: Mapping[str, str], name: str, default: int) -> int:
    return _whole_number(name, env[name]) * 1024 * 1024 if name in env else default


def _whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ConfigError(f"{name}에는 정수를 적어야 합니다: {text!r}") from None
