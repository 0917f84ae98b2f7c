"""Streams of Bluesky and Mastodon into a real store, from servers on this machine that end, lie and start anew."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters import jetstream
from socialcrm.adapters.base import Adapter
from socialcrm.adapters.jsonl import JSONLines
from socialcrm.adapters.registry import get_adapter
from socialcrm.errors import AuthError, CursorExpired, StoreError, Unsupported
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped
from socialcrm.store import open_store
from socialcrm.store.base import Store
from socialcrm.sync.listening import STREAM, Listener
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json
from sockets import serving

OWN = "did:plc:skylark"
ANN = "did:plc:ann"
START = 1_772_366_400_000_000


def event(number: int, record: dict[str, Any] | None, *, did: str = ANN, operation: str = "create") -> str:
    commit = {"operation": operation, "collection": jetstream.COLLECTION, "rkey": f"r{number}", "cid": f"c{number}"}
    if record is not None:
        commit["record"] = {"$type": jetstream.COLLECTION, "createdAt": "2026-03-01T12:00:00Z", **record}
    return json.dumps({"did": did, "time_us": START + number * 1_000_000, "kind": "commit", "commit": commit})


MENTION = {"text": "@skylarkair late", "facets": [{"features": [{"did": OWN}]}]}
REPLY = {
    "text": "same",
    "reply": {"root": {"uri": f"at://{OWN}/x/1", "cid": "c"}, "parent": {"uri": f"at://{OWN}/x/1", "cid": "c"}},
}
QUOTE = {"text": "look", "embed": {"record": {"uri": f"at://{OWN}/x/1"}}}
OTHER = {"text": "nothing to do with anybody"}
TERM = {"text": "flying Skylark Air again"}


def bluesky(asked: Asked) -> Answer:
    if asked.path.endswith("createSession"):
        return in_json({"accessJwt": "a.b.c", "refreshJwt": "d.e.f", "did": OWN, "handle": "skylarkair.example"})
    if asked.path.endswith("getSession"):
        return in_json({"did": OWN, "handle": "skylarkair.example"})
    if asked.path.endswith("getProfiles"):
        return in_json({"profiles": [{"did": ANN, "handle": "ann.example", "displayName": "Ann Lee"}]})
    return in_json({}, 404)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.db'}", workspace="skylark") as opened:
        yield opened


@contextmanager
def listening(adapter: Adapter, store: Store, name: str) -> Iterator[Listener]:
    listener = Listener({name: adapter}, store, pause=0.01)
    thread = threading.Thread(target=listener.run)
    thread.start()
    yield listener
    listener.stop()
    thread.join(10)
    assert not thread.is_alive()


def until(what: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_bluesky_keeps_what_concerns_the_brand_and_goes_on_where_it_was(store: Store) -> None:
    """The connection ends after every batch; nothing is lost or doubled, and strangers' deletions leave no trace."""
    batches = [
        [event(1, MENTION), event(2, OTHER), event(3, REPLY), event(4, {"text": "ours"}, did=OWN)],
        ["nonsense", "[]", '{"time_us": "x"}', event(5, TERM), event(6, QUOTE), event(1, MENTION)],
        [event(1, None, operation="delete"), event(99, None, operation="delete")],
    ]
    asked: list[str] = []

    def handler(socket: Any) -> None:
        asked.append(socket.request.path)
        for frame in batches[len(asked) - 1] if len(asked) <= len(batches) else ():
            socket.send(frame)

    with FaultServer(bluesky) as api, serving(handler) as stream:
        kind = get_adapter("bluesky")
        config = kind.Config(
            service=api.url, identifier="x", app_password="p", jetstream=stream, search=("skylark air",)
        )
        adapter = kind(config)
        with listening(adapter, store, "bluesky"):
            until(lambda: len(asked) >= 4)
        adapter.close()
    assert "cursor" not in asked[0]
    assert f"cursor={START + 4_000_000 - 5_000_000}" in asked[1]
    found = {post.post.id.rpartition("/")[2]: post for post in store.posts.unjudged(100)}
    assert set(found) == {"r3", "r4", "r5", "r6"}
    assert found["r4"].post.direction is Direction.OUTBOUND
    assert (found["r3"].post.kind, found["r6"].post.kind) == (Kind.REPLY, Kind.MENTION)
    author = found["r3"].post.author
    assert author is not None
    assert author.handle == "ann.example"
    gone = store.posts.get("bluesky", f"at://{ANN}/{jetstream.COLLECTION}/r1")
    assert gone is not None
    assert gone.deleted_at
    assert store.posts.get("bluesky", f"at://{ANN}/{jetstream.COLLECTION}/r99") is None


