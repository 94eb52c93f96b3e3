"""Checks everything that the ledger vouches for, from the bytes as they are stored.

Chains and bodies, frozen rows against their seals, rows that no event tells of, cases against chains,
evidence files on the disk, and the triggers. It reads across institutions and by table, which nothing else
does; the number of queries is the same however much there is, and rows are streamed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Result, Row, Select, Table, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from procurement.domain.codec import digest
from procurement.domain.ledger import Break, Link, Walk
from procurement.extensions import db
from procurement.models import Account, Case, Chain, Event, EventBody, EvidenceFile, Institution, triggers
from procurement.models.base import ACROSS
from procurement.models.sealing import SEALED_TABLES, digest_of_values, sealed_table
from procurement.services.codec_text import load_text
from procurement.services.store import evidence_store, settings

ROWS_AT_ONCE = 2000

# What a person calls the rows of a table.
TABLE_NAMES: Mapping[str, str] = {
    "snapshot": "단계 완료본",
    "step_record": "단계 완료·다시 열기",
    "step_document": "단계 문서",
    "definition_version": "정의서 확정본",
    "justification": "사유",
    "case_record": "기록",
    "search_run": "검색",
    "search_result": "검색 결과",
    "final_run": "최종 검색",
    "criteria_set": "평가 기준",
    "criterion": "평가항목",
    "score_sheet": "평가표",
    "score": "점수",
    "service_outcome": "서비스별 결과",
    "decision": "선정 결정",
    "approval_request": "품의",
    "approval_bundle": "품의 증빙 묶음",
    "approval_answer": "결재",
    "conclusion": "계약 체결",
    "evidence_file": "증빙",
    "catalogue_load": "서비스 목록 불러오기",
    "catalogue_service": "목록의 서비스",
    "checkpoint": "확인점",
    "checkpoint_stamp": "확인점의 시각 인증",
    "checkpoint_copy": "확인점 사본 기록",
}


@dataclass(frozen=True)
class Checked:
    """One kind of check and over how many things it went."""

    what: str
    count: int


@dataclass
class Report:
    """What was checked, and the first broken thing by name; ``broken`` is ``None`` when all holds."""

    scope: str
    checked: list[Checked] = field(default_factory=list)
    broken: Break | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found broken."""
        return self.broken is None


