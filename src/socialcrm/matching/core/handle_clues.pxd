from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.texts cimport Text

cdef int handle_clues(
    Text letters, Text core, Text whole, const Text* words, int count, HashTable known, GivenNames names, Clues clues
) except -1
