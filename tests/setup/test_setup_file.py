"""A set-up is read from TOML and CSV; what is wrong with one is told with its place and the nearest name."""

import codecs
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuewatch.setup.setup_file import (
    OFF,
    QueueSetup,
    SetupFileError,
    load_setup,
    load_setups,
    read_csv,
    read_toml,
)

TOML = """\
[domain]
name = "acme.example"

[queues.8000]
name = "Sales"
require_agents = true
when_offline = "12145550100"

[queues]
"8001" = { when_offline = false }
8002.when_offline = ["queue_8000", "vmail_8002"]
"""

CSV = """\
domain,queue,name,require_agents,when_offline
acme.example,8000,Sales,yes,12145550100
acme.example,8001,,,off
acme.example,8002,,,queue_8000 | vmail_8002
"""


def said(queue: QueueSetup) -> tuple[object, ...]:
    return queue.queue, queue.name, queue.require_agents, queue.when_offline


WANTED = [
    ("8000", "Sales", True, ("12145550100",)),
    ("8001", None, None, OFF),
    ("8002", None, None, ("queue_8000", "vmail_8002")),
]


def test_toml_and_csv_say_the_same() -> None:
    toml, csv = read_toml("a.toml", TOML), read_csv("a.csv", CSV)
    assert list(map(said, toml.queues)) == list(map(said, csv.queues)) == WANTED
    assert toml.domain == csv.domain == "acme.example"


