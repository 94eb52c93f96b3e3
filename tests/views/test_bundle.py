"""The page of the bundle: who may have one made, how far it is, and the logged download."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from procurement import verify
from procurement.domain.access import Role
from procurement.models import Case
from procurement.services import jobs, unit, verification
from tests.support import factories, walk


@pytest.fixture
def case(db_session: scoped_session[Session]) -> Case:
    """A case whose ① is completed."""
    project = factories.an_account(Role.PROJECT_OFFICER, login="officer")
    made = factories.a_case(project)
    with factories.work():
        walk.complete_budget(factories.actor_for(project), made)
    return made


def test_the_officer_has_a_bundle_made_and_downloads_it(client: FlaskClient, case: Case) -> None:
    number, institution_id = case.number, str(case.institution_id)
    factories.signed_in(client, factories.account_of(case))
    assert "만든 묶음이 없습니다." in client.get(f"/cases/{number}/bundle").text
    answer = factories.post(client, f"/cases/{number}/bundle")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "차례를 기다립니다" in client.get(address).text
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    told = client.get(address, headers={"Accept": "application/json"}).get_json()
    assert (told["state"], told["progress_percent"]) == ("done", 100)
    assert "묶음이 다 되었습니다." in client.get(address).text
    with client.get(told["download_url"]) as sent:
        assert sent.data.startswith(b"%PDF-")
    assert "evidence.downloaded" in factories.event_kinds(case)


def test_a_job_of_another_case_is_not_found(client: FlaskClient, case: Case) -> None:
    number = case.number
    factories.signed_in(client, factories.account_of(case))
    address = f"/cases/{number}/bundle/00000000-0000-0000-0000-000000000000"
    assert client.get(address).status_code == 404


def test_the_auditor_reads_and_has_nothing_made(client: FlaskClient, case: Case) -> None:
    number = case.number
    factories.signed_in(client, factories.an_account(Role.AUDITOR))
    page = client.get(f"/cases/{number}/bundle")
    assert page.status_code == 200
    assert "지금까지의 기록으로 묶음 만들기" not in page.text
    assert factories.post(client, f"/cases/{number}/bundle").status_code == 403


def test_the_bag_that_the_officer_has_made_holds_by_itself(
    client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number, institution_id = case.number, str(case.institution_id)
    monkeypatch.setattr("procurement.services.bags._print", lambda _case: b"%PDF-1.7 sample")
    factories.signed_in(client, factories.account_of(case))
    answer = factories.post(client, f"/cases/{number}/bundle/bag")
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    told = client.get(answer.headers["Location"], headers={"Accept": "application/json"}).get_json()
    with client.get(told["download_url"]) as sent:
        (tmp_path / "bag.zip").write_bytes(sent.data)
    assert verify.main([str(tmp_path / "bag.zip")]) == 0
    assert f"증빙 보관 묶음 {number}.zip" in client.get(f"/cases/{number}/bundle").text
    assert verification.verify().holds
