"""The compiled core: its numbers are those of Python's tables, and what it is handed is checked before it is read."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cast import MATCHER, contact, profile

from socialcrm.matching import core
from socialcrm.matching.core.book import OpenBook
from socialcrm.matching.core.candidates import candidates
from socialcrm.matching.core.kinds import NUMBERS, enter_together
from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.core.reading import read
from socialcrm.matching.core.run import Asking, Pairing
from socialcrm.matching.core.scoring import by_score, leaders, posterior
from socialcrm.matching.evidence import KINDS
from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_profiles

WRITTEN = st.text("abc e\u0301.1_-\u30a2\u738b\uac00\x00\ud800", max_size=40)


def pairs_of(index: ContactIndex, **said: str) -> Pairs:
    return Pairs(encode_profiles([profile(**said)], index.words, index.platforms), index)


def test_the_core_numbers_keys_and_clues_as_python_does() -> None:
    written = (Path(core.__file__).parent / "facts.pxd").read_text("utf-8")
    found = {name: int(number) for name, number in re.findall(r"((?:KEY|CLUE)_\w+) = (\d+)", written)}
    assert found == {f"{kind.__name__.upper()}_{one.name}": one.value for kind in (Key, Clue) for one in kind}


@settings(max_examples=60, deadline=None)
@given(st.tuples(WRITTEN, WRITTEN, WRITTEN), st.tuples(WRITTEN, WRITTEN, WRITTEN, WRITTEN))
def test_every_level_has_its_sentence_whatever_is_written(said: tuple[str, ...], held: tuple[str, ...]) -> None:
    """Reliability: a text of a network or a record may hold anything, of any length, without a fault in the core."""
    person = contact(first_name=held[0], last_name=held[1] * 30, company=held[2], emails=(f"{held[3]}@post.example",))
    index = MATCHER.index([person])
    display_name, handle, bio = said
    encoded = encode_profiles(
        [profile(display_name=display_name, handle=handle * 9, bio=bio)], index.words, index.platforms
    )
    pairs = Pairs(encoded, index)
    for kind in KINDS:
        levels = kind.of(pairs)
        assert ((levels >= 0) & (levels < len(kind.levels))).all()
    assert MATCHER.model.parts(pairs).keys() == NUMBERS.keys()


def test_a_contact_is_proposed_once_with_all_its_clues_and_not_after_it_is_gone() -> None:
    index = MATCHER.index([contact("c1", handles={"bluesky": ("maritox",)}), contact("c2")])
    said = {"display_name": "Marit Oxenholme", "handle": "maritox"}
    pairs = pairs_of(index, **said)
    assert len(pairs) == 2
    (known,) = (row for row, bits in zip(pairs.c, pairs.bits, strict=True) if bits >> Clue.HANDLE & 1)
    assert index.ids([known]) == ["c1"]
    index.remove(["c1"])
    assert index.ids(pairs_of(index, **said).c.tolist()) == ["c2"]


def test_the_core_refuses_what_does_not_fit_together() -> None:
    index = MATCHER.index([contact()])
    pairs = pairs_of(index, display_name="Marit Oxenholme")
    none, one = np.zeros(0, dtype=np.int64), np.ones(1, dtype=np.int64)
    keys, table = np.zeros(0, dtype=np.uint64), pairs.profiles.table
    with pytest.raises(IndexError):
        Pairing(pairs.book, pairs.asking, one, one, one)
    with pytest.raises(IndexError):
        Pairing(pairs.book, pairs.asking, one - 1, one - 2, one)
    with pytest.raises(ValueError, match="each"):
        Pairing(pairs.book, pairs.asking, one, none, one)
    with pytest.raises(ValueError, match="rows that the core"):
        OpenBook(table, index.words.table, pairs.book.lookup, 1)
    with pytest.raises(ValueError, match="rows that the core"):
        Asking(index.table, keys, np.zeros(2, dtype=np.int64))
    with pytest.raises(ValueError, match="profile by profile"):
        Asking(table, keys, np.asarray([0, 5]))
    with pytest.raises(ValueError, match="profile by profile"):
        candidates(pairs.book, keys, none, none.astype(np.int32), np.asarray([0, 9]), none, np.asarray([0, 0]), 1)
    with pytest.raises(ValueError, match="two parts"):
        Lookup([(keys, none.astype(np.int32), none.astype(np.int32), none.astype(np.int32))], keys)
    with pytest.raises(IndexError):
        posterior(np.ones(1), one, 1)
    with pytest.raises(ValueError, match="by 3 words"):
        read(b"marit", [b"marit"])
    with pytest.raises(ValueError, match="itself weighed together"):
        enter_together("thrice", "name_and_pieces", "handle", [0, 1], [0, 1])
    with pytest.raises(ValueError, match="levels"):
        enter_together("thrice", "name", "handle", [0, 12], [0, 12])
    assert "thrice" not in NUMBERS


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=40))
def test_the_best_of_each_profile_come_first_and_ties_stay_as_they_were(rows: list[tuple[int, int]]) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    p, scores = np.asarray([p for p, _ in rows], dtype=np.int64), np.asarray([s for _, s in rows], dtype=np.float64)
    order = sorted(range(len(rows)), key=lambda at: (rows[at][0], -rows[at][1]))
    assert by_score(p, scores).tolist() == order
    places, _ = leaders(p, scores, np.ones(len(p)), np.zeros(len(p), dtype=np.int64), top=2, floor=0.5)
    assert places.tolist() == [
        at for n, at in enumerate(order) if [rows[one][0] for one in order[:n]].count(rows[at][0]) < 2
    ]


def test_only_what_is_probable_or_proven_leads_and_knows_who_follows() -> None:
    p, chance = np.zeros(3, dtype=np.int64), np.asarray([0.1, 0.6, 0.2])
    proof = np.asarray([1, 0, 0], dtype=np.int64)
    places, following = leaders(p, chance, chance, proof, top=3, floor=0.3)
    assert (places.tolist(), following) == ([1, 0], [0.2, 0.0])
