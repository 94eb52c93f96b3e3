"""Sections as rendered: pages with what a document has to know of them, in a form that can be kept."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from procurement.adapters.fonts import FontPaths
from procurement.adapters.pdf_assemble import Bookmark, inspect
from procurement.adapters.pdf_section import PdfError

_LIBRARIES = ("xhtml2pdf", "reportlab")
_STYLESHEET = Path(__file__).parents[2] / "templates" / "bundle" / "base.css"


@dataclass(frozen=True)
class Part:
    """Pages of a section: the PDF, the size of each page in points, its headings, characters not drawable."""

    data: bytes
    sizes: tuple[tuple[float, float], ...]
    headings: tuple[Bookmark, ...]
    missing: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self.sizes)

    @classmethod
    def of(cls, data: bytes, missing: Iterable[str] = ()) -> Part:
        """Look at pages just rendered and read what they say of themselves.

        Raises PdfError when its pages cannot be archived, so that no document has to be looked at whole: what
        is put around the sections is the same for all.
        """
        seen = inspect(data)
        if seen.complaints:
            raise PdfError("PDF를 보존용(PDF/A-3b)으로 만들 수 없습니다: " + " / ".join(seen.complaints[:5]))
        return cls(data, seen.sizes, seen.headings, tuple(sorted(set(missing))))

    def to_bytes(self) -> bytes:
        """Return the part as one run of bytes."""
        about = {
            "sizes": self.sizes,
            "headings": [(one.title, one.level, one.page) for one in self.headings],
            "missing": self.missing,
        }
        return json.dumps(about, ensure_ascii=False).encode() + b"\n" + self.data

    @classmethod
    def from_bytes(cls, kept: bytes) -> Part:
        """Read what `to_bytes` wrote; raises ValueError for anything else."""
        line, found, data = kept.partition(b"\n")
        if not found or not data.startswith(b"%PDF-"):
            raise ValueError("not a part of a document")
        about = json.loads(line)
        return cls(
            data,
            tuple((width, height) for width, height in about["sizes"]),
            tuple(Bookmark(*one) for one in about["headings"]),
            tuple(about["missing"]),
        )


@lru_cache(maxsize=4)
def engine_digest(fonts: FontPaths) -> str:
    """Digest of what decides how a section looks beside its words: program, libraries, style, faces."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {importlib.metadata.version(library)}\n".encode())
    for path in (*sorted(Path(__file__).parent.glob("pdf*.py")), _STYLESHEET, fonts.regular, fonts.bold):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
