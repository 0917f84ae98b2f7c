"""What a handle is made of: the pieces of the name in its best reading, what is left over, and how telling they are."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile

_USES = (
    ("both", "given name and surname"),
    ("surname_more", "the surname and some of the given name"),
    ("surname", "the surname alone"),
    ("given_more", "the given name and some of the surname"),
    ("given", "the given name alone"),
    ("surname_part", "the beginning of the surname"),
    ("given_part", "the beginning of the given name"),
    ("little", "hardly anything"),
    ("sole", "the only name"),
)
"""What a reading uses of a name, and how that is said; levels are numbered use by use."""

_LEFT = ("0", "1", "2", "3", "4", "5", "6", "8")
_LENGTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
_BITS = (6, 9, 12, 14, 16, 18, 20, 22, 24, 27, 30)


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


def _kind(name: str, about: str, steps: tuple[tuple[str, str], ...], *, by_name: bool = True) -> Kind:
    levels = tuple(
        Level(f"{use}_{step}", f"The handle “{{left}}” holds {spoken} of “{{right}}”{how}.")
        for use, spoken in _USES
        for step, how in steps
    )
    return Kind(name, about, values, (Level("silent", ""), *levels), by_name=by_name, dear=True)


_OVER = tuple((n, ", nothing left over" if n == "0" else f", {n} letters left over") for n in _LEFT[:-2])
_OVER += (("6", ", six or seven letters left over"), ("8", ", eight letters or more left over"))
PIECES = _kind(
    "pieces",
    """Reads the handle as pieces of the name: initials, beginnings and whole words, in any order.

    The reading that explains most is taken. What it uses of surname and given name is weighed
    together with how many letters it leaves over.
    """,
    _OVER,
)
FOREIGN = _kind(
    "foreign",
    "Weighs the reading anew where the contact's name is not in Latin letters and many ways to spell it agree.",
    tuple((n, f"{how}, in Latin letters") for n, how in _OVER),
)
LENGTH = _kind(
    "length",
    "Weighs the reading by how many letters the handle has: short ones agree by chance.",
    tuple((f"from_{n}", f" and is from {n} letters long") for n in (0, *_LENGTHS)),
)
SURPRISE = _kind(
    "surprise",
    """Weighs how many people's handles would hold these pieces of a name: few for long pieces of rare names.

    Among many other letters, a piece has many places to stand in by chance.
    """,
    tuple((f"from_{n}", f", as one in 2^{n} would") for n in (0, *_BITS)),
)
BOUNDS = _kind(
    "bounds",
    "Looks whether surname and given name stand in the handle as words, parted by a sign or a capital.",
    (
        ("none", ", neither as a word of it"),
        ("given", ", the given name as a word"),
        ("surname", ", the surname as a word"),
        ("both", ", both as words"),
    ),
)
SPELLING = _kind(
    "spelling",
    "Looks at how the pieces are written: by their sound only, or surname first.",
    (
        ("turned", ", the surname first"), ("sound_more", " as it sounds, among much else"),
        ("sound_one", " as it sounds, and a letter more"), ("sound", " as it sounds"),
    ),
)  # fmt: skip
MIDDLE_NAME = Kind(
    "middle",
    "Looks whether the middle name stands in the handle beside the others, or one letter there is not its initial.",
    values,
    (
        Level("silent", ""),
        Level("word", "The handle “{left}” holds the middle name of “{right}” too."),
        Level("initial", "The handle “{left}” holds the middle initial of “{right}” too."),
        Level("other", "The handle “{left}” holds another letter where “{right}” has a middle name."),
        Level("last_word", "Of the surname of “{right}”, the handle “{left}” holds the last word only."),
        Level("first_word", "Of the surname of “{right}”, the handle “{left}” holds another word than the last."),
    ),
    by_name=True,
    dear=True,
)
OFFICE = _kind(
    "office",
    "Weighs a title or trade in the handle by what else of the name it holds: ``repsmith`` needs no given name.",
    (
        ("same", " beside the role on the record"), ("other", " beside another role"),
        ("unknown", " beside a role that is not on the record"),
        ("runs", " and runs for something, as the contact may"),
        ("runs_other", " and runs for something"), ("runs_unknown", " and runs for something unknown to the record"),
    ),
    by_name=False,
)  # fmt: skip
BEGINS = Kind(
    "begins",
    "Looks whether the handle begins with a given name that is none of the contact's words, nor part of one.",
    values,
    (
        Level("silent", ""),
        *(
            Level(use, f"The handle “{{left}}” holds {spoken} of “{{right}}”, but begins with another given name.")
            for use, spoken in _USES
        ),
    ),
    by_name=True,
    dear=True,
)
READINGS = (PIECES, FOREIGN, LENGTH, SURPRISE, BOUNDS, SPELLING, MIDDLE_NAME, OFFICE, BEGINS)
