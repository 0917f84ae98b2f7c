"""What each error of Salesforce asks of us: one table of codes, one of statuses.

Sources: REST API guide, "Status Codes and Error Responses"; SOAP API guide, "Core Data Types", StatusCode and
ExceptionCode; App Limits Cheat Sheet for the two meanings of ``REQUEST_LIMIT_EXCEEDED``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from socialcrm.text import printable, shorten


class Trouble(Enum):
    """What to do about an error."""

    RETRY = auto()  # soon, with the same payload
    BUSY = auto()  # too many requests at once: in seconds
    QUOTA = auto()  # the day's calls are used up: in hours
    SIGN_IN = auto()  # once, then stop
    STOP = auto()  # a person has to act for the whole org
    FULL = auto()  # the org's storage: much later
    ENDED = auto()  # its job ended before its turn: in the next run, which looks first
    CONTACT = auto()  # find out what became of the contact
    LOOK = auto()  # it may already be there
    SPLIT = auto()  # smaller pieces
    DOUBLED = auto()  # the key is on more than one record: never again
    RECORD = auto()  # this record, for good


_TABLE: Mapping[Trouble, str] = {
    Trouble.RETRY: "UNABLE_TO_LOCK_ROW SERVER_UNAVAILABLE REQUEST_RUNNING_TOO_LONG QUERY_TIMEOUT UNKNOWN_EXCEPTION "
    "ALL_OR_NONE_OPERATION_ROLLED_BACK PROCESSING_HALTED",
    Trouble.QUOTA: "REQUEST_LIMIT_EXCEEDED TXN_SECURITY_METERING_ERROR",
    Trouble.SIGN_IN: "INVALID_SESSION_ID INVALID_AUTH_HEADER",
    Trouble.STOP: "invalid_grant invalid_client invalid_client_id unauthorized_client inactive_user inactive_org "
    "INVALID_LOGIN LOGIN_MUST_USE_SECURITY_TOKEN API_DISABLED_FOR_ORG API_CURRENTLY_DISABLED UNSUPPORTED_API_VERSION "
    "INSUFFICIENT_ACCESS",
    Trouble.FULL: "STORAGE_LIMIT_EXCEEDED",
    Trouble.ENDED: "UNPROCESSED",
    Trouble.CONTACT: "ENTITY_IS_DELETED INVALID_CROSS_REFERENCE_KEY INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY "
    "CANNOT_UPDATE_CONVERTED_LEAD NOT_FOUND",
    Trouble.LOOK: "DUPLICATE_VALUE",
    Trouble.SPLIT: "EXCEEDED_MAX_SIZE_REQUEST QUERY_TOO_COMPLICATED APEX_ERROR LIMIT_EXCEEDED URI_TOO_LONG",
    Trouble.DOUBLED: "DUPLICATE_EXTERNAL_ID",
    Trouble.RECORD: "INVALID_FIELD INVALID_FIELD_FOR_INSERT_UPDATE REQUIRED_FIELD_MISSING STRING_TOO_LONG "
    "FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_INTEGRITY_EXCEPTION INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST "
    "MALFORMED_ID INVALID_TYPE_ON_FIELD_IN_RECORD JSON_PARSER_ERROR NUMBER_OUTSIDE_VALID_RANGE DUPLICATES_DETECTED "
    "INSUFFICIENT_ACCESS_OR_READONLY INVALID_TYPE CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY MALFORMED_QUERY",
}
CODES: Mapping[str, Trouble] = {code: trouble for trouble, codes in _TABLE.items() for code in codes.split()}
STATUSES: Mapping[int, Trouble] = {
    **dict.fromkeys((408, 500, 502, 503, 504), Trouble.RETRY),
    300: Trouble.DOUBLED,
    401: Trouble.SIGN_IN,
    410: Trouble.STOP,
    **dict.fromkeys((413, 414, 431), Trouble.SPLIT),
    420: Trouble.STOP,
    429: Trouble.BUSY,
}
# Errors whose code says one thing and whose message another: a trigger or flow repeats what stopped it.
_INSIDE = (
    (re.compile(r"UNABLE_TO_LOCK_ROW", re.IGNORECASE), Trouble.RETRY),
    (re.compile(r"CPU time limit|CPU limit|Too many SOQL queries|heap size", re.IGNORECASE), Trouble.SPLIT),
)
_CONCURRENT = re.compile(r"Concurrent", re.IGNORECASE)
_OPEN = {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "UNKNOWN_EXCEPTION", "APEX_ERROR"}

_RUN = 10  # letters in a row that a message and a text have in common by no accident
_SHORTEST = 4
_LONGEST = 400
_VALUE = re.compile(r"(data value too large:|bad value for restricted picklist field:).*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error as Salesforce tells it; ``message`` may repeat what was sent and is not for people yet."""

    code: str
    message: str = ""
    fields: tuple[str, ...] = ()
    status: int = 200

    @property
    def trouble(self) -> Trouble:
        """Look the error up: by what its message holds, its code, its status, its hundred."""
        if self.code in _OPEN:
            for pattern, trouble in _INSIDE:
                if pattern.search(self.message):
                    return trouble
        if self.code == "REQUEST_LIMIT_EXCEEDED" and _CONCURRENT.search(self.message):
            return Trouble.BUSY
        if self.code in CODES:
            return CODES[self.code]
        if self.code.startswith("INSUFFICIENT_ACCESS") and self.status != 200:
            return Trouble.STOP
        return STATUSES.get(self.status, Trouble.RETRY if self.status >= 500 else Trouble.RECORD)

    def sentence(self, *said: str) -> str:
        """Write code and message for people, without what was ``said`` in the record."""
        named = f" (field {', '.join(self.fields[:5])})" if self.fields else ""
        return ": ".join(filter(None, [f"{self.code}{named}".strip(), without(self.message, said)]))


