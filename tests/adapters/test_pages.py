"""Saved result pages in many invented layouts: read whole or refused plainly."""

from dataclasses import astuple
from datetime import date
from pathlib import Path

import pytest

from procurement.adapters.pages import parse_result_page
from procurement.domain.errors import InvalidInput, ProcurementError, TooLarge

PAGES = Path(__file__).parent.parent / "data" / "pages"
SERVICES = [
    ("SAS-4-09-10374", "두레이!", "엔에이치엔두레이"),
    ("SAS-3-06-11290", "모두싸인 공공용", "주식회사 모두싸인"),
    ("SAS-5-05-11256", "이진 아이티에스엠", "(주)에스티이지"),
    ("SAS-4-09-11350", "크리미널아이피 공격표면관리", "에이아이스페라"),
    ("SAS-1-07-11310", "웹 기반 수어 번역", "이큐포올"),
]
BESIDE = [("IAS-4-02-10233", "표본 인프라 서비스"), ("SAS-9-99-99999", "표본 추천 서비스")]
DETAIL = "https://www.digitalmarket.kr/web/service/detail.do?s="


def page(body: str, title: str = "디지털서비스 이용지원시스템") -> bytes:
    """A page of UTF-8 with the body given."""
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def link(service_id: str, name: str) -> str:
    return f'<a href="{DETAIL}{service_id}">{name}</a>'


def items(services: list[tuple[str, str, str]] = SERVICES) -> str:
    return "".join(f'<li>{link(s, n)}<span class="company">{p}</span></li>' for s, n, p in services)


def beside(tag: str = "li") -> str:
    return "".join(f"<{tag}>{link(*one)}</{tag}>" for one in BESIDE)


def read(data: bytes) -> list[tuple[str | None, str, str | None]]:
    return [(r.service_id, r.service_name, r.provider_name) for r in parse_result_page(data).services]


@pytest.mark.parametrize(
    "name",
    [
        "table_header",
        "table_onclick",
        "cards_badges",
        "thumb_dl",
        "data_attributes",
        "script_handler",
        "nested_tables",
        "paged",
        "flat_dl",
        "mobile_list",
        "print_view",
        "rowspan",
        "two_rows",
        "pc_and_mobile",
        "grid_rows",
        "hidden_templates",
        "bold_labels",
        "flat_headings",
        "by_type",
        "euc_kr",
    ],
)
def test_every_layout_gives_the_same_five_services_in_order(name: str) -> None:
    assert read((PAGES / f"{name}.html").read_bytes()) == SERVICES


def test_services_without_an_id_are_read_from_labelled_columns() -> None:
    found = parse_result_page((PAGES / "no_ids.html").read_bytes())
    assert [(r.service_name, r.provider_name) for r in found.services] == [(n, p) for _, n, p in SERVICES]
    assert {r.service_id for r in found.services} == {None}
    assert [r.in_mall for r in found.services] == [True, None, True, None, True]
    assert {r.company_size for r in found.services} == {"중소기업"}


def test_a_list_of_links_leaves_the_provider_unknown() -> None:
    found = parse_result_page((PAGES / "link_list.html").read_bytes())
    assert [(r.service_id, r.service_name) for r in found.services] == [(s, n) for s, n, _ in SERVICES]
    assert {r.provider_name for r in found.services} == {None}
    assert found.notes == ("제공자명을 알 수 없는 서비스가 5개 있습니다. 원본과 대조해 주세요.",)


def test_a_detail_page_gives_its_one_service_and_not_those_beside_it() -> None:
    (service,) = parse_result_page((PAGES / "detail.html").read_bytes()).services
    assert astuple(service)[:5] == ("SAS-4-09-10374", "두레이!", "엔에이치엔두레이", "SaaS", "표준")
    assert service.price_won is None
    assert service.extra == (("과금 기준", "사용자 수"), ("가격", "월 3,000원/인"))


