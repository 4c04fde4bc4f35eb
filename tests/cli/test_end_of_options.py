"""``--`` ends the options: what follows is a word, whatever it begins with."""

import argparse

import pytest

from queuewatch.commands.errors import UsageError
from queuewatch.commands.parser import parse

from .conftest import Run

READ = [
    (("status", "--", "8000", "8001"), {"queues": ["8000", "8001"], "format": "text"}),
    (("status", "--json", "--", "--json"), {"queues": ["--json"], "format": "json"}),
    (("status", "8000", "--", "-x", "--", "--profile"), {"queues": ["8000", "-x", "--", "--profile"]}),
    (("--", "status", "--json"), {"command": "status", "queues": ["--json"]}),
    (("--profile", "acme", "--", "status"), {"command": "status", "profile": "acme"}),
    (("require-agents", "--yes", "--", "-8000", "no"), {"queue": "-8000", "on": False, "yes": True}),
    (("when-offline", "8000", "--", "-1"), {"queue": "8000", "destination": "-1"}),
    (("status", "--"), {"queues": []}),
    (("--",), {"command": ""}),
]


@pytest.mark.parametrize(("words", "means"), READ, ids=[" ".join(words) for words, _ in READ])
def test_what_follows_is_a_word(words: tuple[str, ...], means: dict[str, object]) -> None:
    options: argparse.Namespace = parse(words)
    assert {name: getattr(options, name) for name in means} == means


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--", "--help"), "There is no command '--help'."),
        (("log", "--", "--limit"), "'--limit' is one word too many."),
        (("require-agents", "8000", "--", "-maybe"), "-maybe"),
    ],
)
def test_a_word_that_is_wrong_is_told_as_it_was_typed(run: Run, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError):
        parse(words)
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert "?" not in ran.err.splitlines()[0]


def test_a_queue_of_such_a_name_is_looked_for(run: Run) -> None:
    ran = run("status", "--sample", "lakeside", "--", "--json")
    assert (ran.status, ran.out) == (2, "")
    assert "--json" in ran.err.splitlines()[0]
