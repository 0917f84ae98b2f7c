from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.hashtable cimport HashTable

cdef int handle_clues(
    str letters, str core, str whole, tuple words, str purpose, HashTable known, GivenNames names, Clues clues
) except -1
