"""The words of the library, as frozen models.

Ids are strings, instants are UTC, texts are cleaned once on the way in.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from socialcrm.text import clean

Text = Annotated[str, AfterValidator(clean)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(clean)]
Instant = Annotated[AwareDatetime, AfterValidator(lambda instant: instant.astimezone(UTC))]

UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time of a post where the platform does not tell it; such a post is shown by a replay, never stored."""


class Model(BaseModel):
    """A frozen value; an error never repeats the input, which may be private."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Kind(StrEnum):
    """What sort of thing was said."""

    MENTION = "mention"
    REPLY = "reply"
    COMMENT = "comment"
    REVIEW = "review"
    MESSAGE = "message"
    POST = "post"
    SHARE = "share"
    CHECK_IN = "check_in"
    OTHER = "other"


class Direction(StrEnum):
    """Said to the brand or by the brand."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Visibility(StrEnum):
    """Who could read it on the platform."""

    PUBLIC = "public"
    PRIVATE = "private"


class Profile(Model):
    """An account on a platform, keyed by (platform, account id); the handle is display only."""

    platform: str
    id: Id
    handle: Text = ""
    display_name: Text = ""
    bio: Text = ""
    urls: tuple[Text, ...] = ()
    location: Text = ""
    lang: Text = ""
    followers: int | None = None
    verified: bool | None = None
    email: Text = ""
    created_at: Instant | None = None


class Media(Model):
    """A picture, video or card attached to a post."""

    type: Text = "other"
    url: Text = ""
    alt: Text = ""


class Engagement(Model):
    """What others did with a post; ``None`` where the platform does not say."""

    likes: int | None = None
    replies: int | None = None
    shares: int | None = None
    views: int | None = None
    promoted: bool | None = None


class Post(Model):
    """One thing said, keyed by (platform, post id).

    ``version`` is the platform's own name of this wording (a content id, an edit number), where it
    has one; equal versions are the same wording, different ones say nothing about order.
    """

    platform: str
    id: Id
    kind: Kind = Kind.POST
    direction: Direction = Direction.INBOUND
    visibility: Visibility = Visibility.PUBLIC
    author: Profile | None = None
    text: Text = ""
    created_at: Instant
    edited_at: Instant | None = None
    url: Text = ""
    lang: Text = ""
    conversation_id: Text | None = None
    in_reply_to: Text | None = None
    media: tuple[Media, ...] = ()
    engagement: Engagement = Engagement()
    rating: float | None = None
    version: Text = ""


class Deleted(Model):
    """The platform says that a post is gone; ``at`` is when, if it tells."""

    platform: str
    id: Id
    reason: Text = "deleted on the platform"
    at: Instant | None = None


class Skipped(Model):
    """An item that is not a post, with the reason."""

    platform: str
    id: Text = ""
    reason: Text


class Contact(Model):
    """A person in the CRM. ``handles`` maps a platform to the account names the customer gave.

    ``version`` is the CRM's own stamp of the record. ``extra`` holds what the source had besides.
    """

    id: Id
    first_name: Text = ""
    last_name: Text = ""
    full_name: Text = ""
    emails: tuple[Text, ...] = ()
    phones: tuple[Text, ...] = ()
    title: Text = ""
    company: Text = ""
    websites: tuple[Text, ...] = ()
    city: Text = ""
    region: Text = ""
    country: Text = ""
    lang: Text = ""
    handles: dict[str, tuple[Text, ...]] = {}
    do_not_profile: bool = False
    version: Text = ""

    @property
    def name(self) -> str:
        """The name as a person would read it."""
        return self.full_name or f"{self.first_name} {self.last_name}".strip()


class Trust(StrEnum):
    """Where a clue starts: vouched for, known to the CRM, or only claimed by the account."""

    VERIFIED = "verified"
    ANCHORED = "anchored"
    SELF_ASSERTED = "self_asserted"
    AGAINST = "against"


class Evidence(Model):
    """One kind of clue comparing a profile with a contact.

    ``weight`` is a log-likelihood ratio in bits and may be negative. ``trust`` says who vouches for
    the clue (see `Trust`); the sentence is what people read.
    """

    name: str
    weight: float
    left: Text = ""
    right: Text = ""
    sentence: Text
    trust: Trust


class Match(Model):
    """A proposal: this contact may own this profile.

    ``probability`` is calibrated; ``runner_up`` is the probability of the next contact (0 without one).
    """

    platform: str
    profile_id: Id
    contact_id: Id
    probability: float
    evidence: tuple[Evidence, ...]
    runner_up: float = 0.0


class LinkState(StrEnum):
    """What was decided about a profile."""

    LINKED = "linked"
    REVIEW = "review"
    REJECTED = "rejected"
    UNLINKED = "unlinked"
    NONE = "none"


class Basis(StrEnum):
    """Why a link is lawful."""

    CONSENTED = "consented"
    CUSTOMER_PROVIDED = "customer_provided"
    VERIFIED = "verified"
    PUBLIC_CLAIM = "public_claim"
    INFERRED = "inferred"


class Link(Model):
    """A decision about a profile; appended, never changed.

    ``by`` is ``rule`` or ``person:<name>``; ``policy`` names the preset and every loosening in force.
    ``reason`` is one sentence. ``id`` is the store's own number, rising with time.
    """

    platform: str
    profile_id: Id
    contact_id: str | None
    state: LinkState
    basis: Basis | None = None
    probability: float = 0.0
    runner_up: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    by: str = "rule"
    at: Instant
    model_version: str = ""
    policy: str = ""
    reason: Text = ""
    id: int | None = None


class Interaction(Model):
    """One entry of a contact's timeline.

    ``revision`` rises with every edit of the post; ``retracted`` entries carry no text.
    """

    key: str
    contact_id: Id
    occurred_at: Instant
    channel: str
    kind: Kind
    direction: Direction
    subject: Text = ""
    body: Text = ""
    url: str = ""
    author: Text = ""
    thread: str = ""
    in_reply_to: str = ""
    sentiment: float | None = None
    priority: str = "normal"
    revision: int = 1
    retracted: bool = False


def interaction_key(workspace: str, platform: str, post_id: str) -> str:
    """Name an interaction by where it comes from alone, so that a lost database can be rebuilt without doubles.

    SHA-256 over the three parts, separated by a character that none of them can hold. Kind, contact,
    text and time stay out: a poll and a webhook name the kind differently, a re-match moves the
    interaction and an edit updates it.
    """
    joined = "\x00".join((workspace, platform, post_id))
    return hashlib.sha256(joined.encode()).hexdigest()


def stamp(instant: datetime) -> str:
    """Write an instant the one way the library stores it: ISO 8601, UTC, microseconds, ``Z``."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Finding(Model):
    """One line of a check: what was looked at, whether it is fine, and what to do if not."""

    ok: bool
    what: str
    remedy: str = ""
