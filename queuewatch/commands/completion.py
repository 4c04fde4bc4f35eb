"""``queuewatch completion``: what lets a shell ask queuewatch when Tab is pressed."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NoReturn

import argcomplete
from argcomplete.completers import BaseCompleter, FilesCompleter

from queuewatch.commands import errors
from queuewatch.commands.parser import COMMANDS, command_parser, main_parser

_WHERE = {
    "bash": """\
# Completion of queuewatch for bash. For this session alone:
#
#   source <(queuewatch completion bash)
#
# For every session, put it where bash-completion looks (the package of that name must be installed):
#
#   mkdir -p ~/.local/share/bash-completion/completions
#   queuewatch completion bash > ~/.local/share/bash-completion/completions/queuewatch
#
# or, without that package, add the first line to ~/.bashrc.
""",
    "zsh": """\
#compdef queuewatch
# Completion of queuewatch for zsh. Put it in a folder of your fpath, under the name _queuewatch:
#
#   mkdir -p ~/.zfunc
#   queuewatch completion zsh > ~/.zfunc/_queuewatch
#
# and have these two lines in ~/.zshrc, the first before any other compinit:
#
#   fpath+=~/.zfunc
#   autoload -Uz compinit && compinit
""",
    "fish": """\
# Completion of queuewatch for fish. For this session alone:
#
#   queuewatch completion fish | source
#
# For every session:
#
#   mkdir -p ~/.config/fish/completions
#   queuewatch completion fish > ~/.config/fish/completions/queuewatch.fish
""",
}


def run(options: argparse.Namespace) -> int:
    """Write it."""
    from argcomplete.shell_integration import shellcode

    shell: str = options.shell
    # bash would offer files wherever nothing is known.
    code = shellcode(["queuewatch"], shell=shell, complete_arguments=["-o", "nospace"])
    sys.stdout.write(f"{_WHERE[shell]}\n{code.removeprefix('#compdef queuewatch').strip()}\n")
    return errors.DONE


Names = Mapping[str, str]
"""What is offered, and what a shell that has room for it says beside each."""

LIKELY_SAMPLE = "lakeside"
"""What the demo shows when no sample is named."""


def complete() -> NoReturn:
    """Answer the shell that asks through the environment, and end."""
    argcomplete.autocomplete(whole_parser(), always_complete_options=False, default_completer=_Nothing())
    # It ends the process itself, unless the shell asked in a way it does not know.
    os._exit(1)


def whole_parser() -> argparse.ArgumentParser:
    """One parser of everything, which is read in one go: commands complete by being in ``COMMANDS``."""
    parser = main_parser()
    commands = parser.add_subparsers(parser_class=_made)  # type: ignore[call-overload]
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.does)
    for any_parser in (parser, *commands.choices.values()):
        for action in any_parser._actions:
            _let_complete(action)
    return parser


def _made(prog: str, **_: object) -> argparse.ArgumentParser:
    return command_parser(prog.rpartition(" ")[2])


def _let_complete(action: argparse.Action) -> None:
    kind = action.option_strings[-1] if action.option_strings else action.dest
    if kind in _FILES:
        action.completer = FilesCompleter()  # type: ignore[attr-defined]
    elif kind in _KNOWN:
        action.completer = _Known(_KNOWN[kind])  # type: ignore[attr-defined]


class _Known:
    """Offers names; none where they cannot be read."""

    def __init__(self, names: Callable[[argparse.Namespace, str], Names]) -> None:
        self._names = names

    def __call__(self, *, prefix: str, parsed_args: argparse.Namespace, **_: object) -> Names:
        """The names that go on as what is typed does."""
        # A file may be broken in any way, and a shell's line is no place to say so.
        with suppress(Exception):
            names = self._names(parsed_args, prefix)
            return {name: text for name, text in names.items() if name.isprintable() and text.isprintable()}
        return {}


class _Nothing(BaseCompleter):
    """Offers nothing where nothing is known: argcomplete would offer files."""

    def __call__(self, **_: object) -> tuple[str, ...]:
        return ()


def _profiles(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.profiles.config import config_path, load_config

    config = load_config(config_path(os.environ))
    return {name: profile.domain for name, profile in config.profiles.items()}


def _profile_to_name(given: argparse.Namespace, typed: str) -> Names:
    return _profiles(given, typed) if getattr(given, "action", "") in ("use", "remove") else {}


def _domains(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.profiles.config import config_path, load_config

    profiles = load_config(config_path(os.environ)).profiles.values()
    return {domain: profile.name for profile in profiles for domain in profile.all_domains}


def _samples(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.pbx.sandbox.samples import load_sample, sample_names

    own = {folder: "" for folder in FilesCompleter(directories=False)(typed) if folder.endswith("/")}
    return {name: load_sample(name).title for name in sample_names()} | own


def _scenarios(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.pbx.sandbox.samples import load_sample

    return dict.fromkeys(load_sample(getattr(given, "sample", "") or LIKELY_SAMPLE).scenarios, "")


def _rows(given: argparse.Namespace, kind: str) -> Iterator[Mapping[str, object]]:
    """The rows of the sample that is named. What a phone system has is known to it alone."""
    from queuewatch.pbx.sandbox.samples import load_sample

    if sample := getattr(given, "sample", ""):
        yield from getattr(load_sample(sample), kind)


def _queues(given: argparse.Namespace, typed: str) -> Names:
    rows = (row for row in _rows(given, "callqueues") if row.get("callqueue-dispatch-type") not in _PARKS)
    return _either(_pairs(rows, "callqueue", "description"), typed)


def _agents(given: argparse.Namespace, typed: str) -> Names:
    pairs = _pairs(_rows(given, "agents"), "callqueue-agent-id", "name-full-name")
    return _either(((agent.partition("@")[0], name) for agent, name in pairs), typed)


def _sites(given: argparse.Namespace, typed: str) -> Names:
    return {site: "" for site, _ in _pairs(_rows(given, "sites"), "site", "site")}


def _pairs(rows: Iterable[Mapping[str, object]], key: str, name: str) -> Iterator[tuple[str, str]]:
    return ((str(row[key]), str(row.get(name, ""))) for row in rows)


def _either(numbered: Iterable[tuple[str, str]], typed: str) -> Names:
    """Numbers with their names beside them, or the names themselves once a letter is typed."""
    if typed[:1].isalpha():
        return {name: number for number, name in numbered}
    return dict(numbered)


def _codes(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.failover.audit.codes import CODES

    done = typed[: typed.rfind(",") + 1]
    return {
        f"{done}{word}": code.title
        for code in CODES.values()
        for word in (code.number, code.slug)
        if word.startswith(typed.removeprefix(done))
    }


def _code(given: argparse.Namespace, typed: str) -> Names:
    return {name: title for name, title in _codes(given, "").items() if "," not in typed}


def _topics(given: argparse.Namespace, typed: str) -> Names:
    from queuewatch.commands.help import names

    return {name: command.does for name, command in COMMANDS.items()} | dict(names())


def _yes_or_no(given: argparse.Namespace, typed: str) -> Names:
    return {"yes": "fails over once every agent is offline", "no": "callers wait though nobody is there"}


_FILES = ("--out", "--bundle")
_PARKS = ("Call Park", "-")
"""What is no queue to fail over, by its dispatch type (the vendor states it)."""
_KNOWN: Mapping[str, Callable[[argparse.Namespace, str], Names]] = {
    "--profile": _profiles,
    "--domain": _domains,
    "--sample": _samples,
    "--scenario": _scenarios,
    "--select": _codes,
    "--ignore": _codes,
    "--queue": _queues,
    "--site": _sites,
    "--dark-site": _sites,
    "--agent": _agents,
    "--dark-agent": _agents,
    "name": _profile_to_name,
    "code": _code,
    "queue": _queues,
    "queues": _queues,
    "on": _yes_or_no,
    "topic": _topics,
}
"""By option, or by what a word is called: a new command has these by calling its words the same."""
