"""Mentions, conversations and hashtags on a server that speaks Mastodon's API. https://docs.joinmastodon.org/"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters import mastodon_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Page
from socialcrm.adapters.fields import text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.http.auth import Bearer
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import LinkHeader
from socialcrm.http.ratelimit import RateHeaders, Reset
from socialcrm.http.strict_json import dig
from socialcrm.http.websocket import frames


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
    items = staticmethod(mastodon_items.items)
    parse = staticmethod(mastodon_items.parse)

    def base_url(self) -> str:
        server: str = self.config.server
        return server

    def auth(self) -> Bearer:
        return Bearer(self.config.token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        notices = {"types[]": list(mastodon_items.NOTICES), "limit": 80}
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
            "threads": Threads(own, _context, most=40, pages=1),
        }

    def whoami(self) -> Me:
        account = self.client.get("/api/v1/accounts/verify_credentials").json
        profile = mastodon_items.profile(account)
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
                yield Page(self._completed(self._directed(self.parse_push(mastodon_items.framed(frame)))), None)

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get(f"/api/v1/statuses/{quote(ids[0], safe='')}", skip=(404, 410))

    def gone(self, post_id: str, response: Response) -> str | None:
        # A parked domain answers 404 too, but not in the words of the API.
        told = response.status in {404, 410} and dig(response.json, "error")
        return "deleted on the platform, or hidden from this account" if told else None


def _context(root: str) -> Feed:
    return Feed(f"/api/v1/statuses/{quote(root, safe='')}/context")
