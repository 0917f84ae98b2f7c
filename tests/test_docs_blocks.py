"""Blocks of code in the documentation run, or are at least valid.

A fenced block whose info string says ``run`` is executed, offline, in a folder with the invented
workspace of the examples; every other block of Python, shell, TOML or JSON must parse, and the
commands in it must exist.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr

from pages import BLOCKS, ROOT, Block, invented
from socialcrm.adapters.registry import get_adapter
from socialcrm.cli.app import app
from socialcrm.config import PREFIX, from_mapping, section
from socialcrm.crm.rest.definition import Definition
from socialcrm.relevance.judge import RelevanceRules


def some(language: str, *, run: bool) -> list[Block]:
    return [block for block in BLOCKS if block.language == language and block.run is run]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(PREFIX) and name != "SOCIALCRM_UNEXPECTED_SKIP"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", some("python", run=True), ids=str)
def test_python_runs(block: Block, folder: Path) -> None:
    invented().write(folder)
    exec(compile(block.body, str(block), "exec"), {"__name__": "docs"})


@pytest.mark.parametrize("page", sorted({block.page for block in some("bash", run=True)}))
def test_commands_run(page: str, folder: Path) -> None:
    """The blocks of one page run one after the other in one folder, each in a shell of its own."""
    command = folder / "bin" / "socialcrm"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from socialcrm.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    python_path = f"{ROOT / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    environment = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": python_path}
    shell = ["bash", "-euo", "pipefail", "-c"]
    for block in [block for block in some("bash", run=True) if block.page == page]:
        done = subprocess.run(
            [*shell, block.body], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("block", some("python", run=False), ids=str)
def test_python_parses(block: Block) -> None:
    ast.parse(block.body)


@pytest.mark.parametrize("block", some("bash", run=False), ids=str)
def test_commands_exist(block: Block) -> None:
    subprocess.run(["bash", "-n", "-c", block.body], check=True)
    for line in block.body.splitlines():
        if (words := shlex.split(line, comments=True)) and words[0] == "socialcrm":
            accepts(list(takewhile(lambda word: word not in {">", ">>", "|"}, words[1:])))


@pytest.mark.parametrize("name", ["cron.txt", "socialcrm.service"])
def test_scheduler_files_call_commands_that_exist(name: str) -> None:
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    calls = re.findall(r"/bin/socialcrm ([^>|\n]+)", text)
    assert calls
    for call in calls:
        accepts(shlex.split(call))


def accepts(words: list[str]) -> None:
    """Let the command line itself read the words, without running anything."""
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        assert words[0] in command.commands, f"there is no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    with command.make_context(command.name, words):
        pass


@pytest.mark.parametrize("block", [*some("toml", run=False), *some("json", run=False)], ids=str)
def test_settings_and_objects_are_valid(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    if block.language == "json":
        assert json.loads(block.body)
        return
    raw = tomllib.loads(block.body)
    if "project" in raw:
        return
    if "entries" in raw:
        assert Definition.model_validate(raw)
        return
    for name, table in raw.get("sources", {}).items():
        for key, field in get_adapter(table.get("type", name)).Config.model_fields.items():
            if field.annotation is SecretStr and field.is_required():
                monkeypatch.setenv(f"{PREFIX}SOURCES__{name.upper()}__{key.upper()}", "invented")
    settings = from_mapping(raw)
    section(settings, RelevanceRules, "relevance")
    for name, table in settings.sources.items():
        section(settings, get_adapter(table.get("type", name)).Config, "sources", name)
