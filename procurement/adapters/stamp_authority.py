"""Asking an RFC 3161 authority for a time stamp over HTTP, the same way whatever is stamped."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from pathlib import Path

import requests
from cryptography import x509
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response
from urllib3.exceptions import HTTPError

from procurement.adapters import stamps
from procurement.adapters.stamps import StampError

TIMEOUT_SECONDS = 15
# How long an answer may take altogether, however slowly it comes.
MOST_SECONDS = 30.0
LARGEST_ANSWER_BYTES = 1024 * 1024
_CHUNK = 16 * 1024
_NONCE_BITS = 63


def request_stamp(url: str, ca_file: Path | None, text: str) -> str:
    """A time stamp over ``text`` from the authority at ``url``: its whole response in base64.

    ``ca_file``: PEM certificates of the authority that is trusted; without it the answer is kept for whoever
    knows them. Raises ``StampError`` when there is no answer or it does not hold.
    """
    return base64.b64encode(_asked(url, ca_file, hashlib.sha256(text.encode()).digest())[0]).decode()


def request_token(url: str, ca_file: Path | None, digest: bytes) -> bytes:
    """The token alone (DER) of a time stamp over ``digest`` (SHA-256), as a signature carries it.

    The arguments and errors are those of ``request_stamp``.
    """
    return _asked(url, ca_file, digest)[1].time_stamp_token()


def _asked(url: str, ca_file: Path | None, digest: bytes) -> tuple[bytes, TimeStampResponse]:
    """The response over ``digest``, looked through: its bytes, and what they say."""
    nonce = secrets.randbits(_NONCE_BITS)
    answer = stamps.sorted_response(_send(url, stamps.query(digest, nonce)))
    try:
        response = decode_timestamp_response(answer)
        if response.status not in (0, 1):
            raise StampError(f"시각 인증 기관이 거절했습니다(상태 {response.status}).")
        if response.tst_info.nonce != nonce:
            raise StampError("시각 인증 기관의 답이 물은 것에 대한 답이 아닙니다.")
    except ValueError as error:
        if isinstance(error, StampError):
            raise
        raise StampError("시각 인증 기관의 답을 읽을 수 없습니다.") from error
    stamp = stamps.read(base64.b64encode(answer).decode())
    if (stamp.hash_name, stamp.imprint) != ("sha256", digest):
        raise StampError("시각 인증이 물은 것과 다른 내용에 대한 것입니다.")
    if ca_file is not None:
        roots = trusted(ca_file)
        stamps.check(stamp, roots)
        try:
            VerifierBuilder(roots=list(roots)).nonce(nonce).build().verify(response, digest)
        except VerificationError as error:
            raise StampError(f"시각 인증을 믿을 수 없습니다: {error}") from error
    return answer, response


def trusted(ca_file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates that are trusted. Raises ``StampError``."""
    try:
        return stamps.load_roots(ca_file.read_bytes())
    except OSError as error:
        raise StampError(f"시각 인증 기관의 인증서 파일 ‘{ca_file}’을(를) 읽을 수 없습니다.") from error


def _send(url: str, query: bytes) -> bytes:
    until = time.monotonic() + MOST_SECONDS
    try:
        answer = requests.post(
            url,
            data=query,
            headers={"Content-Type": "application/timestamp-query"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        )
        with answer:
            if answer.status_code != 200:
                raise StampError(f"시각 인증 기관이 답하지 못했습니다(HTTP {answer.status_code}).")
            return _body(answer, until)
    except (requests.RequestException, HTTPError) as error:
        raise StampError("시각 인증 기관에 연결할 수 없습니다.") from error


def _body(answer: requests.Response, until: float) -> bytes:
    """What the authority sends, as far as it sends no more than fits and does so in time."""
    body = bytearray()
    # Whatever is there is taken at once, so that the clock is looked at however little comes at a time.
    while chunk := answer.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise StampError("시각 인증 기관의 답이 너무 큽니다.")
        if time.monotonic() > until:
            raise StampError("시각 인증 기관이 제때 답하지 못했습니다.")
    return bytes(body)
