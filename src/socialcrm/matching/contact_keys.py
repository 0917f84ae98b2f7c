"""What a contact is filed under: name words and keys, read once from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.contact_texts import ContactTexts
from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import POWER, Hashes, hash_texts, joint, mix
from socialcrm.matching.holdings import Holdings
from socialcrm.matching.keys import skeletons
from socialcrm.matching.names import Name
from socialcrm.matching.own_words import are_of, may_be_name
from socialcrm.matching.profile_texts import bytes_column
from socialcrm.matching.vocabulary import CANONS, Vocabulary, join_sound

SURNAMES = 3
ROW = np.dtype(
    [
        ("given", np.int32), ("middle", np.int32), ("surname", np.int32, (SURNAMES,)), ("part", np.int32, (2,)),
        ("piece", np.int32, (2,)), ("local", "S20"), ("label", "S20"),
        ("home", "S24"), ("land", np.uint32),
        ("roles", np.uint16), ("label_size", np.int8), ("local_named", np.bool_), ("label_named", np.bool_),
        ("surname_words", np.int8), ("family_first", np.bool_), ("foreign", np.bool_), ("alive", np.bool_),
        ("platforms", np.uint64), ("order", np.uint64), ("name", np.uint64),
        ("company", np.uint64), ("title", np.uint64), ("city", np.uint64), ("region", np.uint64),
        ("country", np.uint64), ("lang", np.uint64), ("domain", np.uint64),
    ]
)  # fmt: skip
_NAME_KINDS = sum(
    1 << kind for kind in (Key.NAME, Key.VARIANT, Key.SOUND, Key.FORM, Key.SOUND_FORM, Key.SURNAME, Key.SHAPE,
                    Key.WHOLE_NAME, Key.SURNAME_AT_WORK, Key.NAME_AT_HOME)
)  # fmt: skip
_SAID = ("company", "title", "city", "region", "country")
_TEXTS = ("company", "title", "city", "region", "country", "lang", "domain")


@dataclass(slots=True)
class Encoded:
    """Contacts as arrays: one `ROW` each, and the keys they are filed under (``rows`` counts from 0)."""

    table: NDArray[np.void]
    keys: Hashes
    rows: NDArray[np.int32]
    holds: Holdings


def encode_contacts(contacts: Sequence[AnyContact], words: Vocabulary, platforms: dict[str, int]) -> Encoded:
    """Read contacts into arrays; new name words go into ``words`` and new platforms into ``platforms``."""
    return encode_texts(ContactTexts(contacts), words, platforms)


def encode_texts(texts: ContactTexts, words: Vocabulary, platforms: dict[str, int]) -> Encoded:
    """Make arrays of contacts in normal form."""
    table = np.zeros(len(texts), dtype=ROW)
    table["alive"] = True
    _fill_names(table, texts, words)
    sparse = [*texts.sparse, *_fill_own_words(table, texts), *_known(table, texts, platforms)]
    for column, values in zip(_TEXTS, zip(*texts.context, strict=True), strict=bool(texts.context)):
        table[column] = hash_texts(values) if any(values) else 0
    table["order"] = hash_texts(texts.ids)
    table["land"], table["home"] = texts.lands, bytes_column(texts.homes, 24)
    parts = _name_keys(table, words)
    for key, letters in ((Key.SHAPE, hash_texts(skeletons(texts.shown))), (Key.WHOLE_NAME, hash_texts(texts.wholes))):
        (rows_of,) = letters.nonzero()
        parts.append((mix(letters[rows_of], key), rows_of.astype(np.int32)))
    holds = Holdings()
    holds.add(_NAME_KINDS, [table[column] for column in _SAID])
    if sparse:
        kinds, written, rows = zip(*sparse, strict=True)
        hashed, kind, row = hash_texts(written), np.asarray(kinds), np.asarray(rows, dtype=np.int32)
        for one in np.unique(kind).tolist():
            parts.append((mix(hashed[kind == one], one), row[kind == one]))
            holds.kinds |= 1 << one
    keys, filed = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Encoded(table, keys, filed, holds)


def _fill_names(table: NDArray[np.void], texts: ContactTexts, words: Vocabulary) -> None:
    if not len(texts):
        return
    numbers = np.asarray([_name_words(name, words) for name in texts.names], dtype=np.int32)
    words.settle()
    table["given"], table["middle"] = numbers[:, 0], numbers[:, 1]
    table["surname"], table["part"] = numbers[:, 2 : 2 + SURNAMES], numbers[:, 2 + SURNAMES : 4 + SURNAMES]
    table["piece"] = numbers[:, 4 + SURNAMES :]
    table["surname_words"] = [name.surname_words for name in texts.names]
    table["family_first"] = [name.family_first for name in texts.names]
    table["foreign"], table["roles"] = texts.foreign, texts.roles
    table["name"] = _name_hashes(table, numbers, hash_texts(texts.wholes))


_NO_WORDS = ("",)


def _name_words(name: Name, words: Vocabulary) -> tuple[int, ...]:
    intern = words.intern
    given, middle, surnames, parts = intern(name.given), intern(name.middle), name.surnames, name.parts
    if len(surnames) == 1 and not parts and not name.syllables:
        return (given, middle, intern(surnames[0]), 0, 0, 0, 0, given, middle)
    surnames = (*surnames[:SURNAMES], *_NO_WORDS * (SURNAMES - len(surnames)))
    parts = (*parts[-2:], *_NO_WORDS * (2 - len(parts)))
    return (given, middle, *map(intern, (*surnames, *parts, *(name.syllables or (name.given, name.middle)))))


def _fill_own_words(table: NDArray[np.void], texts: ContactTexts) -> list[tuple[Key, str, int]]:
    """Which addresses are merely the contact's name; returns the keys made of them."""
    locals_ = [(local, row) for row, (local, _, _) in enumerate(texts.own) if local]
    labels = [(whole[:size], row) for row, (_, whole, size) in enumerate(texts.own) if size]
    asked = list(dict.fromkeys([*((word, row) for _, word, row in texts.words), *locals_, *labels]))
    if not asked:
        return []
    names = [texts.names[row] for _, row in asked]
    written = [word for word, _ in asked]
    merely, named = (dict(zip(asked, flags.tolist(), strict=True)) for flags in are_of(written, names))
    wholes = [whole for _, whole, _ in texts.own], [local for local, _, _ in texts.own]
    for column, whole, own in (("local", wholes[1], locals_), ("label", wholes[0], labels)):
        rows = [row for _, row in own]
        table[column][rows] = [whole[row].encode()[:20] for row in rows]
        table[f"{column}_named"][rows] = [named[one] for one in own]
    table["label_size"] = [min(size, 20) for _, _, size in texts.own]
    return [
        (_OF_WORDS[of_host, merely[word, row] or (not of_host and texts.unread[row] and may_be_name(word))], word, row)
        for of_host, word, row in texts.words
    ]


