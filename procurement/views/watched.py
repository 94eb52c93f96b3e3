"""⑧ The page of changes, of what is watched, and of the provider's notices."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form

from procurement.domain.facts.monitoring import (
    ChangeRecord,
    NoticeKind,
    ProviderNotice,
    WatchKind,
    WatchRecord,
)
from procurement.domain.obligations import contract_end
from procurement.domain.rules.monitoring_watch import expiring_certificates
from procurement.forms import monitoring as forms
from procurement.services import case_facts, monitoring, record_guards, records
from procurement.views.edge import actor, case
from procurement.views.monitoring_page import back, page
from procurement.views.record_page import DONE, attempt, sent

blueprint = Blueprint("watched", __name__, url_prefix="/cases/<number>/monitoring/watched")


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """All three lists, each with a way to add to it."""
    facts = case_facts.load(case())
    there = list(reversed(record_guards.of_kind(case(), "change", "watch", "notice")))
    return page(
        "watched",
        facts,
        "watched",
        changes=[record for record in there if record.kind == "change"],
        watches=[record for record in there if record.kind == "watch"],
        notices=[record for record in there if record.kind == "notice"],
        certificates=expiring_certificates(facts),
        end=contract_end(facts),
    )


@blueprint.route("/change", methods=["GET", "POST"])
def change(number: str) -> BaseResponse:
    """Add a change of function or configuration."""
    form = forms.ChangeForm(sent(), changed_on=records.today())

    def act() -> None:
        value = ChangeRecord(
            form.changed_on.data,  # type: ignore[arg-type]  # a required field
            (form.content.data or "").strip(),
            (form.approved_by.data or "").strip(),
        )
        monitoring.record_change(actor(), case(), value)

    return _answer("change", form, attempt(form, act), "변경을 적었습니다.")


@blueprint.route("/watch", methods=["GET", "POST"])
def watch(number: str) -> BaseResponse:
    """Add a look at what is watched."""
    form = forms.WatchForm(sent(), checked_on=records.today())

    def act() -> None:
        value = WatchRecord(
            WatchKind(form.kind.data),
            form.checked_on.data,  # type: ignore[arg-type]  # a required field
            (form.content.data or "").strip(),
            bool(form.problem.data),
        )
        monitoring.record_watch(actor(), case(), value)

    return _answer("watch", form, attempt(form, act), "살펴본 것을 적었습니다.")


@blueprint.route("/notice", methods=["GET", "POST"])
def notice(number: str) -> BaseResponse:
    """Add a notice of the provider."""
    form = forms.NoticeForm(sent(), received_on=records.today())

    def act() -> None:
        value = ProviderNotice(
            NoticeKind(form.kind.data),
            form.received_on.data,  # type: ignore[arg-type]  # a required field
            (form.content.data or "").strip(),
            (form.channel.data or "").strip(),
        )
        monitoring.record_notice(actor(), case(), value)

    return _answer("notice", form, attempt(form, act), "제공자의 통지를 적었습니다.")


def _answer(name: str, form: Form, status: int, said: str) -> BaseResponse:
    facts = case_facts.load(case())
    if status == DONE:
        return back("watched", facts.head.number, said)
    return page(f"{name}_new", facts, "watched", status, form=form)
