"""From profiles to ranked contacts with probability and sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyContact, AnyProfile
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.matching.core.scoring import by_score, leaders
from socialcrm.matching.explanation import explained
from socialcrm.matching.facts import Clue
from socialcrm.matching.hashing import Rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_texts
from socialcrm.matching.records import few_collections
from socialcrm.matching.weights import Numbers, WeightModel, posterior
from socialcrm.model import Match, Profile

_BLOCK = 4_000
_PROOF = sum(1 << clue for clue in (Clue.HANDLE, Clue.ACCOUNT_ID, Clue.EMAIL_VOUCHED))
_SURE = 0.98
"""From this probability on that the person is among the candidates, no letters in common are looked for."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The candidates of a block of profiles, by profile and then the most probable first.

    ``profiles`` counts within the block, whose first profile is number ``start`` of all;
    ``contacts`` are rows of the index.
    """

    start: int
    profiles: Rows
    contacts: Rows
    probability: Numbers

    def best(self) -> NDArray[np.int64]:
        """The places of each profile's most probable candidate."""
        new = np.ones(len(self.profiles), dtype=np.bool_)
        new[1:] = self.profiles[1:] != self.profiles[:-1]
        return np.flatnonzero(new)


class Matcher:
    """Ranks the contacts a profile may belong to, under one model.

    The same profiles and contacts give the same answers, in whatever order and portions they come.
    """

    def __init__(self, *, model: WeightModel | None = None, floor: float = 0.005) -> None:
        self.model = model or WeightModel.load()
        self.floor = floor

    @property
    def version(self) -> str:
        """The name of the model, as it goes into decisions."""
        return self.model.version

    def index(self, contacts: Iterable[AnyContact]) -> ContactIndex:
        """Read contacts into an index; contacts flagged ``do_not_profile`` are left out."""
        return ContactIndex(contacts)

    def scan(self, profiles: Iterable[AnyProfile], index: ContactIndex) -> Iterator[Scan]:
        """Score the candidates of many profiles, without sentences: one `Scan` per block, in order.

        The numbers are those of `rank`; a million profiles are never in memory together.
        """
        return self.scan_texts(_read(profiles), index)

    def scan_texts(self, blocks: Iterable[ProfileTexts], index: ContactIndex) -> Iterator[Scan]:
        """The same for profiles that were read already, a few thousand in a block."""
        start = 0
        for texts in blocks:
            with few_collections():
                pairs, scores, probability = self._score(texts, index, ())
            order = by_score(pairs.p, scores)
            yield Scan(start, pairs.p[order], pairs.c[order].astype(np.int64), probability[order])
            start += len(texts)

    def rank(
        self,
        profiles: Sequence[Profile],
        index: ContactIndex,
        *,
        top: int = 5,
        ruled_out: Sequence[Collection[str]] = (),
    ) -> list[list[Match]]:
        """Rank contacts for each profile: one list per profile, the most probable first.

        A probability is that of the contact against all other candidates and "none of them".
        ``ruled_out`` names, for each profile, contacts that are no candidates, because a person
        said so. At most ``top`` matches are returned, none below the matcher's ``floor`` unless
        its evidence is proof.
        """
        if ruled_out and len(ruled_out) != len(profiles):
            raise ValueError(f"ruled_out has {len(ruled_out)} entries for {len(profiles)} profiles")
        out: list[list[Match]] = []
        for start in range(0, len(profiles), _BLOCK):
            block = slice(start, start + _BLOCK)
            out += self._rank_block(profiles[block], index, top, ruled_out[block])
        return out

    def _rank_block(
        self, profiles: Sequence[Profile], index: ContactIndex, top: int, ruled_out: Sequence[Collection[str]]
    ) -> list[list[Match]]:
        pairs, scores, probability = self._score(ProfileTexts(profiles), index, ruled_out)
        out: list[list[Match]] = [[] for _ in profiles]
        places, runners_up = leaders(pairs.p, scores, probability, pairs.bits & _PROOF, top=top, floor=self.floor)
        if not len(places):
            return out
        shown = pairs.some(places)
        found = zip(
            shown.p.tolist(), shown.c.tolist(), shown.levels.tolist(), self.model.added(shown).tolist(),
            probability[places].tolist(), runners_up, strict=True,
        )  # fmt: skip
        for row, contact, levels, weights, likely, runner_up in found:
            if not any(levels):  # a letter or two in common, of which no evidence speaks
                continue
            match = explained(profiles[row], index.contact(contact), levels, weights, likely, runner_up)
            out[row].append(match)
        return out

    def _score(
        self, texts: ProfileTexts, index: ContactIndex, ruled_out: Sequence[Collection[str]]
    ) -> tuple[Pairs, Numbers, Numbers]:
        encoded = encode_texts(texts, index.words, index.platforms, holds=index.holds)
        # Letters in common are dear to find, and could only add rivals that are far behind what is as good as sure.
        nobody = np.zeros(len(texts), dtype=np.bool_)
        pairs = Pairs(encoded, index, ruled_out, by_letters=nobody)
        if index.nearby() is None:
            return self._ranked(pairs, len(texts))
        pairs, scores, probability = self._ranked(pairs, len(texts))
        sure = np.bincount(pairs.p, weights=probability, minlength=len(texts)) >= _SURE
        if sure.all():
            return pairs, scores, probability
        return self._ranked(Pairs(encoded, index, ruled_out, by_letters=~sure), len(texts))

    def _ranked(self, pairs: Pairs, profiles: int) -> tuple[Pairs, Numbers, Numbers]:
        pairs, scores = self.model.rank(pairs)
        return pairs, scores, posterior(scores, pairs.p, profiles)


def _read(profiles: Iterable[AnyProfile]) -> Iterator[ProfileTexts]:
    stream = iter(profiles)
    while True:
        with few_collections():
            block = list(islice(stream, _BLOCK))
            texts = ProfileTexts(block)
        if not block:
            return
        yield texts
