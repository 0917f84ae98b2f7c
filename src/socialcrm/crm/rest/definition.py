"""What a REST CRM is like, as data: the definition file of the ``rest`` backend.

`docs/connecting_a_rest_crm.md` explains every table; ``crm/rest/definitions`` holds those that are shipped.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from socialcrm.crm.mapping import every, flag
from socialcrm.errors import ConfigError
from socialcrm.http.paging import CursorParam, LinkHeader, Offset, PageNumber, Paginator
from socialcrm.http.ratelimit import RateHeaders, Reset

Meaning = Literal["retry", "wait", "reauth", "stop", "park", "again", "missing"]
SHIPPED = ("pipedrive", "zendesk")


class Part(BaseModel):
    """A table of a definition; unknown names are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Paging(Part):
    """How the next page is asked for: a ``cursor`` found at ``key``, an ``offset``, a ``page`` number or a ``link``."""

    kind: Literal["cursor", "offset", "page", "link", "none"] = "none"
    param: str = ""
    key: str = ""

    def paginator(self) -> Paginator | None:
        """The walk that this table describes, or ``None`` where everything comes at once."""
        made: dict[str, Paginator] = {
            "cursor": CursorParam(self.param or "cursor", self.key or "cursor"),
            "offset": Offset(self.param or "offset"),
            "page": PageNumber(self.param or "page"),
            "link": LinkHeader(),
        }
        return made.get(self.kind)


class Says(Part):
    """A condition on a record: ``field`` is ``equals``, or any yes where that is left out."""

    field: str
    equals: str | bool | None = None

    def of(self, raw: Any) -> bool:
        """Tell whether it holds for a record; a missing field says no."""
        if self.equals is None:
            return flag(raw, self.field)
        wanted = str(self.equals).casefold()
        return any(str(value).casefold() == wanted for value in every(raw, self.field))


class Rate(Part):
    """The headers that say how many calls are left, and when there are more: in seconds, or at an instant."""

    remaining: str
    reset: str
    form: Literal["delta", "epoch", "instant"] = "delta"

    def headers(self) -> RateHeaders:
        """The same for the client."""
        return RateHeaders(self.remaining, self.reset, Reset[self.form.upper()])


class Api(Part):
    """Where the CRM is, how it is signed in to, and where its words about a failure stand.

    ``auth``: ``bearer``; ``basic`` with ``user``; ``header`` or ``query`` under ``auth_name``. ``failed``
    recognises a failure that is answered with a success status.
    """

    url: str = ""
    prefix: str = ""
    auth: Literal["bearer", "basic", "header", "query", "none"] = "bearer"
    auth_name: str = ""
    probe: str = ""
    message: tuple[str, ...] = ("message", "error.message", "error")
    codes: tuple[str, ...] = ()
    failed: Says | None = None
    rate: Rate | None = None


class Call(Part):
    """One call: ``path``, ``params`` and ``body`` are templates."""

    path: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    params: dict[str, Any] = {}
    body: Any = None


class Listing(Call):
    """A call that gives records: at ``items``, page by page."""

    items: str = ""
    paging: Paging = Paging()


class Since(Part):
    """How only changed contacts are asked for.

    ``time``: a parameter with an instant; the record's own stands at ``field``, and ``ordered`` says that
    records come by it. ``token``: a place that the CRM gives at ``key`` and that stays good; ``first`` are
    the parameters of the very first call, and ``end`` is where it says that this was all.
    """

    kind: Literal["time", "token"] = "time"
    param: str
    field: str = ""
    form: str = "seconds"
    overlap: int = Field(default=60, ge=0)
    ordered: bool = False
    key: str = ""
    first: dict[str, Any] = {}
    end: str = ""


class One(Call):
    """A call that gives one record, at ``item``."""

    item: str = ""


class Many(Listing):
    """A call that gives several contacts by their ids, ``size`` at a time, in ``{ids}``."""

    size: int = Field(default=100, ge=1, le=1000)


class Contacts(Part):
    """How contacts are read."""

    id: str = "id"
    list: Listing
    since: Since | None = None
    one: One
    many: Many | None = None
    gone: Says | None = None
    merged_into: str = ""
    do_not_profile: str = ""
    handles: dict[str, str | tuple[str, ...]] = {}
    fields: dict[str, str | tuple[str, ...]]


class Create(Call):
    """The call that writes a new entry; its id stands at ``id`` of the answer."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    id: str = "id"


class Entries(Part):
    """How timeline entries are written and read back.

    ``text`` is where our text stands in an entry that is read back, ``key`` where our key stands (without
    it, it is read from the text). Without ``update`` a changed entry is deleted and written anew.
    """

    id: str = "id"
    text: str
    contact: str
    key: str = ""
    markup: Literal["plain", "html"] = "plain"
    limit: int = Field(default=32_000, ge=500)
    retract: Literal["delete", "stub"] = "delete"
    list: Listing
    find: Listing | None = None
    create: Create
    update: Call | None = None
    delete: tuple[Call, ...] = ()


class Definition(Part):
    """A REST CRM. ``status`` says what a status or an error code means where the defaults do not fit."""

    name: str
    docs: str = ""
    api: Api = Api()
    status: dict[str, Meaning] = {}
    contacts: Contacts
    entries: Entries


def load_definition(path: Path) -> Definition:
    """Read a definition: the name of a shipped one, or a path.

    Raises `ConfigError` naming every wrong line, and what to do about it.
    """
    if path.name in SHIPPED:
        text = (files("socialcrm.crm.rest") / "definitions" / f"{path.name}.toml").read_text(encoding="utf-8")
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            hint = f"give the path of a .toml file, or one of: {', '.join(SHIPPED)}"
            raise ConfigError(f"the definition {path.name} cannot be read ({type(error).__name__}); {hint}") from None
    reference = path.name
    try:
        return Definition.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the definition {reference} is not valid TOML: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg'][0].lower()}{one['msg'][1:]}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise ConfigError(f"the definition {reference}: {wrong}") from None
