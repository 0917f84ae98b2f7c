"""Facebook: the contract, and what is particular to Pages."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.scripts import exchange
from adapters.walked import listing, moment
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.facebook import COMMENT, MESSAGES, POST, Facebook
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Skipped, Visibility
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

TOKEN, SECRET = "p1anted-page-token", "p1anted-app-secret"
OWN = "500"
PATH = f"/v23.0/{OWN}/feed"
ASKED: dict[str, Any] = {"fields": POST, "limit": 50}
ANN = {"id": "61", "name": "Ann Flies"}


def fb_time(number: int) -> str:
    return f"{moment(number):%Y-%m-%dT%H:%M:%S+0000}"


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{OWN}_{9000 - number}",
        "created_time": fb_time(number),
        "from": ANN,
        "message": f"Where is bag {number}?",
        "permalink_url": f"https://www.facebook.com/{OWN}/posts/{9000 - number}/",
        "reactions": {"data": [], "summary": {"total_count": 2}},
        "comments": {"data": [], "summary": {"total_count": 1}},
        **more,
    }


def page(items: list[Any], following: int | None = None, token: str = "t") -> dict[str, Any]:
    link = f"https://graph.facebook.com{PATH}?access_token=REDACTED&limit=50&fields=id&after={token}{following}"
    return {"data": items, "paging": {"next": link} if following is not None else {}}


def me() -> Exchange:
    return exchange(
        "/v23.0/me", {"id": OWN, "name": "Skylark Air", "username": "skylarkair"}, fields="id,name,username"
    )


def feed() -> list[Exchange]:
    return [me(), *listing(PATH, ASKED, post, page, "after")]


def adapter(*script: Exchange, **settings: Any) -> Facebook:
    config = Facebook.Config(token=TOKEN, **settings)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return Facebook(config, clock=clock, transport=ReplayTransport([me(), *script], volatile=Facebook.volatile))


def refusal(code: int, subcode: int | None = None, text: str = "no", **more: Any) -> dict[str, Any]:
    told = {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    return {"error": {**told, **({"error_subcode": subcode} if subcode else {})}}


def pushed(value: dict[str, Any], field: str = "feed") -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": OWN, "time": 1772000000, "changes": [{"field": field, "value": value}]}]}


def messaged(**what: Any) -> dict[str, Any]:
    about = {"sender": {"id": "61"}, "recipient": {"id": OWN}, "timestamp": 1772000000123, **what}
    return {"object": "page", "entry": [{"id": OWN, "time": 1772000000456, "messaging": [about]}]}


SAID = {
    "item": "comment",
    "verb": "add",
    "comment_id": "9000_77",
    "post_id": f"{OWN}_9000",
    "parent_id": f"{OWN}_9000",
    "from": ANN,
    "created_time": 1771999999,
    "message": "still no bag",
}


class TestContract(WebAdapterContract):
    adapter = Facebook
    stream = "feed"
    page_path = PATH
    secrets = (TOKEN, SECRET)
    refused = (400, refusal(190, 463, "Error validating access token: Session has expired"))
    expired = (400, refusal(100, None, "(#100) Invalid cursors values"))
    slow = (
        (400, refusal(4, 2446079, "(#4) Application request limit reached"), {}),
        (403, refusal(32, None, "(#32) Page request limit reached"), {"x_page_usage": '{"call_count": 101}'}),
        (400, refusal(17, None, "(#17) User request limit reached"), {"x_app_usage": "junk"}),
        (400, refusal(613), {}),
        (
            400,
            refusal(80001),
            {"x_business_use_case_usage": '{"5": [{"call_count": 100, "estimated_time_to_regain_access": 1}]}'},
        ),
    )
    pushes = (
        pushed(SAID),
        pushed({**SAID, "verb": "remove"}),
        pushed({**SAID, "item": "reaction"}),
        messaged(message={"mid": "m1", "text": "hello", "attachments": [{"type": "image", "payload": {"url": "u"}}]}),
    )

    def config(self, url: str) -> AdapterConfig:
        return Facebook.Config(service=url, token=TOKEN, app_secret=SECRET)  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return feed()

    def empty_page(self, number: int) -> Answer:
        return in_json(page([], number, "e"))


def test_the_token_is_proven_with_the_apps_secret() -> None:
    auth = adapter(app_secret=SECRET).auth()
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert auth.params() == {"appsecret_proof": proof}
    assert adapter().auth().params() == {}
    assert SECRET not in repr(auth)


def test_comments_come_in_pages_and_answers_know_what_they_answer() -> None:
    said = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": 100}
    root, path = post(0), f"/v23.0/{OWN}_9000/comments"
    top = {"id": "9000_1", "created_time": fb_time(0), "from": ANN, "message": "still waiting", "like_count": 3}
    brand = {"id": OWN, "name": "Skylark Air"}
    answer = {
        "id": "9000_2",
        "created_time": fb_time(0),
        "from": brand,
        "message": "found!",
        "parent": {"id": "9000_1"},
    }
    link = f"https://graph.facebook.com{path}?after=c2&limit=100"
    script = [
        exchange(PATH, page([root]), **ASKED),
        exchange(path, {"data": [answer], "paging": {"next": link}}, **said),
        exchange(path, {"data": [top]}, **said, after="c2"),
    ]
    (read,) = adapter(*script).fetch("comments", None)
    found = {item.id: item for item in read.items if isinstance(item, Post)}
    first, second = found["9000_1"], found["9000_2"]
    assert (first.kind, first.conversation_id, first.in_reply_to) == (Kind.COMMENT, f"{OWN}_9000", f"{OWN}_9000")
    assert (second.direction, second.in_reply_to) == (Direction.OUTBOUND, "9000_1")
    assert list(adapter(*script).fetch("comments", read.cursor)) == []


def test_reviews_have_stars_or_an_opinion() -> None:
    stars = {"open_graph_story": {"id": "1"}, "reviewer": ANN, "created_time": fb_time(1), "rating": 4}
    opinion = {"open_graph_story": {"id": "2"}, "created_time": fb_time(1), "recommendation_type": "negative"}
    nameless = {"reviewer": ANN, "created_time": fb_time(1), "rating": 2, "review_text": "late"}
    read = [Facebook.read(raw) for raw in (stars, opinion, nameless)]
    assert [item.rating for item in read if isinstance(item, Post)] == [4, 1, 2]
    assert [item.id for item in read] == ["1", "2", "review:61"]
    assert {item.kind for item in read if isinstance(item, Post)} == {Kind.REVIEW}


def test_conversations_are_private_and_keep_together() -> None:
    message = {"id": "m_1", "created_time": fb_time(2), "from": ANN, "message": "hi"}
    box = {"id": "t_1", "updated_time": fb_time(2), "messages": {"data": [message]}}
    script = exchange(f"/v23.0/{OWN}/conversations", {"data": [box]}, fields=MESSAGES, limit=50)
    (read,) = adapter(script, messages=True).fetch("messages", None)
    (found,) = [item for item in read.items if isinstance(item, Post)]
    assert (found.kind, found.visibility, found.conversation_id) == (Kind.MESSAGE, Visibility.PRIVATE, "t_1")
    assert "messages" not in adapter().streams()


@pytest.mark.parametrize(
    ("answer", "control", "deleted"),
    [
        (refusal(100, 33, "Unsupported get request."), {"data": []}, True),
        (refusal(100, 33, "Unsupported get request."), refusal(10), False),
        (refusal(10, None, "no permission"), {"data": []}, False),
    ],
)
def test_gone_only_while_the_page_can_still_be_read(answer: Any, control: Any, deleted: bool) -> None:
    """The platform says the same of what is deleted and of what the token may not see."""
    script = [
        exchange("/v23.0/77", answer, status=400, fields=COMMENT),
        exchange("/v23.0/77", answer, status=400, fields=POST),
        exchange(PATH, control, status=200 if "data" in control else 400, fields="id", limit=1),
    ]
    (read,) = adapter(*script).recheck(["77"])
    assert [type(item) for item in read.items] == ([Deleted] if deleted else [])


def test_looking_again_finds_out_of_what_sort_an_id_is() -> None:
    """A comment's fields asked of a post are an error; the second question is for a post."""
    unknown = refusal(100, None, "(#100) Tried accessing nonexisting field (comment_count)")
    raw = post(1, message="found it")
    path = f"/v23.0/{raw['id']}"
    script = [exchange(path, unknown, status=400, fields=COMMENT), exchange(path, raw, fields=POST)]
    (read,) = adapter(*script).recheck([raw["id"]])
    assert [item.text for item in read.items if isinstance(item, Post)] == ["found it"]


