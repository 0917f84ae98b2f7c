"""An org as it is after our fields were deployed to it."""

from __future__ import annotations

from typing import Any

from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.schema import Field, SObject, read_only, sobject

OWN_FIELDS: tuple[Field, ...] = (
    Field("SocialCRM_Key__c", length=64, external_id=True, unique=True),
    Field("SocialCRM_Occurred__c", "datetime"),
    Field("SocialCRM_Revision__c", "double"),
    Field("SocialCRM_Retracted__c", "boolean", default=False),
    Field("SocialCRM_Digest__c", length=64),
    Field("SocialCRM_Channel__c", length=40),
    Field("SocialCRM_Kind__c", length=20),
    Field("SocialCRM_Direction__c", length=20),
    Field("SocialCRM_Url__c", "url", 255),
    Field("SocialCRM_Author__c", length=255),
    Field("SocialCRM_Thread__c", length=255),
    Field("SocialCRM_In_Reply_To__c", length=255),
    Field("SocialCRM_Sentiment__c", "double", places=3),
    Field("SocialCRM_Priority__c", length=20),
)

CONTACT_FIELDS: tuple[Field, ...] = (
    *(Field(f"SocialCRM_{name}__c", length=255) for name in ("Bluesky", "Instagram", "Mastodon", "X")),
    Field("SocialCRM_Website__c", "url", 255),
    Field("SocialCRM_Do_Not_Profile__c", "boolean", default=False),
)
"""Where colleagues note the accounts that customers gave them, on contacts and leads."""

INTERACTION: SObject = sobject(
    "SocialCRM_Interaction__c",
    "a01",
    *OWN_FIELDS,
    read_only("Name", "string", length=80),
    Field("SocialCRM_Subject__c", length=255),
    Field("SocialCRM_Body__c", "textarea", 32000, filterable=False),
    Field("SocialCRM_Contact__c", "reference", refers_to=("Contact",), relationship="SocialCRM_Contact__r"),
    Field("SocialCRM_Lead__c", "reference", refers_to=("Lead",), relationship="SocialCRM_Lead__r"),
)


def furnished(**options: Any) -> Org:
    """Make an org with our fields on activities and social posts, and with the custom object; options as of `Org`."""
    org = Org(**options)
    org.add_object(INTERACTION)
    for field in CONTACT_FIELDS:
        org.add_field("Contact", field)
        org.add_field("Lead", field)
    for field in OWN_FIELDS:
        org.add_field("Activity", field)
        if options.get("social"):
            org.add_field("SocialPost", field)
    return org
