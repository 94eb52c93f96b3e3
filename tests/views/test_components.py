"""The macros, filters and error pages, rendered in a bare application."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from procurement.domain.rules.base import Finding, Kind, Outcome, Severity
from procurement.domain.steps import StepState
from procurement.views import filters

ROOT = Path(__file__).resolve().parents[2]
UI = '{% import "components/ui.html" as ui %}'
ERROR_PAGES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500)
VIEWER = SimpleNamespace(
    name="표본 사업담당자", institution_name="표본 기술진흥원", role_labels=["사업담당자", "계약담당자"]
)


def pairs(**labels: str) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


class MoneyField(IntegerField):
    """Stands for the project's own amount field: the macro goes by the name."""


class BoxesField(SelectMultipleField):
    """A group of boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LineForm(Form):
    """A row."""

    amount = MoneyField("금액", [InputRequired("금액을 적으세요.")])
    note = StringField("비고")


class SampleForm(Form):
    """One field of each kind."""

    title = StringField("사업명", [InputRequired("사업명을 적으세요.")])
    amount = MoneyField("예산")
    day = DateField("시작일")
    kind = SelectField("구분", choices=pairs(i="IaaS", s="SaaS"), default="i")
    basis = RadioField("요금제", choices=pairs(f="정액제", m="종량제"), default="f")
    filters = BoxesField("필터", choices=pairs(a="가", b="나"))
    joint = BooleanField("공동계약")
    purpose = TextAreaField("목적")
    proof = FileField("근거 문서")
    lines = FieldList(FormField(LineForm, label="항목"), label="예산 항목", min_entries=2)


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.secret_key = "only for this test"
    filters.register(app)
    app.add_url_rule("/cases", "cases.index", lambda: "")
    with app.test_request_context("/"):
        yield app


def render(source: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(render_template_string(UI + source, **context), "html.parser")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def finding(
    rule_id: str, severity: Severity, outcome: Outcome, reason: str = "", subject: str = ""
) -> Finding:
    return Finding(
        rule_id,
        "제목",
        "지침 Ⅲ.1.①",
        severity,
        Kind.GATE,
        outcome,
        f"{rule_id} 문장",
        subject,
        reason=reason,
    )


FINDINGS = [
    finding("B-9", Severity.REMIND, Outcome.UNMET),
    finding("B-6", Severity.JUSTIFY, Outcome.UNMET, subject="lot-1"),
    finding("B-5", Severity.BLOCK, Outcome.UNMET),
    finding("B-7", Severity.JUSTIFY, Outcome.JUSTIFIED, reason="자체 <지침>"),
    finding("B-1", Severity.BLOCK, Outcome.MET),
    finding("B-2", Severity.BLOCK, Outcome.NOT_APPLICABLE),
    finding("B-4", Severity.BLOCK, Outcome.NOT_YET),
]


def test_a_field_is_tied_to_its_label_hint_example_and_error(app: Flask) -> None:
    form = SampleForm(MultiDict({"title": ""}))
    form.validate()
    soup = render(
        "{{ ui.field(f.title, hint='한 줄로 적으세요.', example='표본 사업',"
        " article=('지침 ①', 'guide-a')) }}",
        f=form,
    )
    box = one(soup, "input")
    described = " ".join(one(soup, f"#{key}").get_text() for key in str(box["aria-describedby"]).split())
    assert one(soup, "label")["for"] == box["id"]
    assert box["aria-invalid"] == "true"
    assert "한 줄로 적으세요." in described
    assert "표본 사업" in described
    assert "사업명을 적으세요." in described
    assert one(soup, "a[data-opens-guide]")["href"] == "#guide-a"
    assert not box.has_attr("required")


@pytest.mark.parametrize(
    ("name", "selector"),
    [
        ("title", "input[type=text]"),
        ("amount", "input[type=text][data-money][inputmode=numeric]"),
        ("day", "input[type=text][data-date]"),
        ("kind", "select"),
        ("basis", "fieldset legend"),
        ("filters", "fieldset ul.choices"),
        ("joint", "label input[type=checkbox]"),
        ("purpose", "textarea"),
        ("proof", "input[type=file]"),
    ],
)
def test_each_kind_of_field_gets_the_input_that_suits_it(app: Flask, name: str, selector: str) -> None:
    one(render("{{ ui.field(f[name]) }}", f=SampleForm(), name=name), selector)


@pytest.mark.parametrize(
    "name", ["title", "amount", "day", "kind", "basis", "filters", "joint", "purpose", "proof"]
)
def test_every_input_has_a_label_and_every_described_id_exists(app: Flask, name: str) -> None:
    soup = render("{{ ui.field(f[name], hint='힌트', example='보기') }}", f=SampleForm(), name=name)
    for box in soup.select("input, select, textarea"):
        assert soup.select(f'label[for="{box["id"]}"]')
    for part in soup.select("[aria-describedby]"):
        assert all(soup.find(id=key) for key in str(part["aria-describedby"]).split())


def test_money_and_days_are_shown_the_korean_way(app: Flask) -> None:
    form = SampleForm(data={"amount": 12_650_000, "day": date(2026, 11, 21)})
    soup = render("{{ ui.field(f.amount) }}{{ ui.field(f.day) }}", f=form)
    assert one(soup, "[data-money]")["value"] == "12,650,000"
    assert "금12,650,000원(금일천이백육십오만원)" in one(soup, ".field-money output").get_text()
    assert one(soup, "[data-date]")["value"] == "2026. 11. 21."


@pytest.mark.parametrize("typed", ["12억", "1,2", "<b>", "99999999999999999999999"])
def test_what_was_typed_wrongly_stays_as_it_was_typed(app: Flask, typed: str) -> None:
    form = SampleForm(MultiDict({"amount": typed, "day": typed}))
    soup = render("{{ ui.field(f.amount) }}{{ ui.field(f.day) }}", f=form)
    assert one(soup, "[data-money]")["value"] == typed
    assert one(soup, "[data-date]")["value"] == typed


def test_rows_can_be_added_and_removed_without_scripts(app: Flask) -> None:
    soup = render("{{ ui.rows(f.lines, item='항목') }}", f=SampleForm())
    assert one(soup, "button[name=add_row]")["value"] == "lines"
    assert [button["value"] for button in soup.select("button[name=remove_row]")] == ["lines-0", "lines-1"]
    assert [box["name"] for box in soup.select("input")] == [
        "lines-0-amount",
        "lines-0-note",
        "lines-1-amount",
        "lines-1-note",
    ]


def test_a_field_of_a_row_says_for_which_answers_of_its_own_row_it_is_asked(app: Flask) -> None:
    soup = render("{{ ui.rows(f.lines, shown_for={'note': ('amount', ['7', '9'])}) }}", f=SampleForm())
    assert [part["data-shown-for"] for part in soup.select("[data-shown-for]")] == [
        "lines-0-amount=7,9",
        "lines-1-amount=7,9",
    ]
    assert one(soup, '[data-shown-for^="lines-1"] input')["name"] == "lines-1-note"


def test_the_error_summary_links_to_each_field_also_within_rows(app: Flask) -> None:
    form = SampleForm(MultiDict({"title": "", "lines-0-amount": "5", "lines-1-amount": ""}))
    form.validate()
    soup = render("{{ ui.error_summary(f, errors=['합계가 예산보다 많습니다.']) }}", f=form)
    links = {str(link["href"]): link.get_text() for link in soup.select("a")}
    assert links["#lines-1-amount"] == "예산 항목 2 · 금액: 금액을 적으세요."
    assert links["#title"] == "사업명: 사업명을 적으세요."
    assert "#lines-0-amount" not in links
    assert "합계가 예산보다 많습니다." in soup.get_text()


def test_a_form_without_errors_has_no_summary(app: Flask) -> None:
    assert not render("{{ ui.error_summary(f) }}", f=SampleForm()).get_text(strip=True)


def test_errors_of_a_whole_form_and_of_a_list_of_rows_are_listed_once(app: Flask) -> None:
    form = SampleForm()
    form.form_errors = ["두 날짜의 순서를 확인하세요."]
    form.lines.errors = ["항목이 너무 많습니다.", {"amount": ["금액을 적으세요."]}]
    assert filters.flat_errors(form) == [
        {"id": "", "label": "", "message": "두 날짜의 순서를 확인하세요."},
        {"id": "lines", "label": "예산 항목", "message": "항목이 너무 많습니다."},
    ]


def test_enter_in_a_form_never_presses_remove(app: Flask) -> None:
    source = (
        "{% call ui.form('/x', name='save') %}{{ ui.rows(f.lines) }}{{ ui.action_bar('다음') }}{% endcall %}"
    )
    first = render(source, f=SampleForm()).select("button[type=submit]")[0]
    assert first["name"] == "save"


def test_a_form_carries_the_addresses_that_the_scripts_need(app: Flask) -> None:
    form = one(
        render("{% call ui.form('/x', draft_url='/d', draft_version=3, check_url='/c') %}{% endcall %}"),
        "form",
    )
    assert (form["data-draft-url"], form["data-check-url"]) == ("/d", "/c")
    assert one(form, "[name=draft_version]")["value"] == "3"


@pytest.mark.parametrize("state", [*StepState, "reason", "blocked", "사유 필요", "막힘"])
def test_a_state_is_a_word_and_a_sign_besides_its_colour(app: Flask, state: str) -> None:
    badge = one(render("{{ ui.badge(state) }}", state=state), ".badge")
    sign = one(badge, "[aria-hidden]").get_text()
    assert sign in "✓●○!■"
    assert len(badge.get_text().replace(sign, "").strip()) >= 2


# What stands in a list is counted with 개: 건 is for cases and for what happened.
_MISCOUNTED = re.compile(r"(서비스|견적|파일|결과)(이|가|는)? ?\{[^{}]*(\{[^{}]*\})?[^{}]*\}+건")


@pytest.mark.parametrize("files", ["templates/**/*.html", "procurement/**/*.py"])
def test_services_quotes_and_files_are_counted_with_one_word(files: str) -> None:
    texts = ROOT.glob(files)
    found = [f"{path.name}: {hit[0]}" for path in texts for hit in _MISCOUNTED.finditer(path.read_text())]
    assert not found, found


def test_an_unknown_state_is_a_slip_that_shows_at_once(app: Flask) -> None:
    with pytest.raises(KeyError):
        filters.state_look("halfway")


def test_the_step_indicator_names_all_nine_and_marks_this_one(app: Flask) -> None:
    steps = [
        {
            "number": n,
            "title": f"단계 {n}",
            "state": "done" if n < 5 else "waiting",
            "url": "/s" if n < 6 else "",
        }
        for n in range(1, 10)
    ]
    soup = render("{{ ui.step_indicator(steps, 5) }}", steps=steps)
    assert len(soup.select("li")) == 9
    assert "단계 5" in one(soup, "[aria-current=step]").get_text()
    assert len(soup.select("a")) == 5
    assert (
        one(render("{{ ui.step_dots(steps) }}", steps=steps), ".visually-hidden").get_text().count("완료")
        == 4
    )


def test_findings_stand_in_the_order_of_work_with_their_counts(app: Flask) -> None:
    soup = render(
        "{{ ui.findings(items, reason_form='step-form', quotes={'B-5': '지침의 글'}) }}", items=FINDINGS
    )
    shown = [part.get_text().removeprefix("규칙 ") for part in soup.select(".finding-id")]
    assert shown == ["B-5", "B-6", "B-9", "B-7", "B-1", "B-2", "B-4"]
    assert (
        "규칙 7개: 충족 2 · 사유 1 · 미충족 3 · 아직 아님 1"
        in one(soup, "[data-findings-summary]").get_text()
    )
    assert one(soup, "details.citation blockquote").get_text() == "지침의 글"


def test_what_is_still_to_do_is_no_error_until_somebody_completes_the_step(app: Flask) -> None:
    """The criteria come before the table, whatever the numbers of their rules."""
    waits = [
        replace(finding(rule_id, severity, Outcome.UNMET, subject=subject), missing=True, field=field)
        for rule_id, severity, subject, field in (
            ("E-1", Severity.BLOCK, "", "tables"),
            ("E-3", Severity.BLOCK, "", "criteria"),
            ("E-4", Severity.BLOCK, "a", "outcomes"),
            ("E-4", Severity.BLOCK, "b", "outcomes"),
            ("E-7", Severity.JUSTIFY, "c", "materials"),
        )
    ]
    calm = render("{{ ui.findings(items, reason_form='step-form') }}", items=waits)
    assert [part.get_text() for part in calm.select(".finding-id")] == [
        f"규칙 {rule_id}" for rule_id in ("E-3", "E-7", "E-4", "E-1")
    ]
    assert not calm.select("[data-tone=danger], [data-tone=warning]")
    assert "미충족 0 · 할 일 5" in one(calm, "[data-findings-summary]").get_text()
    assert one(calm, "textarea")["name"] == "reason:E-7:c"
    tried = render("{{ ui.findings(items, attempted=true) }}", items=waits)
    assert (len(tried.select("[data-tone=danger]")), len(tried.select("[data-tone=warning]"))) == (4, 1)


def test_passages_of_one_place_of_the_guideline_stand_under_one_title(app: Flask) -> None:
    items = [
        {"id": f"guide-{n}", "title": title, "quote": f"글 {n}", "note": None, "article": None}
        for n, title in enumerate(("Ⅲ.1.①", "Ⅲ.1.①", "Ⅲ.2"), start=1)
    ]
    soup = render("{{ ui.guide(items) }}", items=items)
    assert [title.get_text() for title in soup.select("summary")] == ["Ⅲ.1.①", "Ⅲ.2"]
    assert [words["id"] for words in soup.select("details")[0].select(".guide-words")] == [
        "guide-1",
        "guide-2",
    ]


def test_a_reason_can_be_written_only_where_it_lets_the_step_go_on(app: Flask) -> None:
    soup = render("{{ ui.findings(items, reason_form='step-form') }}", items=FINDINGS)
    assert [(box["name"], box["form"]) for box in soup.select("textarea")] == [
        ("reason:B-6:lot-1", "step-form"),
        ("reason:B-7:", "step-form"),
    ]
    own = render("{{ ui.findings(items, reason_url='/reasons') }}", items=FINDINGS)
    assert [one(form, "[name=subject]")["value"] for form in own.select("form")] == ["lot-1", ""]
    read_only = render("{{ ui.findings(items, reason_url='/reasons', editable=false) }}", items=FINDINGS)
    assert not read_only.select("textarea")
    assert "자체 <지침>" in read_only.get_text()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_of_a_rule_has_its_look(outcome: Outcome) -> None:
    assert filters.outcome_look(outcome).word == outcome.label


def test_a_row_that_a_phone_shows_as_a_card_names_its_columns(app: Flask) -> None:
    """A cell over several columns names none, and the one after it its own."""
    source = (
        "{% call ui.table('건', ['번호', '사업명', {'text': '금액', 'number': true},"
        " {'text': '할 일', 'hidden': true}]) %}"
        "<tr><td>1</td><th scope='row'>가</th><td class='number'>7</td><td>보기</td></tr>"
        "<tr><td colspan='2'>합계</td><td>9</td></tr>{% endcall %}"
    )
    soup = render(source)
    assert [cell.get("data-label") for cell in soup.select("td")] == ["번호", "금액", None, None, "금액"]
    roles = {part["role"] for part in soup.select("tbody, tbody *")}
    assert roles == {"rowgroup", "row", "cell", "rowheader"}
    assert not render(source.replace("]) %}", "], cards=false) %}")).select("[data-label]")


def test_a_table_scrolls_within_a_named_region_that_the_keyboard_reaches(app: Flask) -> None:
    soup = render(
        "{% call ui.table('견적', ['서비스', {'text': '금액', 'url': '?s', 'sorted': 'descending'}]) %}"
        "<tr><td>가</td><td>1</td></tr>{% endcall %}"
    )
    region = one(soup, "[role=region]")
    assert (region["tabindex"], region["aria-label"]) == ("0", "견적")
    assert [head["scope"] for head in soup.select("th")] == ["col", "col"]
    assert one(soup, "th[aria-sort=descending] a")["href"] == "?s"
    assert one(soup, "caption").get_text() == "견적"


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, []),
        (1, 2, ["1", "2", "다음"]),
        (4, 12, ["이전", "1", "2", "3", "4", "5", "6", "…", "12", "다음"]),
        (12, 12, ["이전", "1", "…", "10", "11", "12"]),
    ],
)
def test_pages_of_a_long_list(app: Flask, page: int, pages: int, numbers: list[str]) -> None:
    soup = render(
        "{{ ui.pagination(page, pages, 1234, 'cases.index', {'q': '가&나'}) }}", page=page, pages=pages
    )
    for hidden in soup.select(".visually-hidden"):
        hidden.decompose()
    assert [item.get_text(strip=True) for item in soup.select("li")] == numbers
    assert "모두 1,234건" in soup.get_text()
    assert all("q=%EA%B0%80%26%EB%82%98" in str(link["href"]) for link in soup.select("a"))


def test_a_confirmation_says_what_happens_and_can_be_left(app: Flask) -> None:
    soup = render(
        "{{ ui.confirm('굳힙니다', ['더 바뀌지 않습니다.'], '/do', '굳히기', '/back',"
        " hidden={'version': 2}) }}"
    )
    assert one(soup, ".consequences li").get_text() == "더 바뀌지 않습니다."
    assert one(soup, "form")["action"] == "/do"
    assert one(soup, "[name=version]")["value"] == "2"
    assert one(soup, "a.button")["href"] == "/back"


def test_a_conflict_shows_both_texts_side_by_side_and_lets_either_stay(app: Flask) -> None:
    fields = [
        {"label": "사업명", "mine": "같은 글", "theirs": "같은 글"},
        {"label": "목적", "mine": "내 <글>", "theirs": ""},
    ]
    soup = render(
        "{{ ui.conflict(fields, '/keep', '나 · 14:05', '표본 · 14:03', [('purpose', '내 <글>')]) }}",
        fields=fields,
    )
    assert [part.p.get_text() for part in soup.select(".text-side") if part.p] == ["내 <글>", "(비어 있음)"]
    assert "같은 글" in one(soup, "details").get_text()
    assert [button["value"] for button in soup.select("[name=keep]")] == ["mine", "theirs"]
    assert one(soup, "[name=purpose]")["value"] == "내 <글>"


def test_a_time_line_tells_when_it_happened_from_when_it_was_recorded(app: Flask) -> None:
    event = SimpleNamespace(
        title="정의서를 굳혔습니다",
        actor="표본 사업담당자",
        recorded_at=datetime(2026, 11, 21, 5, 5, tzinfo=UTC),
        occurred_at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
        digest="ab" * 32,
    )
    text = render("{{ ui.timeline([event]) }}", event=event).get_text(" ", strip=True)
    assert "2026. 11. 21. 14:05 기록" in " ".join(text.split())
    assert "일어난 때 2026. 11. 21. 00:00" in text
    assert "abababababab…" in text


def test_text_from_people_is_escaped_everywhere(app: Flask) -> None:
    bad = "<script>alert(1)</script>"
    soup = render(
        "{{ ui.notice(t, 'warning') }}{{ ui.key_values([(t, t)]) }}{{ ui.empty(t, t) }}{{ ui.card(t, t) }}"
        "{{ ui.check_line(t, who=t) }}{{ ui.breadcrumbs([(t, '/'), (t, none)]) }}{{ t|nl2br }}"
        "{{ ui.todo([{'state': 'open', 'case_title': t, 'what': t, 'url': '/'}]) }}",
        t=bad,
    )
    assert not soup.select("script")


def test_the_layout_stands_with_nobody_signed_in(app: Flask) -> None:
    soup = BeautifulSoup(render_template("layout.html"), "html.parser")
    assert one(soup, "html")["lang"] == "ko"
    assert one(soup, ".skip-link")["href"] == "#" + str(one(soup, "main")["id"])
    assert not soup.select(".who, .site-search")
    assert "디지털서비스 이용계약 길잡이" in one(soup, "title").get_text()


def test_the_layout_says_who_i_am_and_in_which_role(app: Flask) -> None:
    soup = BeautifulSoup(render_template("layout.html", viewer=VIEWER), "html.parser")
    menu = one(soup, ".who").get_text()
    assert all(word in menu for word in (VIEWER.name, VIEWER.institution_name, *VIEWER.role_labels))
    search = one(soup, "form[role=search]")
    assert (search["method"], search["action"], one(search, "input")["name"]) == ("get", "/cases", "q")
    # Only what this installation has is linked: there is no help and no profile here.
    assert not soup.select('a[href=""]')


def test_the_tabs_and_the_side_of_a_step_page_follow_its_form(app: Flask) -> None:
    source = (
        '{% extends "components/step_page.html" %}{% block title %}제목{% endblock %}'
        "{% block form %}양식{% endblock %}{% block guide %}길잡이 글{% endblock %}"
    )
    soup = BeautifulSoup(render_template_string(source), "html.parser")
    parts = one(soup, ".step-page").find_all(recursive=False)
    assert [part.get_text(strip=True) for part in parts] == ["양식", "길잡이 글"]


@pytest.mark.parametrize("code", ERROR_PAGES)
def test_an_error_page_says_what_is_wrong_and_what_to_do(app: Flask, code: int) -> None:
    soup = BeautifulSoup(render_template(f"errors/{code}.html"), "html.parser")
    assert len(one(soup, "h1").get_text(strip=True)) > 5
    assert "세요" in one(soup, "main").get_text()
    assert one(soup, "body").has_attr("data-error-page")


def test_an_error_page_gives_the_sentence_of_the_error_and_its_rule(app: Flask) -> None:
    text = render_template("errors/409.html", message="최종 검색을 먼저 정하세요. <b>", rule_id="S-7")
    assert "최종 검색을 먼저 정하세요. &lt;b&gt;" in text
    assert "규칙 S-7" in text


def test_pages_hold_no_inline_script_or_style() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        if "bundle" in path.parts:
            continue  # made for the PDF engine, never served
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path


def test_nothing_is_fetched_from_another_host() -> None:
    served = [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert len(served) > 10
    for path in served:
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", path.read_text(encoding="utf-8")), path


def test_every_import_of_a_script_names_a_file_that_is_there() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} → {name}"


@pytest.mark.parametrize(
    ("amount", "short", "long"),
    [
        (None, "–", "–"),
        (0, "0원", "금0원(금영원)"),
        (12_650_000, "12,650,000원", "금12,650,000원(금일천이백육십오만원)"),
    ],
)
def test_won(amount: int | None, short: str, long: str) -> None:
    assert (filters.won(amount), filters.won_words(amount)) == (short, long)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 20, 14, 59, tzinfo=UTC), "2026. 11. 20. 23:59"),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), "2026. 11. 21. 00:00"),
        (datetime(2026, 11, 21, 0, 0, tzinfo=timezone(timedelta(hours=9))), "2026. 11. 21. 00:00"),
        (datetime(2026, 1, 2, 3, 4), "2026. 1. 2. 12:04"),  # noqa: DTZ001
        (None, "–"),
    ],
)
def test_moments_are_shown_in_seoul(moment: datetime | None, shown: str) -> None:
    assert filters.korean_datetime(moment) == shown


def test_days_and_their_weekdays() -> None:
    assert filters.korean_date(date(2026, 1, 2)) == "2026. 1. 2."
    assert filters.korean_date(None) == "–"
    assert filters.weekday(date(2026, 11, 21)) == "토"
    assert filters.weekday(datetime(2026, 11, 21, 15, 0, tzinfo=UTC)) == "일"


@pytest.mark.parametrize(("days", "shown"), [(2, "D-2"), (0, "D-day"), (-3, "3일 지남")])
def test_days_left(days: int, shown: str) -> None:
    assert filters.d_day(days) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\nb", "a<br>\nb"), ("<i>\r\n&", "&lt;i&gt;<br>\n&amp;"), ("", ""), (None, "")],
)
def test_line_breaks_stay_and_everything_else_is_escaped(text: str | None, shown: str) -> None:
    assert str(filters.nl2br(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1234", "1,234"),
        ("", ""),
        (None, ""),
        ("１２３４", "１２３４"),
        ("1,234", "1,234"),
        ("9" * 21, "9" * 21),
    ],
)
def test_separators_are_put_only_into_plain_digits(text: str | None, shown: str) -> None:
    assert filters.group_digits(text) == shown


@pytest.mark.parametrize(("number", "shown"), [(1, "①"), (9, "⑨"), (20, "⑳"), (21, "21"), (0, "0")])
def test_circled_numbers(number: int, shown: str) -> None:
    assert filters.circled(number) == shown


def test_a_short_digest_keeps_twelve_characters() -> None:
    assert filters.short_digest("a" * 64) == "a" * 12 + "…"
    assert filters.short_digest("a" * 12) == "a" * 12


def test_a_page_that_is_not_there_is_left_out(app: Flask) -> None:
    assert filters.safe_url("no.such_page") == ""
    assert filters.safe_url("cases.index", q="가") == "/cases?q=%EA%B0%80"
