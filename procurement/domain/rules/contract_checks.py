"""Rules K-6, K-8 to K-11, K-13, K-14 of ⑥: what is approved, checked and agreed around the contract."""

from __future__ import annotations

from datetime import date

from procurement.domain.facts import CaseFacts, ContractTerms
from procurement.domain.facts.contract import ApprovalDecision, DeliveryDemand, Duty, DutyTiming
from procurement.domain.periods import format_date
from procurement.domain.rules.base import (
    Kind,
    Outcome,
    Problem,
    Rule,
    Severity,
    Verdict,
    evaluate,
    from_problems,
    lacking,
    met,
    not_applicable,
    not_yet,
    unmet,
)
from procurement.domain.rules.lots import lot_prefix, lot_subject
from procurement.domain.rules.reading import (
    is_central,
    on_terms,
    winners,
)
from procurement.domain.rules.selection import RULES as SELECTION_RULES
from procurement.domain.steps import Step

_APPROVAL_PAPERS = frozenset({"E-1", "E-3", "E-6"})


def _approval_wrong(facts: CaseFacts) -> str:
    """What is wrong with the newest approval request, ``""`` when nothing is."""
    approval = facts.contract.approval
    if approval is None:
        return "품의를 올리지 않았습니다. 증빙 묶음을 붙여 품의를 올리고 결재를 받으세요."
    if not approval.bundle_digest:
        return "품의에 증빙 묶음(검색 결과, 견적요청 결과)이 붙어 있지 않습니다. 묶음을 붙여 다시 올리세요."
    if approval.decision is None:
        return "품의의 결재가 아직 나지 않았습니다. 결재를 받은 뒤에 계약을 체결하세요."
    if approval.decision is ApprovalDecision.RETURNED:
        return "품의가 반려되었습니다. 의견에 따라 고친 뒤 다시 올리세요."
    if facts.contract.terms_digest not in (None, approval.terms_digest):
        return "결재받은 뒤에 계약 조건이 바뀌었습니다. 바뀐 조건으로 품의를 다시 올리세요."
    return ""


def _approval_waits(facts: CaseFacts) -> bool:
    """Whether the approval is only still to be asked for, or to be given."""
    approval = facts.contract.approval
    return approval is None or (bool(approval.bundle_digest) and approval.decision is None)


def _approval_before_conclusion(facts: CaseFacts) -> str:
    approval, conclusion = facts.contract.approval, facts.contract.conclusion
    if approval is None or conclusion is None or approval.decided_at is None:
        return ""
    if approval.decided_at > conclusion.recorded_at:
        return "결재보다 계약 체결이 먼저 기록되었습니다. 결재를 받은 뒤에 체결하세요."
    if conclusion.terms_digest != approval.terms_digest:
        return "체결한 계약 조건이 결재받은 조건과 다릅니다. 체결한 조건으로 결재를 다시 받으세요."
    return ""


def _carries_evidence(facts: CaseFacts, _: ContractTerms) -> Verdict:
    """K-6: an approval that carries search and quotes, and criteria and table where they were due."""
    problems = []
    if wrong := _approval_wrong(facts) or _approval_before_conclusion(facts):
        problems.append(Problem(wrong, "approval", "approval", missing=_approval_waits(facts)))
    for rule in SELECTION_RULES:
        if rule.id not in _APPROVAL_PAPERS:
            continue
        # Missing search or quote papers block, as E-6 says; criteria and table may be explained here.
        severity = Severity.BLOCK if rule.id == "E-6" else Severity.JUSTIFY
        problems += [
            Problem(
                f"품의의 증빙이 모자랍니다. {finding.message}",
                f"{finding.rule_id} {finding.subject}".rstrip(),
                "approval",
                severity,
                finding.missing,
            )
            for finding in evaluate(rule, facts)
            if finding.outcome is Outcome.UNMET and finding.severity is Severity.BLOCK
        ]
    return from_problems(problems)


_PROPERTIES = (
    ("joint", "공동계약"),
    ("long_term", "장기계속계약"),
    ("unit_price", "단가계약"),
    ("subcontract", "하도급계약"),
)


