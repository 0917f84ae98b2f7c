"""An organisation on LinkedIn: its posts, their comments, mentions. https://learn.microsoft.com/linkedin/marketing/community-management/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from socialcrm.adapters import linkedin_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability
from socialcrm.adapters.fields import first, text, text_id
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError, ConfigError
from socialcrm.http.auth import Bearer
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import Offset
from socialcrm.http.rules import IN_BODY, SLOW_DOWN, Action, ErrorTable, Rule

ASKED = "List(COMMENT,SHARE_MENTION,COMMENT_EDIT,COMMENT_DELETE,ADMIN_COMMENT,SHARE)"

_RENEW = Rule(Action.REAUTH, "LinkedIn does not accept the token; it lives 60 days: make a new one")
_ROLE = Rule(Action.FAIL, "the token may not do this: its member needs an admin role on the organisation", AuthError)
_SUNSET = Rule(Action.FAIL, "LinkedIn has shut this version of its API; set `version` to a newer month", ConfigError)


class LinkedIn(WebAdapter):
    """One organisation, read by a member who administers it."""

    info = AdapterInfo(
        name="linkedin",
        title="LinkedIn",
        docs="https://learn.microsoft.com/linkedin/marketing/community-management/",
        can=frozenset(Capability)
        - {Capability.SEARCH, Capability.MESSAGES, Capability.REVIEWS, Capability.PROFILES}
        - {Capability.RECHECK},
    )

    class Config(AdapterConfig):
        """``organization`` is its number; ``version`` the month of the API, as ``YYYYMM``."""

        service: HttpsOrigin = "https://api.linkedin.com"
        token: SecretStr
        organization: str
        version: str = "202604"

    prefix = "/rest"
    errors: ClassVar[ErrorTable] = {
        **IN_BODY,
        **dict.fromkeys(("65600", "65601", "65602", "REVOKED_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN"), _RENEW),
        **dict.fromkeys(("ACCESS_DENIED", "MEMBER_RESTRICTED"), _ROLE),
        **dict.fromkeys(("throttled", "TOO_MANY_REQUESTS"), SLOW_DOWN),
        **dict.fromkeys(("426", "NONEXISTENT_VERSION", "VERSION_MISSING"), _SUNSET),
        426: _SUNSET,
    }
    items = staticmethod(linkedin_items.items)
    placed = staticmethod(linkedin_items.placed)
    parse = staticmethod(linkedin_items.parse)

    def auth(self) -> Bearer:
        return Bearer(self.config.token)

    def headers(self) -> Mapping[str, str]:
        return {"LinkedIn-Version": self.config.version, "X-Restli-Protocol-Version": "2.0.0"}

    def feeds(self) -> Mapping[str, Feed | Threads]:
        at = ("lastModifiedAt", "lastModified.time")
        listed = Feed("", {}, Offset("start"), "elements", at=at, when=linkedin_items.milliseconds)
        posts = listed.at_path("/posts").asking(q="author", author=OWN, sortBy="LAST_MODIFIED", count=50)
        told = {"q": "criteria", "actions": ASKED, "organizationalEntity": OWN, "count": 50}
        below = listed.asking(count=100)
        return {
            "notifications": listed.at_path("/organizationalEntityNotifications", params=told, at=at[:1]),
            "own": posts,
            "comments": Threads(
                posts,
                ask=lambda root: below.at_path(f"/socialActions/{quote(root, safe='')}/comments"),
                branch=lambda post: post.id if post.engagement.replies else None,
            ),
        }

    def whoami(self) -> Me:
        found = self.client.get(f"/organizations/{quote(self.config.organization, safe='')}").json
        urn = f"urn:li:organization:{text_id(found['id'])}"
        return Me(urn, urn, text(first(found, "vanityName", "localizedName")))

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        if (
            not isinstance(body, dict)
            or "message" not in body
            or not body.keys() & {"status", "serviceErrorCode", "code"}
        ):
            return ()
        throttled = ["throttled"] * ("throttle" in text(body.get("message")).lower())
        return [*throttled, *(str(body[key]) for key in ("serviceErrorCode", "code", "status") if body.get(key))]
