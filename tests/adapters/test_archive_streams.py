"""Reading exports piece by piece: whatever is cut where, nothing healthy is lost and nothing is invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.archive import json_stream, tables
from socialcrm.adapters.archive.json_stream import ITEM, Broken, until_list, walk, whole
from socialcrm.errors import BadRecord

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))
RECORDS = st.lists(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), max_size=8)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def found(data: bytes | str, size: int = 7, into: Any = until_list, **options: Any) -> list[Any]:
    return list(walk(pieces(data.encode() if isinstance(data, str) else data, size), into, **options))


@given(RECORDS, st.integers(1, 40), st.sampled_from([None, 2]), st.booleans())
def test_a_list_is_read_item_by_item_wherever_it_is_cut(
    records: list[Any], size: int, indent: int | None, ascii_only: bool
) -> None:
    data = json.dumps(records, indent=indent, ensure_ascii=ascii_only)
    assert found(data, size) == [((ITEM,), record) for record in records]


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.integers(1, 40))
def test_a_document_is_read_as_one_value(document: dict[str, Any], size: int) -> None:
    assert found(json.dumps(document), size, whole) == [((), document)]


@given(st.dictionaries(TEXTS, st.lists(VALUES, max_size=4) | SCALARS, max_size=4), st.integers(1, 40))
def test_objects_are_walked_to_their_lists(document: dict[str, Any], size: int) -> None:
    rebuilt: dict[str, Any] = {key: [] for key, value in document.items() if isinstance(value, list)}
    for keys, value in found(json.dumps(document), size):
        if keys[1:] == (ITEM,):
            rebuilt[keys[0]].append(value)
        else:
            rebuilt[keys[0]] = value
    assert rebuilt == document


@given(RECORDS, st.integers(1, 40), st.integers(0, 200))
def test_a_cut_file_keeps_what_stands_before_the_cut(records: list[Any], size: int, missing: int) -> None:
    data = json.dumps(records, indent=2)
    kept = data[: max(1, len(data) - missing)]
    values = [value for _, value in found(kept, size)]
    healthy = [value for value in values if not isinstance(value, Broken)]
    assert healthy == records[: len(healthy)]
    assert len(healthy) == len(records) or any(isinstance(value, Broken) for value in values)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_junk_is_broken_and_nothing_else(data: bytes, size: int) -> None:
    try:
        found(b"[" + data, size)
    except BadRecord:
        pytest.fail("a list is a list")


@pytest.mark.parametrize(
    "bad",
    [
        "NaN",
        "nonsense",
        '{"id": 1 "text": "no comma"}',
        '{"id": 1, "text": "no end"',
        '{"id": 1, "text": "no quote}',
        '{"id": [[[[}',
        "9" * 5000,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=lambda bad: bad[:30],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_fault_23_a_bad_value_costs_itself_alone(bad: str, indent: int | None) -> None:
    good = [{"id": number, "text": f"bag {number}"} for number in range(5)]
    separator = ",\n  " if indent else ","
    items = [json.dumps(one, indent=indent) for one in good]
    data = "[" + separator.removeprefix(",") + separator.join([*items[:3], bad, *items[3:]]) + "]"
    values = [value for _, value in found(data, 64)]
    assert [value for value in values if not isinstance(value, Broken)] == good
    assert any(isinstance(value, Broken) for value in values)


def test_a_value_larger_than_any_post_is_passed_over_without_being_held() -> None:
    data = '[{"id": 1}, {"id": 2, "text": "' + 'x\\"' * 200_000 + '"}, {"id": 3}]'
    values = found(data, 4096, longest=50_000)
    assert [value for _, value in values if not isinstance(value, Broken)] == [{"id": 1}, {"id": 3}]
    assert [value.reason for _, value in values if isinstance(value, Broken)] == ["larger than any post"]


def test_what_stands_before_the_first_bracket_is_passed_over() -> None:
    assert found('\ufeffwindow.YTD.tweets.part0 = [{"id": 1}]') == [((ITEM,), {"id": 1})]
    with pytest.raises(BadRecord, match="no JSON"):
        found("<html>")


def test_fault_77_texts_are_cleaned() -> None:
    assert found(r'[{"a\u0000": "b\ud800c \ud83d\ude00"}]') == [((ITEM,), {"a": "bc 😀"})]


def test_a_walk_goes_as_deep_as_it_is_told() -> None:
    deep = {(), (ITEM,), (ITEM, "talk"), (ITEM, "talk", "said")}
    data = '[{"talk": {"id": "4", "said": [{"n": 1}, {"n": 2}]}}]'
    assert found(data, 3, lambda keys: keys in deep) == [
        ((ITEM, "talk", "id"), "4"),
        ((ITEM, "talk", "said", ITEM), {"n": 1}),
        ((ITEM, "talk", "said", ITEM), {"n": 2}),
    ]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.integers(1, 40))
def test_rows_are_read_by_the_names_of_their_columns(written: list[tuple[str, str, str]], size: int) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([("Id", " Text", "Date"), *written])
    rows = list(tables.rows(pieces(target.getvalue().encode(), size)))
    assert rows == [dict(zip(("id", "text", "date"), row, strict=True)) for row in written]


def test_a_row_of_another_length_costs_itself_alone() -> None:
    rows = list(tables.rows([b"id,text\n1,a\n2\n", b"\n3,c\n"]))
    assert rows == [{"id": "1", "text": "a"}, Broken("a row of another length"), {"id": "3", "text": "c"}]


def test_an_endless_quoted_cell_costs_itself_alone() -> None:
    data = b'id,text\n1,"' + b"x\n" * 600_000 + b"\n3,c\n"
    rows = list(tables.rows(pieces(data, 65_536)))
    assert {"id": "3", "text": "c"} in rows
    assert Broken("not CSV") in rows


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(BadRecord, match="longer than any post"):
        list(tables.rows(pieces(b"id,text\n" + b"x" * (5 << 20), 65_536)))


def test_longest_is_more_than_any_post() -> None:
    assert json_stream.LONGEST >= 10 << 20
