"""``queuewatch completion``: what lets a shell ask queuewatch when Tab is pressed."""

import argparse
import sys

from queuewatch.commands import wrong

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
    return wrong.DONE
