"""A person's name cut into the parts that are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from socialcrm.matching.core.letters import mixed_script
from socialcrm.matching.core.person import ascii_name
from socialcrm.matching.keys import LIMIT, normal, script_of, unmasked
from socialcrm.matching.name import FAMILY_FIRST_COUNTRIES, Name
from socialcrm.matching.romanise import HAN_SURNAMES_LONG, KOREAN_SURNAMES, romanise, surname_forms
from socialcrm.matching.words import CAUTIONS, NAMES_TOO, PARTICLES, PLACEHOLDERS, TITLES

_ASIDE = re.compile(r"[(\[{（【「|/•·–—].*|\s-\s.*")
_TRANSCRIBED = re.compile("(?<=[\u3040-\u30ff\u3400-\u9fff])[·‧・•](?=[\u3040-\u30ff\u3400-\u9fff])")
"""The point between the words of a foreign name in Han or Kana, which stand in their own order."""

_QUOTED = re.compile(r"[\"“”„«»]+")
_NICKNAME = re.compile(r"[\"“„«(]\s*(?P<name>[^\W\d_]{2,15})\s*[\"”“»)]")
_FAMILY_FIRST_SCRIPTS = {"Hangul", "Han", "Kana"}


_EMPTY = Name()


@lru_cache(maxsize=50_000)
def in_both(word: str) -> tuple[str, str]:
    """A word as written (normal form) and in Latin letters; look-alike letters are read as what they imitate."""
    shown = unmasked(word) if mixed_script(word) else normal(word).replace(" ", "")
    return shown, romanise(shown)


def name_words(text: str) -> list[str]:
    """The words of a name in normal form, without titles, asides in brackets and signs."""
    if text.isascii() and len(text) <= LIMIT and text.replace(" ", "").isalpha():
        return _drop_titles(text.lower().split())
    text = _TRANSCRIBED.sub(" ", _QUOTED.sub(" ", text[:LIMIT]))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:LIMIT]
    main = _ASIDE.sub("", text.strip()) or text
    return _drop_titles([part for word in re.split(r"[\s,_]+", main) for part in normal(word).split()])


def _drop_titles(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in TITLES:
        start += 1
    while end > start and words[end - 1] in TITLES:
        end -= 1
    if end - start == 1 and start and words[start - 1] in NAMES_TOO:
        start -= 1
    return words[start:end] or []


def parse_name(first: str = "", last: str = "", full: str = "", country: str = "") -> Name:
    """Cut a contact's name into given name, middle names and surname; a nickname in quotes or brackets is the middle.

    Given fields win over the full name. ``Last, First``, family names written first (Chinese, Korean,
    Japanese, Hungarian), particles (``van der Berg``) and titles are understood. A name that is
    empty, a placeholder or nothing but signs gives an empty `Name`.
    """
    plain = ascii_name(first, last, full, country)
    if plain is not None:
        return plain
    if first.strip() and last.strip():
        given, family = _given_field(first[:_FIELD]), _family_field(last[:_FIELD])
        name = _of_fields(given, family)
        if not (given[3] or family[4]):
            return name
    else:
        name = _parse(first, last, full, country)
    nickname = _NICKNAME.search(f"{first} {last}" if first.strip() and last.strip() else full)
    if nickname and name.surnames and not name.family_first:
        called = in_both(nickname["name"])[1][:64]
        if called and called not in {name.given, name.surname, *CAUTIONS, *TITLES, *PLACEHOLDERS}:
            return name._replace(middle=called)
    if not _MAY_HAVE_DOTS.search(f"{first}\0{last}\0{full}\0{country}"):
        return name
    return _with_dots_written_out(name, (first, last, full, country))


_DOTTED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_DOTTED.update(str.maketrans({"Ø": "Oe", "Å": "Aa"}))


_DOTS = "äöüøåÄÖÜØÅ\u0308\u030a\u0344\u212b"
_MAY_HAVE_DOTS = re.compile(f"[{_DOTS}]")
_SPECIAL = re.compile(f'[{_DOTS}"“„«(]')
"""What may be a letter that is also written as two, or begin a nickname."""


def _with_dots_written_out(name: Name, fields: tuple[str, str, str, str]) -> Name:
    """The name with umlauts and the like as two letters besides, as handles have them."""
    texts = [unicodedata.normalize("NFC", text[:LIMIT]) for text in fields]
    written = [text.translate(_DOTTED) for text in texts]
    if written == texts:
        return name
    other = _parse(*written)
    surnames = tuple(dict.fromkeys((*name.surnames, *other.surnames)))
    middle = other.given if not name.middle and other.given != name.given else name.middle
    return name._replace(surnames=surnames, middle=middle)


def _parse(first: str, last: str, full: str, country: str) -> Name:
    if first.strip() and last.strip():
        return _of_fields(_given_field(first[:_FIELD]), _family_field(last[:_FIELD]))
    text = full.strip() or f"{first} {last}".strip()
    words = name_words(text)
    if not words or all(word in PLACEHOLDERS or word in CAUTIONS for word in words):
        return _EMPTY
    if "," in text:
        family, _, given = text.partition(",")
        if name_words(family) and name_words(given):
            return _build(name_words(given), name_words(family), False)
    script = script_of(words[0][0])
    if len(words) == 1:
        if script in ("Hangul", "Han") and 2 <= len(words[0]) <= 5:
            cut = _family_length(words[0], script)
            return _build([words[0][cut:]], [words[0][:cut]], True)
        return _build(words, [], False)
    written_so = script in _FAMILY_FIRST_SCRIPTS and not _TRANSCRIBED.search(text)
    if written_so or normal(country) in FAMILY_FIRST_COUNTRIES:
        return _build(words[1:], words[:1], True)
    cut = len(words) - 1
    while cut > 1 and words[cut - 1] in PARTICLES:
        cut -= 1
    return _build(words[:cut], words[cut:], False)


def _family_length(word: str, script: str) -> int:
    if script == "Hangul":
        return 2 if len(word) > 3 and word[:2] in KOREAN_SURNAMES else 1
    return 2 if len(word) > 3 or (len(word) == 3 and word[:2] in HAN_SURNAMES_LONG) else 1


_FIELD = LIMIT + 1
"""Characters of a field that are looked at, and one to tell that there are more."""


_Given = tuple[str, str, bool, bool]
_Family = tuple[tuple[str, ...], tuple[str, ...], int, bool, bool]


@lru_cache(maxsize=50_000)
def _given_field(text: str) -> _Given:
    """The first two given names in a field, whether there are only placeholders, and if `_SPECIAL` rules apply."""
    names = [word for word in name_words(text) if not word.isdigit()]
    roman = [*filter(None, (in_both(word)[1] for word in names)), "", ""]
    only_placeholders = all(word in PLACEHOLDERS for word in names)
    return roman[0][:64], roman[1][:64], only_placeholders, _SPECIAL.search(text) is not None


@lru_cache(maxsize=50_000)
def _family_field(text: str) -> _Family:
    """The spellings of a family name in a field, its words, how many, and the rest as for given names."""
    words = name_words(text)
    return *_family(words), all(word in PLACEHOLDERS for word in words), _SPECIAL.search(text) is not None


def _of_fields(given: _Given, family: _Family) -> Name:
    if given[2] and family[3]:
        return _EMPTY
    return Name(given[0], given[1], family[0], family[1], False, family[2])


def _family(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """The spellings of a family name, its words where there are several, and how many."""
    surnames = surname_forms(words[0]) if len(words) == 1 else (romanise("".join(words)),) if words else ()
    parts = tuple(r for r in map(romanise, words) if len(r) > 2) if len(words) > 1 else ()
    return (
        tuple(surname[:64] for surname in surnames if surname),
        tuple(part[:64] for part in parts),
        min(9, max(1, len(words))),
    )


def _build(given: list[str], family: list[str], family_first: bool) -> Name:
    names = [word for word in given if not word.isdigit()]
    if all(word in PLACEHOLDERS for word in names + family):
        return _EMPTY
    roman = [r for r in (in_both(word)[1] for word in names) if r]
    surnames, parts, count = _family(family)
    joined = family_first and len(names) > 1 and all(len(word) == 1 for word in names)
    first = "".join(roman) if joined else roman[0] if roman else ""
    middle = roman[1] if len(roman) > 1 and not joined else ""
    return Name(
        given=first[:64],
        middle=middle[:64],
        surnames=surnames,
        parts=parts,
        family_first=family_first,
        surname_words=count,
        syllables=_syllables(given) if family_first else (),
    )


def _syllables(given: list[str]) -> tuple[str, ...]:
    """The two syllables of a Korean or Chinese given name, as people abbreviate them."""
    text = "".join(given)
    if len(text) != 2 or script_of(text[0]) not in ("Hangul", "Han"):
        return ()
    return tuple(romanise(syllable) for syllable in text)


def display_words(text: str) -> list[tuple[str, str]]:
    """The words of a display name, each as (normal form, Latin letters), without titles and cautions.

    A Korean or Chinese name written together is given in its two parts.
    """
    words = [word for word in name_words(text) if word not in CAUTIONS and not word.isdigit()]
    if all(word in PLACEHOLDERS for word in words):
        return []
    return [pair for pair in map(in_both, in_parts(words)[:8]) if pair[1]]


def in_parts(words: list[str]) -> list[str]:
    """The words of a name; one that is a Korean or Chinese name written together is its two parts."""
    if len(words) == 1 and script_of(words[0][0]) in ("Hangul", "Han") and 2 <= len(words[0]) <= 5:
        cut = _family_length(words[0], script_of(words[0][0]))
        return [words[0][cut:], words[0][:cut]]
    return words
