"""Fixtures that all tests share.

Nothing here costs anything until it is asked for: a test of the domain opens no database. ``app`` gives the
application on a database with all migrations and no rows, ``sample_app`` the same with the sample
institution; both come back to that state for each test, on SQLite or on PostgreSQL (``--database``).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from procurement.config import Settings
from tests.support import printed, standin
from tests.support.counting import Counting
from tests.support.databases import PostgresStore, SqliteStore, Templates, postgres_server

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, BrowserContext, Page
    from sqlalchemy.orm import Session, scoped_session

    from procurement.models import Institution
    from tests.support.applications import LiveServer

Trials = Callable[[int, int], int]

_of_the_run = ExitStack()
_postgres_url = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this project."""
    group = parser.getgroup("procurement")
    group.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="database to run on")
    group.addoption("--prove", action="store_true", help="only the promises, each with its full count")
    group.addoption("--counts", type=Path, help="file that gathers how many tests ran on each database")


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for the whole run; the workers of xdist get its address."""
    full = config.getoption("--prove")
    hypothesis.settings.register_profile("test", deadline=None, derandomize=True)
    hypothesis.settings.register_profile("prove", deadline=None, max_examples=1000)
    hypothesis.settings.load_profile("prove" if full else "test")
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[_postgres_url] = worker_input["postgres_url"]
        return
    database = config.getoption("--database")
    config.stash[_postgres_url] = (
        _of_the_run.enter_context(postgres_server()) if database == "postgres" else ""
    )
    config.pluginmanager.register(Counting(database, config.getoption("--counts")))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of xdist where the server of the run is."""
    node.workerinput["postgres_url"] = node.config.stash[_postgres_url]  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what ran for the whole run."""
    if not hasattr(config, "workerinput"):
        _of_the_run.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    """See what is printed, from the first fixture on."""
    printed.forget()
    printed.watch()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test that made a PDF fails when other programs find something wrong with it."""
    answer = yield
    printed.check()
    return answer


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``--prove`` keeps the tests whose counts it raises; PostgreSQL those that open a database at all.

    What opens none says the same whichever database there is, and has been run on SQLite already; so does
    what is marked ``one_database``, such as the look of the pages.
    """
    if config.getoption("--prove"):
        _keep(config, items, "trials")
    if config.getoption("--database") == "postgres":
        _keep(config, items, "store")


def _keep(config: pytest.Config, items: list[pytest.Item], fixture: str) -> None:
    kept = [
        item
        for item in items
        if fixture in getattr(item, "fixturenames", ())
        and not (fixture == "store" and item.get_closest_marker("one_database"))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(scope="session")
def trials(pytestconfig: pytest.Config) -> Trials:
    """``trials(small, full)``: how often to try, small in `make test` and full in `make prove`."""
    full = pytestconfig.getoption("--prove")
    return lambda small, large: large if full else small


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this process among those that share the run."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of the run see."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "main" else base.parent


@pytest.fixture(scope="session")
def store(pytestconfig: pytest.Config, shared_folder: Path, worker_id: str) -> SqliteStore | PostgresStore:
    """This process's own database, as yet without tables."""
    url = pytestconfig.stash[_postgres_url]
    store = PostgresStore(url, worker_id) if url else SqliteStore(shared_folder, worker_id)
    store.make()
    return store


