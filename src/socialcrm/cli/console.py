"""Where the command line prints: results to standard output, everything else to standard error."""

from __future__ import annotations

import json as json_format
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.text import Text

from socialcrm.text import printable

out = Console()
err = Console(stderr=True)

_C1 = re.compile("[\x7f-\x9f]")

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]


def print_json(value: Any) -> None:
    """Print one JSON object, readable and stable in key order; control characters only ever escaped."""
    text = json_format.dumps(value, indent=2, ensure_ascii=False)
    typer.echo(_C1.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def say(text: str, style: str = "") -> None:
    """Print a line that may hold what strangers wrote: no markup, nothing that a terminal would obey."""
    out.print(Text(printable(text), style=style), soft_wrap=True)


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a file is read, on terminals only."""
    if not err.is_terminal:
        yield lambda done, total: None
        return
    with Progress(console=err, transient=True) as shown:
        task = shown.add_task(escape(printable(what)), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def spinner(*, enabled: bool) -> Iterator[Callable[[str, int], None]]:
    """Show what a long run is doing, on terminals only."""
    if not (enabled and err.is_terminal):
        yield lambda step, count: None
        return
    done: Counter[str] = Counter()
    with err.status("starting") as status:

        def progress(step: str, count: int) -> None:
            done[step] += count
            status.update(f"{step}: {done[step]:,}")

        yield progress
