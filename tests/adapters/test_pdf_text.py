"""Characters that the face cannot draw are never lost without a word."""

from __future__ import annotations

import unicodedata

import pytest

from procurement.adapters.fonts import font_paths
from procurement.adapters.pdf_faces import covered_characters
from procurement.adapters.pdf_text import describe_missing, printable
from tests.adapters.pdf_helpers import faces


def shown(text: str) -> tuple[str, tuple[str, ...]]:
    return printable(text, covered_characters(font_paths(faces())))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("그대로 둡니다\t<b>A&amp;B</b>\n", "그대로 둡니다\t<b>A&amp;B</b>\n"),
        ("종\x07소리\x00와 \x7f끝", "종소리와 끝"),
        ("폭\u200b없는\ufeff글\u202e자\u2060", "폭없는글자"),
        ("✔️ 확인 ☐ 미확인 ☑", "✓ 확인 □ 미확인 ✓"),
        (unicodedata.normalize("NFD", "디지털서비스"), "디지털서비스"),
        ("⅓", "1/3"),
        ("&#x2713;&middot;&lt;&#60;&quot;", "✓·&lt;&#60;&quot;"),
        ("&amp;#x1F600;", "&amp;#x1F600;"),
        ("AT&T; R&D", "AT&T; R&D"),
    ],
)
def test_text_is_brought_to_what_the_face_can_draw(written: str, expected: str) -> None:
    assert shown(written) == (expected, ())


@pytest.mark.parametrize("written", ["😀", "&#x1F600;", "&#128512;"])
def test_an_emoji_is_replaced_and_named_however_it_is_written(written: str) -> None:
    assert shown(f"앞{written}뒤") == ("앞〓뒤", ("😀",))


@pytest.mark.parametrize("char", ["＜", "＞", "＆", "﹤"])
def test_wide_signs_never_turn_into_markup(char: str) -> None:
    text, _ = printable(f"가{char}b", frozenset(map(ord, "가b<>&〓")))
    assert text == "가〓b"


def test_the_note_names_the_character_once() -> None:
    (note,) = describe_missing("😀😀")
    assert "U+1F600" in note
    assert "GRINNING FACE" in note
