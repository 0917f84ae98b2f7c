"""Profiles, truth and labels from CSV files: what is wrong is named and counted, the rest is read."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from socialcrm.errors import ConfigError
from socialcrm.model import Profile

COLUMNS = ("profile_id", "platform", "handle", "display_name", "bio", "url", "location", "lang")
_NEEDED = ("profile_id", "platform", "handle")
_LONGEST_CELL, _LISTED = 10_000, 1000


@dataclass(slots=True)
class FileReport:
    """What reading a file met; only the first 1,000 of what is ``bad`` are listed, ``counts`` counts all."""

    rows: int = 0
    bad: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, row: int, reason: str) -> None:
        """Name and count something wrong with a row; the value itself is never repeated."""
        self.counts[reason] += 1
        if len(self.bad) < _LISTED:
            self.bad.append(f"row {row}: {reason}")


def read_profiles(path: Path, report: FileReport) -> list[Profile]:
    """Read profiles; rows without id or platform, with an id seen before or with binary in them are left out.

    Raises `ConfigError` when the file cannot be read or lacks a column that is needed.
    """
    profiles: list[Profile] = []
    seen: set[str] = set()
    for number, row in _rows(path, _NEEDED, report):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        reason = _wrong(cells, seen)
        if reason:
            report.note(number, reason)
            continue
        if any(len(value) > _LONGEST_CELL for value in cells.values()):
            report.note(number, "a cell is longer than 10,000 characters; the rest of it is left out")
            cells = {name: value[:_LONGEST_CELL] for name, value in cells.items()}
        try:
            profile = Profile(
                platform=cells["platform"], id=cells["profile_id"], handle=cells["handle"],
                display_name=cells["display_name"], bio=cells["bio"], location=cells["location"],
                lang=cells["lang"], urls=tuple(cells["url"].split()[:5]),
            )  # fmt: skip
        except ValidationError:
            report.note(number, "the row is no profile")
            continue
        if not (profile.handle or profile.display_name):
            report.note(number, "neither handle nor display name: kept, matches nobody")
        seen.add(profile.id)
        profiles.append(profile)
    return profiles


def _wrong(cells: dict[str, str], seen: set[str]) -> str:
    if not any(cells.values()):
        return "the row is empty"
    if not cells["profile_id"]:
        return "profile_id is empty"
    if cells["profile_id"] in seen:
        return "profile_id stands on an earlier row too"
    if not cells["platform"]:
        return "platform is empty"
    if any("\x00" in value for value in cells.values()):
        return "binary data"
    return ""


def read_truth(path: Path) -> dict[str, str]:
    """Read truth.csv: whose each profile is, an empty text where nobody's."""
    return {
        row["profile_id"]: (row["contact_id"] or "").strip()
        for _, row in _rows(path, ("profile_id", "contact_id"), FileReport())
    }


def read_labels(path: Path) -> list[tuple[str, str, bool]]:
    """Read labels (profile_id, contact_id, label); a label is 1, yes, true, confirmed or right, or the opposite."""
    labels = []
    for number, row in _rows(path, ("profile_id", "contact_id", "label"), FileReport()):
        word = (row["label"] or "").strip().casefold()
        if word not in _YES | _NO:
            raise ConfigError(f"{path}, row {number}: a label is 1 or 0, yes or no, confirmed or rejected")
        labels.append((row["profile_id"], row["contact_id"], word in _YES))
    return labels


_YES = frozenset({"1", "yes", "true", "confirmed", "right", "y"})
_NO = frozenset({"0", "no", "false", "rejected", "wrong", "n"})


def _rows(path: Path, needed: tuple[str, ...], report: FileReport) -> Iterator[tuple[int, dict[str, str]]]:
    with _wide_cells():
        try:
            with path.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
                reader = csv.DictReader(stream)
                missing = [name for name in needed if name not in (reader.fieldnames or ())]
                if missing:
                    raise ConfigError(f"{path} has no column {', '.join(missing)}; the header is the first line")
                for row in reader:
                    report.rows += 1
                    yield reader.line_num, row
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}") from error
        except csv.Error as error:
            raise ConfigError(f"{path} is not readable as CSV: {error}") from error


@contextmanager
def _wide_cells() -> Iterator[None]:
    before = csv.field_size_limit(1 << 27)
    try:
        yield
    finally:
        csv.field_size_limit(before)