def test_mastodon_hears_of_notifications(store: Store) -> None:
    account = {"id": "7", "username": "ann", "acct": "ann", "url": "https://social.example/@ann", "display_name": "Ann"}
    status = {
        "id": "501",
        "created_at": "2026-03-01T12:00:00.000Z",
        "content": "<p>@skylarkair late</p>",
        "visibility": "public",
        "url": "https://social.example/@ann/501",
        "uri": "https://social.example/501",
        "account": account,
    }
    notice = {
        "id": "1",
        "type": "mention",
        "created_at": "2026-03-01T12:00:00.000Z",
        "account": account,
        "status": status,
    }
    asked: list[tuple[str, str]] = []
    over = threading.Event()

    def handler(socket: Any) -> None:
        asked.append((socket.request.path, socket.request.headers["Authorization"]))
        socket.send(json.dumps({"stream": ["user"], "event": "notification", "payload": json.dumps(notice)}))
        socket.send("[]")
        over.wait(10)

    with serving(handler) as stream:

        def api(asked: Asked) -> Answer:
            if asked.path == "/api/v2/instance":
                return in_json({"configuration": {"urls": {"streaming": stream.replace("http", "ws")}}})
            if asked.path.endswith("verify_credentials"):
                return in_json(
                    {**account, "id": "1", "acct": "skylarkair", "url": "https://social.example/@skylarkair"}
                )
            return in_json({"error": "Record not found"}, 404)

        with FaultServer(api) as server:
            kind = get_adapter("mastodon")
            adapter = kind(kind.Config(server=server.url, token="t0ken"))
            with listening(adapter, store, "mastodon"):
                (found,) = until(lambda: store.posts.unjudged(100))
                over.set()
            adapter.close()
    assert (found.post.id, found.post.kind, found.post.text) == ("501", Kind.MENTION, "@skylarkair late")
    assert asked[0] == ("/api/v1/streaming?stream=user:notification", "Bearer t0ken")


def test_a_source_without_a_stream_is_unsupported(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="no stream"):
        Listener({"export": JSONLines(JSONLines.Config(path=tmp_path / "x.jsonl"))}, store).run()
    with pytest.raises(Unsupported, match="no source"):
        Listener({}, store).run()


class Scripted(JSONLines):
    """Fails as told."""

    failures: list[Exception]

    def listen(self, cursor: str | None, *, stop: Callable[[], bool]) -> Iterator[Any]:
        raise self.failures.pop(0)
        yield


def test_a_refused_credential_ends_the_source_and_is_raised(store: Store, tmp_path: Path) -> None:
    adapter = Scripted(JSONLines.Config(path=tmp_path / "x.jsonl"))
    adapter.failures = [CursorExpired("old"), StoreError("busy"), KeyError("x"), AuthError("renew the token")]
    with pytest.raises(AuthError, match="renew"):
        Listener({"scripted": adapter}, store, pause=0.01).run()
    assert store.cursors.get("scripted", STREAM) is None


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just(f"at://{OWN}/x"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["facets", "features", "did", "reply", "parent", "uri", "text", "embed"]), inner
        )
    ),
)


@given(JSON, JSON)
def test_fault_33_whatever_strangers_write_the_stream_goes_on(record: Any, commit: Any) -> None:
    read = get_adapter("bluesky").read
    frame = json.dumps(
        {
            "did": ANN,
            "time_us": START,
            "kind": "commit",
            "commit": {"operation": "create", "collection": jetstream.COLLECTION, "rkey": "r", "record": record},
        }
    )
    other = json.dumps({"did": ANN, "time_us": START + 1, "kind": "commit", "commit": commit})

    def wanted(found: Any) -> str | None:
        return jetstream.concerns(found, OWN, ("sky",))

    (page,) = jetstream.pages(iter([frame, other, None]), wanted, read)
    assert all(isinstance(item, Post | Deleted | Skipped) for item in page.items)
    assert page.cursor is not None
    assert str(START + 1) in page.cursor


@pytest.mark.parametrize("cursor", ["nonsense", '{"v":1}', '{"v":1,"time_us":"x"}', '{"v":99}'])
def test_an_unreadable_place_has_expired(cursor: str) -> None:
    with pytest.raises(CursorExpired):
        jetstream.address("https://jetstream.example", cursor)
