"""What a profile says, as keys: those it is looked up by, and those its candidates are compared with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.bag import Bag, phrases
from socialcrm.matching.columns import ProfileRow
from socialcrm.matching.facts import CAPS, Clue, Key
from socialcrm.matching.given import given_names
from socialcrm.matching.handles import Handle, known_key, parse_handle, platform_key
from socialcrm.matching.hashing import Hashes, Rows, byte_lengths, ends_of, hash_texts, mix, tag
from socialcrm.matching.keys import LIMIT, mixed_script, normal, skeleton, squash
from socialcrm.matching.names import display_words
from socialcrm.matching.romanise import fold
from socialcrm.matching.shown_words import Found, ShownWords
from socialcrm.matching.vocabulary import Vocabulary, base_forms, canon_hashes, common_shares
from socialcrm.matching.web import email_key, emails_in, local_part, parse_site, phones_in
from socialcrm.matching.words import BIO_CAUTIONS, CAUTIONS, ORGANISATION, ROLES_NUMBERED, WORKSHOPS
from socialcrm.model import Profile

PROFILE = np.dtype(
    [
        ("words", np.int32), ("platform", np.int64), ("core_length", np.int64), ("lang", np.uint64),
        ("letters", "S24"), ("core", "S24"), ("sound", "S24"), ("whole", "S24"),
        ("roles", np.uint16), ("parted", np.bool_), ("workshop", np.bool_), ("begins", "S15"),
        ("has_place", np.bool_), ("mixed", np.bool_), ("organisation", np.bool_),
        ("caution_name", np.bool_), ("caution_handle", np.bool_), ("caution_bio", np.bool_),
    ]
)  # fmt: skip
_FLAGS = (
    "letters", "core", "sound", "whole", "roles", "parted", "begins", "words", "core_length", "has_place", "mixed",
    "organisation", "caution_name", "caution_handle", "caution_bio",
)  # fmt: skip
_BIO, _SHORTEST = 1024, 5
_CAPS = np.asarray([CAPS.get(Key(number), 0) if number in set(Key) else 0 for number in range(64)], dtype=np.int32)


@dataclass(slots=True)
class EncodedProfiles:
    """Profiles as arrays: questions to the index (``ask*``) and a bag of what each profile says."""

    table: NDArray[np.void]
    ask: Hashes
    ask_rows: Rows
    ask_clues: NDArray[np.int64]
    ask_caps: NDArray[np.int32]
    bag: Bag


@dataclass(slots=True)
class _Texts:
    """Texts with the row and kind of each, hashed together at the end."""

    texts: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, row: int, kind: int, texts: Collection[str]) -> None:
        if texts:
            self.texts += texts
            self.kinds.append(kind)
            self.rows.append(row)
            self.counts.append(len(texts))

    def row_array(self) -> Rows:
        return np.repeat(np.asarray(self.rows, dtype=np.int64), np.asarray(self.counts, dtype=np.int64))

    def kind_array(self) -> NDArray[np.int64]:
        return np.repeat(np.asarray(self.kinds, dtype=np.int64), np.asarray(self.counts, dtype=np.int64))


# A question's kind carries both the key that is asked and the clue that an answer is.
_CLUES = 64


def _question(key: Key, clue: Clue) -> int:
    return key * _CLUES + clue


_KNOWN, _SHAPE = _question(Key.KNOWN, Clue.HANDLE), _question(Key.KNOWN_SHAPE, Clue.HANDLE_SHAPE)
_ACCOUNT = _question(Key.SITE_ACCOUNT, Clue.SITE_ACCOUNT)
_FORM, _SOUND_FORM = _question(Key.FORM, Clue.NAMED), _question(Key.SOUND_FORM, Clue.NAMED)
_SURNAME = _question(Key.SURNAME, Clue.NAMED)
_OWN_TEXTS = tuple(
    _question(key, clue)
    for clue, key in (
        (Clue.LOCAL_OWN, Key.LOCAL_OWN),
        (Clue.LOCAL_NAME, Key.LOCAL_NAME),
        (Clue.SITE_OWN, Key.SITE_OWN),
        (Clue.SITE_NAME, Key.SITE_NAME),
    )
)


class _Reader:
    """Reads profiles one by one into flat lists of texts."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.asked, self.said = _Texts(), _Texts()
        self.shown = ShownWords()
        self.bio, self.place = _Texts(), _Texts()
        self.cores: list[str] = []
        self.letters: list[str] = []

    def read(self, row: int, profile: Profile | ProfileRow, platform: str) -> tuple[object, ...]:
        """Collect what a profile says and asks; returns its values in the order of `_FLAGS`."""
        handle = parse_handle(platform, profile.handle)
        shown = display_words(profile.display_name)
        bio = _normal_bio(profile.bio)
        place = normal(profile.location).split()
        self.bio.add(row, Key.PHRASE, bio.split())
        self.place.add(row, Key.PLACE, place)
        self._ask_identity(row, profile, platform, handle)
        self._ask_handle(row, handle, [roman for _, roman in shown if len(roman) > 1])
        begins = given_at_start(handle.core)
        self._say_handle(row, handle, begins)
        self.shown.add(shown)
        seen = set(normal(profile.display_name).split())
        mixed = mixed_script(profile.display_name) or mixed_script(profile.handle)
        return (
            handle.letters.encode()[:24], handle.core.encode()[:24], handle.sound.encode()[:24],
            handle.whole.encode()[:24], sum(1 << ROLES_NUMBERED[role] for role in handle.roles),
            len(handle.words) > 1, begins.encode()[:15],
            len(shown), len(handle.core), bool(place), mixed,
            not ORGANISATION.isdisjoint(seen), not CAUTIONS.isdisjoint(seen), bool(handle.cautions),
            bool(bio) and any(phrase in bio for phrase in BIO_CAUTIONS),
        )  # fmt: skip

    def _ask_identity(self, row: int, profile: Profile | ProfileRow, platform: str, handle: Handle) -> None:
        ask = self.asked.add
        known = known_key(platform, profile.handle)
        if known:
            account = f"{platform} {known}"
            ask(row, _KNOWN, (account,))
            ask(row, _ACCOUNT, (account,))
            ask(row, _SHAPE, (f"{platform} {skeleton(known)}",))
            if platform == "bluesky" and "." in known:
                ask(row, _question(Key.DOMAIN, Clue.SITE_HOST), (known,))
        ask(row, _question(Key.KNOWN, Clue.ACCOUNT_ID), (f"{platform} {profile.id.casefold()}",))
        if profile.email and local_part(profile.email):
            ask(row, _question(Key.EMAIL, Clue.EMAIL_VOUCHED), (email_key(profile.email),))
        if profile.bio:
            ask(
                row, _question(Key.EMAIL, Clue.EMAIL_IN_BIO), [one for one in emails_in(profile.bio) if local_part(one)]
            )
            ask(row, _question(Key.PHONE, Clue.PHONE), phones_in(profile.bio))
        if profile.urls:
            ask(row, _question(Key.PAGE, Clue.PAGE), [parse_site(address).page for address in profile.urls[:5]])
        if len(handle.whole) > 3:
            for question in _OWN_TEXTS:
                ask(row, question, (handle.whole,))
        if profile.display_name:
            ask(row, _question(Key.SHAPE, Clue.NAME_SHAPE), (skeleton(profile.display_name[:128]),))
            if not profile.display_name.isascii():
                ask(row, _question(Key.WHOLE_NAME, Clue.WHOLE_NAME), (squash(profile.display_name[:128]),))

    def _ask_handle(self, row: int, handle: Handle, romans: list[str]) -> None:
        """Ask for what is written in words; beginnings and ends of the handle are added by `_handle_ends`."""
        core, letters = handle.core, handle.letters
        self.cores.append(core)
        self.letters.append("" if letters == core else letters)
        if len(letters) > 2:
            self.asked.add(row, _FORM, {core, letters, handle.whole})
            self.asked.add(row, _SOUND_FORM, {fold(core), fold(letters)} if len(letters) > 3 else ())
        pieces = {*handle.words, *romans, core}
        self.asked.add(row, _SURNAME, [piece for piece in pieces if piece in self.words])

    def _say_handle(self, row: int, handle: Handle, begins: str) -> None:
        if begins:
            names = (handle.core[:cut] for cut in range(2, len(begins) + 1))
            bases = {base for name in names if name in given_names() for base in base_forms(name)}
            self.said.add(row, Key.BEGINS_CANON, bases)
        written = {handle.core, handle.letters, handle.whole}
        self.said.add(row, Key.PIECE, [piece for piece in handle.words if piece in self.words])
        self.said.add(row, Key.PIECE_CANON, {base for piece in handle.words for base in base_forms(piece)})
        if len(handle.words) > 1:
            self.said.add(row, Key.HANDLE_SOUND, [fold(word) for word in handle.words])
        self.said.add(row, Key.NICKNAMED, nicknamed(handle.core))
        self.said.add(row, Key.PLACE, (handle.purpose,) if handle.purpose else ())
        self.said.add(row, Key.FORM, written)
        self.said.add(row, Key.SOUND_FORM, [fold(text) for text in written])


