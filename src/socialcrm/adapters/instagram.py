"""A professional Instagram account: media, tags, comments and messages. https://developers.facebook.com/docs/instagram-platform"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcrm.adapters import graph, instagram_items
from socialcrm.adapters.base import AdapterInfo, Capability, Raw
from socialcrm.adapters.web import OWN, Feed, Threads
from socialcrm.http.origin import HttpsOrigin
from socialcrm.model import Kind

WORDS = "id,timestamp,username"
MEDIA = (
    f"{WORDS},caption,comments_count,like_count,media_product_type,media_type,media_url,owner,permalink,thumbnail_url"
)
SAID = f"{WORDS},from,like_count,media,parent_id,text"
COMMENT = f"{SAID},replies.limit(50){{{SAID}}}"
MESSAGES = "id,updated_time,messages.limit(50){id,created_time,from,to,message,attachments,shares,story}"


class Instagram(graph.Graph):
    """One business or creator account; of others the platform often tells only the user name."""

    info = AdapterInfo(
        name="instagram",
        title="Instagram",
        docs="https://developers.facebook.com/docs/instagram-platform",
        can=frozenset(Capability) - {Capability.SEARCH, Capability.REVIEWS, Capability.PROFILES},
    )

    class Config(graph.GraphConfig):
        """``messages`` reads conversations, those of ``page`` where the token is that of a Facebook Page."""

        service: HttpsOrigin = "https://graph.instagram.com"
        version: str = "v23.0"
        messages: bool = False
        page: str = ""

    sorts = (SAID, MEDIA)
    own_list = "media"
    parse = staticmethod(instagram_items.parse)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        def listed(path: str, fields: str, at: str, **more: Any) -> Feed:
            return Feed(path, {"fields": fields, "limit": 50, **more}, graph.PAGED, "data", at=(at,))

        media = listed(f"/{OWN}/media", MEDIA, "timestamp")
        inbox = f"/{self.config.page or OWN}/conversations"
        return {
            "media": media,
            "tags": listed(f"/{OWN}/tags", MEDIA.replace(",owner", ""), "timestamp").of_kind(Kind.MENTION),
            "comments": Threads(
                media, ask=lambda root: Feed(f"/{root}/comments", {"fields": COMMENT, "limit": 50}, graph.PAGED, "data")
            ),
            **(
                {"messages": listed(inbox, MESSAGES, "updated_time", platform="instagram")}
                if self.config.messages
                else {}
            ),
        }

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, dict) and isinstance(body.get("meta"), dict) and "data" in body:
            yield {"_shut": True}  # an answer of the API that was shut in 2020
        else:
            yield from super().items(body)

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        above, _, edge = path.rstrip("/").rpartition("/")
        media = above.rpartition("/")[2]
        alone = edge == "comments" and media.isdigit() and isinstance(raw, dict) and not raw.get("_on")
        return {**raw, "_on": media, "_under": raw.get("_under") or media} if alone else raw
