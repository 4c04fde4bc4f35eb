"""Changing the profile file: what a person wrote stays as they wrote it."""

import os
import stat
from pathlib import Path

import pytest

from queuewatch.profiles.config import Profile, load_config
from queuewatch.profiles.edit import put_profile, remove_profile, use_profile
from queuewatch.profiles.fields import ConfigError

HAND_MADE = """\
# Whom I look after.
default = "acme"   # the big one

[profiles.acme]  # since 2019
url = "https://a.example"   # behind the VPN
domain = "a.example"

# North is far away,
# and slow.
[profiles.north]
url = "https://a.example"
domain = "n.example"
interval = 15 # seconds
"""
SUPPRESSED = """
[[profiles.acme.suppress]]
code = "QW111"   # the night line
reason = "meant to be so"
until = 2099-01-31
"""
NEW = {"url": "https://z.example", "domain": "z.example"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(HAND_MADE)
    return path


def test_a_new_file_has_its_first_profile_as_the_default(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "config.toml"
    put_profile(path, "z", {**NEW, "read_only": True, "interval": 3.0, "domains": ("y.example",), "theme": None})
    assert path.read_text() == (
        'default = "z"\n\n[profiles.z]\nurl = "https://z.example"\ndomain = "z.example"\n'
        'read_only = true\ninterval = 3.0\ndomains = [\n    "y.example",\n]\n'
    )
    assert load_config(path).default_profile == Profile(
        "z", "https://z.example", "z.example", read_only=True, interval=3.0, domains=("y.example",)
    )


def test_what_the_audit_is_not_to_mind_stays_with_its_profile_and_goes_with_it(file: Path) -> None:
    before, north = HAND_MADE.split("\n# North")
    file.write_text(f"{before}{SUPPRESSED}\n# North{north}")
    put_profile(file, "acme", {"username": "1002@a.example"})
    assert file.read_text() == f'{before}username = "1002@a.example"\n{SUPPRESSED}\n# North{north}'
    assert [one.code for one in load_config(file).profile("acme").suppressions] == ["QW111"]
    remove_profile(file, "acme")
    assert file.read_text().endswith(f"\n# North{north}")
    assert "suppress" not in file.read_text()


def test_a_profile_is_added_at_the_end(file: Path) -> None:
    put_profile(file, "z", NEW)
    assert file.read_text() == (HAND_MADE + '\n[profiles.z]\nurl = "https://z.example"\ndomain = "z.example"\n')


def test_a_profile_is_changed_where_it_stands(file: Path) -> None:
    put_profile(file, "acme", {"domain": "b.example", "username": "1002@b.example", "production": True})
    assert file.read_text() == HAND_MADE.replace(
        'domain = "a.example"\n', 'domain = "b.example"\nusername = "1002@b.example"\nproduction = true\n'
    )
    put_profile(file, "acme", {"domain": "a.example", "username": None, "production": None})
    assert file.read_text() == HAND_MADE


def test_what_is_so_already_is_not_written(file: Path) -> None:
    before = file.stat()
    put_profile(file, "acme", {"url": "https://a.example", "domain": "a.example"})
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_default(file: Path) -> None:
    use_profile(file, "north")
    assert file.read_text() == HAND_MADE.replace('default = "acme"', 'default = "north"')


def test_a_first_default_comes_before_the_tables(file: Path) -> None:
    file.write_text(HAND_MADE.replace('default = "acme"   # the big one\n', ""))
    use_profile(file, "north")
    assert load_config(file).default == "north"
    assert file.read_text().index("default") < file.read_text().index("[profiles")


def test_a_profile_is_removed_with_its_being_the_default(file: Path) -> None:
    remove_profile(file, "acme")
    assert file.read_text() == "# Whom I look after.\n\n" + HAND_MADE[HAND_MADE.index("\n# North") :]
    remove_profile(file, "north")
    assert load_config(file).profiles == {}
    assert "# North is far away,\n# and slow.\n" in file.read_text()


def test_a_text_that_looks_like_a_table_is_none(file: Path) -> None:
    tricky = (
        '[profiles.acme]\nurl = "https://a.example"\ndomain = "a"\n\n'
        '[profiles.b]\nurl = """\\\n[profiles.acme]"""\ndomain = "b"\n'
    )
    file.write_text(tricky)
    with pytest.raises(ConfigError):
        put_profile(file, "c", {"url": ""})
    remove_profile(file, "acme")
    assert load_config(file).profiles == {"b": Profile("b", "[profiles.acme]", "b")}


@pytest.mark.parametrize("act", [remove_profile, use_profile])
def test_there_is_no_such_profile(file: Path, act: object) -> None:
    with pytest.raises(ConfigError, match="There is no profile 'acmee'") as raised:
        act(file, "acmee")  # type: ignore[operator]
    assert raised.value.hint.startswith("Did you mean acme?")
    assert file.read_text() == HAND_MADE


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("[profiles.acme\n", "(at line 1, column 15)"),
        ('default = "acme\n', "(at line 1, column 16)"),
        ("[profiles.acme]\nurl = 7\n", "profiles.acme.url is a number, not a text"),
        (
            '[profiles.acme]\nurl = "https://a.example"\ndomains = "b"\n',
            "profiles.acme.domains is not a list of texts",
        ),
        ('[profiles.acme]\npassword = "x"\n', "would hold a secret"),
    ],
)
def test_a_broken_file_is_told_with_its_place_and_never_written(file: Path, broken: str, says: str) -> None:
    file.write_text(broken)
    with pytest.raises(ConfigError) as raised:
        put_profile(file, "z", NEW)
    assert says in str(raised.value)
    assert file.read_text() == broken


