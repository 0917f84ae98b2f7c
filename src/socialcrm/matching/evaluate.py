"""How good a ranking is, measured against the truth: precision, recall, calibration, candidate recall."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LINK, REVIEW, NONE = "link", "review", "none"
TARGETS = (0.99, 0.995)
MIN_LINKS = 30
"""A threshold that links fewer profiles than this is not counted: with few links a precision of 1 says little."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One ranked candidate of a profile, with what was decided about it: `LINK`, `REVIEW` or `NONE`."""

    profile_id: str
    contact_id: str
    probability: float
    decision: str = NONE


Rows = Mapping[str, Sequence[Prediction]]
Truth = Mapping[str, str]


def by_profile(predictions: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    """Predictions of each profile, the most probable first."""
    rows: dict[str, list[Prediction]] = defaultdict(list)
    for prediction in predictions:
        rows[prediction.profile_id].append(prediction)
    for ranked in rows.values():
        ranked.sort(key=lambda row: (-row.probability, row.contact_id))
    return dict(rows)


def evaluate(predictions: Iterable[Prediction], truth: Truth, *, bins: int = 10) -> dict[str, object]:
    """Measure predictions against the truth (profile id to contact id, empty where nobody owns it).

    ``decided`` holds precision, recall and false-link rate of the links; ``recall_at_precision`` the
    greatest recall of any threshold on the first candidate's probability; ``calibration`` Brier score
    and expected calibration error over first candidates; ``first`` the share of owned profiles whose
    owner is ranked first, ``ranked`` anywhere. Intervals are Wilson's, at 95 %.
    """
    rows = by_profile(predictions)
    owned = [profile for profile, contact in truth.items() if contact]
    first = sum(1 for profile in owned if rows.get(profile) and rows[profile][0].contact_id == truth[profile])
    ranked = sum(1 for profile in owned if any(row.contact_id == truth[profile] for row in rows.get(profile, ())))
    return {
        "profiles": len(truth),
        "owned": len(owned),
        "decided": decided(rows, truth),
        "recall_at_precision": {str(target): _sweep(rows, truth, target) for target in TARGETS},
        "calibration": calibration(rows, truth, bins=bins),
        "first": _ratio(first, len(owned)),
        "ranked": _ratio(ranked, len(owned)),
    }


def decided(rows: Rows, truth: Truth) -> dict[str, object]:
    """What the decisions are worth: links, their precision and recall, and what the review queue holds."""
    right = wrong_person = stranger = review = held = 0
    owned = sum(1 for contact in truth.values() if contact)
    for profile, want in truth.items():
        ranked = rows.get(profile, ())
        link = next((row.contact_id for row in ranked if row.decision == LINK), "")
        right += bool(link) and link == want
        wrong_person += bool(link) and bool(want) and link != want
        stranger += bool(link) and not want
        queue = [row for row in ranked if row.decision == REVIEW]
        if queue and not link:
            review += 1
            held += bool(want) and queue[0].contact_id == want
    links = right + wrong_person + stranger
    return {
        "links": links,
        "right": right,
        "wrong_person": wrong_person,
        "stranger": stranger,
        "precision": _ratio(right, links),
        "precision_95": wilson(right, links),
        "recall": _ratio(right, owned),
        "false_link_rate": _ratio(stranger, len(truth) - owned),
        "review_share": _ratio(review, len(truth)),
        "review_first": _ratio(held, owned - right),
    }


def _sweep(rows: Rows, truth: Truth, target: float) -> dict[str, object]:
    best: dict[str, object] = {"recall": 0.0, "threshold": None, "links": 0, "false_link_rate": None}
    tops = sorted(((ranked[0], truth[profile]) for profile, ranked in rows.items() if ranked and profile in truth),
                  key=lambda top: -top[0].probability)  # fmt: skip
    owned = sum(1 for contact in truth.values() if contact)
    right = stranger = 0
    for count, (row, want) in enumerate(tops, 1):
        right += row.contact_id == want
        stranger += not want
        tied = count < len(tops) and tops[count][0].probability == row.probability
        if not tied and count >= MIN_LINKS and right / count >= target and right > float(str(best["recall"])) * owned:
            best = {
                "recall": _ratio(right, owned),
                "threshold": row.probability,
                "links": count,
                "false_link_rate": _ratio(stranger, len(truth) - owned),
            }
    return best


def calibration(rows: Rows, truth: Truth, *, bins: int = 10) -> dict[str, object]:
    """Brier score and expected calibration error (equal-width bins) of first candidates."""
    tops = [(ranked[0].probability, ranked[0].contact_id == truth[profile])
            for profile, ranked in rows.items() if ranked and profile in truth]  # fmt: skip
    if not tops:
        return {"n": 0, "brier": None, "ece": None, "bins": []}
    cells = [[0, 0.0, 0] for _ in range(bins)]
    for probability, right in tops:
        cell = cells[min(int(probability * bins), bins - 1)]
        cell[0] += 1
        cell[1] += probability
        cell[2] += right
    return {
        "n": len(tops),
        "brier": round(sum((probability - right) ** 2 for probability, right in tops) / len(tops), 4),
        "ece": round(sum(abs(total - right) for _, total, right in cells) / len(tops), 4),
        "bins": [{"n": n, "mean": round(total / n, 4), "right": round(right / n, 4)} for n, total, right in cells if n],
    }


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float] | None:
    """The 95 % interval of a share, after Wilson (1927)."""
    if not whole:
        return None
    share, scale = part / whole, 1 + z * z / whole
    middle, half = share + z * z / (2 * whole), z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return round(max(0.0, (middle - half) / scale), 4), round(min(1.0, (middle + half) / scale), 4)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
