"""Counts how many impostors and look-alikes are linked to a customer, and how many honest customers are.

    python benchmarks/match_hostile.py --json
    python benchmarks/match_hostile.py --each 20        # a quicker look

Needs no data: customers and attackers are invented from a seed. Every attack is judged three times: alone,
together with all others of its class in one batch, and in order of arrival with what was linked before;
it counts as linked if any of the three links it, for a moment even.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hostile_attacks import COPIES, NOW, Case, attacks, bystanders, controls, residual, swarms
from hostile_people import people

from socialcrm.matching.decisions import Proposal, decide
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Link, LinkState, Match, Profile
from socialcrm.policy import LinkPolicy, Preset


@dataclass
class Judge:
    """Decides as the pipeline does, under one preset, with the rankings computed once."""

    policy: LinkPolicy
    ranked: dict[str, list[Match]]
    links: dict[tuple[str, str], dict[str, Link]] = field(default_factory=lambda: defaultdict(dict))

    def decide(self, profiles: Sequence[Profile]) -> list[Link | None]:
        """Decide about accounts that appear together, beside those that were linked to the same contacts before."""
        proposals = [self._proposal(profile) for profile in profiles]
        made = decide(
            proposals,
            policy=self.policy,
            owned=lambda contact, platform: self.links[contact, platform].keys(),
            now=NOW,
            model_version="hostile",
        )
        for link in filter(None, made):
            for (_, platform), owners in self.links.items():
                if platform == link.platform:
                    owners.pop(link.profile_id, None)
            if link.state is LinkState.LINKED:
                self.links[str(link.contact_id), link.platform][link.profile_id] = link
        return made

    def _proposal(self, profile: Profile) -> Proposal:
        matches = self.ranked[profile.id]
        owners = self.links.get((matches[0].contact_id, profile.platform), {}) if matches else {}
        return Proposal(profile=profile, matches=matches, current=owners.get(profile.id))

    def meet(self, case: Case) -> None:
        """Let the customer's own accounts be linked, as a person or a proof did it earlier."""
        for own in case.genuine:
            about = {"platform": own.platform, "profile_id": own.id, "contact_id": case.owner}
            link = Link.model_validate({**about, "state": "linked", "at": NOW})
            self.links[case.owner, own.platform][own.id] = link


def linked(made: Iterable[Link | None]) -> set[str]:
    """Ids of the accounts that were linked."""
    return {link.profile_id for link in made if link and link.state is LinkState.LINKED}


def fooled(
    cases: Sequence[Case], policy: LinkPolicy, ranked: dict[str, list[Match]], everybody: dict[str, Profile]
) -> set[str]:
    """Ids of attacking accounts that were linked: alone, in one batch, or in order of arrival."""
    out: set[str] = set()
    for case in cases:
        if len(case.profiles) == 1:
            alone = Judge(policy, ranked)
            alone.meet(case)
            out |= linked(alone.decide(case.profiles))
    batch = Judge(policy, ranked)
    out |= linked(batch.decide([one for case in cases for one in (*case.genuine, *case.profiles)]))
    arrival = Judge(policy, ranked)
    for case in cases:
        arrival.meet(case)
        for profile in case.profiles:
            matches = ranked[profile.id]
            rivals = arrival.links.get((matches[0].contact_id, profile.platform), {}) if matches else {}
            beside = [everybody[key] for key in rivals if key != profile.id]
            out |= linked(arrival.decide([profile, *beside]))
    return out - {own.id for case in cases for own in case.genuine}


def measure(*, each: int = 110, seed: int = 7, customers: int = 600, most: int = 1000) -> dict[str, object]:
    """Judge the whole set under the three presets; returns the report that is printed."""
    chance = random.Random(seed)
    crowd = people(customers, chance)
    classes: dict[str, list[Case]] = defaultdict(list)
    for case in (*attacks(crowd, chance, each=each), *swarms(crowd, chance, most=most)):
        classes[case.kind].append(case)
    honest = list(controls(crowd, chance, each=each * 4 // 3))
    beyond = list(residual(crowd, chance, each=each))
    cases = [*(case for some in classes.values() for case in some), *honest, *beyond]
    everybody = {one.id: one for case in cases for one in (*case.profiles, *case.genuine)}
    matcher = Matcher()
    index = matcher.index([*(person.contact for person in crowd), *bystanders(crowd)])
    ranked = dict(zip(everybody, matcher.rank(list(everybody.values()), index), strict=True))
    report: dict[str, object] = {
        "customers": customers,
        "classes": len(classes),
        "attacks": sum(len(case.profiles) for some in classes.values() for case in some),
        "controls": len(honest),
    }
    for preset in Preset:
        policy = LinkPolicy(preset=preset)
        report[preset.value] = _under(policy, classes, honest, beyond, ranked, everybody)
    return report


def _under(
    policy: LinkPolicy,
    classes: dict[str, list[Case]],
    honest: list[Case],
    beyond: list[Case],
    ranked: dict[str, list[Match]],
    everybody: dict[str, Profile],
) -> dict[str, object]:
    sizes = {kind: sum(len(case.profiles) for case in cases) for kind, cases in classes.items()}
    found = {kind: len(fooled(cases, policy, ranked, everybody)) for kind, cases in classes.items()}
    plain = [kind for kind in classes if kind not in COPIES]
    right: Counter[str] = Counter()
    wrong = 0
    for case in honest:
        (made,) = Judge(policy, ranked).decide(case.profiles)
        if made and made.state is LinkState.LINKED:
            right[case.kind] += made.contact_id == case.owner
            wrong += made.contact_id != case.owner
    styles = Counter(case.kind for case in honest)
    return {
        "attacks_linked": sum(found.values()),
        "attack_rate_outside_copies": sum(found[kind] for kind in plain) / sum(sizes[kind] for kind in plain),
        "controls_linked": sum(right.values()) / len(honest),
        "controls_wrong": wrong,
        "residual_linked": len(fooled(beyond, policy, ranked, everybody)) / len(beyond),
        "by_class": {kind: [found[kind], sizes[kind]] for kind in classes},
        "by_control": {kind: [right[kind], styles[kind]] for kind in styles},
    }


def main() -> None:
    """Print the report: as JSON, or as a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=110, help="attacks of each class")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(each=options.each, seed=options.seed)
    if options.json:
        print(json.dumps(report))
        return
    print(f"{report['attacks']} attacks in {report['classes']} classes, {report['controls']} honest controls")
    for preset in Preset:
        under = report[preset.value]
        assert isinstance(under, dict)
        print(f"\n{preset}: {under['attacks_linked']} attacks linked "
              f"({under['attack_rate_outside_copies']:.2%} outside whole copies), "
              f"controls {under['controls_linked']:.1%} linked, {under['controls_wrong']} to somebody else, "
              f"residual {under['residual_linked']:.0%}")  # fmt: skip
        for table in ("by_class", "by_control"):
            for kind, (count, size) in under[table].items():
                if count or table == "by_control":
                    print(f"  {kind:<60} {count:>5} of {size}")


if __name__ == "__main__":
    main()
