"""What is done to many texts at once gives what it gives for each; addresses that are merely the name are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_cast import BYSTANDERS, MATCHER, contact, profile

from socialcrm.matching.core.own_words import is_merely, is_named
from socialcrm.matching.holdings import Holdings
from socialcrm.matching.keys import skeleton, squash
from socialcrm.matching.lookalikes import LOOKALIKE
from socialcrm.matching.names import parse_name
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_profiles
from socialcrm.matching.weights import posterior


@given(st.text(max_size=20) | st.text("rnvlcR1@ \n", max_size=12) | st.just("x" * 300))
def test_a_shape_is_that_of_the_letters_one_by_one(text: str) -> None:
    shape = squash(text).translate(LOOKALIKE)
    assert skeleton(text) == shape.replace("rn", "m").replace("vv", "w").replace("cl", "d")


@pytest.mark.parametrize(
    ("text", "name", "merely", "named"),
    [
        ("maritoxenholme", "Marit Oxenholme", True, True),
        ("moxenholme", "Marit Oxenholme", True, True),
        ("oxenholmem1", "Marit Oxenholme", True, True),
        ("drmaritoxenholme", "Marit Oxenholme", True, True),
        ("oxenholme84", "Marit Oxenholme", True, True),
        ("oxenholme84713", "Marit Oxenholme", False, True),
        ("skylover", "Marit Oxenholme", False, False),
        ("anatolieberth", "Anatoli Eberth", True, True),  # “ie” is one sound, but not where two words meet
        ("arneekstrom", "Arne Ekström", True, True),
        ("mlenaoxenholme", "Marit Lena Oxenholme", False, True),
        ("mloxenholme", "Marit Lena Oxenholme", True, True),
    ],
)
def test_an_address_that_a_namesake_would_choose_is_merely_the_name(
    text: str, name: str, merely: bool, named: bool
) -> None:
    parsed = parse_name(full=name)
    assert is_merely(text, parsed) is merely
    assert is_named(text, parsed) is named
    assert not is_merely("zzz", parsed)


def test_roles_without_end_around_a_name_are_read_in_no_time() -> None:
    parsed = parse_name(full="Marit Oxenholme")
    assert is_merely("mpdrmaritoxenholme", parsed)
    assert not is_named("mpdr" * 60, parsed)


def test_what_nobody_holds_is_not_known() -> None:
    holds, some, other = Holdings(), np.asarray([7, 8], dtype=np.uint64), 9
    assert not holds.marks().any()
    holds.add(2, [some])
    assert holds.marks()[some].all()
    assert not holds.marks()[other]
    assert holds.kinds == 2


def test_among_a_crowd_of_namesakes_the_employer_finds_the_contact() -> None:
    crowd = [contact(f"c{n}", first_name="Ann", last_name="Lee", company="Harbour Mills") for n in range(150)]
    crowd.append(contact("right", first_name="Ann", last_name="Lee", company="Skylark Air"))
    index = MATCHER.index([*crowd, *BYSTANDERS])
    assert MATCHER.rank([profile(display_name="Ann Lee")], index) == [[]]
    (found,) = MATCHER.rank([profile(display_name="Ann Lee", bio="Pilot at Skylark Air")], index)
    assert [match.contact_id for match in found] == ["right"]


def test_a_rare_employer_weighs_more_than_a_common_one_and_the_weights_still_add_up() -> None:
    people = [
        contact(f"c{n}", first_name=f"Given{n}", last_name="Oxenholme", company="Common Mills") for n in range(60)
    ]
    people.append(contact("rare", first_name="Marit", last_name="Oxenholme", company="Skylark Air"))
    index = MATCHER.index(people)
    asked = [
        profile(display_name="Marit Oxenholme", bio="at Skylark Air"),
        profile(display_name="Given3 Oxenholme", bio="at Common Mills"),
    ]
    rare, common = (
        next(e.weight for e in MATCHER.rank([one], index)[0][0].evidence if e.name == "employer.in_bio")
        for one in asked
    )
    assert rare > common
    match = MATCHER.rank(asked[:1], index)[0][0]
    score = MATCHER.model.base(len(index)) + sum(evidence.weight for evidence in match.evidence)
    assert match.probability == pytest.approx(1 / (1 + 2**-score), abs=1e-6)


def test_dropping_pairs_that_are_far_behind_changes_no_probability_that_counts() -> None:
    first = ("Marit", "Martin", "Maria", "Sigrid", "Ann")
    people = [contact(f"c{n}", first_name=first[n % 5], last_name=f"Oxenholme{n // 5}") for n in range(40)]
    index = MATCHER.index(people)
    asked = [
        profile(f"p{n}", display_name=one.full_name or one.name, handle=one.first_name) for n, one in enumerate(people)
    ]
    encoded = encode_profiles(asked, index.words, index.platforms, holds=index.holds)
    pairs = Pairs(encoded, index)
    whole = posterior(MATCHER.model.scores(MATCHER.model.parts(pairs), len(index)), pairs.p, len(asked))
    kept, scores = MATCHER.model.rank(pairs)
    assert 0 < len(kept) <= len(pairs)
    found = dict(
        zip(zip(kept.p.tolist(), kept.c.tolist(), strict=True), posterior(scores, kept.p, len(asked)), strict=True)
    )
    for p, c, probability in zip(pairs.p.tolist(), pairs.c.tolist(), whole.tolist(), strict=True):
        assert found.get((p, c), 0.0) == pytest.approx(probability, abs=0.02)


def test_evidence_by_name_is_the_same_for_namesakes_compared_once_or_each() -> None:
    people = [contact(f"c{n}", first_name="Marit", last_name="Oxenholme", city=f"Town {n}") for n in range(6)]
    index = MATCHER.index([*people, *BYSTANDERS])
    encoded = encode_profiles([profile(handle="maritox", display_name="Marit Oxenholme")], index.words, index.platforms)
    together = Pairs(encoded, index)
    assert len(together) >= len(people)
    for place in range(len(together)):
        apart = together.some(np.asarray([place]))
        assert apart.levels.tolist() == together.levels[place : place + 1].tolist()
