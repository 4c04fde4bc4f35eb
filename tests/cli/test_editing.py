"""``require-agents`` and ``when-offline``, over a real socket: shown, asked, refused, written, confirmed."""

from collections.abc import Callable

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import TOKEN, Run, Serve

TypeIn = Callable[[str], None]


def written(pbx: SandboxPbx) -> list[tuple[str, str]]:
    return [(request.method, request.path) for request in pbx.requests if request.method != "GET"]


def forward(pbx: SandboxPbx, queue: str) -> object:
    (default,) = (rule for rule in pbx.rules[queue] if rule["time-frame"] == "*")
    return default["forward-when-unregistered"]


def test_the_toggle_is_shown_made_and_confirmed(run: Run, serve: Serve) -> None:
    pbx = serve("harbor")
    ran = run("require-agents", "Dispatch", "yes", "--yes")
    assert (ran.status, ran.err) == (0, "")
    assert "Require Agents of Dispatch (8100)\n  Before   No\n  After    Yes\n" in ran.out
    assert "If dark  NOT READY → ready" in ran.out
    assert "A call fails over to (281) 555-0160" in ran.out
    assert "Require Agents of Dispatch (8100) is now Yes" in ran.out
    assert written(pbx) == [("PUT", "/ns-api/v2/domains/harbor.example/callqueues/8100")]
    assert "Require Agents Yes" in run("status", "8100").out


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("(214) 555-0123", ["2145550123"]),
        ("tel:+1\u2011214\u2011555\u20110123", ["12145550123"]),
        ("+44 20 7946 0123", ["011442079460123"]),
        ("queue_8001", ["queue_8001"]),
        ("vmail_8000", ["vmail_8000"]),
    ],
)
@pytest.mark.parametrize("puts", ["merge", "replace"])
def test_the_forward_is_shown_made_and_confirmed(
    run: Run, serve: Serve, typed: str, stored: list[str], puts: str
) -> None:
    pbx = serve("lakeside", quirks=Quirks(puts="merge" if puts == "merge" else "replace"))
    ran = run("when-offline", "8000", typed, "--yes")
    assert (ran.status, ran.err) == (0, "")
    assert "Before   (214) 555-0100" in ran.out
    assert forward(pbx, "8000") == {"enabled": "yes", "parameters": stored}


def test_the_forward_is_switched_off(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    ran = run("when-offline", "8000", "--off", "--yes")
    assert ran.status == 0
    assert "If dark  ready → NOT READY" in ran.out
    assert "'enabled': 'no'" in str(forward(pbx, "8000"))


def test_what_is_so_already_is_not_written(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    ran = run("require-agents", "8000", "yes")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "Require Agents of Front Desk (8000) is Yes already: nothing to change.\n"
    assert run("when-offline", "8000", "1-214-555-0100").status == 0
    assert written(pbx) == []


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_a_yes_at_the_terminal_makes_it(run: Run, serve: Serve, type_in: TypeIn, answer: str) -> None:
    pbx = serve("harbor")
    type_in(answer)
    ran = run("require-agents", "8100", "yes")
    assert ran.status == 0
    assert ran.err == "Change it? [y/N] "
    assert len(written(pbx)) == 1


@pytest.mark.parametrize("answer", ["\n", "n\n", "", "yess\n"])
def test_anything_else_at_the_terminal_does_not(run: Run, serve: Serve, type_in: TypeIn, answer: str) -> None:
    pbx = serve("harbor")
    type_in(answer)
    ran = run("require-agents", "8100", "yes")
    assert ran.status == 2
    assert ran.err == (
        "Change it? [y/N] queuewatch: Nothing was changed.\n  To change it after all, repeat this and answer y.\n"
    )
    assert written(pbx) == []


def test_without_a_terminal_it_shows_the_change_and_does_not_make_it(run: Run, serve: Serve) -> None:
    pbx = serve("harbor")
    ran = run("require-agents", "8100", "yes")
    assert ran.status == 2
    assert "After    Yes" in ran.out
    assert "there is no terminal to confirm it at" in ran.err
    assert "--yes" in ran.err
    assert written(pbx) == []


@pytest.mark.parametrize(("queue", "destination"), [("8100", "queue_8100"), ("8103", "1999")])
def test_a_forward_that_loops_or_reaches_nobody_is_refused(
    run: Run, serve: Serve, queue: str, destination: str
) -> None:
    pbx = serve("harbor")
    ran = run("when-offline", queue, destination, "--yes")
    assert ran.status == 2
    assert "callers would not reach anybody" in ran.err
    assert "--force" in ran.err
    assert written(pbx) == []


def test_the_new_way_is_judged_to_its_end_though_only_the_old_one_was_read(run: Run, serve: Serve) -> None:
    serve("lakeside")
    ran = run("when-offline", "8002", "queue_8001")
    assert "If dark  ready, as before" in ran.out
    assert "fails over to Appointments (8001), then to Austin Front Desk (8003), then to (512)" in " ".join(
        ran.out.split()
    )


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("911", "911 is the emergency number"),
        ("112", "112 is an emergency number"),
        ("933", "933 is the number that tests 911"),
    ],
)
def test_an_emergency_or_service_number_takes_force(run: Run, serve: Serve, number: str, sentence: str) -> None:
    pbx = serve("lakeside")
    refused = run("when-offline", "8000", number, "--yes")
    assert refused.status == 2
    assert sentence in refused.out + refused.err
    assert "--force" in refused.err
    assert written(pbx) == []
    assert run("when-offline", "8000", number, "--yes", "--force").status == 0
    assert forward(pbx, "8000") == {"enabled": "yes", "parameters": [number]}
    assert "QW122 error" in run("check", "8000").out