@pytest.fixture(scope="session")
def settings(
    store: SqliteStore | PostgresStore, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of the tests: an own database and evidence folder, the fonts that set-up made."""
    return Settings(
        secret_key="a secret of the tests, as long as it has to be",
        database_url=store.url,
        fetch_hosts=standin.shared().host,
        open_api_key=standin.KEY,
        open_api_url=f"{standin.shared().url}/api",
        evidence_dir=tmp_path_factory.mktemp("evidence"),
        section_cache_dir=tmp_path_factory.mktemp("sections"),
        # One key for the run: states that are kept were signed by whichever process made them.
        signing_key_file=shared_folder / "signing-key.pem",
        testing=True,
    )


@pytest.fixture(scope="session")
def application(settings: Settings, store: SqliteStore | PostgresStore) -> "Iterator[Flask]":
    """The application of this process, made once; tests ask for ``app`` or ``sample_app`` instead."""
    from tests.support.applications import disconnect, make_application, without_waiting_for_disks

    with without_waiting_for_disks():
        application = make_application(settings)
        store.release = lambda: disconnect(application)
        yield application
        disconnect(application)


@pytest.fixture(scope="session")
def empty_state(
    application: "Flask", store: SqliteStore | PostgresStore, settings: Settings, shared_folder: Path
) -> Callable[[], None]:
    """Bring the database back to all tables and no rows, the evidence folder to nothing."""
    from tests.support.applications import migrate

    templates = Templates(store, settings.evidence_dir, shared_folder)

    def build() -> None:
        store.make()
        migrate(application)

    def restore() -> None:
        templates.restore("empty", build)

    return restore


@pytest.fixture(scope="session")
def sample_state(
    application: "Flask",
    store: SqliteStore | PostgresStore,
    settings: Settings,
    shared_folder: Path,
    empty_state: Callable[[], None],
) -> Callable[[], None]:
    """Bring the database and the evidence folder back to the sample institution."""
    from tests.support.applications import load_sample

    templates = Templates(store, settings.evidence_dir, shared_folder)

    def build() -> None:
        empty_state()
        load_sample(application)

    def restore() -> None:
        templates.restore("sample", build)

    return restore


# Fixtures that bring the database to a state of their own.
OWN_STATE = frozenset({"at_stage", "awarded"})


@pytest.fixture
def app(
    application: "Flask", empty_state: Callable[[], None], request: pytest.FixtureRequest
) -> "Iterator[Flask]":
    """The application on a database with all tables and no rows."""
    from tests.support.applications import end_session

    if OWN_STATE.isdisjoint(request.fixturenames):
        empty_state()
    yield application
    end_session(application)


@pytest.fixture
def sample_app(application: "Flask", sample_state: Callable[[], None]) -> "Iterator[Flask]":
    """The application on a database with the sample institution."""
    from tests.support.applications import end_session

    sample_state()
    yield application
    end_session(application)


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser without a screen, not signed in, on the database without rows."""
    return app.test_client()


@pytest.fixture
def sample_client(sample_app: "Flask") -> "FlaskClient":
    """A browser without a screen, not signed in, on the sample institution."""
    return sample_app.test_client()


@pytest.fixture
def db_session(app: "Flask") -> "Iterator[scoped_session[Session]]":
    """The session that services use, inside an application context, on the database without rows.

    A request of ``client`` has a session of its own and sees only what is committed.
    """
    from procurement.extensions import db

    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def sample_session(sample_app: "Flask") -> "Iterator[scoped_session[Session]]":
    """The session that services use, inside an application context, on the sample institution."""
    from procurement.extensions import db

    with sample_app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def sample(sample_session: "scoped_session[Session]") -> "Institution":
    """The sample institution, to which the session is bound."""
    from procurement.demo import people
    from procurement.services import unit

    row = people.institution()
    assert row is not None
    unit.bind(str(row.id))
    return row


@pytest.fixture
def live_server(app: "Flask") -> "Iterator[LiveServer]":
    """``app`` served over HTTP on loopback."""
    from tests.support.applications import serving

    with serving(app) as server:
        yield server


@pytest.fixture
def sample_server(sample_app: "Flask") -> "Iterator[LiveServer]":
    """``sample_app`` served over HTTP on loopback."""
    from tests.support.applications import serving

    with serving(sample_app) as server:
        yield server


@pytest.fixture
def worker(settings: Settings) -> Iterator[None]:
    """The background worker, running beside a server of the same test (ask for the server first)."""
    from tests.support.applications import working

    with working(settings):
        yield


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium without a window, started once for each process of the run."""
    from tests.support.browsers import launched

    with launched() as browser:
        yield browser


@pytest.fixture
def new_context(browser: "Browser") -> "Iterator[Callable[..., BrowserContext]]":
    """Open browsers that know nothing of one another: ``new_context(viewport=…)``.

    The test fails when one of their pages called another host or raised an error in a script.
    """
    from tests.support.browsers import watched

    with ExitStack() as open_contexts:

        def new(**options: Any) -> "BrowserContext":
            return open_contexts.enter_context(watched(browser, **options))

        yield new


@pytest.fixture
def page(new_context: "Callable[..., BrowserContext]") -> "Page":
    """One page of a desktop browser."""
    return new_context(viewport={"width": 1280, "height": 900}).new_page()
