"""The order of the review queue: what waits most urgently, and what an answer would teach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select

from socialcrm.model import LinkState
from socialcrm.store.base import Account
from socialcrm.store.schema import decisions, links, posts, profiles

_URGENCY = case((posts.c.priority == "urgent", 2), (posts.c.priority == "high", 1), else_=0)
_MOST_HELD = 10


def queue(ws: int, limit: int, contact_id: str | None) -> Select[Any]:
    """Select what waits for a person: one row per contact and platform, the likeliest account of each.

    ``group_size`` says how many accounts claim the same contact there. First comes what holds back urgent
    posts; then what teaches most: a probability near one half, a second contact nearly as likely, many
    posts held back; then who has waited longest. With a ``contact_id`` every account that claims it is given.
    """
    claims = _claims(ws, contact_id)
    uncertain = 1 - func.abs(2 * claims.c.probability - 1)
    near = claims.c.probability - claims.c.runner_up
    contested = case((and_(claims.c.runner_up > 0, near < 0.2), 0.5), else_=0.0)
    held = case((claims.c.n > _MOST_HELD, 1.0), else_=claims.c.n * (1.0 / _MOST_HELD))
    entries = (
        select(decisions, profiles.c.payload.label("profile"), claims.c.n, claims.c.group_size)
        .join(claims, and_(decisions.c.ws == literal(ws), decisions.c.id == claims.c.decision))
        .outerjoin(
            profiles,
            and_(
                profiles.c.ws == literal(ws),
                profiles.c.platform == claims.c.platform,
                profiles.c.id == claims.c.profile_id,
            ),
        )
        .order_by(claims.c.urgency.desc(), (uncertain + contested + held).desc(), decisions.c.at, decisions.c.id)
        .limit(limit)
    )
    return entries if contact_id is not None else entries.where(claims.c.place == 1)


def _claims(ws: int, contact_id: str | None) -> Any:
    """Every waiting proposal, with its place among those that claim the same contact on the same platform."""
    waiting = (
        select(
            posts.c.platform,
            posts.c.subject,
            func.count().label("n"),
            func.max(_URGENCY).label("urgency"),
        )
        .where(posts.c.ws == ws, posts.c.account == Account.HELD.value)
        .group_by(posts.c.platform, posts.c.subject)
        .subquery()
    )
    held = func.coalesce(waiting.c.n, 0)
    urgency = func.coalesce(waiting.c.urgency, 0)
    group = (links.c.contact_id, links.c.platform)
    best = (decisions.c.probability.desc(), held.desc(), decisions.c.id)
    statement = (
        select(
            links.c.platform,
            links.c.profile_id,
            links.c.decision,
            decisions.c.probability,
            decisions.c.runner_up,
            held.label("n"),
            func.max(urgency).over(partition_by=group).label("urgency"),
            func.count().over(partition_by=group).label("group_size"),
            func.row_number().over(partition_by=group, order_by=best).label("place"),
        )
        .join(decisions, and_(decisions.c.ws == links.c.ws, decisions.c.id == links.c.decision))
        .outerjoin(waiting, and_(waiting.c.platform == links.c.platform, waiting.c.subject == links.c.profile_id))
        .where(links.c.ws == ws, links.c.state == LinkState.REVIEW.value)
    )
    if contact_id is not None:
        statement = statement.where(links.c.contact_id == contact_id)
    return statement.subquery()
