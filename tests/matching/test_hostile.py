"""People who want to be taken for a customer, and honest customers who look a little like them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from matching_cast import decision, decisions, profile

from socialcrm.model import Contact, LinkState, Profile
from socialcrm.policy import LinkPolicy, Preset

CUSTOMERS = [
    Contact(
        id=f"c-{first}-{last}".casefold(),
        first_name=first,
        last_name=last,
        emails=(f"{first}.{last}@post.example".casefold(), f"{last}{year}sky@post.example".casefold()),
        websites=(f"https://{last.casefold()}-{year}.example",),
        company="Harbour Field Foods",
        title="Head baker",
        city="Leeds",
        country="United Kingdom",
        handles={"x": (f"{first}{year}".casefold(),)},
    )
    for (first, last), year in zip(
        product(("Ann", "Marit", "Joséphine", "Tomasz", "James"), ("Lee", "Oxenholme", "Quillfeather", "John")),
        range(60, 80),
        strict=True,
    )
]
CYRILLIC = str.maketrans("aeo", "аео")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _profile(one: Contact, **fields: object) -> Profile:
    return profile(f"attacker of {one.id}", **{"platform": "bluesky", **fields})


def _copy(one: Contact, **fields: object) -> Profile:
    """Everything public about a customer, as anybody can copy it."""
    copied: dict[str, object] = {
        "display_name": one.name,
        "handle": f"{one.first_name}{one.last_name}".casefold(),
        "bio": f"{one.title} at {one.company}, {one.city}",
        "urls": one.websites,
        "location": f"{one.city}, {one.country}",
    }
    return _profile(one, **{**copied, **fields})


Attack = Callable[[Contact], Profile]
ATTACKS: dict[str, Attack] = {
    "whole copy": _copy,
    "whole copy on the recorded platform": lambda c: _copy(c, platform="x"),
    "look-alike of the recorded handle": lambda c: _copy(c, platform="x", handle=c.handles["x"][0].translate(CYRILLIC)),
    "full-width recorded handle": lambda c: _copy(c, platform="x", handle=c.handles["x"][0].translate(WIDE)),
    "recorded handle with a zero-width space": lambda c: _copy(c, platform="x", handle=c.handles["x"][0] + "\u200b"),
    "recorded handle with a dot": lambda c: _copy(c, platform="x", handle=c.handles["x"][0] + "."),
    "recorded handle elsewhere": lambda c: _copy(c, platform="mastodon", handle=c.handles["x"][0] + "@evil.example"),
    "look-alike name": lambda c: _copy(c, display_name=c.name.translate(CYRILLIC)),
    "bidi override": lambda c: _copy(c, display_name="\u202e" + c.name[::-1]),
    "combining marks": lambda c: _copy(c, display_name="".join(letter + "\u0336" for letter in c.name)),
    "official": lambda c: _copy(c, display_name=f"{c.name} Official", handle=f"{c.last_name}official"),
    "giveaway": lambda c: _copy(c, display_name=f"{c.name} Official Giveaway", bio=f"write to {c.emails[1]}"),
    "fan": lambda c: _copy(c, display_name=f"{c.name} Fan Club"),
    "parody in the bio": lambda c: _copy(c, bio=f"Parody account. {c.emails[1]}"),
    "support": lambda c: _copy(c, display_name=f"{c.name} Support", bio=f"refunds: {c.emails[1]}"),
    "namesake": lambda c: _profile(c, display_name=c.name, handle=f"{c.first_name}.{c.last_name}"),
    "namesake with the address's own form": lambda c: _profile(
        c, platform="github", handle=f"{c.first_name}.{c.last_name}"
    ),
    "namesake with a number": lambda c: _profile(c, display_name=c.name, handle=f"{c.first_name}_{c.last_name}1"),
    "words in another order": lambda c: _profile(c, display_name=f"{c.last_name} {c.first_name}", handle="zzq"),
    "relative with the family's site": lambda c: _copy(c, display_name=f"Sigrid {c.last_name}"),
    "next generation": lambda c: _copy(c, display_name=f"{c.name} Jr", urls=()),
    "near address": lambda c: _copy(c, bio=c.emails[1].replace("sky", "skv")),
    "address of a near domain": lambda c: _copy(
        c, bio=c.emails[1].replace("post.example", "post.example.evil.example")
    ),
    "near address as handle": lambda c: _copy(c, handle=c.emails[1].split("@")[0] + "1"),
    "site with user part": lambda c: _copy(c, urls=(c.websites[0].replace("//", "//a@") + "/",)),
    "emoji name": lambda c: _profile(c, display_name="✨🚀✨", handle="✨"),
    "placeholder name": lambda c: _profile(c, display_name="Unknown User", handle="user"),
    "organisation": lambda c: _copy(c, display_name=f"{c.name} Foundation", bio=c.emails[1]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_strict_links_no_attack(attack: str) -> None:
    linked = [c.id for c in CUSTOMERS if _links(ATTACKS[attack](c), *CUSTOMERS)]
    assert linked == []


HONEST: dict[str, Attack] = {
    "the recorded handle": lambda c: _profile(c, platform="x", handle=c.handles["x"][0].upper(), display_name="✨"),
    "a vouched address": lambda c: _profile(c, handle="zzq", email=c.emails[1]),
    "the address in the bio": lambda c: _profile(
        c, display_name=f"{c.name} ✨", handle="zzq", bio=f"Mail {c.emails[1]}"
    ),
    "the address as handle": lambda c: _profile(c, display_name=c.name, handle=c.emails[1].split("@")[0]),
    "the host as handle": lambda c: _profile(c, display_name=c.name, handle=c.websites[0].removeprefix("https://")),
}


@pytest.mark.parametrize("style", HONEST)
def test_strict_links_honest_customers(style: str) -> None:
    missed = [c.id for c in CUSTOMERS if not _links(HONEST[style](c), *CUSTOMERS)]
    assert missed == []


def _links(one: Profile, *contacts: Contact) -> bool:
    made = decision(one, *contacts)
    return made is not None and made.state is LinkState.LINKED


def test_a_swarm_with_one_customers_name_and_address_links_nobody() -> None:
    victim = CUSTOMERS[5]
    swarm = [profile(f"p{n}", display_name=victim.name, handle=f"swarm{n}", bio=victim.emails[1]) for n in range(1000)]
    made = decisions(swarm, CUSTOMERS)
    assert {link.state for link in made if link} == {LinkState.REVIEW}
    assert {link.contact_id for link in made if link} == {victim.id}
    assert all(link.reason.startswith("1000 accounts") for link in made if link)


def test_a_public_figure_shares_a_customers_name() -> None:
    figure = profile(display_name="James John", handle="jamesjohn", bio="Singer", location="London, UK")
    for preset in (Preset.STRICT, Preset.BALANCED):
        made = decisions([figure], CUSTOMERS, policy=LinkPolicy(preset=preset))[0]
        assert made is None or made.state is LinkState.REVIEW


def test_james_john_is_not_john_james() -> None:
    john = Contact(id="c1", first_name="John", last_name="James", emails=("baker84@post.example",))
    turned = profile(display_name="James John", handle="zzq", bio="baker84@post.example")
    assert not _links(turned, john)
    assert _links(turned.model_copy(update={"display_name": "John James"}), john)


def test_a_handle_on_the_wrong_contact_is_not_trusted_when_the_right_one_also_proves_it() -> None:
    """A colleague typed a handle into the wrong record; the account's own vouched address says otherwise."""
    wrong = Contact(id="c1", first_name="Ann", last_name="Lee", handles={"bluesky": ("marit",)})
    right = Contact(id="c2", first_name="Marit", last_name="Oxenholme", emails=("m84@post.example",))
    account = profile(handle="marit.bsky.social", display_name="Marit Oxenholme", email="m84@post.example")
    made = decision(account, wrong, right)
    assert made is not None
    assert made.state is LinkState.REVIEW


def test_a_renamed_account_is_looked_at_again() -> None:
    customer = CUSTOMERS[1]
    honest = HONEST["the address in the bio"](customer)
    linked = decision(honest, *CUSTOMERS)
    assert linked is not None
    renamed = honest.model_copy(update={"display_name": "Skylark Air Refunds"})
    again = decision(renamed, *CUSTOMERS, current=linked)
    assert again is not None
    assert again.state is LinkState.REVIEW
