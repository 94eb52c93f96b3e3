"""The verifier against what somebody with the database or the files in hand could do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from procurement.adapters import signatures
from procurement.adapters.stamp_authority import request_stamp
from procurement.config import Settings
from procurement.domain.access import Role
from procurement.domain.checkpoint import SignedCheckpoint, code_of
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Institution, triggers
from procurement.models.base import ACROSS
from procurement.models.sealing import SEALED_TABLES
from procurement.models.triggers import APPEND_ONLY
from procurement.services import checkpoints, documents, institutions, recovery, unit, verification
from tests.support import walk
from tests.support.applications import disconnect
from tests.support.attacks import overwrite, run_sql, stored_files
from tests.support.authority import an_authority
from tests.support.databases import Store, Templates
from tests.support.factories import (
    a_case,
    an_account,
    an_institution,
    event_count,
    in_institution,
    project_officer_of,
    work,
)
from tests.support.rewriting import back_to, remove_case, rewrite

FIRST = "(SELECT c.id FROM chain c JOIN cases k ON k.id = c.case_id WHERE k.number LIKE '%-0001')"
SECOND = "(SELECT c.id FROM chain c JOIN cases k ON k.id = c.case_id WHERE k.number LIKE '%-0002')"
LAST = f"(SELECT size FROM chain WHERE id = {FIRST})"
SECOND_CASE = "(SELECT id FROM cases WHERE number LIKE '%-0002')"
COLUMNS = "recorded_at, occurred_at, actor_id, kind, content_digest, prev, hash"


def build() -> None:
    """An institution with a case that has gone through ⑤ and one that has just begun."""
    an_institution()
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    first, second = a_case(officer, officer), a_case(officer, officer, title="표본 문서유통 서비스 이용")
    actor = project_officer_of(first)
    with work():
        walk.complete_to_selection(actor, first)
    with work():
        documents.save(actor, second, Step.BUDGET, walk.a_budget_sheet(), 0)


@pytest.fixture
def proved(
    application: Flask, store: Store, settings: Settings, shared_folder: Path, app: Flask
) -> Iterator[Flask]:
    """The application with the two cases of ``build``, made once for the run."""

    def make() -> None:
        with application.app_context():
            build()
        disconnect(application)

    Templates(store, settings.evidence_dir, shared_folder).restore("proved", make)
    with application.app_context():
        yield application
        db.session.rollback()


def broken(number: str = "") -> str:
    """What the verifier names first, with why; empty when all holds."""
    db.session.rollback()
    case = None
    if number:
        query = db.select(Case).where(Case.number.like(f"%-{number}"))
        case = db.session.scalars(query.execution_options(**{ACROSS: True})).one()
        unit.bind(str(case.institution_id))
    report = verification.verify(case)
    return "" if report.broken is None else f"{report.broken.what}: {report.broken.why}"


def test_a_body_without_an_event_is_named(proved: Flask, settings: Settings) -> None:
    salt = "X'00'" if settings.database_url.startswith("sqlite") else "'00'::bytea"
    values = f"SELECT id, size + 1, {salt}, 'later' FROM chain WHERE id = {FIRST}"
    run_sql(settings, [f"INSERT INTO event_body (chain_id, seq, salt, body) {values}"])
    assert "사건이 없는 본문이 1개" in broken()


def test_what_a_list_shows_of_a_case_is_what_its_records_give(proved: Flask, settings: Settings) -> None:
    run_sql(settings, ["UPDATE cases SET amount_won = 1 WHERE number LIKE '%-0001'"], keep_triggers=True)
    assert "단계나 금액이" in broken("0001")


def test_untouched_records_hold_and_the_report_says_what_was_checked(proved: Flask) -> None:
    report = verification.verify()
    counts = {item.what: item.count for item in report.checked}
    assert report.holds
    assert counts["원장의 사건"] == event_count()
    assert counts["이용계약 건과 원장의 짝"] == 2
    assert counts["굳은 기록"] > 30
    assert counts["증빙 파일"] == len(stored_files(proved.config["SETTINGS"]))
    assert counts["수정·삭제를 막는 장치"] > 0


@pytest.mark.parametrize("number", ["0001", "0002"])
def test_a_case_can_be_checked_alone(proved: Flask, number: str) -> None:
    assert broken(number) == ""


EVENT_ATTACKS = {
    "kind edited": ([f"UPDATE event SET kind = 'step.reopened' WHERE chain_id = {FIRST} AND seq = 3"], "#3"),
    "time edited": (
        [f"UPDATE event SET occurred_at = recorded_at || ' ' WHERE chain_id = {FIRST} AND seq = 5"],
        "#5",
    ),
    "actor edited": (
        [f"UPDATE event SET actor_id = 'somebody else' WHERE chain_id = {FIRST} AND seq = 2"],
        "#2",
    ),
    "body edited": (
        [f"UPDATE event_body SET body = replace(body, 'a', 'b') WHERE chain_id = {FIRST} AND seq = 4"],
        "#4",
    ),
    "salt edited": (
        [
            "UPDATE event_body SET salt = "
            f"(SELECT salt FROM event_body WHERE chain_id = {FIRST} AND seq = 1) "
            f"WHERE chain_id = {FIRST} AND seq = 4"
        ],
        "#4",
    ),
    "body removed": ([f"DELETE FROM event_body WHERE chain_id = {FIRST} AND seq = 6"], "#6"),
    "removed from the middle": ([f"DELETE FROM event WHERE chain_id = {FIRST} AND seq = 4"], "#4"),
    "removed and closed up": (
        [
            f"DELETE FROM event WHERE chain_id = {FIRST} AND seq = 4",
            f"UPDATE event SET seq = 4 WHERE chain_id = {FIRST} AND seq = 5",
        ],
        "#4",
    ),
    "reordered": (
        [
            f"UPDATE event SET seq = 100000 WHERE chain_id = {FIRST} AND seq = 3",
            f"UPDATE event SET seq = 3 WHERE chain_id = {FIRST} AND seq = 4",
            f"UPDATE event SET seq = 4 WHERE chain_id = {FIRST} AND seq = 100000",
        ],
        "#3",
    ),
    "duplicated": (
        [
            f"INSERT INTO event (chain_id, seq, {COLUMNS}) SELECT chain_id, {LAST} + 1, {COLUMNS} "
            f"FROM event WHERE chain_id = {FIRST} AND seq = 2"
        ],
        "앞 사건과 이어지지 않습니다",
    ),
    "tail cut": ([f"DELETE FROM event WHERE chain_id = {FIRST} AND seq = {LAST}"], "끝이 잘렸거나"),
    "tail cut and size rewritten": (
        [
            f"DELETE FROM event WHERE chain_id = {FIRST} AND seq = {LAST}",
            f"UPDATE chain SET size = size - 1 WHERE id = {FIRST}",
        ],
        "머리 값",
    ),
}


@pytest.mark.parametrize("name", EVENT_ATTACKS)
def test_a_touched_event_is_named(proved: Flask, settings: Settings, name: str) -> None:
    statements, expected = EVENT_ATTACKS[name]
    run_sql(settings, statements)
    found = broken()
    assert "-0001" in found
    assert expected in found
    assert broken("0001") == found


def test_an_event_moved_to_another_case_is_named(proved: Flask, settings: Settings) -> None:
    run_sql(
        settings,
        [
            f"UPDATE event SET chain_id = {SECOND}, seq = (SELECT size + 1 FROM chain WHERE id = {SECOND}) "
            f"WHERE chain_id = {FIRST} AND seq = {LAST}"
        ],
    )
    assert "-0001" in broken("0001")
    assert "-0002" in broken("0002")


def test_a_tail_cut_with_size_and_head_rewritten_leaves_rows_that_no_event_tells_of(
    proved: Flask, settings: Settings
) -> None:
    run_sql(
        settings,
        [
            f"DELETE FROM event_body WHERE chain_id = {FIRST} AND seq = {LAST}",
            f"DELETE FROM event WHERE chain_id = {FIRST} AND seq = {LAST}",
            f"UPDATE chain SET size = size - 1, head = (SELECT hash FROM event WHERE chain_id = {FIRST} "
            f"AND seq = chain.size - 1) WHERE id = {FIRST}",
        ],
    )
    assert "원장에 없는 기록이 끼어들었습니다" in broken()


ROW_EDITS = {
    "snapshot": "body = replace(body, '1', '2')",
    "step_record": "reason = 'because'",
    "step_document": "body = replace(body, 'a', 'b')",
    "definition_version": "reason = 'because'",
    "case_record": "body = replace(body, 'a', 'b')",
    "search_run": "words = words || ' '",
    "search_result": "service_name = 'another service'",
    "final_run": "round = round + 1",
    "criteria_set": "tie_break = 'another'",
    "criterion": "title = 'another'",
    "score_sheet": "recorded_at = '2020-01-01 00:00:00.000000+00:00'",
    "score": "points_hundredths = points_hundredths - 1",
    "service_outcome": "reason = 'because'",
    "decision": "reason = 'because'",
    "evidence_file": "name = 'another.pdf'",
}


def a_row(table: str) -> str:
    """Picks one row of the first case, as a condition."""
    case = "(SELECT id FROM cases WHERE number LIKE '%-0001')"
    return f"id = (SELECT min(CAST(id AS text)) FROM {table} WHERE case_id = {case})"


@pytest.mark.parametrize("table", ROW_EDITS)
def test_an_edited_frozen_row_is_named(proved: Flask, settings: Settings, table: str) -> None:
    condition = a_row(table) if settings.database_url.startswith("sqlite") else _as_uuid(a_row(table))
    run_sql(settings, [f"UPDATE {table} SET {ROW_EDITS[table]} WHERE {condition}"])
    found = broken()
    assert f"{verification.TABLE_NAMES[table]} {table}/" in found
    assert "-0001" in found
    assert "바뀌었습니다" in found


@pytest.mark.parametrize("table", ["snapshot", "case_record", "search_result", "score", "evidence_file"])
def test_a_removed_frozen_row_is_named(proved: Flask, settings: Settings, table: str) -> None:
    condition = a_row(table) if settings.database_url.startswith("sqlite") else _as_uuid(a_row(table))
    run_sql(settings, [f"DELETE FROM {table} WHERE {condition}"])
    assert f"{table}/" in (found := broken())
    assert "지워졌습니다" in found


def test_a_row_put_in_without_an_event_is_named(proved: Flask, settings: Settings) -> None:
    condition = a_row("step_record")
    new_id = "'00000000000000000000000000000001'"
    if not settings.database_url.startswith("sqlite"):
        condition, new_id = _as_uuid(condition), f"{new_id}::uuid"
    run_sql(
        settings,
        [
            "INSERT INTO step_record (id, number, institution_id, case_id, step, action, snapshot_id, "
            "reason, recorded_at, actor_id) "
            f"SELECT {new_id}, 99, institution_id, case_id, step, action, snapshot_id, "
            "reason, recorded_at, actor_id "
            f"FROM step_record WHERE {condition}"
        ],
    )
    found = broken()
    assert "step_record/00000000-0000-0000-0000-000000000001" in found
    assert "끼어들었습니다" in found


def _as_uuid(condition: str) -> str:
    return condition.replace("id = (SELECT min(CAST(id AS text))", "id::text = (SELECT min(CAST(id AS text))")


@pytest.mark.parametrize(
    ("attack", "why"),
    [("swap", "바뀌었거나"), ("cut", "바뀌었거나"), ("delete", "없어졌습니다"), ("rename", "없어졌습니다")],
)
def test_a_touched_evidence_file_is_named(proved: Flask, settings: Settings, attack: str, why: str) -> None:
    path, other = stored_files(settings)[:2]
    if attack == "swap":
        overwrite(path, other.read_bytes())
    elif attack == "cut":
        overwrite(path, path.read_bytes()[:-1])
    elif attack == "delete":
        path.unlink()
    else:
        path.rename(path.with_name("0" * 64))
    found = broken()
    assert path.name[:12] in found
    assert why in found


def test_dropped_triggers_are_named(proved: Flask, settings: Settings) -> None:
    run_sql(settings, [])
    found = broken()
    assert found.startswith("장치 keep_")


def test_a_case_without_its_row_is_named(proved: Flask, settings: Settings) -> None:
    run_sql(settings, [f"DELETE FROM cases WHERE id = {SECOND_CASE}"])
    assert "-0002: 원장에는 만든 기록이 있는데 건이 없어졌습니다" in broken()


def test_a_case_without_its_chain_is_named(proved: Flask, settings: Settings) -> None:
    run_sql(
        settings,
        [
            f"DELETE FROM event_body WHERE chain_id = {SECOND}",
            f"DELETE FROM event WHERE chain_id = {SECOND}",
            f"DELETE FROM chain WHERE id = {SECOND}",
        ],
    )
    assert "-0002: 이 건의 원장이 없어졌습니다" in broken()


def test_a_case_removed_without_a_trace_but_one_is_named(proved: Flask, settings: Settings) -> None:
    tables = ["step_document", "lot", "deadline"]
    run_sql(
        settings,
        [
            *(f"DELETE FROM {table} WHERE case_id = {SECOND_CASE}" for table in tables),
            f"DELETE FROM event_body WHERE chain_id = {SECOND}",
            f"DELETE FROM event WHERE chain_id = {SECOND}",
            # The chain goes last of all but the case itself, by which it is found.
            f"DELETE FROM chain WHERE case_id = {SECOND_CASE}",
            f"DELETE FROM cases WHERE id = {SECOND_CASE}",
        ],
    )
    assert "-0002: 원장에는 만든 기록이 있는데 건이 없어졌습니다" in broken()


def test_a_case_called_by_another_number_is_named(proved: Flask, settings: Settings) -> None:
    run_sql(settings, [f"UPDATE cases SET number = '2020-0009' WHERE id = {SECOND_CASE}"])
    assert "2020-0009: 기관 원장에 이 번호로 만든 기록이 없습니다" in broken()


def test_the_chain_of_the_institution_cannot_go_either(proved: Flask, settings: Settings) -> None:
    chain = "(SELECT id FROM chain WHERE case_id IS NULL)"
    run_sql(
        settings,
        [
            f"DELETE FROM event_body WHERE chain_id = {chain}",
            f"DELETE FROM event WHERE chain_id = {chain}",
            "DELETE FROM chain WHERE case_id IS NULL",
        ],
    )
    assert "기관 원장" in broken()


def test_every_sealed_table_has_a_name_for_people() -> None:
    assert set(verification.TABLE_NAMES) == set(SEALED_TABLES)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["update", "delete", "replace"])
def test_the_database_refuses_to_change_what_is_only_added_to(
    proved: Flask, settings: Settings, table: str, verb: str
) -> None:
    sqlite = settings.database_url.startswith("sqlite")
    count = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    db.session.rollback()
    column = "seq" if table in ("event", "event_body") else "id"
    if verb == "update":
        statement = f"UPDATE {table} SET {column} = {column}"
    elif verb == "delete":
        statement = f"DELETE FROM {table}"
    elif sqlite:
        statement = f"REPLACE INTO {table} SELECT * FROM {table}"
    else:
        statement = f"TRUNCATE {table} CASCADE"
    if count or statement.startswith("TRUNCATE"):
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="append-only"):
            run_sql(settings, [statement], keep_triggers=True)
    assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == count


def test_the_application_cannot_change_the_ledger_either(proved: Flask) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE event SET kind = kind"))
    db.session.rollback()


def test_the_number_of_queries_does_not_grow_with_what_is_checked(proved: Flask) -> None:
    def queries() -> int:
        seen: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        assert verification.verify().holds
        event.remove(db.engine, "before_cursor_execute", count)
        db.session.rollback()
        return len(seen)

    before = queries()
    in_institution(db.session.scalars(db.select(Institution)).one())
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    for _ in range(3):
        case = a_case(officer, officer)
        with work():
            documents.save(project_officer_of(case), case, Step.BUDGET, walk.a_budget_sheet(), 0)
    assert queries() == before


def test_serving_is_refused_without_the_triggers(proved: Flask, settings: Settings) -> None:
    assert verification.ready_to_serve() == ()
    db.session.rollback()
    run_sql(settings, [])
    (problem,) = verification.ready_to_serve()
    assert str(len(triggers.expected(db.engine.dialect.name))) in problem


# ---- what only a checkpoint can show ----


@pytest.fixture
def copy(proved: Flask) -> verification.Copy:
    """A copy outside of the state of ``proved``, after which one more thing was recorded."""
    case = db.session.scalars(
        db.select(Case).where(Case.number.like("%-0002")).execution_options(**{ACROSS: True})
    ).one()
    unit.bind(str(case.institution_id))
    actor = project_officer_of(case)
    with work():
        row = checkpoints.write(actor, "command")
        kept = verification.Copy("copy.json", checkpoints.signed(row))
    with work():
        documents.save(actor, case, Step.BUDGET, walk.a_budget_sheet(guidelines="고침"), 1)
    return kept


def against(*copies: verification.Copy, codes: tuple[str, ...] = ()) -> str:
    """As ``broken``, against copies outside."""
    db.session.rollback()
    report = verification.verify(copies=copies, codes=codes)
    return "" if report.broken is None else f"{report.broken.what}: {report.broken.why}"


def test_untouched_records_agree_with_the_copy_and_the_printed_code(copy: verification.Copy) -> None:
    assert against(copy, codes=(code_of(copy.signed.digest),)) == ""
    assert "인쇄된 확인점" in against(codes=("0000-0000-0000-0000-0000",))


def test_a_suffix_computed_again_is_named(copy: verification.Copy, proved: Flask, settings: Settings) -> None:
    rewrite(settings, "-0001", lambda event: event.seq == 5)
    assert "-0001#" in (found := against(copy))
    assert "copy.json" in found
    # The checkpoint kept here, which was left as it was, shows it as well.
    assert "확인점 1번" in against()


def test_a_case_removed_with_every_trace_is_named(
    copy: verification.Copy, proved: Flask, settings: Settings
) -> None:
    remove_case(settings, "-0002")
    assert "copy.json" in against(copy)


@pytest.mark.parametrize("with_key", [True, False])
def test_everything_rewritten_even_with_the_key_is_named_by_a_copy_and_by_a_printed_code(
    copy: verification.Copy, proved: Flask, settings: Settings, tmp_path: Path, with_key: bool
) -> None:
    key = signatures.load(settings.signing_key_file)
    if not with_key:
        signatures.make(tmp_path / "key.pem")
        key = signatures.load(tmp_path / "key.pem")
    rewrite(settings, "-0001", lambda event: event.seq == 5, key=key)
    assert against() == ""
    assert "copy.json" in against(copy)
    assert "인쇄된 확인점" in against(codes=(code_of(copy.signed.digest),))


def test_a_copy_that_was_changed_is_named(copy: verification.Copy) -> None:
    text = copy.signed.text.replace('"number":1', '"number":2')
    changed = verification.Copy("changed.json", replace(copy.signed, text=text))
    assert "서명이 내용과 맞지 않습니다" in against(changed)


def test_a_restored_backup_is_named_until_it_is_written_down(
    copy: verification.Copy, proved: Flask, settings: Settings
) -> None:
    # The backup is from before the copy: one case less far, no key and no checkpoint yet.
    back_to(settings, {"-0002": 1, "": 2})
    assert against() == ""
    assert "copy.json" in against(copy)
    actor = institutions.operator(institutions.find())
    with work():
        lost = recovery.recover(actor, copy.signed, "11월 20일 백업을 되살림")
    assert len(lost) == 2
    report = verification.verify(copies=[copy])
    assert report.holds
    assert "11월 20일 백업을 되살림" in report.notes[0]
    run_sql(settings, ["UPDATE event_body SET body = replace(body, '11월', '10월')"], keep_triggers=False)
    assert against(copy) != ""


def test_a_clock_set_back_shows_against_the_stamp(
    copy: verification.Copy, proved: Flask, settings: Settings, tmp_path: Path
) -> None:
    with an_authority(tmp_path) as authority:
        token = request_stamp(authority.url, authority.ca_file, copy.signed.text)
    assert against(replace(copy, signed=replace(copy.signed, stamp=token))) == ""
    content = replace(copy.signed.checkpoint, time="2031-01-01T00:00:00.000000Z")
    key = signatures.load(settings.signing_key_file)
    with an_authority(_new(tmp_path / "later")) as authority:
        token = request_stamp(authority.url, authority.ca_file, content.text)
    later = SignedCheckpoint(content.text, key.sign(content.text), key.public_key, token)
    assert "시계가 바뀌었습니다" in against(verification.Copy("later.json", later))
    other = verification.Copy("other.json", replace(copy.signed, stamp=token))
    assert "이 확인점에 대한 시각 인증이 아닙니다" in against(other)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
