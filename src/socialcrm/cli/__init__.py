"""The command line: ``socialcrm --help``."""

from __future__ import annotations


def main() -> None:
    """Run the command line; exit codes: 0 clean, 1 some items parked, 2 configuration, 3 try later."""
    from socialcrm.cli.app import run

    run()
