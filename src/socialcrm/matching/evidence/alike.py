"""How many letters of the handle stand in the contact's own site, in order, with others between."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.near import site_values
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.matching.reading import Counts, Letters, letters

_PERCENT = (20, 30, 40, 50, 60, 70, 80, 90, 99)
_BLOCK = 2048  # so many pairs stay in the processor's cache


def in_order(left: Letters, right: Letters) -> Counts:
    """How many letters two texts have in common in the same order (longest common subsequence).

    Bit ``i`` of a row's word is 0 once so many letters of ``left`` more are matched (Hyyrö, 2004); at most 32 letters.
    """
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(left), _BLOCK)]
    return np.concatenate([np.zeros(0, np.int32), *(_in_order(left[one], right[one]) for one in blocks)])


def _in_order(left: Letters, right: Letters) -> Counts:
    size = left.shape[1]
    left, right = np.ascontiguousarray(left.T), np.ascontiguousarray(right.T)
    full = np.uint64((1 << size) - 1)
    open_ = np.full(left.shape[1], full)
    for letter in np.where(right == 0, 255, right).astype(np.uint8):
        same = np.zeros(left.shape[1], dtype=np.uint64)
        for place in range(size):
            same |= (left[place] == letter).astype(np.uint64) << np.uint64(place)
        both = open_ & same
        open_ = ((open_ + both) | (open_ - both)) & full
    matched = np.zeros(left.shape[1], dtype=np.int32)
    for place in range(size):
        matched += (open_ >> np.uint64(place)) & np.uint64(1) == 0
    return matched


def compare(pairs: Pairs) -> Levels:
    """Measures how alike the handle and the name of the contact's site are, wherever their letters differ.

    ``harryhan24`` is not ``herryhan``, yet whoever has the one may well have chosen the other; a site that
    has nothing of the handle speaks a little against it. One that holds the name says no more than the name.
    """
    out = np.zeros(len(pairs), dtype=np.int8)
    whole, text = pairs.profile("whole"), pairs.contact("label")
    rows = np.flatnonzero((text != b"") & (whole != b"") & ~pairs.flag_of_contact("label_named"))
    if not len(rows):
        return out
    left, label = letters(whole[rows]), letters(text[rows])
    ends = pairs.contact("label_size").astype(np.int64)[rows, None]
    bare = np.where(np.arange(label.shape[1]) < ends, label, 0).astype(np.uint8)
    percent = np.maximum(_percent(left, label), _percent(left, bare))
    out[rows] = 1 + np.searchsorted(_PERCENT, percent, side="right")
    return out


def _percent(left: Letters, right: Letters) -> Counts:
    sizes = (left != 0).sum(axis=1) + (right != 0).sum(axis=1)
    return np.asarray(200 * in_order(left, right) // np.maximum(sizes, 1), dtype=np.int32)


ALIKE_SITE = Kind(
    "alike_site",
    compare,
    site_values,
    (
        Level("silent", ""),
        *(
            Level(
                f"from_{n}", f"The handle “{{left}}” has {n} % or more in common with the contact's site ({{right}})."
            )
            for n in (0, *_PERCENT)
        ),
    ),
    dear=True,
)
