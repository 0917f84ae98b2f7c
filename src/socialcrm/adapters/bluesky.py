"""Mentions, replies, quotes, threads and search on Bluesky. https://docs.bsky.app/docs/category/http-reference"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import jetstream
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Page, Raw
from socialcrm.adapters.fields import count, instant, links, text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.config import Duration
from socialcrm.errors import AuthError, ConfigError
from socialcrm.http.auth import Session
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.http.websocket import frames
from socialcrm.model import Engagement, Kind, Media, Post, Profile, Skipped

REASONS = {"mention": Kind.MENTION, "reply": Kind.REPLY, "quote": Kind.MENTION}
HIDDEN = {"notFoundPost": "not found: deleted, or hidden from this account", "blockedPost": "behind a block"}
UNKNOWN = "InvalidRequest"
GONE = {"RecordNotFound": "deleted on the platform", **dict.fromkeys(("RepoNotFound", UNKNOWN), "account deleted")}
# A notification's cursor is a time and nothing else: what shares the last item's instant would be lost.
BY_TIME = CursorParam(overlap=timedelta(milliseconds=1))
TIMES = ("reason.indexedAt", "post.indexedAt", "indexedAt")
# Not much more nesting than this fits Python's JSON reader.
DEPTH = {"depth": 400, "parentHeight": 0}

_RENEW = Rule(Action.REAUTH, "the session or app password is not accepted; create a new app password")


class Bluesky(WebAdapter):
    """One account on any AT Protocol server."""

    info = AdapterInfo(
        name="bluesky",
        title="Bluesky",
        docs="https://docs.bsky.app/",
        can=frozenset(Capability) - {Capability.MESSAGES, Capability.REVIEWS, Capability.WEBHOOKS},
    )

    class Config(AdapterConfig):
        """``search`` are terms to look for; ``overlap`` is how far each run reads back for late arrivals.

        ``jetstream`` is where `listen` hears of new posts.
        """

        service: HttpsOrigin = "https://bsky.social"
        identifier: str
        app_password: SecretStr
        search: tuple[str, ...] = ()
        overlap: Duration = timedelta(days=3)
        jetstream: HttpsOrigin = "https://jetstream2.us-east.bsky.network"

    prefix = "/xrpc"
    rate = RateHeaders("RateLimit-Remaining", "RateLimit-Reset", Reset.EPOCH)
    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"), _RENEW),
        **dict.fromkeys(("UpstreamFailure", "UpstreamTimeout", "InternalServerError", "NotEnoughResources"), BUSY),
        **dict.fromkeys(("BlockedActor", "BlockedByActor"), Rule(Action.SKIP, HIDDEN["blockedPost"])),
        "RateLimitExceeded": SLOW_DOWN,
        "AuthFactorTokenRequired": Rule(Action.FAIL, "this is no app password; create one in the settings", AuthError),
        "AccountTakedown": Rule(Action.FAIL, "the platform took the account down", AuthError),
        "BadQueryString": Rule(Action.FAIL, "the platform cannot read the search term; simplify it", ConfigError),
        "NotFound": Rule(Action.SKIP, HIDDEN["notFoundPost"]),
    }

    def auth(self) -> Session:
        login = {"identifier": self.config.identifier, "password": self.config.app_password}
        create, refresh = (f"/com.atproto.server.{verb}Session" for verb in ("create", "refresh"))
        return Session(create, refresh, login, "accessJwt", "refreshJwt")

    def feeds(self) -> Mapping[str, Feed | Threads]:
        news = {"limit": 100, "priority": False, "reasons": list(REASONS)}
        said = {"actor": OWN, "limit": 100, "filter": "posts_with_replies"}
        found = {"limit": 100, "sort": "latest"}
        own = Feed("/app.bsky.feed.getAuthorFeed", said, CursorParam(), "feed", at=TIMES)
        search = Feed("/app.bsky.feed.searchPosts", found, CursorParam(), "posts", at=TIMES)
        # Sorted by a time that the author may have chosen: a late arrival can lie pages deep.
        notices = Feed("/app.bsky.notification.listNotifications", news, BY_TIME, "notifications", at=TIMES, reread=3)
        thread = "/app.bsky.feed.getPostThread"
        return {
            "notifications": notices,
            **{f"search:{term}": search.asking(q=term) for term in self.config.search},
            "own": own,
            "threads": Threads(own, lambda post: post.conversation_id, lambda root: (thread, {"uri": root, **DEPTH})),
        }

    def whoami(self) -> Me:
        session = self.client.get("/com.atproto.server.getSession").json
        return Me(text_id(session["did"]), text_id(session["did"]), text(session.get("handle")))

    def profiles(self, ids: Sequence[str]) -> Iterator[Profile]:
        answer = self.client.get("/app.bsky.actor.getProfiles", {"actors": ids})
        return (item for raw in self.raws(answer.json) if isinstance(item := self.read(raw), Profile))

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get("/app.bsky.feed.getPosts", {"uris": ids})

    def gone(self, post_id: str, response: Response) -> str | None:
        # Blocks, mutes and deactivated accounts hide posts too: only the record itself tells.
        names = dict(zip(("repo", "collection", "rkey"), post_id.removeprefix("at://").split("/"), strict=False))
        codes = self.client.get("/com.atproto.repo.getRecord", names, skip=(400, 404)).codes
        if codes == (UNKNOWN,):  # of an account that is away; one that may come back says so, one that is deleted not
            codes = self.client.get("/app.bsky.actor.getProfile", {"actor": names["repo"]}, skip=(400, 404)).codes
        return next((GONE[code] for code in codes if code in GONE), None)

    def listen(self, cursor: str | None, *, stop: Callable[[], bool]) -> Iterator[Page]:
        own, terms = self.me.id if self.me else "", self.config.search

        def wanted(record: Raw) -> str | None:
            return "own" if record["_did"] == own else jetstream.concerns(record, own, terms)

        heard = frames(jetstream.address(self.config.jetstream, cursor), label=self.label, stop=stop)
        for page in jetstream.pages(heard, wanted, self.read):
            yield Page(self._completed(self._directed(page.items)), page.cursor)

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        error = body.get("error") if isinstance(body, dict) else None
        return (error,) if isinstance(error, str) else ()

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        for key in ("notifications", "posts", "records", "profiles", "repostedBy"):
            yield from body.get(key) or ()
        yield from (like["actor"] for like in body.get("likes") or ())
        for entry in body.get("feed") or ():
            yield dig(entry, "post") or entry
            yield from (post for key in ("reply.root", "reply.parent") if (post := dig(entry, key)))
        if "value" in body or "followersCount" in body:
            yield body
        nodes = [body["thread"]] if "thread" in body else []
        while nodes:
            node = nodes.pop()
            yield dig(node, "post") or node
            nodes += [*reversed(dig(node, "replies") or ()), *filter(None, [dig(node, "parent")])]

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "did" in raw:
            return _profile(raw)
        uri, hidden = raw["uri"], HIDDEN.get(str(raw.get("$type")).rpartition("#")[2])
        record = raw.get("record") or raw.get("value") or {}
        if hidden or record.get("$type") != "app.bsky.feed.post":
            what = text(raw.get("reason"))[:40] or "record"
            return Skipped(platform="bluesky", id=uri, reason=hidden or f"not a post: {what}")
        did, _, rkey = uri.removeprefix("at://").split("/")
        author, reply = _profile(raw.get("author") or {"did": did}), record.get("reply")
        said, seen = record.get("createdAt"), raw.get("indexedAt")
        likes, replies, shares = (count(raw.get(f"{what}Count")) for what in ("like", "reply", "repost"))
        return Post(
            platform="bluesky",
            id=uri,
            kind=REASONS.get(raw.get("reason", ""), Kind.REPLY if reply else Kind.POST),
            author=author,
            text=text(record.get("text")),
            # The author's own claim, but never after the server saw the post.
            created_at=min(instant(said or seen), instant(seen or said)),
            url=f"https://bsky.app/profile/{author.handle or did}/post/{rkey}",
            lang=text((record.get("langs") or [""])[0]),
            conversation_id=reply["root"]["uri"] if reply else uri,
            in_reply_to=reply["parent"]["uri"] if reply else None,
            media=tuple(_media(record.get("embed") or {}, did)),
            engagement=Engagement(likes=likes, replies=replies, shares=shares),
            version=text(raw.get("cid")),
        )


def _profile(raw: Raw) -> Profile:
    bio, badge = text(raw.get("description")), (raw.get("verification") or {}).get("verifiedStatus")
    return Profile(
        platform="bluesky",
        id=text_id(raw["did"]),
        handle=text(raw.get("handle")).replace("handle.invalid", ""),
        display_name=text(raw.get("displayName")),
        bio=bio,
        urls=links(bio),
        followers=count(raw.get("followersCount")),
        verified=badge == "valid" if badge else None,
        created_at=instant(raw["createdAt"]) if raw.get("createdAt") else None,
    )


def _media(embed: Raw, did: str) -> Iterator[Media]:
    embed = embed.get("media") or embed
    for image in embed.get("images") or ():
        link = f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{image['image']['ref']['$link']}@jpeg"
        yield Media(type="image", url=link, alt=text(image.get("alt")))
    if "video" in embed:
        yield Media(type="video", alt=text(embed.get("alt")))
    if link := embed.get("external"):
        yield Media(type="link", url=text(link.get("uri")), alt=text(link.get("title")))
