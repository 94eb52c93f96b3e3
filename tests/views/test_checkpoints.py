"""The auditor's page of checkpoints."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from procurement.config import Settings
from procurement.domain.access import Role
from procurement.domain.checkpoint import code_of, read_file
from procurement.models import Case
from tests.support.factories import a_case, an_account, event_kinds, post, signed_in
from tests.support.rewriting import rewrite

pytestmark = pytest.mark.usefixtures("db_session")
PAGE = "/audit/checkpoints"


@pytest.fixture
def case(client: FlaskClient) -> Case:
    """A case of an institution whose auditor is signed in."""
    case = a_case()
    signed_in(client, an_account(Role.AUDITOR))
    return case


def test_the_window_closes_when_a_copy_is_taken_and_the_copy_shows_a_rewriting(
    client: FlaskClient, case: Case, settings: Settings
) -> None:
    assert "이 시스템 안에서만 지켜집니다" in client.get(PAGE).text
    assert post(client, PAGE).status_code == 302
    copy = client.get(f"{PAGE}/1.json")
    assert event_kinds(None)[-1] == "checkpoint.copied"
    page = client.get(PAGE).text
    signed = read_file(copy.text)
    assert code_of(signed.digest) in page
    assert "밖에 둔 마지막 확인점 뒤의 기록" in page
    assert "BEGIN PUBLIC KEY" in client.get(f"{PAGE}/key/{signed.checkpoint.key_id}.pem").text
    held = post(client, f"{PAGE}/verify", {"file": (io.BytesIO(copy.data), "copy.json")})
    assert "모두 그대로입니다" in held.text
    rewrite(settings, "-0001", lambda event: event.seq == 1)
    named = post(
        client,
        f"{PAGE}/verify",
        {"file": (io.BytesIO(copy.data), "copy.json"), "codes": code_of(signed.digest)},
    )
    assert "copy.json" in named.text
    assert "어긋남" in named.text


@pytest.mark.parametrize("data", [{"codes": "1234"}, {"file": (io.BytesIO(b"\xff{"), "x.json")}])
def test_what_is_no_checkpoint_is_said_so(client: FlaskClient, case: Case, data: dict[str, object]) -> None:
    answer = post(client, f"{PAGE}/verify", data)
    assert answer.status_code == 422
    assert "확인점" in answer.text
