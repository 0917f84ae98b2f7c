"""How a match becomes a link: evidence by who vouches for it, under a policy, with people above rules.

Each proposal is judged by itself first (`_judge`), then beside the others of its batch: equal claims
of several accounts to one contact on one platform link none of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from socialcrm.matching.evidence import AGREEING_NAMES
from socialcrm.matching.signs import (
    IMITATION,
    NEVER,
    PROOF,
    copyable,
    evidence_names,
    generation_differs,
    rank,
    says_more,
    strength,
    younger,
)
from socialcrm.matching.web import emails_in
from socialcrm.model import Basis, Evidence, Link, LinkState, Match, Profile, Trust
from socialcrm.policy import Action, LinkPolicy, Preset

Owned = Callable[[str, str], Collection[str]]

_KEEP = 0.05
"""How far below the threshold a link of ours may sink before it is taken back: no flicker at the edge."""

_CLAIMS = {"employer": "work", "title": "work", "website": "website", "place": "place"}
"""Claims that count once each: employer and title stand in one line of the same bio."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile with its ranked contacts, what was decided last, and the contacts people ruled out.

    ``carried`` says that the link of ``current`` holds although its clue is gone: its contact was merged into
    another one, or the account has another handle now. ``allied`` are accounts that came to the contact of
    ``current`` by a merge, and so do not contest it. ``recycled`` says that another account was linked under
    this handle before.
    """

    profile: Profile
    matches: Sequence[Match]
    current: Link | None = None
    rejected: frozenset[str] = frozenset()
    carried: bool = False
    allied: frozenset[str] = frozenset()
    recycled: bool = False


@dataclass(frozen=True, slots=True)
class _Judgement:
    state: LinkState
    reason: str
    match: Match | None = None
    basis: Basis | None = None
    trust: Trust = Trust.SELF_ASSERTED

    @property
    def probability(self) -> float:
        return self.match.probability if self.match else 0.0


def decide(
    proposals: Sequence[Proposal], *, policy: LinkPolicy, owned: Owned, now: datetime, model_version: str
) -> list[Link | None]:
    """Decide about each proposal: a `Link` to append, or ``None`` where nothing changes.

    ``owned(contact_id, platform)`` names the profiles already linked to a contact on a platform.
    Decisions of people are never changed. Nothing is appended for a profile that nobody may own
    and that was never decided about. Deterministic; the order of proposals does not matter.
    """
    judgements = [None if _stands(p) else _judge(p, policy=policy, owned=owned, now=now) for p in proposals]
    if policy.preset is not Preset.OPEN:
        _settle_rivals(proposals, judgements, policy, now)
    return [
        _link(proposal, judgement, policy=policy, now=now, version=model_version)
        for proposal, judgement in zip(proposals, judgements, strict=True)
    ]


def _stands(proposal: Proposal) -> bool:
    """Whether the present decision is not ours to judge: a person's, or a link that is carried along.

    The surviving record of a merge may lack the clue that made the link, and an account keeps its id under
    another handle; neither is news about who owns it.
    """
    if _by_person(proposal.current):
        return not _reopened(proposal)
    linked = proposal.current is not None and proposal.current.state is LinkState.LINKED
    best = proposal.matches[0] if proposal.matches else None
    return proposal.carried and linked and not (best and evidence_names(best) & IMITATION)


def _by_person(link: Link | None) -> bool:
    return link is not None and link.by.startswith("person:")


def _reopened(proposal: Proposal) -> bool:
    """A person said no to one contact; another one may still be proposed."""
    return proposal.current is not None and proposal.current.state in {LinkState.REJECTED, LinkState.UNLINKED}


def _open_matches(proposal: Proposal) -> list[Match]:
    """The matches that nobody has ruled out; a person's last word counts even where the log is not at hand."""
    ruled_out = proposal.rejected
    if proposal.current is not None and _by_person(proposal.current):
        ruled_out = ruled_out | {proposal.current.contact_id or ""}
    return [match for match in proposal.matches if match.contact_id not in ruled_out]


