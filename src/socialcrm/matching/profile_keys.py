"""What a profile says, as keys: those it is looked up by, and those its candidates are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyProfile
from socialcrm.matching.core.clues import Clues
from socialcrm.matching.core.encode import Encoder
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.matching.core.rows import SIZES
from socialcrm.matching.hashing import Hashes, Rows
from socialcrm.matching.holdings import Holdings
from socialcrm.matching.vocabulary import Vocabulary, given_by_hash

PROFILE = np.dtype(
    [
        ("words", np.int32), ("platform", np.int64), ("core_length", np.int64), ("lang", np.uint64),
        ("letters", "S24"), ("core", "S24"), ("sound", "S24"), ("whole", "S24"),
        ("place", "S24"), ("office_lands", np.uint32), ("place_lands", np.uint32),
        ("roles", np.uint16), ("parted", np.bool_), ("workshop", np.bool_), ("begins", "S15"),
        ("has_place", np.bool_), ("mixed", np.bool_), ("organisation", np.bool_),
        ("caution_name", np.bool_), ("caution_handle", np.bool_), ("caution_bio", np.bool_),
        ("employed", np.bool_),
    ]
)  # fmt: skip
if PROFILE.itemsize != SIZES["profile"]:
    raise ImportError("the compiled core was built for another table of profiles: build it again")


@dataclass(slots=True)
class EncodedProfiles:
    """Profiles as arrays: questions to the index (``ask*``) and what each profile says (``said``).

    Questions and words said stand profile by profile: those of profile ``n`` begin at ``starts[n]``.
    """

    table: NDArray[np.void]
    ask: Hashes
    ask_clues: NDArray[np.int64]
    ask_caps: NDArray[np.int32]
    ask_starts: Rows
    said: Hashes
    said_starts: Rows


def encode_profiles(
    profiles: Sequence[AnyProfile], words: Vocabulary, platforms: dict[str, int], *, holds: Holdings | None = None
) -> EncodedProfiles:
    """Read profiles into arrays; words that no contact bears are left out early.

    So is what no contact holds, where ``holds`` tells.
    """
    return encode_texts(ProfileTexts(profiles), words, platforms, holds=holds)


def encode_texts(
    texts: ProfileTexts, words: Vocabulary, platforms: dict[str, int], *, holds: Holdings | None = None
) -> EncodedProfiles:
    """Make arrays of profiles in normal form."""
    clues = Clues(holds.kinds if holds else -1, beside=holds is not None)
    table = np.zeros(len(texts), dtype=PROFILE)
    encoder = Encoder(words.hashes(), given_by_hash(), platforms, None if holds is None else holds.marks(), clues)
    encoder.encode(texts, table.view(np.uint8))
    return EncodedProfiles(table, *clues.questions(), *clues.words())
