"""The list of an official search while it is being reconciled: what the files say, what a person corrects.

Kept as a draft of the one who searches; nothing of it is in the record before the run is recorded whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from procurement.adapters.pages import ParsedPage, parse_result_page
from procurement.adapters.pages_labels import labels_of
from procurement.domain.access import Actor
from procurement.domain.catalogue import ServiceRecord
from procurement.domain.codec import canonical
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, NotFound, Refused, TooLarge
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import ListCorrection, ListReading, ResultRow, SavedOutput
from procurement.domain.periods import format_date
from procurement.domain.result_facts import one_line
from procurement.domain.search_conditions import identity
from procurement.models import Case, EvidenceFile
from procurement.services import documents, evidence, page_readings
from procurement.services.codec_text import decoded
from procurement.services.store import evidence_store

MOST_ROWS = 5_000
LONGEST_NAME = 300
_COMBINED = (
    "둘 이상의 검색 결과를 한 목록으로 합칠 수 없습니다. 여러 쪽으로 나뉜 한 검색이라면 "
    "쪽마다 같은 전체 건수가 적혀 있어야 합니다. 다른 검색은 따로 기록해 주세요."
)


@dataclass(frozen=True)
class ReadPage:
    """What one file gave: its services as read, or the reason why nothing could be read."""

    stated_total: int | None = None
    notes: tuple[str, ...] = ()
    refusal: str = ""
    rows: tuple[ResultRow, ...] = ()


@dataclass(frozen=True)
class PendingPage:
    """A file of the search's output with what was read from it; positions count on over all files."""

    evidence_id: str
    name: str
    digest: str
    read: ReadPage


@dataclass(frozen=True)
class Change:
    """A correction: ``row`` is what is recorded in its place, ``None`` when it is no result."""

    position: int
    row: ResultRow | None
    reason: str


@dataclass(frozen=True)
class PendingList:
    """Files in order, corrections of what was read, rows entered by hand, and the count they state."""

    pages: tuple[PendingPage, ...] = ()
    changes: tuple[Change, ...] = ()
    by_hand: tuple[ResultRow, ...] = ()
    hand_reason: str = ""
    hand_total: int | None = None
    count_reason: str = ""

    @property
    def read_rows(self) -> tuple[ResultRow, ...]:
        """Services as read, in order, over all files."""
        return tuple(row for page in self.pages for row in page.read.rows)

    @property
    def stated_total(self) -> int | None:
        """How many results the output itself states."""
        if self.hand_total is not None:
            return self.hand_total
        return next((p.read.stated_total for p in self.pages if p.read.stated_total is not None), None)

    @property
    def listed(self) -> int:
        """How many services were read or entered by hand."""
        return len(self.read_rows) + len(self.by_hand)

    @property
    def gap(self) -> int:
        """How many results are missing from the list (less than 0: too many) by the stated number."""
        return 0 if self.stated_total is None else self.stated_total - self.listed

    def change_of(self, position: int) -> Change | None:
        """The correction of the service read at ``position``."""
        return next((change for change in self.changes if change.position == position), None)

    @property
    def rows(self) -> tuple[ResultRow, ...]:
        """The list as it will be recorded, numbered anew."""
        kept = [row for row in map(self._as_recorded, self.read_rows) if row is not None]
        return tuple(
            replace(row, position=number) for number, row in enumerate([*kept, *self.by_hand], start=1)
        )

    def _as_recorded(self, row: ResultRow) -> ResultRow | None:
        change = self.change_of(row.position)
        return row if change is None else change.row

    def reading(self, run_id: str) -> ListReading:
        """How the list came about, for the record of the run."""
        read = {row.position: row for row in self.read_rows}
        corrections = [
            ListCorrection(
                "removed" if change.row is None else "changed",
                change.position,
                one_line(read[change.position]),
                "" if change.row is None else one_line(change.row),
                change.reason,
            )
            for change in self.changes
        ]
        corrections += [
            ListCorrection("added", len(read) + number, "", one_line(row), self.hand_reason)
            for number, row in enumerate(self.by_hand, start=1)
        ]
        return ListReading(
            run_id=run_id,
            outputs=tuple(_output(page) for page in self.pages),
            corrections=tuple(corrections),
            count_reason=self.count_reason,
        )


def read_output(received: evidence.Received) -> ReadPage:
    """Read the list from a received file, as people read pages of its layout before; before the transaction.

    Never fails: a file that is no result page gives the reason instead of rows, and stays evidence.
    """
    with evidence_store().open(received.stored.digest) as stream:
        data = stream.read()
    try:
        return read_page(data, page_readings.known(labels_of(data)))
    except (InvalidInput, TooLarge) as error:
        return ReadPage(refusal=error.message)


