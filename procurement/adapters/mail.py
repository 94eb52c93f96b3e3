"""Sending one message by SMTP."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage

TIMEOUT_SECONDS = 15


class MailError(RuntimeError):
    """A message that could not be sent; the message says why, in Korean."""


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out: host, port, whether STARTTLS is used, and who signs in (empty: nobody)."""

    host: str
    port: int
    sender: str
    starttls: bool = True
    user: str = ""
    password: str = ""


def send(server: MailServer, to: str, subject: str, text: str, attachment: tuple[str, str]) -> None:
    """Send ``text`` with one JSON file (``attachment``: name and content). Raises ``MailError``."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, to, subject
    message.set_content(text)
    name, content = attachment
    message.add_attachment(content.encode(), maintype="application", subtype="json", filename=name)
    try:
        with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS) as smtp:
            if server.starttls:
                smtp.starttls()
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"확인점을 전자우편으로 보내지 못했습니다: {error}") from error
