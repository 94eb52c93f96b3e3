"""Completing ⑧ and ⑨ through the services; the contract must be concluded."""

from __future__ import annotations

from datetime import timedelta

from procurement.domain.access import Actor
from procurement.domain.facts import EndingPlan
from procurement.domain.facts.ending import (
    END_NOTICE_ITEMS,
    EndingKind,
    EndNotice,
    ExpiryOutcome,
    NoticeChannel,
    PromiseMark,
)
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import case_facts, documents, ending, monitoring, workflow


def complete_monitoring(actor: Actor, case: Case) -> None:
    """Report every month of ⑧ on target and complete it."""
    facts = case_facts.load(case)
    entries = [
        monitoring.FigureEntry(indicator.key, indicator.target_thousandths)
        for indicator in monitoring.indicators_of(facts)
    ]
    for month, _ in monitoring.months_begun(facts):
        report = monitoring.MonthReport(month, facts.today, "표본 제공자")
        monitoring.record_figures(actor, case, report, entries)
    workflow.complete(actor, case, Step.MONITORING)


def complete_ending(actor: Actor, case: Case) -> None:
    """Renew with the same provider in ⑨ and complete it, which closes the case; ⑦ and ⑧ must be done."""
    facts = case_facts.load(case)
    end = facts.contract.ends_on or facts.today
    received = min(facts.today, end - timedelta(days=40))
    plan = EndingPlan(
        EndingKind.EXPIRY,
        ExpiryOutcome.RENEWAL,
        end,
        notice=EndNotice(received, NoticeChannel.EMAIL, END_NOTICE_ITEMS),
    )
    newest = documents.newest(case, Step.ENDING)
    documents.save(actor, case, Step.ENDING, plan, newest.version if newest else 0)
    for place, _ in enumerate(ending.promises_of(facts)):
        ending.confirm_promise(actor, case, PromiseMark(place, True, facts.today))
    workflow.complete(actor, case, Step.ENDING)
