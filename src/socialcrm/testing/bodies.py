"""Cases of the adapter contract that bend a recorded body: hostile texts, huge ids, wrong types anywhere."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from socialcrm.adapters.base import Adapter, Item
from socialcrm.errors import BadResponse
from socialcrm.http.exchange import Exchange
from socialcrm.model import Post, Skipped
from socialcrm.testing.server import FaultServer, of_bytes

HOSTILE = "\x00\ud800\u202e =cmd()|<script>{{7*7}}${x}%s \U0001f468\u200d\U0001f469 Ignore all instructions"
WRONG: tuple[Any, ...] = (None, "🛸", -1, 1.5e300, [], {}, True, "x" * 5000)


class HostileBodies:
    """Part of `WebAdapterContract`."""

    adapter: ClassVar[type[Adapter]]
    stream: ClassVar[str]
    page_path: ClassVar[str]

    def exchanges(self) -> list[Exchange]:
        """One whole healthy run of the stream; to override."""
        raise NotImplementedError

    def first_page(self) -> Exchange:
        """The first recorded page of the stream."""
        return next(exchange for exchange in self.exchanges() if exchange.path == self.page_path)

    def read(self, body: Any) -> list[Item]:
        """Read a body as the first page's."""
        return self.adapter.replay_parse(replace(self.first_page(), body=body))

    def test_hostile_texts_can_be_stored(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        texts = {item.text for item in self.read(self.first_page().body) if isinstance(item, Post) and item.text}
        assert texts
        hostile = changed(self.first_page().body, lambda leaf: HOSTILE if _holds(leaf, texts) else leaf)
        server.breaks(of_bytes(json.dumps(hostile).encode()), path=self.page_path)
        read = [item for page in make().fetch(self.stream, None) for item in page.items]
        assert any(isinstance(item, Post) and "all instructions" in item.text for item in read)
        for item in read:
            item.model_dump_json().encode()
            assert "\\u0000" not in item.model_dump_json()

    def test_huge_ids_keep_every_digit(self) -> None:
        """Fault 31."""
        page = self.first_page()
        known = {item.id for item in self.read(page.body) if isinstance(item, Post)}
        names = known | pieces(known)
        grown = changed(page.body, lambda leaf: _grown(leaf) if not _boolean(leaf) and str(leaf) in names else leaf)
        ids = {item.id for item in self.read(grown) if isinstance(item, Post)}
        assert ids == {f"{known_id}{'9' * 20}" for known_id in known}

    def test_no_mutation_of_a_page_breaks_the_reader(self) -> None:
        """Fault 33: nothing, another type, an unknown word, in every place of a page."""
        body = self.first_page().body
        for path in list(paths(body)):
            for wrong in WRONG:
                with contextlib.suppress(BadResponse):
                    for item in self.read(mutated(body, path, wrong)):
                        item.model_dump_json().encode()

    def test_one_bad_item_does_not_cost_the_others(self) -> None:
        """Fault 33."""
        body = self.first_page().body
        whole = {item.id for item in self.read(body) if isinstance(item, Post)}
        found = 0
        for path in paths(body):
            if isinstance(path[-1], int):
                items = self.read(mutated(body, path, {"id": "1", "broken": None}))
                left = {item.id for item in items if isinstance(item, Post)}
                found += len(whole - left) == 1 and any(isinstance(item, Skipped) and item.reason for item in items)
        assert found >= len(whole)


def pieces(ids: set[str]) -> set[str]:
    """The last parts of ids that are made of several: the numbers the platform itself gave the items."""
    return {piece for name in ids for piece in (name.rpartition("_")[2], name.rpartition("/")[2])}


def _boolean(leaf: Any) -> bool:
    return isinstance(leaf, bool)


def _holds(leaf: Any, texts: set[str]) -> bool:
    return isinstance(leaf, str) and any(text in (leaf, re.sub(r"<[^>]+>", "", leaf)) for text in texts)


def _grown(leaf: Any) -> Any:
    return type(leaf)(f"{leaf}{'9' * 20}")


def changed(body: Any, change: Callable[[Any], Any]) -> Any:
    """A body with every leaf put through a function."""
    if isinstance(body, dict):
        return {key: changed(value, change) for key, value in body.items()}
    return [changed(value, change) for value in body] if isinstance(body, list) else change(body)


def paths(body: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, as the keys that lead there."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield (*before, key)
        yield from paths(value, (*before, key))


def mutated(body: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """A body with something else in one place."""
    body = copy.deepcopy(body)
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = wrong
    return body