def test_a_value_that_cannot_be_is_not_written(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"profiles\.acme\.interval is 0\.01"):
        put_profile(file, "acme", {"interval": 0.01})
    assert file.read_text() == HAND_MADE


@pytest.mark.parametrize(
    "written",
    [
        'profiles = {acme = {url = "https://a.example", domain = "a.example"}}\n',
        '[profiles]\nacme = {url = "https://a.example", domain = "a.example"} # in a line\n',
        '[profiles.acme]\r\n# line ends of Windows\r\nurl = "https://a.example"\r\ndomain = "a.example"\r\n',
        '\ufeff[profiles.acme]\nurl = "https://a.example"\ndomain = "a.example"\n',
        "# nothing yet\n",
    ],
)
def test_however_it_is_written_it_is_changed_rightly(file: Path, written: str) -> None:
    file.write_bytes(written.encode())
    before = load_config(file).profiles
    put_profile(file, "z", NEW)
    assert load_config(file).profiles == {**before, "z": Profile("z", "https://z.example", "z.example")}
    assert all(
        comment in file.read_text()
        for comment in ("# in a line", "# line ends", "# nothing")
        if comment in written
    )


def test_what_cannot_be_changed_for_sure_is_left_alone(file: Path) -> None:
    written = 'profiles.acme.url = "https://a.example"\nprofiles.acme.domain = "a.example"\n'
    file.write_text(written)
    with pytest.raises(ConfigError, match="does not dare to change") as raised:
        put_profile(file, "z", NEW)
    assert "by hand" in raised.value.hint
    assert file.read_text() == written


@pytest.mark.skipif(os.name != "posix", reason="links and permissions are other things there")
def test_a_linked_file_stays_linked_and_as_readable_as_it_was(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.toml"
    file.rename(elsewhere)
    elsewhere.chmod(0o640)
    file.symlink_to(elsewhere)
    use_profile(file, "north")
    assert file.is_symlink()
    assert load_config(elsewhere).default == "north"
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640


def test_a_disk_that_is_full_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
        use_profile(file, "north")
    assert file.read_text() == HAND_MADE
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]
