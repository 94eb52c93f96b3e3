"""③ Recording searches and declaring the final one: every guard of S-1 to S-10 stands here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.codec import canonical
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import (
    ListReading,
    ResultRow,
    RunKind,
    SearchRun,
    SearchSource,
)
from procurement.domain.search_conditions import (
    Conditions,
    texts_of,
)
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import (
    Case,
    CaseRecord,
    CatalogueLoad,
    DefinitionVersion,
    FinalRun,
    Justification,
    Lot,
    SearchResult,
)
from procurement.models import SearchRun as SearchRunRow
from procurement.models.base import new_salt, now
from procurement.models.sealing import digest_of_text
from procurement.services import (
    case_facts,
    definition_freeze,
    justifications,
    ledger,
    name_excerpts,
    names,
    search_guards,
    search_local,
    search_pending,
    workflow,
)
from procurement.services.facts_search import READING
from procurement.services.once import add_once

MOST_REHEARSED = 1_000


@dataclass(frozen=True)
class WordVerdict:
    """What the neutrality check says of a word: the text in parts, those that name something marked."""

    word: str
    verdict: str
    parts: tuple[tuple[str, bool], ...]
    messages: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether it cannot be a search word (S-1)."""
        return self.verdict in ("block", "note")


def judge_words(words: Iterable[str]) -> list[WordVerdict]:
    """Judge search words (S-1) as the page shows it at each pause in typing."""
    wanted = [word for word in words if word.strip()]
    return [
        WordVerdict(
            word.strip(),
            judgement.verdict,
            name_excerpts.marked(word, judgement.matches),
            tuple(match.message for match in judgement.matches),
        )
        for word, judgement in zip(wanted, names.judge_all(wanted), strict=True)
    ]


def record_official(actor: Actor, case: Case, conditions: Conditions) -> SearchRunRow:
    """Record a search made in the support system with the list that ``actor`` reconciled.

    Raises ``Refused`` for what S-1 to S-7 and R-6 forbid, ``InvalidInput`` for what is missing.
    """
    facts = case_facts.load(case)
    search_guards.require_definition(facts)
    workflow.require_open(facts, Step.SEARCH)
    if facts.search.final(conditions.lot) is not None:
        raise Refused(
            "최종 검색을 이미 정했습니다. 그 뒤의 검색은 기록할 수 없습니다. 다시 검색해야 하면 "
            "사유를 적고 ③ 단계를 다시 열어 주세요.",
            "S-6",
        )
    search_guards.require_wanted(facts, conditions.lot)
    judged = search_guards.judge(facts, conditions)
    search_guards.require_link(facts, judged)
    pending = search_pending.pending_of(actor, case, conditions.lot)
    search_guards.require_list(case, pending)
    run = _add_run(
        actor,
        case,
        facts,
        judged,
        pending.rows,
        RunKind.OFFICIAL,
        pending.reading(""),
        evidence_id=pending.pages[0].evidence_id,
    )
    search_pending.drop(actor, case, conditions.lot)
    return run


def record_rehearsal(
    actor: Actor,
    case: Case,
    conditions: Conditions,
    load: CatalogueLoad | None,
    *,
    again: SearchRun | None = None,
) -> SearchRunRow:
    """Search ``load`` (the newest one) and record what was found as a rehearsal, which is never final.

    Services of which the load says too little are listed as well: nothing is dropped for being unknown.
    ``again`` is the run of the same lot that is searched for once more, so that the two are compared.
    Raises ``Refused`` for what S-1 and R-6 forbid, ``InvalidInput`` without a load or with too many results.
    """
    facts = case_facts.load(case)
    search_guards.require_definition(facts)
    workflow.require_open(facts, Step.SEARCH)
    if load is None:
        raise InvalidInput("불러온 서비스 목록이 없습니다. 서비스 목록을 먼저 불러와 주세요.")
    linked = again is not None and again.lot == conditions.lot
    asked = replace(
        conditions,
        follows=again.run_id if again and linked else None,
        change=f"{again.number}번 검색을 다시 함" if again and linked else "",
        occurred_at=now(),
    )
    judged = search_guards.judge(facts, asked)
    hits = search_local.search(load, local_query(judged), size=MOST_REHEARSED)
    if hits.total > MOST_REHEARSED:
        raise InvalidInput(
            f"결과가 {counted(hits.total, 'service')}입니다. "
            f"{counted(MOST_REHEARSED, 'service')}까지 기록할 수 있으니 조건을 더해 주세요."
        )
    reading = ListReading("", unknown_count=hits.unknown, catalogue=name_of(load))
    return _add_run(actor, case, facts, judged, hits.rows, RunKind.REHEARSAL, reading)


def name_of(load: CatalogueLoad) -> str:
    """What a load of the catalogue is called in the record of a run."""
    return f"{load.number}번째 · {load.file_name}"


def local_query(conditions: Conditions) -> search_local.LocalQuery:
    """Conditions as the local catalogue is asked for them."""
    return search_local.LocalQuery(
        page=conditions.page,
        service_type=conditions.service_type,
        words=tuple(word.word for word in conditions.words),
        filters=tuple((used.filter, used.option) for used in conditions.filters),
    )


