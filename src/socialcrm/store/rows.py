"""Models to rows and back.

Reading back skips validation: what is stored was validated on its way in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, and_, select

from socialcrm.model import Direction, Engagement, Kind, Media, Post, Profile, Visibility
from socialcrm.store.base import Account, StoredPost
from socialcrm.store.engine import instant, micros
from socialcrm.store.schema import posts, profiles

T = TypeVar("T")
Values = dict[str, Any]

_CHUNK = 400  # below every database's limit of bound values
_INDEXED = 512  # PostgreSQL refuses index entries above 2,704 bytes
_NO_ENGAGEMENT = Engagement()


def chunks(items: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Cut into lists short enough for one ``IN``."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def by_platform(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Group (platform, id) pairs into distinct ids per platform, in chunks."""
    grouped: dict[str, dict[str, None]] = {}
    for platform, item in pairs:
        grouped.setdefault(platform, {})[item] = None
    for platform, ids in grouped.items():
        for part in chunks(ids):
            yield platform, part


def indexable(value: str) -> str:
    """Keep a text short enough for every database's index; a longer one stands as its hash."""
    return value if len(value) <= _INDEXED else hashlib.sha256(value.encode()).hexdigest()


def post_values(post: Post) -> Values:
    """Spread a post over the columns that come from the platform."""
    return {
        "text": post.text,
        "media": _media_json(post.media) if post.media else "",
        "rating": post.rating,
        "version": post.version,
        "created_at": micros(post.created_at),
        "edited_at": micros(post.edited_at) if post.edited_at else None,
        "kind": post.kind.value,
        "direction": post.direction.value,
        "visibility": post.visibility.value,
        "profile": post.author.id if post.author else None,
        "url": post.url,
        "lang": post.lang,
        "conversation_id": indexable(post.conversation_id) if post.conversation_id else None,
        "in_reply_to": indexable(post.in_reply_to) if post.in_reply_to else None,
        "engagement": "" if post.engagement == _NO_ENGAGEMENT else post.engagement.model_dump_json(exclude_none=True),
    }


def _media_json(media: Iterable[Media]) -> str:
    return json.dumps([[m.type, m.url, m.alt] for m in media], ensure_ascii=False, separators=(",", ":"))


STORED = (
    posts.c.platform,
    posts.c.id,
    posts.c.kind,
    posts.c.direction,
    posts.c.visibility,
    posts.c.text,
    posts.c.created_at,
    posts.c.edited_at,
    posts.c.url,
    posts.c.lang,
    posts.c.conversation_id,
    posts.c.in_reply_to,
    posts.c.media,
    posts.c.engagement,
    posts.c.rating,
    posts.c.version,
    posts.c.revision,
    posts.c.account,
    posts.c.reason,
    posts.c.subject,
    posts.c.judged_lang,
    posts.c.sentiment,
    posts.c.priority,
    posts.c.deleted_at,
    posts.c.recorded_at,
    posts.c.source,
    posts.c.profile,
    profiles.c.payload,
)
AUTHORED = posts.outerjoin(
    profiles,
    and_(profiles.c.ws == posts.c.ws, profiles.c.platform == posts.c.platform, profiles.c.id == posts.c.profile),
)


def stored_select() -> Select[Any]:
    """Select posts with their authors, in the shape that `stored` reads."""
    return select(*STORED).select_from(AUTHORED)


_KINDS = {kind.value: kind for kind in Kind}
_DIRECTIONS = {direction.value: direction for direction in Direction}
_VISIBILITIES = {visibility.value: visibility for visibility in Visibility}
_ACCOUNTS = {account.value: account for account in Account}


def stored(row: Any) -> StoredPost:
    """Build a stored post from a row of `STORED`."""
    (platform, post_id, kind, direction, visibility, text, created_at, edited_at, url, lang) = row[:10]
    (conversation_id, in_reply_to, media, engagement, rating, version, revision, account, reason) = row[10:19]
    (subject, judged_lang, sentiment, priority, deleted_at, recorded_at, source, author, payload) = row[19:28]
    post = Post.model_construct(
        platform=platform,
        id=post_id,
        kind=_KINDS.get(kind, Kind.OTHER),
        direction=_DIRECTIONS.get(direction, Direction.INBOUND),
        visibility=_VISIBILITIES.get(visibility, Visibility.PUBLIC),
        author=profile_of(platform, author, payload),
        text=text,
        created_at=instant(created_at if created_at is not None else deleted_at),
        edited_at=_maybe(edited_at),
        url=url,
        lang=lang,
        conversation_id=conversation_id,
        in_reply_to=in_reply_to,
        media=tuple(Media.model_construct(type=t, url=u, alt=a) for t, u, a in json.loads(media)) if media else (),
        engagement=Engagement.model_validate_json(engagement) if engagement else _NO_ENGAGEMENT,
        rating=rating,
        version=version,
    )
    return StoredPost(
        post=post,
        revision=revision,
        account=_ACCOUNTS[account],
        reason=reason,
        subject=subject,
        lang=judged_lang or lang,
        sentiment=sentiment,
        priority=priority or "normal",
        deleted_at=_maybe(deleted_at),
        recorded_at=instant(recorded_at),
        source=source,
    )


def _maybe(value: int | None) -> datetime | None:
    return None if value is None else instant(value)


def profile_of(platform: str, profile_id: str | None, payload: str | None) -> Profile | None:
    """Read a profile back; one that is named but not stored has only its id."""
    if profile_id is None:
        return None
    return parse_profile(payload) if payload else Profile.model_construct(platform=platform, id=profile_id)


@lru_cache(maxsize=4096)
def parse_profile(payload: str) -> Profile:
    """Read a stored profile; busy accounts are parsed once."""
    return Profile.model_validate_json(payload)
