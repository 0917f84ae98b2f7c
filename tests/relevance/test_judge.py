"""What is kept, why not, and how urgent it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from socialcrm.model import Engagement, Kind, Media, Post, Profile
from socialcrm.relevance import judge as judging
from socialcrm.relevance.judge import Judge, Judgement, RelevanceRules
from socialcrm.relevance.language import detect
from socialcrm.relevance.priority import priority
from socialcrm.relevance.sentiment import polarity

ANN = Profile(platform="invented", id="ann", handle="ann")
BRAND = Profile(platform="invented", id="brand", handle="skylarkair")
RULES = RelevanceRules(query='skylark OR "sky lark"', exclude="birdwatching")


def post(text: str = "Where is my bag, @skylarkair?", **fields: Any) -> Post:
    given = {
        "platform": "invented",
        "id": "1",
        "kind": Kind.MENTION,
        "author": ANN,
        "text": text,
        "created_at": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return Post(**(given | fields))


def judged(one: Post, rules: RelevanceRules = RULES, parents: dict[tuple[str, str], str] | None = None) -> Judgement:
    (verdict,) = Judge(rules).judge([one], parents=parents or {})
    return verdict


@pytest.mark.parametrize("kind", [Kind.MENTION, Kind.REPLY, Kind.COMMENT, Kind.REVIEW, Kind.MESSAGE, Kind.CHECK_IN])
def test_what_is_said_to_the_brand_is_kept_whatever_the_query(kind: Kind) -> None:
    verdict = judged(post("hello there", kind=kind))
    assert (verdict.keep, verdict.reason, verdict.subject) == (True, "", "ann")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Flying Skylark tomorrow", ""),
        ("A lark in the sky", judging.OFF_TOPIC),
        ("Skylark seen while birdwatching", judging.EXCLUDED),
    ],
)
def test_a_search_hit_has_to_match_the_query(text: str, reason: str) -> None:
    verdict = judged(post(text, kind=Kind.POST))
    assert (verdict.keep, verdict.reason) == (not reason, reason)


def test_without_a_query_every_search_hit_is_kept() -> None:
    assert judged(post("A lark in the sky", kind=Kind.POST), RelevanceRules()).keep


def test_the_brands_answer_belongs_to_the_customer_it_answers() -> None:
    answer = post("So sorry!", author=BRAND, direction="outbound", in_reply_to="7")
    verdict = judged(answer, parents={("invented", "7"): "ann", ("other", "7"): "bob"})
    assert (verdict.keep, verdict.subject) == (True, "ann")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"in_reply_to": "7"}, judging.ORPHAN),
        ({}, judging.OWN_POST),
        ({"in_reply_to": "8"}, judging.OWN_POST),
    ],
)
def test_other_posts_of_the_brand_are_not_kept(fields: dict[str, str], reason: str) -> None:
    one = post("Fly with us", author=BRAND, direction="outbound", **fields)
    verdict = judged(one, parents={("invented", "8"): "brand"})
    assert (verdict.keep, verdict.reason, verdict.subject) == (False, reason, None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": " \n"}, judging.EMPTY),
        ({"text": "", "media": (Media(type="photo"),)}, ""),
        ({"text": "", "rating": 5.0, "kind": Kind.REVIEW}, ""),
        ({"author": None}, judging.NOBODY),
        ({"engagement": Engagement(promoted=True)}, "an advertisement"),
        ({"text": " ".join(f"@friend{number}" for number in range(12))}, "spam: a crowd of handles"),
        ({"text": " ".join(f"#tag{number}" for number in range(20))}, "spam: a crowd of hashtags"),
        ({"text": "Claim your free tokens at https://x.example now"}, "spam: a lure with a link"),
        ({"text": "GIVEAWAY! Follow and tag a friend to enter @skylarkair"}, "spam: a contest"),
        ({"text": "@skylarkair did I win your giveaway? https://x.example"}, ""),
        ({"text": "@skylarkair how do I claim my refund voucher?"}, ""),
    ],
)
def test_what_nobody_said_is_not_kept(fields: dict[str, Any], reason: str) -> None:
    verdict = judged(post(**fields))
    assert (verdict.keep, verdict.reason) == (not reason, reason)


def test_the_signs_of_spam_can_be_ignored() -> None:
    assert judged(post(" ".join(f"#tag{number}" for number in range(20))), RelevanceRules(spam=False)).keep


def test_languages_left_out_are_dropped_and_unknown_ones_kept() -> None:
    rules = RelevanceRules(languages=("en-GB", "de"))
    assert rules.languages == ("en", "de")
    french = post("Bonjour, où est ma valise s'il vous plaît ? Je l'attends depuis hier soir.")
    assert (judged(french, rules).keep, judged(french, rules).reason) == (False, judging.OTHER_LANGUAGE)
    assert judged(post("hm", lang="fr"), rules).reason == judging.OTHER_LANGUAGE
    assert judged(post("ok ok"), rules).keep


def test_reasons_carry_nothing_of_the_post() -> None:
    for text in ("zanzibar", "zanzibar birdwatching skylark", "zanzibar " + "#a1 " * 30):
        assert "zanzibar" not in judged(post(text, kind=Kind.POST)).reason


def test_the_same_post_gets_the_same_judgement() -> None:
    posts = [post("My bag is lost, this is awful"), post("Great crew!", kind=Kind.POST), post()]
    judge = Judge(RULES)
    assert judge.judge(posts, parents={}) == [judge.judge([one], parents={})[0] for one in posts]


@pytest.mark.parametrize("field", ["query", "exclude"])
def test_an_unreadable_query_is_refused_with_its_place(field: str) -> None:
    with pytest.raises(ValidationError, match="character 9"):
        RelevanceRules(**{field: "skylark )"})


def test_an_unknown_language_code_is_refused() -> None:
    with pytest.raises(ValidationError, match="ISO 639"):
        RelevanceRules(languages=("english",))


@pytest.mark.parametrize(
    ("text", "label", "code"),
    [
        ("anything", "en-US", "en"),
        ("anything", "pt_BR", "pt"),
        ("anything", "iw", "he"),
        ("Where is my bag? I have been waiting for an hour.", "", "en"),
        ("Where is my bag? I have been waiting for an hour.", "qme", "en"),
        ("Mein Koffer ist seit gestern verschwunden, bitte helfen Sie mir.", "und", "de"),
        ("荷物が届きません。どうすればよいか教えてください。よろしくお願いします。", "", "ja"),
        ("lol", "", "und"),
        ("@skylarkair @somebody_else https://x.example/a-long-address #hashtag", "", "und"),
    ],
)
def test_language(text: str, label: str, code: str) -> None:
    assert detect(text, label=label) == code


def test_tone_is_rated_in_english_without_handles_and_links() -> None:
    good, bad = polarity("Great crew, thank you!", lang="en"), polarity("This is the worst delay ever", lang="en")
    assert good is not None
    assert bad is not None
    assert bad < 0 < good
    assert polarity("@hate_this_awful_thing https://awful.example ok", lang="en") == polarity("ok", lang="en")
    assert polarity("Das ist furchtbar", lang="de") is None
    assert polarity("@skylarkair", lang="en") is None
    assert polarity("\U0001f600" * 100_000, lang="en") is not None


def test_without_the_extras_language_and_tone_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from socialcrm.relevance import language, sentiment

    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    for cached in (language._identifier, sentiment._analyzer):
        cached.cache_clear()
    verdict = judged(post("Where is my bag? I have been waiting for an hour."))
    for cached in (language._identifier, sentiment._analyzer):
        cached.cache_clear()
    assert (verdict.keep, verdict.lang, verdict.sentiment) == (True, "und", None)


@pytest.mark.parametrize(
    ("text", "fields", "sentiment", "expected"),
    [
        ("We are stranded in Oslo", {}, 0.0, "urgent"),
        ("My lawyer will be in touch", {}, 0.1, "urgent"),
        ("There was smoke in the cabin", {}, None, "urgent"),
        ("We are running out of my mother's insulin", {}, 0.0, "urgent"),
        ("Where is my refund", {}, 0.2, "high"),
        ("You lost both of my bags", {}, -0.1, "high"),
        ("You are useless", {}, -0.6, "high"),
        ("It was so-so", {"rating": 1.0, "kind": Kind.REVIEW}, None, "high"),
        ("A bit late", {"author": Profile(platform="invented", id="star", followers=50_000)}, -0.1, "high"),
        ("A bit late", {"author": Profile(platform="invented", id="few", followers=50)}, -0.1, "normal"),
        ("When do you board?", {}, 0.7, "normal"),
        ("On my way to the airport", {}, 0.0, "normal"),
        ("Lovely crew, thank you", {}, 0.8, "low"),
        ("On my way to the airport", {"kind": Kind.POST}, None, "low"),
    ],
)
def test_priority(text: str, fields: dict[str, Any], sentiment: float | None, expected: str) -> None:
    assert priority(post(text, **fields), sentiment=sentiment) == expected
