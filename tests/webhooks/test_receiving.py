"""Pushes of every platform against a real store: proved, read, stored, and only then acknowledged."""

from __future__ import annotations

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.registry import get_adapter
from socialcrm.clock import ManualClock
from socialcrm.errors import StoreError
from socialcrm.model import Direction, Post
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord, Store
from socialcrm.webhooks import SCHEMES, Webhook, WebhookConfig
from socialcrm.webhooks.proofs import same
from webhooks import pushing
from webhooks.conftest import Make
from webhooks.pushing import NOW, PUSHES, SECRET, Pushed, comment, in_bytes, meta, page, tiktok, whatsapp

every_platform = pytest.mark.parametrize("platform", PUSHES)


def headers(pushed: Pushed, body: bytes, secret: str = SECRET) -> dict[str, str]:
    return pushed.sign(body, secret)


def stored(store: Store, platform: str, name: str) -> Any:
    return store.posts.get(platform, name)


def facebook(webhook: Webhook, *changes: Any) -> int:
    body = in_bytes(
        page(
            *changes,
            at=max(
                one["value"]["created_time"]
                for one in changes
                if isinstance(one, dict) and isinstance(one.get("value"), dict)
            ),
        )
    )
    return webhook.receive(meta(body, SECRET), body).status


@every_platform
def test_a_push_is_stored_before_it_is_acknowledged(make: Make, store: Store, platform: str) -> None:
    pushed, webhook = PUSHES[platform], make(platform)
    answer = webhook.receive(headers(pushed, pushed.body), pushed.body)
    assert (answer.status, answer.body) == (200, b"ok" if platform == "vk" else b"")
    assert [stored(store, platform, name).post.id for name in pushed.ids] == list(pushed.ids)
    assert webhook.counts == {"kept": 1}


@every_platform
def test_fault_36_a_hundred_copies_at_once_make_one_post(make: Make, store: Store, platform: str) -> None:
    pushed, webhook = PUSHES[platform], make(platform)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: webhook.receive(headers(pushed, pushed.body), pushed.body), range(100)))
    assert {answer.status for answer in answers} == {200}
    assert stored(store, platform, pushed.ids[0]).revision == 1
    assert len(store.posts.unjudged(500)) == len(pushed.ids)


@every_platform
@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=8)])
def test_fault_37_a_replay_changes_nothing(
    make: Make, store: Store, clock: ManualClock, platform: str, later: timedelta
) -> None:
    pushed, webhook = PUSHES[platform], make(platform)
    webhook.receive(headers(pushed, pushed.body), pushed.body)
    before = stored(store, platform, pushed.ids[0])
    clock.advance(later)
    assert webhook.receive(headers(pushed, pushed.body), pushed.body).status == 200
    after = stored(store, platform, pushed.ids[0])
    assert (after.revision, after.post) == (before.revision, before.post)


class TestOrder:
    """Fault 38: events come in any order."""

    def test_fault_38_an_edit_before_its_creation(self, make: Make, store: Store) -> None:
        webhook = make("facebook")
        facebook(webhook, comment(text="second wording", verb="edited", at=1772366500))
        facebook(webhook, comment(text="first wording", at=1772366400))
        assert stored(store, "facebook", "10_20").post.text == "second wording"

    def test_fault_38_a_deletion_before_its_creation(self, make: Make, store: Store) -> None:
        webhook = make("facebook")
        facebook(webhook, comment(verb="remove", at=1772366500))
        facebook(webhook, comment(text="late again"))
        found = stored(store, "facebook", "10_20")
        assert found is None or not found.post.text

    def test_fault_38_an_old_edit_after_its_deletion(self, make: Make, store: Store) -> None:
        webhook = make("facebook")
        facebook(webhook, comment(text="late again"))
        facebook(webhook, comment(verb="remove", at=1772366500))
        facebook(webhook, comment(text="late again, edited", verb="edited", at=1772366450))
        found = stored(store, "facebook", "10_20")
        assert found is None or not found.post.text


SIGNED = [name for name in PUSHES if name != "vk"]


