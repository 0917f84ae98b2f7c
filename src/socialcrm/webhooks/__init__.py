"""What platforms push: proved, read, stored, and only then acknowledged.

`socialcrm.sync.webhooks.Webhooks` builds the receivers of a configuration; a `Webhook` is one of them.
"""

from __future__ import annotations

from socialcrm.webhooks.receiver import Answer, Webhook, WebhookConfig
from socialcrm.webhooks.schemes import SCHEMES, Scheme

__all__ = ["SCHEMES", "Answer", "Scheme", "Webhook", "WebhookConfig"]
