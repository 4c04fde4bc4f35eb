"""The system's keyring: Keychain, Credential Manager, Secret Service, whichever this machine has.

The library is loaded when it is needed and no sooner: it is slow, and most commands need it not. What its
backends raise is theirs and may be anything; none of it is shown, since it may quote what was to be kept.
"""

from typing import TYPE_CHECKING

from queuewatch.pbx.errors import NotKept

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "queuewatch"
"""The name under which everything is kept there."""

_UNUSABLE = ("keyring.backends.fail", "keyring.backends.null")
"""What the library puts in the place of a keyring where there is none."""


def keyring_name() -> str:
    """What this machine's keyring is called; empty when there is none to be used, as over a bare SSH line."""
    backend = _backend()
    return "" if backend is None else str(backend.name)


def read(account: str) -> str | None:
    """The text kept for the account; ``None`` when there is none. Raises :class:`NotKept`."""
    backend, failed = _backend(), False
    if backend is not None:
        try:
            return backend.get_password(SERVICE, account)
        except Exception:
            failed = True
    raise _unusable("read", failed)


def write(account: str, text: str) -> None:
    """Keep this text for the account. Raises :class:`NotKept`."""
    backend, failed = _backend(), False
    if backend is not None:
        try:
            return backend.set_password(SERVICE, account, text)
        except Exception:
            failed = True
    raise _unusable("written", failed)


def forget(account: str) -> None:
    """Keep nothing for the account any more. Raises :class:`NotKept`."""
    backend, failed = _backend(), False
    if backend is not None:
        try:
            if backend.get_password(SERVICE, account) is not None:
                backend.delete_password(SERVICE, account)
            return
        except Exception:
            failed = True
    raise _unusable("written", failed)


def _backend() -> "KeyringBackend | None":
    try:
        import keyring

        backend = keyring.get_keyring()
        chained = getattr(backend, "backends", None)
        usable = type(backend).__module__ not in _UNUSABLE and (chained is None or bool(list(chained)))
    except Exception:
        return None
    return backend if usable else None


def _unusable(verb: str, failed: bool) -> NotKept:
    if failed:
        return NotKept(f"The system's keyring cannot be {verb}.", "Unlock it, then try again.")
    return NotKept(
        "There is no usable keyring on this machine.",
        "Keep the session in a file: queuewatch login --store file",
    )
