"""A rehearsal of a configuration: contacts put into the stand-in, and the settings that lead to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from socialcrm.model import Contact
from socialcrm.testing.salesforce import people
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.server import SalesforceServer

HANDLES = {name: f"SocialCRM_{name.capitalize()}__c" for name in ("bluesky", "instagram", "mastodon", "x")}
WEBSITE, DO_NOT_PROFILE = "SocialCRM_Website__c", "SocialCRM_Do_Not_Profile__c"
SECRET_VARIABLE = "SOCIALCRM_CRM__CLIENT_SECRET"  # noqa: S105  a name, not a secret


class OrgContacts:
    """Takes contacts for an org, as `socialcrm.crm.csv_import.import_contacts` wants it."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self._accounts: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def put_contacts(self, contacts: Iterable[Contact]) -> int:
        """Add contacts, or change those that were added under the same id; returns how many there were."""
        count = 0
        for contact in contacts:
            values = self._values(contact)
            known = self._known.get(contact.id)
            if known:
                people.change(self.org, known, **values)
            else:
                self._known[contact.id] = people.add_contact(self.org, **values)
            count += 1
        return count

    def _values(self, contact: Contact) -> dict[str, Any]:
        phones = [*contact.phones, None, None]
        handles = {HANDLES[name]: "; ".join(given) for name, given in contact.handles.items() if name in HANDLES}
        return {
            "FirstName": contact.first_name or None,
            "LastName": contact.last_name or contact.full_name,
            "Email": contact.emails[0] if contact.emails else None,
            "Phone": phones[0],
            "MobilePhone": phones[1],
            "Title": contact.title or None,
            "AccountId": self._account(contact.company),
            "MailingCity": contact.city or None,
            "MailingState": contact.region or None,
            "MailingCountry": contact.country or None,
            WEBSITE: "; ".join(contact.websites) or None,
            DO_NOT_PROFILE: contact.do_not_profile,
            **handles,
        }

    def _account(self, company: str) -> str | None:
        if company and company not in self._accounts:
            self._accounts[company] = self.org.seed("Account", Name=company)
        return self._accounts.get(company)


def settings_for(server: SalesforceServer) -> str:
    """Write the ``[crm]`` table of a settings file that leads to a stand-in with our fields.

    The client secret is not in it: it goes into the environment, as `SECRET_VARIABLE`.
    """
    handles = "\n".join(f'{name} = ["{field}"]' for name, field in HANDLES.items())
    return (
        "[crm]\n"
        'type = "salesforce"\n'
        f'login_url = "{server.url}"\n'
        f'client_id = "{server.client_id}"\n'
        f'ca_bundle = "{server.ca_bundle}"\n'
        f'websites = ["{WEBSITE}"]\n'
        f'do_not_profile = ["{DO_NOT_PROFILE}"]\n\n'
        f"[crm.handles]\n{handles}\n"
    )
