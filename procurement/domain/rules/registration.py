"""Rules of ⑦: the contract is registered in the support system, in time, and again when it changes."""

from __future__ import annotations

from datetime import date

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.registration import Registration
from procurement.domain.periods import days_late, due_within, format_date
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    met,
    not_applicable,
    not_yet,
    unmet,
)
from procurement.domain.rules.reading import after_conclusion, is_central, justified
from procurement.domain.steps import Step

REGISTRATION_DAYS = 30
CARRIED_OVER = "중앙조달은 계약 정보가 이용지원시스템에 자동으로 이관됩니다."


def registration_due(facts: CaseFacts, concluded_on: date) -> date:
    """The day by which the contract is to be registered: as recorded, or thirty days from conclusion."""
    if facts.registration.due_on is not None:
        return facts.registration.due_on
    return due_within(concluded_on, REGISTRATION_DAYS, facts.holidays.get).due


def _proved(registration: Registration) -> Verdict | None:
    if registration.evidence_id is None:
        return unmet(
            lacking(
                "등록한 증빙이 없습니다. 이용지원시스템의 등록 화면을 저장해 붙이거나 "
                "붙이지 못하는 사유를 적으세요.",
                "proof",
                "evidence_id",
            )
        )
    return None


def _in_time(facts: CaseFacts, concluded_on: date) -> Verdict:
    """G-1: registered within thirty days, with proof; a late one carries its reason."""
    if is_central(facts):
        return not_applicable(CARRIED_OVER)
    due, registration = registration_due(facts, concluded_on), facts.registration.initial
    if registration is None:
        if facts.today <= due:
            return not_yet(f"등록 기한은 {format_date(due)}입니다(체결 후 30일 이내 권고).")
        return unmet(
            Problem(
                f"등록 기한({format_date(due)})이 {days_late(due, facts.today)}일 지났습니다. "
                "이용지원시스템에 등록하고 늦은 사유를 적으세요.",
                "",
                "registered_on",
            )
        )
    late = days_late(due, registration.registered_on)
    if late and not registration.late_reason.strip():
        return unmet(
            Problem(
                f"등록 기한({format_date(due)})보다 {late}일 늦게 등록했습니다. 늦은 사유를 적으세요.",
                "",
                "late_reason",
            )
        )
    if missing := _proved(registration):
        return missing
    if late:
        return justified(f"기한보다 {late}일 늦게 등록한 사유: {registration.late_reason.strip()}")
    return met(f"{format_date(registration.registered_on)}에 등록했습니다.")


def _carried_over(facts: CaseFacts, _: date) -> Verdict:
    """G-2: the central route needs no registration of one's own."""
    return met(CARRIED_OVER) if is_central(facts) else not_applicable("자체조달은 기관이 직접 등록합니다.")


def _corrected(facts: CaseFacts, _: date) -> Verdict:
    """G-3: every amendment has its correction."""
    if is_central(facts):
        return not_applicable(CARRIED_OVER)
    if not facts.contract.amendments:
        return not_applicable("계약을 변경하지 않았습니다.")
    problems = []
    for amendment in facts.contract.amendments:
        correction, name = (
            facts.registration.correction_for(amendment.number),
            f"변경계약 {amendment.number}차",
        )
        if correction is None:
            wrong = f"{name}의 수정등록이 없습니다. 이용지원시스템에 변경내용을 수정등록하고 기록하세요."
        elif correction.registered_on < amendment.amended_on:
            wrong = f"{name}의 수정등록일이 변경한 날보다 빠릅니다. 두 날짜를 확인하세요."
        else:
            continue
        problems.append(
            Problem(wrong, f"amendment{amendment.number}", "registrations", missing=correction is None)
        )
    return from_problems(problems)


def _registered(facts: CaseFacts, concluded_on: date) -> Verdict:
    """G-4: the law asks for registration itself, whenever it was made."""
    if is_central(facts):
        return not_applicable(CARRIED_OVER)
    registration = facts.registration.initial
    if registration is None:
        return unmet(
            lacking(
                "이용계약 정보를 이용지원시스템에 등록하지 않았습니다. "
                "이용정보 제출 메뉴에서 등록하고 등록한 날과 증빙을 적으세요.",
                "",
                "registered_on",
            )
        )
    if registration.registered_on < concluded_on:
        return unmet(
            Problem("등록일이 계약을 체결한 날보다 빠릅니다. 두 날짜를 확인하세요.", "", "registered_on")
        )
    return met()


def _provider_reports(facts: CaseFacts, concluded_on: date) -> Verdict:
    """G-5: says which half-year the provider reports next; nothing for the institution to do."""
    day = max(facts.today, concluded_on)
    half = "상반기" if day.month <= 6 else "하반기"
    return not_applicable(
        f"제공자의 의무여서 기관이 할 일은 없습니다. 제공자는 {day.year}년 {half}의 계약정보를 제출합니다."
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "G-1",
        Step.REGISTRATION,
        Kind.GATE,
        Severity.JUSTIFY,
        "자체조달은 체결 후 30일 이내에 이용지원시스템에 등록하고 증빙을 남깁니다(권고).",
        "지침 Ⅲ.2.⑦ (이용계약 정보 등록), 민법 제157조·제161조",
        after_conclusion(_in_time),
    ),
    Rule(
        "G-2",
        Step.REGISTRATION,
        Kind.EXEMPTION,
        Severity.NONE,
        "중앙조달은 자동으로 이관되어 따로 등록하지 않습니다.",
        "지침 Ⅲ.2.⑦",
        after_conclusion(_carried_over),
    ),
    Rule(
        "G-3",
        Step.REGISTRATION,
        Kind.GATE,
        Severity.BLOCK,
        "이용계약을 변경하면 이용지원시스템에 수정등록합니다.",
        "지침 Ⅲ.2.⑦ (이용계약 정보 수정)",
        after_conclusion(_corrected),
    ),
    Rule(
        "G-4",
        Step.REGISTRATION,
        Kind.GATE,
        Severity.BLOCK,
        "디지털서비스를 이용한 내역은 반드시 이용지원시스템에 등록합니다.",
        "클라우드컴퓨팅법 시행령 제15조의2제5항(지침이 인용한 예규에는 제8조의2)",
        after_conclusion(_registered),
    ),
    Rule(
        "G-5",
        Step.REGISTRATION,
        Kind.REMINDER,
        Severity.REMIND,
        "제공자는 반기마다 계약정보를 제출합니다.",
        "디지털서비스 심사·선정 등에 관한 고시 제9조제1항",
        after_conclusion(_provider_reports),
    ),
)
