"""How rare the words are in which a profile and a contact agree."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.evidence.handle import HANDLE
from socialcrm.matching.evidence.name import NAME
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.model import Contact, Profile

_INITIAL_BITS = 4.0
RARE_BITS = 17.0
"""From here on fewer than one person in 130,000 is expected to carry what agrees."""

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


def rarity_bits(pairs: Pairs) -> NDArray[np.float64]:
    """The surprise, in bits, of the words in which the pair agrees by display name or handle, counted once."""
    return pairs.by_name(RARITY.name, _bits)


def _bits(pairs: Pairs) -> NDArray[np.float64]:
    table, words = pairs.index.table, pairs.index.words
    surprise = (
        words.bits(table["given"][pairs.c], "given", len(pairs.index)),
        words.bits(table["surname"][pairs.c, 0], "surname", len(pairs.index)),
    )
    total = np.zeros(len(pairs))
    for place in (0, 1):
        initial = np.minimum(_INITIAL_BITS, surprise[place])
        said = []
        for kind in (NAME, HANDLE):
            share, is_initial = _shares(kind, place)
            levels = kind.of(pairs)
            said.append(np.where(is_initial[levels], initial, surprise[place] * share[levels]))
        total += np.maximum(*said)
    return total


@cache
def _shares(kind: Kind, place: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of each level: the share of the word that agrees, and whether only its initial does."""
    said = [_SHARES.get(f"{kind.name}.{level.name}", (0, 0))[place] for level in kind.levels]
    return np.asarray([0.0 if of == "i" else float(of) for of in said]), np.asarray([of == "i" for of in said])


def compare(pairs: Pairs) -> Levels:
    """Weighs how rare the agreeing words of the name are: Dutro says more than Smith.

    The share of people with a name comes from the contacts themselves, blended with a shipped
    table of the commonest names. The weight is the surprise in bits, counted once however often
    the name is repeated in display name and handle.
    """
    bits = rarity_bits(pairs)
    return first_true(pairs, bits >= RARE_BITS, bits > 0)


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The display name, or the handle without one, and the contact's name."""
    return profile.display_name or profile.handle, contact.name


RARITY = Kind(
    "rarity",
    compare,
    values,
    (
        Level("silent", ""),
        Level("rare", "The words in which “{left}” and “{right}” agree weigh much: few people bear them."),
        Level("common", "The words in which “{left}” and “{right}” agree weigh less: more people bear them."),
    ),
    by_name=True,
)
