"""The stand-in: an HTTPS server on this machine in front of an `Org`, with faults on demand and a log of calls."""

from __future__ import annotations

import random
import socket
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from socialcrm.testing.salesforce.api import Api
from socialcrm.testing.salesforce.calls import answer
from socialcrm.testing.salesforce.certificates import make_certificates
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.sessions import Sessions
from socialcrm.testing.salesforce.writing import Writer
from socialcrm.testing.server import Answer, Asked, Fault, FaultServer


class Moment(StrEnum):
    """When something may happen to a request."""

    BEFORE = "before"
    """It has arrived; nothing is done yet."""
    APPLIED = "applied"
    """It is done; the answer is not sent yet."""
    ANSWERED = "answered"
    """The answer is sent."""


Watcher = Callable[[Moment, Asked], Fault | None]
"""Told of each moment of each request; may give a fault before and after applying."""


@dataclass(frozen=True)
class Logged:
    """One request in the log; a sign-in is not an API call, and neither is a request that a fault ate."""

    method: str
    path: str
    status: int
    counted: bool


def hang_up(answer: Answer) -> Answer:
    """A connection that ends without a byte of an answer."""

    def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return replace(answer, send=send)


def refusing(code: str, message: str = "refused on demand", status: int | None = None) -> Fault:
    """An error of Salesforce's instead of the answer."""
    error = ApiError(code, message, status=status)
    return lambda found: answer(error.of_request(), error.status)


def slow(seconds: float) -> Fault:
    """The same answer, late."""

    def wait(found: Answer) -> Answer:
        time.sleep(seconds)
        return found

    return wait


def page(status: int = 503) -> Fault:
    """A web page instead of JSON, as a proxy or a maintenance notice sends."""
    body = b"<!DOCTYPE html><html><title>Down for maintenance</title></html>"
    return lambda found: Answer(status, {"Content-Type": "text/html"}, body)


@dataclass
class _Planned:
    fault: Fault
    moment: Moment
    method: str
    path: str
    after: int
    times: int

    def due(self, moment: Moment, asked: Asked) -> bool:
        if moment is not self.moment or self.method not in {"", asked.method} or self.path not in asked.path:
            return False
        self.after -= 1
        if self.after >= 0 or self.times <= 0:
            return False
        self.times -= 1
        return True


