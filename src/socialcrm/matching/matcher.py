"""From profiles to ranked contacts with probability and sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyContact, ProfileRow
from socialcrm.matching.evidence import KINDS
from socialcrm.matching.facts import Clue
from socialcrm.matching.hashing import Rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_keys import encode_texts
from socialcrm.matching.profile_texts import ProfileTexts
from socialcrm.matching.records import few_collections
from socialcrm.matching.weights import Numbers, WeightModel, posterior
from socialcrm.model import Contact, Evidence, Match, Profile
from socialcrm.text import shorten

_BLOCK = 4_000
_PROOF = sum(1 << clue for clue in (Clue.HANDLE, Clue.ACCOUNT_ID, Clue.EMAIL_VOUCHED))
_SURE = 0.98
"""From this probability on that the person is among the candidates, no letters in common are looked for."""
_SHOWN = 160
"""Characters of a value that an evidence shows."""


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

    def scan(self, profiles: Iterable[Profile | ProfileRow], index: ContactIndex) -> Iterator[Scan]:
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
            order = np.lexsort((-scores, pairs.p))
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
        if not len(pairs):
            return out
        order = np.lexsort((-scores, pairs.p))
        worth = (probability >= self.floor) | (pairs.bits & _PROOF != 0)
        for at, runner_up in _best(pairs.p[order], probability[order], worth[order], top):
            pair = int(order[at])
            profile = profiles[int(pairs.p[pair])]
            contact = index.contact(int(pairs.c[pair]))
            evidence = _evidence(pairs, self.model, pair, profile, contact)
            if not evidence:  # a letter or two in common, of which no evidence speaks
                continue
            match = Match(
                platform=profile.platform,
                profile_id=profile.id,
                contact_id=contact.id,
                probability=float(probability[pair]),
                evidence=evidence,
                runner_up=runner_up,
            )
            out[int(pairs.p[pair])].append(match)
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


def _read(profiles: Iterable[Profile | ProfileRow]) -> Iterator[ProfileTexts]:
    stream = iter(profiles)
    while True:
        with few_collections():
            block = list(islice(stream, _BLOCK))
            texts = ProfileTexts(block)
        if not block:
            return
        yield texts


def _best(
    profiles: NDArray[np.int64], probability: Numbers, worth: NDArray[np.bool_], top: int
) -> Iterator[tuple[int, float]]:
    """Positions of each profile's best pairs, with the probability of the next one."""
    starts = np.flatnonzero(np.concatenate([[True], profiles[1:] != profiles[:-1]]))
    place = np.arange(len(profiles)) - np.repeat(starts, np.diff(np.append(starts, len(profiles))))
    following = np.zeros(len(profiles))
    following[:-1] = np.where(profiles[1:] == profiles[:-1], probability[1:], 0.0)
    for at in np.flatnonzero((place < top) & worth):
        yield int(at), float(following[at])


def _evidence(pairs: Pairs, model: WeightModel, pair: int, profile: Profile, contact: Contact) -> tuple[Evidence, ...]:
    """What was found about one pair, the weightiest first."""
    found = []
    name = int(pairs.which[pair])
    for kind in KINDS:
        number = int(kind.of(pairs.named)[name] if kind.by_name else kind.of(pairs)[pair])
        if number:
            level = kind.levels[number]
            left, right = (shorten(value, _SHOWN) for value in kind.values(profile, contact))
            found.append(
                Evidence(
                    name=f"{kind.name}.{level.name}",
                    weight=model.weight(kind, pairs, pair),
                    left=left,
                    right=right,
                    sentence=level.sentence.format(left=left, right=right),
                    trust=level.trust,
                )
            )
    return tuple(sorted(found, key=lambda evidence: -abs(evidence.weight)))
