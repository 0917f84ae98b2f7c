cdef tuple read_email(str address)
