"""Invented conversations with Skylark Air, as the platforms' servers would tell them."""

from __future__ import annotations

from typing import Any

from socialcrm.http.exchange import Exchange

BRAND = "did:plc:skylarkair00000000000000"


def exchange(
    path: str, body: Any, *, method: str = "GET", status: int = 200, headers: Any = None, **params: Any
) -> Exchange:
    """One scripted question and answer; underscores before ``__`` in names stand for brackets."""
    asked = {name.replace("__", "[]"): value for name, value in params.items()}
    texts = {name: [str(v) for v in value] if isinstance(value, list) else str(value) for name, value in asked.items()}
    return Exchange.from_dict(
        {
            "request": {"method": method, "path": path, "params": texts},
            "response": {
                "status": status,
                "headers": {"content-type": "application/json", **(headers or {})},
                "body": body,
            },
        }
    )


# Bluesky


def at_uri(number: int, who: str = "") -> str:
    return f"at://{who or f'did:plc:person{number % 3:018d}'}/app.bsky.feed.post/3k{number:011d}"


def at_time(number: int) -> str:
    return f"2026-02-{28 - number // 24:02d}T{23 - number % 24:02d}:00:00.000Z"


def at_author(did: str) -> dict[str, Any]:
    return {"did": did, "handle": f"{did[-6:]}.example", "displayName": f"Person {did[-1]}", "description": "flies"}


def at_post(number: int, *, who: str = "", root: str = "", parent: str = "", text: str = "") -> dict[str, Any]:
    uri = at_uri(number, who)
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "text": text or f"@skylark.example where is bag {number}?",
        "createdAt": at_time(number),
        "langs": ["en"],
    }
    if root:
        record["reply"] = {"root": {"uri": root, "cid": "r"}, "parent": {"uri": parent or root, "cid": "p"}}
    return {
        "uri": uri,
        "cid": f"bafy{number}",
        "author": at_author(uri.split("/")[2]),
        "record": record,
        "indexedAt": at_time(number),
    }


def at_notice(number: int, reason: str = "mention", **more: Any) -> dict[str, Any]:
    return {**at_post(number, **more), "reason": reason, "isRead": False}


def bluesky_session() -> list[Exchange]:
    tokens = {
        "accessJwt": "eyJhbGciOiJub25l.eyJzdWIiOiJ4In0x.sigsig",
        "refreshJwt": "eyJhbGciOiJub25l.eyJzdWIiOiJ4In0y.sigsig",
    }
    me = {"did": BRAND, "handle": "skylark.example"}
    return [
        exchange("/xrpc/com.atproto.server.createSession", {**me, **tokens}, method="POST"),
        exchange("/xrpc/com.atproto.server.refreshSession", {**me, **tokens}, method="POST"),
        exchange("/xrpc/com.atproto.server.getSession", {**me, "email": "desk@skylark.example"}),
    ]


NOTICES: dict[str, Any] = {"limit": 100, "priority": "false", "reasons": ["mention", "reply", "quote"]}
NOTICES_PATH = "/xrpc/app.bsky.notification.listNotifications"


def bluesky_notifications(size: int = 4, pages: int = 4) -> list[Exchange]:
    """Pages asked again from a millisecond after their last item, as the adapter does."""
    found, token = [], None
    for page in range(pages):
        numbers = range(page * size - (page > 0), (page + 1) * size)
        notices = [at_notice(number) for number in numbers]
        last = notices[-1]["indexedAt"]
        body = {"notifications": notices, "cursor": last}
        found.append(exchange(NOTICES_PATH, body, **NOTICES, **({"cursor": token} if token else {})))
        token = last.replace(".000Z", ".001Z")
    end = {"notifications": [at_notice(pages * size - 1)], "cursor": last}
    return [
        *bluesky_session(),
        *found,
        exchange(NOTICES_PATH, end, **NOTICES, cursor=token),
        exchange(NOTICES_PATH, {"notifications": []}, **NOTICES, cursor=last),
        *bluesky_profiles(),
    ]


def bluesky_profiles() -> list[Exchange]:
    dids = [f"did:plc:person{number:018d}" for number in range(3)]
    full = [
        {**at_author(did), "followersCount": 7, "description": f"{did[-1]} at https://fly.example/{did[-1]}."}
        for did in dids
    ]
    path = "/xrpc/app.bsky.actor.getProfiles"
    return [
        exchange(path, {"profiles": [person for person in full if person["did"] in some]}, actors=list(some))
        for some in _subsets([*dids, BRAND])
    ]


def _subsets(names: list[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name in names:
        found += [(*some, name) for some in found]
    return [tuple(sorted(some)) for some in found if some]


# Mastodon

HOST = "https://social.example"


def account(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"1{sum(map(ord, name))}",
        "username": name,
        "acct": name,
        "display_name": name.title(),
        "note": '<p>Flies a lot. <a href="https://fly.example/me" rel="me">fly.example/me</a></p>',
        "url": f"{HOST}/@{name}",
        "uri": f"{HOST}/users/{name}",
        "fields": [],
        "followers_count": 12,
        "created_at": "2023-01-01T00:00:00.000Z",
        **more,
    }


def status(number: int, name: str = "ann", **more: Any) -> dict[str, Any]:
    return {
        "id": str(110_000_000_000_000_000 + number),
        "created_at": f"2026-02-{1 + number // 24:02d}T{number % 24:02d}:00:00.000Z",
        "edited_at": None,
        "in_reply_to_id": None,
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "uri": f"{HOST}/users/{name}/statuses/{number}",
        "url": f"{HOST}/@{name}/{number}",
        "content": f"<p>where is bag {number}?</p>",
        "reblog": None,
        "account": account(name),
        "media_attachments": [],
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 3,
        **more,
    }


def notice(number: int, kind: str = "mention", **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": kind,
        "created_at": "2026-02-01T00:00:00.000Z",
        "account": account("ann"),
        "status": status(number, **more),
    }


M_NOTICES: dict[str, Any] = {"types__": ["mention", "quote", "status", "update"], "limit": 80}
M_PATH = "/api/v1/notifications"


def prev(number: int) -> dict[str, str]:
    query = f"limit=80&min_id={number}&types%5B%5D=mention&types%5B%5D=quote&types%5B%5D=status&types%5B%5D=update"
    return {"link": f'<{HOST}{M_PATH}?max_id=1>; rel="next", <{HOST}{M_PATH}?{query}>; rel="prev"'}


def mastodon_notifications(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = [exchange("/api/v1/accounts/verify_credentials", account("skylark"))]
    below = 0
    for page in range(pages):
        numbers = range(page * size + 1, (page + 1) * size + 1)
        # Newest first within the page, as the server does it.
        notices = [notice(number) for number in reversed(numbers)]
        found.append(exchange(M_PATH, notices, headers=prev(numbers[-1]), **M_NOTICES, min_id=below))
        below = numbers[-1]
    return [*found, exchange(M_PATH, [], **M_NOTICES, min_id=below)]
