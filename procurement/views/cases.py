"""My work, the list of cases, a new case, the page of a case and its record."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.access import Role
from procurement.domain.errors import InvalidInput
from procurement.domain.steps import SPEC, STEPS, Step
from procurement.forms.base import pairs
from procurement.forms.cases import MemberForm, NewCaseForm
from procurement.services import audit, case_facts, cases, evidence, records, summary
from procurement.views.edge import actor, case, may_act
from procurement.views.step_frame import indicator

blueprint = Blueprint("cases", __name__)


@blueprint.get("/")
def index() -> BaseResponse:
    """What I must do next and what is late, then the list of cases."""
    args = request.args
    query = cases.Query(
        text=args.get("q", "")[:200],
        step=args.get("step", ""),
        state=args.get("state", ""),
        mine=args.get("mine") == "1",
        sort=args.get("sort", "recent"),
        page=args.get("page", 1, type=int),
    )
    return make_response(
        render_template(
            "cases/index.html",
            todos=cases.todos(actor()),
            page=cases.list_cases(actor(), query),
            query=query,
            steps=STEPS,
            spec=SPEC,
            today=records.today(),
        )
    )


@blueprint.get("/cases/new")
def new() -> BaseResponse:
    """The form of a new case."""
    form = _new_form(None)
    me = actor()
    form.project_officer_id.data = me.account_id if Role.PROJECT_OFFICER in me.roles else None
    form.contract_officer_id.data = me.account_id if Role.CONTRACT_OFFICER in me.roles else None
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
            flash(f"이용계약 건 {opened.number}을(를) 만들었습니다. ① 예산 확인부터 시작합니다.", "success")
            return redirect(url_for("steps.show", number=opened.number, step=Step.BUDGET))
    return make_response(render_template("cases/new.html", form=form), 422)


@blueprint.get("/cases/<number>")
def show(number: str) -> BaseResponse:
    """A case: nine steps, deadlines, evidence, the newest of its record."""
    facts = case_facts.load(case())
    return make_response(
        render_template(
            "cases/show.html",
            number=number,
            facts=facts,
            case=case(),
            indicator=indicator(facts, number),
            current=SPEC[summary.current_step(facts)],
            deadlines=summary.deadlines(case()),
            files=evidence.active_files(case()),
            events=audit.newest_events(case(), 8),
            event_count=audit.count_events(case()),
            today=facts.today,
        )
    )


@blueprint.get("/cases/<number>/record")
def timeline(number: str) -> BaseResponse:
    """The time line of the ledger, page by page."""
    page = max(1, request.args.get("page", 1, type=int))
    return make_response(
        render_template(
            "cases/timeline.html",
            number=number,
            case=case(),
            events=audit.events(case(), page),
            total=audit.count_events(case()),
            page=page,
            size=audit.PAGE_SIZE,
        )
    )


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


def _members_page(number: str, form: MemberForm, status: int = 200) -> BaseResponse:
    return make_response(
        render_template(
            "cases/members.html",
            number=number,
            case=case(),
            form=form,
            members=cases.members(case()),
            manage=may_act("case.manage"),
        ),
        status,
    )


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
