"""Bulk API 2.0, ingest."""

from __future__ import annotations

from collections.abc import Callable

from socialcrm.testing.server import Answer

ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = ()