def test_labelled_facts_are_read_and_the_rest_stays_unknown() -> None:
    first = parse_result_page((PAGES / "table_header.html").read_bytes()).services[0]
    assert (first.service_type, first.csap_grade) == ("SaaS", "표준")
    assert (first.csap_from, first.csap_to) == (date(2024, 12, 11), date(2029, 12, 17))
    assert (first.in_mall, first.innovation, first.provider_kind, first.price_won) == (None,) * 4


def test_badges_are_facts_and_marks_are_not() -> None:
    first = parse_result_page((PAGES / "cards_badges.html").read_bytes()).services[0]
    assert (first.service_type, first.company_size, first.csap_grade) == ("SaaS", "중소기업", "간편")
    assert first.description == "공공기관을 위한 표본 설명 1"


def test_the_type_is_not_derived_from_the_letters_of_the_id() -> None:
    found = parse_result_page((PAGES / "grid_rows.html").read_bytes())
    assert {r.service_type for r in found.services} == {None}


def test_the_heading_of_a_section_gives_the_type_of_its_services() -> None:
    found = parse_result_page((PAGES / "by_type.html").read_bytes())
    assert [r.service_type for r in found.services] == ["SaaS", "SaaS", "SaaS", "PaaS", "PaaS"]


def test_a_page_of_many_keeps_the_stated_total_and_says_what_is_missing() -> None:
    found = parse_result_page((PAGES / "paged.html").read_bytes())
    assert found.total_stated == 32
    assert found.notes[0].startswith("전체 32개 가운데 이 파일에 있는 5개를 읽었습니다.")


@pytest.mark.parametrize(
    ("name", "encoding"), [("euc_kr", "cp949"), ("table_header", "utf-8"), ("by_type", "utf-8")]
)
def test_the_encoding_is_told_by_what_the_bytes_are(name: str, encoding: str) -> None:
    assert parse_result_page((PAGES / f"{name}.html").read_bytes()).encoding == encoding


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp949"])
def test_the_bytes_win_over_a_wrong_statement_of_the_encoding(encoding: str) -> None:
    text = (PAGES / "table_header.html").read_text(encoding="utf-8")
    assert read(text.encode(encoding)) == SERVICES
    assert read(text.replace('charset="utf-8"', 'charset="euc-kr"').encode(encoding)) == SERVICES


def test_the_same_layout_has_the_same_signature_and_another_has_another() -> None:
    layouts = [
        parse_result_page((PAGES / f"{name}.html").read_bytes()).layout
        for name in ("table_header", "euc_kr", "no_ids", "cards_badges")
    ]
    assert layouts[0] == layouts[1]
    assert len(set(layouts)) == 3


def test_a_page_saved_as_one_mhtml_file_is_read() -> None:
    html = (PAGES / "cards_badges.html").read_text(encoding="utf-8")
    head = "From: <saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    part = "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert read((head + part + html + "\r\n--b--\r\n").encode()) == SERVICES


@pytest.mark.parametrize(
    "aside",
    [
        f"<aside><ul>{beside()}</ul></aside>",
        f'<div class="recentViewList"><ul>{beside()}</ul></div>',
        f"<div><strong>최근 본 서비스</strong><ul>{beside()}</ul></div>",
        f"<dl><dt>최근 본 서비스</dt>{beside('dd')}</dl>",
        f"<h3>추천 서비스</h3><ul>{beside()}</ul>",
        f"<p>이런 서비스는 어떠세요?</p><ul>{beside()}</ul>",
        f"<div><h4>주간 인기 서비스 TOP 10</h4><ol>{beside()}</ol></div>",
        f"<section aria-label='관련 서비스'><ul>{beside()}</ul></section>",
        f"<div class='layer'><p>비교함 (2/10)</p><ul>{beside()}</ul></div>",
        f"<table><caption>최근 본 서비스</caption><tr><th>서비스명</th><th>제공자</th></tr>"
        f"<tr><td>{link(*BESIDE[0])}</td><td>표본회사</td></tr></table>",
        f'<ul style="display:none">{beside()}</ul>',
        f"<template><ul>{beside()}</ul></template>",
        f'<script type="text/template"><ul>{beside()}</ul></script>',
        f"<nav><ul>{beside()}</ul></nav>",
        f"<footer>{beside('p')}</footer>",
    ],
)
@pytest.mark.parametrize("count", ["검색결과 5건", "검색결과"])
def test_what_stands_beside_the_results_is_not_taken(aside: str, count: str) -> None:
    main = f"<div class='list'><h2>{count}</h2><ul>{items()}</ul></div>"
    assert read(page(main + aside)) == SERVICES
    assert read(page(aside + main)) == SERVICES


