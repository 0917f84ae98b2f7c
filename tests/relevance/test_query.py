"""Brand queries match what a person would say they match."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.errors import ConfigError
from socialcrm.relevance.query import Query

MATCHES = [
    ("skylark", "I love SkyLark!"),
    ("skylark", "#skylark is late"),
    ("skylark", "see https://skylark.example/help"),
    ("skylark", "sky\u200blark, hidden"),
    ("skylark", "ｓｋｙｌａｒｋ"),
    ('"sky lark"', "the Sky\nLark flight"),
    ("@skylarkair", "hi @SkylarkAir."),
    ("#flyskylark", "so #FlySkylark!"),
    ("straße", "HAUPT STRASSE"),
    ("o'hare", "stuck at O’Hare"),
    ("c++", "we write c++ here"),
    ("$sky", "buy $SKY now"),
    ("✈️", "up ✈ and away"),
    ("हिन्दी", "यह हिन्दी है"),
    ("東京", "私は東京都に住んでいます"),
    ("ไทย", "การบินไทยดีมาก"),
    ("스카이라크", "스카이라크는 늦었다"),
    ("a b", "b and a"),
    ("a AND b", "b a"),
    ("a OR b", "b"),
    ("a (b OR c)", "c a"),
    ("a NOT b", "a c"),
    ("a AND NOT (b OR c)", "a d"),
    ("a b OR c", "c"),
    ("NOT a", "b"),
    ("NOT NOT a", "a"),
    ("or", "this or that"),
    ("bag NEAR/2 lost", "they lost my red bag"),
    ("bag NEAR/2 lost", "a bag. Lost!"),
    ("(bag OR luggage) NEAR/2 (lost OR missing)", "luggage is now missing"),
    ("a NEAR/1 b NEAR/1 c", "a b c"),
    ('"lost bag" NEAR/1 again', "lost bag, again"),
    ("(((a)))", "a"),
]

DIFFERS = [
    ("skylark", "skylarks sing"),
    ("skylark", "my_skylark"),
    ('"sky lark"', "sky blue lark"),
    ("@skylarkair", "write to joe@skylarkair.example"),
    ("@skylarkair", "@skylarkair.evil.example is not them"),
    ("@skylarkair", "@skylarkair-fans"),
    ("@skylarkair", "@skylarkairlines"),
    ("#fly", "#flyskylark"),
    ("हिन्द", "यह हिन्दी है"),
    ("a b", "a"),
    ("a NOT b", "a b"),
    ("a b OR c", "b"),
    ("NOT a", "a"),
    ("bag NEAR/1 lost", "they lost my red bag"),
    ("a NEAR/1 b NEAR/1 c", "a b x x x c"),
    ("a", ""),
]


@pytest.mark.parametrize(("query", "text"), MATCHES)
def test_matches(query: str, text: str) -> None:
    assert Query(query).matches(text)


@pytest.mark.parametrize(("query", "text"), DIFFERS)
def test_differs(query: str, text: str) -> None:
    assert not Query(query).matches(text)


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("", "ends too early"),
        ("(a", "closing parenthesis is missing"),
        ("a OR", "ends too early"),
        ("NOT", "ends too early"),
        ("a)", "at character 2: '\\)' does not fit"),
        ("OR a", "at character 1: 'OR' does not fit"),
        ("a\nAND AND b", "at character 7: 'AND' does not fit"),
        ("a NEAR b", "at character 3: 'NEAR' does not fit"),
        ("a NEAR/0 b", "at character 3: 'NEAR/0' does not fit"),
        ('a "b c', "at character 3: the quotation mark is never closed"),
        ('a ""', "empty term at character 3"),
        ("(a b) NEAR/3 c", "NEAR at character 7 joins words"),
        ("a " * 6000, "longer than 10,000"),
        ("(" * 4000 + "a" + ")" * 4000, None),
        ("NOT " * 2000 + "a", "too many"),
    ],
)
def test_an_unreadable_query_is_explained(query: str, complaint: str | None) -> None:
    if complaint is None:
        assert Query(query).matches("a")
        return
    with pytest.raises(ConfigError, match=complaint):
        Query(query)


WORDS = st.sampled_from(["sky", "lark", "東京", "@sky", "#sky", '"sky lark"', "✈", "हिन्दी"])
QUERIES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} OR {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} {0[1]})".format),
        inner.map("(NOT {})".format),
    ),
    max_leaves=6,
)


@given(query=QUERIES, text=st.lists(st.one_of(WORDS, st.text(max_size=5))).map(" ".join))
def test_the_prefilter_never_changes_the_answer(query: str, text: str) -> None:
    assert Query(query).matches(text) == Query(f"{query} AND NOT (NOT {query})").matches(text)
    assert Query(query).matches(text) != Query(f"NOT ({query})").matches(text)


@given(st.text(max_size=30))
def test_any_text_is_a_query_or_a_clear_error(source: str) -> None:
    with contextlib.suppress(ConfigError):
        assert Query(source).matches("sky lark") in {True, False}


def test_a_hundred_thousand_posts_take_a_few_seconds() -> None:
    query = Query(" OR ".join(f'brand{number} OR "brand {number}"' for number in range(150)) + " OR @skylarkair")
    posts = [
        f"Post {number}: nothing to see here, just a long day at the airport and some coffee" for number in range(50)
    ]
    posts.append("thank you @skylarkair for the upgrade on my flight to nowhere")
    started = time.process_time()
    assert sum(query.matches(post) for post in posts * 200) == 200
    assert time.process_time() - started < 0.5  # 20,000 posts a second


def test_a_hostile_text_is_judged_in_time_that_grows_with_its_length() -> None:
    query = Query('a NEAR/2 b OR "a a b"')
    started = time.process_time()
    assert not query.matches("a " * 100_000 + "c c c b")
    assert time.process_time() - started < 2
