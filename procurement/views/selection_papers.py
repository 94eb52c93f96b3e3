"""⑤ Quotes, questions to providers, material, and the result of the mall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import CostPart
from procurement.domain.rules.reading import candidates
from procurement.domain.selection import came_late, cost_of, over_budget, quotes_sealed
from procurement.domain.tco import FORMULA, bars, reckoned
from procurement.forms.base import pairs
from procurement.forms.selection import (
    AnswerForm,
    MallForm,
    MaterialForm,
    QuestionForm,
    QuoteForm,
    ReasonForm,
    RequestForm,
    first_lines,
    version_of,
)
from procurement.services import audit, records, search_basket, selection_papers
from procurement.services.records import ActiveRecord
from procurement.services.selection_papers import Recipients
from procurement.views.edge import actor, case
from procurement.views.selection_frame import (
    attempt_filled,
    choices,
    facts_of,
    files,
    names,
    render,
)

CHANNEL = "이용지원시스템 문의"
"""How providers are asked as a rule."""

blueprint = Blueprint("papers", __name__, url_prefix="/cases/<number>/selection/<int:lot>")


@blueprint.get("/quotes")
def quotes(number: str, lot: int) -> BaseResponse:
    """Requests for quotes, and the quotes received; amounts stay shut until the criteria are fixed."""
    return _quotes(facts_of(lot), lot)


@blueprint.post("/quotes/request")
def request_quotes(number: str, lot: int) -> BaseResponse:
    """Record that quotes were asked for."""
    facts = facts_of(lot)
    form = _request_form(facts, lot, request.form)
    to = Recipients(tuple(form.result_ids.data or ()), form.partial_reason.data or "")
    status = attempt_filled(
        form,
        lambda: selection_papers.request_quotes(
            actor(),
            case(),
            lot,
            to,
            due_on=form.due_on.data,
            content=form.content.data or "",
            evidence_id=form.chosen_file,
        ),
    )
    if status:
        return _quotes(facts, lot, status, request_form=form)
    flash("견적 요청을 기록했습니다.", "success")
    return redirect(url_for("papers.quotes", number=number, lot=lot))


@blueprint.get("/quotes/<uuid:result_id>")
def quote(number: str, lot: int, result_id: UUID) -> BaseResponse:
    """The form of a service's quote; a newer one starts empty while the old one is sealed."""
    facts = facts_of(lot)
    kept = _record_of(facts, lot, "quote", str(result_id))
    data: dict[str, Any] = {"version": str(kept.version) if kept else "0", "received_on": facts.today}
    if kept is not None and not quotes_sealed(facts, lot):
        data = {**QuoteForm.initial(kept.value), **data}
    form = QuoteForm(data=data if kept else {**data, "lines": first_lines(facts.budget)})
    return _quote(facts, lot, str(result_id), form)


@blueprint.post("/quotes/<uuid:result_id>")
def keep_quote(number: str, lot: int, result_id: UUID) -> BaseResponse:
    """Record a quote received."""
    facts = facts_of(lot)
    if str(result_id) not in names(facts, lot):
        raise Refused("최종 검색에 없는 서비스의 견적은 적을 수 없습니다. 목록에서 골라 주세요.", "E-4")
    form = QuoteForm(request.form)
    add, remove = request.form.get("add_row"), request.form.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        return _quote(facts, lot, str(result_id), form)
    status = attempt_filled(
        form,
        lambda: selection_papers.keep_quote(
            actor(),
            case(),
            form.to_quote(lot, str(result_id)),
            base_version=version_of(form.version),
            reason=form.reason.data or "",
            wording_reason=form.wording_reason.data or "",
        ),
    )
    if status:
        return _quote(facts, lot, str(result_id), form, status)
    flash("견적을 기록했습니다.", "success")
    return redirect(url_for("papers.quotes", number=number, lot=lot))


@blueprint.post("/quotes/open")
def open_quotes(number: str, lot: int) -> BaseResponse:
    """Open the quotes before the criteria are fixed, with a reason."""
    facts = facts_of(lot)
    form = ReasonForm(request.form)
    reason, wording = form.reason.data or "", form.wording_reason.data or ""
    status = attempt_filled(form, lambda: selection_papers.open_quotes(actor(), case(), lot, reason, wording))
    if status:
        return _quotes(facts, lot, status, open_form=form)
    flash("견적을 열었습니다. 사유는 규칙 E-3과 함께 남습니다.", "info")
    return redirect(url_for("papers.quotes", number=number, lot=lot))


@blueprint.get("/questions")
def questions(number: str, lot: int) -> BaseResponse:
    """Questions to providers and their answers."""
    return _questions(facts_of(lot), lot)


@blueprint.post("/questions")
def ask(number: str, lot: int) -> BaseResponse:
    """Record a question."""
    facts = facts_of(lot)
    form = _question_form(facts, lot, request.form)
    status = attempt_filled(form, lambda: selection_papers.ask(actor(), case(), form.to_question(lot)))
    if status:
        return _questions(facts, lot, status, form=form)
    flash("질의를 기록했습니다.", "success")
    return redirect(url_for("papers.questions", number=number, lot=lot))


