"""The accounts that the customer gave, as they stand on the contact."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.model import Contact, Profile, Trust


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """This account and those on the record; the one that is equal, if one is."""
    platform = platform_key(profile.platform)
    known = [h for name, handles in contact.handles.items() if platform_key(name) == platform for h in handles]
    mine = {known_key(platform, profile.handle), profile.id.casefold()}
    return profile.handle, next((h for h in known if known_key(platform, h) in mine), ", ".join(known[:3]))


KNOWN = Kind(
    "known",
    """Compares the account with the accounts recorded on the contact for this platform.

    Handles are equal letter by letter, apart from case and a leading ``@``. One that only looks
    the same is taken for an imitation; a contact whose recorded account is another one speaks
    against this one.
    """,
    values,
    (
        Level("silent", ""),
        Level("account_id", "The contact's record holds this very account id.", Trust.VERIFIED),
        Level("handle", "The contact's record holds this account: “{right}”.", Trust.VERIFIED),
        Level("lookalike", "The handle “{left}” only looks like “{right}” on the contact's record.", Trust.AGAINST),
        Level("other", "The contact's record holds another account on this platform: “{right}”.", Trust.AGAINST),
    ),
)
