"""The normal forms of profiles, one profile after another: all that is done to texts before arrays take over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import ProfileRow
from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.handles import Handle, known_key, parse_handle, platform_key
from socialcrm.matching.hashing import FEW, Rows, joined
from socialcrm.matching.keys import LIMIT, mixed_script, normal, squash
from socialcrm.matching.names import display_words
from socialcrm.matching.romanise import fold
from socialcrm.matching.web import email_key, emails_in, local_part, parse_site, phones_in
from socialcrm.matching.words import BIO_CAUTIONS, CAUTIONS, ORGANISATION, ROLES_NUMBERED, WORKSHOPS
from socialcrm.model import Profile

AnyProfile = Profile | ProfileRow
_BIO, _SHOWN = 1024, 128
_ROLE_BITS = {role: 1 << number for role, number in ROLES_NUMBERED.items()}


@dataclass(slots=True)
class Flat:
    """Lists of texts of many profiles, written one after another: ``counts`` says how many are whose."""

    texts: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, texts: Collection[str]) -> None:
        """Add the texts of the next profile."""
        self.texts += texts
        self.counts.append(len(texts))

    def rows(self) -> Rows:
        """Whose each text is."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(slots=True)
class Sparse:
    """Texts that few profiles have, with their kind of question and the profile each is of."""

    texts: list[str] = field(default_factory=list)
    questions: list[tuple[Key, Clue]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, row: int, key: Key, clue: Clue, text: str) -> None:
        """Add a text, unless it is empty."""
        if text:
            self.texts.append(text)
            self.questions.append((key, clue))
            self.rows.append(row)


class ProfileTexts:
    """What a block of profiles says, in normal form, column by column."""

    def __init__(self, profiles: Sequence[AnyProfile]) -> None:
        self.platforms = [platform_key(profile.platform) for profile in profiles]
        self.ids = [profile.id.casefold() for profile in profiles]
        self.handles: list[Handle] = []
        self.words = Flat()
        self.bios, self.places = Flat(), Flat()
        self.shown: list[list[tuple[str, str]]] = []
        self.sparse = Sparse()
        self.flags: list[tuple[object, ...]] = []
        self.known = [
            known_key(platform, profile.handle) for platform, profile in zip(self.platforms, profiles, strict=True)
        ]
        for row, (profile, platform) in enumerate(zip(profiles, self.platforms, strict=True)):
            self._read(row, profile, platform)
        self.letters = [handle.letters for handle in self.handles]
        self.cores = [handle.core for handle in self.handles]
        self.display_names = [profile.display_name[:_SHOWN] for profile in profiles]
        self.whole_names = ["" if name.isascii() else squash(name) for name in self.display_names]
        self.langs = [profile.lang.split("-")[0].casefold() if profile.lang else "" for profile in profiles]

    def __len__(self) -> int:
        return len(self.ids)

    def word_sounds(self) -> Flat:
        """How the words of handles of several words sound."""
        out = Flat()
        for handle in self.handles:
            out.add([fold(word) for word in handle.words] if len(handle.words) > 1 else ())
        return out

    def flag_columns(self) -> dict[str, Sequence[object]]:
        """Columns of values that are no texts."""
        return dict(zip(_FLAGS, zip(*self.flags, strict=True), strict=bool(self.flags)))

    def _read(self, row: int, profile: AnyProfile, platform: str) -> None:
        handle = parse_handle(platform, profile.handle)
        shown = display_words(profile.display_name) if profile.display_name else []
        bio = _normal_bio(profile.bio) if profile.bio else ""
        place = normal(profile.location).split() if profile.location else ()
        parted = len(handle.words) > 1
        self.handles.append(handle)
        self.shown.append(shown)
        self.words.add(handle.words)
        self.bios.add(bio.split())
        self.places.add(place)
        self._addresses(row, profile, platform)
        said = normal(profile.display_name).split() if profile.display_name else ()
        mixed = not (profile.display_name.isascii() and profile.handle.isascii()) and (
            mixed_script(profile.display_name) or mixed_script(profile.handle)
        )
        roles = sum(_ROLE_BITS[role] for role in handle.roles)
        lands = handle.office_lands, handle.place_lands
        self.flags.append(
            (
                roles, parted, platform in WORKSHOPS, len(shown), len(handle.core), bool(place), mixed,
                not ORGANISATION.isdisjoint(said), not CAUTIONS.isdisjoint(said), bool(handle.cautions),
                bool(bio) and any(phrase in bio for phrase in BIO_CAUTIONS), *lands,
            )
        )  # fmt: skip

    def _addresses(self, row: int, profile: AnyProfile, platform: str) -> None:
        ask = self.sparse.add
        if platform == "bluesky" and "." in self.known[row]:
            ask(row, Key.DOMAIN, Clue.SITE_HOST, self.known[row])
        if profile.email and local_part(profile.email):
            ask(row, Key.EMAIL, Clue.EMAIL_VOUCHED, email_key(profile.email))
        if profile.bio:
            for one in emails_in(profile.bio):
                if local_part(one):
                    ask(row, Key.EMAIL, Clue.EMAIL_IN_BIO, one)
            for number in phones_in(profile.bio):
                ask(row, Key.PHONE, Clue.PHONE, number)
        for address in profile.urls[:5]:
            ask(row, Key.PAGE, Clue.PAGE, parse_site(address).page)


_NO_BYTES, _NO_LENGTHS = np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.int64)
_FLAGS = (
    "roles", "parted", "workshop", "words", "core_length", "has_place", "mixed", "organisation", "caution_name",
    "caution_handle", "caution_bio", "office_lands", "place_lands",
)  # fmt: skip


def _normal_bio(bio: str) -> str:
    if len(bio) <= LIMIT:
        return normal(bio)
    parts = (bio[start : start + LIMIT] for start in range(0, min(len(bio), _BIO), LIMIT))
    return " ".join(filter(None, map(normal, parts)))


def bytes_column(texts: Sequence[str], width: int) -> NDArray[np.bytes_]:
    """Texts as bytes of one width, longer ones cut."""
    few = len(texts) <= FEW
    data, lengths = (_NO_BYTES, _NO_LENGTHS) if few else joined(texts)
    if few or lengths.max(initial=0) > width:
        return np.asarray([text.encode()[:width] for text in texts], dtype=f"S{width}")
    out = np.zeros((len(texts), width), dtype=np.uint8)
    out[np.arange(width) < lengths[:, None]] = data
    return out.view(f"S{width}")[:, 0]
