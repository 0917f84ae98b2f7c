"""Looking at the database before work starts: place, permissions, pages, tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from socialcrm.model import Finding
from socialcrm.store.engine import Database
from socialcrm.store.schema import HEAD, VERSION_TABLE

# File systems on which SQLite's locks cannot be trusted, https://sqlite.org/useovernet.html
_NETWORK = {"9p", "afs", "ceph", "cifs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}

MOUNTS = Path("/proc/self/mounts")  # Linux tells what lies where; elsewhere the kind stays unknown


def examine(db: Database) -> Iterator[Finding]:
    """Yield one finding for each thing looked at."""
    if db.file is not None:
        yield from _place(db.file.resolve())
    with db.read() as connection:
        if db.sqlite:
            verdict = str(connection.scalar(text("PRAGMA quick_check(1)")))
            remedy = "keep the file, restore the last backup and run again"
            yield Finding(ok=verdict == "ok", what=f"the pages of {db.where} are whole", remedy=remedy)
        revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
    yield Finding(ok=revision == HEAD, what=f"{db.where} has tables of revision {revision}", remedy="upgrade socialcrm")


def _place(file: Path) -> Iterator[Finding]:
    system = _file_system(file)
    yield Finding(
        ok=system not in _NETWORK,
        what=f"{file} lies on {system or 'a file system of unknown kind'}",
        remedy="keep the file on a local disk, or use PostgreSQL: locks over a network lose data",
    )
    yield Finding(
        ok=os.access(file, os.W_OK) and os.access(file.parent, os.W_OK),
        what=f"{file} and its folder may be written",
        remedy="give this user write access to the file and its folder",
    )
    yield Finding(
        ok=not file.stat().st_mode & 0o077,
        what=f"{file} is readable by its owner alone",
        remedy=f"chmod 600 {file}",
    )


def _file_system(file: Path) -> str:
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in mounts:
        _, point, system, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if file.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, system
    return kind