_OF_WORDS = {
    (False, True): Key.LOCAL_NAME, (False, False): Key.LOCAL_OWN,
    (True, True): Key.SITE_NAME, (True, False): Key.SITE_OWN,
}  # fmt: skip


def _known(table: NDArray[np.void], texts: ContactTexts, platforms: dict[str, int]) -> list[tuple[Key, str, int]]:
    keys: list[tuple[Key, str, int]] = []
    for row, accounts in enumerate(texts.known):
        if accounts:
            shapes = skeletons([key for _, key in accounts])
            bits = {1 << platforms.setdefault(platform, len(platforms) % 64) for platform, _ in accounts}
            table["platforms"][row] = np.uint64(sum(bits))
            for (platform, key), shape in zip(accounts, shapes, strict=True):
                keys += [(Key.KNOWN, f"{platform} {key}", row), (Key.KNOWN_SHAPE, f"{platform} {shape}", row)]
    return keys


def _name_hashes(table: NDArray[np.void], numbers: NDArray[np.int32], wholes: Hashes) -> Hashes:
    """A number for all that a name is compared by: contacts that have one in common are namesakes in every way."""
    flags = table["surname_words"].astype(np.uint64) * 4 + table["family_first"] * np.uint64(2) + table["foreign"]
    out: Hashes = np.asarray(flags + wholes * POWER[1] + np.uint64(1), dtype=np.uint64)
    for column in numbers.T:
        out = mix(out * POWER[1] + column.astype(np.uint64) + np.uint64(1), 0)
    return out


