"""Where an interaction may live, as tables: which field of which object holds which part of it.

Sources: Object Reference, pages Task, Event, SocialPost. ``ActivityDate`` of a task is a date without a time;
``WhoId`` names a contact or a lead; a past event has a start and an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.errors import ConfigError

# Parts that every target must have a field for; without any other one the entry is poorer, not wrong.
REQUIRED = ("key", "contact", "subject", "body", "occurred", "revision", "retracted", "digest")
OWN: Mapping[str, str] = {
    "key": "SocialCRM_Key__c",
    "occurred": "SocialCRM_Occurred__c",
    "revision": "SocialCRM_Revision__c",
    "retracted": "SocialCRM_Retracted__c",
    "digest": "SocialCRM_Digest__c",
    "channel": "SocialCRM_Channel__c",
    "kind": "SocialCRM_Kind__c",
    "direction": "SocialCRM_Direction__c",
    "url": "SocialCRM_Url__c",
    "author": "SocialCRM_Author__c",
    "thread": "SocialCRM_Thread__c",
    "in_reply_to": "SocialCRM_In_Reply_To__c",
    "sentiment": "SocialCRM_Sentiment__c",
    "priority": "SocialCRM_Priority__c",
}
CLOSED = "{closed}"  # stands for the org's own name of a status that means closed


@dataclass(frozen=True, slots=True)
class Target:
    """An object, the field of each part of an interaction, and values that only a new record gets.

    Parts are those of `Interaction`, and ``date`` (the day in the org's zone), ``start`` and ``end``, ``lead``
    (where a lead is named by another field than a contact), ``outbound`` and ``provider``.
    """

    object: str
    fields: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)


TARGETS: Mapping[str, Target] = {
    "task": Target(
        "Task",
        {
            **OWN,
            "contact": "WhoId",
            "lead": "WhoId",
            "subject": "Subject",
            "body": "Description",
            "date": "ActivityDate",
        },
        {"Status": CLOSED},
    ),
    "event": Target(
        "Event",
        {
            **OWN,
            "contact": "WhoId",
            "lead": "WhoId",
            "subject": "Subject",
            "body": "Description",
            "start": "StartDateTime",
            "end": "EndDateTime",
        },
        {"ShowAs": "Free"},
    ),
    "custom": Target(
        "SocialCRM_Interaction__c",
        {
            **OWN,
            "contact": "SocialCRM_Contact__c",
            "lead": "SocialCRM_Lead__c",
            "subject": "SocialCRM_Subject__c",
            "body": "SocialCRM_Body__c",
        },
    ),
    "social_post": Target(
        "SocialPost",
        {
            **OWN,
            "contact": "WhoId",
            "lead": "WhoId",
            "subject": "Name",
            "body": "Content",
            "occurred": "Posted",
            "url": "PostUrl",
            "author": "Handle",
            "outbound": "IsOutbound",
            "provider": "Provider",
        },
    ),
}


def target_of(config: SalesforceConfig) -> Target:
    """The target of the settings; ``fields`` renames or (as "") leaves out a part, ``values`` adds fixed values.

    Raises `ConfigError` for a part that there is not, or one that cannot be left out.
    """
    base = TARGETS[config.target]
    unknown = sorted(config.fields.keys() - base.fields.keys())
    if unknown:
        raise ConfigError(f"[crm.fields]: unknown part {unknown[0]}; known are: {', '.join(sorted(base.fields))}")
    fields = {part: config.fields.get(part, name) for part, name in base.fields.items()}
    lacking = [part for part in REQUIRED if not fields[part]]
    if lacking:
        raise ConfigError(f"[crm.fields]: {', '.join(lacking)} cannot be left out")
    kept = {part: name for part, name in fields.items() if name}
    return Target(config.object or base.object, kept, {**base.values, **config.values})
