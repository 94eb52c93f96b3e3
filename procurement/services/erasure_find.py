"""Where something of a person stands: events, rows, drafts, accounts and files of all cases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from procurement.adapters.file_words import words_of
from procurement.domain.access import Actor
from procurement.domain.erasing import excerpt, spellings
from procurement.extensions import db
from procurement.models import Case, Chain, Event, EventBody, EvidenceFile
from procurement.models.triggers import BODY
from procurement.services import audit, erasure, erasure_files, erasure_texts, ledger, rows
from procurement.services.erasure_texts import Names, Place
from procurement.services.store import evidence_store

MOST = 300
LISTED = 20
# Columns that hold JSON, in which a quotation mark or a backslash is written otherwise.
_JSON = frozenset({BODY, "fields"})


@dataclass(frozen=True)
class Hit:
    """A place found. ``seq`` names an event, ``table`` and ``row_id`` a row with the ``paths`` found in it.

    ``number``: the case, empty for the institution. ``excerpt``: before, what was found, after. ``fixed``:
    proof rests on it, so it cannot be erased.
    """

    number: str
    label: str
    excerpt: tuple[str, str, str]
    seq: int = 0
    table: str = ""
    row_id: str = ""
    paths: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True)
class Found:
    """Everything found; ``cut`` when there is more; ``unread``: files that could not be looked into."""

    hits: tuple[Hit, ...]
    cut: bool = False
    unread: tuple[Hit, ...] = ()


def find(actor: Actor, words: str, *, in_files: bool = False) -> Found:
    """Look for a name or number everywhere in the institution.

    That somebody looked is written down, but not for whom.
    Raises ``InvalidInput`` for too few letters.
    """
    forms = spellings(words)
    known = erasure_texts.names()
    hits = [*_accounts_and_rows(forms, known), *_events(forms), *_titles(forms)]
    unread: list[Hit] = []
    if in_files:
        named = {hit.row_id for hit in hits if hit.table == erasure_texts.FILES}
        hits += _in_files(forms, known, named, unread)
    ledger.record(actor, "erasure.searched", body={"found": len(hits), "files": in_files})
    return Found(tuple(hits[:MOST]), len(hits) > MOST, tuple(unread))


def newest_cases() -> list[tuple[str, str]]:
    """Number and title of the newest cases; others are opened by their number."""
    query = select(Case.number, Case.title).order_by(Case.created_at.desc()).limit(LISTED)
    return [(number, title) for number, title in db.session.execute(query).tuples()]


def of_case(case: Case) -> dict[str, list[Place]]:
    """Everything of a case that something can be erased in, by what it is; oldest first."""
    known, found = erasure_texts.names(), dict[str, list[Place]]()
    for table in erasure_texts.tables():
        of_table, query = erasure_texts.statement(table)
        if "case_id" not in of_table.c:
            continue
        time = of_table.c.get("recorded_at", of_table.c.id)
        query = query.where(of_table.c.institution_id == case.institution_id, of_table.c.case_id == case.id)
        for row in rows.run(query.order_by(time)):
            place = erasure_texts.place_of(table, row._asdict(), known)
            if place.texts or place.erased:
                found.setdefault(place.label, []).append(place)
    return found


def _holding(column: Any, forms: Sequence[str], *, as_json: bool) -> ColumnElement[bool]:
    written = [json.dumps(form, ensure_ascii=False)[1:-1] if as_json else form for form in forms]
    lowered = func.lower(column)
    return or_(*(lowered.contains(form.lower(), autoescape=True) for form in written))


def _accounts_and_rows(forms: Sequence[str], known: Names) -> Iterator[Hit]:
    for table in reversed(erasure_texts.tables()):
        of_table, query = erasure_texts.statement(table)
        held = [
            _holding(of_table.c[name], forms, as_json=name in _JSON)
            for name in erasure_texts.columns_of(table)
        ]
        query = query.where(of_table.c.institution_id == rows.own_institution(), or_(*held))
        for row in rows.run(query.limit(MOST + 1)):
            yield from _hit_in(erasure_texts.place_of(table, row._asdict(), known), forms)


def _hit_in(place: Place, forms: Sequence[str]) -> Iterator[Hit]:
    found = [(text.path, part) for text in place.texts if (part := excerpt(text.text, forms)) is not None]
    if found:
        paths = tuple(path for path, _ in found)
        yield Hit(place.number, place.title, found[0][1], 0, place.table, place.row_id, paths)


def _events(forms: Sequence[str]) -> Iterator[Hit]:
    query = (
        select(Event, EventBody.body, Case.number)
        .join(Chain, Chain.id == Event.chain_id)
        .join(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .outerjoin(Case, Case.id == Chain.case_id)
        .where(
            Chain.institution_id == rows.own_institution(),
            _holding(EventBody.body, forms, as_json=True),
        )
        .order_by(Event.recorded_at)
        .limit(MOST + 1)
    )
    found = db.session.execute(query).tuples().all()
    views = audit.views_of((event, body) for event, body, _ in found)
    for view, (event, body, number) in zip(views, found, strict=True):
        part = excerpt(body, forms) or ("", "", "")
        yield Hit(number or "", f"기록 {event.seq}번", part, event.seq, fixed=erasure.is_kept(view.kind))


def _titles(forms: Sequence[str]) -> Iterator[Hit]:
    query = select(Case.number, Case.title).where(_holding(Case.title, forms, as_json=False))
    for number, title in db.session.execute(query.limit(MOST + 1)).tuples():
        part = excerpt(title, forms)
        if part is not None:
            yield Hit(number, "건의 제목", part, fixed=True)


def _in_files(forms: Sequence[str], known: Names, named: set[str], unread: list[Hit]) -> Iterator[Hit]:
    """Files with the words inside; what this program printed repeats rows and events, looked at already."""
    query = select(EvidenceFile).where(
        EvidenceFile.erased.is_(None), EvidenceFile.purpose.not_in(erasure_files.PRINTED)
    )
    read: dict[str, str | None] = {}
    for file in db.session.scalars(query.order_by(EvidenceFile.recorded_at)):
        if str(file.id) in named:
            continue
        if file.digest not in read:
            read[file.digest] = _words(file)
        words, hit = read[file.digest], _file_hit(known.cases, file)
        if words is None:
            unread.append(hit(("", "", file.name)))
        elif (part := excerpt(words, forms)) is not None:
            yield hit((f"{file.name}: {part[0]}", part[1], part[2]))


def _words(file: EvidenceFile) -> str | None:
    try:
        with evidence_store().open(file.digest) as stream:
            return words_of(stream.read(), file.name)
    except FileNotFoundError:
        return None


def _file_hit(cases: Any, file: EvidenceFile) -> Any:
    number = cases.get(file.case_id, "")
    key: uuid.UUID = file.id
    return lambda part: Hit(number, "증빙 파일 안", part, 0, erasure_texts.FILES, str(key))
