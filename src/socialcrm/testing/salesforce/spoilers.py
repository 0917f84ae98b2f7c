"""Records that are to fail: the first, the middle, the last or all of a batch, with a code of your choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from socialcrm.testing.salesforce.errors import ApiError

PLACES: dict[str, Callable[[int, int], bool]] = {
    "first": lambda place, count: place == 0,
    "middle": lambda place, count: place == count // 2,
    "last": lambda place, count: place == count - 1,
    "all": lambda place, count: True,
}


@dataclass
class _Planned:
    where: str
    error: ApiError
    records: int


class Spoilers:
    """What was planned for the next records written in batches."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, where: str, code: str, message: str, *, records: int = 1) -> None:
        """Let the next ``records`` records at a place (first, middle, last, all) of a batch fail."""
        if where not in PLACES:
            raise ValueError(f"{where} is none of {', '.join(PLACES)}")
        self._planned.append(_Planned(where, ApiError(code, message), records))

    def heal(self) -> None:
        """Forget what was planned."""
        self._planned.clear()

    def spoil(self, place: int, count: int) -> ApiError | None:
        """The error planned for this record, if any."""
        for planned in self._planned:
            if planned.records > 0 and PLACES[planned.where](place, count):
                planned.records -= 1
                return planned.error
        return None
