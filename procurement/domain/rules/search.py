"""Rules of ③ search and save (guideline Ⅲ.2.③); S-5 to S-10 are decided in ``search_final``."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import RunKind, SearchFilter, SearchRun, SearchWord
from procurement.domain.filters import FILTERS_VERSION, is_filter
from procurement.domain.rules.base import (
    Check,
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    not_yet,
)
from procurement.domain.rules.lots import folded, lot_prefix
from procurement.domain.rules.reading import justified
from procurement.domain.rules.search_final import (
    every_service,
    narrowing,
    nothing_or_too_often,
    single_result,
    support_system,
    uncombined,
)
from procurement.domain.steps import Step

_NO_RUN = "공식 검색을 아직 하지 않았습니다."


def _official(facts: CaseFacts) -> list[SearchRun]:
    return [run for run in facts.search.runs if run.kind is RunKind.OFFICIAL]


def _name(facts: CaseFacts, run: SearchRun) -> str:
    return f"{lot_prefix(facts, run.lot)}{run.number}번 검색"


def _word_problem(facts: CaseFacts, run: SearchRun, word: SearchWord) -> Problem | None:
    if word.verdict == "neutral" or (word.verdict == "review" and word.reason.strip()):
        return None
    subject = f"run{run.number} {word.word}"
    note = f"({word.verdict_note})" if word.verdict_note else ""
    if word.verdict == "review":
        return Problem(
            f"{_name(facts, run)}의 검색어 ‘{word.word}’{note}: 기업이나 서비스를 특정할 수 있는 말입니다. "
            "그렇지 않은 까닭을 적거나 다른 말로 검색하세요.",
            subject,
            "words",
            Severity.JUSTIFY,
        )
    return Problem(
        f"{_name(facts, run)}의 검색어 ‘{word.word}’{note}: 기업이나 서비스를 특정하는 말입니다. "
        "특정 상호나 서비스명으로는 검색할 수 없으니 정의서의 기능이나 용어로 바꾸어 검색하세요.",
        subject,
        "words",
    )


def _neutral_words(facts: CaseFacts) -> Verdict:
    if not facts.search.runs:
        return not_yet("검색을 아직 하지 않았습니다.")
    found = (_word_problem(facts, run, word) for run in facts.search.runs for word in run.words)
    return from_problems(problem for problem in found if problem)


class _Plan:
    """What a run may use without a reason.

    Only the newest frozen text is at hand: for a run of an older version the clause recorded with
    the word, or filter, speaks for it.
    """

    def __init__(self, facts: CaseFacts, run: SearchRun) -> None:
        active = facts.definition.active
        self.is_current = active is not None and active.number == run.definition_version
        self.lot = facts.definition.lot(run.lot)
        self.words = {folded(term.word) for term in self.lot.terms} if self.lot else set()
        self.filters = {(folded(f.filter), folded(f.option)) for f in self.lot.filters} if self.lot else set()

    def has_word(self, word: SearchWord) -> bool:
        """Whether the definition yields the word."""
        return folded(word.word) in self.words if self.is_current else bool(word.clause.strip())

    def has_filter(self, used: SearchFilter) -> bool:
        """Whether the definition yields the filter."""
        if not self.is_current:
            return bool(used.clause.strip())
        return (folded(used.filter), folded(used.option)) in self.filters


def _foreign(facts: CaseFacts, run: SearchRun) -> Iterator[tuple[str, str, str]]:
    """Kind, name and reason of each condition that does not come from the definition."""
    plan = _Plan(facts, run)
    for word in run.words:
        if not plan.has_word(word):
            yield "검색어", word.word, word.reason
    for used in run.filters:
        if not plan.has_filter(used):
            yield "필터", f"{used.filter} – {used.option}", used.reason
    wanted = plan.lot.service_type if plan.lot and plan.is_current else None
    if wanted and run.service_type and run.service_type is not wanted:
        yield "서비스 유형", run.service_type.label, ""


def _from_definition(facts: CaseFacts) -> Verdict:
    runs = _official(facts)
    if not runs:
        return not_yet(_NO_RUN)
    foreign = [(run, what) for run in runs for what in _foreign(facts, run)]
    problems = [
        Problem(
            f"{_name(facts, run)}의 {kind} ‘{name}’: 확정한 정의서에 없습니다. "
            "정의서의 말로 검색하거나 더한 사유를 적으세요.",
            f"run{run.number} {name}",
            "words" if kind == "검색어" else "filters" if kind == "필터" else "service_type",
        )
        for run, (kind, name, reason) in foreign
        if not reason.strip()
    ]
    if foreign and not problems:
        return justified(f"정의서에 없는 조건 {len(foreign)}개에 사유가 적혀 있습니다.")
    return from_problems(problems)


def _record_gaps(facts: CaseFacts, run: SearchRun) -> Iterator[tuple[str, str]]:
    """What a run failed to keep, with the form field it is entered in."""
    if not run.words and not run.filters:
        yield "검색어와 필터", "words"
    if not run.actor_id.strip():
        yield "검색한 사람", "actor"
    if run.definition_version not in {version.number for version in facts.definition.versions}:
        yield "검색의 바탕이 된 정의서의 판", "definition_version"
    if run.lot not in facts.head.lots:
        yield "어느 수요에 대한 검색인지", "lot"
    if not run.saved_output:
        yield "검색 결과를 저장한 파일", "saved_output"
    if [row.position for row in run.results] != list(range(1, len(run.results) + 1)):
        yield "차례대로 빠짐없는 결과 목록", "results"


def _kept_whole(facts: CaseFacts) -> Verdict:
    runs = _official(facts)
    if not runs:
        return not_yet(_NO_RUN)
    return from_problems(
        Problem(
            f"{_name(facts, run)}에 남아 있어야 할 것이 없습니다: {what}. "
            "빠진 것을 갖추어 다시 검색하고 기록하세요.",
            f"run{run.number} {field}",
            field,
        )
        for run in runs
        for what, field in _record_gaps(facts, run)
    )


def _page_filters(facts: CaseFacts) -> Verdict:
    runs = _official(facts)
    if not runs:
        return not_yet(_NO_RUN)
    unknown = [(run, f) for run in runs for f in run.filters if not is_filter(run.page, f.filter, f.option)]
    problems = [
        Problem(
            f"{_name(facts, run)}: {run.page.label}의 필터 표에 ‘{used.filter} – {used.option}’ 항목이 "
            "없습니다. "
            "화면에 있던 이름을 확인하고, 표와 다르면 사유를 적으세요.",
            f"run{run.number} {used.filter} {used.option}",
            "filters",
        )
        for run, used in unknown
        if not used.reason.strip()
    ]
    if unknown and not problems:
        return justified(f"필터 표({FILTERS_VERSION})에 없는 필터 {len(unknown)}개에 사유가 적혀 있습니다.")
    return from_problems(problems, f"{FILTERS_VERSION} 필터 표에 따라 확인했습니다.")


_PLACE = "지침 Ⅲ.2.③"


def _rule(number: int, kind: Kind, severity: Severity, title: str, citation: str, check: Check) -> Rule:
    return Rule(f"S-{number}", Step.SEARCH, kind, severity, title, citation, check)


RULES: tuple[Rule, ...] = (
    _rule(
        1,
        Kind.GUARD,
        Severity.BLOCK,
        "기업 또는 서비스를 특정할 수 있는 검색어(기업명, 서비스명 등)를 쓰지 않습니다.",
        _PLACE,
        _neutral_words,
    ),
    _rule(
        2,
        Kind.GATE,
        Severity.JUSTIFY,
        "검색어와 필터는 확정한 정의서에서 나오고, 다른 것을 쓰면 사유를 적습니다.",
        _PLACE,
        _from_definition,
    ),
    _rule(
        3,
        Kind.GATE,
        Severity.BLOCK,
        "검색마다 서비스 유형, 키워드, 필터와 도출된 목록, 저장 이력을 남깁니다.",
        "지침 Ⅲ.2 1)~3)",
        _kept_whole,
    ),
    _rule(
        4,
        Kind.GATE,
        Severity.JUSTIFY,
        "필터는 검색한 페이지에 있는 것을 쓰고, 표에 없으면 사유를 적습니다.",
        "지침 붙임 〈검색 필터 항목과 세부내용〉",
        _page_filters,
    ),
    _rule(
        5,
        Kind.GATE,
        Severity.BLOCK,
        (
            "결과가 너무 많으면 정의서를 기반으로 조건을 바꾸거나 더하고, 어느 검색에서 무엇을 바꾸었는지 "
            "남깁니다."
        ),
        f"{_PLACE} (나)",
        narrowing,
    ),
    _rule(
        6,
        Kind.GUARD,
        Severity.BLOCK,
        "최종 검색 하나를 정하고, 최종 도출된 모든 서비스를 평가합니다.",
        f"{_PLACE}, Ⅲ.2.⑤",
        every_service,
    ),
    _rule(
        7,
        Kind.GUARD,
        Severity.BLOCK,
        "둘 이상의 검색 결과를 조합하여 계약대상 목록을 만들지 않습니다.",
        "지침 Ⅲ.2.⑤ 불공정 행위 금지 사항",
        uncombined,
    ),
    _rule(
        8,
        Kind.EXEMPTION,
        Severity.NONE,
        "검색 결과가 단일이면 추가 검색 없이 진행합니다.",
        f"{_PLACE} (가)",
        single_result,
    ),
    _rule(
        9,
        Kind.GUARD,
        Severity.BLOCK,
        "디지털서비스 이용지원시스템에서 검색합니다. 다른 곳의 검색은 최종이 될 수 없습니다.",
        f"{_PLACE} 검색 시 유의사항; 클라우드컴퓨팅법 시행령 제15조의2제3항",
        support_system,
    ),
    _rule(
        10,
        Kind.GATE,
        Severity.JUSTIFY,
        "결과가 없으면 정의서를 고치거나 계약 없이 마치고, 비슷한 검색을 되풀이하면 까닭을 밝힙니다.",
        "지침 Ⅲ.2(검색 시 조작하는 행위)",
        nothing_or_too_often,
    ),
)
