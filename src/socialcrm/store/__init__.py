"""The local memory of a workspace: posts, profiles, contacts, decisions and the outbox, in one database.

`open_store` is the way in; `socialcrm.store.base` holds the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcrm.store.sql import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]


def __getattr__(name: str) -> Any:
    # SQLAlchemy is loaded by the first store that is opened, not by importing the contract.
    if name in __all__:
        from socialcrm.store import sql

        return getattr(sql, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
