"""The institution's signature: two programs that do not know each other accept it, and changes break it."""

from __future__ import annotations

import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pikepdf import pdfa
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from procurement.adapters.pdf import PdfError
from procurement.adapters.pdf_sign import SigningKey, sign_pdf
from procurement.adapters.stamp_authority import request_token
from procurement.adapters.stamps import StampError
from tests.adapters.pdf_helpers import simple
from tests.support.authority import an_authority

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

PASSWORD = "password of the sample key"


def a_certificate(
    name: str, private: Key, issuer: tuple[x509.Certificate, Key] | None, *, days: int = 30, ca: bool = False
) -> x509.Certificate:
    """A certificate to sign with, or an authority's, ending in `days` days; `issuer` or itself signs."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=60))
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(not ca, not ca, False, False, False, ca, False, False, False), critical=True
        )
    )
    if issuer is not None:
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
        builder = builder.add_extension(above, critical=False)
    return builder.sign(issuer[1] if issuer else private, hashes.SHA256())


def written(
    folder: Path, private: Key, certificate: x509.Certificate, *others: x509.Certificate
) -> SigningKey:
    """The key with its certificates in a file."""
    file = folder / "key.p12"
    hidden = BestAvailableEncryption(PASSWORD.encode())
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"sample", private, certificate, others, hidden))
    return SigningKey(file, PASSWORD)


def a_key(folder: Path, days: int = 30) -> tuple[SigningKey, Path]:
    """A key with a certificate of its own that ends in `days` days; the certificate as PEM beside it."""
    private = rsa.generate_private_key(65537, 2048)
    certificate = a_certificate("표본관리공단", private, None, days=days)
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    return written(folder, private, certificate), pem


def a_key_of_an_authority(folder: Path) -> tuple[SigningKey, Path]:
    """A key whose certificate comes from an authority below another, the upper one as PEM beside it."""
    top, middle, private = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = a_certificate("표본 최상위 인증기관", top, None, ca=True)
    below = a_certificate("표본 인증기관", middle, (root, top), ca=True)
    pem = folder / "root.pem"
    pem.write_bytes(root.public_bytes(Encoding.PEM))
    return written(folder, private, a_certificate("표본관리공단", private, (below, middle)), below), pem


def signature_parts(data: bytes) -> tuple[bytes, bytes]:
    """The signature (CMS, DER) and the bytes that it is over."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        value = pdf.Root.AcroForm.Fields[0].V
        start, first, after, rest = (int(number) for number in value.ByteRange)
        cms = bytes(value.Contents)
    length = 4 + int.from_bytes(cms[2:4], "big")
    assert (start, after + rest) == (0, len(data))
    return cms[:length], data[:first] + data[after : after + rest]


def openssl_accepts(data: bytes, pem: Path, folder: Path) -> bool:
    """Whether `openssl cms` finds the signature good and its certificate trusted."""
    cms, content = signature_parts(data)
    (folder / "signature.der").write_bytes(cms)
    (folder / "content").write_bytes(content)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der"]
    command += ["-content", "content", "-CAfile", str(pem), "-purpose", "any", "-out", "/dev/null"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def pyhanko_says(data: bytes, pem: Path, authority_pem: Path | None = None) -> PdfSignatureStatus:
    """What pyHanko finds of the one signature when it trusts these authorities and asks no host."""
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    trusted, trusted_for_time = (
        ValidationContext(trust_roots=[load_cert_from_pemder(str(file))], allow_fetching=False)
        for file in (pem, authority_pem or pem)
    )
    # It runs a loop of its own, and a browser of another test may have left one running in this thread.
    with ThreadPoolExecutor(1) as own_thread:
        return own_thread.submit(validate_pdf_signature, signature, trusted, trusted_for_time).result()


def test_openssl_and_pyhanko_accept_the_signature_until_a_byte_changes(tmp_path: Path) -> None:
    key, pem = a_key(tmp_path)
    signed = sign_pdf(simple("<p>본문</p>").data, key, name="표본관리공단", reason="증빙자료 묶음").data
    assert openssl_accepts(signed, pem, tmp_path)
    assert pyhanko_says(signed, pem).bottom_line
    at = signed.index(b"/ViewerPreferences") if b"/ViewerPreferences" in signed else 200
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert not openssl_accepts(changed, pem, tmp_path)


def test_an_authority_stamps_the_signature_and_the_chain_goes_along(tmp_path: Path) -> None:
    key, pem = a_key_of_an_authority(tmp_path)
    data = simple("<p>본문</p>").data
    (tmp_path / "authority").mkdir()
    with an_authority(tmp_path / "authority") as authority:
        ask = partial(request_token, authority.url, authority.ca_file)
        signed = sign_pdf(data, key, name="표본관리공단", reason="증빙자료 묶음", ask_stamp=ask)
        status = pyhanko_says(signed.data, pem, authority.ca_file)
        assert status.bottom_line
        # Only the upper authority is trusted: the one between is found in the signature.
        assert openssl_accepts(signed.data, pem, tmp_path)
        told = cms.ContentInfo.load(signature_parts(signed.data)[0])["content"]["signer_infos"][0]
        (stamp,) = told["unsigned_attrs"]
        token, signature = stamp["values"][0].dump(), told["signature"].native
        assert authority.verifies(signature, token, token=True)
        assert not authority.verifies(signature + b" ", token, token=True)
    assert status.timestamp_validity is not None
    assert (status.timestamp_validity.timestamp, signed.unstamped) == (signed.stamped_at, "")
    assert abs((datetime.now(UTC) - status.timestamp_validity.timestamp).total_seconds()) < 60


def test_what_is_no_stamp_is_left_out_and_the_signature_stands(tmp_path: Path) -> None:
    key, pem = a_key(tmp_path)
    data = simple("<p>본문</p>").data

    def nobody(_digest: bytes) -> bytes:
        raise StampError("답이 없습니다.")

    for ask, why in (
        (nobody, "답이 없습니다."),
        (lambda _digest: bytes(100_000), "너무 커서"),
        (lambda _digest: b"no token", "읽을 수 없습니다"),
    ):
        signed = sign_pdf(data, key, name="표본", reason="표본", ask_stamp=ask)
        assert signed.stamped_at is None
        assert why in signed.unstamped
        status = pyhanko_says(signed.data, pem)
        assert (status.bottom_line, status.timestamp_validity) == (True, None)


def test_a_signed_document_stays_fit_for_the_archive(tmp_path: Path) -> None:
    key, _ = a_key(tmp_path)
    signed = sign_pdf(simple("<p>본문</p>").data, key, name="표본관리공단", reason="증빙자료 묶음").data
    report = pdfa.validate_written(io.BytesIO(signed), "3b")
    # The validator looks at no form, and a signature stands in one; nothing else may be left to say.
    assert {(one.kind, one.where.rpartition(" ")[2]) for one in report.findings} == {
        ("unsupported", "/AcroForm")
    }


def test_a_key_that_cannot_be_used_is_said_in_korean_and_never_its_password(tmp_path: Path) -> None:
    key, _ = a_key(tmp_path)
    data = simple("<p>본문</p>").data
    for wrong in (replace(key, password="not the password"), replace(key, file=tmp_path / "none.p12")):
        with pytest.raises(PdfError, match="파일과 비밀번호를 확인하세요"):
            sign_pdf(data, wrong, name="표본", reason="표본")
    over, _ = a_key(tmp_path, days=-1)
    with pytest.raises(PdfError, match="유효기간"):
        sign_pdf(data, over, name="표본", reason="표본")
    assert PASSWORD not in repr(key)
