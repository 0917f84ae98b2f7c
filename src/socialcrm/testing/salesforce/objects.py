"""The standard objects the stand-in knows, each with the fields the Object Reference gives it.

Lengths and types: Object Reference, page of the object. ``Task.Subject`` 255, ``Task.Description`` 32,000 and
the call fields: Task and ActivityHistory pages. ``WhoId`` names a Contact or a Lead; ``AccountId``, ``IsClosed``
and ``CompletedDateTime`` are derived and read-only (Task page).
"""

from __future__ import annotations

from socialcrm.testing.salesforce.schema import Field, SObject, read_only, sobject

OWNER = Field("OwnerId", "reference", refers_to=("User",), relationship="Owner")
WHO = Field("WhoId", "reference", refers_to=("Contact", "Lead"), relationship="Who", label="Name ID")
WHAT = Field("WhatId", "reference", refers_to=("Account",), relationship="What", label="Related To ID")
INDIVIDUAL = Field("IndividualId", "reference", refers_to=("Individual",), relationship="Individual")

PERSON = (
    Field("FirstName", length=40),
    Field("LastName", length=80, required=True),
    Field("Salutation", "picklist", 40, picklist=("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")),
    read_only("Name", "string", length=121),
    Field("Email", "email", 80, id_lookup=True),
    Field("Phone", "phone", 40),
    Field("MobilePhone", "phone", 40),
    Field("Title", length=128),
    Field("Description", "textarea", 32000, filterable=False),
)


def place(prefix: str) -> tuple[Field, ...]:
    """The parts of an address (compound field "Address" of the Object Reference)."""
    return (
        Field(f"{prefix}Street", "textarea", 255),
        Field(f"{prefix}City", length=40),
        Field(f"{prefix}State", length=80),
        Field(f"{prefix}PostalCode", length=20),
        Field(f"{prefix}Country", length=80),
    )


CONTACT = sobject(
    "Contact",
    "003",
    *PERSON,
    Field("AccountId", "reference", refers_to=("Account",), relationship="Account"),
    Field("HomePhone", "phone", 40),
    Field("OtherPhone", "phone", 40),
    Field("Department", length=80),
    Field("HasOptedOutOfEmail", "boolean", default=False),
    Field("DoNotCall", "boolean", default=False),
    read_only("IsPersonAccount", "boolean", default=False),
    read_only("MasterRecordId", "reference", refers_to=("Contact",), relationship="MasterRecord"),
    INDIVIDUAL,
    OWNER,
    *place("Mailing"),
    *place("Other"),
)

LEAD = sobject(
    "Lead",
    "00Q",
    *PERSON,
    Field("Company", length=255, required=True),
    Field("Website", "url", 255),
    Field(
        "Status",
        "picklist",
        255,
        default="Open - Not Contacted",
        picklist=("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"),
    ),
    Field("HasOptedOutOfEmail", "boolean", default=False),
    Field("DoNotCall", "boolean", default=False),
    read_only("IsConverted", "boolean", default=False),
    read_only("ConvertedDate", "date"),
    read_only("ConvertedContactId", "reference", refers_to=("Contact",), relationship="ConvertedContact"),
    read_only("ConvertedAccountId", "reference", refers_to=("Account",), relationship="ConvertedAccount"),
    read_only("MasterRecordId", "reference", refers_to=("Lead",), relationship="MasterRecord"),
    INDIVIDUAL,
    OWNER,
    *place(""),
)

ACCOUNT = sobject(
    "Account",
    "001",
    Field("Name", length=255, required=True),
    Field("Website", "url", 255),
    Field("Phone", "phone", 40),
    Field("Industry", "picklist", 255, picklist=("Transportation", "Technology", "Other")),
    Field("Description", "textarea", 32000, filterable=False),
    read_only("IsPersonAccount", "boolean", default=False),
    read_only("MasterRecordId", "reference", refers_to=("Account",), relationship="MasterRecord"),
    OWNER,
    *place("Billing"),
)

PERSON_ACCOUNT_FIELDS = (
    Field("FirstName", length=40),
    Field("LastName", length=80),
    Field("PersonEmail", "email", 80, id_lookup=True),
    Field("PersonMobilePhone", "phone", 40),
    Field("PersonHomePhone", "phone", 40),
    Field("PersonTitle", length=80),
    Field("PersonHasOptedOutOfEmail", "boolean", default=False),
    Field("PersonDoNotCall", "boolean", default=False),
    Field("PersonIndividualId", "reference", refers_to=("Individual",), relationship="PersonIndividual"),
    read_only("PersonContactId", "reference", refers_to=("Contact",), relationship="PersonContact"),
    *place("PersonMailing"),
)
"""Source: Object Reference, "Person Account Record Types" and Account; there only once the feature is enabled."""

INDIVIDUAL_OBJECT = sobject(
    "Individual",
    "0PK",
    Field("FirstName", length=40),
    Field("LastName", length=80, required=True),
    read_only("Name", "string", length=121),
    Field("HasOptedOutTracking", "boolean", default=False),
    Field("HasOptedOutProfiling", "boolean", default=False),
    Field("HasOptedOutProcessing", "boolean", default=False),
    Field("HasOptedOutSolicit", "boolean", default=False),
    Field("HasOptedOutGeoTracking", "boolean", default=False),
    Field("ShouldForget", "boolean", default=False),
    Field("SendIndividualData", "boolean", default=False),
    Field("CanStorePiiElsewhere", "boolean", default=False),
    OWNER,
)

