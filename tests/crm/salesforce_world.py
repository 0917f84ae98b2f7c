"""A Salesforce org seen from outside: the stand-in, what its people do, and the backend that talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.crm.salesforce.backend import SalesforceCRM
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.model import Contact
from socialcrm.testing.salesforce import Moment, SalesforceServer, people
from socialcrm.testing.salesforce.furnished import furnished
from socialcrm.testing.salesforce.server import hang_up

OBJECTS = {"task": "Task", "event": "Event", "custom": "SocialCRM_Interaction__c", "social_post": "SocialPost"}


class SalesforceWorld:
    """An org on loopback with our fields; use it in a ``with`` block. ``settings`` are those of the backend."""

    def __init__(self, *, org: dict[str, Any] | None = None, **settings: Any) -> None:
        self.target = settings.get("target", "task")
        self.org = furnished(**{"social": self.target == "social_post", **(org or {})})
        self.server = SalesforceServer(self.org)
        self.clock = ManualClock(datetime.now(UTC))
        self.settings = settings

    def __enter__(self) -> SalesforceWorld:
        self.server.__enter__()
        self.crm = self.backend()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.crm.close()
        self.server.__exit__(*trouble)

    def config(self, **settings: Any) -> SalesforceConfig:
        given: dict[str, Any] = {
            "login_url": self.server.url,
            "client_id": self.server.client_id,
            "client_secret": SecretStr(self.server.client_secret),
            "ca_bundle": self.server.ca_bundle,
            **self.settings,
            **settings,
        }
        return SalesforceConfig(**given)

    def backend(self, **settings: Any) -> SalesforceCRM:
        return SalesforceCRM(self.config(**settings), clock=self.clock)

    def add(self, contact: Contact) -> str:
        values = {
            "FirstName": contact.first_name or None,
            "LastName": contact.last_name,
            "Email": contact.emails[0] if contact.emails else None,
        }
        if contact.id in self.org.table("Contact").rows:
            people.change(self.org, contact.id, **values)
            return contact.id
        return people.add_contact(self.org, **values)

    def remove(self, contact_id: str) -> None:
        people.bury(self.org, contact_id)

    def merge(self, loser: str, winner: str) -> None:
        people.merge(self.org, winner, loser)

    def holds(self, text: str) -> bool:
        return self.org.holds(text, bin=self.settings.get("hard_delete", False))

    @contextmanager
    def lost_answer(self) -> Iterator[None]:
        self.server.plan(hang_up, moment=Moment.APPLIED, method="PATCH", times=1000)
        yield
        self.server.heal()

    def lose_field(self) -> None:
        self.org.drop_field(
            "Activity" if self.target in {"task", "event"} else OBJECTS[self.target], "SocialCRM_Key__c"
        )

    def rows(self, *, deleted: bool = False) -> list[dict[str, Any]]:
        """The records of the target object, as the org holds them."""
        return self.org.rows(OBJECTS[self.target], deleted=deleted)
