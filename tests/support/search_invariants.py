"""S-1 to S-10 as statements about rows and events, written without the rules and guards that keep them."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from procurement.domain.filters import FILTERS
from procurement.extensions import db
from procurement.models import (
    Case,
    CaseRecord,
    Chain,
    DefinitionVersion,
    Event,
    EventBody,
    EvidenceFile,
    FinalRun,
    Lot,
    SearchResult,
    SearchRun,
    StepDocument,
)
from procurement.services.store import evidence_store

Row = dict[str, Any]
KEPT = (SearchRun, SearchResult, FinalRun, CaseRecord, DefinitionVersion, EvidenceFile)


@dataclass(frozen=True)
class Held:
    """All rows of ③ of a case, and its events in order."""

    runs: list[Row]
    results: dict[Any, list[Row]]
    finals: list[Row]
    lots: dict[Any, int]
    versions: dict[Any, Row]
    plans: dict[Any, dict[int, Row]]
    files: dict[Any, Row]
    readings: dict[str, Row]
    events: list[Row]
    barred: frozenset[str]


def rows_of(case: Case) -> dict[tuple[str, Any], Row]:
    """Every append-only row of ③, by table and key, as it stands in the database."""
    db.session.rollback()
    found: dict[tuple[str, Any], Row] = {}
    for model in KEPT:
        table = model.__table__
        for row in db.session.execute(select(*table.columns).where(table.c.case_id == case.id)):
            found[(table.name, row.id)] = dict(row._mapping)
    return found


def changed(before: dict[tuple[str, Any], Row], after: dict[tuple[str, Any], Row]) -> list[str]:
    """Rows that are gone or no longer what they were."""
    return [f"{table} {key}" for (table, key), row in before.items() if after.get((table, key)) != row]


def broken(case: Case, barred: frozenset[str] = frozenset()) -> list[str]:
    """What of S-1 to S-10 does not hold for ``case``; ``barred``: folded names that no word may hold."""
    held = _held(case, barred)
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(held)]


def _held(case: Case, barred: frozenset[str]) -> Held:
    rows = rows_of(case)

    def of(model: Any) -> list[Row]:
        return [row for (table, _), row in rows.items() if table == model.__table__.name]

    results: dict[Any, list[Row]] = {}
    for row in sorted(of(SearchResult), key=lambda row: row["position"]):
        results.setdefault(row["run_id"], []).append(row)
    lots = db.session.execute(select(Lot.id, Lot.number).where(Lot.case_id == case.id))
    versions = {row["id"]: row for row in of(DefinitionVersion)}
    readings = [json.loads(row["body"]) for row in of(CaseRecord) if row["kind"] == "search_reading"]
    return Held(
        runs=sorted(of(SearchRun), key=lambda row: row["number"]),
        results=results,
        finals=sorted(of(FinalRun), key=lambda row: row["recorded_at"]),
        lots={row.id: row.number for row in lots},
        versions=versions,
        plans={key: _plans(row["document_id"]) for key, row in versions.items()},
        files={row["id"]: row for row in of(EvidenceFile)},
        readings={reading["run_id"]: reading for reading in readings},
        events=_events(case),
        barred=barred,
    )


def _plans(document_id: Any) -> dict[int, Row]:
    body = db.session.scalars(select(StepDocument.body).where(StepDocument.id == document_id)).one()
    return {lot["lot"]: lot for lot in json.loads(body)["lots"]}


def _events(case: Case) -> list[Row]:
    query = (
        select(Event.kind, EventBody.body)
        .join(Chain, Chain.id == Event.chain_id)
        .join(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .where(Chain.case_id == case.id, Chain.institution_id == case.institution_id)
        .order_by(Event.seq)
    )
    return [{"kind": kind, "body": json.loads(body)["data"]} for kind, body in db.session.execute(query)]


def plain(text: str) -> str:
    """Letters and digits alone, in one form and case."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _words(held: Held) -> Iterator[tuple[Row, Row]]:
    return ((run, word) for run in held.runs for word in json.loads(run["words"]))


def _filters(held: Held) -> Iterator[tuple[Row, Row]]:
    return ((run, used) for run in held.runs for used in json.loads(run["filters"]))


def _plan(held: Held, run: Row) -> Row:
    return held.plans[run["definition_version_id"]][held.lots[run["lot_id"]]]


def s_1_words_name_nobody(held: Held) -> Iterator[str]:
    """No word of any run holds a name; one that could be a name has its reason."""
    for run, word in _words(held):
        if any(name in plain(word["word"]) for name in held.barred) or word["verdict"] in ("block", "note"):
            yield f"run {run['number']} searched for {word['word']}"
        if word["verdict"] == "review" and not word["reason"].strip():
            yield f"run {run['number']} gives no reason for {word['word']}"


def s_2_words_and_filters_come_from_the_definition(held: Held) -> Iterator[str]:
    """Each is in the version that the run rests on, or has its reason."""
    for run, word in _words(held):
        planned = {plain(term["word"]) for term in _plan(held, run)["terms"]}
        if plain(word["word"]) not in planned and not word["reason"].strip():
            yield f"run {run['number']}: word {word['word']}"
    for run, used in _filters(held):
        options = {(plain(f["filter"]), plain(f["option"])) for f in _plan(held, run)["filters"]}
        if (plain(used["filter"]), plain(used["option"])) not in options and not used["reason"].strip():
            yield f"run {run['number']}: filter {used['filter']}"


def s_3_a_run_keeps_all_of_its_search(held: Held) -> Iterator[str]:
    """Who, when, what for, the list in its order, how it was read, the saved output, one event each."""
    told = Counter(event["body"]["number"] for event in held.events if event["kind"] == "search.run")
    for run in held.runs:
        results = held.results.get(run["id"], [])
        if [row["position"] for row in results] != list(range(1, run["result_count"] + 1)):
            yield f"run {run['number']}: list is not whole"
        if run["occurred_at"] > run["recorded_at"] or run["actor_id"] is None:
            yield f"run {run['number']}: when or who"
        if not json.loads(run["words"]) and not json.loads(run["filters"]):
            yield f"run {run['number']}: no conditions"
        if str(run["id"]) not in held.readings or told[run["number"]] != 1:
            yield f"run {run['number']}: reading or event"
        file = held.files.get(run["evidence_id"])
        if run["kind"] == "official" and (
            file is None or not evidence_store().path_of(file["digest"]).is_file()
        ):
            yield f"run {run['number']}: saved output"
    if sorted(told) != [run["number"] for run in held.runs]:
        yield "runs are not numbered as they were told"


def s_4_filters_are_those_of_the_page(held: Held) -> Iterator[str]:
    """A filter that the page has not has its reason."""
    for run, used in _filters(held):
        there = {
            (plain(known.name), plain(option))
            for page, filters in FILTERS.items()
            if page.value == run["page"]
            for known in filters
            for option in known.options
        }
        if (plain(used["filter"]), plain(used["option"])) not in there and not used["reason"].strip():
            yield f"run {run['number']}: {used['filter']} {used['option']}"


def s_5_a_later_search_says_which_it_follows(held: Held) -> Iterator[str]:
    """After an official run of the same lot and version the next names one of the lot, and the change."""
    by_id = {run["id"]: run for run in held.runs}
    official = [run for run in held.runs if run["kind"] == "official"]
    for at, run in enumerate(official):
        before = [
            one
            for one in official[:at]
            if (one["lot_id"], one["definition_version_id"]) == (run["lot_id"], run["definition_version_id"])
        ]
        followed = by_id.get(run["follows_id"])
        if before and followed is None:
            yield f"run {run['number']} follows none"
        if followed and (
            followed["lot_id"] != run["lot_id"]
            or followed["kind"] != "official"
            or followed["number"] >= run["number"]
            or not run["change"].strip()
        ):
            yield f"run {run['number']} follows {followed['number']} wrongly"


def s_6_one_final_run_and_none_after_it(held: Held) -> Iterator[str]:
    """One final run for each lot and round; no official search of the lot until ③ is opened again."""
    twice = [key for key, n in Counter((f["lot_id"], f["round"]) for f in held.finals).items() if n > 1]
    yield from (f"two final runs: {key}" for key in twice)
    decided: set[int] = set()
    for event in held.events:
        body = event["body"]
        if event["kind"] == "step.reopened" and body["step"] == "search":
            decided.clear()
        elif event["kind"] == "search.final":
            if body["lot"] in decided:
                yield f"lot {body['lot']} decided again"
            decided.add(body["lot"])
        elif event["kind"] == "search.run" and body["kind"] == "official" and body["lot"] in decided:
            yield f"lot {body['lot']} searched after its final run"
    if len(held.finals) != sum(event["kind"] == "search.final" for event in held.events):
        yield "final runs and their events differ in number"


def s_7_lists_are_not_combined(held: Held) -> Iterator[str]:
    """A list is that of one search: what its files gave, less what was removed and with what was added."""
    for run in held.runs:
        if run["kind"] != "official":
            continue
        reading = held.readings[str(run["id"])]
        if len({output["stated_total"] for output in reading["outputs"]} - {None}) > 1:
            yield f"run {run['number']} has files of several searches"
        actions = Counter(correction["kind"] for correction in reading["corrections"])
        read = sum(output["read_count"] for output in reading["outputs"])
        if run["result_count"] != read - actions["removed"] + actions["added"]:
            yield f"run {run['number']} has services that none of its files has"


def s_9_final_is_a_search_of_the_support_system(held: Held) -> Iterator[str]:
    """Never a rehearsal, never another lot's."""
    by_id = {run["id"]: run for run in held.runs}
    for final in held.finals:
        run = by_id[final["run_id"]]
        if (run["kind"], run["source"]) != ("official", "support_system") or run["lot_id"] != final["lot_id"]:
            yield f"final run {run['number']}"


def s_10_nothing_found_is_never_final(held: Held) -> Iterator[str]:
    """An empty list stays recorded and decides nothing."""
    by_id = {run["id"]: run for run in held.runs}
    yield from (
        f"run {by_id[final['run_id']]['number']}"
        for final in held.finals
        if by_id[final["run_id"]]["result_count"] == 0
    )


CHECKS: tuple[Callable[[Held], Iterator[str]], ...] = (
    s_1_words_name_nobody,
    s_2_words_and_filters_come_from_the_definition,
    s_3_a_run_keeps_all_of_its_search,
    s_4_filters_are_those_of_the_page,
    s_5_a_later_search_says_which_it_follows,
    s_6_one_final_run_and_none_after_it,
    s_7_lists_are_not_combined,
    s_9_final_is_a_search_of_the_support_system,
    s_10_nothing_found_is_never_final,
)
