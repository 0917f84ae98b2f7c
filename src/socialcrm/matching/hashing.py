"""Stable 64-bit keys of texts, made for arrays.

A text's hash is a polynomial over its UTF-8 bytes modulo 2**64, so the hash of two texts written
together follows from their hashes (`concat`) without building the text: every way to write a
handle from a name costs a multiplication. `mix` turns a hash into a key of one kind of clue.
Hashes are equal in every process, which indexes on disk and shards rely on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_BLOCK = 1 << 16
FEW = 64  # texts are hashed one by one up to here: an array costs more than it saves
_INVERSE = pow(_BASE, -1, 1 << 64)


def _powers(base: int, count: int) -> Hashes:
    steps = np.full(count, base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


POWER = _powers(_BASE, _BLOCK + 1)
_DOWN = _powers(_INVERSE, _BLOCK + 1)


@lru_cache(maxsize=200_000)
def hash_text(text: str) -> int:
    """Hash one text; the same value as `hash_texts` gives. The empty text hashes to 0."""
    value = 0
    for byte in text.encode("utf-8", "surrogatepass")[:_BLOCK]:
        value = (value * _BASE + byte + 1) & _MASK
    return value


def hash_texts(texts: Sequence[str]) -> Hashes:
    """Hash many texts at once."""
    if len(texts) <= FEW:
        return np.asarray([hash_text(text) for text in texts], dtype=np.uint64)
    data, lengths = joined(texts)
    out = np.zeros(len(texts), dtype=np.uint64)
    ends = np.cumsum(lengths)
    start = 0
    while start < len(texts):
        offset = int(ends[start] - lengths[start])
        stop = max(start + 1, int(np.searchsorted(ends, offset + _BLOCK, side="right")))
        out[start:stop] = _hash_block(data[offset : int(ends[stop - 1])], lengths[start:stop])
        start = stop
    return out


def joined(texts: Sequence[str]) -> tuple[NDArray[np.uint8], Rows]:
    """The bytes of many texts written together, and how many each has; a text longer than a block is cut."""
    data = np.frombuffer("\0".join(texts).encode("utf-8", "surrogatepass"), dtype=np.uint8)
    seams = np.flatnonzero(data == 0)
    if len(seams) == len(texts) - 1:  # no text has a NUL of its own
        lengths = np.diff(np.concatenate([[-1], seams, [len(data)]])) - 1
        if lengths.max(initial=0) <= _BLOCK:
            return data[data != 0], lengths
    raw = [text.encode("utf-8", "surrogatepass")[:_BLOCK] for text in texts]
    lengths = np.fromiter(map(len, raw), dtype=np.int64, count=len(raw))
    return np.frombuffer(b"".join(raw), dtype=np.uint8), lengths


def _hash_block(data: NDArray[np.uint8], lengths: Rows) -> Hashes:
    ends = np.cumsum(lengths)
    return _between(_sums(data), ends - lengths, ends)


def _sums(data: NDArray[np.uint8]) -> Hashes:
    """Prefix sums over inverse powers: every text of a block is a difference of two of them."""
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * _DOWN[: len(data)], out=sums[1:], dtype=np.uint64)
    return sums


def _between(sums: Hashes, starts: Rows, ends: Rows) -> Hashes:
    empty = starts == ends
    powers = POWER[np.where(empty, 0, ends - 1)]
    return np.asarray(np.where(empty, np.uint64(0), (sums[ends] - sums[starts]) * powers), dtype=np.uint64)


def concat(left: Hashes, right: Hashes, right_length: NDArray[np.integer]) -> Hashes:
    """The hash of two texts written together; ``right_length`` counts the bytes of the second."""
    return np.asarray(left * POWER[right_length] + right, dtype=np.uint64)


def mix(values: Hashes, salt: int) -> Hashes:
    """Make keys of one kind: the splitmix64 finaliser over hash and salt. The absent value 0 stays 0."""
    return mix_tagged(values, np.uint64(mark(salt)))


def mark(salt: int) -> int:
    """What tells hashes of one kind apart from those of others: see `tag`."""
    return (salt * 0xD6E8FEB86659FD93) & _MASK


def mix_tagged(values: Hashes, kinds: Hashes | np.uint64) -> Hashes:
    """`mix` for hashes of several kinds, with the tag of each."""
    x = values ^ kinds
    for shift, factor in _SPLITMIX:
        x ^= x >> shift
        x *= factor
    x ^= x >> np.uint64(31)
    x[values == 0] = 0
    return x


_SPLITMIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)


def joint(one: Hashes, other: Hashes) -> Hashes:
    """The hash of two things that hold together."""
    return np.asarray(one * _JOINT + other, dtype=np.uint64)


_JOINT = np.uint64(0xD1342543DE82EF95)