def read_page(data: bytes, reading: page_readings.Reading | None) -> ReadPage:
    """The list of a page, by what was said of its header words. Raises ``InvalidInput`` or ``TooLarge``."""
    page = parse_result_page(data, labels=reading.labels if reading else None)
    if reading is None:
        return _from_page(page)
    note = f"{format_date(reading.day)}에 맞추어 둔 항목 이름으로 읽었습니다."
    return _from_page(replace(page, notes=(note, *page.notes)))


def read_labelled(data: bytes, labels: Mapping[str, str]) -> ReadPage:
    """The list of a page by what is said of its header words now. Raises ``InvalidInput`` or ``TooLarge``."""
    return _from_page(parse_result_page(data, labels=labels))


def file_at(pending: PendingList, place: int) -> PendingPage:
    """The file at ``place``, counted from 1; ``NotFound`` otherwise."""
    if not 1 <= place <= len(pending.pages):
        raise NotFound("그런 파일이 없습니다. 올린 파일에서 다시 골라 주세요.")
    return pending.pages[place - 1]


def bytes_of(page: PendingPage) -> bytes:
    """The bytes of a file of the list."""
    with evidence_store().open(page.digest) as stream:
        return stream.read()


def put_reading(actor: Actor, case: Case, lot: int, place: int, read: ReadPage) -> PendingList:
    """Put another reading of the file at ``place`` in the place of the first; the file stays the same.

    Raises ``Refused`` or ``InvalidInput`` when the list has corrections, whose places would change, or when
    the reading does not belong to the other files.
    """
    pending = pending_of(actor, case, lot)
    file = file_at(pending, place)
    if pending.changes:
        raise InvalidInput(
            "이미 고친 줄이 있어 다시 읽으면 줄이 어긋납니다. 고친 줄을 읽은 대로 되돌린 뒤 맞추어 주세요."
        )
    others = tuple(page for page in pending.pages if page is not file)
    require_same_list(replace(pending, pages=others), read)
    pages, start = [], 0
    for page in pending.pages:
        rows = read.rows if page is file else page.read.rows
        kept = read if page is file else page.read
        numbered = tuple(replace(row, position=start + at) for at, row in enumerate(rows, start=1))
        pages.append(replace(page, read=replace(kept, rows=numbered)))
        start += len(rows)
    return _keep(actor, case, lot, replace(pending, pages=tuple(pages)))


def pending_of(actor: Actor, case: Case, lot: int) -> PendingList:
    """The list that ``actor`` is reconciling; an empty one when there is none."""
    draft = documents.draft_of(actor, case, _form(lot))
    return decoded(PendingList, draft.fields["list"][0]) if draft else PendingList()


def drop(actor: Actor, case: Case, lot: int) -> None:
    """Forget the list; the files stay evidence."""
    documents.drop_draft(actor, case, _form(lot))


def add_page(actor: Actor, case: Case, lot: int, file: EvidenceFile, read: ReadPage) -> PendingList:
    """Put a file behind those already there.

    Raises ``Refused`` S-7 when it would join a second result list to the first: further files are the
    further pages of one list, so all state the same number and hold other services.
    """
    pending = pending_of(actor, case, lot)
    require_same_list(pending, read)
    start = len(pending.read_rows)
    if start + len(read.rows) > MOST_ROWS:
        raise InvalidInput(
            f"목록은 {counted(MOST_ROWS, 'service')}까지 읽습니다. 검색 조건을 더 좁혀 다시 검색해 주세요."
        )
    numbered = tuple(replace(row, position=start + at) for at, row in enumerate(read.rows, start=1))
    page = PendingPage(str(file.id), file.name, file.digest, replace(read, rows=numbered))
    return _keep(actor, case, lot, replace(pending, pages=(*pending.pages, page)))


def require_same_list(pending: PendingList, read: ReadPage) -> None:
    """Raise ``Refused`` S-7 or ``InvalidInput`` unless ``read`` is a further page of the pending list."""
    stated = {page.read.stated_total for page in pending.pages} - {None}
    if read.stated_total is not None and stated - {read.stated_total}:
        raise Refused(_COMBINED, "S-7")
    if not pending.pages or not read.rows:
        return
    before = [page.read for page in pending.pages if page.read.rows]
    if not before:
        return
    total = before[0].stated_total
    if total is None or read.stated_total != total or len(pending.read_rows) >= total:
        raise Refused(_COMBINED, "S-7")
    known = {identity(row) for row in pending.read_rows}
    if any(identity(row) in known for row in read.rows):
        raise InvalidInput("이미 읽은 서비스가 들어 있는 파일입니다. 같은 쪽을 두 번 올렸는지 확인해 주세요.")


