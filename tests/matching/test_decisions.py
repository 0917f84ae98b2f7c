"""The decision table, one test per rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from matching_cast import MATCHER, NOW, contact, decision, decisions, link, profile

from socialcrm.matching import Matcher
from socialcrm.matching.contradictions import ContradictionKind, contradictions
from socialcrm.matching.decisions import Proposal, decide
from socialcrm.model import Basis, Contact, Link, LinkState, Profile, Trust
from socialcrm.policy import Action, LinkPolicy, Preset

OWN_MAIL = {"emails": ("skylover84@post.example",)}


def named(key: str = "p1", **fields: object) -> Profile:
    return profile(key, **{"display_name": "Marit Oxenholme", "handle": "maritox.bsky.social", **fields})


def anchored(key: str = "p1", **fields: object) -> Profile:
    return named(key, bio="skylover84@post.example", **fields)


def claiming(**fields: object) -> Profile:
    return named(bio="Head baker at Harbour Field Foods", location="Leeds", **fields)


EMPLOYED = contact(company="Harbour Field Foods", title="Head baker", city="Leeds")


def state(made: Link | None) -> LinkState | None:
    return made.state if made else None


def test_names_alone_never_link() -> None:
    made = decision(named(), contact())
    assert made is not None
    assert (made.state, made.contact_id, made.basis) == (LinkState.REVIEW, "c1", Basis.INFERRED)
    assert made.reason == "Only the profile itself says so; nothing starts from what the CRM knows."


def test_an_account_on_the_record_links_alone() -> None:
    made = decision(profile(handle="zzq.bsky.social"), contact(handles={"bluesky": ("zzq",)}))
    assert made is not None
    assert (made.state, made.contact_id, made.basis) == (LinkState.LINKED, "c1", Basis.CUSTOMER_PROVIDED)
    assert made.evidence
    assert made.reason == "The contact's record holds this account: “zzq”."
    assert (made.by, made.at, made.policy) == ("rule", NOW, LinkPolicy().describe())
    assert made.model_version


def test_an_address_the_platform_vouches_for_links_alone() -> None:
    made = decision(profile(email="skylover84@post.example"), contact(**OWN_MAIL))
    assert made is not None
    assert (made.state, made.basis) == (LinkState.LINKED, Basis.VERIFIED)


@pytest.mark.parametrize(
    ("one", "fields"),
    [
        (anchored(), OWN_MAIL),
        (named(handle="skylover84"), OWN_MAIL),
        (named(handle="skylover84.example"), {"websites": ("https://skylover84.example",)}),
        (named(platform="github", handle="skylover84"), {"websites": ("https://github.com/skylover84",)}),
    ],
)
def test_an_anchored_clue_with_the_full_name_links_in_strict(one: Profile, fields: dict[str, object]) -> None:
    made = decision(one, contact(**fields))
    assert made is not None
    assert (made.state, made.basis) == (LinkState.LINKED, Basis.PUBLIC_CLAIM)


@pytest.mark.parametrize("shown", ["Sigrid Oxenholme", "Marit Vandersloot", "Marit", "moonbiscuit"])
def test_an_anchored_clue_without_the_full_name_is_review(shown: str) -> None:
    made = decision(anchored(display_name=shown, handle="zzq"), contact(**OWN_MAIL))
    assert state(made) is LinkState.REVIEW


def test_an_address_that_is_merely_the_name_does_not_anchor() -> None:
    made = decision(named(handle="marit.oxenholme"), contact(emails=("marit.oxenholme@post.example",)))
    assert state(made) is LinkState.REVIEW


def test_a_link_to_the_contacts_site_does_not_anchor() -> None:
    copied = named(urls=("https://skylover84.example",), bio="Head baker", location="Leeds")
    made = decision(copied, contact(websites=("https://skylover84.example",), title="Head baker", city="Leeds"))
    assert state(made) is LinkState.REVIEW


def test_balanced_links_two_claims_besides_a_rare_name() -> None:
    balanced = LinkPolicy(preset=Preset.BALANCED)
    made = decision(claiming(), EMPLOYED, policy=balanced)
    assert made is not None
    assert (made.state, made.basis) == (LinkState.LINKED, Basis.INFERRED)
    assert state(decision(claiming(), EMPLOYED)) is LinkState.REVIEW
    one_claim = decision(named(location="Leeds"), EMPLOYED, policy=balanced)
    assert one_claim is not None
    assert one_claim.reason == "The name agrees, but fewer than two other claims do."


def test_balanced_does_not_link_a_common_name_on_claims() -> None:
    adams = EMPLOYED.model_copy(update={"first_name": "John", "last_name": "Adams"})
    made = decision(claiming(display_name="John Adams"), adams, policy=LinkPolicy(preset=Preset.BALANCED))
    assert made is not None
    assert (made.state, made.reason) == (LinkState.REVIEW, "The name is too common for claims alone.")


def test_open_links_by_probability_alone() -> None:
    assert state(decision(named(), contact(), policy=LinkPolicy(preset=Preset.OPEN))) is LinkState.LINKED
    never = LinkPolicy(preset=Preset.OPEN, probability=1.0)
    assert state(decision(named(), contact(), policy=never)) is LinkState.REVIEW


def test_an_improbable_match_is_not_worth_a_review() -> None:
    assert decision(profile(handle="mcooks"), contact()) is None


@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize(
    "fields",
    [
        {"display_name": "Mаrit Oxenholme"},
        {"display_name": "Marit 0xenholme"},
        {"display_name": "Marit Oxenholme Official"},
        {"display_name": "Marit Oxenholme Giveaway"},
        {"display_name": "Marit Oxenholme (Fan)"},
        {"bio": "Parody. skylover84@post.example"},
    ],
)
def test_imitations_never_link(preset: Preset, fields: dict[str, str]) -> None:
    made = decision(
        anchored().model_copy(update=fields), contact(**OWN_MAIL), policy=LinkPolicy(preset=preset, probability=0.51)
    )
    assert made is None or made.state is LinkState.REVIEW
    if made is not None and preset is not Preset.STRICT:
        assert made.reason


def test_the_sentence_says_what_is_worn() -> None:
    made = decision(anchored(display_name="Marit Oxenholme Giveaway"), contact(**OWN_MAIL))
    assert made is not None
    assert "giveaway" in made.reason.casefold()


@pytest.mark.parametrize(("local", "anchors"), [("jun.okamoto", False), ("skylover84", True)])
def test_an_address_that_may_be_the_reading_of_a_name_does_not_anchor(local: str, anchors: bool) -> None:
    """Nobody can tell from 純 that it is Jun: a namesake may read it so too, and take that handle."""
    person = contact(first_name="純", last_name="岡本", emails=(f"{local}@post.example",))
    handle = f"{local.replace('.', '')}.bsky.social"
    everybody = Matcher(floor=0.0)
    found = everybody.rank([profile(handle=handle, display_name="岡本純")], everybody.index([person]))[0][0]
    assert any(evidence.trust is Trust.ANCHORED for evidence in found.evidence) is anchors


def test_a_word_in_the_recorded_handle_is_no_disguise() -> None:
    person = contact(handles={"bluesky": ("maritofficial",)})
    assert state(decision(named(handle="maritofficial.bsky.social"), person)) is LinkState.LINKED
    disguised = named(handle="maritofficial.bsky.social", display_name="Marit Oxenholme Giveaway")
    assert state(decision(disguised, person)) is LinkState.REVIEW


def test_a_handle_on_two_records_is_suggested_and_never_picked() -> None:
    handles = {"bluesky": ("zzq",)}
    twins = [contact("c1", handles=handles), contact("c2", first_name="Sigrid", handles=handles)]
    made = decisions([named(handle="zzq.bsky.social")], twins)[0]
    assert made is not None
    assert (made.state, made.reason) == (LinkState.REVIEW, "Several contacts hold this account on their record.")


def test_namesakes_in_the_crm_are_not_told_apart_by_the_name() -> None:
    twins = [contact("c1"), contact("c2")]
    made = decisions([named()], twins, policy=LinkPolicy(preset=Preset.OPEN))[0]
    assert made is not None
    assert (made.state, made.runner_up > 0.4) == (LinkState.REVIEW, True)


def test_equal_claims_to_one_contact_link_none() -> None:
    made = decisions([anchored("p1"), anchored("p2", handle="marit.oxenholme")], [contact(**OWN_MAIL)])
    assert [state(one) for one in made] == [LinkState.REVIEW, LinkState.REVIEW]
    assert made[0] is not None
    assert made[0].reason == "2 accounts on this platform have equal claims to this contact."


def test_accounts_on_two_platforms_are_no_rivals() -> None:
    made = decisions([anchored("p1"), anchored("p2", platform="mastodon")], [contact(**OWN_MAIL)])
    assert [state(one) for one in made] == [LinkState.LINKED, LinkState.LINKED]


def test_a_better_claim_wins_over_a_copied_one() -> None:
    person = contact(handles={"bluesky": ("skylover84",)}, **OWN_MAIL)
    made = decisions([named("p1", handle="skylover84.bsky.social"), anchored("p2", handle="marit2")], [person])
    assert [state(one) for one in made] == [LinkState.LINKED, LinkState.REVIEW]


def test_another_account_on_the_record_is_review_at_most() -> None:
    person = contact(handles={"bluesky": ("elsewhere",)}, **OWN_MAIL)
    made = decision(anchored(), person, policy=LinkPolicy(preset=Preset.OPEN))
    assert made is not None
    assert (made.state, "elsewhere" in made.reason) == (LinkState.REVIEW, True)


def test_another_linked_account_is_review_at_most() -> None:
    made = decision(anchored(), contact(**OWN_MAIL), owned=("other-account",))
    assert made is not None
    assert (made.state, made.reason) == (
        LinkState.REVIEW,
        "Another account on this platform is already linked to this contact.",
    )
    assert state(decision(anchored(), contact(**OWN_MAIL), owned=("p1",))) is LinkState.LINKED


def test_a_recycled_handle_does_not_inherit() -> None:
    person = contact(handles={"bluesky": ("zzq",)})
    assert state(decision(profile("new-id", handle="zzq.bsky.social"), person, owned=("old-id",))) is LinkState.REVIEW


def test_do_not_profile_is_never_proposed() -> None:
    person = contact(do_not_profile=True, handles={"bluesky": ("maritox",)}, **OWN_MAIL)
    assert decision(anchored(), person) is None


def test_a_persons_link_stays_whatever_happens() -> None:
    for one in (profile(handle="zzq"), named(display_name="Sigrid Vandersloot Giveaway")):
        assert decision(one, contact(), current=link(LinkState.LINKED, by="person:ada")) is None


def test_a_persons_no_is_never_overruled_and_the_next_best_may_be_proposed() -> None:
    person = contact(handles={"bluesky": ("maritox",)})
    refused = link(LinkState.REJECTED, by="person:ada")
    assert decision(named(), person, current=refused, rejected={"c1"}) is None
    assert decision(named(), person, rejected={"c1"}) is None
    assert decision(named(), person, current=link(LinkState.UNLINKED, by="person:ada")) is None
    made = decision(named(), person, contact("c2"), current=refused, rejected={"c1"})
    assert made is not None
    assert (made.contact_id, made.state) == ("c2", LinkState.REVIEW)


def test_a_second_run_appends_nothing() -> None:
    for person in (contact(**OWN_MAIL), contact()):
        first = decision(anchored(), person)
        assert first is not None
        assert decision(anchored(), person, current=first) is None
    assert decision(profile(handle="zzq")) is None


def test_a_rules_own_decision_follows_the_evidence() -> None:
    linked = decision(anchored(), contact(**OWN_MAIL))
    assert (
        state(decision(named(display_name="Marit Oxenholme Giveaway"), contact(), current=linked)) is LinkState.REVIEW
    )
    gone = decision(profile(handle="zzq"), contact(), current=linked)
    assert gone is not None
    assert (gone.state, gone.contact_id) == (LinkState.NONE, None)
    assert decision(profile(handle="zzq"), contact(), current=gone) is None


def test_inference_is_review_on_x_and_refused_on_linkedin() -> None:
    balanced = LinkPolicy(preset=Preset.BALANCED)
    made = decision(claiming(platform="x"), EMPLOYED, policy=balanced)
    assert made is not None
    assert (made.state, made.reason) == (LinkState.REVIEW, "On x, a link on the ground “inferred” needs a person.")
    assert decision(claiming(platform="linkedin"), EMPLOYED, policy=balanced) is None


def test_a_loosened_platform_is_written_into_the_decision() -> None:
    loose = LinkPolicy.model_validate({"preset": "balanced", "platforms": {"Twitter": {"inferred": "link"}}})
    made = decision(claiming(platform="x"), EMPLOYED, policy=loose)
    assert made is not None
    assert made.state is LinkState.LINKED
    assert "x: inferred may link (rule: review)" in made.policy
    assert loose.basis_action("x", Basis.INFERRED) is Action.LINK
    assert loose.basis_action("linkedin", Basis.INFERRED) is Action.REFUSE


def test_a_customers_own_word_links_everywhere() -> None:
    for platform in ("x", "linkedin"):
        made = decision(profile(platform=platform, handle="zzq"), contact(handles={platform: ("zzq",)}))
        assert state(made) is LinkState.LINKED


def test_contradictions_are_reported() -> None:
    linked = link(LinkState.LINKED, by="person:ada")
    other_contact = linked.model_copy(update={"contact_id": "c2"})
    other_account = linked.model_copy(update={"profile_id": "p2"})
    found = contradictions([linked, other_contact, other_account, link(LinkState.REVIEW, contact_id="c9")])
    assert [one.kind for one in found] == [ContradictionKind.TWO_CONTACTS, ContradictionKind.TWO_ACCOUNTS]
    assert contradictions([linked]) == []


def test_a_confirmed_link_whose_evidence_changed_is_reported() -> None:

    confirmed = decision(anchored(), contact(**OWN_MAIL))
    assert confirmed is not None
    confirmed = confirmed.model_copy(update={"by": "person:ada"})
    index = MATCHER.index([contact(**OWN_MAIL), Contact(id="c2", first_name="Sigrid", last_name="Vandersloot")])

    def found(one: Profile) -> list[str]:
        again = Proposal(profile=one, matches=MATCHER.rank([one], index)[0], current=confirmed)
        return [found.sentence for found in contradictions([], [again])]

    assert found(anchored()) == []
    assert "giveaways" in found(anchored(display_name="Marit Oxenholme Giveaway"))[0]
    assert found(profile(handle="zzq")) == ["The profile shares nothing with its contact any more."]
    assert "another contact" in found(profile(display_name="Sigrid Vandersloot", handle="sigridvandersloot"))[0]


OLD, YOUNG = NOW - timedelta(days=400), NOW - timedelta(days=30)


def test_what_can_be_copied_does_not_link_a_new_account() -> None:
    young = decision(anchored(created_at=YOUNG), contact(**OWN_MAIL))
    assert young is not None
    assert (young.state, "younger than 90 days" in young.reason) == (LinkState.REVIEW, True)
    assert state(decision(anchored(created_at=OLD), contact(**OWN_MAIL))) is LinkState.LINKED
    loose = LinkPolicy(min_account_days=7)
    made = decision(anchored(created_at=YOUNG), contact(**OWN_MAIL), policy=loose)
    assert made is not None
    assert (made.state, "accounts from 7 days (usual: 90)" in made.policy) == (LinkState.LINKED, True)


def test_what_only_the_customer_can_make_links_a_new_account() -> None:
    site = contact(websites=("https://skylover84.example",))
    assert state(decision(named(handle="skylover84.example", created_at=YOUNG), site)) is LinkState.LINKED
    record = contact(handles={"bluesky": ("maritox",)})
    assert state(decision(named(created_at=YOUNG), record)) is LinkState.LINKED


def test_a_new_copy_does_not_undo_a_link_and_an_old_one_does() -> None:
    linked = decision(anchored(), contact(**OWN_MAIL))
    for born, expected in ((YOUNG, None), (OLD, LinkState.REVIEW)):
        copy = anchored("p2", handle="marit.oxenholme", created_at=born)
        index = MATCHER.index([contact(**OWN_MAIL)])
        pair = [anchored(), copy]
        proposals = [
            Proposal(profile=one, matches=matches, current=current)
            for one, matches, current in zip(pair, MATCHER.rank(pair, index), (linked, None), strict=True)
        ]
        made = decide(proposals, policy=LinkPolicy(), owned=lambda *_: (), now=NOW, model_version=MATCHER.version)
        assert (state(made[0]), state(made[1])) == (expected, LinkState.REVIEW)


@pytest.mark.parametrize("shown", ["Marit Oxenholme Jr", "Marit Oxenholme III", "Marit Oxenholme (refunds)"])
def test_words_beside_the_name_are_not_the_name(shown: str) -> None:
    assert state(decision(anchored(display_name=shown), contact(**OWN_MAIL))) is LinkState.REVIEW


@pytest.mark.parametrize("shown", ["Marit Oxenholme ✨", "Dr Marit Oxenholme", "Marit Oxenholme (she/her)"])
def test_ornaments_titles_and_pronouns_are_no_obstacle(shown: str) -> None:
    assert state(decision(anchored(display_name=shown), contact(**OWN_MAIL))) is LinkState.LINKED


def test_an_address_of_a_role_is_nobodys() -> None:
    office = contact(emails=("info@harbour.example",))
    assert state(decision(named(bio="info@harbour.example"), office)) is LinkState.REVIEW
    vouched = decision(profile(display_name="Harbour Foods", email="info@harbour.example"), office)
    assert vouched is None or vouched.state is LinkState.REVIEW


@pytest.mark.parametrize(
    ("recorded", "worn"), [("strasse84", "straße84"), ("skyhaus", "ſkyhaus"), ("kestrel", "\u212aestrel")]
)
def test_letters_that_fold_into_others_make_another_handle(recorded: str, worn: str) -> None:
    person = contact(handles={"forum": (recorded,)})
    assert state(decision(named(platform="forum", handle=recorded.upper()), person)) is LinkState.LINKED
    made = decision(named(platform="forum", handle=worn), person)
    assert made is None or made.state is LinkState.REVIEW


def test_balanced_counts_one_line_of_a_bio_once_and_heeds_a_strange_address() -> None:
    balanced = LinkPolicy(preset=Preset.BALANCED)
    person = EMPLOYED.model_copy(update={"title": "Head baker"})
    work = named(bio=f"Head baker at {person.company}")
    assert state(decision(work, person, policy=balanced)) is LinkState.REVIEW
    strange = claiming().model_copy(update={"bio": f"{claiming().bio} mail me: other@elsewhere.example"})
    assert state(decision(strange, EMPLOYED, policy=balanced)) is LinkState.REVIEW
