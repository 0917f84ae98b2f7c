"""What can go wrong, by what the operator does about it.

::

    SocialCRMError
    ├── ConfigError            mend the configuration, then run again        (exit 2)
    │   └── MissingExtra       install the optional part named in the message
    ├── AuthError              renew the credential named in the message     (exit 2)
    ├── Unsupported            ask for something this platform or CRM can do
    ├── Transient              nothing to do: the next run tries again       (exit 3)
    │   └── RateLimited        the same, not before ``retry_at``
    ├── CursorExpired          nothing to do: a bounded re-read follows
    ├── NotFound               check the reference: nothing here answers to it
    ├── BadRecord              one item cannot be read; it is named and left out
    │   └── BadResponse        a whole page cannot be read; the cursor stays
    ├── CRMRejected            the CRM refused a record, in its own words    (exit 1)
    └── StoreError             look at the database named in the message     (exit 3)
        ├── LeaseHeld          another process is at work on this workspace
        └── LeaseLost          another process took over; this one stops

A message says what failed, where, and what to do next. It never carries a token, a response body
or the text of a post.
"""

from __future__ import annotations

from datetime import datetime

__all__ = [
    "AuthError",
    "BadRecord",
    "BadResponse",
    "CRMRejected",
    "ConfigError",
    "CursorExpired",
    "LeaseHeld",
    "LeaseLost",
    "MissingExtra",
    "NotFound",
    "RateLimited",
    "SocialCRMError",
    "StoreError",
    "Transient",
    "Unsupported",
]


class SocialCRMError(Exception):
    """The root of every error that leaves the public API."""


class ConfigError(SocialCRMError):
    """A setting is missing, unknown or wrong."""


class MissingExtra(ConfigError):
    """An optional part of the library is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an optional part: pip install 'socialcrm[{extra}]'")


class AuthError(SocialCRMError):
    """A platform or CRM does not accept the credential."""


class Unsupported(SocialCRMError):
    """The platform or CRM cannot do what was asked."""


class Transient(SocialCRMError):
    """The other side is away or busy; the same call may succeed later."""


class RateLimited(Transient):
    """The other side asked to wait longer than one call may take."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class CursorExpired(SocialCRMError):
    """The platform no longer knows the place where the last run stopped."""


class NotFound(SocialCRMError):
    """A reference names nothing in this workspace."""


class BadRecord(SocialCRMError):
    """An item cannot be read."""


class BadResponse(BadRecord):
    """A response is not what the platform's documentation promises: not JSON, cut off or too large."""


class CRMRejected(SocialCRMError):
    """The CRM refused a record; the message is the CRM's own."""


class StoreError(SocialCRMError):
    """The local database cannot be used."""


class LeaseHeld(StoreError):
    """Another process holds the lease of this workspace."""


class LeaseLost(StoreError):
    """The lease of this process was taken over; what it still tried to write was refused."""


def bare(error: SocialCRMError) -> SocialCRMError:
    """Take the frames off an error and its cause: their variables hold secrets, and crash reporters print them."""
    for one in (error, error.__cause__):
        if one is not None:
            one.__context__ = None
            one.__traceback__ = None
    return error
