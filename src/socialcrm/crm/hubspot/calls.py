"""HubSpot's calls: batches with an answer per record, limits, and failures tied to records by trace ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.clock import Clock
from socialcrm.crm.base import Outcome
from socialcrm.crm.mapping import every, sentence, texts
from socialcrm.crm.settling import Written, batches
from socialcrm.errors import AuthError, BadResponse, ConfigError, RateLimited
from socialcrm.http.auth import Bearer
from socialcrm.http.client import Client, Response
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule
from socialcrm.http.transport import Transport
from socialcrm.model import Interaction

BATCH = 100
ASSOCIATED = 1000
LISTED = 500
NOTE_TO_CONTACT = 202
NOTES = (
    "socialcrm_key", "socialcrm_revision", "socialcrm_digest", "socialcrm_channel", "socialcrm_direction",
    "socialcrm_url",
)  # fmt: skip
RECORDS = frozenset({400, 404, 409, 413, 422})
AGAIN = frozenset({"CONFLICT", "RATE_LIMITS", "RATE_LIMIT", "TIMEOUT", "INTERNAL_ERROR", "OBJECT_NOT_FOUND"})
_DAY = Rule(
    Action.FAIL,
    "the account's daily calls are used up until midnight of its time zone; raise the limit, or sync less often",
    RateLimited,
    wait=3600.0,
)
_MOST_PAGES = 10_000


class HubSpotCalls:
    """One account's interface. Reading calls are repeated; creating ones only where HubSpot turned them away unread."""

    # https://developers.hubspot.com/docs/api/error-handling and .../usage-details
    errors: ClassVar[ErrorTable] = {
        "DAILY": _DAY,
        "TEN_SECONDLY_ROLLING": SLOW_DOWN,
        "SECONDLY": SLOW_DOWN,
        "MISSING_SCOPES": Rule(Action.FAIL, "the private app lacks a scope; grant it in its settings", AuthError),
        423: Rule(Action.RETRY, "the account is locked by a bulk change; the next run tries again", wait=2.0),
        477: Rule(Action.WAIT, "the account is being moved to another data centre"),
        502: BUSY,
        504: BUSY,
    }

    def __init__(
        self,
        url: str,
        token: SecretStr,
        *,
        objects: str,
        associations: str,
        clock: Clock,
        transport: Transport | None = None,
    ) -> None:
        self._objects, self._v4 = f"{objects}/objects", associations
        self.properties_path = f"{objects}/properties"
        self.client = Client(
            url,
            label="crm hubspot",
            auth=Bearer(token),
            errors=self.errors,
            codes=_codes,
            clock=clock,
            transport=transport,
        )

    @cached_property
    def note_to_contact(self) -> int:
        """HubSpot's number of the plain association from a note to a contact, read from the account itself."""
        answer = self.client.get(f"{self._v4}/associations/notes/contacts/labels")
        for label in every(answer.json, "results[]"):
            number = next(iter(texts(label, "typeId")), "")
            if texts(label, "category") == ["HUBSPOT_DEFINED"] and not texts(label, "label") and number.isdecimal():
                return int(number)
        return NOTE_TO_CONTACT

    # reading

    def one(self, kind: str, identity: str, *, archived: bool = False) -> dict[str, Any] | None:
        """Read one record, or ``None`` where there is none."""
        answer = self.client.get(f"{self._objects}/{kind}/{identity}", {"archived": archived}, skip=(404,))
        return answer.json if answer.rule is None and isinstance(answer.json, dict) else None

    def read(self, kind: str, ids: Sequence[str], properties: Sequence[str], *, by: str = "") -> list[dict[str, Any]]:
        """Read up to 100 records by id or by a unique property; those that are not there are left out."""
        body: dict[str, Any] = {"inputs": [{"id": one} for one in ids], "properties": list(properties)}
        if by:
            body["idProperty"] = by
        answer = self.client.send("POST", f"{self._objects}/{kind}/batch/read", json=body, repeat=True, skip=(404,))
        return [raw for raw in every(answer.json, "results[]") if isinstance(raw, dict) and texts(raw, "id")]

    def listed(self, kind: str, params: Mapping[str, Any]) -> Iterator[list[Any]]:
        """Read a list page by page."""
        yield from self._pages(lambda after: self.client.get(f"{self._objects}/{kind}", {**params, "after": after}))

    def search(self, name: str, at: datetime, properties: Sequence[str], *, most: int) -> Iterator[list[Any]]:
        """Search contacts whose instant ``name`` is ``at`` or later, in its order, up to ``most`` of them."""
        body = {
            "filterGroups": [{"filters": [_at_least(name, at)]}],
            "sorts": [{"propertyName": name, "direction": "ASCENDING"}],
            "properties": list(properties),
            "limit": BATCH,
        }

        def ask(after: str | None) -> Response:
            more = {} if after is None else {"after": after}
            return self.client.send("POST", f"{self._objects}/contacts/search", json={**body, **more}, repeat=True)

        seen = 0
        for raws in self._pages(ask):
            seen += len(raws)
            yield raws
            if seen >= most:
                return

    def associated(self, notes: Sequence[str]) -> dict[str, list[str]]:
        """The contacts on whose timelines notes are."""
        found: dict[str, list[str]] = {}
        path = f"{self._v4}/associations/notes/contacts/batch/read"
        for some in batches([str(one) for one in notes], ASSOCIATED):
            body = {"inputs": [{"id": one} for one in some]}
            answer = self.client.send("POST", path, json=body, repeat=True, skip=(404,))
            for row in every(answer.json, "results[]"):
                found[next(iter(texts(row, "from.id")), "")] = texts(row, "to[].toObjectId")
        return found

    def notes_of(self, contact_id: str) -> list[str]:
        """The ids of a contact's notes, those of colleagues too."""
        path = f"{self._v4}/objects/contacts/{contact_id}/associations/notes"

        def ask(after: str | None) -> Response:
            return self.client.get(path, {"limit": LISTED, "after": after}, skip=(404,))

        return list(dict.fromkeys(one for raws in self._pages(ask) for raw in raws for one in texts(raw, "toObjectId")))

    def _pages(self, ask: Any) -> Iterator[list[Any]]:
        after, seen = None, set()
        for _ in range(_MOST_PAGES):
            answer = ask(after)
            yield every(answer.json, "results[]")
            after = next(iter(texts(answer.json, "paging.next.after")), None)
            if after is None:
                return
            if after in seen:
                break
            seen.add(after)
        raise BadResponse("crm hubspot: the paging never ends; nothing was taken for the whole that is only a part")

    # writing

    def write(
        self,
        kind: str,
        verb: str,
        inputs: Sequence[Mapping[str, Any]],
        entries: Sequence[Interaction | None],
    ) -> list[Written]:
        """Write up to 100 records and answer for each. A batch refused as a whole is halved until one record is left,
        so that a bad record harms no other."""
        traced = [{**one, "objectWriteTraceId": str(number)} for number, one in enumerate(inputs)]
        answer = self.client.send(
            "POST",
            f"{self._objects}/{kind}/batch/{verb}",
            json={"inputs": traced},
            repeat=verb == "update",
            skip=RECORDS,
        )
        if answer.rule is None:
            return _each(answer, inputs, entries)
        if any("PROPERTY_DOESNT_EXIST" in said for said in texts(answer.json, "message")):
            raise ConfigError("crm hubspot: the account lacks a property that is written; socialcrm check names it")
        if len(inputs) == 1:
            return [_refused(answer.json, answer.status, entries[0])]
        half = len(inputs) // 2
        first = self.write(kind, verb, inputs[:half], entries[:half])
        return first + self.write(kind, verb, inputs[half:], entries[half:])

    def archive(self, kind: str, ids: Sequence[str]) -> None:
        """Archive records; one that is archived already stays so."""
        if ids:
            body = {"inputs": [{"id": one} for one in ids]}
            self.client.send("POST", f"{self._objects}/{kind}/batch/archive", json=body, repeat=True)

    def detach(self, notes: Sequence[str]) -> None:
        """Take notes off every contact's timeline."""
        on = self.associated(notes)
        inputs = [{"from": {"id": note}, "to": [{"id": one} for one in to]} for note, to in on.items() if to]
        self._associate("archive", inputs)

    def attach(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Put notes onto contacts' timelines; whether it was done, reading back tells."""
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": self.note_to_contact}] if pairs else []
        self._associate("create", [{"from": {"id": note}, "to": {"id": to}, "types": types} for note, to in pairs])

    def _associate(self, verb: str, inputs: Sequence[Mapping[str, Any]]) -> None:
        for some in batches(inputs, ASSOCIATED):
            path = f"{self._v4}/associations/notes/contacts/batch/{verb}"
            self.client.send("POST", path, json={"inputs": list(some)}, repeat=True, skip=RECORDS)

    def close(self) -> None:
        """Release connections."""
        self.client.close()


def _each(
    answer: Response, inputs: Sequence[Mapping[str, Any]], entries: Sequence[Interaction | None]
) -> list[Written]:
    """Tie results and errors of a batch to its records: by trace id, else by id or key."""
    done: dict[str, str] = {}
    failed: dict[str, Any] = {}
    for raw in every(answer.json, "results[]"):
        for name in (*texts(raw, "objectWriteTraceId"), *texts(raw, "properties.socialcrm_key"), *texts(raw, "id")):
            done[name] = next(iter(texts(raw, "id")), "")
    for error in every(answer.json, "errors[]"):
        for name in (*texts(error, "context.objectWriteTraceId[]"), *texts(error, "context.ids[]")):
            failed[name] = error
    found = []
    for number, (one, entry) in enumerate(zip(inputs, entries, strict=True)):
        names = [*filter(None, [one.get("id"), one["properties"].get("socialcrm_key")]), str(number)]
        error = next((failed[name] for name in names if name in failed), None)
        crm_id = next((done[name] for name in names[:-1] if name in done), done.get(str(number), ""))
        if error is not None:
            found.append(_refused(error, 207, entry))
        elif crm_id:
            found.append(Written(crm_id))
        else:
            found.append(Written(failure=Outcome.RETRY, reason="HubSpot did not answer for this record"))
    return found


def _refused(error: Any, status: int, entry: Interaction | None) -> Written:
    category = next(iter(texts(error, "category")), "")
    words = sentence(next(iter(texts(error, "message")), ""), entry)
    outcome = Outcome.RETRY if category in AGAIN or status == 409 else Outcome.PARKED
    return Written(failure=outcome, reason=f"{words} ({category or status})", status=status)


def _codes(body: Any) -> list[str]:
    if not isinstance(body, dict) or body.get("status") != "error":
        return []
    return [*texts(body, "policyName"), *texts(body, "category")]


def _at_least(name: str, at: datetime) -> dict[str, str]:
    return {"propertyName": name, "operator": "GTE", "value": str(int(at.timestamp() * 1000))}
