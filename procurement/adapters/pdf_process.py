"""Rendering in a process of its own.

The engine renders one document at a time in a process and keeps memory afterwards; a process that ends with
the document gives both back, and one that takes too long can be stopped without harm to the server.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, ParamSpec

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError, RenderedPdf

_Arguments = ParamSpec("_Arguments")
_EXPECTED = (PdfError, FontsMissingError, ValueError)


def render_in_process(
    render: Callable[_Arguments, RenderedPdf],
    timeout_seconds: float,
    /,
    *args: _Arguments.args,
    **kwargs: _Arguments.kwargs,
) -> RenderedPdf:
    """Return what `render` (render_document or render_simple) gives for the arguments, from a new process.

    Raises what `render` raises, and PdfError when the process takes longer than `timeout_seconds` or ends
    without an answer. The process is gone in every case when this returns.
    """
    # A forked copy of a server with threads can wait for ever on a lock that no thread of it holds.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(sending, render, args, kwargs), daemon=True)
    worker.start()
    sending.close()
    try:
        answer = _answer(receiving, timeout_seconds)
    finally:
        receiving.close()
        worker.kill()
        worker.join()
        worker.close()
    if isinstance(answer, RenderedPdf):
        return answer
    raise answer


def _answer(receiving: Connection, timeout_seconds: float) -> RenderedPdf | Exception:
    if not receiving.poll(timeout_seconds):
        return PdfError(
            f"PDF를 {timeout_seconds:g}초 안에 만들지 못하여 멈췄습니다. "
            "잠시 뒤 다시 시도하거나 내용을 나누어 만들어 주세요."
        )
    try:
        answer: RenderedPdf | Exception = receiving.recv()
    except EOFError:
        return PdfError("PDF를 만드는 프로그램이 답 없이 끝났습니다. 다시 시도해 주세요.")
    return answer


def _work(
    sending: Connection,
    render: Callable[..., RenderedPdf],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> None:
    try:
        sending.send(render(*args, **kwargs))
    except _EXPECTED as error:
        sending.send(error)
    finally:
        sending.close()
