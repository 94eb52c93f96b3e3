"""What the rules of ⑤ to ⑨ read off a case again and again: lots, candidates, winners, days in Korea."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, timezone

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import ContractTerms
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import DecisionKind, OutcomeKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import (
    Check,
    Outcome,
    Problem,
    Rule,
    Verdict,
    from_problems,
    not_applicable,
    not_yet,
)

# Korea keeps no summer time, so a fixed offset needs no time zone data.
_KOREA = timezone(timedelta(hours=9))

LotCheck = Callable[[CaseFacts, int], Iterable[Problem]]
TermsCheck = Callable[[CaseFacts, ContractTerms], Verdict]


def in_order(*groups: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of one step from several files, by their numbers."""
    return tuple(sorted((rule for group in groups for rule in group), key=lambda r: int(r.id.split("-")[1])))


def korean_day(moment: datetime) -> date:
    """The calendar day in Korea of an aware moment."""
    return korean_time(moment).date()


def korean_time(moment: datetime) -> datetime:
    """An aware moment as clocks in Korea show it."""
    return moment.astimezone(_KOREA)


def korean_midnight(day: date) -> datetime:
    """The first moment of a Korean day: until then nothing that ends on that day has run out."""
    return datetime.combine(day, time(), _KOREA)


def justified(ground: str) -> Verdict:
    """The record itself carries the written reason, which ``ground`` shows."""
    return Verdict(Outcome.JUSTIFIED, ground)


def is_central(facts: CaseFacts) -> bool:
    """Whether the route chosen in ④ is central procurement."""
    return facts.sourcing is not None and facts.sourcing.route is Route.CENTRAL


def live_lots(facts: CaseFacts) -> tuple[int, ...]:
    """Lots with a final run whose selection has not been called off."""

    def called_off(lot: int) -> bool:
        decision = facts.selection.decision_of(lot)
        return decision is not None and decision.kind is DecisionKind.CANCELLED

    return tuple(
        lot for lot in facts.head.lots if facts.search.final(lot) is not None and not called_off(lot)
    )


def candidates(facts: CaseFacts, lot: int) -> tuple[ResultRow, ...]:
    """Every service of the lot's final run, in the order found."""
    run = facts.search.final(lot)
    return run.results if run else ()


def outcome_kind(facts: CaseFacts, lot: int, result_id: str) -> OutcomeKind | None:
    """How a service of the final run ended, ``None`` while it is open."""
    return next((o.kind for o in facts.selection.outcomes if o.lot == lot and o.result_id == result_id), None)


def still_running(facts: CaseFacts, lot: int) -> tuple[ResultRow, ...]:
    """Candidates that are, or are still to be, evaluated."""
    return tuple(
        row
        for row in candidates(facts, lot)
        if outcome_kind(facts, lot, row.result_id) in (None, OutcomeKind.SCORED)
    )


def winner(facts: CaseFacts, lot: int) -> ResultRow | None:
    """The service awarded for a lot, as the final run found it."""
    decision = facts.selection.decision_of(lot)
    if decision is None or decision.kind is not DecisionKind.AWARD:
        return None
    return next((row for row in candidates(facts, lot) if row.result_id == decision.result_id), None)


def winners(facts: CaseFacts) -> tuple[tuple[int, ResultRow], ...]:
    """Lots with the service awarded for each."""
    found = ((lot, winner(facts, lot)) for lot in facts.head.lots)
    return tuple((lot, row) for lot, row in found if row is not None)


def is_cloud(facts: CaseFacts, lot: int, row: ResultRow) -> bool:
    """Whether the service is a cloud service; one whose type nobody stated counts as cloud.

    The result row speaks first, then the run that found it, then the definition.
    """
    run = facts.search.final(lot)
    wanted = facts.definition.lot(lot)
    stated = row.service_type or (run.service_type if run else None) or (wanted and wanted.service_type)
    return stated.is_cloud if stated else True


def contracts_cloud(facts: CaseFacts) -> bool:
    """Whether at least one contracted service is a cloud service, or nobody knows yet."""
    chosen = winners(facts)
    return not chosen or any(is_cloud(facts, lot, row) for lot, row in chosen)


NO_CLOUD = "계약한 서비스가 클라우드컴퓨팅서비스(IaaS·PaaS·SaaS)가 아닙니다."


def for_lots(own: LotCheck | None, central: LotCheck | None, ground: str = "") -> Check:
    """A check made lot by lot, with one question for each route.

    :param own: asked on the own route, ``None`` where the rule does not apply to it.
    :param central: asked on the central route, ``None`` likewise.
    :param ground: why the rule does not apply to the other route.
    """

    def check(facts: CaseFacts) -> Verdict:
        if facts.sourcing is None or facts.sourcing.route is None:
            return not_yet("④에서 조달방식을 정한 뒤에 봅니다.")
        if all(facts.search.final(lot) is None for lot in facts.head.lots):
            return not_yet("③에서 최종 검색을 정한 뒤에 봅니다.")
        ask = central if is_central(facts) else own
        if ask is None:
            return not_applicable(ground)
        return from_problems(problem for lot in live_lots(facts) for problem in ask(facts, lot))

    return check


def on_terms(ask: TermsCheck) -> Check:
    """A check of the contract terms: blank terms are looked at as they are once ⑤ has a winner."""

    def check(facts: CaseFacts) -> Verdict:
        terms = facts.contract.terms
        if terms is None and not winners(facts):
            return not_yet("⑤에서 이용계약 대상을 정한 뒤에 봅니다.")
        return ask(facts, terms or ContractTerms())

    return check


def after_conclusion(ask: Callable[[CaseFacts, date], Verdict]) -> Check:
    """A check that waits for the conclusion and is handed its day."""

    def check(facts: CaseFacts) -> Verdict:
        conclusion = facts.contract.conclusion
        if conclusion is None:
            return not_yet("이용계약을 체결한 뒤에 봅니다.")
        return ask(facts, conclusion.concluded_on)

    return check
