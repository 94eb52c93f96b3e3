"""R-5 to R-8: the search plan, freezing before searching, names in the text, what the route asks for."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import QUESTIONS, DefinitionVersion, LotRequirements, NameHit
from procurement.domain.facts.search import RunKind, SearchRun
from procurement.domain.filters import MALL
from procurement.domain.hangul import with_particle
from procurement.domain.rules.base import (
    Problem,
    Severity,
    Verdict,
    from_problems,
    lacking,
    met,
    not_applicable,
    not_yet,
    unmet,
)
from procurement.domain.rules.lots import each_lot, folded, lot_prefix, lot_subject, newest_text


def _clauses(lot: LotRequirements) -> set[str]:
    """Places of the definition that a word or filter may come from."""
    return {question.number for question in QUESTIONS} | {section.title for section in lot.own_sections}


def _planned(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    prefix = lot_prefix(facts, lot.lot)
    if lot.service_type is None:
        yield lacking(
            f"{prefix}검색할 서비스 유형이 정해지지 않았습니다. 점검 사항 4-1에서 고르세요.",
            lot_subject(lot.lot, "service_type"),
            f"lots-{index}-service_type",
        )
    if not lot.terms and not lot.filters:
        yield lacking(
            f"{prefix}검색 계획이 비어 있습니다. 정의서의 말에서 검색어와 필터를 골라 적으세요.",
            lot_subject(lot.lot, "plan"),
            f"lots-{index}-terms",
        )
    terms = [(f"terms-{i}", term.word, term.clause) for i, term in enumerate(lot.terms)]
    filters = [(f"filters-{i}", f"{f.filter} – {f.option}", f.clause) for i, f in enumerate(lot.filters)]
    known = _clauses(lot)
    for field, name, clause in (*terms, *filters):
        if clause not in known:
            yield lacking(
                f"{prefix}‘{name}’의 근거 항목이 없습니다. 정의서의 어느 항목에서 나왔는지 고르세요.",
                lot_subject(lot.lot, name),
                f"lots-{index}-{field}-clause",
            )


def search_plan(facts: CaseFacts) -> Verdict:
    """R-5: service type, words and filters, each with the clause it comes from."""
    return from_problems(each_lot(facts, _planned))


def _version_problems(versions: tuple[DefinitionVersion, ...]) -> Iterator[Problem]:
    for version in versions[1:]:
        if not version.reason.strip():
            yield lacking(
                f"정의서 {version.number}판에 고친 까닭이 없습니다. 무엇을 왜 고쳤는지 적어 다시 확정하세요.",
                f"version{version.number}",
            )


def _run_version_problem(run: SearchRun, versions: tuple[DefinitionVersion, ...]) -> Problem | None:
    tied = next((version for version in versions if version.number == run.definition_version), None)
    if tied is not None and tied.recorded_at <= run.recorded_at:
        return None
    return Problem(
        (
            f"{run.number}번 공식 검색이 정의서를 확정하기 전에 기록되었습니다. "
            "정의서를 확정한 뒤 다시 검색하세요."
        ),
        f"run{run.number}",
    )


def frozen_first(facts: CaseFacts) -> Verdict:
    """R-6: every official run rests on a version frozen before it; later versions have a reason."""
    versions = facts.definition.versions
    official = [run for run in facts.search.runs if run.kind is RunKind.OFFICIAL]
    if not versions and not official:
        return not_yet("정의서를 아직 확정하지 않았습니다. 공식 검색은 확정한 뒤에 할 수 있습니다.")
    early = (_run_version_problem(run, versions) for run in official)
    ground = f"정의서 {versions[-1].number}판이 확정되어 있습니다." if versions else ""
    return from_problems([*_version_problems(versions), *(problem for problem in early if problem)], ground)


def _explained(lot: LotRequirements | None, word: str) -> bool:
    """Whether the lot states the word as a technical constraint with its reason."""
    constraints = lot.constraints if lot else ()
    return any(folded(c.word) == folded(word) and c.reason.strip() for c in constraints)


def _hit_problems(facts: CaseFacts, hits: tuple[NameHit, ...]) -> Iterator[Problem]:
    text = newest_text(facts)
    lots = {lot.lot: lot for lot in text.lots} if text else {}
    for hit in hits:
        if hit.verdict == "neutral" or _explained(lots.get(hit.lot), hit.word):
            continue
        yield Problem(
            f"{lot_prefix(facts, hit.lot)}정의서에 ‘{hit.word}’{_nominative(hit.word)} 적혀 있습니다. "
            f"{hit.message} 꼭 필요한 기술이면 ‘특정 기술’에 까닭과 함께 적으세요.",
            lot_subject(hit.lot, hit.word),
            hit.place,
        )


def _nominative(word: str) -> str:
    return with_particle(word, "이", "가")[len(word) :]


def _constraint_problems(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    prefix = lot_prefix(facts, lot.lot)
    planned = [folded(term.word) for term in lot.terms]
    for number, constraint in enumerate(lot.constraints):
        if not constraint.reason.strip():
            yield lacking(
                f"{prefix}기술 제약 ‘{constraint.word}’에 까닭이 없습니다. 왜 이 기술이어야 하는지 적으세요.",
                lot_subject(lot.lot, f"constraint {constraint.word}"),
                f"lots-{index}-constraints-{number}-reason",
            )
        if any(folded(constraint.word) in word for word in planned if constraint.word.strip()):
            yield Problem(
                f"{prefix}기술 제약 ‘{constraint.word}’{_nominative(constraint.word)} 검색어에 들어 "
                "있습니다. "
                "특정 기술의 이름으로는 검색할 수 없으므로 기능을 나타내는 말로 바꾸세요.",
                lot_subject(lot.lot, f"term {constraint.word}"),
                f"lots-{index}-terms",
                Severity.BLOCK,
            )


def names_nobody(facts: CaseFacts) -> Verdict:
    """R-7: no name in the text but a technical constraint with its reason."""
    hits = _hit_problems(facts, facts.definition.name_hits)
    return from_problems([*hits, *each_lot(facts, _constraint_problems)])


def _mall_filter(facts: CaseFacts, index: int, lot: LotRequirements) -> Iterator[Problem]:
    if not any(folded(planned.filter) == folded(MALL.name) for planned in lot.filters):
        yield Problem(
            f"{lot_prefix(facts, lot.lot)}중앙조달을 하려면 디지털서비스몰에 등록된 서비스여야 합니다. "
            f"검색 계획에 ‘{MALL.name}’ 필터를 더하세요.",
            lot_subject(lot.lot),
            f"lots-{index}-filters",
        )


def route_stands(facts: CaseFacts) -> Verdict:
    """R-8: what the central route needs stands in the definition."""
    text = newest_text(facts)
    if text is None:
        return not_yet("정의서를 적으면 조달방식에 따른 조건을 확인합니다.")
    if text.central_intended is None:
        return unmet(
            lacking(
                "중앙조달을 하려는지 답하지 않았습니다. 중앙조달이면 검색할 때 디지털서비스몰 등록 여부로 "
                "걸러야 하므로 미리 고르세요.",
                "intended",
                "central_intended",
                Severity.REMIND,
            )
        )
    if not text.central_intended:
        return not_applicable("중앙조달을 조건으로 하지 않습니다.")
    found = each_lot(facts, _mall_filter)
    if len(facts.head.lots) > 1:
        found.append(
            Problem(
                (
                    "중앙조달은 서비스마다 따로 계약해야 하는데 수요 항목이 여럿입니다. "
                    "건을 나누거나 자체조달로 바꾸세요."
                ),
                "lots",
                "central_intended",
            )
        )
    return from_problems(found) if found else met("검색 계획에 디지털서비스몰 등록 조건이 있습니다.")