class TestProof:
    @pytest.mark.parametrize("platform", SIGNED)
    @pytest.mark.parametrize("harm", ["wrong", "missing", "cut", "not ascii", "empty", "other body", "doubled"])
    def test_fault_39_a_bad_signature_is_401_and_nothing_is_stored(
        self, make: Make, store: Store, platform: str, harm: str
    ) -> None:
        pushed, webhook = PUSHES[platform], make(platform)
        ((name, value),) = headers(pushed, pushed.body).items()
        bad: dict[str, dict[str, str]] = {
            "wrong": pushed.sign(pushed.body, "another"),
            "missing": {},
            "cut": {name: value[:-1]},
            "not ascii": {name: value[:-3] + "é日\udc80"},
            "empty": {name: ""},
            "other body": pushed.sign(pushed.body + b" ", SECRET) if platform != "telegram" else {name: "x"},
            "doubled": {name: f"{value},{value}"},
        }
        assert webhook.receive(bad[harm], pushed.body).status == 401
        assert stored(store, platform, pushed.ids[0]) is None
        assert webhook.counts == {"refused": 1}

    @pytest.mark.parametrize("secret", [None, "", "wrong", 5, ["invented-secret"]])
    def test_fault_39_a_bad_secret_of_vk_is_401(self, make: Make, secret: object) -> None:
        body = json.dumps({**json.loads(PUSHES["vk"].body), "secret": secret}).encode()
        assert make("vk").receive({}, body).status == 401

    @given(st.binary(max_size=300), st.text(max_size=80), st.sampled_from(sorted(SCHEMES)))
    def test_whatever_comes_is_answered(self, body: bytes, value: str, platform: str) -> None:
        webhook = Webhook(
            platform,
            SCHEMES[platform],
            WebhookConfig.model_validate({"secret": SECRET}),
            parse=get_adapter(platform).parse_push,
            keep=lambda items: None,
        )
        header = getattr(SCHEMES[platform].proof, "header", "x")
        assert webhook.receive({header: value}, body).status in {401, 403}

    @every_platform
    def test_fault_40_two_secrets_hold_while_one_replaces_the_other(self, make: Make, platform: str) -> None:
        pushed = PUSHES[platform]
        webhook = make(platform, secret="new", previous_secret=SECRET)
        assert webhook.receive(headers(pushed, pushed.body), pushed.body).status == 200
        fresh = pushed.body.replace(SECRET.encode(), b"new")
        assert webhook.receive(headers(pushed, fresh, "new"), fresh).status == 200
        assert make(platform, secret="new").receive(headers(pushed, pushed.body), pushed.body).status == 401

    def test_fault_41_only_the_raw_body_is_taken(self, make: Make) -> None:
        """A body that was parsed and written anew has other bytes, and is refused before it can be misread."""
        webhook, body = make("instagram"), PUSHES["instagram"].body
        again = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
        assert again != body
        assert webhook.receive(meta(body, SECRET), again).status == 401
        for parsed in (json.loads(body), body.decode()):
            with pytest.raises(TypeError, match="raw body"):
                webhook.receive(meta(body, SECRET), parsed)

    @pytest.mark.parametrize(
        "at",
        [
            int(NOW.timestamp()) - 301,
            int(NOW.timestamp()) + 301,
            int(NOW.timestamp()) * 1000,
            "",
            "now",
            "-5",
            "1e9",
            "9" * 400,
            "١٧٧٢",
        ],
    )
    def test_fault_42_a_time_that_is_not_near_is_refused(self, make: Make, at: object) -> None:
        body = b"{}"
        assert make("tiktok").receive(tiktok(body, SECRET, at), body).status == 401

    @pytest.mark.parametrize("off", [-299, 0, 299])
    def test_a_time_that_is_near_is_accepted(self, make: Make, off: int) -> None:
        assert make("tiktok").receive(tiktok(b"{}", SECRET, int(NOW.timestamp()) + off), b"{}").status == 200

    @every_platform
    def test_fault_43_without_a_secret_the_answer_is_503_and_an_alarm(
        self, make: Make, platform: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        pushed, webhook = PUSHES[platform], make(platform, secret=None)
        with caplog.at_level(logging.ERROR):
            answer = webhook.receive(headers(pushed, pushed.body), pushed.body)
        assert answer.status == 503
        assert "no secret" in caplog.text
        assert webhook.counts == {"unconfigured": 1}

    def test_fault_44_every_secret_is_compared_to_its_end(self) -> None:
        """The time taken tells neither how much of a code is right nor which secret fits."""

        def taken(given: bytes, expected: list[bytes]) -> float:
            began = time.perf_counter()
            for _ in range(2_000):
                same(given, expected)
            return time.perf_counter() - began

        right = b"a" * 64
        cases = {"first byte": b"b" + right[1:], "last byte": right[:-1] + b"b", "right": right}
        tries = {name: [taken(given, [right, b"c" * 64]) for _ in range(15)] for name, given in cases.items()}
        least = [min(times) for times in tries.values()]  # what the machine does besides only adds
        assert max(least) < 1.5 * min(least)

    def test_no_secret_is_shown(self, make: Make, caplog: pytest.LogCaptureFixture) -> None:
        webhook = make("facebook", verify_token="t0ken")
        with caplog.at_level(logging.DEBUG):
            webhook.receive({"X-Hub-Signature-256": "sha256=00"}, b"{}")
        shown = repr(webhook) + repr(webhook.config) + caplog.text
        assert SECRET not in shown
        assert "t0ken" not in shown


class TestUnknown:
    @every_platform
    def test_fault_45_an_unknown_event_is_acknowledged_and_counted(
        self, make: Make, store: Store, platform: str
    ) -> None:
        pushed, webhook = PUSHES[platform], make(platform)
        answer = webhook.receive(headers(pushed, pushed.unknown), pushed.unknown)
        assert answer.status == 200
        assert webhook.counts == {"unknown": 1}

    def test_fault_45_a_body_of_another_shape_is_acknowledged_counted_and_noted(self, make: Make) -> None:
        webhook = make("facebook")
        for body in (b"[]", b"5", b'"text"', b"null", b'{"entry": 5}', b'{"entry": [5, null]}', b"{}"):
            assert webhook.receive(meta(body, SECRET), body).status == 200
        assert webhook.counts == {"unknown": 7}

    @pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000, b"[NaN]", b"9" * 5_000])
    def test_a_proved_body_that_is_no_json_is_400(self, make: Make, body: bytes) -> None:
        webhook = make("facebook")
        assert webhook.receive(meta(body, SECRET), body).status == 400
        assert webhook.counts == {"unreadable": 1}


