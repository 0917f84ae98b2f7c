"""Adapters only ask and read: the road below them fetches, waits and retries, and nothing in them knows a CRM."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from socialcrm.adapters.registry import adapters, get_adapter
from socialcrm.adapters.web import WebAdapter

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src" / "socialcrm" / "adapters"
MEDIAN_LINES, ALARM_LINES = 120, 150
NETWORK = {"requests", "urllib3", "httpx", "aiohttp", "socket", "ssl", "http.client", "urllib.request"}
CAUGHT = {
    *("OSError", "IOError", "EnvironmentError", "ConnectionError", "TimeoutError", "RequestException", "HTTPError"),
    *("Transient", "RateLimited", "SocialCRMError", "Exception", "BaseException"),
}
CRMS = re.compile(r"salesforce|hubspot|pipedrive|zoho|dynamics ?365|sugarcrm|(?<!social)crm(?![a-z])", re.IGNORECASE)


def live() -> dict[str, Path]:
    found = {name: get_adapter(name) for name in adapters()}
    return {
        name: FOLDER / f"{name}.py"
        for name, adapter in found.items()
        if issubclass(adapter, WebAdapter) and adapter.__module__ == f"socialcrm.adapters.{name}"
    }


LIVE = live()
# A platform's own files: what asks, what reads, and what reads its exports. The rest of the folder is the base.
BASES = {FOLDER / f"{name}.py" for name in ("base", "web", "walks", "fields", "streams", "registry", "replay", "jsonl")}
IMPORTERS = {FOLDER / "archive" / f"{name}.py" for name in ("base", "containers", "json_stream", "tables")}
PLATFORMS = sorted(set(FOLDER.rglob("*.py")) - BASES - IMPORTERS - set(FOLDER.rglob("__init__.py")))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def last_name(node: ast.AST | None) -> str:
    """The name at the end of ``a.b.name``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def caught(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            yield from (last_name(kind) if kind else "BaseException" for kind in kinds)
        elif isinstance(node, ast.Call) and last_name(node.func) == "suppress":
            yield from map(last_name, node.args)


def spoken(tree: ast.AST) -> Iterator[str]:
    """Every name and text that code is made of; what a docstring or comment says binds nobody."""
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value
        yield from (str(value) for field in ("id", "attr", "name", "arg") if (value := getattr(node, field, None)))


def faults(source: str) -> list[str]:
    """What a platform's file does that belongs elsewhere."""
    tree = ast.parse(source)
    modules = list(imported(tree))
    found = [f"imports {name}" for name in modules if name in NETWORK or name.partition(".")[0] in NETWORK]
    found += [f"imports {name}" for name in modules if name.startswith(("socialcrm.crm", "socialcrm.http.transport"))]
    found += [f"imports {name}" for name in modules if name in {"time.sleep", "socialcrm.failpoints"}]
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    found += ["sleeps" for func in calls if last_name(func) in {"sleep", "wait_for"}]
    found += [f"catches {name}" for name in caught(tree) if name in CAUGHT]
    return found + [f"names a CRM: {text[:40]}" for text in spoken(tree) if CRMS.search(text)]


def test_there_are_live_adapters_to_look_at() -> None:
    assert len(LIVE) >= 15
    assert set(LIVE.values()) <= set(PLATFORMS)


# A page of Vine's archive holds several records: a bad one leaves the others. A stream that ends hands on what came
# before its end, and raises what ended it again.
ALLOWED = {"vine.py": {"catches Exception"}, "jetstream.py": {"catches Transient"}}


@pytest.mark.parametrize("path", PLATFORMS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_platform_neither_connects_nor_waits_nor_catches_nor_knows_a_crm(path: Path) -> None:
    assert set(faults(path.read_text(encoding="utf-8"))) <= ALLOWED.get(path.name, set())


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "from urllib3.util import retry",
        "from time import sleep",
        "self.clock.sleep(5)",
        "import time\ntime.sleep(1)",
        "try:\n    ask()\nexcept OSError:\n    pass",
        "try:\n    ask()\nexcept (ValueError, errors.Transient):\n    pass",
        "try:\n    ask()\nexcept:\n    pass",
        "with suppress(requests.exceptions.ConnectionError):\n    ask()",
        "from socialcrm.crm.base import CRM",
        "if name == 'Salesforce':\n    pass",
        "def to_crm(): ...",
    ],
)
def test_the_look_finds_each_fault(source: str) -> None:
    assert faults(source)


def test_what_belongs_into_an_adapter_is_no_fault() -> None:
    assert not faults('"""Knows no CRM."""\nraise ConfigError("look for a newer socialcrm")')


def test_live_adapters_are_short() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in LIVE.items()}
    assert median(lines.values()) <= MEDIAN_LINES, lines
    assert max(lines.values()) <= ALARM_LINES, lines
