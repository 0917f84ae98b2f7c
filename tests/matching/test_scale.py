"""An index on disk, columns instead of objects, and blocks: all give the same numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

from socialcrm.errors import ConfigError
from socialcrm.matching.columns import contact_rows, given_handles, profile_rows
from socialcrm.matching.hashing import hash_text, hash_texts
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact, Match, Profile

MATCHER = Matcher()
FIRST = "Ana Bernd Chloé 민준 Екатерина Farid Robert Nguyễn Jan-Peter O'Neil".split()
LAST = "Svensson Kowalczyk 김 Иванова Haddad Smith Ångström Nowak Brandt".split()


def contact_columns(count: int) -> dict[str, list[str]]:
    """Contacts with names in several scripts; a fifth gave a handle, half an address."""
    people = [(FIRST[n % len(FIRST)], LAST[n * 7 % len(LAST)], n) for n in range(count)]
    return {
        "contact_id": [f"C{n}" for *_, n in people],
        "first_name": [first if n % 3 else "" for first, _, n in people],
        "last_name": [last if n % 3 else "" for _, last, n in people],
        "full_name": [f"{first} {last}" for first, last, _ in people],
        "email": [f"person{n}@skylark.example" if n % 2 else "" for *_, n in people],
        "website": [f"https://person{n}.example" if n % 4 == 0 else "" for *_, n in people],
        "company": ["Skylark Air GmbH" if n % 5 else "" for *_, n in people],
        "city": ["Leeds" if n % 2 else "München" for *_, n in people],
        "extra": [f"note=1 handles=x:own{n};instagram:own.{n}" if n % 5 == 0 else "" for *_, n in people],
    }


def profile_columns(count: int) -> dict[str, list[str]]:
    """Profiles that name contacts in several styles, and strangers."""
    people = [(FIRST[n * 3 % len(FIRST)], LAST[n % len(LAST)], n) for n in range(count)]
    return {
        "profile_id": [f"P{n}" for *_, n in people],
        "platform": ["x" if n % 2 else "instagram" for *_, n in people],
        "handle": [(f"own{n}", f"person{n}", f"ana_svensson{n}", "дима")[n % 4] for *_, n in people],
        "display_name": [f"{first} {last}" if n % 3 else "" for first, last, n in people],
        "bio": ["I fly at Skylark Air" if n % 4 else f"write to person{n}@skylark.example" for *_, n in people],
        "url": [f"https://person{n}.example" if n % 6 == 0 else "" for *_, n in people],
        "location": ["Leeds, UK" if n % 2 else "" for *_, n in people],
        "lang": ["en"] * count,
    }


def contacts(count: int) -> list[Contact]:
    """The same contacts as objects."""
    return [Contact.model_validate(row._asdict()) for row in contact_rows(contact_columns(count))]


def profiles(count: int) -> list[Profile]:
    """The same profiles as objects."""
    return [Profile.model_validate(row._asdict()) for row in profile_rows(profile_columns(count))]


def plain(ranked: Sequence[Sequence[Match]]) -> list[tuple[object, ...]]:
    """Matches without what floating point may add differently."""
    return [
        (match.profile_id, match.contact_id, round(match.probability, 9), [e.name for e in match.evidence])
        for match in chain.from_iterable(ranked)
    ]


def test_objects_columns_blocks_and_single_profiles_give_the_same_numbers() -> None:
    objects, rows = MATCHER.index(contacts(400)), MATCHER.index(contact_rows(contact_columns(400)))
    asked = profiles(90)
    whole = MATCHER.rank(asked, objects, top=1000)
    assert plain(whole) == plain(MATCHER.rank(asked, rows, top=1000))
    assert plain(whole) == plain([MATCHER.rank([one], objects, top=1000)[0] for one in asked])
    names = contact_columns(400)["contact_id"]
    scanned = {
        (asked[profile + scan.start].id, names[row]): probability
        for scan in MATCHER.scan(profile_rows(profile_columns(90)), rows)
        for profile, row, probability in zip(scan.profiles, scan.contacts, scan.probability, strict=True)
    }
    matches = list(chain.from_iterable(whole))
    assert len(matches) > 50
    for match in matches:
        assert scanned[match.profile_id, match.contact_id] == pytest.approx(match.probability, abs=1e-9)


def test_a_saved_index_gives_the_same_answers_and_can_be_updated(tmp_path: Path) -> None:
    people, asked = contacts(300), profiles(60)
    index = MATCHER.index(people)
    index.remove(["C7"])
    index.save(tmp_path / "index")
    loaded = ContactIndex.load(tmp_path / "index")
    assert set(loaded) == set(index)
    assert len(loaded) == 299
    assert plain(MATCHER.rank(asked, loaded)) == plain(MATCHER.rank(asked, index))
    for one in (index, loaded):
        one.update([people[8].model_copy(update={"handles": {"x": ("own5",)}})])
        one.remove(["C9", "C10"])
        one.update(contacts(310)[300:])
    assert loaded.get("C9") is None
    assert loaded.get("C8") == index.get("C8")
    assert plain(MATCHER.rank(asked, loaded)) == plain(MATCHER.rank(asked, index))
    fresh = MATCHER.index([loaded.get(name) or people[0] for name in loaded])
    assert plain(MATCHER.rank(asked, fresh)) == plain(MATCHER.rank(asked, loaded))


def test_saving_again_does_not_disturb_who_reads_the_old_index(tmp_path: Path) -> None:
    MATCHER.index(contacts(50)).save(tmp_path)
    reader, asked = ContactIndex.load(tmp_path), profiles(20)
    before = plain(MATCHER.rank(asked, reader))
    writer = ContactIndex.load(tmp_path)
    writer.remove([f"C{n}" for n in range(40)])
    writer.save(tmp_path)
    assert plain(MATCHER.rank(asked, reader)) == before
    assert len(ContactIndex.load(tmp_path)) == 10


def test_a_changed_contact_is_seen_by_the_next_query(tmp_path: Path) -> None:
    MATCHER.index(contacts(50)).save(tmp_path)
    index = ContactIndex.load(tmp_path)
    asked = Profile(platform="x", id="new", handle="quite_another")
    assert "C1" not in [match.contact_id for match in MATCHER.rank([asked], index)[0]]
    index.update([contacts(2)[1].model_copy(update={"handles": {"x": ("quite_another",)}})])
    assert MATCHER.rank([asked], index)[0][0].contact_id == "C1"


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    MATCHER.index([]).save(tmp_path)
    index = ContactIndex.load(tmp_path)
    assert MATCHER.rank(profiles(3), index) == [[], [], []]
    index.update(contacts(3))
    assert len(index) == 3


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"layout": 0})])
def test_a_folder_without_an_index_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ConfigError, match="build it again"):
        ContactIndex.load(tmp_path)


def test_rows_without_an_id_are_refused() -> None:
    with pytest.raises(ValueError, match="contact_id"):
        list(contact_rows({"contact_id": [""]}))


def test_handles_in_extra() -> None:
    given = given_handles("note=x handles=x:jsmith; instagram:j.smith ;x:second;broken;:none;y:")
    assert given == {"x": ("jsmith", "second"), "instagram": ("j.smith",)}


@pytest.mark.parametrize("texts", [["", "a", "żółw", "x" * 70_000], ["a\0b", "", "\0"] * 40, ["ab"] * 200, [""] * 99])
def test_hashes_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert hash_texts(texts).tolist() == [hash_text(text) for text in texts]