class SalesforceServer(FaultServer):
    """A Salesforce org on a free port of 127.0.0.1; use it in a ``with`` block.

    Everything a configuration needs is an attribute: `url`, `ca_bundle`, `client_id`, `client_secret`, `username`,
    `jwt_key`, `refresh_token`. `while_locked` is called with each request while it holds its row locks.
    """

    def __init__(self, org: Org | None = None, *, folder: Path | None = None) -> None:
        self.org = org or Org()
        self._scratch = tempfile.TemporaryDirectory(prefix="socialcrm-salesforce-") if folder is None else None
        certificates = make_certificates(folder or Path(self._scratch.name if self._scratch else ""))
        super().__init__(lambda asked: Answer(500), tls=certificates.context())
        self.ca_bundle, self.jwt_key = certificates.ca_bundle, certificates.jwt_key
        self.while_locked: Callable[[Asked], None] = lambda asked: None
        user = self.org.table("User").rows[self.org.user_id]
        self.sessions = Sessions(
            self.org.clock, self.org.id, self.org.user_id, user["Username"], self.url, certificates.jwt_public_key
        )
        self.log: list[Logged] = []
        self._api = Api(self.org, self.sessions)
        self._watchers: list[Watcher] = []
        self._plans: list[_Planned] = []
        self._order = threading.Lock()

    client_id = property(lambda self: self.sessions.client_id)
    client_secret = property(lambda self: self.sessions.client_secret)
    refresh_token = property(lambda self: self.sessions.refresh_token)
    username = property(lambda self: self.sessions.username)

    def __enter__(self) -> SalesforceServer:
        super().__enter__()
        return self

    def __exit__(self, *trouble: object) -> None:
        super().__exit__(*trouble)
        if self._scratch:
            self._scratch.cleanup()

    # faults

    def watch(self, watcher: Watcher) -> None:
        """Tell a function of each moment of each request."""
        self._watchers.append(watcher)

    def plan(
        self,
        fault: Fault,
        *,
        moment: Moment = Moment.BEFORE,
        method: str = "",
        path: str = "",
        after: int = 0,
        times: int = 1,
    ) -> None:
        """Plan a fault for requests whose path contains ``path``: leave ``after`` alone, then break ``times``."""
        self._plans.append(_Planned(fault, moment, method, path, after, times))

    def breaks(self, fault: Fault, *, path: str = "", after: int = 0, times: int = 1, unheard: bool = False) -> None:
        """Plan a fault for the answers of a path, as every `FaultServer` does: what was asked for is done."""
        moment = Moment.BEFORE if unheard else Moment.APPLIED
        self.plan(fault, moment=moment, path=path, after=after, times=times)

    def flaky(self, share: float, *, seed: int) -> None:
        """Let a share of all requests break at random: lost before or after being applied, refused, a web page."""
        dice = random.Random(seed)  # noqa: S311  not a secret
        faults: tuple[tuple[Moment, Fault], ...] = (
            (Moment.BEFORE, hang_up),
            (Moment.APPLIED, hang_up),
            (Moment.BEFORE, page()),
            (Moment.APPLIED, page()),
            (Moment.BEFORE, refusing("SERVER_UNAVAILABLE", "too busy")),
        )

        def maybe(moment: Moment, asked: Asked) -> Fault | None:
            when, fault = dice.choice(faults)
            return fault if moment is when and dice.random() < share else None

        self.watch(maybe)

    def heal(self) -> None:
        """Forget planned faults and watchers."""
        super().heal()
        self._plans.clear()
        self._watchers.clear()
        self.org.spoilers.heal()

    # what happened

    @property
    def calls(self) -> int:
        """API calls that counted against the org's day."""
        return sum(one.counted for one in self.log)

    def count(self, path: str) -> int:
        """How many requests came for a path."""
        return sum(one.path == path for one in self.log)

    def tally(self) -> Counter[str]:
        """How many requests came, by method and resource."""
        return Counter(f"{one.method} {_resource(one.path)}" for one in self.log)

    def _respond(self, asked: Asked) -> Answer:
        fault = self._fault_at(Moment.BEFORE, asked)
        if fault:
            # Seen by the log, not by the org.
            return self._logged(asked, fault(answer({})), counted=False)
        writer = Writer(self.org)
        try:
            found = self._api.answer(asked, writer)
            self.while_locked(asked)
        finally:
            writer.release()
        fault = self._fault_at(Moment.APPLIED, asked)
        counted = "Sforce-Limit-Info" in found.headers
        return self._logged(asked, fault(found) if fault else found, counted=counted)

    def _sent(self, asked: Asked) -> None:
        self._fault_at(Moment.ANSWERED, asked)

    def _fault_at(self, moment: Moment, asked: Asked) -> Fault | None:
        with self._order:
            told: list[Any] = [watcher(moment, asked) for watcher in self._watchers]
            told += [planned.fault for planned in self._plans if planned.due(moment, asked)]
        return next((fault for fault in told if fault), None)

    def _logged(self, asked: Asked, found: Answer, *, counted: bool) -> Answer:
        self.log.append(Logged(asked.method, asked.path, found.status, counted))
        return found


def _resource(path: str) -> str:
    """A path without the version, ids and keys."""
    parts = path.removeprefix("/services/").split("/")
    named = (
        [part for part in parts[2:] if not any(letter.isdigit() for letter in part)] if parts[0] == "data" else parts
    )
    return "/".join(named)
