"""What a document is made of, as plain data, and sections as rendered, in a form that can be kept.

Nothing of the engine is read here: whoever has a document printed by another process does without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from procurement.adapters.fonts import FontPaths

_LIBRARIES = ("xhtml2pdf", "reportlab")
_STYLESHEET = Path(__file__).parents[2] / "templates" / "bundle" / "base.css"


# Key of the cover among the pages that a document was made of.
COVER = "cover"

# How far a document is: sections done, sections in all, pages so far, title of the section at hand.
Tell = Callable[[int, int, int, str], None]


class PdfError(RuntimeError):
    """A document could not be printed completely: the message says what the engine complained about."""


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the PDF, byte for byte."""

    name: str
    data: bytes
    media_type: str
    description: str = ""


@dataclass(frozen=True)
class Metadata:
    """What the document says of itself; `created` is an aware time and the only one in the file."""

    title: str
    author: str
    subject: str
    created: datetime


@dataclass(frozen=True)
class Bookmark:
    """An entry of the outline: level 1 is outermost, `page` counts from 0."""

    title: str
    level: int
    page: int


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


@dataclass(frozen=True)
class Section:
    """A part that begins on a new page.

    `html` is a body fragment. Its title is printed as the <h1> unless the fragment opens with one. `level`
    1 is outermost in contents and bookmarks; headings <h2>–<h6> in the fragment become bookmarks below it.
    `ready`: pages rendered before from the same input; the fragment is not looked at then.
    """

    key: str
    title: str
    html: str
    level: int = 1
    landscape: bool = False
    in_contents: bool = True
    ready: Part | None = None


@dataclass(frozen=True)
class RenderedPdf:
    """The file, its length, the first page (from 1) of each section, and what is not shown as written.

    `parts` holds the pages of those sections that were not ready, and of the cover under COVER, for another
    document to take.
    """

    data: bytes
    pages: int
    section_pages: Mapping[str, int]
    notes: tuple[str, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """A document to print; see `render_document` for what each field says."""

    metadata: Metadata
    font_dir: Path
    footer: str = ""
    cover: str | Part | None = None
    sections: Sequence[Section] = ()
    contents: bool = True
    attachments: Sequence[Attachment] = ()


@lru_cache(maxsize=4)
def engine_digest(fonts: FontPaths) -> str:
    """Digest of what decides how a section looks beside its words: program, libraries, style, faces."""
    # Read here, since it brings a reader of mails along.
    import importlib.metadata

    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {importlib.metadata.version(library)}\n".encode())
    for path in (*sorted(Path(__file__).parent.glob("pdf*.py")), _STYLESHEET, fonts.regular, fonts.bold):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
