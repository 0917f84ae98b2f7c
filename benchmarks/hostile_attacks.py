"""The attacks of the hostile set and its honest controls: one function each, from a customer to accounts.

An attacker knows everything public about a customer and cannot change what the CRM holds. The classes
in `COPIES` copy a profile whole; those in `RESIDUAL` are beyond what any rule over public clues can
tell from the customer, and are counted by themselves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hostile_people import CULTURES, Person, company_host

from socialcrm.model import Contact, Profile

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLATFORMS = ("bluesky", "mastodon", "github", "forum", "instagram")
CYRILLIC = str.maketrans("aeocpxyiAEOPCTHKM", "аеосрхуіАЕОРСТНКМ")
GREEK = str.maketrans("oavnuAEOTHKM", "οανηυΑΕΟΤΗΚΜ")
DIGITS = str.maketrans("oliesa", "011354")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True, slots=True)
class Case:
    """Accounts that appear together; ``genuine`` are the customer's own, seen and linked before."""

    kind: str
    profiles: tuple[Profile, ...]
    owner: str = ""
    genuine: tuple[Profile, ...] = ()


Account = Callable[[Person, random.Random], Profile]


class Maker:
    """Makes accounts with ids that never repeat."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.made = 0

    def account(self, *, days: int | None = None, **fields: object) -> Profile:
        """An account; ``days`` is its age, without one it is any age or unknown."""
        self.made += 1
        age = days if days is not None else self.chance.choice((None, 3, 40, 200, 1500))
        born = None if age is None else NOW - timedelta(days=age)
        given = {"platform": self.chance.choice(PLATFORMS), "id": f"a{self.made}", "created_at": born, **fields}
        return Profile.model_validate(given)

    def plain(self, person: Person, **fields: object) -> Profile:
        """The customer's name and nothing else."""
        return self.account(**{"display_name": person.shown, "handle": self.handle(person), **fields})

    def copy(self, person: Person, **fields: object) -> Profile:
        """Everything public about a customer, but for the private address."""
        record = person.contact
        public = {
            "bio": f"{record.title} at {record.company}, {record.city}",
            "urls": (record.websites[0],),
            "location": f"{record.city}, {record.country}",
        }
        return self.plain(person, **{**public, **fields})

    def handle(self, person: Person) -> str:
        """A handle of the name, or of nothing where the name is not in Latin letters."""
        first, last = person.latin
        full = f"{first}{last}" if len(first) > 2 and len(last) > 2 else f"guest{self.made:06}"
        return self.chance.choice((full, f"{full}{self.made}", f"{first}.{last}" if first and last else full))


def attacks(crowd: list[Person], chance: random.Random, *, each: int) -> Iterator[Case]:
    """``each`` attacks of every class."""
    make = Maker(chance)
    for kind, attack in ATTACKS.items():
        for _ in range(each):
            yield replace(attack(make, chance.choice(crowd), chance), kind=kind)


def _mail(person: Person) -> str:
    return f"Write to {person.address}"


def _case(*profiles: Profile, owner: str = "", genuine: tuple[Profile, ...] = ()) -> Case:
    return Case("", profiles, owner, genuine)


def _wearing(*words: str) -> Callable[[Maker, Person, random.Random], Case]:
    """The name with a word of impostors, with the customer's own address in the bio."""

    def attack(make: Maker, person: Person, chance: random.Random) -> Case:
        name = chance.choice(("{n} {w}", "{w} {n}", "{n} ({w})", "{n} | {w}", "{n} {w} ✅")).format(
            n=person.shown, w=chance.choice(words)
        )
        return _case(make.copy(person, display_name=name, bio=_mail(person), days=1500))

    return attack


def _drawn(*tables: dict[int, int]) -> Callable[[Maker, Person, random.Random], Case]:
    """The name in letters that only look right."""

    def attack(make: Maker, person: Person, chance: random.Random) -> Case:
        name = person.shown.translate(chance.choice(tables))
        if name == person.shown:
            name = f"{person.shown} оfficial"
        return _case(make.copy(person, display_name=name, bio=_mail(person), days=1500))

    return attack


def _recorded(change: Callable[[str, random.Random], str]) -> Callable[[Maker, Person, random.Random], Case]:
    """An account near the one on the record, on its platform."""

    def attack(make: Maker, person: Person, chance: random.Random) -> Case:
        handle = change(person.recorded, chance)
        return _case(make.copy(person, platform="x", handle=handle, bio=_mail(person), days=1500))

    return attack


