"""Any export, one JSON object per line; also the form in which `socialcrm replay` writes items.

A line is a post, a deletion, a skipped item or a profile, by its ``type``::

    {"type": "post", "platform": "forum", "id": "17", "created_at": "2026-03-01T09:30:00Z",
     "text": "...", "author": {"id": "4", "handle": "ann", "display_name": "Ann"}}
    {"type": "deleted", "platform": "forum", "id": "16"}

The fields are those of `Post` and `Profile`; what a line has besides is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel

from socialcrm.adapters.base import Adapter, AdapterConfig, AdapterInfo, Capability, Item, Page, Raw
from socialcrm.adapters.fields import text_id
from socialcrm.adapters.walks import read_state, write_state
from socialcrm.errors import BadRecord, BadResponse, ConfigError, CursorExpired
from socialcrm.http import strict_json
from socialcrm.http.exchange import Exchange
from socialcrm.model import UNTOLD, Deleted, Engagement, Finding, Post, Profile, Skipped

KINDS: Mapping[str, type[BaseModel]] = {"post": Post, "deleted": Deleted, "skipped": Skipped, "profile": Profile}
NAMES: Mapping[type, str] = {model: name for name, model in KINDS.items()}
LONGEST_LINE = 16 * 1024 * 1024
PAGE = 500
_HEAD = 1024


class JSONLines(Adapter):
    """A file of items, read on from where the last run stopped; only whole lines are read."""

    info = AdapterInfo(
        name="jsonl",
        title="JSON lines",
        docs="https://jsonlines.org/",
        can=frozenset(Capability) - {Capability.RECHECK, Capability.WEBHOOKS},
    )

    class Config(AdapterConfig):
        """``path`` is the file; ``platform`` is that of lines which name none."""

        path: Path
        platform: str = ""

    def streams(self) -> tuple[str, ...]:
        return ("lines",)

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        if stream not in self.streams():
            raise self._unsupported(stream)
        try:
            with self.config.path.open("rb") as file:
                yield from self._pages(file, cursor)
        except OSError as error:
            raise ConfigError(f"{self.label}: {self.config.path}: {error.strerror or 'cannot be read'}") from error

    def check(self) -> Iterator[Finding]:
        readable = self.config.path.is_file()
        remedy = "" if readable else "write the export to this path, or correct `path`"
        yield Finding(ok=readable, what=f"{self.label}: the file {self.config.path}", remedy=remedy)

    def _pages(self, file: BinaryIO, cursor: str | None) -> Iterator[Page]:
        at, line = _resumed(file, cursor)
        file.seek(at)
        items: list[Item] = []
        while data := file.readline(LONGEST_LINE):
            ended, long = data.endswith(b"\n"), len(data) == LONGEST_LINE
            if not ended and not long and not _whole(data):
                break  # the writer is not done with this line; the next run reads it
            line += 1
            if long and not ended:
                _leave_out_rest(file)
                items.append(self._skipped(line, "longer than any post"))
            elif data.strip():
                items.append(self._item(data, line))
            at = file.tell()
            if len(items) >= PAGE:
                yield Page(tuple(items), _place(file, at, line))
                items = []
        if items:
            yield Page(tuple(items), _place(file, at, line))

    def _item(self, data: bytes, line: int) -> Item:
        try:
            raw = strict_json.loads(data)
        except BadResponse:
            return self._skipped(line, "not JSON")
        if isinstance(raw, dict) and self.config.platform:
            raw = {"platform": self.config.platform, **raw}
        item = self.read(raw)
        if isinstance(item, Skipped) and item.platform == self.info.name:
            return self._skipped(line, item.reason, item.id)
        return item

    def _skipped(self, line: int, reason: str, name: str = "") -> Skipped:
        return Skipped(platform=self.config.platform or self.info.name, id=name, reason=f"line {line}: {reason}")

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        kind = raw.get("type", "post")
        model = KINDS.get(kind)
        if model is None:
            raise BadRecord("the type is none of " + ", ".join(KINDS))
        if not raw.get("platform"):
            raise BadRecord("there is no platform, and the configuration names none")
        if model is Profile:
            raw = {**(raw.get("author") or {}), **raw}
        fields = _known(raw, model)
        if isinstance(author := fields.get("author"), dict):
            fields["author"] = _known({"platform": raw["platform"], **author}, Profile)
        if isinstance(engagement := fields.get("engagement"), dict):
            fields["engagement"] = _known(engagement, Engagement)
        return model.model_validate(fields)  # type: ignore[return-value]

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        return []


def to_json(item: Item) -> dict[str, Any]:
    """Write an item the way this adapter reads it: only fields that say something, times in UTC."""
    fields = item.model_dump(mode="json", exclude_defaults=True)
    if isinstance(item, Post):
        if item.created_at == UNTOLD:
            fields.pop("created_at")
        fields |= {"kind": item.kind.value, "direction": item.direction.value, "visibility": item.visibility.value}
    fields = {"type": NAMES[type(item)], "platform": item.platform, **fields}
    if isinstance(item, Profile):
        author = {key: value for key, value in fields.items() if key not in {"type", "platform"}}
        return {"type": "profile", "platform": item.platform, "id": item.id, "author": author}
    if "author" in fields:
        fields["author"].pop("platform", None)
    return fields


def _known(raw: Raw, model: type[BaseModel]) -> dict[str, Any]:
    known = {key: value for key, value in raw.items() if key in model.model_fields and value is not None}
    if "id" in known:
        known["id"] = text_id(known["id"])
    return known


def _whole(data: bytes) -> bool:
    try:
        return isinstance(strict_json.loads(data), dict)
    except BadResponse:
        return False


def _leave_out_rest(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _place(file: BinaryIO, at: int, line: int) -> str:
    return write_state(offset=at, line=line, head=_head(file, at))


def _head(file: BinaryIO, length: int) -> str:
    """A print of the file's beginning: a file that was replaced begins differently, one that grew does not."""
    back = file.tell()
    file.seek(0)
    digest = hashlib.sha256(file.read(min(length, _HEAD))).hexdigest()[:16]
    file.seek(back)
    return digest


def _resumed(file: BinaryIO, cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    state = read_state(cursor)
    try:
        at, line, head = int(state["offset"]), int(state["line"]), state["head"]
    except (ValueError, KeyError, TypeError):
        raise CursorExpired("the stored place cannot be read; the file is read anew") from None
    grown = 0 <= at <= file.seek(0, 2) and _head(file, at) == head
    return (at, line) if grown else (0, 0)
