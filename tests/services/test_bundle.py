"""The evidence bundle: what it holds, from what, and that the same record gives the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from procurement.domain.access import Role
from procurement.domain.facts.formula import Formula, Mark, Measure, Measured, Method
from procurement.domain.rules.base import Finding, Outcome
from procurement.domain.rules.registry import RULES, findings_of
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case
from procurement.services import bundle, bundle_jobs, bundle_render, bundle_tables, evidence, jobs, unit
from procurement.services.bundle_input import (
    BundleInput,
    Decisions,
    EvidenceLine,
    FinalMark,
    FrozenDefinition,
    FrozenSearch,
    FrozenStep,
    LedgerLine,
    StepAct,
)
from procurement.services.bundle_render import ledger_line
from tests.adapters.pdf_helpers import faces
from tests.domain.rules import builders
from tests.support import factories, walk

OFFICER = "표본 사업담당자"


def test_the_scores_say_what_was_counted_and_how_firm_the_result_is() -> None:
    data = an_input()
    selection = data.decisions.selection
    assert selection is not None
    (criteria,) = selection.criteria
    first, *rest = criteria.criteria
    formula = Formula(Measure.ENTERED, Method.STEPS, "%", (Mark(100, value_thousandths=99_900),))
    counted = replace(criteria, criteria=(replace(first, formula=formula), *rest))
    scored = selection.sheets[0].scores[0].result_id
    value = Measured(1, criteria.set_id, first.key, scored, "", 99_950, data.evidence[0].evidence_id)
    chosen = replace(selection, criteria=(counted,), measured=(value,))
    text = scores_of(replace(data, decisions=replace(data.decisions, selection=chosen)))
    assert "99.9% 이상 100%" in text
    assert "99.95" in text
    assert data.evidence[0].name in text
    assert "결과가 얼마나 견고한가" in text
    assert "배점 조합 10,000개 가운데" in text
    assert "평가위원 사이의 차이" in text
    assert text == scores_of(replace(data, decisions=replace(data.decisions, selection=chosen)))


def scores_of(data: BundleInput) -> str:
    """The section of the evaluation sheets, as it goes to the printer."""
    return next(section.html for section in bundle_render.sections(data) if section.key == "scores")


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def an_event(number: int) -> LedgerLine:
    moment = datetime(2023, 2, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return LedgerLine(number, moment, moment, OFFICER, f"표본 사건 {number}", digest(str(number)))


def frozen(step: Step, findings: tuple[Finding, ...]) -> FrozenStep:
    moment = builders.DONE_ON[step]
    acts = (StepAct("완료", moment, OFFICER),)
    return FrozenStep(
        step, StepState.DONE, acts, findings, digest(step.value), 1, "2024-08/1", moment, OFFICER
    )


def an_input(**changes: object) -> BundleInput:
    """A case on which every rule holds, as it would be frozen."""
    facts = builders.a_case()
    decisions = Decisions(
        budget=facts.budget,
        definition=FrozenDefinition(1, facts.definition.frozen),
        search=FrozenSearch((FinalMark(1, 1, 2, "run-2"),), facts.search.runs),
        sourcing=facts.sourcing,
        selection=facts.selection,
        contract=facts.contract,
        registration=facts.registration,
        monitoring=facts.monitoring,
        ending=facts.ending,
    )
    files = tuple(
        EvidenceLine(e.evidence_id, e.name, e.purpose, e.step, e.digest, e.size_bytes, e.recorded_at, OFFICER)
        for e in facts.evidence
    )
    data = BundleInput(
        institution=facts.institution,
        head=facts.head,
        is_sample=True,
        steps={step: frozen(step, findings_of(step, facts)) for step in Step},
        decisions=decisions,
        versions=facts.definition.versions,
        amendments=(),
        evidence=files,
        ledger=tuple(an_event(number) for number in range(1, 90)),
        names={"account-project": OFFICER, "account-approver": "표본 결재권자"},
        holidays=facts.holidays,
        case_findings=findings_of(None, facts),
    )
    return replace(data, **changes)  # type: ignore[arg-type]


def text_of(data: bytes) -> str:
    """All the text of a PDF, without line ends, so that a wrapped sentence is found."""
    with pypdfium2.PdfDocument(data) as document:
        pages = []
        for page in document:
            reader = page.get_textpage()
            pages.append(reader.get_text_bounded())
            reader.close()
            page.close()
    return "".join("".join(pages).split())


def holds(printed: str, wanted: str) -> bool:
    return "".join(wanted.split()) in printed


@pytest.fixture(scope="module")
def whole() -> str:
    """Text of the bundle of a case with everything in it."""
    return text_of(bundle.render(an_input(), faces()).data)


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = bundle.render(an_input(), faces()), bundle.render(an_input(), faces())
    assert first.data == second.data


@pytest.mark.parametrize(
    "wanted",
    [
        "금12,650,000원(금일천이백육십오만원)",
        "표본전자기술원",
        "2023. 3. 13. ~ 2023. 12. 31.",
        "감사 원장의 상태",
        "이 사본을 따로 보관하면",
        "결과가 많아 6-1에 따라 보안인증 필터를 더함",
        "표본 클라우드 7호",
        "전체 소요비용",
        "표본 평가위원 2",
        "정의서의 요건과 견주었습니다.",
        "기한까지 견적이 오지 않음",
        "현장지원이 30분 안에 됩니까?",
        "나라장터 부정당업자 조회 화면",
        "음성 채팅이 끊김",
        "end notice.pdf",
        "표본 사건 89",
    ],
)
def test_the_bundle_prints(whole: str, wanted: str) -> None:
    assert holds(whole, wanted)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_every_rule_stands_in_the_rule_table(whole: str, rule: object) -> None:
    assert holds(whole, f"{rule.id}{rule.title}")  # type: ignore[attr-defined]


def test_every_digest_of_a_file_is_printed_whole(whole: str) -> None:
    assert [line.name for line in an_input().evidence if line.digest not in whole] == []


def with_open(*steps: Step) -> BundleInput:
    """The input with these steps not completed."""
    data = an_input()
    return replace(
        data,
        steps={**data.steps, **{step: FrozenStep(step, StepState.OPEN) for step in steps}},
        decisions=replace(data.decisions, **{step.value: None for step in steps}),
    )


@pytest.mark.parametrize(
    "steps", [tuple(Step), tuple(Step)[4:], tuple(Step)[1::2]], ids=["all", "late", "odd"]
)
def test_a_step_that_is_not_completed_says_so_and_decides_nothing(steps: tuple[Step, ...]) -> None:
    printed = text_of(bundle.render(with_open(*steps), faces()).data)
    sentence = "진행하고 있으나 완료하지 않아 확정된 기록이 없습니다."
    assert printed.count("".join(sentence.split())) == len(steps)
    assert holds(printed, "단계를 완료하지 않아 아직 판단하지 않았습니다.")


def test_a_rule_counts_by_its_worst_finding() -> None:
    data = an_input()
    rows = dict(bundle_tables.outcome_counts(data))
    assert sum(rows.values()) == len(RULES)
    found = data.steps[Step.BUDGET].findings
    worse = (replace(found[0], outcome=Outcome.UNMET), replace(found[0], outcome=Outcome.JUSTIFIED))
    step = replace(data.steps[Step.BUDGET], findings=(*worse, *found[1:]))
    changed = dict(bundle_tables.outcome_counts(replace(data, steps={**data.steps, Step.BUDGET: step})))
    assert changed[Outcome.UNMET] == rows[Outcome.UNMET] + 1
    assert changed[Outcome.MET] == rows[Outcome.MET] - 1


def test_a_name_with_markup_is_printed_as_written() -> None:
    data = an_input()
    head = replace(data.head, title="<b>표본</b> & <script>")
    assert holds(text_of(bundle.render(replace(data, head=head), faces()).data), "<b>표본</b> & <script>")


def a_started_case() -> Case:
    project = factories.an_account(Role.PROJECT_OFFICER, name="표본 사업담당자")
    case = factories.a_case(project)
    with factories.work():
        walk.complete_budget(factories.actor_for(project), case)
    return case


def test_what_is_printed_comes_from_the_snapshot_and_not_from_later_rows(
    db_session: scoped_session[Session],
) -> None:
    case = a_started_case()
    officer = factories.actor_for(factories.an_account(Role.PROJECT_OFFICER))
    before = bundle.collect(case).decisions.budget
    with factories.work():
        walk.save_document(officer, case, Step.BUDGET, walk.a_budget_sheet(guidelines="나중에 적은 지침"))
    assert bundle.collect(case).decisions.budget == before


def test_reading_for_the_bundle_writes_nothing(db_session: scoped_session[Session]) -> None:
    case = a_started_case()
    before = factories.event_count()
    bundle.collect(case)
    assert factories.event_count() == before


def test_the_cover_names_the_state_of_the_ledger(db_session: scoped_session[Session]) -> None:
    case = a_started_case()
    data = bundle.collect(case)
    size, head = db.session.execute(text("select size, head from chain where case_id is not null")).one()
    assert ledger_line(data) == f"{case.number} {size} {head}"


def test_the_number_of_queries_does_not_grow_with_the_case(
    db_session: scoped_session[Session], count_queries: Callable[[], int]
) -> None:
    case = a_started_case()
    before = count_queries()
    bundle.collect(case)
    small = count_queries() - before
    officer = factories.actor_for(factories.an_account(Role.PROJECT_OFFICER))
    with factories.work():
        walk.complete_definition(officer, case)
        walk.complete_search(officer, case)
    before = count_queries()
    bundle.collect(case)
    # A search brings one statement for its names; not one a row.
    assert count_queries() - before <= small + 4


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], int]:
    from sqlalchemy import event

    seen: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    return lambda: len(seen)


def test_the_worker_prints_the_bundle_and_keeps_it_as_evidence(
    app: Flask, db_session: scoped_session[Session]
) -> None:
    case = a_started_case()
    number, institution_id = case.number, str(case.institution_id)
    officer = factories.actor_for(factories.an_account(Role.PROJECT_OFFICER))
    with factories.work():
        job_id = bundle_jobs.request(officer, case)
        assert bundle_jobs.request(officer, case) == job_id
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    case = db.session.get_one(Case, case.id)
    done = jobs.view(case, job_id)
    assert (done.state, done.progress_percent) == (jobs.JobState.DONE, 100)
    (file,) = bundle_jobs.made(case)
    assert file.evidence_id == done.evidence_id
    assert file.name.startswith(f"증빙자료 묶음 {number}")
    assert file.media_type == evidence.MEDIA_TYPES[evidence.FileKind.PDF]
    assert "evidence.attached" in factories.event_kinds(case)


def test_the_command_writes_the_pdf(app: Flask, db_session: scoped_session[Session], tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = a_started_case()
    target = tmp_path / "묶음.pdf"
    result = app.test_cli_runner().invoke(args=["bundle", case.number, "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1999-0001", "-o", "x.pdf"], "1999-0001 이용계약 건이 없습니다."),
        (["1999-0001", "-o", "x.pdf", "--institution", "없는 기관"], "기관이 없습니다."),
    ],
)
def test_the_command_says_in_korean_what_is_wrong(
    app: Flask, db_session: scoped_session[Session], arguments: list[str], said: str
) -> None:
    a_started_case()
    result = app.test_cli_runner().invoke(args=["bundle", *arguments])
    assert result.exit_code == 2
    assert said in result.output


def test_the_command_says_where_it_cannot_write(app: Flask, db_session: scoped_session[Session]) -> None:
    case = a_started_case()
    result = app.test_cli_runner().invoke(args=["bundle", case.number, "-o", "/none/such/folder/x.pdf"])
    assert result.exit_code == 2
    assert "쓸 수 없습니다" in result.output