def _squat(handle: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(handle) - 5)
    forms = (handle[:at] + handle[at + 1 :], handle[:at] + handle[at] + handle[at:], handle + "_", "_" + handle)
    return chance.choice((*forms, handle.replace("_", "."), handle.replace("_", "__"), handle + "s"))


def _own(make: Maker, person: Person, **fields: object) -> Profile:
    """The customer's account, as it was seen before."""
    return make.copy(person, **{"bio": _mail(person), "days": 2500, **fields})


def _beside(make: Maker, person: Person, chance: random.Random) -> Case:
    own = _own(make, person)
    copied = own.model_copy(update={"id": f"{own.id}-copy", "handle": make.handle(person), "created_at": None})
    return _case(copied, owner=person.contact.id, genuine=(own,))


def _recycled(make: Maker, person: Person, chance: random.Random) -> Case:
    own = _own(make, person, platform="x", handle=person.recorded)
    taken = make.account(
        platform="x", handle=person.recorded, display_name=chance.choice((person.shown, "✨", "new here"))
    )
    return _case(taken, owner=person.contact.id, genuine=(own,))


def _namesake(make: Maker, person: Person, chance: random.Random) -> Case:
    town = chance.choice(("Lima, Peru", "Oslo, Norway", ""))
    return _case(make.plain(person, location=town, bio=chance.choice(("Gamer", "Coffee first", "Architect", ""))))


def _colleague(make: Maker, person: Person, chance: random.Random) -> Case:
    bio = f"At {person.contact.company}. info@{person.company_host}"
    return _case(make.plain(person, bio=bio, urls=(f"https://{person.company_host}",), location="Quito, Ecuador"))


def _organisation(make: Maker, person: Person, chance: random.Random) -> Case:
    label = person.company_host.removesuffix(".example")
    platform, handle = chance.choice((("bluesky", person.company_host), ("forum", label), ("github", label)))
    bio, site = f"Mail info@{person.company_host}", f"https://{person.company_host}"
    email = chance.choice(("", f"info@{person.company_host}"))
    name = person.contact.company
    return _case(make.account(platform=platform, handle=handle, display_name=name, bio=bio, urls=(site,), email=email))


def _company_handle(make: Maker, person: Person, chance: random.Random) -> Case:
    label = person.company_host.removesuffix(".example")
    return _case(make.copy(person, platform=chance.choice(("forum", "github")), handle=label, days=1500))


def _generation(make: Maker, person: Person, chance: random.Random) -> Case:
    suffix = chance.choice(("Jr", "Jr.", "Sr", "II", "III", "Junior", "the Younger"))
    return _case(make.copy(person, display_name=f"{person.shown} {suffix}", bio=_mail(person), days=1500))


def _relative(make: Maker, person: Person, chance: random.Random) -> Case:
    givens = [name for name in CULTURES[person.culture][0].split() if name != person.first]
    name = chance.choice((f"{person.first[0]}. {person.last}", f"{chance.choice(givens)} {person.last}"))
    handle = f"{make.handle(person)[:2]}{make.made}"
    return _case(make.copy(person, display_name=name, handle=handle, bio=_mail(person), days=1500))


def _figure(make: Maker, person: Person, chance: random.Random) -> Case:
    first, last = person.latin
    handle = f"{first}{last}" or f"star{make.made}"
    bio = chance.choice(("Singer. New album out now", "Member of parliament", "Striker", "Actor, she knows"))
    return _case(make.account(display_name=person.shown, handle=handle, bio=bio, verified=True, followers=3_000_000))


def _near_address(make: Maker, person: Person, chance: random.Random) -> Case:
    local, domain = person.address.split("@")
    alike = f"{local.replace('a', 'а')}@{domain.replace('a', 'а')}"
    others = (f"{local}x", f"{local[:-1]}", f"x{local}", f"{local[1:]}")
    hosts = (f"{domain}.evil.example", f"mail.{domain}", "mailb0x.example")
    near = (alike, *(f"{other}@{domain}" for other in others), *(f"{local}@{host}" for host in hosts))
    return _case(make.copy(person, bio=f"Write to {chance.choice(near)}", days=1500))


def _near_handle(make: Maker, person: Person, chance: random.Random) -> Case:
    local = person.secret
    return _case(
        make.copy(person, handle=chance.choice((f"{local}1", f"real{local}", local[:-1], f"{local}x")), days=1500)
    )


def _elsewhere(make: Maker, person: Person, chance: random.Random) -> Case:
    platform = chance.choice(("bluesky", "mastodon", "forum"))
    return _case(make.copy(person, platform=platform, handle=person.recorded, days=1500))


