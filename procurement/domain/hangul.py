"""Hangul by arithmetic: syllables, jamo, Latin letters read aloud, particles that agree with a final."""

import re
import unicodedata
from itertools import product

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FIRST, _LAST = 0xAC00, 0xD7A3
_CLUSTERS = {
    "ㄱㅅ": "ㄳ",
    "ㄴㅈ": "ㄵ",
    "ㄴㅎ": "ㄶ",
    "ㄹㄱ": "ㄺ",
    "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ",
    "ㅂㅅ": "ㅄ",
}
_VOWEL_PAIRS = {
    "ㅗㅏ": "ㅘ",
    "ㅗㅐ": "ㅙ",
    "ㅗㅣ": "ㅚ",
    "ㅜㅓ": "ㅝ",
    "ㅜㅔ": "ㅞ",
    "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ",
}

# How each Latin letter is read; the first reading is the usual one.
LETTER_NAMES: dict[str, tuple[str, ...]] = {
    "a": ("에이",),
    "b": ("비",),
    "c": ("씨", "시"),
    "d": ("디",),
    "e": ("이",),
    "f": ("에프",),
    "g": ("지",),
    "h": ("에이치", "에이취"),
    "i": ("아이",),
    "j": ("제이",),
    "k": ("케이",),
    "l": ("엘",),
    "m": ("엠",),
    "n": ("엔",),
    "o": ("오",),
    "p": ("피",),
    "q": ("큐",),
    "r": ("알", "아르"),
    "s": ("에스",),
    "t": ("티",),
    "u": ("유",),
    "v": ("브이",),
    "w": ("더블유", "더블류"),
    "x": ("엑스",),
    "y": ("와이",),
    "z": ("제트", "지"),
}
# Readings that hardly occur inside Korean words; one of them must be there before 케이티 is taken for KT,
# so that 비디오 is not read as B-D-O.
_TELLING = frozenset("afhjklmnswxyz")
_FIRST_SYLLABLES = frozenset(readings[0][0] for readings in LETTER_NAMES.values())
_READINGS = sorted(
    ((reading, letter) for letter, readings in LETTER_NAMES.items() for reading in readings[:1]),
    key=lambda pair: -len(pair[0]),
)


def is_syllable(char: str) -> bool:
    """Whether ``char`` is one precomposed Hangul syllable."""
    return _FIRST <= ord(char) <= _LAST


def is_hangul(char: str) -> bool:
    """Whether ``char`` is a Hangul syllable or a compatibility jamo."""
    return _FIRST <= ord(char) <= _LAST or "ㄱ" <= char <= "ㅣ"


def has_final(char: str) -> bool:
    """Whether the syllable ends in a consonant, e.g. 션; False for anything else."""
    return is_syllable(char) and (ord(char) - _FIRST) % 28 > 0