@blueprint.get("/questions/<uuid:thread>")
def question(number: str, lot: int, thread: UUID) -> BaseResponse:
    """The form of an answer."""
    facts = facts_of(lot)
    asked = _thread(facts, lot, "question", str(thread))
    of = request.args.get("of") or None
    known = next((reply for reply in asked.value.replies if reply.result_id == of), None)
    form = AnswerForm(
        data={
            "version": str(asked.version),
            "of": of or "",
            "answer": known.text if known else "",
            "answered_on": known.answered_on if known else facts.today,
        }
    )
    return _answer(facts, lot, asked, form)


@blueprint.post("/questions/<uuid:thread>")
def answer(number: str, lot: int, thread: UUID) -> BaseResponse:
    """Write down the answer to a question."""
    facts = facts_of(lot)
    asked = _thread(facts, lot, "question", str(thread))
    form = AnswerForm(request.form)
    status = attempt_filled(
        form,
        lambda: selection_papers.answer(
            actor(),
            case(),
            lot,
            str(thread),
            version_of(form.version),
            text=form.answer.data or "",
            answered_on=form.answered_on.data,
            of=form.of.data or None,
            evidence_id=form.chosen_file,
            wording_reason=form.wording_reason.data or "",
        ),
    )
    if status:
        return _answer(facts, lot, asked, form, status)
    flash("응답을 기록했습니다.", "success")
    return redirect(url_for("papers.questions", number=number, lot=lot))


@blueprint.get("/materials")
def materials(number: str, lot: int) -> BaseResponse:
    """Material that the evaluation uses."""
    facts = facts_of(lot)
    return _materials(facts, lot, _material_form(facts, lot, None))


@blueprint.post("/materials")
def add_material(number: str, lot: int) -> BaseResponse:
    """Record material."""
    facts = facts_of(lot)
    form = _material_form(facts, lot, request.form)
    status = attempt_filled(
        form, lambda: selection_papers.add_material(actor(), case(), form.to_material(lot))
    )
    if status:
        return _materials(facts, lot, form, status)
    flash("평가 자료를 기록했습니다.", "success")
    return redirect(url_for("papers.materials", number=number, lot=lot))


@blueprint.get("/mall")
def mall(number: str, lot: int) -> BaseResponse:
    """The result of the mall's own procedure."""
    facts = facts_of(lot)
    return _mall(facts, lot, _mall_form(facts, lot, None))


@blueprint.post("/mall")
def keep_mall_result(number: str, lot: int) -> BaseResponse:
    """Record the result of the mall's own procedure."""
    facts = facts_of(lot)
    form = _mall_form(facts, lot, request.form)
    status = attempt_filled(
        form, lambda: selection_papers.keep_mall_result(actor(), case(), form.to_result(lot))
    )
    if status:
        return _mall(facts, lot, form, status)
    flash("디지털서비스몰 절차의 결과를 기록했습니다.", "success")
    return redirect(url_for("papers.mall", number=number, lot=lot))


@blueprint.post("/withdraw")
def withdraw(number: str, lot: int) -> BaseResponse:
    """Take a mistaken paper out of account, with a reason."""
    facts = facts_of(lot)
    form = ReasonForm(request.form)
    kind, thread = form.kind.data or "", form.thread.data or ""
    # Every paper has a field of this name.
    form.reason.id = f"why-{thread}"
    status = attempt_filled(
        form,
        lambda: selection_papers.withdraw(actor(), case(), lot, kind, thread, form.reason.data or ""),
    )
    if status:
        return _page_of_kind(facts, lot, kind, status, form)
    flash("기록을 취소했습니다. 취소한 기록과 사유는 남습니다.", "info")
    pages = {"question": "papers.questions", "material": "papers.materials", "mall_result": "papers.mall"}
    return redirect(url_for(pages.get(kind, "papers.quotes"), number=number, lot=lot))


def _page_of_kind(
    facts: CaseFacts, lot: int, kind: str, status: int, withdrawing: ReasonForm
) -> BaseResponse:
    """The page on which papers of a kind stand, with the form that takes one of them out of account."""
    if kind == "question":
        return _questions(facts, lot, status, withdrawing=withdrawing)
    if kind == "material":
        return _materials(facts, lot, _material_form(facts, lot, None), status, withdrawing=withdrawing)
    if kind == "mall_result":
        return _mall(facts, lot, _mall_form(facts, lot, None), status, withdrawing=withdrawing)
    return _quotes(facts, lot, status, withdrawing=withdrawing)


def _records(facts: CaseFacts, lot: int, kind: str) -> list[ActiveRecord]:
    return selection_papers.of_lot(case(), kind, lot, [row.result_id for row in candidates(facts, lot)])


def _record_of(facts: CaseFacts, lot: int, kind: str, result_id: str) -> ActiveRecord | None:
    if all(row.result_id != result_id for row in candidates(facts, lot)):
        raise NotFound("최종 검색에 없는 서비스입니다. 목록에서 다시 골라 주세요.")
    return next((r for r in _records(facts, lot, kind) if r.value.result_id == result_id), None)


