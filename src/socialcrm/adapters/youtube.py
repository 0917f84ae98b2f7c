"""Comments on a channel's videos, their replies, and videos found by searching. https://developers.google.com/youtube/v3/docs"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import SecretStr

from socialcrm.adapters import google, youtube_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import objects
from socialcrm.adapters.web import Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError
from socialcrm.http.auth import ApiKey
from socialcrm.http.client import Response
from socialcrm.http.ledger import Period, Quota
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.rules import BUSY, TOO_FAST, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Profile

TEXT = {"textFormat": "plainText", "maxResults": 100}

_SPENT = Rule(Action.WAIT, "the day's quota is used up; it starts anew at midnight Pacific time")
_KEY = Rule(Action.FAIL, "the API key is not accepted; create or allow one in the Google Cloud console", AuthError)
_LOGIN = Rule(Action.REAUTH, "the credential is not accepted; renew it")
_HIDDEN = Rule(Action.SKIP, "deleted, or hidden from everybody")


class YouTube(WebAdapter):
    """One channel, read with an API key, so only what everybody may read. Ids are YouTube's own."""

    info = AdapterInfo(
        name="youtube",
        title="YouTube",
        docs="https://developers.google.com/youtube/v3/docs",
        can=frozenset(Capability) - {Capability.MENTIONS, Capability.MESSAGES, Capability.REVIEWS},
    )

    class Config(AdapterConfig):
        """``channel`` is the id of the brand's channel (UC...), ``search`` are terms to look for."""

        service: HttpsOrigin = "https://www.googleapis.com"
        channel: str
        key: SecretStr
        search: tuple[str, ...] = ()

    prefix = "/youtube/v3"
    batch = 50
    # Units of the day's 10,000: https://developers.google.com/youtube/v3/determine_quota_cost
    quota: ClassVar[Quota] = Quota(Period.DAY, units=10_000, zone="America/Los_Angeles", costs={"/search": 100})
    errors: ClassVar[ErrorTable] = {
        **google.ERRORS,
        **dict.fromkeys(("quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"), _SPENT),
        **dict.fromkeys(("rateLimitExceeded", "userRateLimitExceeded"), TOO_FAST),
        **dict.fromkeys(("backendError", "internalError", "processingFailure", "SERVICE_UNAVAILABLE"), BUSY),
        **dict.fromkeys(("authError", "invalid_grant", "invalid_token", "UNAUTHENTICATED", "required"), _LOGIN),
        **dict.fromkeys(("keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked"), _KEY),
        **dict.fromkeys(("insufficientPermissions", "authorizationRequired", "unauthorized_client"), _KEY),
        "commentsDisabled": Rule(Action.SKIP, "comments are turned off there"),
        **dict.fromkeys(("videoNotFound", "commentNotFound", "commentThreadNotFound"), _HIDDEN),
        "channelNotFound": Rule(Action.FAIL, "there is no channel of this id; correct `channel`", ConfigError),
        "invalidPageToken": Rule(Action.RESTART, "the platform no longer knows the page"),
    }
    codes = staticmethod(google.codes)
    items = staticmethod(youtube_items.items)
    parse = staticmethod(youtube_items.parse)

    def auth(self) -> ApiKey:
        return ApiKey("key", self.config.key, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        channel = self.config.channel
        threads = {"part": "snippet,replies", "allThreadsRelatedToChannelId": channel, "order": "time", **TEXT}
        at = ("snippet.topLevelComment.snippet.publishedAt", "contentDetails.videoPublishedAt", "snippet.publishedAt")
        comments = Feed("/commentThreads", threads, google.PAGED, "items", at=at)
        below = comments.at_path("/comments", params={"part": "snippet", **TEXT})
        found = {"part": "snippet", "type": "video", "order": "date", "maxResults": 50}
        search = comments.at_path("/search", params=found)
        # A channel's uploads are the playlist of its id with UU for UC: one unit a page instead of a hundred.
        uploads = {"part": "snippet,contentDetails", "playlistId": f"UU{channel.removeprefix('UC')}", "maxResults": 50}
        return {
            "comments": comments,
            # A new reply moves no thread, and a thread brings no more than five of them along.
            "replies": Threads(
                comments,
                ask=lambda root: below.asking(parentId=root),
                root=lambda post: None if post.in_reply_to or not post.engagement.replies else post.id,
                all=True,
            ),
            **{f"search:{term}": search.asking(q=term) for term in self.config.search},
            "own": comments.at_path("/playlistItems", params=uploads),
        }

    def whoami(self) -> Me:
        asked = {"part": "snippet,statistics", "id": self.config.channel}
        channels = objects(self.client.get("/channels", asked).json.get("items"))
        if not channels:
            raise ConfigError(f"{self.label}: there is no channel {self.config.channel}; correct `channel`")
        profile = youtube_items.channel(channels[0])
        return Me(profile.id, profile.id, profile.handle or profile.display_name)

    def profiles(self, ids: Sequence[str]) -> Iterator[Profile]:
        known = [one for one in ids if one.startswith("UC")]
        asked = {"part": "snippet,statistics", "id": ",".join(known), "maxResults": 50}
        return self.people("/channels", asked) if known else iter(())

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get("/comments", {"part": "snippet", "id": ",".join(ids), "textFormat": "plainText"})

    def findable(self, post_id: str) -> bool:
        return post_id.startswith("Ug")

    def gone(self, post_id: str, response: Response) -> str | None:
        # Comments held for review are left out as deleted ones are: nobody can read either.
        told = isinstance(dig(response.json, "items"), list) and response.rule is None
        return "deleted on the platform, or held back by it" if told else None
