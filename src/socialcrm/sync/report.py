"""What a run did and what it could not do; its JSON form is a documented, stable interface."""

from __future__ import annotations

import traceback
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from socialcrm.errors import AuthError, ConfigError, SocialCRMError, Unsupported

if TYPE_CHECKING:
    from socialcrm.matching.contradictions import Contradiction


class Remedy(StrEnum):
    """What a problem asks of the operator."""

    CONFIGURATION = "configuration"
    LATER = "later"
    PARKED = "parked"


class Problem(BaseModel):
    """Something that a run left undone: where, why, and what to do."""

    model_config = ConfigDict(frozen=True)

    where: str
    what: str
    remedy: Remedy

    @classmethod
    def of(cls, where: str, error: Exception) -> Problem:
        """Class an error by what the operator does about it.

        Of an error that is not ours only kind and place are told: its message may hold what somebody wrote.
        """
        mend = isinstance(error, ConfigError | AuthError | Unsupported)
        what = str(error)
        if not isinstance(error, SocialCRMError):
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}, line {frame.lineno}"
            what = f"unexpected {type(error).__name__} in {place}; tell the author of this part"
        return cls(where=where, what=what, remedy=Remedy.CONFIGURATION if mend else Remedy.LATER)


class SourceReport(BaseModel):
    """What one source gave. ``unchanged`` posts were known; ``suppressed`` ones were dropped unseen."""

    name: str
    platform: str
    pages: int = 0
    new: int = 0
    edited: int = 0
    deleted: int = 0
    unchanged: int = 0
    skipped: int = 0
    suppressed: int = 0


class Decided(BaseModel):
    """New decisions of this run; ``nobody`` counts profiles that match no contact."""

    considered: int = 0
    linked: int = 0
    review: int = 0
    nobody: int = 0


class Delivery(BaseModel):
    """The CRM's answers. ``waiting`` and ``parked`` are what stands in the queue now.

    ``waiting_since`` is when the longest waiting delivery was queued, ``None`` where nothing waits.
    """

    created: int = 0
    updated: int = 0
    retracted: int = 0
    unchanged: int = 0
    retried: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    parked: int = 0


class ContradictionReport(BaseModel):
    """Decisions that no longer fit together, for a person to look at; nothing was changed because of it."""

    model_config = ConfigDict(frozen=True)

    kind: str
    sentence: str
    platform: str
    profile_ids: tuple[str, ...]
    contact_ids: tuple[str, ...]

    @classmethod
    def of(cls, found: Contradiction) -> ContradictionReport:
        """Name the accounts and contacts that a contradiction is about."""
        return cls(
            kind=found.kind.value,
            sentence=found.sentence,
            platform=found.links[0].platform,
            profile_ids=tuple(sorted({link.profile_id for link in found.links})),
            contact_ids=tuple(sorted({link.contact_id for link in found.links if link.contact_id})),
        )


class SyncReport(BaseModel):
    """One run. ``posts`` says where every post of the workspace stands, ``dropped`` why posts are not kept.

    ``warnings`` say what works still, and not for long: a credential about to end.
    ``erased`` counts entries of erased people that the CRM confirmed to have removed in this run.
    """

    format: Literal[1] = 1
    workspace: str
    dry_run: bool = False
    started_at: datetime
    finished_at: datetime | None = None
    stopped: bool = False
    sources: list[SourceReport] = Field(default_factory=list)
    contacts_changed: int = 0
    kept: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)
    decided: Decided = Field(default_factory=Decided)
    delivery: Delivery = Field(default_factory=Delivery)
    erased: int = 0
    posts: dict[str, int] = Field(default_factory=dict)
    problems: list[Problem] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    contradictions: list[ContradictionReport] = Field(default_factory=list)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def written(self) -> int:
        """How many entries of the CRM this run changed."""
        return self.delivery.created + self.delivery.updated + self.delivery.retracted

    @computed_field  # type: ignore[prop-decorator]
    @property
    def exit_code(self) -> int:
        """0 clean, 1 some items parked, 2 mend the configuration, 3 try later."""
        remedies = {problem.remedy for problem in self.problems}
        if Remedy.CONFIGURATION in remedies:
            return 2
        if Remedy.LATER in remedies or self.stopped:
            return 3
        return 1 if self.delivery.parked else 0