def drop_last_page(actor: Actor, case: Case, lot: int) -> PendingList:
    """Take the last file off the list again, with the corrections of its services; it stays evidence."""
    pending = pending_of(actor, case, lot)
    pages = pending.pages[:-1]
    left = sum(len(page.read.rows) for page in pages)
    return _keep(
        actor,
        case,
        lot,
        replace(
            pending,
            pages=pages,
            changes=tuple(change for change in pending.changes if change.position <= left),
        ),
    )


def correct(
    actor: Actor, case: Case, lot: int, position: int, row: ResultRow | None, reason: str
) -> PendingList:
    """Correct the service read at ``position``, or with ``None`` say that it is no result of the search.

    Raises ``InvalidInput`` without a reason, ``NotFound`` for no such service.
    """
    if not reason.strip():
        raise InvalidInput("읽은 것과 다르게 적는 사유를 적어 주세요.", "reason")
    pending = pending_of(actor, case, lot)
    read_row(pending, position)
    new = Change(position, None if row is None else replace(row, position=position), reason.strip())
    return _keep(
        actor, case, lot, replace(pending, changes=_sorted([*_without(pending.changes, position), new]))
    )


def restore(actor: Actor, case: Case, lot: int, position: int) -> PendingList:
    """Take a correction back."""
    pending = pending_of(actor, case, lot)
    return _keep(actor, case, lot, replace(pending, changes=tuple(_without(pending.changes, position))))


def enter_by_hand(
    actor: Actor, case: Case, lot: int, rows: Iterable[ResultRow], total: int | None, reason: str
) -> PendingList:
    """Enter what a file shows but could not be read from it.

    ``total``: number of results that the file states. Raises ``InvalidInput`` without a reason, without a
    file to reconcile with, or for a service that is listed already.
    """
    pending = pending_of(actor, case, lot)
    entered = tuple(rows)
    if not pending.pages:
        raise InvalidInput("목록을 대조할 저장 파일을 먼저 올려 주세요.", "rows")
    if entered and not reason.strip():
        raise InvalidInput("파일에서 읽지 않고 직접 적는 사유를 적어 주세요.", "reason")
    known = {identity(row) for row in pending.read_rows}
    twice = next((row for row in entered if identity(row) in known), None)
    if twice is not None:
        raise InvalidInput(f"‘{twice.service_name}’은(는) 이미 목록에 있습니다. 한 번만 적어 주세요.", "rows")
    return _keep(
        actor, case, lot, replace(pending, by_hand=entered, hand_total=total, hand_reason=reason.strip())
    )


def explain_count(actor: Actor, case: Case, lot: int, reason: str) -> PendingList:
    """Say why the list has another number of services than the output states."""
    return _keep(actor, case, lot, replace(pending_of(actor, case, lot), count_reason=reason.strip()))


def read_row(pending: PendingList, position: int) -> ResultRow:
    """The service read at ``position``; ``NotFound`` otherwise."""
    found = next((row for row in pending.read_rows if row.position == position), None)
    if found is None:
        raise NotFound("그런 줄이 없습니다. 읽은 목록에서 다시 골라 주세요.")
    return found


def _form(lot: int) -> str:
    return f"search-list-{lot}"


def _keep(actor: Actor, case: Case, lot: int, pending: PendingList) -> PendingList:
    documents.keep_draft(actor, case, _form(lot), {"list": [canonical(pending)]}, 0)
    return pending


def _from_page(page: ParsedPage) -> ReadPage:
    rows = tuple(_row(number, record) for number, record in enumerate(page.services, start=1))
    return ReadPage(page.total_stated, page.notes, rows=rows)


def _row(position: int, record: ServiceRecord) -> ResultRow:
    if max(len(record.service_name), len(record.provider_name or "")) > LONGEST_NAME:
        raise InvalidInput(
            f"{position}번째 서비스의 이름이 {LONGEST_NAME}자를 넘어 목록이 제대로 읽히지 않았습니다. "
            "화면을 다시 저장해 올리거나 목록을 직접 적어 주세요."
        )
    return ResultRow(
        result_id="",
        position=position,
        service_name=record.service_name,
        service_id=record.service_id,
        provider_name=record.provider_name,
        service_type=ServiceType(record.service_type) if record.service_type else None,
        csap_grade=record.csap_grade,
        csap_to=record.csap_to,
        in_mall=record.in_mall,
        price_won=record.price_won,
        company_size=record.company_size,
        provider_kind=record.provider_kind,
        innovation=record.innovation,
        infrastructure=(record.infrastructure or "")[:LONGEST_NAME] or None,
    )


def _output(page: PendingPage) -> SavedOutput:
    read = page.read
    return SavedOutput(
        page.evidence_id, page.name, page.digest, read.stated_total, len(read.rows), read.notes, read.refusal
    )


def _without(changes: Iterable[Change], position: int) -> list[Change]:
    return [change for change in changes if change.position != position]


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.position))