def given_at_start(core: str) -> str:
    """The longest common given name of four letters or more that a handle begins with."""
    names = common_shares("given")[0]
    return next((core[:cut] for cut in range(min(len(core), 12), 3, -1) if core[:cut] in names), "")


def nicknamed(core: str) -> list[str]:
    """Base forms of the given names that a handle begins or ends with, each written together with what is left."""
    names, most = given_names(), min(len(core) - 2, 12)
    heads = [(core[:cut], core[cut:]) for cut in range(2, most) if core[:cut] in names]
    tails = [(core[-cut:], core[:-cut]) for cut in range(2, most) if core[-cut:] in names]
    return [base + rest for given, rest in heads + tails for base in base_forms(given)]


def _normal_bio(bio: str) -> str:
    parts = (bio[start : start + LIMIT] for start in range(0, min(len(bio), _BIO), LIMIT))
    return " ".join(filter(None, map(normal, parts)))


def encode_profiles(
    profiles: Sequence[Profile | ProfileRow], words: Vocabulary, platforms: dict[str, int]
) -> EncodedProfiles:
    """Read profiles into arrays; words that no contact bears are left out early."""
    reader = _Reader(words)
    names = [platform_key(profile.platform) for profile in profiles]
    flags = [reader.read(row, profile, names[row]) for row, profile in enumerate(profiles)]
    table = np.zeros(len(profiles), dtype=PROFILE)
    table["lang"] = hash_texts([profile.lang.split("-")[0].casefold() for profile in profiles])
    table["workshop"] = [name in WORKSHOPS for name in names]
    table["platform"] = [platforms.get(name, -1) for name in names]
    for column, values in zip(_FLAGS, zip(*flags, strict=True), strict=bool(flags)):
        table[column] = values
    return _assemble(table, reader)


