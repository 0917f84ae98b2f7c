"""How an English post sounds, by VADER (Hutto and Gilbert, ICWSM 2014)."""

from __future__ import annotations

from functools import cache
from typing import Any

from socialcrm.relevance.language import prose

# VADER's time grows with the square of the length; nobody needs 1,000 characters to be angry.
_LONGEST = 1000


def polarity(text: str, *, lang: str) -> float | None:
    """Rate a text from -1 (bad) to 1 (good), handles and web addresses left out.

    ``None`` for languages other than English, for texts without words and without the ``sentiment`` extra.
    """
    words = prose(text[:_LONGEST])
    analyzer = _analyzer() if lang == "en" and words else None
    return None if analyzer is None else float(analyzer.polarity_scores(words)["compound"])


@cache
def _analyzer() -> Any:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    return SentimentIntensityAnalyzer()
