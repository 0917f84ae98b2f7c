"""Mastodon: the contract, and what is particular to its lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.scripts import M_PATH, account, exchange, mastodon_notifications, notice, status
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.mastodon import Mastodon
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-mastodon-token"


def adapter(*script: Exchange) -> Mastodon:
    config = Mastodon.Config(server="https://social.example", token=TOKEN)  # type: ignore[arg-type]
    me = exchange("/api/v1/accounts/verify_credentials", account("skylark"))
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return Mastodon(config, clock=clock, transport=ReplayTransport([me, *script]))


class TestContract(WebAdapterContract):
    adapter = Mastodon
    stream = "notifications"
    page_path = M_PATH
    secrets = (TOKEN,)

    def config(self, url: str) -> AdapterConfig:
        return Mastodon.Config(server=url, token=TOKEN)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return mastodon_notifications()

    def empty_page(self, number: int) -> Answer:
        return in_json([], link=f'<https://social.example{M_PATH}?min_id={number}>; rel="prev"')


def test_polling_reads_the_last_page_once_more() -> None:
    """What the server commits late lies on the page read last; the next run sees it."""
    pages = list(adapter(*mastodon_notifications()).fetch("notifications", None))
    again = list(adapter(*mastodon_notifications()).fetch("notifications", pages[-1].cursor))
    assert [page.items for page in again] == [pages[-1].items]


def test_context_of_own_posts_is_a_conversation() -> None:
    own = status(3, "skylark")
    reply = status(4, in_reply_to_id=own["id"])
    feed = exchange("/api/v1/accounts/1769/statuses", [own], limit=40, exclude_reblogs="true")
    context = exchange(f"/api/v1/statuses/{own['id']}/context", {"ancestors": [], "descendants": [reply]})
    (page,) = adapter(feed, context).fetch("threads", None)
    (post,) = page.items
    assert isinstance(post, Post)
    assert (post.kind, post.in_reply_to, post.direction) == (Kind.REPLY, own["id"], Direction.INBOUND)


@pytest.mark.parametrize(
    ("code", "body", "deleted"),
    [(404, {"error": "Record not found"}, True), (410, {"error": "Gone"}, True), (404, "<h1>For sale</h1>", False)],
)
def test_gone_only_in_the_words_of_the_api(code: int, body: object, deleted: bool) -> None:
    headers = {} if isinstance(body, dict) else {"content-type": "text/html"}
    script = exchange("/api/v1/statuses/17", body, status=code, headers=headers)
    (page,) = adapter(script).recheck(["17"])
    assert [type(item) for item in page.items] == ([Deleted] if deleted else [])


def test_an_edit_is_a_new_wording_of_the_same_post() -> None:
    first = Mastodon.read(status(1))
    second = Mastodon.read(status(1, edited_at="2026-02-02T00:00:00.000Z", content="<p>found it</p>"))
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.id, first.version == second.version) == (second.id, False)
    assert second.edited_at == datetime(2026, 2, 2, tzinfo=UTC)


def test_notices_that_are_no_posts_are_skipped() -> None:
    assert isinstance(Mastodon.read({**notice(1, "follow"), "status": None}), Skipped)
    assert isinstance(Mastodon.read(notice(1, "favourite")), Skipped)


def test_direct_posts_are_private() -> None:
    direct = Mastodon.read(notice(1, visibility="direct"))
    assert isinstance(direct, Post)
    assert direct.visibility is Visibility.PRIVATE


def test_people_are_known_by_their_global_address() -> None:
    """Account numbers repeat from server to server, so they cannot name a person."""
    local = Mastodon.read(status(1))
    remote = Mastodon.read(
        status(
            2,
            account=account("bo", acct="bo@far.example", url="https://far.example/@bo", uri="https://far.example/u/bo"),
        )
    )
    assert isinstance(local, Post)
    assert isinstance(remote, Post)
    assert local.author
    assert remote.author
    assert (local.author.id, local.author.handle) == ("https://social.example/users/ann", "ann@social.example")
    assert (remote.author.id, remote.author.handle) == ("https://far.example/u/bo", "bo@far.example")
    assert local.author.urls == ("https://fly.example/me",)


def test_a_recorded_event_stream_is_read() -> None:
    events = "event: update\ndata: " + "null\n\n:thump\n\nevent: delete\ndata: 1099\n\n"
    found = Mastodon.replay_parse(
        exchange("/api/v1/streaming/user", events, headers={"content-type": "text/event-stream"})
    )
    assert [type(item) for item in found] == [Skipped, Deleted]
