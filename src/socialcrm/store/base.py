"""What the pipeline asks of a store: values that go in and out, and the parts of a store.

Every method is one transaction. Every writing method checks the fencing number of the lease under
which the store was opened and raises `LeaseLost` when another process has taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from socialcrm.model import Contact, Deleted, Finding, Link, LinkState, Post, Profile, Skipped

Item = Post | Deleted | Skipped | Profile


class Account(StrEnum):
    """Where a post stands; every post has exactly one of these, with a reason where one is due.

    recorded → (judged) → skipped | held | queued → delivered | parked; gone once retracted or deleted.
    """

    RECORDED = "recorded"
    SKIPPED = "skipped"
    HELD = "held"
    QUEUED = "queued"
    DELIVERED = "delivered"
    PARKED = "parked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page as an adapter gave it; ``cursor`` of ``None`` leaves the stored one alone."""

    source: str
    stream: str
    items: Sequence[Item]
    cursor: str | None


@dataclass(slots=True)
class PageCounts:
    """What a page changed. ``suppressed`` items were counted and dropped before anything was stored."""

    new: int = 0
    edited: int = 0
    deleted: int = 0
    unchanged: int = 0
    skipped: int = 0
    suppressed: int = 0
    profiles: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one post.

    ``subject`` is the id of the profile whose timeline the post belongs to: the author, or for the
    brand's own answers the author of what it answers. ``keep`` is false with a reason. ``revision`` is the
    wording that was judged: a verdict on one that was replaced meanwhile is dropped (0: whichever is stored).
    """

    platform: str
    post_id: str
    keep: bool
    reason: str = ""
    subject: str | None = None
    lang: str = ""
    sentiment: float | None = None
    priority: str = "normal"
    revision: int = 0


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post with what the store knows about it."""

    post: Post
    revision: int
    account: Account
    reason: str
    subject: str | None
    lang: str
    sentiment: float | None
    priority: str
    deleted_at: datetime | None
    recorded_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class ProfileState:
    """A profile to be matched: what was decided last, and the contacts a person has ruled out."""

    profile: Profile
    current: Link | None
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A profile waiting for a person, with how many posts wait with it.

    ``group_size`` counts the accounts that claim the same contact on this platform, this one included.
    """

    link: Link
    profile: Profile
    contact: Contact | None
    held: int
    group_size: int = 1


@dataclass(frozen=True, slots=True)
class Due:
    """An interaction to deliver now. ``retracted`` ones carry a post without text."""

    key: str
    contact_id: str
    stored: StoredPost
    revision: int
    retracted: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The CRM's answer for one delivery, as the outbox keeps it."""

    key: str
    revision: int
    retracted: bool
    contact_id: str
    done: bool
    crm_id: str = ""
    parked: bool = False
    reason: str = ""
    not_before: datetime | None = None


@dataclass(slots=True)
class SettleCounts:
    """What the enqueue step did with the posts it looked at."""

    looked_at: int = 0
    queued: int = 0
    held: int = 0
    skipped: int = 0
    gone: int = 0


class Lease(Protocol):
    """The right to write one workspace; ``fence`` rises with every holder."""

    fence: int

    def renew(self) -> None:
        """Extend the lease; raises `LeaseLost` when it was taken over."""
        ...


class Cursors(Protocol):
    """Where each stream resumes."""

    def get(self, source: str, stream: str) -> str | None: ...

    def reset(self, source: str, stream: str) -> None:
        """Forget a place that the platform no longer knows."""
        ...


class Posts(Protocol):
    """Posts, their wordings and where each stands."""

    def record(self, page: PageRecord) -> PageCounts:
        """Commit a page's posts, profiles, deletions and cursor together, or nothing."""
        ...

    def unjudged(self, limit: int) -> list[StoredPost]: ...

    def judge(self, verdicts: Sequence[Verdict]) -> None: ...

    def unjudge(self) -> int:
        """Put every living post before the judge again, after a change of rules."""
        ...

    def get(self, platform: str, post_id: str) -> StoredPost | None: ...

    def find(self, reference: str) -> list[StoredPost]:
        """Posts whose id, web address or interaction key is ``reference``."""
        ...

    def owners(self, platform: str, post_ids: Sequence[str]) -> dict[str, str]:
        """The profile on whose timeline each known post belongs: its author, or whom the brand answered in it."""
        ...

    def conversation(self, platform: str, conversation_id: str) -> list[StoredPost]: ...

    def of_profile(self, platform: str, profile_id: str, limit: int) -> list[StoredPost]:
        """Posts that belong to a profile's timeline, newest first."""
        ...

    def recheck(self, platform: str, *, checked_before: datetime, created_after: datetime, limit: int) -> list[str]:
        """Ids of living posts, messages excepted, not looked at since ``checked_before``, longest unseen first."""
        ...

    def rechecked(self, platform: str, post_ids: Sequence[str]) -> None: ...

    def account(self) -> dict[Account, int]:
        """How many posts stand where; the sum is the number of posts ever stored."""
        ...

    def reasons(self) -> dict[str, int]:
        """How many posts were skipped, by reason, items that are no posts included."""
        ...


