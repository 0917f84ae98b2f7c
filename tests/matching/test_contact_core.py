"""What compiled code keeps of contacts is what they are: records, keys and addresses, whatever a text holds."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcrm.matching.columns import ContactRow
from socialcrm.matching.core.email import ascii_email
from socialcrm.matching.core.filing import Filing
from socialcrm.matching.core.person import ascii_name
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.names import parse_name
from socialcrm.matching.web import email_domain, email_key, local_part
from socialcrm.model import Contact

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)
ODD = TEXTS | st.sampled_from(('"', "\\", '\\"', "\n", "é", "純", "\x1f", "힣", "Maïté", "a" * 300))
ROWS = st.builds(
    ContactRow,
    id=ODD.filter(str.strip),
    first_name=ODD,
    last_name=ODD,
    emails=st.lists(ODD.filter(bool), max_size=2).map(tuple),
    company=ODD,
    websites=st.lists(ODD.filter(bool), max_size=2).map(tuple),
    city=ODD,
    lang=ODD,
    title=ODD,
    full_name=ODD,
    phones=st.just(()),
    region=ODD,
    country=ODD,
    do_not_profile=st.just(False),
    handles=st.dictionaries(st.sampled_from(("x", "github")), st.tuples(ODD.filter(bool)), max_size=2),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=6, unique_by=lambda row: row.id))
def test_records_come_back_as_they_were(rows: list[ContactRow]) -> None:
    index = ContactIndex(rows)
    assert index.ids(range(len(rows))) == [row.id for row in rows]
    for row in rows:
        assert index.get(row.id) == Contact(**row._asdict())


@settings(max_examples=80, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=5, unique_by=lambda row: row.id), st.integers(0, 4))
def test_rows_and_contacts_are_filed_alike_and_taken_out_again(rows: list[ContactRow], out: int) -> None:
    one, other = ContactIndex(rows), ContactIndex(Contact(**row._asdict()) for row in rows)
    assert one.table.tobytes() == other.table.tobytes()
    keys = np.arange(1, 4, dtype=np.uint64)
    gone = rows[out % len(rows)].id
    one.remove([gone])
    assert gone not in one
    assert one.get(gone) is None
    assert set(one) == {row.id for row in rows} - {gone}
    assert (one.postings.lookup().counts(keys) == other.postings.lookup().counts(keys)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3_000), st.integers(1, 60), st.integers(0, 63), st.randoms(use_true_random=False))
def test_keys_are_filed_in_order_however_many_are_equal(size: int, distinct: int, shift: int, chance: object) -> None:
    generator = np.random.default_rng(chance.getrandbits(32))  # type: ignore[attr-defined]
    keys = generator.integers(1, distinct + 1, size).astype(np.uint64) << np.uint64(shift)
    rows = np.arange(size, dtype=np.int32)
    expected: dict[int, set[int]] = defaultdict(set)
    for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
        if key:
            expected[key].add(row)
    filing = Filing()
    filing.add(keys, rows)
    found, starts, filed, _ = filing.filed()
    assert found.tolist() == sorted(expected)
    assert [set(filed[a:b].tolist()) for a, b in pairwise(starts)] == [expected[key] for key in found.tolist()]
    assert not len(filing)


@given(
    st.text(st.characters(codec="ascii"), max_size=80) | st.from_regex(r"[\w.+-]{1,66}@[\w.-]{1,70}", fullmatch=True)
)
def test_addresses_of_ascii_are_read_as_by_the_rules(address: str) -> None:
    found = ascii_email(address)
    key = email_key(address)
    if found is None:
        assert not key or not address.isascii()
    else:
        assert found == (key, local_part(key), email_domain(address))


@pytest.mark.parametrize(
    ("fields", "given_name", "middle", "surnames", "parts"),
    [
        (("Marit", "Oxenholme", ""), "marit", "", ("oxenholme",), ()),
        (
            ("Dr. Marit Lena", "van der Oxen-Holme", ""),
            "marit",
            "lena",
            ("vanderoxenholme",),
            ("van", "der", "oxen", "holme"),
        ),
        (("", "", "Marit K. van der Berg"), "marit", "k", ("vanderberg",), ("van", "der", "berg")),
        (("", "", "Unknown User"), "", "", (), ()),
        (("", "O'Neil", ""), "oneil", "", (), ()),
    ],
)
def test_plain_names_are_read_in_compiled_code(
    fields: tuple[str, str, str], given_name: str, middle: str, surnames: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    name = ascii_name(*fields, "")
    assert name == parse_name(*fields)
    assert name is not None
    assert (name.given, name.middle, name.surnames, name.parts) == (given_name, middle, surnames, parts)


@pytest.mark.parametrize(
    "text", ["Oxenholme, Marit", 'Marit "Mo" Oxenholme', "Marit (Mo) Oxenholme", "Marit - Oxenholme"]
)
def test_other_names_are_left_to_the_rules(text: str) -> None:
    assert ascii_name("", "", text, "") is None
