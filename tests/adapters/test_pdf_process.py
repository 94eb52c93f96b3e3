"""Rendering in a process of its own gives the same, and ends."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError, RenderedPdf, render_simple
from procurement.adapters.pdf_process import Renderer, render_in_process
from procurement.config import ROOT
from tests.adapters.pdf_helpers import CREATED, faces, simple


def never_ready() -> RenderedPdf:
    time.sleep(600)
    raise AssertionError


def gone() -> RenderedPdf:
    os._exit(3)


def test_the_process_gives_the_same_bytes() -> None:
    apart = render_in_process(
        render_simple,
        120.0,
        "<h1>표본 문서</h1><p>😀</p>",
        title="표본 문서",
        font_dir=faces(),
        created=CREATED,
    )
    assert apart == simple("<h1>표본 문서</h1><p>😀</p>")


def test_what_the_engine_refuses_is_raised_here() -> None:
    with pytest.raises(PdfError, match="불러올 수 없습니다"):
        render_in_process(
            render_simple, 120.0, "<img src='/etc/hostname'>", title="표본", font_dir=faces(), created=CREATED
        )


def test_missing_faces_are_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError):
        render_in_process(render_simple, 120.0, "<p>글</p>", title="표본", font_dir=tmp_path, created=CREATED)


def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(PdfError, match="멈췄습니다"):
        render_in_process(never_ready, 0.5)
    assert multiprocessing.active_children() == []


def test_a_process_that_ends_without_an_answer_is_an_error() -> None:
    with pytest.raises(PdfError, match="답 없이"):
        render_in_process(gone, 120.0)
    assert multiprocessing.active_children() == []


def test_whoever_has_a_document_printed_reads_neither_engine_nor_framework() -> None:
    heavy = "{'reportlab', 'xhtml2pdf', 'pikepdf', 'fontTools', 'numpy', 'sqlalchemy', 'flask'}"
    code = f"import sys; import procurement.services.bundle_render; print({heavy} & set(sys.modules))"
    read = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert read.stdout == "set()\n"


def test_a_process_that_is_given_nothing_to_do_ends() -> None:
    with Renderer(faces()) as renderer:
        kind, pid = renderer._connection.recv()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (kind, Path(f"/proc/{pid}").exists()) == ("pid", False)
