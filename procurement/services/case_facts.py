"""Facts of a case from its rows, with a number of queries that does not grow with the case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from procurement.adapters.holidays_kr import holidays_between
from procurement.domain.facts import (
    BudgetSheet,
    CaseFacts,
    CaseHead,
    DefinitionFacts,
    EndingPlan,
    EvidenceFacts,
    Institution,
    RequirementsDefinition,
    SourcingChoice,
)
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.domain.facts.definition import DefinitionVersion as VersionFacts
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import (
    Account,
    Case,
    DefinitionVersion,
    EvidenceFile,
    Justification,
    Lot,
    StepDocument,
)
from procurement.models import Institution as InstitutionRow
from procurement.services import (
    facts_contract,
    facts_ending,
    facts_monitoring,
    facts_search,
    facts_selection,
    names,
    records,
    rows,
    states,
)
from procurement.services.codec_text import decoded
from procurement.services.store import settings

YEARS_AROUND = 8

Documents = dict[Step, StepDocument]


def load(case: Case, today: date | None = None) -> CaseFacts:
    """All facts of ``case`` as of ``today`` (the Korean calendar day; now when left out)."""
    day = today or records.today()
    institution = db.session.get_one(InstitutionRow, case.institution_id)
    lots = rows.of_case(case, Lot, "number")
    documents, versions = _documents(case), rows.of_case(case, DefinitionVersion, "number")
    active = records.active(case)
    people = _people(case)
    search = facts_search.load(case, {lot.id: lot.number for lot in lots})
    plan = read(EndingPlan, documents.get(Step.ENDING))
    definition = _definition(documents.get(Step.DEFINITION), versions)
    facts = CaseFacts(
        today=day,
        institution=Institution(
            institution.name, InstitutionKind(institution.kind), ContractLaw(institution.contract_law)
        ),
        head=_head(case, lots, definition, people),
        steps=states.load(case),
        budget=read(BudgetSheet, documents.get(Step.BUDGET)),
        definition=definition,
        search=search,
        sourcing=read(SourcingChoice, documents.get(Step.SOURCING)),
        selection=facts_selection.load(case, {lot.id: lot.number for lot in lots}, search, active),
        contract=facts_contract.load(case, documents.get(Step.CONTRACT), active),
        registration=facts_monitoring.registrations(active),
        monitoring=facts_monitoring.load(active),
        ending=facts_ending.load(plan, active),
        evidence=_evidence(case),
        reasons=_reasons(case),
        holidays=_holidays_around(day.year, settings().extra_holidays),
        search_result_limit=institution.search_result_limit,
    )
    return facts_ending.with_plan(facts, plan)


def with_document(facts: CaseFacts, step: Step, document: Any) -> CaseFacts:
    """Facts as they would be if ``document`` were the step's document: for findings as one types."""
    if step is Step.BUDGET:
        return replace(facts, budget=document)
    if step is Step.DEFINITION:
        return replace(
            facts,
            definition=replace(facts.definition, working=document, name_hits=names.hits(document)),
        )
    if step is Step.SOURCING:
        return replace(facts, sourcing=document)
    if step is Step.CONTRACT:
        return replace(facts, contract=replace(facts.contract, terms=document))
    return facts_ending.with_plan(facts, document)


def read(cls: type[Any], document: StepDocument | None) -> Any:
    """A document as its dataclass, ``None`` when there is none."""
    return None if document is None else decoded(cls, document.body)


@lru_cache(maxsize=8)
def _holidays_around(year: int, extra: str) -> dict[date, str]:
    """Holidays of the years that contracts of this time can touch."""
    return holidays_between(date(year - YEARS_AROUND, 1, 1), date(year + YEARS_AROUND, 12, 31), extra=extra)


def _documents(case: Case) -> Documents:
    """Newest version of each step's document."""
    newest = (
        select(StepDocument.step, func.max(StepDocument.version).label("version"))
        .where(StepDocument.case_id == case.id)
        .group_by(StepDocument.step)
        .subquery()
    )
    query = (
        select(StepDocument)
        .join(newest, (StepDocument.step == newest.c.step) & (StepDocument.version == newest.c.version))
        .where(StepDocument.case_id == case.id)
    )
    return {Step(row.step): row for row in db.session.scalars(query)}


def _definition(working: StepDocument | None, versions: Sequence[Any]) -> DefinitionFacts:
    frozen: RequirementsDefinition | None = None
    if versions:
        frozen = read(RequirementsDefinition, db.session.get(StepDocument, versions[-1].document_id))
    text: RequirementsDefinition | None = read(RequirementsDefinition, working)
    return DefinitionFacts(
        working=text,
        frozen=frozen,
        versions=tuple(VersionFacts(v.number, v.digest, v.recorded_at, v.reason) for v in versions),
        name_hits=names.hits(text) if text else (),
    )


def _people(case: Case) -> dict[uuid.UUID, str]:
    wanted = {case.project_officer_id, case.contract_officer_id}
    query = select(Account.id, Account.name).where(Account.id.in_(wanted))
    return {row.id: row.name for row in db.session.execute(query)}


def _head(
    case: Case, lots: Iterable[Any], definition: DefinitionFacts, people: dict[uuid.UUID, str]
) -> CaseHead:
    text = definition.frozen or definition.working
    return CaseHead(
        number=case.number,
        title=case.title,
        project_officer=people.get(case.project_officer_id, ""),
        contract_officer=people.get(case.contract_officer_id, ""),
        lots=tuple(lot.lot for lot in text.lots) if text else tuple(lot.number for lot in lots),
        project_officer_id=str(case.project_officer_id),
        contract_officer_id=str(case.contract_officer_id),
    )


def _evidence(case: Case) -> tuple[EvidenceFacts, ...]:
    files = rows.of_case(case, EvidenceFile, "recorded_at")
    superseded = {row.supersedes_id for row in files}
    return tuple(
        EvidenceFacts(
            str(row.id),
            Step(row.step) if row.step else None,
            row.purpose,
            row.name,
            row.digest,
            row.size_bytes,
            row.recorded_at,
            row.id in superseded,
        )
        for row in files
    )


def _reasons(case: Case) -> dict[tuple[str, str], str]:
    written = rows.of_case(case, Justification, "number")
    return {(row.rule_id, row.subject): row.text for row in written}
