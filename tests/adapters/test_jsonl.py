"""JSON lines: the general contract, growth, rotation and bad lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters import jsonl
from socialcrm.adapters.base import Adapter, Item
from socialcrm.adapters.jsonl import JSONLines, to_json
from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError
from socialcrm.model import Deleted, Engagement, Kind, Media, Post, Profile, Skipped
from socialcrm.testing.adapters import AdapterContract


def line(number: int, **more: object) -> str:
    author = {"id": 4, "handle": "ann"}
    return json.dumps(
        {"id": number, "created_at": "2026-02-01T00:00:00Z", "text": f"bag {number}", "author": author, **more}
    )


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")


def reader(path: Path) -> JSONLines:
    return JSONLines(JSONLines.Config(path=path, platform="forum"))


def read(path: Path, cursor: str | None = None) -> tuple[list[Item], str | None]:
    pages = list(reader(path).fetch("lines", cursor))
    return [item for page in pages for item in page.items], pages[-1].cursor if pages else cursor


class TestContract(AdapterContract):
    adapter = JSONLines
    stream = "lines"

    @pytest.fixture
    def make(self, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Adapter]:
        monkeypatch.setattr(jsonl, "PAGE", 3)
        path = tmp_path / "export.jsonl"
        write(path, *(line(number) for number in range(10)))
        return lambda: reader(path)


def test_only_what_was_appended_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    write(path, line(1), line(2))
    first, cursor = read(path)
    with path.open("a") as file:
        file.write(line(3) + "\n")
    more, _ = read(path, cursor)
    assert [item.id for item in first] == ["1", "2"]  # type: ignore[union-attr]
    assert [item.id for item in more] == ["3"]  # type: ignore[union-attr]


def test_a_half_written_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(line(1) + "\n" + line(2)[:20])
    first, cursor = read(path)
    path.write_text(line(1) + "\n" + line(2))  # whole now, though the file ends without a line break
    more, _ = read(path, cursor)
    assert (len(first), [item.id for item in more]) == (1, ["2"])  # type: ignore[union-attr]


def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    write(path, line(1), line(2))
    _, cursor = read(path)
    write(path, line(7), line(8), line(9))
    again, _ = read(path, cursor)
    assert [item.id for item in again] == ["7", "8", "9"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: unreadable"),
        (line(2, created_at="yesterday"), "line 2: unreadable item: wrong created_at"),
        (line(2, created_at="2026-02-01T00:00:00"), "line 2: unreadable item: wrong created_at"),
        (json.dumps({"id": 1.5e18, "created_at": "2026-02-01T00:00:00Z"}), "line 2: unreadable item: an id is missing"),
        (line(2, type="poem"), "line 2: unreadable item: the type"),
    ],
)
def test_a_bad_line_is_named_and_left_out(tmp_path: Path, bad: str, why: str) -> None:
    path = tmp_path / "export.jsonl"
    write(path, line(1), bad, line(3))
    items, _ = read(path)
    assert [type(item) for item in items] == [Post, Skipped, Post]
    assert isinstance(items[1], Skipped)
    assert items[1].reason.startswith(why)


def test_a_line_longer_than_any_post_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 300)
    path = tmp_path / "export.jsonl"
    write(path, line(1), line(2, text="x" * 2000), line(3))
    items, _ = read(path)
    assert [type(item) for item in items] == [Post, Skipped, Post]


def test_a_missing_file_is_a_matter_of_configuration(tmp_path: Path) -> None:
    adapter = reader(tmp_path / "nowhere.jsonl")
    (finding,) = adapter.check()
    assert not finding.ok
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl"):
        list(adapter.fetch("lines", None))


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
profiles = st.builds(
    Profile,
    platform=st.just("forum"),
    id=words.filter(bool),
    handle=words,
    bio=words,
    followers=st.none() | st.integers(0),
)
items = st.one_of(
    st.builds(
        Post,
        platform=st.just("forum"),
        id=words.filter(bool),
        kind=st.sampled_from(Kind),
        author=st.none() | profiles,
        text=words,
        created_at=instants,
        edited_at=st.none() | instants,
        media=st.lists(st.builds(Media, url=words), max_size=2).map(tuple),
        engagement=st.builds(Engagement, likes=st.none() | st.integers(0)),
        rating=st.none() | st.floats(0, 5),
    ),
    st.builds(Deleted, platform=st.just("forum"), id=words.filter(bool)),
    st.builds(Skipped, platform=st.just("forum"), id=words, reason=words),
    profiles,
)


@given(items)
def test_what_is_written_is_read_back(item: Item) -> None:
    assert JSONLines.parse(json.loads(json.dumps(to_json(item)))) == item
