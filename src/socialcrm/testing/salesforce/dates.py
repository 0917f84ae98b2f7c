"""Date literals as spans of days, in the zone people see dates in.

Source: SOQL and SOSL Reference, "Date Formats and Date Literals"; weeks begin as the user's locale says: Monday here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from socialcrm.testing.salesforce.soql import Literal

Span = tuple[date, date]
"""The first day and the day after the last one."""
DAY = timedelta(days=1)


def _month(day: date, step: int) -> Span:
    months = day.year * 12 + day.month - 1 + step
    after = months + 1
    return date(months // 12, months % 12 + 1, 1), date(after // 12, after % 12 + 1, 1)


def _week(day: date, step: int) -> Span:
    first = day - DAY * day.weekday() + DAY * 7 * step
    return first, first + DAY * 7


def _year(day: date, step: int) -> Span:
    return date(day.year + step, 1, 1), date(day.year + step + 1, 1, 1)


STEPS = {"LAST": -1, "THIS": 0, "NEXT": 1}
PERIODS = {"WEEK": _week, "MONTH": _month, "YEAR": _year}
AROUND: dict[str, Callable[[date, int], Span]] = {
    "TODAY": lambda day, _: (day, day + DAY),
    "YESTERDAY": lambda day, _: (day - DAY, day),
    "TOMORROW": lambda day, _: (day + DAY, day + DAY * 2),
    "LAST_90_DAYS": lambda day, _: (day - DAY * 90, day + DAY),
    "NEXT_90_DAYS": lambda day, _: (day + DAY, day + DAY * 91),
    "LAST_N_DAYS": lambda day, n: (day - DAY * n, day + DAY),
    "NEXT_N_DAYS": lambda day, n: (day + DAY, day + DAY * (n + 1)),
}


def span(literal: Literal, now: datetime, zone: ZoneInfo) -> Span:
    """The days a literal names."""
    day = now.astimezone(zone).date()
    if literal.name in AROUND:
        return AROUND[literal.name](day, literal.number)
    word, _, period = literal.name.partition("_")
    return PERIODS[period](day, STEPS[word])


def instants(days: Span, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a span of days begins and ends in a zone."""
    first, last = (datetime.combine(day, time(), zone).astimezone(UTC) for day in days)
    return first, last
