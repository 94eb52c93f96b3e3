"""Rules K-1 to K-5, K-7, K-12, K-15, K-16 of ⑥: what the contract itself says."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts, ContractTerms
from procurement.domain.facts.contract import ClauseKind, SlaAnnex, SlaIndicator
from procurement.domain.periods import fiscal_year_end, format_date, within_twelve_months
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
from procurement.domain.rules.lots import folded
from procurement.domain.rules.reading import (
    NO_CLOUD,
    contracts_cloud,
    is_central,
    justified,
    on_terms,
    winners,
)
from procurement.domain.sla import INDICATOR_CATALOGUE
from procurement.domain.steps import Step


def _names_exact(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-1: the names of the winners, letter by letter, and no others."""
    registered = [row.service_name for _, row in winners(facts)]
    problems = [
        Problem(
            f"등록된 서비스명 ‘{name}’이(가) 계약의 서비스명에 없습니다. "
            "이용지원시스템에 등록된 이름을 한 글자도 바꾸지 말고 적으세요.",
            name,
            "service_names",
        )
        for name in registered
        if name not in terms.service_names
    ]
    problems += [
        Problem(
            f"계약의 서비스명 ‘{name}’은(는) ⑤에서 정한 서비스의 등록된 이름이 아닙니다. "
            "등록된 이름으로 고치거나 빼세요.",
            name,
            "service_names",
        )
        for name in terms.service_names
        if name not in registered
    ]
    return from_problems(problems)


def _stated(terms: ContractTerms) -> Iterator[Problem]:
    """Period, amount and conditions that are not written."""
    for name, there, what in (
        ("start", terms.start is not None, "계약 기간의 시작일이 없습니다. 시작일을 적으세요."),
        ("end", terms.end is not None, "계약 기간의 종료일이 없습니다. 종료일을 적으세요."),
        ("amount_won", bool(terms.amount_won), "계약금액이 없습니다. 계약 기간 전체의 금액을 적으세요."),
        (
            "vat_included",
            terms.vat_included is not None,
            "계약금액에 부가가치세가 들어 있는지 없습니다. 포함 여부를 고르세요.",
        ),
        ("conditions", bool(terms.conditions.strip()), "계약 조건이 비어 있습니다. 계약 조건을 적으세요."),
    ):
        if not there:
            yield lacking(what, name, name)


def _longer(terms: ContractTerms) -> Iterator[Problem]:
    """A period beyond twelve months or the fiscal year needs its form and a reason."""
    if terms.start is None or terms.end is None:
        return
    if terms.end < terms.start:
        yield Problem("계약 종료일이 시작일보다 빠릅니다. 두 날짜를 확인하세요.", "order", "end")
        return
    year_end = fiscal_year_end(terms.start)
    over = "12개월을" if not within_twelve_months(terms.start, terms.end) else ""
    if not over and terms.end > year_end:
        over = f"회계연도({format_date(year_end)}까지)를"
    if not over:
        return
    form = (
        "차년도에도 이용해야 하는 사유를 적으세요."
        if terms.long_term or terms.continuing_expenditure
        else "장기계속계약(또는 계속비)으로 표시하고 사유를 적거나 기간을 줄이세요."
    )
    yield Problem(f"계약 기간이 {over} 넘습니다. {form}", "period", "end", Severity.JUSTIFY)