def _judge(proposal: Proposal, *, policy: LinkPolicy, owned: Owned, now: datetime) -> _Judgement:
    matches = _open_matches(proposal)
    if not matches:
        return _Judgement(LinkState.NONE, "No contact shares anything that could tell.")
    match = matches[0]
    trust, basis = _ground(match)
    action = policy.basis_action(proposal.profile.platform, basis)
    if action is Action.REFUSE:
        return _Judgement(LinkState.NONE, f"The rules for {match.platform} forbid a link on the ground “{basis}”.")
    doubt = _doubt(proposal, matches, trust, policy, owned, now)
    if not doubt and action is Action.REVIEW:
        doubt = f"On {match.platform}, a link on the ground “{basis}” needs a person."
    if not doubt:
        return _Judgement(LinkState.LINKED, _reason(match), match, basis, trust)
    if match.probability >= policy.review or trust in (Trust.VERIFIED, Trust.ANCHORED):
        return _Judgement(LinkState.REVIEW, doubt, match, basis, trust)
    return _Judgement(LinkState.NONE, f"No contact is likely enough: {match.probability:.0%} at best.")


def _ground(match: Match) -> tuple[Trust, Basis]:
    """The strongest class of clue, and the ground that a link on it would stand on."""
    classes = {evidence.trust for evidence in match.evidence}
    if Trust.VERIFIED in classes:
        given = any(
            evidence.name.startswith("known.") for evidence in match.evidence if evidence.trust is Trust.VERIFIED
        )
        return Trust.VERIFIED, Basis.CUSTOMER_PROVIDED if given else Basis.VERIFIED
    if Trust.ANCHORED in classes:
        return Trust.ANCHORED, Basis.PUBLIC_CLAIM
    return Trust.SELF_ASSERTED, Basis.INFERRED


def _doubt(
    proposal: Proposal, matches: list[Match], trust: Trust, policy: LinkPolicy, owned: Owned, now: datetime
) -> str:
    """Why a rule may not link the best match, or an empty text if it may."""
    match = matches[0]
    others = set(owned(match.contact_id, proposal.profile.platform)) - {proposal.profile.id} - proposal.allied
    if others and "known.account_id" not in evidence_names(match):
        return "Another account on this platform is already linked to this contact."
    if proposal.recycled and "known.account_id" not in evidence_names(match):
        return "Another account had this handle when it was linked; who has it now starts from nothing."
    if trust is Trust.VERIFIED:
        return _doubt_verified(matches)
    barred = next((evidence for evidence in match.evidence if evidence.name in NEVER), None)
    if barred:
        return barred.sentence
    return _doubt_weight(proposal, match, trust, policy) or (
        "" if policy.preset is Preset.OPEN else _doubt_kinds(proposal.profile, match, trust, policy, now)
    )


def _doubt_verified(matches: list[Match]) -> str:
    match = matches[0]
    if any(evidence.trust is Trust.VERIFIED for other in matches[1:] for evidence in other.evidence):
        return "Several contacts hold this account on their record."
    barred = IMITATION if not {"known.handle", "known.account_id"}.isdisjoint(evidence_names(match)) else NEVER
    return next((evidence.sentence for evidence in match.evidence if evidence.name in barred), "")


def _doubt_weight(proposal: Proposal, match: Match, trust: Trust, policy: LinkPolicy) -> str:
    """Probability and margin; a link of ours is kept a little below the threshold."""
    current = proposal.current
    kept = current is not None and current.state is LinkState.LINKED and current.contact_id == match.contact_id
    least = policy.threshold - (_KEEP if kept else 0.0)
    if match.probability < least:
        return f"{match.probability:.1%} is not enough for a link ({least:.1%} needed)."
    if match.probability - match.runner_up < policy.margin:
        return f"Another contact is nearly as likely ({match.runner_up:.1%})."
    return ""


def _doubt_kinds(profile: Profile, match: Match, trust: Trust, policy: LinkPolicy, now: datetime) -> str:
    """What `strict` and `balanced` ask besides the probability."""
    against = next((evidence for evidence in match.evidence if evidence.trust is Trust.AGAINST), None)
    if against:
        return against.sentence
    names = evidence_names(match)
    if not names & AGREEING_NAMES:
        return "The name on the profile does not agree in full."
    if generation_differs(match):
        return "The name says another generation than the contact's."
    if trust is Trust.ANCHORED and not copyable(match):
        return ""
    if not names.isdisjoint({"name.more", "name.longer"}) or says_more(match):
        return "The display name holds more than the contact's name."
    if trust is not Trust.ANCHORED and policy.preset is Preset.STRICT:
        return "Only the profile itself says so; nothing starts from what the CRM knows."
    if younger(profile, policy.min_account_days, now):
        return f"The account is younger than {policy.min_account_days} days, and what it shows can be copied."
    return "" if trust is Trust.ANCHORED else _doubt_claims(profile, match, names, policy)


