import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.core.postings import Lookup

def file_groups(table: NDArray[np.void], words: NDArray[np.void], filing: Filing) -> NDArray[np.int32]: ...
def find_best(
    profiles: NDArray[np.void],
    lookup: Lookup,
    contacts: tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]],
    widest: int,
    best: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
