"""A Facebook Page: posts on it and about it, comments, reviews and messages. https://developers.facebook.com/docs/pages-api"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcrm.adapters import facebook_items, graph
from socialcrm.adapters.base import AdapterInfo, Capability
from socialcrm.adapters.web import OWN, Feed, Threads
from socialcrm.http.origin import HttpsOrigin
from socialcrm.model import Kind

WORDS = "id,created_time,from,message,permalink_url"
POST = f"{WORDS},story,status_type,attachments,shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"
COMMENT = f"{WORDS},parent{{id}},object{{id}},attachment,comment_count,like_count"
MESSAGES = f"id,updated_time,messages.limit(50){{{WORDS.replace(',permalink_url', '')},to,attachments,shares,sticker}}"
REVIEW = "created_time,open_graph_story{id},rating,recommendation_type,review_text,reviewer"


class Facebook(graph.Graph):
    """One Page."""

    info = AdapterInfo(
        name="facebook",
        title="Facebook",
        docs="https://developers.facebook.com/docs/pages-api",
        can=frozenset(Capability) - {Capability.SEARCH, Capability.PROFILES},
    )

    class Config(graph.GraphConfig):
        """``messages`` reads the Page's conversations."""

        service: HttpsOrigin = "https://graph.facebook.com"
        version: str = "v23.0"
        messages: bool = False

    sorts = (COMMENT, POST)
    own_list = "feed"
    placed = staticmethod(facebook_items.placed)
    parse = staticmethod(facebook_items.parse)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        def listed(edge: str, fields: str, *at: str, **more: Any) -> Feed:
            return Feed(f"/{OWN}/{edge}", {"fields": fields, "limit": 50}, graph.PAGED, "data", at=at, **more)

        feed = listed("feed", POST, "created_time", since=graph.since)
        comments = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": 100}
        return {
            "feed": feed,
            "tagged": listed("tagged", f"{POST},tagged_time", "tagged_time", "created_time", kind=Kind.MENTION),
            "ratings": listed("ratings", REVIEW, "created_time"),
            "comments": Threads(
                feed,
                ask=lambda root: Feed(f"/{root}/comments", comments, graph.PAGED, "data"),
                all=True,
            ),
            **({"messages": listed("conversations", MESSAGES, "updated_time")} if self.config.messages else {}),
        }
