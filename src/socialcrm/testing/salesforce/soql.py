r"""SOQL, read strictly: what this grammar does not know is ``MALFORMED_QUERY``.

Sources: SOQL and SOSL Reference, "SOQL SELECT Syntax", "Condition Expression Syntax" (AND and OR do not mix
without brackets), "Quoted String Escape Sequences", "Date Formats and Date Literals"; limits: "SOQL and SOSL Limits"
(100,000 characters a statement, 4,000 a string within WHERE).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.values import instant

STATEMENT_LENGTH, STRING_LENGTH = 100_000, 4_000

GRAMMAR = r"""
start: "SELECT"i fields "FROM"i NAME where? order? limit? offset?
fields: "COUNT"i "(" ")" -> count | path ("," path)* -> paths
path: NAME ("." NAME)*
where: "WHERE"i condition
?condition: term | term ("AND"i term)+ -> all_of | term ("OR"i term)+ -> any_of
?term: "(" condition ")" | "NOT"i term -> negated | comparison
?comparison: path OPERATOR value -> compare
    | path "LIKE"i STRING -> like
    | path "IN"i "(" value ("," value)* ")" -> among
    | path "NOT"i "IN"i "(" value ("," value)* ")" -> not_among
value: STRING -> string | DATETIME -> instant | DATE -> day | NUMBER -> number
    | "TRUE"i -> true | "FALSE"i -> false | "NULL"i -> null | DATE_LITERAL -> literal
order: "ORDER"i "BY"i ordering ("," ordering)*
ordering: path DIRECTION? nulls?
nulls: "NULLS"i NULLS_PLACE
limit: "LIMIT"i INTEGER
offset: "OFFSET"i INTEGER
OPERATOR: "=" | "!=" | "<>" | "<=" | ">=" | "<" | ">"
DIRECTION.3: /(ASC|DESC)\b/i
NULLS_PLACE.3: /(FIRST|LAST)\b/i
DATE_LITERAL.3: /(TODAY|YESTERDAY|TOMORROW|(LAST|THIS|NEXT)_(WEEK|MONTH|YEAR|90_DAYS)|(LAST|NEXT)_N_DAYS:\d+)\b/i
STRING: /'(?:[^'\\]|\\.)*'/s
DATETIME.4: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)/
DATE.3: /\d{4}-\d\d-\d\d/
NUMBER.2: /-?\d+(?:\.\d+)?/
INTEGER.1: /\d+/
NAME: /[A-Za-z][A-Za-z0-9_]*/
%ignore /\s+/
"""

ESCAPES = {"n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f"}
ESCAPES |= {'"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Literal:
    """A date literal such as ``LAST_N_DAYS:30``."""

    name: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """A node of WHERE: ``operator`` is a comparison, ``like``, ``in``, ``not in``, ``and``, ``or`` or ``not``."""

    operator: str
    path: tuple[str, ...] = ()
    value: Any = None
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """A key of ORDER BY; nulls come first unless told otherwise."""

    path: tuple[str, ...]
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A parsed query; no ``fields`` means ``COUNT()``."""

    fields: tuple[tuple[str, ...], ...]
    object_name: str
    where: Condition | None = None
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Like:
    """A pattern of LIKE: ``%`` and ``_`` are wild unless escaped."""

    pattern: re.Pattern[str]


def parse(text: str) -> Select:
    """Parse a query; raises ``MALFORMED_QUERY``."""
    if len(text) > STATEMENT_LENGTH:
        raise ApiError("MALFORMED_QUERY", f"SOQL statements cannot be longer than {STATEMENT_LENGTH} characters.")
    try:
        return _Reader().transform(_parser().parse(text))
    except UnexpectedInput as error:
        place = max(0, (error.pos_in_stream or 0) - 20)
        raise ApiError("MALFORMED_QUERY", f"\n{text[place : place + 60]}\n^\nERROR: unexpected token") from None
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from None
        raise


