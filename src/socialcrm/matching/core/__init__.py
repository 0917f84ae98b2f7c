"""The compiled core: what is done for every text, every key and every candidate, in Cython.

Batch, one profile at a time and shards call the same functions, so all give the same numbers.
"""

from importlib.util import find_spec

if find_spec(f"{__name__}.rows") is None:
    raise ImportError(
        "the compiled core of socialcrm is not built here: run `pip install .` (or `pip install -e .`) in its folder, "
        "which needs Python's headers"
    )
