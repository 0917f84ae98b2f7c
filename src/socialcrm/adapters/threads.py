"""Posts, replies, mentions and search on Threads. https://developers.facebook.com/docs/threads"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcrm.adapters import graph, web
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import (
    count,
    epoch,
    first,
    instant,
    known_instant,
    links,
    named,
    objects,
    text,
    text_id,
    wording,
)
from socialcrm.adapters.web import OWN, Feed
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Kind, Media, Post, Profile, Skipped

POST = (
    "id,alt_text,is_quote_post,is_reply,media_type,media_url,owner,permalink,replied_to,reposted_post,root_post"
    ",shortcode,text,thumbnail_url,timestamp,username"
)
POSTED = frozenset({"text", "timestamp", "permalink", "media_type", "shortcode", "replied_to", "is_reply"})
PERSON = frozenset({"username", "threads_biography", "threads_profile_picture_url"})
SAID = frozenset({"replies", "mentions", "publish"})


class Threads(graph.Graph):
    """One account; of others the platform tells only the user name."""

    info = AdapterInfo(
        name="threads",
        title="Threads",
        docs="https://developers.facebook.com/docs/threads",
        can=frozenset(Capability) - {Capability.REVIEWS, Capability.MESSAGES, Capability.PROFILES},
    )

    class Config(graph.GraphConfig):
        """``search`` are terms to look for."""

        service: HttpsOrigin = "https://graph.threads.com"
        version: str = "v1.0"
        search: tuple[str, ...] = ()

    sorts = (POST,)
    own_list = "threads"

    def feeds(self) -> Mapping[str, Feed | web.Threads]:
        def listed(path: str, **more: Any) -> Feed:
            asked = {"fields": POST, "limit": 50, **more}
            return Feed(path, asked, graph.PAGED, "data", at=("timestamp",), since=graph.since)

        own = listed(f"/{OWN}/threads")
        return {
            "mentions": listed(f"/{OWN}/mentions").of_kind(Kind.MENTION),
            **{
                f"search:{term}": listed("/keyword_search", q=term, search_type="RECENT") for term in self.config.search
            },
            "own": own,
            "replies": web.Threads(
                own,
                root=lambda post: post.id,
                ask=lambda root: (f"/{root}/conversation", {"fields": POST, "limit": 100}),
                paging=graph.PAGED,
                key="data",
            ),
        }

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, dict) and "values" in body and "topic" in body:
            # Not Graph's envelope: one push, its values an object, or several of them.
            for change in objects(body["values"]):
                value = change.get("value")
                about = {"_field": text(change.get("field")), "_time": body.get("time")}
                yield {**(value if isinstance(value, dict) else {}), **about}
        else:
            yield from super().items(body)

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        field = raw.get("_field")
        if field == "delete":
            at = first(raw, "deleted_at", "timestamp")
            return Deleted(platform="threads", id=text_id(raw["id"]), at=instant(at) if at else epoch(raw["_time"]))
        if field is not None and field not in SAID:
            return Skipped(platform="threads", reason=f"not a post: {field[:40]}")
        if raw.get("media_type") == "REPOST_FACADE":
            return Skipped(platform="threads", id=text_id(raw["id"]), reason="a repost, with no words of its own")
        if raw.keys() & POSTED:
            return _post(raw)
        return _person(raw) if raw.keys() & PERSON else Skipped(platform="threads", reason="not a post")


def _post(raw: Raw) -> Post:
    root, parent, told = dig(raw, "root_post.id"), dig(raw, "replied_to.id"), raw.get("timestamp")
    mentioned = raw.get("_field") == "mentions"
    link = text(first(raw, "media_url", "thumbnail_url"))
    return Post(
        platform="threads",
        id=text_id(raw["id"]),
        kind=Kind.REPLY if parent or raw.get("is_reply") else Kind.MENTION if mentioned else Kind.POST,
        author=named("threads", raw.get("owner"), text(raw.get("username"))),
        text=text(raw.get("text")),
        version=wording(text(raw.get("text"))),
        created_at=epoch(raw["_time"]) if told is None and raw.get("_time") else known_instant(told),
        url=text(raw.get("permalink")),
        conversation_id=text_id(root) if root else None,
        in_reply_to=text_id(parent) if parent else None,
        media=(Media(type=text(raw.get("media_type")).lower(), url=link, alt=text(raw.get("alt_text"))),)
        if link
        else (),
    )


def _person(raw: Raw) -> Profile:
    bio = text(raw.get("threads_biography"))
    return Profile(
        platform="threads",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("name")),
        bio=bio,
        urls=links(bio),
        followers=count(raw.get("followers_count")),
        verified=raw["is_verified"] if isinstance(raw.get("is_verified"), bool) else None,
    )