def test_a_service_that_is_called_like_a_heading_is_a_result() -> None:
    services = [SERVICES[0], ("SAS-1-11-11111", "맞춤형 추천 서비스", "표본회사"), SERVICES[1]]
    cards = "".join(
        f"<li><h4>{n}</h4><p>제공자 : {p}</p><a href='{DETAIL}{s}'>상세보기</a></li>" for s, n, p in services
    )
    assert read(page(f"<p>총 3건</p><ul>{cards}</ul>")) == services


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_results_are_told_from_as_few_recently_seen(count: int) -> None:
    main = f"<h2>검색결과 <b>{count}</b>건</h2><div class='a'>"
    main += "".join(f"<div class='it'>{link(s, n)}<i>제공자: {p}</i></div>" for s, n, p in SERVICES[:count])
    seen = "</div><div class='b'><h3>최근 본 서비스</h3>"
    seen += "".join(f"<div class='it'>{link(s, n)}</div>" for s, n, _ in SERVICES[-count:]) + "</div>"
    assert read(page(main + seen)) == SERVICES[:count]


def test_a_service_without_id_in_a_list_of_others_is_not_lost() -> None:
    more = '<li><a href="/x">이체크폼</a><span class="company">(주)솔비텍</span></li>'
    found = read(page(f"<p>총 6건</p><ul>{items()}{more}</ul>"))
    assert found == [*SERVICES, (None, "이체크폼", "(주)솔비텍")]


