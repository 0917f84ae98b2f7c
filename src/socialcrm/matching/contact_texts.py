"""The normal forms of contacts: see `socialcrm.matching.core.contact_texts`."""

from __future__ import annotations

from socialcrm.matching.core.contact_texts import ContactTexts, company_phrase

__all__ = ["ContactTexts", "company_phrase"]
