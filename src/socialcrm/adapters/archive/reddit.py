"""Reddit's data request: CSV files for comments, posts and messages.

https://support.reddithelp.com/hc/en-us/articles/360043048352
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, named, section
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import text_id
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Visibility

PLATFORM = "reddit"
_GONE = frozenset({"[deleted]", "[removed]"})
_THREAD = re.compile(r"/comments/([a-z0-9]+)")


def _comment(raw: Raw, place: Place) -> Iterator[Item]:
    name = _full("t1_", raw["id"])
    thread = _THREAD.search(raw.get("link") or raw["permalink"])
    root = _full("t3_", thread[1]) if thread else None
    parent = raw.get("parent", "").strip()
    said = raw["body"]
    if said.strip() in _GONE:
        yield Deleted(platform=PLATFORM, id=name)
        return
    yield Post(
        platform=PLATFORM,
        id=name,
        kind=Kind.COMMENT,
        direction=Direction.OUTBOUND,
        author=place.owner,
        text=said,
        created_at=written(raw["date"]),
        url=raw["permalink"],
        conversation_id=root,
        in_reply_to=_full("t1_", parent) if parent else root,
    )


def _post(raw: Raw, place: Place) -> Iterator[Item]:
    name = _full("t3_", raw["id"])
    title, said = raw.get("title", "").strip(), raw.get("body", "")
    if said.strip() in _GONE:
        yield Deleted(platform=PLATFORM, id=name)
        return
    yield Post(
        platform=PLATFORM,
        id=name,
        direction=Direction.OUTBOUND,
        author=place.owner,
        text="\n\n".join(filter(None, (title, said))),
        created_at=written(raw["date"]),
        url=raw["permalink"],
        conversation_id=name,
    )


def _message(raw: Raw, place: Place) -> Iterator[Item]:
    sender = raw["from"].strip()
    own = place.owner is not None and sender.casefold() == place.owner.handle.casefold()
    said = "\n\n".join(filter(None, (raw.get("subject", "").strip(), raw["body"])))
    yield Post(
        platform=PLATFORM,
        id=_full("t4_", raw["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        direction=Direction.OUTBOUND if own else Direction.INBOUND,
        author=place.owner if own else _account(sender),
        text=said,
        created_at=written(raw["date"]),
        url=raw.get("permalink", ""),
        conversation_id=raw.get("thread_id") or None,
    )


def _full(prefix: str, name: str) -> str:
    """A name with the prefix that the live API gives it; the export leaves it out, mostly."""
    name = text_id(name.strip())
    return name if re.match(r"t\d_", name) else prefix + name


def _account(name: str) -> Profile | None:
    """An account by its name: the export has no ids, and an account keeps its name for ever."""
    return Profile(platform=PLATFORM, id=named(PLATFORM, name.casefold()), handle=name) if name else None


_STATISTICS = section(r"statistics\.csv", lambda raw, place: (), form="csv")


class RedditArchive(ArchiveAdapter):
    """Comments, posts and messages of one account."""

    info = AdapterInfo(
        name="reddit-archive",
        title="Reddit data request",
        docs="https://support.reddithelp.com/hc/en-us/articles/360043048352",
        can=frozenset({Capability.OWN_POSTS, Capability.REPLIES, Capability.MESSAGES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    about = identity = (_STATISTICS,)
    sections = (
        section(r"comments\.csv", _comment, form="csv"),
        section(r"posts\.csv", _post, form="csv"),
        section(r"messages(?:_archive)?\.csv", _message, form="csv", private=True),
    )

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        told = {raw.get("statistic", ""): raw.get("value", "") for _, raw in read(_STATISTICS)}
        return {"owner": _account(told.get("account name", "").strip())}
