"""The bytes that make a terminal notify, and that make none show rubbish."""

import pytest

from queuewatch.app.alerts import LONGEST, notification

OSC_9 = "\x1b]9;queuewatch: 3 queues\x07"
OSC_777 = "\x1b]777;notify;queuewatch;3 queues\x07"


@pytest.mark.parametrize(
    ("environ", "sent"),
    [
        ({"TERM": "xterm-256color"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC_9),
        ({"TERM": "xterm-kitty"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, OSC_777),
        ({"TERM": "xterm-ghostty"}, OSC_777),
        ({"TERM": "rxvt-unicode-256color"}, OSC_777),
        ({"TERM": "foot"}, OSC_777),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, OSC_777),
        ({"TERM": "linux"}, ""),
        ({"TERM": "dumb"}, ""),
        ({"TERM": "vt220"}, ""),
        ({}, ""),
        ({"TERM": "screen", "STY": "1.tty"}, f"\x1bP{OSC_9}\x1b\\"),
    ],
)
def test_each_terminal_is_sent_what_it_reads(environ: dict[str, str], sent: str) -> None:
    assert notification("queuewatch", "3 queues", environ) == sent


def test_through_tmux_both_go_in_an_envelope_with_every_escape_doubled() -> None:
    sent = notification("queuewatch", "3 queues", {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"})
    assert sent == f"\x1bPtmux;\x1b{OSC_9}\x1b\\\x1bPtmux;\x1b{OSC_777}\x1b\\"


@pytest.mark.parametrize("environ", [{"TERM": "xterm"}, {"TERM": "foot"}])
def test_nothing_of_a_name_gets_out_of_its_place(environ: dict[str, str]) -> None:
    hostile = "a\x07b\x1b]52;c;x\x07\x9c\n;" + "y" * 500
    sent = notification("queue;watch", hostile, environ)
    inside = sent.removeprefix("\x1b").removesuffix("\x07")
    assert inside.isprintable()
    assert inside.count(";") == (1 if "]9;" in sent else 3)
    assert len(inside) < 2 * LONGEST
