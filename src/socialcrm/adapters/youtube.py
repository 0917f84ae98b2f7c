"""Comments on a channel's videos, their replies, and videos found by searching. https://developers.google.com/youtube/v3/docs"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.feeds import read_feed
from socialcrm.adapters.fields import count, google_codes, instant, links, objects, only_here, text, text_id, unescaped
from socialcrm.adapters.web import Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError, RateLimited
from socialcrm.http.auth import ApiKey
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.rules import BUSY, IN_BODY, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Engagement, Kind, Post, Profile, Skipped
from socialcrm.text import plain

PAGES = CursorParam("pageToken", "nextPageToken")
TEXT = {"textFormat": "plainText", "maxResults": 100}
VIDEOS = {"video", "searchResult", "playlistItem"}

_SPENT = Rule(Action.WAIT, "the day's quota is used up; it starts anew at midnight Pacific time")
_FAST = Rule(Action.RETRY, "the platform asks to slow down", RateLimited)
_KEY = Rule(Action.FAIL, "the API key is not accepted; create or allow one in the Google Cloud console", AuthError)
_LOGIN = Rule(Action.REAUTH, "the credential is not accepted; renew it")


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
    costs: ClassVar[Mapping[str, int]] = {"/search": 100}
    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        **dict.fromkeys(("quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"), _SPENT),
        **dict.fromkeys(("rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED"), _FAST),
        **dict.fromkeys(("backendError", "internalError", "processingFailure", "SERVICE_UNAVAILABLE"), BUSY),
        **dict.fromkeys(("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED"), BUSY),
        **dict.fromkeys(("authError", "invalid_grant", "invalid_token", "UNAUTHENTICATED", "required"), _LOGIN),
        **dict.fromkeys(("keyInvalid", "keyExpired", "accessNotConfigured", "ipRefererBlocked"), _KEY),
        **dict.fromkeys(("insufficientPermissions", "authorizationRequired", "unauthorized_client"), _KEY),
        "commentsDisabled": Rule(Action.SKIP, "comments are turned off there"),
        **dict.fromkeys(("videoNotFound", "commentNotFound"), Rule(Action.SKIP, "deleted, or hidden from everybody")),
        "commentThreadNotFound": Rule(Action.SKIP, "deleted, or hidden from everybody"),
        "channelNotFound": Rule(Action.FAIL, "there is no channel of this id; correct `channel`", ConfigError),
        "invalidPageToken": Rule(Action.RESTART, "the platform no longer knows the page"),
    }

    def auth(self) -> ApiKey:
        return ApiKey("key", self.config.key, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        channel = self.config.channel
        threads = {"part": "snippet,replies", "allThreadsRelatedToChannelId": channel, "order": "time", **TEXT}
        at = ("snippet.topLevelComment.snippet.publishedAt", "contentDetails.videoPublishedAt", "snippet.publishedAt")
        comments = Feed("/commentThreads", threads, PAGES, "items", at=at)
        found = {"part": "snippet", "type": "video", "order": "date", "maxResults": 50}
        search = Feed("/search", found, PAGES, "items", at=at)
        # A channel's uploads are the playlist of its id with UU for UC: one unit a page instead of a hundred.
        uploads = {"part": "snippet,contentDetails", "playlistId": f"UU{channel.removeprefix('UC')}", "maxResults": 50}
        return {
            "comments": comments,
            # A new reply moves no thread, and a thread brings no more than five of them along.
            "replies": Threads(
                comments,
                root=lambda post: None if post.in_reply_to or not post.engagement.replies else post.id,
                ask=lambda root: ("/comments", {"part": "snippet", "parentId": root, **TEXT}),
                all=True,
                paging=PAGES,
                key="items",
            ),
            **{f"search:{term}": search.asking(q=term) for term in self.config.search},
            "own": Feed("/playlistItems", uploads, PAGES, "items", at=at),
        }

    def whoami(self) -> Me:
        asked = {"part": "snippet,statistics", "id": self.config.channel}
        channels = objects(self.client.get("/channels", asked).json.get("items"))
        if not channels:
            raise ConfigError(f"{self.label}: there is no channel {self.config.channel}; correct `channel`")
        profile = _channel(channels[0])
        return Me(profile.id, profile.id, profile.handle or profile.display_name)

    def profiles(self, ids: Sequence[str]) -> Iterator[Profile]:
        known = [one for one in ids if one.startswith("UC")]
        answer = self.client.get("/channels", {"part": "snippet,statistics", "id": ",".join(known), "maxResults": 50})
        return (item for raw in self.raws(answer.json) if isinstance(item := self.read(raw), Profile))

    def lookup(self, ids: Sequence[str]) -> Response:
        comments = [one for one in ids if one.startswith("Ug")]
        return self.client.get("/comments", {"part": "snippet", "id": ",".join(comments), "textFormat": "plainText"})

    def gone(self, post_id: str, response: Response) -> str | None:
        # Comments held for review are left out as deleted ones are: nobody can read either.
        return "deleted on the platform, or held back by it" if post_id.startswith("Ug") else None

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        return google_codes(body)

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, str):  # the channel's feed, and what its hub pushes
            body = read_feed(body.encode(), encoding="utf-8")
        kind = _kind(body)
        for raw in body["items"] if isinstance(body.get("items"), list) else [body] if kind else ():
            inner = _kind(raw) or kind.removesuffix("ListResponse").removesuffix("Response")
            top = dig(raw, "snippet.topLevelComment")
            if inner == "commentThread" and isinstance(top, dict):
                total, on = raw["snippet"].get("totalReplyCount"), raw["snippet"].get("videoId")
                yield {"kind": "youtube#comment", "totalReplyCount": total, "on": on, **top}
                replies = objects(dig(raw, "replies.comments"))
                yield from ({"kind": "youtube#comment", "thread": raw.get("id"), "on": on, **one} for one in replies)
            elif isinstance(raw, dict):
                yield {**raw, "kind": f"youtube#{inner}"}

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        kind = _kind(raw)
        if kind == "comment":
            return _comment(raw)
        if kind == "channel":
            return _channel(raw)
        if kind == "liveChatMessage":
            return _chat(raw)
        if kind in VIDEOS and (video := _video_id(raw)):
            return _video(video, raw["snippet"])
        if "deleted" in raw:
            video = text_id(raw["id"]).removeprefix("yt:video:")
            return Deleted(platform="youtube", id=video, at=instant(raw["deleted"]) if raw["deleted"] else None)
        if "date_published" in raw:
            return _pushed(raw)
        return Skipped(platform="youtube", reason=f"not a post: {kind[:40] or 'something unknown'}")


def _kind(raw: Raw) -> str:
    return text(raw.get("kind")).rpartition("#")[2]


def _comment(raw: Raw) -> Post:
    said, name = raw["snippet"], text_id(raw["id"])
    thread = text(said.get("parentId") or raw.get("thread")) or name.partition(".")[0]
    made, changed = instant(said["publishedAt"]), said.get("updatedAt")
    on = text(said.get("videoId") or raw.get("on"))
    edited = instant(changed) if changed else made
    return Post(
        platform="youtube",
        id=name,
        kind=Kind.COMMENT,
        author=_author(said, name),
        text=text(said.get("textOriginal")) or plain(text(said.get("textDisplay"))),
        created_at=made,
        edited_at=edited if edited != made else None,
        url=f"https://www.youtube.com/watch?v={on}&lc={name}" if on else "",
        conversation_id=thread,
        in_reply_to=thread if thread != name else None,
        engagement=Engagement(likes=count(said.get("likeCount")), replies=count(raw.get("totalReplyCount"))),
        version=text(changed),
    )


def _author(said: Raw, item: str) -> Profile:
    page, name = text(said.get("authorChannelUrl")), text(said.get("authorDisplayName"))
    found = text(dig(said, "authorChannelId.value")) or page.rpartition("/channel/")[2]
    handle = name if name.startswith("@") else ""
    return Profile(platform="youtube", id=found or only_here("youtube", item), handle=handle, display_name=name)


def _chat(raw: Raw) -> Item:
    said, who = raw["snippet"], raw.get("authorDetails") or {}
    if said.get("type") not in {None, "textMessageEvent", "superChatEvent"}:
        return Skipped(platform="youtube", id=text(raw.get("id")), reason="a notice of the platform, not a message")
    by = text(who.get("channelId") or said.get("authorChannelId"))
    return Post(
        platform="youtube",
        id=text_id(raw["id"]),
        kind=Kind.COMMENT,
        author=Profile(platform="youtube", id=by, display_name=text(who.get("displayName"))) if by else None,
        text=text(said.get("displayMessage") or dig(said, "textMessageDetails.messageText")),
        created_at=instant(said["publishedAt"]),
        conversation_id=text(said.get("liveChatId")) or None,
    )


def _channel(raw: Raw) -> Profile:
    about, numbers = raw.get("snippet") or {}, raw.get("statistics") or {}
    bio = text(about.get("description"))
    return Profile(
        platform="youtube",
        id=text_id(raw["id"]),
        handle=text(about.get("customUrl")),
        display_name=text(about.get("title")),
        bio=bio,
        urls=links(bio),
        location=text(about.get("country")),
        lang=text(about.get("defaultLanguage")),
        followers=None if numbers.get("hiddenSubscriberCount") is True else count(numbers.get("subscriberCount")),
        created_at=instant(about["publishedAt"]) if about.get("publishedAt") else None,
    )


def _video_id(raw: Raw) -> str:
    found = dig(raw, "id.videoId") or dig(raw, "snippet.resourceId.videoId")
    return text(found or (raw.get("id") if _kind(raw) == "video" else ""))


def _video(video: str, about: Raw) -> Post:
    channel = text(about.get("videoOwnerChannelId") or about.get("channelId"))
    name = text(about.get("videoOwnerChannelTitle") or about.get("channelTitle"))
    return Post(
        platform="youtube",
        id=video,
        kind=Kind.POST,
        author=Profile(platform="youtube", id=channel, display_name=name) if channel else None,
        text="\n\n".join(filter(None, (unescaped(about.get("title")), unescaped(about.get("description"))))),
        created_at=instant(about["publishedAt"]),
        url=f"https://www.youtube.com/watch?v={video}",
        lang=text(about.get("defaultAudioLanguage") or about.get("defaultLanguage")),
        conversation_id=video,
    )


def _pushed(raw: Raw) -> Post:
    extra, people = raw.get("extra") or {}, objects(raw.get("authors"))
    about = {
        "title": raw.get("title"),
        "description": raw.get("summary"),
        "publishedAt": raw["date_published"],
        "channelId": extra.get("yt:channelId"),
        "channelTitle": people[0].get("name") if people else "",
    }
    return _video(text(extra.get("yt:videoId")) or text_id(raw["id"]).removeprefix("yt:video:"), about)
