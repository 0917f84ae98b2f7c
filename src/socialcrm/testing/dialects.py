"""Cases of the adapter contract about what platforms say in their own ways: limits, old cursors, odd times, pushes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from socialcrm.adapters.base import Adapter, Item, Page
from socialcrm.adapters.web import WebAdapter
from socialcrm.clock import ManualClock
from socialcrm.errors import BadResponse, RateLimited, SocialCRMError
from socialcrm.http.exchange import Exchange
from socialcrm.model import Deleted, Post, Skipped
from socialcrm.testing.bodies import WRONG, changed, mutated, paths, pieces
from socialcrm.testing.server import FaultServer, failing, of_bytes

_ISO = re.compile(r"\d{4}(-\d\d-\d\d[T ]\d\d:\d\d)")
_SECONDS, _MILLISECONDS = range(1_000_000_000, 4_000_000_000), range(1_000_000_000_000, 4_000_000_000_000)
_NO_BODY: tuple[Any, ...] = (None, [], {}, "a text", 5, [None], {"entry": None}, {"data": 5})


def _names(pages: list[Page]) -> set[tuple[str, str]]:
    return {(type(item).__name__, item.id) for page in pages for item in page.items if isinstance(item, Post | Deleted)}


class Dialects:
    """Part of `WebAdapterContract`.

    ``slow`` are the platform's own ways to ask for a pause: status, body, headers. ``expired`` is how
    it refuses an old page token: status and body. ``pushes`` are bodies it pushes.
    """

    adapter: ClassVar[type[Adapter]]
    stream: ClassVar[str]
    page_path: ClassVar[str]
    refused: ClassVar[tuple[int, Any]]
    slow: ClassVar[tuple[tuple[int, Any, Mapping[str, str]], ...]] = ((429, {}, {}),)
    expired: ClassVar[tuple[int, Any] | None] = None
    pushes: ClassVar[tuple[Any, ...]] = ()

    def first_page(self) -> Exchange:
        """The first recorded page of the stream."""
        raise NotImplementedError

    def test_slow_down_in_the_platforms_own_words(
        self,
        make: Callable[[], Adapter],
        server: FaultServer,
        clock: ManualClock,
        healthy: set[tuple[str, str]],
    ) -> None:
        """Faults 16 and 18: a limit told by status, in headers or only in a body."""
        for status, body, headers in self.slow:
            clock.slept.clear()
            server.breaks(failing(status, body, **headers), path=self.page_path, after=1)
            assert _names(list(make().fetch(self.stream, None))) == healthy
            assert clock.slept, f"no pause after {status}"
            server.heal()

    def test_slowed_down_for_ever_in_the_platforms_own_words(
        self, make: Callable[[], Adapter], server: FaultServer
    ) -> None:
        """Fault 17: a limit that does not end is handed on with the place kept."""
        for status, body, headers in self.slow:
            server.breaks(failing(status, body, **headers), path=self.page_path, after=1, times=99)
            pages: list[Page] = []
            with pytest.raises(RateLimited):
                pages.extend(make().fetch(self.stream, None))
            assert len(pages) <= 1
            server.heal()

    def test_a_break_on_any_page_loses_nothing(
        self, make: Callable[[], Adapter], server: FaultServer, healthy: set[tuple[str, str]]
    ) -> None:
        """Fault 20: wherever a run breaks off, the next one reads the rest."""
        whole = server.count(self.page_path)
        for broken in range(whole):
            server.breaks(failing(503), path=self.page_path, after=broken, times=99)
            pages: list[Page] = []
            with suppress(SocialCRMError):
                for page in make().fetch(self.stream, None):
                    pages.append(page)
            server.heal()
            cursor = next((page.cursor for page in reversed(pages) if page.cursor), None)
            assert _names(pages) | _names(list(make().fetch(self.stream, cursor))) == healthy, f"lost at {broken}"

    def test_no_mutation_of_a_refusal_breaks_the_reader(self) -> None:
        """Faults 18 and 33: errors in any shape, under any status."""
        assert issubclass(self.adapter, WebAdapter)
        for status, body in [
            *((status, body) for status, body, _ in self.slow),
            self.refused,
            self.expired or (400, {}),
        ]:
            for path in list(paths(body)):
                for wrong in WRONG:
                    refusal = replace(self.first_page(), status=status, body=mutated(body, path, wrong))
                    assert self.adapter.replay_rule(refusal) is not None or status < 300

    def test_an_expired_page_token_is_read_around(
        self, make: Callable[[], Adapter], server: FaultServer, healthy: set[tuple[str, str]]
    ) -> None:
        """Fault 27: the walk starts again from the top, with what was read kept."""
        if self.expired is None:
            pytest.skip("the platform's page tokens do not expire, or it does not say so")
        first = next(iter(make().fetch(self.stream, None)))
        server.breaks(failing(*self.expired), path=self.page_path)
        assert _names([first]) | _names(list(make().fetch(self.stream, first.cursor))) == healthy

    def test_ids_that_lost_digits_are_refused(self) -> None:
        """Fault 31: a float has lost digits."""
        page = self.first_page()
        known = {item.id for item in self._read(page.body) if isinstance(item, Post)}
        names = known | pieces(known)
        body = changed(page.body, lambda leaf: 1.2345678901234567e18 if str(leaf) in names else leaf)
        found = {item.id for item in self._read(body) if isinstance(item, Post)}
        assert not found & known
        assert not [post_id for post_id in found if "e+" in post_id or "1234567890123456" in post_id]

    def test_a_time_in_the_far_future_does_not_poison_the_cursor(
        self, make: Callable[[], Adapter], server: FaultServer
    ) -> None:
        """Fault 30."""
        body = changed(self.first_page().body, _later)
        assert body != self.first_page().body
        server.breaks(of_bytes(json.dumps(body).encode()), path=self.page_path)
        cursors: list[str] = []
        with suppress(SocialCRMError):  # a page token may be a time as well, and lead nowhere
            cursors.extend(page.cursor for page in make().fetch(self.stream, None) if page.cursor)
        assert cursors
        marks = [mark for key, mark in json.loads(cursors[-1]).items() if key in {"since", "top"}]
        assert all(mark < "2027" for mark in marks)

    def test_pushed_bodies_are_read_purely(self) -> None:
        for body in self.pushes or (self.first_page().body,):
            before = copy.deepcopy(body)
            items = self.adapter.parse_push(body)
            assert items
            assert body == before
            assert self.adapter.parse_push(body) == items
            assert all(item.platform == items[0].platform for item in items)
            assert all(item.reason for item in items if isinstance(item, Skipped))

    def test_no_mutation_of_a_pushed_body_breaks_the_reader(self) -> None:
        """Faults 33 and 46: a bad item costs no other, and no field its reader."""
        for body in self.pushes or (self.first_page().body,):
            for path in list(paths(body)):
                for wrong in WRONG:
                    with suppress(BadResponse):
                        for item in self.adapter.parse_push(mutated(body, path, wrong)):
                            item.model_dump_json().encode()

    @pytest.mark.parametrize("body", _NO_BODY, ids=repr)
    def test_a_pushed_body_that_is_none_holds_no_post(self, body: Any) -> None:
        with suppress(BadResponse):
            assert all(isinstance(item, Skipped) for item in self.adapter.parse_push(body))

    def _read(self, body: Any) -> list[Item]:
        return self.adapter.replay_parse(replace(self.first_page(), body=body))


def _later(leaf: Any) -> Any:
    """A time a thousand years on, whichever way it is written; anything else as it is."""
    if isinstance(leaf, str) and _ISO.match(leaf):
        return _ISO.sub(r"3025\1", leaf)
    if isinstance(leaf, int | float) and not isinstance(leaf, bool) and int(leaf) in _SECONDS:
        return leaf + 31_536_000_000
    return leaf + 31_536_000_000_000 if isinstance(leaf, int) and leaf in _MILLISECONDS else leaf
