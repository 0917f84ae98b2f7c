"""Which addresses are merely somebody's name: what any namesake would write, or an invention of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.hashing import POWER, Hashes, Rows, hash_texts
from socialcrm.matching.names import Name
from socialcrm.matching.romanise import fold
from socialcrm.matching.vocabulary import common_shares
from socialcrm.matching.words import ROLE_AFFIXES

_ROLES = tuple(ROLE_AFFIXES)
Flags = NDArray[np.bool_]


def are_merely(texts: Sequence[str], names: Sequence[Name]) -> Flags:
    """Which texts are only the name beside them, as a namesake would write it too.

    Two digits make a text one's own; a title or role at either end does not.
    """
    letters = [text.rstrip("0123456789") for text in texts]
    plain = np.asarray([len(text) - len(rest) < 2 for text, rest in zip(texts, letters, strict=True)], dtype=np.bool_)
    out = plain & _are_written(letters, names, heard=False)
    # Two words written together may sound otherwise than each alone (anatolieberth), so letters come first.
    heard = np.flatnonzero(plain & ~out).tolist()
    out[heard] = _are_written([letters[at] for at in heard], [names[at] for at in heard], heard=True)
    # Nearly no text has a role; asking about all at once is what keeps a million contacts cheap.
    at = [n for n, text in enumerate(letters) if not out[n] and (text.startswith(_ROLES) or text.endswith(_ROLES))]
    rests = [(n, rest) for n in at for rest in _without_role(letters[n])]
    if rests:
        inner = are_merely([rest for _, rest in rests], [names[n] for n, _ in rests])
        out[[n for (n, _), is_name in zip(rests, inner.tolist(), strict=True) if is_name]] = True
    return out


def _without_role(text: str) -> list[str]:
    """The text without a title or role at its beginning or end, where it has one."""
    long = [role for role in _ROLES if len(text) > len(role) + 2]
    return [text[len(role) :] for role in long if text.startswith(role)] + [
        text[: -len(role)] for role in long if text.endswith(role)
    ]


def may_be_name(text: str) -> bool:
    """Whether a text could be a name at all, for want of knowing how the name beside it is read: letters, one digit."""
    letters = text.rstrip("0123456789")
    return letters.isalpha() and len(text) - len(letters) < 2


def are_of(texts: Sequence[str], names: Sequence[Name]) -> tuple[Flags, Flags]:
    """Which texts are merely the name beside them, and with which letters in common may be those of the name."""
    merely = are_merely(texts, names)
    named = merely.copy()
    other = np.flatnonzero(~merely).tolist()
    named[other] = are_named([texts[at] for at in other], [names[at] for at in other])
    return merely, named


def are_named(texts: Sequence[str], names: Sequence[Name]) -> Flags:
    """Which texts hold the given name or surname beside them, begin one, or are a common given name."""
    common = common_shares("given")[0]
    words = [(name.given, *name.surnames, *name.parts, *name.syllables) for name in names]
    rows = np.repeat(np.arange(len(texts)), list(map(len, words)))
    held = np.asarray([bare(text).encode() for text in texts], dtype=np.bytes_)
    said = np.asarray([bare(word).encode() if len(word) > 2 else b"" for some in words for word in some], np.bytes_)
    long = np.char.str_len(said) > 2 if len(said) else np.zeros(0, dtype=np.bool_)
    out = np.asarray([text in common for text in texts], dtype=np.bool_)
    rows, said = rows[long], said[long]
    out[rows[(np.char.find(held[rows], said) >= 0) | np.char.startswith(said, held[rows])]] = True
    return out


@lru_cache(maxsize=65_536)
def bare(text: str) -> str:
    """How a text sounds, without any h: `fold` keeps one that begins a word, and here words are written together."""
    return fold(text).replace("h", "")


class _Sounds:
    """Sounds as hashes, of whole texts and of what they share at a seam."""

    def __init__(self, hashes: Hashes, lengths: Rows, first: Hashes, last: Hashes) -> None:
        self.hashes, self.lengths, self.first, self.last = hashes, lengths, first, last

    @classmethod
    def of(cls, texts: Sequence[str], read: Callable[[str], str]) -> _Sounds:
        numbers: dict[str, int] = {}
        codes = [numbers.setdefault(text, len(numbers)) for text in texts]
        sounds = list(map(read, numbers))
        lengths = np.asarray([len(sound.encode()) for sound in sounds], dtype=np.int64)
        ends = (hash_texts([sound[:1] for sound in sounds]), hash_texts([sound[-1:] for sound in sounds]))
        return cls(hash_texts(sounds), lengths, *ends).at(np.asarray(codes, dtype=np.int64))

    def at(self, places: Rows) -> _Sounds:
        """Some of them."""
        return _Sounds(self.hashes[places], self.lengths[places], self.first[places], self.last[places])

    def initial(self) -> _Sounds:
        """Their first letters."""
        return _Sounds(self.first, (self.lengths > 0).astype(np.int64), self.first, self.first)

    def then(self, other: _Sounds, *, seam: bool = True) -> _Sounds:
        """Two written together; at a ``seam`` a letter doubled counts once."""
        doubled = (self.last == other.first) & (other.lengths > 0) & seam
        tail = np.where(doubled, other.hashes - other.first * POWER[np.maximum(other.lengths - 1, 0)], other.hashes)
        lengths = other.lengths - doubled
        first = np.where(self.lengths > 0, self.first, other.first)
        last = np.where(other.lengths > 0, other.last, self.last)
        return _Sounds(self.hashes * POWER[lengths] + tail, self.lengths + lengths, first, last)


def _are_written(texts: Sequence[str], names: Sequence[Name], *, heard: bool) -> Flags:
    """Which texts are a way to write the name beside them as one word, by letters or as they are ``heard``."""
    read = bare if heard else str
    written = hash_texts(list(map(read, texts)))
    given, middle = _Sounds.of([name.given for name in names], read), _Sounds.of([name.middle for name in names], read)
    out = (written == given.hashes) | (written == middle.hashes) | (written == given.then(middle, seam=heard).hashes)
    families = [name.surnames + name.parts for name in names]
    rows = np.repeat(np.arange(len(names)), [len(family) for family in families])
    surname = _Sounds.of([word for family in families for word in family], read)
    wanted, given, middle = written[rows], given.at(rows), middle.at(rows)
    first, second = given.initial(), middle.initial()
    pairs = [(given, surname), (first, surname), (first.then(second, seam=False), surname), (given, surname.initial())]
    hit = wanted == surname.hashes
    for one, two in pairs:
        hit |= (wanted == one.then(two, seam=heard).hashes) | (wanted == two.then(one, seam=heard).hashes)
    whole = given.then(middle, seam=heard).then(surname, seam=heard), given.then(second, seam=False)
    hit |= (middle.lengths > 0) & ((wanted == whole[0].hashes) | (wanted == whole[1].then(surname, seam=False).hashes))
    out[rows[hit]] = True
    return np.asarray(out, dtype=np.bool_)
