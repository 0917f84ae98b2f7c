"""One call to the API: what came, checked as far as every resource checks it, and how answers are written."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.records import Row
from socialcrm.testing.salesforce.values import shown
from socialcrm.testing.salesforce.writing import Writer
from socialcrm.testing.server import Answer, Asked

MAX_HEAD = 16 * 1024
"""URI and headers together (limits cheat sheet): 414 where the URI alone is longer, 431 where both are."""


@dataclass
class Call:
    """A request to ``/services/data/v{version}{path}``."""

    org: Org
    method: str
    version: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    writer: Writer
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"/services/data/v{self.version}"

    def json(self) -> Any:
        """The body as JSON; raises ``JSON_PARSER_ERROR`` for what a strict parser refuses."""
        if not self.headers.get("content-type", "").lower().startswith("application/json"):
            raise ApiError("UNSUPPORTED_MEDIA_TYPE", "Content type not supported; use application/json")
        try:
            found = json.loads(self.body.decode(), parse_constant=_no_constant, parse_float=_finite)
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ApiError("JSON_PARSER_ERROR", "Unexpected character in the body, or a text that is no text") from None
        return found

    def object(self) -> dict[str, Any]:
        """The body as one JSON object."""
        found = self.json()
        if not isinstance(found, dict):
            raise ApiError("JSON_PARSER_ERROR", "The HTTP entity body is required to be an object")
        return found

    def url_of(self, object_name: str, record_id: str) -> str:
        return f"{self.root}/sobjects/{object_name}/{record_id}"

    def record(self, object_name: str, row: Row, fields: list[str]) -> dict[str, Any]:
        """A record as reads give it."""
        head = {"attributes": {"type": object_name, "url": self.url_of(object_name, str(row["Id"]))}}
        return head | {name: shown(row.get(name)) for name in fields}


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by name in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def too_long(asked: Asked) -> Answer | None:
    """The web server's own page for a request line, or for that and headers, that are too long."""
    query = sum(len(quote(name)) + len(quote(value)) + 2 for name, value in asked.params)
    uri = len(asked.path) + query
    head = uri + sum(len(name) + len(value) + 4 for name, value in asked.headers.items())
    if head <= MAX_HEAD:
        return None
    status, why = (414, "URI Too Long") if uri > MAX_HEAD else (431, "Request Header Fields Too Large")
    page = f"<h1>Bad Message {status}</h1><pre>reason: {why}</pre>"
    return Answer(status, {"Content-Type": "text/html;charset=iso-8859-1"}, page.encode())


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON as this server sends it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"Content-Type": "application/json;charset=UTF-8", **named}, json.dumps(body).encode())


def nothing(status: int = 204) -> Answer:
    """An answer without a body."""
    return Answer(status)


def split_url(url: str) -> tuple[str, str]:
    """The path and the query of a subrequest."""
    parts = urlsplit(url)
    return parts.path, parts.query


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number
