"""The stand-alone verifier, on bags made from real cases, against what somebody could do to a bag."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from procurement import verify
from procurement.adapters import bags as bag_files
from procurement.adapters import signatures
from procurement.config import Settings
from procurement.domain import bag as layout
from procurement.domain.checkpoint import SignedCheckpoint, read_file
from procurement.services import bags
from tests.support.databases import Store
from tests.support.factories import a_case, project_officer_of, work
from tests.support.rewriting import dumps, relinked_plain
from tests.support.selecting import a_file
from tests.support.walk import complete_budget

PDF = b"%PDF-1.7 sample"


@pytest.fixture(scope="session")
def two_bags(
    application: Flask,
    store: Store,
    settings: Settings,
    shared_folder: Path,
    empty_state: Callable[[], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with the bags of two cases of one institution and its public key, made once."""
    empty_state()
    folder = tmp_path_factory.mktemp("bags")
    with application.app_context():
        for name in ("bag", "other"):
            case = a_case(title=f"표본 건 {name}")
            actor = project_officer_of(case)
            with work():
                complete_budget(actor, case)
                a_file(actor, case, "other", f"표본 증빙 {name}")
            bags.write(actor, case, PDF + name.encode(), folder / name)
        key = signatures.load(settings.signing_key_file)
        (folder / "key.pem").write_text(signatures.public_pem(key.public_key))
    return folder


@pytest.fixture
def bag(two_bags: Path, tmp_path: Path) -> Path:
    """A bag to attack; the key and the other bag lie beside it."""
    shutil.copytree(two_bags, tmp_path / "bags")
    return tmp_path / "bags" / "bag"


def list_files(bag: Path) -> None:
    """Write the bag's lists anew, and its size, as whoever changes a bag can."""
    sizes = [path.stat().st_size for path in (bag / "data").rglob("*") if path.is_file()]
    info = (bag / layout.INFO).read_text(encoding="utf-8")
    size = layout.info_text([layout.oxum(sum(sizes), len(sizes))])
    (bag / layout.INFO).write_text(re.sub("Payload-Oxum: .*\n", size, info), encoding="utf-8")
    for name, paths in (
        (layout.MANIFEST, sorted(p for p in (bag / "data").rglob("*") if p.is_file())),
        (layout.TAG_MANIFEST, [bag / name for name in layout.TAG_FILES]),
    ):
        digests = {p.relative_to(bag).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}
        (bag / name).write_text(layout.manifest_text(digests), encoding="utf-8")


