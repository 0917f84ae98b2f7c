"""Mentions, a community's wall and its comments, searches and messages on VK. https://dev.vk.com/en/reference"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import vk_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import epoch
from socialcrm.adapters.web import Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError
from socialcrm.http.auth import ApiKey
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam, Offset
from socialcrm.http.rules import BUSY, TOO_FAST, Action, ErrorTable, Rule
from socialcrm.model import Kind

LIST = "response.items"
PEOPLE = "screen_name,city,country,site,about,status,connections,followers_count,verified"

_LOGIN = Rule(Action.REAUTH, "the token is not accepted; create a new one")
_WRONG = Rule(Action.FAIL, "the platform does not take the call; correct the settings", ConfigError)
_CLOSED = Rule(Action.SKIP, "closed, hidden or deleted")


class VK(WebAdapter):
    """One community. Communities have negative ids, as everywhere on VK; a post is its wall's owner and a number."""

    info = AdapterInfo(
        name="vk",
        title="VK",
        docs="https://dev.vk.com/en/reference",
        can=frozenset(Capability) - {Capability.REVIEWS},
    )

    class Config(AdapterConfig):
        """``community`` is its number; ``messages`` says that the token is the community's own, for messages only."""

        service: HttpsOrigin = "https://api.vk.com"
        community: int
        token: SecretStr
        search: tuple[str, ...] = ()
        messages: bool = False

    prefix = "/method"
    batch = 100
    common: ClassVar[Mapping[str, Any]] = {"v": "5.199"}
    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(("1", "10", "13"), BUSY),
        **dict.fromkeys(("6", "9", "29"), TOO_FAST),
        **dict.fromkeys(("4", "5", "17", "27", "28", "1114", "1116", "1117", "3609"), _LOGIN),
        **dict.fromkeys(("18", "19", "30", "104", "212", "1260"), _CLOSED),
        **dict.fromkeys(("3", "8", "100", "113", "125"), _WRONG),
        "7": Rule(Action.FAIL, "the token lacks a permission; create one with it", AuthError),
        "14": Rule(Action.FAIL, "the platform wants a captcha solved; sign in by hand", AuthError),
        "15": Rule(Action.FAIL, "the platform gives no access to this"),
    }
    items = staticmethod(vk_items.items)
    parse = staticmethod(vk_items.parse)

    def auth(self) -> ApiKey:
        return ApiKey("access_token", self.config.token, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        ours, more = -self.config.community, {"extended": 1, "fields": PEOPLE}
        latest = Feed("", {"count": 100, **more}, Offset(), LIST, at=("date",), when=epoch)
        if self.config.messages:
            history = {"count": 200, "group_id": self.config.community, **more}
            talks = Feed("/messages.getConversations", history, Offset(), LIST)
            talk = partial(_below, talks.at_path("/messages.getHistory"), "peer_id")
            return {"messages": Threads(talks, talk, root=lambda message: message.conversation_id, all=True)}
        wall = latest.at_path("/wall.get").asking(owner_id=ours, filter="all")
        below = {"need_likes": 1, "sort": "asc", "count": 100, "thread_items_count": 10, **more}
        comments = partial(_below, Feed("/wall.getComments", below, Offset(), LIST), "post_id")
        found = latest.at_path("/newsfeed.search", paging=CursorParam("start_from", "response.next_from"))
        return {
            "mentions": latest.at_path("/newsfeed.getMentions").asking(owner_id=ours, count=50).of_kind(Kind.MENTION),
            "wall": wall,
            "comments": Threads(
                wall, comments, root=lambda post: post.id if post.engagement.replies else None, all=True
            ),
            **{f"search:{term}": found.asking(q=term, count=200) for term in self.config.search},
        }

    def whoami(self) -> Me:
        found = self.client.get("/groups.getById", {"group_id": self.config.community}).json["response"]
        group = vk_items.profile((found["groups"] if isinstance(found, dict) else found)[0])
        return Me(group.id, group.id, group.handle)

    def findable(self, post_id: str) -> bool:
        # A message from a person has an id such as a post on their wall may have.
        return post_id.startswith(f"-{self.config.community}_") and post_id.count("_") == 1

    def lookup(self, ids: Sequence[str]) -> Response:
        return self.client.get("/wall.getById", {"posts": ",".join(ids)})

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict):
            return (str(error.get("error_code") or "unknown"),)
        return (error,) if isinstance(error, str) else ()


def _below(listed: Feed, name: str, root: str) -> Feed:
    owner, _, number = root.rpartition("_")
    return listed.asking(**{name: number}, **({"owner_id": owner} if owner else {}))
