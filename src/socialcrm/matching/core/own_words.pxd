cdef enum:
    MERELY = 1      # only the name, as a namesake would write it too
    NAMED = 2       # holds the name, or begins it
    NUMBERED = 4    # merely the name and some digits, as one namesake in some dozens would write it
    LIKE = 8        # may be the name, in a spelling or reading that no table knows

cdef enum Spelling:
    # How well it is known how a name outside Latin letters is written in them.
    TABLED      # the usual ways are in tables
    LOOSE       # there are more ways
    UNREAD      # nobody can tell from its letters

cdef int own_word(str text, tuple name, int spelling=*) except -1
