"""Erasure inside rows: text goes, what was counted stays, everything still opens, prints and verifies."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from procurement import verify
from procurement.config import Settings
from procurement.demo import people, platform
from procurement.domain.access import Actor
from procurement.domain.erasing import FreeText, is_mark, mark_of
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.extensions import db, writing
from procurement.models import (
    Account,
    Case,
    CaseRecord,
    Event,
    EventBody,
    EvidenceFile,
    Institution,
    RowErasure,
    Score,
)
from procurement.models.sealing import digest_of_free
from procurement.services import (
    admin,
    bags,
    bundle_jobs,
    case_facts,
    documents,
    erasure,
    erasure_files,
    erasure_find,
    erasure_rows,
    erasure_texts,
    evidence,
    jobs,
    records,
    unit,
    verification,
)
from procurement.services.codec_text import decoded
from procurement.services.records import KINDS
from procurement.services.store import evidence_store
from tests.support.attacks import run_sql
from tests.support.factories import signed_in, work
from tests.support.pages import walk_links

GROUND, REASON = "개인정보 보호법 제36조", "정보주체의 삭제 요구"


def finished() -> Case:
    return db.session.scalars(select(Case).where(Case.title == platform.TITLE)).one()


def officer() -> Actor:
    return people.actor(people.PRIVACY)


def erase(place: erasure_texts.Place, *paths: str) -> None:
    """Texts of one place, all of them when none is named."""
    texts = paths or [text.path for text in place.texts]
    erasure_rows.erase(officer(), place.table, place.row_id, texts, ground=GROUND, reason=REASON)


@pytest.mark.one_database
def test_everything_of_the_finished_case_can_go_and_all_still_holds(
    sample: Institution, sample_app: Flask, tmp_path: Path
) -> None:
    case = finished()
    before = case_facts.load(case)
    with work():
        for place in [place for places in erasure_find.of_case(case).values() for place in places]:
            erase(place)
    assert erasure_find.of_case(case)
    assert not [p for places in erasure_find.of_case(case).values() for p in places if p.texts]
    erasure_files.sweep()
    unit.bind(str(sample.id))
    for file in db.session.scalars(select(EvidenceFile).where(EvidenceFile.case_id == finished().id)):
        assert is_mark(file.name)
    report = verification.verify()
    assert report.holds, report.broken
    assert "법에 따라 지운 것" in {item.what for item in report.checked}
    after = case_facts.load(finished())
    assert after.selection.tables == before.selection.tables
    assert {s: f.state for s, f in after.steps.items()} == {s: f.state for s, f in before.steps.items()}
    printed = bundle_jobs.print_case(finished())
    bags.write(people.actor(people.CONTRACT), finished(), printed.data, tmp_path / "bag")
    assert verify.main([str(tmp_path / "bag")]) == 0
    assert not list((tmp_path / "bag" / "data").glob("evidence/*"))
    shown = pypdfium2.PdfDocument(printed.data)
    words = "".join(page.get_textpage().get_text_bounded() for page in shown)
    assert GROUND in words.replace("\r\n", "")
    for person in (people.PROJECT, people.AUDITOR):
        account = db.session.scalars(select(Account).where(Account.login == person.login)).one()
        client = signed_in(sample_app.test_client(), account)
        start = f"/cases/{finished().number}"
        wrong = [
            visit
            for visit in walk_links(client, start, within=start)
            if visit.status != 200 and visit.endpoint != "evidence.download"
        ]
        assert wrong == []


def a_record(words: str) -> erasure_texts.Place:
    """A fault of the finished case that says something of a person."""
    case = finished()
    fault = db.session.scalars(
        select(CaseRecord).where(CaseRecord.case_id == case.id, CaseRecord.kind == "fault")
    ).first()
    assert fault is not None
    value = replace(decoded(KINDS["fault"].type, fault.body), symptom=words, cause="표본 원인")
    with work():
        row = records.add(people.actor(people.PROJECT), case, "fault", value, fault.occurred_at)
        return erasure_texts.look("case_record", str(row.id))


def everything_stored() -> str:
    """All of the database as one text."""
    db.session.rollback()
    with db.engine.connect() as connection:
        tables = db.metadata.sorted_tables
        return "\n".join(repr(row) for table in tables for row in connection.execute(table.select()))


def test_the_text_and_the_salt_are_nowhere_and_what_is_beside_it_stays(sample: Institution) -> None:
    place = a_record("담당 홍견본 010-0000-1234 연락")
    salt = erasure_texts.read("case_record", uuid.UUID(place.row_id))["salt"]
    path = next(text.path for text in place.texts if "홍견본" in text.text)
    with work():
        erase(place, path)
    stored = everything_stored()
    assert "홍견본" not in stored
    assert "010-0000-1234" not in stored
    assert salt not in stored
    left = {text.text for text in erasure_texts.look("case_record", place.row_id).texts}
    assert "표본 원인" in left
    assert verification.verify().holds
    assert verification.verify(finished()).holds


def test_a_row_can_be_erased_again_and_the_body_of_its_event_after_it(sample: Institution) -> None:
    place = a_record("홍견본")
    paths = [text.path for text in place.texts]
    for path in paths[:2]:
        with work():
            erase(place, path)
    case = finished()
    seq = db.session.scalars(
        select(Event.seq)
        .join(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .where(EventBody.body.contains(place.row_id), Event.kind == "fault.added")
    ).one()
    with work():
        erasure.erase(officer(), case.number, seq, ground=GROUND, reason=REASON)
    assert verification.verify().holds
    with pytest.raises(InvalidInput):
        erase(place, paths[0])
    with pytest.raises(InvalidInput):
        erase(place, "body.lot")


def test_the_database_lets_a_row_change_for_its_own_erasure_alone(sample: Institution) -> None:
    given = select(Score).where(Score.comment != "").order_by(Score.id).limit(2)
    first, other = (str(row.id) for row in db.session.scalars(given))
    place = erasure_texts.look("score", first)
    with work():
        erase(place)
    mine = "UPDATE score SET {} WHERE id = " + repr(uuid.UUID(first).hex)
    theirs = "UPDATE score SET {} WHERE id = " + repr(uuid.UUID(other).hex)
    mark = mark_of(GROUND)
    for statement in (
        mine.format("comment = 'another'"),
        mine.format(f"comment = '{mark}', salt = 'x', erased = 2"),
        mine.format("salt = 'x'"),
        theirs.format(f"comment = '{mark}', salt = 'x', erased = 1"),
        "UPDATE row_erasure SET reason = 'another'",
        "DELETE FROM row_erasure",
        "DELETE FROM score",
    ):
        refused(statement)
    # Somebody who writes the erasure by hand can still put nothing but its mark there, and no other number.
    told = db.session.scalars(select(RowErasure)).one()
    with work():
        columns = "institution_id, case_id, table_name, number, ground, reason, recorded_at, actor_id"
        db.session.execute(
            text(
                f"INSERT INTO row_erasure (id, row_id, {columns}) "
                f"SELECT '{uuid.uuid4().hex}', '{uuid.UUID(other).hex}', {columns} "
                f"FROM row_erasure WHERE id = '{told.id.hex}'"
            )
        )
    for change in (
        "comment = 'another', salt = 'x', erased = 1",
        f"comment = '{mark}', salt = 'x'",
        f"comment = '{mark}', erased = 1",
        f"comment = '{mark}', salt = 'x', erased = 1, points_hundredths = 9",
        f"comment = '{mark}', salt = 'x', erased = 2",
        f"comment = '{mark}', salt = NULL, erased = 1",
    ):
        refused(theirs.format(change))
    with work():
        db.session.execute(text(theirs.format(f"comment = '{mark}', salt = 'x', erased = 1")))
    broken = verification.verify().broken
    assert broken is not None
    assert broken.why == "기록이 굳은 뒤에 바뀌었습니다."


def refused(statement: str) -> None:
    token = writing.set(True)
    try:
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
    finally:
        writing.reset(token)


def test_an_erasure_cannot_be_made_to_vouch_for_another_score(
    sample: Institution, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Even who owns the database, and has the program itself write the event of an erasure."""
    score = db.session.scalars(select(Score).where(Score.comment != "")).first()
    assert score is not None
    key = score.id
    place = erasure_texts.look("score", str(key))
    db.session.rollback()
    free = digest_of_free("score", erasure_texts.read("score", key))
    columns = f"points_hundredths = 1, comment = '{mark_of(GROUND)}'"
    run_sql(settings, [f"UPDATE score SET {columns} WHERE id = '{stored(key)}'"])
    monkeypatch.setattr(erasure_texts, "texts_of", lambda *_: [FreeText("comment", "x")])
    monkeypatch.setattr(erasure_rows, "digest_of_free", lambda *_: free)
    with work():
        erase(place, "comment")
    broken = verification.verify().broken
    assert broken is not None
    assert "지울 글이 아닌 것이 바뀌었습니다" in broken.why


