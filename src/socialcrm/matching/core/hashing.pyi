from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

def hash_text(text: str) -> int: ...
def hash_texts(texts: Sequence[str]) -> NDArray[np.uint64]: ...
