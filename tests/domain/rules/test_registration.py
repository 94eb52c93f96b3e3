"""Rules of ⑦ over the good case: concluded on 2023-03-13, due thirty days later."""

from dataclasses import replace
from datetime import date

import pytest

from procurement.domain.facts import CaseFacts, RegistrationFacts
from procurement.domain.facts.contract import Amendment
from procurement.domain.facts.registration import Registration, RegistrationKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.registration import RULES, registration_due
from tests.domain.rules.asking import ground, unmet
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    good_contract,
    good_sourcing,
    outcome,
    with_reason,
    with_sourcing,
)

ALL = [rule.id for rule in RULES]


def registered(
    day: date | None, *, reason: str = "", proof: str | None = "file", today: date = date(2023, 5, 1)
) -> CaseFacts:
    """A case registered on ``day``, or not at all; the due day is left to the rule."""
    made = () if day is None else (Registration(RegistrationKind.INITIAL, day, None, reason, proof),)
    return a_case(registration=RegistrationFacts(made), today=today)


def amended(*corrected_on: date | None) -> CaseFacts:
    """A case changed on 2023-07-03 and again, each change corrected on its day or not at all."""
    amendments = tuple(
        Amendment(number, date(2023, 7, 3), "기간 연장") for number in range(1, len(corrected_on) + 1)
    )
    corrections = tuple(
        Registration(RegistrationKind.CORRECTION, day, number, evidence_id="file")
        for number, day in enumerate(corrected_on, start=1)
        if day is not None
    )
    first = Registration(RegistrationKind.INITIAL, date(2023, 3, 27), evidence_id="file")
    return a_case(
        contract=replace(good_contract(), amendments=amendments),
        registration=RegistrationFacts((first, *corrections)),
    )


@pytest.mark.parametrize("rule_id", ALL)
def test_the_good_case_breaks_no_rule_of_registration(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) in (Outcome.MET, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize("rule_id", ALL)
def test_registration_waits_for_the_conclusion(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


def test_the_due_day_is_counted_where_none_is_recorded() -> None:
    case = registered(None)
    assert registration_due(case, date(2023, 3, 13)) == date(2023, 4, 12)
    # 30 days from 21 April end on Sunday, 21 May.
    assert registration_due(case, date(2023, 4, 21)) == date(2023, 5, 22)
    fixed = replace(case, registration=RegistrationFacts(due_on=date(2023, 4, 20)))
    assert registration_due(fixed, date(2023, 3, 13)) == date(2023, 4, 20)


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2023, 4, 12), Outcome.MET), (date(2023, 4, 13), Outcome.UNMET)]
)
def test_the_thirtieth_day_is_in_time(day: date, expected: Outcome) -> None:
    assert outcome(RULES, "G-1", registered(day)) is expected


def test_a_late_registration_shows_its_reason_and_by_how_much() -> None:
    late = registered(date(2023, 4, 14))
    assert "2일 늦게" in unmet(RULES, "G-1", late).message
    assert outcome(RULES, "G-1", with_reason(late, "G-1")) is Outcome.JUSTIFIED
    told = registered(date(2023, 4, 14), reason="담당자 교체")
    assert "담당자 교체" in ground(RULES, "G-1", told, Outcome.JUSTIFIED)


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2023, 4, 12), Outcome.NOT_YET), (date(2023, 4, 13), Outcome.UNMET)]
)
def test_a_registration_that_is_not_made_is_late_after_the_due_day(today: date, expected: Outcome) -> None:
    assert outcome(RULES, "G-1", registered(None, today=today)) is expected


def test_registration_leaves_a_proof() -> None:
    assert "증빙" in unmet(RULES, "G-1", registered(date(2023, 3, 27), proof=None)).message


@pytest.mark.parametrize("rule_id", ["G-1", "G-3", "G-4"])
def test_by_the_mall_there_is_nothing_to_register(rule_id: str) -> None:
    case = replace(with_sourcing(route=Route.CENTRAL), registration=RegistrationFacts())
    assert "자동" in ground(RULES, rule_id, case, Outcome.NOT_APPLICABLE)
    assert "자동" in ground(RULES, "G-2", case, Outcome.MET)


@pytest.mark.parametrize(
    ("corrected_on", "expected"),
    [
        (None, Outcome.UNMET),
        (date(2023, 7, 2), Outcome.UNMET),
        (date(2023, 7, 3), Outcome.MET),
    ],
)
def test_a_change_of_contract_is_registered_again(corrected_on: date | None, expected: Outcome) -> None:
    assert outcome(RULES, "G-3", amended(corrected_on)) is expected


def test_each_change_has_its_own_correction() -> None:
    found = unmet(RULES, "G-3", amended(date(2023, 7, 4), None))
    assert "2차" in found.message
    assert found.subject == "amendment2"
    assert found.blocks


def test_a_case_on_the_own_route_cannot_close_without_registration() -> None:
    found = unmet(RULES, "G-4", registered(None))
    assert "이용정보 제출" in found.message
    assert found.blocks
    # A reason excuses lateness, never the duty itself.
    assert outcome(RULES, "G-4", with_reason(registered(None), "G-4")) is Outcome.UNMET


def test_registration_cannot_come_before_the_contract() -> None:
    assert "빠릅니다" in unmet(RULES, "G-4", registered(date(2023, 3, 12))).message


@pytest.mark.parametrize(
    ("today", "half"), [(date(2023, 6, 30), "2023년 상반기"), (date(2023, 7, 1), "2023년 하반기")]
)
def test_the_half_year_the_provider_reports_is_named(today: date, half: str) -> None:
    case = replace(registered(None, today=today), sourcing=good_sourcing())
    assert half in ground(RULES, "G-5", case, Outcome.NOT_APPLICABLE)
