"""Stable 64-bit hashes of texts, and keys of one kind made of them.

A text's hash is a polynomial over its UTF-8 bytes modulo 2**64 (see `socialcrm.matching.core.hashing`); `mix` turns
hashes into keys of one kind of clue. Both are equal in every process, which indexes on disk and shards rely on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.hashing import MOST_BYTES, hash_text, hash_texts
from socialcrm.matching.core.hashing import mix_all as mix

__all__ = ["MOST_BYTES", "Hashes", "Rows", "hash_text", "hash_texts", "mix"]

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]
