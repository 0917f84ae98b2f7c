"""What a kind of evidence is: a function over pairs, its levels with their sentences, and the two values shown."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.pairs import Flags, Levels, Pairs
from socialcrm.model import Contact, Profile, Trust

Compare = Callable[[Pairs], Levels]
Values = Callable[[Profile, Contact], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which a pair can agree or differ; ``sentence`` may use ``{left}`` and ``{right}``.

    ``agrees`` marks the levels at which a name is the contact's name in full.
    """

    name: str
    sentence: str
    trust: Trust = Trust.SELF_ASSERTED
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence. Level 0 is silence: nothing to compare, nothing to say, weight 0.

    ``rarity`` gives the bits by which a rare value weighs more than the level's weight, for all pairs.
    One that is ``by_name`` looks at nothing of the contact but the name, so that a profile's
    candidates of one name are compared once. A ``dear`` one reads letter by letter: only the
    candidates that the others leave in the running are compared.
    """

    name: str
    compare: Compare
    values: Values
    levels: tuple[Level, ...]
    rarity: Callable[[Pairs], NDArray[np.float64]] | None = None
    by_name: bool = False
    dear: bool = False
    about: str = field(init=False)

    def __post_init__(self) -> None:
        about = inspect.getdoc(self.compare)
        if not about:
            raise TypeError(f"the evidence {self.name} needs a docstring: it is its documentation")
        object.__setattr__(self, "about", about)

    def of(self, pairs: Pairs) -> Levels:
        """The level of every pair, computed once."""
        if self.name not in pairs.levels:
            by_name = self.by_name and pairs.named is not pairs
            pairs.levels[self.name] = self.of(pairs.named)[pairs.which] if by_name else self.compare(pairs)
        return pairs.levels[self.name]


def first_true(pairs: Pairs, *cases: Flags) -> Levels:
    """The number (from 1) of the first case that holds, 0 where none does."""
    out = np.zeros(len(pairs), dtype=np.int8)
    for number in range(len(cases), 0, -1):
        out[cases[number - 1]] = number
    return out
