"""Stable 64-bit hashes of texts, and keys of one kind made of them.

A text's hash is a polynomial over its UTF-8 bytes modulo 2**64 (see `socialcrm.matching.core.hashing`); `mix` turns
hashes into keys of one kind of clue. Both are equal in every process, which indexes on disk and shards rely on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.hashing import hash_text, hash_texts

__all__ = ["LONGEST", "Hashes", "Rows", "hash_text", "hash_texts", "mix"]

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]

LONGEST = 1 << 16
"""Bytes of a text that its hash looks at."""
_MASK = (1 << 64) - 1
_SPLITMIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)


def mix(values: Hashes, salt: int) -> Hashes:
    """Make keys of one kind: the splitmix64 finaliser over hash and salt. The absent value 0 stays 0."""
    x = values ^ np.uint64((salt * 0xD6E8FEB86659FD93) & _MASK)
    for shift, factor in _SPLITMIX:
        x ^= x >> shift
        x *= factor
    x ^= x >> np.uint64(31)
    x[values == 0] = 0
    return x
