"""Texts of any kind, files that are damaged and threads that ask at once do no harm to compiled code."""

from __future__ import annotations

import copy
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cast import MATCHER, contact, profile

from socialcrm.errors import ConfigError
from socialcrm.matching.columns import ContactRow, ProfileRow
from socialcrm.matching.core.clues import Clues
from socialcrm.matching.core.contact_texts import ContactTexts
from socialcrm.matching.core.email import ascii_email
from socialcrm.matching.core.filing import Filing
from socialcrm.matching.core.hashing import hash_texts
from socialcrm.matching.core.letters import mixed_script
from socialcrm.matching.core.packing import Pack
from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.matching.core.reading import in_order, longest_common
from socialcrm.matching.core.sound import fold
from socialcrm.matching.handles import parse_handle
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.keys import normal, skeleton
from socialcrm.matching.names import display_words, parse_name

SCRAPS = (
    "\x00", "\ud800", "\udfff", "e\u0301\u0301\u0301", "\u202e", "\u200f", "\u05d0\u05d1", "\u0627\u0644", "\ufdfa",
    "\u1112\u1161\u11ab", "\U0001f469\u200d\U0001f4bb", "\U0010ffff", "\ufb03", "\u0130", "\u1e9e", "\U0001d5d4",
    "\u7d14", "\u30b9", "\xad", "\n", "\t", " - ", "(", "|", "@", ".", "_", "-", "MdB", "for", "4", "NY", "official",
    "Marit", "oxenholme", "x" * 70, "sch" * 30, "0" * 40, "a.b" * 90, "\xe9" * 300,
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=6), max_size=9).map("".join)
HUGE = ("a" * 10**6, "é" * 10**6, "e" + "\u0301" * 10**6, "\u202e\u05d0 " * 300_000, "\x00" * 10**6, "\ud800" * 10**6)


def person(text: str, other: str) -> ContactRow:
    """A contact of which every field is hostile."""
    return ContactRow(
        "c" + text, text, other, other + text, (text, f"{text}@{other}.example"), (other, "+46 70 123 45 67"), text,
        other, (text, f"https://{other}.example/{text}"), text, other, text, other, {text: (other,), "x": (text,)},
    )  # fmt: skip


def account(text: str, other: str) -> ProfileRow:
    """A profile of which every field is hostile."""
    return ProfileRow(text, other, text, other, text + other, (text,), other, text, other)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4)
)
def test_any_text_is_read_and_ranked(people: list[tuple[str, str]], asked: list[tuple[str, str]]) -> None:
    rows = {row.id: row for row in (person(*texts) for texts in people)}
    index = MATCHER.index([*rows.values(), contact("C1", first_name="Marit", last_name="Oxenholme")])
    profiles = [account(*texts) for texts in (*asked, *people)]
    for scan in MATCHER.scan(profiles, index):
        assert np.isfinite(scan.probability).all()
        assert ((scan.contacts >= 0) & (scan.contacts < len(index.table))).all()
    index.remove(list(rows))
    assert len(index) == 1


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_every_reader_takes_any_text(text: str, other: str) -> None:
    assert len(normal(text)) <= 256
    assert display_words(text) == display_words(text)
    assert mixed_script(text) in (False, True)
    assert skeleton(text) == skeleton(text)
    assert fold(fold(text)) is not None
    assert parse_handle(text, other).core.isascii()
    assert parse_name(text, other, text, other) == parse_name(text, other, text, other)
    assert ascii_email(text) is None or "@" in text
    left, right = (one.encode("utf-8", "surrogatepass") for one in (text, other))
    assert 0 <= longest_common(left, right) <= in_order(left, right) <= 32


@pytest.mark.parametrize("text", HUGE, ids=lambda text: f"U+{ord(text[0]):04X}")
def test_a_million_characters_are_cut(text: str) -> None:
    index = MATCHER.index([person(text, "Oxenholme"), person("Marit", text[:10_000])])
    (scan,) = MATCHER.scan([account(text, "oxenholme"), account("marit", text)], index)
    assert np.isfinite(scan.probability).all()


@pytest.mark.parametrize("kind", [Clues, Filing, Pack, Lookup, ContactTexts, ProfileTexts])
def test_what_compiled_code_holds_is_not_copied(kind: type) -> None:
    made = {
        Clues: lambda: Clues(-1, beside=True),
        Lookup: lambda: Lookup([], np.zeros(0, np.uint64)),
        ContactTexts: lambda: ContactTexts([]),
        ProfileTexts: lambda: ProfileTexts([account("marit", "Marit")]),
    }.get(kind, kind)()
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copied(made)