def _nobody(make: Maker, person: Person, chance: random.Random) -> Case:
    name = chance.choice(("✨🚀✨", "Unknown User", "user", ".", "anonymous", "null", "🦊", "—", "Deleted Account", ""))
    return _case(make.copy(person, display_name=name, handle=chance.choice(("user", "", "x9", "guest")), days=1500))


def _empty(make: Maker, person: Person, chance: random.Random) -> Case:
    return _case(
        make.account(handle=chance.choice(("", "a", "1", "user123", "\u200b")), display_name=chance.choice(("", " ")))
    )


def _turned(make: Maker, person: Person, chance: random.Random) -> Case:
    name = f"{person.last} {person.first}"
    return _case(make.plain(person, display_name=name, handle=f"zq{make.made}", location=person.contact.city))


def _nickname(make: Maker, person: Person, chance: random.Random) -> Case:
    short = f"{person.first[: max(1, len(person.first) // 2)]} {person.last}"
    return _case(make.copy(person, display_name=short, handle=f"zq{make.made}", bio=_mail(person), days=1500))


def _transliterated(make: Maker, person: Person, chance: random.Random) -> Case:
    first, last = person.latin
    name = f"{first} {last}".title() if first and last else person.shown[::-1]
    return _case(make.plain(person, display_name=name, location=person.contact.country))


def _defamer(make: Maker, person: Person, chance: random.Random) -> Case:
    bio = chance.choice((f"{person.shown} ({person.address}) owes me money", f"not {person.address}"))
    name = chance.choice(("The Truth", f"I hate {person.shown}", f"{person.shown} is a thief", f"Not {person.shown}"))
    return _case(make.account(display_name=name, handle=f"truth{make.made}", bio=bio, days=1500))


def _invisible(make: Maker, person: Person, chance: random.Random) -> Case:
    hidden = chance.choice(("\u200b", "\u2060", "\u00ad", "\u200d", "\ufeff", "\u202e"))
    at = len(person.recorded) // 2
    handle = person.recorded[:at] + hidden + person.recorded[at:]
    return _case(make.copy(person, platform="x", handle=handle, bio=_mail(person), days=1500))


def _case_twin(make: Maker, person: Person, chance: random.Random) -> Case:
    folds = {"s": "ſ", "k": "\u212a", "i": "İ", "ss": "ß", "st": "ﬆ"}
    handle = person.recorded
    for letters, other in folds.items():
        handle = handle.replace(letters, other)
    return _case(
        make.copy(person, platform="x", handle=handle if handle != person.recorded else handle + "ß", days=1500)
    )


def _swarm(size: int, *, address: bool) -> Callable[[Maker, Person, random.Random], Case]:
    def attack(make: Maker, person: Person, chance: random.Random) -> Case:
        bio = {"bio": _mail(person)} if address else {}
        swarm = [make.copy(person, platform="bluesky", days=chance.randrange(60), **bio) for _ in range(size)]
        return _case(*swarm)

    return attack


def _fresh_copy(make: Maker, person: Person, chance: random.Random) -> Case:
    handle = chance.choice((person.secret, make.handle(person)))
    return _case(make.copy(person, bio=_mail(person), handle=handle, days=chance.randrange(60)))


def _fresh_phone(make: Maker, person: Person, chance: random.Random) -> Case:
    return _case(make.copy(person, bio=f"Call {person.contact.phones[0]}", days=chance.randrange(60)))


ATTACKS: dict[str, Callable[[Maker, Person, random.Random], Case]] = {
    "look-alike letters": _drawn(CYRILLIC, GREEK),
    "digits for letters": _drawn(DIGITS),
    "full-width handle": _recorded(lambda handle, _: handle.translate(WIDE)),
    "look-alike handle": _recorded(lambda handle, _: handle.translate(CYRILLIC)),
    "typo-squatted handle": _recorded(_squat),
    "invisible character in the handle": _invisible,
    "letters that fold into others": _case_twin,
    "official": _wearing("Official", "OFFICIAL", "official account", "Oficial", "Offiziell", "The Real Official"),
    "giveaway": _wearing("Giveaway", "GIVEAWAYS", "Airdrop", "Prize", "Winner", "Rewards"),
    "support": _wearing("Support", "Refunds", "Helpdesk", "Customercare", "Claims Desk", "Recovery Team"),
    "parody and fan": _wearing("Parody", "Fan", "Fan Club", "fanpage", "Satire", "Tribute", "Quotes", "Updates"),
    "whole copy": lambda make, person, _: _case(make.copy(person)),
    "whole copy with linked site and recorded handle elsewhere": _elsewhere,
    "whole copy with e-mail, new account": _fresh_copy,
    "whole copy with phone number, new account": _fresh_phone,
    "whole copy with e-mail beside the customer": _beside,
    "namesake": _namesake,
    "namesake at the same company": _colleague,
    "public figure": _figure,
    "generation": _generation,
    "relative": _relative,
    "recycled handle": _recycled,
    "near e-mail": _near_address,
    "near e-mail as handle": _near_handle,
    "organisation on the company's domain": _organisation,
    "handle after the company's site": _company_handle,
    "emoji or placeholder name": _nobody,
    "empty profile": _empty,
    "words in the other order": _turned,
    "nickname or shortened name": _nickname,
    "another script": _transliterated,
    "defamer who quotes the address": _defamer,
}  # fmt: skip
COPIES = frozenset(kind for kind in ATTACKS if kind.startswith("whole copy"))
SWARMS = {"swarm of 50": _swarm(50, address=False), "swarm of 200 with e-mail": _swarm(200, address=True),
          "swarm of 1000 with e-mail": _swarm(1000, address=True)}  # fmt: skip


