"""What an agent should know about whoever is calling, from the local store, in milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from socialcrm.conversations import conversations
from socialcrm.errors import NotFound
from socialcrm.model import Contact, Direction, stamp
from socialcrm.text import shorten

if TYPE_CHECKING:
    from socialcrm.store.base import Store, StoredPost

EXCERPT = 280


class BriefPost(BaseModel):
    """One post as an agent reads it."""

    at: str
    platform: str
    kind: str
    direction: str
    text: str
    url: str
    priority: str
    sentiment: float | None


class Brief(BaseModel):
    """A contact in short: accounts, what is open, what was said last."""

    contact_id: str
    name: str
    accounts: list[str]
    open_conversations: int
    last_sentiment: float | None
    posts: list[BriefPost]
    sentences: list[str]


def brief(
    store: Store, *, phone: str = "", email: str = "", contact_id: str = "", handle: str = "", limit: int = 5
) -> list[Brief]:
    """Tell what is known of the contacts a phone number, e-mail address, contact id or handle belongs to.

    ``handle`` may be ``platform:name``. Only linked profiles count. Raises `NotFound`.
    """
    contacts = _contacts(store, phone=phone, email=email, contact_id=contact_id, handle=handle)
    if not contacts:
        raise NotFound("nobody in the CRM's mirror answers to that; run socialcrm sync, or check the spelling")
    return [_brief(store, contact, limit) for contact in contacts]


def _contacts(store: Store, *, phone: str, email: str, contact_id: str, handle: str) -> list[Contact]:
    if contact_id:
        contact = store.contacts.get(contact_id)
        return [contact] if contact else []
    if not handle:
        return store.contacts.find(email=email, phone=phone)
    links = [store.decisions.current(found.platform, found.id) for found in store.profiles.find(handle)]
    ids = {link.contact_id for link in links if link and link.contact_id and link.state.value == "linked"}
    return [contact for one in sorted(ids) if (contact := store.contacts.get(one))]


def _brief(store: Store, contact: Contact, limit: int) -> Brief:
    links = store.decisions.of_contacts([contact.id]).get(contact.id, [])
    posts: list[StoredPost] = []
    accounts: list[str] = []
    for link in links:
        profile = store.profiles.get(link.platform, link.profile_id)
        accounts.append(f"{link.platform}:@{profile.handle}" if profile else f"{link.platform}:{link.profile_id}")
        posts += store.posts.of_profile(link.platform, link.profile_id, 200)
    posts.sort(key=lambda stored: stored.post.created_at, reverse=True)
    open_count = sum(thread.open for thread in conversations([stored.post for stored in posts]))
    said = [stored for stored in posts if stored.post.direction is Direction.INBOUND]
    mood = next((stored.sentiment for stored in said if stored.sentiment is not None), None)
    return Brief(
        contact_id=contact.id,
        name=contact.name,
        accounts=accounts,
        open_conversations=open_count,
        last_sentiment=mood,
        posts=[_post(stored) for stored in posts[:limit]],
        sentences=_sentences(contact, accounts, said, open_count),
    )


def _post(stored: StoredPost) -> BriefPost:
    post = stored.post
    return BriefPost(
        at=stamp(post.created_at),
        platform=post.platform,
        kind=post.kind.value,
        direction=post.direction.value,
        text=shorten(post.text, EXCERPT),
        url=post.url,
        priority=stored.priority,
        sentiment=stored.sentiment,
    )


def _sentences(contact: Contact, accounts: list[str], said: list[StoredPost], open_count: int) -> list[str]:
    if not accounts:
        return [f"{contact.name} has no linked account."]
    count = "1 post" if len(said) == 1 else f"{len(said)} posts"
    lines = [f"{contact.name} writes as {', '.join(accounts)}: {count} known."]
    if said:
        lines.append(f"Last heard on {said[0].post.created_at:%d %B %Y} ({said[0].priority} priority).")
    if open_count:
        waits = "conversation still waits" if open_count == 1 else "conversations still wait"
        lines.append(f"{open_count} {waits} for an answer.")
    return lines
