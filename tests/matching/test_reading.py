"""Handles read as pieces of a name, and the contacts that letters propose."""

from __future__ import annotations

import numpy as np
import pytest
from matching_cast import MATCHER, contact, profile

from socialcrm.matching import Matcher
from socialcrm.matching.evidence.pieces import PIECES
from socialcrm.matching.evidence.together import TOGETHER
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_profiles
from socialcrm.matching.reading import LONGEST, letters, longest_common, read, unpack


def words(*texts: str) -> tuple[np.ndarray, ...]:
    return tuple(letters(np.asarray([text.encode()], dtype=f"S{LONGEST}")) for text in texts)


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
    given, middle, surname = words("marit", "lena", "oxenholme")
    reading = unpack(read(letters(np.asarray([handle.encode()], dtype="S24")), (given, middle, surname)))
    assert int(reading.left[0]) == left
    assert tuple(int(piece[0]) for piece in reading.used) == used


def test_a_longer_batch_reads_each_handle_as_it_would_alone() -> None:
    handles = ["maritox", "oxenholmem", "m", "zzz", "maritmarit"]
    given, middle, surname = words("marit", "", "oxenholme")
    together = read(
        letters(np.asarray([h.encode() for h in handles], dtype="S24")),
        tuple(np.repeat(word, len(handles), axis=0) for word in (given, middle, surname)),  # type: ignore[arg-type]
    )
    alone = [int(read(letters(np.asarray([h.encode()], dtype="S24")), (given, middle, surname))[0]) for h in handles]
    assert together.tolist() == alone


def test_the_longest_common_run_and_where_it_begins() -> None:
    left, right = (letters(np.asarray([text], dtype="S20")) for text in (b"skylover", b"skylark"))
    run, first = longest_common(left, right)
    assert (int(run[0]), bool(first[0])) == (4, True)


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
    matches = everybody.rank([profile(handle=handle)], everybody.index(people))[0]
    assert matches[0].contact_id == "wanted"


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
        expected = one.table[one.left.kind.of(pairs), one.right.kind.of(pairs)]
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
