"""Where sessions are kept, and what is refused there."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from queuewatch.pbx.credentials import Session
from queuewatch.pbx.errors import NotKept
from queuewatch.pbx.identity import Identity
from queuewatch.signin.session_store import StoredSession, Where, store_for
from queuewatch.signin.system_keyring import keyring_name
from tests.signin.conftest import Safe
from tests.signin.sign_in_server import CLIENT_SECRET, PREFIX, shows_no_secret

ADDRESS = "https://pbx.example.com/ns-api/v2"
DANA = Identity("1010@acme.example", "Dana Reyes", "Office Manager", "acme.example", "Dallas")
SESSION = Session(
    ADDRESS,
    f"{PREFIX}access",
    f"{PREFIX}refresh",
    datetime(2026, 11, 23, 15, 12, tzinfo=UTC),
    "12345.queuewatch",
    CLIENT_SECRET,
    identity=DANA,
)
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are kept otherwise there")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"QUEUEWATCH_STATE": str(tmp_path / "state")}


def everything_in(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_in_a_file_it_comes_back_as_it_was(environ: dict[str, str]) -> None:
    StoredSession("acme", ADDRESS, environ, Where.FILE).save(SESSION)
    store = store_for("acme", ADDRESS, environ)
    assert store is not None
    assert store.load() == SESSION


@posix
def test_the_file_and_its_folder_are_for_their_owner_alone(environ: dict[str, str]) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.path.parent.parent.stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_open_to_others_is_refused_with_what_mends_it(environ: dict[str, str], mode: int) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    store.path.chmod(mode)
    with pytest.raises(NotKept, match="is open to others, so it is not used") as raised:
        store.load()
    assert raised.value.hint == f"chmod 600 {store.path}"
    assert shows_no_secret(raised.value)


@posix
def test_a_folder_open_to_others_is_refused(environ: dict[str, str]) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    store.path.parent.chmod(0o755)
    with pytest.raises(NotKept) as raised:
        store.save(SESSION)
    assert raised.value.hint == f"chmod 700 {store.path.parent}"


@posix
def test_somebody_elses_file_is_refused(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NotKept, match="belongs to somebody else"):
        store.load()


@posix
def test_a_link_to_somewhere_else_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    store.path.rename(tmp_path / "elsewhere.json")
    store.path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(NotKept, match="cannot be used"):
        store.load()


def test_a_session_of_another_server_is_none(environ: dict[str, str]) -> None:
    StoredSession("acme", ADDRESS, environ, Where.FILE).save(SESSION)
    assert store_for("acme", "https://elsewhere.example/ns-api/v2", environ) is None
    assert StoredSession("acme", "https://elsewhere.example/ns-api/v2", environ).load() is None


@pytest.mark.parametrize("name", ["a/b", "../../etc/x", "..", "C:\\x", "überall", "with blank"])
def test_a_profile_may_be_called_anything(environ: dict[str, str], name: str) -> None:
    store = StoredSession(name, ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    assert store.path.parent == Path(environ["QUEUEWATCH_STATE"]) / "sessions"
    assert store.load() == SESSION


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"kept": "file"}', '{"kept": 7}', "\x00"])
def test_a_damaged_file_is_no_session(environ: dict[str, str], damage: str) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)
    store.path.write_text(damage)
    assert store.load() is None


def test_in_the_keyring_the_file_has_no_secret(environ: dict[str, str], safe: Safe, tmp_path: Path) -> None:
    StoredSession("acme", ADDRESS, environ, Where.KEYRING).save(SESSION)
    written = everything_in(tmp_path)
    assert "Dana Reyes" in written
    assert PREFIX not in written
    assert CLIENT_SECRET not in written
    (((service, account), kept),) = safe.kept.items()
    assert (service, account, json.loads(kept)["refresh_token"]) == ("queuewatch", "acme", SESSION.refresh_token)
    store = store_for("acme", ADDRESS, environ)
    assert store is not None
    assert store.load() == SESSION
    assert store.forget() is Where.KEYRING
    assert safe.kept == {}
    assert store.load() is None
    assert store.forget() is None


def test_a_keyring_that_fails_is_a_sentence_without_a_secret(environ: dict[str, str], safe: Safe) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.KEYRING)
    store.save(SESSION)
    safe.locked = True
    for act in (store.load, lambda: store.save(SESSION), store.forget):
        with pytest.raises(NotKept, match="keyring cannot be") as raised:
            act()
        assert shows_no_secret(raised.value)


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_where_there_is_no_keyring_it_is_said(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, backend: type[KeyringBackend]
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)
    assert keyring_name() == ""
    with pytest.raises(NotKept, match="no usable keyring on this machine") as raised:
        StoredSession("acme", ADDRESS, environ, Where.KEYRING).save(SESSION)
    assert "--store file" in raised.value.hint


def test_a_full_disk_leaves_the_old_session_whole(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = StoredSession("acme", ADDRESS, environ, Where.FILE)
    store.save(SESSION)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotKept, match="No space left on device"):
        store.save(Session(ADDRESS, "other"))
    assert store.load() == SESSION
    assert [path.name for path in store.path.parent.iterdir()] == ["acme.json"]