def _doubt_claims(profile: Profile, match: Match, names: frozenset[str], policy: LinkPolicy) -> str:
    """What `balanced` asks of an account for which nothing but its own word speaks."""
    claims = {_CLAIMS.get(e.name.split(".")[0]) for e in match.evidence if e.weight > 0} - {None}
    rare = next((e.weight for e in match.evidence if e.name.startswith("rarity.")), 0.0)
    if len(claims) < 2:
        return "The name agrees, but fewer than two other claims do."
    if rare < policy.rare_bits:
        return "The name is too common for claims alone."
    if "handle.nothing" in names:
        return "The handle has nothing of the contact's name."
    return "An address that is not on the record stands in the bio." if emails_in(profile.bio) else ""


def _reason(match: Match) -> str:
    carrying: Evidence | None = max(match.evidence, key=lambda e: (rank(e), e.weight), default=None)
    return carrying.sentence if carrying else ""


def _settle_rivals(
    proposals: Sequence[Proposal], judgements: list[_Judgement | None], policy: LinkPolicy, now: datetime
) -> None:
    """Send accounts with equal claims to one contact on one platform to review, all of them."""
    rivals: dict[tuple[str, str], list[_Claim]] = defaultdict(list)
    for at, (proposal, judgement) in enumerate(zip(proposals, judgements, strict=True)):
        if judgement is None or judgement.match is None:
            continue
        hard = strength(judgement.match)
        if hard == PROOF or not evidence_names(judgement.match) & NEVER:
            claim = _Claim(at, judgement, hard, younger(proposal.profile, policy.min_account_days, now))
            rivals[judgement.match.contact_id, proposal.profile.platform].append(claim)
    for claims in rivals.values():
        if len(claims) < 2:
            continue
        best = _Best.of(claims)
        for claim in claims:
            if claim.judgement.state is not LinkState.LINKED:
                continue
            settled = _kept(proposals[claim.at], claim)
            equal = best.as_good(claim, policy.margin, old_only=settled)
            if equal:
                reason = f"{equal + 1} accounts on this platform have equal claims to this contact."
                judgements[claim.at] = replace(claim.judgement, state=LinkState.REVIEW, reason=reason)


def _kept(proposal: Proposal, claim: _Claim) -> bool:
    """Whether a link of ours stands already: a new account that copies the customer does not undo it."""
    current, match = proposal.current, claim.judgement.match
    return bool(current and match and current.state is LinkState.LINKED and current.contact_id == match.contact_id)


@dataclass(frozen=True, slots=True)
class _Claim:
    """One account's claim. Marks of an imitator and no proof make none, else copying a customer would unlink them."""

    at: int
    judgement: _Judgement
    strength: int
    young: bool


@dataclass(frozen=True, slots=True)
class _Best:
    """The claims to one contact on one platform, sorted so that counting those as good costs little."""

    every: list[tuple[int, float]]
    old: list[tuple[int, float]]

    @classmethod
    def of(cls, claims: Sequence[_Claim]) -> _Best:
        keys = [((claim.strength, claim.judgement.probability), claim.young) for claim in claims]
        return cls(sorted(key for key, _ in keys), sorted(key for key, young in keys if not young))

    def as_good(self, mine: _Claim, margin: float, *, old_only: bool) -> int:
        """How many other claims are at least as good: of a higher class of clue, or of the same and as likely."""
        claims = self.old if old_only else self.every
        proof = mine.strength == PROOF
        least = (mine.strength, 0.0 if proof else mine.judgement.probability - margin)
        itself = not (old_only and mine.young)
        return len(claims) - bisect_left(claims, least) - itself


def _link(
    proposal: Proposal, judgement: _Judgement | None, *, policy: LinkPolicy, now: datetime, version: str
) -> Link | None:
    if judgement is None or not _changes(proposal.current, judgement):
        return None
    match = judgement.match
    return Link(
        platform=proposal.profile.platform,
        profile_id=proposal.profile.id,
        contact_id=match.contact_id if match else None,
        state=judgement.state,
        basis=judgement.basis,
        probability=judgement.probability,
        runner_up=match.runner_up if match else 0.0,
        evidence=match.evidence if match else (),
        at=now,
        model_version=version,
        policy=policy.describe(),
        reason=judgement.reason,
    )


def _changes(current: Link | None, judgement: _Judgement) -> bool:
    if current is None or _by_person(current):
        return judgement.state is not LinkState.NONE
    contact_id = judgement.match.contact_id if judgement.match else None
    return (current.state, current.contact_id, current.basis) != (judgement.state, contact_id, judgement.basis)