def test_a_number_abroad_is_said_to_be_one(run: Run, serve: Serve) -> None:
    serve("lakeside")
    out = run("when-offline", "8000", "+44 20 7946 0123", "--yes").out
    assert "+44 20 7946 0123 · 011442079460123" in out
    assert "+44 20 7946 0123 is a number abroad: it is written 011442079460123" in " ".join(out.split())


def test_force_makes_it_all_the_same(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    ran = run("when-offline", "8000", "queue_8000", "--yes", "--force")
    assert ran.status == 0
    assert "loop" in ran.out
    assert "queue_8000" in str(forward(pbx, "8000"))


def test_force_alone_still_asks(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    assert run("when-offline", "8000", "queue_8000", "--force").status == 2
    assert written(pbx) == []


@pytest.mark.parametrize(
    "words",
    [
        ("--read-only", "require-agents", "8100", "yes", "--yes"),
        ("require-agents", "8100", "yes", "--yes", "--read-only"),
        ("--read-only", "when-offline", "8100", "--off", "--yes", "--force"),
    ],
)
def test_read_only_refuses_before_anything_is_asked(run: Run, serve: Serve, words: tuple[str, ...]) -> None:
    pbx = serve("harbor")
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert "read-only" in ran.err
    assert pbx.requests == []


@pytest.mark.parametrize(
    ("quirks", "faults", "says"),
    [
        (Quirks(), [Fault("callqueues/8100", FaultKind.STATUS, status=403, method="PUT")], "was not changed"),
        (Quirks(), [Fault("callqueues/8100", FaultKind.STATUS, status=400, method="PUT")], "was not changed"),
        (Quirks(ignore_writes=True), [], "still shows No"),
        (Quirks(spoils_other_block=True), [], "changed as well"),
    ],
)
def test_a_change_refused_or_not_confirmed_is_status_one(
    run: Run, serve: Serve, quirks: Quirks, faults: list[Fault], says: str
) -> None:
    serve("harbor", *faults, quirks=quirks)
    ran = run("require-agents", "8100", "yes", "--yes")
    assert ran.status == 1
    assert says in ran.err
    assert "is now Yes (" not in ran.out
    assert TOKEN not in ran.out + ran.err


def test_a_phone_system_that_fails_before_the_write_is_status_three(run: Run, serve: Serve) -> None:
    pbx = serve("harbor", Fault("callqueues/8100", FaultKind.STATUS, status=401, times=None))
    ran = run("require-agents", "8100", "yes", "--yes")
    assert ran.status == 3
    assert written(pbx) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("when-offline", "8000"), "No destination was given."),
        (("when-offline", "8000", "8001", "--off"), "A destination and --off were both given."),
        (("when-offline", "8000", "555-01"), "neither an extension nor a phone number"),
        (("when-offline", "8000", "Zebra Crossing"), "Zebra Crossing"),
        (("require-agents", "8000", "maybe"), "yes|no: 'maybe' is neither."),
        (("require-agents", "8000"), "The following arguments are required: yes|no."),
        (("require-agents", "Front Dsk", "yes"), "There is no queue “Front Dsk”."),
    ],
)
def test_a_wrong_command_is_status_two_and_writes_nothing(
    run: Run, serve: Serve, words: tuple[str, ...], says: str
) -> None:
    pbx = serve("lakeside")
    ran = run(*words, "--yes")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("queuewatch: ")
    assert says in ran.err
    assert written(pbx) == []


@pytest.mark.parametrize(
    "words",
    [
        ("when-offline", "--yes", "8000", "queue_8001"),
        ("when-offline", "8000", "--yes", "queue_8001"),
        ("when-offline", "8000", "queue_8001", "--yes"),
    ],
)
def test_options_may_stand_anywhere(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words, "--sample", "lakeside")
    assert ran.status == 0
    assert ran.out.endswith("This is sample data: the change is gone once this command ends.\n")
