"""⑤ A decision that does not last: the winner disqualified, the next in rank, what rested on the first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from procurement.services import records
from tests.support.factories import post, signed_in
from tests.support.selecting import services_of
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

pytestmark = pytest.mark.one_database


def test_a_disqualification_leads_to_the_next_in_rank(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.CONTRACTING)
    first, second, _ = services_of(at.case)
    browser, url, today = signed_in(client, at.person), at.url, records.today().isoformat()
    said = {
        "service": f"1:{first.result_id}",
        "held_on": today,
        "content": "이관 방법을 협의하다가 알았습니다.",
        "disqualified": "y",
        "ground": "부정당업자 제재",
    }
    answer = post(browser, f"{url}/contract/negotiations", said)
    assert answer.location == f"{url}/selection/1/decision"
    page = browser.get(answer.location).text
    assert f"기술협상에서 결격된 서비스: {first.service_name}" in page
    assert re.search(rf'<option selected value="{second.result_id}"', page)
    resting = page[page.index("이 결정에 기댄 것") :]
    assert "다시 완료해야 합니다" in resting
    assert "기술협상 1건" in resting
    choice = {
        "kind": "award",
        "result_id": second.result_id,
        "reason": "1위가 결격되어 다음 순위로 정합니다.",
    }
    asked = post(browser, f"{url}/selection/1/decision/review", choice)
    assert "기술협상 1건" in asked.text
    assert post(browser, f"{url}/selection/1/decision", choice).status_code == 302
    page = browser.get(f"{url}/selection/1/decision").text
    superseded = page[page.index("바뀐 결정") : page.index("바꾼 사유는")]
    assert first.service_name in superseded
    assert "1위입니다." in superseded
    assert second.service_name not in superseded
