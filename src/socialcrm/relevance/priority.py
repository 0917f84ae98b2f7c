"""How urgent a post is, by a table to read and argue with."""

from __future__ import annotations

from functools import cache
from typing import Literal

from socialcrm.model import Kind, Post
from socialcrm.relevance.query import Query

Priority = Literal["urgent", "high", "normal", "low"]

# Somebody is in danger or stuck now, or threatens with the law: a person must see it today.
URGENT = (
    """ stranded OR "stuck at" OR "stuck in" OR "sleeping at the airport" OR "nowhere to sleep"
        OR "missed my connection" OR "running out of" NEAR/3 (medication OR insulin OR medicine) """,
    """ injured OR injury OR unsafe OR "on fire" OR smoke OR "caught fire" OR emergency OR ambulance
        OR "allergic reaction" OR assaulted OR harassed OR harassment OR wheelchair OR "unaccompanied minor" """,
    """ lawyer OR lawyers OR attorney OR lawsuit OR "legal action" OR "small claims" OR suing
        OR (will OR "going to") NEAR/2 sue OR ombudsman OR "data protection" OR gdpr """,
)

# Money, loss, a broken promise: it costs more tomorrow.
HIGH = (
    """ refund OR refunded OR compensation OR overcharged OR "charged twice" OR "double charged" OR chargeback
        OR fraud OR scam OR scammed OR hacked """,
    """ cancelled OR canceled OR (lost OR missing OR damaged OR delayed)
        NEAR/4 (bag OR bags OR luggage OR baggage OR suitcase OR order OR parcel) """,
    """ "still waiting" OR "no response" OR "no reply" OR "on hold" OR "cancel my" OR "never again"
        OR unacceptable """,
)

ANGRY = -0.5
PLEASED = 0.6
BAD_RATING = 2.0
_CALM_KINDS = frozenset({Kind.POST, Kind.SHARE, Kind.CHECK_IN, Kind.OTHER})


def priority(post: Post, *, sentiment: float | None, influential: int = 10_000) -> Priority:
    """Say how urgent a customer's post is; the first rule that holds decides.

    Urgent for the words of `URGENT`; high for those of `HIGH`, for an angry tone, a rating of two or
    less, and any complaint by an account with at least ``influential`` followers; normal for questions
    and for whatever is said to the brand; low for pleased or passing remarks.
    """
    if _any(URGENT, post.text):
        return "urgent"
    unhappy = (sentiment is not None and sentiment < 0) or (post.rating is not None and post.rating <= BAD_RATING)
    followers = post.author.followers if post.author else None
    angry = (sentiment is not None and sentiment <= ANGRY) or (post.rating is not None and post.rating <= BAD_RATING)
    if angry or _any(HIGH, post.text) or (unhappy and (followers or 0) >= influential):
        return "high"
    if unhappy or "?" in post.text or "？" in post.text or "؟" in post.text:
        return "normal"
    pleased = sentiment is not None and sentiment >= PLEASED
    return "low" if pleased or post.kind in _CALM_KINDS else "normal"


def _any(table: tuple[str, ...], text: str) -> bool:
    return _compiled(table).matches(text)


@cache
def _compiled(table: tuple[str, ...]) -> Query:
    return Query(" OR ".join(f"({row})" for row in table))
