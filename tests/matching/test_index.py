"""An index that was updated answers as one built afresh; ranking is deterministic; probabilities add up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cast import BYSTANDERS, MATCHER, contact, profile

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.postings import Postings
from socialcrm.model import Contact, Match, Profile

FIRST = ("Marit", "Sigrid", "Robert", "Bob", "José", "Саша", "Ann", "")
LAST = ("Oxenholme", "Smith", "Lee", "Le Rudulier", "Щукин", "")
WORDS = st.sampled_from(("marit", "oxenholme", "smith", "bob", "84", "_", ".", "official", "✨", " ", "Lee", "а"))
SCRAPS = st.lists(WORDS, max_size=5).map("".join)

contacts = st.builds(
    lambda n, first, last, mail, site, handle, shy: Contact(
        id=f"c{n}",
        first_name=first,
        last_name=last,
        emails=(f"{mail}@post.example",) if mail else (),
        websites=(site,) if site else (),
        handles={"x": (handle,)} if handle else {},
        do_not_profile=shy,
    ),
    st.integers(0, 25),
    st.sampled_from(FIRST),
    st.sampled_from(LAST),
    st.sampled_from(("", "sky84", "marit.oxenholme", "info")),
    st.sampled_from(("", "https://sky84.example", "https://x.com/sky84")),
    st.sampled_from(("", "sky84", "maritox")),
    st.booleans() | st.just(False),
)
profiles = st.builds(
    lambda n, handle, shown, bio: Profile(platform="x", id=f"p{n}", handle=handle, display_name=shown, bio=bio),
    st.integers(0, 99),
    SCRAPS,
    SCRAPS | st.sampled_from(("Marit Oxenholme", "Bob Smith", "Sasha Shchukin")),
    st.sampled_from(("", "sky84@post.example", "not affiliated")),
)
steps = st.lists(
    st.tuples(st.just("update"), st.lists(contacts, max_size=8))
    | st.tuples(st.just("remove"), st.lists(st.integers(0, 25).map("c{}".format), max_size=4)),
    max_size=8,
)


def plain(ranked: Sequence[Sequence[Match]]) -> list[list[dict[str, object]]]:
    return [[match.model_dump() for match in matches] for matches in ranked]


@settings(max_examples=60, deadline=None)
@given(steps, st.lists(profiles, min_size=1, max_size=6))
def test_updates_and_removals_equal_a_rebuild(changes: list[tuple[str, list[object]]], asked: list[Profile]) -> None:
    index, living = MATCHER.index([]), {}
    for what, items in changes:
        if what == "update":
            index.update(items)  # type: ignore[arg-type]
            living |= {one.id: one for one in items}  # type: ignore[attr-defined]
        else:
            index.remove(items)  # type: ignore[arg-type]
            living = {key: one for key, one in living.items() if key not in items}
    fresh = [one for one in living.values() if not one.do_not_profile]
    assert set(index) == {one.id for one in fresh}
    assert all(index.get(one.id) == one for one in fresh)
    random.Random(7).shuffle(fresh)
    assert plain(MATCHER.rank(asked, index)) == plain(MATCHER.rank(asked, MATCHER.index(fresh)))


@settings(max_examples=40, deadline=None)
@given(st.lists(contacts, max_size=30), st.lists(profiles, max_size=8))
def test_probabilities_add_up_and_every_match_has_its_sentences(people: list[Contact], asked: list[Profile]) -> None:
    ranked = MATCHER.rank(asked, MATCHER.index(people))
    assert len(ranked) == len(asked)
    shy = {one.id for one in people} - set(MATCHER.index(people))
    for matches in ranked:
        assert sum(match.probability for match in matches) <= 1 + 1e-9
        assert [m.probability for m in matches] == sorted((m.probability for m in matches), reverse=True)
        for here, following in pairwise(matches):
            assert here.runner_up >= following.probability
        for match in matches:
            assert match.contact_id not in shy
            assert match.evidence
            assert all(evidence.sentence for evidence in match.evidence)


def test_ranking_does_not_depend_on_order_or_portions() -> None:
    people = [contact(f"c{n}", first_name=first, last_name=last) for n, (first, last) in enumerate(
        (first, last) for first in FIRST for last in LAST)]  # fmt: skip
    asked = [profile(f"p{n}", display_name=f"{one.first_name} {one.last_name}") for n, one in enumerate(people)]
    whole = plain(MATCHER.rank(asked, MATCHER.index(people)))
    assert whole == plain(MATCHER.rank(asked, MATCHER.index(people[::-1])))
    assert whole == plain(
        MATCHER.rank(asked[:9], MATCHER.index(people)) + MATCHER.rank(asked[9:], MATCHER.index(people))
    )


@pytest.mark.parametrize("shown", ["", "✨🚀", "\u200b\u202e", "...", "Unknown User", "---", "User"])
def test_empty_evidence_is_no_evidence(shown: str) -> None:
    nameless = [contact("c1", first_name=shown, last_name=""), contact("c2", first_name="", last_name=shown)]
    nameless += [
        contact("c3", first_name="", last_name="", full_name=shown),
        contact("c4", first_name="", last_name=""),
    ]
    asked = [profile(display_name=shown), profile(display_name=shown, handle=shown)]
    assert MATCHER.rank(asked, MATCHER.index(nameless)) == [[], []]


def test_a_name_that_too_many_contacts_share_proposes_nobody() -> None:
    crowd = [contact(f"c{n}", first_name="Ann", last_name="Lee") for n in range(150)]
    assert MATCHER.rank([profile(display_name="Ann Lee", handle="annlee")], MATCHER.index(crowd)) == [[]]


def test_ruled_out_contacts_are_no_candidates() -> None:
    index = MATCHER.index([contact("c1", emails=("sky84@post.example",)), contact("c2")])
    asked = [profile(display_name="Marit Oxenholme", bio="sky84@post.example")]
    assert MATCHER.rank(asked, index)[0][0].contact_id == "c1"
    without = MATCHER.rank(asked, index, ruled_out=[{"c1", "unknown"}])[0]
    assert [m.contact_id for m in without] == ["c2"]
    assert without[0].probability > 0.9
    with pytest.raises(ValueError, match="ruled_out has 2 entries for 1 profiles"):
        MATCHER.rank(asked, index, ruled_out=[set(), set()])


def test_top_limits_the_list_and_long_values_are_cut() -> None:
    index = MATCHER.index([contact(f"c{n}") for n in range(9)])
    asked = profile(display_name="Marit Oxenholme " + "x" * 10_000)
    assert len(MATCHER.rank([asked], index, top=3)[0]) == 3
    assert all(len(e.left) <= 160 for m in MATCHER.rank([asked], index)[0] for e in m.evidence)


def test_many_removals_compact_the_index() -> None:
    people = [contact(f"c{n}", first_name=f"Given{n}", last_name="Oxenholme") for n in range(1500)]
    index = MATCHER.index(people)
    index.remove(one.id for one in people[:1200])
    assert len(index) == 300
    assert len(index.table) < 1500
    asked = [profile(display_name="Given1400 Oxenholme"), profile(display_name="Given3 Oxenholme")]
    assert plain(MATCHER.rank(asked, index)) == plain(MATCHER.rank(asked, MATCHER.index(people[1200:])))


def test_an_empty_index_and_no_profiles() -> None:
    assert MATCHER.rank([profile(display_name="Marit Oxenholme")], ContactIndex()) == [[]]
    assert MATCHER.rank([], MATCHER.index(BYSTANDERS)) == []
    assert MATCHER.index(BYSTANDERS).get("nobody") is None


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 50)), max_size=60),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 50)), max_size=10),
    st.integers(0, 9),
)
def test_postings_find_what_a_dictionary_finds(
    one: list[tuple[int, int]], two: list[tuple[int, int]], cap: int
) -> None:
    postings = Postings()
    for part in (one, two):
        keys, rows = [k for k, _ in part], [r for _, r in part]
        filing = Filing()
        filing.add(np.asarray(keys, dtype=np.uint64), np.asarray(rows, dtype=np.int32))
        postings.add(filing)
    asked = np.arange(8, dtype=np.uint64)
    at, rows = postings.find(asked, np.full(8, cap, dtype=np.int32))
    found = sorted(zip(at.tolist(), rows.tolist(), strict=True))
    every = one + two
    assert found == sorted((k, r) for k, r in every if sum(k == other for other, _ in every) <= cap)
