"""Entries of an invented guest book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import instant, text, text_id
from socialcrm.adapters.web import Feed, Me, WebAdapter
from socialcrm.http.auth import ApiKey
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.model import Kind, Post, Profile


class Guestbook(WebAdapter):
    """What visitors wrote."""

    info = AdapterInfo("guestbook", "Guest book", "https://guestbook.example/docs", frozenset({Capability.REVIEWS}))

    class Config(AdapterConfig):
        """``token`` is the key of the desk; this platform wants it in the query."""

        service: HttpsOrigin
        token: SecretStr

    prefix = "/api"

    def auth(self) -> ApiKey:
        return ApiKey("token", self.config.token, in_query=True)

    def feeds(self) -> Mapping[str, Feed]:
        return {"entries": Feed("/entries", {"limit": 3}, CursorParam("page", "next"), key="entries", at=("at",))}

    def whoami(self) -> Me:
        me = self.client.get("/me").json
        return Me(text_id(me["id"]), text_id(me["id"]), text(me["name"]))

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        yield from body.get("entries") or ()

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        author = Profile(platform="guestbook", id=text_id(raw["by"]["id"]), display_name=text(raw["by"]["name"]))
        return Post(
            platform="guestbook",
            id=text_id(raw["id"]),
            kind=Kind.REVIEW,
            author=author,
            text=text(raw["text"]),
            created_at=instant(raw["at"]),
        )
