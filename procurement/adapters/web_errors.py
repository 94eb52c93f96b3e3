"""What the web server itself answers before the application sees a request: in Korean, with the way on."""

from __future__ import annotations

import socket

from gunicorn import util

_SENTENCES = {
    414: "주소가 너무 깁니다. 찾는 말을 줄이거나 고른 것을 줄여 다시 해 주세요.",
    431: "브라우저가 보낸 쿠키나 머리글이 너무 큽니다. 이 사이트의 쿠키를 지우고 다시 로그인해 주세요.",
    500: "프로그램에 문제가 생겼습니다. 잠시 뒤 다시 해 보고, 이어지면 관리자에게 알려 주세요.",
}
_OTHERWISE = "요청을 읽을 수 없습니다. 주소를 확인하고 화면의 단추와 링크로 다시 열어 주세요."
_PAGE = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>요청을 받을 수 없습니다 · 디지털서비스 이용계약 길잡이</title></head>
<body><main><h1>요청을 받을 수 없습니다</h1><p>{}</p>
<p><a href="/">첫 쪽으로 가기</a></p></main></body></html>
"""


def write(sock: socket.socket, status: int, reason: str, _message: str) -> None:
    """Answer on the open connection, which is closed afterwards; what the server would say is in its log."""
    body = _PAGE.format(_SENTENCES.get(status, _OTHERWISE)).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)


def install() -> None:
    """Let this process answer with these pages instead of the server's own."""
    util.write_error = write
