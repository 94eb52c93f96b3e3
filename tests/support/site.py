"""The site with cases at every stage, made once for a run; many requests to it, none of which stays.

A test module takes the fixtures by importing them: ``from tests.support.site import held, site``.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, stream_encode_multipart

from procurement.config import Settings
from procurement.extensions import db
from procurement.services import summary, touched, unit
from tests.support.applications import disconnect, end_session
from tests.support.databases import Store, Templates
from tests.support.every_form import FoundForm, client_of, forms_of_the_site
from tests.support.every_stage import build_cases

# At the start of a statement, or of one within it.
_WRITE = re.compile(r'(?:^|\()\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
Fields = Sequence[tuple[str, Any]]


def _as_file(name: str, content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


class Journal:
    """What goes into the database: ``kept`` with each commit, ``pending`` since the last one.

    The entries are names of tables, and kinds of events such as ``event:act.refused``.
    """

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.pending: list[str] = []

    def statement(
        self, _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        """A statement runs."""
        for table in _WRITE.findall(statement):
            self.pending.append(table)
            if table == "event":
                self.pending += [f"event:{values['kind']}" for values in context.compiled_parameters]

    def committed(self, *_arguments: Any) -> None:
        """What is pending stays."""
        self.kept += self.pending
        self.pending.clear()

    def undone(self, *_arguments: Any) -> None:
        """What is pending never was."""
        self.pending.clear()


@contextmanager
def _writing_down(journal: Journal, app: Flask) -> Iterator[None]:
    with app.app_context():
        engine = db.engine
    heard = (
        (engine, "before_cursor_execute", journal.statement),
        (engine, "commit", journal.committed),
        (engine, "rollback", journal.undone),
    )
    for target, name, listener in heard:
        event.listen(target, name, listener)
    yield
    for target, name, listener in heard:
        event.remove(target, name, listener)


@dataclass
class Site:
    """The site, its forms, the way back to its state, and what the last request wrote."""

    app: Flask
    restore: Callable[[], None]
    forms: list[FoundForm]
    journal: Journal = field(default_factory=Journal)
    _cookies: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """A browser of a person of the cases; of nobody for ``""``."""
        client = self.app.test_client()
        if not who:
            return client
        name = self.app.config["SESSION_COOKIE_NAME"]
        if who not in self._cookies:
            with self.app.app_context():
                cookie = client_of(self.app, who).get_cookie(name)
            assert cookie is not None
            self._cookies[who] = cookie.value
        client.set_cookie(name, self._cookies[who])
        return client

    def send(self, form: FoundForm, fields: Fields, *, url: str = "", method: str = "POST") -> TestResponse:
        """Send a form as the one who sees it; a file is a pair of a name and bytes."""
        data: MultiDict[str, Any] = MultiDict()
        for name, value in fields:
            data.add(name, _as_file(*value) if isinstance(value, tuple) else value)
        self.journal.kept.clear()
        # The other way of sending forms makes nine letters of one of Hangul, which takes its time.
        body, _, boundary = stream_encode_multipart(data, use_tempfile=False)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client(form.who).open(
            url or form.url, method=method, input_stream=body, content_type=kind
        )


@pytest.fixture(scope="module")
def site(
    application: Flask, store: Store, settings: Settings, shared_folder: Path, empty_state: Callable[[], None]
) -> Iterator[Site]:
    """All stages; forms need no token here, which a test of its own asks for."""
    known = shared_folder / "forms.pickle"

    def build() -> None:
        empty_state()
        with application.app_context():
            build_cases()
            known.write_bytes(pickle.dumps(forms_of_the_site(application)))
        disconnect(application)

    templates = Templates(store, settings.evidence_dir, shared_folder)

    def restore() -> None:
        templates.restore("every_stage", build)

    restore()
    site = Site(application, restore, pickle.loads(known.read_bytes()))  # noqa: S301
    application.config["WTF_CSRF_ENABLED"] = False
    with _writing_down(site.journal, application):
        yield site
    application.config["WTF_CSRF_ENABLED"] = True
    end_session(application)


@pytest.fixture
def held(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site where every commit is undone at its very end, so that each request meets the same state."""
    site.restore()

    def commit() -> None:
        for case in touched.take():
            summary.refresh(case)
        db.session.flush()
        site.journal.committed()
        db.session.rollback()

    monkeypatch.setattr(unit, "commit", commit)
    return site
