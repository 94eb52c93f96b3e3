"""Completing steps through the services, as far as a test needs to get."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

from procurement.domain.access import Actor
from procurement.domain.facts import BudgetSheet, RequirementsDefinition, SourcingChoice
from procurement.domain.facts.budget import (
    AccountCategory,
    BudgetLine,
    BudgetUse,
    FeeBasis,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.domain.facts.definition import (
    DERIVED_QUESTIONS,
    QUESTIONS,
    Answer,
    InformationSource,
    LotRequirements,
    PlanFilter,
    PlanTerm,
    ServiceType,
    SourceKind,
)
from procurement.domain.facts.search import SearchFilter, SearchPage, SearchWord
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.sourcing import proposed_ground
from procurement.domain.search_conditions import Conditions
from procurement.domain.steps import Step
from procurement.models import Case, SearchRun
from procurement.services import case_facts, documents, evidence, search, search_pending, workflow
from tests.support.contracting import complete_contract as complete_contract
from tests.support.contracting import complete_registration as complete_registration
from tests.support.official_pages import result_page
from tests.support.selecting import complete_selection as complete_selection
from tests.support.using import complete_ending as complete_ending
from tests.support.using import complete_monitoring as complete_monitoring

AMOUNT_WON = 12_650_000


def a_budget_sheet(**changes: Any) -> BudgetSheet:
    """A budget check that passes its rules."""
    values: dict[str, Any] = {
        "lines": (BudgetLine(BudgetUse.SERVICE_FEE, AccountCategory.RENT, AMOUNT_WON),),
        "fee_basis": FeeBasis.FLAT,
        "payment": PaymentMethod.PER_PERIOD,
        "payment_period": PaymentPeriod.MONTH,
        "total_won": AMOUNT_WON,
        "vat_included": True,
        "planned_start": date(2026, 1, 1),
        "planned_end": date(2026, 12, 31),
        "guidelines": "2026년도 예산 및 기금운용계획 집행지침",
    }
    return BudgetSheet(**{**values, **changes})


def a_lot(number: int = 1, **changes: Any) -> LotRequirements:
    """Requirements of a lot that pass the rules."""
    values: dict[str, Any] = {
        "title": f"수요 {number}",
        "purpose": "직원들이 문서를 함께 만들고 주고받는 협업에 쓴다.",
        "environment": "이용자 120명, 12개월, 업무망에서 접속한다.",
        "functions": "문서 공동 편집, 화상회의, 전자우편",
        "budget_won": AMOUNT_WON,
        "service_type": ServiceType.SAAS,
        "terms": (PlanTerm("협업", "1-1"), PlanTerm("전자우편", "2-2")),
        "filters": (PlanFilter("기업 유형", "중소기업", "2-2"),),
    }
    values.update(changes)
    # The first three questions are answered by the sections themselves.
    sections = {"1-1": "purpose", "2-1": "environment", "2-2": "functions"}
    values.setdefault(
        "answers",
        tuple(
            Answer(q.number, values[sections[q.number]] if q.number in sections else "수준을 따로 적었다.")
            for q in QUESTIONS
            if q.number not in DERIVED_QUESTIONS
        ),
    )
    return LotRequirements(lot=number, **values)


def a_definition(lots: int = 1, **changes: Any) -> RequirementsDefinition:
    """A definition of so many lots that passes its rules."""
    values: dict[str, Any] = {
        "lots": tuple(a_lot(number, budget_won=AMOUNT_WON // lots) for number in range(1, lots + 1)),
        "sources": (
            InformationSource(SourceKind.CATALOGUE, "이용지원시스템에서 같은 유형의 설명을 보았다."),
        ),
        "central_intended": False,
    }
    return RequirementsDefinition(**{**values, **changes})


def save_document(actor: Actor, case: Case, step: Step, document: object) -> None:
    """Save a document on top of the newest version."""
    newest = documents.newest(case, step)
    documents.save(actor, case, step, document, newest.version if newest else 0)


def complete_budget(actor: Actor, case: Case, **changes: Any) -> None:
    """Fill in ① and complete it."""
    save_document(actor, case, Step.BUDGET, a_budget_sheet(**changes))
    workflow.complete(actor, case, Step.BUDGET)


def complete_definition(actor: Actor, case: Case, lots: int = 1, **changes: Any) -> None:
    """Fill in ② and complete it; everything before it must be done."""
    save_document(actor, case, Step.DEFINITION, a_definition(lots, **changes))
    workflow.complete(actor, case, Step.DEFINITION)


def conditions(lot: int = 1, **changes: Any) -> Conditions:
    """Conditions of a search with the words of ``a_lot``."""
    values: dict[str, Any] = {
        "lot": lot,
        "page": SearchPage.SAAS,
        "occurred_at": datetime(2026, 2, 3, 1, 0, tzinfo=UTC),
        "service_type": ServiceType.SAAS,
        "words": (SearchWord("협업"),),
        "filters": (SearchFilter("기업 유형", "중소기업"),),
    }
    return Conditions(**{**values, **changes})


def receive_page(data: bytes, name: str = "검색결과.html") -> evidence.Received:
    """A saved page as it comes in."""
    return evidence.receive(io.BytesIO(data), name)


def upload_output(actor: Actor, case: Case, data: bytes, name: str = "검색결과.html", lot: int = 1) -> None:
    """Put a saved page of the support system behind those of the search being recorded."""
    received = receive_page(data, name)
    read = search_pending.read_output(received)
    row = evidence.attach(actor, case, received, purpose="search_output", step=Step.SEARCH)
    search_pending.add_page(actor, case, lot, row, read)


def official_run(actor: Actor, case: Case, page: bytes | None = None, **changes: Any) -> SearchRun:
    """Record a search made in the support system, with the list of ``page``."""
    wanted = conditions(**changes)
    upload_output(actor, case, result_page() if page is None else page, lot=wanted.lot)
    return search.record_official(actor, case, wanted)


def complete_search(actor: Actor, case: Case) -> None:
    """Search once for every lot, declare that search final and complete ③; ② must be done."""
    for lot in case_facts.load(case).head.lots:
        run = official_run(actor, case, lot=lot)
        search.declare_final(actor, case, run.number, confirmed=True)
    workflow.complete(actor, case, Step.SEARCH)


def complete_to_selection(actor: Actor, case: Case) -> None:
    """Complete ① to ⑤."""
    complete_budget(actor, case)
    complete_definition(actor, case)
    complete_search(actor, case)
    complete_sourcing(actor, case)
    complete_selection(actor, case)


def complete_sourcing(actor: Actor, case: Case, route: Route = Route.OWN, **changes: Any) -> None:
    """Choose a route in ④ and complete it; everything before it must be done."""
    law = case_facts.load(case).institution.contract_law
    values: dict[str, Any] = {
        "route": route,
        "legal_ground": proposed_ground(law, route) or "표본 기관 계약규정 제10조",
        "reason": "기관의 계약 절차에 익숙하고 검색된 서비스를 모두 대상으로 할 수 있다.",
        "needs_several_specialties": False,
    }
    save_document(actor, case, Step.SOURCING, SourcingChoice(**{**values, **changes}))
    workflow.complete(actor, case, Step.SOURCING)
