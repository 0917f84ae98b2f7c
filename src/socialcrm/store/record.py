"""One page, one transaction: posts, profiles, deletions, skipped items and the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from socialcrm.model import Deleted, Post, Profile, Skipped
from socialcrm.store import cursors
from socialcrm.store.base import Item, PageCounts, PageRecord
from socialcrm.store.engine import Database, micros
from socialcrm.store.profiles import save_profiles
from socialcrm.store.revisions import Change, apply_deletion, apply_post, first, tombstone
from socialcrm.store.rows import Values, by_platform, chunks, indexable, post_values
from socialcrm.store.schema import NEVER_AGAIN, posts, skipped
from socialcrm.store.stages import reopen_answers
from socialcrm.store.statements import add_up, change, upsert
from socialcrm.store.suppression import Mark, SqlSuppression, marks_of
from socialcrm.text import shorten

Key = tuple[str, str]

_MOVING = (
    "text", "media", "rating", "version", "revision", "created_at", "edited_at", "wording_at", "deleted_at",
    "deleted_reason", "tombstone_at", "kind", "direction", "visibility", "profile", "url", "lang",
    "conversation_id", "in_reply_to", "engagement", "stage", "account", "reason", "sentiment",
)  # fmt: skip
_KNOWN = select(posts.c.pk, posts.c.platform, posts.c.id, *(posts.c[name] for name in _MOVING)).where(
    posts.c.ws == bindparam("ws"),
    posts.c.platform == bindparam("platform"),
    posts.c.id.in_(bindparam("ids", expanding=True)),
)
_SEEN = update(posts).where(posts.c.pk.in_(bindparam("pks", expanding=True))).values(checked_at=bindparam("now"))
_COUNTED = {Change.NEW: "new", Change.EDITED: "edited", Change.DELETED: "deleted"}


def record(db: Database, suppression: SqlSuppression, page: PageRecord) -> PageCounts:
    """Commit a page, or nothing of it."""
    counts = PageCounts()
    with db.write() as connection:
        now = db.now()
        items = _allowed(connection, suppression, page.items)
        counts.suppressed = len(page.items) - len(items)
        counts.profiles = save_profiles(connection, db.ws, items, now)
        fold = _Fold(page.source, now, counts)
        fold.load(connection, db.ws, items)
        for item in items:
            fold.take(item)
        fold.save(connection, db.ws)
        counts.skipped = _skip(connection, db.ws, page, items)
        if page.cursor is not None:
            cursors.save(connection, db.ws, page.source, page.stream, page.cursor, now)
    return counts


def _allowed(connection: Connection, suppression: SqlSuppression, items: Sequence[Item]) -> Sequence[Item]:
    if not suppression.active(connection):
        return items
    marks: list[list[Mark]] = [marks_of(owner) if (owner := _owner(item)) else [] for item in items]
    hits = suppression.covered(connection, {mark for some in marks for mark in some})
    return [item for item, some in zip(items, marks, strict=True) if hits.isdisjoint(some)]


def _owner(item: Item) -> Profile | None:
    if isinstance(item, Profile):
        return item
    return item.author if isinstance(item, Post) else None


class _Fold:
    """The posts of one page, folded one after the other into what is stored, and written at the end."""

    def __init__(self, source: str, now: int, counts: PageCounts) -> None:
        self._source = source
        self._now = now
        self._counts = counts
        self._rows: dict[Key, Values] = {}
        self._touched: set[Key] = set()
        self._parents: set[Key] = set()

    def load(self, connection: Connection, ws: int, items: Sequence[Item]) -> None:
        keys = ((item.platform, item.id) for item in items if isinstance(item, Post | Deleted))
        for platform, ids in by_platform(keys):
            for row in connection.execute(_KNOWN, {"ws": ws, "platform": platform, "ids": ids}):
                self._rows[platform, row.id] = dict(row._mapping)

    def take(self, item: Item) -> None:
        if isinstance(item, Post):
            done = self._post(item)
        elif isinstance(item, Deleted):
            done = self._deletion(item)
        else:
            return
        name = _COUNTED.get(done, "unchanged")
        setattr(self._counts, name, getattr(self._counts, name) + 1)
        if done is not Change.UNCHANGED:
            self._touched.add((item.platform, item.id))

    def _post(self, post: Post) -> Change:
        key, values = (post.platform, post.id), post_values(post)
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = first(values, self._now)
            self._parents.add(key)
            return Change.NEW
        known = row["profile"]
        done = apply_post(row, values, self._now)
        if row["profile"] != known or done is Change.EDITED:
            self._parents.add(key)
        return done

    def _deletion(self, deleted: Deleted) -> Change:
        key = (deleted.platform, deleted.id)
        at = micros(deleted.at) if deleted.at else None
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = tombstone(at, deleted.reason, self._now)
            return Change.DELETED
        return apply_deletion(row, at, deleted.reason, self._now)

    def save(self, connection: Connection, ws: int) -> None:
        new: list[Values] = []
        moved: list[Values] = []
        seen: list[int] = []
        for key, row in self._rows.items():
            checked_at = self._now if row["deleted_at"] is None else NEVER_AGAIN
            if "pk" not in row:
                place = {"ws": ws, "platform": key[0], "id": key[1], "source": self._source}
                new.append({**place, **row, "checked_at": checked_at})
            elif key in self._touched:
                moving = {name: row[name] for name in _MOVING}
                moved.append({"b_pk": row["pk"], **moving, "checked_at": checked_at})
            elif checked_at:
                seen.append(row["pk"])
        if new:
            connection.execute(insert(posts), new)
        change(connection, posts, moved)
        for pks in chunks(seen):
            connection.execute(_SEEN, {"pks": pks, "now": self._now})
        reopen_answers(connection, ws, (key for key in self._parents if self._rows[key]["profile"] is not None))


def _skip(connection: Connection, ws: int, page: PageRecord, items: Sequence[Item]) -> int:
    """Count items that are no posts: those with an id once per reason, the others each time."""
    times: dict[tuple[str, str], int] = {}
    found = [item for item in items if isinstance(item, Skipped)]
    for item in found:
        name = indexable(f"{item.platform}:{item.id}") if item.id else ""
        reason = shorten(item.reason, 200)
        times[reason, name] = 1 if name else times.get((reason, name), 0) + 1
    rows = [
        {"ws": ws, "source": page.source, "stream": page.stream, "reason": reason, "item": name, "times": n}
        for (reason, name), n in times.items()
    ]
    upsert(connection, skipped, [row for row in rows if row["item"]])
    add_up(connection, skipped, "times", [row for row in rows if not row["item"]])
    return len(found)
