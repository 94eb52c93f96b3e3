"""A printed page (PDF) as the HTML that the reader of saved pages takes: its ruled tables and its lines.

Only what stands in ruled cells becomes a table; where a print has no rules nothing is guessed from the places
of words. A PDF can be made to take for ever or to fill the memory, so it is read in a process of its own.
"""

from __future__ import annotations

import hashlib
import io
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from procurement.domain.errors import InvalidInput

MOST_PAGES = 300
MOST_SECONDS = 60
MOST_MEMORY_BYTES = 1_500 * 1024 * 1024
_MODULE = "procurement.adapters.pages_pdf"
_JUST_READ: dict[bytes, str] = {}

Cell = tuple[str, ...]


def html_of_pdf(data: bytes) -> str:
    """The tables and lines of a printed page as HTML; what was just read is not read again.

    Raises InvalidInput when the file cannot be read, takes too long or has too many pages.
    """
    digest = hashlib.sha256(data).digest()
    html = _JUST_READ.get(digest)
    if html is None:
        html = _read(data)
        _JUST_READ.clear()
        _JUST_READ[digest] = html
    return html


def _read(data: bytes) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _start()],
            input=data,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InvalidInput(
            "PDF를 읽는 데 너무 오래 걸려 그만두었습니다. 같은 화면을 웹페이지(HTML)로 저장해 올려 주세요."
        ) from None
    if done.returncode != 0:
        raise InvalidInput(
            "PDF가 깨졌거나 잠겨 있거나 너무 커서 읽을 수 없습니다. "
            "같은 화면을 웹페이지(HTML)로 저장해 올려 주세요."
        )
    return done.stdout.decode("utf-8")


def _start() -> str:
    """A program that reads from what it is given and nothing else."""
    return f"import sys; sys.path[:] = {sys.path!r}; from {_MODULE} import main; main()"


def main() -> None:
    """Read a PDF from standard input, write HTML to standard output; ends with 1 when it cannot."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    logging.disable(logging.CRITICAL)
    sys.stdout.buffer.write(convert(sys.stdin.buffer.read()).encode("utf-8"))


def convert(data: bytes) -> str:
    """The tables and lines of a PDF as HTML. Raises whatever a broken file makes the library raise."""
    import pdfplumber

    parts: list[str] = []
    tables: list[list[list[Cell]]] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        if not 0 < len(pdf.pages) <= MOST_PAGES:
            raise ValueError(f"{len(pdf.pages)} pages")
        for page in pdf.pages:
            for kind, content in _blocks(page):
                if kind == "line":
                    parts.append(f"<p>{escape(content)}</p>")
                elif tables and _goes_on(tables[-1], content, parts):
                    tables[-1].extend(_without_head(tables[-1], content))
                else:
                    tables.append(content)
                    parts.append(f"\0{len(tables) - 1}")
            page.close()
    body = "\n".join(
        _table(tables[int(part[1:])]) if part.startswith("\0") else part.replace("\0", "") for part in parts
    )
    return f'<!doctype html><html lang="ko"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _blocks(page: Any) -> Iterator[tuple[str, Any]]:
    """Lines of text and tables of a page from top to bottom."""
    found = [table for table in page.find_tables() if len(table.rows) > 0]
    whole = [table for table in found if not any(_inside(table.bbox, other.bbox) for other in found)]
    blocks: list[tuple[float, str, Any]] = [(table.bbox[1], "table", _cells(page, table)) for table in whole]
    rest = page
    for table in whole:
        rest = rest.outside_bbox(table.bbox, strict=False)
    blocks += [(line["top"], "line", line["text"]) for line in rest.extract_text_lines(return_chars=False)]
    for _, kind, content in sorted(blocks, key=lambda block: block[0]):
        yield kind, content


def _inside(box: Sequence[float], other: Sequence[float]) -> bool:
    return (
        box != other
        and box[0] >= other[0] - 1
        and box[1] >= other[1] - 1
        and box[2] <= other[2] + 1
        and box[3] <= other[3] + 1
    )


def _cells(page: Any, table: Any) -> list[list[Cell]]:
    """Rows of a table, each cell as its lines; a cell that others span is empty."""
    return [[_lines(page, cell) for cell in row.cells] for row in table.rows]


def _lines(page: Any, cell: Sequence[float] | None) -> Cell:
    if cell is None:
        return ()
    lines = page.crop(cell, strict=False).extract_text_lines(return_chars=True, keep_blank_chars=True)
    # The blank at which a line was broken is often still there, and says that a word ends.
    return tuple(line["text"] + (" " if line["chars"][-1]["text"].isspace() else "") for line in lines)


def _goes_on(table: list[list[Cell]], rows: list[list[Cell]], parts: list[str]) -> bool:
    """Whether rows at the top of a page go on with the table that ended the page before."""
    return (
        bool(rows)
        and len(rows[0]) == len(table[0])
        and bool(parts)
        and all(part.startswith("<p>") for part in _after_table(parts))
        and len(_after_table(parts)) <= 4
    )


def _after_table(parts: list[str]) -> list[str]:
    """What came after the last table: the foot of its page and the head of the next, at most."""
    at = max((i for i, part in enumerate(parts) if part.startswith("\0")), default=-1)
    return parts[at + 1 :]


def _without_head(table: list[list[Cell]], rows: list[list[Cell]]) -> list[list[Cell]]:
    return rows[1:] if rows[0] == table[0] else rows


def _table(rows: list[list[Cell]]) -> str:
    lines = []
    for number, row in enumerate(rows):
        tag = "th" if number == 0 and len(row) > 1 else "td"
        lines.append("<tr>" + "".join(f"<{tag}>{escape(_joined(cell))}</{tag}>" for cell in row) + "</tr>")
    return f"<table>{''.join(lines)}</table>"


def _joined(cell: Cell) -> str:
    """The lines of a cell in one: Korean is broken within words, so a break alone is no blank."""
    return "".join(cell).strip()
