"""Mentions, replies, quotes, threads and search on Bluesky. https://docs.bsky.app/docs/category/http-reference"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import bluesky_items, jetstream
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Page, Raw
from socialcrm.adapters.fields import text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.config import Duration
from socialcrm.errors import AuthError, ConfigError
from socialcrm.http.auth import Session
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.websocket import frames
from socialcrm.model import Profile

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
        **dict.fromkeys(("BlockedActor", "BlockedByActor"), Rule(Action.SKIP, bluesky_items.HIDDEN["blockedPost"])),
        "RateLimitExceeded": SLOW_DOWN,
        "AuthFactorTokenRequired": Rule(Action.FAIL, "this is no app password; create one in the settings", AuthError),
        "AccountTakedown": Rule(Action.FAIL, "the platform took the account down", AuthError),
        "BadQueryString": Rule(Action.FAIL, "the platform cannot read the search term; simplify it", ConfigError),
        "NotFound": Rule(Action.SKIP, bluesky_items.HIDDEN["notFoundPost"]),
    }
    items = staticmethod(bluesky_items.items)
    parse = staticmethod(bluesky_items.parse)

    def auth(self) -> Session:
        login = {"identifier": self.config.identifier, "password": self.config.app_password}
        create, refresh = (f"/com.atproto.server.{verb}Session" for verb in ("create", "refresh"))
        return Session(create, refresh, login, "accessJwt", "refreshJwt")

    def feeds(self) -> Mapping[str, Feed | Threads]:
        news = {"limit": 100, "priority": False, "reasons": list(bluesky_items.REASONS)}
        said = {"actor": OWN, "limit": 100, "filter": "posts_with_replies"}
        found = {"limit": 100, "sort": "latest"}
        own = Feed("/app.bsky.feed.getAuthorFeed", said, CursorParam(), "feed", at=TIMES)
        search = Feed("/app.bsky.feed.searchPosts", found, CursorParam(), "posts", at=TIMES)
        # Sorted by a time that the author may have chosen: a late arrival can lie pages deep.
        notices = Feed("/app.bsky.notification.listNotifications", news, BY_TIME, "notifications", at=TIMES, reread=3)
        thread = Feed("/app.bsky.feed.getPostThread", DEPTH)
        return {
            "notifications": notices,
            **{f"search:{term}": search.asking(q=term) for term in self.config.search},
            "own": own,
            "threads": Threads(own, lambda root: thread.asking(uri=root), lambda post: post.conversation_id),
        }

    def whoami(self) -> Me:
        session = self.client.get("/com.atproto.server.getSession").json
        return Me(text_id(session["did"]), text_id(session["did"]), text(session.get("handle")))

    def profiles(self, ids: Sequence[str]) -> Iterator[Profile]:
        return self.people("/app.bsky.actor.getProfiles", {"actors": ids})

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
