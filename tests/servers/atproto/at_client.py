"""The few XRPC calls that the seed needs; standard library only."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

PASSWORD = "local-test-password"
POST = "app.bsky.feed.post"
# One window of the PDS's limits; no wait for a limit is ever longer.
LIMIT_WINDOW_S = 310.0


class XrpcError(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, body: str, headers: Any = None) -> None:
        super().__init__(f"{status} {body[:300]}")
        self.status, self.body, self.headers = status, body, headers or {}

    @property
    def name(self) -> str:
        try:
            return str(json.loads(self.body).get("error", ""))
        except ValueError:
            return ""


def _request(host: str, nsid: str, token: str | None, data: Any, params: Any) -> Any:
    url = f"{host}/xrpc/{nsid}" + ("?" + urllib.parse.urlencode(params, doseq=True) if params else "")
    headers = {"accept": "application/json"}
    body = None
    if data is not None:
        body, headers["content-type"] = json.dumps(data).encode(), "application/json"
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        with error:  # an unclosed answer would warn later
            raise XrpcError(error.code, error.read().decode(errors="replace"), error.headers) from None
    return json.loads(text) if text else {}


def xrpc(host: str, nsid: str, *, token: str | None = None, data: Any = None, params: Any = None) -> Any:
    """One call: a query without a body, else a procedure; waits where a limit says until when."""
    deadline = time.time() + LIMIT_WINDOW_S
    while True:
        try:
            return _request(host, nsid, token, data, params)
        except XrpcError as error:
            reset = float(error.headers.get("RateLimit-Reset") or 0)
            if error.status != 429 or not reset or reset > deadline:
                raise
            # The header names a whole second; one more, so that the window has really ended.
            while time.time() < reset + 1:
                time.sleep(0.2)


def wait_for(what: str, check: Callable[[], Any], timeout: float = 60.0) -> Any:
    """Ask until the answer is true. A 400 or 404 says "not indexed yet", a 502 "AppView busy"."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            if answer := check():
                return answer
        except XrpcError as error:
            if error.status not in (400, 404, 502):
                raise
        time.sleep(0.1)
    raise TimeoutError(what)


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def ref(post: dict[str, Any]) -> dict[str, str]:
    return {"uri": post["uri"], "cid": post["cid"]}


def facets(text: str, mentions: Iterable[tuple[str, str]], links: Iterable[str], tags: Iterable[str]) -> list[Any]:
    """Facets count bytes of UTF-8, not characters. `mentions` are pairs of handle and DID."""
    kind = "app.bsky.richtext.facet#"
    wanted = [("@" + handle, {"$type": kind + "mention", "did": did}) for handle, did in mentions]
    wanted += [(link, {"$type": kind + "link", "uri": link}) for link in links]
    wanted += [("#" + tag, {"$type": kind + "tag", "tag": tag}) for tag in tags]
    found = []
    for piece, feature in wanted:
        start = text.encode().index(piece.encode())
        index = {"byteStart": start, "byteEnd": start + len(piece.encode())}
        found.append({"index": index, "features": [feature]})
    return sorted(found, key=lambda facet: facet["index"]["byteStart"])


class Account:
    """One account on the PDS and the token to write as it."""

    def __init__(self, pds: str, handle: str, did: str, token: str) -> None:
        self.pds, self.handle, self.did, self.token = pds, handle, did, token

    @classmethod
    def new(cls, pds: str, handle: str) -> Account:
        # createAccount already answers with tokens; createSession is limited to 30 in 5 minutes.
        email = handle.removesuffix(".test") + "@accounts.example"
        data = {"email": email, "handle": handle, "password": PASSWORD}
        made = xrpc(pds, "com.atproto.server.createAccount", data=data)
        return cls(pds, handle, made["did"], made["accessJwt"])

    def write(self, nsid: str, **data: Any) -> dict[str, Any]:
        data["repo"] = self.did
        try:
            return xrpc(self.pds, nsid, token=self.token, data=data)
        except XrpcError as error:
            if error.name != "ExpiredToken":
                raise
        # The second stage can come hours after the first.
        login = {"identifier": self.did, "password": PASSWORD}
        self.token = xrpc(self.pds, "com.atproto.server.createSession", data=login)["accessJwt"]
        return xrpc(self.pds, nsid, token=self.token, data=data)

    def create(self, collection: str, record: dict[str, Any]) -> dict[str, Any]:
        record = {"$type": collection, **record}
        return self.write("com.atproto.repo.createRecord", collection=collection, record=record)

    def put(self, collection: str, rkey: str, record: dict[str, Any]) -> dict[str, Any]:
        record = {"$type": collection, **record}
        return self.write("com.atproto.repo.putRecord", collection=collection, rkey=rkey, record=record)

    def delete(self, uri: str) -> None:
        *_, collection, rkey = uri.split("/")
        self.write("com.atproto.repo.deleteRecord", collection=collection, rkey=rkey)

    def set_profile(self, display_name: str, bio: str, *, since: str = "") -> None:
        """Write the profile; ``since`` is when the account says it was opened."""
        record = {"displayName": display_name, "description": bio, "createdAt": since or stamp()}
        self.put("app.bsky.actor.profile", "self", record)

    def get(self, nsid: str, **params: Any) -> dict[str, Any]:
        return xrpc(self.pds, nsid, token=self.token, params=params)
