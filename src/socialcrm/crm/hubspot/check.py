"""Proving that a HubSpot account is ready, and making it so where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from socialcrm.crm.hubspot.calls import HubSpotCalls
from socialcrm.errors import SocialCRMError
from socialcrm.model import Finding

if TYPE_CHECKING:
    from socialcrm.crm.hubspot.settings import HubSpotConfig

GROUP = "socialcrm"
WANTED: Mapping[str, Mapping[str, Any]] = {
    "socialcrm_key": {"type": "string", "fieldType": "text", "hasUniqueValue": True},
    "socialcrm_revision": {"type": "number", "fieldType": "number"},
    "socialcrm_digest": {"type": "string", "fieldType": "text"},
    "socialcrm_channel": {"type": "string", "fieldType": "text"},
    "socialcrm_direction": {"type": "string", "fieldType": "text"},
    "socialcrm_url": {"type": "string", "fieldType": "text"},
}
_CREATE = "set create_properties = true and check again, or create it under Settings, Properties, Notes"


def check_hubspot(calls: HubSpotCalls, config: HubSpotConfig) -> Iterator[Finding]:
    """Yield a finding for the token and for each property that is used."""
    try:
        for _ in calls.listed("contacts", {"limit": 1}):
            break
        number = calls.note_to_contact
    except SocialCRMError as error:
        yield Finding(ok=False, what="HubSpot accepts the token", remedy=str(error))
        return
    yield Finding(ok=True, what="HubSpot accepts the token and lets contacts be read")
    yield Finding(ok=True, what=f"notes are tied to contacts by association type {number}")
    for name in WANTED:
        yield _note_property(calls, name, create=config.create_properties)
    named = {**config.handles, **({"do_not_profile": config.do_not_profile} if config.do_not_profile else {})}
    for setting, name in named.items():
        found = _property(calls, "contacts", name)
        remedy = f"contacts have no property {name}; mend [crm] {setting}" if found is None else ""
        yield Finding(ok=found is not None, what=f"contact property {name}", remedy=remedy)


def _note_property(calls: HubSpotCalls, name: str, *, create: bool) -> Finding:
    what, wanted = f"note property {name}", WANTED[name]
    try:
        found = _property(calls, "notes", name)
        if found is None and create:
            _create(calls, name)
            found = _property(calls, "notes", name)
    except SocialCRMError as error:
        return Finding(ok=False, what=what, remedy=str(error))
    if found is None:
        return Finding(ok=False, what=what, remedy=f"notes lack {name} ({wanted['type']}); {_CREATE}")
    if found.get("type") != wanted["type"]:
        return Finding(ok=False, what=what, remedy=f"{name} is no {wanted['type']}; delete it and check again")
    if wanted.get("hasUniqueValue") and found.get("hasUniqueValue") is not True:
        remedy = f"{name} does not require unique values, entries may double; delete it and create it as unique"
        return Finding(ok=False, what=what, remedy=remedy)
    return Finding(ok=True, what=what)


def _property(calls: HubSpotCalls, kind: str, name: str) -> dict[str, Any] | None:
    answer = calls.client.get(f"{calls.properties_path}/{kind}/{name}", skip=(404,))
    return answer.json if answer.rule is None and isinstance(answer.json, dict) else None


def _create(calls: HubSpotCalls, name: str) -> None:
    path = f"{calls.properties_path}/notes"
    group = {"name": GROUP, "label": GROUP}
    calls.client.send("POST", f"{path}/groups", json=group, repeat=True, skip=(409,))
    made = {"name": name, "label": name.replace("_", " "), "groupName": GROUP, **WANTED[name]}
    calls.client.send("POST", path, json=made, skip=(409,))
