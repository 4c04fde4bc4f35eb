"""``export``, ``plan``, ``apply`` and ``undo --group``, over a real socket."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

from .conftest import Run, Serve

TypeIn = Callable[[str], None]

STORM = """\
[domain]
name = "harbor.example"

[queues.8100]
name = "Dispatch"
require_agents = true

[queues.8110]
require_agents = true
when_offline = "12815550188"
"""


@pytest.fixture
def storm(tmp_path: Path) -> str:
    path = tmp_path / "storm.toml"
    path.write_text(STORM)
    return str(path)


def written(pbx: SandboxPbx) -> list[str]:
    return [
        request.path.rsplit("/domains/harbor.example/")[-1] for request in pbx.requests if request.method != "GET"
    ]


@pytest.mark.parametrize("sample", ["lakeside", "harbor", "riverside"])
@pytest.mark.parametrize("name", ["set-up.toml", "set-up.csv"])
def test_what_is_exported_makes_no_plan_and_no_write(run: Run, tmp_path: Path, sample: str, name: str) -> None:
    path = str(tmp_path / name)
    exported = run("export", path, "--sample", sample)
    assert (exported.status, exported.out) == (0, "")
    planned = run("plan", path, "--sample", sample, "--json")
    assert (planned.status, json.loads(planned.out)) == (0, {"changes": [], "refused": [], "not_in_file": []})
    applied = run("apply", path, "--sample", sample, "--yes")
    assert applied.status == 0
    assert "No difference" in applied.out
    again = run("export", "--sample", sample, "--format", name[-4:].strip("."))
    assert again.out == Path(path).read_text()


def test_a_plan_in_json_says_each_change_with_its_readiness(run: Run, serve: Serve, storm: str) -> None:
    pbx = serve("harbor")
    ran = run("plan", storm, "--json")
    plan = json.loads(ran.out)
    assert ran.status == 1
    assert plan["changes"] == [
        {
            "queue": "8110",
            "setting": "when_offline",
            "before": False,
            "after": "12815550188",
            "readiness_before": "not_ready",
            "readiness_after": "ready",
        },
        *(
            {
                "queue": queue,
                "setting": "require_agents",
                "before": False,
                "after": True,
                "readiness_before": "not_ready",
                "readiness_after": "ready",
            }
            for queue in ("8100", "8110")
        ),
    ]
    assert plan["refused"] == []
    assert "8101" in plan["not_in_file"]
    assert written(pbx) == []


def test_a_plan_is_applied_logged_as_a_group_and_taken_back(run: Run, serve: Serve, storm: str) -> None:
    pbx = serve("harbor")
    before = run("export").out
    ran = run("apply", storm, "--yes")
    assert ran.status == 0
    assert "3 changes to 2 queues of harbor.example." in ran.out
    assert "All 3 changes were made.\nTo take all of it back: queuewatch undo --group 1\n" in ran.out
    assert written(pbx) == ["users/8110/answerrules/*", "callqueues/8100", "callqueues/8110"]
    assert run("plan", storm).status == 0
    log = json.loads(run("log", "--json").out)
    assert [change["group"] for change in log["changes"]] == ["1", "1", "1"]
    back = run("undo", "--yes")
    assert back.status == 0
    assert "Change 3 is one of group 1: all of it is taken back." in back.out
    assert run("export").out == before
    assert run("undo", "--yes").status == 2
    assert "nothing to undo" in run("undo", "--group", "1", "--yes").out


def test_what_is_asked_about_is_not_made_before_the_yes(
    run: Run, serve: Serve, storm: str, type_in: TypeIn
) -> None:
    pbx = serve("harbor")
    type_in("n\n")
    ran = run("apply", storm)
    assert (ran.status, written(pbx)) == (2, [])
    assert "Make these 3 changes? [y/N]" in ran.err
    type_in("y\n")
    assert run("apply", storm, "--only", "Dispatch").status == 0
    assert written(pbx) == ["callqueues/8100"]


def test_a_file_without_a_domain_wants_it_typed(
    run: Run, serve: Serve, tmp_path: Path, type_in: TypeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pbx = serve("harbor")
    path = tmp_path / "rows.csv"
    path.write_text("queue;require_agents\r\n8100;yes\r\n")
    refused = run("apply", str(path), "--yes")
    assert (refused.status, written(pbx)) == (2, [])
    assert "does not say which domain it is for" in refused.err
    for answer, status in (("y", 2), ("harbor.example", 0)):
        type_in(f"{answer}\n")
        assert run("apply", str(path)).status == status
    assert written(pbx) == ["callqueues/8100"]


@pytest.mark.parametrize(("more", "status"), [((), 1), (("--keep-going",), 1), (("--force",), 0)])
def test_what_is_refused_holds_up_the_whole_plan(
    run: Run, serve: Serve, tmp_path: Path, more: tuple[str, ...], status: int
) -> None:
    pbx = serve("harbor")
    path = tmp_path / "loop.toml"
    path.write_text(
        '[domain]\nname = "harbor.example"\n[queues.8100]\nwhen_offline = "8999"\nrequire_agents = true\n'
    )
    ran = run("apply", str(path), "--yes", *more)
    assert ran.status == status
    made = {(): 0, ("--keep-going",): 1, ("--force",): 2}[more]
    assert len(written(pbx)) == made
    assert ("Refused  When Offline of Dispatch (8100)" in ran.out) is (status == 1)


def test_read_only_plans_and_does_not_apply(run: Run, serve: Serve, storm: str) -> None:
    pbx = serve("harbor")
    assert run("--read-only", "plan", storm).status == 1
    ran = run("--read-only", "apply", storm, "--yes")
    assert (ran.status, written(pbx)) == (2, [])
    assert "read-only" in ran.err


def test_a_phone_system_that_fails_in_the_middle_leaves_the_rest_to_the_next_plan(
    run: Run, serve: Serve, storm: str
) -> None:
    serve("harbor", Fault("/callqueues/8100", FaultKind.STATUS, method="PUT", status=400))
    ran = run("apply", storm, "--yes")
    assert ran.status == 1
    assert "1 of 3 changes was made." in ran.err
    assert "Not as wished: Require Agents of Dispatch (8100) was not changed" in ran.err
    assert "Not made: Require Agents of Yard Gate (8110): No → Yes" in ran.err
    assert "undo --group 1" in ran.err
    rest = json.loads(run("plan", storm, "--json").out)
    assert [change["queue"] for change in rest["changes"]] == ["8100", "8110"]


def test_an_undo_names_what_may_yet_come(run: Run, serve: Serve, storm: str, tmp_path: Path) -> None:
    serve("harbor", Fault("/callqueues/8100", FaultKind.STATUS, method="PUT", status=504))
    assert run("apply", storm, "--yes").status == 1
    told = run("undo", "--group", "1", "--yes").err
    assert told.count("change 2 was made is still not known") == told.count("change 2") == 1
    # As a program leaves it that was killed while it waited for the answer.
    log = tmp_path / "state" / "changes.jsonl"
    begun, ended = '"record": "begun", "id": "3"', '"record": "ended", "id": "2"'
    kept = [line for line in log.read_text().splitlines(keepends=True) if ended not in line]
    log.write_text("".join(kept[: next(nth for nth, line in enumerate(kept) if begun in line)]))
    back = run("undo", "--yes")
    assert back.status == 0
    assert "Change 2 is one of group 1: all of it is taken back." in back.out
    assert "nothing to undo" in back.out
    assert "Whether change 2 was made is not known, and it may yet come. queuewatch status 8100" in back.err


def test_a_plan_has_a_name(run: Run, environment: Path) -> None:
    kept = run("export", "--sample", "lakeside", "--as", "normal", "--only", "8000")
    path = environment.parent / "plans" / "lakeside" / "normal.toml"
    assert kept.err == f"queuewatch: 1 queue written to {path}.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("plan", "normal", "--sample", "lakeside").status == 0
    wrong = run("plan", "nomal", "--sample", "lakeside")
    assert wrong.status == 2
    assert "Did you mean normal?" in wrong.err
    assert run("export", "--sample", "lakeside", "--as", "../normal").status == 2


@pytest.mark.parametrize("to", [["set-up.toml"], ["--as", "normal"]])
def test_what_somebody_wrote_is_not_written_over_unasked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: Path, to: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["export", "--sample", "lakeside", *to]
    assert run(*words).status == 0
    path = environment.parent / "plans" / "lakeside" / "normal.toml" if "--as" in to else tmp_path / "set-up.toml"
    exported = path.read_text()
    path.write_text("# by hand\n")
    refused = run(*words)
    assert (refused.status, path.read_text()) == (2, "# by hand\n")
    assert f"{path} is there already: what somebody wrote into it would be lost." in refused.err
    assert "add --force to replace it" in refused.err
    assert run(*words, "--force").status == 0
    assert path.read_text() == exported


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[queues.8100]\nwhen_offline = "Dispach"\n', "line 2, queues.8100.when_offline: “Dispach” is no queue"),
        ("[queues.810]\nwhen_offline = false\n", "line 1, queues.810: there is no queue 810."),
        ('[domain]\nname = "other.example"\n', "the file is about other.example, and harbor.example is connected"),
        ("[queues.8100]\nrequire = true\n", "line 2, queues.8100.require: there is no key 'require'."),
    ],
)
def test_a_file_that_is_wrong_sends_nothing(
    run: Run, serve: Serve, tmp_path: Path, text: str, sentence: str, type_in: TypeIn
) -> None:
    pbx = serve("harbor")
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    for command in ("plan", "apply"):
        type_in("y\n")
        ran = run(command, str(path))
        assert ran.status == 2
        assert sentence in ran.err
    assert written(pbx) == []


def test_nobody_there_is_3(run: Run, monkeypatch: pytest.MonkeyPatch, storm: str) -> None:
    monkeypatch.setenv("QUEUEWATCH_URL", "http://127.0.0.1:9/ns-api/v2")
    monkeypatch.setenv("QUEUEWATCH_DOMAIN", "harbor.example")
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "nsd_x")
    assert run("plan", storm).status == 3


def test_the_recipe_against_drift_is_run_as_it_stands(
    run: Run, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the page's section, in its order: nothing differs, then somebody changes a forward."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "setup-files.md").read_text(encoding="utf-8")
    section = page.split("\n## Drift\n")[1]
    script = [line.split() for line in section.split("```sh\n")[1].split("```")[0].splitlines()]
    pipeline = [
        line.split("run: ")[1].split(" > ")[0].split() for line in section.splitlines() if "run: queue" in line
    ]
    assert len(script) == len(pipeline) == 3
    pbx = serve("riverside")
    monkeypatch.chdir(tmp_path)
    assert run("export", "set-up.toml").status == 0
    assert run("test", "--learn", "promises.toml").status == 0
    before = {tuple(words): run(*words[1:]).status for words in (*script, *pipeline)}
    assert [before[tuple(words)] for words in script[:2]] == [0, 0]
    assert before[tuple(pipeline[2])] == 0
    queue = json.loads(run("status", "--json").out)["queues"][0]["queue"]
    pbx.floor.queues[queue]["callqueue-require-available-agents-to-accept-new-callers"] = "no"
    assert run(*script[0][1:]).status == 1
    assert run(*script[1][1:]).status == 1
    json.loads(run(*pipeline[2][1:]).out)
