"""LinkedIn: the contract, and what is particular to organisations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from adapters.scripts import exchange
from adapters.walked import PAGES, SIZE, moment
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.linkedin import ASKED, LinkedIn
from socialcrm.clock import ManualClock
from socialcrm.http.exchange import Exchange, ReplayTransport
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, FaultServer, in_json

TOKEN = "p1anted-linkedin-token"
OWN = "urn:li:organization:96"
PATH = "/rest/organizationalEntityNotifications"
TOLD: dict[str, Any] = {"q": "criteria", "actions": ASKED, "organizationalEntity": OWN, "count": 50}
POSTS: dict[str, Any] = {"q": "author", "author": OWN, "sortBy": "LAST_MODIFIED", "count": 50}
ACTIVITY = "urn:li:activity:7094637247890620418"


def millis(number: int) -> int:
    return int(moment(number).timestamp() * 1000)


def comment_urn(number: int) -> str:
    return f"urn:li:comment:({ACTIVITY},{(millis(number) << 22) + number})"


def notice(number: int, action: str = "COMMENT", **more: Any) -> dict[str, Any]:
    said = {"owner": "urn:li:person:ann", "text": f"bag {number}?", "entity": comment_urn(number), "object": ACTIVITY}
    return {
        "action": action,
        "notificationId": -number,
        "organizationalEntity": OWN,
        "sourcePost": ACTIVITY,
        "generatedActivity": comment_urn(number).replace("(urn:li:activity:", "(activity:"),
        "decoratedGeneratedActivity": {"comment": said},
        "lastModifiedAt": millis(number),
        **more,
    }


def page(items: list[Any], start: int = 0) -> dict[str, Any]:
    return {"elements": items, "paging": {"start": start, "count": 50, "links": []}}


def me() -> Exchange:
    return exchange("/rest/organizations/96", {"id": 96, "vanityName": "skylark-air", "localizedName": "Skylark Air"})


def notices() -> list[Exchange]:
    found = [me()]
    for number in range(PAGES + 1):
        start = number * SIZE
        items = [notice(start + index) for index in range(SIZE)] if number < PAGES else []
        found.append(exchange(PATH, page(items, start), **TOLD, **({"start": start} if start else {})))
    return found


def adapter(*script: Exchange, **settings: Any) -> LinkedIn:
    config = LinkedIn.Config(token=TOKEN, organization="96", **settings)
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return LinkedIn(config, clock=clock, transport=ReplayTransport([me(), *script]))


class TestContract(WebAdapterContract):
    adapter = LinkedIn
    stream = "notifications"
    page_path = PATH
    secrets = (TOKEN,)
    ends_empty = True
    refused = (401, {"status": 401, "serviceErrorCode": 65602, "code": "EXPIRED_ACCESS_TOKEN", "message": "expired"})
    slow = (
        (429, {"status": 429, "code": "TOO_MANY_REQUESTS", "message": "Resource level throttle limit"}, {}),
        (403, {"errorCode": 0, "message": "Throttle limit for calls is reached.", "status": 403}, {}),
    )
    pushes = (
        {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [notice(1), notice(2, "LIKE")]},
        notice(3),
    )

    def config(self, url: str) -> AdapterConfig:
        return LinkedIn.Config(service=url, token=TOKEN, organization="96")  # type: ignore[arg-type]

    def exchanges(self) -> list[Exchange]:
        return notices()

    def empty_page(self, number: int) -> Answer:
        return in_json(page([]))


def test_its_lists_and_version_stand_in_the_request_as_it_wants_them() -> None:
    with FaultServer(notices()) as server:
        config = LinkedIn.Config(service=server.url, token=TOKEN, organization="96")  # type: ignore[arg-type]
        linkedin = LinkedIn(config, clock=ManualClock(datetime(2026, 3, 1, tzinfo=UTC)))
        next(iter(linkedin.fetch("notifications", None)))
        linkedin.close()
        asked = server.asked[-1]
    assert asked.headers["LinkedIn-Version"] == config.version
    assert asked.headers["X-Restli-Protocol-Version"] == "2.0.0"
    assert dict(asked.params)["actions"].startswith("List(")


def test_comments_and_the_answers_below_them() -> None:
    root = {"id": "urn:li:share:7094637247487995904", "author": OWN, "commentary": "Bags fly free"}
    root |= {"publishedAt": millis(9), "lastModifiedAt": millis(9), "lifecycleState": "PUBLISHED"}
    top = {
        "id": str((millis(3) << 22) + 3),
        "actor": "urn:li:person:ann",
        "message": {"text": "really?"},
        "created": {"time": millis(3)},
        "lastModified": {"time": millis(2)},
        "object": ACTIVITY,
        "commentsSummary": {"totalFirstLevelComments": 1},
        "likesSummary": {"totalLikes": 4},
    }
    answer = {**top, "id": "5", "actor": OWN, "message": {"text": "Yes!"}, "parentComment": comment_urn(3)}
    answer.pop("commentsSummary")

    def under(urn: str) -> str:
        return f"/rest/socialActions/{quote(urn, safe='')}/comments"

    script = [
        exchange("/rest/posts", page([root]), **POSTS),
        exchange("/rest/posts", page([]), **POSTS, start=1),
        exchange(under(root["id"]), page([top]), count=100),
        exchange(under(root["id"]), page([]), count=100, start=1),
        exchange(under(comment_urn(3)), page([answer]), count=100),
        exchange(under(comment_urn(3)), page([]), count=100, start=1),
    ]
    (read,) = adapter(*script).fetch("comments", None)
    first, second = read.items
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.id, first.conversation_id, first.in_reply_to) == (comment_urn(3), ACTIVITY, root["id"])
    assert first.edited_at == moment(2)
    assert (second.direction, second.in_reply_to) == (Direction.OUTBOUND, comment_urn(3))


@pytest.mark.parametrize(
    ("action", "kind", "direction"),
    [
        ("COMMENT", Kind.COMMENT, Direction.INBOUND),
        ("ADMIN_COMMENT", Kind.COMMENT, Direction.OUTBOUND),
        ("SHARE_MENTION", Kind.MENTION, Direction.INBOUND),
    ],
)
def test_notifications_of_every_sort(action: str, kind: Kind, direction: Direction) -> None:
    item = LinkedIn.read(notice(1, action))
    assert isinstance(item, Post)
    assert (item.kind, item.direction, item.id) == (kind, direction, comment_urn(1))
    assert item.created_at == moment(1)


def test_edits_deletions_and_what_is_no_post() -> None:
    edited = LinkedIn.read(notice(1, "COMMENT_EDIT", lastModifiedAt=millis(0)))
    assert isinstance(edited, Post)
    assert edited.edited_at == moment(0)
    assert LinkedIn.read(notice(1, "COMMENT_DELETE")) == Deleted(platform="linkedin", id=comment_urn(1), at=moment(1))
    for action in ("LIKE", "🛸"):
        assert isinstance(LinkedIn.read(notice(1, action)), Skipped)
    draft = {"id": "urn:li:share:1", "author": OWN, "commentary": "soon", "lifecycleState": "DRAFT"}
    assert isinstance(LinkedIn.read(draft), Skipped)


def test_posts_of_either_api() -> None:
    said = {"com.linkedin.ugc.ShareContent": {"shareCommentary": {"text": "Bags fly free"}}}
    ugc = {"id": "urn:li:ugcPost:1", "author": OWN, "specificContent": said, "created": {"time": millis(1)}}
    share = {"id": 6, "activity": "urn:li:activity:6", "owner": OWN, "text": {"text": "Bags fly free"}}
    share["created"] = {"time": millis(1)}
    found = [LinkedIn.read(raw) for raw in (ugc, share)]
    assert [(item.id, item.text) for item in found if isinstance(item, Post)] == [
        ("urn:li:ugcPost:1", "Bags fly free"),
        ("urn:li:activity:6", "Bags fly free"),
    ]


def test_an_organisation_is_a_profile() -> None:
    assert LinkedIn.read({"id": 96, "localizedName": "Skylark", "localizedWebsite": "https://sky.example"}) == Profile(
        platform="linkedin", id=OWN, display_name="Skylark", urls=("https://sky.example",)
    )


def test_a_version_that_was_shut_says_what_to_do() -> None:
    """Fault 35."""
    body = {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version is not active"}
    script = [exchange("/rest/organizations/96", body, status=426)]
    config = LinkedIn.Config(token=TOKEN, organization="96")  # type: ignore[arg-type]
    (finding,) = LinkedIn(config, transport=ReplayTransport(script)).check()
    assert "newer month" in finding.remedy
