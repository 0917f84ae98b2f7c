"""What Facebook, Instagram and Threads share: the Graph API's credentials, pages, errors, nested lists and pushes.

https://developers.facebook.com/docs/graph-api
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters.base import AdapterConfig, Item, Raw
from socialcrm.adapters.fields import count, epoch, first, objects, text, text_id, wording
from socialcrm.adapters.web import Me, WebAdapter
from socialcrm.errors import AuthError, BadResponse
from socialcrm.http import strict_json
from socialcrm.http.auth import ProvenBearer
from socialcrm.http.client import Response
from socialcrm.http.paging import NextLink
from socialcrm.http.ratelimit import UsageHeaders
from socialcrm.http.rules import BUSY, REFUSED, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig
from socialcrm.model import Deleted, Direction, Kind, Media, Post, Profile, Skipped, Visibility

PAGED = NextLink(
    "paging.next", frozenset({"fields", "filter", "format", "limit", "order", "platform", "pretty", "since"})
)
NESTED = (
    "comments",
    "replies",
    "messages",
    "posts",
    "feed",
    "tagged",
    "ratings",
    "visitor_posts",
    "media",
    "tags",
    "stories",
)
ASKED_BY_ID = ("business_discovery", "mentioned_media", "mentioned_comment")
GONE = "100/33"

_RENEW = Rule(Action.REAUTH, "the token is not accepted; make a new one, and grant it the permissions of this source")
_MISSING = Rule(Action.FAIL, "the token may not do this; grant it the permission or role that is missing", AuthError)
_NUMBER = re.compile(r"\(#(\d+)\)")


class GraphConfig(AdapterConfig):
    """``app_secret`` is needed where the app demands proof of it; ``account`` is the id, where the token tells none."""

    token: SecretStr
    app_secret: SecretStr | None = None
    account: str = "me"


class Graph(WebAdapter):
    """A platform that speaks the Graph API."""

    rate = UsageHeaders(("X-Business-Use-Case-Usage", "X-Page-Usage", "X-App-Usage"))
    volatile = frozenset({"since"})
    batch = 1
    sorts: ClassVar[tuple[str, ...]]
    own_list: ClassVar[str]
    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(("1", "2", "transient"), BUSY),
        **dict.fromkeys(("4", "17", "32", "341", "613", "368", *map(str, range(80_000, 80_015))), SLOW_DOWN),
        **dict.fromkeys(("190", "102", "104", "OAuthException"), _RENEW),
        **dict.fromkeys(("3", "10", *map(str, range(200, 300))), _MISSING),
        **dict.fromkeys(("100", "803", "2500"), REFUSED),
        "cursor": Rule(Action.RESTART, "the platform no longer knows the place where the last run stopped"),
        GONE: Rule(Action.SKIP, "deleted, or hidden from this account"),
    }

    def base_url(self) -> str:
        return f"{self.config.service}/{self.config.version}"

    def auth(self) -> ProvenBearer:
        return ProvenBearer(self.config.token, self.config.app_secret)

    def whoami(self) -> Me:
        me = self.client.get(f"/{self.config.account}", {"fields": "id,name,username"}).json
        return Me(text_id(me["id"]), text_id(me["id"]), text(first(me, "username", "name")))

    def lookup(self, ids: Sequence[str]) -> Response:
        # An id does not tell of what sort its object is, and asking for another sort's fields is an error.
        for fields in self.sorts:
            response = self.client.get(f"/{quote(ids[0], safe='')}", {"fields": fields}, skip=(400, 404))
            if response.rule is None or GONE in response.codes:
                break
        return response

    def gone(self, post_id: str, response: Response) -> str | None:
        # The same words stand for "deleted" and for "not yours to see": the account's own list must still be readable.
        if GONE not in response.codes or self.me is None:
            return None
        control = self.client.get(f"/{self.me.name}/{self.own_list}", {"fields": "id", "limit": 1}, skip=(400, 403))
        return "deleted on the platform" if control.rule is None else None

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        told = body.get("error") if isinstance(body, dict) else None
        if not isinstance(told, dict):
            return (
                ("error",) if told or (isinstance(body, dict) and body.keys() & {"error_message", "error_type"}) else ()
            )
        code, words = told.get("code"), text(told.get("message"))
        if code is None and (found := _NUMBER.search(words)):
            code = found[1]
        broken = ["transient"] * (told.get("is_transient") is True) + ["cursor"] * ("cursor" in words.lower())
        known = [f"{code}/{told.get('error_subcode')}", str(code)] if code is not None else [text(told.get("type"))]
        return [*broken, *known, "error"]

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        if isinstance(body, dict) and "entry" in body:
            yield from pushed(body)
        elif isinstance(body, list) and any("code" in part and "body" in part for part in objects(body)):
            for part in objects(body):  # answers to several questions in one
                if part.get("code") == 200:
                    yield from walk(_read(part["body"]))
        else:
            top = isinstance(body, dict) and "id" in body
            yield from walk(body, **({"_top": True} if top else {}))


def since(moment: datetime) -> Mapping[str, Any]:
    """What keeps the Graph API from sending what is older."""
    return {"since": int(moment.timestamp())}


def walk(node: Any, **about: Any) -> Iterator[Raw]:
    """List an object and those in its nested lists, each told what it lies under.

    ``_on`` is the post and ``_under`` the comment it belongs to, ``_in`` the conversation.
    """
    if isinstance(node, list):
        for one in node:
            yield from walk(one, **about)
    elif not isinstance(node, dict):
        yield node
    elif isinstance(node.get("data"), list | dict) and "id" not in node:
        yield from walk(node["data"], **about)
    elif asked := [node[key] for key in ASKED_BY_ID if isinstance(node.get(key), dict)]:
        yield from walk(asked, **about)
    elif "id" in node or not all(isinstance(one, dict) and "id" in one for one in node.values()):
        yield {**node, **about}
        for key in NESTED:
            if isinstance(nested := node.get(key), dict):
                yield from walk(nested.get("data") or [], **_below(key, node, about))
    else:  # several objects by their ids
        yield from walk(list(node.values()), **about)


def _below(key: str, node: Raw, about: Mapping[str, Any]) -> Mapping[str, Any]:
    if key == "messages":
        return {"_in": node.get("id")}
    if key not in {"comments", "replies"}:
        return {"_beside": True}
    alone = None if key == "replies" else node.get("id")
    return {"_on": about.get("_on") or first(node, "media.id", "object.id") or alone, "_under": node.get("id")}


def pushed(body: Raw) -> Iterator[Raw]:
    """List what an envelope with ``entry`` brings: changes, and messages; each with the account and the time of it."""
    for entry in objects(body["entry"]):
        about = {"_own": entry.get("id"), "_time": entry.get("time"), "_object": body.get("object")}
        for change in objects(entry.get("changes")):
            value = change.get("value")
            yield {**(value if isinstance(value, dict) else {}), **about, "_field": text(change.get("field"))}
        for message in [*objects(entry.get("messaging")), *objects(entry.get("standby"))]:
            yield {**message, **about, "_field": "messaging"}
        if not entry.keys() & {"changes", "messaging", "standby"}:
            yield {**about, "_field": "changed_fields"}


def pushed_at(raw: Raw, *keys: str) -> datetime:
    """When something was pushed: in seconds beside changes, milliseconds beside messages, either in tests of a hook."""
    told = count(first(raw, *keys, "_time"))
    return epoch(told, per_second=1000 if told and told > 100_000_000_000 else 1)


def pushed_message(raw: Raw, platform: str) -> Item:
    """Read what was pushed about a direct message."""
    said = raw.get("message") or raw.get("message_edit")
    if not isinstance(said, dict) or not said.get("mid"):
        what = next(
            (key for key in raw if key not in {"sender", "recipient", "timestamp"} and key[0] != "_"), "unknown"
        )
        return Skipped(platform=platform, reason=f"not a post: {what[:40]}")
    moment = pushed_at(raw, "timestamp")
    if said.get("is_deleted"):
        return Deleted(platform=platform, id=text_id(said["mid"]), at=moment)
    sender, answered = text_id(dig(raw, "sender.id")), dig(said, "reply_to.mid")
    return Post(
        platform=platform,
        id=text_id(said["mid"]),
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if said.get("is_echo") or sender == str(raw["_own"]) else Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        author=Profile(platform=platform, id=sender),
        text=text(said.get("text")),
        created_at=moment,
        edited_at=moment if "message_edit" in raw else None,
        in_reply_to=text_id(answered) if answered else None,
        media=tuple(
            Media(type=text(one.get("type")), url=text(first(one, "payload.url", "url")), alt=text(one.get("title")))
            for one in objects(said.get("attachments"))
        ),
        version=wording(text(said.get("text"))),
    )


def _read(body: Any) -> Any:
    if not isinstance(body, str):
        raise BadResponse("an answer in the batch is no text")
    return strict_json.loads(body.encode())
