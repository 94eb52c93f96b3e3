"""Criteria to start from, by service type; every word and weight is for the institution to change.

Each covers the four things that the guideline wants considered (E-2) and points to the check question of the
definition on which it rests; the weights of a template add up to 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.formula import Formula, Measure, Method
from procurement.domain.facts.selection import Aspect


@dataclass(frozen=True)
class CriterionTemplate:
    """A criterion to start from; ``clause`` is a check question of the definition."""

    key: str
    title: str
    aspect: Aspect
    weight: int
    clause: str
    scale: str
    formula: Formula | None = None


def _cost(
    weight: int, what: str = "이용료, 초기비용, 운영비, 종료비용을 모두 더한 금액"
) -> CriterionTemplate:
    return CriterionTemplate(
        "cost",
        "전체 소요비용",
        Aspect.COST,
        weight,
        "3-1",
        f"{what}으로 견줍니다. 가장 낮은 금액 ÷ 그 서비스의 금액 × 배점",
        Formula(Measure.COST, Method.LOWEST),
    )


def _fit(weight: int, scale: str) -> CriterionTemplate:
    return CriterionTemplate("fit", "기능 적합성", Aspect.TECHNICAL, weight, "2-2", scale)


_SUPPORT_SCALE = (
    "만점: 필수 지원을 모두 갖추고 현장지원까지 함 · 절반: 필수 지원만 갖춤 · 0점: 필수 지원이 빠짐"
)
_QUALITY_SCALE = "만점: 최소 허용값을 넘는 수준을 SLA로 보장 · 절반: 최소 허용값과 같음 · 0점: 보장하지 않음"
_SECURITY_SCALE = (
    "만점: 요구한 인증과 보안사항을 모두 충족 · 절반: 일부를 대체 수단으로 충족 · 0점: 충족하지 못함"
)
_FIT_SCALE = (
    "만점: 요구한 기능을 모두 기본으로 제공 · 절반: 일부를 설정이나 개발로 제공 · 0점: 필수 기능이 빠짐"
)


def _support(weight: int) -> CriterionTemplate:
    return CriterionTemplate("support", "고객지원체계", Aspect.SUPPORT, weight, "8-1", _SUPPORT_SCALE)


def _quality(weight: int, title: str = "서비스 품질 보장") -> CriterionTemplate:
    return CriterionTemplate("quality", title, Aspect.STABILITY, weight, "7-1", _QUALITY_SCALE)


def _security(weight: int) -> CriterionTemplate:
    return CriterionTemplate("security", "보안과 인증", Aspect.STABILITY, weight, "6-2", _SECURITY_SCALE)


TEMPLATES: Mapping[ServiceType, tuple[CriterionTemplate, ...]] = {
    ServiceType.IAAS: (
        _cost(30, "예상 이용량으로 셈한 이용료와 초기·운영·종료비용을 더한 금액"),
        CriterionTemplate(
            "environment",
            "이용환경 적합성",
            Aspect.TECHNICAL,
            25,
            "2-1",
            "만점: 요구한 규모와 망 구성을 기본으로 제공 · 절반: 추가 구성으로 제공 · 0점: 제공하지 못함",
        ),
        _quality(20, "가용성과 성능"),
        _security(10),
        _support(15),
    ),
    ServiceType.PAAS: (
        _cost(25),
        _fit(30, "만점: 요구한 실행환경과 도구를 모두 제공 · 절반: 일부를 직접 구성 · 0점: 필수 환경이 빠짐"),
        _quality(20),
        _security(10),
        _support(15),
    ),
    ServiceType.SAAS: (_cost(25), _fit(35, _FIT_SCALE), _quality(15), _security(10), _support(15)),
    ServiceType.SUPPORT: (
        _cost(20, "투입 인력과 기간으로 셈한 금액"),
        _fit(40, "만점: 수행 방법과 인력이 요구에 모두 맞음 · 절반: 일부 보완 필요 · 0점: 맞지 않음"),
        CriterionTemplate(
            "continuity",
            "업무 연속성",
            Aspect.STABILITY,
            20,
            "7-1",
            "만점: 대체 인력과 일정 보장 방안이 구체적임 · 절반: 방안만 있음 · 0점: 방안이 없음",
        ),
        _support(20),
    ),
    ServiceType.CONVERGED: (
        _cost(25),
        _fit(35, _FIT_SCALE),
        _quality(20, "결합한 서비스의 성능과 안정성"),
        _support(20),
    ),
}
