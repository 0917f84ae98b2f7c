"""What people write to a bot, and to the groups and channels it is in. https://core.telegram.org/bots/api"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import telegram_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.web import Feed, Me, WebAdapter
from socialcrm.errors import ConfigError
from socialcrm.http.auth import InPath
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import PastLast
from socialcrm.http.rules import IN_BODY, Action, ErrorTable, Rule
from socialcrm.http.strict_json import dig


class Telegram(WebAdapter):
    """One bot. Messages are numbered within their chat, so an id is chat and number.

    The platform keeps news for a day and forgets them once the page after them was asked for, which
    happens only when they are stored.
    """

    info = AdapterInfo(
        name="telegram",
        title="Telegram",
        docs="https://core.telegram.org/bots/api",
        can=frozenset(
            {Capability.OWN_POSTS, Capability.MESSAGES, Capability.EDITS, Capability.DELETES, Capability.REPLIES}
            | {Capability.WEBHOOKS}
        ),
    )

    class Config(AdapterConfig):
        """``token`` is what BotFather gave."""

        service: HttpsOrigin = "https://api.telegram.org"
        token: SecretStr

    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        "409": Rule(Action.FAIL, "the bot has a webhook or another reader; use one way only", ConfigError),
    }
    items = staticmethod(telegram_items.items)
    parse = staticmethod(telegram_items.parse)

    def auth(self) -> InPath:
        return InPath("/bot", self.config.token)

    def feeds(self) -> Mapping[str, Feed]:
        wanted = "[" + ",".join(f'"{name}"' for name in (*telegram_items.MESSAGES, telegram_items.DELETED)) + "]"
        ask = {"limit": 100, "timeout": 0, "allowed_updates": wanted}
        return {"updates": Feed("/getUpdates", ask, PastLast("result", "update_id"), "result", upward="0")}

    def whoami(self) -> Me:
        me = telegram_items.person(self.client.get("/getMe").json["result"])
        return Me(me.id, me.id, me.handle)

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        failed = isinstance(body, dict) and body.get("ok") is False
        return (str(body.get("error_code") or "unknown"),) if failed else ()

    @staticmethod
    def waits(body: Any) -> float | None:
        asked = dig(body, "parameters.retry_after")
        return float(asked) if isinstance(asked, int) else None
