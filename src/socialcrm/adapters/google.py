"""What Google's APIs share: their error codes and how their lists are paged. https://cloud.google.com/apis/design/errors"""

from __future__ import annotations

from typing import Any

from socialcrm.adapters.fields import objects
from socialcrm.http.paging import CursorParam
from socialcrm.http.rules import BUSY, IN_BODY, TOO_FAST, ErrorTable

PAGED = CursorParam("pageToken", "nextPageToken")
ERRORS: ErrorTable = {
    **IN_BODY,
    "RESOURCE_EXHAUSTED": TOO_FAST,
    **dict.fromkeys(("UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED"), BUSY),
}


def codes(body: Any) -> tuple[str, ...]:
    """Find the error codes in an answer: the reasons, the status' name, its number."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return (error,) if isinstance(error, str) else ()
    details = [*objects(error.get("errors")), *objects(error.get("details"))]
    found = (*(detail.get("reason") for detail in details), error.get("status"), error.get("code"))
    return tuple(str(code) for code in found if isinstance(code, str | int)) or ("unknown",)
