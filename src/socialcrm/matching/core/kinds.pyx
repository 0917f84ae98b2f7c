"""The kinds of evidence that the core compares, by number.

A new kind is a function in one of the `compare_…` modules, a line in the table here, and a `Kind` with its sentences in
`socialcrm.matching.evidence`. One that weighs two others together needs no function: see `enter_together`.
"""

from libc.stdint cimport int8_t

from socialcrm.matching.core.compare_context cimport (
    compare_caution, compare_email, compare_employer, compare_known, compare_language, compare_phone, compare_place,
    compare_platform, compare_role, compare_title, compare_website, rare_city, rare_employer,
)
from socialcrm.matching.core.compare_ground cimport (
    compare_alike_site, compare_ground, compare_office_land, compare_place_land,
)
from socialcrm.matching.core.compare_letters cimport (
    compare_begins, compare_bounds, compare_foreign, compare_length, compare_middle, compare_near_address,
    compare_near_site, compare_office, compare_pieces, compare_spelling, compare_surprise,
)
from socialcrm.matching.core.compare_names cimport compare_handle, compare_name, compare_rarity, rarity_bits
from socialcrm.matching.core.pair cimport MOST_KINDS, MOST_LEVELS, Compare, More

NUMBERS: dict[str, int] = {}
"""The column of each kind in a matrix of levels."""


cdef int number_of(str name) except -1:
    """The number of a kind, a new one if need be."""
    global KINDS
    if name not in NUMBERS:
        if KINDS == MOST_KINDS:
            raise RuntimeError(f"there is no room for the kind {name}: MOST_KINDS is {MOST_KINDS}")
        NUMBERS[name] = KINDS
        KINDS += 1
    return NUMBERS[name]


cdef void enter(str name, Compare compare, More more = NULL) except *:
    """Give a kind its number, and its functions: of its level, and of the bits that a rare value weighs more."""
    cdef int kind = number_of(name)
    COMPARE[kind], MORE[kind] = compare, more


def enter_together(str name, str left, str right, left_bins, right_bins):
    """Enter a kind that weighs two others together: its level is looked up by theirs.

    Each of their levels falls into a bin, numbered from 1, or into none (0). With ``n`` bins on the right, bins
    ``i`` and ``j`` make level ``(i - 1) * n + j``; without a bin on either side there is silence.
    """
    cdef int kind, level
    cdef Both* both
    if COMPARE[NUMBERS[left]] == NULL or COMPARE[NUMBERS[right]] == NULL:
        raise ValueError(f"{name} weighs together what is itself weighed together")
    if max(len(left_bins), len(right_bins)) > MOST_LEVELS or max(left_bins) * max(right_bins) >= MOST_LEVELS:
        raise ValueError(f"{name} has more than {MOST_LEVELS} levels")
    kind = number_of(name)
    both = &BOTH[kind]
    both.left, both.right, both.width = NUMBERS[left], NUMBERS[right], max(right_bins)
    for level in range(MOST_LEVELS):
        both.left_bins[level] = left_bins[level] if level < len(left_bins) else 0
        both.right_bins[level] = right_bins[level] if level < len(right_bins) else 0


cdef int8_t together(int kind, const int8_t* levels) noexcept nogil:
    """The level of a kind that weighs two others together, of a pair with these levels."""
    cdef const Both* both = &BOTH[kind]
    cdef int8_t left = both.left_bins[levels[both.left]], right = both.right_bins[levels[both.right]]
    return (left - 1) * both.width + right if left and right else 0


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
enter("alike_site", compare_alike_site)
enter("employer", compare_employer, rare_employer)
enter("role", compare_role)
enter("platform", compare_platform)
enter("title", compare_title)
enter("place", compare_place, rare_city)
enter("language", compare_language)
enter("office_land", compare_office_land)
enter("place_land", compare_place_land)
enter("ground", compare_ground)
enter("caution", compare_caution)
