"""What the ``rest`` backend remembers of its writes: which record holds which key, noted before each call.

A CRM that takes no key of ours cannot say whether a call whose answer was lost was applied. A row that is
still *sending* says that one has to look; a *settled* one that the CRM answered. No row holds any text. The
ledger may be lost: then entries are found again by reading the contact's timeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from socialcrm.crm.settling import batches
from socialcrm.database import location, open_engine, reading, scrub, storage_errors
from socialcrm.errors import Transient

SENDING, SETTLED, REMOVING = "sending", "settled", "removing"

_metadata = MetaData()
_ledger = Table(
    "rest_ledger",
    _metadata,
    Column("crm", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("crm_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
)
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One key: its record, as the CRM last confirmed it, and whether a call about it is under way."""

    key: str
    crm_id: str = ""
    contact_id: str = ""
    revision: int = 0
    digest: str = ""
    state: str = SENDING


class Ledger:
    """The rows of one CRM in one database. Errors: `Transient` when it is locked, `StoreError` when it is unusable."""

    def __init__(self, url: str, *, crm: str) -> None:
        self._engine = open_engine(url, application="socialcrm-ledger")
        self._what = f"the ledger at {location(self._engine)}"
        self._crm = crm
        self._prepared = False

    def rows(self, keys: Iterable[str]) -> dict[str, Row]:
        """Find what is remembered of these keys."""
        found: dict[str, Row] = {}
        with storage_errors(self._what, away=Transient):
            self._prepare()
            with reading(self._engine).begin() as connection:
                for some in batches(list(keys), _PAGE):
                    query = select(_ledger).where(_ledger.c.crm == self._crm, _ledger.c.key.in_(some))
                    for row in connection.execute(query):
                        found[row.key] = Row(*row[1:])
        return found

    def note(self, rows: Sequence[Row]) -> None:
        """Remember these rows, all or none."""
        if not rows:
            return
        values = [{"crm": self._crm, **asdict(row)} for row in rows]
        with storage_errors(self._what, away=Transient):
            self._prepare()
            with self._engine.begin() as connection:
                statement = _INSERT[connection.dialect.name](_ledger)
                fresh = {c.name: statement.excluded[c.name] for c in _ledger.c if not c.primary_key}
                connection.execute(
                    statement.on_conflict_do_update(index_elements=_ledger.primary_key, set_=fresh), values
                )

    def forget(self, keys: Sequence[str]) -> None:
        """Forget these keys, and take their bytes out of the file."""
        with storage_errors(self._what, away=Transient):
            self._prepare()
            with self._engine.begin() as connection:
                for some in batches(keys, _PAGE):
                    connection.execute(delete(_ledger).where(_ledger.c.crm == self._crm, _ledger.c.key.in_(some)))
            scrub(self._engine)

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()

    def _prepare(self) -> None:
        if not self._prepared:
            _metadata.create_all(self._engine)
            self._prepared = True
