"""Settings come from the environment, and real use is refused with what is meant for trying out."""

from pathlib import Path

import pytest

from procurement.config import SAMPLE_SECRET, ConfigError, Settings

GOOD_SECRET = "a secret that is long enough to be taken"
PRODUCTION = {
    "PROCUREMENT_ENV": "production",
    "SECRET_KEY": GOOD_SECRET,
    "TRUSTED_HOSTS": "contracts.example.go.kr",
}


def test_without_any_setting_the_program_runs_on_this_machine_alone() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url.startswith("sqlite:///")
    assert not settings.production


def test_settings_are_read_from_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://app@db.example/procurement",
            "DATABASE_OWNER_URL": "postgres://owner@db.example/procurement",
            "EVIDENCE_DIR": str(tmp_path / "evidence"),
            "FONT_DIR": str(tmp_path / "fonts"),
            "HOST": "0.0.0.0",  # noqa: S104 - only read here
            "PORT": "9000",
        }
    )
    assert settings.database_url == "postgresql+psycopg://app@db.example/procurement"
    assert settings.owner_url == "postgresql+psycopg://owner@db.example/procurement"
    assert settings.evidence_dir == tmp_path / "evidence"
    assert settings.font_dir == tmp_path / "fonts"
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)  # noqa: S104


def test_one_role_owns_the_tables_and_works_on_them_when_no_owner_is_named() -> None:
    settings = Settings.from_environment({"DATABASE_URL": "sqlite:///one.db"})
    assert settings.owner_url == settings.database_url == "sqlite:///one.db"


@pytest.mark.parametrize("name", ["PORT", "TRUSTED_PROXIES", "MAX_UPLOAD_MIB"])
def test_a_setting_that_must_be_a_number_says_so_by_its_name(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}에는 정수를"):
        Settings.from_environment({name: "many"})


def test_a_bucket_needs_its_address_and_keys() -> None:
    bucket = {"EVIDENCE_S3_BUCKET": "evidence", "EVIDENCE_S3_URL": "https://store.example.go.kr"}
    with pytest.raises(ConfigError, match="EVIDENCE_S3_KEY"):
        Settings.from_environment(bucket)
    settings = Settings.from_environment(
        {**bucket, "EVIDENCE_S3_KEY": "key", "EVIDENCE_S3_SECRET": "kept to itself"}
    )
    assert settings.evidence_s3_bucket == "evidence"
    assert "kept to itself" not in repr(settings)


def test_an_environment_that_is_not_known_is_refused() -> None:
    with pytest.raises(ConfigError, match="local 또는 production"):
        Settings.from_environment({"PROCUREMENT_ENV": "prod"})


def test_production_starts_with_a_secret_of_its_own_and_its_host_name() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert settings.production
    assert settings.cookies_over_tls_only


@pytest.mark.parametrize("secret", [None, SAMPLE_SECRET, "", "x" * 31])
def test_production_refuses_the_sample_secret_and_short_ones(secret: str | None) -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    if secret is not None:
        environ["SECRET_KEY"] = secret
    with pytest.raises(ConfigError, match="SECRET_KEY에 32자 이상"):
        Settings.from_environment(environ)


def test_production_takes_a_secret_of_just_enough_characters() -> None:
    assert Settings.from_environment({**PRODUCTION, "SECRET_KEY": "x" * 32}).production


@pytest.mark.parametrize("hosts", ["", " , "])
def test_production_refuses_to_answer_to_any_host_name(hosts: str) -> None:
    with pytest.raises(ConfigError, match="TRUSTED_HOSTS"):
        Settings.from_environment({**PRODUCTION, "TRUSTED_HOSTS": hosts})