def test_addresses_of_pictures_change_without_a_new_wording() -> None:
    """They are signed anew for every answer; a stored post must not look edited each time."""
    shown = [{"media_type": "photo", "media": {"image": {"src": f"https://cdn.example/1.jpg?oh={n}"}}} for n in (1, 2)]
    first, second = (Facebook.read(post(1, attachments={"data": [picture]})) for picture in shown)
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert first.media != second.media
    assert first.version == second.version


def test_pushes_of_changes() -> None:
    """Faults 38 and 45: edits, removals, and what is no post."""
    (added,) = Facebook.parse_push(pushed(SAID))
    assert isinstance(added, Post)
    assert (added.id, added.in_reply_to, added.edited_at) == ("9000_77", f"{OWN}_9000", None)
    (edited,) = Facebook.parse_push(pushed({**SAID, "verb": "edited", "message": "found it"}))
    assert isinstance(edited, Post)
    assert edited.edited_at == datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)
    (removed,) = Facebook.parse_push(pushed({**SAID, "verb": "remove"}))
    assert removed == Deleted(platform="facebook", id="9000_77", at=edited.edited_at)
    for other in ({**SAID, "item": "like"}, {**SAID, "verb": "hide"}, {**SAID, "verb": "🛸"}):
        assert [type(item) for item in Facebook.parse_push(pushed(other))] == [Skipped]
    (mention,) = Facebook.parse_push(pushed({**SAID, "item": "post"}, "mention"))
    assert isinstance(mention, Post)
    assert mention.kind is Kind.MENTION
    (own,) = Facebook.parse_push(pushed({**SAID, "from": {"id": OWN, "name": "Skylark Air"}}))
    assert isinstance(own, Post)
    assert own.direction is Direction.OUTBOUND


