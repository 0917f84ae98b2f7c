"""The documentation is complete and true: nothing is missing, nothing is stale, links lead somewhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from pydantic import BaseModel, TypeAdapter

import socialcrm
from pages import BLOCK, BLOCKS, DOCS, LINK, NAME, PAGES, ROOT, invented, part, read, rows
from socialcrm import errors
from socialcrm.adapters.archive.base import ArchiveAdapter
from socialcrm.adapters.base import AdapterConfig, Capability
from socialcrm.adapters.registry import get_adapter, registry
from socialcrm.cli.app import EXIT_CODES, app
from socialcrm.config import Retention, Settings, StoreSettings, SyncSettings
from socialcrm.crm.csv_import import COLUMNS, ImportReport
from socialcrm.crm.registry import get_crm
from socialcrm.crm.sql import SQLCRMConfig
from socialcrm.lookup import Brief
from socialcrm.model import Evidence, Finding, Interaction, Link
from socialcrm.policy import TERMS, LinkPolicy
from socialcrm.relevance.judge import RelevanceRules
from socialcrm.sync.erase import Receipt
from socialcrm.sync.explain import Explanation
from socialcrm.sync.report import ContradictionReport, SyncReport
from socialcrm.sync.retain import RetainReport
from socialcrm.sync.subject import SubjectAccess
from socialcrm.webhooks import SCHEMES, WebhookConfig

# The command line.


def commands(group: Any = None, path: str = "socialcrm") -> Iterator[tuple[str, Any]]:
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield f"{path} {name}", command
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_is_documented(path: str) -> None:
    text = part("cli.md", f"## {path}")
    documented = set(re.findall(r"`(--?[a-z][a-z-]*)`", "".join(row[0] for row in rows(text))))
    options = {option for item in COMMANDS[path].params for option in item.opts if option.startswith("-")}
    assert documented == options - {"--help", "-h"}


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^## (socialcrm .*)$", read("cli.md"), re.MULTILINE)) == set(COMMANDS)


def test_every_column_of_a_contacts_file_is_documented() -> None:
    assert set(COLUMNS) <= set(NAME.findall(part("cli.md", "## socialcrm contacts import")))


# Settings.

EXPORTS = [name for name in registry.builtin if issubclass(get_adapter(name), ArchiveAdapter)]
LIVE = [name for name in registry.builtin if name not in EXPORTS]
TABLES: list[tuple[str, type[BaseModel], set[str]]] = [
    ("## At the top", Settings, set()),
    ("## [store]", StoreSettings, set()),
    ("## [crm]", SQLCRMConfig, set()),
    *(
        (f'## [crm] type = "{name}"', get_crm(name).Config, set())
        for name in ("dynamics", "hubspot", "rest", "salesforce")
    ),
    ("## [relevance]", RelevanceRules, set()),
    ("## [policy]", LinkPolicy, set()),
    ("## [sync]", SyncSettings, set()),
    ("## [retention]", Retention, set()),
    ("## [sources.NAME]", AdapterConfig, set()),
    ("## Settings", WebhookConfig, set()),
    ("## Account exports", ArchiveAdapter.Config, set(AdapterConfig.model_fields)),
    *((f"## {name}", get_adapter(name).Config, set(AdapterConfig.model_fields)) for name in LIVE),
]


@pytest.mark.parametrize(("heading", "model", "common"), TABLES, ids=[table[0] for table in TABLES])
def test_every_setting_is_documented_with_its_default(heading: str, model: type[BaseModel], common: set[str]) -> None:
    table = rows(part("webhooks.md" if model is WebhookConfig else "settings.md", heading))
    fields = {name: field for name, field in model.model_fields.items() if name not in common}
    assert [row[0].strip("`") for row in table] == list(fields)
    for name, default, *_ in table:
        field = fields[name.strip("`")]
        if default == "required":
            assert field.is_required()
        elif default:
            value = tomllib.loads(f"value = {default.strip('`')}")["value"]
            annotated: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            assert TypeAdapter(annotated).validate_python(value) == field.get_default(call_default_factory=True), name
        else:
            known = field.get_default(call_default_factory=True)
            assert known is None or isinstance(known, BaseModel), name


# JSON.


def fields(schema: dict[str, Any], definitions: dict[str, Any], path: str = "") -> set[str]:
    """Every path through a JSON schema: ``a.b``, ``list[].c``, ``map.*``."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    found: set[str] = set()
    for kind in kinds:
        if "$ref" in kind:
            found |= fields(kind, definitions, path)
        elif kind.get("type") == "array":
            found |= fields(kind.get("items", {}), definitions, f"{path}[]")
        elif isinstance(kind.get("additionalProperties"), dict):
            found |= fields(kind["additionalProperties"], definitions, f"{path}.*")
        elif kind.get("properties"):
            for name, inner in kind["properties"].items():
                found |= fields(inner, definitions, f"{path}.{name}" if path else name)
        else:
            found.add(path)
    return found


