"""Texts read letter by letter in compiled code: the same as by the rules, for every letter and any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcrm.matching.columns import ProfileRow
from socialcrm.matching.core.given_names import GivenNames
from socialcrm.matching.core.hashtable import HashTable
from socialcrm.matching.core.letters import mixed_script
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.matching.handles import known_key, parse_handle
from socialcrm.matching.hashing import hash_texts
from socialcrm.matching.keys import LIMIT, folded, normal, scripts, skeleton, squash
from socialcrm.matching.lookalikes import LOOKALIKE, PAIRS
from socialcrm.matching.names import display_words
from socialcrm.matching.profile_keys import encode_texts
from socialcrm.matching.vocabulary import Vocabulary

LETTERS = [chr(code) for start in (0, 0x3A0, 0x1100, 0x1E00, 0x2000, 0x3040, 0xAC00, 0xFB00, 0x1F300) for code in
           range(start, start + 0x180)]  # fmt: skip
TEXT = (
    st.text(max_size=40)
    | st.text(st.sampled_from(LETTERS), max_size=300)
    | st.text(" abzAZ09'`_-.,(/@\"\n\tмéが김\u0301\u200b·・", max_size=80)
)
PIECES = "for For 4 _4_ _for_ Rep MdB MDL NY official real x . _ - 12345 marit Ox É".split()
HANDLE = TEXT | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def shape_by_rule(text: str) -> str:
    """What a text looks like, step by step."""
    shape = squash(text).translate(LOOKALIKE)
    for pair, letter in PAIRS:
        shape = shape.replace(pair, letter)
    return shape


def one(**fields: str) -> ProfileTexts:
    """One profile in normal form."""
    return ProfileTexts([ProfileRow(**{"platform": "x", "id": "p", **fields})])


def test_every_letter_has_the_form_and_the_shape_of_the_rules() -> None:
    for start in range(0, 0x20000, 3):
        letter = chr(start)
        assert normal(f"a{letter}b") == folded(f"a{letter}b"), hex(start)
        assert skeleton(letter) == shape_by_rule(letter), hex(start)


@given(TEXT)
@example("ﷺ" * 40)
@example("か\u3099")
@example("ᄀ\u1161")
@example("ﬃ" * 256)
def test_a_text_has_the_form_and_the_shape_of_the_rules(text: str) -> None:
    assert normal(text) == folded(text[:LIMIT])
    assert skeleton(text) == shape_by_rule(text)
    words = "".join(letter if letter.isalnum() else " " for letter in text[:LIMIT]).split()
    alike = {"Latin", "Cyrillic", "Greek", "Armenian"}
    assert mixed_script(text) is any(len(scripts(word) & alike) > 1 for word in words)


@given(
    TEXT | st.sampled_from(["Dr Marit Oxenholme (Acme)", "Marit - Acme", "mr don lee", "user", "fan 12", "김민준 ✨"])
)
@example("マリット・オクセン")
@example("(a)\n(b)")
@example("“Marit” –")
def test_a_display_name_in_a_block_has_the_words_of_the_rules(name: str) -> None:
    assert one(display_name=name).shown(0) == display_words(name)


@given(HANDLE, st.sampled_from(["x", "bluesky", "mastodon"]))
@example(" @@Marit/", "bluesky")
@example("https://x.com/in/Marit", "x")
def test_an_account_in_a_block_has_the_key_of_the_rules(handle: str, platform: str) -> None:
    assert one(platform=platform, handle=handle).known(0) == known_key(platform, handle)


@given(TEXT, st.integers(0, 5))
def test_a_long_bio_is_read_in_parts(text: str, times: int) -> None:
    bio = text * times
    parts = [bio[at : at + LIMIT] for at in range(0, min(len(bio), 4 * LIMIT), LIMIT)]
    assert one(bio=bio).bio(0) == " ".join(filter(None, map(folded, parts)))


@pytest.mark.parametrize(
    ("handle", "core", "words", "roles", "sound", "purpose"),
    [
        ("MdBMaritOxenholme", "maritoxenholme", "mdb marit oxenholme", "deputy", "malidugsenulme", ""),
        ("maritMdB", "marit", "marit mdb", "deputy", "malid", ""),
        ("MDB_marit", "marit", "mdb marit", "deputy", "malid", ""),
        (
            "marit.oxenholme-for-rugby",
            "maritoxenholme",
            "marit oxenholme for rugby",
            "campaign",
            "malidugsenulme",
            "rugby",
        ),
        ("MaritOxenholmeNY", "maritoxenholme", "marit oxenholme ny", "", "malidugsenulme", "ny"),
        ("maritNY2024", "marit", "marit ny", "", "malid", "ny"),
        ("maritNY20245", "maritny", "marit ny", "", "malidni", ""),
        ("maritoxenholme4ohio", "maritoxenholme", "maritoxenholme ohio", "campaign", "malidugsenulme", "ohio"),
        ("marit4ox4ohio", "maritoxohio", "marit ox ohio", "", "malidugsuiu", ""),
        ("oxenholmeforsenate", "oxenholme", "oxenholmeforsenate", "campaign", "ugsenulme", "senate"),
        ("votemaritoxenholme", "maritoxenholme", "votemaritoxenholme", "campaign", "malidugsenulme", ""),
        ("therealmaritoxenholme", "maritoxenholme", "therealmaritoxenholme", "", "malidugsenulme", ""),
        ("realmaritmusic", "marit", "realmaritmusic", "artist", "malid", ""),
        ("marit_oxenholme_dr", "maritoxenholme", "marit oxenholme", "doctor", "malidugsenulme", ""),
        ("NYCMarit", "marit", "nyc marit", "", "malid", ""),
        ("marit84ox", "maritox", "marit ox", "", "malidugs", ""),
        ("marit-ox-12345", "maritox", "marit ox", "", "malidugs", ""),
        ("Rep_MaritOxHQ", "maritox", "marit ox hq", "deputy", "malidugs", "hq"),
        ("мариtoks", "maritoks", "maritoks", "", "malidugs", ""),
        ("김민준", "kimminjun", "kimminjun", "", "giminjun", ""),
        ("marit\n@fjord.example", "marit", "marit", "", "malid", ""),
        ("", "", "", "", "", ""),
    ],
)
def test_handles_are_read(handle: str, core: str, words: str, roles: str, sound: str, purpose: str) -> None:
    found = parse_handle("mastodon", handle)
    assert (found.core, " ".join(found.words), " ".join(sorted(found.roles))) == (core, words, roles)
    assert (found.sound, found.purpose) == (sound, purpose)


@given(HANDLE)
def test_a_handle_is_letters_and_digits_within_bounds(handle: str) -> None:
    found = parse_handle("x", handle)
    assert found.letters == "".join(letter for letter in found.whole if letter.isalpha())[:64] or len(found.whole) == 64
    assert found.core in found.letters or found.purpose or len(found.words) > 1 or len(found.letters) == 64
    assert (found.whole + found.letters + found.core + found.sound).isascii()
    assert max(map(len, (found.whole, found.letters, found.core))) <= 64
    assert len(found.words) <= 8


@given(TEXT, TEXT, HANDLE)
def test_profiles_together_are_encoded_as_each_alone(name: str, bio: str, handle: str) -> None:
    rows = [
        ProfileRow("x", "a", handle, name, bio),
        ProfileRow("bluesky", "b"),
        ProfileRow("x", "c", name, bio, handle),
    ]
    words = Vocabulary()
    together = encode_texts(ProfileTexts(rows), words, {"x": 0})
    for at, row in enumerate(rows):
        alone = encode_texts(ProfileTexts([row]), words, {"x": 0})
        assert together.table[at] == alone.table[0]
        assert together.ask[together.ask_starts[at] : together.ask_starts[at + 1]].tolist() == alone.ask.tolist()
        assert together.said[together.said_starts[at] : together.said_starts[at + 1]].tolist() == alone.said.tolist()


@given(st.lists(st.text(max_size=3), max_size=80), st.lists(st.text(max_size=3), max_size=20))
def test_a_table_numbers_hashes_as_they_come(texts: list[str], more: list[str]) -> None:
    table = HashTable(hash_texts(texts))
    table.add(hash_texts(more))
    every = [*texts, *more]
    assert len(table) == len(every)
    assert table.numbers(hash_texts(every)).tolist() == [every.index(text) if text else -1 for text in every]
    assert table.numbers(hash_texts(["absent"])).tolist() == [-1]


def test_forms_of_another_shape_are_refused() -> None:
    some = hash_texts(["robert"])
    with pytest.raises(ValueError, match="shape"):
        GivenNames(some, some.reshape(1, 1), some)
