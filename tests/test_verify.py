"""The stand-alone verifier, on a bag made from a real case."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from procurement import verify
from procurement.domain.steps import Step
from procurement.services import verification
from procurement.services.store import evidence_store
from tests.support.factories import a_case, project_officer_of, work
from tests.support.selecting import a_file
from tests.support.walk import complete_budget


def list_files(bag: Path) -> None:
    """Write the bag's manifest anew."""
    paths = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bag).as_posix()}\n"
        for path in paths
    ]
    (bag / verify.MANIFEST).write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def bag(db_session: object, tmp_path: Path) -> Path:
    """The bag of a case with one evidence file."""
    case = a_case()
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
        a_file(actor, case, "other", "표본 증빙")
    folder = tmp_path / "bag"
    (folder / verify.EVIDENCE).mkdir(parents=True)
    store = evidence_store()
    for digest in store.all_digests():
        shutil.copyfile(store.path_of(digest), folder / verify.EVIDENCE / f"{digest[:8]}.txt")
    ledger = verification.ledger_of(case)
    (folder / verify.LEDGER).write_text(json.dumps(ledger, ensure_ascii=False), encoding="utf-8")
    list_files(folder)
    return folder


def change(bag: Path, change_ledger: Any) -> None:
    """Change the ledger of a bag, and its manifest with it."""
    path = bag / verify.LEDGER
    ledger = json.loads(path.read_text(encoding="utf-8"))
    change_ledger(ledger)
    path.write_text(json.dumps(ledger, ensure_ascii=False), encoding="utf-8")
    list_files(bag)


def test_a_bag_that_was_not_touched_holds(bag: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([str(bag)]) == 0
    out = capsys.readouterr().out
    assert "✓ 원장의 사건 4개" in out
    assert "✓ 증빙 파일 1개" in out
    assert "✓ 묶음의 파일 2개" in out


ATTACKS = {
    "edited": (lambda ledger: ledger["events"][1].update(kind="x"), "#2"),
    "removed": (lambda ledger: ledger["events"].pop(1), "#2"),
    "cut": (lambda ledger: ledger["events"].pop(), "4개여야 하는데 3개"),
    "body edited": (lambda ledger: ledger["events"][2].update(body="{}"), "#3"),
    "body destroyed": (lambda ledger: ledger["events"][2].update(body=None, salt=None), "#3"),
    "head edited": (lambda ledger: ledger.update(head="0" * 64), "머리 값"),
    "of another chain": (lambda ledger: ledger.update(chain_id="another"), "#1"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_touched_ledger_is_named(bag: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    attack, expected = ATTACKS[name]
    change(bag, attack)
    assert verify.main([str(bag)]) == 1
    assert expected in capsys.readouterr().out


@pytest.mark.parametrize("attack", ["swap", "cut", "delete"])
@pytest.mark.parametrize("listed_again", [True, False])
def test_a_touched_evidence_file_is_named(
    bag: Path, capsys: pytest.CaptureFixture[str], attack: str, listed_again: bool
) -> None:
    (path,) = (bag / verify.EVIDENCE).iterdir()
    if attack == "delete":
        path.unlink()
    else:
        path.write_bytes(b"another" if attack == "swap" else path.read_bytes()[:-1])
    if listed_again:
        list_files(bag)
    assert verify.main([str(bag)]) == 1
    assert "■ 증빙 파일 ‘other.txt’" in capsys.readouterr().out


def test_a_file_put_in_beside_is_named(bag: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bag / "data" / "more.txt").write_text("more")
    assert verify.main([str(bag)]) == 1
    assert "■ 파일 data/more.txt: 목록에 없는" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"chain_id": 1, "name": 2, "events": [{}]}'])
def test_what_is_no_bag_is_a_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert verify.main([str(tmp_path)]) == 2
    (tmp_path / "data").mkdir()
    (tmp_path / verify.LEDGER).write_text(text)
    assert verify.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err


def test_it_runs_alone_without_a_framework(bag: Path) -> None:
    program = (
        "import sys; from procurement import verify; code = verify.main(sys.argv[1:]); "
        "assert not {'flask', 'sqlalchemy', 'wtforms'} & set(sys.modules); sys.exit(code)"
    )
    root = Path(verify.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program, str(bag)], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_step_completed_is_in_the_bag(bag: Path) -> None:
    ledger = json.loads((bag / verify.LEDGER).read_text(encoding="utf-8"))
    bodies = [json.loads(event["body"])["data"] for event in ledger["events"]]
    assert Step.BUDGET.value in {body.get("step") for body in bodies}
