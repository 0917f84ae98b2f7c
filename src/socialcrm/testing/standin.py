"""What the stand-ins of CRMs share: a loopback server that routes, counts, and loses answers on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from socialcrm.errors import Transient
from socialcrm.http.transport import Reply, Request
from socialcrm.model import Contact
from socialcrm.testing.server import Answer, Asked, FaultServer, in_json, vanish

Handler = Callable[..., Answer]
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """A handler refuses: the answer to give."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class StandIn:
    """A CRM in memory behind a real HTTP server on this machine; use it in a ``with`` block.

    ``routes`` maps ``METHOD /path/(\\\\w+)`` to the name of a method that takes the request and the groups.
    Its clock ticks one second with each change, so that stamps are in the order of changes.
    """

    routes: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.server = FaultServer(self.answer)
        self.losing = False
        self._ticks = 0
        self._numbers = 1000
        self._table = [(*route.split(" ", 1), name) for route, name in self.routes.items()]

    def __enter__(self) -> Any:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @contextmanager
    def lost_answer(self) -> Iterator[None]:
        """Carry out every write and answer none of them."""
        self.losing = True
        try:
            yield
        finally:
            self.losing = False

    @property
    def url(self) -> str:
        return self.server.url

    def writes(self) -> int:
        """How many requests came that were no reading."""
        return sum(asked.method != "GET" for asked in self.server.asked)

    def tick(self) -> datetime:
        """The instant of the change that happens now."""
        self._ticks += 1
        return BEGINNING + timedelta(seconds=self._ticks)

    def number(self) -> int:
        """A new id."""
        self._numbers += 1
        return self._numbers

    def authorise(self, asked: Asked) -> Answer | None:
        """Say what is wrong with the credential of a request, if anything is."""
        return None

    def is_write(self, asked: Asked) -> bool:
        """Tell whether an answer to this request is one that can be lost to effect."""
        return asked.method != "GET"

    def not_found(self) -> Answer:
        return in_json({"error": "not found"}, 404)

    def answer(self, asked: Asked) -> Answer:
        """Answer one request, as the server does."""
        answer = self.authorise(asked) or self._routed(asked)
        return vanish(answer) if self.losing and self.is_write(asked) else answer

    def _routed(self, asked: Asked) -> Answer:
        for method, pattern, name in self._table:
            if asked.method == method and (found := re.fullmatch(pattern, asked.path)):
                try:
                    return getattr(self, name)(asked, *found.groups())  # type: ignore[no-any-return]
                except Refused as refused:
                    return refused.answer
                except (KeyError, TypeError, ValueError) as error:
                    return in_json({"error": "the request cannot be read", "message": type(error).__name__}, 400)
        return self.not_found()


class Direct:
    """A transport to a stand-in without a network in between: for thousands of runs in a test."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin

    def send(self, request: Request) -> Reply:
        body = request.data if request.data is not None else json.dumps(request.json).encode()
        body = b"" if request.data is None and request.json is None else body
        path = urlsplit(request.url).path
        asked = Asked(request.method, path, request.params, request.headers, body)
        answer = self._standin.answer(asked)
        if answer.send is not None:
            raise Transient("no complete answer (the stand-in lost it)")
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body)

    def close(self) -> None:
        """Nothing is open."""


def details(contact: Contact) -> dict[str, Any]:
    """What a CRM keeps of a contact in custom fields, one value each."""
    one = {
        **{name: getattr(contact, name) for name in ("first_name", "last_name", "title", "company")},
        **{name: getattr(contact, name) for name in ("city", "region", "country")},
        "website": next(iter(contact.websites), ""),
        "phone": next(iter(contact.phones), ""),
        **{platform: names[0] for platform, names in contact.handles.items() if names},
    }
    return {name: value or None for name, value in one.items()} | {"do_not_profile": contact.do_not_profile}


def body_of(asked: Asked) -> Any:
    """The JSON a request carries; refused with 400 where it is none."""
    try:
        return json.loads(asked.body)
    except ValueError:
        raise Refused(in_json({"error": "the body is not JSON"}, 400)) from None


def header(asked: Asked, name: str) -> str:
    """A header of a request, whatever its case."""
    return next((value for key, value in asked.headers.items() if key.lower() == name.lower()), "")


def page_of(items: Sequence[Any], start: int, size: int) -> tuple[list[Any], int | None]:
    """One page, and where the next begins if there is one."""
    following = start + size
    return list(items[start:following]), following if following < len(items) else None


def iso(instant: datetime) -> str:
    """An instant as most of these CRMs write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
