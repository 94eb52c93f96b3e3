"""A case whose contract is concluded, for tests of what comes after, without walking there.

The steps before hold what a snapshot of an empty decision holds; the contract is that of 2023, so that every
month of it is over whenever the tests run.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from procurement.domain.access import Actor
from procurement.domain.facts import ContractTerms
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import ApprovalRequest, Case, Conclusion
from procurement.services import case_facts, documents, ledger, workflow
from tests.domain.rules.good_later import good_terms
from tests.support.factories import a_case, project_officer_of, work

CONCLUDED_ON = date(2023, 3, 13)
BEFORE_USE = (
    Step.BUDGET,
    Step.DEFINITION,
    Step.SEARCH,
    Step.SOURCING,
    Step.SELECTION,
    Step.CONTRACT,
)


def terms(**changes: Any) -> ContractTerms:
    """Terms of a contract from March to December 2023 with an annex, duties, a fault clock and promises."""
    return replace(good_terms(), **changes)


def a_concluded_case(*, registered: bool = False, **changes: Any) -> Case:
    """A case in use: ① to ⑥ done, the contract concluded; ``changes`` go into its terms."""
    case = a_case()
    actor = project_officer_of(case)
    with work():
        conclude(actor, case, terms(**changes))
        if registered:
            done(actor, case, Step.REGISTRATION)
    return case


def conclude(actor: Actor, case: Case, contract: ContractTerms) -> None:
    """Save the terms, conclude them, and complete the steps up to the contract as they stand."""
    for step in BEFORE_USE[:-1]:
        done(actor, case, step)
    document = documents.save(actor, case, Step.CONTRACT, contract, 0)
    request = ApprovalRequest(
        institution_id=case.institution_id,
        case_id=case.id,
        number=1,
        document_id=document.id,
        terms_digest=document.digest,
        submitter_id=uuid.UUID(actor.account_id),
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(request)
    db.session.flush()
    conclusion = Conclusion(
        institution_id=case.institution_id,
        case_id=case.id,
        request_id=request.id,
        contract_number="표본-2023-17",
        concluded_on=CONCLUDED_ON,
        terms_digest=document.digest,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(conclusion)
    db.session.flush()
    ledger.record(actor, "contract.concluded", case=case, body={}, rows=[request, conclusion])
    done(actor, case, Step.CONTRACT)


def done(actor: Actor, case: Case, step: Step) -> None:
    """Complete a step as it stands, whatever its rules say."""
    workflow._freeze(actor, case, step, case_facts.load(case), (), action="complete")
