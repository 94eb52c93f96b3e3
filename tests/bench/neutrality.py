"""Ten thousand names against a thousand words beside a plain pass, and what is found in every spelling."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import ahocorasick

from procurement.adapters.name_index import build_index, read_names
from procurement.domain.neutral.folding import fold
from procurement.domain.neutrality import Name, NameIndex
from tests.bench.table import Row, row, side_by_side
from tests.support.spellings import SPELLINGS, slips

DATA = Path(__file__).parents[1] / "data"
NAMES, WORDS = 10_000, 1_000
GOAL, BUILD_GOAL_MS = 5.0, 1000.0
RUNS = 15
_SYLLABLES = (
    *"가게고그글기나넥노누니다단데델도두드디라랑레로루르리린마메모무미바베벨보부브비사새샘세센소솔스시신아알에엔엘오온올",
    *"우유이인자젠조주지차카컨케코쿠크키타탄테토투트티파페포푸프피하한해호후휴빛샤텍픽롬닉빌콘폴홈맥넷뷰핏플큐쉬칸밀",
)
_ENDINGS = [
    *("소프트", "테크", "클라우드", "시스템즈", "네트웍스", "랩스", "정보기술"),
    *("솔루션", "데이터", "시큐리티", "온", "웍스", "이엔지", "아이티"),
]


def rows() -> list[Row]:
    """Speed of the judgement and of building its index; and spellings missed, words blocked wrongly."""
    names = invented_names(NAMES)
    index = build_index(names)
    words = distinct_words(WORDS)
    folded = [fold(word).chars for word in words]
    plain = plain_automaton(names)
    judged, reference = side_by_side(
        lambda: index.judge_all(words), lambda: [list(plain.iter(chars)) for chars in folded], RUNS
    )
    return [
        row(f"neutrality: {NAMES:,} names in {WORDS:,} words (plain pass)", judged, reference, GOAL),
        row("neutrality: index of the names, ms", shortest_build(names), BUILD_GOAL_MS, 1.0),
        *spelling_rows(),
    ]


def invented_names(count: int) -> list[Name]:
    """Names as companies have them, always the same ones; none is meant to be anybody's."""
    draw = random.Random(20)
    found: set[str] = set()
    while len(found) < count:
        stem = "".join(draw.choices(_SYLLABLES, k=draw.choice((2, 3, 3, 4))))
        found.add(stem + draw.choice(_ENDINGS) if draw.random() < 0.6 else stem)
    return [Name(name) for name in sorted(found)]


def distinct_words(count: int) -> list[str]:
    """The first different words of the guideline and of other official phrases, as they stand there."""
    files = ("guideline-2024-08.txt", "ordinary_phrases.txt", "neutral_phrases.txt")
    text = "\n".join((DATA / file).read_text(encoding="utf-8") for file in files)
    words = list(dict.fromkeys(re.findall("[가-힣A-Za-z0-9]{2,}", text)))
    return words[:count]


def plain_automaton(names: list[Name]) -> ahocorasick.Automaton:
    """An automaton of the folded names and nothing else, as one would write it first."""
    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(fold(name.name).chars, name.name)
    automaton.make_automaton()
    return automaton


def shortest_build(names: list[Name]) -> float:
    """Milliseconds of the quickest of three builds."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        build_index(names)
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def spelling_rows() -> list[Row]:
    """Missed of all names of the test data, a row for each kind of spelling; then phrases wrongly held."""
    names = [
        name
        for file in ("vendor_names.csv", "invented_names.csv")
        for name in read_names((DATA / file).read_bytes())
    ]
    written = [one for name in names for one in (name.name, *name.aliases)]
    index = build_index(names)
    found = [
        counted(f"neutrality: missed, {kind}", index, [spell(name) for name in written])
        for kind, spell in SPELLINGS.items()
    ]
    made = [slip for name in written if len(name) >= 4 for slip in slips(name)]
    found.append(counted("neutrality: missed, one jamo wrong", index, made, share=0.005))
    phrases = [
        phrase
        for file in ("neutral_phrases.txt", "ordinary_phrases.txt")
        for phrase in (DATA / file).read_text(encoding="utf-8").splitlines()
        if phrase
    ]
    held = sum(one.verdict != "neutral" for one in index.judge_all(phrases))
    return [*found, row("neutrality: ordinary phrases held", held, len(phrases), 0.0)]


def counted(name: str, index: NameIndex, texts: list[str], share: float = 0.0) -> Row:
    """How many of ``texts`` were taken for neutral, beside how many there are; ``share`` may be."""
    missed = sum(one.verdict == "neutral" for one in index.judge_all(texts))
    return row(name, missed, len(texts), share)
