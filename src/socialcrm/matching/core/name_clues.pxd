from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.hashtable cimport HashTable

cdef int name_clues(list shown, HashTable known, GivenNames names, Clues clues) except -1
