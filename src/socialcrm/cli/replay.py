"""Recorded exchanges and exports, read by the same adapters as live traffic."""

from __future__ import annotations

import json as json_format
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from socialcrm.adapters.registry import get_adapter
from socialcrm.adapters.replay import replayed
from socialcrm.cli.console import err
from socialcrm.errors import ConfigError, SocialCRMError
from socialcrm.http.exchange import load_exchange


def replay(
    paths: Annotated[list[Path], typer.Argument(help="Recorded exchanges: files, or folders of them.")],
    platform: Annotated[str, typer.Option(help="Read as this platform; else the first folder's name says it.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write here; standard output otherwise.")] = None,
) -> None:
    """Read recorded exchanges and write one JSON object per item found."""
    tally: Counter[str] = Counter()
    with ExitStack() as stack:
        target = stack.enter_context(out.open("w", encoding="utf-8")) if out else sys.stdout
        for path in paths:
            for row in _rows(path, platform):
                tally[row["type"]] += 1
                target.write(json_format.dumps(row, ensure_ascii=False) + "\n")
    err.print(", ".join(f"{count} {kind}" for kind, count in sorted(tally.items())) or "nothing found", highlight=False)


def _rows(path: Path, platform: str) -> Iterator[dict[str, Any]]:
    if not path.exists():
        raise ConfigError(f"{path} does not exist")
    root = path if path.is_dir() else path.parent
    for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
        source = file.relative_to(root)
        name = platform or (source.parts[0] if len(source.parts) > 1 else root.name)
        yield from _items(file, name, source.as_posix())


def _items(file: Path, platform: str, source: str) -> Iterator[dict[str, Any]]:
    adapter = get_adapter(platform)
    try:
        for row in replayed(adapter, load_exchange(file, source)):
            yield {"source": source, **row}
    except SocialCRMError as error:
        err.print(f"left out: {error}", highlight=False, markup=False)
