"""What people say about themselves besides their name: employer, title, place and language."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile, Trust


def platform_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The platform, and title and employer."""
    return profile.platform, ", ".join(filter(None, (contact.title, contact.company)))


def role_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and title and employer."""
    return profile.handle, ", ".join(filter(None, (contact.title, contact.company)))


def employer_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The bio and the company."""
    return profile.bio, contact.company


def title_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The bio and the title."""
    return profile.bio, contact.title


def place_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The location, and the contact's place."""
    return profile.location, ", ".join(filter(None, (contact.city, contact.region, contact.country)))


def language_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The two languages."""
    return profile.lang, contact.lang


_SILENT = Level("silent", "")
EMPLOYER = Kind(
    "employer",
    """Looks for the contact's company, without its legal form, in the bio and beside the display name.

    Another company named there speaks mildly against; people change jobs, and records age.
    """,
    employer_values,
    (
        _SILENT,
        Level("in_bio", "The bio names the contact's company ({right})."),
        Level("other", "The bio names another company than the contact's record ({right})."),
    ),
)
TITLE = Kind(
    "title",
    "Looks for the contact's job title in the bio.",
    title_values,
    (_SILENT, Level("in_bio", "The bio names the contact's title ({right}).")),
)
ROLE = Kind(
    "role",
    """Compares the title or trade in the handle (``rep``, ``sen``, ``dr``, ``dev``) with title and employer.

    What a handle runs for (``forsenate``, ``4ohio``) is compared with any office on the record.
    """,
    role_values,
    (
        _SILENT,
        Level("same", "The handle “{left}” names a role that the contact's record names too ({right})."),
        Level("other", "The handle “{left}” names another role than the contact's record ({right})."),
        Level("unknown", "The handle “{left}” names a role of which the contact's record says nothing."),
        Level("runs", "The handle “{left}” runs for something, and the contact's record names an office ({right})."),
        Level("runs_other", "The handle “{left}” runs for something, and the contact's record names no office."),
        Level("runs_unknown", "The handle “{left}” runs for something, and the contact's record names no role."),
    ),
)
PLATFORM = Kind(
    "platform",
    "Compares a platform of people who write software with the trade or office on the record.",
    platform_values,
    (
        _SILENT,
        Level("trade", "People who write software use {left}, and the contact's record says so too ({right})."),
        Level("office", "People who write software use {left}; the contact's record names an office ({right})."),
    ),
)
PLACE = Kind(
    "place",
    """Looks for the contact's city, region or country in the profile's location, and the city in the bio.

    A location that names none of them speaks mildly against; people move, and joke.
    """,
    place_values,
    (
        _SILENT,
        Level("city", "The profile names the contact's city ({right})."),
        Level("region", "The profile names the contact's region ({right})."),
        Level("country", "The profile names the contact's country ({right})."),
        Level("other", "The profile's location “{left}” is not the contact's ({right})."),
    ),
)
LANGUAGE = Kind(
    "language",
    "Compares the languages, where both sides name one.",
    language_values,
    (
        _SILENT,
        Level("same", "Both use the language “{left}”."),
        Level("other", "The profile's language “{left}” is not the contact's (“{right}”).", Trust.AGAINST),
    ),
)
