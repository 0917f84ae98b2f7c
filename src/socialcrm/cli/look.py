"""Reading commands: a timeline, the reasons, the brief."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcrm.cli.console import ConfigOption, JsonOption, out, print_json, say
from socialcrm.cli.tables import timeline_table
from socialcrm.config import DEFAULT_PATH, load
from socialcrm.lookup import brief as lookup_brief
from socialcrm.sync.assembly import crm_of, store_of
from socialcrm.sync.explain import explain as explain_reference


def timeline(
    contact_id: Annotated[str, typer.Argument(help="The contact's id in the CRM.")],
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
) -> None:
    """Show what stands on a contact's timeline in the CRM, oldest first."""
    crm = crm_of(load(config))
    entries = list(crm.timeline(contact_id))
    crm.close()
    if json:
        rows = [entry.model_dump(mode="json", exclude={"retracted"}) for entry in entries]
        print_json({"format": 1, "contact_id": contact_id, "entries": rows})
    elif entries:
        out.print(timeline_table(entries))
    else:
        say(f"Nothing from us stands on the timeline of {contact_id}.")


def explain(
    reference: Annotated[str, typer.Argument(help="A post (id, web address, key) or a profile (id, platform:handle).")],
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
) -> None:
    """Say in sentences why a post stands where it stands, or why a profile is whose it is."""
    store = store_of(load(config))
    explanation = explain_reference(store, reference)
    store.close()
    if json:
        print_json({"format": 1, **explanation.model_dump(mode="json")})
    else:
        for sentence in explanation.sentences:
            say(sentence)


def brief(
    phone: Annotated[str, typer.Option(help="The caller's number.")] = "",
    email: Annotated[str, typer.Option(help="An e-mail address.")] = "",
    contact: Annotated[str, typer.Option(help="The contact's id in the CRM.")] = "",
    handle: Annotated[str, typer.Option(help="An account name, or platform:name.")] = "",
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
) -> None:
    """Tell what an agent should know about whoever is calling."""
    if sum(bool(value) for value in (phone, email, contact, handle)) != 1:
        raise typer.BadParameter("give exactly one of --phone, --email, --contact and --handle")
    store = store_of(load(config))
    briefs = lookup_brief(store, phone=phone, email=email, contact_id=contact, handle=handle)
    store.close()
    if json:
        print_json({"format": 1, "contacts": [one.model_dump(mode="json") for one in briefs]})
        return
    for one in briefs:
        say(f"{one.name} ({one.contact_id})", style="bold")
        for sentence in one.sentences:
            say(f"  {sentence}")
        for post in one.posts:
            say(f"  {post.at[:16]}  {post.platform} {post.kind}: {post.text}")
