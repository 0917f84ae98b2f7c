"""The resources: which path and method ends where, and what every call goes through first.

Source: REST API guide, "Reference" (the paths), "Status Codes and Error Responses", "Headers". Versions before 31
answer 410; 31 to 67 are served.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from socialcrm.testing.salesforce import bulk_ingest, bulk_query, composite, reading, rows, sobject_collections
from socialcrm.testing.salesforce.calls import Call, answer, lowered, too_long
from socialcrm.testing.salesforce.errors import ApiError, OAuthError, Several
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.sessions import Sessions
from socialcrm.testing.salesforce.writing import Writer
from socialcrm.testing.server import Answer, Asked

OLDEST, NEWEST = 31, 67
NAME, ID = r"([A-Za-z]\w*)", r"([0-9A-Za-z]{15}|[0-9A-Za-z]{18})"
VERSIONED = re.compile(r"/services/data/v(\d+\.\d)(/.*)?")

ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/limits", reading.limits),
    ("GET", "/query", reading.query),
    ("GET", "/queryAll", reading.query_all),
    ("GET", "/(query|queryAll)/([^/]+)", reading.more),
    ("GET", "/sobjects", rows.describe_all),
    ("GET", f"/sobjects/{NAME}/describe", rows.describe),
    ("POST", f"/sobjects/{NAME}", rows.create),
    ("GET", f"/sobjects/{NAME}/{ID}", rows.read),
    ("PATCH", f"/sobjects/{NAME}/{ID}", rows.change),
    ("DELETE", f"/sobjects/{NAME}/{ID}", rows.remove),
    ("GET", f"/sobjects/{NAME}/{NAME}/([^/]+)", rows.read_by_key),
    ("PATCH", f"/sobjects/{NAME}/{NAME}/([^/]+)", rows.upsert),
    ("DELETE", f"/sobjects/{NAME}/{NAME}/([^/]+)", rows.remove_by_key),
    ("PATCH", f"/composite/sobjects/{NAME}/{NAME}", sobject_collections.upsert),
    ("POST", "/composite/sobjects", sobject_collections.create),
    ("PATCH", "/composite/sobjects", sobject_collections.update),
    ("DELETE", "/composite/sobjects", sobject_collections.delete),
    ("POST", f"/composite/sobjects/{NAME}", sobject_collections.retrieve),
    ("POST", "/composite", lambda call: composite.composite(call, routed)),
    ("POST", "/composite/batch", lambda call: composite.batch(call, routed)),
    *bulk_ingest.ROUTES,
    *bulk_query.ROUTES,
)
COMPILED = tuple((method, re.compile(path + "/?"), handler) for method, path, handler in ROUTES)


def routed(call: Call) -> Answer:
    """Answer a call by the table of resources; raises `ApiError` or `Several`."""
    methods = set()
    for method, path, handler in COMPILED:
        found = path.fullmatch(call.path)
        if found and method == call.method:
            return handler(call, *map(unquote, found.groups()))
        if found:
            methods.add(method)
    if methods:
        said = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(sorted(methods))}"
        raise ApiError("METHOD_NOT_ALLOWED", said)
    raise ApiError("NOT_FOUND", "The requested resource does not exist")


class Api:
    """Answers requests to an org."""

    def __init__(self, org: Org, sessions: Sessions) -> None:
        self.org, self.sessions = org, sessions

    def answer(self, asked: Asked, writer: Writer) -> Answer:
        """Answer one request; never raises."""
        headers = lowered(asked.headers)
        page = too_long(asked)
        if page:
            return page
        try:
            if asked.path == "/services/oauth2/token" and asked.method == "POST":
                return answer(self.sessions.token(headers, asked.body))
            return self._data(asked, headers, writer)
        except OAuthError as error:
            return answer({"error": error.error, "error_description": error.description}, error.status)
        except Several as several:
            root = VERSIONED.fullmatch(asked.path)
            version = root[1] if root else str(NEWEST)
            return answer(
                [f"/services/data/v{version}/sobjects/{several.object_name}/{one}" for one in several.ids], 300
            )
        except ApiError as error:
            return self._with_limits(answer(error.of_request(), error.status))

    def _data(self, asked: Asked, headers: dict[str, str], writer: Writer) -> Answer:
        if asked.path in {"/services/data", "/services/data/"}:
            return answer(
                [{"label": "", "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in range(OLDEST, NEWEST + 1)]
            )
        found = VERSIONED.fullmatch(asked.path)
        if found is None:
            raise ApiError("NOT_FOUND", "The requested resource does not exist")
        if float(found[1]) < OLDEST:
            raise ApiError("UNSUPPORTED_API_VERSION", f"API version v{found[1]} is retired")
        if float(found[1]) > NEWEST:
            raise ApiError("NOT_FOUND", "The requested resource does not exist")
        self.sessions.check(headers)
        self.org.limits.count()
        params: dict[str, Any] = dict(asked.params)
        call = Call(self.org, asked.method, found[1], found[2] or "/", params, headers, asked.body, writer)
        with self.org.mutex:
            self.org.jobs.tick()
            return self._with_limits(routed(call))

    def _with_limits(self, found: Answer) -> Answer:
        return replace(found, headers={**found.headers, "Sforce-Limit-Info": self.org.limits.header})