class _JamoTable(dict[int, str]):
    """Fills itself as characters are met, so that ``str.translate`` does the work."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if is_syllable(char):
            lead, rest = divmod(code - _FIRST, 588)
            char = LEADS[lead] + VOWELS[rest // 28] + FINALS[rest % 28].strip()
        self[code] = char
        return char


_JAMO = _JamoTable()


def to_jamo(text: str) -> str:
    """Each syllable as its two or three jamo, e.g. ``노션`` → ``ㄴㅗㅅㅕㄴ``; the rest as it is."""
    return text.translate(_JAMO)


def _syllable(lead: str, vowel: str, final: str = " ") -> str:
    return chr(_FIRST + LEADS.index(lead) * 588 + VOWELS.index(vowel) * 28 + FINALS.index(final))


def compose_at(jamo: str, at: int) -> tuple[str, int]:
    """Read one syllable from loose jamo.

    ``jamo`` holds compatibility jamo; returns the character and how many were used: ``("안", 3)`` for
    ``ㅇㅏㄴ``, the character itself and 1 where no syllable begins. A consonant before a vowel belongs to
    the next syllable.
    """
    if jamo[at] not in LEADS or jamo[at + 1 : at + 2] not in tuple(VOWELS):
        return jamo[at], 1
    vowel, used = jamo[at + 1], 2
    pair = _VOWEL_PAIRS.get(jamo[at + 1 : at + 3])
    if pair:
        vowel, used = pair, 3
    final, more = final_at(jamo, at + used)
    return _syllable(jamo[at], vowel, final or " "), used + more


def final_at(jamo: str, at: int) -> tuple[str, int]:
    """The final consonant that stands at ``at``, with how many jamo it uses; ``("", 0)`` when none does."""

    def closes(index: int) -> bool:
        return jamo[index : index + 1] not in ("", " ") and jamo[index] in FINALS and not opens(index + 1)

    def opens(index: int) -> bool:
        return jamo[index : index + 1] != "" and jamo[index] in VOWELS

    cluster = _CLUSTERS.get(jamo[at : at + 2])
    if cluster and closes(at + 1):
        return cluster, 2
    return (jamo[at], 1) if closes(at) else ("", 0)


def add_final(syllable: str, final: str) -> str:
    """``아`` and ``ㄴ`` → ``안``; the syllable must be open."""
    return chr(ord(syllable) + FINALS.index(final))


def bind(text: str, at: int) -> str:
    """``text`` with the consonant between two syllables on the other side of ``at``.

    ``나무기술`` at 2 → ``나묵이술``, ``가온아이`` at 2 → ``가오나이``; unchanged where no single consonant
    can move.
    """
    before, after = text[at - 1 : at], text[at : at + 1]
    if not (before and after and is_syllable(before) and is_syllable(after)):
        return text
    lead, rest = divmod(ord(after) - _FIRST, 588)
    final = FINALS[(ord(before) - _FIRST) % 28]
    if final == " " and LEADS[lead] in FINALS and LEADS[lead] != "ㅇ":
        moved = add_final(before, LEADS[lead]), chr(_FIRST + LEADS.index("ㅇ") * 588 + rest)
    elif LEADS[lead] == "ㅇ" and final in LEADS:
        moved = chr(ord(before) - FINALS.index(final)), chr(_FIRST + LEADS.index(final) * 588 + rest)
    else:
        return text
    return text[: at - 1] + "".join(moved) + text[at + 1 :]


def squeeze(text: str, at: int) -> str:
    """``text`` without the vowel of the open syllable at ``at``: ``데이터독`` at 2 → ``데잍독``.

    Its consonant closes the syllable before it; unchanged where that cannot be.
    """
    before, lost = text[at - 1 : at], text[at : at + 1]
    if (
        not (before and lost and is_syllable(before) and is_syllable(lost))
        or has_final(before)
        or has_final(lost)
    ):
        return text
    lead = LEADS[(ord(lost) - _FIRST) // 588]
    return text[: at - 1] + add_final(before, lead) + text[at + 1 :] if lead in FINALS else text


def read_letters(letters: str, limit: int = 8) -> list[str]:
    """How a run of Latin letters is read aloud, e.g. ``kt`` → ``["케이티"]``; at most ``limit`` readings."""
    readings = product(*(LETTER_NAMES[letter] for letter in letters))
    return ["".join(reading) for reading, _ in zip(readings, range(limit), strict=False)]


def unread_letters(text: str) -> tuple[str, str]:
    """Latin letters that the beginning of a Hangul word spells, and the rest.

    ``엔에이치엔클라우드`` → ``("nhn", "클라우드")``; ``("", text)`` when it spells fewer than two letters or
    none that is telling.
    """
    if text[:1] not in _FIRST_SYLLABLES:
        return "", text
    letters, at = "", 0
    while True:
        step = next(((r, x) for r, x in _READINGS if text.startswith(r, at)), None)
        if step is None:
            break
        at += len(step[0])
        letters += step[1]
    if len(letters) < 2 or not _TELLING & set(letters):
        return "", text
    return letters, text[at:]


def with_particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """``word`` with the particle that agrees with its sound; both in writing when the sound is unknown.

    Looks past closing quotes and brackets; numbers and the endings of file names are read aloud.
    """
    last = _last_sound(word)
    if last is None:
        return f"{word}{after_consonant}({after_vowel})"
    if after_vowel == "로" and last == "ㄹ":
        return word + after_vowel
    return word + (after_consonant if last else after_vowel)


def settled(text: str) -> str:
    """``text`` with particles written both ways (``을(를)``, ``(으)로``) settled where the sound is known."""
    return _BOTH_WAYS.sub(_settle, text)


_PARTICLES = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_LONGEST_BEFORE = 12
"""Characters in front of a particle that are looked at: a word's end, an extension, what closes it."""
_BOTH_WAYS = re.compile("|".join(map(re.escape, _PARTICLES)))
_CLOSING = "’”'\")]』》」〉"
_DIGITS = ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", "")
"""How the name of each digit ends: 영 일 이 삼 사 오 육 칠 팔 구."""
_EXTENSION = re.compile(r"\.[a-z]{3,4}$", re.IGNORECASE)


def _settle(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
    if _last_sound(before) is None:
        return found.group()
    return with_particle(before, *_PARTICLES[found.group()])[len(before) :]


def _last_sound(word: str) -> str | None:
    """The final of the last syllable as it is read: ``""`` for a vowel, ``None`` when it cannot be told."""
    bare = word.rstrip(_CLOSING)
    last = bare[-1:]
    if last and is_syllable(last):
        return FINALS[(ord(last) - _FIRST) % 28].strip()
    if last.isascii() and last.isdigit():
        # Tens, hundreds and thousands end in their own words; a number told digit by digit ends in its last.
        return _DIGITS[int(last)]
    if _EXTENSION.search(bare):
        name = LETTER_NAMES[last.lower()][0]
        return FINALS[(ord(name[-1]) - _FIRST) % 28].strip()
    return None


def half_width(text: str) -> str:
    """Figures and signs in half width, without blanks, the way amounts, rates and days are read.

    A raised, circled or broken figure (``²``, ``①``, ``½``) stays what it is: to read 10² as 102 would be
    to guess.
    """
    plain = (c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in text)
    return "".join("".join(plain).split())
