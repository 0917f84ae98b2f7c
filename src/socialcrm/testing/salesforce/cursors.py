"""Query results that are handed out in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socialcrm.testing.salesforce.ids import numbered

PAGE = 2000
"""Rows a page, at most (SOQL reference); fewer when a test says so."""


@dataclass(frozen=True)
class Kept:
    """A result: the query, all its rows, rows a page, and until when it is kept."""

    query: Any
    rows: Sequence[Any]
    size: int
    until: datetime


@dataclass
class Cursors:
    """Results by their locator."""

    page: int = PAGE
    kept: dict[str, Kept] = field(default_factory=dict)

    def keep(self, result: Kept) -> str:
        """Keep a result and give its locator."""
        locator = numbered("01g", len(self.kept) + 1)
        self.kept[locator] = result
        return locator

    def expire(self) -> None:
        """Forget all results, as the server does after a while."""
        self.kept.clear()