def faults_in(body: Any, status: int) -> list[Fault]:
    """Read the errors of a refused request: an array, an OAuth object, a Bulk 1.0 object, or anything at all."""
    items = body if isinstance(body, list) else [body]
    found = [fault(item, status) for item in items[:200] if isinstance(item, dict)]
    return [one for one in found if one.code] or [Fault("", "", (), status)]


def fault(item: Mapping[str, Any], status: int = 200) -> Fault:
    """Read one error, whichever words it uses for code and message."""
    code = next((item[key] for key in ("errorCode", "statusCode", "exceptionCode", "error") if item.get(key)), "")
    words = (item.get(key) for key in ("message", "error_description", "exceptionMessage"))
    fields = item.get("fields")
    return Fault(
        printable(str(code))[:100],
        str(next((word for word in words if word), ""))[:4000],
        tuple(str(name)[:80] for name in fields) if isinstance(fields, list) else (),
        status,
    )


def without(message: str, said: Iterable[str]) -> str:
    """Take out of a message whatever it repeats of texts that were sent, and make it one short line.

    Values that Salesforce quotes at the end go; so does every run of ten characters that a text holds too.
    """
    message = _VALUE.sub(lambda found: f"{found[1]} …", message)
    hidden = [False] * len(message)
    low = message.lower()
    for text in said:
        _hide(low, text.lower(), hidden)
    shown = "".join("\0" if hide else character for character, hide in zip(message, hidden, strict=True))
    return shorten(" ".join(printable(re.sub("\0+", "…", shown)).split()), _LONGEST)


def _hide(message: str, text: str, hidden: list[bool]) -> None:
    if _SHORTEST <= len(text) < _RUN:
        for found in re.finditer(re.escape(text), message):
            hidden[found.start() : found.end()] = [True] * len(text)
    runs = {text[at : at + _RUN] for at in range(len(text) - _RUN + 1)}
    for at in range(len(message) - _RUN + 1):
        if message[at : at + _RUN] in runs:
            hidden[at : at + _RUN] = [True] * _RUN
