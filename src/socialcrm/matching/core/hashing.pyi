from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_BYTES: int

def hash_text(text: str) -> int: ...
def hash_texts(texts: Sequence[str]) -> NDArray[np.uint64]: ...
def mix_all(values: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]: ...
