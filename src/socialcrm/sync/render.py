"""How a post reads on a timeline."""

from __future__ import annotations

from socialcrm.model import Direction, Interaction, Kind, Post
from socialcrm.store.base import Due
from socialcrm.text import shorten

SUBJECT_LIMIT = 255

# What a colleague would call each kind of post in a subject line.
NOUNS = {
    Kind.MENTION: "mention",
    Kind.REPLY: "reply",
    Kind.COMMENT: "comment",
    Kind.REVIEW: "review",
    Kind.MESSAGE: "message",
    Kind.POST: "post",
    Kind.SHARE: "share",
    Kind.CHECK_IN: "check-in",
    Kind.OTHER: "post",
}


def interaction(due: Due) -> Interaction:
    """Write a due delivery as a timeline entry; a retracted one carries no text."""
    stored, post = due.stored, due.stored.post
    retracted = due.retracted
    return Interaction(
        key=due.key,
        contact_id=due.contact_id,
        occurred_at=post.created_at,
        channel=post.platform,
        kind=post.kind,
        direction=post.direction,
        subject="" if retracted else _subject(post),
        body="" if retracted else post.text,
        url="" if retracted else post.url,
        author="" if retracted else _author(post),
        thread=post.conversation_id or post.id,
        in_reply_to=post.in_reply_to or "",
        sentiment=None if retracted else stored.sentiment,
        priority=stored.priority,
        revision=due.revision,
        retracted=retracted,
    )


def _subject(post: Post) -> str:
    verb = "our" if post.direction is Direction.OUTBOUND else "from"
    who = f" from {_author(post)}" if verb == "from" and post.author else ""
    edited = " (edited)" if post.edited_at else ""
    lead = f"{post.platform.capitalize()}: {'our ' if verb == 'our' else ''}{NOUNS[post.kind]}{who}{edited}"
    return shorten(lead, SUBJECT_LIMIT)


def _author(post: Post) -> str:
    author = post.author
    if author is None:
        return ""
    handle = f"@{author.handle}" if author.handle else author.id
    return f"{author.display_name} ({handle})" if author.display_name else handle
