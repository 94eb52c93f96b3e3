"""Rules of ④ route (guideline Ⅲ.2.④)."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts, SourcingChoice
from procurement.domain.facts.budget import FeeBasis
from procurement.domain.facts.case import ContractLaw
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.sourcing import Route
from procurement.domain.periods import within_twelve_months
from procurement.domain.route_advice import recommendation
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
from procurement.domain.rules.lots import folded, lot_prefix
from procurement.domain.rules.reading import is_central, justified
from procurement.domain.steps import Step

_OWN_GROUNDS = {
    ContractLaw.NATIONAL: "국가계약법 시행령 제26조제1항제5호아목",
    ContractLaw.LOCAL: "지방계약법 시행령 제25조제1항제8호차목",
    ContractLaw.PUBLIC_BODY: "공기업·준정부기관 계약사무규칙 제8조제1항제7호",
}
_CENTRAL_GROUND = "조달사업법 시행령 제16조"

_OPEN = not_yet("조달방식을 고른 뒤에 봅니다.")


def proposed_ground(law: ContractLaw, route: Route) -> str:
    """The legal ground to start the form with; ``""`` where the institution's own rules must be named."""
    return _CENTRAL_GROUND if route is Route.CENTRAL else _OWN_GROUNDS.get(law, "")


def _wrong_ground(facts: CaseFacts, route: Route, ground: str) -> bool:
    """Whether the ground is one that belongs to another route or another law."""
    proposed = proposed_ground(facts.institution.contract_law, route)
    known = {folded(text) for text in (*_OWN_GROUNDS.values(), _CENTRAL_GROUND)}
    return folded(ground) in known and folded(ground) != folded(proposed)


def _ground_problem(facts: CaseFacts, route: Route, ground: str) -> Problem | None:
    proposed = proposed_ground(facts.institution.contract_law, route)
    example = (
        f" 이 기관은 ‘{proposed}’입니다." if proposed else " 기관의 계약규정에서 해당 조항을 찾아 적으세요."
    )
    if not ground.strip():
        return lacking(
            f"{route.label}의 법적 근거가 비어 있습니다. 근거 조항을 적으세요.{example}",
            "legal_ground",
            "legal_ground",
        )
    if _wrong_ground(facts, route, ground):
        return Problem(
            (
                f"‘{ground}’은(는) 이 기관의 {route.label}에 맞는 근거가 아닙니다. "
                f"근거 조항을 고치세요.{example}"
            ),
            "legal_ground",
            "legal_ground",
        )
    return None


def _chosen(facts: CaseFacts) -> Verdict:
    choice = facts.sourcing or SourcingChoice()
    if choice.route is None:
        return unmet(
            lacking(
                "조달방식을 고르지 않았습니다. 자체조달(수의계약)과 중앙조달(납품요구) 가운데 고르세요.",
                "route",
                "route",
            )
        )
    problem = _ground_problem(facts, choice.route, choice.legal_ground)
    if problem:
        return unmet(problem)
    advice = recommendation(facts)
    if advice is None or advice.route is choice.route:
        return met(choice.legal_ground)
    if choice.reason.strip():
        return justified(f"{choice.legal_ground}. 권고와 달리 고른 까닭: {choice.reason.strip()}")
    return unmet(
        Problem(
            f"권고는 {advice.route.label}입니다. {' '.join(advice.grounds)} "
            f"{choice.route.label}을(를) 고른 까닭을 적으세요.",
            "recommendation",
            "reason",
            Severity.JUSTIFY,
        )
    )


def _mall_problem(facts: CaseFacts, lot: int, row: ResultRow) -> Problem | None:
    if row.in_mall:
        return None
    name = f"{lot_prefix(facts, lot)}‘{row.service_name}’"
    if row.in_mall is None:
        return lacking(
            f"{name}: 디지털서비스몰 등록 여부를 알 수 없어 확인이 필요합니다. "
            "디지털서비스몰에서 확인하고 무엇을 보았는지 적으세요.",
            row.result_id,
            "route",
            Severity.JUSTIFY,
        )
    return Problem(
        f"{name}: 디지털서비스몰에 등록되어 있지 않아 중앙조달을 할 수 없습니다. 서비스를 빼지 말고, "
        "자체조달을 고르거나 ③으로 돌아가 몰 등록 조건으로 다시 검색하세요.",
        row.result_id,
        "route",
    )


def _in_mall(facts: CaseFacts) -> Verdict:
    if facts.sourcing is None or facts.sourcing.route is None:
        return _OPEN
    if not is_central(facts):
        return not_applicable("자체조달은 이용지원시스템에 등록된 모든 서비스와 계약할 수 있습니다.")
    finals = [(lot, run) for lot in facts.head.lots if (run := facts.search.final(lot)) is not None]
    if not finals:
        return not_yet("③에서 최종 검색을 정한 뒤에 봅니다.")
    found = (_mall_problem(facts, lot, row) for lot, run in finals for row in run.results)
    return from_problems(problem for problem in found if problem)


