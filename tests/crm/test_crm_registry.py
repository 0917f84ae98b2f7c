"""CRM backends are found by name."""

from __future__ import annotations

import pytest

from socialcrm.crm.registry import get_crm, registry
from socialcrm.crm.sql import SQLCRM
from socialcrm.errors import ConfigError


def test_the_embedded_crm_is_called_sql() -> None:
    assert get_crm("sql") is SQLCRM
    assert SQLCRM.name == "sql"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no CRM called 'sqll'; did you mean 'sql'"):
        get_crm("sqll")


def test_the_table_is_in_alphabetical_order() -> None:
    assert list(registry.builtin) == sorted(registry.builtin)
