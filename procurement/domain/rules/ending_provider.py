"""Rules X-3 to X-5 of ⑨: notices of the provider, return and destruction of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from procurement.domain.checklist import notice_ground
from procurement.domain.facts import CaseFacts, EndingPlan
from procurement.domain.facts.ending import (
    CLOSING_NOTICE_ITEMS,
    END_NOTICE_ITEMS,
    EndNotice,
    FaultGround,
    NoticeItem,
)
from procurement.domain.obligations import contract_end
from procurement.domain.periods import days_before, format_date
from procurement.domain.rules.base import (
    Check,
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
from procurement.domain.rules.reading import NO_CLOUD, after_conclusion, contracts_cloud, justified
from procurement.domain.steps import Step

NOTICE_DAYS = 30
"""클라우드컴퓨팅법 시행령 제19조: days before the end by which the provider gives notice."""


def on_plan(ask: Callable[[CaseFacts, EndingPlan], Verdict]) -> Check:
    """A check that waits for the conclusion and for the kind of the end."""

    def check(facts: CaseFacts, _: date) -> Verdict:
        plan = facts.ending.plan
        if plan is None or plan.kind is None:
            return not_yet("종료 유형을 정한 뒤에 봅니다.")
        return ask(facts, plan)

    return after_conclusion(check)


def _notice_problems(
    name: str, notice: EndNotice, wanted: tuple[NoticeItem, ...], end: date | None
) -> Iterator[Problem]:
    """Items that a notice leaves out, and whether it came late."""
    field = "closing_notice" if wanted is CLOSING_NOTICE_ITEMS else "notice"
    missing = [item.label for item in wanted if item not in notice.items]
    if missing:
        yield Problem(
            f"{name}에 빠진 사항이 있습니다: {', '.join(missing)}. "
            "제공자에게 보완을 요구하거나 사유를 적으세요.",
            "items",
            f"{field}-items",
        )
    if end is not None and notice.received_on > days_before(end, NOTICE_DAYS).nominal:
        left = (end - notice.received_on).days
        yield Problem(
            f"{name}를 종료 30일 전까지 받지 못했습니다(종료 {max(left, 0)}일 전 수령). "
            "제공자에게 확인하고 사유를 적으세요.",
            "late",
            f"{field}-received_on",
        )


def _notice_missing(facts: CaseFacts, end: date | None, name: str, field: str) -> Verdict:
    due = days_before(end, NOTICE_DAYS).nominal if end else None
    if due is not None and facts.today <= due:
        return not_yet(f"{name}는 {format_date(due)}까지 받습니다.")
    return unmet(
        lacking(
            f"{name}를 받은 기록이 없습니다. 통지를 받은 날과 방법, 내용을 적거나 사유를 적으세요.",
            "missing",
            field,
        )
    )


def _end_notice(facts: CaseFacts, plan: EndingPlan) -> Verdict:
    """X-3: five items, thirty days before the end."""
    if ground := notice_ground(facts):
        return not_applicable(ground)
    name, end = "제공자의 종료 통지", contract_end(facts)
    if plan.notice is None:
        return _notice_missing(facts, end, name, "notice")
    return from_problems(_notice_problems(name, plan.notice, END_NOTICE_ITEMS, end))


def _closing_notice(facts: CaseFacts, plan: EndingPlan) -> Verdict:
    """X-4: six items, thirty days before, and posted on the provider's site."""
    if not plan.provider_closes_business:
        return not_applicable("제공자가 사업을 종료하는 경우가 아닙니다.")
    if not contracts_cloud(facts):
        return not_applicable(NO_CLOUD)
    name, end, notice = "제공자의 사업 종료 통지", contract_end(facts), plan.closing_notice
    if notice is None:
        return _notice_missing(facts, end, name, "closing_notice")
    problems = list(_notice_problems(name, notice, CLOSING_NOTICE_ITEMS, end))
    if not notice.posted_on_site:
        problems.append(
            lacking(
                "사업 종료를 제공자의 인터넷 홈페이지에 게시했는지 확인되지 않았습니다. "
                "게시를 확인하거나 사유를 적으세요.",
                "posted",
                "closing_notice-posted_on_site",
            )
        )
    return from_problems(problems)


