"""Newest-first lists of invented items, cut into pages as the platforms do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.scripts import exchange
from socialcrm.http.exchange import Exchange

TOP = datetime(2026, 2, 28, 12, tzinfo=UTC)
PAGES, SIZE = 4, 3


def moment(number: int) -> datetime:
    """The time of the n-th newest item."""
    return TOP - timedelta(hours=7 * number)


def listing(
    path: str,
    asked: dict[str, Any],
    item: Callable[[int], Any],
    page: Callable[[list[Any], int | None], Any],
    token: str,
) -> list[Exchange]:
    """Pages of ``SIZE`` items; ``page`` wraps them and names the next page by its number, ``token`` asks for it."""
    found = []
    for number in range(PAGES):
        items = [item(number * SIZE + index) for index in range(SIZE)]
        body = page(items, number + 1 if number + 1 < PAGES else None)
        found.append(exchange(path, body, **asked, **({token: f"t{number}"} if number else {})))
    return found
