"""From an interaction to the fields of a record, and back: only the fields that are ours."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from socialcrm.crm.salesforce.connection import Row
from socialcrm.crm.salesforce.ids import long_id, prefix
from socialcrm.crm.salesforce.layout import Column, Layout
from socialcrm.model import Direction, Interaction, Kind
from socialcrm.text import clean, printable, shorten

LEAD = "00Q"
GONE = "Removed post"
_RULE = "\n\n—\n"
_POSTED = "Posted "
_TEXTS = frozenset({"string", "textarea", "combobox", "url", "picklist", "email", "phone", "encryptedstring"})
_BREAKS = re.compile(r"\r\n?")
_BEYOND = re.compile("[^\t\n\x20-\x7e\xa0-\uffff]")
_PROVIDERS = {"x": "Twitter", "twitter": "Twitter", "facebook": "Facebook"}

Record = dict[str, Any]


def write(entry: Interaction, contact: str | None, layout: Layout, *, plain: bool = False) -> Record:
    """Make the record of an entry, every part of it in its field; ``plain`` leaves out what is beyond the BMP.

    A retracted entry carries nothing of the post. Without a ``contact`` the one that stands is left alone.
    """
    record: Record = {}
    for part, column in layout.columns.items():
        if part in _WRITERS:
            value = _WRITERS[part](entry, layout)
            record[column.name] = fitted(value, column, plain=plain) if isinstance(value, str) else value
    record[layout.columns["digest"].name] = _digest(record)
    if contact is not None:
        record |= _owner(contact, layout)
    return record


def erased(layout: Layout) -> Record:
    """The record of an entry that never was: everything of ours but the key is emptied.

    A lookup of a custom object may be required; whom a task or an event is for, never is.
    """
    record: Record = {column.name: None for part, column in layout.columns.items() if part in _EMPTIED}
    if layout.columns["contact"].name == "WhoId":
        record["WhoId"] = None
    record[layout.columns["subject"].name] = GONE
    if layout.columns["retracted"].type == "boolean":
        record[layout.columns["retracted"].name] = False
    return record


def read(row: Row, layout: Layout) -> Interaction:
    """Make the interaction of a record that `write` made."""

    def of(part: str) -> Any:
        column = layout.columns.get(part)
        return None if column is None else row.get(column.name)

    body, link = _said(_text(of("body")))
    contact = of("contact") or of("lead")
    return Interaction(
        key=_text(of("key")).lower(),
        contact_id=long_id(_text(contact)) or "-",
        occurred_at=instant(of("occurred")) or datetime(1970, 1, 1, tzinfo=UTC),
        channel=_text(of("channel")),
        kind=_member(Kind, of("kind"), Kind.OTHER),
        direction=_member(Direction, of("direction"), Direction.INBOUND),
        subject=_text(of("subject")),
        body=body,
        url=_text(of("url")) or link,
        author=_text(of("author")),
        thread=_text(of("thread")),
        in_reply_to=_text(of("in_reply_to")),
        sentiment=of("sentiment") if isinstance(of("sentiment"), (int, float)) else None,
        priority=_text(of("priority")) or "normal",
        revision=whole(of("revision")),
        retracted=of("retracted") is True,
    )


def fitted(text: str, column: Column, *, plain: bool = False) -> str | None:
    """Bring a text into the form that Salesforce stores unchanged: line feeds, no controls, trimmed, not too long.

    Lengths count UTF-16 units, as Salesforce does; a text is cut between characters. A link that is too
    long is left out: half a link leads nowhere.
    """
    text = printable(_BREAKS.sub("\n", clean(text)))
    if plain:
        text = _BEYOND.sub("\ufffd", text)
    if column.type != "textarea":
        text = " ".join(text.split("\n"))
    text = text.strip()
    if column.type == "url" and column.length and _units(text) > column.length:
        return None
    return cut(text, column.length) or None


def cut(text: str, units: int) -> str:
    """Cut a text to so many UTF-16 units between two characters; 0 is no limit."""
    if not units or len(text) * 2 <= units or _units(text) <= units:
        return text
    room, count = units, 0
    for character in text:
        room -= 2 if character > "\uffff" else 1
        if room < 0:
            break
        count += 1
    return shorten(text[: count + 1], count)


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def odd(entry: Interaction) -> bool:
    """Tell whether an entry holds characters that some fields refuse."""
    return any(_BEYOND.search(text) for text in (entry.subject, entry.body, entry.author))


def instant(value: object) -> datetime | None:
    """Read an instant as Salesforce writes it: ``2026-03-01T12:00:00.000+0000``."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None


