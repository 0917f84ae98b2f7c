"""Exchanges on disk: recording what a platform answered, and answering from a recording.

One JSON file per exchange, numbered in the order they happened::

    {"request": {"method", "path", "params", "host"}, "response": {"status", "headers", "body"}}

Tokens, passwords and addresses of accounts are replaced before anything is written.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from socialcrm.errors import BadResponse, ConfigError
from socialcrm.http import strict_json
from socialcrm.http.redaction import REDACTED, is_secret, redact_headers, redact_json, redact_params
from socialcrm.http.transport import Limits, NetworkTransport, Reply, Request, Transport

Key = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded question and answer; ``body`` is parsed JSON, or a text where it was none."""

    method: str
    path: str | None
    params: tuple[tuple[str, str], ...]
    status: int | None
    headers: Mapping[str, str]
    body: Any
    source: str = ""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], source: str = "") -> Exchange:
        """Read one exchange; raises `ConfigError` where the object is none."""
        try:
            asked, answer = raw["request"], raw["response"]
            return cls(
                asked.get("method") or "GET",
                asked.get("path"),
                _pairs(asked.get("params") or {}),
                answer.get("status"),
                {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()},
                answer.get("body"),
                source,
            )
        except (KeyError, TypeError, AttributeError):
            raise ConfigError(f"{source or 'the file'} is not a recorded exchange") from None

    def reply(self) -> Reply:
        """The answer as a transport gives it; what was not recorded counts as a success in JSON."""
        text = isinstance(self.body, str) and not self.headers.get("content-type", "").startswith("application/json")
        body = self.body.encode(errors="replace") if text else json.dumps(self.body).encode()
        return Reply(self.status or 200, self.headers, body)


def load_exchanges(folder: Path) -> list[Exchange]:
    """Read every exchange below a folder, in the order of the file names."""
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {folder} with recorded exchanges")
    return [load_exchange(file, str(file.relative_to(folder))) for file in sorted(folder.rglob("*.json"))]


def load_exchange(file: Path, source: str = "") -> Exchange:
    """Read one exchange file; ``source`` names it in messages."""
    try:
        return Exchange.from_dict(strict_json.loads(file.read_bytes()), source or str(file))
    except BadResponse as error:
        raise ConfigError(f"{file}: {error}") from None


class ReplayTransport:
    """Answers from exchanges instead of the network.

    A request is known by method, path and parameters without the ``volatile`` ones and the
    secrets. Several answers for one request come in recorded order, the last one again and again.
    """

    def __init__(self, exchanges: Iterable[Exchange], *, volatile: Iterable[str] = (), name: str = "recording") -> None:
        self._volatile, self._name = frozenset(volatile), name
        self._answers: dict[Key, list[Exchange]] = defaultdict(list)
        for exchange in exchanges:
            if exchange.path is not None:
                self._answers[self._key(exchange.method, exchange.path, exchange.params)].append(exchange)

    def send(self, request: Request) -> Reply:
        key = self._key(request.method, request.path, request.params)
        answers = self._answers.get(key)
        if not answers:
            query = "&".join(f"{name}={value}" for name, value in key[2])
            raise ConfigError(
                f"{self._name} holds no answer to {request.method} {request.path}?{query}; record it again"
            )
        return (answers.pop(0) if len(answers) > 1 else answers[0]).reply()

    def close(self) -> None:
        """Nothing is open."""

    def _key(self, method: str, path: str, params: Iterable[tuple[str, str]]) -> Key:
        kept = ((name, value) for name, value in params if name not in self._volatile and not is_secret(name))
        return method.upper(), path, tuple(sorted(kept))


class RecordingTransport:
    """Passes requests on and writes each exchange, redacted, as the next numbered file of a folder."""

    def __init__(self, inner: Transport, folder: Path, *, secrets: Iterable[SecretStr] = ()) -> None:
        self._inner, self._folder, self._secrets = inner, folder, tuple(secrets)
        folder.mkdir(parents=True, exist_ok=True)
        self._number = max(
            (int(file.name.split("-")[0]) for file in folder.glob("[0-9][0-9][0-9][0-9]*-*.json")), default=0
        )

    def send(self, request: Request) -> Reply:
        reply = self._inner.send(request)
        self._number += 1
        name = re.sub(r"[^\w.-]+", "-", request.path.rsplit("/", 1)[-1])[:60] or "root"
        text = _dumped(self._written(request, reply))
        for secret in self._secrets:
            if secret.get_secret_value():
                text = text.replace(json.dumps(secret.get_secret_value(), ensure_ascii=False)[1:-1], REDACTED)
        file = self._folder / f"{self._number:04d}-{name}.json"
        file.write_text(text + "\n", encoding="utf-8")
        return reply

    def close(self) -> None:
        self._inner.close()

    @staticmethod
    def _written(request: Request, reply: Reply) -> dict[str, Any]:
        params: dict[str, str | list[str]] = {}
        for name, value in redact_params(request.params):
            had = params.get(name)
            params[name] = value if had is None else [*(had if isinstance(had, list) else [had]), value]
        try:
            body = redact_json(strict_json.loads(reply.body))
        except BadResponse:
            body = redact_json(reply.body.decode(errors="replace"))
        return {
            "request": {
                "method": request.method,
                "path": request.path,
                "params": params,
                "host": urlsplit(request.url).hostname,
            },
            "response": {"status": reply.status, "headers": redact_headers(reply.headers), "body": body},
        }


def transport_for(
    *,
    record: Path | None = None,
    replay: Path | None = None,
    limits: Limits | None = None,
    volatile: Iterable[str] = (),
    secrets: Iterable[SecretStr] = (),
) -> Transport:
    """Choose the transport: the network, a recording of it (``record``), or a recording instead of it (``replay``)."""
    if record and replay:
        raise ConfigError("`record` and `replay` exclude each other; take one of them out")
    if replay:
        return ReplayTransport(load_exchanges(replay), volatile=volatile, name=str(replay))
    network = NetworkTransport(limits)
    return RecordingTransport(network, record, secrets=secrets) if record else network


def _dumped(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    # A lone surrogate can only be written escaped.
    return text if all(not "\ud800" <= character <= "\udfff" for character in text) else json.dumps(value, indent=1)


def _pairs(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, str(value)) for name, item in params.items() for value in (item if isinstance(item, list) else [item])
    )
