import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.postings import Lookup

class OpenBook:
    lookup: Lookup
    def __init__(self, table: NDArray[np.void], words: NDArray[np.void], lookup: Lookup, size: int) -> None: ...