def written(at: datetime) -> str:
    """Write an instant as Salesforce reads it, in queries too."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def whole(value: object) -> int:
    """Read a number that is a count; what is none is 0."""
    return int(value) if isinstance(value, (int, float)) and 0 <= value < 1e15 else 0


def _body(entry: Interaction, layout: Layout) -> str:
    """The text, then the link and the exact instant; a text that is too long gives way to them."""
    if entry.retracted:
        return ""
    by = f" by {' '.join(entry.author.split())}" if entry.author else ""
    posted = f"{_POSTED}{entry.occurred_at:%Y-%m-%d %H:%M:%S} UTC{by}"
    column = layout.columns["body"]
    foot = "\n".join(filter(None, [entry.url, posted]))
    room = column.length - _units(_RULE + foot) if column.length else 0
    if column.length and room < column.length // 2:
        foot, room = cut(posted, column.length // 4), column.length - column.length // 4 - len(_RULE)
    text = printable(_BREAKS.sub("\n", clean(entry.body))).strip()
    return f"{cut(text, room)}{_RULE}{foot}"


def _said(text: str) -> tuple[str, str]:
    """Take a body apart again: what was said, and the link."""
    said, rule, foot = f"\n\n{text}".rpartition(_RULE)
    if not rule:
        return text, ""
    link = foot.partition("\n")[0]
    return said.removeprefix("\n\n"), "" if link.startswith(_POSTED) else link


def _owner(contact: str, layout: Layout) -> Record:
    """The fields that name the contact; where a lead has a field of its own, the other one is emptied."""
    fields = {part: layout.columns[part].name for part in ("contact", "lead") if part in layout.columns}
    mine = fields.get("lead" if prefix(contact) == LEAD else "contact", fields["contact"])
    return {**dict.fromkeys(fields.values()), mine: contact}


def _digest(record: Mapping[str, Any]) -> str:
    text = json.dumps(record, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(part: str) -> Callable[[Interaction, Layout], Any]:
    return lambda entry, layout: "" if entry.retracted else getattr(entry, part)


_WRITERS: Mapping[str, Callable[[Interaction, Layout], Any]] = {
    "key": lambda entry, layout: entry.key,
    "subject": lambda entry, layout: GONE if entry.retracted else entry.subject or entry.channel or GONE,
    "body": _body,
    "occurred": lambda entry, layout: written(entry.occurred_at),
    "date": lambda entry, layout: entry.occurred_at.astimezone(layout.zone).date().isoformat(),
    "start": lambda entry, layout: written(entry.occurred_at),
    "end": lambda entry, layout: written(entry.occurred_at + timedelta(minutes=1)),
    "channel": lambda entry, layout: entry.channel,
    "kind": lambda entry, layout: entry.kind.value,
    "direction": lambda entry, layout: entry.direction.value,
    "outbound": lambda entry, layout: entry.direction is Direction.OUTBOUND,
    "provider": lambda entry, layout: _PROVIDERS.get(entry.channel, "Other"),
    "url": _shown("url"),
    "author": _shown("author"),
    "thread": _shown("thread"),
    "in_reply_to": _shown("in_reply_to"),
    "sentiment": lambda entry, layout: entry.sentiment if _is_number(entry.sentiment) and not entry.retracted else None,
    "priority": lambda entry, layout: entry.priority,
    "revision": lambda entry, layout: entry.revision,
    "retracted": lambda entry, layout: entry.retracted,
}
_EMPTIED = frozenset(
    {"body", "url", "author", "thread", "in_reply_to", "sentiment", "priority", "channel", "kind", "direction"}
    | {"revision", "digest", "occurred", "date"}
)


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _member(kind: Any, value: object, otherwise: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return otherwise
