"""The CRM of the demo: the embedded one, or the Salesforce stand-in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialcrm.crm.csv_import import ContactSink

TABLE = re.compile(r"\[crm\]\n(?:[^\[\n].*\n)*")


class DemoCRM(StrEnum):
    """Which CRM the demo delivers to."""

    SQL = "sql"
    SALESFORCE = "salesforce"


@dataclass(frozen=True)
class Stage:
    """A CRM that is ready for the demo; without a ``sink`` it takes contacts itself."""

    sink: ContactSink | None
    ending: str


@contextmanager
def staged(crm: DemoCRM, settings: Path) -> Iterator[Stage]:
    """Make the CRM ready and lead the settings file to it, for as long as the block runs."""
    if crm is DemoCRM.SQL:
        yield Stage(None, f"Look around: socialcrm review list -c {settings}")
        return
    from socialcrm.testing.salesforce.furnished import furnished
    from socialcrm.testing.salesforce.rehearsal import SECRET_VARIABLE, OrgContacts, settings_for
    from socialcrm.testing.salesforce.server import SalesforceServer

    org, before = furnished(), os.environ.get(SECRET_VARIABLE)
    with SalesforceServer(org, folder=settings.parent.resolve() / "salesforce") as server:
        text = settings.read_text(encoding="utf-8")
        settings.write_text(TABLE.sub(lambda _: settings_for(server) + "\n", text), encoding="utf-8")
        os.environ[SECRET_VARIABLE] = server.client_secret
        try:
            yield Stage(OrgContacts(org), "The Salesforce stand-in has ended with this demo.")
        finally:
            del os.environ[SECRET_VARIABLE]
            if before is not None:
                os.environ[SECRET_VARIABLE] = before
