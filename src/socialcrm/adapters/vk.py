"""Mentions, a community's wall and its comments, searches and messages on VK. https://dev.vk.com/en/reference"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import vk_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import epoch
from socialcrm.adapters.web import Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError, RateLimited
from socialcrm.http.auth import ApiKey
from socialcrm.http.client import Response
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam, Offset
from socialcrm.http.rules import BUSY, Action, ErrorTable, Rule
from socialcrm.model import Kind, Post

LIST = "response.items"
PEOPLE = "screen_name,city,country,site,about,status,connections,followers_count,verified"

_LOGIN = Rule(Action.REAUTH, "the token is not accepted; create a new one")
_FAST = Rule(Action.RETRY, "the platform asks to slow down", RateLimited)
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
        **dict.fromkeys(("6", "9", "29"), _FAST),
        **dict.fromkeys(("4", "5", "17", "27", "28", "1114", "1116", "1117", "3609"), _LOGIN),
        **dict.fromkeys(("18", "19", "30", "104", "212", "1260"), _CLOSED),
        **dict.fromkeys(("3", "8", "100", "113", "125"), _WRONG),
        "7": Rule(Action.FAIL, "the token lacks a permission; create one with it", AuthError),
        "14": Rule(Action.FAIL, "the platform wants a captcha solved; sign in by hand", AuthError),
        "15": Rule(Action.FAIL, "the platform gives no access to this"),
    }

    def auth(self) -> ApiKey:
        return ApiKey("access_token", self.config.token, in_query=True)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        ours, more = -self.config.community, {"extended": 1, "fields": PEOPLE}
        latest = Feed("", {"count": 100, **more}, Offset(), LIST, at=("date",), when=epoch)
        if self.config.messages:
            history = {"count": 200, "group_id": self.config.community, **more}
            talks = Feed("/messages.getConversations", history, Offset(), LIST)
            talk = partial(_asking, "/messages.getHistory", "peer_id", history)
            return {"messages": Threads(talks, _talk, talk, all=True, paging=Offset(), key=LIST)}
        wall = latest.at_path("/wall.get").asking(owner_id=ours, filter="all")
        below = {"need_likes": 1, "sort": "asc", "count": 100, "thread_items_count": 10, **more}
        comments = partial(_asking, "/wall.getComments", "post_id", below)
        found = replace(latest, paging=CursorParam("start_from", "response.next_from")).at_path("/newsfeed.search")
        return {
            "mentions": latest.at_path("/newsfeed.getMentions").asking(owner_id=ours, count=50).of_kind(Kind.MENTION),
            "wall": wall,
            "comments": Threads(wall, _talked, comments, all=True, paging=Offset(), key=LIST),
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

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        return vk_items.items(body)

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        return vk_items.parse(raw)


def _talk(message: Post) -> str | None:
    return message.conversation_id


def _talked(post: Post) -> str | None:
    return post.id if post.engagement.replies else None


def _asking(path: str, name: str, more: Mapping[str, Any], root: str) -> tuple[str, Mapping[str, Any]]:
    owner, _, number = root.rpartition("_")
    return path, {name: number, **({"owner_id": owner} if owner else {}), **more}
