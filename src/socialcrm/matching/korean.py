"""Korean given names: how people spell their syllables in Latin letters, how common they are, and names typed unseen."""

from __future__ import annotations

from functools import cache

# As people write their own names, where that differs from the Revised Romanisation.
USUAL = dict(
    pair.split(":")
    for pair in (
        "영:young 현:hyun 경:kyung 정:jung 형:hyung 성:sung 명:myung 병:byung 선:sun 연:yeon 훈:hoon 희:hee 규:kyu "
        "기:ki 건:gun 근:keun 국:kook 석:seok 혁:hyuk 욱:wook 웅:woong 범:beom 철:chul 덕:duk 숙:sook 권:kwon 광:kwang "
        "관:kwan 균:kyun 교:kyo 순:soon 운:woon 윤:yoon 유:yu 우:woo 문:moon 별:byul 걸:gul 걱:guk 겸:kyum 곤:gon "
        "길:gil 김:kim 박:park 최:choi 백:baek 신:shin 실:shil 심:shim 식:sik 린:rin 령:ryung 률:ryul"
    ).split()
)

_FIRST = (
    "지65 성45 현40 민45 정45 영40 재38 수35 은35 승33 진30 상30 동35 준28 경25 태25 유22 혜22 미22 종18 세16 소14 선16 "
    "윤14 기18 원12 인14 용12 광12 형14 주16 효10 예15 다12 서15 하14 우8 명10 병9 창12 희8 규8 대10 도12 연8 보8 한8 찬6 "
    "건8 강6 문5 시6 순6 채6 가6 남4 나8 아6 길3 홍5 양3 익2 일4 철6 학3 해4 근3 두2 석4 신3 애2 슬5 아4 이3 완2 중4 충2 "
    "훈3 화3 춘2 필2 호2 혁2 향2 무2 범3 봉2 덕3 누2 로2 류1 루1 리2 빛1 샘1 솔1 송2 숙2 언1 여3 오2 요2 율1 의2 제3"
)
_SECOND = (
    "영45 진48 훈40 호38 민40 현45 수35 희35 우38 정38 준35 연28 은28 경20 석26 원30 환18 주22 욱14 혁14 빈16 아18 규14 철14 "
    "미14 숙10 선14 성16 재14 태8 식10 섭7 용10 윤14 인14 형8 기12 근8 범10 찬8 건6 한10 림8 린8 나10 리8 지18 하8 람6 름4 "
    "슬5 솔4 율5 서12 운5 웅5 열5 일5 배2 균4 국4 권3 길3 남4 녕2 덕3 동6 란4 련2 례1 명6 모2 문3 별2 복2 봄1 봉1 비3 상6 "
    "세4 순4 신4 실1 안3 애5 양2 옥3 완3 온3 유6 의3 이3 익3 자3 종3 중4 창3 채3 천2 춘1 탁2 택6 표2 필3 학4 해5 향2 혜6 "
    "홍3 화4 효3 휘2 후3 흠1 헌3 협1 승6 도3 관2 광2 교1 구2 곤1 걸1 강2 담2 대2 두1 라3 로1 만2 무1 보1 빛1 송1 심1 엽3"
)
_OF_ALL = 0.3
"""How much of the people that a handle may belong to is taken to bear such a name, if its contact does."""


def _weights(table: str) -> dict[str, float]:
    found = {entry[0]: float(entry[1:]) for entry in table.split()}
    total = sum(found.values())
    return {syllable: weight / total for syllable, weight in found.items()}


@cache
def given_shares() -> dict[str, float]:
    """Shares of romanised given names of two syllables and of syllables, from how often each stands first or second.

    Rounded orders of magnitude for people born from 1970 on.
    """
    from socialcrm.matching.romanise import romanise

    out: dict[str, float] = {}
    firsts, seconds = _weights(_FIRST), _weights(_SECOND)
    roman = {syllable: romanise(syllable) for syllable in {*firsts, *seconds}}
    for first, one in firsts.items():
        for second, two in seconds.items():
            name = roman[first] + roman[second]
            out[name] = out.get(name, 0.0) + 2 * one * two * _OF_ALL
    for syllable, word in roman.items():
        share = (firsts.get(syllable, 0.0) + seconds.get(syllable, 0.0)) / 2 * _OF_ALL
        out[word] = out.get(word, 0.0) + share
    return out
