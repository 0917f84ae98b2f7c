"""Brand queries: which posts are about the brand.

``skylark OR "sky lark" OR @skylarkair OR #flyskylark``, with ``AND`` (or just a space), ``NOT``,
parentheses and ``left NEAR/5 right``. Operators are in capitals; case, width and invisible
characters of the text do not matter. A word matches whole words only, in every script that writes
spaces between them; in Chinese, Japanese, Korean, Thai and their like it matches anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cache, partial
from itertools import pairwise

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from socialcrm.errors import ConfigError

LONGEST = 10_000

Test = Callable[[str], bool]
Term = re.Pattern[str]

_WORD = re.compile(r"\w+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")

# Scripts that do not set words apart by spaces (Thai, Lao, Myanmar, Khmer, kana, Han) or not from their
# particles (Hangul).
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Query:
    """A compiled brand query; raises `ConfigError` with the place of what it cannot read."""

    def __init__(self, source: str) -> None:
        self.source = source
        compiler = _Compiler()
        self._test = compiler.compile(source)
        self._words = frozenset(compiler.words)
        self._pieces = tuple(sorted(compiler.pieces))
        # Some queries hold for texts with none of their terms (NOT spam); then no term can be asked for first.
        self._holds_without = self._test("")

    def matches(self, text: str) -> bool:
        """Tell whether a text is asked for."""
        folded = fold(text)
        return (self._holds_without or self._may_hold(folded)) and self._test(folded)

    def _may_hold(self, folded: str) -> bool:
        """Look for the first word of any term: most texts hold none, and a set answers fast."""
        return not self._words.isdisjoint(_WORD.findall(folded)) or any(piece in folded for piece in self._pieces)


def fold(text: str) -> str:
    """Reduce a text to the form that is compared: no case, no width, no invisible characters."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return unicodedata.normalize("NFKC", wide).translate(_APOSTROPHES)


class _Compiler(Transformer[Token, Test | Term]):
    """Turns the tree of a query into one function, and collects what the prefilter looks for."""

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()
        self.pieces: set[str] = set()

    def compile(self, source: str) -> Test:
        if len(source) > LONGEST:
            raise ConfigError(f"the brand query is longer than {LONGEST:,} characters")
        try:
            return _test(self.transform(_grammar().parse(source)))
        except UnexpectedInput as error:
            raise ConfigError(_complaint(source, error)) from None
        except VisitError as error:
            raise error.orig_exc from None
        except RecursionError:
            raise ConfigError("the brand query has too many parentheses inside each other") from None

    def term(self, tokens: list[Token]) -> Term:
        words = fold(tokens[0].strip('"')).split()
        if not words:
            raise ConfigError(f"the brand query has an empty term at character {_place(tokens[0])}")
        first = _WORD.search(words[0])
        if first is None or _UNSPACED.search(words[0]):
            self.pieces.add(words[0])
        else:
            self.words.add(first.group())
        return re.compile(_before(words[0]) + r"\s+".join(map(re.escape, words)) + _after(words[-1]))

    def near(self, parts: list[Test | Term | Token]) -> Test:
        terms = [part for part in parts[::2] if isinstance(part, re.Pattern)]
        nears = [part for part in parts[1::2] if isinstance(part, Token)]
        if len(terms) <= len(nears):
            where = _place(nears[0])
            raise ConfigError(f"the brand query: NEAR at character {where} joins words, phrases and (a OR b) only")
        distances = (int(token.removeprefix("NEAR/")) for token in nears)
        return _every(partial(_close, *pair, most) for pair, most in zip(pairwise(terms), distances, strict=True))

    def without(self, parts: list[Test | Term]) -> Test:
        test = _test(parts[0])
        return lambda text: not test(text)

    def every(self, parts: list[Test | Term]) -> Test:
        return _every(map(_test, parts))

    def either(self, parts: list[Test | Term]) -> Test | Term:
        terms = [part for part in parts if isinstance(part, re.Pattern)]
        if len(terms) == len(parts):
            return re.compile("|".join(term.pattern for term in terms))
        tests = tuple(map(_test, parts))
        return lambda text: any(test(text) for test in tests)


def _test(part: Test | Term) -> Test:
    if isinstance(part, re.Pattern):
        search = part.search
        return lambda text: search(text) is not None
    return part


def _every(tests: Iterable[Test]) -> Test:
    fixed = tuple(tests)
    return lambda text: all(test(text) for test in fixed)


def _close(one: Term, other: Term, most: int, text: str) -> bool:
    """Tell whether two terms stand with at most ``most`` words between them, in either order."""
    starts = [word.start() for word in _WORD.finditer(text)]
    places = sorted(
        (bisect_left(starts, found.start()), bisect_left(starts, found.end()), term is one)
        for term in (one, other)
        for found in term.finditer(text)
    )
    return any(a[2] != b[2] and b[0] - a[1] <= most for a, b in pairwise(places))


def _before(word: str) -> str:
    """What must not stand before a term: the beginning of a word, or of an e-mail address."""
    return _edge("<!", word) if _wordy(word[0]) or word[0] in "@#" else ""


def _after(word: str) -> str:
    """What must not stand after a term: the rest of a word, or of a longer handle or host name."""
    longer = r"(?!-\w|[.@]\w)" if word[0] == "@" else ""
    return _edge("!", word) + longer if _wordy(word[-1]) else ""


def _wordy(character: str) -> bool:
    return not _UNSPACED.match(character) and (
        _WORD.match(character) is not None or unicodedata.category(character)[0] == "M"
    )


def _edge(kind: str, word: str) -> str:
    return rf"(?{kind}\w)" if word.isascii() else rf"(?{kind}[\w{_marks()}])"


@cache
def _marks() -> str:
    """Vowel signs and accents, which belong to their word but are not ``\\w`` to `re`."""
    codes = [code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"]
    ends = [a for a, b in pairwise([*codes, 0]) if b != a + 1]
    begins = [b for a, b in pairwise([0, *codes]) if b != a + 1]
    return "".join(f"{chr(begin)}-{chr(end)}" for begin, end in zip(begins, ends, strict=True))


def _place(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _complaint(source: str, error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "the brand query ends too early: a term or a closing parenthesis is missing"
    place = error.pos_in_stream or 0
    found = source[place : place + 20].split()[0]
    if found.startswith('"'):
        return f"the brand query cannot be read at character {place + 1}: the quotation mark is never closed"
    return f"the brand query cannot be read at character {place + 1}: {found!r} does not fit there"


@cache
def _grammar() -> Lark:
    return Lark.open("query.lark", rel_to=__file__, parser="lalr", start="either")
