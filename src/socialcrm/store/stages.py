"""Sending posts back to be judged or settled, when something that decides about them changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from socialcrm.store.base import Account
from socialcrm.store.rows import by_platform, chunks
from socialcrm.store.schema import SETTLED, TO_JUDGE, TO_SETTLE, links, posts
from socialcrm.store.statements import literal

_UNSETTLE = (
    update(posts)
    .where(
        posts.c.ws == bindparam("b_ws"),
        posts.c.platform == bindparam("b_platform"),
        posts.c.subject.in_(bindparam("ids", expanding=True)),
        posts.c.stage == literal(SETTLED),
    )
    .values(stage=literal(TO_SETTLE))
)
_REOPEN_ANSWERS = (
    update(posts)
    .where(
        posts.c.ws == bindparam("b_ws"),
        posts.c.platform == bindparam("b_platform"),
        posts.c.in_reply_to.in_(bindparam("ids", expanding=True)),
        posts.c.direction == literal("outbound"),
        posts.c.subject.is_(None),
        posts.c.deleted_at.is_(None),
    )
    .values(stage=literal(TO_JUDGE), account=literal(Account.RECORDED.value), reason=literal(""))
)
_LINKED = select(links.c.platform, links.c.profile_id).where(
    links.c.ws == bindparam("ws"), links.c.contact_id.in_(bindparam("ids", expanding=True))
)


def unsettle(connection: Connection, ws: int, profiles: Iterable[tuple[str, str]]) -> None:
    """Mark the posts on the timelines of these (platform, profile id) to be settled again."""
    for platform, ids in by_platform(profiles):
        connection.execute(_UNSETTLE, {"b_ws": ws, "b_platform": platform, "ids": ids})


def unsettle_contacts(connection: Connection, ws: int, contact_ids: Iterable[str]) -> None:
    """Mark the posts of every profile whose present decision names one of these contacts."""
    for ids in chunks(contact_ids):
        rows = connection.execute(_LINKED, {"ws": ws, "ids": ids}).all()
        unsettle(connection, ws, ((row.platform, row.profile_id) for row in rows))


def reopen_answers(connection: Connection, ws: int, parents: Iterable[tuple[str, str]]) -> None:
    """Put the brand's answers to these posts, as far as they belong to nobody yet, before the judge again."""
    for platform, ids in by_platform(parents):
        connection.execute(_REOPEN_ANSWERS, {"b_ws": ws, "b_platform": platform, "ids": ids})
