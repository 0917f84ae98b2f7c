import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.book import OpenBook

Rows = NDArray[np.int64]

def candidates(
    book: OpenBook,
    keys: NDArray[np.uint64],
    clues: Rows,
    caps: NDArray[np.int32],
    starts: Rows,
    near: Rows,
    near_starts: Rows,
    near_bit: int,
) -> tuple[Rows, Rows, Rows]: ...
