"""Stable 64-bit keys of texts, made for arrays.

A text's hash is a polynomial over its UTF-8 bytes modulo 2**64, so the hash of two texts written
together follows from their hashes (`concat`) without building the text: every way to write a
handle from a name costs a multiplication. `mix` turns a hash into a key of one kind of clue.
Hashes are equal in every process, which indexes on disk and shards rely on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_BLOCK = 1 << 16
_INVERSE = pow(_BASE, -1, 1 << 64)


def _powers(base: int, count: int) -> Hashes:
    steps = np.full(count, base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)


POWER = _powers(_BASE, _BLOCK + 1)
_DOWN = _powers(_INVERSE, _BLOCK + 1)


def hash_text(text: str) -> int:
    """Hash one text; the same value as `hash_texts` gives. The empty text hashes to 0."""
    value = 0
    for byte in text.encode("utf-8", "surrogatepass")[:_BLOCK]:
        value = (value * _BASE + byte + 1) & _MASK
    return value


def hash_texts(texts: Sequence[str]) -> Hashes:
    """Hash many texts at once."""
    raw = [text.encode("utf-8", "surrogatepass")[:_BLOCK] for text in texts]
    lengths = np.fromiter(map(len, raw), dtype=np.int64, count=len(raw))
    out = np.zeros(len(raw), dtype=np.uint64)
    ends = np.cumsum(lengths)
    start = 0
    while start < len(raw):
        offset = int(ends[start] - lengths[start])
        stop = max(start + 1, int(np.searchsorted(ends, offset + _BLOCK, side="right")))
        out[start:stop] = _hash_block(b"".join(raw[start:stop]), lengths[start:stop])
        start = stop
    return out


def _hash_block(data: bytes, lengths: Rows) -> Hashes:
    """Prefix sums over inverse powers: every text of the block is a difference of two of them."""
    count = len(data)
    sums = np.zeros(count + 1, dtype=np.uint64)
    letters = np.frombuffer(data, dtype=np.uint8).astype(np.uint64) + np.uint64(1)
    np.cumsum(letters * _DOWN[:count], out=sums[1:], dtype=np.uint64)
    ends = np.cumsum(lengths)
    empty = lengths == 0
    last = np.where(empty, 0, ends - 1)
    return np.asarray(np.where(empty, np.uint64(0), (sums[ends] - sums[ends - lengths]) * POWER[last]), dtype=np.uint64)


def concat(left: Hashes, right: Hashes, right_length: NDArray[np.integer]) -> Hashes:
    """The hash of two texts written together; ``right_length`` counts the bytes of the second."""
    return np.asarray(left * POWER[right_length] + right, dtype=np.uint64)


def mix(values: Hashes, salt: int) -> Hashes:
    """Make keys of one kind: the splitmix64 finaliser over hash and salt. The absent value 0 stays 0."""
    with np.errstate(over="ignore"):
        x = values ^ np.uint64((salt * 0xD6E8FEB86659FD93) & _MASK)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return np.where(values == 0, np.uint64(0), x)
