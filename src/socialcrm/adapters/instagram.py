"""A professional Instagram account: media, tags, comments and messages. https://developers.facebook.com/docs/instagram-platform"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcrm.adapters import graph
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, first, instant, links, named, objects, text, text_id, wording
from socialcrm.adapters.web import OWN, Feed, Threads
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.strict_json import dig
from socialcrm.model import UNTOLD, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

WORDS = "id,timestamp,username"
MEDIA = (
    f"{WORDS},caption,comments_count,like_count,media_product_type,media_type,media_url,owner,permalink,thumbnail_url"
)
SAID = f"{WORDS},from,like_count,media,parent_id,text"
COMMENT = f"{SAID},replies.limit(50){{{SAID}}}"
MESSAGES = "id,updated_time,messages.limit(50){id,created_time,from,to,message,attachments,shares,story}"
PERSON = frozenset({"biography", "followers_count", "media_count", "profile_picture_url", "account_type"})
SHOWN = frozenset({"caption", "media_type", "media_url", "media_product_type", "permalink", "shortcode"})


class Instagram(graph.Graph):
    """One business or creator account; of others the platform often tells only the user name."""

    info = AdapterInfo(
        name="instagram",
        title="Instagram",
        docs="https://developers.facebook.com/docs/instagram-platform",
        can=frozenset(Capability) - {Capability.SEARCH, Capability.REVIEWS, Capability.PROFILES, Capability.WEBHOOKS},
    )

    class Config(graph.GraphConfig):
        """``messages`` reads conversations, those of ``page`` where the token is that of a Facebook Page."""

        service: HttpsOrigin = "https://graph.instagram.com"
        version: str = "v23.0"
        messages: bool = False
        page: str = ""

    sorts = (SAID, MEDIA)
    own_list = "media"

    def feeds(self) -> Mapping[str, Feed | Threads]:
        def listed(path: str, fields: str, at: str, **more: Any) -> Feed:
            return Feed(path, {"fields": fields, "limit": 50, **more}, graph.PAGED, "data", at=(at,))

        media = listed(f"/{OWN}/media", MEDIA, "timestamp")
        inbox = f"/{self.config.page or OWN}/conversations"
        return {
            "media": media,
            "tags": listed(f"/{OWN}/tags", MEDIA.replace(",owner", ""), "timestamp").of_kind(Kind.MENTION),
            "comments": Threads(
                media,
                root=lambda post: post.id,
                ask=lambda root: (f"/{root}/comments", {"fields": COMMENT, "limit": 50}),
                paging=graph.PAGED,
                key="data",
            ),
            **(
                {"messages": listed(inbox, MESSAGES, "updated_time", platform="instagram")}
                if self.config.messages
                else {}
            ),
        }

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, dict) and isinstance(body.get("meta"), dict) and "data" in body:
            yield {"_shut": True}  # an answer of the API that was shut in 2020
        else:
            yield from super().items(body)

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        above, _, edge = path.rstrip("/").rpartition("/")
        media = above.rpartition("/")[2]
        alone = edge == "comments" and media.isdigit() and isinstance(raw, dict) and not raw.get("_on")
        return {**raw, "_on": media, "_under": raw.get("_under") or media} if alone else raw

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "_field" in raw:
            return _pushed(raw)
        if "message" in raw or "is_unsupported" in raw or "_in" in raw:
            return _message(raw)
        if "text" in raw or "parent_id" in raw or ("_on" in raw and "timestamp" in raw):
            return _comment(raw)
        if raw.keys() & SHOWN or "timestamp" in raw:
            return _media(raw)
        if raw.keys() & PERSON:
            return _person(raw)
        return Skipped(platform="instagram", reason="not a post")


def _when(raw: Raw) -> Any:
    told = first(raw, "timestamp", "created_time")
    return instant(told) if told else graph.pushed_at(raw) if "_time" in raw else UNTOLD


def _comment(raw: Raw) -> Post:
    on, link = first(raw, "media.id", "_on"), text(raw.get("permalink"))
    under = first(raw, "parent_id", "_under") or on
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        kind=Kind.COMMENT,
        author=named("instagram", first(raw, "from", "user"), text(raw.get("username"))),
        text=text(raw.get("text")),
        version=wording(text(raw.get("text"))),
        created_at=_when(raw),
        url=link,
        conversation_id=text_id(on) if on else None,
        in_reply_to=text_id(under) if under else None,
        engagement=Engagement(
            likes=count(raw.get("like_count")), replies=count(dig(raw, "replies.summary.total_count"))
        ),
    )


def _media(raw: Raw) -> Post:
    link = text(first(raw, "media_url", "thumbnail_url"))
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        author=named("instagram", raw.get("owner"), text(raw.get("username"))),
        text=text(raw.get("caption")),
        version=wording(text(raw.get("caption"))),
        created_at=_when(raw),
        url=text(raw.get("permalink")),
        media=(Media(type=text(raw.get("media_type")).lower() or "other", url=link),) if link else (),
        engagement=Engagement(
            likes=count(raw.get("like_count")),
            replies=count(raw.get("comments_count")),
            views=count(raw.get("view_count")),
        ),
    )


def _message(raw: Raw) -> Post:
    told = raw.get("created_time")
    story = dig(raw, "story.reply_to.id")
    return Post(
        platform="instagram",
        id=text_id(raw["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        author=named("instagram", raw.get("from")),
        text=text(raw.get("message")),
        version=wording(text(raw.get("message"))),
        created_at=instant(told) if told else UNTOLD,
        conversation_id=text_id(raw["_in"]) if raw.get("_in") else None,
        in_reply_to=text_id(story) if story else None,
        media=tuple(
            Media(url=text(first(one, "image_data.url", "video_data.url", "file_url")), alt=text(one.get("name")))
            for one in objects(dig(raw, "attachments.data"))
        ),
    )


def _person(raw: Raw) -> Profile:
    bio = text(raw.get("biography"))
    return Profile(
        platform="instagram",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("name")),
        bio=bio,
        urls=tuple(dict.fromkeys((*links(text(raw.get("website"))), *links(bio)))),
        followers=count(raw.get("followers_count")),
    )


def _pushed(raw: Raw) -> Item:
    what = raw["_field"]
    if what in {"messaging", "messages"}:
        return graph.pushed_message(raw, "instagram")
    if what in {"comments", "live_comments"}:
        return _comment(raw)
    if what == "mentions":  # told by id only: `mentioned_comment` and `mentioned_media` answer what was said
        spot = text_id(first(raw, "comment_id", "media_id"))
        return Skipped(platform="instagram", id=spot, reason="a mention that has to be looked up")
    return Skipped(platform="instagram", reason=f"not a post: {what[:40]}")
