"""Google reviews: the contract, and what is particular to reviews."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.google_business import GoogleBusiness
from socialcrm.adapters.registry import get_adapter
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

SECRET, REFRESH, ACCESS = "p1anted-app-secret", "p1anted-refresh", "p1anted-access"
PLACE = "accounts/11/locations/22"
PATH = f"/v4/{PLACE}/reviews"
ASK: dict[str, Any] = {"pageSize": 50, "orderBy": "updateTime desc"}
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def review(number: int, **more: Any) -> dict[str, Any]:
    at = f"2026-02-{28 - number // 24:02d}T{23 - number % 24:02d}:00:00.123456Z"
    return {
        "name": f"{PLACE}/reviews/AbFvOq{number:03d}",
        "reviewId": f"AbFvOq{number:03d}",
        "reviewer": {"displayName": "Ann Lee", "profilePhotoUrl": "https://lh3.example/x"},
        "starRating": "TWO",
        "comment": f"where is bag {number}?",
        "createTime": at,
        "updateTime": at,
        **more,
    }


def reviews(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = [exchange("/token", {"access_token": ACCESS, "expires_in": 3599}, method="POST")]
    for page in range(pages):
        body: dict[str, Any] = {"reviews": [review(number) for number in range(page * size, (page + 1) * size)]}
        body |= {"nextPageToken": f"N{page + 1}"} if page < pages - 1 else {}
        found.append(exchange(PATH, body, **ASK, **({"pageToken": f"N{page}"} if page else {})))
    return found


def adapter(*script: Exchange) -> GoogleBusiness:
    config = GoogleBusiness.Config(
        client_id="app",
        client_secret=SECRET,
        refresh_token=REFRESH,
        places=(PLACE,),  # type: ignore[arg-type]
    )
    return GoogleBusiness(config, clock=ManualClock(NOW), transport=ReplayTransport([reviews()[0], *script]))


class TestContract(WebAdapterContract):
    adapter = GoogleBusiness
    stream = PLACE
    page_path = PATH
    secrets = (SECRET, REFRESH, ACCESS)
    refused = (401, {"error": {"code": 401, "message": "no", "status": "UNAUTHENTICATED"}})
    renews = True
    slow = ((429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, {}),)

    def config(self, url: str) -> AdapterConfig:
        return GoogleBusiness.Config(
            service=url,
            accounts=url,
            client_id="app",
            client_secret=SECRET,  # type: ignore[arg-type]
            refresh_token=REFRESH,  # type: ignore[arg-type]
            places=(PLACE,),
        )

    def exchanges(self) -> list[Exchange]:
        return reviews()

    def empty_page(self, number: int) -> Answer:
        return in_json({"nextPageToken": f"E{number}"})


def test_a_place_without_reviews_has_no_list() -> None:
    (page,) = adapter(exchange(PATH, {}, **ASK)).fetch(PLACE, None)
    assert page.items == ()


def test_the_owners_answer_is_outbound_below_its_review() -> None:
    reply = {"comment": "We found it.", "updateTime": "2026-03-01T10:00:00Z"}
    post, answer = GoogleBusiness.replay_parse(exchange(PATH, {"reviews": [review(1, reviewReply=reply)]}))
    assert isinstance(post, Post)
    assert isinstance(answer, Post)
    assert (post.kind, post.rating) == (Kind.REVIEW, 2.0)
    assert (answer.direction, answer.in_reply_to, answer.text) == (Direction.OUTBOUND, post.id, "We found it.")


def test_two_reviewers_of_one_name_are_two_people_and_anonymous_ones_nobody() -> None:
    """Fault 67: the same name is no evidence."""
    read = [
        GoogleBusiness.read(review(number, reviewer={"displayName": name, "isAnonymous": name != "Ann Lee"}))
        for number, name in ((1, "Ann Lee"), (2, "Ann Lee"), (3, "A Google user"))
    ]
    first, second, third = [item.author for item in read if isinstance(item, Post)]
    assert first
    assert second
    assert first.id != second.id
    assert third is None


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("(Translated by Google) Very good\n\n(Original)\nSehr gut", "Sehr gut"),
        ("Sehr gut\n\n(Translated by Google)\nVery good", "Sehr gut"),
        (None, ""),
    ],
)
def test_a_machines_translation_is_not_what_was_said(comment: str | None, said: str) -> None:
    read = GoogleBusiness.read(review(1, comment=comment))
    assert isinstance(read, Post)
    assert (read.text, read.rating) == (said, 2.0)


def test_reviews_of_the_places_api_new_and_old_are_read_too() -> None:
    new = {
        "name": "places/X/reviews/Y",
        "rating": 4,
        "text": {"text": "fine", "languageCode": "en"},
        "authorAttribution": {"displayName": "Ann", "uri": "https://www.google.com/maps/contrib/123/reviews"},
        "publishTime": "2026-02-01T10:00:00.123456789Z",
    }
    old = {"author_name": "Bo", "rating": 5, "text": "great", "time": 1_771_000_000, "language": "en"}
    (first,) = GoogleBusiness.replay_parse(exchange("/v1/places/X", {"reviews": [new]}))
    (second,) = GoogleBusiness.replay_parse(exchange("/maps/api/place/details/json", {"result": {"reviews": [old]}}))
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.author and first.author.id, first.rating, first.lang) == ("contrib/123", 4.0, "en")
    assert (second.text, second.rating, second.created_at.year) == ("great", 5.0, 2026)


def test_a_review_is_gone_when_the_platform_says_so_and_an_answer_when_it_is_left_out() -> None:
    gone = {"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}
    kept, lost = review(1), f"{PLACE}/reviews/AbFvOq002"
    script = [
        exchange(f"/v4/{lost}", gone, status=404),
        exchange(f"/v4/{kept['name']}", kept),
    ]
    pages = list(adapter(*script).recheck([lost, f"{kept['name']}/reply"]))
    found = [(type(item), item.id) for page in pages for item in page.items]
    assert found == [(Deleted, lost), (Post, kept["name"]), (Deleted, f"{kept['name']}/reply")]


def test_a_review_that_cannot_be_read_is_not_gone() -> None:
    broken = {**review(1), "createTime": None}
    (page,) = adapter(exchange(f"/v4/{broken['name']}", broken)).recheck([broken["name"]])
    assert page.items == ()


def test_recordings_by_their_folders_name_find_the_adapter() -> None:
    assert get_adapter("google-reviews") is GoogleBusiness