def said(bag: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """What the verifier answers and prints."""
    code = verify.main([str(bag), *options])
    return code, capsys.readouterr().out


def test_a_bag_that_was_not_touched_holds_as_a_folder_and_as_a_zip(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ("--key", str(bag.parent / "key.pem"))
    code, out = said(bag, capsys, *key)
    assert (code, "■" in out) == (0, False)
    assert "✓ 원장이 말하는 파일 2개" in out
    assert "✓ 확인점 1개" in out
    bag_files.zip_folder(bag, bag.parent / "bag.zip")
    assert said(bag.parent / "bag.zip", capsys, *key)[0] == 0


Ledger = dict[str, Any]
CHECKPOINT = f"{layout.CHECKPOINTS}1.json"


def ledger_of(bag: Path) -> Ledger:
    """The ledger in a bag."""
    return json.loads((bag / layout.LEDGER).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def keep_ledger(bag: Path, ledger: Ledger) -> None:
    """Put a ledger into a bag."""
    (bag / layout.LEDGER).write_text(json.dumps(ledger, ensure_ascii=False), encoding="utf-8")


def signed_of(bag: Path) -> tuple[Path, SignedCheckpoint]:
    """The bag's own checkpoint."""
    path = max((bag / layout.CHECKPOINTS).iterdir(), key=lambda p: int(p.stem))
    return path, read_file(path.read_text(encoding="utf-8"))


def on_events(change: Callable[[list[dict[str, Any]]], object], *, rehash: bool = False) -> Any:
    """An attack on the events; with ``rehash`` everything after is computed again."""

    def attack(bag: Path) -> None:
        ledger = ledger_of(bag)
        change(ledger["events"])
        if rehash:
            ledger["events"] = relinked_plain(ledger["chain_id"], ledger["events"])
            ledger.update(size=len(ledger["events"]), head=ledger["events"][-1]["hash"])
        keep_ledger(bag, ledger)

    return attack


def on_checkpoint(change: Callable[[SignedCheckpoint], SignedCheckpoint]) -> Any:
    """An attack on the checkpoint."""

    def attack(bag: Path) -> None:
        path, signed = signed_of(bag)
        path.write_text(change(signed).as_file(), encoding="utf-8")

    return attack


def by_another_key(signed: SignedCheckpoint, *, named: bool) -> SignedCheckpoint:
    """Signed by a stranger, who also writes his name into it when ``named``."""
    private = signatures.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(signatures.Encoding.Raw, signatures.PublicFormat.Raw).hex()
    key = signatures.SigningKey(private, raw)
    text = replace(signed.checkpoint, key_id=key.key_id).text if named else signed.text
    return SignedCheckpoint(text, key.sign(text), raw)


def an_evidence_file(bag: Path) -> Path:
    """The one evidence file."""
    (path,) = (bag / layout.EVIDENCE).iterdir()
    return path


def swap_case(bag: Path) -> None:
    """The ledger and files of the other case under the label of this one."""
    shutil.rmtree(bag / "data")
    shutil.copytree(bag.parent / "other" / "data", bag / "data")


def in_file(path: str, old: str, new: str) -> Callable[[Path], object]:
    """An attack on the words of a file."""

    def attack(bag: Path) -> None:
        text = (bag / path).read_text(encoding="utf-8")
        assert old in text
        (bag / path).write_text(text.replace(old, new), encoding="utf-8")

    return attack


def link_outside(bag: Path) -> None:
    """An evidence file that lies elsewhere, where it can be changed after the look."""
    path = an_evidence_file(bag)
    path.rename(bag.parent / "elsewhere")
    path.symlink_to(bag.parent / "elsewhere")


def rename_checkpoint(bag: Path) -> None:
    """The checkpoint under the name of a later one."""
    path, _ = signed_of(bag)
    path.rename(path.with_name("99.json"))


def another_code(bag: Path) -> None:
    """The checkpoint's file says a printed code that is not its own."""
    path, _ = signed_of(bag)
    path.write_text(path.read_text(encoding="utf-8").replace('"code": "', '"code": "0'), encoding="utf-8")


def _changed(text: str) -> str:
    return dumps({**json.loads(text), "note": "later"})


ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "event edited": (on_events(lambda e: e[1].update(kind="x")), "#2"),
    "event edited, computed again": (
        on_events(lambda e: e[1].update(kind="x"), rehash=True),
        "다시 쓰였습니다",
    ),
    "body edited, computed again": (
        on_events(lambda e: e[1].update(body=_changed(e[1]["body"])), rehash=True),
        "다시 쓰였습니다",
    ),
    "event removed": (on_events(lambda e: e.pop(1)), "#2"),
    "events reordered": (on_events(lambda e: e.insert(1, e.pop(2))), "#2"),
    "tail cut": (on_events(lambda e: e.pop()), "끝이 잘렸거나"),
    "tail cut, size and head rewritten": (on_events(lambda e: e.pop(), rehash=True), "사건이"),
    "body removed": (on_events(lambda e: e[2].update(body=None, salt=None)), "#3"),
    "file swapped": (lambda bag: an_evidence_file(bag).write_bytes(b"another"), "원장의 기록과 다릅니다"),
    "file cut": (
        lambda bag: an_evidence_file(bag).write_bytes(an_evidence_file(bag).read_bytes()[:-1]),
        "원장의 기록과 다릅니다",
    ),
    "file renamed": (
        lambda bag: an_evidence_file(bag).rename(an_evidence_file(bag).with_name("better.txt")),
        "이름이 바뀌었습니다",
    ),
    "file removed": (lambda bag: an_evidence_file(bag).unlink(), "없거나"),
    "extra file": (lambda bag: (bag / "data" / "more.txt").write_text("more"), "원장에 없는 파일"),
    "bundle swapped": (lambda bag: (bag / layout.BUNDLE).write_bytes(b"%PDF"), "원장의 기록과 다릅니다"),
    "checkpoint edited": (
        on_checkpoint(lambda s: replace(s, text=s.text.replace('"why":"bag"', '"why":"day"'))),
        "서명이 내용과",
    ),
    "checkpoint removed": (lambda bag: signed_of(bag)[0].unlink(), "확인점에 있습니다"),
    "checkpoint by another key": (on_checkpoint(lambda s: by_another_key(s, named=False)), "다른 열쇠로"),
    "checkpoint by another key that says so": (
        on_checkpoint(lambda s: by_another_key(s, named=True)),
        "주신 공개 열쇠로 서명한 것이 아닙니다",
    ),
    "link in the place of a file": (link_outside, "다른 곳을 가리키는"),
    "file beside the bag's own": (lambda bag: (bag / "fetch.txt").write_text(""), "없어야 할 파일"),
    "empty folder": (lambda bag: (bag / "data" / "승인 문서").mkdir(), "빈 폴더"),
    "read-me edited": (in_file(layout.README, "확인하는 방법", "확인하지 않는 방법"), "안내문이"),
    "title edited": (in_file(layout.INFO, "표본 건", "다른 건"), "사업명"),
    "institution edited": (
        in_file(layout.INFO, "Source-Organization: ", "Source-Organization: 다른 "),
        "기관",
    ),
    "words added to the label": (
        in_file(layout.INFO, "Payload-Oxum", "Note: approved\nPayload-Oxum"),
        "기관",
    ),
    "day edited": (in_file(layout.INFO, "Bagging-Date: 2", "Bagging-Date: 1"), "날짜"),
    "declaration edited": (in_file(layout.DECLARATION, "1.0", "0.97"), "규격"),
    "event says more": (on_events(lambda e: e[1].update(note="approved")), "적지 않는 것이 있습니다: note"),
    "ledger says more": (
        lambda bag: keep_ledger(bag, {**ledger_of(bag), "note": "approved"}),
        "적지 않는 것이 있습니다: note",
    ),
    "another printed code": (another_code, "서명된 것과 다른"),
    "checkpoint called otherwise": (rename_checkpoint, "이름이 다릅니다"),
    "case swapped": (swap_case, "다른 건의 원장"),
    "called by another number": (
        lambda bag: keep_ledger(bag, {**ledger_of(bag), "name": "2020-0001"}),
        "2026",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_bag_that_was_touched_is_named_even_when_its_lists_are_written_anew(
    bag: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    attack, expected = ATTACKS[name]
    attack(bag)
    list_files(bag)
    code, out = said(bag, capsys, "--key", str(bag.parent / "key.pem"))
    assert (code, expected in out) == (1, True), out


@pytest.mark.parametrize(
    "path", [layout.README, layout.INFO, layout.MANIFEST, layout.DECLARATION, layout.LEDGER]
)
def test_a_changed_byte_anywhere_is_named_by_the_lists(
    bag: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    with (bag / path).open("a", encoding="utf-8") as file:
        file.write("\n")
    code, out = said(bag, capsys)
    assert code == 1
    assert f"파일 {path}" in out


def test_everything_made_again_by_another_key_is_named_by_a_checkpoint_kept_outside(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, signed = signed_of(bag)
    kept = bag.parent / "kept.json"
    kept.write_text(signed.as_file(), encoding="utf-8")
    ATTACKS["event edited, computed again"][0](bag)
    ledger = ledger_of(bag)
    heads = tuple(
        replace(head, head=ledger["head"]) if head.chain_id == ledger["chain_id"] else head
        for head in signed.checkpoint.heads
    )
    forged = replace(signed, text=replace(signed.checkpoint, heads=heads).text)
    made = by_another_key(forged, named=True)
    path.write_text(made.as_file(), encoding="utf-8")
    in_file(layout.INFO, signed.digest, made.digest)(bag)
    list_files(bag)
    code, out = said(bag, capsys)
    assert code == 0, out
    code, out = said(bag, capsys, "--checkpoint", str(kept))
    assert (code, "밖에 둔 확인점" in out) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"chain_id": 1, "name": 2, "events": [{}]}'])
def test_what_is_no_bag_is_a_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert verify.main([str(tmp_path)]) == 2
    (tmp_path / "data").mkdir()
    (tmp_path / layout.LEDGER).write_text(text)
    assert verify.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new"), [('"events"', '"name": "2020-0001", "events"'), ('"seq": 1', '"seq": NaN')]
)
def test_a_ledger_that_two_programs_read_differently_is_refused(
    bag: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    in_file(layout.LEDGER, old, new)(bag)
    list_files(bag)
    assert said(bag, capsys)[0] == 2


def _two_of_a_name(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(archive.namelist()[0], "another")


def _writes(name: str, mode: int = 0) -> Callable[[Path], None]:
    def attack(path: Path) -> None:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(entry, "more")

    return attack


def _comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"more"


def _hidden_before(path: Path) -> None:
    """A whole other archive before this one, which programs see that read from the beginning."""
    hidden = path.with_name("hidden.zip")
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("bag/data/bundle.pdf", "another")
    path.write_bytes(hidden.read_bytes() + path.read_bytes())


def _locked(path: Path) -> None:
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02") + 8
    path.write_bytes(data[:at] + bytes([data[at] | 1]) + data[at + 1 :])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


ZIP_ATTACKS: dict[str, Callable[[Path], None]] = {
    "two files of a name": _two_of_a_name,
    "out of the folder": _writes("bag/../../more.txt"),
    "backslashes": _writes("bag\\..\\more.txt"),
    "a link": _writes("bag/data/link", stat.S_IFLNK | 0o777),
    "two roots": _writes("more.txt"),
    "a comment": _comment,
    "hidden before": _hidden_before,
    "locked": _locked,
    "cut": _cut,
}


@pytest.mark.parametrize("name", ZIP_ATTACKS)
def test_a_zip_file_that_two_programs_read_differently_is_refused(
    bag: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = bag.parent / "bag.zip"
    bag_files.zip_folder(bag, path)
    ZIP_ATTACKS[name](path)
    assert verify.main([str(path)]) == 2
    assert "풀 수 없습니다" in capsys.readouterr().err


def test_it_runs_from_elsewhere_without_the_database_or_a_framework(bag: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(verify.__file__).parent.parent)!r}); "
        "from procurement import verify; code = verify.main(sys.argv[1:]); "
        "assert not {'flask', 'sqlalchemy', 'wtforms', 'requests'} & set(sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(bag)], cwd=bag, capture_output=True, text=True, env={}
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_is_found_by_its_name(bag: Path) -> None:
    root = Path(verify.__file__).parent.parent
    an_evidence_file(bag).unlink()
    command = [sys.executable, "-m", "procurement.verify", str(bag)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "■" in done.stdout
