"""The kinds of evidence that the core compares, by number.

A new kind is a function in one of the `compare_…` modules, a line in the table here, and a `Kind` with its sentences in
`socialcrm.matching.evidence`.
"""

from socialcrm.matching.core.compare_context cimport (
    compare_caution, compare_email, compare_employer, compare_known, compare_language, compare_phone, compare_place,
    compare_platform, compare_role, compare_title, compare_website, rare_city, rare_employer,
)
from socialcrm.matching.core.compare_letters cimport (
    compare_begins, compare_bounds, compare_foreign, compare_length, compare_middle, compare_near_address,
    compare_near_site, compare_office, compare_pieces, compare_spelling, compare_surprise,
)
from socialcrm.matching.core.compare_names cimport compare_handle, compare_name, compare_rarity, rarity_bits
from socialcrm.matching.core.pair cimport MOST_KINDS, Compare, More

NUMBERS: dict[str, int] = {}
"""The column of each kind in a matrix of levels."""


cdef void enter(str name, Compare compare, More more = NULL) except *:
    """Give a kind its number, and its functions: of its level, and of the bits that a rare value weighs more."""
    global KINDS
    if KINDS == MOST_KINDS:
        raise RuntimeError(f"there is no room for the kind {name}: MOST_KINDS is {MOST_KINDS}")
    NUMBERS[name] = KINDS
    COMPARE[KINDS], MORE[KINDS] = compare, more
    KINDS += 1


enter("known", compare_known)
enter("email", compare_email)
enter("website", compare_website)
enter("phone", compare_phone)
enter("name", compare_name)
enter("handle", compare_handle)
enter("rarity", compare_rarity, rarity_bits)
enter("pieces", compare_pieces)
enter("foreign", compare_foreign)
enter("length", compare_length)
enter("surprise", compare_surprise)
enter("bounds", compare_bounds)
enter("spelling", compare_spelling)
enter("middle", compare_middle)
enter("office", compare_office)
enter("begins", compare_begins)
enter("near_site", compare_near_site)
enter("near_address", compare_near_address)
enter("employer", compare_employer, rare_employer)
enter("role", compare_role)
enter("platform", compare_platform)
enter("title", compare_title)
enter("place", compare_place, rare_city)
enter("language", compare_language)
enter("caution", compare_caution)
