"""Up to 200 records in a call: each has a result of its own, in the order they came, under status 200.

Sources: REST API guide, "Upsert / Create / Update / Retrieve / Delete Records Using sObject Collections" (200 records,
one type for an upsert, ``attributes.type`` in each, never an id; 400 only for what is not well formed; up to 2,000
ids for a retrieve), "allOrNone Parameters"; AllOrNoneHeader page (innocent records come back as rolled back).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from socialcrm.testing.salesforce.calls import Call, answer
from socialcrm.testing.salesforce.errors import ApiError, Several
from socialcrm.testing.salesforce.ids import canonical, checked
from socialcrm.testing.salesforce.records import index_key
from socialcrm.testing.salesforce.rows import field_names
from socialcrm.testing.server import Answer

MAX_RECORDS, MAX_IDS = 200, 2000
ROLLED_BACK = ApiError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Result = dict[str, Any]
Write = Callable[[dict[str, Any]], Result]


class _Undo(Exception):
    """Ends a call that is to leave no trace."""


def upsert(call: Call, name: str, key: str) -> Answer:
    table = call.writer.table(name)
    field = call.writer.key_field(table, key)
    body, records = _records(call)
    same_key: Counter[Any] = Counter()
    for record in records:
        if _type(record).lower() != table.described.name.lower():
            raise ApiError("INVALID_INPUT", "All records must be of the type named in the URI")
        same_key[_key_of(field, record)] += 1

    def write(record: dict[str, Any]) -> Result:
        if any(one.lower() == "id" for one in record):
            raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", ("Id",))
        found = _key_of(field, record)
        if found is not None and same_key[found] > 1:
            # Which of them would win is not told, so none does.
            raise ApiError(
                "DUPLICATE_VALUE", f"Duplicate external id specified: {_value(record, field.name)}", (field.name,)
            )
        data = {name: value for name, value in record.items() if name.lower() != field.name.lower()}
        record_id, created = call.writer.upsert(name, field.name, _value(record, field.name), data)
        return {"id": record_id, "success": True, "errors": [], "created": created}

    return answer(each(call, records, write, body.get("allOrNone") is True, created=False))


def create(call: Call) -> Answer:
    body, records = _records(call)

    def write(record: dict[str, Any]) -> Result:
        return {"id": call.writer.create(_type(record), record), "success": True, "errors": []}

    return answer(each(call, records, write, body.get("allOrNone") is True))


def update(call: Call) -> Answer:
    body, records = _records(call)
    ids = Counter(canonical(_value(record, "Id")) for record in records)

    def write(record: dict[str, Any]) -> Result:
        record_id = checked(_value(record, "Id"))
        if ids[record_id] > 1:
            raise ApiError("DUPLICATE_VALUE", f"Duplicate id specified: {record_id}", ("Id",))
        data = {name: value for name, value in record.items() if name.lower() != "id"}
        return {"id": call.writer.update(_type(record), record_id, data), "success": True, "errors": []}

    return answer(each(call, records, write, body.get("allOrNone") is True))


def delete(call: Call) -> Answer:
    ids = [one for one in call.params.get("ids", "").split(",") if one]
    if not ids or len(ids) > MAX_RECORDS:
        raise _too_many(len(ids))

    def write(record: dict[str, Any]) -> Result:
        record_id = checked(record["id"], "Id")
        table = call.org.db.of_id(record_id)
        if table is None:
            raise ApiError("MALFORMED_ID", f"malformed id {record_id}")
        return {"id": call.writer.delete(table.described.name, record_id), "success": True, "errors": []}

    whole = call.params.get("allOrNone", "false").lower() == "true"
    return answer(each(call, [{"id": one} for one in ids], write, whole))


def retrieve(call: Call, name: str) -> Answer:
    """Answer with the records in the order of the ids, null for one that is not there."""
    body, table = call.object(), call.writer.table(name)
    ids, fields = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(fields, list) or not fields:
        raise ApiError("JSON_PARSER_ERROR", "ids and fields are required")
    if len(ids) > MAX_IDS:
        raise _too_many(len(ids), MAX_IDS)
    names = field_names(call, name, fields)
    rows = (table.rows.get(checked(one)) for one in ids)
    return answer(
        [call.record(table.described.name, row, names) if row and call.writer.seen(row) else None for row in rows]
    )


def each(call: Call, records: list[dict[str, Any]], write: Write, whole: bool, **marks: Any) -> list[Result]:
    """Write records one by one, each with its result; ``whole`` takes all back when one fails."""
    results: list[Result] = []
    try:
        with call.org.db.undoing():
            for place, record in enumerate(records):
                results.append(_one(call, place, len(records), record, write, marks))
            if whole and not all(one["success"] for one in results):
                raise _Undo
    except _Undo:
        return [one if not one["success"] else _failed(ROLLED_BACK, marks) for one in results]
    return results


def _one(call: Call, place: int, count: int, record: dict[str, Any], write: Write, marks: dict[str, Any]) -> Result:
    try:
        with call.org.db.undoing():
            spoiled = call.org.spoilers.spoil(place, count)
            if spoiled:
                raise spoiled
            return write(record)
    except Several as several:
        ids = ", ".join(several.ids)
        error = ApiError("DUPLICATE_EXTERNAL_ID", f"more than one record found for external id field: [{ids}]")
        return _failed(error, marks)
    except ApiError as error:
        return _failed(error, marks)


def _failed(error: ApiError, marks: dict[str, Any]) -> Result:
    return {"success": False, "errors": [error.of_record()], **marks}


def _records(call: Call) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body = call.object()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records) or not records:
        raise ApiError("JSON_PARSER_ERROR", "The records property is required")
    if len(records) > MAX_RECORDS:
        raise _too_many(len(records))
    for record in records:
        _type(record)
    return body, records


def _too_many(count: int, most: int = MAX_RECORDS) -> ApiError:
    if not count:
        return ApiError("MISSING_ARGUMENT", "no ids given")
    return ApiError("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call")


def _type(record: dict[str, Any]) -> str:
    attributes = record.get("attributes")
    if not isinstance(attributes, dict) or not isinstance(attributes.get("type"), str):
        raise ApiError("INVALID_INPUT", "The attributes map must contain a value for type")
    return str(attributes["type"])


def _value(record: dict[str, Any], name: str) -> Any:
    return next((value for key, value in record.items() if key.lower() == name.lower()), None)


def _key_of(field: Any, record: dict[str, Any]) -> Any:
    value = _value(record, field.name)
    return index_key(field, value.strip()) if isinstance(value, str) else None