def test_pushes_of_messages() -> None:
    (said,) = Facebook.parse_push(messaged(message={"mid": "m1", "text": "hi", "reply_to": {"mid": "m0"}}))
    assert isinstance(said, Post)
    assert (said.kind, said.in_reply_to, said.direction) == (Kind.MESSAGE, "m0", Direction.INBOUND)
    (echo,) = Facebook.parse_push(messaged(message={"mid": "m2", "text": "hello", "is_echo": True}))
    assert isinstance(echo, Post)
    assert echo.direction is Direction.OUTBOUND
    (gone,) = Facebook.parse_push(messaged(message={"mid": "m1", "is_deleted": True}))
    assert isinstance(gone, Deleted)
    (edit,) = Facebook.parse_push(messaged(message_edit={"mid": "m1", "text": "ho", "num_edit": 1}))
    assert isinstance(edit, Post)
    assert edit.edited_at == edit.created_at
    for other in ({"reaction": {"mid": "m1"}}, {"read": {"watermark": 1}}, {"postback": {"payload": "p"}}):
        assert [type(item) for item in Facebook.parse_push(messaged(**other))] == [Skipped]


def test_what_has_no_time_is_shown_but_never_stored() -> None:
    raw = {"data": [{"id": f"{OWN}_1", "message": "when?"}]}
    (shown,) = Facebook.replay_parse(exchange(PATH, raw))
    assert isinstance(shown, Post)
    (read,) = adapter(exchange(PATH, {**raw, "paging": {}}, **ASKED)).fetch("feed", None)
    assert [type(item) for item in read.items] == [Skipped]


def test_a_page_is_a_profile() -> None:
    page = {"id": "7", "name": "Cloud Café", "username": "cloud", "about": "coffee", "website": "cloud.example"}
    assert Facebook.read({**page, "fan_count": 9, "emails": ["hi@cloud.example"]}) == Profile(
        platform="facebook",
        id="7",
        handle="cloud",
        display_name="Cloud Café",
        bio="coffee",
        urls=("cloud.example",),
        followers=9,
        email="hi@cloud.example",
    )


def test_errors_of_old_carry_their_number_in_the_text() -> None:
    """Fault 18."""
    assert Facebook.codes({"error": {"type": "OAuthException", "message": "(#341) Feed action limit"}})[:2] == [
        "341/None",
        "341",
    ]
    assert Facebook.codes({"error": {"type": "OAuthException", "message": "session expired"}})[0] == "OAuthException"
    assert Facebook.codes({"data": []}) == ()
