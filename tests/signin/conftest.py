"""No test sees the developer's own keyring."""

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail


class Safe(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    @property
    def name(self) -> str:
        return "Safe"

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise RuntimeError(f"cannot keep {password}")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


@pytest.fixture
def safe(_no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> Safe:
    """A machine with a keyring."""
    backend = Safe()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend
