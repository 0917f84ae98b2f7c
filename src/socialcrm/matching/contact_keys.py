"""What a contact is filed under: name words and keys, read once from the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.facts import Key
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.hashing import POWER, Hashes, hash_texts, mix
from socialcrm.matching.keys import normal, scripts, skeleton, squash
from socialcrm.matching.names import Name, parse_name
from socialcrm.matching.romanise import fold
from socialcrm.matching.vocabulary import CANONS, Vocabulary, common_shares, join_sound
from socialcrm.matching.web import Site, email_domain, email_key, local_part, parse_site, phone_key
from socialcrm.matching.words import CAMPAIGN, COMPANY_FORMS, OFFICES, ROLE_AFFIXES, ROLE_WORDS, ROLES_NUMBERED

SURNAMES = 3
ROW = np.dtype(
    [
        ("given", np.int32), ("middle", np.int32), ("surname", np.int32, (SURNAMES,)), ("part", np.int32, (2,)),
        ("piece", np.int32, (2,)), ("local", "S20"), ("label", "S20"),
        ("roles", np.uint16), ("label_size", np.int8), ("local_named", np.bool_), ("label_named", np.bool_),
        ("surname_words", np.int8), ("family_first", np.bool_), ("foreign", np.bool_), ("alive", np.bool_),
        ("platforms", np.uint64), ("order", np.uint64),
        ("company", np.uint64), ("title", np.uint64), ("city", np.uint64), ("region", np.uint64),
        ("country", np.uint64), ("lang", np.uint64), ("domain", np.uint64),
    ]
)  # fmt: skip
_TEXTS = ("company", "title", "city", "region", "country", "lang", "domain")


@dataclass(slots=True)
class Encoded:
    """Contacts as arrays: one `ROW` each, and the keys they are filed under (``rows`` counts from 0)."""

    table: NDArray[np.void]
    keys: Hashes
    rows: NDArray[np.int32]


@dataclass(slots=True)
class _Sparse:
    texts: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, kind: Key, text: str, row: int) -> None:
        if text:
            self.texts.append(text)
            self.kinds.append(kind)
            self.rows.append(row)


def company_phrase(company: str) -> str:
    """A company's name without its legal form, as it would stand in a bio; empty if too short to say anything."""
    words = normal(company.split(",")[0]).split()
    while words and words[-1] in COMPANY_FORMS:
        words.pop()
    phrase = " ".join(words[:5])
    return phrase if len(phrase) > 2 else ""


def encode_contacts(contacts: list[AnyContact], words: Vocabulary, platforms: dict[str, int]) -> Encoded:
    """Read contacts into arrays; new name words go into ``words`` and new platforms into ``platforms``."""
    table = np.zeros(len(contacts), dtype=ROW)
    sparse = _Sparse()
    names: list[tuple[int, ...]] = []
    texts: list[tuple[str, ...]] = []
    flags: list[tuple[int, bool, bool, int]] = []
    own: list[tuple[bytes, bytes, bool, bool, int, int]] = []
    for row, contact in enumerate(contacts):
        name = parse_name(contact.first_name, contact.last_name, contact.full_name, contact.country)
        names.append(_name_words(name, words))
        texts.append(_context(contact))
        flags.append(
            (name.surname_words, name.family_first, _foreign(contact), _known(contact, row, sparse, platforms))
        )
        _addresses(contact, name, row, sparse)
        own.append(_own_texts(contact, name))
        sparse.add(Key.SHAPE, skeleton(contact.name[:128]), row)
        if not contact.name.isascii():
            sparse.add(Key.WHOLE_NAME, squash(contact.name), row)
    words.settle()
    _fill(table, names, texts, flags)
    for column, values in zip(
        ("local", "label", "local_named", "label_named", "label_size", "roles"), zip(*own, strict=True), strict=False
    ):
        table[column] = values
    table["order"] = hash_texts([contact.id for contact in contacts])
    keys, rows = _name_keys(table, words)
    hashed = hash_texts(sparse.texts)
    salted = np.zeros_like(hashed)
    kinds = np.asarray(sparse.kinds, dtype=np.int64)
    for kind in np.unique(kinds):
        salted[kinds == kind] = mix(hashed[kinds == kind], int(kind))
    return Encoded(
        table, np.concatenate([keys, salted]), np.concatenate([rows, np.asarray(sparse.rows, dtype=np.int32)])
    )


def _name_words(name: Name, words: Vocabulary) -> tuple[int, ...]:
    surnames = (*name.surnames[:SURNAMES], *[""] * (SURNAMES - len(name.surnames)))
    parts = (*name.parts[-2:], *[""] * (2 - len(name.parts)))
    pieces = name.syllables or (name.given, name.middle)
    return tuple(map(words.intern, (name.given, name.middle, *surnames, *parts, *pieces)))


def _context(contact: AnyContact) -> tuple[str, ...]:
    domain = email_domain(contact.emails[0]) if contact.emails else ""
    return (
        company_phrase(contact.company), normal(contact.title), normal(contact.city), normal(contact.region),
        normal(contact.country), contact.lang.split("-")[0].casefold(), domain,
    )  # fmt: skip


def _fill(
    table: NDArray[np.void],
    names: list[tuple[int, ...]],
    texts: list[tuple[str, ...]],
    flags: list[tuple[int, bool, bool, int]],
) -> None:
    table["alive"] = True
    if not names:
        return
    numbers = np.asarray(names, dtype=np.int32)
    table["given"], table["middle"] = numbers[:, 0], numbers[:, 1]
    table["surname"], table["part"] = numbers[:, 2 : 2 + SURNAMES], numbers[:, 2 + SURNAMES : 4 + SURNAMES]
    table["piece"] = numbers[:, 4 + SURNAMES :]
    table["surname_words"], table["family_first"], table["foreign"], table["platforms"] = zip(*flags, strict=True)
    for column, values in zip(_TEXTS, zip(*texts, strict=True), strict=True):
        table[column] = hash_texts(values)


def _known(contact: AnyContact, row: int, sparse: _Sparse, platforms: dict[str, int]) -> int:
    mask = 0
    for platform, handles in contact.handles.items():
        name = platform_key(platform)
        for handle in handles[:20]:
            key = known_key(platform, handle)
            if key:
                mask |= 1 << platforms.setdefault(name, len(platforms) % 64)
                sparse.add(Key.KNOWN, f"{name} {key}", row)
                sparse.add(Key.KNOWN_SHAPE, f"{name} {skeleton(key)}", row)
    return mask


def _addresses(contact: AnyContact, name: Name, row: int, sparse: _Sparse) -> None:
    for address in contact.emails[:5]:
        key = email_key(address)
        local = local_part(key)
        sparse.add(Key.EMAIL, key, row)
        if len(local) > 3:
            sparse.add(Key.LOCAL_NAME if is_merely(local, name) else Key.LOCAL_OWN, local, row)
    for address in contact.websites[:5]:
        site = parse_site(address)
        label = "".join(filter(str.isalnum, _site_name(site, name)))
        if site.account:
            sparse.add(Key.SITE_ACCOUNT, " ".join(site.account), row)
        if len(label) > 3:
            sparse.add(Key.SITE_NAME if is_merely(label, name) else Key.SITE_OWN, label, row)
        sparse.add(Key.PAGE, site.page, row)
        if site.domain and site.host == site.page and not site.account:
            sparse.add(Key.DOMAIN, site.host, row)
    for number in contact.phones[:5]:
        sparse.add(Key.PHONE, phone_key(number), row)


def _foreign(contact: AnyContact) -> bool:
    """True if the name is not in Latin letters, so that its spelling in a handle is a matter of school."""
    return not contact.name.isascii() and bool(scripts(contact.name) - {"Latin"})


def _own_texts(contact: AnyContact, name: Name) -> tuple[bytes, bytes, bool, bool, int, int]:
    """The local part of the first address, the name of the first site or the account it is, and if each is the name."""
    local = local_part(email_key(contact.emails[0])) if contact.emails else ""
    site = parse_site(contact.websites[0]) if contact.websites else Site()
    if not site.host and contact.emails:
        site = parse_site(email_domain(contact.emails[0]))
    label = _site_name(site, name)
    if label == local:
        site, label = Site(), ""  # says nothing besides the address
    suffix = "" if label != site.label or not site.domain else site.domain.removeprefix(site.label)
    words = {*normal(contact.title).split(), *normal(contact.company).split()}
    held = {ROLE_WORDS[word] for word in words if word in ROLE_WORDS}
    roles = sum(1 << ROLES_NUMBERED[role] for role in (held if held.isdisjoint(OFFICES) else held | {CAMPAIGN}))
    label = "".join(filter(str.isalnum, label))
    whole = label + "".join(filter(str.isalnum, suffix))
    merely = is_named(local, name), is_named(label, name)
    return local.encode()[:20], whole.encode()[:20], *merely, min(len(label), 20), roles


def _site_name(site: Site, name: Name) -> str:
    """What a site is called: the account that it is, the part of its host that is the contact's name, or its domain."""
    if site.account:
        return site.account[1].split("@")[0]
    below = site.host.removesuffix(site.domain).rstrip(".").split(".")[-1] if site.domain else ""
    return below if len(below) > 2 and is_named(below, name) and not is_named(site.label, name) else site.label


