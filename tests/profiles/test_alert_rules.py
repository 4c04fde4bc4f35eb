"""Rules for alerts in the profile file: what they may say, and what is said about any other."""

import re
from pathlib import Path

import pytest

from queuewatch.alerts.alert import Message
from queuewatch.alerts.documents import alert_document
from queuewatch.alerts.receivers import variables_of
from queuewatch.profiles.alert_rules import ON, AlertKind, AlertRule, LocalReceiver, WebhookFormat
from queuewatch.profiles.config import load_config
from queuewatch.profiles.fields import ConfigError
from tests.alerts.states import alert

PROFILE = '[profiles.acme]\nurl = "https://x.example"\ndomain = "x.example"\n'
ADDRESS = "https://hooks.example.com/services/T0/B0/SeCrEt"


def written(tmp_path: Path, *rules: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(PROFILE + "".join(f"[[profiles.acme.alerts]]\n{one}\n" for one in rules))
    return file


def test_a_whole_rule_is_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'on = ["fails over", "reaches nobody", "one agent left", "not ready", "recovered", "unreachable", '
        '"promise broken", "live test"]\n'
        'queues = ["Sales", "8001"]\nsites = ["Dallas"]\ntell = ["screen", "bell", "desktop"]\n'
        'webhook_env = "ACME_SLACK"\nformat = "slack"\ncommand = ["/usr/local/bin/page", "--quiet"]\nhold = 5\n',
        'on = ["unreachable"]\ntell = []\ncommand = ["page"]',
    )
    assert load_config(file).profile("acme").alerts == (
        AlertRule(
            on=frozenset(AlertKind) - {AlertKind.REACHABLE},
            queues=("Sales", "8001"),
            sites=("Dallas",),
            tell=(LocalReceiver.SCREEN, LocalReceiver.BELL, LocalReceiver.DESKTOP),
            webhook_env="ACME_SLACK",
            shape=WebhookFormat.SLACK,
            command=("/usr/local/bin/page", "--quiet"),
            hold=5.0,
        ),
        AlertRule(on=frozenset({AlertKind.UNREACHABLE}), tell=(), command=("page",)),
    )


def test_what_is_left_out_is_everything_on_the_screen(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "")).profile("acme").alerts == (AlertRule(),)
    assert AlertRule().tell == (LocalReceiver.SCREEN,)
    assert AlertRule().hold == 30


def test_a_profile_without_any_has_none(tmp_path: Path) -> None:
    assert load_config(written(tmp_path)).profile("acme").alerts == ()


@pytest.mark.parametrize(
    ("rule", "sentence", "hint"),
    [
        ('on = ["fails ovr"]', "[2].on has 'fails ovr', which is none of its words.", "Did you mean fails over?"),
        ('on = ["reachable"]', "[2].on has 'reachable'", "Known: reaches nobody, fails over, unreachable,"),
        ('on = "fails over"', "[2].on is not a list of texts.", 'on = ["'),
        ('tell = ["bel"]', "[2].tell has 'bel'", "Did you mean bell?"),
        ("tell = []", "[2] tells nobody.", "webhook_env or a command"),
        ("queus = []", ": unknown key profiles.acme.alerts[2].queus.", "Did you mean queues?"),
        ("queues = [8000]", "[2].queues is not a list of texts.", "queues ="),
        ('webhook_env = "acme"', "[2].webhook_env is not the name of an environment variable.", "ACME_SLACK"),
        ('webhook_env = "A"\nformat = "slak"', "[2].format is 'slak'.", "Did you mean slack?"),
        ('format = "slack"', "[2].format is for a webhook, and there is none.", "webhook_env"),
        ('command = "page"', "[2].command is not a list of texts.", "without a shell"),
        ("command = []", "[2].command names no program.", "command = ["),
        ('command = ["a\\u0000"]', "[2].command holds a character", ""),
        ("hold = -1", "[2].hold is -1.", "from 0 to 3600 seconds"),
        ('hold = "30"', "[2].hold is a text, not a number.", "from 0 to 3600 seconds"),
        ("hold = nan", "[2].hold is nan.", "from 0 to 3600 seconds"),
        ('token = "x"', "[2].token does not belong in this file", "environment variable"),
    ],
)
def test_a_fault_names_the_file_the_rule_and_the_key(tmp_path: Path, rule: str, sentence: str, hint: str) -> None:
    file = written(tmp_path, "hold = 30", rule)
    with pytest.raises(ConfigError) as error:
        load_config(file)
    assert str(error.value).startswith(f"{file}: ")
    assert sentence in str(error.value)
    assert hint in error.value.hint


@pytest.mark.parametrize("key", ["webhook_env", "webhook", "webhook_url", "url", "address"])
def test_the_address_itself_is_refused_and_never_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(written(tmp_path, f'{key} = "{ADDRESS}"'))
    assert "webhook_env" in error.value.hint
    assert "SeCrEt" not in f"{error.value}{error.value.hint}"


@pytest.mark.parametrize("value", ['"screen"', '["screen"]', "{ hold = 1 }"])
def test_rules_that_are_no_list_of_tables(tmp_path: Path, value: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{PROFILE}alerts = {value}\n")
    with pytest.raises(ConfigError, match=r"profiles\.acme\.alerts is .*, not a list of tables\.") as error:
        load_config(file)
    assert "[[profiles.acme.alerts]]" in error.value.hint


PAGE = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
def test_the_examples_in_the_documentation_are_accepted(tmp_path: Path, example: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(PROFILE + example)
    assert len(load_config(file).profile("acme").alerts) == 1


def test_the_documentation_names_every_word_key_and_variable() -> None:
    for kind in ON:
        assert f"| `{kind.words}` |" in PAGE
    for key in alert_document("acme", alert()):
        assert f"`{key}`" in PAGE
    for variable in variables_of(Message("acme", (alert(),))):
        assert variable in PAGE or f"`…{variable.removeprefix('QUEUEWATCH_ALERT')}`" in PAGE
