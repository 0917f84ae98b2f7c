"""Each kind of evidence, at each level, through the sentences that people read."""

from __future__ import annotations

import pytest
from matching_cast import MATCHER, best, contact, names, profile, rank

from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.evidence import KINDS
from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Trust


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        ("Marit Oxenholme", "full"),
        ("MARIT OXENHOLME ✨", "full"),
        ("Dr. Marit Oxenholme | Pilot", "full"),
        ("Oxenholme Marit", "turned"),
        ("Marit Oxenholme Fjordson", "longer"),
        ("Marit Sky Oxenholme", "more"),
        ("M. Oxenholme", "initial"),
        ("Marit O.", "surname_initial"),
        ("Marjt Oxenholm Oxenholme", "other_given"),
        ("Oxenholme", "surname"),
        ("Sigrid Oxenholme", "other_given"),
        ("Marit", "given"),
        ("Marit Vandersloot", "other_surname"),
        ("Sigrid Vandersloot", "different"),
        ("moonbiscuit", "alias"),
    ],
)
def test_display_names(shown: str, level: str) -> None:
    match = best(
        profile(display_name=shown, handle="zzq", email="marit@post.example"), contact(emails=("marit@post.example",))
    )
    assert f"name.{level}" in names(match)


@pytest.mark.parametrize(
    ("first", "last", "shown", "level"),
    [
        ("Robert", "Oxenholme", "Bob Oxenholme", "variant"),
        ("Aleksandr", "Shchukin", "Саша Щукин", "variant"),
        ("José", "Oxenholme", "Pepe Oxenholme", "variant"),
        ("Yusup", "Yusupov", "Iusup Iusupov", "sound"),
        ("Anna Marit", "Oxenholme", "Marit Oxenholme", "middle"),
        ("Nadine", "Grelet-Certenais", "Nadine GRELET CERTENAIS", "full"),
        ("Stéphane", "Le Rudulier", "Stéphane Le Rudulier", "full"),
    ],
)
def test_forms_of_a_name(first: str, last: str, shown: str, level: str) -> None:
    match = best(profile(display_name=shown, handle="zzq"), contact(first_name=first, last_name=last))
    assert f"name.{level}" in names(match)


@pytest.mark.parametrize("shown", ["이승연", "승연 이", "Seungyeon Lee", "Lee Seungyeon", "Yi Seungyeon"])
def test_korean_names_in_either_script(shown: str) -> None:
    match = best(profile(display_name=shown, handle="zzq"), contact(first_name="", last_name="", full_name="이승연"))
    assert "name.full" in names(match)


@pytest.mark.parametrize(
    ("handle", "level"),
    [
        ("marit.oxenholme", "full"),
        ("oxenholmemarit84", "full"),
        ("therealmaritoxenholme", "full"),
        ("marit_flies_oxenholme", "more"),
        ("moxenholme", "initial"),
        ("oxenholmem", "initial"),
        ("marito", "given_initial"),
        ("oxenholmesky", "surname"),
        ("marit84", "given"),
        ("maritcooks", "given_more"),
        ("noodlecactus", "nothing"),
    ],
)
def test_handles(handle: str, level: str) -> None:
    match = best(
        profile(platform="x", handle=handle, email="marit@post.example"), contact(emails=("marit@post.example",))
    )
    assert f"handle.{level}" in names(match)


def test_a_handle_with_a_nickname_and_one_by_sound() -> None:
    assert "handle.nickname" in names(best(profile(handle="boboxenholme"), contact(first_name="Robert")))
    assert "handle.variant" in names(best(profile(handle="bob_flies_oxenholme"), contact(first_name="Robert")))
    korean = contact(first_name="", last_name="", full_name="최근우")
    assert "handle.sound" in names(best(profile(handle="geunuchoi"), korean))


def test_rare_names_weigh_more_than_common_ones() -> None:
    rare = best(profile(display_name="Marit Oxenholme"), contact())
    common = best(profile(display_name="John Smith"), contact(first_name="John", last_name="Smith"))
    assert "rarity.rare" in names(rare)
    assert "rarity.common" in names(common)
    assert rare.probability > common.probability


@pytest.mark.parametrize(
    ("said", "known", "level", "trust"),
    [
        ({"handle": "marit.bsky.social"}, ("marit",), "handle", Trust.VERIFIED),
        ({"handle": "MARIT.bsky.social"}, ("@marit.bsky.social",), "handle", Trust.VERIFIED),
        ({"id": "did:plc:abc", "handle": "new.example"}, ("did:plc:abc",), "account_id", Trust.VERIFIED),
        ({"handle": "mаrit.bsky.social", "display_name": "Marit Oxenholme"}, ("marit",), "lookalike", Trust.AGAINST),
        ({"handle": "marit-two.bsky.social", "display_name": "Marit Oxenholme"}, ("marit",), "other", Trust.AGAINST),
    ],
)
def test_accounts_on_the_record(said: dict[str, str], known: tuple[str, ...], level: str, trust: Trust) -> None:
    match = best(profile(**said), contact(handles={"bluesky": known}))
    assert (f"known.{level}", trust) in {(e.name, e.trust) for e in match.evidence}


