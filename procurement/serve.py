"""Serves the application: the web server and the background worker under one supervisor.

``python -m procurement.serve`` opens the port, starts both and stops both together; ``--prepare`` brings the
database up to date and loads the sample institution on the very first start.
"""

import argparse
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from procurement.adapters import signatures, web_errors
from procurement.adapters.fonts import FontsMissingError, font_paths
from procurement.adapters.processes import GRACE, ListenError, Supervisor, listen, say
from procurement.config import ROOT, ConfigError, Settings
from procurement.extensions import db
from procurement.models import Account, Institution, guards
from procurement.models.base import ACROSS
from procurement.services import names

MIGRATIONS = ROOT / "migrations"

# Two processes of eight threads answer some dozens of people at once on two cores.
PROCESSES, THREADS = 2, 8


@contextmanager
def _database_of(settings: Settings) -> Iterator[None]:
    """The database of an application that is made for this look alone; no connection outlives it."""
    # The package makes the application from modules that this one stands beside.
    from procurement import create_app

    with create_app(settings).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def prepare(settings: Settings) -> None:
    """Bring the database up to date; load the sample when it holds no institution and this is no real use.

    Raises ``ConfigError`` when the database is not what the program needs.
    """
    with _database_of(settings):
        # A migration makes the triggers anew; where none is due, one that was touched has to be seen.
        if not _up_to_date():
            flask_migrate.upgrade(directory=str(MIGRATIONS))
        _check_guards()
        first_start = not _any(Institution)
    _make_key(settings)
    if first_start and not settings.production:
        say("처음 시작하므로 표본 기관을 넣습니다 · first start: loading the sample institution")
        # Serving tells the accounts each time it starts.
        _demo(quiet=True)


def _make_key(settings: Settings) -> None:
    try:
        if signatures.make(settings.signing_key_file):
            say(f"확인점에 서명할 열쇠를 만들었습니다: {settings.signing_key_file} (이 파일도 백업하세요)")
    except signatures.KeyFileError as error:
        raise ConfigError(str(error)) from error


def check(settings: Settings) -> bool:
    """See that the database and the fonts are ready to be served; gives whether the sample is there.

    Raises ``ConfigError`` with the way to mend it.
    """
    try:
        font_paths(settings.font_dir)
    except FontsMissingError as error:
        raise ConfigError(str(error)) from error
    with _database_of(settings):
        if not _up_to_date():
            raise ConfigError("데이터베이스가 이 판과 맞지 않습니다. make setup을 실행한 뒤 다시 시작하세요.")
        _check_guards()
        sample = _any(Institution, sample=True) or _any(Account, sample=True)
    if sample and settings.production:
        raise ConfigError(
            "운영 모드에서는 표본 기관과 표본 계정이 있는 데이터베이스로 시작할 수 없습니다. "
            "DATABASE_URL에 새 데이터베이스를 정한 뒤 make setup을 실행하세요."
        )
    return sample


def _up_to_date() -> bool:
    with db.engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    return present == set(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _check_guards() -> None:
    with db.engine.connect() as connection:
        found = guards.faults(connection)
    if found:
        raise ConfigError(guards.sentence(found))


def _any(model: type[Institution] | type[Account], sample: bool = False) -> bool:
    query = select(model.id).limit(1).execution_options(**{ACROSS: True})
    if sample:
        query = query.where(model.is_sample)
    return db.session.scalar(query) is not None


def _demo(quiet: bool = False) -> None:
    """Load the sample unless it is there, and print its accounts unless ``quiet``."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo"]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL if quiet else None).returncode:
        raise ConfigError("표본 기관을 준비하지 못했습니다. 위에 나온 오류를 고친 뒤 다시 시작하세요.")


def _web_command(server: socket.socket) -> list[str]:
    """Gunicorn on the open socket; GUNICORN_CMD_ARGS in the environment can add to it, an access log say."""
    options = {
        "--config": "python:procurement.serve",
        "--bind": f"fd://{server.fileno()}",
        "--worker-class": "gthread",
        "--workers": str(PROCESSES),
        "--threads": str(THREADS),
        "--graceful-timeout": str(int(GRACE) - 5),
        "--log-level": "warning",
        # A filter in Korean takes nine characters a syllable in an address.
        "--limit-request-line": "8190",
        "--limit-request-field_size": "16380",
    }
    pairs = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", "wsgi:app", "--no-control-socket", *pairs]


def post_worker_init(worker: object) -> None:
    """Gunicorn calls this by its name in each process that will answer, before the first request."""
    from wsgi import app

    web_errors.install()
    with app.app_context():
        names.warm()
        db.session.remove()


def serve(settings: Settings) -> int:
    """Serve until told to stop; gives the exit code. Raises ``ConfigError`` and ``ListenError``."""
    with listen(settings.host, settings.port) as server:
        sample = check(settings)
        if sample:
            _demo()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(
            f"\n  http://{host}:{server.getsockname()[1]} 에서 실행합니다. 끝내려면 Ctrl+C를 누르세요. "
            "· Serving; Ctrl+C to stop.\n",
            flush=True,
        )
        worker = [sys.executable, "-m", "procurement.worker"]
        return Supervisor(_web_command(server), worker, ROOT, pass_fds=(server.fileno(),)).run()


def main(arguments: Sequence[str]) -> int:
    """The command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m procurement.serve", description=__doc__)
    parser.add_argument("--prepare", action="store_true", help="migrate; load the sample on the first start")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if not options.prepare:
            return serve(settings)
        prepare(settings)
    except (ConfigError, ListenError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
