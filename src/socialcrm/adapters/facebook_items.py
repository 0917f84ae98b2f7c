"""What a Page's answers and pushes say, item by item."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from socialcrm.adapters import graph
from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import count, epoch, first, known_instant, links, named, objects, text, text_id, wording
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Engagement, Kind, Media, Post, Profile, Skipped, Visibility

OPINIONS = {"positive": 5.0, "negative": 1.0}
KINDS = {"comment": Kind.COMMENT, "rating": Kind.REVIEW}
NO_POSTS = frozenset({"like", "reaction"})
IDS = ("comment_id", "open_graph_story_id", "post_id", "photo_id", "video_id", "share_id", "album_id")
COMMENTED = frozenset(
    {"comment_count", "user_likes", "can_hide", "can_reply_privately", "is_private", "parent", "object"}
)
POSTED = frozenset({"message", "story", "created_time", "tagged_time", "attachments", "status_type", "shares"})
PAGE = frozenset({"about", "category", "fan_count", "followers_count", "link", "picture", "screennames", "username"})


def placed(raw: Raw, path: str) -> Raw:
    """Add to a raw item what only the address tells it was found at."""
    above, _, edge = path.rstrip("/").rpartition("/")
    node = above.rpartition("/")[2]
    if edge == "messages" and isinstance(raw, dict):
        return {"_in": node if node.startswith("t_") else None, **raw}
    if edge == "comments" and isinstance(raw, dict) and not raw.keys() & {"_on", "_beside", "comments"}:
        known = node.isascii() and node.replace("_", "").isdigit()
        return {**raw, "_comment": True, **({"_on": node, "_under": node} if known else {})}
    return raw


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "_field" in raw:
        return _pushed(raw)
    if raw.keys() & {"open_graph_story", "reviewer"} or raw.get("type") in {"places.rates", "sellers.rates"}:
        return _review(raw)
    if "_in" in raw or text(raw.get("id")).startswith(("m_", "mid.")):
        return _message(raw)
    if raw.keys() & (POSTED | COMMENTED):
        return _post(raw)
    if ("_top" in raw and raw.keys() & {"name", "first_name"}) or ("name" in raw and raw.keys() & PAGE):
        return _page(raw)
    return Skipped(platform="facebook", reason="not a post")


def _comment(raw: Raw, post_id: str) -> bool:
    asked = bool(raw.keys() & {"_on", "_comment"} or raw.keys() & COMMENTED)
    return asked or "comment_id=" in text(raw.get("permalink_url")) or post_id.count("_") == 2


def _post(raw: Raw) -> Post:
    link = text(raw.get("permalink_url"))
    post_id = text_id(raw.get("id") or _id_in(link))
    comment = _comment(raw, post_id)
    on = raw.get("_on") or (dig(raw, "object.id") if comment else None)
    under = dig(raw, "parent.id") or raw.get("_under") or on
    told = first(raw, "created_time", "tagged_time", "updated_time")
    # Reactions, where they are summed up, hold the likes.
    likes = first(raw, "reactions.summary.total_count", "likes.summary.total_count", "likes.count") or raw.get(
        "like_count"
    )
    replies = first(raw, "comments.summary.total_count", "comments.count") or raw.get("comment_count")
    visited = "place" in raw and not raw.keys() & {"message", "story"}
    return Post(
        platform="facebook",
        id=post_id,
        kind=Kind.COMMENT if comment else Kind.CHECK_IN if visited else Kind.POST,
        author=named("facebook", raw.get("from")),
        text=text(raw.get("message") or raw.get("story")),
        created_at=known_instant(told),
        url=link,
        conversation_id=text_id(on) if on else None,
        in_reply_to=text_id(under) if under else None,
        media=_media(raw),
        engagement=Engagement(
            likes=count(raw.get("likes") if likes is None else likes),
            replies=count(replies),
            shares=count(dig(raw, "shares.count")),
        ),
        version=wording(text(raw.get("message") or raw.get("story"))),
    )


def _id_in(link: str) -> str:
    """The id of a comment that only its address tells."""
    asked = parse_qs(urlsplit(link).query)
    post, comment = (
        urlsplit(link).path.rstrip("/").rpartition("/")[2],
        asked.get("reply_comment_id") or asked.get("comment_id"),
    )
    return f"{post}_{comment[0]}" if comment else ""


def _media(raw: Raw) -> tuple[Media, ...]:
    told = [*objects(dig(raw, "attachments.data")), *objects(raw.get("attachment"))]
    media = [
        Media(
            type=text(first(one, "media_type", "type", "mime_type")) or "other",
            url=text(first(one, "media.image.src", "image_data.url", "video_data.url", "file_url", "url")),
            alt=text(first(one, "title", "name")),
        )
        for one in told
    ]
    alone = first(raw, "full_picture", "sticker")
    return tuple(media) or ((Media(type="image", url=text(alone)),) if alone else ())


def _review(raw: Raw) -> Post:
    told = first(raw, "created_time", "publish_time", "start_time", "open_graph_story.start_time")
    story = dig(raw, "open_graph_story.id") or (raw.get("id") if "open_graph_story" not in raw else None)
    author = named("facebook", raw.get("reviewer") or raw.get("from"))
    opinion = text(first(raw, "recommendation_type", "open_graph_story.data.recommendation_type")).lower()
    said = text(first(raw, "review_text", "data.review_text", "message", "open_graph_story.message"))
    stars = first(raw, "rating", "data.rating.value", "open_graph_story.data.rating.value") or OPINIONS.get(opinion)
    return Post(
        platform="facebook",
        # Where the story is not told: a person has one review of a Page at a time.
        id=text_id(story or f"review:{author.id if author else told}"),
        kind=Kind.REVIEW,
        author=author,
        text=said,
        created_at=known_instant(told),
        rating=stars if isinstance(stars, int | float) and not isinstance(stars, bool) else None,
        version=wording(said, str(stars and float(stars))),
    )


def _message(raw: Raw) -> Post:
    told = raw.get("created_time")
    return Post(
        platform="facebook",
        id=text_id(raw["id"]),
        kind=Kind.MESSAGE,
        visibility=Visibility.PRIVATE,
        author=named("facebook", raw.get("from")),
        text=text(raw.get("message")),
        created_at=known_instant(told),
        conversation_id=text_id(raw["_in"]) if raw.get("_in") else None,
        media=_media(raw),
        version=wording(text(raw.get("message"))),
    )


def _page(raw: Raw) -> Profile:
    about = text(first(raw, "about", "bio", "description"))
    status, mails = text(raw.get("verification_status")), raw.get("emails")
    place = raw.get("location")
    return Profile(
        platform="facebook",
        id=text_id(raw["id"]),
        handle=text(raw.get("username")),
        display_name=text(raw.get("name")) or f"{text(raw.get('first_name'))} {text(raw.get('last_name'))}".strip(),
        bio=about,
        urls=tuple(dict.fromkeys((*links(text(raw.get("website"))), *links(about)))),
        location=", ".join(filter(None, (text(dig(place, key)) for key in ("city", "state", "country")))),
        followers=count(raw.get("followers_count", raw.get("fan_count"))),
        verified=status in {"blue_verified", "gray_verified"} if status else None,
        email=text(mails[0]) if isinstance(mails, list) and mails else "",
    )


def _pushed(raw: Raw) -> Item:
    what, item, verb = raw["_field"], text(raw.get("item")), text(raw.get("verb"))
    if what == "messaging":
        return graph.pushed_message(raw, "facebook")
    if raw.get("_object") != "page" or what not in {"feed", "mention", "ratings"} or item in NO_POSTS:
        return Skipped(platform="facebook", reason=f"not a post: {(item or what)[:40]}")
    post_id = text_id(next((raw[key] for key in IDS if raw.get(key)), None))
    if verb == "remove":
        return Deleted(platform="facebook", id=post_id, at=graph.pushed_at(raw))
    if verb not in {"add", "edit", "edited", "update"}:
        return Skipped(platform="facebook", id=post_id, reason=f"not a new wording: {verb[:40] or 'unknown'}")
    who = raw.get("from") or {
        "id": first(raw, "sender_id", "reviewer_id"),
        "name": first(raw, "sender_name", "reviewer_name"),
    }
    author, comment = named("facebook", who), item == "comment"
    at, told = graph.pushed_at(raw), raw.get("created_time")
    on, under = (first(raw, "post_id"), first(raw, "parent_id", "post_id")) if comment else (None, None)
    stars = count(raw.get("rating")) or OPINIONS.get(text(raw.get("recommendation_type")).lower())
    said = text(first(raw, "message", "review_text"))
    return Post(
        platform="facebook",
        id=post_id,
        kind=Kind.MENTION if what == "mention" else KINDS.get(item, Kind.POST),
        direction=Direction.OUTBOUND if author and author.id == str(raw["_own"]) else Direction.INBOUND,
        author=author,
        text=said,
        created_at=epoch(told) if told else at,
        edited_at=None if verb == "add" else at,
        url=text(raw.get("permalink_url")),
        conversation_id=text_id(on) if on else None,
        in_reply_to=text_id(under) if under else None,
        media=tuple(Media(type=kind, url=text(raw[kind])) for kind in ("photo", "video", "link") if raw.get(kind)),
        rating=stars,
        version=wording(said, str(stars and float(stars))) if item == "rating" else wording(said),
    )
