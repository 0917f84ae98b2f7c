"""Comparisons of what is on the record and in the bio besides the name.

Levels are numbered as the kinds of the same names in `socialcrm.matching.evidence` list them.
"""

from libc.math cimport log2
from libc.stdint cimport int8_t, int64_t, uint16_t, uint64_t

from socialcrm.matching.core.compare_names cimport name_level, rarity_bits
from socialcrm.matching.core.facts cimport (
    CLUE_ACCOUNT_ID, CLUE_EMAIL_IN_BIO, CLUE_EMAIL_VOUCHED, CLUE_HANDLE, CLUE_HANDLE_SHAPE, CLUE_LOCAL_LIKE,
    CLUE_LOCAL_NAME, CLUE_LOCAL_NUMBERED, CLUE_LOCAL_OWN, CLUE_NAME_SHAPE, CLUE_PAGE, CLUE_PHONE, CLUE_SITE_ACCOUNT,
    CLUE_SITE_HOST, CLUE_SITE_LIKE, CLUE_SITE_NAME, CLUE_SITE_NUMBERED, CLUE_SITE_OWN, KEY_CITY, KEY_COMPANY,
    KEY_PHRASE, KEY_PLACE,
)
from socialcrm.matching.core.hashing cimport mix
from socialcrm.matching.core.pair cimport Pair, clue, says
from socialcrm.matching.core.postings cimport Range, locate_all
from socialcrm.matching.core.rows cimport ContactRow

from socialcrm.matching.words import CAMPAIGN, ROLES_NUMBERED

cdef uint16_t OFFICE = 1 << ROLES_NUMBERED[CAMPAIGN]        # of a handle: what it runs for; of a record: any office
cdef uint16_t DEVELOPER = 1 << ROLES_NUMBERED["developer"]

# By how many bits a value that few contacts share tells more than one that a sixteenth of them share. A quarter of
# the surprise is left out: what stands in a bio need not be meant as it stands on the record.
cdef double TOLD = 0.75
cdef double USUAL = 3.0
cdef double MOST = 8.0


cdef int8_t first_clue(const Pair* pair, const int* clues, int size) noexcept nogil:
    """The number (from 1) of the first clue in which the pair agrees, 0 without one."""
    cdef int at
    for at in range(size):
        if clue(pair, clues[at]):
            return at + 1
    return 0


cdef int8_t may_be_name(Pair* pair, int like, int8_t name, int8_t other) noexcept nogil:
    """The level of an address that may be the name: that of the name where the name agrees already, or the other."""
    if not clue(pair, like):
        return 0
    return name if rarity_bits(pair) > 0 else other


cdef int EMAILS[5]
EMAILS[:] = [CLUE_EMAIL_VOUCHED, CLUE_EMAIL_IN_BIO, CLUE_LOCAL_OWN, CLUE_LOCAL_NAME, CLUE_LOCAL_NUMBERED]
cdef int SITES[6]
SITES[:] = [CLUE_SITE_ACCOUNT, CLUE_SITE_HOST, CLUE_SITE_OWN, CLUE_PAGE, CLUE_SITE_NAME, CLUE_SITE_NUMBERED]
cdef int ACCOUNTS[3]
ACCOUNTS[:] = [CLUE_ACCOUNT_ID, CLUE_HANDLE, CLUE_HANDLE_SHAPE]


cdef int8_t compare_known(Pair* pair) noexcept nogil:
    """The account against those recorded on the contact for this platform; see `evidence.known`."""
    cdef int8_t found = first_clue(pair, ACCOUNTS, 3)
    cdef int64_t platform = pair.profile.platform
    if found:
        return found
    return 4 if 0 <= platform < 64 and (pair.contact.platforms >> platform) & 1 else 0      # other


cdef int8_t compare_email(Pair* pair) noexcept nogil:
    """Addresses on the record against the platform's, the bio's and the handle; see `evidence.contact_points`."""
    cdef int8_t found = first_clue(pair, EMAILS, 5)
    return found or may_be_name(pair, CLUE_LOCAL_LIKE, 4, 6)    # local_name, local_like


