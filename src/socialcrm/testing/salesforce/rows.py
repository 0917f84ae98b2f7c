"""Single records: describe, create, read, change, delete, upsert by external id.

Sources: REST API guide, "sObject Basic Information", "sObject Describe", "sObject Rows", "sObject Rows by External
ID" (an id that ends like a file's name is not found; the field must not be repeated in the body; 201 new, 200 changed,
300 several; 204 before version 46).
"""

from __future__ import annotations

import re
from typing import Any

from socialcrm.testing.salesforce.calls import Call, answer, nothing
from socialcrm.testing.salesforce.errors import ApiError, Several
from socialcrm.testing.server import Answer

FILE_LIKE = re.compile(
    r"\.(inc|exe|js|css|html?|jsp|php|asp|png|gif|jpe?g|xml|json|csv|txt|com|net|org)$", re.IGNORECASE
)


def describe_all(call: Call) -> Answer:
    keep = ("name", "label", "keyPrefix", "custom", "createable", "updateable", "deletable", "queryable", "urls")
    tables = call.org.db.tables.values()
    found = [{key: value for key, value in one.described.describe(call.root).items() if key in keep} for one in tables]
    return answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def describe(call: Call, name: str) -> Answer:
    return answer(call.org.visible(call.writer.table(name)).describe(call.root))


def create(call: Call, name: str) -> Answer:
    record_id = call.writer.create(name, call.object())
    headers = {"Location": call.url_of(name, record_id)}
    return answer({"id": record_id, "success": True, "errors": []}, 201, **headers)


def read(call: Call, name: str, record_id: str) -> Answer:
    table = call.writer.table(name)
    row = call.writer.living(table, record_id)
    return answer(call.record(table.described.name, row, _fields(call, name)))


def change(call: Call, name: str, record_id: str) -> Answer:
    call.writer.update(name, record_id, call.object())
    return nothing()


def remove(call: Call, name: str, record_id: str) -> Answer:
    call.writer.delete(name, record_id)
    return nothing()


def read_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    table, rows = _by_key(call, name, key, value)
    return answer(call.record(table, rows[0], _fields(call, name)))


def remove_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    _, rows = _by_key(call, name, key, value)
    call.writer.delete(name, rows[0]["Id"])
    return nothing()


def upsert(call: Call, name: str, key: str, value: str) -> Answer:
    if FILE_LIKE.search(value):
        raise ApiError("NOT_FOUND", "The requested resource does not exist")
    data = call.object()
    repeated = next((one for one in data if one.lower() in {key.lower(), "id"}), None)
    if repeated:
        raise ApiError("INVALID_FIELD", f"The {repeated} field should not be specified in the sobject data.")
    insert = call.params.get("updateOnly", "false").lower() != "true"
    record_id, created = call.writer.upsert(name, key, value, data, insert=insert)
    if not created and float(call.version) < 46:
        return nothing()
    return answer({"id": record_id, "success": True, "errors": [], "created": created}, 201 if created else 200)


def _by_key(call: Call, name: str, key: str, value: str) -> Any:
    table = call.writer.table(name)
    field = call.writer.key_field(table, key)
    rows = [row for row in table.find(field.name, value) if call.writer.seen(row)]
    if not rows:
        raise ApiError("NOT_FOUND", "The requested resource does not exist")
    if len(rows) > 1:
        raise Several(table.described.name, sorted(str(row["Id"]) for row in rows))
    return table.described.name, rows


def _fields(call: Call, name: str) -> list[str]:
    described = call.org.visible(call.writer.table(name))
    asked = [one for one in call.params.get("fields", "").split(",") if one]
    return field_names(call, name, asked) if asked else [one.name for one in described.fields.values()]


def field_names(call: Call, name: str, asked: list[str]) -> list[str]:
    """Fields as they are really written; raises ``INVALID_FIELD``."""
    described = call.org.visible(call.writer.table(name))
    names = []
    for one in asked:
        field = described.field(one)
        if field is None:
            raise ApiError("INVALID_FIELD", f"No such column '{one}' on sobject of type {described.name}")
        names.append(field.name)
    return names