@pytest.mark.parametrize(
    "body",
    [
        "<h2>검색결과</h2><p>검색된 서비스가 없습니다.</p>",
        "<p>총 0건</p><table><tr><th>서비스명</th><th>제공자</th></tr>"
        "<tr><td colspan=2>조회된 데이터가 없습니다.</td></tr></table>",
        f"<h2>검색결과 0건</h2><p>검색결과가 없습니다.</p><h3>추천 서비스</h3><ul>{items()}</ul>",
    ],
)
def test_a_search_that_found_nothing_is_an_empty_list(body: str) -> None:
    found = parse_result_page(page(body))
    assert (found.services, found.total_stated) == ((), 0)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"<h2>검색결과 12건</h2><ul>{items()}</ul>", "12개라고 적혀 있으나 5개만"),
        (f"<h2>검색결과 3건</h2><ul>{items()}</ul>", "3개보다 많은 5개"),
        (
            f"<p>총 5건</p><ul>{items(SERVICES[:3])}"
            f"<li><a href='{DETAIL}SAS-4-09-11350'><img src='a'></a></li></ul>",
            "4번째 결과의 서비스명",
        ),
        ("<h1>로그인</h1><form><input name='id'><input type='password'></form>", "로그인 화면"),
        ("<p>요청하신 페이지를 찾을 수 없습니다.</p>", "오류 안내 화면"),
        (
            f"<p>표본 기자 = 입력 2020.11.20</p><p>{link(*BESIDE[0])}와 표본이 선정됐다.</p>"
            "<p>무단 전재 금지</p>",
            "검색결과",
        ),
        (f"<p>검색결과가 없습니다.</p><ul>{items()}</ul>", "함께 있어"),
        (f"<h2>장바구니</h2><ul>{items()}</ul>", "검색결과 화면이 아닙니다"),
        ("<h2>검색결과</h2><div id='app'></div><script>var a='SAS-4-09-10374'</script>", "찾을 수 없습니다"),
        (
            f"<p>총 6건</p><ul>{items()}{items([('SAS-4-09-10374', '다른 이름', '다른 회사')])}</ul>",
            "서로 다른 내용으로 두 번",
        ),
        (
            f"<p>총 32건</p><ul>{items()}</ul><p><strong>1</strong><a href='#'>2</a><a href='#'>3</a></p>",
            "32개라고 적혀 있으나",
        ),
        (
            "<p>총 2건</p><ul>"
            + "".join(f"<li><a href='{DETAIL}{s}'><b>{n}</b><b>{p}</b></a></li>" for s, n, p in SERVICES[:2])
            + "</ul>",
            "서비스명을 알 수 없습니다",
        ),
    ],
)
def test_a_page_that_does_not_add_up_is_refused_with_the_reason(body: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        parse_result_page(page(body))
    assert caught.value.message.endswith("주세요.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "빈 파일"),
        (b" \r\n\x00", "빈 파일"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04" + b"\x00" * 40, "ZIP"),
        ("서비스명,제공자\n표본,표본회사\n".encode(), "catalogue import"),
        (bytes(range(256)) * 40, "알 수 없는 형식"),
    ],
)
def test_a_file_that_is_no_page_is_refused_by_its_kind(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_result_page(data)


@pytest.mark.parametrize("cut", [20, 120, 400])
def test_a_file_that_breaks_off_is_refused(cut: int) -> None:
    whole = page(f"<h2>검색결과</h2><ul>{items()}</ul>")
    with pytest.raises(InvalidInput, match=r"잘려|없습니다"):
        parse_result_page(whole[:-cut])


def test_two_lists_without_a_sign_which_is_the_result_are_refused() -> None:
    rows = "".join(f"<tr><td>{link(s, n)}</td></tr>" for s, n, _ in SERVICES[3:])
    body = f"<div class='a'><ul>{items(SERVICES[:3])}</ul></div><div class='b'><table>{rows}</table></div>"
    with pytest.raises(InvalidInput, match="여러 개라"):
        parse_result_page(page(body))


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>" + b"<div>" * 100_000 + b"</body></html>",
        b"<html><body>" + b"<p>x</p>" * 300_000 + b"</body></html>",
        b"<html><body><p>" + b"SAS-4-09-1037 " * 400_000 + b"</p></body></html>",
        b"<html><head><style>"
        + b"a" * 1_000_000
        + b"@media{" * 10_000
        + b"</style></head><body></body></html>",
        b"<html><body><table><tr><th>name</th><th>provider</th></tr>"
        + b"<tr>"
        + b"<td colspan=99999 rowspan=99999>a</td>" * 2_000
        + b"</tr></table></body></html>",
        b"<html><body>" + b"<!--" * 50_000 + b"</body></html>",
    ],
)
def test_hostile_pages_are_refused_and_do_not_hang(data: bytes) -> None:
    with pytest.raises(ProcurementError):
        parse_result_page(data)


def test_nulls_between_the_letters_do_no_harm() -> None:
    data = page(f"<h2>검색결과 5건</h2><ul>{items()}</ul>").replace(b"<li>", b"<li>\x00\x00")
    assert read(data) == SERVICES


def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        parse_result_page(b"<" * (30 * 1024 * 1024 + 1))


def test_the_list_does_not_depend_on_where_the_page_is_cut_into_lines() -> None:
    text = (PAGES / "cards_badges.html").read_text(encoding="utf-8")
    assert read(text.replace("><", ">\n\t <").encode()) == SERVICES
