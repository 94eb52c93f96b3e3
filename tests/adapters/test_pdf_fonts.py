"""The two faces: made once, found again, complete."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from procurement.adapters.fonts import (
    FontsMissingError,
    build_fonts,
    covered_characters,
    font_paths,
    main,
)
from tests.adapters.pdf_helpers import faces


def test_faces_that_are_there_are_left_alone() -> None:
    before = [path.stat().st_mtime_ns for path in (font_paths(faces()).regular, font_paths(faces()).bold)]
    build_fonts(faces())
    after = [path.stat().st_mtime_ns for path in (font_paths(faces()).regular, font_paths(faces()).bold)]
    assert after == before


def test_a_face_that_is_missing_is_made_again_the_same_to_the_byte(tmp_path: Path) -> None:
    paths = font_paths(faces())
    shutil.copy(paths.regular, tmp_path)
    assert main([str(tmp_path)]) == 0
    assert font_paths(tmp_path).bold.read_bytes() == paths.bold.read_bytes()
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob(".*.part"))


def test_before_the_set_up_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError, match="make setup"):
        font_paths(tmp_path)


def test_the_command_explains_itself_without_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "사용법" in capsys.readouterr().err


def test_both_faces_draw_every_syllable_and_the_same_characters() -> None:
    paths = font_paths(faces())
    regular, bold = covered_characters(paths.regular), covered_characters(paths.bold)
    assert regular == bold
    assert set(range(0xAC00, 0xD7A4)) <= regular