def test_accounts_of_another_platform_say_nothing() -> None:
    match = best(
        profile(handle="marit", display_name="Marit Oxenholme"), contact(handles={"mastodon": ("marit@a.example",)})
    )
    assert not any(name.startswith("known.") for name in names(match))


@pytest.mark.parametrize(
    ("said", "address", "level", "trust"),
    [
        ({"email": "Skylover84@post.example"}, "skylover84@post.example", "vouched", Trust.VERIFIED),
        ({"bio": "mail: skylover84@post.example"}, "skylover84@post.example", "in_bio", Trust.ANCHORED),
        ({"handle": "skylover84"}, "skylover84@post.example", "local_own", Trust.ANCHORED),
        ({"handle": "marit.oxenholme"}, "marit.oxenholme@post.example", "local_name", Trust.SELF_ASSERTED),
        ({"handle": "moxenholme"}, "m.oxenholme@post.example", "local_name", Trust.SELF_ASSERTED),
        ({"handle": "moxenholme84"}, "moxenholme84@post.example", "local_numbered", Trust.ANCHORED),
    ],
)
def test_email(said: dict[str, str], address: str, level: str, trust: Trust) -> None:
    match = best(profile(platform="x", **said), contact(emails=(address,)))
    assert (f"email.{level}", trust) in {(e.name, e.trust) for e in match.evidence}


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"handle": "info"}, "info@post.example"),
        ({"handle": "sales"}, "sales@post.example"),
        ({"bio": "mail: skylover85@post.example"}, "skylover84@post.example"),
        ({"handle": "skylover85"}, "skylover84@post.example"),
        ({"handle": "", "display_name": ""}, ""),
    ],
)
def test_role_addresses_and_near_ones_say_nothing(said: dict[str, str], address: str) -> None:
    for match in rank(profile(**said), contact(emails=(address,))):
        assert match.probability < 0.1
        assert not any(name.startswith("email.") for name in names(match))


def test_phone_in_the_bio() -> None:
    match = best(profile(bio="ring +44 20 7946 0123"), contact(phones=("020 7946 0123",)))
    assert "phone.in_bio" in names(match)


@pytest.mark.parametrize(
    ("platform", "said", "site", "level", "trust"),
    [
        ("github", {"handle": "skycarver"}, "https://github.com/SkyCarver", "account", Trust.ANCHORED),
        ("bluesky", {"handle": "skycarver.example"}, "https://skycarver.example", "host", Trust.ANCHORED),
        ("x", {"handle": "skycarver"}, "https://skycarver.example/blog", "handle_own", Trust.ANCHORED),
        ("x", {"handle": "maritoxenholme"}, "https://maritoxenholme.example", "handle_name", Trust.SELF_ASSERTED),
        ("x", {"handle": "moxenholme84"}, "https://moxenholme84.example", "handle_numbered", Trust.ANCHORED),
        ("x", {"urls": ("http://www.skycarver.example",)}, "https://skycarver.example/", "link", Trust.SELF_ASSERTED),
    ],
)
def test_websites(platform: str, said: dict[str, object], site: str, level: str, trust: Trust) -> None:
    match = best(profile(platform=platform, **said), contact(websites=(site,)))
    assert (f"website.{level}", trust) in {(e.name, e.trust) for e in match.evidence}


@pytest.mark.parametrize(
    ("display_name", "level"),
    [("Φωκίων Μπακοστέργης", "email.local_name"), ("", "email.local_like")],
)
def test_another_spelling_of_the_name_counts_once(display_name: str, level: str) -> None:
    """No table knows how this name is spelt here: where it agrees already, the address adds nothing but the name."""
    person = contact(first_name="Φωκίων", last_name="Μπακοστέργης", emails=("fmpakostergis@post.example",))
    match = best(profile(platform="x", handle="fmpakostergis", display_name=display_name), person)
    assert level in names(match)
    assert not any(evidence.trust is Trust.ANCHORED for evidence in match.evidence)


