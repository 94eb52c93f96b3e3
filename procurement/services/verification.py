"""Checks everything that the ledger vouches for, from the bytes as they are stored.

Chains and bodies, checkpoints kept here and outside, frozen rows against their seals, rows that no event
tells of, cases against chains, evidence files on the disk, and the triggers. It reads across institutions
and by table, at one moment of the database; the number of queries is the same however much there is, and
rows are streamed.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from procurement.domain.checkpoint import UnreadableCheckpointError
from procurement.domain.counting import counted
from procurement.domain.ledger import Break
from procurement.extensions import db
from procurement.models import Account, Case, Chain, Event, EventBody, Institution, guards, privileges
from procurement.models.base import ACROSS
from procurement.services import (
    summary,
    verification_events,
    verification_rows,
    verification_stored,
    verification_told,
)
from procurement.services.store import settings
from procurement.services.verification_checkpoints import Checkpoints, Copy
from procurement.services.verification_rows import TABLE_NAMES
from procurement.services.verification_scope import BrokenError, Scope, one_moment

logger = logging.getLogger(__name__)

__all__ = ["TABLE_NAMES", "Checked", "Copy", "Report", "ledger_of", "ready_to_serve", "verify"]


@dataclass(frozen=True)
class Checked:
    """One kind of check and over how many things it went."""

    what: str
    count: int


@dataclass
class Report:
    """What was checked, and the first broken thing by name; ``broken`` is ``None`` when all holds.

    ``notes``: what holds but has to be known, such as a recovery from a backup.
    """

    scope: str
    checked: list[Checked] = field(default_factory=list)
    broken: Break | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found broken."""
        return self.broken is None


def verify(
    case: Case | None = None,
    institution_id: uuid.UUID | None = None,
    *,
    copies: Sequence[Copy] = (),
    codes: Sequence[str] = (),
    connection: Connection | None = None,
) -> Report:
    """Check a case, an institution, or everything when both are left out.

    ``case``: its chain, its frozen rows, its files. ``copies``: checkpoints kept outside, which are believed;
    ``codes``: what is printed on covers of bundles. ``connection``: where to read, one of its own when left
    out. Reads only; stops at the first broken thing. Raises ``UnreadableCheckpointError`` for what is neither
    copy nor code.
    """
    report = Report(f"이용계약 건 {case.number}" if case else "기관 전체" if institution_id else "모든 기관")
    bounds = (case.id if case else None, case.institution_id if case else institution_id)
    if connection is not None:
        _look(report, Scope(connection, *bounds), copies, codes)
        return report
    with one_moment() as own:
        _look(report, Scope(own, *bounds), copies, codes)
    if case is not None and report.holds:
        _look_at_derived(report, case)
    return report


def _look_at_derived(report: Report, case: Case) -> None:
    """What lists show of the case. Looked at again when it differs: somebody may be writing just now."""
    if summary.as_kept(case) or summary.as_kept(case):
        report.checked.append(Checked("목록에 보이는 값", 1))
    else:
        name = f"이용계약 건 {case.number}"
        report.broken = Break(name, "목록에 보이는 단계나 금액이 기록에서 나오는 것과 다릅니다.")


def _look(report: Report, scope: Scope, copies: Sequence[Copy], codes: Sequence[str]) -> None:
    try:
        for what, check in _checks(report, scope, copies, codes):
            report.checked.append(Checked(what, check()))
    except BrokenError as broken:
        report.broken = broken.found
    except UnreadableCheckpointError:
        raise
    except (SQLAlchemyError, sqlite3.Error) as error:
        # SQLite keeps bytes that are no text where text should be; anything else is trouble with the server.
        if "decode" not in str(error):
            raise
        report.broken = Break("저장된 값", f"글자로 읽을 수 없는 값이 있습니다: {error!s:.200}")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A stored value that is not of its sort, which this program cannot have written.
        logger.exception("a stored value cannot be read")
        after = report.checked[-1].what if report.checked else "처음"
        report.broken = Break(
            "저장된 값", f"모양이 달라 읽을 수 없습니다(‘{after}’ 다음 확인): {error!r:.200}"
        )


