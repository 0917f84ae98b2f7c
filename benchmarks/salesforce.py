"""Counts API calls and times the writing of many interactions to the Salesforce stand-in.

    python benchmarks/salesforce.py --json

Everything is invented and made from a seed. Each way is measured on an org of its own: sObject collections, then
Bulk API 2.0. ``per_s`` is of both processes' work on one machine: the backend and the stand-in that checks each record.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import ManualClock, SystemClock
from socialcrm.crm.base import Outcome
from socialcrm.crm.salesforce.backend import SalesforceCRM
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.model import Direction, Interaction, Kind, interaction_key
from socialcrm.testing.platform import EPOCH
from socialcrm.testing.salesforce import Org, SalesforceServer, people
from socialcrm.testing.salesforce.furnished import furnished

NEVER, ALWAYS = 10_000_000, 1


def entries(contacts: Sequence[str], count: int) -> list[Interaction]:
    """Posts of customers in turn, one a minute."""
    return [
        Interaction(
            key=interaction_key("bench", "invented", f"p{number}"),
            contact_id=contacts[number * 7919 % len(contacts)],
            occurred_at=EPOCH + timedelta(minutes=number),
            channel="invented",
            kind=Kind.MENTION,
            direction=Direction.INBOUND,
            subject=f"Invented: mention from Customer (@customer{number})",
            body=f"@skylarkair my flight was late again and nobody at the desk could say why, number {number}",
            url=f"https://invented.example/p{number}",
            author=f"Customer (@customer{number})",
        )
        for number in range(count)
    ]


def stamps(org: Org) -> dict[str, Any]:
    """What a write would change: every task's modification and content."""
    return {row["Id"]: dict(row) for row in org.rows("Task", deleted=True)}


def measure(count: int, contacts: int, *, bulk_above: int) -> dict[str, float]:
    """Write all of it in one batch, then all of it again."""
    org = furnished()
    ids = [people.add_contact(org, LastName=f"Customer{number}") for number in range(contacts)]
    batch = entries(ids, count)
    with SalesforceServer(org) as server:
        config = SalesforceConfig(
            login_url=server.url,
            client_id=server.client_id,
            client_secret=SecretStr(server.client_secret),
            ca_bundle=server.ca_bundle,
            bulk_write_above=bulk_above,
        )
        # Waiting for a job is skipped, not measured: how long a real org takes is not ours to say.
        crm = SalesforceCRM(config, clock=ManualClock(SystemClock().now()))
        began = time.perf_counter()
        written = Counter(answer.outcome for answer in crm.upsert(batch))
        seconds, calls = time.perf_counter() - began, server.calls
        before = stamps(org)
        time.sleep(1.1)  # modification times are in whole seconds
        again = Counter(answer.outcome for answer in crm.upsert(batch))
        after = stamps(org)
        crm.close()
    if written != {Outcome.CREATED: count} or len(after) != count:
        raise SystemExit(f"not everything was written: {dict(written)}")
    changed = sum(row != before.get(name) for name, row in after.items()) + again.total() - again[Outcome.UNCHANGED]
    return {"calls": calls, "seconds": seconds, "changed": changed, "calls_again": server.calls - calls}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--interactions", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=1_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    collections = measure(options.interactions, options.contacts, bulk_above=NEVER)
    bulk = measure(options.interactions, options.contacts, bulk_above=ALWAYS)
    result = {
        "calls_collections": collections["calls"],
        "calls_bulk": bulk["calls"],
        "per_s": round(options.interactions / collections["seconds"], 1),
        "per_s_bulk": round(options.interactions / bulk["seconds"], 1),
        "changed_on_redelivery": collections["changed"] + bulk["changed"],
        "calls_redelivery": collections["calls_again"],
        "interactions": options.interactions,
        "contacts": options.contacts,
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>22}  {value}")


if __name__ == "__main__":
    main()
