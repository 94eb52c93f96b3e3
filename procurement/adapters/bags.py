"""Writing a bag as a folder or as one ZIP file."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from procurement.domain import bag

Content = bytes | Callable[[], BinaryIO]


def write_folder(folder: Path, files: Mapping[str, Content], info: Iterable[tuple[str, str]]) -> None:
    """Write a bag into ``folder``, which must not exist or be empty.

    ``files``: path in the bag (under ``data/``) → bytes, or what opens them. Raises
    ``FileExistsError`` for a folder with something in it, ``OSError`` when it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(str(folder))
    digests: dict[str, str] = {}
    size = 0
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digests[path] = _copy(content, target)
        size += target.stat().st_size
    tags = {
        bag.DECLARATION: bag.DECLARED,
        bag.INFO: bag.info_text([*info, bag.oxum(size, len(files))]),
        bag.MANIFEST: bag.manifest_text(digests),
    }
    for name, text in tags.items():
        (folder / name).write_bytes(text.encode())
    of_tags = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in tags.items()}
    (folder / bag.TAG_MANIFEST).write_bytes(bag.manifest_text(of_tags).encode())


def _copy(content: Content, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("xb") as out:
        if isinstance(content, bytes):
            digest.update(content)
            out.write(content)
            return digest.hexdigest()
        with content() as source:
            while chunk := source.read(1024 * 1024):
                digest.update(chunk)
                out.write(chunk)
    return digest.hexdigest()


def zip_folder(folder: Path, target: Path) -> None:
    """Put a folder into one ZIP file, under the folder's name; the same files give the same bytes."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as out:
                    while chunk := source.read(1024 * 1024):
                        out.write(chunk)