class TestBatches:
    def test_fault_46_one_bad_change_costs_itself_alone(self, make: Make, store: Store) -> None:
        bad: list[Any] = [5, None, {}, {"field": "feed"}, {"field": "feed", "value": 7}, comment(name="")]
        assert facebook(make("facebook"), comment("10_1"), *bad, comment("10_2")) == 200
        assert stored(store, "facebook", "10_1")
        assert stored(store, "facebook", "10_2")

    def test_fault_46_one_bad_entry_costs_itself_alone(self, make: Make, store: Store) -> None:
        body = page(comment("10_1"))
        body["entry"] = [5, None, {"id": 1}, {"changes": "none"}, *body["entry"]]
        raw = in_bytes(body)
        assert make("facebook").receive(meta(raw, SECRET), raw).status == 200
        assert stored(store, "facebook", "10_1")

    def test_fault_46_one_bad_message_costs_itself_alone(self, make: Make, store: Store) -> None:
        good = {"from": "442079460101", "id": "wamid.1", "timestamp": "1772366400", "text": {"body": "hello"}}
        raw = in_bytes(whatsapp(5, {}, {"from": "1"}, good))
        assert make("whatsapp").receive(meta(raw, SECRET), raw).status == 200
        assert stored(store, "whatsapp", "wamid.1").post.author.display_name == "Ann Lee"


def test_fault_47_a_body_that_is_too_large_is_refused_before_anything_is_done_with_it(make: Make) -> None:
    body = b"[" + b" " * (10 << 20) + b"]"
    webhook = make("facebook")
    assert webhook.receive(meta(body, SECRET), body).status == 413
    assert webhook.counts == {"refused": 1}


