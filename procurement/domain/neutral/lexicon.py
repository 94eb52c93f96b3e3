"""Questions about words: ordinary ones, particles, nouns that follow a name."""

from functools import lru_cache

from procurement.domain.neutral.attested import ATTESTED
from procurement.domain.neutral.words import AFTER_NAME, CLOSING, GENERIC, NAME_ENDINGS, ORDINARY, PARTICLES

FOLLOWING = frozenset(word[0] for word in PARTICLES | AFTER_NAME)
"""First characters of what may be written right behind a name."""

_OPEN_PARTICLES = PARTICLES - CLOSING
_GENERIC_STARTS = tuple(GENERIC)


def is_ordinary(word: str) -> bool:
    """Whether a folded word is an ordinary one, or is put together from ordinary ones of two syllables up."""
    return word in ORDINARY or _splits(word, ORDINARY, 2)


def is_word(word: str) -> bool:
    """Whether a folded word is an ordinary one, or one that a corpus of ordinary Korean attests."""
    return word in ATTESTED or is_ordinary(word)


def is_ordinary_name(word: str) -> bool:
    """Whether a folded name cannot be told from ordinary words.

    One syllable, a word, a generic compound (클라우드서비스).
    """
    return (
        len(word) == 1
        or word in ORDINARY
        or word in ATTESTED
        or (word.startswith(_GENERIC_STARTS) and _splits(word, GENERIC, 2))
    )


def is_inflected_name(word: str) -> bool:
    """Whether a folded name is also a known word with a particle behind it, e.g. 사람인, 하나로."""
    return any(
        word[cut:] in NAME_ENDINGS and (word[:cut] in ATTESTED or word[:cut] in ORDINARY)
        for cut in range(2, len(word))
    )


def is_inflected(word: str) -> bool:
    """Whether a folded word is an ordinary one with a particle behind it, e.g. 한글과, 데이터도."""
    return any(
        word[cut:] in PARTICLES and is_word(word[:cut]) for cut in range(max(2, len(word) - 4), len(word))
    )


@lru_cache(maxsize=50_000)
def is_particles(tail: str) -> bool:
    """Whether ``tail`` is one particle or up to three in a row."""
    return tail in PARTICLES or any(
        tail[:cut] in _OPEN_PARTICLES and is_particles(tail[cut:]) for cut in range(1, min(6, len(tail)))
    )


@lru_cache(maxsize=50_000)
def follows_name(tail: str) -> bool:
    """Whether ``tail`` consists of nouns that follow a name, with or without particles behind them."""
    for cut in range(len(tail), 0, -1):
        if tail[:cut] in AFTER_NAME:
            rest = tail[cut:]
            if not rest or is_particles(rest) or follows_name(rest):
                return True
    return False


def _splits(word: str, words: frozenset[str], least: int) -> bool:
    """Whether ``word`` is two or more of ``words`` in a row, each at least ``least`` characters long."""
    reach = [True] + [False] * len(word)
    for end in range(least, len(word) + 1):
        reach[end] = any(reach[start] and word[start:end] in words for start in range(end - least + 1))
    return len(word) >= 2 * least and reach[-1]
