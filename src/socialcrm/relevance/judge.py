"""Judges posts: kept or not and why, whose timeline they belong to, language, tone and urgency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from socialcrm.errors import ConfigError
from socialcrm.model import Direction, Kind, Post
from socialcrm.relevance.language import UNKNOWN, detect, normal
from socialcrm.relevance.priority import priority
from socialcrm.relevance.query import Query
from socialcrm.relevance.sentiment import polarity
from socialcrm.relevance.spam import spam

OWN_POST = "the brand's own post, not an answer to a customer"
ORPHAN = "answers a post that is not known"
NOBODY = "the platform does not name the author"
EMPTY = "has neither text nor media"
OFF_TOPIC = "does not match the brand query"
EXCLUDED = "matches the exclusions"
OTHER_LANGUAGE = "is in a language that is left out"

# Found by searching rather than said to the brand, so the query has to agree.
FOUND = frozenset({Kind.POST, Kind.SHARE, Kind.OTHER})


def _readable(source: str) -> str:
    if source.strip():
        try:
            Query(source)
        except ConfigError as error:
            raise ValueError(str(error)) from None
    return source.strip()


def _codes(labels: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(normal(label) for label in labels)
    if UNKNOWN in codes:
        raise ValueError("write languages as ISO 639 codes, such as en or pt")
    return codes


class RelevanceRules(BaseModel):
    """What the operator wants kept: the table ``[relevance]``.

    ``query`` and ``exclude`` are brand queries and concern search hits only; ``languages`` keeps
    these alone, together with posts whose language is unknown; ``spam`` turns the signs of spam on.
    An account with ``influential`` followers is answered sooner when it complains.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    query: Annotated[str, AfterValidator(_readable)] = ""
    exclude: Annotated[str, AfterValidator(_readable)] = ""
    languages: Annotated[tuple[str, ...], AfterValidator(_codes)] = ()
    spam: bool = True
    influential: int = Field(default=10_000, ge=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one post.

    ``subject`` is the id of the profile whose timeline it belongs to. ``reason`` is why it is not
    kept: one of a few fixed sentences, free of the text of the post, fit to be counted.
    """

    keep: bool
    reason: str = ""
    subject: str | None = None
    lang: str = ""
    sentiment: float | None = None
    priority: str = "normal"


class Judge:
    """Applies the rules to posts, one by one; the same post always gets the same judgement."""

    def __init__(self, rules: RelevanceRules | None = None) -> None:
        self.rules = rules or RelevanceRules()
        self._query = Query(self.rules.query) if self.rules.query else None
        self._exclude = Query(self.rules.exclude) if self.rules.exclude else None

    def judge(self, posts: Sequence[Post], *, parents: Mapping[tuple[str, str], str]) -> list[Judgement]:
        """Judge posts, in order; an answer to an answer should come after it.

        ``parents`` gives for the (platform, post id) of posts that are answered the profile on
        whose timeline they stand; the brand's answers join them there.
        """
        owners = dict(parents)
        judgements = []
        for post in posts:
            outbound = post.direction is Direction.OUTBOUND
            judgement = self._answer(post, owners) if outbound else self._customer(post)
            if outbound and judgement.subject:
                owners[post.platform, post.id] = judgement.subject
            judgements.append(judgement)
        return judgements

    def _answer(self, post: Post, parents: Mapping[tuple[str, str], str]) -> Judgement:
        if not post.in_reply_to:
            return Judgement(keep=False, reason=OWN_POST)
        subject = parents.get((post.platform, post.in_reply_to))
        if subject is None:
            return Judgement(keep=False, reason=ORPHAN)
        if post.author is not None and subject == post.author.id:
            return Judgement(keep=False, reason=OWN_POST)
        return Judgement(keep=True, subject=subject, lang=detect(post.text, label=post.lang))

    def _customer(self, post: Post) -> Judgement:
        if reason := self._unwanted(post):
            return Judgement(keep=False, reason=reason)
        lang = detect(post.text, label=post.lang)
        if self.rules.languages and lang not in {*self.rules.languages, UNKNOWN}:
            return Judgement(keep=False, reason=OTHER_LANGUAGE, lang=lang)
        sentiment = polarity(post.text, lang=lang)
        return Judgement(
            keep=True,
            subject=post.author.id if post.author else None,
            lang=lang,
            sentiment=sentiment,
            priority=priority(post, sentiment=sentiment, influential=self.rules.influential),
        )

    def _unwanted(self, post: Post) -> str:
        if post.author is None:
            return NOBODY
        if not post.text.strip() and not post.media and post.rating is None:
            return EMPTY
        if post.kind in FOUND:
            if self._query is not None and not self._query.matches(post.text):
                return OFF_TOPIC
            if self._exclude is not None and self._exclude.matches(post.text):
                return EXCLUDED
        return spam(post) if self.rules.spam else ""
