"""Stable 64-bit keys of texts, made for arrays.

A text's hash is a polynomial over its UTF-8 bytes modulo 2**64, so the hash of two texts written
together follows from their hashes (`concat`) without building the text: every way to write a
handle from a name costs a multiplication. `mix` turns a hash into a key of one kind of clue.
Hashes are equal in every process, which indexes on disk and shards rely on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.hashing import hash_text, hash_texts

__all__ = ["POWER", "Hashes", "Rows", "concat", "hash_text", "hash_texts", "joint", "mark", "mix"]

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_LONGEST = 1 << 16


def _powers(base: int, count: int) -> Hashes:
    steps = np.full(count, base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


POWER = _powers(_BASE, _LONGEST + 1)


def concat(left: Hashes, right: Hashes, right_length: NDArray[np.integer]) -> Hashes:
    """The hash of two texts written together; ``right_length`` counts the bytes of the second."""
    return np.asarray(left * POWER[right_length] + right, dtype=np.uint64)


def mix(values: Hashes, salt: int) -> Hashes:
    """Make keys of one kind: the splitmix64 finaliser over hash and salt. The absent value 0 stays 0."""
    x = values ^ np.uint64(mark(salt))
    for shift, factor in _SPLITMIX:
        x ^= x >> shift
        x *= factor
    x ^= x >> np.uint64(31)
    x[values == 0] = 0
    return x


def mark(salt: int) -> int:
    """What tells hashes of one kind apart from those of others: see `tag`."""
    return (salt * 0xD6E8FEB86659FD93) & _MASK


_SPLITMIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)


def joint(one: Hashes, other: Hashes) -> Hashes:
    """The hash of two things that hold together."""
    return np.asarray(one * _JOINT + other, dtype=np.uint64)


_JOINT = np.uint64(0xD1342543DE82EF95)
