"""Dataverse's Web API: queries, pages, batches of change sets, and what its codes say about a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from socialcrm.clock import Clock
from socialcrm.crm.base import Outcome
from socialcrm.crm.dynamics.batch import Operation, Part, packed, unpacked
from socialcrm.crm.mapping import every, sentence, texts
from socialcrm.crm.settling import Written
from socialcrm.errors import BadResponse
from socialcrm.http.auth import Auth
from socialcrm.http.client import Client, Response
from socialcrm.http.rules import BUSY, SLOW_DOWN, ErrorTable
from socialcrm.http.transport import Transport
from socialcrm.model import Interaction

API = "/api/data/v9.2"
PAGE = 500
MEMO = 2000
"""Characters of a description where the table does not say."""

# Service protection limits, https://learn.microsoft.com/power-apps/developer/data-platform/api-limits; SQL time-outs.
LIMITS = ("0x80072322", "0x80072321", "0x80072326")
AGAIN = frozenset({*LIMITS, "0x80060892", "0x80040237", "0x80044151", "0x80040216"})
_MOST_PAGES = 100_000
_HEADERS = {"OData-MaxVersion": "4.0", "OData-Version": "4.0", "Accept": "application/json"}


class DynamicsCalls:
    """One environment's interface. Every write is under a key or an id and may be sent twice."""

    errors: ClassVar[ErrorTable] = {**dict.fromkeys(LIMITS, SLOW_DOWN), "0x80044151": BUSY}

    def __init__(
        self, url: str, auth: Auth, *, table: str, path: str, clock: Clock, transport: Transport | None = None
    ) -> None:
        self.table, self.path = table, path
        self.client = Client(
            url,
            label="crm dynamics",
            auth=auth,
            errors=self.errors,
            codes=_codes,
            clock=clock,
            transport=transport,
            headers=_HEADERS,
        )

    @cached_property
    def entity_set(self) -> str:
        """The table's name in addresses, which is not always its plural."""
        found = texts(self.get(self.definition(self.table), {"$select": "EntitySetName"}).json, "EntitySetName")
        if not found:
            raise BadResponse(f"crm dynamics: the table {self.table} names no entity set")
        return found[0]

    @cached_property
    def memo_limit(self) -> int:
        """How many characters a description may have."""
        path = f"{self.definition(self.table)}/Attributes(LogicalName='description')"
        kind = f"{path}/Microsoft.Dynamics.CRM.MemoAttributeMetadata"
        answer = self.get(kind, {"$select": "MaxLength"}, skip=(404,))
        found = [one for one in every(answer.json, "MaxLength") if isinstance(one, int)]
        return found[0] if found else MEMO

    def definition(self, table: str) -> str:
        """The path of a table's description."""
        return f"/EntityDefinitions(LogicalName='{table}')"

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, skip: Sequence[int] = ()) -> Response:
        """Read once."""
        return self.client.get(self.path + path, params, skip=skip)

    def rows(self, path: str, params: Mapping[str, Any], *, skip: Sequence[int] = ()) -> Iterator[list[Any]]:
        """Read a query page by page."""
        for answer in self.walk(path, params, prefer=f"odata.maxpagesize={PAGE}", skip=skip):
            yield found_rows(answer)

    def walk(
        self, path: str, params: Mapping[str, Any] | Sequence[tuple[str, str]], *, prefer: str, skip: Sequence[int] = ()
    ) -> Iterator[Response]:
        """Follow ``@odata.nextLink``; of a link only the query is used, never its host and path."""
        seen: set[str] = set()
        asked = dict(params)
        for _ in range(_MOST_PAGES):
            answer = self.client.send(
                "GET", self.path + path, params=asked, headers={"Prefer": prefer}, repeat=True, skip=skip
            )
            yield answer
            query = link(answer, "nextLink")
            if not query:
                return
            if query in seen:
                break
            seen.add(query)
            asked = dict(parse_qsl(query, keep_blank_values=True))
        raise BadResponse("crm dynamics: the paging never ends; nothing was taken for the whole that is only a part")

    def batch(self, change_sets: Sequence[Sequence[Operation]], entries: Sequence[Interaction | None]) -> list[Written]:
        """Send change sets in one request and answer for each; one that fails leaves the others alone."""
        body, kind = packed(change_sets)
        answer = self.client.send(
            "POST",
            f"{self.path}/$batch",
            data=body,
            headers={"Content-Type": kind, "Prefer": "odata.continue-on-error", "Accept": "multipart/mixed"},
            repeat=True,
            read=unpacked,
        )
        parts: list[Part] = answer.json
        if len(parts) != len(change_sets):
            raise BadResponse(f"crm dynamics: {len(change_sets)} change sets were sent, {len(parts)} answered")
        return [_written(part, entry) for part, entry in zip(parts, entries, strict=True)]

    def close(self) -> None:
        """Release connections."""
        self.client.close()


def found_rows(answer: Response) -> list[dict[str, Any]]:
    """The rows of an answer; what is no row is left out."""
    return [row for row in every(answer.json, "value[]") if isinstance(row, dict)]


def link(answer: Response, name: str) -> str:
    """The query of a link in an answer, or an empty text."""
    # Not by a dotted path: the name has a dot itself.
    found = answer.json.get(f"@odata.{name}") if isinstance(answer.json, dict) else None
    query = urlsplit(found).query if isinstance(found, str) else ""
    return urlencode(parse_qsl(query, keep_blank_values=True))


def among(name: str, values: Sequence[str]) -> str:
    """A filter: a column is one of these values."""
    quoted = ",".join(f"'{quote_text(value)}'" for value in values)
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{name}',PropertyValues=[{quoted}])"


def quote_text(value: str) -> str:
    """A value inside the quotes of a filter or a key."""
    return value.replace("'", "''")


def _codes(body: Any) -> list[str]:
    return texts(body, "error.code")


def _written(part: Part, entry: Interaction | None) -> Written:
    if part.status < 300:
        named = part.headers.get("odata-entityid", "")
        return Written(named.rpartition("(")[2].rstrip(")") if "(" in named else "")
    code = next(iter(_codes(part.json)), "")
    words = sentence(next(iter(texts(part.json, "error.message")), ""), entry)
    again = code in AGAIN or part.status in {409, 412, 429} or part.status >= 500
    outcome = Outcome.RETRY if again else Outcome.PARKED
    return Written(failure=outcome, reason=f"{words} ({code or part.status})", status=part.status)