def test_every_key_has_its_line() -> None:
    toml = {queue.queue: queue for queue in read_toml("a.toml", TOML).queues}
    assert str(toml["8000"].at("when_offline")) == "a.toml, line 7, queues.8000.when_offline"
    assert str(toml["8002"].at("when_offline")) == "a.toml, line 11, queues.8002.when_offline"
    csv = {queue.queue: queue for queue in read_csv("a.csv", CSV).queues}
    assert str(csv["8001"].at("when_offline")) == "a.csv, line 3, when_offline"


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        codecs.BOM_UTF8 + CSV.encode(),
        CSV.encode("utf-16"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.replace("12145550100", "'12145550100").encode(),
        CSV.replace("\n", "\n,,,,\n").encode(),
    ],
)
def test_whatever_a_spreadsheet_makes_of_it_is_read(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "set-up.csv"
    path.write_bytes(content)
    assert list(map(said, load_setup(path).queues)) == WANTED


def queue_table(lines: str) -> str:
    return f"[queues.8000]\n{lines}\n"


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("[queue.8000]\n", "line 1, queue: there is no key 'queue'", "Did you mean queues?"),
        (
            queue_table('when_ofline = "x"'),
            "line 2, queues.8000.when_ofline: there is no key 'when_ofline'",
            "Did you mean when_offline?",
        ),
        (queue_table('require_agents = "yes"'), "line 2, queues.8000.require_agents is neither", "true or false"),
        (
            queue_table("when_offline = true"),
            "line 2, queues.8000.when_offline is no destination",
            "false for off",
        ),
        (queue_table("when_offline = []"), "line 2, queues.8000.when_offline is no destination", "false for off"),
        (queue_table('when_offline = ""'), "line 2, queues.8000.when_offline is empty", "off"),
        (queue_table("when_offline = 1.2145550100e10"), "a number as a spreadsheet rounds it", "as text"),
        (queue_table('when_offline = "1,21456E+10"'), "line 2, queues.8000.when_offline: 1,21456E+10", "as text"),
        (queue_table("name = 7"), "line 2, queues.8000.name must be a text", "quotes"),
        ("queues = 7\n", "line 1, queues must be tables", "[queues.8000]"),
        ("[queues]\n8000 = 7\n", "line 2, queues.8000 is no table", "[queues.8000]"),
        (queue_table('when_offline = "off"'), "line 2, queues.8000.when_offline: 'off' is no", "Write false"),
        ("[queues.8000\n", "line 1: this is not valid TOML", "brackets"),
        ("[queues.8000]\nrequire_ag\n", "line 2: this is not valid TOML", "brackets"),
        ("[queues.8000]\nname = 'x'\nrequire_ag", "line 3: this is not valid TOML", "brackets"),
        ("[queues.8000]\n[queues.8000]\n", "line 2: the table queues.8000 comes twice", "once"),
        ("[domain]\nname = 'a'\nname = 'b'\n", "comes twice", "once"),
        ("domain = 'acme.example'\n", "line 1, domain must be a table", "[domain]"),
    ],
)
def test_what_is_wrong_with_a_toml_is_told_with_its_line(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(SetupFileError) as raised:
        read_toml("a.toml", text)
    assert "a.toml" in str(raised.value)
    assert sentence in str(raised.value)
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("", "a.csv is empty", "domain,queue,name,require_agents,when_offline"),
        ("queue,when_ofline\n", "line 1: there is no column 'when_ofline'", "Did you mean when_offline?"),
        ("domain,name\n", "line 1: there is no column queue", "domain,queue,name"),
        ("queue,queue\n", "the column queue comes twice", "Leave one"),
        (
            "queue,require_agents\n8000,maybe\n",
            "line 2, require_agents: 'maybe' is neither yes nor no",
            "yes or no",
        ),
        ("queue,when_offline\n8000,1.21456E+10\n", "line 2, when_offline: 1.21456E+10", "as text"),
        ("queue,when_offline\n8.0E+03,off\n", "line 2, queue: 8.0E+03", "as text"),
        ("queue,when_offline\n,off\n", "line 2: the queue is missing", "extension"),
        ("queue,when_offline\n8000,off,x\n", "line 2 has 3 cells below 2 columns", "quotes"),
        ("domain,queue\na.example,8000\nb.example,8001\n", "line 3, domain is b.example", "one domain at a time"),
        ('queue\n"8000\n', "line 2: unexpected end of data", "again"),
        ('queue\n"8000\n8001\n8002\n', "line 2: unexpected end of data", "again"),
        ('queue,name,require_agents\n8000,"Front\nDesk",maybe\n', "line 2, require_agents: 'maybe'", "yes or no"),
        (
            'queue,name,require_agents\n8000,"Front\nDesk",no\n8001,x,maybe\n',
            "line 4, require_agents",
            "yes or no",
        ),
        (
            "queue,when_offline\n8000,off\n8000,vmail_1\n",
            "when_offline of queue 8000 is vmail_1, and a.csv, line 2, when_offline says off",
            "neither goes before",
        ),
    ],
)
def test_what_is_wrong_with_a_csv_is_told_with_its_line(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(SetupFileError) as raised:
        read_csv("a.csv", text)
    assert sentence in str(raised.value)
    assert hint in raised.value.hint


def test_two_files_add_up_unless_they_do_not_agree(tmp_path: Path) -> None:
    one, other, third = tmp_path / "one.toml", tmp_path / "other.csv", tmp_path / "third.toml"
    one.write_text('[domain]\nname = "acme.example"\n[queues.8000]\nrequire_agents = true\n')
    other.write_text("domain,queue,when_offline\nacme.example,8000,off\n")
    third.write_text("[queues.8000]\nrequire_agents = false\n")
    both = load_setups([one, other])
    assert both.domain == "acme.example"
    assert list(map(said, both.queues)) == [("8000", None, True, OFF)]
    assert load_setups([one, other, other]).queues == both.queues
    with pytest.raises(SetupFileError, match=r"require_agents of queue 8000 is no, and .* says yes"):
        load_setups([one, third])


def test_two_files_of_two_domains_are_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text('[domain]\nname = "a.example"\n')
    other.write_text('[domain]\nname = "b.example"\n')
    with pytest.raises(
        SetupFileError, match=r"line 2, domain.name: the domain is b.example here, and a.example in"
    ):
        load_setups([one, other])


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"queue,name\n8000,Caf\xe9\n")
    with pytest.raises(SetupFileError, match=r"latin.csv, line 2: this is not UTF-8 text"):
        load_setup(latin)
    with pytest.raises(SetupFileError, match="There is no file"):
        load_setup(tmp_path / "nowhere.toml")
    with pytest.raises(SetupFileError, match="a folder, not a file"):
        load_setup(tmp_path)


@given(st.text(max_size=300))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    for read in (read_toml, read_csv):
        with suppress(SetupFileError):
            assert read("a", text).queues is not None