def _checks(
    report: Report, scope: Scope, copies: Sequence[Copy], codes: Sequence[str]
) -> Iterator[tuple[str, Callable[[], int]]]:
    """The checks in order: what was touched is named before what was only left unguarded."""
    checkpoints = Checkpoints(scope, copies, codes)
    report.notes = checkpoints.notes
    told = verification_told.Told()
    yield "원장의 사건", lambda: verification_events.events(scope, checkpoints.marks, told)
    yield "이용계약 건과 원장의 짝", lambda: verification_rows.cases_and_chains(scope, told)
    if scope.case_id is None:
        yield "계정", lambda: verification_told.people(scope, told)
        yield "기관", lambda: verification_told.institutions(scope, told)
    yield "굳은 기록", lambda: verification_rows.sealed_rows(scope)
    if scope.connection.dialect.name == "sqlite":
        # PostgreSQL has one form for each value, and refuses any other.
        yield "저장된 모양", lambda: verification_stored.stored_forms(scope)
    yield "증빙 파일", lambda: verification_rows.files(scope)
    if (erased := scope.bodies_erased + sum(map(len, scope.erasures.values()))) > 0:
        yield "법에 따라 지운 것", lambda: erased
    if (lingering := verification_rows.lingering(scope)) > 0:
        report.notes.append(
            f"법에 따라 지운 파일 {counted(lingering, 'file')}의 내용이 아직 저장소에 있습니다. "
            "작업 프로세스가 곧 없애며, 하루가 지나도 그대로이면 저장소를 확인하세요."
        )
    yield "확인점", checkpoints.check
    yield "수정·삭제를 막는 장치", lambda: verification_rows.guarded(scope)


def ledger_of(case: Case) -> dict[str, Any]:
    """The chain of a case with its bodies, as the stand-alone verifier reads it; plain data."""
    # As it is in the database now: the ledger's writer goes past the objects of the session.
    fresh = {"populate_existing": True}
    chain = db.session.scalars(select(Chain).where(Chain.case_id == case.id).execution_options(**fresh)).one()
    query = (
        select(Event, EventBody)
        .outerjoin(EventBody, and_(EventBody.chain_id == Event.chain_id, EventBody.seq == Event.seq))
        .where(Event.chain_id == chain.id)
        .order_by(Event.seq)
    )
    return {
        "name": case.number,
        "chain_id": str(chain.id),
        "size": chain.size,
        "head": chain.head,
        "events": [
            {
                "seq": event.seq,
                "prev": event.prev,
                "recorded_at": event.recorded_at,
                "occurred_at": event.occurred_at,
                "kind": event.kind,
                "actor_id": event.actor_id,
                "content_digest": event.content_digest,
                "hash": event.hash,
                "salt": body.salt.hex() if body else None,
                "body": body.body if body else None,
            }
            for event, body in db.session.execute(query).tuples()
        ],
    }


def ready_to_serve() -> tuple[str, ...]:
    """Why the application must not serve as it is, in sentences that say how to mend it; empty when it may.

    What keeps the tables has to be as it was made; in production there must be no sample institution and no
    sample account, and in PostgreSQL the role at hand may not change what is only ever added.
    """
    found = []
    faults = guards.faults(db.session.connection())
    if faults:
        found.append(guards.sentence(faults))
    if settings().production and privileges.excessive(db.session.connection()):
        found.append(
            "프로그램이 쓰는 데이터베이스 역할이 기록을 고칠 권한을 가지고 있습니다. 표를 소유하는 역할을 "
            "따로 만들어 DATABASE_OWNER_URL에 정하고 make setup을 실행해 주세요."
        )
    if settings().production and (_any_sample(Institution.is_sample) or _any_sample(Account.is_sample)):
        found.append(
            "운영 모드의 데이터베이스에 표본 기관이나 표본 계정이 있습니다. "
            "DATABASE_URL에 새 데이터베이스를 정해 주세요."
        )
    return tuple(found)


def _any_sample(column: InstrumentedAttribute[bool]) -> bool:
    query = select(column).where(column).limit(1).execution_options(**{ACROSS: True})
    return db.session.execute(query).first() is not None
