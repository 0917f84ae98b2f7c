"""Invented people and their accounts, and the shortest way to a match or a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from socialcrm.matching.decisions import Proposal, decide
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact, Link, LinkState, Match, Profile
from socialcrm.policy import LinkPolicy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MATCHER = Matcher()

BYSTANDERS = tuple(
    Contact(id=f"by-{first}-{last}", first_name=first, last_name=last, emails=(f"{first}.{last}@post.example",))
    for first in ("Odile", "Tomasz", "Priya", "Bruno")
    for last in ("Falkenrath", "Quillfeather", "Norrgard")
)


def contact(key: str = "c1", **fields: object) -> Contact:
    return Contact.model_validate({"id": key, "first_name": "Marit", "last_name": "Oxenholme", **fields})


def profile(key: str = "p1", **fields: object) -> Profile:
    return Profile.model_validate({"platform": "bluesky", "id": key, **fields})


def rank(one: Profile, *contacts: Contact) -> list[Match]:
    index = MATCHER.index([*contacts, *BYSTANDERS])
    return MATCHER.rank([one], index)[0]


def best(one: Profile, *contacts: Contact) -> Match:
    return rank(one, *contacts)[0]


def names(match: Match) -> set[str]:
    return {evidence.name for evidence in match.evidence}


def decisions(
    profiles: Iterable[Profile],
    contacts: Iterable[Contact],
    *,
    policy: LinkPolicy | None = None,
    owned: Collection[str] = (),
    current: Link | None = None,
    rejected: Iterable[str] = (),
) -> list[Link | None]:
    profiles, rejected = list(profiles), frozenset(rejected)
    index = MATCHER.index([*contacts, *BYSTANDERS])
    ranked = MATCHER.rank(profiles, index, ruled_out=[rejected] * len(profiles))
    proposals = [
        Proposal(profile=p, matches=m, current=current, rejected=rejected)
        for p, m in zip(profiles, ranked, strict=True)
    ]
    return decide(
        proposals,
        policy=policy or LinkPolicy(),
        owned=lambda _contact, _platform: owned,
        now=NOW,
        model_version=MATCHER.version,
    )


def decision(one: Profile, *contacts: Contact, **how: object) -> Link | None:
    return decisions([one], contacts, **how)[0]  # type: ignore[arg-type]


def link(state: LinkState, *, by: str = "rule", contact_id: str | None = "c1", **fields: object) -> Link:
    about = {"platform": "bluesky", "profile_id": "p1", "contact_id": contact_id}
    return Link.model_validate({**about, "state": state, "by": by, "at": NOW, **fields})
