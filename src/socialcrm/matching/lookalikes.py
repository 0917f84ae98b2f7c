"""Letters of other scripts that look like Latin ones (after Unicode's confusables, reduced to what names use)."""

from __future__ import annotations

_RESEMBLES = {
    "a": "аα@4", "b": "вьβ8", "c": "сϲ", "d": "ԁ", "e": "еεє3", "f": "ғ", "g": "ցɡ9", "h": "һнհ", "i": "", "j": "јյ",
    "k": "кκ", "l": "iіιӏ1|!ı", "m": "мμ", "n": "ηոп", "o": "оοօσ0", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕ5$",
    "t": "тτ", "u": "υս", "v": "ѵν", "w": "ԝωш", "x": "хχ", "y": "уγ", "z": "ᴢ",
}  # fmt: skip

LOOKALIKE = str.maketrans({other: letter for letter, others in _RESEMBLES.items() for other in others})
"""The Latin letter that each character resembles, for `str.translate`."""

PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
"""Two letters that look like one; they are replaced in this order."""
