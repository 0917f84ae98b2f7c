from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.texts cimport Text

cdef int name_clues(
    const Text* written, const Text* roman, int size, HashTable known, GivenNames names, Clues clues
) except -1
