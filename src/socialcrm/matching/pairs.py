"""Profiles beside the contacts they may belong to, and what the compiled core finds out about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.candidates import candidates
from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.core.run import Asking, Pairing
from socialcrm.matching.core.scoring import levels
from socialcrm.matching.facts import Clue
from socialcrm.matching.hashing import Rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.profile_keys import EncodedProfiles

Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]
_NOBODY = np.zeros(0, dtype=np.int64)


class Pairs:
    """Candidate pairs: ``p`` is the profile's row, ``c`` the contact's, ``bits`` the clues found by key.

    Ordered by profile, then by a hash of the contact's id, so that results never depend on the
    order in which contacts came.
    """

    def __init__(
        self,
        profiles: EncodedProfiles,
        index: ContactIndex,
        ruled_out: Sequence[Collection[str]] = (),
        *,
        by_letters: Flags | None = None,
    ) -> None:
        """Find the candidates of profiles; ``by_letters`` says for which of them letters in common are looked for."""
        self.profiles, self.index, self.book = profiles, index, index.book()
        self.asking = Asking(profiles.table, profiles.said, profiles.said_starts)
        self.p, self.c, self.bits = candidates(
            self.book, profiles.ask, profiles.ask_clues, profiles.ask_caps, profiles.ask_starts,
            *_near(profiles, index, by_letters), 1 << Clue.NEAR,
        )  # fmt: skip
        if any(ruled_out):
            allowed = ~_among(self.p, self.c, index, ruled_out)
            self.p, self.c, self.bits = self.p[allowed], self.c[allowed], self.bits[allowed]

    def __len__(self) -> int:
        return len(self.p)

    def some(self, places: Rows, levels: Levels | None = None) -> Pairs:
        """Some of the pairs, with the levels that were found."""
        out: Pairs = object.__new__(Pairs)
        out.profiles, out.index, out.book, out.asking = self.profiles, self.index, self.book, self.asking
        out.p, out.c, out.bits = self.p[places], self.c[places], self.bits[places]
        if levels is None and "levels" in self.__dict__:
            levels = self.levels[places]
        if levels is not None:
            out.__dict__["levels"] = levels
        return out

    def pairing(self) -> Pairing:
        """The pairs, ready to be walked once by the core."""
        return Pairing(self.book, self.asking, self.p, self.c, self.bits)

    @cached_property
    def levels(self) -> Levels:
        """The level of every kind of evidence for every pair, found when it is first looked at: pairs x kinds."""
        return levels(self.pairing())

    def level(self, kind: str) -> Levels:
        """The level of one kind of evidence for every pair."""
        return self.levels[:, NUMBERS[kind]]


def _near(profiles: EncodedProfiles, index: ContactIndex, by_letters: Flags | None) -> tuple[Rows, Rows]:
    """Whom letters in common propose: rows of contacts, and where those of each profile begin."""
    size = len(profiles.table)
    near = None if by_letters is not None and not by_letters.any() else index.nearby()
    if near is None:
        return _NOBODY, np.zeros(size + 1, dtype=np.int64)
    asking = np.arange(size) if by_letters is None else np.flatnonzero(by_letters)
    p, c = near.find(profiles.table[asking])
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(asking[p], minlength=size), out=starts[1:])
    return c.astype(np.int64), starts


def _among(p: Rows, c: Rows, index: ContactIndex, ruled_out: Sequence[Collection[str]]) -> Flags:
    """Pairs that a person has ruled out."""
    size = len(index.table) + 1
    banned = [
        profile * size + row
        for profile, contact_ids in enumerate(ruled_out)
        for row in map(index.row, contact_ids)
        if row is not None
    ]
    return np.isin(p * size + c, np.asarray(banned, dtype=np.int64))
