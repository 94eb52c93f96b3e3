"""③ What the header words of a saved page mean, where they could not be read or were read wrongly."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.pages_labels import PageLabel, labels_of
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, NotFound, Refused, TooLarge
from procurement.domain.steps import Step
from procurement.forms.record_fields import tell
from procurement.forms.search_labels import LabelsForm, labels_form
from procurement.services import page_readings, search_pending, unit, workflow
from procurement.views.edge import actor, case
from procurement.views.search import around, facts_with

blueprint = Blueprint("search_labels", __name__, url_prefix="/cases/<number>/search/new/<int:lot>/list/files")


@blueprint.get("/<int:place>")
def show(number: str, lot: int, place: int) -> BaseResponse:
    """The header words of a file, with what each was taken for."""
    file, _, labels = _file(lot, place)
    known = page_readings.known(labels)
    said = known.labels if known else {label.key: label.field for label in labels}
    return _page(lot, place, file, labels, _form(labels, said))


@blueprint.post("/<int:place>")
def keep(number: str, lot: int, place: int) -> BaseResponse:
    """Read the file again by what was said of its words, and keep that for pages with the same words."""
    file, data, labels = _file(lot, place)
    form = _form(labels, {})
    try:
        if not form.validate():
            return _page(lot, place, file, labels, form, 422)
        said = page_readings.checked(labels, form.said())
        read = search_pending.read_labelled(data, said)
        workflow.require_open(facts_with(lot), Step.SEARCH)
        search_pending.put_reading(actor(), case(), lot, place, read)
    except (InvalidInput, Refused, TooLarge) as error:
        tell(form, error)
        return _page(lot, place, file, labels, form, error.status)
    page_readings.keep(actor(), case(), labels, said)
    flash(
        f"맞춘 항목 이름으로 서비스 {counted(len(read.rows), 'service')}를 읽었습니다. "
        "같은 모양의 화면에도 씁니다.",
        "success",
    )
    return redirect(url_for("search_list.output", number=number, lot=lot))


def _file(lot: int, place: int) -> tuple[search_pending.PendingPage, bytes, tuple[PageLabel, ...]]:
    """The file, its bytes and its words; the transaction of looking it up is over when it is parsed."""
    file = search_pending.file_at(search_pending.pending_of(actor(), case(), lot), place)
    unit.rollback()
    data = search_pending.bytes_of(file)
    try:
        return file, data, labels_of(data)
    except (InvalidInput, TooLarge):
        raise NotFound("웹페이지가 아니라 항목 이름을 맞출 수 없는 파일입니다.") from None


def _form(labels: tuple[PageLabel, ...], said: Mapping[str, str]) -> LabelsForm:
    lines = [(label.key, label.text, " · ".join(label.samples)) for label in labels]
    return labels_form(request.form, lines, said)


def _page(
    lot: int,
    place: int,
    file: search_pending.PendingPage,
    labels: tuple[PageLabel, ...],
    form: LabelsForm,
    status: int = 200,
) -> BaseResponse:
    return make_response(
        render_template(
            "search/labels.html",
            **around(facts_with(lot), lot),
            place=place,
            file=file,
            labels=labels,
            form=form,
        ),
        status,
    )
