"""What YouTube's answers and pushed feeds say: raw items found, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.feeds import read_feed
from socialcrm.adapters.fields import count, instant, links, objects, only_here, text, text_id, unescaped
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Engagement, Kind, Post, Profile, Skipped
from socialcrm.text import plain

VIDEOS = {"video", "searchResult", "playlistItem"}


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    if isinstance(body, str):  # the channel's feed, and what its hub pushes
        body = read_feed(body.encode(), encoding="utf-8")
    kind = _kind(body)
    for raw in body["items"] if isinstance(body.get("items"), list) else [body] if kind else ():
        inner = _kind(raw) or kind.removesuffix("ListResponse").removesuffix("Response")
        top = dig(raw, "snippet.topLevelComment")
        if inner == "commentThread" and isinstance(top, dict):
            total, on = raw["snippet"].get("totalReplyCount"), raw["snippet"].get("videoId")
            yield {"kind": "youtube#comment", "totalReplyCount": total, "on": on, **top}
            replies = objects(dig(raw, "replies.comments"))
            yield from ({"kind": "youtube#comment", "thread": raw.get("id"), "on": on, **one} for one in replies)
        elif isinstance(raw, dict):
            yield {**raw, "kind": f"youtube#{inner}"}


def parse(raw: Raw) -> Item:
    """Read one raw item. Pure; may raise anything on a malformed one."""
    kind = _kind(raw)
    if kind == "comment":
        return _comment(raw)
    if kind == "channel":
        return channel(raw)
    if kind in VIDEOS and (video := _video_id(raw)):
        return _video(video, raw["snippet"], raw.get("statistics") or {})
    if "deleted" in raw:
        video = text_id(raw["id"]).removeprefix("yt:video:")
        return Deleted(platform="youtube", id=video, at=instant(raw["deleted"]) if raw["deleted"] else None)
    if "date_published" in raw:
        return _pushed(raw)
    return Skipped(platform="youtube", reason=f"not a post: {kind[:40] or 'something unknown'}")


def _kind(raw: Raw) -> str:
    return text(raw.get("kind")).rpartition("#")[2]


def _comment(raw: Raw) -> Post:
    said, name = raw["snippet"], text_id(raw["id"])
    thread = text(said.get("parentId") or raw.get("thread")) or name.partition(".")[0]
    made, changed = instant(said["publishedAt"]), said.get("updatedAt")
    on = text(said.get("videoId") or raw.get("on"))
    edited = instant(changed) if changed else made
    return Post(
        platform="youtube",
        id=name,
        kind=Kind.COMMENT,
        author=_author(said, name),
        text=text(said.get("textOriginal")) or plain(text(said.get("textDisplay"))),
        created_at=made,
        edited_at=edited if edited != made else None,
        url=f"https://www.youtube.com/watch?v={on}&lc={name}" if on else "",
        conversation_id=thread,
        in_reply_to=thread if thread != name else None,
        engagement=Engagement(likes=count(said.get("likeCount")), replies=count(raw.get("totalReplyCount"))),
        version=text(changed),
    )


def _author(said: Raw, item: str) -> Profile:
    page, name = text(said.get("authorChannelUrl")), text(said.get("authorDisplayName"))
    found = text(dig(said, "authorChannelId.value")) or page.rpartition("/channel/")[2]
    handle = name if name.startswith("@") else ""
    return Profile(platform="youtube", id=found or only_here("youtube", item), handle=handle, display_name=name)


def channel(raw: Raw) -> Profile:
    """Read a channel as the profile of its owner."""
    about, numbers = raw.get("snippet") or {}, raw.get("statistics") or {}
    bio = text(about.get("description"))
    return Profile(
        platform="youtube",
        id=text_id(raw["id"]),
        handle=text(about.get("customUrl")),
        display_name=text(about.get("title")),
        bio=bio,
        urls=links(bio),
        location=text(about.get("country")),
        lang=text(about.get("defaultLanguage")),
        followers=None if numbers.get("hiddenSubscriberCount") is True else count(numbers.get("subscriberCount")),
        created_at=instant(about["publishedAt"]) if about.get("publishedAt") else None,
    )


def _video_id(raw: Raw) -> str:
    found = dig(raw, "id.videoId") or dig(raw, "snippet.resourceId.videoId")
    return text(found or (raw.get("id") if _kind(raw) == "video" else ""))


def _video(video: str, about: Raw, numbers: Raw) -> Post:
    channel = text(about.get("videoOwnerChannelId") or about.get("channelId"))
    name = text(about.get("videoOwnerChannelTitle") or about.get("channelTitle"))
    return Post(
        platform="youtube",
        id=video,
        kind=Kind.POST,
        author=Profile(platform="youtube", id=channel, display_name=name) if channel else None,
        text="\n\n".join(filter(None, (unescaped(about.get("title")), unescaped(about.get("description"))))),
        created_at=instant(about["publishedAt"]),
        url=f"https://www.youtube.com/watch?v={video}",
        lang=text(about.get("defaultAudioLanguage") or about.get("defaultLanguage")),
        conversation_id=video,
        engagement=Engagement(
            likes=count(numbers.get("likeCount")),
            replies=count(numbers.get("commentCount")),
            views=count(numbers.get("viewCount")),
        ),
    )


def _pushed(raw: Raw) -> Post:
    extra, people = raw.get("extra") or {}, objects(raw.get("authors"))
    about = {
        "title": raw.get("title"),
        "description": raw.get("summary"),
        "publishedAt": raw["date_published"],
        "channelId": extra.get("yt:channelId"),
        "channelTitle": people[0].get("name") if people else "",
    }
    return _video(text(extra.get("yt:videoId")) or text_id(raw["id"]).removeprefix("yt:video:"), about, {})
