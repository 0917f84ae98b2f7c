"""Handles read as pieces of a name, and the contacts that letters propose."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_cast import MATCHER, contact, profile

from socialcrm.matching import Matcher
from socialcrm.matching.core.reading import longest_common, read, unpack
from socialcrm.matching.evidence.pieces import PIECES
from socialcrm.matching.evidence.together import TOGETHER
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_profiles


@pytest.mark.parametrize(
    ("handle", "left", "used"),
    [
        ("maritoxenholme", 0, (5, 0, 9)),
        ("moxenholme", 0, (1, 0, 9)),
        ("oxenmarit", 0, (5, 0, 4)),
        ("mloxen", 0, (1, 1, 4)),
        ("xxmaritzz", 4, (5, 0, 0)),
        ("qqqqq", 5, (0, 0, 0)),
    ],
)
def test_the_best_reading_says_what_it_uses_and_what_is_left(
    handle: str, left: int, used: tuple[int, int, int]
) -> None:
    _, over, pieces, _ = unpack(read(handle.encode(), (b"marit", b"lena", b"oxenholme")))
    assert (over, pieces) == (left, used)


LETTERS = st.text(alphabet="abe", max_size=8).map(str.encode)


@given(LETTERS, st.tuples(LETTERS, LETTERS, LETTERS))
def test_no_way_to_cut_a_handle_explains_more_than_its_reading(handle: bytes, words: tuple[bytes, ...]) -> None:
    """Every way to use every word is tried: packed, the best is the reading."""
    assert read(handle, words) == max(all_readings(handle, words))


def ways(handle: bytes, word: bytes) -> list[tuple[int, int, int]]:
    """Every way to use a word, as (start, end, worth): one letter, two, or as many as there are, or nothing."""
    out = [(0, 0, 0)]
    for start in range(len(handle)):
        run = next((n for n in range(len(word), 0, -1) if handle[start:].startswith(word[:n])), 0)
        for taken in {min(run, 1), min(run, 2), run} - {0}:
            cut = 16 if taken == len(word) else {1: -18, 2: -28}.get(taken, -16)
            out.append((start, start + taken, taken * 24 + cut))
    return out


def all_readings(handle: bytes, words: tuple[bytes, ...]) -> Iterator[int]:
    """The packed value of every choice of pieces that stand in the handle side by side."""
    for chosen in product(*(ways(handle, word) for word in words)):
        used = [set(range(start, stop)) for start, stop, _ in chosen]
        if len(set().union(*used)) < sum(map(len, used)):
            continue
        left = len(handle) - sum(map(len, used))
        given_names = [way for way in chosen[:2] if way[1]]
        turned = bool(chosen[2][1] and given_names and min(given_names) > chosen[2])
        worth = sum(way[2] for way in chosen) - 8 * left
        yield (worth << 18) + left + (turned << 17) + sum(len(used[n]) << 5 + 4 * n for n in range(3))


@pytest.mark.parametrize(
    ("left", "right", "run"),
    [(b"skylover", b"skylark", 4), (b"", b"a", 0), (b"abab", b"baba", 3), (b"x" * 24, b"x" * 20, 20), (b"a", b"b", 0)],
)
def test_the_longest_run_that_two_texts_share(left: bytes, right: bytes, run: int) -> None:
    assert longest_common(left, right) == longest_common(right, left) == run


@given(LETTERS, LETTERS)
def test_the_longest_run_is_in_both_and_no_longer_one_is(left: bytes, right: bytes) -> None:
    run = longest_common(left, right)
    shared = [n for n in range(1, len(left) + 1) for at in range(len(left) - n + 1) if left[at : at + n] in right]
    assert run == max(shared, default=0)


@pytest.mark.parametrize(
    ("handle", "level"),
    [
        ("maritoxenholme", "both_0"),
        ("moxenholme99", "surname_more_0"),
        ("RepOxenholme", "surname_0"),
        ("marito", "given_more_0"),
        ("maritxyz", "given_3"),
    ],
)
def test_the_level_names_the_pieces(handle: str, level: str) -> None:
    index = MATCHER.index([contact(first_name="Marit", last_name="Oxenholme")])
    pairs = Pairs(encode_profiles([profile(handle=handle)], index.words, index.platforms), index)
    assert [PIECES.levels[number].name for number in PIECES.of(pairs)] == [level]


def test_syllables_of_a_korean_name_may_be_abbreviated() -> None:
    index = MATCHER.index([contact(first_name="", last_name="", full_name="김우식")])
    pairs = Pairs(encode_profiles([profile(handle="woosik_kim_73113")], index.words, index.platforms), index)
    assert [PIECES.levels[number].name for number in PIECES.of(pairs)] == ["both_0"]


@pytest.mark.parametrize("handle", ["theoxenholmish", "mrtoxnhlm", "xmeoxhmx"], ids=["in a row", "apart", "ends"])
def test_letters_propose_whom_no_key_would(handle: str) -> None:
    people = [contact(f"c{n}", first_name=f"Given{n}", last_name="Other") for n in range(40)]
    people.append(contact("wanted", first_name="Marit", last_name="Oxenholme"))
    everybody = Matcher(floor=0.0)
    matches = everybody.rank([profile(handle=handle)], everybody.index(people), top=len(people))[0]
    assert "wanted" in {match.contact_id for match in matches}


@pytest.mark.parametrize(("platform", "found"), [("x", True), ("github", False)])
def test_who_holds_an_office_is_not_looked_for_by_letters_where_software_is_written(platform: str, found: bool) -> None:
    index = MATCHER.index([contact(first_name="Marit", last_name="Oxenholme", title="Senator")])
    asked = [profile(handle="theoxenholmish", platform=platform)]
    pairs = Pairs(encode_profiles(asked, index.words, index.platforms), index)
    assert (len(pairs) > 0) is found


def test_initials_of_three_words_propose() -> None:
    people = [contact(f"c{n}", first_name="Given", last_name=f"Other{n}") for n in range(40)]
    people.append(contact("wanted", first_name="", last_name="", full_name="김우식"))
    index = MATCHER.index(people)
    pairs = Pairs(encode_profiles([profile(handle="kws_7")], index.words, index.platforms), index)
    assert index.row("wanted") in pairs.c


def test_two_clues_together_are_looked_up_by_their_levels() -> None:
    index = MATCHER.index([contact(websites=("https://oxen-farm.example",)), contact("c2", first_name="Anna")])
    asked = [profile(handle="maritoxenholme"), profile("p2", handle="oxenfarmer")]
    pairs = Pairs(encode_profiles(asked, index.words, index.platforms), index)
    for one in TOGETHER:
        left, right = (np.asarray(side.bins())[side.kind.of(pairs)] for side in (one.left, one.right))
        expected = np.where((left > 0) & (right > 0), (left - 1) * len(one.right.said) + right, 0)
        assert one.kind.of(pairs).tolist() == expected.tolist()
    by_name = {one.kind.name: one.kind for one in TOGETHER}
    said = by_name["site_and_name"]
    assert said.of(pairs).any()


def test_the_printed_weights_and_the_base_are_the_score() -> None:
    index = MATCHER.index([contact(), contact("c2", first_name="Anna")])
    match = MATCHER.rank([profile(handle="maritoxen", display_name="Marit Oxenholme")], index)[0][0]
    score = MATCHER.model.base(len(index)) + sum(evidence.weight for evidence in match.evidence)
    rest = 1 - match.probability - match.runner_up
    assert match.probability / rest == pytest.approx(2**score, rel=0.02)
