"""The sample: complete, loaded once, built through the services, and printed whole in its bundle."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from procurement.config import Settings
from procurement.demo import collaboration, people, platform, platform_later, platform_selection
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import RunKind
from procurement.domain.incidents import assess_all
from procurement.domain.money import won_in_words
from procurement.domain.sla import meets
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Account, Base, Case, Event, EventBody, EvidenceFile, Institution
from procurement.models.base import ACROSS, now
from procurement.models.sealing import SEALED_TABLES, digest_of_values, sealed_table
from procurement.services import bundle, case_facts, catalogue
from procurement.services.bundle_collect import AFTER_APPROVAL
from procurement.services.codec_text import load_text
from procurement.services.people import sign_in
from procurement.services.store import evidence_store
from tests.adapters.pdf_helpers import faces


def case_called(title: str) -> Case:
    return db.session.scalars(select(Case).where(Case.title == title)).one()


@pytest.fixture
def finished(sample: Institution) -> CaseFacts:
    """Facts of the finished case."""
    return case_facts.load(case_called(platform.TITLE))


def test_the_institution_and_all_its_people_are_marked_as_samples(sample: Institution) -> None:
    assert (sample.kind, sample.contract_law, sample.is_sample) == ("other_public", "local", True)
    accounts = db.session.scalars(select(Account)).all()
    assert {account.login for account in accounts} == {person.login for person in people.PEOPLE}
    assert all(account.is_sample and "견본" in account.name for account in accounts)
    assert all(case.is_sample for case in db.session.scalars(select(Case)))


def test_everyone_can_sign_in_with_the_password_that_is_printed(sample: Institution) -> None:
    for person in people.PEOPLE:
        actor, _ = sign_in(person.login, people.PASSWORD)
        assert actor.roles == frozenset(person.roles)


def test_every_frozen_row_has_its_seal_in_the_ledger(sample: Institution) -> None:
    sealed: set[tuple[str, str, str]] = set()
    for body in db.session.scalars(select(EventBody.body)):
        sealed |= {(table, key, digest) for table, key, digest in load_text(body)["rows"]}
    missing, rows = [], 0
    for name in SEALED_TABLES:
        table = sealed_table(name)
        for row in db.session.execute(select(table)).mappings():
            rows += 1
            values = {str(column): value for column, value in row.items()}
            if (name, str(row["id"]), digest_of_values(name, values)) not in sealed:
                missing.append((name, str(row["id"])))
    assert missing == []
    assert rows > 200


def test_the_finished_case_is_done_in_every_step(finished: CaseFacts) -> None:
    assert {facts.state for facts in finished.steps.values()} == {StepState.DONE}
    assert case_called(platform.TITLE).closed_at is not None


def test_the_contract_is_that_of_the_task_order(finished: CaseFacts) -> None:
    terms = finished.contract.terms
    assert terms is not None
    assert (terms.amount_won, terms.vat_included, terms.end) == (12_650_000, True, platform.ENDS)
    functions = finished.definition.frozen.lots[0].functions if finished.definition.frozen else ""
    assert (len(platform.SERVICE_ITEMS), len(platform.SUPPORT_ITEMS)) == (8, 4)
    assert all(item in functions for item in platform.SERVICE_ITEMS + platform.SUPPORT_ITEMS)
    clock = terms.fault_terms
    assert clock is not None
    assert (clock.arrival_hours, clock.recovery_hours_after_arrival, clock.recurrence_minutes) == (6, 12, 60)
    assert clock.grade_hours == (("Critical", 12), ("Major", 24), ("Minor", 48))


def test_three_runs_of_which_one_follows_another(finished: CaseFacts) -> None:
    runs = finished.search.runs
    assert [run.kind for run in runs] == [RunKind.OFFICIAL] * 3
    assert [bool(run.follows) for run in runs] == [False, False, True]
    final = finished.search.final(1)
    assert final is runs[2]
    assert len(runs[2].results) == 3


def test_three_services_four_criteria_two_evaluators_with_comments(finished: CaseFacts) -> None:
    selection = finished.selection
    criteria = selection.criteria_of(1)
    assert criteria is not None
    assert len(criteria.criteria) == 4
    assert len(selection.sheets) == 2
    assert [len(sheet.scores) for sheet in selection.sheets] == [12, 12]
    assert all(score.comment for sheet in selection.sheets for score in sheet.scores)
    assert [quote.amount_won for quote in selection.quotes] == list(platform_selection.QUOTES_WON)


def test_one_question_is_answered_to_all(finished: CaseFacts) -> None:
    (question,) = finished.selection.questions
    assert len(question.result_ids) == 3
    assert question.answer


def test_four_indicators_over_three_months_with_one_below_target_and_its_demand(finished: CaseFacts) -> None:
    terms, monitoring = finished.contract.terms, finished.monitoring
    assert terms is not None
    indicators = {one.key: one for one in terms.sla.indicators}
    assert Counter(figure.month for figure in monitoring.figures) == dict.fromkeys(
        ("2023-10", "2023-11", "2023-12"), 4
    )
    below = [f for f in monitoring.figures if not meets(indicators[f.indicator], f.value_thousandths)]
    (demand,) = monitoring.demands
    assert [(f.month, f.indicator) for f in below] == [(demand.month, demand.indicator)]


def test_two_faults_of_which_one_is_late(finished: CaseFacts) -> None:
    terms = finished.contract.terms
    assert terms is not None
    assert terms.fault_terms is not None
    found = assess_all(finished.monitoring.faults, terms.fault_terms, now())
    assert [one.late_by_any for one in found] == [False, True]
    assert all(fault.closed for fault in finished.monitoring.faults)


def test_five_end_items_have_their_proof(finished: CaseFacts) -> None:
    proved = {mark.item for mark in finished.ending.marks if mark.evidence_id}
    assert proved == set(platform_later.PROOFS)
    assert len(proved) == 5


def test_what_happened_in_2023_is_entered_with_its_dates(finished: CaseFacts) -> None:
    assert finished.contract.conclusion is not None
    assert finished.contract.conclusion.concluded_on == platform.CONCLUDED
    assert {run.occurred_at.year for run in finished.search.runs} == {2023}
    assert finished.registration.initial is not None
    assert finished.registration.initial.registered_on.year == 2023


def test_the_other_case_is_part_way_in_selection(sample: Institution) -> None:
    facts = case_facts.load(case_called(collaboration.TITLE))
    done = [step for step in Step if facts.steps[step].state is StepState.DONE]
    assert done == [Step.BUDGET, Step.DEFINITION, Step.SEARCH, Step.SOURCING]
    assert facts.steps[Step.SELECTION].state is StepState.OPEN
    assert len(facts.selection.requests) == 1


def test_the_catalogue_holds_real_candidates_and_marked_samples(sample: Institution) -> None:
    rows = catalogue.services(1).rows
    names = {row.service_name for row in rows}
    assert {"두레이!", "견본 가온 클라우드"} <= names
    assert all(name.startswith("견본") for name in names if "가온" in name or "모아" in name)


def test_no_real_service_is_evaluated_in_the_sample(sample: Institution) -> None:
    for title in (platform.TITLE, collaboration.TITLE):
        final = case_facts.load(case_called(title)).search.final(1)
        assert final is not None
        assert all(row.service_name.startswith("견본") for row in final.results)


def test_loading_again_changes_nothing(sample_app: Flask) -> None:
    def everything() -> dict[str, int]:
        with sample_app.app_context():
            return {
                table.name: len(db.session.execute(select(*table.primary_key.columns)).all())
                for table in Base.metadata.sorted_tables
            }

    before = everything()
    result = sample_app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    assert people.PASSWORD in result.output
    assert all(person.login in result.output for person in people.PEOPLE)
    assert platform.TITLE in result.output
    assert everything() == before


def test_the_sample_is_refused_in_production(app: Flask, settings: Settings) -> None:
    app.config["SETTINGS"] = replace(settings, environment="production")
    try:
        result = app.test_cli_runner().invoke(args=["demo"])
    finally:
        app.config["SETTINGS"] = settings
    assert result.exit_code == 2
    assert "운영 모드에서는 표본 기관을 넣지 않습니다." in result.output
    with app.app_context():
        assert db.session.scalar(select(Event.seq).limit(1)) is None
        query = select(Institution.id).execution_options(**{ACROSS: True})
        assert db.session.scalar(query) is None


def printed_pages(data: bytes) -> str:
    """The text of all pages of a PDF."""
    with pypdfium2.PdfDocument(data) as document:
        texts = []
        for page in document:
            reader = page.get_textpage()
            texts.append(reader.get_text_bounded())
            reader.close()
            page.close()
    return "".join(texts)


def test_the_bundle_of_the_finished_case_holds_everything(finished: CaseFacts) -> None:
    rendered = bundle.render(bundle.collect(case_called(platform.TITLE)), faces())
    printed = "".join(printed_pages(rendered.data).split())
    wanted = [
        won_in_words(platform.AMOUNT_WON),
        *platform.SERVICE_ITEMS,
        *platform.SUPPORT_ITEMS,
        *(row.service_name for run in finished.search.runs for row in run.results),
        *(comment for sheet in platform_selection.SHEETS for row in sheet for _, comment in row),
        *(f"{amount:,}원" for amount in platform_selection.QUOTES_WON),
        *(duty.title for duty in (finished.contract.terms.duties if finished.contract.terms else ())),
        *(demand.content for demand in finished.monitoring.demands),
        *(fault.symptom for fault in finished.monitoring.faults),
        *(item.title for item in finished.ending.items),
        *(file.digest for file in finished.evidence),
        finished.selection.questions[0].question,
        "시한을 넘김",
        "■ 미달",
        "2023. 11. 3.",
    ]
    assert [text for text in wanted if "".join(text.split()) not in printed] == []
    assert [
        number for number in range(1, rendered.pages + 1) if f"{number}/{rendered.pages}" not in printed
    ] == []


def test_the_bundle_for_approval_prints_the_terms_submitted(sample: Institution) -> None:
    query = select(EvidenceFile.digest).where(EvidenceFile.purpose == "approval_bundle")
    with evidence_store().open(db.session.scalars(query).one()) as stream:
        printed = "".join(printed_pages(stream.read()).split())
    for wanted in ("품의용 증빙자료 묶음", "품의한 내용입니다.", "부정당업자 조회 화면", AFTER_APPROVAL):
        assert "".join(wanted.split()) in printed
    assert "이용계약정보등록" in printed
    assert "차례가오지않아확정된기록이없습니다" in printed
