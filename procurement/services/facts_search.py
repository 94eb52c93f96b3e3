"""③ facts from rows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import (
    FinalRun,
    ListReading,
    ResultRow,
    RunKind,
    SearchFacts,
    SearchFilter,
    SearchPage,
    SearchRun,
    SearchSource,
    SearchWord,
)
from procurement.domain.steps import Step
from procurement.models import (
    DefinitionVersion,
    EvidenceFile,
    SearchResult,
    StepRecord,
)
from procurement.models import FinalRun as FinalRunRow
from procurement.models import SearchRun as SearchRunRow
from procurement.services.codec_text import decoded
from procurement.services.records import all_versions
from procurement.services.rows import CaseRows

READING = "search_reading"


def load(read: CaseRows, lot_numbers: Mapping[uuid.UUID, int]) -> SearchFacts:
    """Runs with their results and how these were read, and the final runs; at most seven queries."""
    results: dict[uuid.UUID, list[ResultRow]] = defaultdict(list)
    for row in read.all(SearchResult, "position"):
        results[row.run_id].append(_result(row))
    versions = {row.id: row.number for row in read.all(DefinitionVersion, "number")}
    files = {row.id: row.digest for row in read.all(EvidenceFile, "recorded_at")}
    readings = _readings(read)
    return SearchFacts(
        runs=tuple(
            replace(
                _run(
                    row,
                    versions[row.definition_version_id],
                    files.get(row.evidence_id),
                    lot_numbers,
                    tuple(results[row.id]),
                ),
                reading=readings.get(str(row.id)),
            )
            for row in read.all(SearchRunRow, "number")
        ),
        finals=tuple(
            FinalRun(lot_numbers[row.lot_id], str(row.run_id), row.round, row.recorded_at)
            for row in read.all(FinalRunRow, "recorded_at")
        ),
        round=_current_round(read),
    )


def _current_round(read: CaseRows) -> int:
    """One more than the times that ③ was opened again."""
    reopened = [row for row in read.all(StepRecord, "number") if row.action == "reopen"]
    return 1 + sum(1 for row in reopened if row.step == Step.SEARCH.value)


def _readings(read: CaseRows) -> dict[str, ListReading]:
    """How each run's list came about. It is sealed with its run: no later version of it counts."""
    found = (
        decoded(ListReading, row.body)
        for row in all_versions(read)
        if row.kind == READING and row.version == 1
    )
    return {reading.run_id: reading for reading in found}


# Results are append-only and facts frozen, so one making of a row serves every reader of the same row.
@lru_cache(maxsize=20_000)
def _result(row: Any) -> ResultRow:
    return ResultRow(
        result_id=str(row.id),
        position=row.position,
        service_name=row.service_name,
        service_id=row.service_id,
        provider_name=row.provider_name,
        service_type=ServiceType(row.service_type) if row.service_type else None,
        csap_grade=row.csap_grade,
        csap_to=row.csap_to,
        in_mall=row.in_mall,
        price_won=row.price_won,
        company_size=row.company_size,
        provider_kind=row.provider_kind,
        innovation=row.innovation,
        infrastructure=row.infrastructure,
    )


def _run(
    row: Any,
    version: int,
    saved_output: str | None,
    lot_numbers: Mapping[uuid.UUID, int],
    results: tuple[ResultRow, ...],
) -> SearchRun:
    return SearchRun(
        run_id=str(row.id),
        lot=lot_numbers[row.lot_id],
        number=row.number,
        kind=RunKind(row.kind),
        source=SearchSource(row.source),
        page=SearchPage(row.page),
        definition_version=version,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor_id=str(row.actor_id),
        words=decoded(tuple[SearchWord, ...], row.words),
        filters=decoded(tuple[SearchFilter, ...], row.filters),
        service_type=ServiceType(row.service_type) if row.service_type else None,
        follows=str(row.follows_id) if row.follows_id else None,
        change=row.change,
        saved_output=saved_output,
        results=results,
    )
