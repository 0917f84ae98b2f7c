"""What a kind of evidence is: its levels with their sentences, and the two values shown.

How a pair is compared stands in the compiled core, in the function that `core/kinds.pyx` enters under the kind's name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.model import Contact, Profile, Trust

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

    ``about`` says what is compared. A kind that is ``by_name`` looks at nothing of the contact but the name, so
    that a profile's candidates of one name are compared once. A ``dear`` one reads letter by letter: only the
    candidates that the others leave in the running are compared.
    """

    name: str
    about: str
    values: Values
    levels: tuple[Level, ...]
    by_name: bool = False
    dear: bool = False

    def __post_init__(self) -> None:
        if self.name not in NUMBERS or not self.about:
            raise TypeError(
                f"the evidence {self.name} needs a function in the core, and words that say what it compares"
            )
        object.__setattr__(self, "about", inspect.cleandoc(self.about))

    def of(self, pairs: Pairs) -> Levels:
        """The level of every pair."""
        return pairs.level(self.name)
