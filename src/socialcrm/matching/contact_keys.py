"""What a contact is filed under: name words and keys, read once from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.core import contact_keys as core
from socialcrm.matching.core.contact_texts import ContactTexts
from socialcrm.matching.core.filing import Filing
from socialcrm.matching.facts import Key
from socialcrm.matching.keys import skeleton
from socialcrm.matching.vocabulary import Vocabulary

SURNAMES = 3
ROW = np.dtype(
    [
        ("given", np.int32), ("middle", np.int32), ("surname", np.int32, (SURNAMES,)), ("part", np.int32, (2,)),
        ("piece", np.int32, (2,)), ("local", "S20"), ("label", "S20"), ("home", "S24"), ("land", np.uint32),
        ("roles", np.uint16), ("label_size", np.int8), ("local_named", np.uint8), ("label_named", np.uint8),
        ("surname_words", np.int8), ("family_first", np.bool_), ("foreign", np.bool_), ("alive", np.bool_),
        ("platforms", np.uint64), ("order", np.uint64), ("name", np.uint64),
        ("company", np.uint64), ("title", np.uint64), ("city", np.uint64), ("region", np.uint64),
        ("country", np.uint64), ("lang", np.uint64), ("domain", np.uint64),
    ]
)  # fmt: skip
_NAME_KINDS = sum(
    1 << kind for kind in (Key.NAME, Key.VARIANT, Key.SOUND, Key.FORM, Key.SOUND_FORM, Key.SURNAME, Key.SHAPE,
                    Key.WHOLE_NAME, Key.SURNAME_AT_WORK, Key.NAME_AT_HOME)
)  # fmt: skip


@dataclass(slots=True)
class Encoded:
    """Contacts as arrays: one `ROW` each, the keys they are filed under (rows count from 0), and the keys' kinds."""

    table: NDArray[np.void]
    filing: Filing
    kinds: int


def encode_contacts(contacts: Sequence[AnyContact], words: Vocabulary, platforms: dict[str, int]) -> Encoded:
    """Read contacts into arrays; new name words go into ``words`` and new platforms into ``platforms``."""
    return encode_texts(ContactTexts(contacts), words, platforms)


def encode_texts(texts: ContactTexts, words: Vocabulary, platforms: dict[str, int]) -> Encoded:
    """Make arrays of contacts in normal form."""
    table = np.zeros(len(texts), dtype=ROW)
    filing = Filing()
    core.fill_names(table, words.numbers(texts.names), texts.names, texts.wholes, texts.foreign, texts.roles)
    core.fill_context(table, texts.ids, texts.context)
    flags = core.fill_own_words(table, texts.own, texts.names, texts.spellings)
    core.file_names(table, words.table, filing)
    core.file_shapes(texts.shown, filing)
    core.file_texts(Key.WHOLE_NAME, texts.wholes, filing)
    kinds = _NAME_KINDS | core.file_words(texts.words, texts.own, flags, texts.names, texts.spellings, filing)
    kinds |= core.file_sparse([*texts.sparse, *_known(table, texts, platforms)], filing)
    return Encoded(table, filing, kinds)


def _known(table: NDArray[np.void], texts: ContactTexts, platforms: dict[str, int]) -> list[tuple[Key, str, int]]:
    keys: list[tuple[Key, str, int]] = []
    for row, accounts in enumerate(texts.known):
        if accounts:
            shapes = [skeleton(key) for _, key in accounts]
            bits = {1 << platforms.setdefault(platform, len(platforms) % 64) for platform, _ in accounts}
            table["platforms"][row] = np.uint64(sum(bits))
            for (platform, key), shape in zip(accounts, shapes, strict=True):
                keys += [(Key.KNOWN, f"{platform} {key}", row), (Key.KNOWN_SHAPE, f"{platform} {shape}", row)]
    return keys
