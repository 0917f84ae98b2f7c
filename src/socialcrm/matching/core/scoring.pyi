from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.run import Pairing

Levels = NDArray[np.int8]
Numbers = NDArray[np.float64]

class Weights:
    def __init__(
        self, kinds: Iterable[tuple[str, bool, bool, Sequence[float], float, float]], scale: float
    ) -> None: ...

def levels(pairing: Pairing) -> Levels: ...
def parts(pairing: Pairing, weights: Weights, found: Levels) -> Numbers: ...
def more(pairing: Pairing, weights: Weights, kind: str) -> Numbers: ...
def rank(
    pairing: Pairing, weights: Weights, base: float, *, behind: float, hopeless: float, by_name: int
) -> tuple[NDArray[np.int64], Numbers, Levels]: ...
def posterior(scores: Numbers, profiles: NDArray[np.int64], count: int) -> Numbers: ...
def by_score(profiles: NDArray[np.int64], scores: Numbers) -> NDArray[np.int64]: ...
def leaders(
    profiles: NDArray[np.int64],
    scores: Numbers,
    probability: Numbers,
    proof: NDArray[np.int64],
    *,
    top: int,
    floor: float,
) -> tuple[NDArray[np.int64], list[float]]: ...