def unquoted(token: str, *, like: bool = False) -> str | Like:
    """Read a quoted string with its escapes; an unknown one is refused."""
    text, place, regex = token[1:-1], 0, ""
    plain = ""
    while place < len(text):
        one = text[place]
        if one == "\\":
            said, place = _escape(text, place, like)
            plain, regex = plain + said, regex + re.escape(said)
            continue
        regex += {"%": ".*", "_": "."}.get(one, re.escape(one))
        plain += one
        place += 1
    if len(plain) > STRING_LENGTH:
        raise ApiError("MALFORMED_QUERY", f"a string within WHERE cannot be longer than {STRING_LENGTH} characters")
    return Like(re.compile(regex, re.IGNORECASE | re.DOTALL)) if like else plain


def _escape(text: str, place: int, like: bool) -> tuple[str, int]:
    letter = text[place + 1 : place + 2]
    if letter in ESCAPES and letter:
        return ESCAPES[letter], place + 2
    if like and letter in {"%", "_"}:
        return letter, place + 2
    code = text[place + 2 : place + 6]
    if letter == "u" and re.fullmatch(r"[0-9A-Fa-f]{4}", code):
        return chr(int(code, 16)), place + 6
    raise ApiError(
        "MALFORMED_QUERY", f"Invalid string literal. Illegal character sequence '\\{letter}' in string literal."
    )


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


@v_args(inline=True)
class _Reader(Transformer[Token, Select]):
    """Turns the parse tree into a `Select`."""

    def start(self, fields: Any, name: Token, *rest: Any) -> Select:
        parts = dict(rest)
        return Select(fields, str(name), **parts)

    def count(self) -> tuple[()]:
        return ()

    def paths(self, *paths: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return paths

    def path(self, *names: Token) -> tuple[str, ...]:
        return tuple(map(str, names))

    def where(self, condition: Condition) -> tuple[str, Condition]:
        return "where", condition

    def all_of(self, *parts: Condition) -> Condition:
        return Condition("and", parts=parts)

    def any_of(self, *parts: Condition) -> Condition:
        return Condition("or", parts=parts)

    def negated(self, part: Condition) -> Condition:
        return Condition("not", parts=(part,))

    def compare(self, path: tuple[str, ...], operator: Token, value: Any) -> Condition:
        return Condition({"<>": "!="}.get(str(operator), str(operator)), path, value)

    def like(self, path: tuple[str, ...], pattern: Token) -> Condition:
        return Condition("like", path, unquoted(str(pattern), like=True))

    def among(self, path: tuple[str, ...], *values: Any) -> Condition:
        return Condition("in", path, values)

    def not_among(self, path: tuple[str, ...], *values: Any) -> Condition:
        return Condition("not in", path, values)

    def string(self, token: Token) -> Any:
        return unquoted(str(token))

    def instant(self, token: Token) -> datetime:
        found = instant(str(token))
        if found is None:
            raise ApiError("MALFORMED_QUERY", f"Invalid datetime: {token}")
        return found

    def day(self, token: Token) -> date:
        try:
            return date.fromisoformat(str(token))
        except ValueError:
            raise ApiError("MALFORMED_QUERY", f"Invalid date: {token}") from None

    def number(self, token: Token) -> float:
        return float(token)

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def null(self) -> None:
        return None

    def literal(self, token: Token) -> Literal:
        name, _, number = str(token).upper().partition(":")
        return Literal(name, int(number or 0))

    def order(self, *orderings: Ordering) -> tuple[str, tuple[Ordering, ...]]:
        return "order", orderings

    def ordering(self, path: tuple[str, ...], *marks: Any) -> Ordering:
        words = {str(mark).upper() for mark in marks}
        return Ordering(path, "DESC" in words, "LAST" in words)

    def nulls(self, place: Token) -> Token:
        return place

    def limit(self, number: Token) -> tuple[str, int]:
        return "limit", int(number)

    def offset(self, number: Token) -> tuple[str, int]:
        return "offset", int(number)
