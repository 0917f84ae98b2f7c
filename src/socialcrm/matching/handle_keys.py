"""What the handles of a block of profiles ask the index for, and what they say: as a whole, and by their parts."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import (
    POWER,
    Hashes,
    Rows,
    Spans,
    byte_lengths,
    concat,
    ends_of,
    hash_texts,
    without_end,
)
from socialcrm.matching.profile_texts import ProfileTexts
from socialcrm.matching.romanise import fold
from socialcrm.matching.shown_words import Found
from socialcrm.matching.vocabulary import Vocabulary, canon_hashes, common_given

_SHORTEST = 5
_BEGINS = range(4, 13)
_NICKNAMES = range(2, 12)
_REST = 3
"""Letters that a handle has besides a nickname, at least."""


def handle_clues(texts: ProfileTexts, words: Vocabulary) -> tuple[list[Found], list[Found], Rows]:
    """What handles ask, what they say, and how long the common given name is that each begins with."""
    cores = hash_texts(texts.cores)
    ends = ends_of(texts.cores, shortest=1)
    begins = _begins(ends, len(texts))
    asks, says = _wholes(texts, cores)
    part_asks, part_says = _parts(texts, cores, ends, words)
    first = np.flatnonzero(~ends.ends & (ends.lengths > 1) & (ends.lengths <= begins[ends.rows]))
    word_sounds = texts.word_sounds()
    says += [
        *part_says,
        (Key.BEGINS_CANON, *canon_hashes(ends.rows[first], ends.hashes[first])),
        _nicknamed(ends, cores, byte_lengths(texts.cores)),
        (Key.HANDLE_SOUND, word_sounds.rows(), hash_texts(word_sounds.texts)),
    ]
    purposes = [(row, handle.purpose) for row, handle in enumerate(texts.handles) if handle.purpose]
    if purposes:
        rows, places = zip(*purposes, strict=True)
        says.append((Key.PLACE, np.asarray(rows, dtype=np.int64), hash_texts(places)))
    return asks + part_asks, says, begins


def _wholes(texts: ProfileTexts, cores: Hashes) -> tuple[list[Found], list[Found]]:
    """Handles without what people write around their name, with it, and with digits."""
    written_whole = [handle.whole for handle in texts.handles]
    letters, wholes = hash_texts(texts.letters), hash_texts(written_whole)
    other = np.flatnonzero(cores != letters)
    extra = np.flatnonzero((wholes != cores) & (wholes != letters))
    rows = np.concatenate([np.arange(len(texts)), other, extra])
    written = np.concatenate([cores, letters[other], wholes[extra]])
    spelt = [*texts.cores, *(texts.letters[row] for row in other), *(written_whole[row] for row in extra)]
    sounds = hash_texts([fold(text) for text in spelt])
    sizes = byte_lengths(texts.letters)[rows]
    full, heard = sizes > 2, sizes > 3
    heard[len(rows) - len(extra) :] = False
    asks = [(Key.FORM, rows[full], written[full]), (Key.SOUND_FORM, rows[heard], sounds[heard])]
    return asks, [(Key.FORM, rows, written), (Key.SOUND_FORM, rows, sounds)]


def _parts(texts: ProfileTexts, cores: Hashes, core_ends: Spans, words: Vocabulary) -> tuple[list[Found], list[Found]]:
    """Beginnings and ends of handles and their words, as forms, surnames and given names."""
    lengths = byte_lengths(texts.cores)
    other = np.flatnonzero(cores != hash_texts(texts.letters))
    letter_ends = ends_of([texts.letters[row] for row in other], shortest=1)
    part = lengths[core_ends.rows] > core_ends.lengths
    form = part & (core_ends.lengths >= _SHORTEST)
    rows = np.concatenate([core_ends.rows, other[letter_ends.rows]])
    hashes = np.concatenate([core_ends.hashes, letter_ends.hashes])
    known = words.has(hashes)
    borne = known[: len(part)] & (form | ~part)
    long = np.concatenate([core_ends.lengths, letter_ends.lengths]) > 1
    pieces, piece_rows = hash_texts(texts.words.texts), texts.words.rows()
    word_known = words.has(pieces)
    asks = [
        (Key.FORM, core_ends.rows[form], core_ends.hashes[form]),
        (Key.SURNAME, core_ends.rows[borne], core_ends.hashes[borne]),
        (Key.SURNAME, piece_rows[word_known], pieces[word_known]),
    ]
    says = [
        (Key.PIECE, rows[known & long], hashes[known & long]),
        (Key.PIECE_CANON, *canon_hashes(rows[long], hashes[long])),
        (Key.PIECE, piece_rows[word_known], pieces[word_known]),
        (Key.PIECE_CANON, *canon_hashes(piece_rows, pieces)),
    ]
    return asks, says


def _begins(ends: Spans, count: int) -> Rows:
    """The length of the longest common given name that each handle begins with, 0 without one."""
    at = np.flatnonzero(~ends.ends & (ends.lengths >= _BEGINS.start) & (ends.lengths < _BEGINS.stop))
    at = at[common_given().has(ends.hashes[at])]
    out = np.zeros(count, dtype=np.int64)
    np.maximum.at(out, ends.rows[at], ends.lengths[at])
    return out


def _nicknamed(ends: Spans, cores: Hashes, lengths: Rows) -> Found:
    """Base forms of the given names that handles begin or end with, each written together with what is left."""
    most = np.minimum(lengths - _REST + 1, _NICKNAMES.stop)[ends.rows]
    at = np.flatnonzero((ends.lengths >= _NICKNAMES.start) & (ends.lengths < most))
    at, bases = canon_hashes(at, ends.hashes[at])
    rows, sizes, given = ends.rows[at], ends.lengths[at], ends.hashes[at]
    left = lengths[rows] - sizes
    before, after = without_end(cores[rows], given, sizes), cores[rows] - given * POWER[left]
    return Key.NICKNAMED, rows, concat(bases, np.where(ends.ends[at], before, after), left)
