"""A bare client of the stand-in, so that its rules are tested without any library of ours in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from socialcrm.testing.salesforce import Field, Org, SalesforceServer, people

KEY = "Post_Key__c"
TASK = {"Status": "Completed", "ActivityDate": "2026-03-01"}


class Client:
    """Speaks to one server under one version."""

    def __init__(self, server: SalesforceServer, version: str = "62.0") -> None:
        self.server, self.org, self.root = server, server.org, f"/services/data/v{version}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.ca_bundle)
        self.session.headers["Authorization"] = f"Bearer {server.sessions.open()}"

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        whole = path if path.startswith("/services") else self.root + path
        return self.session.request(method, self.server.url + whole, timeout=10, **given)

    def query(self, text: str, *, everything: bool = False) -> Any:
        """The records found, or the code of the error."""
        found = self.ask("GET", "/queryAll" if everything else "/query", params={"q": text}).json()
        return found[0]["errorCode"] if isinstance(found, list) else found["records"]

    def ids(self, text: str, *, everything: bool = False) -> list[str]:
        return [record["Id"] for record in self.query(text, everything=everything)]

    def upsert(self, *records: dict[str, Any], key: str = KEY, type_: str = "Task", **body: Any) -> Any:
        """The results of a collections upsert, or the code of the error."""
        given = [{"attributes": {"type": type_}, **record} for record in records]
        said = self.ask("PATCH", f"/composite/sobjects/{type_}/{key}", json={"records": given, **body})
        found = said.json()
        return found[0]["errorCode"] if said.status_code != 200 else found

    def codes(self, *records: dict[str, Any], **given: Any) -> list[str]:
        """What became of each record of an upsert: its error's code, or created, or updated."""
        return [told(result) for result in self.upsert(*records, **given)]


def told(result: dict[str, Any]) -> str:
    """One word for a result."""
    if result["success"]:
        assert result["errors"] == []
        return "created" if result["created"] else "updated"
    return str(result["errors"][0]["statusCode"])


def task(name: str, who: str | None = None, **fields: Any) -> dict[str, Any]:
    """A closed task under a key."""
    return {KEY: name, **TASK, **({"WhoId": who} if who else {}), **fields}


@contextmanager
def running(org: Org | None = None, **options: Any) -> Iterator[Client]:
    """A server with a key field on activities, and a client of it."""
    org = org or Org()
    org.add_field("Activity", Field(KEY, length=64, external_id=True, unique=True))
    with SalesforceServer(org, **options) as server:
        yield Client(server)


def contact(client: Client, name: str = "Lee", **fields: Any) -> str:
    return people.add_contact(client.org, LastName=name, **fields)
