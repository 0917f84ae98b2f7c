"""Refusals in Salesforce's words: a code, a sentence, the fields; and where each form of error stands.

Sources: REST API guide, "Status Codes and Error Responses" (statuses, the array with ``errorCode``);
"Upsert Records Using sObject Collections" (records say ``statusCode``); OAuth pages (an object with ``error``);
SOAP API guide, "Core Data Types", StatusCode (the codes).
"""

from __future__ import annotations

from typing import Any

STATUS = {
    "API_DISABLED_FOR_ORG": 403,
    "ENTITY_IS_DELETED": 404,
    "INSUFFICIENT_ACCESS": 403,
    "INVALID_SESSION_ID": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_FOUND": 404,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500,
    "UNSUPPORTED_API_VERSION": 410,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""Statuses other than 400."""


class ApiError(Exception):
    """A refused request, or one refused record of it."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] = (), status: int | None = None) -> None:
        super().__init__(code)
        self.code, self.message, self.fields = code, message, fields
        self.status = STATUS.get(code, 400) if status is None else status

    def of_request(self) -> list[dict[str, Any]]:
        """The body of a refused request: an array, ``fields`` only where fields are to blame."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [body | ({"fields": list(self.fields)} if self.fields else {})]

    def of_record(self) -> dict[str, Any]:
        """One refused record of a call that answers 200."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}

    def of_row(self) -> str:
        """The ``sf__Error`` cell of a bulk job: code, sentence and fields (Bulk guide, "Failed Results")."""
        return f"{self.code}:{self.message}:{' '.join(self.fields) or '--'}"


class Several(Exception):
    """More than one record has the external id of a single upsert: status 300 and their addresses."""

    def __init__(self, object_name: str, ids: list[str]) -> None:
        super().__init__("300")
        self.object_name, self.ids = object_name, ids


class OAuthError(Exception):
    """A refused sign-in: an object, not an array."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status
