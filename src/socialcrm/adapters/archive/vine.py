"""Vine (closed in 2017): what its API answered, and the pages of the public archive.

Neither has an official description; the fields are those of recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, section
from socialcrm.adapters.archive.json_stream import whole
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, links, text, text_id
from socialcrm.http.exchange import Exchange
from socialcrm.http.rules import Action, ErrorTable, Rule, decide
from socialcrm.http.strict_json import dig
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Skipped

PLATFORM = "vine"
SHOWN = {"description", "videoUrl", "permalinkUrl", "shareUrl"}
ERRORS: ErrorTable = {
    "103": Rule(Action.REAUTH, "Vine did not accept the credential"),
    "900": Rule(Action.FAIL, "Vine knew no such record"),
}


def _document(raw: Raw, place: Place) -> Iterator[Item]:
    """Read an answer (its records stand under ``data``), or a page of the archive."""
    body = raw.get("data", raw) if isinstance(raw, dict) else raw
    listed = body.get("records") if isinstance(body, dict) else None
    for one in listed if isinstance(listed, list) else [body]:
        try:
            yield from _one(one)
        except Exception as error:  # hostile input, not ours: one bad record leaves the others
            yield Skipped(platform=PLATFORM, reason=f"unreadable item: {type(error).__name__}")


def _one(raw: Raw) -> Iterator[Item]:
    if not isinstance(raw, dict):
        return
    post = _id(raw, "postId")
    if _id(raw, "commentId"):
        yield _comment(raw, text_id(post) if post else None)
    elif post and raw.keys() & SHOWN:  # likes and notices name a post too
        yield from _post(raw)
    elif _id(raw, "userId") and "username" in raw and "followerCount" in raw:
        yield _user(raw)


def _id(raw: Raw, key: str) -> object:
    """An id as text where the answer has it as text, since the number does not fit every reader."""
    return raw.get(f"{key}Str") or raw.get(key)


def _post(raw: Raw) -> Iterator[Item]:
    name = text_id(_id(raw, "postId"))
    yield Post(
        platform=PLATFORM,
        id=name,
        author=_author(raw),
        text=text(raw.get("description")),
        created_at=written(raw["created"], utc=True),
        url=text(raw.get("permalinkUrl")) or text(raw.get("shareUrl")),
        media=(Media(type="video", url=text(raw["videoUrl"])),) if raw.get("videoUrl") else (),
        engagement=Engagement(
            likes=_number(raw.get("likes")),
            replies=_number(raw.get("comments")),
            shares=_number(raw.get("reposts")),
            views=_number(raw.get("loops")),
        ),
    )
    for one in dig(raw, "comments.records") or ():
        yield _comment(one, name)


def _comment(raw: Raw, post: str | None) -> Post:
    return Post(
        platform=PLATFORM,
        id=f"comment:{text_id(_id(raw, 'commentId'))}",
        kind=Kind.COMMENT,
        author=_author(raw),
        text=text(raw.get("comment")),
        created_at=written(raw["created"], utc=True),
        in_reply_to=post,
        conversation_id=post,
    )


def _number(value: Raw) -> int | None:
    """A count, bare in the archive and inside an object in the API."""
    found = value.get("count") if isinstance(value, dict) else value
    return count(int(found) if isinstance(found, float) and found.is_integer() else found)  # loops come as floats


def _author(raw: Raw) -> Profile | None:
    found = _id(raw, "userId")
    if not found:
        return None
    names = raw.get("vanityUrls") or []
    handle = text(names[0]) if names else ""
    return Profile(platform=PLATFORM, id=text_id(found), handle=handle, display_name=text(raw.get("username")))


def _user(raw: Raw) -> Profile:
    who = _author(raw)
    assert who is not None  # noqa: S101  # the caller saw the id
    bio = text(raw.get("description"))
    return who.model_copy(
        update={
            "bio": bio,
            "urls": links(bio),
            "location": text(raw.get("location")),
            "followers": count(raw.get("followerCount")),
            "verified": bool(raw["verified"]) if "verified" in raw else None,
        }
    )


class Vine(ArchiveAdapter):
    """Posts, their comments, and accounts."""

    info = AdapterInfo(
        name="vine",
        title="Vine",
        docs="https://help.x.com/en/using-x/vine-faqs",
        can=frozenset({Capability.OWN_POSTS, Capability.REPLIES, Capability.PROFILES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    sections = (section(r"[^/]+\.json", _document, into=whole),)

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        return list(_document(exchange.body, Place("")))

    @classmethod
    def replay_rule(cls, exchange: Exchange) -> Rule | None:
        body = exchange.body if isinstance(exchange.body, dict) else {}
        codes = (str(body["code"]),) if body.get("code") and body.get("success") is not True else ()
        return decide(exchange.status or 200, codes, ERRORS)
