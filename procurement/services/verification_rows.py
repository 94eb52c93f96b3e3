"""Frozen rows against their seals, rows that no event tells of, cases against chains, and evidence files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Table, select

from procurement.models import CatalogueLoad, EvidenceFile, guards, triggers
from procurement.models.sealing import (
    SEALED_TABLES,
    digest_of_text,
    digest_of_values,
    digest_with,
    sealed_table,
)
from procurement.services import verification_told
from procurement.services.store import evidence_store
from procurement.services.verification_scope import BrokenError, CaseRow, ChainRow, Scope
from procurement.services.verification_told import Told

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
    "page_reading": "검색 결과 화면의 읽기 결과",
    "final_run": "최종 검색",
    "criteria_set": "평가 기준",
    "criterion": "평가항목",
    "criterion_formula": "평가항목의 식",
    "score_sheet": "평가표",
    "score": "점수",
    "service_outcome": "서비스별 결과",
    "decision": "선정 결정",
    "approval_request": "품의",
    "approval_bundle": "품의 증빙 묶음",
    "approval_answer": "결재",
    "conclusion": "계약 체결",
    "case_closing": "계약 없이 종료·되살리기",
    "evidence_file": "증빙",
    "catalogue_load": "서비스 목록 불러오기",
    "catalogue_service": "목록의 서비스",
    "checkpoint": "확인점",
    "checkpoint_stamp": "확인점의 시각 인증",
    "checkpoint_copy": "확인점 사본 기록",
    "erasure": "법에 따른 삭제",
    "row_erasure": "법에 따른 삭제",
}


def cases_and_chains(scope: Scope, told: Told) -> int:
    """A case has one chain, a chain has a case, and a case that was opened is still there."""
    chained = {chain.case_id for chain in scope.chains.values()}
    _one_chain_each(scope)
    for key, (number, _) in told.opened.items():
        if scope.case_id is None and uuid.UUID(key) not in scope.cases:
            raise BrokenError(f"이용계약 건 {number}", "원장에는 만든 기록이 있는데 건이 없어졌습니다.")
    for case in scope.cases.values():
        name = f"이용계약 건 {case.number}"
        if case.key not in chained:
            raise BrokenError(name, "이 건의 원장이 없어졌습니다.")
        if scope.case_id is None:
            _opened_as_it_is_called(scope, told, case, name)
    for missing in chained - scope.cases.keys() - {None}:
        raise BrokenError(f"이용계약 건 {missing}", "원장은 있는데 건이 없어졌습니다.")
    verification_told.cases(scope, told)
    return len(scope.cases)


def _one_chain_each(scope: Scope) -> None:
    seen = set()
    for chain in scope.chains.values():
        owner = chain.case_id or chain.institution_id
        if owner in seen:
            raise BrokenError(f"원장 {chain.key}", f"{scope.name_of(chain)}에 원장이 둘 있습니다.")
        seen.add(owner)
        case = scope.cases.get(chain.case_id) if chain.case_id else None
        if case is not None and case.institution_id != chain.institution_id:
            raise BrokenError(f"이용계약 건 {case.number}", "건과 원장의 기관이 서로 다릅니다.")


def _opened_as_it_is_called(scope: Scope, told: Told, case: CaseRow, name: str) -> None:
    if scope.own_chain(case.institution_id) is None:
        raise BrokenError("기관 원장", "이용계약 건이 있는데 기관의 원장이 없어졌습니다.")
    if told.opened.get(str(case.key)) != (case.number, case.institution_id):
        raise BrokenError(name, "기관 원장에 이 번호로 만든 기록이 없습니다.")


def sealed_rows(scope: Scope) -> int:
    """Every frozen row is as its event says; none is missing, none came in by itself."""
    count = 0
    for table in SEALED_TABLES:
        expected = scope.seals[table]
        for row in scope.rows(_frozen(scope, sealed_table(table))):
            _sealed_row(scope, table, row._asdict(), expected.pop(str(row.id), None))
            count += 1
        for key in expected:
            raise BrokenError(f"{TABLE_NAMES[table]} {table}/{key}", "원장에 남은 기록이 지워졌습니다.")
    return count


def _frozen(scope: Scope, table: Table) -> Select[Any]:
    query = select(table)
    if scope.institution_id is not None:
        query = query.where(table.c.institution_id == scope.institution_id)
    if scope.case_id is None:
        return query
    if "chain_id" in table.c:
        return query.where(table.c.chain_id.in_(scope.chains))
    # What belongs to no case is sealed in the chain of the institution.
    return query.where(table.c.case_id == scope.case_id if "case_id" in table.c else table.c.id.is_(None))


def _sealed_row(
    scope: Scope, table: str, values: Mapping[str, Any], seal: tuple[str, ChainRow] | None
) -> None:
    name = f"{_place(scope, values)}{TABLE_NAMES[table]} {table}/{values['id']}"
    if seal is None:
        raise BrokenError(name, "원장에 없는 기록이 끼어들었습니다.")
    sealed, chain = seal
    if digest_of_values(table, values) != sealed:
        raise BrokenError(name, "기록이 굳은 뒤에 바뀌었습니다.")
    if (
        values["institution_id"] != chain.institution_id
        or values.get("case_id", chain.case_id) != chain.case_id
    ):
        raise BrokenError(name, "다른 건이나 다른 기관의 원장에 적힌 기록입니다.")
    _erased_by_law(scope, table, values, name)
    if "body" not in values or "digest" not in values or values.get("erased"):
        # The digest of a text that was erased stays, and tells nothing without its salt.
        return
    if digest_of_text(values["body"], values.get("salt")) != values["digest"]:
        raise BrokenError(name, "기록의 글이 요약값과 다릅니다.")


def _erased_by_law(scope: Scope, table: str, values: Mapping[str, Any], name: str) -> None:
    """As often as the ledger tells; and what is no free text is still what was sealed before."""
    erasures = scope.erasures.get((table, str(values["id"])), [])
    if (values.get("erased") or 0) != len(erasures):
        raise BrokenError(name, "법에 따라 지웠다는 표시가 원장의 기록과 다릅니다.")
    for sealed, free in erasures:
        if sealed is not None and free and digest_with(table, values, free) != sealed:
            raise BrokenError(name, "법에 따라 지울 때 지울 글이 아닌 것이 바뀌었습니다.")


def _place(scope: Scope, values: Mapping[str, Any]) -> str:
    case = scope.cases.get(values["case_id"]) if "case_id" in values else None
    return f"{case.number} " if case else ""


def files(scope: Scope) -> int:
    """The bytes of every evidence file, read from the disk."""
    query = select(EvidenceFile.digest, EvidenceFile.name, EvidenceFile.case_id)
    query = query.where(*scope.within(EvidenceFile.institution_id, EvidenceFile.case_id))
    # What was erased under law is gone; that it was, the sealed rows have shown.
    query = query.where(EvidenceFile.erased.is_(None))
    store, seen = evidence_store(), set()
    for row in scope.rows(query.order_by(EvidenceFile.recorded_at)):
        if row.digest in seen:
            continue
        seen.add(row.digest)
        name = f"{_place(scope, row._asdict())}증빙 파일 ‘{row.name}’({row.digest[:12]}…)"
        kept = store.digest_kept(row.digest)
        if kept is None:
            raise BrokenError(name, "파일이 저장소에서 없어졌습니다.")
        if kept != row.digest:
            raise BrokenError(name, "파일의 내용이 바뀌었거나 잘렸습니다.")
    return len(seen)


def lingering(scope: Scope) -> int:
    """How many files that were erased, and that no other file equals, still have their bytes."""
    live = select(EvidenceFile.digest).where(EvidenceFile.erased.is_(None))
    loaded = select(CatalogueLoad.digest)
    query = select(EvidenceFile.digest).where(
        EvidenceFile.erased.is_not(None),
        EvidenceFile.digest.not_in(live),
        EvidenceFile.digest.not_in(loaded),
        *scope.within(EvidenceFile.institution_id, EvidenceFile.case_id),
    )
    store = evidence_store()
    return sum(store.has(row.digest) for row in scope.rows(query.distinct()))


def guarded(scope: Scope) -> int:
    """Every trigger is as it was made, and nothing came to the tables that could change or hide rows."""
    for fault in guards.faults(scope.connection):
        raise BrokenError(f"장치 {fault.name}", f"기록의 수정·삭제를 막던 장치: {fault.why}")
    return len(triggers.expected(scope.connection.dialect.name))
