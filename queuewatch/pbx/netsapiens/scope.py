"""What a token may do, as far as the server tells it: each way to ask is optional, and the first answer counts."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime

from queuewatch.failover.visibility import SITE_MANAGER, SUPERVISOR
from queuewatch.pbx.checks import Check, bad, good, unsure
from queuewatch.pbx.errors import PbxError, Unreachable
from queuewatch.pbx.identity import OFFICE_MANAGERS, SCOPES
from queuewatch.pbx.netsapiens.answer import Answer
from queuewatch.pbx.netsapiens.answers import object_of
from queuewatch.pbx.netsapiens.values import whole
from queuewatch.pbx.netsapiens.who import ADDRESSES, identity_of

Ask = Callable[[str, str], Awaitable[Answer]]

_WIDE = ("", "~")


async def check_scope(ask: Ask, domain: str) -> AsyncIterator[Check]:
    """Ask who the token is, and say what follows from it for looking and for editing."""
    for path, what in ADDRESSES.items():
        try:
            fields = object_of(await ask(path, "what the token may do"))
        except Unreachable:
            break
        except PbxError:
            continue
        identity = identity_of(fields)
        scope, own = identity.scope, identity.domain
        if not scope:
            continue
        yield _scope(what, scope, read_only=identity.read_only)
        if (
            own not in _WIDE
            and own.casefold() != domain.casefold()
            and scope not in ("Reseller", "Super User", "NDP")
        ):
            yield bad(
                "Domain",
                f"The token belongs to the domain {own}, and {domain} was asked for.",
                f"Ask for {own} instead, or get a token for {domain}.",
            )
        if expires := _expiry(fields):
            yield expires
        return
    yield unsure(
        "Scope",
        "The server does not tell what this token may do.",
        "Reading works all the same; whether an edit is allowed shows when it is tried.",
    )


def _scope(what: str, scope: str, *, read_only: bool) -> Check:
    shown = scope if scope in SCOPES else f"“{scope}”"
    if read_only:
        return good(
            "Scope", f"{what[0].upper()}{what[1:]} for reading only ({shown}): queuewatch can look, not edit."
        )
    match scope:
        case _ if scope in OFFICE_MANAGERS:
            return good("Scope", f"{what[0].upper()}{what[1:]} of scope {shown}: it may look and edit.")
        case _ if scope == SITE_MANAGER:
            return good("Scope", f"A token of scope {shown}: it may look, and edit the queues of its own site.")
        case _ if scope == SUPERVISOR:
            return unsure(
                "Scope",
                f"A token of scope {shown}: it may look, and edit Require Agents, normally not When Offline.",
                "To edit both ask for one of scope Office Manager.",
            )
        case _:
            return unsure(
                "Scope",
                f"{what[0].upper()}{what[1:]} of scope {shown}: it may not see everything, and not edit.",
                "For all of the domain ask for one of scope Office Manager.",
            )


def _expiry(fields: Mapping[str, object]) -> Check | None:
    """A signed token tells when it expires; others do not."""
    seconds = whole(fields.get("exp"))
    if not seconds:
        return None
    try:
        until = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return good("Expiry", f"The token runs out at {until:%Y-%m-%d %H:%M} UTC.")
