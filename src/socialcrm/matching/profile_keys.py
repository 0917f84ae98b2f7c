"""What a profile says, as keys: those it is looked up by, and those its candidates are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.bag import Bag, phrases
from socialcrm.matching.facts import CAPS, Clue, Key
from socialcrm.matching.handle_keys import handle_clues
from socialcrm.matching.hashing import (
    Hashes,
    Rows,
    byte_lengths,
    concat,
    hash_text,
    hash_texts,
    joint,
    mix_tagged,
    tags,
)
from socialcrm.matching.holdings import Holdings
from socialcrm.matching.keys import skeletons
from socialcrm.matching.profile_texts import AnyProfile, Flat, ProfileTexts, bytes_column
from socialcrm.matching.shown_words import Found, ShownWords
from socialcrm.matching.vocabulary import Vocabulary

PROFILE = np.dtype(
    [
        ("words", np.int32), ("platform", np.int64), ("core_length", np.int64), ("lang", np.uint64),
        ("letters", "S24"), ("core", "S24"), ("sound", "S24"), ("whole", "S24"), ("place", "S24"),
        ("office_lands", np.uint32), ("place_lands", np.uint32),
        ("roles", np.uint16), ("parted", np.bool_), ("workshop", np.bool_), ("begins", "S15"),
        ("has_place", np.bool_), ("mixed", np.bool_), ("organisation", np.bool_),
        ("caution_name", np.bool_), ("caution_handle", np.bool_), ("caution_bio", np.bool_),
    ]
)  # fmt: skip
_NO_ROWS, _NO_HASHES = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
_CAPS = np.asarray([CAPS.get(Key(number), 0) if number in set(Key) else 0 for number in range(64)], dtype=np.int32)
_OWN_TEXTS = (
    (Key.LOCAL_OWN, Clue.LOCAL_OWN), (Key.LOCAL_NAME, Clue.LOCAL_NAME),
    (Key.SITE_OWN, Clue.SITE_OWN), (Key.SITE_NAME, Clue.SITE_NAME),
)  # fmt: skip

Asked = tuple[Key, Clue, Rows, Hashes]


@dataclass(slots=True)
class EncodedProfiles:
    """Profiles as arrays: questions to the index (``ask*``) and a bag of what each profile says."""

    table: NDArray[np.void]
    ask: Hashes
    ask_rows: Rows
    ask_clues: NDArray[np.int64]
    ask_caps: NDArray[np.int32]
    bag: Bag


def encode_profiles(
    profiles: Sequence[AnyProfile], words: Vocabulary, platforms: dict[str, int], *, holds: Holdings | None = None
) -> EncodedProfiles:
    """Read profiles into arrays; words that no contact bears are left out early.

    So is what no contact holds, where ``holds`` tells.
    """
    return encode_texts(ProfileTexts(profiles), words, platforms, holds=holds)


def encode_texts(
    texts: ProfileTexts, words: Vocabulary, platforms: dict[str, int], *, holds: Holdings | None = None
) -> EncodedProfiles:
    """Make arrays of profiles in normal form."""
    kinds = holds.kinds if holds else -1
    table = _table(texts, platforms)
    shown = ShownWords()
    for name in texts.shown:
        shown.add(name)
    names, say_names = shown.clues(words)
    handles, say_handles, begins = handle_clues(texts, words)
    table["begins"] = bytes_column([core[:size] for core, size in zip(texts.cores, begins, strict=True)], 15)
    asked = [*_accounts(texts, platforms, kinds), *_sparse(texts)]
    asked += [(key, Clue.NAMED, rows, hashes) for key, rows, hashes in (*names, *handles)]
    context = [_context(texts.bios, Key.PHRASE, 5, holds), _context(texts.places, Key.PLACE, 4, holds)]
    asked += _beside(asked, context) if holds else []
    asked = [one for one in asked if kinds >> one[0] & 1 and len(one[2])]
    said = [(key, rows, hashes) for key, rows, hashes in (*say_names, *say_handles, *context)]
    keys = np.repeat([key for key, _, _, _ in asked], [len(rows) for _, _, rows, _ in asked]).astype(np.intp)
    tags = np.repeat(_TAGS[[key for key, _, _ in said]], [len(rows) for _, rows, _ in said])
    return EncodedProfiles(
        table,
        mix_tagged(np.concatenate([_NO_HASHES, *(hashes for _, _, _, hashes in asked)]), _TAGS[keys]),
        np.concatenate([_NO_ROWS, *(rows for _, _, rows, _ in asked)]),
        np.repeat([clue for _, clue, _, _ in asked], [len(rows) for _, _, rows, _ in asked]).astype(np.int64),
        _CAPS[keys],
        Bag(np.concatenate([rows for _, rows, _ in said]), np.concatenate([hashes for _, _, hashes in said]) ^ tags),
    )


_TAGS = tags(range(64))


def _context(flat: Flat, key: Key, longest: int, holds: Holdings | None) -> Found:
    """Runs of words that may be a company, a title or a place."""
    if not flat.texts:
        return key, _NO_ROWS, _NO_HASHES
    rows, hashes = phrases(flat.rows(), flat.texts, longest=longest)
    if holds is None:
        return key, rows, hashes
    known = holds.known(hashes)
    return key, rows[known], hashes[known]


_BESIDE = {Key.SURNAME: Key.SURNAME_AT_WORK, Key.NAME: Key.NAME_AT_HOME}


def _beside(asked: list[Asked], context: list[Found]) -> list[Asked]:
    """Names together with a company or city: among namesakes, those of whom the profile says more than the name."""
    rows = np.concatenate([rows for _, rows, _ in context])
    if not len(rows):
        return []
    order = np.argsort(rows, kind="stable")
    rows, said = rows[order], np.concatenate([hashes for _, _, hashes in context])[order]
    out: list[Asked] = []
    for key, clue, of, hashes in asked:
        if key in _BESIDE and len(of):
            first, last = np.searchsorted(rows, of, "left"), np.searchsorted(rows, of, "right")
            at = np.repeat(np.arange(len(of)), last - first)
            beside = np.arange(len(at)) - np.repeat(np.cumsum(last - first) - last, last - first)
            out.append((_BESIDE[key], clue, of[at], joint(hashes[at], said[beside])))
    return out


def _table(texts: ProfileTexts, platforms: dict[str, int]) -> NDArray[np.void]:
    table = np.zeros(len(texts), dtype=PROFILE)
    table["lang"] = hash_texts(texts.langs) if any(texts.langs) else 0
    table["platform"] = [platforms.get(name, -1) for name in texts.platforms]
    for column, values in texts.flag_columns().items():
        table[column] = values
    for column, column_texts in (
        ("letters", texts.letters), ("core", texts.cores),
        ("sound", [handle.sound for handle in texts.handles]), ("whole", [handle.whole for handle in texts.handles]),
        ("place", [handle.place for handle in texts.handles]),
    ):  # fmt: skip
        table[column] = bytes_column(column_texts, 24)
    return table


def _accounts(texts: ProfileTexts, platforms: dict[str, int], kinds: int) -> list[Asked]:
    """Accounts, as the record may hold them, and addresses that are the handle."""
    rows = np.arange(len(texts))
    asked: list[Asked] = []

    def of_platform(values: Sequence[str]) -> Hashes:
        """The hash of “platform value”, 0 for an empty value."""
        heads = {name: hash_text(f"{name} ") for name in set(texts.platforms)}
        first = np.asarray([heads[name] for name in texts.platforms], dtype=np.uint64)
        hashes = hash_texts(values)
        return np.where(hashes == 0, np.uint64(0), concat(first, hashes, byte_lengths(values)))

    if kinds & (1 << Key.KNOWN | 1 << Key.SITE_ACCOUNT):
        account = of_platform(texts.known)
        asked += [(Key.KNOWN, Clue.HANDLE, rows, account), (Key.SITE_ACCOUNT, Clue.SITE_ACCOUNT, rows, account)]
    if kinds & 1 << Key.KNOWN:
        asked.append((Key.KNOWN, Clue.ACCOUNT_ID, rows, of_platform(texts.ids)))
    if kinds & 1 << Key.KNOWN_SHAPE:
        asked.append((Key.KNOWN_SHAPE, Clue.HANDLE_SHAPE, rows, of_platform(skeletons(texts.known))))
    whole = hash_texts([handle.whole if len(handle.whole) > 3 else "" for handle in texts.handles])
    asked += [(key, clue, rows, whole) for key, clue in _OWN_TEXTS]
    asked.append((Key.SHAPE, Clue.NAME_SHAPE, rows, hash_texts(skeletons(texts.display_names))))
    asked.append((Key.WHOLE_NAME, Clue.WHOLE_NAME, rows, hash_texts(texts.whole_names)))
    return [_filled(*one) for one in asked]


def _filled(key: Key, clue: Clue, rows: Rows, hashes: Hashes) -> Asked:
    """A question without those that ask for nothing."""
    there = hashes != 0
    return (key, clue, rows, hashes) if there.all() else (key, clue, rows[there], hashes[there])


def _sparse(texts: ProfileTexts) -> list[Asked]:
    found = texts.sparse
    if not found.texts:
        return []
    hashes, rows = hash_texts(found.texts), np.asarray(found.rows, dtype=np.int64)
    out = []
    for key, clue in sorted(set(found.questions)):
        some = np.asarray([question == (key, clue) for question in found.questions])
        out.append((key, clue, rows[some], hashes[some]))
    return out
