"""Hosts that the program may read from, as an institution names them in a setting."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class AllowedHost:
    """A host that may be read: its ``name``, and its ``port`` (``None``: the port of the scheme).

    ``address`` is the only peer address taken; ``""`` means any public address.
    """

    name: str
    port: int | None = None
    address: str = ""


def allowed_hosts(text: str) -> tuple[AllowedHost, ...]:
    """Hosts of a setting: ``name``, ``name:port`` or ``name[:port]=address``, joined by commas.

    A name that is itself an address (a mirror inside the institution) stands for that address alone.
    Raises ``ValueError`` with the part that is none of these.
    """
    return tuple(_allowed(part.strip()) for part in text.split(",") if part.strip())


def _allowed(text: str) -> AllowedHost:
    host, _, address = text.partition("=")
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        raise ValueError(text) from None
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError(text)
    try:
        address = str(ipaddress.ip_address(address or parts.hostname))
    except ValueError:
        if address:
            raise ValueError(text) from None
    return AllowedHost(parts.hostname, port, address)
