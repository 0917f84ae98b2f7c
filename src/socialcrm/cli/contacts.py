"""Contacts of the embedded CRM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from socialcrm.cli.console import ConfigOption, JsonOption, print_json, say
from socialcrm.cli.tables import import_lines
from socialcrm.config import DEFAULT_PATH, load
from socialcrm.crm.csv_import import import_contacts
from socialcrm.crm.sql import SQLCRM
from socialcrm.errors import Unsupported
from socialcrm.sync.assembly import crm_of

app = typer.Typer(help="Contacts of the embedded CRM.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Contacts of the embedded CRM."""


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A CSV file with a header.")],
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
    region: Annotated[str, typer.Option(help="Country of phone numbers without a prefix: US, DE, …")] = "",
) -> None:
    """Import contacts from CSV; bad rows are named and left out, the rest is imported."""
    crm = crm_of(load(config))
    if not isinstance(crm, SQLCRM):
        raise Unsupported(f"contacts are imported into the embedded CRM only; {crm.name} owns its contacts itself")
    report = import_contacts(path, crm, default_region=region)
    crm.close()
    if json:
        print_json({"format": 1, **report.model_dump(mode="json")})
    else:
        for line in import_lines(report):
            say(line)
    raise typer.Exit(1 if report.left_out else 0)
