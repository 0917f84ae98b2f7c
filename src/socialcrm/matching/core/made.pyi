from typing import Any, TypeVar

Value = TypeVar("Value")

def made(kind: type[Value], fields: dict[str, Any]) -> Value: ...
