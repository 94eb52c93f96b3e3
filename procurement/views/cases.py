"""My work, the list of cases, a new case, the page of a case, its people and its record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.calendar import Entry, calendar_file
from procurement.domain.access import Role
from procurement.domain.closing import kept_from
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.hangul import settled
from procurement.domain.periods import parse_date
from procurement.domain.rules.reading import korean_day
from procurement.domain.rules.registry import BY_ID
from procurement.domain.steps import SPEC, STEPS, Step, StepState
from procurement.forms.base import pairs
from procurement.forms.cases import MEMBER_LABELS, MemberForm, NewCaseForm
from procurement.services import audit, case_facts, case_list, cases, evidence, records, summary, verification
from procurement.services.todos import Todo, Waiting, todos
from procurement.views.edge import actor, case, may_act
from procurement.views.filters import korean_date, safe_url
from procurement.views.step_frame import indicator

blueprint = Blueprint("cases", __name__)

# Where a thing to do is done, if it is not on the page of its step.
_PAGES = {Waiting.SHEET: "scoring.show", Waiting.APPROVAL: "approval.show"}


@blueprint.get("/")
def index() -> BaseResponse:
    """What I must do next and what is late, then the list of cases."""
    args = request.args
    query = case_list.Query(
        text=args.get("q", "")[:200],
        step=args.get("step", ""),
        state=args.get("state", ""),
        mine=args.get("mine") == "1",
        sort=args.get("sort", "recent"),
        page=max(1, args.get("page", 1, type=int)),
    )
    return make_response(
        render_template(
            "cases/index.html",
            todos=[_shown(todo) for todo in todos(actor())],
            page=case_list.list_cases(actor(), query),
            query=query,
            narrowed=bool(query.text.strip() or query.step or query.state or query.mine),
            kept={key: value for key, value in args.items() if key != "page" and value},
            steps=STEPS,
            spec=SPEC,
            today=records.today(),
        )
    )


@blueprint.get("/calendar.ics")
def calendar() -> BaseResponse:
    """Deadlines of my open cases for a calendar program."""
    entries = [
        Entry(
            f"{actor().institution_id}/{due.number}/{due.key}",
            f"{due.what} ({due.number})",
            due.due_on,
            f"{due.title} · {SPEC[due.step].title}",
            url_for("steps.show", number=due.number, step=due.step, _external=True),
        )
        for due in case_list.deadlines(actor())
    ]
    response = make_response(calendar_file("디지털서비스 이용계약 기한", entries, datetime.now(UTC)))
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = "attachment; filename=deadlines.ics"
    return response


@blueprint.get("/cases/new")
def new() -> BaseResponse:
    """The form of a new case."""
    form = _new_form(None)
    me = actor()
    form.project_officer_id.data = me.account_id if Role.PROJECT_OFFICER in me.roles else ""
    form.contract_officer_id.data = me.account_id if Role.CONTRACT_OFFICER in me.roles else ""
    return make_response(render_template("cases/new.html", form=form))


@blueprint.post("/cases/new")
def create() -> BaseResponse:
    """Open a case and go to its first step."""
    form = _new_form(request.form)
    if form.validate():
        try:
            opened = cases.open_case(
                actor(),
                title=form.title.data or "",
                project_officer_id=form.project_officer_id.data or "",
                contract_officer_id=form.contract_officer_id.data or "",
            )
        except InvalidInput as error:
            form[error.field or "title"].errors = [error.message]
        else:
            flash(
                settled(f"이용계약 건 {opened.number}을(를) 만들었습니다. ① 예산 확인부터 시작합니다."),
                "success",
            )
            return redirect(url_for("steps.show", number=opened.number, step=Step.BUDGET))
    return make_response(render_template("cases/new.html", form=form), 422)


@blueprint.get("/cases/<number>")
def show(number: str) -> BaseResponse:
    """A case: nine steps, deadlines, evidence, the newest of its record."""
    facts = case_facts.load(case())
    current = summary.current_step(facts)
    return make_response(
        render_template(
            "cases/show.html",
            number=number,
            facts=facts,
            case=case(),
            indicator=indicator(facts, number),
            rows=_step_rows(facts, number),
            current=SPEC[current],
            now_at=_now_at(facts, current),
            deadlines=summary.deadlines(case()),
            files=evidence.active_files(case()),
            events=audit.newest_events(case(), 6),
            event_count=audit.count_events(case()),
            today=facts.today,
            closed_by=cases.name_of(facts.ended.by) if facts.ended else "",
            kept_from=kept_from(korean_day(facts.ended.ended_at)) if facts.ended else None,
        )
    )


@blueprint.get("/cases/<number>/record")
def timeline(number: str) -> BaseResponse:
    """The time line of the ledger, page by page, narrowed by sort, person and days."""
    args = request.args
    query, wrong = event_query()
    events, total = audit.events(case(), query)
    return make_response(
        render_template(
            "cases/timeline.html",
            number=number,
            case=case(),
            events=events,
            total=total,
            query=query,
            wrong=wrong,
            typed=args,
            kept={key: value for key, value in args.items() if key != "page" and value},
            pages=max(1, -(-total // audit.PAGE_SIZE)),
            groups=audit.GROUPS,
            people=audit.people_in(case()),
        )
    )


@blueprint.get("/cases/<number>/record/verify")
def verify(number: str) -> BaseResponse:
    """Check the case's chain, its frozen rows and its files, and show what was checked."""
    report = verification.verify(case())
    return make_response(render_template("cases/verify.html", number=number, case=case(), report=report))


@blueprint.get("/cases/<number>/members")
def members(number: str) -> BaseResponse:
    """Who takes part: evaluators, approvers, collaborators."""
    return _members_page(number, _member_form(None))


