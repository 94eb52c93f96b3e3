"""What is a name, what is an ordinary word, and where in the text it stands."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.adapters.name_index import build_index, read_names
from procurement.domain.hangul import (
    compose_at,
    read_letters,
    settled,
    to_jamo,
    unread_letters,
    with_particle,
)
from procurement.domain.neutral.folding import fold
from procurement.domain.neutrality import Name

DATA = Path(__file__).parents[1] / "data"
NAMES = read_names((DATA / "vendor_names.csv").read_bytes())
PHRASES = (DATA / "neutral_phrases.txt").read_text(encoding="utf-8").split("\n")
INDEX = build_index(NAMES)
# Invented, each chosen for what an ordinary phrase might do to it.
NEAR = (
    "가온나래",
    "모아소프트",
    "데이터롬",
    "나무기술",
    "이음터",
    "다솔",
    "Velora",
    "클라우드누벨",
    "잇다워크",
)
MORE = build_index([Name(name) for name in NEAR])


@pytest.mark.parametrize("phrase", [phrase for phrase in PHRASES if phrase.strip()])
def test_an_ordinary_phrase_stays_neutral(phrase: str) -> None:
    assert INDEX.judge(phrase).verdict == "neutral"


def test_the_words_of_task_orders_stay_neutral_beside_four_hundred_names() -> None:
    index = build_index([*NAMES, *read_names((DATA / "invented_names.csv").read_bytes())])
    phrases = (DATA / "ordinary_phrases.txt").read_text(encoding="utf-8").splitlines()
    judged = index.judge_all(phrases)
    assert [phrase for phrase, one in zip(phrases, judged, strict=True) if one.verdict != "neutral"] == []
    assert len(phrases) > 300


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("lKM", "block"),
        ("SIamba", "block"),
        ("C1amba8", "block"),
        ("셀온A1", "block"),
        ("ikm", "block"),
        ("AIPS", "neutral"),
        ("M5", "neutral"),
        ("100ms 이내", "neutral"),
        ("두빛24시간 운영", "neutral"),
        ("기존셀온", "review"),
        ("①셀온", "block"),
        ("SeI온", "neutral"),
    ],
)
def test_letters_that_look_alike_and_figures_are_told_apart(text: str, verdict: str) -> None:
    names = ("IKM", "Slamba", "Clamba8", "셀온AI", "셀온", "두빛24", "ALPS", "MS")
    assert build_index([Name(name) for name in names]).judge(text).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("사람인", "block"), ("사람인 경우", "review"), ("구름", "review"), ("파일을 구름하여", "neutral")],
)
def test_a_name_that_is_a_word_of_a_corpus_is_looked_at_by_a_person(text: str, verdict: str) -> None:
    assert build_index([Name("사람인"), Name("구름")]).judge(text).verdict == verdict


def test_in_running_text_an_ordinary_word_is_no_name() -> None:
    index = build_index([Name("구름")])
    assert index.judge("구름 사진").verdict == "review"
    assert index.judge("하늘과 구름 사진을 모두 함께 보여 준다").verdict == "neutral"
    assert index.judge("직원이 널리 쓰는 구름 메신저로 알린다").verdict == "review"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PHRASES), st.text(max_size=12)), max_size=8))
def test_many_words_at_once_are_judged_like_each_alone(texts: list[str]) -> None:
    texts = [*texts, "데이타독", "(주)안 랩", "l\nK T"]
    assert INDEX.judge_all(texts) == [INDEX.judge(text) for text in texts]


@pytest.mark.parametrize(
    "phrase",
    [
        "모아 소프트웨어",
        "데이터 롬복",
        "데이터로 만든 표",
        "이음터널 공사",
        "다솔밭",
        "Velora색",
        "클라우드 누벨바그",
    ],
)
def test_a_word_that_only_begins_like_a_name_stays_neutral(phrase: str) -> None:
    assert MORE.judge(phrase).verdict == "neutral"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("모아 소프트로부터", "모아 소프트"),
        ("데이터롬망", "데이터롬"),
        ("국내 이음터의 제품", "이음터"),
        ("다솔AI", "다솔"),
        ("velora3", "velora"),
        ("Vel0ra", "Vel0ra"),
        ("myVeloraCloud", "Velora"),
        ("클라우드\n누벨", "클라우드\n누벨"),
        ("ㄷㅏㅅㅗㄹ", "ㄷㅏㅅㅗㄹ"),
        ("(주)가온 나래를", "가온 나래"),
        ("가옴나래", "가옴나래"),
        ("나묵이술", "나묵이술"),
    ],
)
def test_a_name_is_blocked_and_underlined_where_it_stands(text: str, found: str) -> None:
    judgement = MORE.judge(text)
    assert judgement.verdict == "block"
    assert [match.found for match in judgement.matches] == [found]


def test_a_plural_over_a_space_is_doubted() -> None:
    index = build_index([Name("가온아이")])
    assert index.judge("가온 아이를").verdict == "block"
    assert index.judge("가온 아이들").verdict == "review"


@pytest.mark.parametrize("size", [1, 400])
def test_long_texts_without_spaces_are_answered(size: int) -> None:
    assert INDEX.judge("노션" + "까지" * 3 * size).matches[0].found == "노션"
    assert len(INDEX.judge("KT와 " * size).matches) == size


def test_words_that_together_could_be_a_name_ask_for_a_reason() -> None:
    index = build_index([Name("스마트포털"), Name("한글과컴퓨터")])
    assert index.judge("스마트 포털").verdict == "review"
    assert index.judge("한글과 컴퓨터 활용능력").verdict == "review"
    assert index.judge("한글과컴퓨터").verdict == "block"


def test_a_name_that_is_an_ordinary_word_is_screened_and_reviewed() -> None:
    index = build_index([Name("줌", ("Zoom",)), Name("잔디"), Name("하나"), Name("안랩")])
    assert index.screened_names() == [("줌", "줌"), ("잔디", "잔디"), ("하나", "하나")]
    assert [index.judge(word).verdict for word in ("줌", "잔디", "하나", "안랩")] == ["review"] * 3 + [
        "block"
    ]
    assert index.judge("Zoom").verdict == "block"
    assert [index.judge(text).verdict for text in ("확대(줌) 기능", "줌인", "줌 렌즈")] == ["neutral"] * 3


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("다음 각 호의 기능을 둘 중 하나", "neutral"), ("하나 메신저를 도입", "review"), ("‘하나’", "review")],
)
def test_in_running_text_an_ordinary_word_needs_a_sign_that_it_is_a_name(text: str, verdict: str) -> None:
    index = build_index([Name("하나"), Name("다음")])
    assert index.judge(text, as_search_word=False).verdict == verdict


@pytest.mark.parametrize(
    ("text", "as_word", "as_definition"),
    [
        ("오라클", "block", "note"),
        ("오라클 DB", "note", "note"),
        ("오라클DB에서", "note", "note"),
        ("Oracle 데이터베이스", "note", "note"),
        ("안랩", "block", "block"),
        ("오라클 DB와 안랩", "block", "block"),
    ],
)
def test_a_technology_may_be_noted_in_a_definition_and_is_never_a_search_word(
    text: str, as_word: str, as_definition: str
) -> None:
    judgement = INDEX.judge(text)
    assert judgement.verdict == as_word
    assert judgement.refused_as_search_word
    assert INDEX.judge(text, as_search_word=False).verdict == as_definition


def test_a_name_of_kind_technology_is_noted_in_a_definition() -> None:
    index = build_index([Name("가온엔진", kind="technology")])
    assert index.judge("가온엔진과 호환", as_search_word=False).verdict == "note"
    assert index.judge("가온엔진").verdict == "block"


def test_the_longest_name_is_reported_once() -> None:
    [match] = INDEX.judge("공공 KT클라우드를 쓴다").matches
    assert (match.name, match.found, match.start, match.end) == ("kt cloud", "KT클라우드", 3, 9)
    assert match.how.endswith("+particle")
    assert "‘KT클라우드’는" in match.message


def test_letters_are_read_in_both_directions() -> None:
    index = build_index([Name("NHN두레"), Name("엘지씨엔에스"), Name("GAON NRE 관제")])
    assert index.judge("GAON 엔알이관제").verdict == "block"
    assert index.judge("엔에이치엔 두레").verdict == "block"
    assert index.judge("LG CNS").verdict == "block"
    assert index.judge("비디오").verdict == "neutral"
    assert read_letters("sds") == ["에스디에스"]
    assert unread_letters("케이티클라우드") == ("kt", "클라우드")
    assert unread_letters("비디오") == ("", "비디오")


def test_no_names_find_nothing() -> None:
    assert build_index([]).judge("안랩").verdict == "neutral"
    assert build_index([Name("㈜"), Name("!!")]).judge("안랩 (주) !!").verdict == "neutral"


def test_many_threads_read_one_index() -> None:
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda text: INDEX.judge(text).verdict, ["데이타독", "데이터 독립성"] * 200))
    assert verdicts == ["block", "neutral"] * 200


def test_particles_agree_with_the_sound() -> None:
    assert with_particle("노션", "은", "는") == "노션은"
    assert with_particle("줌인기", "은", "는") == "줌인기는"
    assert with_particle("Zoom", "은", "는") == "Zoom은(는)"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("증빙 ‘보고서.txt’을(를) 올렸습니다.", "증빙 ‘보고서.txt’를 올렸습니다."),
        ("① 예산 확인을(를) 완료했습니다.", "① 예산 확인을 완료했습니다."),
        ("2026-0001을(를), 2026-0002을(를)", "2026-0001을, 2026-0002를"),
        ("서울(으)로, 집(으)로, 바다(으)로, 7(으)로, 3(으)로", "서울로, 집으로, 바다로, 7로, 3으로"),
        ("‘견본(가)’이(가) 앞섭니다.", "‘견본(가)’가 앞섭니다."),
        ("Cloud을(를) 을(를)", "Cloud을(를) 을(를)"),
    ],
)
def test_particles_written_both_ways_are_settled_where_the_sound_is_known(written: str, read: str) -> None:
    assert settled(written) == read


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12))
def test_any_syllables_come_back_from_their_jamo(text: str) -> None:
    jamo, at, back = to_jamo(text), 0, ""
    while at < len(jamo):
        char, used = compose_at(jamo, at)
        at, back = at + used, back + char
    assert back == text
    assert fold(unicodedata.normalize("NFD", text)).chars == text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_answered_and_every_match_lies_in_it(text: str) -> None:
    folded = fold(text)
    assert len(folded.chars) == len(folded.starts) == len(folded.ends) == len(folded.gaps)
    for match in INDEX.judge(text).matches:
        assert 0 <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.found


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([name.name for name in NAMES if len(name.name) > 2]),
    st.lists(st.sampled_from("\u200b\u00ad\u2060\ufeff\u0336\u0300"), min_size=1, max_size=12),
    st.data(),
)
def test_invisible_marks_anywhere_hide_nothing(name: str, marks: list[str], data: st.DataObject) -> None:
    hidden = name
    for mark in marks:
        at = data.draw(st.integers(0, len(hidden)))
        hidden = hidden[:at] + mark + hidden[at:]
    assert INDEX.judge(hidden).verdict == INDEX.judge(name).verdict


# A name that is an ordinary word too is judged by the words beside it, so it may rightly pass here.
UNMISTAKABLE = [name for name in NAMES if INDEX.judge(name.name).verdict == "block"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(UNMISTAKABLE), st.sampled_from(PHRASES), st.sampled_from(PHRASES))
def test_a_name_among_ordinary_phrases_is_found_in_its_place(name: Name, before: str, after: str) -> None:
    text = f"{before} / {name.name} / {after}"
    place = (text.index(f"/ {name.name} /") + 2, text.index(f"/ {name.name} /") + 2 + len(name.name))
    assert place in [(match.start, match.end) for match in INDEX.judge(text).matches]
