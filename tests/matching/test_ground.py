"""Where a handle says that it is, and how alike it is to the contact's site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_cast import best, contact, names, profile

from socialcrm.matching.core.reading import in_order
from socialcrm.matching.handles import parse_handle
from socialcrm.matching.lands import OFFICES, land_of


@pytest.mark.parametrize(
    ("handle", "country", "level"),
    [
        ("RepOxenholme", "United States", "office_land.same"),
        ("RepOxenholme", "Australia", "office_land.other"),
        ("RepOxenholme", "", "office_land.unknown"),
        ("OxenholmeMP", "New Zealand", "office_land.same"),
        ("marit-oxenholme-nz", "New Zealand", "place_land.same"),
        ("OxenholmeTX", "Norway", "place_land.other"),
    ],
)
def test_an_office_or_a_place_in_the_handle_is_compared_with_the_country(handle: str, country: str, level: str) -> None:
    owner = contact(country=country)
    assert level in names(best(profile(handle=handle), owner))


@pytest.mark.parametrize(
    ("handle", "region", "level"),
    [
        ("OxenholmeTX", "Texas", "ground.5_all"),
        ("oxenholmeForFairbridge", "Fairbridge South", "ground.6_all"),
        ("oxenholmefairbridge", "Fairbridge", "ground.6_all"),
        ("OxenholmeTX", "Ohio", "ground.other"),
    ],
)
def test_a_region_in_the_handle_is_read_beside_the_name(handle: str, region: str, level: str) -> None:
    owner = contact(region=region)
    assert level in names(best(profile(handle=handle), owner))


def test_a_name_that_is_a_place_counts_once() -> None:
    owner = contact(last_name="Fairbridge", region="Fairbridge")
    assert not any(name.startswith("ground.") for name in names(best(profile(handle="maritfairbridge"), owner)))


@pytest.mark.parametrize(("site", "level"), [("herrybiscuit", "from_90"), ("thunderpond", "from_20")])
def test_a_site_is_compared_with_the_handle_wherever_their_letters_differ(site: str, level: str) -> None:
    owner = contact(websites=(f"https://{site}.com", "https://bsky.app/profile/harrybiscuit"))
    assert f"alike_site.{level}" in names(best(profile(handle="harrybiscuit"), owner))


def test_every_country_is_itself_and_one_without_a_number_is_no_numbered_one() -> None:
    assert land_of("usa") == land_of("united states") != land_of("atlantis") != 0
    assert land_of("") == 0
    assert OFFICES["rep"] & land_of("atlantis") == 0


@pytest.mark.parametrize(
    ("handle", "office", "lands", "place"),
    [
        ("janesmithforcongress", "", "", ""),
        ("CongressmanSmith", "united states", "", ""),
        ("jane_smith_tx", "", "united states", "texas"),
        ("JaneSmithUK", "", "united kingdom", "uk"),
        ("smithMP", "canada", "", ""),
        ("janesmith", "", "", ""),
    ],
)
def test_a_handle_points_to_countries(handle: str, office: str, lands: str, place: str) -> None:
    read = parse_handle("x", handle)
    assert bool(read.office_lands) is bool(office)
    assert read.office_lands & land_of(office) == land_of(office)
    assert bool(read.place_lands) is bool(lands)
    assert read.place_lands & land_of(lands) == land_of(lands)
    assert read.place == place


@given(st.text("abc", max_size=20), st.text("abc", max_size=20))
def test_letters_in_order_are_counted_as_the_textbook_does(left: str, right: str) -> None:
    rows = [0] * (len(right) + 1)
    for one in left:
        rows = [0, *rows[1:]] if not right else _row(one, right, rows)
    assert in_order(left.encode(), right.encode()) == rows[-1]


def _row(one: str, right: str, before: list[int]) -> list[int]:
    row = [0]
    for place, other in enumerate(right):
        row.append(before[place] + 1 if one == other else max(before[place + 1], row[-1]))
    return row
