"""Every name of the lists, written in every way that people think of, is still found."""

import random
from pathlib import Path

import pytest

from procurement.adapters.name_index import build_index, read_names
from procurement.domain.hangul import is_syllable
from procurement.domain.neutrality import NameIndex
from tests.conftest import Trials
from tests.support.spellings import SPELLINGS, slips

DATA = Path(__file__).parents[1] / "data"
NAMES = read_names((DATA / "vendor_names.csv").read_bytes())
INVENTED = read_names((DATA / "invented_names.csv").read_bytes())
WRITTEN = [written for name in NAMES for written in (name.name, *name.aliases)]
ALL = WRITTEN + [written for name in INVENTED for written in (name.name, *name.aliases)]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return build_index([*NAMES, *INVENTED])


@pytest.fixture(scope="module")
def written(trials: Trials) -> list[str]:
    """All names with ``--prove``, else those of the list and a few of the invented ones."""
    return random.Random(1).sample(ALL, trials(60, len(ALL)))


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_name_is_found_in_this_spelling(index: NameIndex, written: list[str], kind: str) -> None:
    spell = SPELLINGS[kind]
    judged = index.judge_all([spell(name) for name in written])
    missed = [name for name, one in zip(written, judged, strict=True) if one.verdict == "neutral"]
    assert missed == []


@pytest.mark.parametrize("kind", SPELLINGS)
def test_a_name_that_is_no_ordinary_word_is_blocked_in_this_spelling(index: NameIndex, kind: str) -> None:
    spell = SPELLINGS[kind]
    screened = {spelling for _, spelling in index.screened_names()}
    names = [name for name in WRITTEN if name not in screened]
    judged = index.judge_all([spell(name) for name in names])
    assert [name for name, one in zip(names, judged, strict=True) if one.verdict != "block"] == []


LONG = [name for name in WRITTEN if len(name) >= 4 and all(is_syllable(c) for c in name.replace(" ", ""))]


@pytest.mark.parametrize("name", LONG)
def test_one_wrong_jamo_in_a_longer_name_is_still_found(index: NameIndex, name: str) -> None:
    # 데이터도 is 데이터 with a particle: nobody can tell it from a slip of 데이터독.
    made = [slip for slip in slips(name) if slip != "데이터도"]
    assert [slip for slip in made if index.judge(slip).verdict != "block"] == []
    assert [slip for slip in made if index.judge(slip + "을 도입").verdict == "neutral"] == []
