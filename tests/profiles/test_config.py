"""The profile file: what it may say, and what is said about one that says something else."""

from pathlib import Path

import pytest

from queuewatch.profiles.config import Config, Profile, config_path, load_config
from queuewatch.profiles.fields import ConfigError

SECRET = "nsd_VerySecretToken42"


@pytest.fixture
def write(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_whole_profile_is_read(write: Path) -> None:
    write.write_text(
        'default = "acme"\n[profiles.acme]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n'
        'token_env = "ACME_TOKEN"\nread_only = true\ninterval = 10\ntheme = "nord"\n'
        'push = true\npush_url = "https://core1.example.com:8001"\nhistory = false\nhistory_days = 90\n'
    )
    assert load_config(write) == Config(
        write,
        {
            "acme": Profile(
                "acme",
                "https://pbx.example.com",
                "acme.example",
                "ACME_TOKEN",
                True,
                10.0,
                "nord",
                push=True,
                push_url="https://core1.example.com:8001",
                history=False,
                history_days=90,
            )
        },
        "acme",
    )


def test_what_is_left_out_has_its_default(write: Path) -> None:
    write.write_text('[profiles.acme]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n')
    config = load_config(write)
    assert config.default_profile == Profile(
        "acme", "https://pbx.example.com", "acme.example", "QUEUEWATCH_TOKEN", False, None, ""
    )


def test_a_file_that_does_not_exist_says_nothing(write: Path) -> None:
    config = load_config(write)
    assert config == Config(write)
    assert config.default_profile is None


def test_a_byte_order_mark_does_no_harm(write: Path) -> None:
    write.write_bytes(b"\xef\xbb\xbf" + b'[profiles.a]\nurl = "https://x"\ndomain = "y"\n')
    assert list(load_config(write).profiles) == ["a"]


GOOD = 'url = "https://x.example"\ndomain = "x.example"\n'


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        (
            "[profiles.a\n",
            "is not valid TOML: Expected ']' at the end of a table declaration (at line 1",
            "brackets",
        ),
        (f"[profiles.a]\n{GOOD}\nurl = 1\n# end\n", "(at line 5", ""),
        ('defalt = "a"\n', ": unknown key defalt.", "Did you mean default?"),
        (f'[profiles.a]\n{GOOD}domian = "y"\n', ": unknown key profiles.a.domian.", "Did you mean domain?"),
        ("profiles = 3\n", ": profiles must be tables.", "[profiles.NAME]"),
        ("[profiles]\na = 3\n", ": profiles.a is a number, not a profile.", "[profiles.NAME]"),
        ('[profiles.a]\nurl = "https://x"\n', ": profiles.a.domain is missing.", 'Add domain = "…"'),
        (
            '[profiles.a]\nurl = "https://x"\ndomain = 5\n',
            ": profiles.a.domain is a number, not a text.",
            "domain =",
        ),
        ('[profiles.a]\nurl = ["x"]\ndomain = "y"\n', ": profiles.a.url is a list, not a text.", "url ="),
        (f'[profiles.a]\n{GOOD}push = "https://x"\n', ": profiles.a.push is a text.", "push = true"),
        (f'[profiles.a]\n{GOOD}read_only = "yes"\n', ": profiles.a.read_only is a text.", "read_only = true"),
        (
            f'[profiles.a]\n{GOOD}interval = "5"\n',
            ": profiles.a.interval is a text, not a number.",
            "from 0.2 to 3600",
        ),
        (f"[profiles.a]\n{GOOD}interval = true\n", ": profiles.a.interval is true or false", "from 0.2 to 3600"),
        (f"[profiles.a]\n{GOOD}interval = 0.1\n", ": profiles.a.interval is 0.1.", "from 0.2 to 3600"),
        (f"[profiles.a]\n{GOOD}interval = 3601\n", ": profiles.a.interval is 3601.", "from 0.2 to 3600"),
        (
            f"[profiles.a]\n{GOOD}history = 1\n",
            ": profiles.a.history is a number",
            "history = true or history = false",
        ),
        (
            f"[profiles.a]\n{GOOD}history_days = 1.5\n",
            ": profiles.a.history_days is a number, not a number of days.",
            "a whole number of days from 1 to 3650",
        ),
        (f"[profiles.a]\n{GOOD}history_days = 0\n", ": profiles.a.history_days is 0.", "from 1 to 3650"),
        (
            f"[profiles.a]\n{GOOD}history_days = true\n",
            ": profiles.a.history_days is true or false",
            "from 1 to 3650",
        ),
        (f"[profiles.a]\n{GOOD}interval = nan\n", ": profiles.a.interval is nan.", "from 0.2 to 3600"),
        (
            f'default = "b"\n[profiles.a]\n{GOOD}',
            ": default names the profile 'b', which is not there.",
            "It has a.",
        ),
        ('default = "b"\n', ": default names the profile 'b', which is not there.", "It has no profiles."),
    ],
)
def test_a_fault_names_the_file_and_the_place(write: Path, text: str, sentence: str, hint: str) -> None:
    write.write_text(text)
    with pytest.raises(ConfigError) as error:
        load_config(write)
    assert str(error.value).startswith(str(write))
    assert sentence in str(error.value)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "text",
    [
        f'token = "{SECRET}"\n',
        f'[profiles.a]\n{GOOD}token = "{SECRET}"\n',
        f'[profiles.a]\n{GOOD}password = "{SECRET}"\n',
        f'[profiles.a]\n{GOOD}client_secret = "{SECRET}"\n',
        f'[profiles.a]\n{GOOD}api-key = "{SECRET}"\n',
        f'[profiles]\ntoken = "{SECRET}"\n',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(write: Path, text: str) -> None:
    write.write_text(text)
    with pytest.raises(ConfigError, match="does not belong in this file") as error:
        load_config(write)
    assert SECRET not in str(error.value) + error.value.hint
    assert "token_env" in error.value.hint


def test_a_secret_without_its_quotes_is_not_repeated_either(write: Path) -> None:
    write.write_text(f"[profiles.a]\n{GOOD}token = {SECRET}\n")
    with pytest.raises(ConfigError, match="at line 4") as error:
        load_config(write)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("pasted", [SECRET, "eyJhbGciOi.J9.x", "two words"])
def test_a_token_pasted_for_the_variable_name_is_not_repeated(write: Path, pasted: str) -> None:
    write.write_text(f'[profiles.a]\n{GOOD}token_env = "{pasted}"\n')
    with pytest.raises(ConfigError, match=r"profiles\.a\.token_env is not the name") as error:
        load_config(write)
    assert pasted not in str(error.value) + error.value.hint


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: it is a folder, not a file"):
        load_config(tmp_path)


def test_a_file_that_is_no_text_says_so(write: Path) -> None:
    write.write_bytes(b'default = "\xff\xfe"')
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_config(write)


def test_several_profiles_need_a_default(write: Path) -> None:
    write.write_text(f"[profiles.acme]\n{GOOD}[profiles.basco]\n{GOOD}")
    with pytest.raises(ConfigError, match="several profiles and no default: acme, basco") as error:
        _ = load_config(write).default_profile
    assert "--profile" in error.value.hint


def test_an_unknown_profile_gets_the_nearest(write: Path) -> None:
    write.write_text(f"[profiles.acme]\n{GOOD}[profiles.basco]\n{GOOD}")
    config = load_config(write)
    assert config.profile("basco").name == "basco"
    with pytest.raises(ConfigError) as error:
        config.profile("acne")
    assert str(error.value) == f"There is no profile 'acne' in {write}."
    assert error.value.hint == "Did you mean acme? It has acme, basco."


def test_the_file_is_where_the_environment_says_else_in_the_platforms_folder(tmp_path: Path) -> None:
    assert config_path({"QUEUEWATCH_CONFIG": str(tmp_path / "mine.toml")}) == tmp_path / "mine.toml"
    ordinary = config_path({})
    assert ordinary.parts[-2:] == ("queuewatch", "config.toml")
