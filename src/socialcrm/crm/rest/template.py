"""Filling the templates of a definition: ``{name}`` and ``{name|form}`` in the texts of a JSON value.

A value is put in once and never read for placeholders again, whatever a post says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from socialcrm.errors import ConfigError
from socialcrm.model import stamp

_PLACE = re.compile(r"\{(\w+)(?:\|([^{}]+))?\}")
_LONGEST_ID = 18

Values = Mapping[str, str | int | bool | datetime | None]


def places(template: Any) -> Iterator[tuple[str, str]]:
    """Every placeholder of a template, as name and form."""
    if isinstance(template, Mapping):
        for value in template.values():
            yield from places(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from places(value)
    elif isinstance(template, str):
        yield from ((found[1], found[2] or "") for found in _PLACE.finditer(template))


def fill(template: Any, values: Values) -> Any:
    """Put values into a template of any JSON shape; a text that is one placeholder keeps the value's type."""
    if isinstance(template, Mapping):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list | tuple):
        return [fill(value, values) for value in template]
    if not isinstance(template, str):
        return template
    if alone := _PLACE.fullmatch(template):
        return _formed(values.get(alone[1]), alone[2] or "")
    return _PLACE.sub(lambda found: str(_formed(values.get(found[1]), found[2] or "")), template)


def fill_path(template: str, values: Values) -> str:
    """Put values into a path, each quoted so that it stays one segment."""
    return _PLACE.sub(lambda found: quote(str(_formed(values.get(found[1]), found[2] or "")), safe=""), template)


def _formed(value: Any, form: str) -> Any:
    if form in _FORMS:
        return _FORMS[form](value)
    if isinstance(value, datetime):
        return value.strftime(form) if form else stamp(value)
    return value


def known_form(form: str) -> bool:
    """Tell whether a form is one of ours, or one that ``strftime`` takes."""
    return not form or form in _FORMS or "%" in form


def _number(value: Any) -> Any:
    # An id that is no whole number is left as it is: the CRM's own refusal says more than ours.
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_ID else value


def _seconds(value: Any) -> int:
    if not isinstance(value, datetime):
        raise ConfigError("the form epoch is for instants")
    return int(value.timestamp())


_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "int": _number,
    "text": str,
    "epoch": _seconds,
    "epoch_ms": lambda value: _seconds(value) * 1000 + value.microsecond // 1000,
    "seconds": lambda value: value.strftime("%Y-%m-%dT%H:%M:%SZ"),
}
