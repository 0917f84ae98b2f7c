from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

class Lookup:
    def __init__(self, parts: Sequence[tuple[NDArray[Any], ...]], dead: NDArray[np.uint64]) -> None: ...
    def counts(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]: ...
    def rows(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]: ...
