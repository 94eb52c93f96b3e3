"""A time-stamping authority and a mail server on loopback, as an institution would have them elsewhere."""

from __future__ import annotations

import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Sample authority
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """A running authority: its address, its certificate, and whether it answers at all."""

    url: str
    folder: Path
    answers: bool = True

    @property
    def ca_file(self) -> Path:
        """PEM certificate of the authority."""
        return self.folder / "ca.pem"

    def verifies(self, data: bytes, response: bytes, *, token: bool = False) -> bool:
        """What the openssl command says of a response, or a token, over ``data``: a second opinion."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "response").write_bytes(response)
        command = ["ts", "-verify", "-data", "data", "-in", "response", "-CAfile", "ca.pem"]
        return not _openssl(self.folder, *command, *(["-token_in"] if token else []), check=False).returncode


def _openssl(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=check)


def _make(folder: Path) -> None:
    (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    (folder / "serial").write_text("01\n")
    new, sign = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"), ("-config", "openssl.cnf")
    _openssl(
        folder,
        *("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", *sign),
        *("-extensions", "ca"),
    )
    _openssl(
        folder, "req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Sample stamper", *sign
    )
    _openssl(
        folder,
        *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
        *("-out", "tsa.pem", "-days", "30", "-extfile", "openssl.cnf", "-extensions", "stamping"),
    )


@contextmanager
def an_authority(folder: Path) -> Iterator[Authority]:
    """Serve a new authority, made with the openssl command, from a thread."""
    _make(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            if not authority.answers:
                self.send_error(503)
                return
            _openssl(
                folder, "ts", "-reply", "-queryfile", "query", "-config", "openssl.cnf", "-out", "answer"
            )
            answer = (folder / "answer").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        authority = Authority(f"http://127.0.0.1:{server.server_port}", folder)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Mailbox:
    """A mail server that keeps what it is given."""

    port: int
    messages: list[str] = field(default_factory=list)


@contextmanager
def a_mailbox() -> Iterator[Mailbox]:
    """Serve a mail server that knows as much SMTP as one message needs."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 sample")
            while line := self.rfile.readline().decode().strip().upper():
                if line == "DATA":
                    self._say("354 go on")
                    mailbox.messages.append(self._message())
                self._say("221 bye" if line == "QUIT" else "250 ok")
                if line == "QUIT":
                    return

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _message(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        mailbox = Mailbox(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
