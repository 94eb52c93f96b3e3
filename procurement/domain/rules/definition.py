"""Rules of ② requirements definition (guideline Ⅲ.1.②); R-5 to R-8 are decided in ``definition_plan``."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import (
    DERIVED_QUESTIONS,
    QUESTIONS,
    InformationSource,
    LotRequirements,
    ProviderKind,
    SourceKind,
)
from procurement.domain.hangul import with_particle
from procurement.domain.money import format_won
from procurement.domain.rules.base import (
    Check,
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_yet,
    unmet,
)
from procurement.domain.rules.definition_plan import frozen_first, names_nobody, route_stands, search_plan
from procurement.domain.rules.lots import each_lot, lot_prefix, lot_subject, newest_text
from procurement.domain.steps import Step

_MUST_BE_WRITTEN = (
    ("purpose", "이용목적이 비어 있습니다. 디지털서비스를 무엇에 쓰려는지 적으세요."),
    ("environment", "이용환경이 비어 있습니다. 이용규모, 이용기간, 네트워크, 보안요구 사항을 적으세요."),
    ("functions", "기능 요건이 비어 있습니다. 디지털서비스가 제공해야 하는 기능을 적으세요."),
)


def _written(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    prefix = lot_prefix(facts, lot.lot)
    for name, message in _MUST_BE_WRITTEN:
        if not getattr(lot, name).strip():
            yield lacking(prefix + message, lot_subject(lot.lot, name), f"lots-{index}-{name}")
    if lot.budget_won is None or lot.budget_won <= 0:
        yield lacking(
            f"{prefix}이용예산이 비어 있습니다. 이 요구에 쓸 예산을 원 단위로 적으세요.",
            lot_subject(lot.lot, "budget_won"),
            f"lots-{index}-budget_won",
        )


def _requirements(facts: CaseFacts) -> Verdict:
    return from_problems(each_lot(facts, _written))


def _typed_answers(prefix: str, index: int, lot: LotRequirements) -> Iterator[Problem]:
    if lot.service_type is None:
        yield lacking(
            f"{prefix}4-1 서비스 유형을 고르지 않았습니다. 다섯 유형 가운데 하나를 고르세요.",
            lot_subject(lot.lot, "4-1"),
            f"lots-{index}-service_type",
        )
    if lot.provider_kind is not ProviderKind.ANY and not lot.provider_reason.strip():
        yield lacking(
            f"{prefix}5-1에서 {with_particle(lot.provider_kind.label, '을', '를')} 특정했지만 까닭이 "
            "없습니다. "
            "반드시 특정해야 하는 까닭을 적거나 ‘특정하지 않음’을 고르세요.",
            lot_subject(lot.lot, "5-1"),
            f"lots-{index}-provider_reason",
        )


def _written_answers(prefix: str, index: int, lot: LotRequirements) -> Iterator[Problem]:
    for question in QUESTIONS:
        answer = lot.answer(question.number)
        if question.number in DERIVED_QUESTIONS or (answer and answer.text.strip()):
            continue
        wants = (
            "해당 없음인 까닭을 적으세요"
            if answer and answer.not_applicable
            else "답하거나 해당 없음을 고르세요"
        )
        yield lacking(
            f"{prefix}점검 사항 {question.number}({question.text})에 답이 없습니다. {wants}.",
            lot_subject(lot.lot, question.number),
            f"lots-{index}-answers",
        )


def _answered(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    prefix = lot_prefix(facts, lot.lot)
    yield from _written_answers(prefix, index, lot)
    yield from _typed_answers(prefix, index, lot)
    for number, section in enumerate(lot.own_sections):
        if not section.title.strip() or not section.text.strip():
            yield lacking(
                (
                    f"{prefix}더한 항목 {number + 1}의 제목이나 내용이 비어 있습니다. "
                    "마저 적거나 항목을 지우세요."
                ),
                lot_subject(lot.lot, f"own{number + 1}"),
                f"lots-{index}-own_sections-{number}-text",
            )


def _questions(facts: CaseFacts) -> Verdict:
    return from_problems(each_lot(facts, _answered))


def _budget_answer(facts: CaseFacts) -> Verdict:
    if facts.budget is None or not facts.budget.lines:
        return unmet(
            lacking(
                (
                    "점검 사항 3-1은 ① 예산 확인에서 답을 가져오는데 예산 항목이 없습니다. "
                    "①에 예산 항목을 적으세요."
                ),
                "3-1",
                "lots",
            )
        )
    found = each_lot(facts, _typed_again)
    text = newest_text(facts)
    asked = sum(lot.budget_won or 0 for lot in text.lots) if text else 0
    available = facts.budget.available_won
    if asked > available:
        found.append(
            Problem(
                f"정의서의 이용예산({format_won(asked)}원)이 ①의 가용 "
                f"예산({format_won(available)}원)보다 많습니다. "
                "이용예산을 줄이거나 ①의 예산을 확보하고, 그대로 두려면 사유를 적으세요.",
                "over",
                "lots-0-budget_won",
                Severity.JUSTIFY,
            )
        )
    return from_problems(found, f"①의 가용 예산은 {format_won(available)}원입니다.")


def _typed_again(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    answer = lot.answer("3-1")
    if answer is not None and answer.text.strip():
        yield Problem(
            f"{lot_prefix(facts, lot.lot)}점검 사항 3-1에 답을 따로 적었습니다. "
            "① 예산 확인의 값이 답이 되도록 적은 내용을 지우세요.",
            lot_subject(lot.lot, "3-1"),
            f"lots-{index}-answers",
        )


def _source_problems(index: int, source: InformationSource) -> Iterator[Problem]:
    if not source.content.strip():
        yield lacking(
            f"정보 출처 {index + 1}의 내용이 비어 있습니다. 무엇을 참고했는지 적으세요.",
            f"source{index + 1}",
            f"sources-{index}-content",
        )
    if source.kind is SourceKind.CONSULTATION and not (source.occurred_on and source.person.strip()):
        yield lacking(
            f"정보 출처 {index + 1}의 제공자 상담에 날짜나 상대가 없습니다. 언제 누구와 상담했는지 적으세요.",
            f"source{index + 1} consultation",
            f"sources-{index}-occurred_on",
        )


def _sources(facts: CaseFacts) -> Verdict:
    text = newest_text(facts)
    if text is None:
        return not_yet("정의서를 적으면 정보 출처를 확인합니다.")
    if not text.sources:
        return unmet(
            lacking(
                "정의서에 참고한 자료가 적혀 있지 않습니다. 이용지원시스템 정보, 제공자 상담, ISP 결과, "
                "전문가 의견을 참고했다면 적으세요.",
                "sources",
                "sources",
            )
        )
    return from_problems(
        problem for index, source in enumerate(text.sources) for problem in _source_problems(index, source)
    )


_PLACE = "지침 Ⅲ.1.②"


def _rule(number: int, kind: Kind, severity: Severity, title: str, citation: str, check: Check) -> Rule:
    return Rule(f"R-{number}", Step.DEFINITION, kind, severity, title, citation, check)


RULES: tuple[Rule, ...] = (
    _rule(
        1,
        Kind.GATE,
        Severity.BLOCK,
        "이용목적, 이용환경, 이용예산, 기능 요건을 적습니다.",
        _PLACE,
        _requirements,
    ),
    _rule(
        2,
        Kind.GATE,
        Severity.JUSTIFY,
        "아홉 항목의 점검 사항 열셋에 답하거나 해당 없음을 밝힙니다.",
        f"{_PLACE} 표 〈디지털서비스 요구사항 정의서 작성시 고려사항(예시)〉",
        _questions,
    ),
    _rule(
        3,
        Kind.GATE,
        Severity.BLOCK,
        "점검 사항 3-1(가용 예산)은 ① 예산 확인에서 가져옵니다.",
        f"{_PLACE} 표 3-1",
        _budget_answer,
    ),
    _rule(
        4,
        Kind.REMINDER,
        Severity.REMIND,
        "정의서에 쓴 정보의 출처를 적고, 제공자 상담은 날짜·상대·내용을 남깁니다. 협상은 할 수 없습니다.",
        f"{_PLACE} 정보 수집 방안",
        _sources,
    ),
    _rule(
        5,
        Kind.GATE,
        Severity.JUSTIFY,
        "정의서에서 서비스 유형, 검색어, 필터를 이끌어 내고 근거 항목을 밝힙니다.",
        f"{_PLACE}, Ⅲ.2.③",
        search_plan,
    ),
    _rule(
        6,
        Kind.GUARD,
        Severity.BLOCK,
        "정의서를 확정한 뒤에 공식 검색을 하고, 고치면 까닭을 적어 새 판으로 확정합니다.",
        f"{_PLACE}, Ⅲ.2.③",
        frozen_first,
    ),
    _rule(
        7,
        Kind.GATE,
        Severity.JUSTIFY,
        "정의서가 기업이나 제품을 특정하지 않습니다. 기술 제약은 까닭과 함께 적고 검색어로 쓰지 않습니다.",
        f"{_PLACE}, Ⅲ.2.③",
        names_nobody,
    ),
    _rule(
        8,
        Kind.GATE,
        Severity.JUSTIFY,
        "중앙조달을 하려면 디지털서비스몰 등록 조건이 정의서에 있습니다.",
        f"{_PLACE}, Ⅲ.2.④",
        route_stands,
    ),
)
