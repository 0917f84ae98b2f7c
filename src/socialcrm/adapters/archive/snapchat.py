"""Snapchat's "My Data", in JSON: chats only, since nothing public is in it.

https://help.snapchat.com/hc/en-us/articles/7012305371156; snaps and memories carry no words.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, named, owner_alone, section
from socialcrm.adapters.archive.json_stream import whole
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import text
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Kind, Post, Profile, Skipped, Visibility

PLATFORM = "snapchat"


def _chat(raw: Raw, place: Place) -> Iterator[Item]:
    """Read one message; older files split received from sent ones, newer ones have a list for each conversation."""
    if not isinstance(raw, dict) or "Created" not in raw:
        return
    group = place.keys[0] if place.keys else ""
    older = group.endswith("Chat History")
    said = html.unescape(text(raw.get("Text") if older else raw.get("Content")))
    if not said:
        yield Skipped(platform=PLATFORM, reason="a message without words")
        return
    own = group.startswith("Sent") if older else raw.get("IsSender") is True
    who = place.owner if own else _friend(text(raw.get("From")))
    thread = text(raw.get("To") if own else raw.get("From")) if older else group
    at = written(raw["Created"])
    finer = raw.get("Created(microseconds)") or int(at.timestamp())
    yield Post(
        platform=PLATFORM,
        id=named(PLATFORM, thread, finer, own, text(raw.get("From")), said),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        author=who,
        text=said,
        created_at=at,
        conversation_id=thread or None,
    )


def _friend(name: str) -> Profile | None:
    """An account by its user name, which is all that an export has of it."""
    return Profile(platform=PLATFORM, id=name, handle=name) if name else None


_ACCOUNT = section(r"account\.json", owner_alone, into=whole)


class Snapchat(ArchiveAdapter):
    """Saved chats; read only with ``messages = true``."""

    info = AdapterInfo(
        name="snapchat",
        title="Snapchat My Data",
        docs="https://help.snapchat.com/hc/en-us/articles/7012305371156",
        can=frozenset({Capability.MESSAGES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    folders = frozenset({"json"})
    about = identity = (_ACCOUNT,)
    sections = (_ACCOUNT, section(r"chat_history\.json", _chat, private=True))

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        for _, raw in read(_ACCOUNT):
            told = dig(raw, "Basic Information") or {}
            name = text(told.get("Username"))
            if name:
                shown = text(told.get("Name"))
                return {"owner": Profile(platform=PLATFORM, id=name, handle=name, display_name=shown)}
        return {}
