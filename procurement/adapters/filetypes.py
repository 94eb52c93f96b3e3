"""What a file is, told by its structure and never by its name; and names that are safe as labels."""

import io
import re
import struct
import unicodedata
import zipfile
from enum import StrEnum

from procurement.domain.errors import InvalidInput, TooLarge

MAX_ENTRIES = 5_000
MAX_EXPANDED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_NAME = 120


class FileKind(StrEnum):
    """The kinds that the program tells apart; UNKNOWN is kept as evidence but never opened."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    XLSX = "xlsx"
    DOCX = "docx"
    PPTX = "pptx"
    HWPX = "hwpx"
    ODS = "ods"
    ODT = "odt"
    ZIP = "zip"
    HWP = "hwp"
    XLS = "xls"
    DOC = "doc"
    OLE = "ole"
    MHTML = "mhtml"
    HTML = "html"
    XML = "xml"
    CSV = "csv"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


KIND_TITLES: dict[FileKind, str] = {
    FileKind.PDF: "PDF 문서",
    FileKind.PNG: "PNG 그림",
    FileKind.JPEG: "JPEG 그림",
    FileKind.XLSX: "엑셀(XLSX) 문서",
    FileKind.DOCX: "워드(DOCX) 문서",
    FileKind.PPTX: "파워포인트(PPTX) 문서",
    FileKind.HWPX: "한글(HWPX) 문서",
    FileKind.ODS: "ODS 표 문서",
    FileKind.ODT: "ODT 문서",
    FileKind.ZIP: "압축(ZIP) 파일",
    FileKind.HWP: "한글(HWP) 문서",
    FileKind.XLS: "엑셀(XLS) 문서",
    FileKind.DOC: "워드(DOC) 문서",
    FileKind.OLE: "구형 오피스(OLE) 문서",
    FileKind.MHTML: "웹페이지 한 파일(MHTML)",
    FileKind.HTML: "웹페이지(HTML)",
    FileKind.XML: "XML 문서",
    FileKind.CSV: "CSV 표",
    FileKind.TEXT: "글 파일",
    FileKind.EMPTY: "빈 파일",
    FileKind.UNKNOWN: "알 수 없는 형식의 파일",
}

_MAGIC = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
)
_MIMETYPES = {
    b"application/hwp+zip": FileKind.HWPX,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
}
_PARTS = (("xl/", FileKind.XLSX), ("word/", FileKind.DOCX), ("ppt/", FileKind.PPTX))
_STREAMS = (
    (b"HWP Document File", FileKind.HWP),
    ("FileHeader".encode("utf-16-le"), FileKind.HWP),
    ("Workbook".encode("utf-16-le"), FileKind.XLS),
    ("WordDocument".encode("utf-16-le"), FileKind.DOC),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|table|frameset|div|title|meta|form|ul|section|main)[\s>]",
    re.IGNORECASE,
)
_MHTML = re.compile(rb"^(?:[\w-]+:[^\n]*\r?\n|[ \t][^\n]*\r?\n)*?content-type:\s*multipart/related", re.I)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|]')


def detect(head: bytes, name: str = "") -> FileKind:
    """Tell what a file is from its first bytes (the more the surer; the whole file for ZIP and OLE).

    ``name`` only decides between CSV and plain text, which have no structure of their own.
    """
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return FileKind.EMPTY
    for magic, kind in _MAGIC:
        if head.startswith(magic) or (kind is FileKind.PDF and magic in head[:1024]):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(head)
    if head.startswith(_OLE):
        return next((kind for stream, kind in _STREAMS if stream in head), FileKind.OLE)
    return _text_kind(head, name)


def _zip_kind(head: bytes) -> FileKind:
    """By the ``mimetype`` entry, which comes first and uncompressed, or by the parts of an OOXML package."""
    size, name_length, extra_length = struct.unpack("<I4xHH", head[18:30]) if len(head) >= 30 else (0, 0, 0)
    start = 30 + name_length + extra_length
    if head[30 : 30 + name_length] == b"mimetype":
        return _MIMETYPES.get(head[start : start + size].strip(), FileKind.ZIP)
    if b"[Content_Types].xml" not in head:
        return FileKind.ZIP
    names = _entry_names(head)
    return next((kind for part, kind in _PARTS if any(n.startswith(part) for n in names)), FileKind.ZIP)


def _entry_names(data: bytes) -> list[str]:
    """Names in the local headers that the bytes hold; works on the first part of an archive as well."""
    names: list[str] = []
    at = data.find(b"PK\x03\x04")
    while at >= 0 and len(names) < MAX_ENTRIES:
        length = int.from_bytes(data[at + 26 : at + 28], "little")
        names.append(data[at + 30 : at + 30 + length].decode("utf-8", "replace"))
        at = data.find(b"PK\x03\x04", at + 30)
    return names


def _text_kind(head: bytes, name: str) -> FileKind:
    sample = head[:65_536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        sample = sample.decode("utf-16", "replace").encode()
    if _MHTML.match(sample[:8_192]):
        return FileKind.MHTML
    if _HTML.search(sample[:16_384]):
        return FileKind.HTML
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return FileKind.XML
    if sum(byte < 9 or 13 < byte < 27 for byte in sample[:4_096]) > 8:
        return FileKind.UNKNOWN
    return FileKind.CSV if name.lower().endswith((".csv", ".tsv")) else FileKind.TEXT


def safe_name(name: str) -> str:
    """A file name as a label: NFC, no path, no control or bidirectional characters, at most 120 characters.

    The extension survives the cut. A label only: files are stored under their digest.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    clean = _UNSAFE.sub("_", " ".join(kept.split())).strip(" .")
    stem, dot, extension = clean.rpartition(".")
    if dot and stem and len(extension) <= 10:
        return f"{stem[: MAX_NAME - len(extension) - 1].rstrip(' .')}.{extension}"
    return clean[:MAX_NAME].rstrip(" .") or "이름 없음"


