"""How the state of one post moves: forward only, whatever the order in which it is told.

A wording is as late as it says (``edited_at``, else ``created_at``), but never later than when it was first
seen: a clock that is wrong on the author's side must not outlive a deletion. A tombstone keeps its own
time, also when it arrives first, and a wording later than it is the post come back.
"""

from __future__ import annotations

from enum import Enum

from socialcrm.model import Kind
from socialcrm.store.base import Account
from socialcrm.store.rows import Values
from socialcrm.store.schema import SETTLED, TO_JUDGE, TO_SETTLE

_SECOND = 1_000_000
_WORDING = ("text", "media", "rating")
_REWRITTEN = (*_WORDING, "version", "created_at", "edited_at", "kind", "lang", "visibility", "direction")
_REFRESHED = ("kind", "lang", "visibility", "engagement")
# What a list of posts says where a notification would say more; it never replaces a better name.
_VAGUE = frozenset({"", Kind.POST.value, Kind.OTHER.value})
_FILLED = ("profile", "url", "conversation_id", "in_reply_to", "version")
_JUDGED_BY = ("profile", "in_reply_to")  # what a verdict depends on besides the wording
_GONE: Values = {"text": "", "media": "", "rating": None, "version": "", "url": "", "engagement": "", "sentiment": None}
_BLANK: Values = {
    "text": "", "media": "", "rating": None, "version": "", "created_at": None, "edited_at": None, "kind": "",
    "direction": "", "visibility": "", "profile": None, "url": "", "lang": "", "conversation_id": None,
    "in_reply_to": None, "engagement": "",
}  # fmt: skip
_OURS: Values = {"keep": None, "verdict": "", "subject": None, "judged_lang": "", "sentiment": None, "priority": ""}


class Change(Enum):
    """What a post or a deletion did to the stored state."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"


def first(incoming: Values, now: int) -> Values:
    """Make the row of a post seen for the first time."""
    return {
        **incoming,
        **_OURS,
        "revision": 1,
        "wording_at": min(_told(incoming), now),
        "deleted_at": None,
        "deleted_reason": "",
        "tombstone_at": None,
        "recorded_at": now,
        "stage": TO_JUDGE,
        "account": Account.RECORDED.value,
        "reason": "",
    }


def tombstone(at: int | None, reason: str, now: int) -> Values:
    """Make the row of a post that was deleted before it was ever seen."""
    row = {**_BLANK, **_OURS, "revision": 1, "wording_at": 0, "recorded_at": now}
    row.update(deleted_at=at if at is not None else now, deleted_reason=reason)
    row.update(tombstone_at=_until(at, now), stage=SETTLED, account=Account.GONE.value, reason=reason)
    return row


def apply_post(row: Values, incoming: Values, now: int) -> Change:
    """Move a stored row on by a post, in place."""
    told = _told(incoming)
    if row["deleted_at"] is not None:
        known = row["edited_at"] or row["created_at"]
        if told <= row["tombstone_at"] or (known is not None and told <= known):
            return Change.UNCHANGED
        row.update(deleted_at=None, deleted_reason="")
        return _rewrite(row, incoming, now)
    if _same_wording(row, incoming):
        return _refresh(row, incoming, min(told, now))
    if min(told, now) < row["wording_at"]:
        return Change.UNCHANGED
    return _rewrite(row, incoming, now)


def apply_deletion(row: Values, at: int | None, reason: str, now: int) -> Change:
    """Move a stored row on by a deletion, in place: the text goes at once."""
    until = max(_until(at, now), row["tombstone_at"] or 0)
    if row["deleted_at"] is not None or row["wording_at"] > until:
        moved = until != row["tombstone_at"]
        row["tombstone_at"] = until
        return Change.REFRESHED if moved else Change.UNCHANGED
    row.update(_GONE, deleted_at=at if at is not None else now, deleted_reason=reason, tombstone_at=until)
    row["stage"] = TO_SETTLE
    return Change.DELETED


def _rewrite(row: Values, incoming: Values, now: int) -> Change:
    incoming = {**incoming, "kind": _kind(row, incoming)}
    row.update({name: incoming[name] for name in _REWRITTEN})
    row.update({name: incoming[name] for name in (*_FILLED, "engagement") if incoming[name]})
    row.update(revision=row["revision"] + 1, wording_at=min(_told(incoming), now))
    row.update(stage=TO_JUDGE, account=Account.RECORDED.value, reason="")
    return Change.EDITED


def _refresh(row: Values, incoming: Values, order: int) -> Change:
    before = dict(row)
    incoming = {**incoming, "kind": _kind(row, incoming)}
    row.update({name: incoming[name] for name in _REFRESHED if incoming[name]})
    row.update({name: incoming[name] for name in _FILLED if incoming[name] and not row[name]})
    row["wording_at"] = max(row["wording_at"], order)
    if (incoming["edited_at"] or 0) > (row["edited_at"] or 0):
        row["edited_at"] = incoming["edited_at"]
    if any(row[name] != before[name] for name in _JUDGED_BY):
        row.update(stage=TO_JUDGE, account=Account.RECORDED.value, reason="")
    return Change.UNCHANGED if row == before else Change.REFRESHED


def _kind(row: Values, incoming: Values) -> str:
    told = incoming["kind"]
    return str(row["kind"] or told if told in _VAGUE else told)


def _same_wording(row: Values, incoming: Values) -> bool:
    if row["version"] and incoming["version"]:
        return bool(row["version"] == incoming["version"])
    return all(row[name] == incoming[name] for name in _WORDING)


def _told(incoming: Values) -> int:
    return int(incoming["edited_at"] or incoming["created_at"])


def _until(at: int | None, now: int) -> int:
    # A time in whole seconds covers its second: platforms cut the time of a deletion, not that of a post.
    if at is None or at >= now:
        return now
    return at + _SECOND - 1 if at % _SECOND == 0 else at
