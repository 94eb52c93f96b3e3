"""Rules of ⑤, in order; E-1 to E-5 are here: everyone is looked at, by criteria fixed first, and fairly.

Papers and people (E-6 to E-9, E-11) are in ``selection_papers.py``, the choice and its price (E-10, E-12,
E-13) in ``selection_choice.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import Negotiation
from procurement.domain.facts.definition import QUESTIONS
from procurement.domain.facts.selection import (
    Aspect,
    CriteriaSet,
    Evaluator,
    OutcomeKind,
    ScoreSheet,
    ServiceOutcome,
)
from procurement.domain.rules import selection_choice, selection_papers
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
)
from procurement.domain.rules.lots import lot_prefix, lot_subject
from procurement.domain.rules.reading import (
    candidates,
    for_lots,
    in_order,
    is_central,
    justified,
    korean_day,
    still_running,
)
from procurement.domain.scoring import POINT, check_criteria
from procurement.domain.steps import Step

# What the problems of ⑤ are about (their field), in the order of the work.
IN_TURN = (
    *("search_output", "requests", "criteria", "quotes", "mall_results", "materials", "questions"),
    *("evaluators", "outcomes", "tables", "decision"),
)

_MALL_JUDGES = "중앙조달은 디지털서비스몰의 납품요구 절차에 따라 평가합니다."
_QUESTION_NUMBERS = frozenset(question.number for question in QUESTIONS)


def _evaluated(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-1, own route: a table exists as soon as there is a service to evaluate."""
    table = facts.selection.table_of(lot)
    if not still_running(facts, lot) or (table is not None and table.rows):
        return
    found = len(candidates(facts, lot))
    what = (
        f"검색된 서비스가 {found}개여서 평가를 해야 하는데 평가표가 없습니다. "
        "최종 검색의 서비스를 모두 평가하여 평가표를 만드세요."
        if found > 1
        else "검색된 서비스가 하나여도 평가 결과를 남겨야 하는데 평가표가 없습니다. "
        "평가하여 평가표를 만드세요."
    )
    yield lacking(lot_prefix(facts, lot) + what, lot_subject(lot), "tables")


