from collections.abc import Sequence

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.facts import Key
from socialcrm.matching.name import Name

class ContactTexts:
    ids: list[str]
    shown: list[str]
    wholes: list[str]
    names: list[Name]
    context: list[tuple[str, ...]]
    known: list[list[tuple[str, str]]]
    sparse: list[tuple[Key, str, int]]
    words: list[tuple[bool, str, int]]
    own: list[tuple[str, str, int]]
    roles: list[int]
    foreign: list[bool]
    unread: list[bool]

    def __init__(self, contacts: Sequence[AnyContact]) -> None: ...
    def __len__(self) -> int: ...

def company_phrase(company: str) -> str: ...
