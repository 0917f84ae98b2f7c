"""Korean given names: how people spell their syllables in Latin letters, and how common they are."""

from __future__ import annotations

from functools import cache

_USUAL = """
영:young 현:hyun 경:kyung 정:jung 형:hyung 성:sung 명:myung 병:byung 선:sun 연:yeon 훈:hoon 희:hee 규:kyu
기:ki 건:gun 근:keun 국:kook 석:seok 혁:hyuk 욱:wook 웅:woong 범:beom 철:chul 덕:duk 숙:sook 권:kwon
광:kwang 관:kwan 균:kyun 교:kyo 순:soon 운:woon 윤:yoon 유:yu 우:woo 문:moon 별:byul 걸:gul 걱:guk
겸:kyum 곤:gon 길:gil 김:kim 박:park 최:choi 백:baek 신:shin 실:shil 심:shim 식:sik 린:rin 령:ryung
률:ryul
"""

USUAL: dict[str, str] = {entry[0]: entry[2:] for entry in _USUAL.split()}
"""As people write their own names, where that differs from the Revised Romanisation."""

_FIRST = {
    65: "지", 45: "성민정", 40: "현영", 38: "재", 35: "수은동", 33: "승", 30: "진상", 28: "준", 25: "경태",
    22: "유혜미", 18: "종기", 16: "세선주", 15: "예서", 14: "소윤인형하", 12: "원용광다창도", 10: "효명대", 9: "병",
    8: "우희규연보한건나", 6: "찬강시순채가아철", 5: "문홍슬", 4: "남일해석중", 3: "길양학근신이훈화범덕여제",
    2: "익두애완충춘필호혁향무봉누로리송숙오요의", 1: "류루빛샘솔언율",
}  # fmt: skip
_SECOND = {
    48: "진", 45: "영현", 40: "훈민", 38: "호우정", 35: "수희준", 30: "원", 28: "연은", 26: "석", 22: "주",
    20: "경", 18: "환아지", 16: "빈성", 14: "욱혁규철미선재윤인", 12: "기서", 10: "숙식용범한나",
    8: "태형근찬림린리하", 7: "섭", 6: "건람동명상유택혜승", 5: "슬율운웅열일애해", 4: "름솔균국남란세순신중학화",
    3: "권길덕문비안옥완온의이익자종창채필홍효후헌도라엽", 2: "배녕련모별복양천탁표향휘관광구강담대만",
    1: "례봄봉실춘흠협교곤걸두로무보빛송심",
}  # fmt: skip
"""How often a syllable stands first and second in a given name: rounded, for people born from 1970 on."""

_OF_ALL = 0.3
"""How much of the people that a handle may belong to is taken to bear such a name, if its contact does."""


def _shares(table: dict[int, str]) -> dict[str, float]:
    total = sum(weight * len(syllables) for weight, syllables in table.items())
    return {syllable: weight / total for weight, syllables in table.items() for syllable in syllables}


@cache
def given_shares() -> dict[str, float]:
    """Shares of romanised given names of two syllables, and of single syllables, in Latin letters."""
    from socialcrm.matching.romanise import romanise

    out: dict[str, float] = {}
    firsts, seconds = _shares(_FIRST), _shares(_SECOND)
    roman = {syllable: romanise(syllable) for syllable in {*firsts, *seconds}}
    for first, one in firsts.items():
        for second, two in seconds.items():
            name = roman[first] + roman[second]
            out[name] = out.get(name, 0.0) + 2 * one * two * _OF_ALL
    for syllable, word in roman.items():
        share = (firsts.get(syllable, 0.0) + seconds.get(syllable, 0.0)) / 2 * _OF_ALL
        out[word] = out.get(word, 0.0) + share
    return out
