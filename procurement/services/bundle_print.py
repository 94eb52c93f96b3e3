"""A bundle made for good: its pages with the files inside, signed where the institution has a key."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from procurement.adapters import stamp_authority
from procurement.adapters.pdf import PdfError, RenderedPdf, Tell
from procurement.adapters.pdf_sign import AskStamp, SignedPdf, SigningKey, sign_pdf
from procurement.adapters.section_cache import SectionCache
from procurement.domain.errors import Conflict
from procurement.services import bundle_files, bundle_render
from procurement.services.bundle_input import BundleInput
from procurement.services.jobs import Progress
from procurement.services.store import settings

# Progress in per cent when the first section is begun and when all are done.
FIRST, LAST = 20, 80
UNSTAMPED = "전자서명은 했지만 시각 인증을 받지 못했습니다."
# Seconds between two notes of progress, each of which is a transaction.
_BETWEEN_NOTES = 0.5


@dataclass(frozen=True)
class PrintedPdf(RenderedPdf):
    """The bundle as it is handed out, and what came of signing it: ``None`` where no key is set."""

    signed: SignedPdf | None = None


def print_bundle(data: BundleInput, *, tell: Tell | None = None, password: str = "") -> PrintedPdf:
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
    signed = _signed(data, rendered.data, password)
    notes = (f"{UNSTAMPED} {signed.unstamped}",) if signed and signed.unstamped else ()
    return PrintedPdf(
        signed.data if signed else rendered.data,
        rendered.pages,
        rendered.section_pages,
        (*rendered.notes, *notes),
        rendered.parts,
        signed,
    )


def _signed(data: BundleInput, pdf: bytes, password: str) -> SignedPdf | None:
    known = settings()
    if known.pades_file is None:
        return None
    key = SigningKey(known.pades_file, known.pades_password or password)
    reason = f"{bundle_render.title_of(data)} {data.head.number}"
    try:
        return sign_pdf(pdf, key, name=data.institution.name, reason=reason, ask_stamp=_ask_stamp())
    except PdfError as error:
        # Whoever asked for the bundle is told why there is none; trying again would change nothing.
        raise Conflict(str(error)) from error


def _ask_stamp() -> AskStamp | None:
    """Asks the authority that is set, if one is."""
    known = settings()
    if not known.tsa_url:
        return None
    return partial(stamp_authority.request_token, known.tsa_url, known.tsa_ca_file)


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
