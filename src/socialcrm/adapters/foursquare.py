"""Tips and check-ins at the brand's places. https://docs.foursquare.com/developer/reference/v2-checkins-getting-started"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import count, epoch, instant, links, objects, text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError, RateLimited
from socialcrm.http.auth import ApiKey
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import Offset
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import BUSY, IN_BODY, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig, loads
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Visibility

CHECK_INS = {"checkin", "shout", "venueless"}
LISTS = {"tips", "checkins", "hereNow", "recent"}
PEOPLE = ("user", "users", "results", "managing")
NETWORKS = {"twitter": "https://twitter.com/", "facebook": "https://facebook.com/"}

_RENEW = Rule(Action.REAUTH, "the token is not accepted; authorise the application anew")
_FAST = Rule(Action.RETRY, "the allowance of the hour is used up", RateLimited)


class Foursquare(WebAdapter):
    """Places that one account may read. Tips, check-ins and comments share one space of ids."""

    info = AdapterInfo(
        name="foursquare",
        title="Foursquare",
        docs="https://docs.foursquare.com/developer/reference/v2-checkins-getting-started",
        can=frozenset({Capability.REVIEWS, Capability.OWN_POSTS, Capability.PROFILES, Capability.BACKFILL}),
    )

    class Config(AdapterConfig):
        """``venues`` are the ids of the brand's places."""

        service: HttpsOrigin = "https://api.foursquare.com"
        token: SecretStr
        venues: tuple[str, ...] = ()

    prefix = "/v2"
    rate = RateHeaders("X-RateLimit-Remaining", "X-RateLimit-Reset", Reset.EPOCH)
    # The day whose behaviour of the API is asked for.
    common: ClassVar[Mapping[str, Any]] = {"v": "20240101"}
    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        **dict.fromkeys(("rate_limit_exceeded", "quota_exceeded"), _FAST),
        **dict.fromkeys(("invalid_auth", "not_authorized"), _RENEW),
        "server_error": BUSY,
        "endpoint_error": Rule(Action.FAIL, "there is no such call; look for a newer socialcrm", ConfigError),
        "param_error": Rule(Action.FAIL, "the platform does not know the place; correct `venues`", ConfigError),
        "api_retired": Rule(Action.FAIL, "the platform has switched this call off", ConfigError),
        "access_denied": Rule(Action.FAIL, "the account may not read this", AuthError),
    }

    def auth(self) -> ApiKey:
        return ApiKey("oauth_token", self.config.token, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        venues = {venue: f"/venues/{quote(venue, safe='')}" for venue in self.config.venues}
        listed = Feed("", {"limit": 500}, Offset(), at=("createdAt",), when=epoch)
        tips = replace(listed, key="response.tips.items").asking(sort="recent")
        here = replace(listed, key="response.hereNow.items")
        own = replace(listed, key="response.checkins.items").asking(limit=250, sort="newestfirst")
        return {
            **{f"tips:{venue}": tips.at_path(f"{path}/tips") for venue, path in venues.items()},
            **{f"here:{venue}": here.at_path(f"{path}/herenow") for venue, path in venues.items()},
            "own": own.at_path(f"/users/{OWN}/checkins"),
        }

    def whoami(self) -> Me:
        me = _profile(self.client.get("/users/self").json["response"]["user"])
        return Me(me.id, me.id, me.display_name)

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        meta = body.get("meta") if isinstance(body, dict) else None
        told = meta if isinstance(meta, dict) else {}
        # With code 200, an error type such as "deprecated" is a warning only.
        failed = str(told.get("code", 200)) not in {"200", "201"}
        return (text(told.get("errorType")) or "unknown", str(told.get("code"))) if failed else ()

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, list):  # the Places API: bare tips without an author
            yield from (raw for raw in objects(body) if "text" in raw)
            return
        pushed = body.get("checkin")
        found = {"checkin": loads(pushed.encode())} if isinstance(pushed, str) else body.get("response", body)
        for key in PEOPLE:
            people = [found[key]] if isinstance(found.get(key), dict) else objects(found.get(key))
            yield from ({"person": person} for person in people if "firstName" in person)
        yield from _within(found, {})

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        # A list of one account's own check-ins or tips leaves the account out.
        whose = path.partition("/users/")[2].partition("/")[0]
        known = not whose.isdigit() or not isinstance(raw, dict) or "person" in raw or "user" in raw
        return raw if known else {**raw, "user": {"id": whose}}

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "person" in raw:
            return _profile(raw["person"])
        here, to, made = raw.get("type") in CHECK_INS, raw.get("to"), raw.get("createdAt")
        name, by, photo = text_id(raw.get("id") or raw.get("fsq_tip_id")), raw.get("user"), raw.get("photo") or {}
        comments = dig(raw, "comments.count") if "comments" in raw else dig(raw, "posts.count")
        likes = dig(raw, "likes.count") if "likes" in raw else raw.get("agree_count")
        return Post(
            platform="foursquare",
            id=name,
            kind=Kind.CHECK_IN if here else Kind.COMMENT if to else Kind.REVIEW,
            visibility=Visibility.PRIVATE
            if raw.get("private") or raw.get("visibility") == "private"
            else Visibility.PUBLIC,
            author=_profile(by) if by else None,
            text=text(raw.get("shout") if here else raw.get("text")),
            created_at=epoch(made) if made is not None else instant(raw.get("created_at")),
            url=text(raw.get("canonicalUrl") or ("" if here or to else f"https://foursquare.com/item/{name}")),
            lang=text(raw.get("lang")),
            conversation_id=to or name,
            in_reply_to=to,
            media=(Media(type="image", url=_picture(photo)),) if photo else (),
            engagement=Engagement(likes=count(likes), replies=count(comments)),
        )


