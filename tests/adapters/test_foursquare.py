"""Foursquare: the contract, and what is particular to its nested answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.foursquare import Foursquare
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.http.rules import Action
from socialcrm.model import Direction, Kind, Post, Profile, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN = "p1anted-foursquare-token"
VENUE = "4b8c3d87f964a520f7c50001"
PATH = f"/v2/venues/{VENUE}/tips"
ASK: dict[str, Any] = {"v": "20240101", "sort": "recent", "limit": 500}
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def user(number: int) -> dict[str, Any]:
    return {"id": f"31{number}", "firstName": "Ann", "lastName": f"L{number}.", "homeCity": "Riga", "contact": {}}


def tip(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"5041eab4e4b05127f7e6{number:04d}",
        "createdAt": 1_772_000_000 - 3_600 * number,
        "text": f"where is bag {number}?",
        "likes": {"count": 2},
        "todo": {"count": 0},
        "user": user(number % 3),
        **more,
    }


def wrapped(**response: Any) -> dict[str, Any]:
    return {"meta": {"code": 200, "errorType": "deprecated"}, "response": response}


def tips(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = [exchange("/v2/users/self", wrapped(user={**user(9), "id": "77"}), v="20240101")]
    for page in range(pages + 1):
        items = [tip(number) for number in range(page * size, (page + 1) * size)] if page < pages else []
        found.append(exchange(PATH, wrapped(tips={"count": 12, "items": items}), **ASK, **at(page * size)))
    return found


def at(offset: int) -> dict[str, int]:
    return {"offset": offset} if offset else {}


def adapter(*script: Exchange) -> Foursquare:
    config = Foursquare.Config(token=TOKEN, venues=(VENUE,))  # type: ignore[arg-type]
    return Foursquare(config, clock=ManualClock(NOW), transport=ReplayTransport([*tips(pages=0)[:1], *script]))


class TestContract(WebAdapterContract):
    adapter = Foursquare
    stream = f"tips:{VENUE}"
    page_path = PATH
    secrets = (TOKEN,)
    refused = (401, {"meta": {"code": 401, "errorType": "invalid_auth", "errorDetail": "OAuth token invalid"}})
    ends_empty = True
    slow = (
        (403, {"meta": {"code": 403, "errorType": "rate_limit_exceeded"}}, {"X_RateLimit_Reset": "1772323210"}),
        (429, {"meta": {"code": 429, "errorType": "quota_exceeded"}}, {}),
    )

    def config(self, url: str) -> AdapterConfig:
        return Foursquare.Config(service=url, token=TOKEN, venues=(VENUE,))  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return tips()

    def empty_page(self, number: int) -> Answer:
        return in_json(wrapped(tips={"count": 12, "items": []}))


def check_in(number: int, **more: Any) -> dict[str, Any]:
    said = {"id": f"592b2cfe09e28339ac54{number:04d}", "type": "checkin", "createdAt": 1_772_000_000}
    return {**said, "comments": {"count": 0, "items": []}, **more}


def test_own_check_ins_name_nobody_because_the_address_does() -> None:
    body = wrapped(checkins={"count": 1, "items": [check_in(1, shout="Hello from the desk")]})
    ask = {"v": "20240101", "limit": 250, "sort": "newestfirst"}
    script = [
        exchange("/v2/users/77/checkins", body, **ask),
        exchange("/v2/users/77/checkins", wrapped(checkins={"items": []}), **ask, offset=1),
    ]
    post = next(item for page in adapter(*script).fetch("own", None) for item in page.items)
    assert isinstance(post, Post)
    assert (post.kind, post.direction) == (Kind.CHECK_IN, Direction.OUTBOUND)


def test_comments_belong_to_their_check_in_and_check_ins_to_the_account_around_them() -> None:
    comment = {"id": "c" * 24, "createdAt": 1_772_000_100, "text": "safe flight", "user": user(2)}
    visit = check_in(1, shout="off we go", comments={"count": 1, "items": [comment]})
    found = Foursquare.replay_parse(
        exchange("/v2/users/311", wrapped(user={**user(1), "checkins": {"count": 1, "items": [visit]}}))
    )
    person, visited, said = found
    assert isinstance(person, Profile)
    assert isinstance(visited, Post)
    assert isinstance(said, Post)
    assert visited.author
    assert (visited.author.id, visited.engagement.replies) == ("311", 1)
    assert (said.kind, said.in_reply_to) == (Kind.COMMENT, visited.id)


def test_contact_details_are_clues() -> None:
    contact = {"twitter": "annflies", "facebook": "57300121", "email": "ann@fly.example"}
    (read,) = Foursquare.replay_parse(exchange("/v2/users/311", wrapped(user={**user(1), "contact": contact})))
    assert isinstance(read, Profile)
    assert read.urls == ("https://twitter.com/annflies", "https://facebook.com/57300121")
    assert (read.email, read.location) == ("ann@fly.example", "Riga")


@pytest.mark.parametrize(
    ("code", "kind", "action"),
    [
        (403, "rate_limit_exceeded", Action.RETRY),
        (401, "invalid_auth", Action.REAUTH),
        (400, "param_error", Action.FAIL),
        (500, "error", Action.RETRY),
        (400, "new_kind", Action.FAIL),
    ],
)
def test_the_envelope_tells_what_failed(code: int, kind: str, action: Action) -> None:
    """Fault 18: the status alone does not tell; a limit is a 403."""
    rule = Foursquare.replay_rule(exchange(PATH, {"meta": {"code": code, "errorType": kind}}))
    assert rule
    assert rule.action is action


def test_a_warning_is_no_failure() -> None:
    assert Foursquare.replay_rule(exchange(PATH, wrapped())) is None


def test_pushed_check_ins_are_read_and_private_ones_are_private() -> None:
    (post,) = Foursquare.parse_push({"checkin": json.dumps(check_in(1, shout="hi", user=user(1), private=True))})
    assert isinstance(post, Post)
    assert post.visibility is Visibility.PRIVATE


def test_tips_of_the_places_api_name_no_author() -> None:
    body = [
        {"id": "t" * 24, "created_at": "2026-02-01T10:00:00.000Z", "text": "good coffee"},
        {"id": "p", "prefix": "x"},
    ]
    (post,) = Foursquare.replay_parse(exchange("/v3/places/x/tips", body))
    assert isinstance(post, Post)
    assert (post.author, post.created_at) == (None, datetime(2026, 2, 1, 10, tzinfo=UTC))
