"""Decisions that no longer fit together, for a person to look at; nothing here changes anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from socialcrm.matching.decisions import Proposal
from socialcrm.model import Link, LinkState, Match, Trust


class ContradictionKind(StrEnum):
    """What does not fit."""

    TWO_CONTACTS = "two_contacts"
    TWO_ACCOUNTS = "two_accounts"
    CHANGED_EVIDENCE = "changed_evidence"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One misfit: its sentence, and the links it is about."""

    kind: ContradictionKind
    sentence: str
    links: tuple[Link, ...]


def contradictions(links: Iterable[Link], proposals: Iterable[Proposal] = ()) -> list[Contradiction]:
    """Find present links that contradict each other, and confirmed links whose evidence has changed.

    ``links`` are the decisions in force; those that link nothing are ignored. ``proposals`` are
    profiles matched anew: one that a person linked and that now speaks for another contact, wears
    a sign of imitation or shares nothing with its contact any more is reported.
    """
    linked = [link for link in links if link.state is LinkState.LINKED and link.contact_id]
    return [
        *_doubles(linked, ContradictionKind.TWO_CONTACTS),
        *_doubles(linked, ContradictionKind.TWO_ACCOUNTS),
        *filter(None, map(_changed, proposals)),
    ]


_Of = Callable[[Link], object]
_DOUBLES: dict[ContradictionKind, tuple[_Of, _Of, str]] = {
    ContradictionKind.TWO_CONTACTS: (
        lambda link: (link.platform, link.profile_id),
        lambda link: link.contact_id,
        "One account on {platform} is linked to {count} contacts.",
    ),
    ContradictionKind.TWO_ACCOUNTS: (
        lambda link: (link.contact_id, link.platform),
        lambda link: link.profile_id,
        "One contact has {count} linked accounts on {platform}.",
    ),
}


def _doubles(links: list[Link], kind: ContradictionKind) -> list[Contradiction]:
    group_of, value_of, sentence = _DOUBLES[kind]
    groups: dict[object, dict[object, Link]] = defaultdict(dict)
    for link in links:
        groups[group_of(link)][value_of(link)] = link
    return [
        Contradiction(kind, sentence.format(platform=link.platform, count=len(group)), tuple(group.values()))
        for group in groups.values()
        if len(group) > 1
        for link in [next(iter(group.values()))]
    ]


def _changed(proposal: Proposal) -> Contradiction | None:
    current = proposal.current
    if current is None or current.state is not LinkState.LINKED or not current.by.startswith("person:"):
        return None
    if proposal.carried:  # matched against the contact it was merged into, whose record may say other things
        return None
    best = proposal.matches[0] if proposal.matches else None
    mine = next((match for match in proposal.matches if match.contact_id == current.contact_id), None)
    sentence = _what_changed(best, mine, current)
    return Contradiction(ContradictionKind.CHANGED_EVIDENCE, sentence, (current,)) if sentence else None


def _what_changed(best: Match | None, mine: Match | None, current: Link) -> str:
    if best and best.contact_id != current.contact_id and best.probability > 0.5:
        return f"The profile now speaks for another contact ({best.probability:.0%})."
    if mine is None:
        return "The profile shares nothing with its contact any more." if current.evidence else ""
    before = {evidence.name for evidence in current.evidence}
    against = (e.sentence for e in mine.evidence if e.trust is Trust.AGAINST and e.name not in before)
    return next(against, "")