def _form_agrees(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-8: the properties of the contract are those chosen in ④, and central is one service alone."""
    choice = facts.sourcing
    if choice is None or choice.route is None:
        return not_yet("④에서 조달방식을 정한 뒤에 봅니다.")
    problems = [
        Problem(
            f"{label}이 {'④에만' if getattr(choice, name) else '계약 조건에만'} 있습니다. "
            "계약 조건을 고치거나 ④를 다시 여세요.",
            name,
            name,
        )
        for name, label in _PROPERTIES
        if getattr(choice, name) is not getattr(terms, name)
    ]
    if is_central(facts) and (terms.joint or len(terms.service_names) > 1):
        problems.append(
            Problem(
                "중앙조달(디지털서비스몰 납품요구)은 서비스 하나씩만 계약할 수 있습니다. "
                "서비스를 나누어 계약하거나 ④에서 자체조달을 고르세요.",
                "single",
                "service_names",
            )
        )
    if not is_central(facts) and terms.delivery_demand is not None:
        problems.append(
            Problem(
                "자체조달인데 납품요구가 적혀 있습니다. 납품요구를 지우거나 ④를 다시 여세요.",
                "demand",
                "delivery_demand",
            )
        )
    return from_problems(problems)


def _demand_gaps(demand: DeliveryDemand) -> tuple[tuple[str, str], ...]:
    """Labels and fields that a delivery demand leaves blank."""
    fields = (
        ("조달요청서 번호", "request_number"),
        ("조달요청일", "requested_on"),
        ("납품요구서 번호", "demand_number"),
        ("납품요구일", "demanded_on"),
    )
    return tuple((label, name) for label, name in fields if not getattr(demand, name))


def _demanded(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-9: request and delivery demand, in this order."""
    if not is_central(facts):
        return not_applicable("자체조달은 조달요청서와 납품요구서를 쓰지 않습니다.")
    demand = terms.delivery_demand or DeliveryDemand()
    problems = [
        lacking(
            f"{label} 칸이 비어 있습니다. 디지털서비스몰에서 확인해 적으세요.",
            name,
            f"delivery_demand-{name}",
        )
        for label, name in _demand_gaps(demand)
    ]
    if demand.requested_on and demand.demanded_on and demand.demanded_on < demand.requested_on:
        problems.append(
            Problem(
                "납품요구일이 조달요청일보다 빠릅니다. 두 날짜를 확인하세요.",
                "order",
                "delivery_demand-demanded_on",
            )
        )
    return from_problems(problems)


def _duty_gaps(duty: Duty) -> str:
    """What a duty leaves open, ``""`` when it is a full obligation."""
    gaps = []
    if duty.timing is DutyTiming.AFTER_CONCLUSION and duty.days is None:
        gaps.append("체결 후 며칠 이내인지")
    if duty.timing is DutyTiming.ON_DATE and duty.due_on is None:
        gaps.append("기한")
    if not duty.confirmed_by.strip():
        gaps.append("확인하는 사람")
    if not duty.proof.strip():
        gaps.append("무엇으로 증빙하는지")
    return ", ".join(gaps)


def _duties_complete(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-10: each duty of the provider has its time, its proof and who confirms it."""
    if not terms.duties:
        return unmet(
            lacking(
                "제공자의 이행사항이 하나도 없습니다. 과업지시서에서 제공자가 할 일을 옮겨 적으세요.",
                "",
                "duties",
            )
        )
    return from_problems(
        lacking(f"이행사항 ‘{duty.title}’에 적을 것이 남았습니다: {gaps}. 채워 넣으세요.", duty.key, "duties")
        for duty in terms.duties
        if (gaps := _duty_gaps(duty))
    )


def _check_day_wrong(facts: CaseFacts, checked_on: date) -> str:
    conclusion = facts.contract.conclusion
    if conclusion is not None and checked_on != conclusion.concluded_on:
        return (
            f"확인한 날({format_date(checked_on)})이 "
            f"체결한 날({format_date(conclusion.concluded_on)})과 다릅니다. "
            "체결하는 날의 상태를 다시 확인하세요."
        )
    return ""


def _still_selected(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-11: selected, valid and not suspended on the day of conclusion."""
    check = terms.selected_check
    if check is None:
        return unmet(
            lacking(
                "체결하는 날 디지털서비스의 선정이 유효한지 확인한 기록이 없습니다. "
                "이용지원시스템에서 확인하고 본 것을 적으세요.",
                "",
                "selected_check",
            )
        )
    conclusion = facts.contract.conclusion
    day = conclusion.concluded_on if conclusion else check.checked_on
    wrong = _check_day_wrong(facts, check.checked_on)
    if not check.still_selected:
        wrong = "디지털서비스 선정이 취소되었습니다. 계약할 수 없으니 ⑤를 다시 열어 대상을 다시 정하세요."
    elif check.suspended:
        wrong = "디지털서비스의 효력이 정지되어 있습니다. 정지가 풀린 뒤에 체결하거나 ⑤를 다시 여세요."
    elif check.valid_until is not None and check.valid_until < day:
        wrong = (
            f"디지털서비스의 유효기간이 {format_date(check.valid_until)}에 끝났습니다. "
            "연장을 확인하거나 ⑤를 다시 여세요."
        )
    elif not check.looked_at.strip():
        wrong = "무엇을 보고 확인했는지 없습니다. 이용지원시스템의 어느 화면을 보았는지 적으세요."
    return from_problems([Problem(wrong, "", "selected_check")] if wrong else [])


def _not_barred(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-13: the counterpart is not barred, or the law itself makes an exception."""
    if is_central(facts):
        return not_applicable("중앙조달의 계약상대자는 조달청이 확인합니다.")
    check, conclusion = terms.counterpart_check, facts.contract.conclusion
    wrong = ""
    if check is None or not check.looked_at.strip():
        wrong = (
            "계약상대자의 결격 여부(부정당업자, 수의계약 제한)를 확인한 기록이 없습니다. "
            "확인한 날과 본 것을 적으세요."
        )
    elif conclusion is not None and check.checked_on > conclusion.concluded_on:
        wrong = "체결한 뒤에 계약상대자의 결격 여부를 확인했습니다. 체결 전에 확인한 기록을 적으세요."
    elif check.barred and not check.statutory_exception.strip():
        wrong = "계약상대자에게 계약이 제한되는 사유가 있습니다. 법이 정한 예외를 적거나 ⑤를 다시 여세요."
    if wrong:
        return unmet(Problem(wrong, "", "counterpart_check", missing=check is None))
    if check is not None and check.barred:
        return met(f"법이 정한 예외: {check.statutory_exception.strip()}")
    return met()


def _negotiated(facts: CaseFacts, _: ContractTerms) -> Verdict:
    """K-14: technical negotiation with each winner, none of whom turned out to be disqualified."""
    problems = []
    for lot, row in winners(facts):
        held = [n for n in facts.contract.negotiations if (n.lot, n.result_id) == (lot, row.result_id)]
        prefix, subject = lot_prefix(facts, lot), lot_subject(lot)
        if not any(n.content.strip() for n in held):
            problems.append(
                lacking(
                    f"{prefix}서비스 ‘{row.service_name}’의 제공자와 기술협상한 기록이 없습니다. "
                    "협상한 날과 내용을 적고, 협의할 것이 없었다면 그렇게 적으세요.",
                    subject,
                    "negotiations",
                )
            )
        if any(n.disqualified for n in held):
            problems.append(
                Problem(
                    f"{prefix}기술협상에서 결격사유가 나왔습니다. 계약할 수 없으니 ⑤를 다시 열어 "
                    "대상을 다시 정하세요.",
                    lot_subject(lot, "disqualified"),
                    "negotiations",
                )
            )
    return from_problems(problems)


RULES: tuple[Rule, ...] = (
    Rule(
        "K-6",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "품의에 검색 결과, 견적요청 결과, 평가기준과 평가결과표를 붙여 결재를 받습니다.",
        "지침 Ⅲ.2(증빙자료 첨부), Ⅲ.2.⑥",
        on_terms(_carries_evidence),
    ),
    Rule(
        "K-8",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "계약 형태가 ④에서 고른 조달방식과 같습니다.",
        "지침 Ⅲ.2.⑥, 정부 입찰·계약 집행기준 제76조의9~제76조의11",
        on_terms(_form_agrees),
    ),
    Rule(
        "K-9",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "중앙조달은 조달요청서와 납품요구서를 기록합니다.",
        "지침 Ⅲ.2.⑥",
        on_terms(_demanded),
    ),
    Rule(
        "K-10",
        Step.CONTRACT,
        Kind.REMINDER,
        Severity.REMIND,
        "제공자의 이행사항마다 기한, 증빙, 확인하는 사람을 정합니다.",
        "지침 Ⅲ.3.⑧, 과업지시서",
        on_terms(_duties_complete),
    ),
    Rule(
        "K-11",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "체결하는 날 디지털서비스의 선정이 유효합니다.",
        "국가계약법 시행령 제26조제1항제5호아목, 지방계약법 시행령 제25조제1항제8호차목, 지침 Ⅱ.5",
        on_terms(_still_selected),
    ),
    Rule(
        "K-13",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "자체조달의 계약상대자는 계약이 제한된 자가 아닙니다.",
        "국가계약법 제27조, 지방계약법 제31조, 이해충돌방지법 제12조, "
        "공기업·준정부기관 계약사무규칙 제8조제3항·제4항",
        on_terms(_not_barred),
    ),
    Rule(
        "K-14",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "선정된 제공자와 한 기술협상을 기록하고, 결격사유가 없습니다.",
        "지침 Ⅲ.2.⑥",
        on_terms(_negotiated),
    ),
)
