"""One normal form per text: what two spellings of the same thing have in common.

Pure functions over hostile input: every one takes any string, cuts it to a bound and never raises.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from socialcrm.matching.core.letters import normal_by_letter, skeleton_by_letter
from socialcrm.matching.lookalikes import LOOKALIKE, PAIRS

LIMIT = 256
"""Characters of a text that matter; longer ones are cut before anything is computed."""

# Accents and vowel points that spelling often leaves out. Dakuten and Indic vowel signs stay: they are letters.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670]")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]")  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile("['’‘ʼ`´]")
_LETTERS = {"ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
_LETTER = str.maketrans(_LETTERS)


def normal(text: str) -> str:
    """Fold case, accents, width and invisible characters; words are parted by one space.

    Emoji, punctuation and underscores part words; apostrophes vanish (``O'Neil`` is ``oneil``).
    """
    found = normal_by_letter(text)
    return folded(text[:LIMIT]) if found is None else found


def folded(text: str) -> str:
    """The normal form of any text, step by step."""
    return " ".join(_NOT_WORD.sub(" ", letters_of(text)).split())[:LIMIT].strip()


def letters_of(text: str) -> str:
    """Letters and signs without case, accents, width and invisible characters."""
    text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))[: LIMIT * 4].casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", _APOSTROPHE.sub("", text))).translate(_LETTER)


def squash(text: str) -> str:
    """The normal form without spaces."""
    return normal(text).replace(" ", "")


def visible(text: str) -> str:
    """The text without zero-width and direction characters, for people to read."""
    return _INVISIBLE.sub("", text)


_UNMASK = {code: letter for code, letter in LOOKALIKE.items() if code > 0x24F}


def unmasked(word: str) -> str:
    """A word of mixed scripts as it wants to be read: letters of other scripts become the Latin ones they imitate."""
    return squash(squash(word).translate(_UNMASK))


def skeleton(text: str) -> str:
    """What a text looks like: letters of other scripts and digits replaced by the Latin letter they resemble.

    Two texts with one skeleton and different normal forms are look-alikes. Skeletons are compared
    with skeletons only; they are evidence of impersonation, never of identity.
    """
    found = skeleton_by_letter(text)
    if found is not None:
        return found
    shape = squash(text).translate(LOOKALIKE)
    for pair, letter in PAIRS:
        shape = shape.replace(pair, letter)
    return shape


def script_of(character: str) -> str:
    """The script of a letter: Latin, Cyrillic, Greek, Armenian, Hebrew, Arabic, Hangul, Kana, Han or other."""
    code = ord(character)
    for low, high, name in SCRIPTS:
        if low <= code <= high:
            return name
    return "other"


SCRIPTS = (
    (0x41, 0x24F, "Latin"),
    (0x250, 0x2AF, "Latin"),
    (0x370, 0x3FF, "Greek"),
    (0x400, 0x52F, "Cyrillic"),
    (0x530, 0x58F, "Armenian"),
    (0x590, 0x5FF, "Hebrew"),
    (0x600, 0x77F, "Arabic"),
    (0x1100, 0x11FF, "Hangul"),
    (0x1E00, 0x1EFF, "Latin"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3040, 0x30FF, "Kana"),
    (0x3400, 0x9FFF, "Han"),
    (0xAC00, 0xD7AF, "Hangul"),
    (0xFF21, 0xFF5A, "Latin"),
)


@lru_cache(maxsize=65_536)
def scripts(text: str) -> frozenset[str]:
    """The scripts of a text's letters."""
    return frozenset(script_of(character) for character in text[:LIMIT] if character.isalpha())
