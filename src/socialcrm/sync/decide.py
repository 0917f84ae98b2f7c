"""Deciding over a batch of profiles together with everybody who claims the same contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from socialcrm.matching.decisions import Proposal, decide
from socialcrm.model import Link, LinkState
from socialcrm.store.base import ProfileState

if TYPE_CHECKING:
    from socialcrm.sync.run import Run


def decide_batch(run: Run, states: Sequence[ProfileState], *, token: str) -> None:
    """Rank the contacts of each profile, decide, and append what is new to the log.

    A profile that rules linked earlier is judged again beside a newcomer who claims the same contact
    on the same platform: of equal claims none may link.
    """
    proposals = _propose(run, states)
    claimed = {match.contact_id for proposal in proposals for match in proposal.matches}
    links = run.store.decisions.of_contacts(sorted(claimed))
    proposals += _propose(run, _rivals(run, proposals, links))
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


def _propose(run: Run, states: Sequence[ProfileState]) -> list[Proposal]:
    if not states:
        return []
    ranked = run.matcher.rank(
        [state.profile for state in states], run.index(), ruled_out=[state.rejected for state in states]
    )
    return [
        Proposal(profile=state.profile, matches=matches, current=state.current, rejected=state.rejected)
        for state, matches in zip(states, ranked, strict=True)
    ]


def _rivals(run: Run, proposals: Sequence[Proposal], links: Mapping[str, Sequence[Link]]) -> list[ProfileState]:
    present = {(proposal.profile.platform, proposal.profile.id) for proposal in proposals}
    rivals: dict[tuple[str, str], ProfileState] = {}
    for proposal in proposals:
        for link in links.get(proposal.matches[0].contact_id, ()) if proposal.matches else ():
            key = (link.platform, link.profile_id)
            if link.platform != proposal.profile.platform or key in present or not link.by.startswith("rule"):
                continue
            profile = run.store.profiles.get(*key)
            if profile is not None:
                rivals[key] = ProfileState(profile=profile, current=link)
    return list(rivals.values())


def _owners(links: Mapping[str, Sequence[Link]], contact_id: str, platform: str) -> list[str]:
    return [link.profile_id for link in links.get(contact_id, ()) if link.platform == platform]
