"""Where a page could be read in more than one way: the right one, or a refusal, never a silent half."""

import pytest

from procurement.adapters.pages import parse_result_page
from procurement.domain.errors import InvalidInput
from tests.adapters.test_pages import BESIDE, DETAIL, SERVICES, items, link, page, read

OTHER = "".join(
    f'<li>{link(f"SAS-9-99-9998{i}", f"표본 다른 서비스 {i}")}<span class="company">표본회사</span></li>'
    for i in (1, 2)
)
RESULTS = f"<h2>검색결과</h2><ul>{items()}</ul>"


@pytest.mark.parametrize(
    "heading",
    ["<h3>AI가 골랐어요</h3>", "<p>요즘 뜨는</p>", "<strong>살펴보세요</strong>", "<img alt='추천'>"],
)
@pytest.mark.parametrize(
    "body",
    [
        "<div>{main}{heading}<ul>{other}</ul></div>",
        "<div>{main}</div><div>{heading}<ul>{other}</ul></div>",
        "<div>{heading}<ul>{other}</ul></div><div>{main}</div>",
    ],
)
def test_a_second_list_under_an_unknown_heading_is_refused_or_left_out(heading: str, body: str) -> None:
    with pytest.raises(InvalidInput, match="여러 개라"):
        parse_result_page(page(body.format(main=RESULTS, heading=heading, other=OTHER)))
    counted = f"<p>총 5건</p>{RESULTS}"
    assert read(page(body.format(main=counted, heading=heading, other=OTHER))) == SERVICES


@pytest.mark.parametrize(
    "rest",
    [
        "".join(f"<li class='x'><div>{n}</div></li>" for _, n, _ in SERVICES[3:]),
        "<li class='x'>표본</li>",
    ],
)
def test_items_of_a_list_that_could_not_be_read_are_not_dropped(rest: str) -> None:
    with pytest.raises(InvalidInput, match="빠짐없이"):
        parse_result_page(page(f"<h2>검색결과</h2><ul>{items(SERVICES[:3])}{rest}</ul>"))


@pytest.mark.parametrize("others", [1, 2, 4])
def test_a_list_of_which_only_one_item_has_an_id_is_not_one_service(others: int) -> None:
    rest = "".join(f"<li>{n}</li>" for _, n, _ in SERVICES[:others])
    with pytest.raises(InvalidInput, match="빠짐없이"):
        parse_result_page(page(f"<h2>검색결과</h2><ul>{rest}<li>{link(*SERVICES[4][:2])}</li></ul>"))


def test_facts_in_a_list_of_their_own_belong_to_the_one_service() -> None:
    facts = f"<li>{link(*SERVICES[0][:2])}</li><li>제공자 : {SERVICES[0][2]}</li><li>SaaS</li>"
    assert read(page(f"<h2>검색결과</h2><div><ul>{facts}</ul></div>")) == SERVICES[:1]


def test_ids_that_run_on_in_one_text_are_not_read_as_one_service() -> None:
    lines = "".join(f"서비스명: {n}<br>서비스번호: {s}<br>제공자: {p}<br>" for s, n, p in SERVICES)
    with pytest.raises(InvalidInput, match="가려낼 수 없습니다"):
        parse_result_page(page(f"<h2>검색결과</h2><div>{lines}</div>"))


def test_an_id_outside_of_what_was_read_is_a_sign_that_something_is_missing() -> None:
    with pytest.raises(InvalidInput, match="SAS-9-99-99998"):
        parse_result_page(page(f"{RESULTS}<p>SAS-9-99-99999 SAS-9-99-99998</p>"))


