"""Every name of the list, written in every way that people think of, is still found."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from procurement.adapters.name_index import build_index, read_names
from procurement.domain.hangul import FINALS, LEADS, LETTER_NAMES, VOWELS, is_syllable, to_jamo
from procurement.domain.neutrality import NameIndex

DATA = Path(__file__).parents[1] / "data"
NAMES = read_names((DATA / "vendor_names.csv").read_bytes())
WRITTEN = [written for name in NAMES for written in (name.name, *name.aliases)]
CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
GREEK = str.maketrans("oABEZHIKMNOPTYX", "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return build_index(NAMES)


def joined(mark: str) -> Callable[[str], str]:
    return lambda name: mark.join(name.replace(" ", ""))


def halved(mark: str) -> Callable[[str], str]:
    return lambda name: name[: len(name) // 2] + mark + name[len(name) // 2 :]


def wrapped(before: str, after: str) -> Callable[[str], str]:
    return lambda name: before + name + after


def fullwidth(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in name)


def mathematical(name: str) -> str:
    bold = {ord("A") + i: chr(0x1D400 + i) for i in range(26)} | {
        ord("a") + i: chr(0x1D41A + i) for i in range(26)
    }
    return name.translate(bold)


def circled(name: str) -> str:
    return "".join(chr(0x24D0 + ord(c) - 97) if "a" <= c <= "z" else c for c in name.lower())


def conjoining_apart(name: str) -> str:
    return "\u200b".join(unicodedata.normalize("NFD", name))


def halfwidth_jamo(name: str) -> str:
    narrow = {
        unicodedata.normalize("NFKC", chr(c)): chr(c)
        for c in (*range(0xFFA1, 0xFFBF), *range(0xFFC2, 0xFFDD))
    }
    compatibility = {unicodedata.normalize("NFKC", jamo): jamo for jamo in LEADS + VOWELS + FINALS.strip()}
    by_jamo = {compatibility[k]: v for k, v in narrow.items() if k in compatibility}
    return "".join(by_jamo.get(jamo, jamo) for jamo in to_jamo(name))


def finals_apart(name: str) -> str:
    apart = ""
    for char in name:
        jamo = to_jamo(char)
        apart += (
            chr(ord(char) - FINALS.index(jamo[2])) + jamo[2] if is_syllable(char) and len(jamo) == 3 else char
        )
    return apart


def letters_aloud(name: str) -> str:
    return re.sub(
        r"\b[A-Z]{2,4}(?![A-Za-z])|\bkt\b",
        lambda run: "".join(LETTER_NAMES[letter][0] for letter in run.group().lower()),
        name,
    )


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "mixed case": str.swapcase,
    "full width": fullwidth,
    "mathematical letters": mathematical,
    "circled letters": circled,
    "decomposed (NFD)": lambda name: unicodedata.normalize("NFD", name),
    "compatibility (NFKD)": lambda name: unicodedata.normalize("NFKD", name),
    "without spaces": lambda name: name.replace(" ", ""),
    "a space between all": joined(" "),
    "a dot between all": joined("."),
    "a hyphen between all": joined("-"),
    "a middle dot between all": joined("·"),
    "an underscore between all": joined("_"),
    "a comma between all": joined(","),
    "an emoji between all": joined("★"),
    "zero width between all": joined("\u200b"),
    "soft hyphen between all": joined("\u00ad"),
    "word joiner between all": joined("\u2060"),
    "direction marks between all": joined("\u202d"),
    "combining marks between all": joined("\u0336"),
    "blank fillers between all": joined("\u3164"),
    "variation selectors between all": joined("\ufe0f"),
    "split by a space": halved(" "),
    "split by a hyphen": halved("-"),
    "split by a slash": halved("/"),
    "split by a line break": halved("\n"),
    "split by a Windows line break and indent": halved("\r\n  "),
    "split by a no-break space": halved("\u00a0"),
    "Cyrillic look-alikes": lambda name: name.translate(CYRILLIC),
    "Greek look-alikes": lambda name: name.translate(GREEK),
    "letters by their names": letters_aloud,
    "jamo apart": to_jamo,
    "jamo apart with spaces": lambda name: " ".join(to_jamo(name)),
    "half-width jamo": halfwidth_jamo,
    "conjoining jamo with zero width between": conjoining_apart,
    "finals apart": finals_apart,
    "㈜ before": wrapped("㈜", ""),
    "(주) before": wrapped("(주)", ""),
    "(주) after": wrapped("", " (주)"),
    "주식회사 before": wrapped("주식회사 ", ""),
    "주식회사 glued": wrapped("주식회사", ""),
    "주식회사 after": wrapped("", "주식회사"),
    "the possessive": wrapped("", "의"),
    "the direction": wrapped("", "으로"),
    "the place": wrapped("", "에서는"),
    "the topic": wrapped("", "는"),
    "the subject": wrapped("", "이"),
    "the object": wrapped("", "을"),
    "the company": wrapped("", "사"),
    "in quotes": wrapped("「", "」"),
    "in a sentence": wrapped("기존에 쓰던 ", " 제품과 같은 수준"),
    "before a noun": wrapped("", " 솔루션"),
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_name_is_found_in_this_spelling(index: NameIndex, kind: str) -> None:
    spell = SPELLINGS[kind]
    missed = [written for written in WRITTEN if index.judge(spell(written)).verdict == "neutral"]
    assert missed == []


@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_name_that_is_no_ordinary_word_is_blocked_in_this_spelling(index: NameIndex, kind: str) -> None:
    spell = SPELLINGS[kind]
    screened = {spelling for _, spelling in index.screened_names()}
    unblocked = [
        (written, index.judge(spell(written)).verdict)
        for written in WRITTEN
        if written not in screened and index.judge(spell(written)).verdict != "block"
    ]
    assert unblocked == []


def slips(name: str) -> Iterator[str]:
    """Every name with one vowel, first or last consonant replaced, added or dropped."""
    for at, char in enumerate(name):
        if not is_syllable(char):
            continue
        lead, rest = divmod(ord(char) - 0xAC00, 588)
        vowel, final = divmod(rest, 28)
        others = [
            ((lead + 1) % 19, vowel, final),
            (lead, (vowel + 1) % 21, final),
            (lead, vowel, (final + 4) % 28),
        ]
        others.append((lead, vowel, 0 if final else 4))
        for a, b, c in others:
            changed = chr(0xAC00 + a * 588 + b * 28 + c)
            if changed != char:
                yield name[:at] + changed + name[at + 1 :]


LONG = [w for w in WRITTEN if len(w) >= 4 and all(is_syllable(c) for c in w.replace(" ", ""))]


@pytest.mark.parametrize("name", LONG)
def test_one_wrong_jamo_in_a_longer_name_is_still_found(index: NameIndex, name: str) -> None:
    # 데이터도 is 데이터 with a particle: nobody can tell it from a slip of 데이터독.
    made = [slip for slip in slips(name) if slip != "데이터도"]
    assert [slip for slip in made if index.judge(slip).verdict != "block"] == []
    assert [slip for slip in made if index.judge(slip + "을 도입").verdict == "neutral"] == []
