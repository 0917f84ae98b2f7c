"""One hardened client: limits, retries, rate limits, renewal of credentials, errors people can act on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from socialcrm.clock import Clock, SystemClock
from socialcrm.errors import BadResponse, ConfigError, RateLimited, SocialCRMError, Transient, bare
from socialcrm.http import strict_json
from socialcrm.http.auth import Auth, NoAuth
from socialcrm.http.ledger import Budget
from socialcrm.http.origin import origin
from socialcrm.http.ratelimit import Allowance, RateLimiter, clamped, retry_after, sunset
from socialcrm.http.redaction import redact_text
from socialcrm.http.rules import Action, ErrorTable, Rule, decide
from socialcrm.http.transport import Limits, NetworkTransport, Reply, Request, Transport
from socialcrm.text import clean

Reader = Callable[[Mapping[str, str], bytes], Any]
"""Reads a body that is not JSON, from its headers and bytes; raises `BadResponse`."""

logger = logging.getLogger("socialcrm.http")
_BACKOFF = wait_random_exponential(multiplier=1, max=30)
_GARBLED = Rule(
    Action.RETRY, "the answer is not JSON (an error page, or cut off); try again, check the address", BadResponse
)


@dataclass(frozen=True, slots=True)
class Response:
    """A read answer. ``rule`` is set only where the adapter's table says that a failure is skipped.

    ``path`` is what was asked, as it stands in the address.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = field(default=None, repr=False)
    codes: tuple[str, ...] = ()
    rule: Rule | None = None
    path: str = ""


class _TryError(Exception):
    """A try failed and may be repeated: what to raise in the end, and how long the other side asks to wait.

    ``turned_away`` says that the other side did nothing with the request: sending it again is safe whatever it asks.
    """

    def __init__(self, error: SocialCRMError, wait: float | None = None, *, turned_away: bool = False) -> None:
        super().__init__()
        self.error, self.wait, self.turned_away = error, wait, turned_away


