"""Social media history on customer records.

    from socialcrm import Sync
    report = Sync.from_config("socialcrm.toml").run()

The names below are loaded when first used: importing the package loads no other package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcrm.adapters.registry import get_adapter as get_adapter
    from socialcrm.crm.registry import get_crm as get_crm
    from socialcrm.errors import SocialCRMError as SocialCRMError
    from socialcrm.lookup import brief as brief
    from socialcrm.matching.matcher import Matcher as Matcher
    from socialcrm.model import Contact as Contact
    from socialcrm.model import Interaction as Interaction
    from socialcrm.model import Link as Link
    from socialcrm.model import Match as Match
    from socialcrm.model import Post as Post
    from socialcrm.model import Profile as Profile
    from socialcrm.sync.pipeline import Sync as Sync
    from socialcrm.sync.report import SyncReport as SyncReport

__version__ = "0.1.0"

_HOME = {
    "Contact": "socialcrm.model",
    "Interaction": "socialcrm.model",
    "Link": "socialcrm.model",
    "Match": "socialcrm.model",
    "Matcher": "socialcrm.matching.matcher",
    "Post": "socialcrm.model",
    "Profile": "socialcrm.model",
    "SocialCRMError": "socialcrm.errors",
    "Sync": "socialcrm.sync.pipeline",
    "SyncReport": "socialcrm.sync.report",
    "brief": "socialcrm.lookup",
    "get_adapter": "socialcrm.adapters.registry",
    "get_crm": "socialcrm.crm.registry",
}

__all__ = [*sorted(_HOME), "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
