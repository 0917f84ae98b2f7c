"""Posts, replies, mentions and search on Threads. https://developers.facebook.com/docs/threads"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcrm.adapters import graph, threads_items, web
from socialcrm.adapters.base import AdapterInfo, Capability, Raw
from socialcrm.adapters.fields import objects, text
from socialcrm.adapters.web import OWN, Feed
from socialcrm.http.origin import HttpsOrigin
from socialcrm.model import Kind

POST = (
    "id,alt_text,is_quote_post,is_reply,media_type,media_url,owner,permalink,replied_to,reposted_post,root_post"
    ",shortcode,text,thumbnail_url,timestamp,username"
)


class Threads(graph.Graph):
    """One account; of others the platform tells only the user name."""

    info = AdapterInfo(
        name="threads",
        title="Threads",
        docs="https://developers.facebook.com/docs/threads",
        can=frozenset(Capability) - {Capability.REVIEWS, Capability.MESSAGES, Capability.PROFILES},
    )

    class Config(graph.GraphConfig):
        """``search`` are terms to look for."""

        service: HttpsOrigin = "https://graph.threads.com"
        version: str = "v1.0"
        search: tuple[str, ...] = ()

    sorts = (POST,)
    own_list = "threads"
    parse = staticmethod(threads_items.parse)

    def feeds(self) -> Mapping[str, Feed | web.Threads]:
        def listed(path: str, **more: Any) -> Feed:
            asked = {"fields": POST, "limit": 50, **more}
            return Feed(path, asked, graph.PAGED, "data", at=("timestamp",), since=graph.since)

        own = listed(f"/{OWN}/threads")
        return {
            "mentions": listed(f"/{OWN}/mentions").of_kind(Kind.MENTION),
            **{
                f"search:{term}": listed("/keyword_search", q=term, search_type="RECENT") for term in self.config.search
            },
            "own": own,
            "replies": web.Threads(
                own,
                ask=lambda root: Feed(f"/{root}/conversation", {"fields": POST, "limit": 100}, graph.PAGED, "data"),
            ),
        }

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, dict) and "values" in body and "topic" in body:
            # Not Graph's envelope: one push, its values an object, or several of them.
            for change in objects(body["values"]):
                value = change.get("value")
                about = {"_field": text(change.get("field")), "_time": body.get("time")}
                yield {**(value if isinstance(value, dict) else {}), **about}
        else:
            yield from super().items(body)