@pytest.mark.parametrize(
    "body",
    [
        "<p>검색하신 조건에 맞는 서비스는 모두 <b>5</b>개입니다.</p>",
        "<p>Total : 5 , Page : 1/1</p>",
        "<h3>검색결과(5)</h3>",
        "<p>현재 1,234개의 디지털서비스가 등록되어 있습니다.</p><h3>검색결과 5건</h3>",
        "<p>‘총 3건’ 검색결과 <em>5</em> 건</p>",
        "<p>총 5건</p><span>10개씩 보기</span>",
        "<p>SaaS 5건</p>",
        "<p>1-5 / 5</p><h2>검색결과</h2>",
    ],
)
def test_the_stated_number_is_found_in_many_wordings(body: str) -> None:
    found = parse_result_page(page(f"{body}<ul>{items()}</ul>"))
    assert (len(found.services), found.total_stated) == (5, 5)


@pytest.mark.parametrize(
    ("total", "pager", "fits"),
    [
        (25, "<strong>1</strong><a href='#'>2</a><a href='#'>3</a><a href='#'>4</a><a href='#'>5</a>", True),
        (25, "<a href='#'>1</a><a href='#'>2</a><strong>3</strong>", True),
        (25, "<strong>1</strong><a href='#'>2</a><a href='#'>3</a>", False),
        (
            532,
            "<b>1</b>" + "".join(f"<a href='#'>{i}</a>" for i in range(2, 11)) + "<a href='#'>다음</a>",
            True,
        ),
        (50, "<button>더보기</button>", True),
        (25, "<strong>1</strong>", False),
    ],
)
def test_a_number_larger_than_the_list_must_fit_the_pages_offered(total: int, pager: str, fits: bool) -> None:
    data = page(f"<p>총 {total}건</p><ul>{items()}</ul><div>{pager}</div>")
    if fits:
        assert parse_result_page(data).total_stated == total
    else:
        with pytest.raises(InvalidInput, match=f"{total}개라고"):
            parse_result_page(data)


def test_pages_without_a_stated_number_are_noted() -> None:
    body = f"{RESULTS}<div><b>1</b> <a href='#'>2</a> <a href='#'>3</a></div>"
    found = parse_result_page(page(body))
    assert found.total_stated is None
    assert found.notes == (
        "결과가 여러 쪽에 나뉘어 있고 전체 건수는 적혀 있지 않습니다. 나머지 쪽도 확인해 주세요.",
    )


def test_numbers_inside_the_results_are_not_the_number_of_results() -> None:
    rows = "".join(
        f"<li>{link(s, n)}<i class='corp'>{p}</i><em>계약 총 {i}건</em></li>"
        for i, (s, n, p) in enumerate(SERVICES, 7)
    )
    assert read(page(f"<p>총 5건</p><ul>{rows}</ul>")) == SERVICES


@pytest.mark.parametrize(
    "cell",
    [
        "<a href='{u}'>{n} <span class='badge'>신규</span></a>",
        "<a href='{u}'><img src='a' alt='썸네일'></a><a href='{u}'>{n}</a><a href='{u}'>상세보기</a>",
        "<a href='{u}'><span class='cate'>SaaS</span><strong>{n}</strong></a>",
        "<span class='b'>추천</span><a href='{u}'>{n}</a>",
        "<button type='button' onclick=\"view('{s}')\">{n}</button>",
        "<a href='/go?to=%2Fdetail.do%3Fs%3D{s}'>{n}</a>",
        "<input type='hidden' value='{s}'><strong>{n}</strong>",
    ],
)
@pytest.mark.parametrize("count", [1, 5])
def test_the_name_is_told_from_buttons_badges_and_pictures(cell: str, count: int) -> None:
    rows = "".join(
        f"<li>{cell.format(u=DETAIL + s, n=n, s=s)}<p>제공자: {p}</p></li>" for s, n, p in SERVICES[:count]
    )
    assert read(page(f"<p>총 {count}건</p><ul>{rows}</ul>")) == SERVICES[:count]


def test_a_highlighted_search_word_stays_part_of_the_name() -> None:
    rows = "".join(
        f"<li><a href='{DETAIL}{s}'><em class='hl'>{n[:2]}</em>{n[2:]}</a><p>제공기업 : {p}</p></li>"
        for s, n, p in SERVICES
    )
    assert read(page(f"<p>총 5건</p><ul>{rows}</ul>")) == SERVICES


