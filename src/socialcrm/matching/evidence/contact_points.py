"""E-mail addresses and phone numbers on the record."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.facts import Clue
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.model import Contact, Profile, Trust


def compare_email(pairs: Pairs) -> Levels:
    """Compares e-mail addresses on the record with the platform's, with the bio and with the handle.

    An address that the platform vouches for is proof. One that stands in the bio is a strong clue.
    A local part equal to the handle is one too if it is the person's own invention; if it is
    merely their name, any namesake would choose it, and it counts little. Role addresses
    (info, sales) say nothing.
    """
    return first_true(
        pairs,
        pairs.clue(Clue.EMAIL_VOUCHED),
        pairs.clue(Clue.EMAIL_IN_BIO),
        pairs.clue(Clue.LOCAL_OWN),
        pairs.clue(Clue.LOCAL_NAME),
    )


def compare_phone(pairs: Pairs) -> Levels:
    """Looks for a phone number of the record in the bio."""
    return first_true(pairs, pairs.clue(Clue.PHONE))


def email_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and the addresses on the record."""
    return profile.handle, ", ".join(contact.emails[:3])


def phone_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle, and the numbers on the record."""
    return profile.handle, ", ".join(contact.phones[:3])


EMAIL = Kind(
    "email",
    compare_email,
    email_values,
    (
        Level("silent", ""),
        Level("vouched", "The platform vouches for an address on the contact's record ({right}).", Trust.VERIFIED),
        Level("in_bio", "An address on the contact's record stands in the bio ({right}).", Trust.ANCHORED),
        Level("local_own", "The handle “{left}” opens an e-mail address on the record ({right}).", Trust.ANCHORED),
        Level("local_name", "The handle “{left}” and an address on the record ({right}) are both merely the name."),
    ),
)  # fmt: skip

PHONE = Kind(
    "phone",
    compare_phone,
    phone_values,
    (
        Level("silent", ""),
        Level("in_bio", "A phone number on the contact's record stands in the bio ({right}).", Trust.ANCHORED),
    ),
)
