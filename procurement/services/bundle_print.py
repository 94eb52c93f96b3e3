"""A bundle made for good: its pages with the files inside, signed where the institution has a key."""

from __future__ import annotations

import time
from dataclasses import replace

from procurement.adapters.pdf import PdfError, RenderedPdf, Tell
from procurement.adapters.pdf_sign import SigningKey, sign_pdf
from procurement.adapters.section_cache import SectionCache
from procurement.domain.errors import Conflict
from procurement.services import bundle_files, bundle_render
from procurement.services.bundle_input import BundleInput
from procurement.services.jobs import Progress
from procurement.services.store import settings

# Progress in per cent when the first section is begun and when all are done.
FIRST, LAST = 20, 80
# Seconds between two notes of progress, each of which is a transaction.
_BETWEEN_NOTES = 0.5


def print_bundle(data: BundleInput, *, tell: Tell | None = None, password: str = "") -> RenderedPdf:
    """Print the bundle, with the original files inside and signed as the settings say.

    ``password`` opens the key where the settings have none. Raises ``PdfError`` when it cannot be printed
    completely, ``Conflict`` when it cannot be signed, ``FontsMissingError`` before set-up.
    """
    known = settings()
    rendered = bundle_render.render(
        data,
        known.font_dir,
        cache=SectionCache(known.section_cache_dir, known.secret_key, known.section_cache_bytes),
        attachments=bundle_files.attachments(data.evidence),
        tell=tell,
    )
    if known.pades_file is None:
        return rendered
    key = SigningKey(known.pades_file, known.pades_password or password)
    reason = f"{bundle_render.title_of(data)} {data.head.number}"
    try:
        signed = sign_pdf(rendered.data, key, name=data.institution.name, reason=reason)
    except PdfError as error:
        # Whoever asked for the bundle is told why there is none; trying again would change nothing.
        raise Conflict(str(error)) from error
    return replace(rendered, data=signed)


def telling(progress: Progress) -> Tell:
    """Tell a job how many pages there are and which section is at hand."""
    noted = 0.0

    def tell(done: int, sections: int, pages: int, title: str) -> None:
        nonlocal noted
        if done and time.monotonic() - noted < _BETWEEN_NOTES:
            return
        noted = time.monotonic()
        percent = FIRST + (LAST - FIRST) * done // max(sections, 1)
        progress(percent, f"{pages}쪽까지 짰습니다. 지금: {title}"[:200])

    return tell
