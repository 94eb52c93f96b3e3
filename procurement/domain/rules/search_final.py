"""S-5 to S-10: narrowing, the final run, what may not be combined, where to search, nothing found."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import RunKind, SearchRun, SearchSource
from procurement.domain.facts.selection import DecisionKind
from procurement.domain.rules.base import (
    Problem,
    Severity,
    Verdict,
    from_problems,
    lacking,
    met,
    not_applicable,
    not_yet,
)
from procurement.domain.rules.lots import folded, lot_prefix, lot_subject
from procurement.domain.search_conditions import Conditions
from procurement.domain.steps import Step, StepState

_NO_FINAL = "최종 검색을 아직 정하지 않았습니다."


def _official(facts: CaseFacts, lot: int) -> list[SearchRun]:
    """Official runs of a lot in the order they were made."""
    runs = (run for run in facts.search.runs if run.lot == lot and run.kind is RunKind.OFFICIAL)
    return sorted(runs, key=lambda run: run.number)


def _target(facts: CaseFacts, lot: int) -> SearchRun | None:
    """The final run, or the last one made while none is final."""
    official = _official(facts, lot)
    return facts.search.final(lot) or (official[-1] if official else None)


def _called_off(facts: CaseFacts, lot: int) -> bool:
    """Whether the lot ended without a contract, so that nothing more is asked of its search."""
    decision = facts.selection.decision_of(lot)
    return decision is not None and decision.kind is not DecisionKind.AWARD


def may_end(facts: CaseFacts, run: SearchRun) -> bool:
    """Whether the lot of ``run`` can end without a contract: its newest official search found nothing."""
    official = _official(facts, run.lot)
    newest = bool(official) and official[-1].run_id == run.run_id
    undecided = facts.search.final(run.lot) is None and not _called_off(facts, run.lot)
    return newest and not run.results and undecided


def called_off(facts: CaseFacts, lot: int) -> bool:
    """Whether the lot ended without a contract, so that nothing more is searched for it."""
    return _called_off(facts, lot)


def _link_problem(facts: CaseFacts, lot: int, run: SearchRun) -> Problem | None:
    """What is wrong with how a run follows an earlier one."""
    earlier = [r for r in _official(facts, lot) if r.number < run.number]
    same_version = [r for r in earlier if r.definition_version == run.definition_version]
    if run.follows is None and not same_version:
        return None
    prefix = f"{lot_prefix(facts, lot)}{run.number}번 검색"
    if run.follows not in {r.run_id for r in earlier}:
        return Problem(
            f"{prefix}이 앞선 어느 검색에서 조건을 바꾼 것인지 남아 있지 않습니다. "
            "이어지는 검색을 골라 다시 검색하세요.",
            f"run{run.number} follows",
            "follows",
        )
    if not run.change.strip():
        return Problem(
            f"{prefix}에서 무엇을 바꾸었는지 남아 있지 않습니다. "
            "바꾸거나 더한 조건과 그 근거가 되는 정의서의 항목을 적어 다시 검색하세요.",
            f"run{run.number} change",
            "change",
        )
    return None


def _narrowing_problems(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    run = _target(facts, lot)
    if run is None:
        return
    problem = _link_problem(facts, lot, run)
    if problem is not None:
        yield problem
    if len(run.results) > facts.search_result_limit:
        yield Problem(
            f"{lot_prefix(facts, lot)}{run.number}번 검색의 결과가 {len(run.results)}개로 "
            f"{facts.search_result_limit}개를 넘습니다. 모두 평가해야 하므로 정의서를 기반으로 "
            "검색 조건을 바꾸거나 더할 수 있습니다.",
            f"run{run.number} many",
            "final",
            Severity.REMIND,
        )


def narrowing(facts: CaseFacts) -> Verdict:
    """S-5: the run that counts says which run it follows and what changed; too many are pointed out."""
    if all(_target(facts, lot) is None for lot in facts.head.lots):
        return not_yet("공식 검색을 아직 하지 않았습니다.")
    return from_problems(p for lot in facts.head.lots for p in _narrowing_problems(facts, lot))


def _selecting(facts: CaseFacts) -> bool:
    """Whether what ⑤ holds rests on the present final run."""
    state = facts.steps.get(Step.SELECTION)
    return state is not None and state.state in (StepState.OPEN, StepState.DONE)


def _evaluated(facts: CaseFacts, lot: int) -> dict[str, None]:
    """Results of a lot that ⑤ speaks of, each once and in order."""
    selection = facts.selection
    ids = [outcome.result_id for outcome in selection.outcomes if outcome.lot == lot]
    ids += [quote.result_id for quote in selection.quotes if quote.lot == lot]
    decision = selection.decision_of(lot)
    if decision is not None and decision.result_id:
        ids.append(decision.result_id)
    return dict.fromkeys(ids)


def _strangers(facts: CaseFacts, lot: int, final: SearchRun) -> list[str]:
    """Results that ⑤ speaks of although the final run did not find them."""
    if not _selecting(facts):
        return []
    found = {row.result_id for row in final.results}
    return [result_id for result_id in _evaluated(facts, lot) if result_id not in found]


def _final_problems(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    prefix, final = lot_prefix(facts, lot), facts.search.final(lot)
    if final is None:
        yield lacking(
            f"{prefix}최종 검색을 정하지 않았습니다. 이용지원시스템에서 검색한 결과를 저장하고 "
            "그 가운데 하나를 최종 검색으로 정하세요.",
            lot_subject(lot),
            "final",
        )
        return
    if not final.results:
        yield Problem(
            (
                f"{prefix}최종 검색({final.number}번)에 서비스가 없습니다. "
                "정의서를 고쳐 새 판으로 확정하고 다시 검색하세요."
            ),
            lot_subject(lot, "empty"),
            "final",
        )
    if _strangers(facts, lot, final):
        yield Problem(
            f"{prefix}최종 검색에 없는 서비스가 평가에 들어 있습니다. 최종 도출된 서비스만 평가하세요.",
            lot_subject(lot, "added"),
            "final",
        )


def every_service(facts: CaseFacts) -> Verdict:
    """S-6: one final run a lot, and nothing evaluated that it did not find."""
    lots = [lot for lot in facts.head.lots if not _called_off(facts, lot)]
    return from_problems(problem for lot in lots for problem in _final_problems(facts, lot))


def _combined(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    prefix = lot_prefix(facts, lot)
    finals = {f.run_id for f in facts.search.finals if f.lot == lot and f.round == facts.search.round}
    if len(finals) > 1:
        yield Problem(
            f"{prefix}최종 검색이 둘 이상입니다. 둘 이상의 검색 결과를 합칠 수 없으니 하나만 정하세요.",
            lot_subject(lot),
            "final",
        )
    final = facts.search.final(lot)
    if final is None:
        return
    elsewhere = {
        row.result_id
        for run in facts.search.runs
        if run.lot == lot and run.run_id != final.run_id
        for row in run.results
    }
    if elsewhere.intersection(_strangers(facts, lot, final)):
        yield Problem(
            f"{prefix}다른 검색에서 나온 서비스를 평가 대상에 합쳤습니다. "
            "둘 이상의 검색 결과를 조합할 수 없으니 최종 검색의 서비스만 남기세요.",
            lot_subject(lot, "combined"),
            "final",
        )


def uncombined(facts: CaseFacts) -> Verdict:
    """S-7: within a lot no list is put together from two result lists."""
    if all(facts.search.final(lot) is None for lot in facts.head.lots):
        return not_yet(_NO_FINAL)
    return from_problems(problem for lot in facts.head.lots for problem in _combined(facts, lot))


def single_result(facts: CaseFacts) -> Verdict:
    """S-8: a single result needs no further search."""
    finals = [run for lot in facts.head.lots if (run := facts.search.final(lot)) is not None]
    if not finals:
        return not_yet(_NO_FINAL)
    if any(len(run.results) == 1 for run in finals):
        return met("검색 결과가 하나이므로 추가 검색 없이 검색 결과 증빙과 평가 결과로 계약할 수 있습니다.")
    return not_applicable("검색 결과가 하나가 아닙니다.")


def support_system(facts: CaseFacts) -> Verdict:
    """S-9: the final run is an official one made in the support system."""
    official = [run for lot in facts.head.lots for run in _official(facts, lot)]
    finals = [(lot, run) for lot in facts.head.lots if (run := facts.search.final(lot)) is not None]
    if not official and not finals:
        return not_yet("공식 검색을 아직 하지 않았습니다.")
    elsewhere = sum(run.source is not SearchSource.SUPPORT_SYSTEM for run in official)
    ground = f"다른 곳에서 한 검색 {elsewhere}건은 따로 표시했고 최종이 될 수 없습니다." if elsewhere else ""
    return from_problems(
        (
            Problem(
                f"{lot_prefix(facts, lot)}최종 검색({run.number}번)이 이용지원시스템의 공식 검색이 아닙니다. "
                "이용지원시스템에서 검색한 결과로 최종 검색을 다시 정하세요.",
                lot_subject(lot),
                "final",
            )
            for lot, run in finals
            if run.kind is not RunKind.OFFICIAL or run.source is not SearchSource.SUPPORT_SYSTEM
        ),
        ground,
    )


def _conditions(run: SearchRun | Conditions) -> set[tuple[str, str]]:
    words = {("", folded(word.word)) for word in run.words}
    return words | {(folded(used.filter), folded(used.option)) for used in run.filters}


def similar_before(facts: CaseFacts, lot: int, run: SearchRun) -> int:
    """How many earlier runs on the same version share a word or a filter with ``run``."""
    return sum(
        bool(_conditions(earlier) & _conditions(run))
        for earlier in _official(facts, lot)
        if earlier.number < run.number and earlier.definition_version == run.definition_version
    )


def similar_so_far(facts: CaseFacts, wanted: Conditions) -> int:
    """How many official runs on the definition at hand share a word or a filter with what is wanted."""
    active = facts.definition.active
    return sum(
        bool(_conditions(earlier) & _conditions(wanted))
        for earlier in _official(facts, wanted.lot)
        if active is not None and earlier.definition_version == active.number
    )


def _empty_problems(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    official = _official(facts, lot)
    for place, run in enumerate(official):
        if run.results or (place == len(official) - 1 and _called_off(facts, lot)):
            continue
        after = official[place + 1 :]
        if after and after[0].definition_version > run.definition_version:
            continue
        yield Problem(
            f"{lot_prefix(facts, lot)}{run.number}번 검색에서 나온 서비스가 없습니다. "
            "정의서를 고쳐 새 판으로 확정하거나 "
            "계약 없이 마치세요. 정의서를 고치지 않고 다시 검색했다면 사유를 적으세요.",
            f"run{run.number} empty",
            "runs",
        )


def _repeated_problem(facts: CaseFacts, lot: int) -> Problem | None:
    run = _target(facts, lot)
    if run is None:
        return None
    similar = similar_before(facts, lot, run)
    if similar <= facts.similar_runs_limit:
        return None
    return Problem(
        f"{lot_prefix(facts, lot)}{run.number}번 검색에 앞서 비슷한 검색을 {similar}번 했습니다. "
        "결재자와 감사자에게 표시되므로 되풀이한 까닭을 적으세요.",
        lot_subject(lot, "similar"),
        "runs",
    )


def nothing_or_too_often(facts: CaseFacts) -> Verdict:
    """S-10: nothing found leads to a new version or an end; many similar runs are pointed out."""
    if all(not _official(facts, lot) for lot in facts.head.lots):
        return not_yet("공식 검색을 아직 하지 않았습니다.")
    found = [problem for lot in facts.head.lots for problem in _empty_problems(facts, lot)]
    repeated = (_repeated_problem(facts, lot) for lot in facts.head.lots)
    return from_problems([*found, *(problem for problem in repeated if problem)])
