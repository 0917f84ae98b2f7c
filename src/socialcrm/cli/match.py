"""Matching files: who owns which account, how good the answers are, why, and what people's answers teach."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from socialcrm.cli.console import ConfigOption, JsonOption, err, out, print_json, say, spinner
from socialcrm.cli.waterfall import waterfall_lines, waterfall_svg
from socialcrm.config import DEFAULT_PATH, load
from socialcrm.crm.csv_import import BadRow, ImportReport, read_contacts
from socialcrm.errors import ConfigError
from socialcrm.matching import ContactIndex, Matcher, Proposal, WeightModel, decide
from socialcrm.matching.evaluate import LINK, NONE, REVIEW, Prediction, evaluate
from socialcrm.matching.learn import refine
from socialcrm.matching.profile_file import FileReport, read_labels, read_profiles, read_truth
from socialcrm.model import Contact, Link, LinkState, Match, Profile
from socialcrm.policy import LinkPolicy, Preset
from socialcrm.sync.assembly import store_of
from socialcrm.sync.review import lessons

app = typer.Typer(invoke_without_command=True, no_args_is_help=True)

_BLOCK = 2_500
_SHOWN = 5
_DECISIONS = {LinkState.LINKED: LINK, LinkState.REVIEW: REVIEW}
# A file handed over for matching is data with a ground of its own; platform rules are for what the sync fetches.
_OF_FILES = {"x": {"inferred": "link"}, "linkedin": {"inferred": "link", "public_claim": "link"}}

ContactsOption = Annotated[Path, typer.Option("--contacts", help="The contacts, a CSV file.")]
ProfilesOption = Annotated[Path, typer.Option("--profiles", help="The profiles, a CSV file.")]
PresetOption = Annotated[Preset, typer.Option("--preset", help="How much evidence a link needs.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="A model file; without one, the one that ships.")]


@app.callback()
def match(
    context: typer.Context,
    contacts: Annotated[Path | None, typer.Option("--contacts", help="The contacts, a CSV file.")] = None,
    profiles: Annotated[Path | None, typer.Option("--profiles", help="The profiles, a CSV file.")] = None,
    out_path: Annotated[Path | None, typer.Option("--out", help="Where the predictions go, a CSV file.")] = None,
    preset: PresetOption = Preset.STRICT,
    model: ModelOption = None,
    explain: Annotated[int, typer.Option("--explain", help="Print the reasons of so many links.", min=0)] = 0,
) -> None:
    """Say whose each profile is, from two files into a third."""
    if context.invoked_subcommand:
        return
    if contacts is None or profiles is None or out_path is None:
        raise typer.BadParameter("give --contacts, --profiles and --out")
    matcher = Matcher(model=WeightModel.load(model))
    index = matcher.index(contacts_of(contacts))
    told = explain
    with out_path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("profile_id", "contact_id", "probability", "decision"))
        for matches, link in answers(matcher, index, profiles_of(profiles), preset):
            rows = predictions(matches, link)
            writer.writerows((row.profile_id, row.contact_id, f"{row.probability:.6f}", row.decision) for row in rows)
            if told and link is not None and link.state is LinkState.LINKED:
                told -= 1
                _tell(matches[0], link)


def contacts_of(path: Path) -> list[Contact]:
    """Read contacts from a file and report on standard error what is wrong with it."""
    report = ImportReport()
    found: list[Contact] = []
    seen: set[str] = set()
    wrong = FileReport()
    for item in read_contacts(path, report=report):
        if isinstance(item, BadRow):
            wrong.note(item.row, f"{item.column}: {item.reason}" if item.column else item.reason)
        elif item.id in seen:
            wrong.note(0, "a contact_id stands on several rows; the last one counts")
            found.append(item)
        else:
            seen.add(item.id)
            found.append(item)
    _complain(path, report.rows, wrong)
    return found


def profiles_of(path: Path) -> list[Profile]:
    """Read profiles from a file and report on standard error what is wrong with it."""
    wrong = FileReport()
    found = read_profiles(path, wrong)
    _complain(path, wrong.rows, wrong)
    return found


def _complain(path: Path, rows: int, wrong: FileReport) -> None:
    for reason, count in wrong.counts.most_common():
        first = next((line for line in wrong.bad if line.endswith(reason)), "")
        err.print(f"{path.name}: {count} of {rows} rows: {first}", markup=False, highlight=False, soft_wrap=True)


def answers(
    matcher: Matcher, index: ContactIndex, profiles: Sequence[Profile], preset: Preset
) -> Iterator[tuple[list[Match], Link | None]]:
    """Rank and decide block by block, with progress on standard error."""
    policy = LinkPolicy.model_validate({"preset": preset, "platforms": _OF_FILES if preset is Preset.OPEN else {}})
    now = datetime.now(UTC)
    with spinner(enabled=True) as progress:
        for start in range(0, len(profiles), _BLOCK):
            block = profiles[start : start + _BLOCK]
            ranked = matcher.rank(block, index)
            proposals = [Proposal(profile=p, matches=m) for p, m in zip(block, ranked, strict=True)]
            links = decide(proposals, policy=policy, owned=lambda *_: (), now=now, model_version=matcher.version)
            progress("matched", len(block))
            yield from zip(ranked, links, strict=True)


def predictions(matches: Sequence[Match], link: Link | None) -> list[Prediction]:
    """The rows of one profile as they stand in a predictions file."""
    decision = _DECISIONS.get(link.state, NONE) if link else NONE
    return [
        Prediction(m.profile_id, m.contact_id, m.probability, decision if rank == 0 or decision == REVIEW else NONE)
        for rank, m in enumerate(matches)
    ]


def _tell(match: Match, link: Link) -> None:
    say(f"{match.profile_id} is {match.contact_id} ({match.probability:.2%}): {link.reason}")
    for evidence in match.evidence:
        say(f"  {evidence.weight:+6.1f}  {evidence.sentence}")


@app.command("evaluate")
def evaluate_command(
    data: Annotated[Path, typer.Option("--data", help="A folder with contacts.csv, profiles.csv and truth.csv.")],
    preset: PresetOption = Preset.OPEN,
    model: ModelOption = None,
    json: JsonOption = False,
) -> None:
    """Measure the answers against a truth that is known."""
    matcher = Matcher(model=WeightModel.load(model), floor=0.0)
    index = matcher.index(contacts_of(data / "contacts.csv"))
    profiles = profiles_of(data / "profiles.csv")
    truth = read_truth(data / "truth.csv")
    rows = [row for found, link in answers(matcher, index, profiles, preset) for row in predictions(found, link)]
    measured = evaluate(rows, truth)
    if json:
        print_json({"format": 1, "model": matcher.version, **measured})
        return
    for line in _lines(measured):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(measured: dict[str, Any]) -> Iterator[str]:
    links, fit = measured["decided"], measured["calibration"]
    yield f"{measured['profiles']} profiles, {measured['owned']} of a contact"
    yield f"links {links['links']}: precision {links['precision']}, recall {links['recall']}"
    yield f"strangers linked {links['false_link_rate']}, for review {links['review_share']}"
    for target, best in measured["recall_at_precision"].items():
        yield f"recall at precision {target}: {best['recall']} (from {best['threshold']})"
    yield f"owner ranked first {measured['first']}, Brier {fit['brier']}, calibration error {fit['ece']}"


def _one(found: Sequence[Any], wanted: str, what: str) -> Any:
    item = next((one for one in found if one.id == wanted), None)
    if item is None:
        raise ConfigError(f"there is no {what} {wanted} in the file")
    return item


@app.command("explain")
def explain_command(
    profile: Annotated[str, typer.Argument(help="The profile's id in the profiles file.")],
    contact: Annotated[str, typer.Argument(help="The contact's id in the contacts file.")],
    contacts: ContactsOption,
    profiles: ProfilesOption,
    model: ModelOption = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Also draw the waterfall into this file.")] = None,
    json: JsonOption = False,
) -> None:
    """Show what speaks for and against a contact, weight by weight."""
    matcher = Matcher(model=WeightModel.load(model), floor=0.0)
    index = matcher.index(contacts_of(contacts))
    asked = _one(profiles_of(profiles), profile, "profile")
    if contact not in index:
        raise ConfigError(f"there is no contact {contact} in the file")
    found = next((m for m in matcher.rank([asked], index, top=1000)[0] if m.contact_id == contact), None)
    if found is None:
        say(f"{contact} is no candidate for {profile}: too little in common.")
        return
    start = matcher.model.base(len(index))
    if json:
        print_json({"format": 1, "base": start, **found.model_dump(mode="json")})
    else:
        for line in waterfall_lines(found, start):
            say(line)
    if svg is not None:
        svg.write_text(waterfall_svg(found, start), encoding="utf-8")


@app.command("fit")
def fit_command(
    out_path: Annotated[Path, typer.Option("--out", help="Where the new model goes.")],
    contacts: Annotated[Path | None, typer.Option("--contacts", help="The contacts, a CSV file.")] = None,
    profiles: Annotated[Path | None, typer.Option("--profiles", help="The profiles, a CSV file.")] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="profile_id, contact_id and label (1 or 0), a CSV file.")
    ] = None,
    config: ConfigOption = DEFAULT_PATH,
    model: ModelOption = None,
    version: Annotated[str, typer.Option("--name", help="The version name of the new model.")] = "fitted-1",
) -> None:
    """Refine the weights with what people confirmed and rejected: in the review queue, or in three files."""
    base = WeightModel.load(model)
    if contacts and profiles and labels:
        index = ContactIndex(contacts_of(contacts))
        fitted = refine(base, index, profiles_of(profiles), read_labels(labels), version=version)
    elif contacts or profiles or labels:
        raise typer.BadParameter("give all of --contacts, --profiles and --labels, or none for the review queue")
    else:
        fitted = _from_reviews(base, config, version)
    out_path.write_text(fitted.model_dump_json(indent=1) + "\n", encoding="utf-8")
    record = fitted.training
    say(f"Wrote {out_path}: {record['labels_used']} of {record['labels']} labels concern candidates.")


def _from_reviews(base: WeightModel, config: Path, version: str) -> WeightModel:
    store = store_of(load(config))
    asked, said = lessons(store)
    index = ContactIndex(store.contacts.all())
    store.close()
    if not said:
        raise ConfigError("nobody has confirmed or rejected anything yet; see: socialcrm review list")
    return refine(base, index, asked, said, version=version)