def test_a_site_that_many_contacts_share_says_nothing() -> None:
    crowd = [contact(f"c{n}", first_name=f"Given{n}", websites=("https://skylark-works.example",)) for n in range(12)]
    found = rank(profile(handle="skylarkworks", urls=("https://skylark-works.example",)), *crowd)
    assert not any(name.startswith("website.") for match in found for name in names(match))


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"bio": "Baker at Harbour Field Foods, Leeds"}, "employer.in_bio"),
        ({"display_name": "Marit Oxenholme (Harbour Field Foods)"}, "employer.in_bio"),
        ({"display_name": "Marit Oxenholme | Harbour Field Foods"}, "employer.in_bio"),
        ({"bio": "Baker at Quarry Lane Bakers"}, "employer.other"),
        ({"display_name": "Marit Oxenholme (Quarry Lane Bakers)"}, "employer.other"),
        ({"bio": "Head baker. Views my own."}, "title.in_bio"),
        ({"location": "Leeds, UK"}, "place.city"),
        ({"location": "West Yorkshire"}, "place.region"),
        ({"location": "United Kingdom"}, "place.country"),
        ({"location": "the moon"}, "place.other"),
        ({"lang": "en-GB"}, "language.same"),
        ({"lang": "fr"}, "language.other"),
    ],
)
def test_context(said: dict[str, str], level: str) -> None:
    person = contact(
        company="Harbour Field Foods Ltd.", title="Head Baker", city="Leeds", region="West Yorkshire",
        country="United Kingdom", lang="en",
    )  # fmt: skip
    assert level in names(best(profile(**{"display_name": "Marit Oxenholme", **said}), person))


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"display_name": "Mаrit Oxenholme"}, "mixed"),
        ({"display_name": "Marit 0xenholme", "handle": "maritoxenholme"}, "drawn"),
        ({"display_name": "Marit Oxenholme Official Giveaway"}, "name"),
        ({"display_name": "Marit Oxenholme (Parody)"}, "name"),
        ({"display_name": "Marit Oxenholme", "bio": "Fan account, not affiliated"}, "bio"),
        ({"display_name": "Marit Oxenholme", "handle": "maritoxenholme_official"}, "handle"),
        ({"display_name": "Marit Oxenholme Foundation"}, "organisation"),
    ],
)
def test_cautions(said: dict[str, str], level: str) -> None:
    match = best(profile(**said), contact())
    assert (f"caution.{level}", Trust.AGAINST) in {(e.name, e.trust) for e in match.evidence}


def test_every_kind_is_documented_and_every_level_has_a_sentence() -> None:
    for kind in KINDS:
        assert len(kind.about) > 40
        assert kind.levels[0].sentence == ""
        assert all(level.sentence for level in kind.levels[1:])
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.name for kind in KINDS} == set(NUMBERS)
    for name, about in (("bare", "Compares what no function compares."), ("name", "")):
        with pytest.raises(TypeError, match="a function in the core"):
            Kind(name, about, lambda profile, contact: ("", ""), (Level("silent", ""),))


def test_every_weight_of_the_shipped_model_is_some_level_and_every_level_is_weighed() -> None:
    levels = {(k.name, lv.name) for k in KINDS for lv in k.levels[1:] if k.name != "rarity"}
    weighed = {(kind, level) for kind, table in MATCHER.model.weights.items() for level in table}
    assert weighed == levels


@pytest.mark.parametrize(
    ("handle", "full", "evidence"),
    [
        ("boboxenholme", "Robert Oxenholme", "handle.nickname"),
        ("maritpoxenholme", "Marit Qiana Oxenholme", "middle.other"),
        ("maritqoxenholme", "Marit Qiana Oxenholme", "middle.initial"),
        ("annamaritoxenholme", "Marit Oxenholme", "begins.both"),
        ("pebblequartz", "pebblequartz", "handle.sole"),
        ("ruedigerschoen", "Rüdiger Schön", "pieces.both_0"),
    ],
)
def test_what_else_a_handle_says_of_a_name(handle: str, full: str, evidence: str) -> None:
    found = names(best(profile(platform="x", handle=handle), contact(first_name="", last_name="", full_name=full)))
    assert evidence in found


@pytest.mark.parametrize(
    ("handle", "title", "evidence"),
    [
        ("oxenholmeforsenate", "Senator", "role.runs"),
        ("oxenholme4ohio", "Welder", "role.runs_unknown"),
        ("senatoroxenholme", "Senator", "office.surname_same"),
    ],
)
def test_offices_in_a_handle(handle: str, title: str, evidence: str) -> None:
    assert evidence in names(best(profile(platform="x", handle=handle), contact(title=title)))


def test_an_office_holder_on_a_platform_of_another_trade() -> None:
    asked = profile(platform="github", handle="maritoxenholme")
    assert "platform.office" in names(best(asked, contact(title="Senator")))
    assert "platform.trade" in names(best(asked, contact(title="Software Engineer")))


def test_an_unspaced_name_of_another_script_is_the_name_and_no_drawing_of_it() -> None:
    japanese = contact(first_name="", last_name="", full_name="長谷川翔太")
    found = names(best(profile(display_name="長谷川翔太", handle="zzq"), japanese))
    assert "name.full" in found
    assert "caution.drawn" not in found


def test_a_surname_among_given_names_is_no_surname() -> None:
    match = best(
        profile(display_name="Anna-Marit Vandersloot", handle="zzq", email="a.marit@post.example"),
        contact(first_name="Sigrid", last_name="Marit", emails=("a.marit@post.example",)),
    )
    assert "name.different" in names(match)
