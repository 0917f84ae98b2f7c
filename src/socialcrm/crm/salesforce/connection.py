"""One org over simple-salesforce: its traps are fenced off here.

Fenced: no timeout, blind redirects and unbounded bodies (our session), endless recursion on 401 (it is given a
session id, so it never signs in by itself), extra headers lost after a new sign-in (they stand on the session),
hosts remembered from before it (the client is built anew), exceptions that print records (turned into ours).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from socialcrm.clock import Clock
from socialcrm.crm.salesforce.errors import Fault, Trouble, faults_in
from socialcrm.crm.salesforce.limits import PAUSE, DailyCalls
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.crm.salesforce.sign_in import renewable, sign_in
from socialcrm.errors import AuthError, BadResponse, ConfigError, CRMRejected, RateLimited, Transient
from socialcrm.failpoints import failpoint
from socialcrm.http.ratelimit import retry_after
from socialcrm.http.session import BoundedSession
from socialcrm.http.transport import Limits

logger = logging.getLogger("socialcrm.crm")
Row = dict[str, Any]
T = TypeVar("T")

TRIES = 4
QUERIES_PER_CALL = 5  # REST API guide, "Composite": of 25 subrequests at most 5 may be queries
_LONGEST_URL = 8000  # address and headers may have 16 KB together; quotes grow when they are escaped
_WIRE, _BODY = 64 * 1024 * 1024, 128 * 1024 * 1024
_HEADERS = {
    "Sforce-Call-Options": "client=socialcrm",
    "Sforce-Auto-Assign": "FALSE",
    "User-Agent": "socialcrm (+https://pypi.org/project/socialcrm/)",
}


class Refused(CRMRejected):
    """Salesforce refuses a whole request; ``fault`` is the first of its errors."""

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.fault = fault


class Connection:
    """Calls one org. Calls are repeated where Salesforce or the network asks for it: every write goes by a key."""

    def __init__(self, config: SalesforceConfig, clock: Clock) -> None:
        self.config, self._clock = config, clock
        self.calls = DailyCalls(clock, leave=config.leave_calls)
        seconds = config.timeout.total_seconds()
        self._asked: float | None = None
        self._session = BoundedSession(
            Limits(connect=min(10.0, seconds), read=seconds, call=seconds * 2, wire=_WIRE, body=_BODY),
            ca_bundle=config.ca_bundle,
            proxy=config.proxy,
            headers=_HEADERS,
            watch=self._watch,
        )
        self._client: Salesforce | None = None

    def ask(self, method: str, path: str, *, params: Mapping[str, str] | None = None, json: Any = None) -> Any:
        """Call a REST resource below ``/services/data/vXX.0/`` and return the parsed answer, ``None`` without one.

        Raises `Refused` where this request can never succeed, `AuthError`, `ConfigError`, `Transient`,
        `RateLimited` or `BadResponse`.
        """
        return self._patiently(
            f"{method} {path}", lambda client: client.restful(path, params=params, method=method, json=json), sent=json
        )

    def csv(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, data: str = ""
    ) -> tuple[str, Any]:
        """Send or fetch CSV: the text of the answer and its headers."""
        kind = {"Content-Type": "text/csv; charset=UTF-8"} if data else {}

        def send(client: Any) -> tuple[str, Mapping[str, str]]:
            answer = self._session.request(
                method,
                client.base_url + path,
                params=params,
                headers={**client.headers, "Accept": "text/csv, application/json", **kind},
                data=data.encode() if data else None,
            )
            if answer.status_code >= 300:
                raise SalesforceError(path, answer.status_code, path, _body(answer))
            return answer.content.decode("utf-8", "replace"), answer.headers

        return self._patiently(f"{method} {path}", send, sent=data)

    def query(self, soql: str) -> Iterator[Row]:
        """Yield the rows of one query, deleted and archived ones included, page by page."""
        (found,) = self.queries([soql])
        yield from found

    def queries(self, soqls: Sequence[str]) -> list[Iterator[Row]]:
        """Ask several queries, five in a call that counts once; the rows of each, in the order of the questions."""
        results: list[Iterator[Row]] = []
        for start in range(0, len(soqls), QUERIES_PER_CALL):
            part = soqls[start : start + QUERIES_PER_CALL]
            results += [self._rows(page) for page in self.get([f"queryAll?q={quote(soql)}" for soql in part])]
        return results

    def first_page(self, soql: str) -> Row:
        """Ask a query and return its first page as it came, with ``totalSize`` and perhaps ``nextRecordsUrl``."""
        (page,) = self.get([f"queryAll?q={quote(soql)}"])
        return _mapping(page)

    def more(self, page: Row) -> Row | None:
        """The page after this one."""
        if page.get("done") is True:
            return None
        if not isinstance(page.get("nextRecordsUrl"), str):
            raise BadResponse("salesforce: a page of results says neither that it is the last nor where the next is")
        path = urlsplit(page["nextRecordsUrl"]).path
        return _mapping(self.ask("GET", path.removeprefix(self._root()).lstrip("/")))

    def get(self, paths: Sequence[str]) -> list[Any]:
        """Fetch up to 25 resources in one call."""
        if len(paths) == 1 and len(paths[0]) <= _LONGEST_URL:
            return [self.ask("GET", paths[0])]
        asked = [
            {"method": "GET", "url": f"{self._root()}{path}", "referenceId": f"r{number}"}
            for number, path in enumerate(paths)
        ]
        body = {"allOrNone": False, "compositeRequest": asked}
        what = f"GET {', '.join(sorted({path.partition('?')[0] for path in paths}))}"
        return self._patiently(
            what, lambda client: _parts(paths, client.restful("composite", method="POST", json=body))
        )

    def close(self) -> None:
        """Release connections and forget the session."""
        self._session.close()
        self._client = None

    def _rows(self, page: Any) -> Iterator[Row]:
        following: Row | None = _mapping(page)
        while following is not None:
            yield from records(following)
            following = self.more(following)

    def _patiently(self, what: str, send: Callable[[Any], T], *, sent: Any = None) -> T:
        signed_in_again, tries = False, 0
        while True:
            tries += 1
            try:
                return self._once(send)
            except SalesforceError as error:
                fault = faults_in(error.content, error.status)[0]
            except Transient as error:
                if isinstance(error, RateLimited):
                    raise
                fault = Fault("", str(error), (), 503)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError, requests.RequestException):
                # simple-salesforce stumbles over bodies that are not what the documentation promises.
                fault = Fault("", "the answer is not JSON", (), 502)
            if fault.trouble is Trouble.SIGN_IN and not signed_in_again and renewable(self.config):
                signed_in_again, self._client = True, None
            elif fault.trouble in {Trouble.RETRY, Trouble.BUSY} and tries < TRIES:
                self._clock.sleep(min(self._asked or 2.0 ** (tries - 1), 60.0))
            else:
                self._give_up(what, fault, sent)

    def _once(self, send: Callable[[Any], T]) -> T:
        self.calls.require()
        client = self._signed_in()
        failpoint("crm.before_call")
        answer = send(client)
        failpoint("crm.after_call")
        return answer

    def _signed_in(self) -> Any:
        if self._client is None:
            ticket = sign_in(self.config, self._session, self._clock)
            # The port and a host with "-api" in it stay as given; urlparse takes the scheme off.
            self._client = Salesforce(
                session_id=ticket.token.get_secret_value(),
                instance_url=ticket.instance_url,
                version=self.config.api_version,
                session=self._session,
                object_pairs_hook=dict,
            )
        return self._client

    def _root(self) -> str:
        return f"/services/data/v{self.config.api_version}/"

    def _watch(self, status: int, headers: Mapping[str, str]) -> None:
        self.calls.watch(status, headers)
        self._asked = retry_after(headers.get("retry-after", ""), self._clock.now())

    def _give_up(self, what: str, fault: Fault, sent: Any) -> NoReturn:
        """Raise what the fault asks for. Of a refused write only the code and our fields that it names are told."""
        where = f"salesforce: {what.partition('?')[0]}"
        lost = fault.status == 503 and not fault.code
        shown = fault if not sent or lost else replace(fault, message="", fields=_named(fault, sent))
        said = f"{where}: {shown.sentence()} (status {fault.status})"
        match fault.trouble:
            case Trouble.SIGN_IN:
                raise AuthError(f"{said}; the session is not accepted, renew the credential") from None
            case Trouble.STOP if fault.status == 410:
                raise ConfigError(f"{said}; the org no longer speaks this api_version, set a newer one") from None
            case Trouble.STOP:
                raise AuthError(f"{said}; an administrator has to allow it") from None
            case Trouble.QUOTA:
                at = self._clock.now() + PAUSE
                raise RateLimited(f"{said}; the org's calls of the day are used up", retry_at=at) from None
            case Trouble.RETRY | Trouble.BUSY | Trouble.FULL:
                raise Transient(f"{said}; the next run tries again") from None
        raise Refused(said, fault) from None


def _named(fault: Fault, sent: Any) -> tuple[str, ...]:
    rows = sent.get("records") if isinstance(sent, dict) else None
    names = sorted({name for row in rows if isinstance(row, dict) for name in row}) if isinstance(rows, list) else []
    return tuple(name for name in names if name in fault.fields or name in fault.message)


def records(page: Row) -> list[Row]:
    """The rows of a page of query results; what is no row is left out."""
    found = page.get("records")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _parts(paths: Sequence[str], answer: Any) -> list[Any]:
    answers = _mapping(answer).get("compositeResponse")
    if not isinstance(answers, list) or len(answers) != len(paths):
        raise BadResponse("salesforce: the answer to several questions does not have their number")
    for path, part in zip(paths, answers, strict=True):
        status = _mapping(part).get("httpStatusCode")
        if status != 200:
            raise SalesforceError(path, status if isinstance(status, int) else 500, path, part.get("body"))
    return [part.get("body") for part in answers]


def _mapping(value: Any) -> Row:
    if not isinstance(value, dict):
        raise BadResponse("salesforce: the answer is not an object")
    return value


def _body(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return answer.text
