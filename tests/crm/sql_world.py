"""The embedded CRM seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from socialcrm.crm import sql
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.errors import Transient
from socialcrm.model import Contact


class SQLWorld:
    """The embedded CRM seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.crm = SQLCRM(SQLCRMConfig(url=url))

    def add(self, contact: Contact) -> str:
        self.crm.put_contacts([contact])
        return contact.id

    def remove(self, contact_id: str) -> None:
        assert self.crm.remove_contact(contact_id)

    def merge(self, loser: str, winner: str) -> None:
        self.crm.merge_contacts(loser, winner)

    def holds(self, wanted: str) -> bool:
        return any(wanted in str(row) for row in self.query("SELECT * FROM crm_timeline"))

    @contextmanager
    def lost_answer(self) -> Iterator[None]:
        def cut(name: str) -> None:
            if name == "crm.after_commit":
                raise Transient("the connection was cut")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sql, "failpoint", cut)
            yield

    def lose_field(self) -> None:
        self.query("ALTER TABLE crm_timeline DROP COLUMN sentiment")

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database directly, as another program would."""
        engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows
