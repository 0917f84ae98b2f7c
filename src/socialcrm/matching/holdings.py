"""What contacts hold at all, so that nobody asks for what none of them has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.hashing import Hashes
from socialcrm.matching.records import mapped, store

_BITS = 22
_PLACE = np.uint64((1 << _BITS) - 1)


class Holdings:
    """The kinds of keys that occur, as a mask, and the companies, titles and places, as far as a table of bits tells.

    What is gone is not taken out: the answer “no” is certain, “yes” is not.
    """

    def __init__(self) -> None:
        self.kinds = 0
        self._bits: NDArray[np.bool_] | None = None

    def add(self, kinds: int, values: Iterable[Hashes]) -> None:
        """Add kinds of keys, and hashes of companies, titles and places."""
        self.kinds |= kinds
        if self._bits is None:
            self._bits = np.zeros(1 << _BITS, dtype=np.bool_)
        for column in values:
            self._bits[column & _PLACE] = True

    def marks(self) -> NDArray[np.uint8]:
        """A byte for each number that the hashes may end in: whether some company, title or place has it."""
        return np.zeros(0, dtype=np.uint8) if self._bits is None else self._bits.view(np.uint8)

    def write(self, folder: Path) -> None:
        """Write the table where `load` finds it."""
        store(folder, "holdings", np.zeros(0, dtype=np.uint8) if self._bits is None else np.packbits(self._bits))

    @classmethod
    def load(cls, folder: Path, kinds: int) -> Holdings:
        """Read the table."""
        out = cls()
        out.kinds = kinds
        packed = mapped(folder, "holdings", np.uint8)
        if len(packed) not in (0, (1 << _BITS) // 8):
            raise ValueError(f"holdings has {len(packed)} bytes")
        out._bits = np.unpackbits(packed).view(np.bool_) if len(packed) else None
        return out
