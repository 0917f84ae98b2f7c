"""Pairs of clues that weigh more or less together than the sum of both: tables of two dimensions.

As in explainable boosting machines (Lou, Caruana, Gehrke and Hooker, 2013), a few pairs of kinds were chosen by what
they explain in cross-validation, by person and by source, of what the sum of single weights leaves over. Each is a
kind of its own, whose level is looked up by the levels of the other two, so the score stays a plain sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from socialcrm.matching.core.kinds import enter_together
from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.handle import HANDLE
from socialcrm.matching.evidence.near import NEAR_ADDRESS, NEAR_SITE
from socialcrm.matching.evidence.pieces import FOREIGN, OFFICE, SURPRISE
from socialcrm.model import Contact, Profile


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two kinds: the bin of a level by its name, and how each bin is said; silence has none."""

    kind: Kind
    bin_of: Callable[[str], str]
    said: dict[str, str]

    def bins(self) -> list[int]:
        """The number of each level's bin, from 1; 0 for silence."""
        names = list(self.said)
        return [0, *(1 + names.index(self.bin_of(level.name)) for level in self.kind.levels[1:])]


@dataclass(frozen=True, slots=True)
class Together:
    """A kind of evidence that is looked up by the levels of two others."""

    left: Side
    right: Side
    kind: Kind


def _letters(level: str) -> str:
    run, _, own = level.split("_")
    return f"{own}_{_RUNS[run]}"


_RUNS = {"three": "three", "four": "four", "five": "four", "six": "six", "seven": "six", "eight": "six"}
_SPOKEN_RUNS = {"three": "three letters", "four": "four or five letters", "six": "six letters or more"}
_SPOKEN_OWN = {"own": "", "name": ", which is merely the name"}


def _near(kind: Kind, what: str) -> Side:
    said = {
        f"{own}_{run}": f"the handle “{{left}}” has {spoken} of the contact's {what}{which}"
        for own, which in _SPOKEN_OWN.items()
        for run, spoken in _SPOKEN_RUNS.items()
    }
    return Side(kind, _letters, said)


_WRITTEN = {
    "full": "name", "nickname": "name", "more": "words", "variant": "words", "initial": "initial",
    "given_initial": "initial", "sound": "initial", "sole": "initial", "surname": "word", "given": "word",
    "given_more": "word", "nothing": "nothing",
}  # fmt: skip
_SURPRISE = ((9, "any"), (16, "some"), (24, "few"), (99, "one"))


def _surprise(level: str) -> str:
    bits = int(level.rpartition("_")[2])
    return next(name for below, name in _SURPRISE if bits < below)


_ROLES = ("runs_unknown", "runs_other", "runs", "unknown", "other", "same")


def _role(level: str) -> str:
    return next(role for role in _ROLES if level.endswith(f"_{role}"))


SITE, ADDRESS = _near(NEAR_SITE, "web site"), _near(NEAR_ADDRESS, "e-mail address")
WRITTEN = Side(
    HANDLE,
    _WRITTEN.__getitem__,
    {
        "name": "it is “{right}” written together",
        "words": "it holds given name and surname of “{right}”",
        "initial": "it is one name and an initial of “{right}”, or sounds like it",
        "word": "it holds one name of “{right}”",
        "nothing": "it has nothing of “{right}” as a word",
    },
)
PIECES = Side(
    SURPRISE,
    _surprise,
    {
        "any": "many people's handles would hold such pieces of “{right}”",
        "some": "some people's handles would hold such pieces of “{right}”",
        "few": "few people's handles would hold such pieces of “{right}”",
        "one": "hardly any other handle would hold such pieces of “{right}”",
    },
)
ROLE = Side(
    OFFICE,
    _role,
    {
        "same": "the handle “{left}” names the role on the record",
        "other": "the handle “{left}” names another role than the record",
        "unknown": "the handle “{left}” names a role, and the record none",
        "runs": "the handle “{left}” runs for something, as the contact may",
        "runs_other": "the handle “{left}” runs for something, and the record names no office",
        "runs_unknown": "the handle “{left}” runs for something, and the record names no role",
    },
)
SCRIPT = Side(FOREIGN, lambda _: "foreign", {"foreign": "the name is not in Latin letters"})


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


def _together(name: str, left: Side, right: Side) -> Together:
    enter_together(name, left.kind.name, right.kind.name, left.bins(), right.bins())
    levels = tuple(
        Level(f"{one}_{other}", f"Taken together, {said}, and {also}.")
        for one, said in left.said.items()
        for other, also in right.said.items()
    )
    about = f"Weighs {left.kind.name} and {right.kind.name} together, beyond what each weighs alone."
    return Together(left, right, Kind(name, about, values, (Level("silent", ""), *levels), dear=True))


TOGETHER = (
    _together("site_and_name", SITE, WRITTEN),
    _together("address_and_name", ADDRESS, WRITTEN),
    _together("role_and_pieces", ROLE, PIECES),
    _together("name_and_pieces", WRITTEN, PIECES),
    _together("script_and_site", SCRIPT, SITE),
    _together("script_and_pieces", SCRIPT, PIECES),
)
