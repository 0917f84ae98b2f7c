"""Posts that are nobody's voice, by a few signs that customers do not show."""

from __future__ import annotations

import re
from collections.abc import Callable

from socialcrm.model import Post
from socialcrm.relevance.query import Query

MOST_HANDLES = 10
MOST_TAGS = 15

_LINK = re.compile(r"https?://|www\.|t\.me/|wa\.me/|bit\.ly/", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w")
_TAG = re.compile(r"(?<!\w)#\w")

_LURE = Query(
    """ airdrop OR "free crypto" OR (free OR claim) NEAR/3 (tokens OR giftcard OR "gift card" OR voucher OR vouchers)
        OR "whatsapp me" OR "dm me to" OR "forex trading" OR "crypto trading" OR "investment platform" OR onlyfans
        OR (recover OR recovered) NEAR/4 (account OR funds OR crypto) """
)
_CONTEST = Query(
    """ (giveaway OR raffle OR sweepstakes OR "chance to win") ("to enter" OR "follow and" OR "follow &" OR "like and"
        OR "tag a friend" OR "tag 2" OR "tag 3" OR "retweet to" OR "rt to" OR "repost to") """
)


def _linked_lure(post: Post) -> bool:
    return _LINK.search(post.text) is not None and _LURE.matches(post.text)


RULES: tuple[tuple[str, Callable[[Post], bool]], ...] = (
    ("an advertisement", lambda post: post.engagement.promoted is True),
    ("spam: a crowd of handles", lambda post: len(_HANDLE.findall(post.text)) > MOST_HANDLES),
    ("spam: a crowd of hashtags", lambda post: len(_TAG.findall(post.text)) > MOST_TAGS),
    ("spam: a lure with a link", _linked_lure),
    ("spam: a contest", lambda post: _CONTEST.matches(post.text)),
)


def spam(post: Post) -> str:
    """Name the sign of spam that a post shows, or return an empty text."""
    return next((reason for reason, shows in RULES if shows(post)), "")
