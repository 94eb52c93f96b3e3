"""The institution's signature on a finished PDF (PAdES), the last thing that is done to it.

By itself it says who signed (B-B). With an authority's time stamp over it, it also says when, and still
counts when the certificate has run out since (B-T). The certificates that came with the key go along. What
B-LT would add, lists of revoked certificates, is fetched from hosts that nobody here named, and is left out.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.attributes import CMSAttributeProvider, UnsignedAttributeProviderSpec
from pyhanko.sign.fields import SigSeedSubFilter

from procurement.adapters import stamps
from procurement.adapters.pdf import PdfError
from procurement.adapters.stamps import StampError

_FIELD = "Signature"
# Digits kept free in the file, two for a byte: for signature and certificates, and for a time stamp too.
_ROOM, _ROOM_FOR_STAMP = 32_768, 32_768
_DIGEST = "sha256"

# Asks for a time stamp over a digest (SHA-256); gives its token (DER), or raises StampError.
AskStamp = Callable[[bytes], bytes]


@dataclass(frozen=True)
class SigningKey:
    """A PKCS#12 file with key and certificates, and the password that opens it, which is shown nowhere."""

    file: Path
    password: str = field(repr=False)


@dataclass(frozen=True)
class SignedPdf:
    """A signed file; when an authority says that it was signed, or why no authority does.

    Neither is said (``None`` and ``""``) where no authority was asked.
    """

    data: bytes
    stamped_at: datetime | None = None
    unstamped: str = ""


def sign_pdf(
    data: bytes, key: SigningKey, *, name: str, reason: str, ask_stamp: AskStamp | None = None
) -> SignedPdf:
    """Return the PDF with a signature over all of it, made for `reason` by the institution `name`.

    `ask_stamp` has an authority stamp the signature; without its answer the signature stands alone. Raises
    PdfError when the key cannot be read, the password does not open it, or its certificate is not valid now.
    """
    signer = _signer(key)
    stamping = _Stamping(ask_stamp) if ask_stamp is not None else None
    signer.unsigned_attr_prov_spec = stamping
    out = io.BytesIO()
    # The library runs a loop of its own, which it may not in a thread that runs one already.
    with ThreadPoolExecutor(1) as own_thread:
        own_thread.submit(
            signers.sign_pdf,
            IncrementalPdfFileWriter(io.BytesIO(data)),
            signers.PdfSignatureMetadata(
                field_name=_FIELD,
                md_algorithm=_DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                name=name,
                reason=reason,
            ),
            signer=signer,
            bytes_reserved=_ROOM + (_ROOM_FOR_STAMP if stamping else 0),
            output=out,
        ).result()
    if stamping is None:
        return SignedPdf(out.getvalue())
    return SignedPdf(out.getvalue(), stamping.stamped_at, stamping.unstamped)


class _Stamping(UnsignedAttributeProviderSpec):
    """Has the signature stamped as soon as it is made; what goes wrong is kept, and nothing is added then."""

    def __init__(self, ask: AskStamp) -> None:
        self._ask = ask
        self.stamped_at: datetime | None = None
        self.unstamped = ""

    def unsigned_attr_providers(
        self, signature: bytes, signed_attrs: cms.CMSAttributes, digest_algorithm: str
    ) -> Iterator[CMSAttributeProvider]:
        """Give the time stamp over the signature, or nothing."""
        try:
            token = self._ask(hashlib.sha256(signature).digest())
            if 2 * len(token) > _ROOM_FOR_STAMP:
                raise StampError("시각 인증 자료가 너무 커서 서명에 넣을 수 없습니다.")
            self.stamped_at = stamps.read_token(token).time
        except StampError as error:
            self.unstamped = str(error)
            return
        yield _Token(token)


class _Token(CMSAttributeProvider):
    """Adds a token to the signature, where nothing that was signed changes by it."""

    attribute_type = "signature_time_stamp_token"

    def __init__(self, token: bytes) -> None:
        self._token = token

    async def build_attr_value(self, dry_run: bool = False) -> cms.ContentInfo:
        """Give the token as the library writes it."""
        return cms.ContentInfo.load(self._token)


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
