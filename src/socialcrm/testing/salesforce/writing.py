"""Writes, one record at a time, with every rule an org applies before it keeps one.

Order of the rules: Salesforce help, "Triggers and Order of Execution" (types, required fields, references,
validation rules, duplicates). Codes and sentences: SOAP API guide, StatusCode, and public reports of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcrm.testing.salesforce import rules
from socialcrm.testing.salesforce.errors import ApiError, Several
from socialcrm.testing.salesforce.ids import checked
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.people import bury
from socialcrm.testing.salesforce.records import Row, Table
from socialcrm.testing.salesforce.schema import Field, SObject
from socialcrm.testing.salesforce.values import stored

PARENTS = ("WhoId", "WhatId", "ParentId", "AccountId")
"""References whose rows a write locks (Bulk API guide: lookups to one parent contend)."""


class Writer:
    """The writes of one call; `release` ends its row locks."""

    def __init__(self, org: Org) -> None:
        self.org = org

    def release(self) -> None:
        """Let go of the rows this call has locked."""
        self.org.locks.release(self)

    def table(self, object_name: str) -> Table:
        """An object's rows; raises ``NOT_FOUND`` (the path names no resource) for an object that is not there."""
        table = self.org.db.table(object_name)
        if table is None:
            raise ApiError("NOT_FOUND", "The requested resource does not exist")
        return table

    def create(self, object_name: str, data: Mapping[str, Any]) -> str:
        """Insert a record and give its id."""
        table = self.table(object_name)
        if not table.described.createable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)
        with self.org.db.undoing():
            return str(self._save(table, None, data)["Id"])

    def update(self, object_name: str, record_id: str, data: Mapping[str, Any]) -> str:
        """Change a record and give its id."""
        table = self.table(object_name)
        row = self.living(table, record_id)
        with self.org.db.undoing():
            return str(self._save(table, row, data)["Id"])

    def upsert(
        self, object_name: str, key: str, value: Any, data: Mapping[str, Any], *, insert: bool = True
    ) -> tuple[str, bool]:
        """Update the record with this external id, or insert one; gives its id and whether it is new.

        Source: REST API guide, "Insert or Update (Upsert) a Record Using an External ID".
        """
        table = self.table(object_name)
        field = self.key_field(table, key)
        wanted = stored(field, value)
        if wanted is None:
            raise ApiError("MISSING_ARGUMENT", f"{field.name} not specified", (field.name,))
        found = [row for row in table.find(field.name, wanted) if self.seen(row)]
        if len(found) > 1:
            raise Several(table.described.name, sorted(str(row["Id"]) for row in found))
        if not found and not insert:
            raise ApiError("NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + field.name)
        with self.org.db.undoing():
            row = self._save(table, found[0] if found else None, {**data, field.name: value})
        return str(row["Id"]), not found

    def delete(self, object_name: str, record_id: str) -> str:
        """Move a record and what hangs on it to the recycle bin."""
        table = self.table(object_name)
        row = self.living(table, record_id)
        if not table.described.deletable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", status=403)
        for name in PARENTS:
            self.org.locks.take(row.get(name), self)
        bury(self.org, str(row["Id"]))
        return str(row["Id"])

    def key_field(self, table: Table, name: str) -> Field:
        """The field an upsert goes by; raises where it is not an External ID or idLookup field."""
        field = self.org.visible(table).field(name)
        if field is None or not (field.upsertable or field.type == "id"):
            raise ApiError("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
        return field

    def seen(self, row: Row) -> bool:
        """Whether the user may see a row."""
        return not row["IsDeleted"] and row["Id"] not in self.org.unseen

    def living(self, table: Table, record_id: Any) -> Row:
        """The row with an id; raises ``ENTITY_IS_DELETED`` or ``NOT_FOUND``."""
        row = table.rows.get(checked(record_id))
        if row is None or row["Id"] in self.org.unseen:
            raise ApiError("NOT_FOUND", "The requested resource does not exist")
        if row["IsDeleted"]:
            raise ApiError("ENTITY_IS_DELETED", "entity is deleted")
        return row

    def _save(self, table: Table, before: Row | None, data: Mapping[str, Any]) -> Row:
        given = self._given(table, data, new=before is None)
        row = {**(before or self.org.blank(table)), **given}
        if before is None and "OwnerId" in row:
            row["OwnerId"] = row["OwnerId"] or self.org.user_id
        name = table.described.name
        self._required(table.described, row)
        self._references(table.described, given)
        for parent in PARENTS:
            self.org.locks.take(row.get(parent), self)
            self.org.locks.take(before.get(parent) if before else None, self)
        self.org.locks.take(before["Id"] if before else None, self)
        rules.check(self.org, name, row, before, given)
        rules.derive(self.org, name, row)
        self._validation(name, row)
        self._unique(table, row)
        self._duplicates(table, row)
        if before is not None:
            return self.org.touch(table, row)
        self._room()
        return self.org.insert_row(table, row)

    def _given(self, table: Table, data: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        described = self.org.visible(table)
        given, forbidden = {}, []
        for key, value in data.items():
            if key == "attributes":
                continue
            field = described.field(key)
            if field is None:
                raise ApiError("INVALID_FIELD", f"No such column '{key}' on sobject of type {described.name}")
            if not (field.createable if new else field.updateable):
                forbidden.append(field.name)
                continue
            given[field.name] = stored(field, value)
        if forbidden:
            # Field-level security and system fields look alike from outside.
            raise ApiError(
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {', '.join(forbidden)}. Please check the security settings of this "
                "field and verify that it is read/write for your profile or permission set.",
                tuple(forbidden),
            )
        return given

    def _required(self, described: SObject, row: Mapping[str, Any]) -> None:
        missing = tuple(one.name for one in described.fields.values() if one.required and row.get(one.name) is None)
        if described.name == "Account" and row.get("IsPersonAccount"):
            missing = tuple(name for name in missing if name != "Name")
        if missing:
            raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)

    def _references(self, described: SObject, given: Mapping[str, Any]) -> None:
        for field in described.fields.values():
            value = given.get(field.name)
            if field.type != "reference" or value is None:
                continue
            table = self.org.db.of_id(value)
            if table is None or table.described.name not in field.refers_to:
                raise ApiError(
                    "FIELD_INTEGRITY_EXCEPTION",
                    f"{field.label or field.name}: id value of incorrect type: {value}",
                    (field.name,),
                )
            row = table.rows.get(value)
            if row is None:
                raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,))
            if row["IsDeleted"]:
                raise ApiError("ENTITY_IS_DELETED", "entity is deleted", (field.name,), status=400)
            if value in self.org.unseen:
                raise ApiError(
                    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
                    f"insufficient access rights on cross-reference id: {value}",
                    (field.name,),
                )

    def _validation(self, object_name: str, row: Row) -> None:
        for rule in self.org.rules:
            if rule.object_name == object_name and rule.broken(row):
                fields = (rule.field,) if rule.field else ()
                raise ApiError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)

    def _unique(self, table: Table, row: Row) -> None:
        """Unique counts rows in the recycle bin out (Salesforce help, "Custom Field Attributes")."""
        for field in table.described.fields.values():
            if not field.unique or row.get(field.name) is None:
                continue
            for other in table.find(field.name, row[field.name]):
                if other["Id"] != row.get("Id") and not other["IsDeleted"]:
                    raise ApiError(
                        "DUPLICATE_VALUE",
                        f"duplicate value found: {field.name} duplicates value on record with id: {other['Id'][:15]}",
                    )

    def _duplicates(self, table: Table, row: Row) -> None:
        """A blocking duplicate rule on e-mail addresses (REST API guide, "Duplicate Rule Header")."""
        email = row.get("Email")
        if not self.org.duplicate_rule or table.described.name not in {"Contact", "Lead"} or not email:
            return
        if any(other["Id"] != row.get("Id") and not other["IsDeleted"] for other in table.find("Email", email)):
            raise ApiError("DUPLICATES_DETECTED", self.org.duplicate_rule)

    def _room(self) -> None:
        kept = sum(len(table.rows) for table in self.org.db.tables.values())
        if kept >= self.org.limits.storage_records:
            raise ApiError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
