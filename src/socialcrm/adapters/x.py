"""Mentions, replies, quotes, search and messages on X, API v2. https://docs.x.com/x-api

Recorded answers of version 1.1 and of its account activity webhooks are read as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import x_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import text, text_id
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
        x_items.GONE: Rule(Action.SKIP, "deleted, or hidden from this account"),
        "resource": Rule(Action.SKIP, "protected, suspended, withheld or behind a block"),
        "403": DEFAULT_RULES[403],
    }
    codes = staticmethod(x_items.codes)
    items = staticmethod(x_items.items)
    placed = staticmethod(x_items.placed)
    parse = staticmethod(x_items.parse)

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
        listed = Feed("", asked, TIMELINE, "data", sparse=True)
        own = listed.at_path(f"/users/{OWN}/tweets", since=_after).asking(exclude="retweets")
        recent = listed.at_path("/tweets/search/recent", paging=FOUND, since=self._recent)
        thread = Threads(
            own,
            ask=lambda root: recent.asking(query=f"conversation_id:{root}"),
            root=lambda post: post.conversation_id,
            most=25,
            pages=1,
        )
        quotes = Threads(own, ask=lambda root: listed.at_path(f"/tweets/{root}/quote_tweets"), most=25, pages=1)
        messages = listed.at_path("/dm_events", params={"max_results": 100, **MESSAGE_FIELDS})
        return {
            "mentions": listed.at_path(f"/users/{OWN}/mentions", since=_after, kind=Kind.MENTION),
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
        return "deleted on the platform" if x_items.GONE in x_items.problems(response.json, post_id) else None

    def _recent(self, moment: datetime) -> Mapping[str, Any]:
        return _after(moment) if self.clock.now() - moment < SEARCHABLE else {}


def _after(moment: datetime) -> Mapping[str, Any]:
    return {"start_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
