"""One section of a document: HTML in, PDF pages out, through xhtml2pdf.

The library reports what it could not do (a missing picture, an unknown CSS property, a character without a
glyph) in its log alone, and would print a page with a hole in it. Here every such report is an error.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # The libraries' own use of what Python has deprecated is theirs to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab import rl_config
    from xhtml2pdf.config.resources import ResourceAccessPolicy, render_budget, use_policy
    from xhtml2pdf.context import pisaContext
    from xhtml2pdf.default import DEFAULT_PAGE_NAME
    from xhtml2pdf.document import pisaStory
    from xhtml2pdf.files import cleanFiles
    from xhtml2pdf.parser import DEFAULT_CSS_SOURCE
    from xhtml2pdf.util import reset_caches
    from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

from procurement.adapters.fonts import FontPaths
from procurement.adapters.pdf_css import Sheet, parse
from procurement.adapters.pdf_faces import FAMILY, REGULAR, Measure, register_faces
from procurement.adapters.pdf_parts import PdfError
from procurement.adapters.pdf_qr import SCHEME, qr_data_uri
from procurement.adapters.pdf_story import Grids, prepare_story
from procurement.adapters.pdf_table import Grid
from procurement.adapters.pdf_table_read import outermost, read_table
from procurement.adapters.pdf_words import Setter

_STYLESHEET = Path(__file__).parents[2] / "templates" / "bundle" / "base.css"
# The family under which the stylesheet knows the two faces.
_CSS_FAMILY = "noto sans kr"
# Of the library's log, levels below this are notes on what it read.
_REPORTED_LEVEL = logging.WARNING
_MAX_DEPTH = 120
_MAX_SECONDS = 900

# Fonts, caches and the switch for reproducible output are globals of ReportLab.
_ENGINE_LOCK = threading.RLock()
# Stylesheets as the engine has read them, by their text.
_PARSED: dict[str, Any] = {}


@dataclass(frozen=True)
class PageSetup:
    """Paper of a section; the rest is in the stylesheet."""

    landscape: bool = False

    @property
    def room(self) -> tuple[float, float]:
        """Return width and height between the margins in points."""
        width, height = (297 - 36, 210 - 36) if self.landscape else (210 - 36, 297 - 42)
        return width * 72 / 25.4, height * 72 / 25.4

    @property
    def css(self) -> str:
        """Return the @page rule: A4, margins in millimetres, room below for the page number."""
        if self.landscape:
            return "@page { size: a4 landscape; margin: 17mm 18mm 19mm 18mm; }"
        return "@page { size: a4 portrait; margin: 20mm 18mm 22mm 18mm; }"


def render_html(body: str, *, fonts: FontPaths, setup: PageSetup, title: str = "") -> bytes:
    """Return the PDF of the HTML fragment `body`, set with the shared print stylesheet.

    The same input gives the same pages. Nothing but the two faces of `fonts` is read: any other file or
    address in the markup raises PdfError, as does whatever else the engine cannot print as it stands.
    """
    with _ENGINE_LOCK, _reproducible(), _complaints() as complaints:
        try:
            data = _render(body, register_faces(fonts), setup)
        except PdfError:
            raise
        except Exception as error:
            raise PdfError(f"PDF를 만들지 못했습니다({title}): {type(error).__name__}: {error}") from error
        finally:
            cleanFiles()
            reset_caches()
    if complaints:
        raise PdfError(f"PDF를 온전하게 만들지 못했습니다({title}): " + " / ".join(complaints))
    return data


def _render(body: str, measures: dict[str, Measure], setup: PageSetup) -> bytes:
    """Lay the fragment out: tables of words by themselves, everything else through the engine."""
    rest, grids = _take_tables(body, measures, setup)
    context = _story(rest, setup)
    if not grids.found_in(context.story):
        # A table stands inside a box or a list, which the engine has to lay out as a whole.
        grids, context = Grids(), _story(body, setup)
    return _build(context, prepare_story(context.story, REGULAR, grids))


def _take_tables(body: str, measures: dict[str, Measure], setup: PageSetup) -> tuple[str, Grids]:
    """Put a mark in the place of every table that can be drawn without the engine."""
    grids, parts, after = Grids(), [], 0
    setter = Setter(measures)
    for start, end in outermost(body):
        table = read_table(body[start:end], _sheet())
        if table is not None:
            parts += [body[after:start], grids.mark(Grid(table, setter, setup.room))]
            after = end
    return "".join([*parts, body[after:]]), grids


class _Context(pisaContext):  # type: ignore[misc]
    """Reads the stylesheets that every section shares once."""

    def _parseCSSSource(self, text: str, source: str) -> Any:  # noqa: N802 - the engine's name
        if text != _stylesheet().strip() and source != DEFAULT_CSS_SOURCE:
            return super()._parseCSSSource(text, source)
        known = _PARSED.get(text)
        if known is None:
            known = _PARSED[text] = super()._parseCSSSource(text, source)
        return known


def _story(body: str, setup: PageSetup) -> Any:
    """Return the engine's context with the story of the fragment."""
    policy = ResourceAccessPolicy(
        allow_remote=False,
        base_dir=None,
        max_image_pixels=25_000_000,
        max_resources=10,
        max_render_seconds=_MAX_SECONDS,
        max_depth=_MAX_DEPTH,
        allow_remote_pdf_backgrounds=False,
    )
    source = (
        f'<html lang="ko"><head><style>{setup.css}</style><style>{_stylesheet()}</style></head>'
        f"<body>{body}</body></html>"
    )
    context = _Context("")
    context.registerFont(FAMILY, [_CSS_FAMILY])
    context.pathCallback = _picture
    context.resource_policy = policy
    with use_policy(policy), render_budget(policy):
        return pisaStory(source, context=context, resource_policy=policy, encoding="utf-8")


def _build(context: Any, story: list[Any]) -> bytes:
    out = io.BytesIO()
    # Without a face of its own at the start, each page refers to Helvetica, which is not embedded.
    document = PmlBaseDoc(
        out,
        pagesize=context.pageSize,
        allowSplitting=1,
        lang="ko-KR",
        initialFontName=REGULAR,
        initialFontSize=10,
    )
    templates = dict(context.templateList)
    document.addPageTemplates([templates.pop(DEFAULT_PAGE_NAME), *templates.values()])
    document.pisaPositioned = context.positioned
    with use_policy(context.resource_policy), render_budget(context.resource_policy):
        document.build(story)
    return out.getvalue()


def _picture(uri: str, _base: str | None) -> str:
    """Let inline pictures pass, draw the codes that are asked for, and refuse everything else.

    It must raise: the engine takes an empty answer as leave to read the address as it is.
    """
    address = str(uri)
    if address.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")):
        return address
    if address.startswith(SCHEME):
        return qr_data_uri(address)
    raise PdfError(f"PDF 안에서 바깥 파일이나 주소를 불러올 수 없습니다. 본문에서 빼 주세요: {address[:200]}")


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return _STYLESHEET.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _sheet() -> Sheet:
    return parse(_stylesheet())


@contextmanager
def _reproducible() -> Iterator[None]:
    before = rl_config.invariant, rl_config.useA85
    # Streams stay bytes: text in ASCII of them takes longer and more room.
    rl_config.invariant, rl_config.useA85 = 1, 0
    try:
        yield
    finally:
        rl_config.invariant, rl_config.useA85 = before


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what the engine logs as a warning or worse, instead of letting it pass unread."""
    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger = logging.getLogger("xhtml2pdf")
    handler = Collector(_REPORTED_LEVEL)
    propagated = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
