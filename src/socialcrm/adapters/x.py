"""Mentions, replies, quotes, search and messages on X, API v2. https://docs.x.com/x-api

Recorded answers of version 1.1 and of its account activity webhooks are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import x_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import first, objects, text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.config import Duration
from socialcrm.errors import ConfigError
from socialcrm.http.auth import Auth, Bearer, RefreshToken
from socialcrm.http.client import Response
from socialcrm.http.ledger import Period, Quota
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import BUSY, DEFAULT_RULES, IN_BODY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Kind

FIELDS = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities"
    ",in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets",
    "user.fields": "created_at,description,entities,location,name,public_metrics,url,username,verified,verified_type",
    "media.fields": "alt_text,preview_image_url,type,url",
    "expansions": "attachments.media_keys,author_id,referenced_tweets.id,referenced_tweets.id.author_id",
}
MESSAGE_FIELDS = {
    "dm_event.fields": "attachments,created_at,dm_conversation_id,event_type,id,referenced_tweets,sender_id,text",
    "user.fields": FIELDS["user.fields"],
    "expansions": "sender_id,attachments.media_keys",
    "event_types": "MessageCreate",
}
SEARCHABLE = timedelta(days=6, hours=23)
TIMELINE, FOUND = CursorParam("pagination_token", "meta.next_token"), CursorParam("next_token", "meta.next_token")
GONE = "resource-not-found"
PLACES = frozenset({"pagination_token", "next_token", "since_id", "until_id", "start_time"})

_RENEW = Rule(Action.REAUTH, "X does not accept the token; make a new one in the developer portal")
_PLAN = Rule(Action.FAIL, "this access level does not include the endpoint; change the plan", ConfigError)
_CAPPED = Rule(Action.WAIT, "the posts that the plan allows to read are used up until its next period")


class X(WebAdapter):
    """One account on X."""

    info = AdapterInfo(
        name="x",
        title="X",
        docs="https://docs.x.com/x-api",
        can=frozenset(Capability) - {Capability.REVIEWS},
    )

    class Config(AdapterConfig):
        """``token`` of an app needs ``username``; of an account, ``refresh_token`` and client renew it instead."""

        service: HttpsOrigin = "https://api.x.com"
        token: SecretStr | None = None
        refresh_token: SecretStr | None = None
        client_id: str = ""
        client_secret: SecretStr | None = None
        username: str = ""
        search: tuple[str, ...] = ()
        messages: bool = False
        overlap: Duration = timedelta(minutes=15)

    prefix = "/2"
    rate = RateHeaders("x-rate-limit-remaining", "x-rate-limit-reset", Reset.EPOCH, by_path=True)
    volatile = frozenset({"start_time"})
    batch = 100
    # The plan caps the posts that may be read in a month: set `budget` to it.
    quota: ClassVar[Quota] = Quota(Period.MONTH, items=True)
    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        **dict.fromkeys(("32", "89", "99", "135", "215", "326"), _RENEW),
        **dict.fromkeys(("invalid_token", "invalid_grant", "invalid_client"), _RENEW),
        **dict.fromkeys(("88", "185", 420), SLOW_DOWN),
        **dict.fromkeys(("130", "131", "streaming-connection", "operational-disconnect"), BUSY),
        **dict.fromkeys(("453", "client-forbidden", "client-not-enrolled"), _PLAN),
        "usage-capped": _CAPPED,
        "paging": Rule(Action.RESTART, "X no longer knows the place where the last run stopped"),
        GONE: Rule(Action.SKIP, "deleted, or hidden from this account"),
        "resource": Rule(Action.SKIP, "protected, suspended, withheld or behind a block"),
        "403": DEFAULT_RULES[403],
    }

    def auth(self) -> Auth:
        config = self.config
        if config.refresh_token and config.client_secret:  # it is replaced at every renewal
            address = f"{config.service}/2/oauth2/token"
            return RefreshToken(address, config.client_id, config.client_secret, config.refresh_token, basic=True)
        if config.token is None:
            raise ConfigError(f"{self.label}: give a token, or client_id, client_secret and refresh_token")
        return Bearer(config.token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        asked = {"max_results": 100, **FIELDS}
        own = Feed(
            f"/users/{OWN}/tweets", {**asked, "exclude": "retweets"}, TIMELINE, "data", sparse=True, since=_after
        )
        recent = Feed("/tweets/search/recent", asked, FOUND, "data", sparse=True, since=self._recent)
        thread = Threads(
            own,
            root=lambda post: post.conversation_id,
            ask=lambda root: (recent.path, {**asked, "query": f"conversation_id:{root}"}),
            most=25,
            pages=1,
            paging=FOUND,
            key="data",
            sparse=True,
        )
        quotes = Threads(
            own,
            root=lambda post: post.id,
            ask=lambda root: (f"/tweets/{root}/quote_tweets", asked),
            most=25,
            pages=1,
            paging=TIMELINE,
            key="data",
            sparse=True,
        )
        messages = Feed("/dm_events", {"max_results": 100, **MESSAGE_FIELDS}, TIMELINE, "data", sparse=True)
        return {
            "mentions": Feed(
                f"/users/{OWN}/mentions", asked, TIMELINE, "data", sparse=True, since=_after, kind=Kind.MENTION
            ),
            **{f"search:{term}": recent.asking(query=term) for term in self.config.search},
            "own": own,
            "threads": thread,
            "quotes": quotes,
            **({"messages": messages} if self.config.messages else {}),
        }

    def whoami(self) -> Me:
        name = self.config.username.lstrip("@")
        me = self.client.get(f"/users/by/username/{name}" if name else "/users/me").json["data"]
        return Me(text_id(me["id"]), text_id(me["id"]), text(me.get("username")))

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get("/tweets", {"ids": ",".join(ids), **FIELDS})

    def gone(self, post_id: str, response: Response) -> str | None:
        # A message is no post and never found by this question; protected and blocked posts may return.
        told = [
            error for error in objects(dig(response.json, "errors")) if post_id == first(error, "resource_id", "value")
        ]
        return "deleted on the platform" if any(_problem(error) == GONE for error in told) else None

    def _recent(self, moment: datetime) -> Mapping[str, Any]:
        return _after(moment) if self.clock.now() - moment < SEARCHABLE else {}

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        if not isinstance(body, dict) or body.keys() & {"data", "includes", "meta", "statuses", "for_user_id"}:
            return ()
        told = body.get("errors") or body.get("error") or (body if "title" in body and "detail" in body else None)
        problems = objects(told)
        found = ["paging"] * any(_about_paging(problem) for problem in problems)
        for problem in [*problems, *([body] if problems and "title" in body else [])]:
            found += [
                code for code in (_problem(problem), *map(str, (problem.get("code"), problem.get("status")))) if code
            ]
        found += ["resource"] * any("resource_type" in problem for problem in problems)
        found += [told] if isinstance(told, str) else []
        return [*found, "error"] if told else ()

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        return x_items.items(body)

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        return x_items.placed(raw, path)

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        return x_items.parse(raw)


def _after(moment: datetime) -> Mapping[str, Any]:
    return {"start_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def _problem(error: Raw) -> str:
    return text(error.get("type")).rstrip("/").rpartition("/")[2]


def _about_paging(error: Raw) -> bool:
    told = error.get("parameters")
    return isinstance(told, dict) and bool(told.keys() & PLACES)
