"""Rules of ⑨: kind and grounds of the end, hand-over, promises, the checklist that opens early.

What the provider owes at the end, notices and data (X-3 to X-5), is in ``ending_provider.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from procurement.domain.checklist import CHECKPOINTS, checklist_for
from procurement.domain.facts import CaseFacts, EndingPlan
from procurement.domain.facts.ending import (
    ChecklistItem,
    EndingKind,
)
from procurement.domain.obligations import contract_end
from procurement.domain.periods import format_date
from procurement.domain.rules import ending_provider
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_applicable,
    not_yet,
    unmet,
)
from procurement.domain.rules.ending_provider import on_plan
from procurement.domain.rules.reading import after_conclusion
from procurement.domain.steps import Step


def _end_day_wrong(facts: CaseFacts, plan: EndingPlan) -> str:
    planned, contracted = plan.end_on, facts.contract.ends_on
    if planned is None:
        return "종료일이 없습니다. 계약이 끝나는 날을 적으세요."
    if contracted is None:
        return ""
    if plan.kind is EndingKind.EXPIRY and planned != contracted:
        return (
            f"만료일은 계약 종료일({format_date(contracted)})입니다. 종료일을 고치거나 종료 유형을 바꾸세요."
        )
    if planned > contracted:
        return f"종료일이 계약 종료일({format_date(contracted)})보다 늦습니다. 종료일을 고치세요."
    return ""


def _kind_chosen(facts: CaseFacts, _: date) -> Verdict:
    """X-1: the kind, its outcome, and a day that agrees with the contract."""
    plan = facts.ending.plan
    if plan is None or plan.kind is None:
        return unmet(
            lacking("종료 유형이 없습니다. 계약 해제, 계약 해지, 계약 만료 가운데 고르세요.", "kind", "kind")
        )
    problems = []
    if plan.kind is EndingKind.EXPIRY and plan.expiry_outcome is None:
        problems.append(
            lacking(
                "만료 뒤에 어떻게 할지 없습니다. 계약 종료, 재계약, 신규계약 가운데 고르세요.",
                "expiry_outcome",
                "expiry_outcome",
            )
        )
    if wrong := _end_day_wrong(facts, plan):
        problems.append(Problem(wrong, "end_on", "end_on", missing=plan.end_on is None))
    return from_problems(problems)


def _provider_fault(plan: EndingPlan) -> Iterator[Problem]:
    if not plan.fault_grounds:
        yield lacking(
            "제공자의 귀책사유를 고르지 않았습니다. 지침의 다섯 가지 가운데 해당하는 것을 고르세요.",
            "fault_grounds",
            "fault_grounds",
        )
    if not plan.ground_text.strip():
        yield lacking(
            "귀책사유의 내용이 비어 있습니다. 언제 무엇이 있었는지 적으세요.", "ground_text", "ground_text"
        )


def _own_need(plan: EndingPlan) -> Iterator[Problem]:
    if not plan.ground_text.strip():
        yield lacking(
            "수요기관의 사정이 적혀 있지 않습니다. 객관적으로 명백하고 불가피한 사정을 적으세요.",
            "ground_text",
            "ground_text",
        )
    if not plan.unpaid_fees_paid:
        yield lacking(
            "서비스 대가 중 미지급 금액을 지급했는지 확인되지 않았습니다. 지급하고 표시하세요.",
            "unpaid_fees_paid",
            "unpaid_fees_paid",
        )
    if not plan.deposit_amount_paid:
        yield lacking(
            "계약보증금액을 지급했는지 확인되지 않았습니다. 지급하고 표시하세요.",
            "deposit_amount_paid",
            "deposit_amount_paid",
        )


def _grounded(_: CaseFacts, plan: EndingPlan) -> Verdict:
    """X-2: whose side it is on, what happened, and what is paid and settled for it."""
    if plan.kind is EndingKind.EXPIRY:
        return not_applicable("계약기간이 만료되어 끝나는 경우에는 사유가 필요하지 않습니다.")
    problems = []
    if plan.by_provider_fault is None:
        problems.append(
            lacking(
                "누구의 사정으로 끝내는지 없습니다. 제공자의 귀책사유와 수요기관의 요구 가운데 고르세요.",
                "by_provider_fault",
                "by_provider_fault",
            )
        )
    else:
        problems += _provider_fault(plan) if plan.by_provider_fault else _own_need(plan)
    if plan.kind is EndingKind.RESCISSION and not plan.settlement.strip():
        problems.append(
            lacking(
                "계약 해제의 정산 내용이 없습니다. 비용, 이자, 가치변동을 어떻게 정산했는지 적으세요.",
                "settlement",
                "settlement",
            )
        )
    return from_problems(problems)


def _moved(_: CaseFacts, plan: EndingPlan) -> Verdict:
    """X-6: budget and plan for moving to another provider."""
    if not plan.moves_service:
        return not_applicable("다른 제공자로 옮기지 않습니다.")
    problems = []
    if plan.migration_budget_won is None:
        problems.append(
            lacking(
                "마이그레이션 비용을 확보했는지 없습니다. 금액을 적거나 사유를 적으세요.",
                "budget",
                "migration_budget_won",
            )
        )
    if not plan.handover_plan.strip():
        problems.append(
            lacking(
                "서비스와 데이터의 이관 계획이 없습니다. 계획을 적거나 사유를 적으세요.",
                "plan",
                "handover_plan",
            )
        )
    return from_problems(problems)


def _promises_confirmed(facts: CaseFacts, _: EndingPlan) -> Verdict:
    """X-7: each promise of the contract is confirmed, or it is written what came instead."""
    promises = facts.contract.terms.end_promises if facts.contract.terms else ()
    if not promises:
        return not_applicable("계약서에 종료 때 이행하기로 한 내용이 없습니다.")
    marks = {mark.promise: mark for mark in facts.ending.promises}
    problems = []
    for place, promise in enumerate(promises):
        mark = marks.get(place)
        if mark is None:
            wrong = "이행했는지 확인되지 않았습니다. 확인한 날과 증빙을 적으세요."
        elif not mark.kept and not mark.note.strip():
            wrong = "이행되지 않았습니다. 어떻게 조치했는지 적으세요."
        else:
            continue
        said = f"종료 때의 약속 ‘{promise[:60]}’: {wrong}"
        problems.append(Problem(said, f"promise{place}", "promises", missing=mark is None))
    return from_problems(problems)


def _by_when(item: ChecklistItem) -> str:
    return f"종료 {item.days_before_end}일 전까지" if item.days_before_end else "종료일까지"


def _checklist_watched(facts: CaseFacts, _: date) -> Verdict:
    """X-8: from ninety days before the end, lines whose day has come are pointed out."""
    end = contract_end(facts)
    if end is None:
        return not_yet("계약 종료일을 정한 뒤에 봅니다.")
    opens = end - timedelta(days=max(CHECKPOINTS))
    if facts.today < opens:
        return not_yet(f"{format_date(opens)}부터 종료를 준비합니다.")
    done = {mark.item for mark in facts.ending.marks}
    return from_problems(
        lacking(
            f"점검표에 ‘{item.title.rstrip('.')}’ 줄이 남았습니다. {_by_when(item)} 확인하고 표시하세요.",
            item.key,
            "marks",
        )
        for item in facts.ending.items or checklist_for(facts)
        if item.required
        and item.key not in done
        and end - timedelta(days=item.days_before_end) <= facts.today
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "X-1",
        Step.ENDING,
        Kind.GATE,
        Severity.BLOCK,
        "계약 해제, 해지, 만료 가운데 종료 유형과 그 결과를 정합니다.",
        "지침 Ⅲ.3.⑨",
        after_conclusion(_kind_chosen),
    ),
    Rule(
        "X-2",
        Step.ENDING,
        Kind.GATE,
        Severity.BLOCK,
        "해제·해지의 사유를 밝히고, 지급과 정산을 마칩니다.",
        "지침 Ⅲ.3.⑨ 종료 예시 ①·②, 용역계약 일반조건 제8조(지침의 기획재정부는 지금의 재정경제부)",
        on_plan(_grounded),
    ),
    *ending_provider.RULES,
    Rule(
        "X-6",
        Step.ENDING,
        Kind.GATE,
        Severity.JUSTIFY,
        "서비스를 이관할 때는 마이그레이션 비용과 이관 계획을 마련합니다.",
        "지침 Ⅲ.3.⑨",
        on_plan(_moved),
    ),
    Rule(
        "X-7",
        Step.ENDING,
        Kind.GATE,
        Severity.BLOCK,
        "계약 종료 때 제공자가 하기로 한 내용의 이행을 하나씩 확인합니다.",
        "지침 Ⅲ.3.⑨",
        on_plan(_promises_confirmed),
    ),
    Rule(
        "X-8",
        Step.ENDING,
        Kind.REMINDER,
        Severity.REMIND,
        "종료 90일, 60일, 30일 전부터 점검표로 준비합니다.",
        "지침 Ⅲ.3.⑨(미리 하는 안내)",
        after_conclusion(_checklist_watched),
    ),
)
