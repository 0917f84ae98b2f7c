"""Videos of a TikTok business account and what people say under them. https://business-api.tiktok.com/portal/docs

Answers of the research API and of the web site's own endpoints, where they were recorded, are read as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import tiktok_items
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Raw
from socialcrm.adapters.fields import epoch, first, text
from socialcrm.adapters.web import OWN, Feed, Me, Threads, WebAdapter
from socialcrm.errors import AuthError
from socialcrm.http.auth import ApiKey
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.http.rules import BUSY, SLOW_DOWN, Action, ErrorTable, Rule

VIDEO = '["caption","comments","create_time","item_id","likes","share_url","shares","thumbnail_url","video_views"]'
PAGED = CursorParam("cursor", "data.cursor", more="data.has_more")
COMMENTS, REPLIES = "/business/comment/list/", "/business/comment/reply/list/"

_RENEW = Rule(Action.REAUTH, "TikTok does not accept the token; connect the account again")
_SCOPE = Rule(Action.FAIL, "the token may not do this; grant it the scope that is missing", AuthError)


class TikTok(WebAdapter):
    """One business account, through TikTok's Business API."""

    info = AdapterInfo(
        name="tiktok",
        title="TikTok",
        docs="https://business-api.tiktok.com/portal/docs",
        can=frozenset(
            {Capability.REPLIES, Capability.THREADS, Capability.OWN_POSTS, Capability.BACKFILL, Capability.WEBHOOKS}
        ),
    )

    class Config(AdapterConfig):
        """``business_id`` is what TikTok calls the connected account (also ``open_id``)."""

        service: HttpsOrigin = "https://business-api.tiktok.com"
        token: SecretStr
        business_id: str

    prefix = "/open_api/v1.3"
    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(("40102", "40104", "40105", "access_token_invalid", "access_token_expired"), _RENEW),
        **dict.fromkeys(("40001", "scope_not_authorized", "scope_permission_missed"), _SCOPE),
        **dict.fromkeys(("40100", "40133", "rate_limit_exceeded", "daily_quota_limit_exceeded"), SLOW_DOWN),
        **dict.fromkeys(("50000", "50002", "60001", "internal_error", "timeout"), BUSY),
    }
    items = staticmethod(tiktok_items.items)
    parse = staticmethod(tiktok_items.parse)

    def auth(self) -> ApiKey:
        return ApiKey("Access-Token", self.config.token)

    def feeds(self) -> Mapping[str, Feed | Threads]:
        asked = {"business_id": OWN, "fields": VIDEO, "max_count": 20}
        videos = Feed("/business/video/list/", asked, PAGED, "data.videos", at=("create_time",), when=epoch)
        return {
            "own": videos,
            "comments": Threads(
                videos,
                ask=self._below,
                pages=5,
                branch=lambda post: f"{post.conversation_id}/{post.id}" if post.engagement.replies else None,
            ),
        }

    def _below(self, root: str) -> Feed:
        video, _, comment = root.partition("/")
        asked = {"business_id": OWN, "video_id": video, "max_count": 30, "sort_field": "create_time"}
        comments = Feed(COMMENTS, asked, PAGED, "data.comments")
        return comments.at_path(REPLIES).asking(comment_id=comment) if comment else comments.asking(sort_order="desc")

    def whoami(self) -> Me:
        asked = {"business_id": self.config.business_id, "fields": '["username","display_name"]'}
        found = self.client.get("/business/get/", asked).json["data"]
        return Me(self.config.business_id, self.config.business_id, text(first(found, "username", "display_name")))

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        if not isinstance(body, dict):
            return ()
        told = first(body, "error.code", "data.status_code", "status_code", "statusCode") or (
            body.get("code") if "message" in body else 0
        )
        return () if told in (0, "0", 200, "ok", "OK", None) else (str(told), "error")

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        return {**raw, "_own": True} if path.endswith("/business/video/list/") and isinstance(raw, dict) else raw