def stored(key: uuid.UUID) -> str:
    """An id as the database at hand takes it in a statement."""
    return key.hex if db.engine.dialect.name == "sqlite" else str(key)


def test_an_account_goes_when_it_is_out_of_use_and_what_it_did_stays(sample: Institution) -> None:
    account = db.session.scalars(select(Account).where(Account.login == "evaluator1")).one()
    place = erasure_texts.look("account", str(account.id))
    with pytest.raises(Refused):
        erase(place)
    with work():
        admin.deactivate(people.actor(people.ADMIN), place.row_id)
        erase(place)
    assert "박견본" not in "".join(
        row for (row,) in db.session.execute(text("SELECT name FROM account UNION SELECT login FROM account"))
    )
    assert verification.verify().holds
    with pytest.raises(NotFound):
        erase(place)


def test_a_name_is_found_wherever_it_stands(sample: Institution) -> None:
    a_record("담당 홍견본 01000001234 연락")
    case, actor = finished(), people.actor(people.PROJECT)
    data = "전화 010-0000-1234".encode("cp949")
    with work():
        received = evidence.receive(io.BytesIO(data), "표본.txt")
        evidence.attach(actor, case, received, purpose="other", step=None)
        documents.keep_draft(actor, case, "표본", {"note": ["010 0000 1234"]}, 0)
    with work():
        found = erasure_find.find(officer(), "010-0000-1234", in_files=True)
    assert sorted(hit.table for hit in found.hits) == ["case_record", "draft", "evidence_file"]
    (hit,) = (hit for hit in found.hits if hit.table == "case_record")
    assert hit.excerpt == ("담당 홍견본 ", "01000001234", " 연락")
    with work():
        erase(erasure_texts.look("draft", next(h.row_id for h in found.hits if h.table == "draft")))
        erase(erasure_texts.look("case_record", hit.row_id), *hit.paths)
        found = erasure_find.find(officer(), "홍견본")
        people_found = erasure_find.find(officer(), "박 견본")
    assert found.hits == ()
    assert "account" in {hit.table for hit in people_found.hits}
    assert "01000001234" not in everything_stored()
    assert verification.verify().holds


def test_equal_bytes_stay_until_the_last_file_with_them_is_erased(sample: Institution) -> None:
    case, actor = finished(), people.actor(people.PROJECT)
    with work():
        files = []
        for name in ("표본 하나.txt", "표본 둘.txt"):
            received = evidence.receive(io.BytesIO(b"equal bytes"), name)
            files.append(str(evidence.attach(actor, case, received, purpose="other", step=None).id))
    digest = received.stored.digest
    for file, kept in zip(files, (True, False), strict=True):
        with work():
            erase(erasure_texts.look("evidence_file", file))
        db.session.rollback()
        assert len(verification.verify().notes) == (0 if kept else 1)
        assert jobs.run_pending(5) == 1
        unit.bind(str(sample.id))
        assert evidence_store().has(digest) is kept
        report = verification.verify()
        assert report.holds
        assert not report.notes
    with pytest.raises(NotFound, match="법에 따라 지운 파일"):
        evidence.open_for_download(actor, finished(), files[0])
