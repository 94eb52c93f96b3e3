"""Letters and digits of the ASCII set that the eye takes for one another: G00gle, lBM, SIack, C1ass101."""

from procurement.domain.neutral.boundary import Span
from procurement.domain.neutral.folding import Folded
from procurement.domain.neutral.spellings import Spelling

# All that look alike become one letter; which of them may stand for which is said below.
_SKELETON = str.maketrans("i1053", "llose")
# What may be written for a letter or digit of a name; "I" is the capital, which only the source still shows.
_WRITTEN_FOR = {"l": "1I", "i": "1l", "1": "lI", "o": "0", "0": "o", "s": "5", "5": "s", "e": "3", "3": "e"}
_LEAST, _LEAST_LETTERS = 3, 2


def skeleton(chars: str) -> str:
    """Folded characters with those that look alike made one; as long as before."""
    return chars.translate(_SKELETON)


def has_lookalike(spelling: Spelling) -> bool:
    """Whether the spelling has characters of which others look alike, and enough of the rest."""
    chars = spelling.chars
    letters = sum(not char.isdigit() for char in chars)
    return letters >= _LEAST_LETTERS and len(chars) >= _LEAST and any(char in _WRITTEN_FOR for char in chars)


def read(folded: Folded, start: int, spelling: Spelling) -> Span | None:
    """The place at ``start`` read as ``spelling``; None when it is that already or does not look like it."""
    name = spelling.chars
    end = start + len(name)
    if folded.chars[start:end] == name:
        return None
    kept = 0
    for at, wanted in enumerate(name, start):
        found = folded.chars[at]
        if found == wanted:
            kept += not found.isdigit()
            continue
        if _shown(folded, at, start, end) not in _WRITTEN_FOR.get(wanted, "_"):
            return None
    if kept < _LEAST_LETTERS:
        return None
    return Span(folded._replace(chars=folded.chars[:start] + name + folded.chars[end:]), start, end, spelling)


def _shown(folded: Folded, at: int, start: int, end: int) -> str:
    """What the eye sees at ``at``: a capital I among small letters, an l where a capital is expected."""
    found = folded.chars[at]
    if found not in "il":
        return found
    beside = [folded.source(i) for i in (at - 1, at + 1) if start <= i < end]
    if found == "i":
        capital = folded.source(at) == "I"
        return "I" if capital and any(char.islower() or char == "I" for char in beside) else found
    small = folded.source(at) == "l"
    return "l" if small and (at == start or any(char.isupper() for char in beside)) else "L"
