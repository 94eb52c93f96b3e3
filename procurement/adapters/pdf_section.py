"""One section of a document: HTML in, PDF pages out, through xhtml2pdf.

The library reports what it could not do (a missing picture, an unknown CSS property, a character without a
glyph) in its log alone, and would print a page with a hole in it. Here every such report is an error.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # The libraries' own use of what Python has deprecated is theirs to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab import rl_config
    from reportlab.lib.fonts import tt2ps
    from xhtml2pdf.config.resources import ResourceAccessPolicy, render_budget, use_policy
    from xhtml2pdf.context import pisaContext
    from xhtml2pdf.default import DEFAULT_PAGE_NAME
    from xhtml2pdf.document import pisaStory
    from xhtml2pdf.files import cleanFiles
    from xhtml2pdf.util import reset_caches
    from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

from procurement.adapters.fonts import FontPaths
from procurement.adapters.pdf_story import prepare_story

_STYLESHEET = Path(__file__).parents[2] / "templates" / "bundle" / "base.css"
_FAMILY = "Noto Sans KR"
# Of the library's log, levels below this are notes on what it read.
_REPORTED_LEVEL = logging.WARNING
_MAX_DEPTH = 120
_MAX_SECONDS = 900

# Fonts, caches and the switch for reproducible output are globals of ReportLab.
_ENGINE_LOCK = threading.RLock()


class PdfError(RuntimeError):
    """A document could not be printed completely: the message says what the engine complained about."""


@dataclass(frozen=True)
class PageSetup:
    """Paper of a section; the rest is in the stylesheet."""

    landscape: bool = False

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
    source = (
        '<html lang="ko"><head><style>'
        f"{_font_faces(fonts)}{setup.css}{_stylesheet()}"
        f"</style></head><body>{body}</body></html>"
    )
    with _ENGINE_LOCK, _reproducible(), _complaints() as complaints:
        try:
            data = _build(source, fonts)
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


def _build(source: str, fonts: FontPaths) -> bytes:
    policy = ResourceAccessPolicy(
        allow_remote=False,
        base_dir=None,
        extra_roots=(fonts.regular.parent,),
        max_image_pixels=25_000_000,
        max_resources=10,
        max_render_seconds=_MAX_SECONDS,
        max_depth=_MAX_DEPTH,
        allow_remote_pdf_backgrounds=False,
    )
    context = pisaContext("")
    context.pathCallback = _only(fonts)
    context.resource_policy = policy
    out = io.BytesIO()
    with use_policy(policy), render_budget(policy):
        context = pisaStory(source, context=context, resource_policy=policy, encoding="utf-8")
        face = tt2ps(context.getFontName(_FAMILY), 0, 0)
        # Without a face of its own at the start, each page refers to Helvetica, which is not embedded.
        document = PmlBaseDoc(
            out,
            pagesize=context.pageSize,
            allowSplitting=1,
            lang="ko-KR",
            initialFontName=face,
            initialFontSize=10,
        )
        templates = dict(context.templateList)
        document.addPageTemplates([templates.pop(DEFAULT_PAGE_NAME), *templates.values()])
        document.pisaPositioned = context.positioned
        document.build(prepare_story(context.story, face))
    return out.getvalue()


def _only(fonts: FontPaths) -> Callable[[str, str | None], str]:
    """Return a resolver for the addresses in the markup that lets the two faces and inline pictures pass.

    It must raise: the engine takes an empty answer as leave to read the address as it is.
    """
    allowed = {str(fonts.regular), str(fonts.bold)}

    def resolve(uri: str, _base: str | None) -> str:
        address = str(uri)
        if address in allowed or address.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")):
            return address
        raise PdfError(
            f"PDF 안에서 바깥 파일이나 주소를 불러올 수 없습니다. 본문에서 빼 주세요: {address[:200]}"
        )

    return resolve


def _font_faces(fonts: FontPaths) -> str:
    """Four faces, or the engine draws italic as bold; Korean has no italic, so it stays upright."""
    faces = (
        (fonts.regular, "normal", "normal"),
        (fonts.bold, "bold", "normal"),
        (fonts.regular, "normal", "italic"),
        (fonts.bold, "bold", "italic"),
    )
    return "".join(
        f'@font-face {{ font-family: "{_FAMILY}"; src: url("{path}"); '
        f"font-weight: {weight}; font-style: {style}; }}"
        for path, weight, style in faces
    )


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return _STYLESHEET.read_text(encoding="utf-8")


@contextmanager
def _reproducible() -> Iterator[None]:
    before: Any = rl_config.invariant
    rl_config.invariant = 1
    try:
        yield
    finally:
        rl_config.invariant = before


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
