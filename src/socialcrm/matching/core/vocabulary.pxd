cdef enum:
    WORDS = 9       # numbers of words that a name has: see `number_words`
