"""Why a post stands where it stands and why a profile is whose it is, as sentences and as data."""

from __future__ import annotations

from pydantic import BaseModel

from socialcrm.errors import NotFound
from socialcrm.model import Link, Profile, interaction_key, stamp
from socialcrm.store.base import Account, Correction, Store, StoredPost


class DecisionExplained(BaseModel):
    """One decision with the clues behind it, in the words people read."""

    id: int | None
    at: str
    state: str
    contact: str | None
    basis: str | None
    by: str
    probability: float
    policy: str
    reason: str
    evidence: list[str]


class Explanation(BaseModel):
    """``sentences`` for people; the rest for programs."""

    platform: str
    id: str
    what: str
    account: str | None = None
    key: str | None = None
    sentences: list[str]
    decisions: list[DecisionExplained]


ACCOUNTS = {
    Account.RECORDED: "It is stored and not judged yet.",
    Account.SKIPPED: "It is on no timeline: {reason}.",
    Account.HELD: "It is held back until somebody reviews the account.",
    Account.QUEUED: "It is queued for the CRM.",
    Account.DELIVERED: "It stands on the contact's timeline.",
    Account.PARKED: "The CRM refused it: {reason}.",
    Account.GONE: "It is gone: {reason}.",
}


def explain(store: Store, reference: str) -> Explanation:
    """Explain a post (id, web address or interaction key) or a profile (id, handle, ``platform:handle``)."""
    posts = store.posts.find(reference)
    if posts:
        return _explain_post(store, posts[0])
    profiles = store.profiles.find(reference)
    if not profiles:
        raise NotFound(f"{reference} is neither a post nor a profile of workspace {store.workspace}")
    return _explain_profile(store, profiles[0])


def _explain_post(store: Store, stored: StoredPost) -> Explanation:
    post = stored.post
    origin = f"This {post.platform} {post.kind.value} of {stamp(post.created_at)} came from source {stored.source}"
    sentences = [
        f"{origin}, revision {stored.revision}.",
        ACCOUNTS[stored.account].format(reason=stored.reason or "no reason recorded"),
    ]
    history = store.decisions.history(post.platform, stored.subject) if stored.subject else []
    if post.author and stored.subject and stored.subject != post.author.id:
        sentences.append("It belongs to the timeline of the account it answers.")
    key = interaction_key(store.workspace, post.platform, post.id)
    sentences += [_corrected(correction) for correction in store.outbox.corrections(key)]
    return Explanation(
        platform=post.platform,
        id=post.id,
        what="post",
        account=stored.account.value,
        key=key,
        sentences=sentences + _decided(store, history),
        decisions=[_explained(link) for link in history],
    )


def _explain_profile(store: Store, profile: Profile) -> Explanation:
    history = store.decisions.history(profile.platform, profile.id)
    handles = [handle for handle, _ in store.profiles.handles(profile.platform, profile.id)]
    sentences = [f"@{profile.handle} is account {profile.id} on {profile.platform}."]
    if len(handles) > 1:
        sentences.append(f"It was known before as {', '.join('@' + handle for handle in handles[:-1])}.")
    return Explanation(
        platform=profile.platform,
        id=profile.id,
        what="profile",
        sentences=sentences + _decided(store, history),
        decisions=[_explained(link) for link in history],
    )


def _decided(store: Store, history: list[Link]) -> list[str]:
    if not history:
        return ["Nothing was decided about the account: nobody in the CRM resembles it enough."]
    link = history[-1]
    contact = store.contacts.get(link.contact_id) if link.contact_id else None
    whose = f"{contact.name} ({contact.id})" if contact else link.contact_id or "nobody"
    basis = f", basis {link.basis.value}" if link.basis else ""
    lead = (
        f"Decision {link.id} of {stamp(link.at)} by {link.by}: {link.state.value}, {whose}, "
        f"probability {link.probability:.3f}{basis}. {link.reason}".rstrip(".")
        + "."
    )
    return [lead, *(_clue(evidence.sentence, evidence.weight) for evidence in link.evidence)]


_CORRECTED = {
    "updated": "On {at} the entry of {contact} was brought to revision {revision}.",
    "moved": "On {at} the entry was moved from {before} to {contact}.",
    "retracted": "On {at} the entry was taken off the timeline of {contact}.",
}


def _corrected(one: Correction) -> str:
    values = {"contact": one.contact_id, "before": one.before, "revision": one.revision}
    return _CORRECTED[one.what].format(at=stamp(one.at), **values)


def _clue(sentence: str, weight: float) -> str:
    return f"{weight:+.1f}  {sentence}"


def _explained(link: Link) -> DecisionExplained:
    return DecisionExplained(
        id=link.id,
        at=stamp(link.at),
        state=link.state.value,
        contact=link.contact_id,
        basis=link.basis.value if link.basis else None,
        by=link.by,
        probability=link.probability,
        policy=link.policy,
        reason=link.reason,
        evidence=[_clue(evidence.sentence, evidence.weight) for evidence in link.evidence],
    )