def test_fault_48_a_push_and_a_poll_of_the_same_post_at_once_make_one(any_url: str) -> None:
    """Two connections, as two processes have them; neither waits for the lease of the other."""
    parse, body = get_adapter("facebook").parse_push, PUSHES["facebook"].body
    polled = [item for item in parse(json.loads(body)) if isinstance(item, Post)]
    clock = ManualClock(NOW)
    with (
        open_store(any_url, workspace="skylark", clock=clock) as receiving,
        open_store(any_url, workspace="skylark", clock=clock) as polling,
        ThreadPoolExecutor(2) as pool,
    ):

        def keep(items: Any) -> None:
            receiving.posts.record(PageRecord(source="hook", stream="webhook", items=items, cursor=None))

        config = WebhookConfig.model_validate({"secret": SECRET})
        webhook = Webhook("facebook", SCHEMES["facebook"], config, parse=parse, keep=keep, clock=clock)
        with polling.lease("the sync"):
            pushes = [pool.submit(webhook.receive, meta(body, SECRET), body) for _ in range(20)]
            for number in range(20):
                polling.posts.record(PageRecord(source="poll", stream="feed", items=polled, cursor=str(number)))
            assert {push.result().status for push in pushes} == {200}
        found = receiving.posts.get("facebook", "10_20")
        assert found is not None
        assert found.revision == 1
        assert len(receiving.posts.unjudged(100)) == 1


class TestStoreAway:
    def test_fault_49_what_cannot_be_stored_is_not_acknowledged(self, make: Make, store: Store) -> None:
        pushed, webhook = PUSHES["facebook"], make("facebook")
        store.close()
        webhook._keep = lambda items: (_ for _ in ()).throw(StoreError("the disk is full"))
        answer = webhook.receive(headers(pushed, pushed.body), pushed.body)
        assert answer.status == 503
        assert dict(answer.headers)["Retry-After"]
        assert webhook.counts == {"failed": 1}

    def test_fault_49_a_failure_nobody_foresaw_is_5xx_too_and_says_nothing_of_the_post(
        self, make: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        pushed, webhook = PUSHES["facebook"], make("facebook")
        webhook._keep = lambda items: 1 / 0
        with caplog.at_level(logging.DEBUG):
            assert webhook.receive(headers(pushed, pushed.body), pushed.body).status == 503
        assert "late again" not in caplog.text

    def test_what_was_refused_then_is_stored_on_the_second_try(self, make: Make, store: Store) -> None:
        pushed, webhook = PUSHES["facebook"], make("facebook")
        keep, webhook._keep = webhook._keep, lambda items: 1 / 0
        webhook.receive(headers(pushed, pushed.body), pushed.body)
        webhook._keep = keep
        assert webhook.receive(headers(pushed, pushed.body), pushed.body).status == 200
        assert stored(store, "facebook", "10_20")


def test_posts_of_the_brands_own_accounts_are_outbound(make: Make, store: Store) -> None:
    own = comment("10_3")
    own["value"]["from"] = {"id": "1", "name": "Skylark Air"}
    facebook(make("facebook"), own, comment("10_4"))
    directions = {name: stored(store, "facebook", name).post.direction for name in ("10_3", "10_4")}
    assert directions == {"10_3": Direction.OUTBOUND, "10_4": Direction.INBOUND}


@pytest.mark.parametrize("digest", pushing.DIGESTS)
def test_a_hub_may_sign_with_any_of_its_digests(make: Make, digest: str) -> None:
    body = PUSHES["youtube"].body
    signature = f"{digest}={pushing.code(SECRET, body, digest).hex()}"
    assert make("youtube").receive({"X-Hub-Signature": signature}, body).status == 200


def test_meta_may_not_fall_back_to_a_weaker_digest(make: Make) -> None:
    body = PUSHES["facebook"].body
    weak = {"X-Hub-Signature-256": "sha1=" + pushing.code(SECRET, body, "sha1").hex()}
    assert make("facebook").receive(weak, body).status == 401


@pytest.mark.parametrize("window", ["0s", "-5m", "2h"])
def test_a_window_of_no_time_or_all_time_is_no_setting(window: str) -> None:
    with pytest.raises(ValueError, match="window"):
        WebhookConfig.model_validate({"window": window})
