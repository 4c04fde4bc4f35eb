"""Who is asking, and which settings the phone system lets them change."""

from enum import StrEnum

from msgspec import Struct

from queuewatch.failover.sites import site_key
from queuewatch.failover.visibility import OTHERS, SITE_MANAGER, SUPERVISOR, WHOLE_DOMAIN

OFFICE_MANAGERS = WHOLE_DOMAIN
"""The scopes that change every queue and every user's answering rules of a domain, as the vendor states."""
LOOKERS = OTHERS
"""The vendor's other scopes: none of them changes a queue."""
SCOPES = (*LOOKERS, SITE_MANAGER, SUPERVISOR, *OFFICE_MANAGERS)
"""Every scope the vendor documents."""


class Setting(StrEnum):
    """The two settings queuewatch changes, by their portal names."""

    REQUIRE_AGENTS = "Require Agents"
    WHEN_OFFLINE = "When Offline"


class Identity(Struct, frozen=True):
    """Whose credentials are in use, as far as the phone system told. An empty text is "not known"."""

    login: str = ""
    name: str = ""
    scope: str = ""
    """The vendor's word: ``Office Manager``."""
    domain: str = ""
    site: str = ""
    read_only: bool = False
    """Whether it is an API key that only reads."""

    @property
    def label(self) -> str:
        """Name, login and scope in a line."""
        who = f"{self.name} ({self.login})" if self.name and self.login else self.name or self.login
        scope = f"{self.scope}, {self.site}" if self.site and _is(self.scope, SITE_MANAGER) else self.scope
        return " · ".join(part for part in (who or "somebody unnamed", scope) if part)

    @property
    def sees(self) -> str:
        """Tells apart two who may be shown different things; empty where it is not known who this is."""
        return "\n".join((self.login, self.scope, self.domain, self.site)) if self.login else ""


def may_edit(identity: Identity | None, setting: Setting, queue_site: str = "") -> str:
    """Why this setting of a queue cannot be changed with these credentials; empty when it can, or may be.

    What is not known does not stand in the way: the phone system itself has the last word.
    ``queue_site`` is empty when the queue has no site, or none is known.
    """
    if identity is None:
        return ""
    if identity.read_only:
        return "Read-only: the API key in use changes nothing."
    scope = identity.scope
    if _is(scope, SITE_MANAGER):
        if identity.site and queue_site and site_key(queue_site) != site_key(identity.site):
            return (
                f"A Site Manager changes queues of their own site, {identity.site}; this one is at {queue_site}."
            )
        return ""
    if _is(scope, SUPERVISOR) and setting is Setting.WHEN_OFFLINE:
        return "A Call Center Supervisor does not change a queue's answering rules; an Office Manager does."
    if _is(scope, *LOOKERS):
        return f"The scope {scope} does not change queues; an Office Manager's does."
    return ""


def reach(identity: Identity) -> str:
    """What these credentials let a person do, in a sentence."""
    scope = identity.scope
    if identity.read_only:
        return "A read-only API key: you look, and change nothing."
    if _is(scope, *OFFICE_MANAGERS):
        return "You may change Require Agents and When Offline of every queue."
    if _is(scope, SITE_MANAGER):
        where = f"at {identity.site}" if identity.site else "of your own site"
        return f"You may change Require Agents and When Offline of the queues {where}."
    if _is(scope, SUPERVISOR):
        return "You may change Require Agents, and normally not When Offline: an Office Manager may."
    if _is(scope, *LOOKERS):
        return f"You look, and change nothing: the scope {scope} does not reach the queues' settings."
    if scope:
        return f"The scope “{scope}” is not known to queuewatch: it lets you try, and the phone system decides."
    return "The phone system does not say what you may change: queuewatch lets you try, and it decides."


def _is(word: str, *words: str) -> bool:
    return word.casefold() in (other.casefold() for other in words)
