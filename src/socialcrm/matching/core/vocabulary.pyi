from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.name import Name

def number_words(names: Sequence[Name], ids: dict[str, int], new: list[str]) -> NDArray[np.int32]: ...
