"""Words for what a service does, taken from an officer's own text: what to search by instead of a name."""

import re
from collections.abc import Iterator

from procurement.domain.neutral import lexicon

_PHRASE_END = re.compile(r"[\s,.;:·/()\[\]\"'‘’“”「」\n]+")
_HANGUL = re.compile("[가-힣]{2,10}")
# Words that stand in every requirement and find nothing in particular.
_EVERYWHERE = """
    기능 제공 지원 서비스 시스템 필요 사용 이용 활용 운영 관리 구축 도입 가능 포함 경우 기준 이상 이하
    대한 위한 통한 및 또는 각각 모든 해당 관련 사용자 담당자 기관 업무 요구 조건 항목 내용 방법 방식 제품
    기업 회사 함께 그리고 여러 있는 없는 하는 되는 있어야 한다 해야 하여 솔루션 플랫폼 소프트웨어
"""
_SAYS_NOTHING = frozenset(_EVERYWHERE.split())
_PARTICLES = ("에서는", "으로는", "에서", "으로", "에게", "까지", "부터", "처럼", "이나", "하고", "이며")
_SHORT_PARTICLES = "은는이가을를의에와과도로만"


def function_words(text: str) -> list[str]:
    """Nouns of ``text`` in its order, without particles, repeats and words that say nothing."""
    return list(dict.fromkeys(_nouns(text)))


def _nouns(text: str) -> Iterator[str]:
    for piece in _PHRASE_END.split(text):
        noun = _without_particle(piece)
        if _HANGUL.fullmatch(noun) and noun not in _SAYS_NOTHING and lexicon.is_word(noun):
            yield noun


def _without_particle(piece: str) -> str:
    if lexicon.is_word(piece):
        return piece
    for particle in _PARTICLES:
        if piece.endswith(particle) and len(piece) > len(particle) + 1:
            return piece.removesuffix(particle)
    return piece[:-1] if len(piece) > 2 and piece[-1] in _SHORT_PARTICLES else piece