def of(model: type[BaseModel], under: str = "") -> set[str]:
    schema = model.model_json_schema(mode="serialization")
    return {f"{under}{path}" for path in fields(schema, schema.get("$defs", {}))}


ITEM = ("number", "platform", "profile_id", "handle", "display_name", "contact_id", "contact_name")
REVIEW_ITEM = {f"items[].{name}" for name in (*ITEM, "probability", "held_posts", "group_size", "reason")}
OUTPUTS = {
    "## socialcrm sync": of(SyncReport),
    "## socialcrm demo": {"syncs[]", "timelines[].contact", "timelines[].emails[]"}
    | {f"timelines[].entries[].{name}" for name in ("channel", "direction", "occurred_at", "subject", "body", "url")},
    "## socialcrm timeline": {"contact_id"} | of(Interaction, "entries[].") - {"entries[].retracted"},
    "## socialcrm review list": REVIEW_ITEM
    | of(Evidence, "items[].evidence[].")
    | of(ContradictionReport, "contradictions[]."),
    "## socialcrm review confirm, reject, undo": of(Link),
    "## socialcrm explain": of(Explanation),
    "## socialcrm brief": of(Brief, "contacts[]."),
    "## socialcrm check": {"ok"} | of(Finding, "findings[]."),
    "## socialcrm contacts import": of(ImportReport),
    "## socialcrm erase": of(Receipt),
    "## socialcrm retain": of(RetainReport),
    "## socialcrm subject-access": of(SubjectAccess),
    "## socialcrm audit": {"at", "by", "action", "detail.*"},
}


def documented(heading: str) -> set[str]:
    return {name for row in rows(part("json.md", heading)) for name in NAME.findall(row[0])}


@pytest.mark.parametrize("heading", OUTPUTS)
def test_every_field_of_json_is_documented(heading: str) -> None:
    assert documented(heading) == OUTPUTS[heading] | {"format"}


def paths(value: Any, path: str = "") -> set[str]:
    """Every path through a JSON value."""
    if isinstance(value, dict) and value:
        return set().union(*(paths(inner, f"{path}.{name}" if path else name) for name, inner in value.items()))
    if isinstance(value, list) and value:
        return set().union(*(paths(inner, f"{path}[]") for inner in value))
    return {path}


CALLS = [
    ("sync", "## socialcrm sync"),
    ("timeline C1", "## socialcrm timeline"),
    ("review list", "## socialcrm review list"),
    ("explain forum:maraq", "## socialcrm explain"),
    ("explain 100", "## socialcrm explain"),
    ("brief --email mara@quillfeather.example", "## socialcrm brief"),
    ("check", "## socialcrm check"),
    ("contacts import contacts.csv", "## socialcrm contacts import"),
    ("retain", "## socialcrm retain"),
    ("review confirm forum:odalysb --by ann", "## socialcrm review confirm, reject, undo"),
    ("review undo forum:odalysb --by ann", "## socialcrm review confirm, reject, undo"),
    ("review reject forum:odalysb --by ann", "## socialcrm review confirm, reject, undo"),
]


def test_what_commands_print_is_what_is_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    invented().write(tmp_path)
    for call, heading in CALLS:
        command: Any = typer.main.get_command(app)
        with pytest.raises(SystemExit) as ended:
            command.main([*call.split(), "--json"], prog_name="socialcrm")
        assert ended.value.code in {0, None}, call
        known = documented(heading)
        maps = tuple(name.removesuffix("*") for name in known if name.endswith(".*"))
        for path in paths(json.loads(capsys.readouterr().out)):
            empty = {name for name in known if name.startswith((f"{path}.", f"{path}["))}
            assert path in known or path.startswith(maps or ("\0",)) or empty, f"{call}: {path} is not documented"


# Errors, names, platforms.


def test_every_error_and_its_exit_code_is_documented() -> None:
    table = {row[0].partition("`")[2].partition("`")[0]: int(row[-1]) for row in rows(read("errors.md"))}
    for name in errors.__all__:
        kind = getattr(errors, name)
        assert table.pop(name) == next(code for known, code in EXIT_CODES if issubclass(kind, known)), name
    assert table == {}


def test_every_public_name_is_documented() -> None:
    assert {row[0].strip("`") for row in rows(part("api.md", "# Python API"))} == set(socialcrm.__all__)


