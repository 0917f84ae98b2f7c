"""The rules of the house, held by tools and by a few counts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "socialcrm").rglob("*.py"))
COMPILED = sorted((ROOT / "src" / "socialcrm").rglob("*.pyx"))
FILE_LINES, FUNCTION_LINES, INIT_LINES = 400, 40, 60


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def test_ruff_check() -> None:
    run("ruff", "check", ".")


def test_ruff_format() -> None:
    run("ruff", "format", "--check", ".")


def test_mypy_strict() -> None:
    run("mypy")


def test_imports_run_downward() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limit = INIT_LINES if path.name == "__init__.py" and path.parent.name != "socialcrm" else FILE_LINES
    assert len(text.splitlines()) <= limit
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < FUNCTION_LINES, f"{node.name} in line {node.lineno}"


@pytest.mark.parametrize("path", COMPILED, ids=lambda path: path.name)
def test_compiled_files_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= FILE_LINES
    starts = [at for at, line in enumerate(lines) if re.match(r" *(cdef|cpdef|def)\b[^=]*\(", line)]
    for start in starts:
        depth = len(lines[start]) - len(lines[start].lstrip())
        inside = [at for at, line in enumerate(lines[start + 1 :], start + 1) if line.strip()]
        ends = [
            at for at in inside if len(lines[at]) - len(lines[at].lstrip()) <= depth and lines[at].strip()[0] != ")"
        ]
        last = max((at for at in inside if at < min(ends, default=len(lines))), default=start)
        assert last - start < FUNCTION_LINES, f"{lines[start].strip()} in line {start + 1}"


def test_one_changelog_readme_and_licence() -> None:
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"):
        assert (ROOT / name).read_text(encoding="utf-8").strip()
