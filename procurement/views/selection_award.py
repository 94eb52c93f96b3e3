"""⑤ Criteria, evaluators, outcomes, result and decision: the officer's side of the evaluation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.access import Role
from procurement.domain.criteria_templates import TEMPLATES
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.selection import Averaging, DecisionKind, OutcomeKind
from procurement.domain.robustness import outward
from procurement.domain.rules.reading import candidates
from procurement.domain.selection import (
    disqualified,
    in_front,
    jury,
    not_scored,
    resting_on_decision,
    scoring_begun,
    submitted,
    table_closed,
    without_outcome,
)
from procurement.domain.steps import Step
from procurement.forms.base import member, pairs
from procurement.forms.selection import DecisionForm, EvaluatorForm, ReasonForm
from procurement.forms.selection_criteria import CriteriaForm, OutcomesForm
from procurement.services import (
    cases,
    documents,
    evaluation,
    selection,
    selection_decision,
    selection_sheets,
    workflow,
)
from procurement.services.selection import CriteriaText, OutcomeText
from procurement.services.selection_decision import Choice
from procurement.views.edge import actor, case, may_act
from procurement.views.selection_frame import attempt, attempt_filled, choices, facts_of, names, render
from procurement.views.step_frame import quotes_of

blueprint = Blueprint("award", __name__, url_prefix="/cases/<number>/selection/<int:lot>")


@blueprint.get("/criteria")
def criteria(number: str, lot: int) -> BaseResponse:
    """Criteria: as fixed, or the draft of them, or a template to start from."""
    facts = facts_of(lot)
    fixed = facts.selection.criteria_of(lot)
    draft = documents.draft_of(actor(), case(), _draft_key(lot))
    wanted = request.args.get("template", "")
    if wanted in {kind.value for kind in ServiceType}:
        form = CriteriaForm(data=CriteriaForm.initial(TEMPLATES[ServiceType(wanted)]))
    elif draft is not None:
        form = CriteriaForm(MultiDict(draft.fields))
    else:
        form = CriteriaForm(data=CriteriaForm.initial(fixed or _proposed(facts, lot)))
    return _criteria(facts, lot, form)


@blueprint.post("/criteria")
def review_criteria(number: str, lot: int) -> BaseResponse:
    """Look at the criteria typed, and ask whether to fix them."""
    facts = facts_of(lot)
    form = CriteriaForm(request.form)
    add, remove = request.form.get("add_row"), request.form.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        return _criteria(facts, lot, form)
    if not form.validate():
        return _criteria(facts, lot, form, 422)
    return render(
        "criteria",
        facts,
        lot,
        template="criteria_freeze",
        form=form,
        criteria=form.to_document(),
        text=_criteria_text(form),
        fields=dict(form.as_fields()),
        fixed=facts.selection.criteria_of(lot),
    )


@blueprint.post("/criteria/freeze")
def freeze_criteria(number: str, lot: int) -> BaseResponse:
    """Fix the criteria exactly as they were shown."""
    facts = facts_of(lot)
    form = CriteriaForm(request.form)
    status = attempt_filled(
        form,
        lambda: selection.freeze_criteria(
            actor(),
            case(),
            lot,
            _criteria_text(form),
            form.reason.data or "",
            form.wording_reason.data or "",
        ),
    )
    if status:
        return _criteria(facts, lot, form, status)
    documents.drop_draft(actor(), case(), _draft_key(lot))
    flash("평가기준을 확정했습니다. 이제 견적 금액과 견적서를 볼 수 있습니다.", "success")
    return redirect(url_for("award.criteria", number=number, lot=lot))


@blueprint.post("/criteria/draft")
def draft_criteria(number: str, lot: int) -> BaseResponse:
    """Keep the criteria being typed, for the one who types."""
    facts_of(lot)
    skipped = ("csrf_token", "draft_version")
    fields = {name: request.form.getlist(name) for name in request.form if name not in skipped}
    saved_at = documents.keep_draft(actor(), case(), _draft_key(lot), fields, 0)
    return jsonify({"saved_at": saved_at.isoformat()})


@blueprint.post("/criteria/check")
def check_criteria(number: str, lot: int) -> BaseResponse:
    """The sum of the weights as they are typed, beside the findings."""
    facts = facts_of(lot)
    findings = workflow.findings_for(Step.SELECTION, facts)
    form = CriteriaForm(request.form)
    return make_response(
        render_template(
            "selection/_criteria_check.html",
            findings=findings,
            quotes=quotes_of(findings),
            total=form.total_points,
            number=number,
            step=Step.SELECTION,
        )
    )


@blueprint.get("/evaluators")
def evaluators(number: str, lot: int) -> BaseResponse:
    """Who evaluates, who has declared, who has submitted; never a score."""
    return _evaluators(facts_of(lot), lot)


@blueprint.post("/evaluators")
def invite(number: str, lot: int) -> BaseResponse:
    """Make a person an evaluator."""
    facts = facts_of(lot)
    form = _evaluator_form(request.form)
    account_id = form.account_id.data or ""
    status = attempt(form, lambda: selection_sheets.invite(actor(), case(), account_id))
    if status:
        return _evaluators(facts, lot, status, form=form)
    flash("평가위원을 지정했습니다. 평가위원은 로그인하면 이 건의 평가표를 볼 수 있습니다.", "success")
    return redirect(url_for("award.evaluators", number=number, lot=lot))


@blueprint.post("/evaluators/<uuid:account_id>/release")
def release(number: str, lot: int, account_id: UUID) -> BaseResponse:
    """Take an evaluator off the case, with a reason."""
    facts = facts_of(lot)
    form = ReasonForm(request.form)
    # Every evaluator has a field of this name.
    form.reason.id = f"release-{account_id}"
    status = attempt_filled(
        form,
        lambda: selection_sheets.release(actor(), case(), str(account_id), form.reason.data or ""),
    )
    if status:
        return _evaluators(facts, lot, status, release_form=form, releasing=str(account_id))
    flash("평가위원을 해촉했습니다. 기록은 남습니다.", "info")
    return redirect(url_for("award.evaluators", number=number, lot=lot))


@blueprint.get("/outcomes")
def outcomes(number: str, lot: int) -> BaseResponse:
    """How each service of the final run ended."""
    facts = facts_of(lot)
    known = {o.result_id: o for o in facts.selection.outcomes if o.lot == lot}
    form = OutcomesForm(data=OutcomesForm.initial(candidates(facts, lot), known))
    return _outcomes(facts, lot, form)


@blueprint.post("/outcomes")
def record_outcomes(number: str, lot: int) -> BaseResponse:
    """Record how services ended."""
    facts = facts_of(lot)
    form = OutcomesForm(request.form)
    wanted = {
        row.form.result_id.data or "": OutcomeText(
            member(OutcomeKind, row.form.kind.data) or OutcomeKind.SCORED,
            row.form.clause.data or "",
            row.form.reason.data or "",
        )
        for row in form.rows
    }
    status = attempt_filled(
        form, lambda: selection.record_outcomes(actor(), case(), lot, wanted, form.wording_reason.data or "")
    )
    if status:
        return _outcomes(facts, lot, form, status)
    flash("처리 결과를 기록했습니다.", "success")
    return redirect(url_for("award.outcomes", number=number, lot=lot))


@blueprint.get("/result")
def result(number: str, lot: int) -> BaseResponse:
    """The evaluation table once it is closed, progress before."""
    facts = facts_of(lot)
    table = evaluation.closed(facts, lot)
    people = {e.evaluator_id: e.name for e in facts.selection.evaluators}
    return render(
        "result",
        facts,
        lot,
        fixed=facts.selection.criteria_of(lot),
        table=table,
        evaluation=table.evaluation if table else None,
        identity=evaluation.identity(table) if table else "",
        lines=list(evaluation.lines(table, people)) if table else [],
        firm=evaluation.firmness(table) if table else None,
        differences=evaluation.differences(table) if table else {},
        people=people,
        outward=outward,
        waiting=len(jury(facts)) - len(submitted(facts, lot)),
        awaited=len(jury(facts)),
        left=not_scored(facts, lot),
    )


@blueprint.get("/decision")
def decision(number: str, lot: int) -> BaseResponse:
    """The decision, or the form of it."""
    facts = facts_of(lot)
    front = in_front(facts, lot)
    form = _decision_form(facts, lot, None)
    if len(front) == 1 and front[0].meets_minimum:
        form.kind.data, form.result_id.data = DecisionKind.AWARD.value, front[0].result_id
    return _decision(facts, lot, form)


@blueprint.post("/decision/review")
def review_decision(number: str, lot: int) -> BaseResponse:
    """Show what is about to be decided, and ask."""
    facts = facts_of(lot)
    form = _decision_form(facts, lot, request.form)
    if form.decision is None:
        form.kind.errors = ["어떻게 결정하는지 골라 주세요."]
        return _decision(facts, lot, form, 422)
    if not form.validate():
        return _decision(facts, lot, form, 422)
    resting = resting_on_decision(facts, lot)
    return render("decision", facts, lot, template="decision_confirm", form=form, resting=resting)


@blueprint.post("/decision")
def decide(number: str, lot: int) -> BaseResponse:
    """Decide the lot."""
    facts = facts_of(lot)
    form = _decision_form(facts, lot, request.form)
    kind = form.decision
    if kind is None:
        form.kind.errors = ["어떻게 결정하는지 골라 주세요."]
        return _decision(facts, lot, form, 422)
    if not form.validate():
        return _decision(facts, lot, form, 422)
    choice = Choice(
        kind,
        form.result_id.data if kind is DecisionKind.AWARD else None,
        form.reason.data or "",
        form.wording_reason.data or "",
    )
    status = attempt(form, lambda: selection_decision.decide(actor(), case(), lot, choice))
    if status:
        return _decision(facts, lot, form, status)
    flash("결정을 기록했습니다.", "success")
    return redirect(url_for("award.decision", number=number, lot=lot))


def _draft_key(lot: int) -> str:
    return f"criteria-lot{lot}"


def _proposed(facts: CaseFacts, lot: int) -> Any:
    """The template of the lot's service type, nothing where the definition names none."""
    wanted = facts.definition.lot(lot)
    return TEMPLATES.get(wanted.service_type) if wanted and wanted.service_type else None


