"""The two faces: made once, found again, complete."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from fontTools import subset
from reportlab.pdfbase.ttfonts import TTFontFace

from procurement.adapters import fonts
from procurement.adapters.fonts import (
    FontsMissingError,
    build_fonts,
    font_paths,
    main,
)
from procurement.adapters.pdf_faces import BOLD, REGULAR, Face, covered_characters, register_faces
from tests.adapters.pdf_helpers import faces
from tests.conftest import Trials


def test_faces_that_are_there_are_left_alone() -> None:
    before = [path.stat().st_mtime_ns for path in (font_paths(faces()).regular, font_paths(faces()).bold)]
    build_fonts(faces())
    after = [path.stat().st_mtime_ns for path in (font_paths(faces()).regular, font_paths(faces()).bold)]
    assert after == before


@pytest.fixture
def made(tmp_path: Path, trials: Trials, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with both faces: those of the set-up in `make prove`, else of a source of a few characters.

    To cut a face out of the whole source takes ten seconds.
    """
    if trials(0, 1):
        return faces()
    small = tmp_path / "source.ttf"
    with as_file(files(fonts._SOURCE_PACKAGE) / fonts._SOURCE_FILE) as whole:
        subset.main([str(whole), "--text=표본 12,650,000원", f"--output-file={small}", "--layout-features="])
    monkeypatch.setattr(fonts, "as_file", lambda _: nullcontext(small))
    assert main([str(tmp_path / "made")]) == 0
    return tmp_path / "made"


def test_a_face_that_is_missing_is_made_again_the_same_to_the_byte(made: Path, tmp_path: Path) -> None:
    paths, again = font_paths(made), tmp_path / "again"
    again.mkdir()
    shutil.copy(paths.regular, again)
    assert main([str(again)]) == 0
    assert font_paths(again).bold.read_bytes() == paths.bold.read_bytes()
    assert paths.bold.read_bytes() != paths.regular.read_bytes()
    assert not list(again.glob("*.part"))
    assert not list(again.glob(".*.part"))


def test_before_the_set_up_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError, match="make setup"):
        font_paths(tmp_path)


def test_the_command_explains_itself_without_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "사용법" in capsys.readouterr().err


def test_both_faces_draw_every_syllable_and_the_same_characters() -> None:
    measures = register_faces(font_paths(faces()))
    assert measures[REGULAR].covered == measures[BOLD].covered == covered_characters(font_paths(faces()))
    assert set(range(0xAC00, 0xD7A4)) <= measures[REGULAR].covered


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_a_face_is_read_as_the_library_reads_it(weight: str) -> None:
    path = str(getattr(font_paths(faces()), weight))
    ours, theirs = vars(Face(path)), vars(TTFontFace(path))
    same = theirs.keys() - {"_pos", "_pdfScale", "glyphToChar"}
    assert {name for name in same if ours[name] != theirs[name]} == set()
    assert Face(path).makeSubset([32, 0xAC00]) == TTFontFace(path).makeSubset([32, 0xAC00])
