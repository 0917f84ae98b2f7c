"""What to do about an answer: one table from status or platform code to a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from socialcrm.errors import (
    AuthError,
    BadResponse,
    ConfigError,
    CursorExpired,
    RateLimited,
    SocialCRMError,
    Transient,
)


class Action(StrEnum):
    """What the client does next."""

    RETRY = "retry"
    WAIT = "wait"
    REAUTH = "reauth"
    RESTART = "restart"
    SKIP = "skip"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Rule:
    """An action with the sentence for people; ``error`` overrides what is raised in the end.

    ``wait`` is how many seconds to stay away where the answer itself does not say.
    """

    action: Action
    sentence: str
    error: type[SocialCRMError] | None = None
    wait: float = 60.0

    @property
    def raises(self) -> type[SocialCRMError]:
        return self.error or _RAISES[self.action]


ErrorTable = Mapping[int | str, Rule]

_RAISES: Mapping[Action, type[SocialCRMError]] = {
    Action.RETRY: Transient,
    Action.WAIT: RateLimited,
    Action.REAUTH: AuthError,
    Action.RESTART: CursorExpired,
    Action.SKIP: BadResponse,
    Action.FAIL: BadResponse,
}

BUSY = Rule(Action.RETRY, "the platform is away or busy; the next run tries again")
SLOW_DOWN = Rule(Action.WAIT, "the platform asks to slow down")
# For limits of a second or a minute: soon over, where those that SLOW_DOWN is for end with their window.
TOO_FAST = Rule(Action.RETRY, "the platform asks to slow down", RateLimited)
DEFAULT_RULES: ErrorTable = {
    401: Rule(Action.REAUTH, "the platform does not accept the credential; renew it in the configuration"),
    403: Rule(Action.FAIL, "the credential may not do this; grant it the scope or role that is missing", AuthError),
    404: Rule(Action.FAIL, "there is nothing at this address; check the server name in the configuration", ConfigError),
    408: BUSY,
    410: Rule(Action.FAIL, "this address is gone for good; look for a newer version of socialcrm", ConfigError),
    425: BUSY,
    429: SLOW_DOWN,
}
# For platforms that write the status into the body: the same rules, by its digits.
IN_BODY: ErrorTable = {
    **{str(status): BUSY for status in range(500, 600)},
    **{str(status): rule for status, rule in DEFAULT_RULES.items()},
}
REDIRECTED = Rule(
    Action.FAIL, "the platform redirects elsewhere, which is never followed; check the address", ConfigError
)
REFUSED = Rule(Action.FAIL, "the platform refuses the request")


def decide(status: int, codes: Sequence[str], table: ErrorTable) -> Rule | None:
    """Choose the rule for an answer, or ``None`` where it is a success.

    ``codes`` are the platform's own error codes found in the body, most specific first; they
    outrank the status, and an adapter's table outranks the defaults.
    """
    if status < 300 and not codes:
        return None
    keys: tuple[str | int, ...] = (*codes, status)
    for key in keys:
        if key in table:
            return table[key]
    if status in DEFAULT_RULES:
        return DEFAULT_RULES[status]
    if status >= 500:
        return BUSY
    return REDIRECTED if 300 <= status < 400 else REFUSED
