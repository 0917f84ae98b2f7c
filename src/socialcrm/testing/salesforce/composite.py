"""Several requests in one: ``/composite`` counts as one call, ``/composite/batch`` as many.

Sources: REST API guide, "Send Multiple Requests Using Composite" (25 subrequests, at most 5 of them queries or
sObject Collections; results are referred to as ``@{id.field}``), "Composite Batch" (each subrequest counts),
a query in a body may have all of SOQL's 100,000 characters (public reports of restforce and django-salesforce);
"allOrNone Parameters" (an outer one rolls everything back; the innocent are ``PROCESSING_HALTED``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from socialcrm.testing.salesforce.calls import Call, answer, split_url
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.server import Answer

MAX_SUBREQUESTS, MAX_HEAVY = 25, 5
HEAVY = re.compile(r"/(composite/sobjects|query|queryAll)(/|$)")
REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
Route = Callable[[Call], Answer]


class _Halt(Exception):
    """A subrequest failed and takes all others with it."""


def composite(call: Call, route: Route) -> Answer:
    body = call.object()
    requests = body.get("compositeRequest")
    _check(requests)
    assert isinstance(requests, list)
    if sum(bool(HEAVY.search(split_url(str(one.get("url")))[0])) for one in requests) > MAX_HEAVY:
        raise ApiError(
            "INVALID_INPUT", f"at most {MAX_HEAVY} subrequests can be sObject Collections or query operations"
        )
    whole, results = body.get("allOrNone") is True, []
    known: dict[str, Any] = {}
    try:
        with call.org.db.undoing():
            for one in requests:
                result = _run(call, one, known, route, whole)
                known[one["referenceId"]] = result["body"]
                results.append(result)
                if whole and result["httpStatusCode"] >= 400:
                    raise _Halt
    except _Halt:
        results = _halted(requests, results)
    return answer({"compositeResponse": results})


def batch(call: Call, route: Route) -> Answer:
    requests = call.object().get("batchRequests")
    if not isinstance(requests, list) or not 0 < len(requests) <= MAX_SUBREQUESTS:
        raise ApiError("INVALID_BATCH_REQUEST", f"1 to {MAX_SUBREQUESTS} batchRequests are required")
    call.org.limits.more(len(requests) - 1)
    results = []
    for one in requests:
        url = f"/services/data/{str(one.get('url', '')).lstrip('/')}"
        sub = _subcall(call, {"method": one.get("method"), "url": url, "body": one.get("richInput")})
        status, said = _said(sub, route)
        results.append({"statusCode": status, "result": said})
    failed = any(one["statusCode"] >= 400 for one in results)
    return answer({"hasErrors": failed, "results": results})


def _check(requests: Any) -> None:
    if not isinstance(requests, list) or not requests or not all(isinstance(one, dict) for one in requests):
        raise ApiError("JSON_PARSER_ERROR", "compositeRequest is required")
    if len(requests) > MAX_SUBREQUESTS:
        raise ApiError("INVALID_INPUT", f"Maximum of {MAX_SUBREQUESTS} subrequests is allowed")
    names = [one.get("referenceId") for one in requests]
    if len(set(names)) < len(names) or not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise ApiError("INVALID_INPUT", "each subrequest needs a referenceId of its own")


def _run(call: Call, one: dict[str, Any], known: dict[str, Any], route: Route, whole: bool) -> dict[str, Any]:
    try:
        filled = json.loads(json.dumps(one), object_hook=lambda found: _filled(found, known))
        sub = _subcall(call, filled)
        if whole and isinstance(filled.get("body"), dict) and "records" in filled["body"]:
            sub = replace(sub, body=json.dumps(filled["body"] | {"allOrNone": True}).encode())
        status, said = _said(sub, route)
    except ApiError as error:
        status, said = error.status, error.of_request()
    return {"body": said, "httpHeaders": {}, "httpStatusCode": status, "referenceId": one["referenceId"]}


def _subcall(call: Call, one: dict[str, Any]) -> Call:
    path, query = split_url(str(one.get("url")))
    if not path.startswith(call.root):
        raise ApiError("INVALID_INPUT", "The subrequest's URL must begin with the version of the request")
    body = one.get("body")
    return replace(
        call,
        method=str(one.get("method", "")).upper(),
        path=path[len(call.root) :],
        params=dict(parse_qsl(query, keep_blank_values=True)),
        headers={"content-type": "application/json"},
        body=b"" if body is None else json.dumps(body).encode(),
    )


def _said(call: Call, route: Route) -> tuple[int, Any]:
    try:
        found = route(call)
    except ApiError as error:
        return error.status, error.of_request()
    return found.status, json.loads(found.body) if found.body else None


def _filled(found: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    return {
        key: REFERENCE.sub(lambda match: str(_resolved(match, known)), value) if isinstance(value, str) else value
        for key, value in found.items()
    }


def _resolved(match: re.Match[str], known: dict[str, Any]) -> Any:
    value: Any = known.get(match[1])
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", match[2]):
        try:
            value = value[name] if name else value[int(place)]
        except (KeyError, IndexError, TypeError):
            raise ApiError("PROCESSING_HALTED", f"Invalid reference specified: {match[0]}") from None
    return value


def _halted(requests: list[dict[str, Any]], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All but the culprit say that they were halted; what ran is taken back."""
    said = ApiError("PROCESSING_HALTED", "The transaction was rolled back since another operation failed.").of_request()
    culprit = results[-1]
    return [
        culprit
        if one["referenceId"] == culprit["referenceId"]
        else {"body": said, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": one["referenceId"]}
        for one in requests
    ]
