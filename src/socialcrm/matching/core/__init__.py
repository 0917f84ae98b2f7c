"""The compiled core: what is done for every candidate of every profile, in Cython.

Batch, one profile at a time and shards call the same functions, so all give the same numbers.
"""