def swarms(crowd: list[Person], chance: random.Random, *, most: int) -> Iterator[Case]:
    """One swarm of each size up to ``most`` accounts, all with one customer's name."""
    make = Maker(chance)
    make.made = 10_000_000
    for kind, swarm in SWARMS.items():
        case = swarm(make, chance.choice(crowd), chance)
        yield replace(case, kind=kind, profiles=case.profiles[:most])


def residual(crowd: list[Person], chance: random.Random, *, each: int) -> Iterator[Case]:
    """Old accounts with the customer's name and private address while the customer's own was never seen."""
    make = Maker(chance)
    make.made = 20_000_000
    for _ in range(each):
        person = chance.choice(crowd)
        yield Case("old account with the private address", (make.copy(person, bio=_mail(person), days=1500),))


def _disguise(person: Person, chance: random.Random) -> str:
    """A name as honest people dress it."""
    return chance.choice(("{}", "{} ✨", "✈️ {}", "{} 🌻🌻", "{}.", "Dr {}", "{} ")).format(person.shown)


CONTROLS: dict[str, Callable[[Maker, Person, random.Random], Profile]] = {
    "recorded handle": lambda make, person, chance: make.account(
        platform="x", handle=chance.choice((person.recorded, person.recorded.upper(), f"@{person.recorded}")),
        display_name=chance.choice((person.shown, "✨🚀✨", "moonbiscuit", "", person.first)),
    ),
    "recorded handle, a word of fans in it": lambda make, person, chance: make.account(
        platform="x", handle=person.recorded, display_name=_disguise(person, chance)
    ),
    "address the platform vouches for": lambda make, person, chance: make.account(
        handle=f"zq{make.made}", display_name=chance.choice((person.shown, "✨", "moonbiscuit")), email=person.address
    ),
    "address in the bio": lambda make, person, chance: make.plain(
        person, display_name=_disguise(person, chance), bio=chance.choice((_mail(person), f"📧 {person.address} ✈️")),
        days=chance.choice((400, 2000, 3500)),
    ),
    "address as handle": lambda make, person, chance: make.account(
        platform=chance.choice(("forum", "github", "mastodon")), handle=person.secret, display_name=person.shown,
        days=chance.choice((400, 2000, 3500)),
    ),
    "own site as handle": lambda make, person, chance: make.account(
        platform="bluesky", handle=f"{person.secret}.example", display_name=_disguise(person, chance)
    ),
    "phone number in the bio": lambda make, person, chance: make.plain(
        person, bio=f"Call {person.contact.phones[0]}", days=chance.choice((400, 2000))
    ),
    "address in the bio, new account": lambda make, person, chance: make.plain(
        person, bio=_mail(person), days=chance.choice((5, 30, 80, 120, 300))
    ),
}  # fmt: skip


def controls(crowd: list[Person], chance: random.Random, *, each: int) -> Iterator[Case]:
    """Honest customers of every style, each alone."""
    make = Maker(chance)
    make.made = 30_000_000
    for kind, control in CONTROLS.items():
        for person in chance.sample(crowd, min(each, len(crowd))):
            yield Case(kind, (control(make, person, chance),), person.contact.id)


def bystanders(crowd: list[Person]) -> list[Contact]:
    """The colleagues who share a company's mailbox and site with each customer."""
    return [
        Contact(id=f"company {company}", first_name="Front", last_name="Desk", company=company,
                emails=(f"info@{company_host(company)}",), websites=(f"https://{company_host(company)}",))
        for company in sorted({person.contact.company for person in crowd})
    ]  # fmt: skip
