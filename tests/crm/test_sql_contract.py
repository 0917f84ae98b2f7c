"""The embedded CRM keeps what every backend promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import ClassVar

from socialcrm.model import Interaction
from socialcrm.testing.crms import CRMContract


class TestSQLCRM(CRMContract):
    """Runs on both databases through the fixture ``world``."""

    read_back: ClassVar[frozenset[str]] = frozenset(Interaction.model_fields)
