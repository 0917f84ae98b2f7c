"""Whose data it is: from what a person names themselves by to everything stored about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from socialcrm.model import Contact, Link, interaction_key, stamp
from socialcrm.store.base import Store, StoredPost
from socialcrm.text import printable

Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as the store knows them: contacts by every id they had, accounts (platform, id), addresses of their own.

    ``found`` is false when nothing is stored: what was named stands for itself.
    """

    contacts: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    emails: tuple[str, ...] = ()
    found: bool = True

    def marks(self) -> list[tuple[str, str]]:
        """The ways in which the person may be suppressed."""
        named = [("contact", one) for one in self.contacts] + [("email", one) for one in self.emails]
        return named + [("profile", f"{platform}:{account}") for platform, account in self.accounts]


def find_subject(store: Store, *, contact: str = "", profile: str = "", email: str = "") -> Subject:
    """Find who is meant by exactly one of a contact id, ``platform:account`` (id or handle) and an e-mail address.

    A contact brings the accounts that are linked to it; an account stands for itself alone.
    """
    if profile:
        return _by_account(store, profile)
    contacts = store.contacts.find(email=email) if email else _by_id(store, contact)
    ids = dict.fromkeys([*([contact] if contact else []), *(one.id for one in contacts)])
    links = [link for links in store.decisions.of_contacts(list(ids)).values() for link in links]
    accounts = dict.fromkeys((link.platform, link.profile_id) for link in links)
    if email:
        accounts |= dict.fromkeys((one.platform, one.id) for one in store.profiles.with_email(email))
    own = [address for one in contacts for address in one.emails if _alone(store, address, set(ids))]
    emails = dict.fromkeys([*([email] if email else []), *own])
    return Subject(tuple(ids), tuple(accounts), tuple(emails), found=bool(contacts or accounts))


def _by_id(store: Store, contact_id: str) -> list[Contact]:
    contact = store.contacts.get(contact_id)
    return [contact] if contact else []


def _alone(store: Store, email: str, ids: set[str]) -> bool:
    """An address that other contacts share (``info@``) says nothing about one of them."""
    return {one.id for one in store.contacts.find(email=email)} <= ids


def _by_account(store: Store, reference: str) -> Subject:
    platform, _, account = reference.partition(":")
    found = [one for one in store.profiles.find(reference) if one.platform == platform]
    accounts = tuple((one.platform, one.id) for one in found) or ((platform, account),)
    emails = tuple(dict.fromkeys(one.email for one in found if one.email))
    return Subject(accounts=accounts, emails=emails, found=bool(found))


class AccountData(BaseModel):
    """One account of the person: what is stored of it, what was decided about it and why, and its posts."""

    platform: str
    id: str
    profile: dict[str, Any] | None
    handles: list[str]
    decisions: list[dict[str, Any]]
    posts: list[dict[str, Any]]


class SubjectAccess(BaseModel):
    """Everything stored about a person, for the person (GDPR art. 15), with the lawful basis of every link.

    ``contacts`` is what the CRM's mirror holds; ``suppressed`` says which of the names are on the list of people
    who are not to be stored.
    """

    workspace: str
    at: str
    contacts: list[dict[str, Any]]
    bases: list[str]
    suppressed: list[str]
    accounts: list[AccountData]


def subject_access(store: Store, subject: Subject, *, at: str) -> SubjectAccess:
    """Collect everything that is stored about a person; the CRM's own record of them is not ours to give."""
    contacts = [found for one in subject.contacts if (found := store.contacts.get(one))]
    accounts = [_account(store, *account) for account in subject.accounts]
    bases = {decision["basis"] for one in accounts for decision in one.decisions[-1:] if decision["basis"]}
    return SubjectAccess(
        workspace=store.workspace,
        at=at,
        contacts=[one.model_dump(mode="json") for one in {one.id: one for one in contacts}.values()],
        bases=sorted(bases),
        suppressed=[f"{kind} {value}" for kind, value in subject.marks() if store.suppression.covers(kind, value)],
        accounts=accounts,
    )


def _account(store: Store, platform: str, account: str) -> AccountData:
    profile = store.profiles.get(platform, account)
    return AccountData(
        platform=platform,
        id=account,
        profile=profile.model_dump(mode="json") if profile else None,
        handles=[printable(handle) for handle, _ in store.profiles.handles(platform, account)],
        decisions=[_decision(link) for link in store.decisions.history(platform, account)],
        posts=[_post(store, stored) for stored in store.posts.of_person(platform, account)],
    )


def _decision(link: Link) -> dict[str, Any]:
    return link.model_dump(mode="json", exclude={"platform", "profile_id"})


def _post(store: Store, stored: StoredPost) -> dict[str, Any]:
    key = interaction_key(store.workspace, stored.post.platform, stored.post.id)
    return {
        **stored.post.model_dump(mode="json", exclude={"author", "platform"}),
        "source": stored.source,
        "recorded_at": stamp(stored.recorded_at),
        "stands": stored.account.value,
        "reason": stored.reason,
        "sentiment": stored.sentiment,
        "priority": stored.priority,
        "entry": key,
    }
