import numpy as np
from numpy.typing import NDArray

class GivenNames:
    def __init__(self, names: NDArray[np.uint64], forms: NDArray[np.uint64], common: NDArray[np.uint64]) -> None: ...
