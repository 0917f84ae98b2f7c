"""Reviews of places and the owner's answers. https://developers.google.com/my-business/content/review-data"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import epoch, google_codes, instant, objects, only_here, text
from socialcrm.adapters.web import Feed, Threads, WebAdapter
from socialcrm.errors import AuthError, RateLimited
from socialcrm.http.auth import RefreshToken
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.rules import BUSY, IN_BODY, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Direction, Kind, Post, Profile

STARS = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FOUR": 4.0, "FIVE": 5.0}
# A comment in a foreign language comes with a machine's translation in the same text.
TRANSLATED, ORIGINAL = "(Translated by Google)", "(Original)"

_RENEW = Rule(Action.REAUTH, "the refresh token is not accepted; authorise the application anew")
_FAST = Rule(Action.RETRY, "the platform asks to slow down", RateLimited)
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
        **IN_BODY,
        **dict.fromkeys(("UNAUTHENTICATED", "invalid_grant", "invalid_token", "invalid_client"), _RENEW),
        **dict.fromkeys(("RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), _FAST),
        **dict.fromkeys(("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED", "UNKNOWN"), BUSY),
        **dict.fromkeys(("PERMISSION_DENIED", "SERVICE_DISABLED"), _DENIED),
    }

    def auth(self) -> RefreshToken:
        config = self.config
        return RefreshToken(f"{config.accounts}/token", config.client_id, config.client_secret, config.refresh_token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        newest, paging = {"pageSize": 50, "orderBy": "updateTime desc"}, CursorParam("pageToken", "nextPageToken")
        # An answer to an old review does not move it up: look a few pages down in every run.
        return {
            place: Feed(f"/{place}/reviews", newest, paging, "reviews", at=("updateTime",), sparse=True, reread=3)
            for place in self.config.places
        }

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get(f"/{ids[0].removesuffix('/reply')}", skip=(404,))

    def gone(self, post_id: str, response: Response) -> str | None:
        # Of an answer only: a review that is there but cannot be read is not gone.
        without = post_id.endswith("/reply") and dig(response.json, "name") == post_id.removesuffix("/reply")
        return "deleted on the platform" if without or "NOT_FOUND" in response.codes else None

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        return google_codes(body)

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        body = body["result"] if isinstance(body.get("result"), dict) else body  # the old Places API
        listed = body.get("reviews") or [part["review"] for part in objects(body.get("locationReviews"))]
        for raw in listed or ([body] if "starRating" in body or "authorAttribution" in body else ()):
            yield raw
            if isinstance(raw, dict) and raw.get("reviewReply"):
                yield {"reply": raw["reviewReply"], "to": _name(raw)}

    @classmethod
    def parse(cls, raw: Raw) -> Item:
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
