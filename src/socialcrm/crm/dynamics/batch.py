"""OData batches: several change sets in one request, each of them all or nothing, and the answer to each.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import uuid4

from socialcrm.errors import BadResponse
from socialcrm.http import strict_json

_STATUS = re.compile(r"HTTP/1\.[01] (\d{3})")
_CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of a change set."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to a change set: that of its first operation, or the one failure that undid all of them."""

    status: int
    headers: Mapping[str, str]
    json: Any = field(repr=False)


def packed(change_sets: Sequence[Sequence[Operation]]) -> tuple[bytes, str]:
    """Write a batch; returns the body and its content type. The body is ASCII, so no text can end a part."""
    batch = f"batch_{uuid4().hex}"
    lines: list[str] = []
    for operations in change_sets:
        inner = f"changeset_{uuid4().hex}"
        lines += [f"--{batch}", f"Content-Type: multipart/mixed; boundary={inner}", ""]
        for number, one in enumerate(operations, start=1):
            lines += [f"--{inner}", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
            lines += [f"Content-ID: {number}", "", f"{one.method} {one.path} HTTP/1.1"]
            lines += [f"{name}: {value}" for name, value in one.headers.items()]
            if one.body is not None:
                lines += ["Content-Type: application/json; charset=utf-8", "", json.dumps(one.body)]
            else:
                lines += ["", ""]
        lines += [f"--{inner}--", ""]
    lines += [f"--{batch}--", ""]
    return _CRLF.join(lines).encode("ascii"), f"multipart/mixed; boundary={batch}"


def unpacked(headers: Mapping[str, str], body: bytes) -> list[Part]:
    """Read the answer to a batch, one part for each change set, in order; raises `BadResponse` for anything else."""
    kind = headers.get("content-type", "")
    if not kind.lower().startswith("multipart/mixed"):
        raise BadResponse("the answer to a batch is no batch")
    try:
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace") + body)
        parts = message.get_payload()
        if not isinstance(parts, list):
            raise BadResponse("the answer to a batch has no parts")
        return [_part(part) for part in parts if isinstance(part, Message)]
    except RecursionError:
        raise BadResponse("the answer to a batch is nested too deeply") from None


def _part(part: Message) -> Part:
    inner = part.get_payload()
    if isinstance(inner, list):
        found = [_part(one) for one in inner if isinstance(one, Message)]
        if not found:
            raise BadResponse("a part of the answer to a batch is empty")
        return next((one for one in found if one.status >= 400), found[0])
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *named = head.decode("utf-8", "replace").split("\n")
    status = _STATUS.match(first)
    if status is None:
        raise BadResponse("a part of the answer to a batch has no status")
    pairs = (line.partition(":") for line in named)
    found_headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Part(int(status[1]), found_headers, strict_json.loads(body) if body.strip() else None)