@blueprint.post("/cases/<number>/members")
def add_member(number: str) -> BaseResponse:
    """Let a person take part."""
    form = _member_form(request.form)
    if form.validate():
        try:
            cases.add_member(actor(), case(), form.account_id.data or "", form.role.data or "")
        except InvalidInput as error:
            form[error.field or "account_id"].errors = [error.message]
        else:
            flash("참여자를 지정했습니다.", "success")
            return redirect(url_for("cases.members", number=number))
    return _members_page(number, form, 422)


@blueprint.post("/cases/<number>/members/remove")
def remove_member(number: str) -> BaseResponse:
    """End a person's part in the case."""
    cases.remove_member(actor(), case(), request.form.get("account_id", ""), request.form.get("role", ""))
    flash("참여자 지정을 거두었습니다. 지정했던 사실은 기록에 남아 있습니다.", "success")
    return redirect(url_for("cases.members", number=number))


def _members_page(number: str, form: MemberForm, status: int = 200) -> Response:
    return make_response(
        render_template(
            "cases/members.html",
            number=number,
            case=case(),
            officers=cases.officers(case()),
            form=form,
            members=cases.members(case()),
            role_labels=MEMBER_LABELS,
            manage=may_act("case.manage"),
        ),
        status,
    )


def _shown(todo: Todo) -> dict[str, Any]:
    """A thing to do as the list takes it."""
    left = (todo.due_on - records.today()).days if todo.due_on is not None else None
    return {
        "state": _urgency(todo, left),
        "left": left,
        "due_on": todo.due_on,
        "number": todo.number,
        "case_title": todo.title,
        "what": todo.what,
        "step": SPEC[todo.step],
        "url": (safe_url(_PAGES[todo.waiting], number=todo.number) if todo.waiting in _PAGES else "")
        or url_for("steps.show", number=todo.number, step=todo.step),
    }


def _urgency(todo: Todo, left: int | None) -> str:
    """What has run out is 막힘, what is near or pressing asks for attention, the rest goes on."""
    if left is not None and left < 0:
        return "blocked"
    return "reason" if todo.pressing or (left is not None and left <= NEAR_DAYS) else "waiting"


NEAR_DAYS = 7


def _step_rows(facts: CaseFacts, number: str) -> list[dict[str, Any]]:
    reasons: dict[Step, int] = dict.fromkeys(Step, 0)
    for rule_id, _subject in facts.reasons:
        reasons[BY_ID[rule_id].step or Step.BUDGET] += 1
    return [
        {
            "number": spec.number,
            "title": spec.step.label,
            "state": facts.steps[spec.step].state.value,
            "url": url_for("steps.show", number=number, step=spec.step),
            "note": " · ".join(_notes(facts, spec.step, reasons[spec.step])),
        }
        for spec in STEPS
    ]


def _notes(facts: CaseFacts, step: Step, reasons: int) -> list[str]:
    state = facts.steps[step]
    notes = []
    if state.state is StepState.DONE:
        notes.append(f"{korean_date(state.completed_at)} 완료")
    elif state.state is StepState.WAITING and facts.ended:
        notes.append("시작하지 않음")
    elif state.state is StepState.WAITING:
        before = " · ".join(SPEC[needed].sign for needed in SPEC[step].opens_after)
        notes.append(f"{before} 완료 뒤에 시작")
    if step is Step.DEFINITION and facts.definition.versions:
        notes.append(f"{facts.definition.versions[-1].number}판")
    if reasons:
        notes.append(f"사유 {reasons}건")
    if state.reopened:
        notes.append(f"다시 연 횟수 {state.reopened}회")
    return notes


def _now_at(facts: CaseFacts, step: Step) -> str:
    """What the present step waits for, where that can be said in a few words."""
    if all(state.state is StepState.DONE for state in facts.steps.values()):
        return "아홉 단계를 모두 마쳤습니다."
    if step is Step.SELECTION:
        awaited = {e.evaluator_id for e in facts.selection.evaluators if not e.released}
        submitted = {sheet.evaluator_id for sheet in facts.selection.sheets} & awaited
        if awaited:
            return f"평가위원 {len(submitted)}/{len(awaited)}명 제출"
    return SPEC[step].purpose


def event_query() -> tuple[audit.EventQuery, str]:
    """What the time line is narrowed to, and what is wrong with the days that were typed."""
    args, wrong = request.args, ""
    days = {}
    for name in ("since", "until"):
        typed = args.get(name, "").strip()
        try:
            days[name] = parse_date(typed) if typed else None
        except InvalidInput as error:
            days[name], wrong = None, error.message
    query = audit.EventQuery(
        group=args.get("group", ""),
        person=args.get("person", ""),
        since=days["since"],
        until=days["until"],
        page=max(1, args.get("page", 1, type=int)),
    )
    return query, wrong


def _new_form(fields: object) -> NewCaseForm:
    form = NewCaseForm(fields)  # type: ignore[arg-type]
    form.project_officer_id.choices = pairs(_people(Role.PROJECT_OFFICER), empty="고르세요")
    form.contract_officer_id.choices = pairs(_people(Role.CONTRACT_OFFICER), empty="고르세요")
    return form


def _member_form(fields: object) -> MemberForm:
    form = MemberForm(fields)  # type: ignore[arg-type]
    roles = (Role.EVALUATOR, Role.APPROVER, Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    seen = {value: label for role in roles for value, label in _people(role)}
    form.account_id.choices = pairs(seen.items(), empty="고르세요")
    return form


def _people(role: Role) -> list[tuple[str, str]]:
    return [
        (p.account_id, f"{p.name} ({p.department})" if p.department else p.name)
        for p in cases.people_with(role)
    ]