class Profiles(Protocol):
    """Accounts and the handles they have had."""

    def get(self, platform: str, profile_id: str) -> Profile | None: ...

    def find(self, reference: str) -> list[Profile]:
        """Profiles whose id or present handle is ``reference`` (with or without ``platform:`` before it)."""
        ...

    def handles(self, platform: str, profile_id: str) -> list[tuple[str, datetime]]: ...

    def unmatched(self, token: str, limit: int) -> list[ProfileState]:
        """Profiles with kept posts, last matched under another token or changed since."""
        ...


class Contacts(Protocol):
    """The mirror of the CRM's contacts."""

    def record(self, changes: Sequence[object], *, source: str, cursor: str | None) -> int:
        """Commit contact changes (`Contact` or ``ContactGone``) with their cursor; returns how many differed."""
        ...

    def all(self) -> Iterator[Contact]: ...

    def get(self, contact_id: str) -> Contact | None:
        """The contact, following merges."""
        ...

    def find(self, *, email: str = "", phone: str = "") -> list[Contact]: ...

    def generation(self) -> int:
        """Rises whenever a mirrored contact changes."""
        ...


class Decisions(Protocol):
    """The append-only log of who was linked to whom, by whom and why."""

    def append(self, links: Sequence[Link], *, considered: Sequence[tuple[str, str]] = (), token: str = "") -> int:
        """Append decisions, and note that the profiles ``considered`` were matched under ``token``.

        A rule's decision that a person has already answered is left out; returns how many were.
        """
        ...

    def current(self, platform: str, profile_id: str) -> Link | None: ...

    def history(self, platform: str, profile_id: str) -> list[Link]: ...

    def get(self, decision_id: int) -> Link | None: ...

    def review(self, limit: int, *, contact_id: str | None = None) -> list[ReviewItem]:
        """What waits for a person, the most urgent and most telling first; of many claims to one contact the likeliest.

        With ``contact_id`` every account that claims this contact.
        """
        ...

    def ever_given(self, contact_ids: Sequence[str]) -> list[Link]:
        """Every link that rules ever made to these contacts on the customer's own word, oldest first."""
        ...

    def doubled(self, limit: int) -> list[list[Link]]:
        """Links of contacts that have several accounts on one platform, contact by contact."""
        ...

    def by_people(self) -> Iterator[Link]:
        """Every decision that a person made, oldest first, naming the contact as it is today."""
        ...

    def of_contacts(self, contact_ids: Sequence[str], *, waiting: bool = False) -> dict[str, list[Link]]:
        """Present links of several contacts, in one reading; contacts without a link are left out.

        With ``waiting`` the proposals that wait for a person are returned too.
        """
        ...

    def counts(self) -> dict[LinkState, int]: ...


class Outbox(Protocol):
    """What the CRM should show against what it has confirmed."""

    def settle(self, limit: int) -> SettleCounts:
        """Bring up to ``limit`` changed posts to their account, and queue what the CRM must be told."""
        ...

    def due(self, limit: int) -> list[Due]:
        """Deliveries due now: retractions and corrections first, then per contact in time order."""
        ...

    def mark(self, marks: Sequence[Mark]) -> None: ...

    def requeue(self, keys: Iterable[str] | None = None) -> int:
        """Put parked deliveries back into the queue (all, or those under these keys); returns how many."""
        ...

    def counts(self) -> dict[str, int]:
        """How many interactions are queued, waiting for a later time, parked and delivered."""
        ...

    def oldest(self) -> datetime | None:
        """When the longest waiting delivery was queued."""
        ...


class Suppression(Protocol):
    """People who must not be stored: keyed hashes, never names."""

    def add(self, kind: str, value: str, *, reason: str) -> None:
        """Suppress a ``profile`` (``platform:id``), an ``email`` or a ``contact``."""
        ...

    def covers(self, kind: str, value: str) -> bool: ...


class Store(Protocol):
    """A workspace's memory, in parts."""

    workspace: str
    cursors: Cursors
    posts: Posts
    profiles: Profiles
    contacts: Contacts
    decisions: Decisions
    outbox: Outbox
    suppression: Suppression

    def lease(self, holder: str, *, ttl: timedelta = timedelta(minutes=2)) -> AbstractContextManager[Lease]:
        """Take the workspace's lease, or raise `LeaseHeld` naming the holder and when it ends."""
        ...

    def copy_to(self, url: str) -> Store:
        """Open a scratch copy of this workspace at another, empty URL."""
        ...

    def check(self) -> Iterator[Finding]: ...

    def close(self) -> None: ...
