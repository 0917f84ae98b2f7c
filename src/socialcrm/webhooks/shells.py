"""Thin shells around webhooks for servers that speak ASGI or WSGI; the last part of the path names the webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from socialcrm.webhooks.receiver import Answer, Webhook

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_SAFE = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
_MOST_FIELDS = 50


def asgi(webhooks: Mapping[str, Webhook]) -> ASGI:
    """Make an ASGI application; the store is spoken to in a thread, so that the loop stays free."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        if scope["type"] != "http":
            return
        webhook = _chosen(webhooks, scope["path"])
        answer = Answer(404)
        if webhook:
            body = await _body(receive, webhook.config.limit)
            headers = {name.decode("latin-1"): value for name, value in scope["headers"]}
            query = _query(scope.get("query_string", b"").decode("latin-1"))
            answer = await asyncio.to_thread(webhook.handle, scope["method"], query, headers, body)
        told = [(name.encode(), value.encode()) for name, value in _headers(answer)]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        await send({"type": "http.response.body", "body": answer.body})

    return app


def wsgi(webhooks: Mapping[str, Webhook]) -> WSGI:
    """Make a WSGI application."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        webhook = _chosen(webhooks, environ.get("PATH_INFO", ""))
        answer = Answer(404)
        if webhook:
            told = environ.get("CONTENT_LENGTH", "")
            # Without a length only a server that marks the end can be read to the end.
            known = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else None
            endless = environ.get("wsgi.input_terminated") is True
            most = webhook.config.limit + 1
            if known is None and environ["REQUEST_METHOD"] == "POST" and not endless:
                answer = Answer(411)
            else:
                length = most if endless else 0
                body = _read(environ["wsgi.input"], length if known is None else min(known, most))
                query = _query(environ.get("QUERY_STRING", ""))
                answer = webhook.handle(environ["REQUEST_METHOD"], query, _environ_headers(environ), body)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(_headers(answer)))
        return [answer.body]

    return app


def _chosen(webhooks: Mapping[str, Webhook], path: str) -> Webhook | None:
    return webhooks.get(path.rstrip("/").rpartition("/")[2])


def _query(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def _headers(answer: Answer) -> Iterable[tuple[str, str]]:
    length = str(len(answer.body))
    return (("Content-Type", answer.content_type), ("Content-Length", length), *_SAFE, *answer.headers)


def _environ_headers(environ: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        name.removeprefix("HTTP_").replace("_", "-"): str(value).encode("latin-1", "replace")
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


def _read(file: Any, most: int) -> bytes:
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(most, 65_536))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


async def _body(receive: Receive, limit: int) -> bytes:
    """The body, or as much of it as shows that it is too large."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more and size <= limit:
        event = await receive()
        if event["type"] == "http.disconnect":
            break
        pieces.append(event.get("body", b""))
        size += len(pieces[-1])
        more = event.get("more_body", False)
    return b"".join(pieces)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
