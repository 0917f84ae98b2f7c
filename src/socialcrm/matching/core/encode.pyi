import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.clues import Clues
from socialcrm.matching.core.given_names import GivenNames
from socialcrm.matching.core.hashtable import HashTable
from socialcrm.matching.core.profile_texts import ProfileTexts

class Encoder:
    def __init__(
        self,
        known: HashTable,
        names: GivenNames,
        platforms: dict[str, int],
        held: NDArray[np.uint8] | None,
        clues: Clues,
    ) -> None: ...
    def encode(self, texts: ProfileTexts, table: NDArray[np.uint8]) -> None: ...
