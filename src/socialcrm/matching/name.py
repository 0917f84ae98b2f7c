"""What a person's name comes to."""

from __future__ import annotations

from typing import NamedTuple

FAMILY_FIRST_COUNTRIES = frozenset({"hungary", "magyarorszag", "hu"})
"""Countries, in normal form, that write the family name first in Latin letters."""


class Name(NamedTuple):
    """Romanised words of a name. ``surnames`` are spellings of the whole family name, the commonest first;
    ``parts`` its words where it has several. ``syllables`` are those of a given name of two.
    ``family_first`` says that the source writes it so."""

    given: str = ""
    middle: str = ""
    surnames: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    family_first: bool = False
    surname_words: int = 1
    syllables: tuple[str, ...] = ()

    @property
    def surname(self) -> str:
        return self.surnames[0] if self.surnames else ""
