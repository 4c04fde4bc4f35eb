"""``undo``: from the log back to what was there, over a real socket."""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import TOKEN, Run, Serve

OFFLINE = "forward-when-unregistered"
TypeIn = Callable[[str], None]


def held(pbx: SandboxPbx) -> object:
    return deepcopy({"queues": dict(pbx.floor.queues), "rules": pbx.rules})


def set_forward(pbx: SandboxPbx, queue: str, *parameters: str, enabled: str = "yes") -> None:
    (default,) = (rule for rule in pbx.rules[queue] if rule["time-frame"] == "*")
    default[OFFLINE] = {"enabled": enabled, "parameters": list(parameters)}


def test_the_last_change_is_shown_and_undone_and_then_the_one_before(run: Run, serve: Serve) -> None:
    pbx = serve("harbor")
    before = held(pbx)
    run("require-agents", "8100", "yes", "--yes")
    run("when-offline", "8101", "(281) 555-0199", "--yes")
    ran = run("undo", "--yes")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Change 2 · ")
    assert lines[0].endswith(" · When Offline of Customs Desk (8101): off → (281) 555-0199 · 2815550199")
    assert lines[1:4] == [
        "Undo change 2: When Offline of the Default answering rule of Customs Desk (8101)",
        "  Before   (281) 555-0199 · 2815550199",
        "  After    off",
    ]
    assert "If dark  ready → NOT READY" in ran.out
    assert "is now off (read back and confirmed)." in ran.out
    assert "Require Agents of Dispatch (8100) is now No" in run("undo", "--yes").out
    assert held(pbx) == before
    ran = run("undo", "--yes")
    assert ran.status == 2
    assert "The log has no change to harbor.example on " in ran.err
    assert "queuewatch log --all-servers" in ran.err


def test_a_change_is_undone_by_its_id_and_its_undo_too(run: Run, serve: Serve) -> None:
    pbx = serve("harbor")
    run("require-agents", "8100", "yes", "--yes")
    made = held(pbx)
    run("when-offline", "8101", "(281) 555-0199", "--yes")
    assert run("undo", "1", "--yes").status == 0
    ran = run("undo", "1", "--yes")
    assert ran.status == 2
    assert "Change 1 was undone already, by change 3." in ran.err
    run("undo", "3", "--yes")
    run("undo", "2", "--yes")
    assert held(pbx) == made


def test_it_is_asked_before_it_is_done(run: Run, serve: Serve, type_in: TypeIn) -> None:
    pbx = serve("harbor")
    run("require-agents", "8100", "yes", "--yes")
    made = held(pbx)
    assert run("undo").status == 2
    type_in("n\n")
    assert run("undo").err == (
        "Change it? [y/N] queuewatch: Nothing was changed.\n  To change it after all, repeat this and answer y.\n"
    )
    assert held(pbx) == made