def _within(node: Any, about: Mapping[str, Any], listed: bool = False) -> Iterator[Raw]:
    """Tips, check-ins and comments anywhere in an answer, each with the account or item it lies in."""
    if isinstance(node, list):
        for item in node:
            yield from _within(item, about, listed)
    if not isinstance(node, dict):
        return
    said = node.get("type") in CHECK_INS or {"id", "createdAt", "text"} <= node.keys() or (listed and "id" in node)
    inside = dict(about)
    if said:
        yield {**about, **node}
        inside = {"to": node.get("id")}
    elif "firstName" in node:
        inside = {"user": node}
    elif "categories" in node:  # a place: who lies in there says nothing about it
        inside = {}
    for key, value in node.items():
        if key not in {"user", "source", "photo"} or (key == "user" and "createdAt" not in node):
            yield from _within(value, inside, key in LISTS or (listed and key in {"items", "groups"} and not said))


def _profile(raw: Raw) -> Profile:
    contact, bio = raw.get("contact") or {}, text(raw.get("bio"))
    accounts = [start + name for key, start in NETWORKS.items() if (name := text(contact.get(key)))]
    pages = [text(link.get("url")) for link in objects(dig(raw, "pageInfo.links.items"))]
    return Profile(
        platform="foursquare",
        id=text_id(raw["id"]),
        handle=text(raw.get("handle") or raw.get("username")),
        display_name=" ".join(filter(None, (text(raw.get("firstName")), text(raw.get("lastName"))))),
        bio=bio,
        urls=tuple(dict.fromkeys((*accounts, *filter(None, pages), *links(bio)))),
        location=text(raw.get("homeCity")),
        followers=count(dig(raw, "followers.count")),
        verified=True if raw.get("type") in {"page", "celebrity"} and raw.get("verified") else None,
        email=text(contact.get("email")),
    )


def _picture(photo: Raw) -> str:
    size = f"{photo.get('width')}x{photo.get('height')}" if photo.get("width") else "original"
    return text(photo.get("url")) or f"{text(photo.get('prefix'))}{size}{text(photo.get('suffix'))}"
