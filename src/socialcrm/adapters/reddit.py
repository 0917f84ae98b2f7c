"""Mentions, replies, messages, subreddits and searches on Reddit. https://www.reddit.com/dev/api/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters import reddit_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import epoch
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import ConfigError
from socialcrm.http.auth import RefreshToken
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import IN_BODY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig

_RENEW = Rule(Action.REAUTH, "the refresh token is not accepted; authorise the application anew")
_CLOSED = Rule(Action.SKIP, "the subreddit is closed to this account")


class Reddit(WebAdapter):
    """One account. Posts, comments and messages have Reddit's full names as ids; names are never given away again."""

    info = AdapterInfo(
        name="reddit",
        title="Reddit",
        docs="https://www.reddit.com/dev/api/",
        can=frozenset(Capability) - {Capability.REVIEWS, Capability.WEBHOOKS},
    )

    class Config(AdapterConfig):
        """``subreddits`` are read whole; ``search`` are terms looked for everywhere; ``modmail`` reads theirs."""

        service: HttpsOrigin = "https://oauth.reddit.com"
        accounts: HttpsOrigin = "https://www.reddit.com"
        client_id: str
        client_secret: SecretStr
        refresh_token: SecretStr
        user_agent: str = "python:socialcrm (a brand's own account)"
        subreddits: tuple[str, ...] = ()
        search: tuple[str, ...] = ()
        modmail: bool = False

    rate = RateHeaders("X-RateLimit-Remaining", "X-RateLimit-Reset", Reset.DELTA)
    # Without it, texts come with their angle brackets and ampersands escaped.
    common: ClassVar[Mapping[str, Any]] = {"raw_json": 1}
    batch = 100
    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        **dict.fromkeys(("invalid_grant", "invalid_token", "USER_REQUIRED"), _RENEW),
        **dict.fromkeys(("RATELIMIT", "QUOTA_FILLED"), SLOW_DOWN),
        **dict.fromkeys(("private", "quarantined", "banned", "gold_only"), _CLOSED),
        451: Rule(Action.SKIP, "withheld for legal reasons"),
        414: Rule(Action.FAIL, "a search term is too long; shorten it", ConfigError),
    }
    items = staticmethod(reddit_items.items)
    parse = staticmethod(reddit_items.parse)

    def auth(self) -> RefreshToken:
        config = self.config
        address = f"{config.accounts}/api/v1/access_token"
        return RefreshToken(address, config.client_id, config.client_secret, config.refresh_token, basic=True)

    def headers(self) -> Mapping[str, str]:
        return {"User-Agent": self.config.user_agent}

    def feeds(self) -> Mapping[str, Feed | Threads]:
        at = ("data.created_utc",)
        listing = Feed("", {"limit": 100}, CursorParam("after", "data.after"), "data.children", at=at, when=epoch)
        own = listing.at_path(f"/user/{OWN}/submitted")
        found = listing.at_path("/search").asking(sort="new", t="all")
        subs = {name: quote(name.removeprefix("r/"), safe="") for name in self.config.subreddits}
        whole = {"sort": "new", "limit": 500}
        talks, wanted = {"sort": "recent", "limit": 100, "state": "all"}, self.config.modmail
        modmail = Feed("/api/mod/conversations", talks, key="conversationIds")
        return {
            "inbox": listing.at_path("/message/inbox"),
            "sent": listing.at_path("/message/sent"),
            **{f"comments:{name}": listing.at_path(f"/r/{sub}/comments") for name, sub in subs.items()},
            **{f"posts:{name}": listing.at_path(f"/r/{sub}/new") for name, sub in subs.items()},
            **{f"search:{term}": found.asking(q=term) for term in self.config.search},
            "own": own,
            "own comments": listing.at_path(f"/user/{OWN}/comments"),
            "threads": Threads(own, lambda root: Feed(f"/comments/{root[3:]}", whole)),
            **({"modmail": Threads(modmail, _talk, lambda post: post.conversation_id, all=True)} if wanted else {}),
        }

    def whoami(self) -> Me:
        me = reddit_items.profile(self.client.get("/api/v1/me").json)
        return Me(me.id, quote(me.handle, safe=""), me.handle)

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get("/api/info", {"id": ",".join(ids)})

    def findable(self, post_id: str) -> bool:
        return post_id.startswith(("t1_", "t3_"))

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        told = dig(body, "json.errors")
        if isinstance(told, list) and told:
            return tuple(str(error[0]) for error in told if isinstance(error, list) and error) or ("unknown",)
        found = (dig(body, "reason"), dig(body, "error")) if dig(body, "kind") is None else ()
        return tuple(str(code) for code in found if code and isinstance(code, str | int))


def _talk(root: str) -> Feed:
    return Feed(f"/api/mod/conversations/{quote(root, safe='')}")
