"""Countries and states that a handle points to: by an office that only some countries have, or by their own name."""

from __future__ import annotations

from functools import lru_cache

from socialcrm.matching.romanise import romanise

_LANDS = (
    "united states", "united kingdom", "england", "scotland", "wales", "northern ireland", "guernsey", "jersey",
    "ireland", "australia", "new zealand", "canada", "india", "germany", "france", "belgium", "spain", "italy",
    "south korea", "japan", "brazil", "mexico", "argentina", "chile", "colombia", "ecuador",
)  # fmt: skip
_BITS = {land: 1 << number for number, land in enumerate(_LANDS)}
_BITS |= {
    "usa": _BITS["united states"], "us": _BITS["united states"], "united states of america": _BITS["united states"],
    "uk": _BITS["united kingdom"], "great britain": _BITS["united kingdom"], "korea": _BITS["south korea"],
    "republic of korea": _BITS["south korea"],
}  # fmt: skip
_OTHER = 1 << len(_LANDS)
"""Any country without a number of its own."""

_STATES = {
    "al": "alabama", "ak": "alaska", "az": "arizona", "ar": "arkansas", "ca": "california", "co": "colorado",
    "ct": "connecticut", "de": "delaware", "fl": "florida", "ga": "georgia", "hi": "hawaii", "ia": "iowa",
    "id": "idaho", "il": "illinois", "in": "indiana", "ks": "kansas", "ky": "kentucky", "la": "louisiana",
    "ma": "massachusetts", "md": "maryland", "me": "maine", "mi": "michigan", "mn": "minnesota", "mo": "missouri",
    "ms": "mississippi", "mt": "montana", "nc": "northcarolina", "nd": "northdakota", "ne": "nebraska",
    "nh": "newhampshire", "nj": "newjersey", "nm": "newmexico", "nv": "nevada", "ny": "newyork", "oh": "ohio",
    "ok": "oklahoma", "or": "oregon", "pa": "pennsylvania", "ri": "rhodeisland", "sc": "southcarolina",
    "sd": "southdakota", "tn": "tennessee", "tx": "texas", "ut": "utah", "va": "virginia", "vt": "vermont",
    "wa": "washington", "wi": "wisconsin", "wv": "westvirginia", "wy": "wyoming",
}  # fmt: skip
_LONG_STATES = frozenset(_STATES.values())


def _table(*rows: tuple[str, str]) -> dict[str, int]:
    return {word: sum(_BITS[land] for land in lands.split(", ")) for some, lands in rows for word in some.split()}


_COMMONWEALTH = "united kingdom, england, scotland, wales, northern ireland, australia, new zealand, canada, india"
_LATIN = "mexico, argentina, chile, colombia, ecuador"
OFFICES = _table(
    ("rep usrep congress congressman congresswoman congressperson forcongress senate forsenate", "united states"),
    ("gov governor forgovernor ltgov ltgovernor delegate assemblyman assemblywoman", "united states"),
    ("msp", "united kingdom, scotland"),
    ("mla mpp", "canada, india, united kingdom, northern ireland"),
    ("mdb mdl", "germany"),
    ("depute senateur senat", "france, belgium, canada"),
    ("senador senadora diputado diputada", f"spain, brazil, {_LATIN}"),
    ("senatore onorevole", "italy"),
)
"""The countries that have an office, as bits, by the words that name it in a handle."""
OFFICES["mp"] = (_OTHER << 1) - 1 & ~_BITS["united states"]  # what parliamentarians call themselves in English
_PLACES = _table(
    ("usa", "united states"), ("uk", _COMMONWEALTH), ("nz", "new zealand"), ("kr korea", "south korea"),
    ("jp japan", "japan"), ("fr", "france"),
)  # fmt: skip


def land_of(country: str) -> int:
    """The number of a country in normal form, as one bit; 0 for none."""
    return _BITS.get(country, _OTHER) if country else 0


@lru_cache(maxsize=20_000)
def home_of(region: str) -> str:
    """A region in normal form as it would stand in a handle: in Latin letters, without spaces."""
    return "".join(map(romanise, region.split()))


ENDS: dict[bytes, tuple[int, bytes]] = {
    **{word.encode(): (lands, b"") for word, lands in _PLACES.items()},
    **{state.encode(): (_BITS["united states"], state.encode()) for state in _STATES.values()},
    **{short.encode(): (_BITS["united states"], state.encode()) for short, state in _STATES.items()},
}
"""What the end of a handle may name: countries, as bits, and a state by its whole name."""
