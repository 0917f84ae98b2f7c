"""Places where a test may kill the process, as a power cut would.

``SOCIALCRM_FAILPOINT=store.before_commit:3`` ends the process at the third passage of that point;
``*:17`` at the seventeenth passage of any. Without the variable a passage costs one comparison.
"""

from __future__ import annotations

import os

_VARIABLE = "SOCIALCRM_FAILPOINT"
_KILLED = 137  # what a shell reports for a process ended by SIGKILL


class _Armed:
    name = ""
    left = 0


def arm(name: str, n: int) -> None:
    """End this process, and children forked from now on, at the ``n``-th passage of ``name`` (``*`` for any)."""
    _Armed.name, _Armed.left = name, n


def disarm() -> None:
    """Let every point pass again."""
    arm("", 0)


def failpoint(name: str) -> None:
    """Mark a place where a kill must do no harm."""
    if not _Armed.name or _Armed.name not in ("*", name):
        return
    _Armed.left -= 1
    if _Armed.left <= 0:
        os._exit(_KILLED)


def _from_environment() -> None:
    name, _, count = os.environ.get(_VARIABLE, "").rpartition(":")
    if name and count.isdigit():
        arm(name, int(count))


_from_environment()
