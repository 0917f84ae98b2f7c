"""Tips and check-ins at the brand's places. https://docs.foursquare.com/developer/reference/v2-checkins-getting-started"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters import foursquare_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import epoch, text
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError, RateLimited
from socialcrm.http.auth import ApiKey
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import Offset
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.rules import BUSY, IN_BODY, Action, ErrorTable, Rule

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
    items = staticmethod(foursquare_items.items)
    placed = staticmethod(foursquare_items.placed)
    parse = staticmethod(foursquare_items.parse)

    def auth(self) -> ApiKey:
        return ApiKey("oauth_token", self.config.token, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        venues = {venue: f"/venues/{quote(venue, safe='')}" for venue in self.config.venues}
        listed = Feed("", {"limit": 500}, Offset(), at=("createdAt",), when=epoch)
        tips, here = listed.asking(sort="recent"), "response.hereNow.items"
        own = listed.at_path(f"/users/{OWN}/checkins", key="response.checkins.items")
        return {
            **{
                f"tips:{venue}": tips.at_path(f"{path}/tips", key="response.tips.items")
                for venue, path in venues.items()
            },
            **{f"here:{venue}": listed.at_path(f"{path}/herenow", key=here) for venue, path in venues.items()},
            "own": own.asking(limit=250, sort="newestfirst"),
        }

    def whoami(self) -> Me:
        me = foursquare_items.profile(self.client.get("/users/self").json["response"]["user"])
        return Me(me.id, me.id, me.display_name)

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        meta = body.get("meta") if isinstance(body, dict) else None
        told = meta if isinstance(meta, dict) else {}
        # With code 200, an error type such as "deprecated" is a warning only.
        failed = str(told.get("code", 200)) not in {"200", "201"}
        return (text(told.get("errorType")) or "unknown", str(told.get("code"))) if failed else ()