class _Broken(Exception):
    """Ends the look at the first broken thing."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what)
        self.found = Break(what, why)


@dataclass(frozen=True)
class _ChainRow:
    key: uuid.UUID
    institution_id: uuid.UUID
    case_id: uuid.UUID | None
    size: int
    head: str


@dataclass(frozen=True)
class _CaseRow:
    key: uuid.UUID
    institution_id: uuid.UUID
    number: str


_Seals = dict[str, dict[str, str]]


def verify(case: Case | None = None, institution_id: uuid.UUID | None = None) -> Report:
    """Check a case, an institution, or everything when both are left out.

    ``case``: its chain, its frozen rows, its files. Reads only; stops at the first broken thing.
    """
    look = _Look(case.id if case else None, case.institution_id if case else institution_id)
    report = Report(f"이용계약 건 {case.number}" if case else "기관 전체" if institution_id else "모든 기관")
    try:
        for what, check in look.checks():
            report.checked.append(Checked(what, check()))
    except _Broken as broken:
        report.broken = broken.found
    finally:
        look.close()
    return report


def ledger_of(case: Case) -> dict[str, Any]:
    """The chain of a case with its bodies, as the stand-alone verifier reads it; plain data."""
    chain = db.session.scalars(select(Chain).where(Chain.case_id == case.id)).one()
    query = (
        select(Event, EventBody)
        .outerjoin(EventBody, and_(EventBody.chain_id == Event.chain_id, EventBody.seq == Event.seq))
        .where(Event.chain_id == chain.id)
        .order_by(Event.seq)
    )
    return {
        "name": case.number,
        "chain_id": str(chain.id),
        "size": chain.size,
        "head": chain.head,
        "events": [
            {
                "seq": event.seq,
                "prev": event.prev,
                "recorded_at": event.recorded_at,
                "occurred_at": event.occurred_at,
                "kind": event.kind,
                "actor_id": event.actor_id,
                "content_digest": event.content_digest,
                "hash": event.hash,
                "salt": body.salt.hex() if body else None,
                "body": body.body if body else None,
            }
            for event, body in db.session.execute(query).tuples()
        ],
    }


def ready_to_serve() -> tuple[str, ...]:
    """Why the application must not serve as it is, in sentences that say how to mend it; empty when it may.

    The triggers have to be there; in production there must be no sample institution and no sample account.
    """
    found = []
    missing = triggers.missing(db.session.connection())
    if missing:
        found.append(
            f"기록의 수정·삭제를 막는 장치 {len(missing)}개가 데이터베이스에 없습니다({missing[0]} 등). "
            "누가 지웠는지 확인하고 백업에서 되살려 주세요."
        )
    if settings().production and (_any_sample(Institution.is_sample) or _any_sample(Account.is_sample)):
        found.append(
            "운영 모드의 데이터베이스에 표본 기관이나 표본 계정이 있습니다. "
            "DATABASE_URL에 새 데이터베이스를 정해 주세요."
        )
    return tuple(found)


def _any_sample(column: InstrumentedAttribute[bool]) -> bool:
    query = select(column).where(column).limit(1).execution_options(**{ACROSS: True})
    return db.session.execute(query).first() is not None


class _Look:
    """One look at everything within its bounds (``None``: unbounded)."""

    def __init__(self, case_id: uuid.UUID | None, institution_id: uuid.UUID | None) -> None:
        self.case_id, self.institution_id = case_id, institution_id
        self.cases: dict[uuid.UUID, _CaseRow] = {}
        self.chains: dict[uuid.UUID, _ChainRow] = {}
        self.seals: _Seals = {table: {} for table in SEALED_TABLES}
        # What the chains of institutions and cases say was opened: case id → number.
        self.opened: dict[str, str] = {}
        self._streams: list[Result[Any]] = []

    def checks(self) -> Iterator[tuple[str, Any]]:
        """The checks in order: what was touched is named before what was only left unguarded."""
        self._load()
        yield "원장의 사건", self._events
        yield "이용계약 건과 원장의 짝", self._cases_and_chains
        yield "굳은 기록", self._sealed_rows
        yield "증빙 파일", self._files
        yield "수정·삭제를 막는 장치", self._triggers

    def _load(self) -> None:
        columns = (Case.id, Case.institution_id, Case.number)
        for case in self._rows(select(*columns).where(*self._within(Case.institution_id, Case.id))):
            self.cases[case.id] = _CaseRow(*case)
        fields = (Chain.id, Chain.institution_id, Chain.case_id, Chain.size, Chain.head)
        for chain in self._rows(select(*fields).where(*self._within(Chain.institution_id, Chain.case_id))):
            self.chains[chain.id] = _ChainRow(*chain)

    def _within(self, institution: Any, case: Any) -> list[ColumnElement[bool]]:
        found = []
        if self.institution_id is not None:
            found.append(institution == self.institution_id)
        if self.case_id is not None:
            found.append(case == self.case_id)
        return found

    def _rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        streamed = db.session.execute(query.execution_options(**{ACROSS: True, "yield_per": ROWS_AT_ONCE}))
        self._streams.append(streamed)
        return iter(streamed)

    def close(self) -> None:
        """Let go of what a look that ended early was still reading."""
        for stream in self._streams:
            stream.close()

    def _name_of_chain(self, chain: _ChainRow) -> str:
        if chain.case_id is None:
            return "기관 원장"
        case = self.cases.get(chain.case_id)
        return case.number if case else str(chain.case_id)

    def _events(self) -> int:
        """Every chain from its start, and every body; gathers the seals on the way."""
        query = (
            select(
                Event.chain_id,
                Event.seq,
                Event.prev,
                Event.recorded_at,
                Event.occurred_at,
                Event.kind,
                Event.actor_id,
                Event.content_digest,
                Event.hash,
                EventBody.salt,
                EventBody.body,
            )
            .outerjoin(EventBody, and_(EventBody.chain_id == Event.chain_id, EventBody.seq == Event.seq))
            .order_by(Event.chain_id, Event.seq)
        )
        if self.case_id is not None or self.institution_id is not None:
            query = query.where(Event.chain_id.in_(self.chains))
        count, walk, walked = 0, None, set()
        for row in self._rows(query):
            chain = self.chains.get(row.chain_id)
            if chain is None:
                raise _Broken(f"사건 {row.chain_id}#{row.seq}", "이 사건이 속한 원장이 없어졌습니다.")
            if walk is None or walk.chain_id != str(row.chain_id):
                self._end(walk)
                walk = Walk(str(row.chain_id), self._name_of_chain(chain))
                walked.add(row.chain_id)
            self._event(walk, row)
            count += 1
        self._end(walk)
        for key in self.chains.keys() - walked:
            self._end(Walk(str(key), self._name_of_chain(self.chains[key])))
        return count

    def _event(self, walk: Walk, row: Row[Any]) -> None:
        link = Link(str(row.chain_id), *row[1:9])
        broken = walk.step(link) or walk.body(link, row.salt, row.body)
        if broken is not None:
            raise _Broken(broken.what, broken.why)
        body = load_text(row.body)
        for table, key, sealed in body["rows"]:
            self.seals.setdefault(table, {})[key] = sealed
        if link.kind == "case.opened" and "case" in body["data"]:
            self.opened[body["data"]["case"]] = body["data"]["number"]

    def _end(self, walk: Walk | None) -> None:
        if walk is None:
            return
        chain = self.chains[uuid.UUID(walk.chain_id)]
        broken = walk.end(chain.size, chain.head)
        if broken is not None:
            raise _Broken(broken.what, broken.why)

    def _cases_and_chains(self) -> int:
        """A case has a chain, a chain has a case, and a case that was opened is still there."""
        chained = {chain.case_id for chain in self.chains.values()}
        with_chain = {chain.institution_id for chain in self.chains.values() if chain.case_id is None}
        for key, number in self.opened.items():
            if self.case_id is None and uuid.UUID(key) not in self.cases:
                raise _Broken(f"이용계약 건 {number}", "원장에는 만든 기록이 있는데 건이 없어졌습니다.")
        for case in self.cases.values():
            name = f"이용계약 건 {case.number}"
            if case.key not in chained:
                raise _Broken(name, "이 건의 원장이 없어졌습니다.")
            if self.case_id is None:
                self._opened_as_it_is_called(case, name, with_chain)
        for missing in chained - self.cases.keys() - {None}:
            raise _Broken(f"이용계약 건 {missing}", "원장은 있는데 건이 없어졌습니다.")
        return len(self.cases)

    def _opened_as_it_is_called(self, case: _CaseRow, name: str, with_chain: set[uuid.UUID]) -> None:
        if case.institution_id not in with_chain:
            raise _Broken("기관 원장", "이용계약 건이 있는데 기관의 원장이 없어졌습니다.")
        if self.opened.get(str(case.key)) != case.number:
            raise _Broken(name, "기관 원장에 이 번호로 만든 기록이 없습니다.")

    def _sealed_rows(self) -> int:
        """Every frozen row is as its event says; none is missing, none came in by itself."""
        count = 0
        for table in SEALED_TABLES:
            expected = self.seals[table]
            for row in self._rows(self._frozen(sealed_table(table))):
                self._sealed_row(table, row._asdict(), expected.pop(str(row.id), None))
                count += 1
            for key in expected:
                raise _Broken(f"{TABLE_NAMES[table]} {table}/{key}", "원장에 남은 기록이 지워졌습니다.")
        return count

    def _frozen(self, table: Table) -> Select[Any]:
        query = select(table)
        if self.institution_id is not None:
            query = query.where(table.c.institution_id == self.institution_id)
        if self.case_id is None:
            return query
        # What belongs to no case is sealed in the chain of the institution.
        return query.where(table.c.case_id == self.case_id if "case_id" in table.c else table.c.id.is_(None))

    def _sealed_row(self, table: str, values: Mapping[str, Any], sealed: str | None) -> None:
        name = f"{self._place(values)}{TABLE_NAMES[table]} {table}/{values['id']}"
        if sealed is None:
            raise _Broken(name, "원장에 없는 기록이 끼어들었습니다.")
        if digest_of_values(table, values) != sealed:
            raise _Broken(name, "기록이 굳은 뒤에 바뀌었습니다.")
        if "body" in values and "digest" in values and digest(values["body"]) != values["digest"]:
            raise _Broken(name, "기록의 글이 요약값과 다릅니다.")

    def _place(self, values: Mapping[str, Any]) -> str:
        case = self.cases.get(values["case_id"]) if "case_id" in values else None
        return f"{case.number} " if case else ""

    def _files(self) -> int:
        """The bytes of every evidence file, read from the disk."""
        query = select(EvidenceFile.digest, EvidenceFile.name, EvidenceFile.case_id)
        query = query.where(*self._within(EvidenceFile.institution_id, EvidenceFile.case_id))
        store, seen = evidence_store(), set()
        for row in self._rows(query.order_by(EvidenceFile.recorded_at)):
            if row.digest in seen:
                continue
            seen.add(row.digest)
            name = f"{self._place(row._asdict())}증빙 파일 ‘{row.name}’({row.digest[:12]}…)"
            kept = store.digest_on_disk(row.digest)
            if kept is None:
                raise _Broken(name, "파일이 저장소에서 없어졌습니다.")
            if kept != row.digest:
                raise _Broken(name, "파일의 내용이 바뀌었거나 잘렸습니다.")
        return len(seen)

    def _triggers(self) -> int:
        connection = db.session.connection()
        missing = triggers.missing(connection)
        if missing:
            raise _Broken(f"장치 {missing[0]}", "기록의 수정·삭제를 막던 장치가 없어졌습니다.")
        return len(triggers.expected(connection.dialect.name))
