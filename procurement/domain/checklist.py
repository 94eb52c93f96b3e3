"""The termination checklist of ⑨ as data: what to confirm by which day before the end, and on whose word.

It opens ninety days before the end (X-8). Lines that do not apply to this case are left out, or stay as one
line marked 해당 없음 where a person would look for them. It is printed on two A4 pages, so titles stay short.
"""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts, EndingPlan
from procurement.domain.facts.ending import (
    END_NOTICE_ITEMS,
    ChecklistItem,
    EndingKind,
)
from procurement.domain.rules.reading import contracts_cloud, is_central

CHECKPOINTS = (90, 60, 30)
"""Days before the end at which the checklist asks to be looked at."""

MAX_LINES = 50
"""What two A4 pages hold."""

_GUIDE = "지침 Ⅲ.3.⑨"
_NOTICE = "클라우드컴퓨팅법 시행령 제19조제1항·제3항"
_CLOSING = "클라우드컴퓨팅법 시행령 제19조제2항·제3항"
_RETURN = "클라우드컴퓨팅법 시행령 제19조제4항"
_DESTROY = "클라우드컴퓨팅법 시행령 제19조제5항"
_TITLE_LENGTH = 60
_MOST_PROMISES = 20


def checklist_for(facts: CaseFacts) -> tuple[ChecklistItem, ...]:
    """Lines of the checklist for this case, the earliest first.

    :param facts: read are the ending plan as far as it is filled in, the route, the type of the contracted
        services and the promises of the contract.
    """
    plan = facts.ending.plan or EndingPlan()
    lines = (
        *_start(plan),
        *_hand_over(plan),
        *_notice(facts, plan),
        *_data(plan),
        *_withdrawal(plan),
        *_promises(facts),
        *_money(plan),
        *_registration(facts),
    )
    # Sorting is stable: lines of one day stay in the order of the guideline.
    return tuple(sorted(lines, key=lambda line: -line.days_before_end))


def notice_ground(facts: CaseFacts) -> str:
    """Why the provider's notice is not asked for (X-3), ``""`` when it is."""
    plan = facts.ending.plan
    if not contracts_cloud(facts):
        return "클라우드컴퓨팅서비스가 아닙니다."
    if plan is not None and plan.immediate:
        return "즉시 해지입니다."
    return ""


def _ends_early(plan: EndingPlan) -> bool:
    return plan.kind in (EndingKind.RESCISSION, EndingKind.TERMINATION)


def _start(plan: EndingPlan) -> Iterator[ChecklistItem]:
    if _ends_early(plan):
        yield ChecklistItem("ground", "해제·해지의 사유와 근거를 정리합니다.", 90, _GUIDE)
    else:
        yield ChecklistItem(
            "decide", "재계약, 신규계약, 계약 종료 가운데 하나로 정합니다.", 90, f"{_GUIDE} (계약 만료)"
        )
    yield ChecklistItem("data_stock", "제공자에게 있는 이용정보의 종류와 양을 파악합니다.", 90, _GUIDE)
    yield ChecklistItem("promise_list", "계약서에서 종료 때의 약속을 찾아 둡니다.", 90, _GUIDE)


def _hand_over(plan: EndingPlan) -> Iterator[ChecklistItem]:
    if plan.keeps_service:
        yield ChecklistItem("renewal_budget", "재계약의 예산을 확보합니다.", 60, "지침 Ⅲ.1.①")
        return
    undecided = plan.kind is None or (plan.kind is EndingKind.EXPIRY and plan.expiry_outcome is None)
    if plan.moves_service or undecided:
        required = plan.moves_service
        suffix = "" if required else " (신규계약일 때)"
        yield ChecklistItem(
            "migration_budget", f"마이그레이션 비용을 확보합니다.{suffix}", 60, _GUIDE, required
        )
        yield ChecklistItem(
            "handover_plan",
            f"서비스와 데이터의 이관 계획을 정합니다.{suffix}",
            60,
            f"{_GUIDE}, Ⅲ.2.⑥ 고려사항",
            required,
        )


