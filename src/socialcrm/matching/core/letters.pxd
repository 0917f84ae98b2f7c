from libc.stdint cimport uint8_t, uint16_t

cdef enum:
    LIMIT = 256         # characters of a text that matter, as in `socialcrm.matching.keys`
    ROOM = 4 * LIMIT    # bytes that their normal form has at most
    COVERED = 0x20000   # letters before this one have a place in the table
    LONGEST_FORM = 12

cdef enum:
    KNOWN = 1           # the letter was looked up
    ODD = 2             # its form depends on the letters beside it, or is no single word
    PARTS = 4           # parts words
    PARTS_AS_WRITTEN = 8
    ASIDE = 16          # what follows stands beside a name
    SPACE = 32
    HYPHEN = 64
    NEWLINE = 128
    QUOTE = 256
    POINT = 512         # may stand between the words of a foreign name in Han or Kana
    ASIAN = 1024        # Han or Kana

cdef struct Letter:
    uint16_t flags
    uint8_t alike       # a bit for each script whose letters look like those of others
    uint8_t letters, size, shape_size
    uint8_t form[LONGEST_FORM]          # what the letter is in normal form, as UTF-8
    uint8_t shape[LONGEST_FORM]         # the Latin letter it resembles

cdef struct Written:
    # The letters of a `str`.
    int kind
    const void* data
    Py_ssize_t size

cdef Written written(str text)
cdef unsigned int code_at(Written text, Py_ssize_t at) noexcept
cdef const Letter* letter_of(unsigned int code) except NULL
cdef Py_ssize_t normal_form(Written text, uint8_t* out) except -2
cdef Py_ssize_t skeleton(Written text, uint8_t* out) except -2
cdef bint mixes_scripts(Written text) except -1
