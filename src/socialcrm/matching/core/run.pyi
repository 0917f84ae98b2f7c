import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.book import OpenBook

class Asking:
    size: int
    def __init__(self, table: NDArray[np.void], said: NDArray[np.uint64], said_starts: NDArray[np.int64]) -> None: ...

class Pairing:
    def __init__(
        self,
        book: OpenBook,
        asking: Asking,
        p: NDArray[np.int64],
        c: NDArray[np.int64],
        bits: NDArray[np.int64],
    ) -> None: ...
