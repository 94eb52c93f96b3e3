"""What comes in, before anything looks at it: text that can be kept, as much as a person could have sent."""

from __future__ import annotations

import re
import unicodedata

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from procurement.domain.errors import InvalidInput, NotFound, TooLarge

MOST_FIELDS = 20_000
# Nothing is numbered as high as this.
MOST = 10**9

# Word processors break lines with the first kind; the second is left over from copying and means nothing.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_LEFTOVERS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# These turn what follows around on the screen, so that a text would be kept otherwise than it was read.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Some systems type syllables in their parts; nobody sees a difference, and nothing would find them.
_PARTS = re.compile("[\u1100-\u11ff]+")
# Signs that show nothing although Unicode calls them letters: the fillers of Hangul, and the empty Braille.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp", "Cn"})
# Whatever stands in a password is meant.
_SECRETS = frozenset({"password", "current", "again"})
# No database keeps NUL; the other stands where bytes were no text in UTF-8.
_UNREADABLE = re.compile("[\x00\ufffd]")
# Further back than any list goes, a database cannot count.
_PAGE = re.compile(r"\d{1,9}$", re.ASCII)


def admit(request: Request) -> None:
    """Take leftovers of copying out of what was sent, and refuse what cannot be kept.

    Raises ``NotFound`` for an address that is no text, ``InvalidInput`` for a form with characters that
    nobody can read, ``TooLarge`` for more fields than any page has.
    """
    if _UNREADABLE.search(request.path):
        raise NotFound("찾는 것이 없습니다. 주소나 번호를 확인해 주세요.")
    if any(isinstance(given, int) and given >= MOST for given in (request.view_args or {}).values()):
        raise NotFound("그런 번호가 없습니다. 목록에서 다시 골라 주세요.")
    request.args = _cleaned(request.args)
    if not _PAGE.match(request.args.get("page", "1")):
        raise NotFound("그런 쪽이 없습니다. 목록의 처음부터 다시 찾아 주세요.")
    if not request.form:
        return
    sent = list(request.form.items(multi=True))
    if len(sent) > MOST_FIELDS:
        raise TooLarge("한꺼번에 보낸 칸이 너무 많습니다. 나누어 저장하거나 파일로 붙여 주세요.")
    if any(_UNREADABLE.search(text) for pair in sent for text in pair):
        raise InvalidInput(
            "적은 글에 읽을 수 없는 글자(�)가 섞여 있습니다. 그 글자를 지우고 다시 적어 보내 주세요."
        )
    request.form = _cleaned(request.form)


def _cleaned(fields: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        (name, value if name in _SECRETS else plain(value)) for name, value in fields.items(multi=True)
    )


def plain(text: str) -> str:
    """A text as its reader sees it: without leftovers of copying, ``""`` where there is nothing to see."""
    text = _TURNS.sub("", _LEFTOVERS.sub("", _BREAKS.sub("\n", text)))
    text = _PARTS.sub(lambda parts: unicodedata.normalize("NFC", parts.group()), text)
    # Most texts begin with something that is seen.
    if not text or "!" <= text[0] <= "~":
        return text
    return text if any(_is_seen(letter) for letter in text) else ""


def _is_seen(letter: str) -> bool:
    return letter not in _FILLERS and unicodedata.category(letter) not in _UNSEEN
