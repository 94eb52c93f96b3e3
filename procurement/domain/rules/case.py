"""Rules of the case as a whole (guideline Ⅰ.2, Ⅲ, Ⅲ.2)."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import SearchRun
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_yet,
)
from procurement.domain.steps import SPEC, STEPS, Step, StepSpec


def _officers(facts: CaseFacts) -> Verdict:
    named = (
        (facts.institution.name, "institution", "기관 이름이", "이용계약을 맺는 기관을"),
        (facts.head.project_officer, "project_officer", "사업담당자가", "이 건의 사업담당자를"),
        (facts.head.contract_officer, "contract_officer", "계약담당자가", "이 건의 계약담당자를"),
    )
    return from_problems(
        lacking(f"{what} 정해지지 않았습니다. {whom} 정하세요.", field, field)
        for value, field, what, whom in named
        if not value.strip()
    )


def _ever_completed(facts: CaseFacts, step: Step) -> bool:
    state = facts.steps.get(step)
    return state is not None and state.completed_at is not None


def _skipped(facts: CaseFacts, spec: StepSpec) -> Iterator[Problem]:
    for before in spec.completes_after:
        if not _ever_completed(facts, before):
            yield Problem(
                f"‘{SPEC[before].title}’ 단계를 마치지 않고 ‘{spec.title}’ 단계를 마쳤습니다. "
                f"‘{SPEC[before].title}’ 단계를 먼저 마치세요.",
                f"{spec.step.value} after {before.value}",
            )


def _order(facts: CaseFacts) -> Verdict:
    completed = [spec for spec in STEPS if _ever_completed(facts, spec.step)]
    if not completed:
        return not_yet("아직 마친 단계가 없습니다.")
    reopened = sum(state.reopened for state in facts.steps.values())
    ground = f"다시 연 단계 {reopened}건의 이력을 남겨 두었습니다." if reopened else ""
    return from_problems((problem for spec in completed for problem in _skipped(facts, spec)), ground)


def _run_problems(run: SearchRun) -> Iterator[Problem]:
    if not run.actor_id.strip():
        yield Problem(
            f"{run.number}번 검색을 누가 했는지 남아 있지 않습니다. 검색한 사람의 계정으로 다시 기록하세요.",
            f"run{run.number} actor",
        )
    if run.occurred_at > run.recorded_at:
        yield Problem(
            f"{run.number}번 검색의 검색 시각이 기록 시각보다 늦습니다. 실제로 검색한 시각을 확인하세요.",
            f"run{run.number} time",
        )


def _sheet_problems(facts: CaseFacts) -> Iterator[Problem]:
    known = {evaluator.evaluator_id for evaluator in facts.selection.evaluators}
    for sheet in facts.selection.sheets:
        if sheet.evaluator_id not in known:
            yield Problem(
                (
                    "누구의 것인지 알 수 없는 평가표가 있습니다. "
                    "평가위원으로 등록한 사람이 다시 제출하게 하세요."
                ),
                f"sheet {sheet.evaluator_id}",
            )


def _recorded(facts: CaseFacts) -> Verdict:
    runs = facts.search.runs
    if not runs and not facts.selection.sheets:
        return not_yet("검색부터 대상선정까지의 기록이 아직 없습니다.")
    found = [problem for run in runs for problem in _run_problems(run)]
    return from_problems([*found, *_sheet_problems(facts)])


RULES: tuple[Rule, ...] = (
    Rule(
        "C-1",
        None,
        Kind.GATE,
        Severity.BLOCK,
        "한 건은 한 기관에 속하고 사업담당자와 계약담당자를 정합니다.",
        "지침 Ⅰ.2; 클라우드컴퓨팅법 제20조제3항",
        _officers,
    ),
    Rule(
        "C-2",
        None,
        Kind.GUARD,
        Severity.BLOCK,
        "단계는 ①부터 ⑨까지 차례로 밟고, 되돌아가면 그 이력을 남깁니다.",
        "지침 Ⅲ",
        _order,
    ),
    Rule(
        "C-3",
        None,
        Kind.GUARD,
        Severity.BLOCK,
        "검색부터 이용계약 대상선정까지 모든 행위를 누가, 언제, 무엇을 했는지 남깁니다.",
        "지침 Ⅲ.2",
        _recorded,
    ),
)