cdef int8_t compare_website(Pair* pair) noexcept nogil:
    """Sites on the record against the account, its handle and its links; see `evidence.website`."""
    cdef int8_t found = first_clue(pair, SITES, 6)
    return found or may_be_name(pair, CLUE_SITE_LIKE, 5, 7)     # handle_name, handle_like


cdef int8_t compare_phone(Pair* pair) noexcept nogil:
    """Whether a phone number of the record stands in the bio."""
    return clue(pair, CLUE_PHONE)


cdef int8_t compare_employer(Pair* pair) noexcept nogil:
    """Whether the bio names the contact's company, without its legal form, or another."""
    if says(pair, KEY_PHRASE, pair.contact.company):
        return 1                                            # in_bio
    return 2 if pair.profile.employed and pair.contact.company else 0       # other


cdef int8_t compare_title(Pair* pair) noexcept nogil:
    """Whether the bio names the contact's job title."""
    return says(pair, KEY_PHRASE, pair.contact.title)


cdef int8_t compare_place(Pair* pair) noexcept nogil:
    """Whether the location names the contact's city, region or country, or the bio the city, or it is another."""
    cdef const ContactRow* contact = pair.contact
    if says(pair, KEY_PLACE, contact.city) or says(pair, KEY_PHRASE, contact.city):
        return 1                                            # city
    if says(pair, KEY_PLACE, contact.region):
        return 2                                            # region
    if says(pair, KEY_PLACE, contact.country):
        return 3                                            # country
    return 4 if pair.profile.has_place and (contact.city or contact.region) else 0      # other


cdef double rarity(const Pair* pair, int key, uint64_t hashed) noexcept nogil:
    """By how many bits a value tells more than usual, because few contacts share it."""
    cdef Range found[2]
    cdef int64_t count = locate_all(pair.book.shelf, mix(hashed, key), found)
    return min(max(TOLD * log2(pair.book.size / max(count, 1)) - USUAL, 0.0), MOST)


cdef double rare_employer(Pair* pair) noexcept nogil:
    """How much rarer than usual the company is that the bio names."""
    return rarity(pair, KEY_COMPANY, pair.contact.company) if compare_employer(pair) == 1 else 0.0


cdef double rare_city(Pair* pair) noexcept nogil:
    """How much rarer than usual the city is that the profile names."""
    return rarity(pair, KEY_CITY, pair.contact.city) if compare_place(pair) == 1 else 0.0


cdef int8_t compare_language(Pair* pair) noexcept nogil:
    """The languages, where both sides name one: the same, or another."""
    if not pair.contact.lang or not pair.profile.lang:
        return 0
    return 1 if pair.contact.lang == pair.profile.lang else 2


cdef int8_t compare_role(Pair* pair) noexcept nogil:
    """The title or trade in the handle against title and employer; what it runs for against any office on the record."""
    cdef uint16_t ours = pair.contact.roles, theirs = pair.profile.roles
    cdef uint16_t held = ours & ~OFFICE, said = theirs & ~OFFICE
    if said:
        return 1 if held & said else 2 if held else 3       # same, other, unknown
    if theirs:
        return 4 if ours & OFFICE else 5 if ours else 6     # runs, runs_other, runs_unknown
    return 0


cdef int8_t compare_platform(Pair* pair) noexcept nogil:
    """A platform of people who write software against the trade or office on the record."""
    if not pair.profile.workshop:
        return 0
    return 1 if pair.contact.roles & DEVELOPER else 2 if pair.contact.roles & OFFICE else 0


# Levels of the display name at which its letters, not only its shape, are the contact's: a bit each.
cdef uint64_t READ = 0


def set_read(levels):
    """Take over the levels of the display name at which it is read letter by letter, from `evidence.caution`."""
    global READ
    READ = sum(1 << level for level in levels)


cdef int8_t compare_caution(Pair* pair) noexcept nogil:
    """What impostors, fans and jokers wear; see `evidence.caution`."""
    if pair.profile.mixed:
        return 1                                            # mixed
    if clue(pair, CLUE_NAME_SHAPE) and not (READ >> name_level(pair)) & 1:
        return 2                                            # drawn
    if pair.profile.caution_name:
        return 3                                            # name
    if pair.profile.caution_bio:
        return 4                                            # bio
    if pair.profile.caution_handle:
        return 5                                            # handle
    return 6 if pair.profile.organisation else 0            # organisation