def _mall_procedure(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-1, central route: the result of the mall's own procedure is recorded."""
    if candidates(facts, lot) and not any(r.lot == lot for r in facts.selection.mall_results):
        yield lacking(
            lot_prefix(facts, lot) + "디지털서비스몰 납품요구 절차의 결과가 없습니다. "
            "평가한 제안서와 정해진 날을 적고 결과 파일을 붙이세요.",
            lot_subject(lot),
            "mall_results",
        )


def _clause_problem(facts: CaseFacts, criteria: CriteriaSet, clause: str) -> str:
    """What is wrong with the clause a criterion points to, ``""`` when nothing is."""
    if not clause.strip():
        return "요구사항 정의서의 어느 항목에서 왔는지 적혀 있지 않습니다. 항목 번호를 적으세요."
    lot = facts.definition.lot(criteria.lot)
    answer = lot.answer(clause) if lot and clause in _QUESTION_NUMBERS else None
    if answer is not None and answer.not_applicable:
        return f"정의서에서 해당 없음으로 둔 {clause}번 항목을 가리킵니다. 다른 항목으로 바꾸세요."
    return ""


def _considers(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-2: the four aspects, and a clause of the definition under each criterion."""
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        return
    prefix = lot_prefix(facts, lot)
    for aspect in Aspect:
        if not any(c.aspect is aspect for c in criteria.criteria):
            yield Problem(
                f"{prefix}평가기준에 ‘{aspect.label}’ 항목이 없습니다. 평가항목을 더하거나 "
                "고려하지 않는 사유를 적으세요.",
                lot_subject(lot, aspect.value),
                "criteria",
            )
    for criterion in criteria.judged:
        if not criterion.scale.strip():
            yield Problem(
                f"{prefix}평가항목 ‘{criterion.title}’: 몇 점을 언제 주는지 말로 적혀 있지 않습니다. "
                "만점과 0점의 기준을 적거나 적지 않는 사유를 적으세요.",
                lot_subject(lot, f"{criterion.key}-scale"),
                "criteria",
            )
    for criterion in criteria.criteria:
        if wrong := _clause_problem(facts, criteria, criterion.clause):
            yield Problem(
                f"{prefix}평가항목 ‘{criterion.title}’: {wrong}",
                lot_subject(lot, criterion.key),
                "criteria",
                missing=not criterion.clause.strip(),
            )


_ask_considers = for_lots(_considers, None, _MALL_JUDGES)


def _considers_or_waits(facts: CaseFacts) -> Verdict:
    verdict = _ask_considers(facts)
    if verdict == met() and not facts.selection.criteria:
        return not_yet("평가기준을 정한 뒤에 봅니다.")
    return verdict


def _active(facts: CaseFacts) -> tuple[Evaluator, ...]:
    """Evaluators who have not been released."""
    return tuple(e for e in facts.selection.evaluators if not e.released)


def _criteria_form(facts: CaseFacts, criteria: CriteriaSet) -> Iterator[str]:
    """What is wrong with a criteria set in itself."""
    try:
        check_criteria(criteria.criteria, criteria.minimum_hundredths, criteria.tie_break)
    except InvalidInput as wrong:
        yield wrong.message
    if not criteria.tie_break and len(still_running(facts, criteria.lot)) > 1:
        yield "동점일 때 견줄 순서가 없습니다. 평가항목 가운데에서 순서를 정하세요."
    final = facts.search.final(criteria.lot)
    if final is not None and criteria.run_id != final.run_id:
        yield "평가기준이 예전의 최종 검색에 대한 것입니다. 지금의 최종 검색으로 평가기준을 다시 정하세요."


def _sheets_of_run(facts: CaseFacts, criteria: CriteriaSet) -> tuple[ScoreSheet, ...]:
    """Sheets submitted on any criteria set of the same lot and final run."""
    sets = {
        c.set_id for c in facts.selection.criteria if (c.lot, c.run_id) == (criteria.lot, criteria.run_id)
    }
    return tuple(sheet for sheet in facts.selection.sheets if sheet.set_id in sets)


def _fixed_first(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-3: complete, and fixed before the first score and before the quotes were opened."""
    if not still_running(facts, lot):
        return
    prefix = lot_prefix(facts, lot)
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        yield lacking(
            f"{prefix}평가기준이 없습니다. "
            "평가항목, 배점(합계 100점), 평균 방법, 최저 점수, 동점 처리를 정하세요.",
            lot_subject(lot),
            "criteria",
        )
        return
    for number, wrong in enumerate(_criteria_form(facts, criteria), start=1):
        yield Problem(prefix + wrong, lot_subject(lot, f"form{number}"), "criteria")
    if any(sheet.recorded_at <= criteria.recorded_at for sheet in _sheets_of_run(facts, criteria)):
        yield Problem(
            f"{prefix}첫 점수가 들어온 뒤에 평가기준을 정하거나 바꾸었습니다. "
            "점수보다 먼저 정한 평가기준으로 평가해야 하므로 ③을 다시 열어 평가를 새로 하세요.",
            lot_subject(lot, "scores"),
            "criteria",
        )
    opened = [opening.opened_at for opening in facts.selection.openings if opening.lot == lot]
    if opened and min(opened) <= criteria.recorded_at:
        yield Problem(
            f"{prefix}견적을 연 뒤에 평가기준을 정했습니다. 먼저 정하지 못한 사유를 적으세요.",
            lot_subject(lot, "quotes"),
            "criteria",
            Severity.JUSTIFY,
        )


def _score_gaps(facts: CaseFacts, lot: int, result_id: str) -> str:
    """What is missing among the scores of a service, ``""`` when it is complete."""
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        return ""
    evaluators = _active(facts)
    if not evaluators:
        return "평가위원이 없습니다. 평가위원을 정하세요."
    sheets = {s.evaluator_id: s for s in facts.selection.sheets if s.set_id == criteria.set_id}
    limits = {c.criterion_id: c.weight * POINT for c in criteria.criteria}
    for evaluator in evaluators:
        sheet = sheets.get(evaluator.evaluator_id)
        if sheet is None:
            return f"평가위원 ‘{evaluator.name}’의 평가표가 아직 없습니다. 평가표를 받으세요."
        given = {s.criterion_id: s.points_hundredths for s in sheet.scores if s.result_id == result_id}
        if set(given) != set(limits):
            return f"평가위원 ‘{evaluator.name}’의 점수가 빠졌습니다. 모든 평가항목의 점수를 받으세요."
        if any(not 0 <= points <= limits[key] for key, points in given.items()):
            return f"평가위원 ‘{evaluator.name}’의 점수가 배점을 벗어납니다. 평가표를 확인하세요."
    return ""


def _outcome_waits(facts: CaseFacts, lot: int, outcome: ServiceOutcome | None) -> bool:
    """Whether a service only waits: for its outcome, or for sheets that are not handed in yet."""
    if outcome is None:
        return True
    criteria = facts.selection.criteria_of(lot)
    handed_in = {s.evaluator_id for s in facts.selection.sheets if criteria and s.set_id == criteria.set_id}
    people = {evaluator.evaluator_id for evaluator in _active(facts)}
    return outcome.kind is OutcomeKind.SCORED and (not people or not people <= handed_in)


def _outcome_wrong(facts: CaseFacts, lot: int, outcome: ServiceOutcome | None) -> str:
    """What is wrong with the outcome of a service on the own route."""
    if outcome is None:
        return "어떻게 처리했는지 없습니다. 평가, 견적 미제출, 선정 취소, 요건 미충족 가운데 하나로 적으세요."
    if outcome.kind is OutcomeKind.EXCLUDED and not (outcome.clause.strip() and outcome.reason.strip()):
        return (
            "제외하려면 채우지 못한 정의서 항목과 까닭이 있어야 합니다. 항목과 까닭을 적거나 평가에 넣으세요."
        )
    if outcome.kind is OutcomeKind.SCORED and not is_central(facts):
        return _score_gaps(facts, lot, outcome.result_id)
    return ""


def _nobody_dropped(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-4: every service of the final run has an outcome, and no other service has one."""
    prefix = lot_prefix(facts, lot)
    by_result = {o.result_id: o for o in facts.selection.outcomes if o.lot == lot}
    # On the central route the mall's own result is the outcome of the services it names.
    in_mall = {r.result_id for r in facts.selection.mall_results if r.lot == lot and is_central(facts)}
    known = set()
    for row in candidates(facts, lot):
        known.add(row.result_id)
        outcome = by_result.get(row.result_id)
        if outcome is None and row.result_id in in_mall:
            continue
        if wrong := _outcome_wrong(facts, lot, outcome):
            said = f"{prefix}서비스 ‘{row.service_name}’: {wrong}"
            waits = _outcome_waits(facts, lot, outcome)
            yield Problem(said, row.result_id, "outcomes", missing=waits)
    for stranger in sorted((set(by_result) | in_mall) - known):
        yield Problem(
            f"{prefix}최종 검색에 없는 서비스가 평가에 들어 있습니다({stranger}). "
            "최종 검색의 서비스만 남기고 빼세요.",
            stranger,
            "outcomes",
        )


def wording_subject(where: str) -> str:
    """Subject under which the reason for a text that reads like bargaining is kept, e.g. for ``"견적"``."""
    return f"wording:{where}"[:200]


def _with_the_chosen(facts: CaseFacts, negotiation: Negotiation) -> bool:
    """Whether the service had been chosen before, even if a later decision took its place (K-14).

    What comes before what goes by the times of record: a contract of the past is entered with its days.
    """
    return any(
        (decision.lot, decision.result_id) == (negotiation.lot, negotiation.result_id)
        and _before(decision.recorded_at, negotiation)
        for decision in (*facts.selection.decisions, *facts.selection.superseded)
    )


def _before(decided: datetime, negotiation: Negotiation) -> bool:
    if negotiation.recorded_at is not None:
        return decided <= negotiation.recorded_at
    return korean_day(decided) <= negotiation.held_on


def _no_unfair_act(facts: CaseFacts) -> Verdict:
    """E-5: what is recorded shows no negotiation before the decision; refused tries are counted."""
    if is_central(facts):
        return not_applicable("중앙조달의 협상은 조달사업법 시행령 제16조제4항이 정한 절차입니다.")
    problems = []
    for negotiation in facts.contract.negotiations:
        if not _with_the_chosen(facts, negotiation):
            problems.append(
                Problem(
                    f"{lot_prefix(facts, negotiation.lot)}이용계약 대상을 정하기 전에 특정 제공자와 협상한 "
                    "기록이 있습니다. 대상을 정하기 전의 협상은 할 수 없으므로 날짜를 확인하고, "
                    "실제로 협상했다면 대상선정을 다시 하세요.",
                    lot_subject(negotiation.lot, negotiation.held_on.isoformat()),
                    "negotiations",
                )
            )
    refused = sum(held.rule_id == "E-5" for held in facts.selection.held_back)
    tried = f"시도가 {refused}번 거절되어 기록에 남았습니다." if refused else ""
    kept = [
        f"{subject.removeprefix(wording_subject(''))}: {text}"
        for (rule_id, subject), text in facts.reasons.items()
        if rule_id == "E-5" and subject.startswith(wording_subject(""))
    ]
    if kept and not problems:
        said = [f"흥정으로 읽히는 말을 둔 사유({one})." for one in kept]
        return justified(" ".join([*said, tried]).strip())
    if not (facts.selection.requests or facts.selection.quotes or facts.selection.decisions):
        return not_yet("견적을 요청한 뒤에 봅니다.")
    return from_problems(problems, tried)


_OWN: tuple[Rule, ...] = (
    Rule(
        "E-1",
        Step.SELECTION,
        Kind.GATE,
        Severity.BLOCK,
        "검색된 서비스를 평가하고 그 결과를 남깁니다.",
        "지침 Ⅲ.2.⑤(가)·(나)",
        for_lots(_evaluated, _mall_procedure),
    ),
    Rule(
        "E-2",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "평가기준은 전체 소요비용, 기술·기능, 고객지원, 성능·안정성을 고려하고 정의서에 근거합니다.",
        "지침 Ⅲ.2.⑤ 평가 시 고려사항",
        _considers_or_waits,
    ),
    Rule(
        "E-3",
        Step.SELECTION,
        Kind.GUARD,
        Severity.BLOCK,
        "평가기준을 첫 점수와 견적 개봉보다 먼저 정합니다.",
        "지침 Ⅲ.2.⑤ 평가 시 고려사항(객관적인 평가 기준)",
        for_lots(_fixed_first, None, _MALL_JUDGES),
    ),
    Rule(
        "E-4",
        Step.SELECTION,
        Kind.GUARD,
        Severity.BLOCK,
        "최종 검색의 모든 서비스에 처리 결과가 있고, 부당하게 제외하지 않습니다.",
        "지침 Ⅲ.2.③, Ⅲ.2.⑤ 불공정 행위 금지 사항",
        for_lots(_nobody_dropped, _nobody_dropped),
    ),
    Rule(
        "E-5",
        Step.SELECTION,
        Kind.GUARD,
        Severity.BLOCK,
        "대상을 정하기 전에 검색 결과 조합, 경쟁 유도, 특정 제공자와의 협상을 하지 않습니다.",
        "지침 Ⅲ.2.⑤ 불공정 행위 금지 사항, 조달사업법 시행령 제16조제4항",
        _no_unfair_act,
    ),
)

RULES: tuple[Rule, ...] = in_order(_OWN, selection_papers.RULES, selection_choice.RULES)
