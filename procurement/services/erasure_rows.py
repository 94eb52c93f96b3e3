"""Erasure of free text in a row under law: the text goes, the row and everything that was counted stay."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from procurement.domain.access import Actor
from procurement.domain.erasing import mark_of
from procurement.domain.errors import NotFound, Refused
from procurement.extensions import db
from procurement.models import Account, AccountLink, Base, Case, Chain, Draft, Event, EventBody, RowErasure
from procurement.models.base import new_salt
from procurement.models.sealing import digest_of_free, digest_of_values
from procurement.services import erasure, erasure_files, erasure_texts, ledger
from procurement.services.erasure_texts import ACCOUNTS, DRAFTS, FILES

ERASED = "row.erased"
# What tells of a file by its name: that it was put there, and that somebody took it.
_FILE_EVENTS = ("evidence.attached", "evidence.downloaded")


def erase(
    actor: Actor, table: str, row_id: str, texts: Collection[str], *, ground: str, reason: str
) -> erasure_texts.Place:
    """Erase texts of a row by their paths; a file, a draft, an account goes as a whole. Returns what is left.

    ``ground``: the article of law; ``reason``: whose request, what sort of data. Raises ``InvalidInput``
    without ground, reason or a text, ``NotFound`` for no such row, ``Refused`` for an account in use.
    """
    ground, reason = erasure.stated(ground, reason)
    place = erasure_texts.look(table, row_id)
    if table == ACCOUNTS:
        _erase_account(actor, place, ground, reason)
    elif table == DRAFTS:
        _erase_draft(actor, place, ground, reason)
    else:
        _erase_sealed(actor, place, frozenset(texts), ground, reason)
    db.session.expire_all()
    if table == DRAFTS:
        return place
    return erasure_texts.look(table, row_id)


def _erase_sealed(
    actor: Actor, place: erasure_texts.Place, texts: frozenset[str], ground: str, reason: str
) -> None:
    case = _case_of(place)
    if case is None:
        ledger.hold_institution(actor)
    else:
        ledger.hold_case(actor, case)
    key, table = uuid.UUID(place.row_id), Base.metadata.tables[place.table]
    row = erasure_texts.read(place.table, key)
    if place.table == FILES:
        if row["erased"]:
            raise NotFound("이미 지운 파일입니다.")
        texts = frozenset(text.path for text in erasure_texts.texts_of(place.table, row))
    values = erasure_texts.erased_values(place.table, row, texts, mark_of(ground))
    told = RowErasure(
        institution_id=uuid.UUID(actor.institution_id),
        case_id=case.id if case else None,
        table_name=place.table,
        row_id=key,
        number=(row["erased"] or 0) + 1,
        ground=ground,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(told)
    # The guards ask for the erasure before they let the row be changed.
    db.session.flush()
    changed = {**values, "salt": new_salt(), "erased": told.number}
    db.session.connection().execute(update(table).where(table.c.id == key).values(**changed))
    if place.table == FILES and case is not None:
        _erase_bodies_about(actor, case, key, _FILE_EVENTS, ground, reason)
    ledger.record(
        actor,
        ERASED,
        case=case,
        body=_body(place, told, len(texts), row),
        rows=[told],
        # From now on the row is as it was left.
        seals=[
            [place.table, place.row_id, digest_of_values(place.table, erasure_texts.read(place.table, key))]
        ],
    )
    if case is not None:
        erasure_files.want_sweep(actor, case)


def _body(place: erasure_texts.Place, told: RowErasure, texts: int, row: Mapping[str, Any]) -> dict[str, Any]:
    body = {
        "table": place.table,
        "row": place.row_id,
        "number": told.number,
        "texts": texts,
        # With this the rest of the row is proved to be what was sealed before.
        "free": digest_of_free(place.table, row),
        "ground": told.ground,
        "reason": told.reason,
    }
    return {**body, "digest": row["digest"]} if place.table == FILES else body


def _erase_bodies_about(
    actor: Actor, case: Case | None, key: uuid.UUID, kinds: tuple[str, ...], ground: str, reason: str
) -> None:
    """Bodies of the events of these kinds that name the file or the account with this id."""
    query = (
        select(Event.seq)
        .join(Chain, Chain.id == Event.chain_id)
        .join(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .where(
            Chain.institution_id == uuid.UUID(actor.institution_id),
            Chain.case_id == (case.id if case else None),
            Event.kind.in_(kinds),
            EventBody.body.contains(str(key)),
        )
        .order_by(Event.seq)
    )
    for seq in list(db.session.scalars(query)):
        erasure.erase(actor, case.number if case else "", seq, ground=ground, reason=reason)


def _erase_draft(actor: Actor, place: erasure_texts.Place, ground: str, reason: str) -> None:
    case = _case_of(place)
    db.session.execute(delete(Draft).where(Draft.id == uuid.UUID(place.row_id)))
    ledger.record(actor, "draft.erased", case=case, body={"ground": ground, "reason": reason})


def _erase_account(actor: Actor, place: erasure_texts.Place, ground: str, reason: str) -> None:
    """Take name, login and department from an account; its id stays, to which the record refers."""
    account = db.session.get_one(Account, uuid.UUID(place.row_id))
    if account.active:
        raise Refused("사용 중인 계정입니다. 관리자가 사용을 중지한 뒤에 지울 수 있습니다.", "C-3")
    mark = mark_of(ground)
    if account.name == mark:
        raise NotFound("이미 지운 계정입니다.")
    account.name, account.department = mark[:100], ""
    account.login, account.password_hash = f"erased-{account.id}", ""
    account.stamp = uuid.uuid4()
    db.session.execute(delete(AccountLink).where(AccountLink.account_id == account.id))
    _erase_bodies_about(actor, None, account.id, ("account.created",), ground, reason)
    roles = sorted(role.role for role in account.roles)
    body = {"account": str(account.id), "roles": roles, "ground": ground, "reason": reason}
    ledger.record(actor, "account.erased", body=body)


def _case_of(place: erasure_texts.Place) -> Case | None:
    if not place.number:
        return None
    return db.session.scalars(select(Case).where(Case.number == place.number)).one()


def done() -> list[tuple[str, str, RowErasure, str, datetime]]:
    """Erasures in rows, newest first: number of the case, what it was, the erasure, who, when."""
    known = erasure_texts.names()
    query = select(RowErasure).order_by(RowErasure.recorded_at.desc()).limit(200)
    return [
        (
            known.cases.get(row.case_id, "") if row.case_id else "",
            erasure_texts.label_of(row.table_name),
            row,
            known.people.get(str(row.actor_id), ""),
            row.recorded_at,
        )
        for row in db.session.scalars(query)
    ]
