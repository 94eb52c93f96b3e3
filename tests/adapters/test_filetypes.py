"""File kinds by structure, safe labels, and archives that are refused before they are opened."""

import io
import struct
import unicodedata
import zipfile

import pytest

from procurement.adapters.filetypes import FileKind, check_archive, detect, safe_name
from procurement.domain.errors import InvalidInput, TooLarge

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in entries.items():
            plain = zipfile.ZIP_STORED if name == "mimetype" else method
            target.writestr(name, content, compress_type=plain)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", FileKind.PDF),
        (b"\r\n%PDF-1.4", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n....", FileKind.PNG),
        (b"\xff\xd8\xff\xe0....", FileKind.JPEG),
        (archive({"mimetype": b"application/hwp+zip", "a": b"x"}), FileKind.HWPX),
        (archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), FileKind.ODS),
        (archive({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}), FileKind.XLSX),
        (archive({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<w/>"}), FileKind.DOCX),
        (archive({"a.txt": b"xl/"}), FileKind.ZIP),
        (OLE + "FileHeader".encode("utf-16-le"), FileKind.HWP),
        (OLE + "Workbook".encode("utf-16-le"), FileKind.XLS),
        (OLE + "WordDocument".encode("utf-16-le"), FileKind.DOC),
        (OLE, FileKind.OLE),
        (b"<!doctype html><p>x", FileKind.HTML),
        (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table>", FileKind.HTML),
        ("<html>".encode("utf-16"), FileKind.HTML),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n", FileKind.MHTML),
        (b"<?xml version='1.0'?><a/>", FileKind.XML),
        ("가,나\n".encode("cp949"), FileKind.TEXT),
        (b"", FileKind.EMPTY),
        (b"\x00\x00 \r\n", FileKind.EMPTY),
        (bytes(range(32)) * 20, FileKind.UNKNOWN),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.pdf", "a", ""])
def test_the_structure_tells_the_kind_whatever_the_name(data: bytes, kind: FileKind, name: str) -> None:
    assert detect(data, name) is kind


@pytest.mark.parametrize(
    ("name", "kind"), [("a.csv", FileKind.CSV), ("A.TSV", FileKind.CSV), ("a.txt", FileKind.TEXT)]
)
def test_the_name_only_decides_between_csv_and_text(name: str, kind: FileKind) -> None:
    assert detect(b"a,b\n", name) is kind


@pytest.mark.parametrize("size", [0, 1, 3, 4, 10, 29, 31, 60])
def test_a_piece_of_an_archive_is_told_without_an_error(size: int) -> None:
    whole = archive({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"})
    assert detect(whole[:size]) in {FileKind.EMPTY, FileKind.TEXT, FileKind.ZIP}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("견적서.pdf", "견적서.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\문서\\견적서.hwp", "견적서.hwp"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("  . ", "이름 없음"),
        ("", "이름 없음"),
        ('a<b>"c|?.txt', "a_b__c__.txt"),
        (".bashrc", "bashrc"),
    ],
)
def test_a_name_becomes_a_harmless_label(name: str, label: str) -> None:
    assert safe_name(name) == label


def test_a_decomposed_name_is_composed_and_a_long_one_keeps_its_extension() -> None:
    assert safe_name(unicodedata.normalize("NFD", "견적서.pdf")) == "견적서.pdf"
    label = safe_name("가" * 500 + ".xlsx")
    assert len(label) == 120
    assert label.endswith("가.xlsx")


def test_an_ordinary_archive_passes() -> None:
    check_archive(archive({"a": b"1" * 1000, "표본/나.xml": b"2"}))


def test_more_entries_than_allowed_are_refused() -> None:
    data = archive({f"{i}": b"" for i in range(11)})
    check_archive(data, entries=11)
    with pytest.raises(TooLarge, match="11개"):
        check_archive(data, entries=10)


@pytest.mark.parametrize(("expanded", "ratio"), [(999, 10_000), (10_000, 1)])
def test_an_archive_that_grows_too_much_is_refused(expanded: int, ratio: int) -> None:
    data = archive({"a": b"1" * 1000})
    check_archive(data, expanded=1000, ratio=100)
    with pytest.raises(TooLarge, match="커지는"):
        check_archive(data, expanded=expanded, ratio=ratio)


def test_a_zip_bomb_is_refused_by_what_it_claims() -> None:
    with pytest.raises(TooLarge):
        check_archive(archive({"a": b"\x00" * 50_000_000}))


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(archive({"a": b"1" * 100, "b": b"2" * 100}, zipfile.ZIP_STORED))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(InvalidInput, match="겹치"):
        check_archive(bytes(data))


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "..\\a"])
def test_a_path_that_leaves_the_archive_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="바깥"):
        check_archive(archive({name: b"x"}))


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(archive({"a": b"x"}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidInput, match="암호"):
        check_archive(bytes(data))


# Named, since an archive holds the time it was made: two processes have to collect the same tests.
@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"x", b"", archive({"a": b"x"})[:-10]],
    ids=["its first bytes", "a letter", "nothing", "cut off"],
)
def test_a_broken_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="깨져"):
        check_archive(data)
