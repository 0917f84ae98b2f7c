"""Normal forms, look-alikes, romanisation, and the worst strings hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.matching.core.letters import mixed_script
from socialcrm.matching.given import canons
from socialcrm.matching.handles import known_key, local_name, parse_handle
from socialcrm.matching.hashing import hash_text, hash_texts, mix
from socialcrm.matching.keys import normal, scripts, skeleton, squash, visible
from socialcrm.matching.names import display_words, name_words, parse_name
from socialcrm.matching.romanise import fold, romanise, surname_forms
from socialcrm.matching.vocabulary import common_shares
from socialcrm.matching.web import email_domain, email_key, emails_in, local_part, parse_site, phone_key, phones_in

# Every code point, lone surrogates and NUL included, and the sequences that break naive code.
WORST = st.text(st.characters(), max_size=60) | st.sampled_from(
    [
        "",
        "\x00",
        "\ud800",
        "\u202eabc",
        "\u200b" * 50,
        "ﷺ" * 40,
        "a\u0301" * 300,
        "İ" * 10,
        "🏳️‍🌈🇺🇦",
        "Ａｎｎ",
        "ǅ",
        "x" * 10_000,
    ]
)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Marit  Oxenholme", "marit oxenholme"),
        ("MÁRIT\u200b Öxenholme ✨", "marit oxenholme"),
        ("Ｍａｒｉｔ", "marit"),
        ("O’Neil-Smith", "oneil smith"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("mari\u202et", "marit"),
        ("🎉🎉", ""),
        ("이승연", "이승연"),
        ("がっこう", "がっこう"),
    ],
)
def test_one_normal_form(written: str, form: str) -> None:
    assert normal(written) == form


def test_a_lookalike_shares_the_skeleton_and_not_the_normal_form() -> None:
    assert skeleton("mаrit") == skeleton("marit")
    assert normal("mаrit") != normal("marit")
    assert skeleton("rnarit0x") == skeleton("maritox")
    assert skeleton("marit") != skeleton("merit")


def test_mixed_script_is_found_in_one_word_only() -> None:
    assert mixed_script("Mаrit")
    assert not mixed_script("Marit Щукин")
    assert not mixed_script("Café")
    assert scripts("Marit 이") == {"Latin", "Hangul"}


@pytest.mark.parametrize(
    ("name", "latin"),
    [("Щукин", "shchukin"), ("Юлия", "yuliya"), ("Παπαδόπουλος", "papadopoulos"), ("승연", "seungyeon"), ("李", "li")],
)
def test_names_in_latin_letters(name: str, latin: str) -> None:
    assert romanise(name) == latin


def test_a_korean_surname_has_several_spellings() -> None:
    assert set(surname_forms("이")) >= {"lee", "yi", "i"}
    assert set(surname_forms("박")) >= {"park", "bak"}


@pytest.mark.parametrize(("one", "other"), [("keunwoo", "geunu"), ("schulz", "shults"), ("yusupov", "iusupov")])
def test_schools_of_romanisation_fall_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(one) != fold("oxenholme")


def test_given_names_by_nickname_and_language() -> None:
    assert canons("bob") & canons("robert")
    assert canons("sasha") & canons("aleksandr")
    assert canons("pepe") & canons("jose")
    assert not canons("robert") & canons("marit")


@pytest.mark.parametrize(
    ("full", "given_name", "surname"),
    [
        ("Dr. Marit Oxenholme, PhD", "marit", "oxenholme"),
        ("Oxenholme, Marit", "marit", "oxenholme"),
        ("Jan van der Berg", "jan", "vanderberg"),
        ("이승연", "seungyeon", "lee"),
        ("欧阳修", "xiu", "ouyang"),
        ("Marit (Acme)", "marit", ""),
        ("✨🚀", "", ""),
        ("Unknown User", "", ""),
        ("Deleted Account", "", ""),
    ],
)
def test_names_are_cut_into_parts(full: str, given_name: str, surname: str) -> None:
    name = parse_name(full=full)
    assert (name.given, name.surname) == (given_name, surname)


def test_hungarian_names_begin_with_the_family() -> None:
    assert parse_name(full="Nagy Eszter", country="Hungary").surname == "nagy"
    assert parse_name(full="Nagy Eszter").surname == "eszter"


@pytest.mark.parametrize(
    ("handle", "core", "words"),
    [
        ("marit.oxenholme_84", "maritoxenholme", ("marit", "oxenholme")),
        ("drmaritoxenholme", "maritoxenholme", ("drmaritoxenholme",)),
        ("MaritOxenholmeDev", "maritoxenholme", ("marit", "oxenholme", "dev")),
        ("RepOxenholme", "oxenholme", ("oxenholme",)),
        ("marit-oxenholme-5217a7103", "maritoxenholme", ("marit", "oxenholme")),
        ("marit.bsky.social", "marit", ("marit",)),
        ("@marit@fjord.example", "marit", ("marit",)),
    ],
)
def test_handles_are_cut_into_words(handle: str, core: str, words: tuple[str, ...]) -> None:
    parsed = parse_handle("bluesky" if "bsky" in handle else "mastodon", handle)
    assert (parsed.core, parsed.words) == (core, words)


def test_cautions_in_a_handle_are_kept() -> None:
    assert parse_handle("x", "MaritOxenholme_official").cautioned
    assert parse_handle("x", "maritgiveaway").cautioned
    assert not parse_handle("x", "maritoxenholme").cautioned


@pytest.mark.parametrize(
    ("platform", "written", "key"),
    [
        ("x", "@Marit_O", "marit_o"),
        ("twitter", "https://x.com/Marit_O?s=20", "marit_o"),
        ("linkedin", "https://www.linkedin.com/in/marit-o/", "marit-o"),
        ("bluesky", "marit", "marit.bsky.social"),
        ("bluesky", "https://bsky.app/profile/marit.example", "marit.example"),
        ("mastodon", "https://fjord.example/@marit", "marit@fjord.example"),
        ("mastodon", "@marit@fjord.example", "marit@fjord.example"),
        ("x", "two words", ""),
    ],
)
def test_known_handles_have_one_form(platform: str, written: str, key: str) -> None:
    assert known_key(platform, written) == key


def test_known_handles_keep_what_tells_accounts_apart() -> None:
    assert len({known_key("x", h) for h in ("marit", "mаrit", "mari\u200bt", "ｍarit", "márit", "mar.it")}) == 6


def test_addresses() -> None:
    assert parse_site("https://www.oxenholme.co.uk/").label == "oxenholme"
    assert parse_site("https://marit.github.io/x").domain == ""
    assert parse_site("https://github.com/marit").account == ("github", "marit")
    assert parse_site("http://good\\@evil/").host == ""
    assert parse_site("http://user@evil.example/").host == ""
    assert email_key(" Marit@Post.example ") == "marit@post.example"
    assert local_part("marit.ox+news@post.example") == "maritox"
    assert local_part("info@post.example") == ""
    assert email_domain("a@gmail.com") == ""
    assert emails_in("write: Marit@post.example!") == ["marit@post.example"]
    assert phone_key("+44 20 7946 0000") == phone_key("020 7946 0000") != ""
    assert phones_in("call 020 7946 0000") == [phone_key("020 7946 0000")]
    assert phone_key("123") == ""


@given(WORST)
def test_text_functions_take_anything(text: str) -> None:
    for function in (normal, squash, skeleton, visible, romanise, name_words, display_words, emails_in, phones_in):
        function(text)
    for function in (email_key, email_domain, phone_key, parse_site, mixed_script, scripts, surname_forms):
        function(text)
    assert len(normal(text)) <= 256
    for platform in ("x", "bluesky", "mastodon"):
        parse_handle(platform, text)
        known_key(platform, text)
        local_name(platform, text)
    parse_name(text, text, text, text)
    parse_name(full=text)


@given(WORST)
def test_normal_forms_are_stable(text: str) -> None:
    once = normal(text)
    assert normal(once) == once


@given(st.lists(WORST, max_size=20))
def test_hashes_of_arrays_are_those_of_single_texts(texts: list[str]) -> None:
    assert hash_texts(texts).tolist() == [hash_text(text) for text in texts]


@given(st.text(max_size=30), st.text(max_size=30))
def test_hashes_of_joined_texts_follow_from_their_parts(left: str, right: str) -> None:
    shift = pow(0x9E3779B97F4A7C15, len(right.encode("utf-8", "surrogatepass")), 1 << 64)
    assert (hash_text(left) * shift + hash_text(right)) % (1 << 64) == hash_text(left + right)


def test_keys_of_different_kinds_differ_and_absence_stays_absent() -> None:
    values = hash_texts(["marit", ""])
    assert mix(values, 1)[0] != mix(values, 2)[0]
    assert mix(values, 1)[1] == 0


@pytest.mark.parametrize(
    ("handle", "core", "purpose"),
    [
        ("governormaritoxenholme", "maritoxenholme", ""),
        ("OxenholmeForQueens", "oxenholme", "queens"),
        ("marit4rugby", "marit", "rugby"),
        ("oxenholmeforsenate", "oxenholme", "senate"),
        ("MaritOxenholmeCSU", "maritoxenholme", "csu"),
        ("MdB.MOxenholme", "moxenholme", ""),
        ("realDonaldTramp", "realdonaldtramp", ""),
        ("crawford", "crawford", ""),
        ("clifford", "clifford", ""),
    ],
)
def test_offices_and_what_an_account_is_for_are_taken_off(handle: str, core: str, purpose: str) -> None:
    parsed = parse_handle("x", handle)
    assert (parsed.core, parsed.purpose) == (core, purpose)


def test_foreign_names_in_han_and_kana_keep_their_own_order() -> None:
    assert parse_name(full="本·豪列特").given == romanise("本")
    assert parse_name(full="キース・ヴァズ").surname == romanise("ヴァズ")
    assert parse_name(full="山田 太郎").surname == romanise("山田")


def test_a_nickname_in_quotes_and_a_title_that_is_a_name() -> None:
    called = parse_name(full='Marit A. "Kiki" Oxenholme')
    assert (called.given, called.middle, called.surname) == ("marit", "kiki", "oxenholme")
    assert parse_name(full="Don Oxenholme").given == "don"
    assert parse_name(full="Don Marit Oxenholme").given == "marit"


def test_letters_with_dots_are_also_written_out() -> None:
    name = parse_name(full="Rüdiger Schön")
    assert (name.given, name.middle, name.surnames) == ("rudiger", "ruediger", ("schon", "schoen"))


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("https://blog.naver.com/pebblequartz", "pebblequartz"),
        ("https://pebblequartz.blogspot.kr/", "pebblequartz"),
        ("https://pebblequartz.github.io/about", "pebblequartz"),
        ("https://sites.google.com/view/pebblequartz", "pebblequartz"),
        ("https://www.pebblequartz.example/blog", "pebblequartz"),
    ],
)
def test_a_site_is_called_after_its_author_on_a_host_of_many(address: str, label: str) -> None:
    assert parse_site(address).label == label


def test_common_korean_names_are_known_to_be_common() -> None:
    shares, unlisted = common_shares("given")
    assert shares[romanise("민수")] > 5 * unlisted
    assert shares[romanise("지훈")] > 5 * shares[romanise("율엽")]
