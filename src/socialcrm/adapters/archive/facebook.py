"""Facebook's "Download your information", in JSON.

Fields: https://www.facebook.com/help/212802592074644; no ids, no links between posts, titles in the
reader's language.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from socialcrm.adapters.archive.base import ArchiveAdapter, Place, Section, named, owner_alone, section
from socialcrm.adapters.archive.meta import media, message, repaired
from socialcrm.adapters.base import AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import epoch, links, text
from socialcrm.errors import BadRecord
from socialcrm.model import Direction, Kind, Media, Post, Profile, Skipped, Visibility

PLATFORM = "facebook"
_OTHERS = ("wall_posts_sent_to_you",)


def _said(raw: Raw, place: Place) -> Iterator[Item]:
    """Read one entry of a list of posts, comments or reviews; other lists hold none of their words."""
    if not isinstance(raw, dict) or "timestamp" not in raw:
        return
    raw = repaired(raw)
    told = [one for one in raw.get("data") or () if isinstance(one, dict)]
    for one in told:
        if isinstance(one.get("comment"), dict):
            yield from _post(Kind.COMMENT, one["comment"], text(one["comment"].get("comment")), raw, place)
        elif isinstance(one.get("review"), dict):
            yield from _post(Kind.REVIEW, one["review"], text(one["review"].get("text")), raw, place)
        elif "post" in one:
            yield from _post(Kind.POST, one, text(one["post"]), raw, place)
    listed = any(word in posixpath.basename(place.path) for word in ("post", "comment"))
    if listed and not any(key in one for one in told for key in ("post", "comment", "review", "reaction")):
        yield Skipped(platform=PLATFORM, reason="an entry without words")


def _post(kind: Kind, told: Raw, said: str, raw: Raw, place: Place) -> Iterator[Item]:
    if not said:
        yield Skipped(platform=PLATFORM, reason="an entry without words")
        return
    at = epoch(told.get("timestamp") or raw["timestamp"])
    name, others = text(told.get("author")), place.keys[:1] == _OTHERS
    yield Post(
        platform=PLATFORM,
        id=named(PLATFORM, kind, int(at.timestamp()), said),
        kind=kind,
        direction=Direction.INBOUND if others else Direction.OUTBOUND,
        visibility=Visibility.PRIVATE,  # whom a post was shown to is not in the download
        author=None if others else _by(name, place),
        text=said,
        created_at=at,
        media=_attached(raw),
        rating=_rating(told) if kind is Kind.REVIEW else None,
    )


def _by(name: str, place: Place) -> Profile | None:
    """The owner, whose name an entry may repeat; without profile file the name counts within this export only."""
    owner = place.owner
    if owner and (not name or not owner.display_name or name == owner.display_name):
        return owner if owner.display_name or not name else owner.model_copy(update={"display_name": name})
    if not name:
        return None
    return Profile(platform=PLATFORM, id=named(PLATFORM, "author", place.facts.get("export"), name), display_name=name)


def _rating(told: Raw) -> float | None:
    found = told.get("rating")
    found = found.get("value") if isinstance(found, dict) else found
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _data(raw: Raw) -> Iterator[dict[str, Any]]:
    for attachment in raw.get("attachments") or ():
        yield from (one for one in attachment.get("data") or () if isinstance(one, dict))


def _attached(raw: Raw) -> tuple[Media, ...]:
    return media([one["media"] for one in _data(raw) if isinstance(one.get("media"), dict)])


_ABOUT = section(r"profile_information\.json", owner_alone, into=lambda keys: False)


class FacebookArchive(ArchiveAdapter):
    """Posts, comments, group posts and messages of one account."""

    info = AdapterInfo(
        name="facebook-archive",
        title="Facebook download",
        docs="https://www.facebook.com/help/212802592074644",
        can=frozenset({Capability.OWN_POSTS, Capability.REPLIES, Capability.MESSAGES, Capability.BACKFILL}),
    )
    platform = PLATFORM
    folders = frozenset(
        {"posts", "comments", "comments_and_reactions", "groups", "pages", "other_activity", "reviews", "messages"}
        | {"profile_information", "personal_information", "your_facebook_activity"}
    )
    about = identity = (_ABOUT,)
    sections = (
        _ABOUT,
        section(
            r"(?:inbox|archived_threads|filtered_threads|message_requests|e2ee_cutover)/[^/]+/message_\d+\.json",
            lambda raw, place: message(PLATFORM, raw, place),
            private=True,
        ),
        section(r"(?:posts|comments|comments_and_reactions|groups|pages|other_activity|reviews)/[^/]+\.json", _said),
    )

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        for _, raw in read(_ABOUT):
            told = next((raw[key] for key in ("profile_v2", "profile_information_v2", "profile") if key in raw), None)
            if isinstance(told, dict):
                return {"owner": _owner(repaired(told))}
        return {}


def _owner(told: dict[str, Any]) -> Profile | None:
    """Whose download it is, named by when the account was opened. Its addresses are left out: a file proves none."""
    name = told.get("name")
    full = text(name.get("full_name")) if isinstance(name, dict) else text(name)
    known = [str(told[key]) for key in ("registration_timestamp", "username", "profile_uri") if told.get(key)]
    if not full and not known:
        return None
    sites = [text(site.get("address")) if isinstance(site, dict) else text(site) for site in told.get("websites") or ()]
    bio = text(told.get("intro_bio", {}).get("text")) if isinstance(told.get("intro_bio"), dict) else ""
    city = told.get("current_city")
    return Profile(
        platform=PLATFORM,
        id=named(PLATFORM, "account", known[0] if known else "", full),
        handle=text(told.get("username")),
        display_name=full,
        bio=bio,
        urls=tuple(dict.fromkeys(filter(None, [*sites, *links(bio)]))),
        location=text(city.get("name")) if isinstance(city, dict) else "",
        created_at=_opened(told.get("registration_timestamp")),
    )


def _opened(value: Any) -> Any:
    try:
        return epoch(value) if value else None
    except BadRecord:
        return None
