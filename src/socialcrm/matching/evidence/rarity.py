"""How rare the words are in which a profile and a contact agree."""

from __future__ import annotations

from socialcrm.matching.core.compare_names import set_shares
from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.handle import HANDLE
from socialcrm.matching.evidence.name import NAME
from socialcrm.model import Contact, Profile

# What each level of name and handle says of (given name, surname): 1 all of it, a share of it, or "i" the initial.
_SHARES: dict[str, tuple[float | str, float | str]] = {
    "name.turned": (1, 1), "name.full": (1, 1), "name.more": (1, 1), "name.longer": (1, 0.5),
    "name.variant": (0.7, 1), "name.middle": (0.7, 1), "name.sound": (0.7, 0.8), "name.initial": ("i", 1),
    "name.surname_initial": (1, "i"), "name.surname": (0, 1), "name.other_given": (0, 0.5), "name.given": (1, 0),
    "name.other_surname": (0.8, 0), "handle.full": (1, 1), "handle.nickname": (0.7, 1), "handle.more": (1, 1),
    "handle.variant": (0.7, 1), "handle.initial": ("i", 1), "handle.given_initial": (1, "i"),
    "handle.sound": (0.7, 0.8), "handle.surname": (0, 1), "handle.sole": (1, 0), "handle.given": (1, 0),
    "handle.given_more": (0.8, 0),
}  # fmt: skip


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The display name, or the handle without one, and the contact's name."""
    return profile.display_name or profile.handle, contact.name


RARITY = Kind(
    "rarity",
    """Weighs how rare the agreeing words of the name are: Dutro says more than Smith.

    The share of people with a name comes from the contacts themselves, blended with a shipped
    table of the commonest names. The weight is the surprise in bits, counted once however often
    the name is repeated in display name and handle.
    """,
    values,
    (
        Level("silent", ""),
        Level("rare", "The words in which “{left}” and “{right}” agree weigh much: few people bear them."),
        Level("common", "The words in which “{left}” and “{right}” agree weigh less: more people bear them."),
    ),
    by_name=True,
)


def _shares(kind: Kind) -> list[tuple[float, float]]:
    """What each level of a kind says of given name and surname, as the core has it: -1 for the initial."""
    said = [_SHARES.get(f"{kind.name}.{level.name}", (0, 0)) for level in kind.levels]
    given, surname = ([-1.0 if of == "i" else float(of) for of in column] for column in zip(*said, strict=True))
    return list(zip(given, surname, strict=True))


set_shares(_shares(NAME), _shares(HANDLE))