def test_nothing_is_no_text() -> None:
    for call in (normal, fold, ascii_email, ProfileTexts, Filing().add_filing):
        with pytest.raises((TypeError, AttributeError)):
            call(None)
    with pytest.raises(TypeError):
        hash_texts(["marit", 7])
    texts = ProfileTexts([account("marit", "Marit")])
    texts.__init__([account("x", "y")] * 3)
    assert len(texts) == 3
    assert texts.known(99) == texts.bio(-1) == ""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    MATCHER.index(
        [contact(f"C{n}", first_name="Marit", last_name=f"Oxenholme{n}", company=f"Skylark {n}") for n in range(40)]
    ).save(folder)
    return folder


ARRAYS = (
    "table", "postings.keys", "postings.starts", "postings.rows", "postings.directory", "words.table", "holdings",
    "ids", "ids.ends", "ids.hashes", "ids.rows", "records", "records.ends",
)  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "halved", "other type"])
def test_a_damaged_index_is_refused(saved: Path, tmp_path: Path, name: str, harm: str) -> None:
    folder = tmp_path / "index"
    shutil.copytree(saved, folder)
    path = folder / f"{name}.npy"
    if harm == "missing":
        path.unlink()
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif harm == "halved":
        array = np.load(path)
        np.save(path, array[: len(array) // 2] if name != "table" else array[:20])
    else:
        np.save(path, np.zeros(len(np.load(path)), dtype=np.float16))
    if harm == "halved" and name in ("postings.rows", "postings.directory"):
        harmless(folder)  # the sizes still agree with one another
        return
    with pytest.raises(ConfigError, match="build it again"):
        ContactIndex.load(folder)


def harmless(folder: Path) -> None:
    """Nothing that is done with an index takes down the process, whatever its files hold."""
    asked = [
        profile("p", handle="maritoxenholme7", display_name="Marit Oxenholme7", bio="Skylark 7", location="Skylark")
    ]
    steps = (
        lambda index: MATCHER.rank(asked, index),
        lambda index: list(MATCHER.scan(asked, index)),
        lambda index: index.remove(["C3"]),
        lambda index: index.update([contact(f"N{n}", first_name="Ann", last_name=f"Lee{n}") for n in range(60)]),
        lambda index: MATCHER.rank(asked, index),
    )
    try:
        index = ContactIndex.load(folder)
    except ConfigError:
        return
    for step in steps:
        try:
            step(index)
        except (ValueError, LookupError, TypeError, UnicodeDecodeError, OverflowError):
            continue


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(ARRAYS), st.randoms(use_true_random=False))
def test_bytes_that_were_changed_stay_in_bounds(saved: Path, name: str, random: object) -> None:
    folder = saved.parent / "changed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(saved, folder)
    path = folder / f"{name}.npy"
    data = bytearray(path.read_bytes())
    for _ in range(200):
        data[random.randrange(128, len(data))] = random.randrange(256)
    path.write_bytes(data)
    harmless(folder)


@pytest.mark.parametrize("about", [[], {}, {"platforms": 3}, {"contacts": "many"}, {"kinds": None}, {"contacts": 7}])
def test_a_manifest_that_says_something_else_is_refused(saved: Path, tmp_path: Path, about: object) -> None:
    folder = tmp_path / "index"
    shutil.copytree(saved, folder)
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**said, **about} if about else about))
    with pytest.raises(ConfigError, match="build it again"):
        ContactIndex.load(folder)


def test_threads_may_ask_one_index_at_once() -> None:
    asked = [profile(f"p{n}", handle=f"maritoxenholme{n}", display_name="Marit Oxenholme") for n in range(20)]
    people = [contact(f"C{n}", first_name="Marit", last_name=f"Oxenholme{n}") for n in range(400)]
    expected = MATCHER.rank(asked, MATCHER.index(people))
    for _ in range(5):
        index = MATCHER.index(people[:300])
        MATCHER.rank(asked[:1], index)
        index.update(people[300:])  # which the first to ask puts in order
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _, index=index: MATCHER.rank(asked, index), range(8)))
        assert all(answer == expected for answer in answers)
        index.update([contact("Z", first_name="Zoe", last_name="Quill")])
        assert MATCHER.rank([profile("z", handle="zoequill")], index)[0][0].contact_id == "Z"
