"""Sending one request, bounded in time and size. The only file that knows requests."""

from __future__ import annotations

import http.client
import io
import logging
import socket
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from socialcrm.errors import BadResponse, ConfigError, Transient
from socialcrm.http.redaction import redact_text

_CHUNK = 64 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large one call may become; seconds and bytes.

    ``call`` bounds a single try from first byte sent to last byte read, ``total`` all tries with
    the waits between them. ``wire`` counts bytes as sent, ``body`` after decompression.
    """

    connect: float = 10.0
    read: float = 30.0
    call: float = 60.0
    total: float = 120.0
    tries: int = 5
    wire: int = 8 * 1024 * 1024
    body: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, ``json`` or the bytes of ``data``; headers and body stay out of its repr."""

    method: str
    url: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, unread: header names in lower case, the body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Something that answers requests: the network, a recording of it, or both."""

    def send(self, request: Request) -> Reply:
        """Answer one request; raises `Transient` where no answer came, `BadResponse` where it grew too large."""
        ...

    def close(self) -> None: ...


class NetworkTransport:
    """Requests over one pooled session that follows no redirect and trusts no environment."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._session = open_session()

    def send(self, request: Request) -> Reply:
        failure = ""
        try:
            with deadline(self._limits.call):
                return self._exchange(request)
        except requests.exceptions.InvalidHeader:
            failure = "header"
        except (requests.RequestException, HTTPError, OSError, http.client.HTTPException) as error:
            failure = type(error).__name__
        # Raised out here: the originals print the address with its query, which may hold a token.
        if failure == "header":
            raise ConfigError("the credential holds characters that no credential has (a line break or a space?)")
        raise Transient(f"no complete answer ({failure})")

    def _exchange(self, request: Request) -> Reply:
        prepared = self._session.prepare_request(
            requests.Request(
                request.method,
                request.url,
                # Parentheses and commas may stand in a query as they are, and some platforms insist on it.
                params=urlencode(request.params, safe="(),"),
                headers=dict(request.headers),
                json=request.json,
                data=request.form if request.data is None else request.data,
            )
        )
        # Not by Session.send: before it declines to follow a redirect, it reads the whole body.
        response = self._session.get_adapter(request.url).send(
            prepared, stream=True, timeout=(self._limits.connect, min(self._limits.read, self._limits.call))
        )
        with response:
            return bounded_reply(response, self._limits)

    def close(self) -> None:
        self._session.close()


def bounded_reply(response: requests.Response, limits: Limits) -> Reply:
    """Read an open response within the limits; the body of a redirect is not read at all.

    Raises `BadResponse` where it grows too large or cannot be decompressed, `Transient` where it is cut off.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    if 300 <= response.status_code < 400 and "location" in headers:
        return Reply(response.status_code, headers, b"")
    wire = _wire(response.raw, limits.wire)
    return Reply(response.status_code, headers, _decoded(wire, headers.get("content-encoding", ""), limits.body))


def _wire(raw: Any, limit: int) -> Iterator[bytes]:
    seen = 0
    while chunk := raw.read(_CHUNK, decode_content=False):
        seen += len(chunk)
        if seen > limit:
            raise BadResponse(f"the answer is larger than {limit} bytes")
        yield chunk


def _decoded(wire: Iterator[bytes], encoding: str, limit: int) -> bytes:
    body = bytearray()
    for piece in _inflate(wire, limit) if encoding.lower() in {"gzip", "deflate"} else wire:
        body += piece
        if len(body) > limit:
            raise BadResponse(f"the answer is larger than {limit} bytes when decompressed")
    return bytes(body)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let reading from sockets end after so many seconds, however the bytes drip in."""
    until = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(until)


def _inflate(wire: Iterator[bytes], limit: int) -> Iterator[bytes]:
    inflater, left = zlib.decompressobj(_GZIP_OR_ZLIB), limit + 1
    try:
        for chunk in wire:
            piece = inflater.decompress(chunk, left)
            left -= len(piece)
            yield piece
            if left <= 0:
                return
    except zlib.error:
        raise BadResponse("the answer cannot be decompressed") from None
    if not inflater.eof:
        raise Transient("no complete answer (the compressed body was cut off)")


_DEADLINE: ContextVar[float] = ContextVar("deadline", default=float("inf"))


class _BoundedReader(io.RawIOBase):
    """Reads a socket until the call's deadline: a timeout alone starts anew with every byte that drips in."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        self._raw, self._sock, self._patience = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _DEADLINE.get() - time.monotonic()
        if left <= 0:
            raise TimeoutError("the call took too long")
        self._sock.settimeout(left if self._patience is None else min(left, self._patience))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _BoundedResponse


class _TLSConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _BoundedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


def open_session() -> requests.Session:
    """Open a session without environment credentials, proxies, cookies or blind retries, bounded by `Limits.call`."""
    session = requests.Session()
    harden(session)
    return session


def harden(session: requests.Session) -> None:
    """Take environment credentials, proxies, cookies and blind retries from a session, and bound its reading."""
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip, deflate"})
    for scheme in ("https://", "http://"):
        session.mount(scheme, _BoundedAdapter(max_retries=0))
    logger = logging.getLogger("urllib3.connectionpool")
    if _redact_record not in logger.filters:
        logger.addFilter(_redact_record)


def _redact_record(record: logging.LogRecord) -> bool:
    # urllib3 logs each request's address with its query as soon as someone turns debugging on.
    record.msg, record.args = redact_text(record.getMessage()), ()
    return True
