"""Answers queries: fields and types checked, filters applied, rows sorted, null first.

Sources: SOQL and SOSL Reference, "fieldExpression Syntax", "Comparison Operators" (texts mind no case), "ORDER BY",
"LIMIT", "OFFSET" (2,000 at most); REST API guide, "Query", "QueryAll" (deleted, merged and archived rows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from socialcrm.testing.salesforce import dates
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.ids import canonical
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.records import Row, Table, index_key
from socialcrm.testing.salesforce.schema import TEXT_TYPES, Field
from socialcrm.testing.salesforce.soql import Condition, Like, Literal, Ordering, Select, parse

Get = Callable[[Row], Any]
Test = Callable[[Row], bool]
NAME_FIELDS = {one.lower(): one for one in ("Id", "Name", "FirstName", "LastName", "Email", "Phone", "Title")}
"""What can be asked of a polymorphic relationship (SOQL reference, "Name object"), besides ``Type``."""
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
MAX_OFFSET = 2_000


class Query:
    """One query on an org, prepared: every field it names exists and fits its value."""

    def __init__(self, org: Org, text: str, *, everything: bool = False) -> None:
        self.org, self.everything = org, everything
        self.select: Select = parse(text)
        table = org.db.table(self.select.object_name)
        if table is None:
            raise ApiError("INVALID_TYPE", f"sObject type '{self.select.object_name}' is not supported.")
        if self.select.offset > MAX_OFFSET:
            raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        self.table: Table = table
        self.columns = [(path, self._getter(path)[0]) for path in self._spelled(self.select.fields)]
        self.test = self._test(self.select.where) if self.select.where else None
        self.keys = [(one, self._sortable(one)) for one in self.select.order]

    def rows(self) -> list[Row]:
        """The rows found, in order."""
        found = [row for row in self._candidates() if self._there(row) and (self.test is None or self.test(row))]
        for ordering, getter in reversed(self.keys):
            _sort(found, ordering, getter)
        last = None if self.select.limit is None else self.select.offset + self.select.limit
        return found[self.select.offset : last]

    def related(self, row: Row, path: tuple[str, ...]) -> Row | None:
        """The record a path's first step leads to."""
        reference = self.org.visible(self.table).relationship(path[0])
        return self._follow(row, [reference.name]) if reference else None

    def _there(self, row: Row) -> bool:
        if row["Id"] in self.org.unseen:
            return False
        return self.everything or not (row["IsDeleted"] or row.get("IsArchived"))

    def _candidates(self) -> Iterable[Row]:
        """Rows an index gives for one of the conditions that all must hold, else all rows."""
        where = self.select.where
        parts = where.parts if where and where.operator == "and" else (where,) if where else ()
        for part in parts:
            if part.operator not in {"=", "in"} or len(part.path) != 1:
                continue
            field = self._field(self.table, part.path[0])
            values = part.value if part.operator == "in" else (part.value,)
            if field.type == "id":
                ids = dict.fromkeys(canonical(value) or "" for value in values)
                return [self.table.rows[one] for one in ids if one in self.table.rows]
            if self.table.indexed(field.name) and None not in values:
                wanted = [canonical(value) if field.type == "reference" else value for value in values]
                keys = dict.fromkeys(index_key(field, value) for value in wanted)
                return [row for key in keys for row in self.table.find(field.name, key)]
        return list(self.table.rows.values())

    # fields

    def _field(self, table: Table, name: str) -> Field:
        field = self.org.visible(table).field(name)
        if field is None:
            raise ApiError(
                "INVALID_FIELD",
                f"No such column '{name}' on entity '{table.described.name}'. If you are attempting to use a custom "
                "field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the "
                "describe call for the appropriate names.",
            )
        return field

    def _spelled(self, paths: tuple[tuple[str, ...], ...]) -> Iterable[tuple[str, ...]]:
        """Fields as they are really written; one named twice is refused."""
        seen = set()
        for path in paths:
            spelled = (*path[:-1], self._getter(path)[1].name)
            if spelled in seen:
                raise ApiError("INVALID_FIELD", f"duplicate field selected: {'.'.join(path)}")
            seen.add(spelled)
            yield spelled

    def _getter(self, path: tuple[str, ...]) -> tuple[Get, Field]:
        """How to read a path from a row, and the field at its end."""
        table, getters = self.table, []
        if path[0].lower() == table.described.name.lower() and len(path) > 1:
            path = path[1:]
        for name in path[:-1]:
            reference = self.org.visible(table).relationship(name)
            if reference is None:
                raise ApiError("INVALID_FIELD", f"Didn't understand relationship '{name}' in field path.")
            getters.append(reference.name)
            if len(reference.refers_to) > 1:
                return self._of_name(getters, path)
            table = self.org.table(reference.refers_to[0])
        field = self._field(table, path[-1])
        name = field.name
        if not getters:
            return (lambda row: row.get(name)), field
        return (lambda row: (self._follow(row, getters) or {}).get(name)), field

    def _of_name(self, getters: list[str], path: tuple[str, ...]) -> tuple[Get, Field]:
        last = path[-1].lower()
        if last == "type":
            return (lambda row: self._type(self._follow(row, getters))), Field("Type")
        if last not in NAME_FIELDS:
            raise ApiError("INVALID_FIELD", f"No such column '{path[-1]}' on entity 'Name'.")
        name = NAME_FIELDS[last]
        return (lambda row: (self._follow(row, getters) or {}).get(name)), Field(name)

    def _follow(self, row: Row, references: list[str]) -> Row | None:
        found: Row | None = row
        for name in references:
            found = self.org.db.row(found.get(name)) if found else None
        return found

    def _type(self, row: Row | None) -> str | None:
        table = self.org.db.of_id(row["Id"]) if row else None
        return table.described.name if table else None

    def _sortable(self, ordering: Ordering) -> Get:
        getter, field = self._getter(ordering.path)
        if not field.filterable:
            raise ApiError("INVALID_FIELD", f"field '{field.name}' can not be sorted in a query call")
        return getter

    # conditions

    def _test(self, condition: Condition) -> Test:
        if condition.operator in {"and", "or", "not"}:
            tests = [self._test(part) for part in condition.parts]
            if condition.operator == "not":
                return lambda row: not tests[0](row)
            among = all if condition.operator == "and" else any
            return lambda row: among(test(row) for test in tests)
        getter, field = self._getter(condition.path)
        if not field.filterable:
            raise ApiError("INVALID_FIELD", f"field '{field.name}' can not be filtered in a query call")
        return self._comparison(getter, field, condition)

    def _comparison(self, getter: Get, field: Field, condition: Condition) -> Test:
        operator, value = condition.operator, condition.value
        if operator == "like":
            if field.type not in TEXT_TYPES:
                raise ApiError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.name}: like")
            pattern: Like = value
            return lambda row: pattern.pattern.fullmatch(str(getter(row) or "")) is not None
        if operator in {"in", "not in"}:
            wanted = {_folded(field, self._operand(field, one)) for one in value}
            inside = operator == "in"
            return lambda row: (_folded(field, getter(row)) in wanted) is inside
        if isinstance(value, Literal):
            return self._within(getter, field, operator, value)
        operand = _folded(field, self._operand(field, value))
        if operator in {"=", "!="}:
            equal = operator == "="
            return lambda row: (_folded(field, getter(row)) == operand) is equal
        if operand is None or field.type == "boolean":
            raise ApiError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.name}: {operator}")
        compare = COMPARE[operator]
        return lambda row: (found := _folded(field, getter(row))) is not None and compare(found, operand)

    def _within(self, getter: Get, field: Field, operator: str, literal: Literal) -> Test:
        days = dates.span(literal, self.org.now(), self.org.zone)
        if field.type not in {"date", "datetime"}:
            raise _mistyped(field, literal.name)
        first, last = days if field.type == "date" else dates.instants(days, self.org.zone)
        tests: dict[str, Callable[[Any], bool]] = {
            "=": lambda found: first <= found < last,
            "!=": lambda found: not first <= found < last,
            "<": lambda found: found < first,
            "<=": lambda found: found < last,
            ">": lambda found: found >= last,
            ">=": lambda found: found >= first,
        }
        return lambda row: (found := getter(row)) is not None and tests[operator](found)

    def _operand(self, field: Field, value: Any) -> Any:
        """The value of a filter, which must be of its field's type."""
        if value is None:
            return None
        if field.type in {"id", "reference"}:
            found = canonical(value)
            if found is None:
                raise ApiError("INVALID_QUERY_FILTER_OPERATOR", f"{field.name}: invalid ID field: {value}")
            return found
        if not isinstance(value, KINDS.get(field.type, str)) or (field.type == "date" and isinstance(value, datetime)):
            raise _mistyped(field, value)
        return value


KINDS: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "double": float,
    "int": float,
}


def _mistyped(field: Field, value: Any) -> ApiError:
    return ApiError(
        "INVALID_FIELD",
        f"value of filter criterion for field '{field.name}' must be of type {field.type}, not {type(value).__name__}",
    )


def _folded(field: Field, value: Any) -> Any:
    if field.type in {"id", "reference"} or field.case_sensitive or not isinstance(value, str):
        return value
    return value.casefold()


def _sort(rows: list[Row], ordering: Ordering, getter: Get) -> None:
    """Sort in place, stably; nulls first unless told otherwise, whatever the direction."""
    known = [row for row in rows if getter(row) is not None]
    unknown = [row for row in rows if getter(row) is None]
    known.sort(key=lambda row: _sort_key(getter(row)), reverse=ordering.descending)
    rows[:] = known + unknown if ordering.nulls_last else unknown + known


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
