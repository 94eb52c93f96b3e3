"""The ledger's one writer: in order, sealed, without forks."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Role
from procurement.domain.errors import Refused
from procurement.domain.ledger import GENESIS, content_digest
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Chain, Event, EventBody, StepDocument
from procurement.models.sealing import digest_of_row, digest_of_values
from procurement.services import cases, ledger, unit, verification
from procurement.services.codec_text import load_text
from tests.conftest import Trials
from tests.support.factories import a_case, actor_for, an_account, event_kinds, project_officer_of, work
from tests.support.walk import a_budget_sheet, save_document

pytestmark = pytest.mark.usefixtures("db_session")


def events_of(case: Case | None) -> list[Event]:
    """Events of a case, or of the institution, oldest first."""
    query = select(Event).join(Chain, Chain.id == Event.chain_id)
    query = query.where(Chain.case_id == (case.id if case else None)).order_by(Event.seq)
    return list(db.session.scalars(query))


def test_an_event_names_who_what_and_when_and_follows_the_one_before() -> None:
    case = a_case()
    actor = project_officer_of(case)
    with work():
        ledger.record(actor, "case.opened", case=case, body={"text": "둘째"})
    first, second = events_of(case)
    assert first.prev == GENESIS
    assert second.prev == first.hash
    assert (second.seq, second.actor_id, second.kind) == (2, actor.account_id, "case.opened")
    assert second.recorded_at == second.occurred_at


def test_the_body_is_kept_apart_with_its_own_salt() -> None:
    case = a_case()
    actor = project_officer_of(case)
    with work():
        for _ in range(2):
            ledger.record(actor, "reason.written", case=case, body={"text": "같은 글"})
    bodies = db.session.scalars(select(EventBody).order_by(EventBody.seq)).all()
    same = [body for body in bodies if "같은 글" in body.body]
    digests = {content_digest(body.salt, body.body) for body in same}
    assert len({body.body for body in same}) == 1
    assert digests == {e.content_digest for e in events_of(case) if e.kind == "reason.written"}
    assert len(digests) == 2


def test_rows_added_are_sealed_by_their_digest() -> None:
    case = a_case()
    with work():
        save_document(project_officer_of(case), case, Step.BUDGET, a_budget_sheet())
    row = db.session.scalars(select(StepDocument)).one()
    last = events_of(case)[-1]
    body = db.session.get_one(EventBody, (last.chain_id, last.seq))
    assert load_text(body.body)["rows"] == [["step_document", str(row.id), digest_of_row(row)]]


def test_a_refused_act_is_written_with_its_rule() -> None:
    case = a_case()
    with work():
        ledger.record_refusal(project_officer_of(case), case, Refused("할 수 없습니다.", "E-5"))
    last = events_of(case)[-1]
    body = load_text(db.session.get_one(EventBody, (last.chain_id, last.seq)).body)
    assert body["data"] == {"rule": "E-5", "what": "할 수 없습니다."}


def test_what_is_undone_leaves_no_event() -> None:
    case = a_case()
    actor = project_officer_of(case)

    def fails() -> None:
        with work():
            ledger.record(actor, "reason.written", case=case)
            raise OSError("the power went")

    with pytest.raises(OSError, match="power"):
        fails()
    assert event_kinds(case) == ["case.opened"]


def test_a_case_and_its_institution_have_chains_of_their_own() -> None:
    first, second = a_case(), a_case()
    chains = db.session.scalars(select(Chain)).all()
    assert {chain.case_id for chain in chains} == {first.id, second.id, None}
    assert next(chain.size for chain in chains if chain.case_id is None) == 2


def test_eight_writers_at_once_make_one_chain(app: Flask, trials: Trials) -> None:
    each = trials(12, 1000)
    case = a_case()
    actor, number, institution = project_officer_of(case), case.number, str(case.institution_id)
    db.session.rollback()
    errors: list[BaseException] = []
    waits: list[float] = []

    def write() -> None:
        with app.app_context():
            try:
                for _ in range(each):
                    begun = time.perf_counter()
                    with unit.work(institution):
                        found = db.session.scalars(select(Case).where(Case.number == number)).one()
                        ledger.record(actor, "reason.written", case=found, body={"id": str(uuid.uuid4())})
                    waits.append(time.perf_counter() - begun)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                errors.append(error)
            finally:
                db.session.remove()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    # A figure to look at: how long one waits says more of the machine than of the program.
    print(f"{len(waits):,} appends by 8 writers, longest wait {max(waits):.3f} s")
    assert [event.seq for event in events_of(case)] == list(range(1, 8 * each + 2))
    assert verification.verify().holds


def test_cases_opened_at_once_get_numbers_of_their_own(app: Flask) -> None:
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    actor, person = actor_for(officer), str(officer.id)
    db.session.rollback()
    numbers: list[str] = []
    errors: list[BaseException] = []

    def open_some() -> None:
        with app.app_context():
            try:
                for _ in range(3):
                    with unit.work(actor.institution_id):
                        opened = cases.open_case(
                            actor, title="건", project_officer_id=person, contract_officer_id=person
                        )
                        numbers.append(opened.number)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                errors.append(error)
            finally:
                db.session.remove()

    writers = [threading.Thread(target=open_some) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert len(set(numbers)) == 18


def test_a_column_that_came_later_changes_a_seal_only_when_it_is_filled() -> None:
    before = {"id": "1", "service_name": "표본 협업 가온"}
    sealed = digest_of_values("search_result", before)
    assert digest_of_values("search_result", {**before, "company_size": None}) == sealed
    assert digest_of_values("search_result", {**before, "company_size": "대기업"}) != sealed
    assert digest_of_values("search_result", {**before, "price_won": None}) != sealed


def test_an_institution_has_one_chain_of_its_own_and_a_case_one() -> None:
    case = a_case()
    for owner in (None, case.id):
        with pytest.raises(IntegrityError), work():
            db.session.add(Chain(institution_id=case.institution_id, case_id=owner))