def test_every_dotted_name_exists() -> None:
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = set(re.findall(r"`(socialcrm\.[a-z_]+(?:\.\w+)*)`", everything)) - {"socialcrm.toml", "socialcrm.db"}
    assert names
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            module, _, attribute = name.rpartition(".")
            assert hasattr(importlib.import_module(module), attribute), name


def test_the_feature_matrix_is_what_adapters_declare() -> None:
    header, *_ = [line for line in read("platforms.md").splitlines() if line.startswith("| reads")]
    infos = sorted((get_adapter(name).info for name in LIVE), key=lambda info: info.title)
    assert [cell.strip() for cell in header.strip("|").split("|")] == ["reads", *(info.title for info in infos)]
    matrix = {row[0]: [bool(cell) for cell in row[1:]] for row in rows(read("platforms.md").partition("\n## ")[0])}
    assert matrix == {str(what): [what in info.can for info in infos] for what in Capability}


def test_what_platforms_ask_is_what_the_policy_table_says() -> None:
    table = {row[0].strip("`"): row[1:] for row in rows(part("privacy.md", "## What platforms ask"))}
    assert list(table) == sorted(TERMS)
    for name, (bases, refresh, delete, messages, source, read_on) in table.items():
        terms = TERMS[name]
        assert bases == ", ".join(f"{basis}: {action}" for basis, action in terms.bases.items())
        assert [_period(refresh), _period(delete)] == [terms.refresh_within, terms.delete_within]
        assert (messages == "yes", source, read_on) == (terms.messages, terms.source, terms.read)


def _period(text: str) -> timedelta | None:
    number, _, unit = text.partition(" ")
    return timedelta(**{{"h": "hours", "days": "days"}[unit]: int(number)}) if text else None


def test_what_declares_webhooks_is_what_has_a_scheme_and_is_documented() -> None:
    declared = {name for name in LIVE if Capability.WEBHOOKS in get_adapter(name).info.can}
    table = rows(part("webhooks.md", "## Platforms"))
    assert declared == set(SCHEMES) == {name for row in table for name in re.findall(r"`(\w+)`", row[0])}


def test_the_table_of_exports_is_what_importers_declare() -> None:
    table = {row[0]: row[1:] for row in rows(read("archives.md").partition("\n## ")[0])}
    found = {f"`{name}`": get_adapter(name).info for name in EXPORTS}
    assert {name: [row[0], row[1]] for name, row in table.items()} == {
        name: [f"[{info.title}]({info.docs})", ", ".join(what for what in Capability if what in info.can)]
        for name, info in found.items()
    }


# Links.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for found in LINK.finditer(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        target = found["target"].partition("#")[0]
        if not target or target.startswith("https://"):
            continue
        place = (page.parent / target).resolve()
        assert place.is_relative_to(ROOT), found[0]
        assert place.exists(), found[0]
        if place.suffix == ".py" and (name := NAME.fullmatch(found["text"])):
            assert name[1] in defined(place), f"{found[0]}: there is no such test"


def defined(path: Path) -> set[str]:
    """Names of the tests in a file, and of its classes of tests."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def test_every_page_is_in_the_index() -> None:
    linked = {found["target"] for found in LINK.finditer(read("index.md"))}
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= linked


def test_every_invariant_names_the_test_that_holds_it() -> None:
    table = {row[0]: row[-1] for row in rows(part("promises.md", "## Invariants"))}
    assert list(table) == [f"I{number}" for number in range(1, 9)]
    for name, cell in table.items():
        assert LINK.search(cell), f"{name} names no test"


def test_every_fault_names_the_tests_that_hold_it() -> None:
    table = {int(number): (what, held) for number, what, held in rows(read("faults.md"))}
    assert list(table) == sorted(table)
    assert set(range(1, 64)) | set(range(80, 91)) <= set(table)
    for number, (what, held) in table.items():
        assert what, f"fault {number} is not told"
        assert any(NAME.fullmatch(found["text"]) for found in LINK.finditer(held)), f"fault {number} names no test"


def test_examples_are_mentioned() -> None:
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for path in (ROOT / "examples").iterdir():
        if path.is_file() and path.name != "invented.py":
            assert path.name in everything, path.name


def test_the_walk_through_shows_the_adapter_that_runs() -> None:
    (block,) = [block.body for block in BLOCKS if block.body.startswith("class Chirrup(WebAdapter)")]
    assert block in (ROOT / "examples" / "custom_adapter.py").read_text(encoding="utf-8")
    assert len(block.splitlines()) < 60


def test_no_public_callable_lacks_a_docstring() -> None:
    for name in socialcrm.__all__:
        value = getattr(socialcrm, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name
