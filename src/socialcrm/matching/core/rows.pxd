"""The rows of the tables of profiles, contacts and words, as the dtypes of the same names lay them out."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    TEXT = 24       # letters of a handle that are compared
    WORD = 15       # letters of a name's word that are compared
    OWN = 20        # letters of an own address or site that are compared
    CANONS = 6
    SURNAMES = 3

cdef packed struct ProfileRow:
    int32_t words
    int64_t platform
    int64_t core_length
    uint64_t lang
    uint8_t letters[24]
    uint8_t core[24]
    uint8_t sound[24]
    uint8_t whole[24]
    uint8_t place[24]
    uint32_t office_lands
    uint32_t place_lands
    uint16_t roles
    uint8_t parted
    uint8_t workshop
    uint8_t begins[15]
    uint8_t has_place
    uint8_t mixed
    uint8_t organisation
    uint8_t caution_name
    uint8_t caution_handle
    uint8_t caution_bio

cdef packed struct ContactRow:
    int32_t given
    int32_t middle
    int32_t surname[3]
    int32_t part[2]
    int32_t piece[2]
    uint8_t local[20]
    uint8_t label[20]
    uint8_t home[24]
    uint32_t land
    uint16_t roles
    int8_t label_size
    uint8_t local_named
    uint8_t label_named
    int8_t surname_words
    uint8_t family_first
    uint8_t foreign
    uint8_t alive
    uint64_t platforms
    uint64_t order
    uint64_t name
    uint64_t company
    uint64_t title
    uint64_t city
    uint64_t region
    uint64_t country
    uint64_t lang
    uint64_t domain

cdef packed struct WordRow:
    uint64_t hash
    int64_t length
    uint64_t initial
    uint64_t sound
    int64_t sound_length
    uint64_t sound_tail
    uint8_t text[15]
    uint8_t sound_text[15]
    uint8_t sound_first
    uint8_t sound_last
    uint64_t canon[6]
    int32_t as_given
    int32_t as_surname
    float given_prior
    float surname_prior