def declare_final(actor: Actor, case: Case, number: int, *, confirmed: bool, reason: str = "") -> FinalRun:
    """Declare run ``number`` final for its lot in the present round (S-6); there is no way back.

    ``reason`` says why so many results are kept when they are over the institution's limit (S-5).
    Raises ``Refused`` for a rehearsal, another source (S-9), an empty list (S-10), a run of a definition
    that searches for something else (R-6) or a lot that has its final run already (S-6); ``Conflict`` when
    somebody declares one at the same moment; ``InvalidInput`` without the explicit yes or the reason.
    """
    facts = case_facts.load(case)
    workflow.require_open(facts, Step.SEARCH)
    run = run_of(facts, number)
    search_guards.require_finalizable(case, facts, run)
    if not confirmed:
        raise InvalidInput("최종 검색으로 정한다는 확인란에 표시해 주세요.", "confirmed")
    reason = reason.strip()
    if is_broad(facts, run) and not reason:
        raise InvalidInput(
            f"결과가 기관이 정한 {facts.search_result_limit}개를 넘습니다. 조건을 더 좁히지 않고 "
            "모두 평가하는 사유를 적어 주세요.",
            "reason",
        )
    row = FinalRun(
        institution_id=case.institution_id,
        case_id=case.id,
        lot_id=_lot(case, run.lot).id,
        run_id=uuid.UUID(run.run_id),
        round=facts.search.round,
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, search_guards.TAKEN)
    reasons = [_justification(actor, case, run, reason)] if is_broad(facts, run) else []
    ledger.record(
        actor,
        "search.final",
        case=case,
        body={"number": run.number, "lot": run.lot, "results": len(run.results), "reason": reason},
        rows=[row, *reasons],
    )
    return row


def run_of(facts: CaseFacts, number: int) -> SearchRun:
    """The run ``number`` of the case; ``NotFound`` otherwise."""
    found = next((run for run in facts.search.runs if run.number == number), None)
    if found is None:
        raise NotFound(f"{number}번 검색이 없습니다. 검색 기록에서 다시 골라 주세요.")
    return found


def is_broad(facts: CaseFacts, run: SearchRun) -> bool:
    """Whether a run has more results than the institution's limit (S-5)."""
    return len(run.results) > facts.search_result_limit


def _add_run(
    actor: Actor,
    case: Case,
    facts: CaseFacts,
    conditions: Conditions,
    rows: Sequence[ResultRow],
    kind: RunKind,
    reading: ListReading,
    *,
    evidence_id: str | None = None,
) -> SearchRunRow:
    """Add the run, its results and how they were read, sealed together by one event."""
    source = SearchSource.SUPPORT_SYSTEM if kind is RunKind.OFFICIAL else SearchSource.LOCAL_CATALOGUE
    run = SearchRunRow(
        id=uuid.uuid4(),
        institution_id=case.institution_id,
        case_id=case.id,
        lot_id=_lot(case, conditions.lot).id,
        number=1 + max((known.number for known in facts.search.runs), default=0),
        kind=kind.value,
        source=source.value,
        page=conditions.page.value,
        service_type=conditions.service_type.value if conditions.service_type else None,
        definition_version_id=_active_version(case).id,
        words=canonical(conditions.words),
        filters=canonical(conditions.filters),
        follows_id=uuid.UUID(conditions.follows) if conditions.follows else None,
        change=conditions.change.strip(),
        evidence_id=uuid.UUID(evidence_id) if evidence_id else None,
        result_count=len(rows),
        occurred_at=conditions.occurred_at,
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(run, "그사이 다른 사람이 검색을 기록했습니다. 검색 기록을 확인하고 다시 기록해 주세요.")
    results = [_result(case, run, row) for row in rows]
    record = _reading_row(actor, case, replace(reading, run_id=str(run.id)), conditions.occurred_at)
    db.session.add_all([*results, record])
    db.session.flush()
    ledger.record(
        actor,
        "search.run",
        case=case,
        body={
            "number": run.number,
            "lot": conditions.lot,
            "kind": kind.value,
            "conditions": list(texts_of(conditions)),
            "results": len(rows),
            "corrections": len(reading.corrections),
        },
        rows=[run, *results, record],
        occurred_at=conditions.occurred_at,
    )
    return run


def _result(case: Case, run: SearchRunRow, row: ResultRow) -> SearchResult:
    return SearchResult(
        institution_id=case.institution_id,
        case_id=case.id,
        run_id=run.id,
        position=row.position,
        service_type=row.service_type.value if row.service_type else None,
        **{name: getattr(row, name) for name in search_local.RESULT_FIELDS},
    )


def _reading_row(actor: Actor, case: Case, reading: ListReading, occurred_at: datetime) -> CaseRecord:
    key, body, salt = uuid.uuid4(), canonical(reading), new_salt()
    return CaseRecord(
        id=key,
        institution_id=case.institution_id,
        case_id=case.id,
        thread_id=key,
        version=1,
        step=Step.SEARCH.value,
        kind=READING,
        body=body,
        salt=salt,
        digest=digest_of_text(body, salt),
        occurred_at=occurred_at,
        actor_id=uuid.UUID(actor.account_id),
    )


def _justification(actor: Actor, case: Case, run: SearchRun, reason: str) -> Justification:
    """The reason for so many results, where S-5 keeps its reasons."""
    return justifications.add(actor, case, "S-5", f"run{run.number} many", reason)


def _lot(case: Case, number: int) -> Lot:
    return db.session.scalars(select(Lot).where(Lot.case_id == case.id, Lot.number == number)).one()


def _active_version(case: Case) -> DefinitionVersion:
    version = definition_freeze.newest(case)
    if version is None:
        raise Refused("요구사항 정의서를 먼저 확정해 주세요.", "R-6")
    return version
