"""Values as they arrive in JSON or CSV, checked against their field, and as they are given back.

Sources: SOAP API guide, "Field Types" and "Primitive Data Types"; Object Reference; codes as in StatusCode.
Lengths are counted in UTF-16 units, texts are trimmed and an empty text is null (from memory; the strict reading).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.ids import checked
from socialcrm.testing.salesforce.schema import TEXT_TYPES, Field

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:?\d\d)")


def stored(field: Field, value: Any) -> Any:
    """The value as the org keeps it; raises `ApiError` for one that the field does not take."""
    if value is None or value == "":
        if field.type == "boolean":
            raise ApiError(
                "INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.name}: value not of required type: null", (field.name,)
            )
        return None
    return _text(field, value) if field.type in TEXT_TYPES else READERS[field.type](field, value)


def shown(value: Any) -> Any:
    """The value as JSON answers give it: instants with milliseconds and ``+0000``."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}+0000"
    return value.isoformat() if isinstance(value, date) else value


def in_csv(value: Any) -> str:
    """The value as CSV results give it: instants end in ``Z``, null is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(shown(value)).replace("+0000", "Z") if isinstance(value, datetime) else str(shown(value))


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def instant(text: str) -> datetime | None:
    """Read ISO 8601 with a zone; ``None`` for anything else."""
    found = _INSTANT.fullmatch(text)
    if not found:
        return None
    try:
        whole = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00"))
        return whole.astimezone(UTC).replace(microsecond=int((found[2] or "0").ljust(3, "0")) * 1000)
    except (ValueError, OverflowError):
        return None


def _wrong(field: Field, kind: str, value: Any) -> ApiError:
    """A value of another type: the parser's own sentence."""
    return ApiError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {kind} from {type(value).__name__} value {value} or request may be missing "
        "a required field",
        (field.name,),
    )


def _text(field: Field, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(field, "string", value)
    text = str(value).strip()
    if field.length and units(text) > field.length:
        # The sentence repeats the value, as the real one does: whoever logs it logs the text.
        raise ApiError(
            "STRING_TOO_LONG",
            f"{field.label or field.name}: data value too large: {text} (max length={field.length})",
            (field.name,),
        )
    if field.restricted and text and text not in field.picklist:
        raise ApiError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label or field.name}: bad value for restricted picklist field: {text}",
            (field.name,),
        )
    if field.type == "email" and text:
        _email(field, text)
    return text or None


def _email(field: Field, text: str) -> None:
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ApiError("INVALID_EMAIL_ADDRESS", f"{field.name}: invalid email address: {text}", (field.name,)) from None


def _boolean(field: Field, value: Any) -> bool:
    words = {True: True, False: False, "true": True, "false": False}
    try:
        return words[value.lower() if isinstance(value, str) else value]
    except (KeyError, TypeError):
        raise _wrong(field, "boolean", value) from None


def _whole(field: Field, value: Any) -> int:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(field, "int", value) from None
    if isinstance(value, bool) or number != int(number):
        raise _wrong(field, "int", value)
    if abs(number) > 2**31 - 1:
        raise _outside(field, value)
    return int(number)


def _double(field: Field, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(field, "double", value) from None
    if isinstance(value, bool) or number != number:
        raise _wrong(field, "double", value)
    if abs(number) >= 10 ** (18 - field.places):
        raise _outside(field, value)
    return round(number, field.places)


def _outside(field: Field, value: Any) -> ApiError:
    return ApiError(
        "NUMBER_OUTSIDE_VALID_RANGE",
        f"{field.name}: value outside of valid range on numeric field: {value}",
        (field.name,),
    )


def _date(field: Field, value: Any) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return _in_range(field, date.fromisoformat(value))
    except ValueError:
        pass
    raise _wrong(field, "date", value)


def _instant(field: Field, value: Any) -> datetime:
    found = instant(value) if isinstance(value, str) else None
    if found is None:
        raise _wrong(field, "datetime", value)
    _in_range(field, found.date())
    return found


def _in_range(field: Field, day: date) -> date:
    """Dates run from 1700 to 4000 (Salesforce help, "Data Types": valid dates)."""
    if not 1700 <= day.year <= 4000:
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", f"{field.name}: invalid date: {day.isoformat()}", (field.name,))
    return day


def _reference(field: Field, value: Any) -> str:
    return checked(value, field.name, field.label)


READERS: dict[str, Callable[[Field, Any], Any]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _instant,
    "double": _double,
    "id": _reference,
    "int": _whole,
    "reference": _reference,
}
