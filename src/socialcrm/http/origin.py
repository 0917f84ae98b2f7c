"""Addresses a client may talk to."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def origin(address: str) -> str:
    """Return a service's base address without its last slash.

    Raises `ValueError` unless it is https, or http to this machine, and free of user names,
    queries, fragments and the characters on which address parsers disagree.
    """
    if any(character in address for character in "\\@#?") or any(character <= " " for character in address):
        raise ValueError("an address is scheme, host and path only: https://example.org")
    parts = urlsplit(address)
    host = parts.hostname or ""
    _ = parts.port  # raises ValueError where it is not a number
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        raise ValueError("an address starts with https:// (http:// is for this machine only)")
    return address.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or number is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


HttpsOrigin = Annotated[str, AfterValidator(origin)]
