"""E-mail addresses and phone numbers on the record."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile, Trust


def email_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and the addresses on the record."""
    return profile.handle, ", ".join(contact.emails[:3])


def phone_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and the numbers on the record."""
    return profile.handle, ", ".join(contact.phones[:3])


EMAIL = Kind(
    "email",
    """Compares e-mail addresses on the record with the platform's, with the bio and with the handle.

    An address that the platform vouches for is proof. One that stands in the bio is a strong clue.
    A local part equal to the handle is one too if it is the person's own invention; if it is
    merely their name, any namesake would choose it, and it counts little; with a few digits more,
    as a year of birth, one namesake in some dozens would. One that may be another spelling of the
    name is taken for the name where the name agrees already. Role addresses (info, sales) say nothing.
    """,
    email_values,
    (
        Level("silent", ""),
        Level("vouched", "The platform vouches for an address on the contact's record ({right}).", Trust.VERIFIED),
        Level("in_bio", "An address on the contact's record stands in the bio ({right}).", Trust.ANCHORED),
        Level("local_own", "The handle “{left}” opens an e-mail address on the record ({right}).", Trust.ANCHORED),
        Level("local_name", "The handle “{left}” and an address on the record ({right}) are both merely the name."),
        Level("local_numbered", "The handle “{left}” opens an address on the record ({right}): name and some digits.",
              Trust.ANCHORED),
        Level("local_like", "The handle “{left}” opens an address on the record ({right}), which may be the name."),
    ),
)  # fmt: skip

PHONE = Kind(
    "phone",
    "Looks for a phone number of the record in the bio.",
    phone_values,
    (
        Level("silent", ""),
        Level("in_bio", "A phone number on the contact's record stands in the bio ({right}).", Trust.ANCHORED),
    ),
)
