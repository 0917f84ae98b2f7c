"""The contact's own web sites."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile, Trust


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and the sites on the record."""
    return profile.handle, ", ".join(contact.websites[:3])


WEBSITE = Kind(
    "website",
    """Compares the web sites on the record with the account, its handle and its links.

    A record that names the account itself, or a handle that lives under the contact's own host,
    starts from what the CRM knows. A link from the profile to the site is only a claim: anybody
    can write it. A host that is merely the person's name counts little, and one that many
    contacts share counts nothing.
    """,
    values,
    (
        Level("silent", ""),
        Level("account", "The contact's own web address names this account ({right}).", Trust.ANCHORED),
        Level("host", "The handle “{left}” lives under the contact's own host ({right}).", Trust.ANCHORED),
        Level("handle_own", "The contact's own host carries the handle “{left}” ({right}).", Trust.ANCHORED),
        Level("link", "The profile links to the contact's web site ({right}); anybody could."),
        Level("handle_name", "The handle “{left}” and the contact's host ({right}) are both merely the name."),
        Level(
            "handle_numbered",
            "The contact's host carries the handle “{left}” ({right}): the name and some digits.",
            Trust.ANCHORED,
        ),
        Level("handle_like", "The contact's host carries the handle “{left}” ({right}), which may be the name."),
    ),
)
