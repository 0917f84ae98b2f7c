"""SQL that both databases understand, built once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, literal_column, update
from sqlalchemy.dialects import postgresql, sqlite

from socialcrm.store.rows import Values

# Both dialects spell "on conflict" alike, but share no type for it.
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def literal(value: int | str) -> ColumnElement[Any]:
    """Write a constant into the statement: SQLite uses a partial index only when it can read the condition."""
    return literal_column(str(value) if isinstance(value, int) else f"'{value}'")


def upsert(connection: Connection, table: Table, rows: list[Values]) -> None:
    """Insert rows, or replace the columns given of those whose primary key is there."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0])), rows)


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    keys = [column.name for column in table.primary_key]
    statement = _INSERT[dialect](table)
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def add_missing(connection: Connection, table: Table, row: Values, *, unique: str) -> None:
    """Insert a row unless one with the same ``unique`` column is there."""
    connection.execute(_INSERT[connection.dialect.name](table).on_conflict_do_nothing(index_elements=[unique]), row)


def add_up(connection: Connection, table: Table, name: str, rows: list[Values]) -> None:
    """Insert rows, or add their ``name`` to that of the row that is there."""
    if rows:
        statement = _INSERT[connection.dialect.name](table)
        total = table.c[name] + statement.excluded[name]
        keys = [column.name for column in table.primary_key]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={name: total}), rows)


def change(connection: Connection, table: Table, rows: list[Values]) -> None:
    """Update many rows by primary key; the parameters of the key are called ``b_<column>``."""
    if rows:
        connection.execute(_change(table, tuple(rows[0])), rows)


@cache
def _change(table: Table, names: tuple[str, ...]) -> Any:
    keys = [name for name in names if name.startswith("b_")]
    return (
        update(table)
        .where(*(table.c[name.removeprefix("b_")] == bindparam(name) for name in keys))
        .values({name: bindparam(name) for name in names if name not in keys})
    )
