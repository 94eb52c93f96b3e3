"""Reading a bag that a stranger may have made: what is not plainly what this program writes is refused.

Standard library only, since the stand-alone verifier reads by it.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from procurement.domain.ledger import Break

MOST_ENTRIES = 100_000
_LOCAL_HEADER = 30
# Behind the bytes of an entry there may be its sizes again, when they were not known before.
_LONGEST_DESCRIPTOR = 24


class UnreadableBagError(ValueError):
    """What is given is no bag, or not one that everybody reads alike; the message says why, in Korean."""


def entries(folder: Path) -> tuple[list[str], list[Break]]:
    """Every file of a bag by its path, in order, and whatever is in it that is neither file nor folder.

    A link leads out of the bag: what it shows is not in it. An empty folder holds nothing but its name.
    """
    files: list[str] = []
    odd: list[Break] = []
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        if not folders and not names:
            odd.append(Break(f"폴더 {here.relative_to(folder).as_posix()}", "빈 폴더가 들어 있습니다."))
        for name in sorted((*folders, *names)):
            path = here / name
            relative = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                files.append(relative)
            elif not stat.S_ISDIR(mode):
                odd.append(Break(f"파일 {relative}", "파일이 아니라 다른 곳을 가리키는 것입니다."))
    return sorted(files), odd


def strict_json(text: str, name: str) -> Any:
    """The value of a JSON text that everybody reads alike: no name twice, no number that is none.

    Raises ``UnreadableBagError`` otherwise; ``name`` is what the text is called.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise UnreadableBagError(f"{name}에 같은 이름이 두 번 있습니다.")
        return found

    def none(constant: str) -> None:
        raise UnreadableBagError(f"{name}에 수가 아닌 {constant}이(가) 있습니다.")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=none)
    except UnreadableBagError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableBagError(f"{name}이(가) JSON이 아닙니다.") from error


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of a bag; a ZIP file is laid out in a temporary folder.

    Raises ``UnreadableBagError`` for a ZIP file that is none, or that two programs could read differently.
    """
    if path.is_symlink() or not path.is_file():
        yield path
        return
    with TemporaryDirectory() as name:
        try:
            with zipfile.ZipFile(path) as archive:
                root = _root_of(archive, path)
                _must_be_plain(archive, path, Path(name))
                archive.extractall(name)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
            why = str(error) if isinstance(error, UnreadableBagError) else "압축 파일이 아니거나 깨졌습니다."
            raise UnreadableBagError(f"‘{path}’을(를) 풀 수 없습니다. {why}") from error
        yield Path(name) / root


def _root_of(archive: zipfile.ZipFile, path: Path) -> str:
    roots = {(PurePosixPath(entry).parts or ("",))[0] for entry in archive.namelist()}
    if len(roots) != 1:
        raise UnreadableBagError("묶음 하나를 담은 압축 파일이 아닙니다.")
    return roots.pop()


def _must_be_plain(archive: zipfile.ZipFile, path: Path, target: Path) -> None:
    """Refuse what could be read in two ways, writes elsewhere, or is larger than there is room for."""
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES or sum(i.file_size for i in infos) > shutil.disk_usage(target).free:
        raise UnreadableBagError("풀어 놓을 자리가 모자랍니다.")
    names = [unicodedata.normalize("NFC", info.filename.rstrip("/")) for info in infos]
    if len(set(names)) != len(names):
        raise UnreadableBagError("같은 이름의 파일이 두 번 들어 있습니다.")
    for info in infos:
        _must_be_a_plain_name(info)
    _must_lie_end_to_end(archive, path, sorted(infos, key=lambda info: info.header_offset))


def _must_be_a_plain_name(info: zipfile.ZipInfo) -> None:
    # ZipFile cuts a name at a zero byte; what stood in the file is in orig_filename.
    parts = info.filename.rstrip("/").split("/")
    if info.orig_filename != info.filename or "\\" in info.filename or set(parts) & {"", ".", ".."}:
        raise UnreadableBagError(f"이름이 바르지 않은 파일이 있습니다: {info.filename!r}")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or info.flag_bits & 0x1:
        raise UnreadableBagError(f"링크이거나 암호로 잠긴 파일이 있습니다: {info.filename!r}")


def _must_lie_end_to_end(archive: zipfile.ZipFile, path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """From the first byte to the list at the end there is nothing but the entries, and none over another.

    Programs that read a ZIP file from its beginning would otherwise see other files than those that read it
    from its end.
    """
    position = 0
    with path.open("rb") as stream:
        for info in infos:
            gap = info.header_offset - position
            if not 0 <= gap <= (_LONGEST_DESCRIPTOR if position else 0):
                raise UnreadableBagError("압축 파일 안에 목록에 없는 것이 있거나 파일이 겹칩니다.")
            stream.seek(info.header_offset)
            header = stream.read(_LOCAL_HEADER)
            name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
            position = info.header_offset + _LOCAL_HEADER + name + extra + info.compress_size
    if not 0 <= archive.start_dir - position <= _LONGEST_DESCRIPTOR or archive.comment:
        raise UnreadableBagError("압축 파일 안에 목록에 없는 것이 있습니다.")
