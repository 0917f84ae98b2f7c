"""What people decide: confirm, reject, undo. Each is an appended decision; rules never overrule it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from socialcrm.clock import Clock
from socialcrm.errors import NotFound
from socialcrm.model import Link, LinkState, Profile
from socialcrm.store.base import Store

if TYPE_CHECKING:
    from socialcrm.matching.contradictions import Contradiction


def confirm(store: Store, reference: str, *, by: str, clock: Clock) -> Link:
    """Link the profile to the contact that was proposed; its held-back posts go out with the next run."""
    current = find(store, reference)
    if current.contact_id is None or current.state not in {LinkState.REVIEW, LinkState.LINKED}:
        raise NotFound(f"{_name(current)} has no proposal to confirm; see: socialcrm explain {_name(current)}")
    return _append(store, current, LinkState.LINKED, by, clock.now(), f"confirmed by {by}")


def reject(store: Store, reference: str, *, by: str, clock: Clock) -> Link:
    """Say that the profile is not that contact's, for ever; what was delivered under the link is retracted."""
    current = find(store, reference)
    if current.contact_id is None or current.state not in {LinkState.REVIEW, LinkState.LINKED}:
        raise NotFound(f"{_name(current)} has no proposal to reject; see: socialcrm explain {_name(current)}")
    return _append(store, current, LinkState.REJECTED, by, clock.now(), f"rejected by {by}")


def undo(store: Store, reference: str, *, by: str, clock: Clock) -> Link:
    """Take the last decision about a profile back: the one before it holds again, or no link at all."""
    current = find(store, reference)
    earlier = [link for link in store.decisions.history(current.platform, current.profile_id) if link.id != current.id]
    reason = f"{by} undid decision {current.id}"
    if current.by.startswith("person:") and earlier:
        before = earlier[-1]
        return _append(store, before, before.state, by, clock.now(), reason)
    return _append(store, current, LinkState.UNLINKED, by, clock.now(), reason)


def contradictory(store: Store, limit: int = 100) -> list[Contradiction]:
    """Links in force that contradict each other: contacts with several accounts on one platform."""
    from socialcrm.matching.contradictions import contradictions  # brings numpy, which confirming needs not

    return contradictions(link for links in store.decisions.doubled(limit) for link in links)


def labels(store: Store) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what people said as labelled pairs: platform, profile id, contact id of today, and yes or no.

    The last word about a pair counts; a pair whose answer was taken back is left out, and so are contacts
    that are gone. A link that was undone is a no.
    """
    words: dict[tuple[str, str, str], bool] = {}
    for link in store.decisions.by_people():
        pair = (link.platform, link.profile_id, link.contact_id or "")
        words.pop(pair, None)
        if link.state in _ANSWERS:
            words[pair] = _ANSWERS[link.state]
    for (platform, profile_id, contact_id), answer in words.items():
        yield platform, profile_id, contact_id, answer


def lessons(store: Store) -> tuple[list[Profile], list[tuple[str, str, bool]]]:
    """What people said, to learn from: the accounts, each under ``platform:id``, and the labels that name them so."""
    accounts: dict[tuple[str, str], Profile] = {}
    said = []
    for platform, profile_id, contact_id, answer in labels(store):
        profile = accounts.get((platform, profile_id)) or store.profiles.get(platform, profile_id)
        if profile is not None and store.contacts.get(contact_id) is not None:
            accounts[platform, profile_id] = profile
            said.append((f"{platform}:{profile_id}", contact_id, answer))
    named = [one.model_copy(update={"id": f"{platform}:{one.id}"}) for (platform, _), one in accounts.items()]
    return named, said


_ANSWERS = {LinkState.LINKED: True, LinkState.REJECTED: False, LinkState.UNLINKED: False}


def find(store: Store, reference: str) -> Link:
    """The present decision about a profile, by decision number, profile id, handle or ``platform:handle``."""
    if reference.isdecimal() and (link := store.decisions.get(int(reference))):
        return store.decisions.current(link.platform, link.profile_id) or link
    profiles = store.profiles.find(reference)
    if len(profiles) > 1:
        names = ", ".join(f"{profile.platform}:{profile.id}" for profile in profiles)
        raise NotFound(f"{reference} names several profiles; say which: {names}")
    for profile in profiles:
        if link := store.decisions.current(profile.platform, profile.id):
            return link
    raise NotFound(f"nothing was decided about {reference}; list what waits with: socialcrm review list")


def _append(store: Store, link: Link, state: LinkState, by: str, at: datetime, reason: str) -> Link:
    decision = link.model_copy(
        update={"state": state, "by": f"person:{by}", "at": at, "reason": reason, "id": None},
    )
    store.decisions.append([decision])
    return store.decisions.current(link.platform, link.profile_id) or decision


def _name(link: Link) -> str:
    return f"{link.platform}:{link.profile_id}"
