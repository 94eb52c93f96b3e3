"""RFC 3161 time stamps: what a token says, and whether an authority that is trusted signed it.

Only ``cryptography`` is used, so that the stand-alone verifier reads stamps as this program does.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from procurement.domain import der
from procurement.domain.der import Node

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SHA256 = bytes.fromhex("608648016503040201")
_HASHES: dict[bytes, tuple[str, type[hashes.HashAlgorithm]]] = {
    _SHA256: ("sha256", hashes.SHA256),
    bytes.fromhex("608648016503040202"): ("sha384", hashes.SHA384),
    bytes.fromhex("608648016503040203"): ("sha512", hashes.SHA512),
}
_NULL, _TRUE = b"\x05\x00", b"\x01\x01\xff"
_LONGEST_PATH = 6
# What a token or certificate that is no such thing can end in.
_UNSOUND = (
    ValueError,
    TypeError,
    IndexError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
)


class StampError(ValueError):
    """A token that does not hold; the message says why, in Korean."""


@dataclass(frozen=True)
class Stamp:
    """What a token says: when, over which digest, by which hash function; and its parts for the signature."""

    time: datetime
    hash_name: str
    imprint: bytes
    tst_info: bytes
    certificates: tuple[bytes, ...]
    signer: Node


def query(digest: bytes, nonce: int) -> bytes:
    """What an authority is asked (TimeStampReq): the time over ``digest`` (SHA-256), with its certificates.

    ``nonce``: a number of at least 0 that the answer has to repeat.
    """
    algorithm = der.wrap(der.SEQUENCE, der.wrap(der.OID, _SHA256) + _NULL)
    imprint = der.wrap(der.SEQUENCE, algorithm + der.wrap(der.OCTETS, digest))
    version, number = (
        der.wrap(der.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big")) for value in (1, nonce)
    )
    return der.wrap(der.SEQUENCE, version + imprint + number + _TRUE)


def sorted_response(data: bytes) -> bytes:
    """A response with the certificates of its token in the order that DER asks of a set.

    OpenSSL sends them as they come; no signature covers their order. Raises ``StampError``.
    """
    try:
        status, token = der.read(data).expect(der.SEQUENCE).children()[:2]
        kind, explicit = token.children()
        signed = der.read(explicit.content)
        parts = [
            der.wrap(part.tag, b"".join(sorted(child.whole for child in part.children())))
            if part.tag == der.CONTEXT_0
            else part.whole
            for part in signed.children()
        ]
        content = der.wrap(der.SEQUENCE, b"".join(parts))
        sorted_token = der.wrap(der.SEQUENCE, kind.whole + der.wrap(explicit.tag, content))
        return der.wrap(der.SEQUENCE, status.whole + sorted_token)
    except ValueError as error:
        raise StampError("시각 인증 기관의 답을 읽을 수 없습니다.") from error


def read(token: str) -> Stamp:
    """What a stored token (base64 of the whole response) says. Raises ``StampError``."""
    try:
        parts = der.read(base64.b64decode(token, validate=True)).expect(der.SEQUENCE).children()
        if len(parts) < 2 or parts[0].children()[0].content not in (b"\x00", b"\x01"):
            raise StampError("시각 인증 기관이 시각을 인증하지 않았습니다.")
    except StampError:
        raise
    except (ValueError, IndexError) as error:
        raise StampError("시각 인증 자료를 읽을 수 없습니다.") from error
    return read_token(parts[1].whole)


def read_token(token: bytes) -> Stamp:
    """What a token by itself (DER) says, as a signature carries it. Raises ``StampError``."""
    try:
        return _read_token(der.read(token))
    except StampError:
        raise
    except (ValueError, IndexError) as error:
        raise StampError("시각 인증 자료를 읽을 수 없습니다.") from error


def _read_token(token: Node) -> Stamp:
    kind, explicit = token.expect(der.SEQUENCE).children()
    if kind.content != _SIGNED_DATA:
        raise StampError("시각 인증 자료가 서명된 자료가 아닙니다.")
    signed = der.read(explicit.content).children()
    content_kind, wrapped = signed[2].children()
    signers = signed[-1].expect(der.SET).children()
    if content_kind.content != _TST_INFO or len(signers) != 1:
        raise StampError("시각 인증 자료의 모양이 다릅니다.")
    info = der.read(wrapped.content).expect(der.OCTETS).content
    fields = der.read(info).expect(der.SEQUENCE).children()
    algorithm, imprint = fields[2].children()
    return Stamp(
        time=_time(fields[4].expect(der.GENERALIZED_TIME).content.decode("ascii")),
        hash_name=_hash(algorithm)[0],
        imprint=imprint.expect(der.OCTETS).content,
        tst_info=info,
        certificates=tuple(
            certificate.whole
            for part in signed[3:-1]
            if part.tag == der.CONTEXT_0
            for certificate in part.children()
        ),
        signer=signers[0],
    )


def _time(text: str) -> datetime:
    form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def _hash(algorithm: Node) -> tuple[str, type[hashes.HashAlgorithm]]:
    known = _HASHES.get(algorithm.children()[0].expect(der.OID).content)
    if known is None:
        raise StampError("시각 인증 자료가 모르는 해시 함수를 씁니다.")
    return known


def covers(stamp: Stamp, text: str) -> bool:
    """Whether the stamp is over ``text``."""
    return hashlib.new(stamp.hash_name, text.encode()).digest() == stamp.imprint


def check(stamp: Stamp, roots: Sequence[x509.Certificate]) -> None:
    """See that the stamp was signed for time stamping by an authority under one of ``roots``.

    Raises ``StampError`` with what does not hold.
    """
    try:
        leaf = _check_signature(stamp)
        _check_purpose(leaf)
        _check_path(stamp, leaf, roots)
    except StampError:
        raise
    except _UNSOUND as error:
        raise StampError("시각 인증 기관의 서명이 맞지 않습니다.") from error


def _check_signature(stamp: Stamp) -> x509.Certificate:
    fields = stamp.signer.children()
    issuer, serial = fields[1].expect(der.SEQUENCE).children()
    leaf = _signer_certificate(stamp, issuer.whole, int.from_bytes(serial.content, "big", signed=True))
    name, algorithm = _hash(fields[2])
    attributes = fields[3].expect(der.CONTEXT_0)
    digests = [
        attribute.children()[1].children()[0].content
        for attribute in attributes.children()
        if attribute.children()[0].content == _MESSAGE_DIGEST
    ]
    if digests != [hashlib.new(name, stamp.tst_info).digest()]:
        raise StampError("시각 인증의 내용이 서명한 것과 다릅니다.")
    # What is signed is the set of attributes under its own tag, not under that of the field.
    signed = der.wrap(der.SET, attributes.content)
    signature = fields[5].expect(der.OCTETS).content
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm()))
    else:
        raise StampError("시각 인증 기관의 열쇠 종류를 확인할 수 없습니다.")
    return leaf


def _signer_certificate(stamp: Stamp, issuer: bytes, serial: int) -> x509.Certificate:
    for data in stamp.certificates:
        certificate = x509.load_der_x509_certificate(data)
        if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
            return certificate
    raise StampError("시각 인증 자료에 서명한 기관의 인증서가 없습니다.")


def _check_purpose(leaf: x509.Certificate) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise StampError("시각 인증용 인증서가 아닙니다.") from None
    if not usage.critical or ExtendedKeyUsageOID.TIME_STAMPING not in usage.value:
        raise StampError("시각 인증용 인증서가 아닙니다.")


def _check_path(stamp: Stamp, leaf: x509.Certificate, roots: Sequence[x509.Certificate]) -> None:
    between = [x509.load_der_x509_certificate(data) for data in stamp.certificates]
    current = leaf
    for _ in range(_LONGEST_PATH):
        if not current.not_valid_before_utc <= stamp.time <= current.not_valid_after_utc:
            raise StampError("시각 인증 기관의 인증서가 그때 유효하지 않았습니다.")
        if current in roots or any(_issued(current, root) for root in roots):
            return
        above = next((c for c in between if c != current and _issues(c) and _issued(current, c)), None)
        if above is None:
            break
        current = above
    raise StampError("믿기로 한 시각 인증 기관이 아닙니다.")


def _issues(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def load_roots(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file of authorities that are trusted. Raises ``StampError``."""
    try:
        return tuple(x509.load_pem_x509_certificates(data))
    except ValueError as error:
        raise StampError("시각 인증 기관의 인증서 파일(PEM)을 읽을 수 없습니다.") from error