def _assemble(table: NDArray[np.void], reader: _Reader) -> EncodedProfiles:
    questions = reader.asked.kind_array()
    said = [(reader.said.row_array(), _tagged(hash_texts(reader.said.texts), reader.said.kind_array()))]
    for texts, key, longest in ((reader.bio, Key.PHRASE, 5), (reader.place, Key.PLACE, 4)):
        rows, hashes = phrases(texts.row_array(), texts.texts, longest=longest)
        said.append((rows, tag(hashes, key)))
    names, words = reader.shown.clues(reader.words)
    ends, pieces = _handle_ends(reader)
    said += [(rows, tag(hashes, key)) for key, rows, hashes in words + pieces]
    asked = [(_question(key, Clue.NAMED), rows, mix(hashes, key)) for key, rows, hashes in names + ends]
    kinds = np.concatenate([questions, np.repeat([kind for kind, _, _ in asked], [len(rows) for _, rows, _ in asked])])
    texts_asked = _salted(hash_texts(reader.asked.texts), questions // _CLUES)
    return EncodedProfiles(
        table,
        np.concatenate([texts_asked, *(hashes for _, _, hashes in asked)]),
        np.concatenate([reader.asked.row_array(), *(rows for _, rows, _ in asked)]),
        kinds % _CLUES,
        _CAPS[kinds // _CLUES],
        Bag(np.concatenate([rows for rows, _ in said]), np.concatenate([hashes for _, hashes in said])),
    )


def _handle_ends(reader: _Reader) -> tuple[list[Found], list[Found]]:
    """What the beginnings and ends of handles ask, as forms and as surnames, and what they say."""
    core, letters = (ends_of(texts, shortest=1) for texts in (reader.cores, reader.letters))
    part = byte_lengths(reader.cores)[core.rows] > core.lengths
    form = part & (core.lengths >= _SHORTEST)
    borne = form & reader.words.has(core.hashes)
    rows, hashes = np.concatenate([core.rows, letters.rows]), np.concatenate([core.hashes, letters.hashes])
    long = np.concatenate([core.lengths, letters.lengths]) > 1
    rows, hashes = rows[long], hashes[long]
    known = reader.words.has(hashes)
    canon_rows, canons = canon_hashes(rows, hashes)
    return (
        [
            (Key.FORM, core.rows[form], core.hashes[form]),
            (Key.SURNAME, core.rows[borne], core.hashes[borne]),
        ],
        [(Key.PIECE, rows[known], hashes[known]), (Key.PIECE_CANON, canon_rows, canons)],
    )


def _salted(hashes: Hashes, kinds: NDArray[np.int64]) -> Hashes:
    """`mix` for hashes of several kinds."""
    keys = mix(_tagged(hashes, kinds), 0)
    keys[hashes == 0] = 0
    return keys


_TAGS = np.concatenate([tag(np.zeros(1, dtype=np.uint64), kind) for kind in range(64)])


def _tagged(hashes: Hashes, kinds: NDArray[np.int64]) -> Hashes:
    """`tag` for hashes of several kinds."""
    return np.asarray(hashes ^ _TAGS[kinds], dtype=np.uint64)
