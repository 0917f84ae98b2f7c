from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.facts import Key
from socialcrm.matching.name import Name

def fill_names(
    table: NDArray[np.void],
    numbers: NDArray[np.int32],
    names: Sequence[Name],
    wholes: Sequence[str],
    foreign: Sequence[bool],
    roles: Sequence[int],
) -> None: ...
def fill_context(table: NDArray[np.void], ids: Sequence[str], context: Sequence[tuple[str, ...]]) -> None: ...
def fill_own_words(
    table: NDArray[np.void], own: Sequence[tuple[str, str, int]], names: Sequence[Name]
) -> NDArray[np.uint8]: ...
def file_names(table: NDArray[np.void], words: NDArray[np.void], filing: Filing) -> None: ...
def file_texts(key: Key, texts: Sequence[str], filing: Filing) -> None: ...
def file_shapes(shown: Sequence[str], filing: Filing) -> None: ...
def file_sparse(sparse: Sequence[tuple[Key, str, int]], filing: Filing) -> int: ...
def file_words(
    words: Sequence[tuple[bool, str, int]],
    own: Sequence[tuple[str, str, int]],
    flags: NDArray[np.uint8],
    names: Sequence[Name],
    unread: Sequence[bool],
    filing: Filing,
) -> int: ...
