"""Contacts whose name or address has letters in common with a handle: the last source of candidates.

Groups of letters are weighed by how few contacts hold them: three in a row, the first two and three and the last two
of a word, two with one between, and initials. Only for CRMs of up to `MOST` contacts: among more, letters single
nobody out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.core.near import file_groups, find_best
from socialcrm.matching.hashing import Rows
from socialcrm.matching.postings import Postings
from socialcrm.matching.words import CAMPAIGN, ROLES_NUMBERED

MOST = 50_000
_WIDEST = 500
_BEST = ((7_000, 10_000), (300, 130))
"""How many contacts are looked at, by how many there are: more where all of them cost little."""
_WORDY = 16
"""Points off for every doubling of the groups that a contact holds: long names agree by chance."""


class Nearby:
    """Letters of the contacts of one index, as it was when this was made."""

    def __init__(self, table: NDArray[np.void], words: NDArray[np.void]) -> None:
        self.rows = np.flatnonzero(table["alive"])
        alive, filing = table[self.rows], Filing()
        groups = file_groups(alive, words, filing)
        self.postings = Postings()
        self.postings.add(filing)
        self.contacts = len(self.rows)
        self.best = int(np.interp(self.contacts, *_BEST))
        self.widest = min(_WIDEST, self.contacts)
        held = np.log2(1 + groups)
        wordy = np.rint(_WORDY * (held - held.min(initial=0))).astype(np.int32)
        office = alive["roles"].astype(np.int64) & (1 << ROLES_NUMBERED[CAMPAIGN]) != 0
        self._at_place = np.argsort(alive["order"])[::-1]
        place = np.empty(self.contacts, dtype=np.int32)
        place[self._at_place] = np.arange(self.contacts)
        self._about = wordy, office, place

    def find(self, profiles: NDArray[np.void]) -> tuple[Rows, Rows]:
        """The best contacts for each profile, as (profile, row); the order of ids settles ties.

        On a platform of people who write software, who holds an office is not looked for by letters.
        """
        p, places = find_best(profiles, self.postings.lookup(), self._about, self.widest, self.best)
        return p, self.rows[self._at_place[places]]
