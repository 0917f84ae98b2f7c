"""What people say about themselves besides their name: employer, title, place and language."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.facts import Key
from socialcrm.matching.pairs import Flags, Levels, Pairs
from socialcrm.matching.words import CAMPAIGN, ROLES_NUMBERED
from socialcrm.model import Contact, Profile, Trust


def compare_employer(pairs: Pairs) -> Levels:
    """Looks for the contact's company, without its legal form, in the bio."""
    return first_true(pairs, pairs.said(Key.PHRASE, pairs.hashes("company")))


def _rarity(pairs: Pairs, column: str, key: Key, agreeing: Flags) -> NDArray[np.float64]:
    """By how many bits a value that few contacts share tells more than one that a sixteenth of them share.

    A quarter of the surprise is left out: what stands in a bio need not be meant as it stands on the record.
    """
    out = np.zeros(len(pairs))
    (some,) = agreeing.nonzero()
    if len(some):
        counts = pairs.index.count(key, pairs.hashes(column)[some])
        surprise = np.log2(len(pairs.index) / np.maximum(counts, 1))
        out[some] = np.clip(_TOLD * surprise - _USUAL, 0.0, _MOST)
    return out


_TOLD, _USUAL, _MOST = 0.75, 3.0, 8.0


def rare_employer(pairs: Pairs) -> NDArray[np.float64]:
    """How much rarer than usual the company is that the bio names."""
    return _rarity(pairs, "company", Key.COMPANY, EMPLOYER.of(pairs) == 1)


def rare_city(pairs: Pairs) -> NDArray[np.float64]:
    """How much rarer than usual the city is that the profile names."""
    return _rarity(pairs, "city", Key.CITY, PLACE.of(pairs) == 1)


def compare_title(pairs: Pairs) -> Levels:
    """Looks for the contact's job title in the bio."""
    return first_true(pairs, pairs.said(Key.PHRASE, pairs.hashes("title")))


def compare_place(pairs: Pairs) -> Levels:
    """Looks for the contact's city, region or country in the profile's location, and the city in the bio.

    A location that names none of them speaks mildly against; people move, and joke.
    """
    city, region, country = (pairs.hashes(column) for column in ("city", "region", "country"))
    placed = (city != 0) | (region != 0)
    return first_true(
        pairs,
        pairs.said(Key.PLACE, city) | pairs.said(Key.PHRASE, city),
        pairs.said(Key.PLACE, region),
        pairs.said(Key.PLACE, country),
        pairs.flag("has_place") & placed,
    )


def compare_language(pairs: Pairs) -> Levels:
    """Compares the languages, where both sides name one."""
    ours, theirs = pairs.hashes("lang"), pairs.profile("lang")
    both = (ours != 0) & (theirs != 0)
    return first_true(pairs, both & (ours == theirs), both)


_CAMPAIGN = 1 << ROLES_NUMBERED[CAMPAIGN]


def compare_role(pairs: Pairs) -> Levels:
    """Compares the title or trade in the handle (``rep``, ``sen``, ``dr``, ``dev``) with title and employer.

    What a handle runs for (``forsenate``, ``4ohio``) is compared with any office on the record.
    """
    ours, theirs = pairs.contact("roles").astype(np.int64), pairs.profile("roles").astype(np.int64)
    held, said = ours & ~_CAMPAIGN, theirs & ~_CAMPAIGN
    return first_true(
        pairs,
        (held & said) != 0,
        (held != 0) & (said != 0),
        said != 0,
        (theirs != 0) & ((ours & _CAMPAIGN) != 0),
        (theirs != 0) & (ours != 0),
        theirs != 0,
    )


_DEVELOPER = 1 << ROLES_NUMBERED["developer"]


def compare_platform(pairs: Pairs) -> Levels:
    """Compares a platform of people who write software with the trade or office on the record."""
    ours, workshop = pairs.contact("roles").astype(np.int64), pairs.flag("workshop")
    return first_true(pairs, workshop & ((ours & _DEVELOPER) != 0), workshop & ((ours & _CAMPAIGN) != 0))


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
    compare_employer,
    employer_values,
    (_SILENT, Level("in_bio", "The bio names the contact's company ({right}).")),
    rarity=rare_employer,
)
TITLE = Kind(
    "title",
    compare_title,
    title_values,
    (_SILENT, Level("in_bio", "The bio names the contact's title ({right}).")),
)
ROLE = Kind(
    "role",
    compare_role,
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
    compare_platform,
    platform_values,
    (
        _SILENT,
        Level("trade", "People who write software use {left}, and the contact's record says so too ({right})."),
        Level("office", "People who write software use {left}; the contact's record names an office ({right})."),
    ),
)
PLACE = Kind(
    "place",
    compare_place,
    place_values,
    (
        _SILENT,
        Level("city", "The profile names the contact's city ({right})."),
        Level("region", "The profile names the contact's region ({right})."),
        Level("country", "The profile names the contact's country ({right})."),
        Level("other", "The profile's location “{left}” is not the contact's ({right})."),
    ),
    rarity=rare_city,
)
LANGUAGE = Kind(
    "language",
    compare_language,
    language_values,
    (
        _SILENT,
        Level("same", "Both use the language “{left}”."),
        Level("other", "The profile's language “{left}” is not the contact's (“{right}”).", Trust.AGAINST),
    ),
)