def check_archive(
    data: bytes, *, entries: int = MAX_ENTRIES, expanded: int = MAX_EXPANDED, ratio: int = MAX_RATIO
) -> None:
    """Refuse a ZIP archive that is unsafe to open, before anything in it is expanded.

    ``entries`` is how many entries it may hold, ``expanded`` how many bytes all of them together may claim,
    ``ratio`` how many times its own size that may be. Entries that share bytes, are encrypted or leave the
    archive by their path are refused too. Raises InvalidInput or TooLarge.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            directory = archive.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError) as error:
        raise InvalidInput(
            "압축이 깨져 있어 열 수 없습니다. 원본 프로그램에서 다시 저장해 올려 주세요."
        ) from error
    if len(infos) > entries:
        raise TooLarge(f"파일 안의 항목이 {len(infos):,}개입니다. {entries:,}개 이하인 파일을 올려 주세요.")
    total = sum(info.file_size for info in infos)
    if total > expanded or total > ratio * max(len(data), 1):
        raise TooLarge("압축을 풀면 지나치게 커지는 파일입니다. 내용을 나누어 다시 저장해 올려 주세요.")
    for info in infos:
        _check_entry(info)
    _check_overlap(data, infos, directory)


def _check_entry(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise InvalidInput("암호가 걸린 파일은 읽을 수 없습니다. 암호를 풀고 다시 저장해 올려 주세요.")
    parts = re.split(r"[\\/]", info.filename)
    if ".." in parts or info.filename.startswith(("/", "\\")):
        raise InvalidInput(
            "파일 안에 바깥을 가리키는 경로가 있어 열지 않았습니다. 원본에서 다시 저장해 올려 주세요."
        )


def _check_overlap(data: bytes, infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Each entry's local header, name and data must end before the next one begins."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [info.header_offset for info in ordered[1:]] + [directory]
    for info, end in zip(ordered, ends, strict=True):
        header = data[info.header_offset : info.header_offset + 30]
        lengths = struct.unpack("<HH", header[26:30]) if header.startswith(b"PK\x03\x04") else (1 << 31,)
        if len(header) < 30 or info.header_offset + 30 + sum(lengths) + info.compress_size > end:
            raise InvalidInput(
                "파일 안의 항목이 겹치거나 어긋나 열지 않았습니다. 원본에서 다시 저장해 올려 주세요."
            )
