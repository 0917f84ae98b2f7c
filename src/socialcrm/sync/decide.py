"""Deciding over a batch of profiles together with everybody who claims the same contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from socialcrm.matching.contradictions import Contradiction, contradictions
from socialcrm.matching.decisions import Proposal, decide
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.signs import rank
from socialcrm.model import Link, LinkState
from socialcrm.store.base import ProfileState
from socialcrm.sync.report import ContradictionReport
from socialcrm.sync.review import contradictory

if TYPE_CHECKING:
    from socialcrm.sync.run import Run

_RIVALS = 20
"""How many claims to one contact on one platform, the best first, a newcomer is judged beside."""

_REPORTED = 1000
"""Contradictions kept in a report."""


def decide_batch(run: Run, states: Sequence[ProfileState], *, token: str) -> None:
    """Rank the contacts of each profile, decide, and append what is new to the log.

    Profiles that rules linked or proposed earlier are judged again beside a newcomer who claims the same
    contact on the same platform: of equal claims none may link, in whatever order they come.
    """
    proposals = _propose(run, states)
    claimed = {match.contact_id for proposal in proposals for match in proposal.matches}
    claims = run.store.decisions.of_contacts(sorted(claimed), waiting=True)
    proposals += _propose(run, _rivals(run, proposals, claims))
    links = {contact: [one for one in some if one.state is LinkState.LINKED] for contact, some in claims.items()}
    given = _given(run, proposals)
    proposals = [
        replace(proposal, allied=_allied(proposal, links), recycled=_recycled(proposal, given))
        for proposal in proposals
    ]
    decisions = decide(
        proposals,
        policy=run.policy,
        owned=lambda contact_id, platform: _owners(links, contact_id, platform),
        now=run.clock.now(),
        model_version=run.matcher.version,
    )
    new = [link for link in decisions if link is not None]
    considered = [(state.profile.platform, state.profile.id) for state in states]
    run.store.decisions.append(new, considered=considered, token=token)
    decided = run.report.decided
    decided.considered += len(states)
    decided.linked += sum(link.state is LinkState.LINKED for link in new)
    decided.review += sum(link.state is LinkState.REVIEW for link in new)
    decided.nobody += sum(
        decision is None and (proposal.current is None or proposal.current.state is LinkState.NONE)
        for proposal, decision in zip(proposals, decisions, strict=True)
    )
    _report(run, contradictions((), proposals))


def _propose(run: Run, states: Sequence[ProfileState]) -> list[Proposal]:
    if not states:
        return []
    index = run.index()
    ranked = run.matcher.rank(
        [state.profile for state in states], index, ruled_out=[state.rejected for state in states]
    )
    return [
        Proposal(
            profile=state.profile,
            matches=matches,
            current=state.current,
            rejected=state.rejected,
            carried=_merged(run, state.current) or _renamed(run, state),
        )
        for state, matches in zip(states, ranked, strict=True)
    ]


def _merged(run: Run, link: Link | None) -> bool:
    """Whether the contact of a link of ours went into another one that may still be proposed."""
    if link is None or link.state is not LinkState.LINKED or not link.contact_id or link.contact_id in run.index():
        return False
    today = run.store.contacts.get(link.contact_id)
    return today is not None and today.id != link.contact_id and not today.do_not_profile


def _renamed(run: Run, state: ProfileState) -> bool:
    """Whether a link stands on a handle that is still on the record, and the account has another one by now."""
    link = state.current
    if link is None or link.state is not LinkState.LINKED or not link.by.startswith("rule"):
        return False
    old = _handle_given(link)
    if not old or known_key(link.platform, state.profile.handle) == old:
        return False
    contact = run.index().get(link.contact_id or "")
    if contact is None:
        return False
    platform = platform_key(link.platform)
    return any(
        known_key(platform, handle) == old
        for name, handles in contact.handles.items()
        if platform_key(name) == platform
        for handle in handles
    )


def _handle_given(link: Link) -> str:
    """The handle by which a link was made on the customer's own word, or an empty text."""
    return next((known_key(link.platform, e.left) for e in link.evidence if e.name == "known.handle"), "")


def _given(run: Run, proposals: Sequence[Proposal]) -> dict[tuple[str, str], set[str]]:
    """Accounts that were ever linked on the customer's own word, by platform and handle."""
    named = {p.matches[0].contact_id for p in proposals if p.matches and _by_handle(p)}
    found: dict[tuple[str, str], set[str]] = {}
    for link in run.store.decisions.ever_given(sorted(named)) if named else ():
        found.setdefault((link.platform, _handle_given(link)), set()).add(link.profile_id)
    return found


def _by_handle(proposal: Proposal) -> bool:
    return any(evidence.name == "known.handle" for evidence in proposal.matches[0].evidence)


def _recycled(proposal: Proposal, given: Mapping[tuple[str, str], set[str]]) -> bool:
    profile = proposal.profile
    if not proposal.matches or not _by_handle(proposal):
        return False
    holders = given.get((profile.platform, known_key(profile.platform, profile.handle)), set())
    return bool(holders) and profile.id not in holders


def _rivals(run: Run, proposals: Sequence[Proposal], claims: Mapping[str, Sequence[Link]]) -> list[ProfileState]:
    present = {(proposal.profile.platform, proposal.profile.id) for proposal in proposals}
    wanted = {(p.matches[0].contact_id, p.profile.platform) for p in proposals if p.matches}
    rivals: dict[tuple[str, str], ProfileState] = {}
    for contact_id, platform in sorted(wanted):
        others = (
            link
            for link in claims.get(contact_id, ())
            if link.platform == platform and link.by.startswith("rule") and (platform, link.profile_id) not in present
        )
        for link in sorted(others, key=_claim, reverse=True)[:_RIVALS]:
            profile = run.store.profiles.get(platform, link.profile_id)
            if profile is not None:
                rivals[platform, link.profile_id] = ProfileState(profile=profile, current=link)
    return list(rivals.values())


def _claim(link: Link) -> tuple[bool, int, float]:
    return link.state is LinkState.LINKED, max(map(rank, link.evidence), default=0), link.probability


def _owners(links: Mapping[str, Sequence[Link]], contact_id: str, platform: str) -> list[str]:
    return [link.profile_id for link in links.get(contact_id, ()) if link.platform == platform]


def _allied(proposal: Proposal, links: Mapping[str, Sequence[Link]]) -> frozenset[str]:
    """Accounts that a merge brought to the contact to which this one is linked."""
    current = proposal.current
    if current is None or current.state is not LinkState.LINKED:
        return frozenset()
    return frozenset(
        link.profile_id for link in links.get(current.contact_id or "", ()) if link.contact_id != current.contact_id
    )


def report_doubles(run: Run) -> None:
    """Report every contact that has several linked accounts on one platform, whether this run looked at it or not."""
    _report(run, contradictory(run.store, _REPORTED))


def _report(run: Run, found: Sequence[Contradiction]) -> None:
    known = {(one.kind, one.platform, *one.profile_ids) for one in run.report.contradictions}
    for one in found:
        told = ContradictionReport.of(one)
        key = (told.kind, told.platform, *told.profile_ids)
        if key not in known and len(run.report.contradictions) < _REPORTED:
            known.add(key)
            run.report.contradictions.append(told)