class _Words:
    """One word of each contact's name; columns of its analysis are gathered where they are looked at."""

    def __init__(self, table: NDArray[np.void], numbers: NDArray[np.int32]) -> None:
        self._table, self._numbers = table, numbers

    def __getitem__(self, column: str) -> Any:
        return self._table[column][self._numbers]

    def some(self, rows: NDArray[np.intp]) -> _Words:
        """Those of some contacts."""
        return _Words(self._table, self._numbers[rows])


def _name_keys(table: NDArray[np.void], words: Vocabulary) -> list[tuple[Hashes, NDArray[np.int32]]]:
    """Keys made of name words, without writing a single text."""
    given, middle = _Words(words.table, table["given"]), _Words(words.table, table["middle"])
    out: list[tuple[Hashes, NDArray[np.int32]]] = []

    def file(keys: Hashes, rows: NDArray[np.intp]) -> None:
        there = keys != 0
        out.append((keys[there], rows[there].astype(np.int32)))

    for column, key in (("company", Key.COMPANY), ("city", Key.CITY)):
        file(mix(table[column], key), np.arange(len(table)))
    for place in range(SURNAMES):
        (rows,) = table["surname"][:, place].nonzero()
        surname = _Words(words.table, table["surname"][rows, place])
        file(mix(surname["hash"], Key.SURNAME), rows)
        company = table["company"][rows]
        file(np.where(company != 0, mix(joint(surname["hash"], company), Key.SURNAME_AT_WORK), 0), rows)
        both = table["given"][rows] != 0
        rows, surname = rows[both], surname.some(both)
        for keys in _full_name_keys(given.some(rows), middle.some(rows), surname) if len(rows) else ():
            file(keys, rows)
        city, name = table["city"][rows], given.some(rows)["hash"] + surname["hash"]
        file(np.where(city != 0, mix(joint(name, city), Key.NAME_AT_HOME), np.uint64(0)), rows)
    for place in range(2):
        (rows,) = table["part"][:, place].nonzero()
        part = words.table["hash"][table["part"][rows, place]]
        file(mix(part, Key.SURNAME), rows)
        file(np.where(table["given"][rows] != 0, mix(given.some(rows)["hash"] + part, Key.NAME), np.uint64(0)), rows)
    (alone,) = (table["surname"][:, 0] == 0).nonzero()
    file(mix(given.some(alone)["hash"], Key.FORM), alone)
    return out


def _full_name_keys(given: _Words, middle: _Words, surname: _Words) -> list[Hashes]:
    g, s, m, given_length, length = given["hash"], surname["hash"], middle["hash"], given["length"], surname["length"]
    to_surname, to_given, one = POWER[length], POWER[given_length], POWER[1]
    first = given["initial"]
    forms = [
        g * to_surname + s,
        s * to_given + g,
        np.where(length > 3, first * to_surname + s, 0),
        np.where(length > 3, s * one + first, 0),
        np.where(given_length > 3, g * one + surname["initial"], 0),
    ]
    if m.any():
        forms.append(np.where(m != 0, (first * one + middle["initial"]) * to_surname + s, 0))
    keys = [mix(np.asarray(form, dtype=np.uint64), Key.FORM) for form in forms]
    keys.append(mix(g + s, Key.NAME))
    if m.any():
        keys.append(np.where(m != 0, mix(m + s, Key.NAME), np.uint64(0)))
    keys.append(mix(given["sound"] + surname["sound"], Key.SOUND))
    keys += [mix(join_sound(given, surname), Key.SOUND_FORM), mix(join_sound(surname, given), Key.SOUND_FORM)]
    canons = given["canon"].T
    keys += [np.where(c != 0, mix(c + s, Key.VARIANT), np.uint64(0)) for c in canons[:CANONS] if c.any()]
    return keys
