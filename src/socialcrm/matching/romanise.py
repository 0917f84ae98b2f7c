"""Names in Latin letters: anyascii, with small tables where one letter is written in several ways."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from socialcrm.matching.core.sound import fold
from socialcrm.matching.keys import normal, script_of
from socialcrm.matching.korean import USUAL

__all__ = ["fold", "romanise", "surname_forms"]

_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3
# fmt: off
_INITIALS = ("g", "gg", "n", "d", "dd", "r", "m", "b", "bb", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS = ("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu",
           "eu", "ui", "i")
_FINALS = ("", "g", "kk", "gs", "n", "nj", "nh", "t", "l", "lg", "lm", "lb", "ls", "lt", "lp", "lh", "m", "p", "bs",
           "s", "ss", "ng", "j", "ch", "k", "t", "p", "h")
# fmt: on

KOREAN_SURNAMES = {
    "김": "kim gim", "이": "lee yi i rhee", "박": "park bak pak", "최": "choi choe", "정": "jung jeong chung",
    "강": "kang gang", "조": "cho jo", "윤": "yoon yun", "장": "jang chang", "임": "lim im rim", "한": "han",
    "오": "oh o", "서": "seo suh", "신": "shin sin", "권": "kwon gwon", "황": "hwang", "안": "ahn an",
    "송": "song", "류": "ryu yoo yu", "유": "yoo yu you", "전": "jeon jun chun", "홍": "hong", "고": "ko go koh",
    "문": "moon mun", "양": "yang", "손": "son sohn", "배": "bae", "백": "baek paek", "허": "heo hur huh",
    "남": "nam", "심": "shim sim", "노": "noh no roh", "하": "ha", "곽": "kwak gwak", "성": "sung seong",
    "차": "cha", "주": "joo ju", "우": "woo u", "구": "koo gu ku", "민": "min", "나": "na", "진": "jin",
    "지": "ji", "엄": "um eom", "채": "chae", "원": "won", "천": "cheon chun", "방": "bang", "공": "kong gong",
    "현": "hyun hyeon", "함": "ham", "변": "byun byeon", "염": "yeom", "여": "yeo", "추": "choo chu",
    "도": "do", "소": "so", "석": "seok suk", "선": "sun seon", "설": "seol sul", "마": "ma", "길": "gil kil",
    "연": "yeon", "위": "wi", "표": "pyo", "명": "myung myeong", "기": "ki gi", "반": "ban", "왕": "wang",
    "금": "keum geum", "옥": "ok", "육": "yook yuk", "인": "in", "맹": "maeng", "제": "je", "모": "mo",
    "탁": "tak", "국": "kook guk", "어": "eo", "은": "eun", "편": "pyun pyeon", "용": "yong", "예": "ye",
    "경": "kyung", "봉": "bong", "사": "sa", "부": "boo bu", "황보": "hwangbo", "남궁": "namgung namkoong",
    "선우": "sunwoo seonu", "독고": "dokgo", "제갈": "jegal", "사공": "sagong", "서문": "seomun",
}  # fmt: skip

# fmt: off
HAN_SURNAMES_LONG = frozenset((
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "东方", "東方",
    "皇甫", "尉迟", "公孙", "公孫", "慕容", "令狐", "夏侯", "南宮", "南宫",
))
# fmt: on

# What one reading of the letter leaves out; the other spellings follow from `fold`.
_LETTERS = {
    **dict.fromkeys("щЩ", "shch"), **dict.fromkeys("хХ", "kh"), **dict.fromkeys("ёЁ", "e"), **dict.fromkeys("йЙ", "y"),
    **dict.fromkeys("юЮ", "yu"), **dict.fromkeys("яЯ", "ya"), **dict.fromkeys("ьЬъЪ", ""), **dict.fromkeys("цЦ", "ts"),
    **dict.fromkeys("жЖ", "zh"), **dict.fromkeys("їЇ", "i"), **dict.fromkeys("єЄ", "ie"), **dict.fromkeys("ґҐ", "g"),
    **dict.fromkeys("χΧ", "ch"), **dict.fromkeys("ηΗυΥ", "i"), **dict.fromkeys("φΦ", "f"), **dict.fromkeys("βΒ", "v"),
    "צ": "tz", "ץ": "tz", "ח": "h", "כ": "k", "ך": "k", "ו": "v", "ש": "sh", "ע": "", "א": "a",
    "ع": "a", "ق": "q", "خ": "kh", "ش": "sh", "ج": "j", "ي": "y", "و": "u", "ة": "a", "ى": "a", "ء": "",
}  # fmt: skip
_LETTER = str.maketrans(_LETTERS)
_DIGRAPHS = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"))


@lru_cache(maxsize=100_000)
def romanise(word: str) -> str:
    """A word of a name in lower-case Latin letters and digits; empty if nothing can be read."""
    word = normal(word)
    if word.isascii():
        return word.replace(" ", "")
    if any(_HANGUL_FIRST <= ord(character) <= _HANGUL_LAST for character in word):
        word = "".join(map(_syllable, word))
    if script_of(word[0]) == "Greek":
        for pair, letters in _DIGRAPHS:
            word = word.replace(pair, letters)
    return re.sub("[^a-z0-9]", "", anyascii(word.translate(_LETTER)).lower())


def _syllable(character: str) -> str:
    if character in USUAL:
        return USUAL[character]
    code = ord(character) - _HANGUL_FIRST
    if not 0 <= code <= _HANGUL_LAST - _HANGUL_FIRST:
        return character
    initial, rest = divmod(code, 21 * 28)
    vowel, final = divmod(rest, 28)
    return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]


def surname_forms(word: str) -> tuple[str, ...]:
    """Every usual way to write a surname in Latin letters, the commonest first."""
    forms = KOREAN_SURNAMES.get(word)
    return tuple(forms.split()) if forms else tuple(filter(None, (romanise(word),)))
