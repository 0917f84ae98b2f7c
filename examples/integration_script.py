"""Run one sync from Python and read its report.

python examples/integration_script.py [socialcrm.toml]
"""

from __future__ import annotations

import sys
from pathlib import Path

from invented import settings_file

from socialcrm import Sync


def main(config: Path) -> int:
    with Sync.from_config(config) as sync:
        wrong = [finding for finding in sync.check() if not finding.ok]
        for finding in wrong:
            print(f"{finding.what}: {finding.remedy}", file=sys.stderr)
        if wrong:
            return 2
        report = sync.run()
        for contact in sync.store.contacts.all():
            for entry in sync.crm.timeline(contact.id):
                print(f"{contact.name}: {entry.occurred_at:%Y-%m-%d} {entry.subject}: {entry.body}")
        waiting = sync.store.decisions.review(limit=10)
    for source in report.sources:
        print(f"{source.name}: {source.new} new, {source.edited} edited, {source.deleted} deleted")
    for problem in report.problems:
        print(f"{problem.where}: {problem.what}", file=sys.stderr)
    print(f"{report.written} written, {len(waiting)} accounts wait for a person")
    return report.exit_code


if __name__ == "__main__":
    with settings_file() as path:
        sys.exit(main(path))
