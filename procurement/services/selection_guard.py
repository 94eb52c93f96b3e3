"""What every act of ⑤ begins with, and the guards that other services ask for: seals and late evaluators."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow, SearchRun
from procurement.domain.fairness import Audience, suspicions
from procurement.domain.rules.reading import is_central
from procurement.domain.rules.selection import wording_subject
from procurement.domain.selection import file_sealed, table_closed
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, FinalRun, Lot
from procurement.models.base import now
from procurement.services import case_facts, justifications, ledger, records, workflow

SEALED = (
    "평가기준을 확정하기 전에는 견적을 열 수 없습니다. "
    "⑤ 평가항목에서 평가기준을 확정하거나, 먼저 열어야 하는 사유를 적어 주세요."
)


@dataclass(frozen=True)
class Selecting:
    """A lot of an open ⑤: facts as of now, its final run, and the rows that new rows point at."""

    facts: CaseFacts
    lot: int
    run: SearchRun
    final_id: uuid.UUID
    lot_id: uuid.UUID

    @property
    def central(self) -> bool:
        """Whether the mall's procedure selects."""
        return is_central(self.facts)

    def service(self, result_id: str | None) -> ResultRow:
        """The service of the final run with this id; ``Refused`` when there is none (E-4)."""
        row = next((r for r in self.run.results if r.result_id == result_id), None)
        if row is None:
            raise Refused("최종 검색에 없는 서비스입니다. 최종 검색의 서비스 가운데 골라 주세요.", "E-4")
        return row


def begin(actor: Actor, case: Case, lot: int) -> Selecting:
    """Begin an act on a lot: no other act on the case runs until this transaction ends.

    Raises ``Refused`` when ⑤ is not open and ``NotFound`` for a lot without a final run.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    workflow.require_open(facts, Step.SELECTION)
    run = facts.search.final(lot)
    query = (
        select(FinalRun.id, FinalRun.lot_id)
        .join(Lot, Lot.id == FinalRun.lot_id)
        .where(FinalRun.case_id == case.id, Lot.number == lot, FinalRun.round == facts.search.round)
    )
    found = db.session.execute(query).one_or_none()
    if run is None or found is None:
        raise NotFound("최종 검색이 없습니다. ③에서 최종 검색을 정해 주세요.")
    return Selecting(facts, lot, run, found.id, found.lot_id)


def require_own_route(selecting: Selecting) -> None:
    """Refuse what only the own route has: criteria, sheets, evaluators (E-1)."""
    if selecting.central:
        raise Refused(
            "중앙조달은 디지털서비스몰의 납품요구 절차로 정합니다. 평가표 대신 절차의 결과를 적어 주세요.",
            "E-1",
        )


def moment_of(day: date | None, field: str) -> datetime:
    """A day on which something happened as a time that is not in the future.

    Raises ``InvalidInput`` for no day or a day to come.
    """
    if day is None:
        raise InvalidInput("날짜를 적어 주세요.", field)
    if day > records.today():
        raise InvalidInput("오늘보다 뒤의 날짜입니다. 실제로 있었던 날짜를 적어 주세요.", field)
    return min(records.noon(day), now())


def require_fair(selecting: Selecting, *texts: str) -> None:
    """Refuse text to providers that bargains or stirs up competition (E-5).

    On the central route negotiation has its own law.
    """
    if selecting.central:
        return
    for text in texts:
        if found := suspicions(text):
            raise Refused(found[0].message, "E-5")


@dataclass(frozen=True)
class Wording:
    """Text that only reports: where it stands in Korean, what it says, why it has to stand like that."""

    where: str
    texts: tuple[str, ...]
    reason: str = ""


def hold_back(actor: Actor, case: Case, facts: CaseFacts, said: Wording, rule_id: str = "E-5") -> None:
    """Hold back a report that reads like bargaining until its writer says why it has to stand like that.

    The reason goes into the evidence with the words found. What is fair appends nothing. Raises ``Refused``
    without a reason. On the central route negotiation has its own law.
    """
    found = [s for text in said.texts for s in suspicions(text, Audience.RECORD)]
    if not found or is_central(facts):
        return
    reason = said.reason.strip()
    if not reason:
        raise Refused(
            f"{found[0].message} 그대로 남겨야 하면 그 사유를 적어 주세요.", rule_id, "wording_reason"
        )
    row = justifications.add(actor, case, rule_id, wording_subject(said.where), reason)
    words = [s.found for s in found]
    body = {"where": said.where, "rule": rule_id, "found": words, "reason": reason}
    ledger.record(actor, "reason.wording", case=case, body=body, rows=[row])


def require_file(selecting: Selecting, evidence_id: str | None, purposes: Iterable[str]) -> str | None:
    """The id of a stored file of this case for one of ``purposes``, ``None`` for none.

    Raises ``InvalidInput`` for a file that is not there or is for something else.
    """
    if not evidence_id:
        return None
    wanted = frozenset(purposes)
    known = (e for e in selecting.facts.evidence if e.evidence_id == evidence_id and not e.superseded)
    if not any(e.purpose in wanted for e in known):
        raise InvalidInput("붙인 파일을 찾을 수 없습니다. 파일을 다시 올려 주세요.", "file")
    return evidence_id


def require_unsealed(case: Case, evidence_id: str) -> None:
    """Refuse to open the file of a quote while it is sealed (E-3)."""
    if file_sealed(case_facts.load(case), evidence_id):
        raise Refused(SEALED, "E-3")


def require_can_invite(case: Case) -> None:
    """Refuse a further evaluator once a table is closed: its scores can be seen by then (E-3)."""
    facts = case_facts.load(case)
    if any(table_closed(facts, lot) for lot in facts.head.lots):
        raise Refused(
            "평가가 끝나 점수가 공개되었으므로 평가위원을 더할 수 없습니다. "
            "평가를 새로 해야 하면 ③을 다시 열어 주세요.",
            "E-3",
        )