def is_merely(text: str, name: Name) -> bool:
    """True if a text is only the name, as a namesake would write it too. Two digits make it one's own."""
    letters = text.rstrip("0123456789")
    if any(is_merely(rest, name) for rest in _without_role(letters)):
        return True
    if len(text) - len(letters) > 1:
        return False
    written, given, middle = _bare(letters), _bare(name.given), _bare(name.middle)
    initials = given[:1] + middle[:1]
    if written in (given, middle, _seam(given, middle)):
        return True
    for surname in map(_bare, name.surnames + name.parts):
        both = ((given, surname), (given[:1], surname), (initials, surname), (given, surname[:1]))
        if written == surname or any(written in (_seam(one, two), _seam(two, one)) for one, two in both):
            return True
        if middle and written in (_seam(_seam(given, middle), surname), given + middle[:1] + surname):
            return True
    return False


_ROLES = tuple(ROLE_AFFIXES)


def _without_role(text: str) -> list[str]:
    """The text without a title or role at its beginning or end, where it has one."""
    # Nearly no text has one; asking about all at once is what keeps a million contacts cheap.
    heads = _ROLES if text.startswith(_ROLES) else ()
    tails = _ROLES if text.endswith(_ROLES) else ()
    return [text[len(role) :] for role in heads if text.startswith(role) and len(text) > len(role) + 2] + [
        text[: -len(role)] for role in tails if text.endswith(role) and len(text) > len(role) + 2
    ]


def is_named(text: str, name: Name) -> bool:
    """True if a text is the name or holds the given name or surname: letters in common may be those of the name."""
    words = [_bare(word) for word in (name.given, *name.surnames, *name.parts, *name.syllables) if len(word) > 2]
    sound = _bare(text)
    if is_merely(text, name) or any(len(word) > 2 and (word in sound or word.startswith(sound)) for word in words):
        return True
    return text in common_shares("given")[0]


@lru_cache(maxsize=65_536)
def _bare(text: str) -> str:
    """How a text sounds, without any h: `fold` keeps one that begins a word, and here words are written together."""
    return fold(text).replace("h", "")


def _seam(left: str, right: str) -> str:
    return left + right[1:] if left[-1:] == right[:1] else left + right


def _name_keys(table: NDArray[np.void], words: Vocabulary) -> tuple[Hashes, NDArray[np.int32]]:
    """Keys made of name words, without writing a single text."""
    given, middle = words.table[table["given"]], words.table[table["middle"]]
    numbers = np.arange(len(table), dtype=np.int32)
    columns: list[Hashes] = []
    for place in range(SURNAMES):
        surname = words.table[table["surname"][:, place]]
        both = (given["hash"] != 0) & (surname["hash"] != 0)
        columns += [np.where(both, column, np.uint64(0)) for column in _full_name_keys(given, middle, surname)]
        columns.append(mix(surname["hash"], Key.SURNAME))
    for place in range(2):
        part = words.table[table["part"][:, place]]
        both = (given["hash"] != 0) & (part["hash"] != 0)
        columns.append(np.where(both, mix(given["hash"] + part["hash"], Key.NAME), np.uint64(0)))
        columns.append(mix(part["hash"], Key.SURNAME))
    alone = table["surname"][:, 0] == 0
    columns.append(np.where(alone, mix(given["hash"], Key.FORM), np.uint64(0)))
    keys = np.concatenate(columns) if columns else np.zeros(0, dtype=np.uint64)
    rows = np.tile(numbers, len(columns))
    return keys[keys != 0], rows[keys != 0]


def _full_name_keys(given: NDArray[np.void], middle: NDArray[np.void], surname: NDArray[np.void]) -> list[Hashes]:
    g, s, m = given["hash"], surname["hash"], middle["hash"]
    to_surname, to_given = POWER[surname["length"]], POWER[given["length"]]
    one = POWER[1]
    first = given["initial"]
    long = surname["length"] > 3
    forms = [
        g * to_surname + s,
        s * to_given + g,
        np.where(long, first * to_surname + s, 0),
        np.where(long, s * one + first, 0),
        np.where(given["length"] > 3, g * one + surname["initial"], 0),
        np.where(m != 0, (first * one + middle["initial"]) * to_surname + s, 0),
    ]
    keys = [mix(np.asarray(form, dtype=np.uint64), Key.FORM) for form in forms]
    keys.append(mix(g + s, Key.NAME))
    keys.append(np.where(m != 0, mix(m + s, Key.NAME), np.uint64(0)))
    keys.append(mix(given["sound"] + surname["sound"], Key.SOUND))
    keys += [mix(join_sound(given, surname), Key.SOUND_FORM), mix(join_sound(surname, given), Key.SOUND_FORM)]
    keys += [np.where(c != 0, mix(c + s, Key.VARIANT), np.uint64(0)) for c in given["canon"].T[:CANONS]]
    return keys