class Client:
    """Asks one service. ``label`` names the adapter and account in messages.

    ``codes`` finds the platform's own error codes in a body, most specific first; ``errors`` says
    what they, or a status, mean; ``waits`` finds the seconds a body asks to wait. ``decode`` reads
    a body that is not JSON; ``params`` go with every call. ``budget`` is asked before every try.
    ``sunset`` collects paths that the platform says it will take away, and when. Reads are retried;
    writes only where the caller says so.
    """

    def __init__(
        self,
        base_url: str,
        *,
        label: str,
        transport: Transport | None = None,
        auth: Auth | None = None,
        limits: Limits | None = None,
        rate: Allowance | None = None,
        errors: ErrorTable | None = None,
        codes: Callable[[Any], Sequence[str]] = lambda body: (),
        waits: Callable[[Any], float | None] = lambda body: None,
        decode: Callable[[bytes], Any] = strict_json.loads,
        clock: Clock | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        budget: Budget | None = None,
    ) -> None:
        try:
            self._base = origin(base_url)
        except ValueError as error:
            raise ConfigError(f"{label}: {error}") from None
        self._label, self._limits, self._clock = label, limits or Limits(), clock or SystemClock()
        self._transport = transport or NetworkTransport(self._limits)
        self._auth: Auth = auth or NoAuth()
        self._rate = RateLimiter(rate, self._clock)
        self.budget = budget
        self.sunset: dict[str, datetime] = {}
        self._errors, self._codes = errors or {}, codes
        self._waits, self._decode, self._params = waits, decode, params or {}
        self._headers = {"User-Agent": "socialcrm (+https://pypi.org/project/socialcrm/)", **(headers or {})}

    def __repr__(self) -> str:
        return f"Client({self._base!r}, label={self._label!r})"

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, skip: Container[int] = ()) -> Response:
        """Read; raises `SocialCRMError` children only. Final failures with a status in ``skip`` are returned."""
        return self._call(self._request("GET", path, params), auth=self._auth, repeat=True, skip=skip)

    def post(
        self, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> Response:
        """Send a body; ``repeat`` says that sending it twice does no harm."""
        return self._call(self._request("POST", path, params, json), auth=self._auth, repeat=repeat)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool = False,
        skip: Container[int] = (),
        read: Reader | None = None,
    ) -> Response:
        """Send any method; final failures with a status in ``skip`` are returned, with their ``rule``.

        ``data`` is a body that is not JSON, its type among ``headers``; ``read`` reads an answer that is not
        JSON from its headers and bytes. ``repeat`` says that sending twice does no harm; what was turned away
        unread (429) is sent again in any case.
        """
        request = replace(self._request(method, path, params, json), data=data)
        request = _extended(request, headers or {}, {})
        return self._call(request, auth=self._auth, repeat=repeat, skip=skip, read=read)

    def close(self) -> None:
        """Release connections."""
        self._transport.close()

    def _request(self, method: str, path: str, params: Mapping[str, Any] | None = None, json: Any = None) -> Request:
        return Request(
            method,
            self._base + path,
            urlsplit(self._base).path + path,
            tuple(_pairs({**self._params, **(params or {})})),
            self._headers,
            json,
        )

    def _plain(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        address = self._base + path if path.startswith("/") else path
        request = Request(method, address, urlsplit(address).path, (), {**self._headers, **headers}, json, form)
        answer = self._call(request, auth=NoAuth(), repeat=True).json
        return answer if isinstance(answer, dict) else {}

    def _call(
        self, request: Request, *, auth: Auth, repeat: bool, skip: Container[int] = (), read: Reader | None = None
    ) -> Response:
        try:
            return self._tried(request, auth, repeat, skip, read)
        except SocialCRMError as error:
            raise bare(error)  # noqa: B904 - its own cause stays

    def _tried(self, request: Request, auth: Auth, repeat: bool, skip: Container[int], read: Reader | None) -> Response:
        ends = self._clock.monotonic() + self._limits.total

        def spent(state: RetryCallState) -> bool:
            tries = self._limits.tries if repeat or _turned_away(state) else 1
            return state.attempt_number >= tries or self._clock.monotonic() + state.upcoming_sleep > ends

        retrying = Retrying(
            retry=retry_if_exception_type(_TryError),
            wait=_wait,
            stop=spent,
            sleep=self._clock.sleep,
            retry_error_callback=self._give_up,
        )
        answer: Response = retrying(self._authorised, request, auth, ends, skip, read)
        return answer

    def _authorised(
        self, request: Request, auth: Auth, ends: float, skip: Container[int], read: Reader | None
    ) -> Response:
        response = self._once(request, auth, ends, skip, read)
        if response.rule is None or response.rule.action is not Action.REAUTH:
            return response
        if not auth.renew(self._plain):
            raise self._error(request, response.rule, response)
        response = self._once(request, auth, ends, skip, read)
        if response.rule is not None and response.rule.action is Action.REAUTH:
            raise self._error(request, response.rule, response)
        return response

    def _once(self, request: Request, auth: Auth, ends: float, skip: Container[int], read: Reader | None) -> Response:
        self._pace(request, ends, counted=auth is self._auth)
        # Headers are built after the wait: a token may have expired meanwhile.
        headers = auth.headers(self._plain)
        sent = _extended(request, headers, auth.params())
        if prefix := auth.prefix():
            sent = replace(sent, url=self._base + prefix + sent.url.removeprefix(self._base))
        try:
            reply = self._transport.send(sent)
        except Transient as error:
            raise _TryError(Transient(self._says(request, str(error)))) from None
        except (BadResponse, ConfigError) as error:
            raise type(error)(self._says(request, str(error))) from None
        self._note(request, reply.headers)
        logger.debug("%s: %s %s -> %d", self._label, request.method, redact_text(request.path), reply.status)
        return self._judged(request, reply, skip, read)

    def _judged(self, request: Request, reply: Reply, skip: Container[int], read: Reader | None) -> Response:
        body, garbled = self._read(request, reply, read)
        codes = tuple(self._codes(body))
        rule = decide(reply.status, codes, self._errors) or (_GARBLED if garbled else None)
        response = Response(reply.status, reply.headers, body, codes, rule, request.path)
        if rule is None or rule.action in {Action.SKIP, Action.REAUTH}:
            return response
        if rule.action is Action.FAIL and reply.status in skip:
            return replace(response, rule=replace(rule, action=Action.SKIP))
        error = self._error(request, rule, response)
        if rule.action in {Action.RETRY, Action.WAIT}:
            raise _TryError(error, self._asked_wait(response), turned_away=rule.action is Action.WAIT)
        raise error

    def _read(self, request: Request, reply: Reply, read: Reader | None) -> tuple[Any, bool]:
        if not reply.body and (reply.status == 204 or request.method == "DELETE"):
            return None, False
        try:
            if read is not None and reply.status < 300:
                return read(reply.headers, reply.body), False
            return self._decode(reply.body), False
        except strict_json.NotJSON:
            return None, True
        except BadResponse as error:
            raise BadResponse(self._says(request, str(error))) from None

    def _pace(self, request: Request, ends: float, *, counted: bool) -> None:
        self._await(request, self._rate.due_in(request.path), ends)
        path = request.path.removeprefix(urlsplit(self._base).path)
        while counted and self.budget is not None and (wait := self.budget.due_in(path)):
            self._await(request, wait, ends)

    def _await(self, request: Request, wait: float, ends: float) -> None:
        if wait and self._clock.monotonic() + wait > ends:
            at = self._clock.now() + timedelta(seconds=wait)
            raise RateLimited(self._says(request, f"the allowance is used up; not before {at:%F %T} UTC"), retry_at=at)
        if wait:
            self._clock.sleep(wait)

    def _note(self, request: Request, headers: Mapping[str, str]) -> None:
        self._rate.note(headers, request.path)
        if self.budget is not None and not self._rate.by_path and (wait := self._rate.due_in(request.path)):
            self.budget.pause(wait)
        if (end := sunset(headers)) is not None:
            self.sunset[request.path] = end

    def _asked_wait(self, response: Response) -> float | None:
        asked = retry_after(response.headers.get("retry-after", ""), self._clock.now())
        if asked is None:
            asked = clamped(self._waits(response.json))
        if asked is None and response.rule is not None and issubclass(response.rule.raises, RateLimited):
            asked = self._rate.reset_in(response.headers)
        return asked

    def _error(self, request: Request, rule: Rule, response: Response) -> SocialCRMError:
        code = f", {response.codes[0]}" if response.codes and response.codes[0] in self._errors else ""
        message = self._says(request, f"{rule.sentence} (status {response.status}{code})")
        if issubclass(rule.raises, RateLimited):
            wait = self._asked_wait(response) or rule.wait
            return rule.raises(message, retry_at=self._clock.now() + timedelta(seconds=wait))
        return rule.raises(message)

    def _says(self, request: Request, sentence: str) -> str:
        return f"{self._label}: {request.method} {redact_text(request.path)}: {sentence}"

    def _give_up(self, state: RetryCallState) -> NoReturn:
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, _TryError):
            raise failure.error
        raise Transient(f"{self._label}: no answer") from failure


def _wait(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.wait if isinstance(failure, _TryError) else None
    return asked if asked is not None else _BACKOFF(state)


def _turned_away(state: RetryCallState) -> bool:
    failure = state.outcome.exception() if state.outcome else None
    return isinstance(failure, _TryError) and failure.turned_away


def _extended(request: Request, headers: Mapping[str, str], params: Mapping[str, str]) -> Request:
    return replace(request, params=(*request.params, *params.items()), headers={**request.headers, **headers})


def _pairs(params: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in params.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                yield name, clean(str(item).lower() if isinstance(item, bool) else str(item))
