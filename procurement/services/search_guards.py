"""What S-1 to S-10 and R-6 forbid of a search, refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, ProcurementError, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import LotRequirements
from procurement.domain.facts.search import RunKind, SearchFilter, SearchRun, SearchSource, SearchWord
from procurement.domain.filters import is_filter
from procurement.domain.rules.search_final import called_off
from procurement.domain.search_conditions import (
    Conditions,
    clause_of_filter,
    clause_of_word,
    yields_filter,
    yields_word,
)
from procurement.domain.snapshot import search_plans
from procurement.models import Case
from procurement.models.base import now
from procurement.services import definition_freeze, evidence, names
from procurement.services.search_pending import PendingList

TAKEN = (
    "이 검색 대상의 최종 검색은 이미 정해졌습니다. 하나만 정할 수 있으니 "
    "검색 기록에서 어느 검색인지 확인해 주세요."
)


def require_definition(facts: CaseFacts) -> None:
    """R-6: what is recorded rests on a frozen definition."""
    if facts.definition.active is None:
        raise Refused(
            "요구사항 정의서를 확정하기 전에는 증빙이 되는 검색을 기록할 수 없습니다. "
            "②를 먼저 완료해 주세요.",
            "R-6",
        )


def require_wanted(facts: CaseFacts, lot: int) -> None:
    """S-10: nothing is searched for a lot that ended without a contract, until ③ is opened again."""
    if called_off(facts, lot):
        raise Refused(
            "계약 없이 마치기로 한 대상입니다. 다시 검색하려면 ③ 단계를 완료한 뒤 사유를 적고 "
            "다시 열어 주세요.",
            "S-10",
        )


def require_finalizable(case: Case, facts: CaseFacts, run: SearchRun) -> None:
    """S-6, S-9, S-10, R-6: whether a run can be the final one of its lot.

    Raises ``Refused``, also when the lot has its final run already.
    """
    if run.kind is not RunKind.OFFICIAL or run.source is not SearchSource.SUPPORT_SYSTEM:
        raise Refused(
            f"{run.number}번은 {run.kind.label}({run.source.label})이어서 최종 검색이 될 수 없습니다. "
            "이용지원시스템에서 검색한 결과로 정해 주세요.",
            "S-9",
        )
    if facts.search.final(run.lot) is not None:
        raise Refused(TAKEN, "S-6")
    require_wanted(facts, run.lot)
    if not run.results:
        raise Refused(
            f"{run.number}번 검색에는 서비스가 없어 최종 검색이 될 수 없습니다. 정의서를 고쳐 새 판으로 "
            "확정하고 다시 검색하거나, 계약 없이 마쳐 주세요.",
            "S-10",
        )
    active, frozen = facts.definition.active, facts.definition.frozen
    if active is None or frozen is None:
        require_definition(facts)
    elif run.definition_version != active.number:
        then = search_plans(definition_freeze.text_of(case, run.definition_version))
        if then.get(run.lot) != search_plans(frozen).get(run.lot):
            raise Refused(
                f"{run.number}번 검색은 정의서 {run.definition_version}판으로 했는데 그 뒤 검색할 말이 "
                "바뀌었습니다. 새 판으로 다시 검색해 주세요.",
                "R-6",
            )


def judge(facts: CaseFacts, conditions: Conditions) -> Conditions:
    """Conditions with their clauses and verdicts.

    Raises the first of what ``errors_of`` finds.
    """
    errors = errors_of(facts, conditions)
    if errors:
        raise errors[0]
    lot = facts.definition.lot(conditions.lot)
    return replace(
        conditions,
        words=tuple(_word(lot, word) for word in conditions.words),
        filters=tuple(_filter(lot, conditions, used) for used in conditions.filters),
    )


def errors_of(facts: CaseFacts, conditions: Conditions) -> list[ProcurementError]:
    """Everything that S-1, S-2, S-4 and plain sense hold against these conditions."""
    lot = facts.definition.lot(conditions.lot)
    checks: list[Callable[[], object]] = [lambda: _plain(facts, conditions)]
    checks += [partial(_word, lot, word) for word in conditions.words]
    checks += [partial(_filter, lot, conditions, used) for used in conditions.filters]
    return [error for error in map(_error_of, checks) if error is not None]


def link_error(facts: CaseFacts, conditions: Conditions) -> ProcurementError | None:
    """What S-5 holds against how this search follows an earlier one."""
    return _error_of(partial(require_link, facts, conditions))


def list_error(case: Case, pending: PendingList) -> ProcurementError | None:
    """What S-3 holds against the list as it stands."""
    return _error_of(partial(require_list, case, pending))


def _error_of(check: Callable[[], object]) -> ProcurementError | None:
    try:
        check()
    except ProcurementError as error:
        return error
    return None


def _plain(facts: CaseFacts, conditions: Conditions) -> None:
    if conditions.lot not in facts.head.lots:
        raise InvalidInput("무엇에 대한 검색인지 골라 주세요.", "lot")
    if not conditions.words and not conditions.filters:
        raise InvalidInput("검색어나 필터를 하나 이상 고르거나 적어 주세요.", "plan_words")
    if conditions.occurred_at > now():
        raise InvalidInput(
            "검색한 때가 지금보다 뒤일 수 없습니다. 날짜와 시각을 확인해 주세요.", "occurred_at"
        )


def _word(lot: LotRequirements | None, word: SearchWord) -> SearchWord:
    judgement = names.judge(word.word)
    notes = " ".join(match.message for match in judgement.matches)
    planned = yields_word(lot, word.word)
    if judgement.refused_as_search_word:
        raise Refused(notes, "S-1", "plan_words" if planned else "own_words")
    if judgement.verdict == "review" and not word.reason.strip():
        raise Refused(notes, "S-1", "plan_reason" if planned else "own_words")
    if not planned and not word.reason.strip():
        raise Refused(
            f"검색어 ‘{word.word}’은(는) 확정한 정의서에 없습니다. "
            "정의서의 말로 검색하거나 더한 사유를 적어 주세요.",
            "S-2",
            "own_words",
        )
    found = ", ".join(dict.fromkeys(match.name for match in judgement.matches))
    return replace(word, clause=clause_of_word(lot, word.word), verdict=judgement.verdict, verdict_note=found)


def _filter(lot: LotRequirements | None, conditions: Conditions, used: SearchFilter) -> SearchFilter:
    shown = f"‘{used.filter} – {used.option}’"
    if not is_filter(conditions.page, used.filter, used.option) and not used.reason.strip():
        raise Refused(
            f"{conditions.page.label}의 필터 표에 {shown} 항목이 없습니다. 화면에 있던 이름을 확인하고, "
            "표와 다르면 사유를 적어 주세요.",
            "S-4",
            "own_filters",
        )
    if not yields_filter(lot, used.filter, used.option) and not used.reason.strip():
        raise Refused(
            f"필터 {shown}은(는) 확정한 정의서에 없습니다. 빼거나 더한 사유를 적어 주세요.",
            "S-2",
            "filter_reason",
        )
    return replace(used, clause=clause_of_filter(lot, used.filter, used.option))


def must_follow(facts: CaseFacts, lot: int) -> bool:
    """Whether the next official search of ``lot`` has to name the search it follows (S-5)."""
    active = facts.definition.active
    return active is not None and any(
        run.kind is RunKind.OFFICIAL and run.lot == lot and run.definition_version == active.number
        for run in facts.search.runs
    )


def run_to_follow(facts: CaseFacts, run: SearchRun) -> SearchRun | None:
    """The official run that searching again for what ``run`` searched for follows (S-5).

    ``run`` itself when it is official, else the newest official run of its lot, if there is one.
    """
    if run.kind is RunKind.OFFICIAL:
        return run
    official = [one for one in facts.search.runs if one.lot == run.lot and one.kind is RunKind.OFFICIAL]
    return official[-1] if official else None


def require_link(facts: CaseFacts, conditions: Conditions) -> None:
    """S-5: a search after another of the same definition says which it follows and what changed."""
    if conditions.follows is None:
        if must_follow(facts, conditions.lot):
            raise Refused(
                "앞서 한 검색이 있습니다. 어느 검색에서 조건을 바꾸거나 더한 것인지 골라 주세요.",
                "S-5",
                "follows",
            )
        return
    followed = facts.search.run(conditions.follows)
    if followed is None or followed.lot != conditions.lot or followed.kind is not RunKind.OFFICIAL:
        raise Refused(
            "이어지는 검색은 같은 대상의 앞선 공식 검색이어야 합니다. 다시 골라 주세요.", "S-5", "follows"
        )
    if not conditions.change.strip():
        raise Refused(
            "무엇을 바꾸거나 더했는지와 그 근거가 되는 정의서의 항목을 적어 주세요.", "S-5", "change"
        )


def require_list(case: Case, pending: PendingList) -> None:
    """S-3: the saved output is there and the list accounts for every result that it states."""
    if not pending.pages:
        raise Refused("검색 결과를 저장한 파일이 없습니다. 저장한 화면을 올려 주세요.", "S-3")
    for page in pending.pages:
        evidence.find(case, page.evidence_id)
    unread = any(page.read.refusal for page in pending.pages)
    if unread and not pending.by_hand and pending.hand_total is None:
        raise Refused(
            "목록을 읽지 못한 파일이 있습니다. 웹페이지(HTML)로 다시 저장해 올리거나 "
            "목록을 직접 적어 주세요.",
            "S-3",
        )
    if pending.gap and not pending.count_reason:
        raise Refused(
            f"파일에는 {counted(pending.listed + pending.gap, 'service')}라고 적혀 있으나 "
            f"목록은 {counted(pending.listed, 'service')}입니다. "
            "나머지 쪽을 올리거나 건수가 다른 사유를 적어 주세요.",
            "S-3",
        )
