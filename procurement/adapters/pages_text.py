"""From the bytes of a saved page to its text: what kind of file it is and how it is encoded."""

import codecs
import email
import email.policy
import re

from procurement.adapters.filetypes import KIND_TITLES, FileKind, detect
from procurement.adapters.pages_pdf import html_of_pdf
from procurement.domain.errors import InvalidInput, TooLarge

MAX_BYTES = 30 * 1024 * 1024
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]{2,20})[\"']", re.IGNORECASE)
_KOREAN = frozenset(
    ("euc-kr", "euckr", "cp949", "ms949", "uhc", "ks_c_5601-1987", "ksc5601", "x-windows-949")
)
_SAVE_AGAIN = "이용지원시스템의 검색결과 화면을 웹페이지(HTML)로 저장해 올려 주세요."
_WRONG_KIND = {
    FileKind.EMPTY: f"빈 파일입니다. {_SAVE_AGAIN}",
}
_TABLES = frozenset((FileKind.XLSX, FileKind.XLS, FileKind.ODS, FileKind.CSV))
_READABLE = frozenset((FileKind.HTML, FileKind.XML, FileKind.TEXT))


def page_text(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Decode a saved page; ``declared`` is an encoding told by the server, which a byte order mark overrules.

    Returns the text and the encoding (``utf-8``, ``cp949``, ``utf-16``; ``pdf`` for a printed page). Raises
    InvalidInput for a file that is no page or whose characters cannot be read, TooLarge above 30 MB.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("파일이 30MB보다 큽니다. 검색결과를 한 쪽씩 나누어 저장해 올려 주세요.")
    kind = detect(data)
    if kind is FileKind.PDF:
        return html_of_pdf(data), "pdf"
    if kind is FileKind.MHTML:
        data, declared = _from_mhtml(data, declared)
        kind = FileKind.HTML
    if kind in _WRONG_KIND:
        raise InvalidInput(_WRONG_KIND[kind])
    if kind in _TABLES:
        raise InvalidInput(
            f"검색결과 화면이 아니라 {KIND_TITLES[kind]}입니다. "
            "표 파일은 서비스 목록 가져오기(catalogue import)로 읽어 주세요."
        )
    if kind not in _READABLE or (kind is FileKind.TEXT and b"<" not in data):
        hint = (
            " 표 파일이면 서비스 목록 가져오기(catalogue import)를 쓰세요." if kind is FileKind.TEXT else ""
        )
        raise InvalidInput(f"검색결과 화면이 아니라 {KIND_TITLES[kind]}입니다. {_SAVE_AGAIN}{hint}")
    return _decode(data, declared)


def _from_mhtml(data: bytes, declared: str | None) -> tuple[bytes, str | None]:
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content, part.get_content_charset() or declared
    raise InvalidInput(f"저장된 웹페이지 안에 화면 내용이 없습니다. {_SAVE_AGAIN}")


def _decode(data: bytes, declared: str | None) -> tuple[str, str]:
    """By byte order mark, then by what the bytes can be; what the page says decides only between the two."""
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data[3:], "utf-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    stated = declared or _stated(data)
    first = "cp949" if (stated or "").lower() in _KOREAN else "utf-8"
    for name in (first, "utf-8" if first == "cp949" else "cp949"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "cp949" and _could_be_utf8(data):
            continue
        return text, name
    return _mostly(data, first)


def _could_be_utf8(data: bytes) -> bool:
    """Whether bytes said to be EUC-KR are in truth UTF-8 (saved anew by a browser, old meta left in)."""
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _stated(data: bytes) -> str | None:
    match = _XML.search(data[:200]) or _META.search(data[:8_192])
    return match.group(1).decode("ascii") if match else None


def _strictly(data: bytes, name: str) -> tuple[str, str]:
    try:
        return data.decode(name), name
    except UnicodeDecodeError:
        return _mostly(data, name)


def _mostly(data: bytes, name: str) -> tuple[str, str]:
    """A few broken characters outside the results do no harm; a page full of them is not read."""
    options = [(data.decode(one, "replace"), one) for one in (name, "utf-8", "cp949")]
    best = min(options, key=lambda option: option[0].count("\ufffd"))
    if best[0].count("\ufffd") > 5:
        raise InvalidInput(
            "글자를 읽을 수 없는 파일입니다. 브라우저에서 화면을 다시 열어 UTF-8로 저장해 올려 주세요."
        )
    return best
