"""What can be erased in one place: the free text of a sealed row, of a draft, or of an account."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, select

from procurement.domain.codec import canonical, from_plain
from procurement.domain.erasing import FreeText, free_texts, is_mark, without
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.rules.base import Finding
from procurement.domain.steps import SPEC, Step
from procurement.extensions import db
from procurement.models import Account, Base, Case
from procurement.models.triggers import BODY, ERASABLE
from procurement.services import audit, rows
from procurement.services.bundle_collect import DECIDED
from procurement.services.codec_text import load_text
from procurement.services.documents import DOCUMENT_TYPES
from procurement.services.event_words import record_name
from procurement.services.evidence import PURPOSES
from procurement.services.records import KINDS
from procurement.services.verification_rows import TABLE_NAMES

FILES = "evidence_file"
DRAFTS, ACCOUNTS = "draft", "account"
# Not sealed: a draft goes as a whole, an account keeps its id alone.
UNSEALED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    DRAFTS: ("쓰던 글(임시 저장)", ("fields",)),
    ACCOUNTS: ("계정", ("name", "login", "department")),
}


@dataclass(frozen=True)
class Place:
    """A row that holds text: what it is, of which case (``number`` empty: of the institution), when, whose.

    ``erased``: how often something was erased in it. ``salted`` is false for a sealed row of before salts.
    """

    table: str
    row_id: str
    label: str
    number: str
    recorded_at: datetime | None
    who: str
    texts: tuple[FreeText, ...]
    erased: int = 0
    salted: bool = True
    # Which of its sort: a step, a kind of record, what a file is for.
    detail: str = ""

    @property
    def title(self) -> str:
        """What it is, in full."""
        return f"{self.label}: {self.detail}" if self.detail else self.label

    @property
    def whole(self) -> bool:
        """Whether it goes as a whole, not text by text."""
        return self.table in (FILES, DRAFTS, ACCOUNTS)


@dataclass(frozen=True)
class Names:
    """Names of cases and people, read once for a page."""

    cases: Mapping[uuid.UUID, str]
    people: Mapping[str, str]


def names() -> Names:
    """Numbers of all cases and names of all people of the institution; two queries."""
    people = {str(row.id): row.name for row in db.session.execute(select(Account.id, Account.name))}
    numbers = {row.id: row.number for row in db.session.execute(select(Case.id, Case.number))}
    return Names(numbers, people)


def tables() -> tuple[str, ...]:
    """Every table that something can be erased in."""
    return (*ERASABLE, *UNSEALED)


def label_of(table: str) -> str:
    """What a person calls a row of it."""
    return UNSEALED[table][0] if table in UNSEALED else TABLE_NAMES[table]


def columns_of(table: str) -> tuple[str, ...]:
    """Its columns with free text."""
    return ERASABLE[table] if table in ERASABLE else UNSEALED[table][1]


@cache
def statement(table: str) -> tuple[Table, Select[Any]]:
    """A table by its name, and the query for rows of it that is still to be bounded."""
    found = Base.metadata.tables[table]
    return found, select(*found.c)


def read(table: str, row_id: uuid.UUID) -> Mapping[str, Any]:
    """A row of the institution at hand, column → value. Raises ``NotFound``."""
    if table not in tables():
        raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.")
    of_table, query = statement(table)
    query = query.where(of_table.c.id == row_id, of_table.c.institution_id == rows.own_institution())
    found = rows.run(query)
    if not found:
        raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.")
    return found[0]._asdict()


def look(table: str, row_id: str) -> Place:
    """A row with what it says. Raises ``NotFound``."""
    try:
        key = uuid.UUID(row_id)
    except ValueError:
        raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.") from None
    return place_of(table, read(table, key), names())


def place_of(table: str, row: Mapping[str, Any], known: Names) -> Place:
    """A row as a page shows it."""
    who = row.get("actor_id") or row.get("account_id")
    return Place(
        table,
        str(row["id"]),
        label_of(table),
        known.cases.get(row["case_id"], "") if row.get("case_id") else "",
        row.get("recorded_at") or row.get("saved_at") or row.get("created_at"),
        known.people.get(str(who), audit.UNKNOWN) if who else "",
        tuple(texts_of(table, row)),
        row.get("erased") or 0,
        table in UNSEALED or row["salt"] is not None,
        _detail(row),
    )


def _detail(row: Mapping[str, Any]) -> str:
    step = SPEC[Step(row["step"])].title if row.get("step") else ""
    named = record_name(row.get("kind") or "") or PURPOSES.get(row.get("purpose") or "", "")
    return named or step


def texts_of(table: str, row: Mapping[str, Any]) -> Iterator[FreeText]:
    """What can be erased in a row, in the order of its columns."""
    for column in columns_of(table):
        text = row[column]
        if column == BODY:
            plain = load_text(text)
            yield from free_texts(_value(table, row, plain), plain, BODY)
        elif text and text.strip() and not is_mark(text):
            yield FreeText(column, text)


def erased_values(table: str, row: Mapping[str, Any], paths: frozenset[str], mark: str) -> dict[str, str]:
    """New values of the columns in which the texts at ``paths`` are replaced by ``mark``.

    Raises ``InvalidInput`` when there is no such text, or when what is left could not be read any more.
    """
    known = {text.path for text in texts_of(table, row)}
    if not paths or not paths <= known:
        raise InvalidInput("지울 글을 목록에서 골라 주세요.", "texts")
    values = {path: mark for path in paths if path in columns_of(table)}
    inside = {path.removeprefix(f"{BODY}.") for path in paths if path.startswith(f"{BODY}.")}
    if inside:
        plain = without(load_text(row[BODY]), inside, mark)
        _value(table, row, plain)
        values[BODY] = canonical(plain)
    return values


def _value(table: str, row: Mapping[str, Any], plain: Any) -> object:
    """What the text of a row is of, so that free text is told from what others refer to."""
    if table == "step_document":
        return from_plain(DOCUMENT_TYPES[Step(row["step"])], plain)
    if table == "case_record":
        return from_plain(KINDS[row["kind"]].type, plain)
    facts = plain["facts"]
    return {
        "facts": None if facts is None else from_plain(DECIDED[Step(row["step"])], facts),
        "findings": [from_plain(Finding, finding) for finding in plain["findings"]],
        "evidence": [{"name": file["name"]} for file in plain["evidence"]],
    }
