"""The institution's signature on a finished PDF (PAdES), the last thing that is done to it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from procurement.adapters.pdf import PdfError

_FIELD = "Signature"
# Bytes kept free in the file for signature and certificates.
_ROOM = 32_768


@dataclass(frozen=True)
class SigningKey:
    """A PKCS#12 file with key and certificates, and the password that opens it, which is shown nowhere."""

    file: Path
    password: str = field(repr=False)


def sign_pdf(data: bytes, key: SigningKey, *, name: str, reason: str) -> bytes:
    """Return the PDF with a signature over all of it, made for `reason` by the institution `name`.

    Raises PdfError when the key cannot be read, the password does not open it, or its certificate is not
    valid now.
    """
    signer = _signer(key)
    out = io.BytesIO()
    # The library runs a loop of its own, which it may not in a thread that runs one already.
    with ThreadPoolExecutor(1) as own_thread:
        own_thread.submit(
            signers.sign_pdf,
            IncrementalPdfFileWriter(io.BytesIO(data)),
            signers.PdfSignatureMetadata(
                field_name=_FIELD,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                name=name,
                reason=reason,
            ),
            signer=signer,
            bytes_reserved=_ROOM,
            output=out,
        ).result()
    return out.getvalue()


def _signer(key: SigningKey) -> signers.SimpleSigner:
    # The library writes what went wrong into its log, and answers with nothing.
    logging.getLogger("pyhanko.sign").setLevel(logging.CRITICAL)
    load: Callable[..., signers.SimpleSigner | None] = signers.SimpleSigner.load_pkcs12
    signer = load(str(key.file), passphrase=key.password.encode())
    if signer is None:
        raise PdfError(f"서명에 쓸 인증서 파일을 열 수 없습니다. 파일과 비밀번호를 확인하세요: {key.file}")
    certificate = signer.signing_cert
    if (
        certificate is None
        or not certificate.not_valid_before <= datetime.now(UTC) <= certificate.not_valid_after
    ):
        raise PdfError(f"인증서의 유효기간이 아닙니다. 새 인증서로 바꾸어 주세요: {key.file}")
    return signer
