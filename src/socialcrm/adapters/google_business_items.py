"""What Google tells of reviews: raw items found in answers, and each of them read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import epoch, instant, objects, only_here, text
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Kind, Post, Profile

STARS = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FOUR": 4.0, "FIVE": 5.0}
# A comment in a foreign language comes with a machine's translation in the same text.
TRANSLATED, ORIGINAL = "(Translated by Google)", "(Original)"


def items(body: Any) -> Iterator[Raw]:
    """Find the raw items in an answer of any endpoint, or in a pushed body."""
    body = body["result"] if isinstance(body.get("result"), dict) else body  # the old Places API
    listed = body.get("reviews") or [part["review"] for part in objects(body.get("locationReviews"))]
    for raw in listed or ([body] if "starRating" in body or "authorAttribution" in body else ()):
        yield raw
        if isinstance(raw, dict) and raw.get("reviewReply"):
            yield {"reply": raw["reviewReply"], "to": _name(raw)}


def parse(raw: Raw) -> Item:
    """Read one raw item."""
    if "reply" in raw:
        return _reply(raw["reply"], raw["to"])
    name, who = _name(raw), _reviewer(raw)
    written = raw.get("originalText") or raw.get("text") or raw.get("comment") or {}
    said = written if isinstance(written, str) else dig(written, "text")
    made = epoch(raw["time"]) if "time" in raw else instant(raw.get("createTime") or raw.get("publishTime"))
    changed = raw.get("updateTime")
    edited, rating = instant(changed) if changed else made, raw.get("starRating") or raw.get("rating")
    return Post(
        platform="google_business",
        id=name,
        kind=Kind.REVIEW,
        author=_author(who, name),
        text=_untranslated(text(said)),
        created_at=made,
        edited_at=edited if edited != made else None,
        url=text(raw.get("googleMapsUri")),
        lang=text(dig(written, "languageCode") or raw.get("original_language") or raw.get("language")),
        conversation_id=name,
        rating=STARS.get(rating) if isinstance(rating, str) else float(rating) if rating else None,
        version=text(changed),
    )


def _name(raw: Raw) -> str:
    """A review's name; one from a list that was cut down to its texts has none."""
    given = text(raw.get("name") or raw.get("reviewId"))
    return given or only_here("review", _reviewer(raw).get("displayName"), raw.get("publishTime") or raw.get("time"))


def _reviewer(raw: Raw) -> Raw:
    named = {"displayName": raw.get("author_name"), "uri": raw.get("author_url")}
    return raw.get("reviewer") or raw.get("authorAttribution") or named


def _author(who: Raw, review: str) -> Profile | None:
    if who.get("isAnonymous") or not text(who.get("displayName")):
        return None
    # Places names the reviewer's page on Maps, .../maps/contrib/1234/reviews; Business Profile nothing.
    page = text(who.get("uri"))
    number = page.partition("/contrib/")[2].partition("/")[0]
    found = f"contrib/{number}" if number.isdigit() else only_here("author", review)
    return Profile(platform="google_business", id=found, display_name=text(who["displayName"]))


def _untranslated(said: str) -> str:
    if TRANSLATED not in said:
        return said
    before, _, after = said.partition(TRANSLATED)
    return (after.partition(ORIGINAL)[2] if ORIGINAL in after else before).strip() or said


def _reply(raw: Raw, review: str) -> Post:
    return Post(
        platform="google_business",
        id=f"{review}/reply",
        kind=Kind.REPLY,
        direction=Direction.OUTBOUND,
        text=_untranslated(text(raw.get("comment"))),
        created_at=instant(raw["updateTime"]),
        conversation_id=review,
        in_reply_to=review,
        version=text(raw["updateTime"]),
    )
