"""Mentions, conversations and hashtags on a server that speaks Mastodon's API. https://docs.joinmastodon.org/"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Page, Raw
from socialcrm.adapters.fields import count, html_links, instant, links, server_sent, text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.http.auth import Bearer
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import LinkHeader
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.strict_json import dig, loads
from socialcrm.http.websocket import frames
from socialcrm.model import Deleted, Engagement, Kind, Media, Post, Profile, Skipped, Visibility
from socialcrm.text import plain

NOTICES = {"mention": Kind.MENTION, "quote": Kind.MENTION, "status": Kind.POST, "update": Kind.POST}
PRIVATE = {"direct", "private"}


class Mastodon(WebAdapter):
    """One account on one server. Post ids are that server's own; people are known by their global address."""

    info = AdapterInfo(
        name="mastodon",
        title="Mastodon",
        docs="https://docs.joinmastodon.org/",
        can=frozenset(Capability) - {Capability.REVIEWS, Capability.WEBHOOKS},
    )

    class Config(AdapterConfig):
        """``tags`` are hashtags to look for."""

        server: HttpsOrigin
        token: SecretStr
        tags: tuple[str, ...] = ()

    rate = RateHeaders("X-RateLimit-Remaining", "X-RateLimit-Reset", Reset.INSTANT)
    batch = 1

    def base_url(self) -> str:
        server: str = self.config.server
        return server

    def auth(self) -> Bearer:
        return Bearer(self.config.token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        notices = {"types[]": list(NOTICES), "limit": 80}
        down = LinkHeader("next")
        own = Feed(f"/api/v1/accounts/{OWN}/statuses", {"limit": 40, "exclude_reblogs": True}, down)
        return {
            # Only `min_id` pages upward without a gap; `since_id` answers with the newest.
            "notifications": Feed("/api/v1/notifications", notices, LinkHeader("prev"), upward="min_id=0"),
            **{
                f"tag:{tag}": Feed(f"/api/v1/timelines/tag/{quote(tag.lstrip('#'), safe='')}", {"limit": 40}, down)
                for tag in self.config.tags
            },
            "own": own,
            "threads": Threads(
                own,
                root=lambda post: post.id,
                ask=lambda root: (f"/api/v1/statuses/{quote(root, safe='')}/context", {}),
                most=40,
                pages=1,
            ),
        }

    def whoami(self) -> Me:
        account = self.client.get("/api/v1/accounts/verify_credentials").json
        profile = _profile(account)
        return Me(profile.id, quote(text_id(account["id"]), safe=""), profile.handle)

    def listen(self, cursor: str | None, *, stop: Callable[[], bool]) -> Iterator[Page]:
        # Notifications only: the whole stream is what the account follows. There is no place to resume at, so
        # what is missed is read by the next sync.
        told = self.client.get("/api/v2/instance", skip=(404,)).json
        base = text(dig(told, "configuration.urls.streaming")) or self.base_url()
        token = {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}
        url = f"{base.rstrip('/')}/api/v1/streaming?stream=user:notification"
        for frame in frames(url, label=self.label, headers=token, stop=stop):
            if frame:
                yield Page(self._completed(self._directed(self.parse_push(_framed(frame)))), None)

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get(f"/api/v1/statuses/{quote(ids[0], safe='')}", skip=(404, 410))

    def gone(self, post_id: str, response: Response) -> str | None:
        # A parked domain answers 404 too, but not in the words of the API.
        told = response.status in {404, 410} and dig(response.json, "error")
        return "deleted on the platform, or hidden from this account" if told else None

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, list):
            yield from body
        elif isinstance(body, str):
            yield from ({"event": event, "payload": payload} for event, payload in server_sent(body))
        elif body.keys() & {"ancestors", "descendants", "statuses", "accounts"}:
            for key in ("ancestors", "descendants", "statuses", "accounts"):
                yield from body.get(key) or ()
        elif body.keys() & {"content", "acct", "status", "event"}:
            yield body

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if "event" in raw:
            return _event(raw["event"], raw["payload"])
        if "last_status" in raw:
            return _status(raw["last_status"])
        if "acct" in raw:
            return _profile(raw)
        if "content" in raw:
            return _status(raw)
        kind = NOTICES.get(raw["type"])
        if kind is None or not raw.get("status"):
            return Skipped(platform="mastodon", reason=f"not a post: {text(raw['type'])[:40]}")
        post = _status(raw["status"])
        return post if post.in_reply_to or kind is Kind.POST else post.model_copy(update={"kind": kind})


def _event(event: str, payload: str) -> Item:
    if event == "delete":
        return Deleted(platform="mastodon", id=text_id(payload))
    if event in {"update", "status.update", "notification", "conversation"}:
        return Mastodon.parse(loads(payload.encode()))
    return Skipped(platform="mastodon", reason=f"not a post: {event[:40]}")


def _status(raw: Raw) -> Post:
    reply = raw.get("in_reply_to_id")
    warning, content = text(raw.get("spoiler_text")), plain(text(raw["content"]))
    likes, replies, shares = (count(raw.get(f"{what}_count")) for what in ("favourites", "replies", "reblogs"))
    return Post(
        platform="mastodon",
        id=text_id(raw["id"]),
        kind=Kind.SHARE if raw.get("reblog") else Kind.REPLY if reply else Kind.POST,
        visibility=Visibility.PRIVATE if raw.get("visibility") in PRIVATE else Visibility.PUBLIC,
        author=_profile(raw["account"]) if raw.get("account") else None,
        text=f"{warning}\n\n{content}" if warning else content,
        created_at=instant(raw["created_at"]),
        edited_at=instant(raw["edited_at"]) if raw.get("edited_at") else None,
        url=text(raw.get("url") or raw.get("uri")),
        lang=text(raw.get("language")),
        conversation_id=None if reply else text_id(raw["id"]),
        in_reply_to=text_id(reply) if reply else None,
        media=tuple(
            Media(type=text(item.get("type")), url=text(item.get("url")), alt=text(item.get("description")))
            for item in raw.get("media_attachments") or ()
        ),
        engagement=Engagement(likes=likes, replies=replies, shares=shares),
        version=text(raw.get("edited_at") or raw["created_at"]),
    )


def _profile(raw: Raw) -> Profile:
    home, acct, note = text(raw.get("uri") or raw.get("url")), text(raw["acct"]), text(raw.get("note"))
    proven = sorted(raw.get("fields") or (), key=lambda field: not field.get("verified_at"))
    said = [text(field.get("value")) for field in proven]
    found = [link for piece in (*said, note) for link in (html_links(piece) or links(plain(piece)))]
    return Profile(
        platform="mastodon",
        id=home or text_id(raw["id"]),
        handle=acct if "@" in acct else f"{acct}@{urlsplit(text(raw.get('url')) or home).netloc}",
        display_name=text(raw.get("display_name")),
        bio=plain(note),
        urls=tuple(dict.fromkeys(found)),
        followers=count(raw.get("followers_count")),
        created_at=instant(raw["created_at"]) if raw.get("created_at") else None,
    )


def _framed(frame: str) -> Raw:
    """A frame of the stream: JSON that holds the event as JSON in a text."""
    told = loads(frame.encode())
    event = text(told.get("event")) if isinstance(told, dict) else ""
    return {"event": event, "payload": text(told.get("payload"))} if event else []