def _one_service(facts: CaseFacts) -> Verdict:
    choice = facts.sourcing
    if choice is None or choice.route is None:
        return _OPEN
    if not is_central(facts):
        return met("자체조달은 여러 디지털서비스를 한번에 계약할 수 있습니다.")
    problems = []
    if len(facts.head.lots) > 1:
        problems.append(
            Problem(
                f"중앙조달은 서비스마다 따로 계약해야 하는데 수요 항목이 {len(facts.head.lots)}개입니다. "
                "자체조달을 고르거나 건을 나누세요.",
                "lots",
                "route",
            )
        )
    if choice.joint:
        problems.append(
            Problem(
                (
                    "공동계약은 자체조달(수의계약)로만 할 수 있습니다. "
                    "자체조달을 고르거나 공동계약 표시를 지우세요."
                ),
                "joint",
                "joint",
            )
        )
    return from_problems(problems)


def _joint(facts: CaseFacts) -> Verdict:
    choice = facts.sourcing
    if choice is None or choice.route is None:
        return _OPEN
    if choice.needs_several_specialties is None:
        return unmet(
            lacking(
                "여러 전문분야가 필요한 복합사업인지 답하지 않았습니다. 그런지 아닌지 고르세요.",
                "needs_several_specialties",
                "needs_several_specialties",
            )
        )
    if not choice.needs_several_specialties:
        return not_applicable("여러 전문분야가 필요한 복합사업이 아닙니다.")
    if choice.joint:
        return met("공동계약을 허용합니다.")
    if choice.no_joint_reason.strip():
        return justified(choice.no_joint_reason)
    return unmet(
        Problem(
            "복합사업인데 공동계약을 허용하지 않습니다. 공동계약을 허용하거나, 품질 저하나 일정 지연처럼 "
            "불가피한 사유를 적으세요.",
            "no_joint_reason",
            "no_joint_reason",
        )
    )


def _property_hints(facts: CaseFacts, choice: SourcingChoice) -> Iterator[Problem]:
    budget = facts.budget
    if budget is None:
        return
    start, end = budget.planned_start, budget.planned_end
    long = start and end and not (start.year == end.year and within_twelve_months(start, end))
    if long and not choice.long_term:
        yield Problem(
            (
                "이용기간이 12개월이나 회계연도를 넘습니다. "
                "차년도에도 계속 이용하면 장기계속계약을 고를 수 있습니다."
            ),
            "long_term",
            "long_term",
        )
    if budget.fee_basis is FeeBasis.METERED and not choice.unit_price:
        yield Problem(
            "종량제입니다. 이용량에 대하여 대가를 지급하려면 단가계약을 고를 수 있습니다.",
            "unit_price",
            "unit_price",
        )


def _properties(facts: CaseFacts) -> Verdict:
    choice = facts.sourcing
    if choice is None or choice.route is None:
        return _OPEN
    chosen = (
        (choice.long_term, "장기계속계약"),
        (choice.unit_price, "단가계약"),
        (choice.subcontract, "하도급계약"),
    )
    names = ", ".join(name for is_chosen, name in chosen if is_chosen)
    ground = f"{choice.route.label}에 더한 성질: {names}" if names else "더한 성질이 없습니다."
    return from_problems(_property_hints(facts, choice), ground)


_PLACE = "지침 Ⅲ.2.④"
_RULEBOOK = "정부 입찰·계약 집행기준"

RULES: tuple[Rule, ...] = (
    Rule(
        "P-1",
        Step.SOURCING,
        Kind.GATE,
        Severity.BLOCK,
        "자체조달(수의계약)과 중앙조달(납품요구) 가운데 고르고 근거 조항을 적습니다.",
        f"{_PLACE}; {_RULEBOOK} 제76조의8; 국가계약법 시행령 제26조제1항제5호아목, 지방계약법 시행령 "
        "제25조제1항제8호차목, 공기업·준정부기관 계약사무규칙 제8조제1항제7호, 조달사업법 시행령 제16조",
        _chosen,
    ),
    Rule(
        "P-2",
        Step.SOURCING,
        Kind.GATE,
        Severity.BLOCK,
        "중앙조달은 디지털서비스몰에도 등록된 서비스만 할 수 있습니다.",
        f"{_PLACE} 유의사항",
        _in_mall,
    ),
    Rule(
        "P-3",
        Step.SOURCING,
        Kind.GATE,
        Severity.BLOCK,
        "여러 서비스를 한번에 계약하는 공동계약은 자체조달로만 하고, 중앙조달은 서비스별로 계약합니다.",
        f"{_PLACE} 유의사항, Ⅱ.6",
        _one_service,
    ),
    Rule(
        "P-4",
        Step.SOURCING,
        Kind.GATE,
        Severity.JUSTIFY,
        "여러 전문분야가 필요한 복합사업이면 공동계약을 허용하거나 불가피한 사유를 적습니다.",
        f"지침 Ⅲ.2.⑤; {_RULEBOOK} 제76조의9",
        _joint,
    ),
    Rule(
        "P-5",
        Step.SOURCING,
        Kind.REMINDER,
        Severity.REMIND,
        "장기계속계약, 단가계약, 하도급계약은 조달방식에 더하는 성질입니다.",
        f"지침 Ⅲ.2.⑥; {_RULEBOOK} 제76조의10, 제76조의11",
        _properties,
    ),
)
