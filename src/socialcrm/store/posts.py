"""Posts, what was judged of them and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from socialcrm.model import Direction, Kind
from socialcrm.store.base import Account, PageCounts, PageRecord, StoredPost, Verdict
from socialcrm.store.engine import Database, micros
from socialcrm.store.record import record
from socialcrm.store.rows import by_platform, chunks, indexable, stored, stored_select
from socialcrm.store.schema import NEVER_AGAIN, TO_JUDGE, TO_SETTLE, interactions, posts, profiles, skipped
from socialcrm.store.stages import reopen_answers
from socialcrm.store.statements import literal
from socialcrm.store.suppression import SqlSuppression

_UNJUDGED = (
    stored_select()
    .where(posts.c.ws == bindparam("ws"), posts.c.stage == literal(TO_JUDGE))
    .order_by(posts.c.pk)
    .limit(bindparam("n"))
)
# A verdict on a wording that was edited meanwhile says nothing; one on a post deleted meanwhile does no harm.
_JUDGE = (
    update(posts)
    .where(
        posts.c.ws == bindparam("b_ws"),
        posts.c.platform == bindparam("b_platform"),
        posts.c.id == bindparam("b_id"),
        or_(bindparam("b_revision", 0) == literal(0), posts.c.revision == bindparam("b_revision", 0)),
    )
    .values(
        stage=literal(TO_SETTLE),
        keep=bindparam("v_keep"),
        verdict=bindparam("v_reason"),
        subject=bindparam("v_subject"),
        judged_lang=bindparam("v_lang"),
        sentiment=bindparam("v_sentiment"),
        priority=bindparam("v_priority"),
    )
)
_KEEP = (
    update(profiles)
    .where(
        profiles.c.ws == bindparam("b_ws"),
        profiles.c.platform == bindparam("b_platform"),
        profiles.c.id.in_(bindparam("ids", expanding=True)),
        profiles.c.kept == 0,
    )
    .values(kept=literal(1))
)
_CHECKED = (
    update(posts)
    .where(
        posts.c.ws == bindparam("b_ws"),
        posts.c.platform == bindparam("b_platform"),
        posts.c.id.in_(bindparam("ids", expanding=True)),
        posts.c.checked_at != NEVER_AGAIN,
    )
    .values(checked_at=bindparam("now"))
)


class SqlPosts:
    """The posts of one workspace."""

    def __init__(self, db: Database, suppression: SqlSuppression) -> None:
        self._db = db
        self._suppression = suppression

    def record(self, page: PageRecord) -> PageCounts:
        """Commit a page's posts, profiles, deletions and cursor together, or nothing."""
        return record(self._db, self._suppression, page)

    def unjudged(self, limit: int) -> list[StoredPost]:
        """Return living posts that wait for the judge, in the order in which they were first recorded."""
        with self._db.read() as connection:
            return [stored(row) for row in connection.execute(_UNJUDGED, {"ws": self._db.ws, "n": limit})]

    def judge(self, verdicts: Sequence[Verdict]) -> None:
        """Keep what the judge says; the posts then wait to be settled."""
        ws = self._db.ws
        values = [
            {
                "b_ws": ws,
                "b_platform": verdict.platform,
                "b_id": verdict.post_id,
                "b_revision": verdict.revision,
                "v_keep": verdict.keep,
                "v_reason": verdict.reason,
                "v_subject": verdict.subject,
                "v_lang": verdict.lang,
                "v_sentiment": verdict.sentiment,
                "v_priority": verdict.priority,
            }
            for verdict in verdicts
        ]
        kept = {(verdict.platform, verdict.subject) for verdict in verdicts if verdict.keep and verdict.subject}
        with self._db.write() as connection:
            if values:
                connection.execute(_JUDGE, values)
            for platform, ids in by_platform((platform, str(subject)) for platform, subject in kept):
                connection.execute(_KEEP, {"b_ws": ws, "b_platform": platform, "ids": ids})
            # An answer to the brand's own answer belongs where that one belongs, which is known only now.
            owned = ((verdict.platform, verdict.post_id) for verdict in verdicts if verdict.subject)
            reopen_answers(connection, ws, owned)

    def unjudge(self) -> int:
        """Put every living post before the judge again, after a change of rules; returns how many."""
        again = (
            update(posts)
            .where(posts.c.ws == self._db.ws, posts.c.deleted_at.is_(None), posts.c.stage != TO_JUDGE)
            .values(stage=TO_JUDGE, account=Account.RECORDED.value, reason="")
        )
        with self._db.write() as connection:
            return connection.execute(again).rowcount

    def get(self, platform: str, post_id: str) -> StoredPost | None:
        """Return one post."""
        found = self._select(posts.c.platform == platform, posts.c.id == post_id)
        return found[0] if found else None

    def find(self, reference: str) -> list[StoredPost]:
        """Return posts whose id, web address or interaction key is ``reference``."""
        platform, _, rest = reference.partition(":")
        keyed = select(interactions.c.post).where(interactions.c.ws == self._db.ws, interactions.c.key == reference)
        # One reading each: joined by OR, no index would serve them.
        ways: list[ColumnElement[bool]] = [posts.c.id == reference, posts.c.pk.in_(keyed)]
        ways.append(and_(posts.c.id == rest, posts.c.platform == platform))
        if reference.startswith(("http://", "https://")):
            ways.append(posts.c.url == reference)
        found = {(one.post.platform, one.post.id): one for way in ways for one in self._select(way)}
        return list(found.values())

    def owners(self, platform: str, post_ids: Sequence[str]) -> dict[str, str]:
        """Return the profile on whose timeline each known post belongs."""
        outbound = posts.c.direction == Direction.OUTBOUND.value
        owner = case((outbound, posts.c.subject), else_=posts.c.profile).label("owner")
        found: dict[str, str] = {}
        with self._db.read() as connection:
            for ids in chunks(dict.fromkeys(post_ids)):
                statement = select(posts.c.id, owner).where(
                    posts.c.ws == self._db.ws,
                    posts.c.platform == platform,
                    posts.c.id.in_(ids),
                    owner.is_not(None),
                )
                found.update((row.id, row.owner) for row in connection.execute(statement))
        return found

    def conversation(self, platform: str, conversation_id: str) -> list[StoredPost]:
        """Return the posts of a conversation, oldest first; deleted ones stand in it without text."""
        return self._select(
            posts.c.platform == platform,
            posts.c.conversation_id == indexable(conversation_id),
            order=(posts.c.created_at, posts.c.pk),
        )

    def of_profile(self, platform: str, profile_id: str, limit: int) -> list[StoredPost]:
        """Return living, kept posts that belong to a profile's timeline, newest first."""
        return self._select(
            posts.c.platform == platform,
            posts.c.subject == profile_id,
            posts.c.keep,
            posts.c.deleted_at.is_(None),
            order=(posts.c.created_at.desc(), posts.c.pk.desc()),
            limit=limit,
        )

    def recheck(self, platform: str, *, checked_before: datetime, created_after: datetime, limit: int) -> list[str]:
        """Return ids of living posts that were not looked at since ``checked_before``, longest unseen first."""
        statement = (
            select(posts.c.id)
            .where(
                posts.c.ws == self._db.ws,
                posts.c.platform == platform,
                # No platform answers a question for posts with messages: their absence would look like deletion.
                posts.c.kind != Kind.MESSAGE.value,
                posts.c.checked_at > literal(NEVER_AGAIN),
                posts.c.checked_at < micros(checked_before),
                posts.c.created_at > micros(created_after),
            )
            .order_by(posts.c.checked_at, posts.c.pk)
            .limit(limit)
        )
        with self._db.read() as connection:
            return list(connection.scalars(statement))

    def rechecked(self, platform: str, post_ids: Sequence[str]) -> None:
        """Note that these posts were just looked at on the platform."""
        with self._db.write() as connection:
            for ids in chunks(dict.fromkeys(post_ids)):
                where = {"b_ws": self._db.ws, "b_platform": platform, "ids": ids}
                connection.execute(_CHECKED, {**where, "now": self._db.now()})

    def account(self) -> dict[Account, int]:
        """Count posts by where they stand; the sum is the number of posts ever stored."""
        found = self._tally(posts.c.account, func.count(), posts.c.ws == self._db.ws)
        return {account: found.get(account.value, 0) for account in Account}

    def reasons(self) -> dict[str, int]:
        """Count skipped posts by reason, items that are no posts included."""
        standing = (posts.c.ws == self._db.ws, posts.c.account == Account.SKIPPED.value)
        counted = self._tally(posts.c.reason, func.count(), *standing)
        for reason, n in self._tally(skipped.c.reason, func.sum(skipped.c.times), skipped.c.ws == self._db.ws).items():
            counted[reason] = counted.get(reason, 0) + int(n)
        return counted

    def _tally(self, name: ColumnElement[str], n: ColumnElement[Any], *where: ColumnElement[bool]) -> dict[str, int]:
        with self._db.read() as connection:
            rows = connection.execute(select(name, n).where(*where).group_by(name)).all()
        return {row[0]: row[1] for row in rows}

    def _select(
        self,
        *where: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (posts.c.pk,),
        limit: int | None = None,
    ) -> list[StoredPost]:
        statement: Select[Any] = stored_select().where(posts.c.ws == self._db.ws, *where).order_by(*order).limit(limit)
        with self._db.read() as connection:
            rows: Sequence[Any] = connection.execute(statement).all()
        return [stored(row) for row in rows]