def _period_and_conditions(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-2: what must be stated is stated; longer than a year is explained."""
    return from_problems((*_stated(terms), *_longer(terms)))


def _sla_parts(sla: SlaAnnex) -> tuple[tuple[str, str, bool], ...]:
    """The seven parts: field, label, whether it is written."""
    return (
        ("target", "서비스 대상", bool(sla.target.strip())),
        ("scope", "서비스 범위", bool(sla.scope.strip())),
        ("period", "서비스 기간", bool(sla.period.strip())),
        ("indicators", "서비스수준 지표 및 목표 수준", bool(sla.indicators)),
        ("grades", "서비스수준의 평가 등급", bool(sla.grades.strip())),
        ("method", "서비스수준의 평가 방법·절차", bool(sla.method.strip())),
        ("handling", "서비스수준의 평가 결과 관리", bool(sla.handling.strip())),
    )


def _sla_complete(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-3: the annex has its seven parts."""
    return from_problems(
        lacking(
            f"서비스수준 부속서(SLA)에 ‘{label}’ 항목이 비어 있습니다. 채우거나 두지 않는 사유를 적으세요.",
            part,
            f"sla-{part}",
        )
        for part, label, written in _sla_parts(terms.sla)
        if not written
    )


def _is_standard(indicator: SlaIndicator) -> bool:
    """Whether an indicator is an item of the quality criteria, by key or by name."""
    name = folded(indicator.name)
    return any(
        indicator.key == item.key or folded(item.name) in name or folded(item.criterion) in name
        for item in INDICATOR_CATALOGUE
    )


def _follows_criteria(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-4: indicators are items of the quality criteria for cloud services, availability among them."""
    if not contracts_cloud(facts):
        return not_applicable(NO_CLOUD)
    if not terms.sla.indicators:
        return not_yet("서비스수준 지표를 정한 뒤에 봅니다.")
    problems = [
        Problem(
            f"서비스수준 지표 ‘{indicator.name}’은(는) 품질·성능 기준의 항목이 아닙니다. "
            "기준의 항목으로 바꾸거나 따로 둔 사유를 적으세요.",
            indicator.key,
            "sla-indicators",
        )
        for indicator in terms.sla.indicators
        if not _is_standard(indicator)
    ]
    if not any(i.key == "availability" or "가용" in i.name for i in terms.sla.indicators):
        problems.append(
            Problem(
                "서비스수준 지표에 가용률이 없습니다. 가용률을 더하거나 두지 않는 사유를 적으세요.",
                "availability",
                "sla-indicators",
            )
        )
    return from_problems(problems)


def _clauses_written(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-5: each clause the guideline asks for is written."""
    return from_problems(
        lacking(
            f"계약서에 ‘{kind.label}’ 조항이 없습니다. 조항을 적거나 두지 않는 사유를 적으세요.",
            kind.value,
            "clauses",
        )
        for kind in ClauseKind
        if terms.clause(kind) is None
    )


def _precedence(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-7: an order of precedence is written, and no provider's terms stand above the contract."""
    order = [name.strip() for name in terms.precedence if name.strip()]
    contract = next((place for place, name in enumerate(order) if name == "계약서"), None)
    if contract is None:
        wrong = (
            "계약 해석의 우선순위에 계약서가 없습니다. 계약서를 맨 앞에 두고 순서를 적거나 사유를 적으세요."
        )
    elif any("약관" in name for name in order[:contract]):
        wrong = "제공자의 이용약관이 계약서보다 앞에 있습니다. 계약서를 앞에 두거나 사유를 적으세요."
    else:
        return met()
    return unmet(Problem(wrong, "", "precedence"))


def _public_body_standard(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-12: a public body contracts a cloud service by the ministry's standard."""
    if not facts.institution.is_public_body:
        return not_applicable("전자정부법 제2조제3호의 공공기관이 아닙니다.")
    if not contracts_cloud(facts):
        return not_applicable(NO_CLOUD)
    if terms.follows_public_body_standard:
        return met()
    return unmet(
        lacking(
            "종료 통지와 이용자 정보의 반환·파기 조건이 행정안전부장관이 정한 기준에 따랐는지 "
            "확인되지 않았습니다. 기준에 맞게 계약 조건을 고치고 확인을 표시하세요.",
            "",
            "follows_public_body_standard",
        )
    )


def _secrets_named(_: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-15: what must not leak is designated and the sanctions are written."""
    problems = []
    if not terms.secrets:
        problems.append(
            lacking(
                "누출하면 안 되는 정보를 지정하지 않았습니다. 여덟 가지 가운데 해당하는 것을 고르거나 "
                "지정하지 않는 사유를 적으세요.",
                "secrets",
                "secrets",
            )
        )
    if not terms.leak_sanctions.strip():
        problems.append(
            lacking(
                "정보를 누출했을 때의 제재가 적혀 있지 않습니다. "
                "계약서의 제재 내용을 옮겨 적거나 사유를 적으세요.",
                "sanctions",
                "leak_sanctions",
            )
        )
    return from_problems(problems)


def _standard_form(facts: CaseFacts, terms: ContractTerms) -> Verdict:
    """K-16: a reminder that the government may have issued a standard form."""
    if is_central(facts):
        return not_applicable("중앙조달은 조달청의 납품요구서로 계약합니다.")
    if terms.standard_form_used:
        return met()
    if terms.standard_form_note.strip():
        return justified(f"표준계약서를 쓰지 않은 까닭: {terms.standard_form_note.strip()}")
    return unmet(
        Problem(
            "행정·공공기관용 디지털서비스 표준계약서가 배포되어 있으면 그 양식을 권장합니다. "
            "있는지 확인하고, 쓰지 않으면 까닭을 적어 두세요.",
            "",
            "standard_form_used",
        )
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "K-1",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "서비스명을 이용지원시스템에 등록된 이름 그대로 적습니다.",
        "지침 Ⅲ.2.⑥ (서비스명)",
        on_terms(_names_exact),
    ),
    Rule(
        "K-2",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "계약 기간과 계약 조건을 적습니다. 12개월 이내(회계연도 이내)가 기본입니다.",
        "지침 Ⅲ.2.⑥ (계약 기간)·(계약 조건), 국가계약법 제21조, 지방계약법 제24조",
        on_terms(_period_and_conditions),
    ),
    Rule(
        "K-3",
        Step.CONTRACT,
        Kind.GATE,
        Severity.JUSTIFY,
        "서비스수준 부속서(SLA)에 일곱 가지 항목을 모두 적습니다.",
        "지침 Ⅲ.2.⑥ SLA 작성 항목",
        on_terms(_sla_complete),
    ),
    Rule(
        "K-4",
        Step.CONTRACT,
        Kind.GATE,
        Severity.JUSTIFY,
        "서비스수준 지표는 품질·성능 기준을 참고합니다.",
        "지침 Ⅲ.2.⑥ SLA 작성 항목, 클라우드컴퓨팅서비스 품질·성능 기준 제4조제1항",
        on_terms(_follows_criteria),
    ),
    Rule(
        "K-5",
        Step.CONTRACT,
        Kind.GATE,
        Severity.JUSTIFY,
        "종속 방지, 데이터 이관·파기, 연속성, 이관 협조, 위약금·손해배상, 데이터 보호를 명시합니다.",
        "지침 Ⅲ.2.⑥ 고려사항, Ⅲ.1.② 9-1~9-3",
        on_terms(_clauses_written),
    ),
    Rule(
        "K-7",
        Step.CONTRACT,
        Kind.GATE,
        Severity.JUSTIFY,
        "계약서가 제공자의 이용약관보다 우선하고, 해석의 우선순위를 적습니다.",
        "지침 Ⅲ.2.⑥ (계약 조건), 과업지시서 Ⅲ 계약해석의 우선순위",
        on_terms(_precedence),
    ),
    Rule(
        "K-12",
        Step.CONTRACT,
        Kind.GATE,
        Severity.BLOCK,
        "공공기관은 종료 통지와 정보의 반환·파기를 행정안전부장관이 정한 기준에 따라 계약합니다.",
        "클라우드컴퓨팅법 제27조제5항, 같은 법 시행령 제19조제6항",
        on_terms(_public_body_standard),
    ),
    Rule(
        "K-15",
        Step.CONTRACT,
        Kind.GATE,
        Severity.JUSTIFY,
        "누출하면 안 되는 정보를 미리 지정하고 제재와 함께 계약서에 적습니다.",
        "과업지시서 Ⅲ 보안 대책, 지방계약법 시행령 제92조",
        on_terms(_secrets_named),
    ),
    Rule(
        "K-16",
        Step.CONTRACT,
        Kind.REMINDER,
        Severity.REMIND,
        "정부가 배포한 디지털서비스 표준계약서가 있으면 그 양식을 씁니다.",
        "지침 Ⅲ.2.⑥",
        on_terms(_standard_form),
    ),
)
