"""Facts of a case from its rows, with a number of queries that does not grow with the case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

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
    facts_closing,
    facts_contract,
    facts_ending,
    facts_monitoring,
    facts_search,
    facts_selection,
    names,
    records,
    states,
)
from procurement.services.codec_text import decoded
from procurement.services.rows import CaseRows, bounded, table_of
from procurement.services.store import settings

YEARS_AROUND = 8

# Rows of the newest version of each step's document.
Documents = dict[Step, Any]


def load(case: Case, today: date | None = None) -> CaseFacts:
    """All facts of ``case`` as of ``today`` (the Korean calendar day; now when left out)."""
    day = today or records.today()
    held = CaseRows(case)
    (institution,) = held.run(_institution_of_case())
    lots = held.all(Lot, "number")
    documents, versions = _documents(held), held.all(DefinitionVersion, "number")
    active = records.active(case, held)
    people = _people(held)
    search = facts_search.load(held, {lot.id: lot.number for lot in lots})
    plan = read(EndingPlan, documents.get(Step.ENDING))
    definition = _definition(held, documents.get(Step.DEFINITION), versions)
    closings = facts_closing.load(held, {lot.id: lot.number for lot in lots})
    steps = states.load(case, held)
    facts = CaseFacts(
        today=day,
        institution=Institution(
            institution.name,
            InstitutionKind(institution.kind),
            ContractLaw(institution.contract_law),
            institution.own_route_days,
            institution.central_route_days,
        ),
        head=_head(case, lots, definition, people),
        steps=states.stopped(steps) if closings and closings[-1].stands else steps,
        budget=read(BudgetSheet, documents.get(Step.BUDGET)),
        definition=definition,
        search=search,
        sourcing=read(SourcingChoice, documents.get(Step.SOURCING)),
        selection=facts_selection.load(held, {lot.id: lot.number for lot in lots}, search, active),
        contract=facts_contract.load(held, documents.get(Step.CONTRACT), active),
        registration=facts_monitoring.registrations(active),
        monitoring=facts_monitoring.load(active),
        ending=facts_ending.load(plan, active),
        evidence=_evidence(held),
        reasons=_reasons(held),
        holidays=_holidays_around(day.year, settings().extra_holidays),
        search_result_limit=institution.search_result_limit,
        closings=closings,
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


def read(cls: type[Any], document: Any | None) -> Any:
    """A document as its dataclass, ``None`` when there is none."""
    return None if document is None else decoded(cls, document.body)


@lru_cache(maxsize=8)
def _holidays_around(year: int, extra: str) -> dict[date, str]:
    """Holidays of the years that contracts of this time can touch."""
    return holidays_between(date(year - YEARS_AROUND, 1, 1), date(year + YEARS_AROUND, 12, 31), extra=extra)


@cache
def _institution_of_case() -> Select[Any]:
    table = table_of(InstitutionRow)
    columns = [column for column in table.c if column.name not in ("id", "is_sample", "created_at")]
    return select(*columns).where(table.c.id == bindparam("institution"))


@cache
def _newest_documents() -> Select[Any]:
    table = table_of(StepDocument)
    newest = (
        select(table.c.step, func.max(table.c.version).label("version"))
        .where(bounded(table))
        .group_by(table.c.step)
        .subquery()
    )
    return (
        select(table.c.id, table.c.step, table.c.body, table.c.digest)
        .join(newest, (table.c.step == newest.c.step) & (table.c.version == newest.c.version))
        .where(bounded(table))
    )


def _documents(held: CaseRows) -> Documents:
    """Newest version of each step's document."""
    return {Step(row.step): row for row in held.run(_newest_documents())}


def _definition(held: CaseRows, working: Any | None, versions: Sequence[Any]) -> DefinitionFacts:
    frozen: RequirementsDefinition | None = None
    if versions:
        wanted = versions[-1].document_id
        same = working is not None and working.id == wanted
        document = working if same else held.some(StepDocument, "id", [wanted])[0]
        frozen = read(RequirementsDefinition, document)
    text: RequirementsDefinition | None = read(RequirementsDefinition, working)
    return DefinitionFacts(
        working=text,
        frozen=frozen,
        versions=tuple(VersionFacts(v.number, v.digest, v.recorded_at, v.reason) for v in versions),
        name_hits=names.hits(text) if text else (),
    )


@cache
def _officers() -> Select[Any]:
    case, account = table_of(Case), table_of(Account)
    return (
        select(account.c.id, account.c.name)
        .join(case, account.c.id.in_((case.c.project_officer_id, case.c.contract_officer_id)))
        .where(bounded(case, "id"), account.c.institution_id == bindparam("institution"))
    )


def _people(held: CaseRows) -> dict[uuid.UUID, str]:
    return {row.id: row.name for row in held.run(_officers())}


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


def _evidence(held: CaseRows) -> tuple[EvidenceFacts, ...]:
    files = held.all(EvidenceFile, "recorded_at")
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


def _reasons(held: CaseRows) -> dict[tuple[str, str], str]:
    written = held.all(Justification, "number")
    return {(row.rule_id, row.subject): row.text for row in written}
