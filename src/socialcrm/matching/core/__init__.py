"""The compiled core: what is done for every text, every key and every candidate, in Cython.

Batch, one profile at a time and shards call the same functions, so all give the same numbers. In the order in which
a profile goes through them:

- texts: `letters`, `sound`, `handle`, `purpose`, `person`, `email`, `shown_name`, `own_words`; a block of them in
  `profile_texts` and `contact_texts`
- keys: `hashing`, `clues`, `name_clues`, `handle_clues` and `encode` for profiles, `contact_keys` for contacts
- the index: `filing` sorts, `postings` looks up, `vocabulary` and `packing` keep words and records
- pairs: `candidates` and `near` propose, `run` walks them, `compare_…` has a function for each kind of evidence,
  `reading` reads handles as pieces of names, `kinds` lists the kinds, `scoring` adds up
"""

from importlib.util import find_spec

if find_spec(f"{__name__}.rows") is None:
    raise ImportError(
        "the compiled core of socialcrm is not built here: run `pip install .` (or `pip install -e .`) in its folder, "
        "which needs Python's headers"
    )