def _notice(facts: CaseFacts, plan: EndingPlan) -> Iterator[ChecklistItem]:
    if ground := notice_ground(facts):
        yield ChecklistItem("notice", f"제공자의 종료 통지: 해당 없음({ground})", 30, _NOTICE, False)
    else:
        for item in END_NOTICE_ITEMS:
            yield ChecklistItem(f"notice_{item.value}", f"종료 통지를 받았습니다: {item.label}", 30, _NOTICE)
    if plan.provider_closes_business and contracts_cloud(facts):
        yield ChecklistItem("closing_notice", "사업 종료 통지(여섯 가지 사항)를 받았습니다.", 30, _CLOSING)
        yield ChecklistItem(
            "closing_posted", "사업 종료일까지 제공자의 홈페이지에 게시되어 있습니다.", 30, _CLOSING
        )


def _data(plan: EndingPlan) -> Iterator[ChecklistItem]:
    if plan.keeps_service:
        yield ChecklistItem("data", "이용정보의 반환과 파기: 해당 없음(재계약)", 30, _GUIDE, False)
        return
    yield ChecklistItem("data_requested", "이용정보의 반환을 요구했습니다.", 30, _NOTICE)
    yield ChecklistItem("data_trial", "반환받을 형식을 정하고 일부를 먼저 받아 봅니다.", 14, _RETURN)
    yield ChecklistItem("data_received", "종료일 전에 이용정보를 모두 돌려받았습니다.", 1, _RETURN)
    yield ChecklistItem("data_usable", "돌려받은 정보를 열어 보아 쓸 수 있습니다.", 1, _RETURN)
    yield ChecklistItem("destroyed", "제공자가 복원할 수 없는 방법으로 영구 삭제했습니다.", 0, _DESTROY)
    yield ChecklistItem("destruction_proof", "파기 확인서 등 증빙을 받았습니다.", 0, f"{_DESTROY}, {_GUIDE}")


def _withdrawal(plan: EndingPlan) -> Iterator[ChecklistItem]:
    if plan.keeps_service:
        return
    source = "과업지시서 Ⅲ 보안 대책"
    yield ChecklistItem("accounts", "사용자계정과 관리자계정을 모두 회수했습니다.", 0, source)
    yield ChecklistItem("access", "접근권한, 접속 경로, 출입 권한을 거두었습니다.", 0, source)


def _promises(facts: CaseFacts) -> Iterator[ChecklistItem]:
    promises = facts.contract.terms.end_promises if facts.contract.terms else ()
    if len(promises) > _MOST_PROMISES:
        # More would run over the two pages; X-7 asks for each of them all the same.
        yield ChecklistItem("promises", f"약속 {len(promises)}가지의 이행을 하나씩 확인했습니다.", 0, _GUIDE)
        return
    for place, promise in enumerate(promises):
        short = promise if len(promise) <= _TITLE_LENGTH else f"{promise[: _TITLE_LENGTH - 1]}…"
        yield ChecklistItem(f"promise_{place}", f"약속의 이행: {short}", 0, _GUIDE)


def _money(plan: EndingPlan) -> Iterator[ChecklistItem]:
    yield ChecklistItem("unpaid", "미지급 대가와 받을 보상을 확인했습니다.", 0, f"{_GUIDE}, Ⅲ.3.⑧")
    if _ends_early(plan) and plan.by_provider_fault is False:
        yield ChecklistItem(
            "deposit", "계약보증금액을 지급했습니다.", 0, f"{_GUIDE} 종료 예시 ②, 용역계약 일반조건 제8조"
        )
    if plan.kind is EndingKind.RESCISSION:
        yield ChecklistItem("settlement", "비용, 이자, 가치변동을 정산했습니다.", 0, f"{_GUIDE} (계약 해제)")
    else:
        yield ChecklistItem("settlement", "마지막 달까지 대가를 정산했습니다.", 0, _GUIDE)


def _registration(facts: CaseFacts) -> Iterator[ChecklistItem]:
    source = "지침 Ⅲ.2.⑦ (이용계약 정보 수정)"
    if is_central(facts):
        yield ChecklistItem(
            "registration", "이용정보 수정등록: 해당 없음(중앙조달은 자동으로 이관)", 0, source, False
        )
    else:
        yield ChecklistItem("registration", "바뀐 계약정보를 이용지원시스템에 수정등록했습니다.", 0, source)
