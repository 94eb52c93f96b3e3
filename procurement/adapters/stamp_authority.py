"""Asking an RFC 3161 authority for a time stamp over HTTP."""

from __future__ import annotations

import base64
from pathlib import Path

import requests
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from procurement.adapters import stamps
from procurement.adapters.stamps import StampError

TIMEOUT_SECONDS = 15
LARGEST_ANSWER_BYTES = 1024 * 1024


def request_stamp(url: str, ca_file: Path | None, text: str) -> str:
    """A time stamp over ``text`` from the authority at ``url``: its whole response in base64.

    ``ca_file``: PEM certificates of the authority that is trusted; without it the answer is kept for whoever
    knows them. Raises ``StampError`` when there is no answer or it does not hold.
    """
    builder = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    query = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    answer = stamps.sorted_response(_send(url, query.as_bytes()))
    try:
        response = decode_timestamp_response(answer)
        if response.status not in (0, 1):
            raise StampError(f"시각 인증 기관이 거절했습니다(상태 {response.status}).")
        if response.tst_info.nonce != query.nonce:
            raise StampError("시각 인증 기관의 답이 물은 것에 대한 답이 아닙니다.")
    except ValueError as error:
        if isinstance(error, StampError):
            raise
        raise StampError("시각 인증 기관의 답을 읽을 수 없습니다.") from error
    token = base64.b64encode(answer).decode()
    stamp = stamps.read(token)
    if not stamps.covers(stamp, text):
        raise StampError("시각 인증이 이 확인점에 대한 것이 아닙니다.")
    if ca_file is not None:
        roots = trusted(ca_file)
        stamps.check(stamp, roots)
        try:
            VerifierBuilder(roots=list(roots)).nonce(query.nonce).build().verify_message(
                response, text.encode()
            )
        except VerificationError as error:
            raise StampError(f"시각 인증을 믿을 수 없습니다: {error}") from error
    return token


def trusted(ca_file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates that are trusted. Raises ``StampError``."""
    try:
        return stamps.load_roots(ca_file.read_bytes())
    except OSError as error:
        raise StampError(f"시각 인증 기관의 인증서 파일 ‘{ca_file}’을(를) 읽을 수 없습니다.") from error


def _send(url: str, query: bytes) -> bytes:
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
            return answer.raw.read(LARGEST_ANSWER_BYTES, decode_content=True)
    except requests.RequestException as error:
        raise StampError("시각 인증 기관에 연결할 수 없습니다.") from error
