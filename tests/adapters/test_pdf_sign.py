"""The institution's signature: two programs that do not know each other accept it, and changes break it."""

from __future__ import annotations

import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pikepdf import pdfa
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from procurement.adapters.pdf import PdfError
from procurement.adapters.pdf_sign import SigningKey, sign_pdf
from tests.adapters.pdf_helpers import simple

PASSWORD = "password of the sample key"


def a_key(folder: Path, days: int = 30) -> tuple[SigningKey, Path]:
    """A key with a certificate of its own that ends in `days` days; the certificate as PEM beside it."""
    private = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "표본관리공단")])
    moment = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=60))
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True
        )
        .sign(private, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    file = folder / "key.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"sample", private, certificate, None, BestAvailableEncryption(PASSWORD.encode())
        )
    )
    return SigningKey(file, PASSWORD), pem


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


def pyhanko_accepts(data: bytes, pem: Path) -> bool:
    """Whether pyHanko finds the signature good, trusted and over the whole file."""
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    trusted = ValidationContext(trust_roots=[load_cert_from_pemder(str(pem))], allow_fetching=False)
    # It runs a loop of its own, and a browser of another test may have left one running in this thread.
    with ThreadPoolExecutor(1) as own_thread:
        return bool(own_thread.submit(validate_pdf_signature, signature, trusted).result().bottom_line)


def test_openssl_and_pyhanko_accept_the_signature_until_a_byte_changes(tmp_path: Path) -> None:
    key, pem = a_key(tmp_path)
    signed = sign_pdf(simple("<p>본문</p>").data, key, name="표본관리공단", reason="증빙자료 묶음")
    assert openssl_accepts(signed, pem, tmp_path)
    assert pyhanko_accepts(signed, pem)
    at = signed.index(b"/ViewerPreferences") if b"/ViewerPreferences" in signed else 200
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert not openssl_accepts(changed, pem, tmp_path)


def test_a_signed_document_stays_fit_for_the_archive(tmp_path: Path) -> None:
    key, _ = a_key(tmp_path)
    signed = sign_pdf(simple("<p>본문</p>").data, key, name="표본관리공단", reason="증빙자료 묶음")
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
