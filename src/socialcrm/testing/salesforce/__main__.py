"""Runs the stand-in until it is interrupted: ``python -m socialcrm.testing.salesforce --folder rehearsal``."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from socialcrm.crm.csv_import import import_contacts
from socialcrm.testing.salesforce.furnished import furnished
from socialcrm.testing.salesforce.rehearsal import SECRET_VARIABLE, OrgContacts, settings_for
from socialcrm.testing.salesforce.server import SalesforceServer

SETTINGS, SECRET = "salesforce.toml", "secret.env"


def main() -> None:
    """Serve an org with our fields, and write the settings and the secret that lead to it into a folder."""
    parser = argparse.ArgumentParser(prog="python -m socialcrm.testing.salesforce", description=main.__doc__)
    parser.add_argument("--folder", type=Path, default=Path("salesforce-rehearsal"))
    parser.add_argument("--contacts", type=Path, help="a CSV file of contacts, as for socialcrm contacts import")
    options = parser.parse_args()
    org = furnished()
    if options.contacts:
        import_contacts(options.contacts, OrgContacts(org))
    with SalesforceServer(org, folder=options.folder.resolve()) as server:
        (options.folder / SETTINGS).write_text(settings_for(server), encoding="utf-8")
        secret = options.folder / SECRET
        secret.touch(mode=0o600)
        secret.write_text(f"export {SECRET_VARIABLE}={server.client_secret}\n", encoding="utf-8")
        print(f"Salesforce stand-in on {server.url}; end it with Ctrl-C", flush=True)  # noqa: T201
        print(f"the [crm] table is in {options.folder / SETTINGS}; before socialcrm: . {secret}", flush=True)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
