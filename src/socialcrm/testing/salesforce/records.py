"""The rows of an org: kept by id, found by indexed fields, and taken back when a call fails as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from socialcrm.testing.salesforce.schema import Field, SObject

Row = Mapping[str, Any]


def index_key(field: Field, value: Any) -> Any:
    """What two values that count as one have in common: texts mind no case unless the field says so.

    Source: Salesforce help, "External ID": case-insensitive unless "Unique" is set to be case-sensitive.
    """
    if field.type == "reference" or field.case_sensitive or not isinstance(value, str):
        return value
    return value.casefold()


class Table:
    """The rows of one object. A row is never changed, only replaced."""

    def __init__(self, described: SObject) -> None:
        self.described = described
        self.rows: dict[str, Row] = {}
        self.number = 0
        self._index: dict[str, dict[Any, dict[str, None]]] = {}
        self.reindex()

    def reindex(self) -> None:
        """Build the indexes anew, after the object's fields have changed."""
        self._index = {one.name: defaultdict(dict) for one in self.described.fields.values() if one.indexed}
        for row in self.rows.values():
            self._point(row)

    def put(self, row: Row) -> None:
        """Insert or replace a row."""
        self.drop(row["Id"])
        self.rows[row["Id"]] = row
        self._point(row)

    def drop(self, record_id: str) -> None:
        """Forget a row for good."""
        old = self.rows.pop(record_id, None)
        if old is None:
            return
        for name, index in self._index.items():
            field = self.described.fields[name.lower()]
            index.get(index_key(field, old.get(name)), {}).pop(record_id, None)

    def find(self, name: str, value: Any) -> Iterator[Row]:
        """Rows with a value in an indexed field, deleted ones included."""
        field = self.described.fields[name.lower()]
        for record_id in tuple(self._index[field.name].get(index_key(field, value), ())):
            yield self.rows[record_id]

    def indexed(self, name: str) -> bool:
        """Whether `find` knows a field."""
        return name in self._index

    def _point(self, row: Row) -> None:
        for name, index in self._index.items():
            value = row.get(name)
            if value is not None:
                index[index_key(self.described.fields[name.lower()], value)][row["Id"]] = None


class Database:
    """All tables, with an undo journal."""

    def __init__(self, objects: Iterable[SObject]) -> None:
        self.tables = {one.name.lower(): Table(one) for one in objects}
        self._journal: list[tuple[Table, str, Row | None]] | None = None

    def table(self, name: str) -> Table | None:
        """Look a table up; names mind no case."""
        return self.tables.get(name.lower())

    def of_id(self, record_id: str) -> Table | None:
        """The table whose ids begin as this one does."""
        prefix = record_id[:3]
        return next((one for one in self.tables.values() if one.described.prefix == prefix), None)

    def row(self, record_id: str | None) -> Row | None:
        """Find a row by its id, deleted or not."""
        table = self.of_id(record_id) if record_id else None
        return table.rows.get(record_id) if table and record_id else None

    def put(self, table: Table, row: Row) -> None:
        """Write a row; a surrounding `undoing` can take it back."""
        if self._journal is not None:
            self._journal.append((table, row["Id"], table.rows.get(row["Id"])))
        table.put(row)

    def drop(self, table: Table, record_id: str) -> None:
        """Remove a row for good; a surrounding `undoing` can take it back."""
        if self._journal is not None:
            self._journal.append((table, record_id, table.rows.get(record_id)))
        table.drop(record_id)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Take back all writes of the block if it raises; blocks may be nested."""
        outer, self._journal = self._journal, []
        try:
            yield
        except BaseException:
            for table, record_id, before in reversed(self._journal):
                table.drop(record_id) if before is None else table.put(before)
            self._journal = []
            raise
        finally:
            if outer is not None:
                outer.extend(self._journal or [])
            self._journal = outer
