"""Invented items in each platform's own shape, and what is read from them.

``<platform>/<case>.raw.json`` is one raw item, ``<case>.post.json`` what the adapter makes of it, as
`socialcrm replay` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from socialcrm.adapters.jsonl import JSONLines, to_json
from socialcrm.adapters.registry import get_adapter
from socialcrm.model import Skipped

HERE = Path(__file__).parent
CASES = sorted(path.relative_to(HERE) for path in HERE.glob("*/*.raw.json"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_raw_item_is_read_as_written_down(case: Path) -> None:
    raw = json.loads((HERE / case).read_text(encoding="utf-8"))
    expected = json.loads((HERE / str(case).replace(".raw.", ".post.")).read_text(encoding="utf-8"))
    item = get_adapter(case.parts[0]).read(raw)
    assert to_json(item) == expected
    assert JSONLines.read(expected) == item


def test_every_file_is_half_of_a_pair() -> None:
    for path in HERE.glob("*/*.json"):
        other = {"raw": "post", "post": "raw"}[path.suffixes[-2].lstrip(".")]
        assert path.with_name(f"{path.name.split('.')[0]}.{other}.json").exists()


def test_each_platform_has_posts_and_things_that_are_none() -> None:
    for platform in {case.parts[0] for case in CASES}:
        items = [
            get_adapter(platform).read(json.loads((HERE / case).read_text()))
            for case in CASES
            if case.parts[0] == platform
        ]
        assert len(items) >= 6
        assert any(isinstance(item, Skipped) for item in items)
