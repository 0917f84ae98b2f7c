import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.postings import Filing

class OpenBook:
    filing: Filing
    def __init__(self, table: NDArray[np.void], words: NDArray[np.void], filing: Filing, size: int) -> None: ...