def _thread(facts: CaseFacts, lot: int, kind: str, thread: str) -> ActiveRecord:
    found = next((r for r in _records(facts, lot, kind) if r.thread_id == thread), None)
    if found is None:
        raise NotFound("그런 기록이 없습니다. 목록을 새로 고쳐 확인해 주세요.")
    return found


def _to_ask(facts: CaseFacts, lot: int) -> Sequence[ResultRow]:
    """Who is ticked at first: every service of the final run; those in the basket where that is asked for."""
    everyone = candidates(facts, lot)
    wanted = search_basket.among(actor(), case(), lot, everyone) if request.args.get("basket") else ()
    return wanted or everyone


def _request_form(facts: CaseFacts, lot: int, fields: Any) -> RequestForm:
    form = RequestForm(fields, data={"result_ids": [row.result_id for row in _to_ask(facts, lot)]})
    form.result_ids.choices = pairs(choices(candidates(facts, lot)))
    form.offer_files(files(facts, "quote_request"))
    return form


def _quotes(facts: CaseFacts, lot: int, status: int = 200, **forms: Any) -> BaseResponse:
    kept = {record.value.result_id: record for record in _records(facts, lot, "quote")}
    costs = {result_id: cost_of(record.value) for result_id, record in kept.items()}
    return render(
        "quotes",
        facts,
        lot,
        status,
        requests=_records(facts, lot, "quote_request"),
        kept=kept,
        costs=costs,
        bars=bars(costs),
        cost_parts=list(CostPart),
        formula=FORMULA,
        reckoned=reckoned,
        late={i for i, record in kept.items() if came_late(facts, record.value)},
        over={result_id for result_id, record in kept.items() if over_budget(facts, record.value)},
        basket=search_basket.among(actor(), case(), lot, candidates(facts, lot)),
        from_basket=bool(request.args.get("basket")),
        request_form=forms.get("request_form") or _request_form(facts, lot, None),
        open_form=forms.get("open_form") or ReasonForm(),
        withdrawing=forms.get("withdrawing"),
    )


def _quote(facts: CaseFacts, lot: int, result_id: str, form: QuoteForm, status: int = 200) -> BaseResponse:
    kept = _record_of(facts, lot, "quote", result_id)
    form.offer_files(files(facts, "quote"))
    return render(
        "quotes",
        facts,
        lot,
        status,
        template="quote",
        form=form,
        kept=kept,
        result_id=result_id,
        formula=FORMULA,
    )


def _question_form(facts: CaseFacts, lot: int, fields: Any) -> QuestionForm:
    everyone = [row.result_id for row in candidates(facts, lot)]
    form = QuestionForm(
        fields, data={"result_ids": everyone, "asked_on": records.today(), "channel": CHANNEL}
    )
    form.result_ids.choices = pairs(choices(candidates(facts, lot)))
    form.offer_files(files(facts, "question"))
    return form


def _questions(
    facts: CaseFacts, lot: int, status: int = 200, form: QuestionForm | None = None, **more: Any
) -> BaseResponse:
    return render(
        "questions",
        facts,
        lot,
        status,
        asked=_records(facts, lot, "question"),
        people=dict(audit.people_in(case())),
        form=form or _question_form(facts, lot, None),
        **more,
    )


def _answer(
    facts: CaseFacts, lot: int, asked: ActiveRecord, form: AnswerForm, status: int = 200
) -> BaseResponse:
    form.offer_files(files(facts, "question"))
    asked_of = [pair for pair in choices(candidates(facts, lot)) if pair[0] in asked.value.result_ids]
    form.of.choices = pairs(asked_of, empty="모든 제공자의 응답을 한꺼번에")
    return render("questions", facts, lot, status, template="answer", form=form, asked=asked)


def _material_form(facts: CaseFacts, lot: int, fields: Any) -> MaterialForm:
    form = MaterialForm(fields)
    form.result_id.choices = pairs(choices(candidates(facts, lot)), empty="모든 서비스에 함께 쓴 자료")
    form.offer_files(files(facts, "material", "proposal"))
    return form


def _materials(
    facts: CaseFacts, lot: int, form: MaterialForm, status: int = 200, **more: Any
) -> BaseResponse:
    stored = {e.evidence_id: e.name for e in facts.evidence}
    kept = _records(facts, lot, "material")
    return render("materials", facts, lot, status, form=form, kept=kept, stored=stored, **more)


def _mall_form(facts: CaseFacts, lot: int, fields: Any) -> MallForm:
    form = MallForm(fields, data={"decided_on": facts.today, "proposal": "기본제안서"})
    form.result_id.choices = pairs(choices(candidates(facts, lot)), empty="고르세요")
    form.offer_files(files(facts, "mall_result"))
    return form


def _mall(facts: CaseFacts, lot: int, form: MallForm, status: int = 200, **more: Any) -> BaseResponse:
    return render("mall", facts, lot, status, form=form, kept=_records(facts, lot, "mall_result"), **more)
