"""The review queue: what rules would not decide alone."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Annotated

import typer

from socialcrm.cli.console import ConfigOption, JsonOption, out, print_json, say
from socialcrm.cli.tables import contradiction_lines, review_lines
from socialcrm.clock import SystemClock
from socialcrm.config import DEFAULT_PATH, load
from socialcrm.model import Link
from socialcrm.sync import review as decisions
from socialcrm.sync.assembly import store_of
from socialcrm.sync.report import ContradictionReport

app = typer.Typer(help="Profiles that wait for a person.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(help="The number in the list, or platform:handle.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides; written into the log.", envvar="SOCIALCRM_USER")]


@app.command("list")
def list_(
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    contact: Annotated[str, typer.Option(help="Only accounts that claim this contact, every one of them.")] = "",
) -> None:
    """List what does not fit together, then profiles that wait for a person, with how many posts wait with each."""
    store = store_of(load(config))
    items = store.decisions.review(limit, contact_id=contact or None)
    found = [] if contact else [ContradictionReport.of(one) for one in decisions.contradictory(store, limit)]
    store.close()
    if json:
        print_json(
            {
                "format": 1,
                "contradictions": [one.model_dump(mode="json") for one in found],
                "items": [
                    {
                        "number": item.link.id,
                        "platform": item.profile.platform,
                        "profile_id": item.profile.id,
                        "handle": item.profile.handle,
                        "display_name": item.profile.display_name,
                        "contact_id": item.link.contact_id,
                        "contact_name": item.contact.name if item.contact else None,
                        "probability": item.link.probability,
                        "held_posts": item.held,
                        "group_size": item.group_size,
                        "reason": item.link.reason,
                        "evidence": [evidence.model_dump(mode="json") for evidence in item.link.evidence],
                    }
                    for item in items
                ],
            }
        )
    elif items or found:
        for line in (*contradiction_lines(found), *review_lines(items)):
            out.print(line, soft_wrap=True)
    else:
        out.print("Nothing waits for review.")


@app.command()
def confirm(
    reference: Reference, config: ConfigOption = DEFAULT_PATH, json: JsonOption = False, by: ByOption = ""
) -> None:
    """Confirm a proposed link; the next sync delivers the posts that were held back."""
    _decide(decisions.confirm, reference, config, json=json, by=by)


@app.command()
def reject(
    reference: Reference, config: ConfigOption = DEFAULT_PATH, json: JsonOption = False, by: ByOption = ""
) -> None:
    """Reject a link for ever; the next sync retracts what it had put on the timeline."""
    _decide(decisions.reject, reference, config, json=json, by=by)


@app.command()
def undo(
    reference: Reference, config: ConfigOption = DEFAULT_PATH, json: JsonOption = False, by: ByOption = ""
) -> None:
    """Take the last decision about a profile back."""
    _decide(decisions.undo, reference, config, json=json, by=by)


def _decide(action: Callable[..., Link], reference: str, config: object, *, json: bool, by: str) -> None:
    store = store_of(load(str(config)))
    link = action(store, reference, by=by or getpass.getuser(), clock=SystemClock())
    store.close()
    if json:
        print_json({"format": 1, **link.model_dump(mode="json")})
    else:
        say(f"decision {link.id}: {link.platform}:{link.profile_id} is {link.state.value}; {link.reason}")
