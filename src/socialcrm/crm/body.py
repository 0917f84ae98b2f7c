"""A timeline entry as one text, for CRMs whose entries are little more than a text and a date.

::

    Invented: mention from Ann (@ann)

    Where is my bag?

    https://invented.example/post/1
    invented mention · inbound · 2026-03-01T12:00:00.000000Z · Ann (@ann)
    [ref 3f9c… r2 1d0a…]

The last line names the key, the revision and what was said, so that an entry is found again and read
back where the CRM has no field for them. What people write below or above it does no harm; what a post
says stands before it, so no post can forge it: the last line of this form counts.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from socialcrm.model import Interaction, stamp
from socialcrm.text import plain, printable, shorten

GONE = "gone"
"""Stands in place of a digest where the entry was taken back."""

STUB = "An entry was taken back here."
SUBJECT_LIMIT = 255

# How much the subject, the author and the address may take, most generous first; an address is whole or not there.
_FRAMES = ((SUBJECT_LIMIT, 200, 2048), (80, 40, 2048), (40, 20, 100), (20, 0, 0))
_ROOM = 50

_BLANK: dict[str, Any] = {**dict.fromkeys(("subject", "body", "url", "author", "thread", "in_reply_to"), "")}
_REF = re.compile(r"^\[ref (?P<key>[0-9a-f]{64}) r(?P<revision>\d{1,9}) (?P<digest>[0-9a-f]{16}|gone)\]\s*$", re.M)
_FACTS = re.compile(
    r"\A(?P<subject>[^\n]*)\n\n(?P<body>.*)\n\n(?:(?P<url>\S+)\n)?"
    r"(?P<channel>\S+) (?P<kind>\w+) · (?P<direction>\w+) · (?P<at>[\d:.TZ-]+)(?: · (?P<author>[^\n]*))?\n?\Z",
    re.S,
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Marked:
    """What the last line of an entry says of it: its key, its revision, and the digest of what was said."""

    key: str
    revision: int
    digest: str


def digest(entry: Interaction) -> str:
    """Name what an entry says, wherever it stands: equal digests are equal entries."""
    if entry.retracted:
        return GONE
    said = entry.model_dump(mode="json", exclude={"key", "contact_id", "revision", "retracted"})
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def blank(entry: Interaction, *, contact_id: str, revision: int) -> Interaction:
    """The entry without anything that was said."""
    taken = {**_BLANK, "sentiment": None, "contact_id": contact_id, "revision": revision, "retracted": True}
    return entry.model_copy(update=taken)


def compose(entry: Interaction, *, limit: int, render: Callable[[str], str] = str) -> str:
    """Write an entry as a text of at most ``limit`` characters once rendered; the post's own words give way.

    The cut is between graphemes and visible; the address and the last line are always whole. ``render``
    is the form of the CRM: plain, or `as_html`.
    """
    ref = f"[ref {entry.key} r{entry.revision} {digest(entry)}]"
    if entry.retracted:
        return render(f"{STUB}\n\n{ref}")
    said = printable(entry.body)
    for sizes in _FRAMES:
        head, tail = _frame(entry, ref, *sizes)
        if len(render(f"{head}\n\n{tail}")) + _ROOM <= limit:
            break

    def whole(length: int) -> str:
        return render(f"{head}\n\n{shorten(said, length)}\n\n{tail}")

    fits, beyond = 0, min(len(said), limit) + 1
    if len(text := whole(beyond - 1)) <= limit:
        return text
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        fits, beyond = (middle, beyond) if len(whole(middle)) <= limit else (fits, middle)
    return whole(fits)


def _frame(entry: Interaction, ref: str, subject_limit: int, author_limit: int, url_limit: int) -> tuple[str, str]:
    facts = f"{entry.channel} {entry.kind.value} · {entry.direction.value} · {stamp(entry.occurred_at)}"
    head = subject(entry, subject_limit) or facts
    author, url = shorten(line(entry.author), author_limit), "".join(printable(entry.url).split())
    signed = f"{facts} · {author}" if author else facts
    return head, "\n".join(filter(None, (url if len(url) <= url_limit else "", signed, ref)))


def subject(entry: Interaction, limit: int = SUBJECT_LIMIT) -> str:
    """The subject on one line, cut between graphemes."""
    return shorten(line(entry.subject), limit)


def line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(printable(text).split())


def as_html(text: str) -> str:
    """Write plain text as HTML in which nothing of it is markup; an address of ours on a line becomes a link."""
    return "<br>".join(map(_html_line, text.split("\n")))


def _html_line(text: str) -> str:
    shown = html.escape(text)
    return f'<a href="{shown}">{shown}</a>' if re.fullmatch(r"https?://[^\s<>\"']+", text) else shown


def without_astral(text: str) -> str:
    """Replace characters that a CRM on three-byte UTF-8 refuses, emoji above all, by a visible stand-in."""
    return _ASTRAL.sub("\ufffd", text)


def marked(text: str) -> Marked | None:
    """Read the last line of ours in a text, plain or HTML; ``None`` where it holds none."""
    lines = list(_REF.finditer(_plain(text)))
    return Marked(lines[-1]["key"], int(lines[-1]["revision"]), lines[-1]["digest"]) if lines else None


def read(text: str, *, contact_id: str) -> Interaction | None:
    """Read an entry back from its text; ``None`` for what is not ours, was taken back, or was changed by people."""
    ours, shown = marked(text), _plain(text)
    if ours is None or ours.digest == GONE:
        return None
    facts = _FACTS.match(shown[: shown.rindex(f"[ref {ours.key}")])
    if facts is None:
        return None
    try:
        return Interaction(
            key=ours.key,
            contact_id=contact_id,
            occurred_at=facts["at"],
            channel=facts["channel"],
            kind=facts["kind"],
            direction=facts["direction"],
            subject=facts["subject"],
            body=facts["body"],
            url=facts["url"] or "",
            author=facts["author"] or "",
            revision=ours.revision,
        )
    except ValidationError:
        return None


def _plain(text: str) -> str:
    return plain(text) if "<br" in text.lower() or "</p>" in text.lower() else text.replace("\r\n", "\n")
