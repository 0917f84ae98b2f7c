"""The questions of platforms, and that asking them gives nobody a signature."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.webhooks.handshakes import ChallengeCode, Crc, Hub, Known
from webhooks import pushing
from webhooks.conftest import Make
from webhooks.pushing import SECRET, code, in_bytes

KNOWN = Known(secrets=(SECRET.encode(),), verify_token=b"t0ken", topics=("https://topic.example/UC1",))


def test_fault_45_x_is_answered_with_the_codes_own_signature(make: Make) -> None:
    answer = make("x", previous_secret="old").challenge({"crc_token": "MjU5NGMx"})
    told = json.loads(answer.body)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert told == {"response_token": pushing.x(b"MjU5NGMx", SECRET)["x-twitter-webhooks-signature"]}


def test_fault_45_linkedin_is_answered_with_the_codes_signature(make: Make) -> None:
    asked = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    told = json.loads(make("linkedin").challenge({"challengeCode": asked, "applicationId": "5"}).body)
    assert told == {"challengeCode": asked, "challengeResponse": code(SECRET, asked.encode()).hex()}


@pytest.mark.parametrize("platform", ["facebook", "instagram", "threads", "whatsapp"])
def test_fault_45_meta_gets_its_challenge_back_for_the_token_agreed_on(make: Make, platform: str) -> None:
    webhook = make(platform, verify_token="t0ken")
    asked = {"hub.mode": "subscribe", "hub.verify_token": "t0ken", "hub.challenge": "1158201444"}
    answer = webhook.challenge(asked)
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.content_type.startswith("text/plain")
    for wrong in ({"hub.verify_token": "other"}, {"hub.mode": "publish"}, {"hub.challenge": "<script> x"}):
        assert webhook.challenge({**asked, **wrong}).status == 403
    assert make(platform).challenge({**asked, "hub.verify_token": ""}).status == 403


def test_fault_45_a_hub_is_told_which_topics_are_wanted(make: Make) -> None:
    webhook = make("youtube", topics=("https://topic.example/UC1",))
    asked = {"hub.mode": "subscribe", "hub.topic": "https://topic.example/UC1", "hub.challenge": "abc"}
    assert webhook.challenge({**asked, "hub.lease_seconds": "432000"}).body == b"abc"
    assert webhook.challenge({**asked, "hub.mode": "unsubscribe"}).status == 200
    assert webhook.challenge({**asked, "hub.topic": "https://topic.example/UC2"}).status == 403
    assert make("youtube").challenge({**asked, "hub.topic": ""}).status == 403


def test_fault_45_vk_is_answered_with_the_text_of_its_settings(make: Make) -> None:
    asked = in_bytes({"type": "confirmation", "group_id": 1})
    assert make("vk", confirmation="a1b2", group="1").receive({}, asked).body == b"a1b2"
    assert make("vk", confirmation="a1b2", group="2").receive({}, asked).status == 403
    assert make("vk").receive({}, asked).status == 403


def test_fault_45_head_is_answered_without_a_body(make: Make) -> None:
    webhook = make("x")
    assert webhook.handle("HEAD", {"crc_token": "abc"}, {}, b"").body == b""
    assert webhook.handle("GET", {"crc_token": "abc"}, {}, b"").body
    assert webhook.handle("PUT", {}, {}, b"").status == 405
    assert make("telegram").handle("GET", {}, {}, b"").status == 404


@pytest.mark.parametrize("platform", ["x", "linkedin"])
def test_fault_43_without_a_secret_a_question_is_503(make: Make, platform: str) -> None:
    assert make(platform, secret=None).challenge({"crc_token": "a", "challengeCode": "a"}).status == 503


@pytest.mark.parametrize("platform", ["x", "linkedin"])
def test_nobody_gets_a_forged_body_signed_by_asking(make: Make, platform: str) -> None:
    """The code of a challenge is made with the key of signatures; a body as the question would give its signature."""
    forged = pushing.PUSHES[platform].body
    for asked in (forged.decode(), "hmacsha256=" + forged.decode(), "[]", "{}", "5" * 300, ""):
        assert make(platform).challenge({"crc_token": asked, "challengeCode": asked}).status == 403


@given(st.text(max_size=300))
def test_no_question_that_is_answered_is_a_body_of_events(asked: str) -> None:
    for shake in (Crc(), ChallengeCode()):
        if shake.asked({"crc_token": asked, "challengeCode": asked}, KNOWN).text is not None:
            assert not set(asked) & set('{}[]":,')


@given(st.dictionaries(st.sampled_from(["hub.mode", "hub.topic", "hub.verify_token", "hub.challenge"]), st.text()))
def test_a_hub_is_echoed_only_when_it_is_ours(query: dict[str, str]) -> None:
    if Hub().asked(query, KNOWN).text is not None:
        assert query.get("hub.verify_token") == "t0ken" or query.get("hub.topic") in KNOWN.topics