ACTIVITY = (
    Field("Subject", "combobox", 255),
    Field("Description", "textarea", 32000, filterable=False),
    WHO,
    WHAT,
    OWNER,
    read_only("AccountId", "reference", refers_to=("Account",), relationship="Account"),
    read_only("IsArchived", "boolean", default=False),
)

TASK_STATUSES = {
    "Not Started": False,
    "In Progress": False,
    "Completed": True,
    "Waiting on someone else": False,
    "Deferred": False,
}

TASK = sobject(
    "Task",
    "00T",
    *ACTIVITY,
    Field("ActivityDate", "date", label="Due Date Only"),
    Field("Status", "picklist", 255, required=True, default="Not Started", picklist=tuple(TASK_STATUSES)),
    Field("Priority", "picklist", 255, required=True, default="Normal", picklist=("High", "Normal", "Low")),
    Field("Type", "picklist", 40, picklist=("Call", "Meeting", "Other"), restricted=True),
    Field(
        "TaskSubtype",
        "picklist",
        40,
        default="Task",
        updateable=False,
        picklist=("Task", "Email", "ListEmail", "Cadence", "Call", "LinkedIn"),
        restricted=True,
    ),
    Field("CallType", "picklist", 40, picklist=("Internal", "Inbound", "Outbound"), restricted=True),
    Field("CallDisposition", length=255),
    Field("CallObject", length=255),
    Field("CallDurationInSeconds", "int"),
    Field("IsReminderSet", "boolean", default=False),
    Field("ReminderDateTime", "datetime"),
    read_only("IsClosed", "boolean", default=False),
    read_only("IsHighPriority", "boolean", default=False),
    read_only("IsRecurrence", "boolean", default=False),
    read_only("CompletedDateTime", "datetime"),
)

EVENT = sobject(
    "Event",
    "00U",
    *ACTIVITY,
    Field("ActivityDateTime", "datetime"),
    Field("StartDateTime", "datetime"),
    Field("EndDateTime", "datetime"),
    Field("DurationInMinutes", "int"),
    Field("IsAllDayEvent", "boolean", default=False),
    Field("IsPrivate", "boolean", default=False),
    Field("ShowAs", "picklist", 40, default="Busy", picklist=("Busy", "OutOfOffice", "Free"), restricted=True),
    Field("Location", length=255),
    Field("Type", "picklist", 40, picklist=("Call", "Meeting", "Other"), restricted=True),
    read_only("ActivityDate", "date"),
)

SOCIAL_PERSONA = sobject(
    "SocialPersona",
    "0SP",
    Field("Name", length=255, required=True),
    Field("ParentId", "reference", required=True, refers_to=("Contact", "Lead", "Account"), relationship="Parent"),
    Field("Provider", "picklist", 40, required=True, picklist=("Twitter", "Facebook", "Other")),
    Field("ExternalId", length=255),
    Field("ProfileUrl", "url", 255),
    Field("RealName", length=255),
    Field("Followers", "int"),
)

SOCIAL_POST = sobject(
    "SocialPost",
    "0ST",
    Field("Name", length=255, required=True),
    Field("ParentId", "reference", refers_to=("Contact", "Lead", "Account"), relationship="Parent"),
    Field("PersonaId", "reference", refers_to=("SocialPersona",), relationship="Persona"),
    Field("WhoId", "reference", refers_to=("Contact", "Lead", "Account"), relationship="Who"),
    Field("ExternalPostId", length=255),
    Field("Content", "textarea", 32000, filterable=False),
    Field("Handle", length=255),
    Field("Headline", length=255),
    Field("Posted", "datetime"),
    Field("PostUrl", "url", 1333),
    Field("Provider", "picklist", 40, picklist=("Twitter", "Facebook", "Other")),
    Field("IsOutbound", "boolean", default=False),
    OWNER,
)
"""``ExternalPostId`` is a plain text, no External ID (Object Reference, SocialPost): it cannot be an upsert's key."""

USER = sobject(
    "User",
    "005",
    Field("Username", length=80),
    Field("Name", length=121),
    Field("Email", "email", 128),
    Field("TimeZoneSidKey", "picklist", 40),
    Field("LanguageLocaleKey", "picklist", 40),
    Field("IsActive", "boolean", default=True),
    createable=False,
    deletable=False,
)

ORGANIZATION = sobject(
    "Organization",
    "00D",
    Field("Name", length=80),
    Field("TimeZoneSidKey", "picklist", 40),
    Field("DefaultLocaleSidKey", "picklist", 40),
    Field("OrganizationType", "picklist", 40),
    Field("IsSandbox", "boolean", default=False),
    Field("InstanceName", length=5),
    createable=False,
    updateable=False,
    deletable=False,
)

TASK_STATUS = sobject(
    "TaskStatus",
    "01J",
    Field("MasterLabel", length=255),
    Field("ApiName", length=255),
    Field("SortOrder", "int"),
    Field("IsDefault", "boolean", default=False),
    Field("IsClosed", "boolean", default=False),
    createable=False,
    updateable=False,
    deletable=False,
)

STANDARD: tuple[SObject, ...] = (
    CONTACT, LEAD, ACCOUNT, INDIVIDUAL_OBJECT, TASK, EVENT, USER, ORGANIZATION, TASK_STATUS,
)  # fmt: skip
SOCIAL: tuple[SObject, ...] = (SOCIAL_PERSONA, SOCIAL_POST)
"""There only where an org has the social features; retired products fed them."""
