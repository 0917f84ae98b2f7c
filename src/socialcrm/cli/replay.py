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

from socialcrm.adapters.archive.base import ArchiveAdapter
from socialcrm.adapters.jsonl import to_json
from socialcrm.adapters.registry import archive_adapter, get_adapter
from socialcrm.adapters.replay import replayed
from socialcrm.cli.console import bar, err
from socialcrm.errors import BadRecord, ConfigError, SocialCRMError
from socialcrm.http import strict_json
from socialcrm.http.exchange import load_exchange

ARCHIVE = "archive"
Rows = Iterator[dict[str, Any]]


def replay(
    paths: Annotated[list[Path], typer.Argument(help="Recorded exchanges, archives: files, zips or folders.")],
    platform: Annotated[str, typer.Option(help="Read as this platform; else the first folder's name says it.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write here; standard output otherwise.")] = None,
) -> None:
    """Read recorded exchanges or account archives and write one JSON object per item found."""
    tally: Counter[str] = Counter()
    with ExitStack() as stack:
        target = stack.enter_context(out.open("w", encoding="utf-8")) if out else sys.stdout
        for path in paths:
            for row in _rows(path, platform):
                tally[row["type"]] += 1
                target.write(json_format.dumps(row, ensure_ascii=False) + "\n")
    err.print(", ".join(f"{count} {kind}" for kind, count in sorted(tally.items())) or "nothing found", highlight=False)


def _rows(path: Path, platform: str) -> Rows:
    if not path.exists():
        raise ConfigError(f"{path} does not exist")
    root = path if path.is_dir() else path.parent
    if archive := _whole_archive(path, platform):
        yield from _archived(archive, path, _source(path, root, platform or path.resolve().parent.name))
        return
    for file in _files(path):
        inside = file.relative_to(root).parts
        name = platform or (inside[0] if len(inside) > 1 else root.resolve().name)
        if file.is_dir():
            yield from _archived(archive_adapter(name), file, _source(file, root, name))
        else:
            yield from _items(file, name, _source(file, root, name))


def _source(file: Path, root: Path, platform: str) -> str:
    """Name a file by its path from the platform's folder on, whichever folder above or below was asked for."""
    inside, above = file.relative_to(root).parts, root.resolve().parts
    if platform in above and inside[:1] != (platform,):
        at = len(above) - 1 - above[::-1].index(platform)
        inside = (*above[at:], *inside)
    return "/".join(inside)


def _files(path: Path) -> Iterator[Path]:
    """The exchanges below a folder, and the folders of archives as a whole."""
    if not path.is_dir():
        yield path
        return
    archives = sorted(folder for folder in path.rglob(ARCHIVE) if folder.is_dir())
    inside = [folder for folder in archives if not any(other in folder.parents for other in archives)]
    loose = (file for file in path.rglob("*.json") if not any(folder in file.parents for folder in inside))
    yield from sorted([*loose, *inside])


def _whole_archive(path: Path, platform: str) -> type[ArchiveAdapter] | None:
    """The importer of a path that is one archive: a zip, a folder called so, or one without exchanges."""
    name = platform or path.resolve().parent.name
    adapter = archive_adapter(name, missing_ok=True)
    if adapter is None:
        return None
    inside = ARCHIVE in path.resolve().parts or path.suffix.lower() == ".zip"
    return adapter if inside or (platform and path.is_dir() and not _holds_exchanges(path)) else None


def _holds_exchanges(folder: Path) -> bool:
    """Whether a JSON file below a folder is an exchange; the first few tell, and a folder of archives tells too."""
    if any(inner.is_dir() for inner in folder.rglob(ARCHIVE)):
        return True
    for file, _ in zip(sorted(folder.rglob("*.json")), range(5), strict=False):
        try:
            found = strict_json.loads(file.read_bytes()) if file.stat().st_size < 1 << 24 else None
        except BadRecord:
            continue
        if isinstance(found, dict) and {"request", "response"} <= found.keys():
            return True
    return False


def _archived(adapter: type[ArchiveAdapter] | None, path: Path, source: str) -> Rows:
    if adapter is None:
        err.print(f"left out: {path}: no importer reads archives of this platform", highlight=False, markup=False)
        return
    reader = adapter(adapter.Config(paths=(path,), messages=True))
    with bar(path.name) as reader.progress:
        for file, item in reader.rows():
            yield {"source": "/".join(filter(None, (source, file))), **to_json(item)}


def _items(file: Path, platform: str, source: str) -> Rows:
    adapter = get_adapter(platform)
    try:
        for row in replayed(adapter, load_exchange(file, source)):
            yield {"source": source, **row}
    except SocialCRMError as error:
        err.print(f"left out: {error}", highlight=False, markup=False)
