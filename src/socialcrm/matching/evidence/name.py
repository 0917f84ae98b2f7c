"""The display name against the contact's name."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.pairs import Flags, Levels, Pairs
from socialcrm.model import Contact, Profile, Trust


def surname_shown(pairs: Pairs) -> Flags:
    """Pairs whose display name holds the surname, in any spelling, or a word of it."""
    return pairs.any_said(Key.WORD, [word["hash"] for word in pairs.surnames + pairs.parts])


def variant_shown(pairs: Pairs) -> Flags:
    """Pairs whose display name holds a nickname or foreign form of the given name."""
    return pairs.any_said(Key.CANON, list(pairs.given["canon"].T))


def compare(pairs: Pairs) -> Levels:
    """Compares the display name with the contact's given name and surname.

    Knows titles, word order, initials, nicknames, forms of a name in other languages and the ways
    to write it in Latin letters. An empty name, one of signs only or a placeholder says nothing.
    The weight is for how the names agree; how rare they are is weighed by itself.
    """
    words = pairs.profile("words").astype(np.int64)
    known = (words > 0) & (pairs.given["hash"] != 0)
    complete = known & (pairs.surname["hash"] != 0)
    surname = surname_shown(pairs) & complete
    given = pairs.said(Key.WORD, pairs.given["hash"])
    variant = variant_shown(pairs)
    middle = pairs.said(Key.WORD, pairs.middle["hash"])
    initial = pairs.said(Key.INITIAL, pairs.given["initial"])
    surname_initial = pairs.said(Key.INITIAL, pairs.surname["initial"])
    turned, last, placed = _order(pairs)
    extra = words > 1 + pairs.contact("surname_words").astype(np.int64) + middle
    return first_true(
        pairs,
        surname & given & turned & ~extra,
        (surname & given & ~extra) | (complete & pairs.clue(Clue.WHOLE_NAME)),
        surname & given & last,
        surname & given,
        surname & variant,
        surname & middle,
        complete & _sounds(pairs, surname, given),
        surname & initial,
        complete & given & surname_initial,
        surname & (words == 1),
        surname & placed,
        known & (given | variant) & (words == 1),
        complete & (given | variant),
        complete & (words > 1),
        known,
    )


def _sounds(pairs: Pairs, surname: Flags, given: Flags) -> Flags:
    """Pairs that agree in surname and given name, by letters or by sound."""
    given_sound = pairs.said(Key.SOUND_WORD, pairs.given["sound"])
    surname_sound = pairs.any_said(Key.SOUND_WORD, [word["sound"] for word in pairs.surnames])
    return (surname | surname_sound) & (given | given_sound)


def _order(pairs: Pairs) -> tuple[Flags, Flags, Flags]:
    """Pairs with words turned, with a word of the contact last, and with the surname where one stands."""
    family_first = pairs.flag_of_contact("family_first")
    turned = pairs.said(Key.FIRST_WORD, pairs.surname["hash"]) & pairs.said(Key.LAST_WORD, pairs.given["hash"])
    placed = pairs.any_said(Key.LAST_WORD, [word["hash"] for word in pairs.surnames + pairs.parts])
    last = placed | pairs.said(Key.LAST_WORD, pairs.given["hash"])
    return turned & ~family_first, last, placed | family_first


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The two names."""
    return profile.display_name, contact.name


NAME = Kind(
    "name",
    compare,
    values,
    (
        Level("silent", ""),
        Level("turned", "The display name “{left}” holds the words of “{right}” in the other order."),
        Level("full", "The display name “{left}” is the contact's name “{right}”.", agrees=True),
        Level("more", "The display name “{left}” holds the contact's name “{right}” and more."),
        Level("longer", "The display name “{left}” holds the words of “{right}” but ends in another surname."),
        Level("variant", "The display name “{left}” is a usual form of “{right}”.", agrees=True),
        Level("middle", "The display name “{left}” holds the surname and a middle name of “{right}”.", agrees=True),
        Level("sound", "The display name “{left}” sounds like “{right}”."),
        Level("initial", "The display name “{left}” is the surname with the initial of “{right}”."),
        Level("surname_initial", "The display name “{left}” is the given name with an initial of “{right}”."),
        Level("surname", "The display name “{left}” is the surname of “{right}” alone."),
        Level("other_given", "“{left}” has the surname of “{right}” but another given name.", Trust.AGAINST),
        Level("given", "The display name “{left}” is the given name of “{right}” alone."),
        Level("other_surname", "“{left}” has the given name of “{right}” but another surname.", Trust.AGAINST),
        Level("different", "The display name “{left}” is another name than “{right}”.", Trust.AGAINST),
        Level("alias", "The display name “{left}” has nothing of “{right}”."),
    ),
    by_name=True,
)  # fmt: skip