def _criteria_text(form: CriteriaForm) -> CriteriaText:
    return CriteriaText(
        form.to_document(),
        member(Averaging, form.averaging.data) or Averaging.MEAN,
        form.minimum.data or 0,
        form.tie_break,
    )


def _criteria(facts: CaseFacts, lot: int, form: CriteriaForm, status: int = 200) -> BaseResponse:
    return render(
        "criteria",
        facts,
        lot,
        status,
        form=form,
        fixed=facts.selection.criteria_of(lot),
        frozen=scoring_begun(facts, lot),
        templates=[kind.value for kind in TEMPLATES],
        total=form.total_points,
    )


def _evaluator_form(fields: Any) -> EvaluatorForm:
    form = EvaluatorForm(fields)
    people = [
        (p.account_id, f"{p.name} ({p.department})" if p.department else p.name)
        for p in cases.people_with(Role.EVALUATOR)
    ]
    form.account_id.choices = pairs(people, empty="고르세요")
    return form


def _evaluators(facts: CaseFacts, lot: int, status: int = 200, **more: Any) -> BaseResponse:
    return render(
        "evaluators",
        facts,
        lot,
        status,
        form=more.get("form") or _evaluator_form(None),
        release_form=more.get("release_form"),
        releasing=more.get("releasing", ""),
        done=submitted(facts, lot),
        progress=selection_sheets.progress(facts, case(), lot),
        closed=table_closed(facts, lot),
        awaited=len(jury(facts)),
        manage=may_act("case.manage"),
        ready=facts.selection.criteria_of(lot) is not None and not without_outcome(facts, lot),
    )


def _outcomes(facts: CaseFacts, lot: int, form: OutcomesForm, status: int = 200) -> BaseResponse:
    return render(
        "outcomes",
        facts,
        lot,
        status,
        form=form,
        left=without_outcome(facts, lot),
        begun=scoring_begun(facts, lot),
    )


def _decision_form(facts: CaseFacts, lot: int, fields: Any) -> DecisionForm:
    form = DecisionForm(fields)
    form.result_id.choices = pairs(choices(candidates(facts, lot)), empty="고르세요")
    return form


def _decision(facts: CaseFacts, lot: int, form: DecisionForm, status: int = 200) -> BaseResponse:
    return render(
        "decision",
        facts,
        lot,
        status,
        form=form,
        standing=facts.selection.decision_of(lot),
        front=in_front(facts, lot),
        closed=table_closed(facts, lot),
        superseded=[d for d in facts.selection.superseded if d.lot == lot],
        resting=resting_on_decision(facts, lot),
        gone=[names(facts, lot).get(r, r) for r in disqualified(facts, lot)],
        manage=may_act("case.manage"),
    )
