"""Accounts on platforms, their latest face and the handles they have had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select
from sqlalchemy.sql.elements import ColumnElement

from socialcrm.model import Post, Profile
from socialcrm.store.base import Item, ProfileState
from socialcrm.store.decisions import current_links, ruled_out
from socialcrm.store.engine import Database, instant
from socialcrm.store.rows import Values, by_platform, indexable, parse_profile
from socialcrm.store.schema import handles, posts, profiles
from socialcrm.store.statements import change, literal, upsert

_RELEVANT = ("handle", "display_name", "bio", "urls", "location", "lang", "verified", "email", "created_at")
_EMPTY: tuple[object, ...] = ("", (), None)

_KNOWN = select(profiles.c.platform, profiles.c.id, profiles.c.payload, profiles.c.matched).where(
    profiles.c.ws == bindparam("ws"),
    profiles.c.platform == bindparam("platform"),
    profiles.c.id.in_(bindparam("ids", expanding=True)),
)


def save_profiles(connection: Connection, ws: int, items: Iterable[Item], now: int) -> int:
    """Store the authors and profiles of a page; returns how many are new or differ.

    A `Profile` item is the whole truth and replaces what was known. An author inside a post is often
    cut short by the platform, so it only fills in and overwrites: its empty fields say nothing.
    """
    faces = _by_account(items)
    known = _load(connection, ws, faces)
    new: list[Values] = []
    changed: list[Values] = []
    renamed: list[Values] = []
    for key, shown in faces.items():
        row = known.get(key)
        before = parse_profile(row.payload) if row else None
        after = _fold(before, shown)
        if before == after:
            continue
        place = {"ws": ws, "platform": key[0]}
        face = {
            "handle_key": indexable(after.handle.casefold()),
            "payload": after.model_dump_json(exclude_defaults=True),
        }
        if row is None or before is None:
            new.append({**place, "id": key[1], **face, "kept": 0, "matched": ""})
        else:
            same = all(getattr(before, name) == getattr(after, name) for name in _RELEVANT)
            where = {"b_ws": ws, "b_platform": key[0], "b_id": key[1]}
            changed.append({**where, **face, "matched": row.matched if same else ""})
        if after.handle and (before is None or before.handle != after.handle):
            renamed.append({**place, "profile_id": key[1], "handle": indexable(after.handle), "seen_at": now})
    if new:
        connection.execute(insert(profiles), new)
    change(connection, profiles, changed)
    upsert(connection, handles, renamed)
    return len(new) + len(changed)


def _by_account(items: Iterable[Item]) -> dict[tuple[str, str], list[tuple[Profile, bool]]]:
    faces: dict[tuple[str, str], list[tuple[Profile, bool]]] = {}
    for item in items:
        whole = isinstance(item, Profile)
        profile = item if isinstance(item, Profile) else item.author if isinstance(item, Post) else None
        if profile is None:
            continue
        shown = faces.setdefault((profile.platform, profile.id), [])
        if not shown or shown[-1][0] is not profile:
            shown.append((profile, whole))
    return faces


def _fold(before: Profile | None, shown: Sequence[tuple[Profile, bool]]) -> Profile:
    face = before
    for profile, whole in shown:
        if whole or face is None:
            face = profile
        elif face != profile:
            told = {name: value for name, value in profile if value not in _EMPTY}
            face = face.model_copy(update=told)
    assert face is not None  # noqa: S101 - every account in the mapping was shown at least once
    return face


def load_profiles(connection: Connection, ws: int, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Profile]:
    """Read profiles by (platform, id); those not stored are left out."""
    return {key: parse_profile(row.payload) for key, row in _load(connection, ws, keys).items()}


def _load(connection: Connection, ws: int, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for platform, ids in by_platform(keys):
        for row in connection.execute(_KNOWN, {"ws": ws, "platform": platform, "ids": ids}):
            found[row.platform, row.id] = row
    return found


class SqlProfiles:
    """The accounts of a workspace."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, platform: str, profile_id: str) -> Profile | None:
        """Return an account as it was last seen."""
        statement = select(profiles.c.payload).where(
            profiles.c.ws == self._db.ws, profiles.c.platform == platform, profiles.c.id == profile_id
        )
        with self._db.read() as connection:
            payload = connection.scalar(statement)
        return parse_profile(payload) if payload else None

    def find(self, reference: str) -> list[Profile]:
        """Return profiles whose id or present handle is ``reference``.

        ``@handle``, ``handle``, the id, and each of them with ``platform:`` before it are understood.
        """
        found: dict[tuple[str, str], str] = {}
        platform, separator, rest = reference.partition(":")
        with self._db.read() as connection:
            for name, limit in ((reference, ()), (rest, (profiles.c.platform == platform,))):
                if name and (name == reference or separator):
                    found.update(self._named(connection, name, limit))
        return [parse_profile(payload) for payload in found.values()]

    def with_email(self, email: str) -> list[Profile]:
        """Return the accounts for which a platform gave this address; reads every profile."""
        wanted = email.strip().casefold()
        held = profiles.c.payload.contains('"email":', autoescape=True)
        statement = select(profiles.c.payload).where(profiles.c.ws == self._db.ws, held)
        with self._db.read() as connection:
            found = map(parse_profile, connection.scalars(statement))
            return [profile for profile in found if profile.email.casefold() == wanted]

    def _named(
        self, connection: Connection, name: str, limit: tuple[ColumnElement[bool], ...]
    ) -> dict[tuple[str, str], str]:
        bare = name.removeprefix("@")
        found: dict[tuple[str, str], str] = {}
        spelt = [indexable(bare.casefold()), indexable(f"@{bare.casefold()}")]
        for condition in (profiles.c.id == name, profiles.c.handle_key.in_(spelt)):
            statement = select(profiles.c.platform, profiles.c.id, profiles.c.payload).where(
                profiles.c.ws == self._db.ws, condition, *limit
            )
            found.update({(row.platform, row.id): row.payload for row in connection.execute(statement)})
        return found

    def handles(self, platform: str, profile_id: str) -> list[tuple[str, datetime]]:
        """Return the handles an account has had, with when each was first seen, oldest first."""
        statement = (
            select(handles.c.handle, handles.c.seen_at)
            .where(handles.c.ws == self._db.ws, handles.c.platform == platform, handles.c.profile_id == profile_id)
            .order_by(handles.c.seen_at)
        )
        with self._db.read() as connection:
            return [(row.handle, instant(row.seen_at)) for row in connection.execute(statement)]

    def unmatched(self, token: str, limit: int) -> list[ProfileState]:
        """Return profiles with kept posts, last matched under another token or changed since."""
        with self._db.read() as connection:
            # Two ranges of the index instead of one inequality, which would read every matched profile.
            rows = self._matched(connection, profiles.c.matched < token, limit)
            rows += self._matched(connection, profiles.c.matched > token, limit - len(rows))
            keys = [(row.platform, row.id) for row in rows]
            current = current_links(connection, self._db.ws, keys)
            rejected = ruled_out(connection, self._db.ws, keys)
        return [
            ProfileState(
                profile=parse_profile(row.payload),
                current=current.get((row.platform, row.id)),
                rejected=frozenset(rejected.get((row.platform, row.id), ())),
            )
            for row in rows
        ]

    def _matched(self, connection: Connection, other: ColumnElement[bool], limit: int) -> list[Any]:
        kept = exists().where(
            posts.c.ws == profiles.c.ws,
            posts.c.platform == profiles.c.platform,
            posts.c.subject == profiles.c.id,
            posts.c.keep,
            posts.c.deleted_at.is_(None),
        )
        statement = (
            select(profiles.c.platform, profiles.c.id, profiles.c.payload)
            .where(profiles.c.ws == self._db.ws, profiles.c.kept == literal(1), other, kept)
            .order_by(profiles.c.matched, profiles.c.platform, profiles.c.id)
            .limit(limit)
        )
        return list(connection.execute(statement)) if limit > 0 else []
