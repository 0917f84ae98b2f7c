from collections.abc import Sequence

NUMBERS: dict[str, int]

def enter_together(name: str, left: str, right: str, left_bins: Sequence[int], right_bins: Sequence[int]) -> None: ...
