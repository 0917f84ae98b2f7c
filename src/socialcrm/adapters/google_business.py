"""Reviews of places and the owner's answers. https://developers.google.com/my-business/content/review-data"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import SecretStr

from socialcrm.adapters import google, google_business_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.web import Feed, Threads, WebAdapter
from socialcrm.errors import AuthError
from socialcrm.http.auth import RefreshToken
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.rules import BUSY, TOO_FAST, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig

_RENEW = Rule(Action.REAUTH, "the refresh token is not accepted; authorise the application anew")
_DENIED = Rule(Action.FAIL, "the account may not manage this place, or the project has no access", AuthError)


class GoogleBusiness(WebAdapter):
    """Places of one account. Google names no author's account: each is known by one review only."""

    info = AdapterInfo(
        name="google_business",
        title="Google Business Profile",
        docs="https://developers.google.com/my-business/content/review-data",
        can=frozenset(
            {Capability.REVIEWS, Capability.EDITS, Capability.RECHECK, Capability.DELETES, Capability.BACKFILL}
        ),
    )

    class Config(AdapterConfig):
        """``places`` are names as the API gives them: ``accounts/1/locations/2``."""

        service: HttpsOrigin = "https://mybusiness.googleapis.com"
        accounts: HttpsOrigin = "https://oauth2.googleapis.com"
        client_id: str
        client_secret: SecretStr
        refresh_token: SecretStr
        places: tuple[str, ...]

    prefix = "/v4"
    batch = 1
    errors: ClassVar[ErrorTable] = {
        **google.ERRORS,
        **dict.fromkeys(("UNAUTHENTICATED", "invalid_grant", "invalid_token", "invalid_client"), _RENEW),
        "RATE_LIMIT_EXCEEDED": TOO_FAST,
        "UNKNOWN": BUSY,
        **dict.fromkeys(("PERMISSION_DENIED", "SERVICE_DISABLED"), _DENIED),
    }
    codes = staticmethod(google.codes)
    items = staticmethod(google_business_items.items)
    parse = staticmethod(google_business_items.parse)

    def auth(self) -> RefreshToken:
        config = self.config
        return RefreshToken(f"{config.accounts}/token", config.client_id, config.client_secret, config.refresh_token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        newest = {"pageSize": 50, "orderBy": "updateTime desc"}
        # An answer to an old review does not move it up: look a few pages down in every run.
        return {
            place: Feed(f"/{place}/reviews", newest, google.PAGED, "reviews", at=("updateTime",), sparse=True, reread=3)
            for place in self.config.places
        }

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get(f"/{ids[0].removesuffix('/reply')}", skip=(404,))

    def gone(self, post_id: str, response: Response) -> str | None:
        # Of an answer only: a review that is there but cannot be read is not gone.
        without = post_id.endswith("/reply") and dig(response.json, "name") == post_id.removesuffix("/reply")
        return "deleted on the platform" if without or "NOT_FOUND" in response.codes else None