def test_what_somebody_changed_since_is_shown_and_not_written_over(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    run("when-offline", "8000", "(972) 555-0188", "--yes")
    set_forward(pbx, "8000", "19725550199")
    ran = run("undo", "--yes")
    assert ran.status == 2
    told = (
        "Somebody changed it since change 1: it was left at (972) 555-0188 · 9725550188 "
        "and is now (972) 555-0199 · 19725550199."
    )
    assert f"Nothing was changed. {told}" in ran.err
    assert "--force" in ran.err
    assert told in " ".join(ran.out.split()).replace("Refused ", "")
    assert "19725550199" in str(pbx.rules["8000"])
    assert run("undo", "--yes", "--force").status == 0
    assert "12145550100" in str(pbx.rules["8000"])


def test_what_somebody_put_back_already_is_nothing_to_undo(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    run("when-offline", "8000", "(972) 555-0188", "--yes")
    set_forward(pbx, "8000", "12145550100")
    ran = run("undo", "--yes")
    assert (ran.status, ran.err) == (0, "")
    assert "is (214) 555-0100 · 12145550100, as it was before: nothing to undo." in ran.out


def test_an_undo_that_is_refused_is_status_one_and_has_undone_nothing(run: Run, serve: Serve) -> None:
    fault = Fault("not yet", FaultKind.STATUS, status=403, method="PUT")
    serve("lakeside", fault)
    run("require-agents", "8000", "no", "--yes")
    fault.match = "callqueues/8000"
    ran = run("undo", "--yes")
    assert ran.status == 1
    assert "was not changed" in ran.err
    assert run("undo", "--yes").status == 0


def test_without_a_log_that_can_be_written_nothing_is_changed(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pbx = serve("lakeside")
    (tmp_path / "file").touch()
    monkeypatch.setenv("QUEUEWATCH_STATE", str(tmp_path / "file"))
    ran = run("require-agents", "8000", "no", "--yes")
    assert ran.status == 1
    assert "was not changed: it could not be written to the log of changes first" in ran.err
    assert "QUEUEWATCH_STATE" in ran.err
    assert [request for request in pbx.requests if request.method != "GET"] == []


def test_what_somebody_else_changed_meanwhile_is_shown_old_and_new(
    run: Run, serve: Serve, type_in: TypeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pbx = serve("lakeside")

    def slow_answer(options: object, *rest: object) -> None:
        set_forward(pbx, "8000", "19725550199")

    monkeypatch.setattr("queuewatch.commands.editing._permit", slow_answer)
    ran = run("when-offline", "8000", "(972) 555-0188")
    assert ran.status == 1
    assert "somebody changed it (12145550100 → 19725550199) in the meantime." in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("undo", "99"), "There is no change 99 in the log."),
        (("undo", "1", "2"), "one word too many"),
        (("undo", "--sample", "lakeside"), "There is no option --sample."),
        (("--read-only", "undo"), "read-only"),
    ],
)
def test_a_wrong_undo_is_status_two(run: Run, serve: Serve, words: tuple[str, ...], says: str) -> None:
    pbx = serve("lakeside")
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert pbx.requests == []


def test_sample_data_is_not_logged(run: Run, tmp_path: Path) -> None:
    assert run("require-agents", "8100", "yes", "--yes", "--sample", "harbor").status == 0
    assert not (tmp_path / "state").exists()


SECRETS = ("nsd_", TOKEN, "Bearer")


@pytest.mark.parametrize(
    ("quirks", "faults"),
    [
        (Quirks(), [Fault("callqueues/8000", FaultKind.PAGE, status=502, method="PUT")]),
        (Quirks(), [Fault("callqueues/8000", FaultKind.STATUS, status=401, method="PUT")]),
        (Quirks(ignore_writes=True), []),
        (Quirks(spoils_other_block=True), []),
    ],
)
def test_no_secret_is_ever_logged(
    run: Run, serve: Serve, tmp_path: Path, quirks: Quirks, faults: list[Fault]
) -> None:
    serve("lakeside", *faults, quirks=quirks)
    run("require-agents", "8000", "no", "--yes")
    run("undo", "--yes")
    written = (tmp_path / "state" / "changes.jsonl").read_text()
    records = [json.loads(line) for line in written.splitlines()]
    assert len(records) >= 2
    assert os.environ["QUEUEWATCH_URL"] == records[0]["server"]
    assert [secret for secret in SECRETS if secret in written] == []


def test_back_to_what_only_the_dial_plan_knows_needs_no_force_and_back_to_an_emergency_number_does(
    run: Run, serve: Serve
) -> None:
    pbx = serve("lakeside")
    set_forward(pbx, "8000", "aa_church_open")
    run("when-offline", "8000", "2145550123", "--yes")
    assert run("undo", "--yes").status == 0
    assert "aa_church_open" in str(pbx.rules["8000"])
    set_forward(pbx, "8000", "988")
    run("when-offline", "8000", "2145550123", "--yes")
    refused = run("undo", "--yes")
    assert refused.status == 2
    assert "988 is the crisis line" in refused.out + refused.err
    assert run("undo", "--yes", "--force").status == 0
    assert "988" in str(pbx.rules["8000"])