def _returned(plan: EndingPlan, end: date | None) -> Iterator[Problem]:
    """What is wrong with the return of the data."""
    data = plan.data
    if data.returned_on is None:
        yield lacking(
            "이용정보를 돌려받은 날이 없습니다. 종료일 전에 돌려받고 받은 날을 적으세요.",
            "returned",
            "data-returned_on",
        )
        return
    if end is not None and data.returned_on >= end:
        yield Problem(
            f"이용정보를 종료일({format_date(end)}) 전에 돌려받지 못했습니다. "
            "무엇을 시도했고 왜 늦었는지를 ‘하지 못한 사유’에 적으세요.",
            "late",
            "data-impossible_reason",
        )
    if not data.usable or not data.return_checked_by.strip():
        yield lacking(
            "돌려받은 정보를 쓸 수 있는지 확인되지 않았습니다. 열어 보고 확인한 사람을 적으세요.",
            "usable",
            "data-usable",
        )
    if data.return_evidence_id is None:
        yield lacking(
            "이용정보를 돌려받은 증빙이 없습니다. 인수 확인서 등을 붙이세요.",
            "return_proof",
            "data-return_evidence_id",
        )


def _destroyed(plan: EndingPlan) -> Iterator[Problem]:
    """What is wrong with the destruction of the data."""
    data = plan.data
    if data.destroyed_on is None:
        yield lacking(
            "제공자가 이용정보를 파기한 날이 없습니다. 파기를 확인하고 날을 적으세요.",
            "destroyed",
            "data-destroyed_on",
        )
        return
    if data.returned_on is not None and data.destroyed_on < data.returned_on:
        yield Problem(
            "파기한 날이 돌려받은 날보다 빠릅니다. 두 날짜를 확인하세요.", "order", "data-destroyed_on"
        )
    if not data.beyond_recovery:
        yield lacking(
            "복원할 수 없는 방법으로 영구 삭제했는지 확인되지 않았습니다. 제공자에게 확인하고 표시하세요.",
            "beyond_recovery",
            "data-beyond_recovery",
        )
    if data.destruction_evidence_id is None:
        yield lacking(
            "이용정보를 파기한 증빙이 없습니다. 파기 확인서 등을 붙이세요.",
            "destruction_proof",
            "data-destruction_evidence_id",
        )


def _cannot(plan: EndingPlan) -> bool:
    """Whether the provider is in no state to return and destroy, so that a written account stands in."""
    return FaultGround.BANKRUPTCY in plan.fault_grounds or plan.provider_closes_business


def _data_handled(facts: CaseFacts, plan: EndingPlan) -> Verdict:
    """X-5: returned before the end, usable, destroyed beyond recovery, each with proof."""
    if plan.keeps_service:
        return not_applicable("기존 제공자와 재계약하여 반환과 파기가 필요하지 않습니다.")
    data, why = plan.data, plan.data.impossible_reason.strip()
    if data.nothing_stored_reason.strip():
        return not_applicable(f"제공자에게 저장된 정보가 없습니다: {data.nothing_stored_reason.strip()}")
    problems = (*_returned(plan, contract_end(facts)), *_destroyed(plan))
    if not problems or not why:
        return from_problems(problems)
    if _cannot(plan):
        return justified(f"반환·파기를 하지 못한 경위: {why}")
    # A late return cannot be undone, so an account of it stands in for that and for nothing else.
    remaining = [problem for problem in problems if problem.subject != "late"]
    return from_problems(remaining) if remaining else justified(f"늦게 돌려받은 경위: {why}")


RULES: tuple[Rule, ...] = (
    Rule(
        "X-3",
        Step.ENDING,
        Kind.GATE,
        Severity.JUSTIFY,
        "제공자는 종료 30일 전까지 다섯 가지 사항을 알립니다.",
        "클라우드컴퓨팅법 제27조, 같은 법 시행령 제19조제1항·제3항",
        on_plan(_end_notice),
    ),
    Rule(
        "X-4",
        Step.ENDING,
        Kind.GATE,
        Severity.JUSTIFY,
        "사업을 종료하는 제공자는 30일 전까지 여섯 가지 사항을 알리고 홈페이지에 게시합니다.",
        "클라우드컴퓨팅법 제27조제4항, 같은 법 시행령 제19조제2항·제3항",
        on_plan(_closing_notice),
    ),
    Rule(
        "X-5",
        Step.ENDING,
        Kind.GATE,
        Severity.BLOCK,
        "종료일 전에 이용정보를 쓸 수 있게 돌려받고, 복원할 수 없게 파기한 것을 확인합니다.",
        "지침 Ⅲ.3.⑨, 클라우드컴퓨팅법 시행령 제19조제4항·제5항",
        on_plan(_data_handled),
    ),
)
