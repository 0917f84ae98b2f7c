"""A web server on this machine that answers from exchanges and breaks on demand."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcrm.errors import ConfigError
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.transport import Request


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What to send: a status, headers and the body's bytes, and how to send them."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    send: Callable[[BaseHTTPRequestHandler, Answer], None] | None = None


def in_json(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"Content-Type": "application/json", **named}, json.dumps(body).encode())


Fault = Callable[[Answer], Answer]


def failing(status: int, body: Any = None, **headers: str) -> Fault:
    """A failure status instead of the answer."""
    return lambda answer: in_json({"error": "Failure"} if body is None else body, status, **headers)


def login_page(answer: Answer) -> Answer:
    """A login page that claims to be JSON."""
    return replace(answer, body=b"<!DOCTYPE html><title>Please log in</title>")


def of_bytes(body: bytes) -> Fault:
    """The same answer with other bytes as its body."""
    return lambda answer: replace(answer, body=body)


def bomb(size: int = 64 * 1024 * 1024) -> Fault:
    """A body that is small on the wire and ``size`` bytes when decompressed."""
    packed = gzip.compress(b" " * size, 1)
    return lambda answer: replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"}, body=packed)


def redirect(address: str) -> Fault:
    """A redirect to another address."""
    return lambda answer: Answer(302, {"Location": address})


def short(answer: Answer) -> Answer:
    """A body that ends before the length its header promises."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        _head(handler, answer, len(answer.body) + 10)
        handler.wfile.write(answer.body)

    return replace(answer, send=send)


def reset(answer: Answer) -> Answer:
    """A connection that is torn down in the middle of the body."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        _head(handler, answer, len(answer.body))
        handler.wfile.write(answer.body[: len(answer.body) // 2])
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return replace(answer, send=send)


def vanish(answer: Answer) -> Answer:
    """No byte of an answer: what was asked is done, and nobody is told."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return replace(answer, send=send)


def drip(answer: Answer) -> Answer:
    """A body that comes byte by byte, each before any read timeout; it ends only with the connection."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        _head(handler, answer, 1 << 20)
        for _ in range(600):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    return replace(answer, send=send)


def drip_headers(answer: Answer) -> Answer:
    """Headers that never end."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(600):
            handler.wfile.write(b"a")
            time.sleep(0.05)

    return replace(answer, send=send)


def _head(handler: BaseHTTPRequestHandler, answer: Answer, length: int) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


@dataclass
class _Planned:
    fault: Fault
    path: str
    after: int
    times: int
    unheard: bool = False


class FaultServer:
    """Answers on a free port of 127.0.0.1, from a function or from exchanges; use it in a ``with`` block.

    ``volatile`` are parameters that make no difference to which exchange answers.
    `breaks` plans faults: on the n-th request for a path, once or for ever. `asked` lists all requests.
    """

    def __init__(
        self,
        answer: Callable[[Asked], Answer] | Iterable[Exchange],
        *,
        volatile: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._answer = answer if callable(answer) else _player(answer, volatile)
        self._faults: list[_Planned] = []
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            # The handshake happens in the request's own thread, so that a silent client blocks nobody.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address to put into a configuration."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FaultServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Give the port back, of a server that was never started too."""
        self._server.server_close()

    def breaks(self, fault: Fault, *, path: str = "", after: int = 0, times: int = 1, unheard: bool = False) -> None:
        """Plan a fault: leave ``after`` requests for ``path`` alone, then break ``times`` of them.

        What is asked is done all the same, unless the request goes ``unheard``.
        """
        self._faults.append(_Planned(fault, path, after, times, unheard))

    def heal(self) -> None:
        """Forget planned faults."""
        self._faults.clear()

    def count(self, path: str) -> int:
        """How many requests came for a path."""
        return sum(asked.path == path for asked in self.asked)

    def _respond(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            planned = self._due(asked)
            answer = Answer() if planned and planned.unheard else self._answer(asked)
            return planned.fault(answer) if planned else answer

    def _due(self, asked: Asked) -> _Planned | None:
        for planned in self._faults:
            if planned.path in {"", asked.path}:
                planned.after -= 1
                if planned.after < 0 and planned.times > 0:
                    planned.times -= 1
                    return planned
        return None

    def _sent(self, asked: Asked) -> None:
        """Called when an answer is on its way; for subclasses."""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                parts, length = urlsplit(self.path), int(self.headers.get("Content-Length") or 0)
                query = tuple(parse_qsl(parts.query, keep_blank_values=True))
                body = self.rfile.read(length)
                asked = Asked(self.command, parts.path, query, dict(self.headers), body)
                answer = server._respond(asked)
                if answer.send is None:
                    _head(self, answer, len(answer.body))
                    self.wfile.write(answer.body)
                else:
                    self.close_connection = True
                    answer.send(self, answer)
                server._sent(asked)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True  # the client hung up, as it should on most faults

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Stay silent."""

        return Handler


def _player(exchanges: Iterable[Exchange], volatile: Iterable[str]) -> Callable[[Asked], Answer]:
    recording = ReplayTransport(exchanges, volatile=volatile)

    def play(asked: Asked) -> Answer:
        try:
            reply = recording.send(Request(asked.method, "", asked.path, asked.params))
        except ConfigError as error:
            return in_json({"error": "NotScripted", "message": str(error)}, 418)
        headers = {"content-type": "application/json", **reply.headers}
        return Answer(reply.status, headers, reply.body)

    return play
