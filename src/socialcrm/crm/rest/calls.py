"""The calls of a definition, made: templates filled, pages walked, answers classed by the definition's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import Clock
from socialcrm.crm.base import Outcome
from socialcrm.crm.mapping import every, item, sentence, texts
from socialcrm.crm.rest.definition import Call, Definition, Listing
from socialcrm.crm.rest.template import Values, fill, fill_path
from socialcrm.crm.settling import Written
from socialcrm.errors import AuthError, BadResponse, ConfigError
from socialcrm.http.auth import ApiKey, Auth, Basic, Bearer, NoAuth
from socialcrm.http.client import Client, Response
from socialcrm.http.paging import pages
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.transport import Transport
from socialcrm.model import Interaction

# What a status says about one record where the definition says nothing else. Everything that is not here is about
# the CRM as a whole and is raised by the client.
RECORD: Mapping[int, str] = {
    400: "park", 403: "park", 404: "missing", 409: "again", 410: "missing",
    412: "again", 413: "park", 422: "park", 423: "again",
}  # fmt: skip
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PLAN = Rule(Action.FAIL, "the CRM's plan or its administrator does not allow this; see its own message", AuthError)
_WHOLE: Mapping[str, Rule] = {
    "retry": BUSY,
    "wait": SLOW_DOWN,
    "reauth": Rule(Action.REAUTH, "the CRM does not accept the credential; renew it in the configuration"),
    "stop": _PLAN,
}
_MAX_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and what it means for one record: ``ok``, ``park``, ``again`` or ``missing``."""

    response: Response
    meaning: str = "ok"


class Calls:
    """Speaks to the CRM of a definition."""

    def __init__(
        self,
        definition: Definition,
        *,
        url: str,
        user: str = "",
        token: SecretStr | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        if not url:
            raise ConfigError("[crm]: url is missing, and the definition names no address either")
        self._api, self._status = definition.api, definition.status
        self.client = Client(
            url,
            label=f"crm {definition.name}",
            auth=_auth(definition, user, token),
            errors=_errors(definition),
            rate=definition.api.rate.headers() if definition.api.rate else None,
            codes=self._codes,
            transport=transport,
            clock=clock,
        )

    def ask(self, call: Call, values: Values, *, redirects: bool = False) -> Answer:
        """Make one call about one record; raises only trouble with the CRM as a whole.

        With ``redirects`` one is handed back, to be read and never to be followed.
        """
        response = self.client.send(
            call.method,
            self._api.prefix + fill_path(call.path, values),
            params=fill(call.params, values),
            json=fill(call.body, values),
            repeat=call.method in {"GET", "PUT", "DELETE"},
            skip=frozenset(RECORD) | (REDIRECTS if redirects else frozenset()),
        )
        return Answer(response, self._meaning(response))

    def records(self, listing: Listing, values: Values, more: Mapping[str, Any] | None = None) -> Iterator[list[Any]]:
        """Read a listing page by page; raises `BadResponse` where there is no list at ``items``."""
        params = {**fill(listing.params, values), **(more or {})}
        path = self._api.prefix + fill_path(listing.path, values)

        def ask(extra: Mapping[str, Any]) -> Response:
            response = self.client.get(path, {**params, **extra}, skip=(404, 410))
            self.listed(listing, response)
            return response

        paging = listing.paging.paginator()
        if paging is None:
            yield self.listed(listing, ask({}))
            return
        before: list[Any] = []
        for step in pages(
            ask, paging, token=None, count=lambda one: len(self.listed(listing, one)), max_pages=_MAX_PAGES
        ):
            found = self.listed(listing, step.response)
            if found and found == before:
                raise BadResponse(f"{path}: the CRM answers with the same page again and again; mend its `paging`")
            if step.incomplete:
                raise BadResponse(f"{path}: {step.incomplete}; nothing was taken for the whole that is only a part")
            yield found
            before = found

    def listed(self, listing: Listing, response: Response) -> list[Any]:
        """The records of an answer; what is not there (404) has none."""
        if response.rule is not None:
            return []
        found = every(response.json, listing.items) if listing.items else [response.json]
        parent, _, name = listing.items.rpartition(".")
        holder = item(response.json, parent)
        if not found and isinstance(holder, dict) and name in holder:
            return []  # some CRMs write an empty list as null
        if not found or not isinstance(found[0], list):
            raise BadResponse(f"{listing.path}: the answer has no list at {listing.items or 'its top'}; mend `items`")
        return found[0]

    def failure(self, answer: Answer, entry: Interaction | None = None) -> Written:
        """What a refusal means for an entry, in the CRM's own words without the post's."""
        said = next(iter(texts(answer.response.json, self._api.message)), "")
        words = sentence(said or f"status {answer.response.status}", entry)
        outcome = Outcome.RETRY if answer.meaning == "again" else Outcome.PARKED
        status = answer.response.status
        return Written(failure=outcome, reason=f"{words} (status {status})", status=status)

    def close(self) -> None:
        """Release connections."""
        self.client.close()

    def _codes(self, body: Any) -> list[str]:
        # Only codes that the definition knows: an unknown one says no more than the status.
        return [code for code in texts(body, self._api.codes) if code in self._status]

    def _meaning(self, response: Response) -> str:
        if response.rule is None:
            failed = self._api.failed is not None and self._api.failed.of(response.json)
            return "park" if failed else "ok"
        for key in (*response.codes, str(response.status)):
            if self._status.get(key) in {"park", "again", "missing"}:
                return self._status[key]
        return RECORD.get(response.status, "missing")


def _auth(definition: Definition, user: str, token: SecretStr | None) -> Auth:
    api = definition.api
    if api.auth == "none":
        return NoAuth()
    if token is None:
        raise ConfigError("[crm]: token is missing; set the environment variable SOCIALCRM_CRM__TOKEN")
    if api.auth == "basic":
        if not user:
            raise ConfigError(f"[crm]: user is missing; {definition.name} is signed in to with a user and a token")
        return Basic(user, token)
    if api.auth == "bearer":
        return Bearer(token)
    return ApiKey(api.auth_name or "X-Api-Key", token, in_query=api.auth == "query")


def _errors(definition: Definition) -> ErrorTable:
    table: dict[int | str, Rule] = {}
    for name, meaning in definition.status.items():
        key: int | str = int(name) if name.isdecimal() else name
        # What is about one record is handed back by the client, whatever the status.
        table[key] = _WHOLE.get(meaning) or Rule(Action.SKIP, "the CRM refuses the record")
    return table
