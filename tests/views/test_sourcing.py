"""④ on its page: both routes side by side for the final list, with what the institution set."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.support.factories import post, signed_in
from tests.support.selecting import services_of
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage


def test_the_page_compares_both_routes_for_this_list(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    browser, url, names = signed_in(client, at.person), at.url, [r.service_name for r in services_of(at.case)]
    settings = {
        "name": "표본 기관",
        "kind": "local",
        "contract_law": "local",
        "search_result_limit": "30",
        "own_route_days": "20",
    }
    assert post(browser, "/admin", {**settings, "own_route_days": "0"}).status_code == 422
    assert post(browser, "/admin", settings).status_code == 302
    page = browser.get(f"{url}/sourcing").text
    assert all(f'<th scope="row">{name}' in page for name in names)
    assert "보통 걸린다고 정한 날수는 20일" in page
    assert "우리 기관도 정해 두지 않았습니다" in page
    assert "권고: 자체조달" in page
    assert "디지털서비스몰에 없는 서비스가 있습니다" in page