def test_a_table_whose_services_run_across_is_turned() -> None:
    names = "".join(f"<td>{link(s, n)}</td>" for s, n, _ in SERVICES)
    providers = "".join(f"<td>{p}</td>" for *_, p in SERVICES)
    table = f"<table><tr><th>서비스명</th>{names}</tr><tr><th>제공자</th>{providers}</tr></table>"
    assert read(page(f"<h2>검색결과 5건</h2>{table}")) == SERVICES


def test_recommended_rows_under_the_results_of_one_table_are_not_taken() -> None:
    rows = "".join(f"<tr><td>{link(s, n)}</td><td>{p}</td></tr>" for s, n, p in SERVICES)
    more = "".join(f"<tr><td>{link(*one)}</td><td>표본회사</td></tr>" for one in BESIDE)
    head = "<tr><th>서비스명</th><th>제공자</th></tr>"
    table = f"<table>{head}{rows}<tr><th colspan='2'>추천 서비스</th></tr>{more}</table>"
    assert read(page(f"<p>총 5건</p>{table}")) == SERVICES


def test_a_table_row_without_a_name_is_refused_by_its_number() -> None:
    rows = "".join(
        f"<tr><td>{n if i < 3 else ''}</td><td>{p}</td></tr>" for i, (_, n, p) in enumerate(SERVICES)
    )
    table = f"<table><caption>검색결과</caption><tr><th>서비스명</th><th>제공자</th></tr>{rows}</table>"
    with pytest.raises(InvalidInput, match="표의 4번째 줄"):
        parse_result_page(page(table))


def test_the_surer_of_two_labels_names_the_provider_and_the_other_is_kept() -> None:
    table = (
        "<table><tr><th>서비스명</th><th>제조사</th><th>제공자</th></tr>"
        f"<tr><td>{link(*SERVICES[0][:2])}</td><td>표본제조</td><td>표본제공</td></tr></table>"
    )
    (service,) = parse_result_page(page(f"<p>총 1건</p>{table}")).services
    assert service.provider_name == "표본제공"
    assert service.extra == (("제조사", "표본제조"),)


def test_the_page_of_a_service_takes_its_id_from_its_own_address() -> None:
    html = (
        f"<html><!-- saved from url=(0070){DETAIL}SAS-4-09-10374 -->"
        "<head><title>서비스 상세</title></head><body>"
        "<h2>상세정보</h2><table><tr><th>서비스명</th><td>두레이!</td></tr>"
        "<tr><th>제공자</th><td>엔에이치엔두레이</td></tr></table></body></html>"
    )
    assert read(html.encode()) == SERVICES[:1]


@pytest.mark.parametrize(
    "heading", ["<h2>견적요청 현황</h2>", "<h2>나의 검색이력</h2>", "<h2>관심 서비스</h2>", "<h2>비교함</h2>"]
)
def test_other_lists_of_services_are_not_results(heading: str) -> None:
    rows = "".join(f"<tr><td>{link(s, n)}</td><td>{p}</td></tr>" for s, n, p in SERVICES)
    table = f"<table><tr><th>서비스명</th><th>제공자</th></tr>{rows}</table>"
    with pytest.raises(InvalidInput, match="검색결과 화면이 아닙니다"):
        parse_result_page(page(heading + table))


def test_the_page_of_stored_results_is_a_result_page() -> None:
    assert read(page(f"<h2>검색결과관리</h2><p>총 5건</p><ul>{items()}</ul>")) == SERVICES


def test_identical_repeats_are_read_once_with_a_note() -> None:
    found = parse_result_page(page(f"<h2>검색결과</h2><ul>{items()}{items(SERVICES[:1])}</ul>"))
    assert len(found.services) == 5
    assert found.notes == ("똑같이 되풀이된 1줄은 한 번만 읽었습니다.",)


def test_a_class_name_alone_does_not_outweigh_the_stated_number() -> None:
    body = f"<p>총 5건</p><div class='menu-item-list'><ul>{items()}</ul></div>"
    assert read(page(body)) == SERVICES
