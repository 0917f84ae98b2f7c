cdef enum:
    MERELY = 1      # only the name, as a namesake would write it too
    NAMED = 2       # holds the name, or begins it

cdef int own_word(str text, tuple name) except -1
