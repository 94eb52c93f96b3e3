"""③ Search and save: runs, their results in order, the final run of each lot (III.2.③)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from procurement.domain.facts.definition import ServiceType
from procurement.domain.labels import Labelled


class RunKind(Labelled):
    """Rehearsal in the local catalogue plans; only an official run can become final (S-9)."""

    REHEARSAL = "rehearsal", "예비 검색"
    OFFICIAL = "official", "공식 검색"


class SearchSource(Labelled):
    """Where the result list was made."""

    SUPPORT_SYSTEM = "support_system", "이용지원시스템"
    LOCAL_CATALOGUE = "local_catalogue", "불러온 목록"
    OTHER = "other", "그 밖의 곳"


class SearchPage(Labelled):
    """The six pages of the support system, each with its own filters (붙임)."""

    FIND = "찾기", "찾기 페이지"
    IAAS = "IaaS", "IaaS 페이지"
    PAAS = "PaaS", "PaaS 페이지"
    SAAS = "SaaS", "SaaS 페이지"
    SUPPORT = "지원서비스", "지원서비스 페이지"
    CONVERGED = "융합서비스", "융합서비스 페이지"


@dataclass(frozen=True)
class SearchWord:
    """A word searched: the clause it comes from, or the reason why it was added (S-2).

    ``verdict`` is what the neutrality check said when the run was made, kept with the run since the
    list of names it looks at changes later: ``"neutral"``, ``"review"`` (a reason is needed),
    ``"note"`` (a technology, refused as a search word) or ``"block"`` (a name) (S-1).
    ``verdict_note`` names what was recognised.
    """

    word: str
    clause: str = ""
    reason: str = ""
    verdict: str = "neutral"
    verdict_note: str = ""


@dataclass(frozen=True)
class SearchFilter:
    """A filter set: its clause, or a reason when it is not in the definition or not in the table."""

    filter: str
    option: str
    clause: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ResultRow:
    """One service of a result list, in the order found; ``None`` means the source did not say."""

    result_id: str
    position: int
    service_name: str
    service_id: str | None = None
    provider_name: str | None = None
    service_type: ServiceType | None = None
    csap_grade: str | None = None
    csap_to: date | None = None
    in_mall: bool | None = None
    price_won: int | None = None
    company_size: str | None = None
    provider_kind: str | None = None
    innovation: bool | None = None
    infrastructure: str | None = None


@dataclass(frozen=True)
class SavedOutput:
    """A file of the search's output: what it states and what was read from it.

    ``stated_total`` is the number of results that the file itself gives; ``refusal`` says why its list
    could not be read (it was then entered by hand).
    """

    evidence_id: str
    name: str
    digest: str
    stated_total: int | None = None
    read_count: int = 0
    notes: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class ListCorrection:
    """Where the list recorded differs from what was read, with the reason.

    ``kind`` is ``"changed"``, ``"removed"`` (read, but no result of the search) or ``"added"`` (entered by
    hand); ``position`` counts the services as read, those added come behind them.
    """

    kind: str
    position: int
    read: str
    recorded: str
    reason: str


@dataclass(frozen=True)
class ListReading:
    """How a run's list came about: the files, what a person corrected, why the numbers differ."""

    run_id: str
    outputs: tuple[SavedOutput, ...] = ()
    corrections: tuple[ListCorrection, ...] = ()
    count_reason: str = ""
    unknown_count: int = 0
    catalogue: str = ""


@dataclass(frozen=True)
class SearchRun:
    """One search, exactly as made (S-3). ``saved_output`` is the digest of the stored file."""

    run_id: str
    lot: int
    number: int
    kind: RunKind
    source: SearchSource
    page: SearchPage
    definition_version: int
    occurred_at: datetime
    recorded_at: datetime
    actor_id: str
    words: tuple[SearchWord, ...] = ()
    filters: tuple[SearchFilter, ...] = ()
    service_type: ServiceType | None = None
    follows: str | None = None
    change: str = ""
    saved_output: str | None = None
    results: tuple[ResultRow, ...] = ()
    reading: ListReading | None = None


@dataclass(frozen=True)
class FinalRun:
    """The run declared final for a lot (S-6). ``round`` grows when ③ is opened again."""

    lot: int
    run_id: str
    round: int
    recorded_at: datetime


@dataclass(frozen=True)
class SearchFacts:
    """All runs of the case and the final run of each lot in the present round."""

    runs: tuple[SearchRun, ...] = ()
    finals: tuple[FinalRun, ...] = ()
    round: int = 1

    def run(self, run_id: str) -> SearchRun | None:
        """The run with this id."""
        return next((run for run in self.runs if run.run_id == run_id), None)

    def final(self, lot: int) -> SearchRun | None:
        """The final run of ``lot`` in the present round."""
        for final in self.finals:
            if final.lot == lot and final.round == self.round:
                return self.run(final.run_id)
        return None
