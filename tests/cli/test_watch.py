"""``queuewatch watch``: one line for each change, alerts delivered, and an end whichever way it comes."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from queuewatch.commands.watch import after_real_seconds
from queuewatch.history.database import HistoryFile, PhoneSystemKey
from queuewatch.history.reader import known_queues
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app
from queuewatch.process.clocks import real_seconds
from tests.alerts.test_webhook import PATH, Service, answer
from tests.alerts.waiting import eventually
from tests.metrics.scrape import page_with, series
from tests.wire.terminal import UNHURRIED_PROGRAM

from .conftest import TOKEN, Run, Serve

CUT = ("watch", "--sample", "lakeside", "--scenario", "power-cut", "--at-once", "600")


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_power_cut_in_sample_data_is_told_the_same_way_every_time(run: Run) -> None:
    ran = run(*CUT)
    assert (ran.status, ran.err) == (0, "")
    told = [(line["kind"], line["queue"], line["at"]) for line in lines(ran.out)]
    assert told[:5] == [
        ("one_agent_left", "8006", "2026-11-23T15:13:35Z"),
        ("fails_over", "8000", "2026-11-23T15:14:00Z"),
        ("reaches_nobody", "8006", "2026-11-23T15:14:20Z"),
        ("one_agent_left", "8002", "2026-11-23T15:14:20Z"),
        ("fails_over", "8004", "2026-11-23T15:14:30Z"),
    ]
    assert {line["lasted"] is None for line in lines(ran.out) if line["kind"] == "recovered"} == {False}
    assert run(*CUT) == ran


def test_hold_says_how_long_it_must_have_lasted(run: Run) -> None:
    (first, *_) = lines(run(*CUT, "--hold", "0").out)
    assert (first["kind"], first["at"], first["since"]) == (
        "one_agent_left",
        "2026-11-23T15:13:05Z",
        "2026-11-23T15:13:05Z",
    )
    assert run(*CUT, "--hold", "3600").out == ""


def test_as_text_a_line_is_a_moment_and_a_sentence(run: Run) -> None:
    (first, *_) = run(*CUT, "8000", "--format", "text").out.splitlines()
    assert first == (
        "2026-11-23 15:14:00  Front Desk (8000) fails over to (214) 555-0100: every agent is Grey, so When "
        "Offline takes the call."
    )


def test_only_the_queues_asked_for_are_told_of(run: Run) -> None:
    told = lines(run(*CUT, "--every-change", "Billing", "8004").out)
    assert {line["queue"] for line in told} == {"8002", "8004"}


def test_what_is_wrong_already_is_told_to_who_asks(run: Run) -> None:
    assert run("watch", "--sample", "harbor", "--at-once", "10").out == ""
    told = lines(run("watch", "--sample", "harbor", "--at-once", "10", "--initial").out)
    assert {line["kind"] for line in told} == {"not_ready", "one_agent_left", "reaches_nobody", "fails_over"}
    assert {line["since"] for line in told} == {None}


def test_every_change_is_every_status_and_every_verdict(run: Run) -> None:
    told = lines(run(*CUT, "--every-change").out)
    first = next(line for line in told if line["kind"] == "status")
    assert first == {
        "kind": "status",
        "profile": "Lakeside Dental",
        "domain": "lakeside.example",
        "queue": "8000",
        "name": "Front Desk",
        "site": "Dallas",
        "at": "2026-11-23T15:12:05Z",
        "agent": {"id": "1002@lakeside.example", "name": "Ben Ito", "site": "Dallas"},
        "status": "green",
        "was": "red",
        "sentence": "Ben Ito in Front Desk (8000) is Green: ready.",
    }
    verdict = next(line for line in told if line["kind"] == "verdict" and line["outcome"] == "fails_over")
    assert verdict["was"] == {"outcome": "rings", "readiness": "ready"}
    plain = [line for line in told if line["kind"] not in ("status", "verdict")]
    assert plain == lines(run(*CUT).out)


@pytest.mark.parametrize(
    ("words", "says", "hints"),
    [
        (("watch", "--scenario", "power-cut"), "--scenario is for sample data.", "--sample NAME"),
        (("watch", "--speed", "5"), "--speed is for sample data.", "--sample NAME"),
        (("watch", "--at-once", "5"), "--at-once is for sample data.", "--sample NAME"),
        (("watch", "--hold", "-1"), "'-1' is not a number of seconds from 0 to 3600", "watch --help"),
        (("watch", "--for", "0"), "'0' is not a number of seconds above 0", "watch --help"),
        ((*CUT, "Fronk Desk"), "There is no queue “Fronk Desk”.", "“Front Desk”"),
        ((*CUT, "--profile", "acme"), "--profile names a real phone system", "Leave out"),
        (("watch",), "No phone system is configured yet.", "queuewatch login"),
        (("watch", "--sample", "lakeside", "--metrics", ""), "--metrics takes HOST:PORT", "--metrics 9464"),
        ((*CUT, "--metrics", "9464"), "Nobody could ask for metrics", "Leave out --at-once."),
        (("fleet", "--sample", "--json", "--metrics", "9464"), "and this reads it once", "Leave out --metrics"),
    ],
)
def test_a_wrong_command_is_status_two(run: Run, words: tuple[str, ...], says: str, hints: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert hints in ran.err


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_at_the_start_it_is_as_patient_as_later(run: Run, serve: Serve, status: int) -> None:
    fault = Fault("", FaultKind.STATUS, None, status)
    pbx = serve("lakeside", fault)
    # By the time of the third request, somebody has put it right.
    fault.times = 2
    ran = run("watch", "--for", "6", "--interval", "1", "--initial", "--hold", "0")
    assert ran.status == 0
    first, *_, last = [line for line in ran.err.splitlines() if line.startswith("queuewatch: ")]
    assert f"({status})" in first
    assert first.endswith(" It is tried again.")
    assert last == "queuewatch: The phone system answers: 7 queues, 21 agents in them."
    assert ran.err.count(f"({status})") == 1
    assert len(pbx.requests) > 3


def test_the_seconds_it_goes_on_for_are_real_ones_with_a_sample_too(run: Run) -> None:
    begun = real_seconds()
    assert run("watch", "--sample", "lakeside", "--speed", "600", "--for", "0.5").status == 0
    assert real_seconds() - begun >= 0.5


def test_seconds_in_which_the_machine_slept_count(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleeping() -> None:
        rung = asyncio.Event()
        clock = iter((0.0, 1.0, 9_000.0))
        monkeypatch.setattr("queuewatch.commands.watch.real_seconds", lambda: next(clock))
        monkeypatch.setattr("queuewatch.commands.watch.LONGEST_NAP", 0.01)
        after_real_seconds(8_000.0, rung.set)
        assert not rung.is_set()
        async with asyncio.timeout(60):
            await rung.wait()

    asyncio.run(sleeping())


class OnTerminal(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_text_and_says_what_it_does_and_what_it_came_to(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = OnTerminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "80")
    ran = run(*CUT[:-2], "--at-once", "150", "8000")
    said = ran.err.splitlines()
    assert said[0] == (
        "queuewatch: Watching the queues 8000 of Lakeside Dental (lakeside.example, sample data) every 5 seconds. "
        "Ctrl+C ends it."
    )
    assert said[1] == "queuewatch: The phone system answers: 7 queues, 21 agents in them."
    assert re.fullmatch(r"queuewatch: Watched for \d+ s: read \d+ times, 1 line written\.", said[-1])
    first, *rest = screen.getvalue().splitlines()
    assert first == "2026-11-23 15:14:00  Front Desk (8000) fails over to (214) 555-0100: every agent"
    assert rest == [" " * 21 + "is Grey, so When Offline takes the call."]
    screen.truncate(0)
    monkeypatch.setenv("COLUMNS", "40")
    run(*CUT[:-2], "--at-once", "150", "8000")
    assert screen.getvalue().strip("\0").splitlines() == [
        "2026-11-23 15:14:00",
        "  Front Desk (8000) fails over to (214)",
        "  555-0100: every agent is Grey, so When",
        "  Offline takes the call.",
    ]
    screen.truncate(0)
    run(*CUT[:-2], "--at-once", "150", "8000", "--format", "json")
    assert json.loads(screen.getvalue().strip("\0"))["queue"] == "8000"


def test_a_webhook_that_cannot_be_used_is_refused_at_the_start(
    run: Run, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.write_text(
        '[profiles.acme]\nurl = "http://127.0.0.1:1"\ndomain = "x"\n'
        '[[profiles.acme.alerts]]\nwebhook_env = "ACME_SLACK"\n'
    )
    monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
    ran = run("watch")
    assert ran.status == 2
    assert "The environment variable ACME_SLACK is not set" in ran.err


class Watching:
    """A watch in a process of its own, over a sandbox on loopback."""

    def __init__(self, process: asyncio.subprocess.Process, pbx: SandboxPbx, faults: list[Fault]) -> None:
        self.process = process
        self.pbx = pbx
        self.faults = faults
        assert process.stdout is not None
        self.out = process.stdout

    async def line(self) -> dict[str, object]:
        """The next line that it writes."""
        found: dict[str, object] = json.loads(await asyncio.wait_for(self.out.readline(), 60))
        return found

    async def has_read(self, times: int = 3) -> None:
        """Until it has looked so often once more."""
        before = len(self.pbx.requests)
        await eventually(lambda: len(self.pbx.requests) > before + 2 * times)

    async def ends(self) -> tuple[int, str]:
        """Its exit status, and what it said on the error stream."""
        _, said = await asyncio.wait_for(self.process.communicate(), 60)
        return self.process.returncode or 0, said.decode()


@asynccontextmanager
async def watching(
    folder: Path, *options: str, rule: str = "", environ: dict[str, str] | None = None
) -> AsyncIterator[Watching]:
    pbx, faults = SandboxPbx(load_sample("riverside")), list[Fault]()
    async with running(sandbox_app(pbx, None, faults, token=TOKEN)) as address:
        config = folder / "config.toml"
        config.write_text(f'[profiles.acme]\nurl = "{address}"\ndomain = "{pbx.domain}"\ninterval = 0.2\n{rule}')
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *UNHURRIED_PROGRAM, "watch", "--hold", "0", *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "QUEUEWATCH_CONFIG": str(config),
                "QUEUEWATCH_STATE": str(folder / "state"),
                "QUEUEWATCH_TOKEN": TOKEN,
                **(environ or {}),
            },
        )
        try:
            yield Watching(process, pbx, faults)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def test_changes_are_written_as_they_come_and_sigterm_is_a_good_end(tmp_path: Path) -> None:
    async with watching(tmp_path) as one:
        await one.has_read()
        one.pbx.floor.unregister("1000")
        first = await one.line()
        assert first["kind"] in ("fails_over", "reaches_nobody")
        assert first["profile"] == "acme"
        one.process.send_signal(signal.SIGTERM)
        status, said = await one.ends()
        assert (status, said) == (0, "")
    # What it saw is the past that the board shows.
    address = (await asyncio.to_thread((tmp_path / "config.toml").read_text)).split('"')[1]
    kept = HistoryFile(
        tmp_path / "state" / "history" / "history.db", PhoneSystemKey(base_url(address), one.pbx.domain)
    )
    assert set(known_queues(kept)) == {"8000", "8001"}


async def test_ctrl_c_is_an_interrupt(tmp_path: Path) -> None:
    async with watching(tmp_path) as one:
        await one.has_read()
        one.process.send_signal(signal.SIGINT)
        assert await one.ends() == (130, "")


async def test_a_reader_who_leaves_ends_it_before_there_is_anything_to_write(tmp_path: Path) -> None:
    async with watching(tmp_path) as one:
        await one.has_read()
        one.process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
        assert await asyncio.wait_for(one.process.wait(), 60) == 141


async def test_it_survives_the_phone_system_being_away(tmp_path: Path) -> None:
    async with watching(tmp_path) as one:
        await one.has_read()
        one.faults.append(Fault("", FaultKind.STATUS, None, 503))
        away = await one.line()
        assert (away["kind"], away["queue"]) == ("unreachable", None)
        one.faults.clear()
        back = await one.line()
        assert back["kind"] == "reachable"
        one.process.send_signal(signal.SIGTERM)
        assert await one.ends() == (0, "")


async def test_metrics_follow_what_is_watched_until_it_ends(tmp_path: Path) -> None:
    async with watching(tmp_path, "--metrics", "0") as one:
        assert one.process.stderr is not None
        said = (await asyncio.wait_for(one.process.stderr.readline(), 60)).decode()
        found = re.fullmatch(r"queuewatch: Metrics for Prometheus are at http://127.0.0.1:(\d+)/metrics.\n", said)
        assert found is not None
        here = ("127.0.0.1", int(found[1]))
        queue = {"domain": one.pbx.domain, "queue": "8001", "name": "Workshop", "site": "Riverside"}

        await page_with(*here, lambda page: page.get(series("queuewatch_queue_would_fail_over", **queue)) == 0)
        one.pbx.floor.unregister("1000")
        page = await page_with(
            *here, lambda page: page.get(series("queuewatch_agents", **queue, status="grey")) == 1
        )
        assert TOKEN not in str(page)
        await page_with(*here, lambda page: page[series("queuewatch_alerts_total", **queue)] == 1)
        one.faults.append(Fault("", FaultKind.STATUS, 1, 401))
        refused = series("queuewatch_requests_total", domain=one.pbx.domain, outcome="refused")
        await page_with(*here, lambda page: page[refused] == 1)
        del one.pbx.floor.queues["8001"]
        await page_with(*here, lambda page: not any(("queue", "8001") in labels for _, labels in page))
        # Whoever is asking still does not keep it from ending.
        with socket.create_connection(here):
            one.process.send_signal(signal.SIGTERM)
            assert await one.ends() == (0, "")


async def test_alerts_are_delivered_and_no_secret_is_in_any_output(tmp_path: Path) -> None:
    service = Service([answer(404)])
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
    out = tmp_path / "out"
    rule = (
        '[[profiles.acme.alerts]]\nwebhook_env = "HOOK"\nhold = 0\n'
        f'command = ["/bin/sh", "-c", "cat > {out}; env >> {out}; echo no pager >&2; exit 3"]\n'
    )
    async with server, watching(tmp_path, "--every-change", rule=rule, environ={"HOOK": address}) as one:
        await one.has_read()
        one.pbx.floor.unregister("1000")
        while (await one.line())["kind"] in ("status", "verdict"):
            pass
        await eventually(lambda: len(service.requests) > 0)
        assert one.process.stderr is not None
        said = [(await asyncio.wait_for(one.process.stderr.readline(), 30)).decode() for _ in range(2)]
        one.process.send_signal(signal.SIGTERM)
        status, rest = await one.ends()
    assert sorted(said) == [
        "queuewatch: An alert did not reach 127.0.0.1: it answered 404.\n",
        "queuewatch: The command sh for alerts ended with status 3: “no pager”.\n",
    ]
    assert (status, rest) == (0, "")
    given = out.read_text()
    assert "QUEUEWATCH_ALERT_KIND=" in given
    for secret in (TOKEN, "SeCrEt", "HuShHuSh"):
        assert secret not in given + "".join(said) + json.dumps(service.requests[0][1])


def test_it_loads_no_screen() -> None:
    code = (
        "import sys\nfrom queuewatch.cli import main\n"
        "main(['watch', '--sample', 'riverside', '--at-once', '20'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert "textual" not in done.stdout.split()


def test_promises_are_counted_at_the_beginning_and_a_wrong_file_ends_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "promises.toml"
    path.write_text('[[expect]]\nqueue = "8000"\nnever = "stranded"\n')
    watch = ("watch", "--sample", "lakeside", "--at-once", "60", "--expect", str(path))
    ran = run(*watch)
    assert (ran.status, ran.err) == (0, "queuewatch: Every promise holds.\n")
    path.write_text('[[expect]]\nqueue = "8999"\nnever = "stranded"\n')
    wrong = run(*watch)
    assert (wrong.status, "There is no queue “8999”" in wrong.err) == (2, True)


def test_a_promise_of_the_profile_that_is_broken_is_told(
    run: Run, serve: Serve, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The profile names the file."""
    pbx = serve("lakeside")
    environment.parent.joinpath("promises.toml").write_text('[[expect]]\nqueue = "8000"\nnever = "stranded"\n')
    url = os.environ["QUEUEWATCH_URL"]
    monkeypatch.delenv("QUEUEWATCH_URL")
    monkeypatch.delenv("QUEUEWATCH_DOMAIN")
    environment.write_text(
        f'[profiles.lake]\nurl = "{url}"\ndomain = "lakeside.example"\nexpect = "promises.toml"\n'
    )
    pbx.floor.queues["8000"]["callqueue-require-available-agents-to-accept-new-callers"] = "no"
    ran = run("--interval", "0.2", "watch", "--for", "2", "--initial", "--hold", "0")
    (alert,) = [line for line in lines(ran.out) if line["kind"] == "promise_broken"]
    assert alert["queue"] == "8000"
    assert "never stranded" in str(alert["sentence"])
    assert "1 of 1 promise does not hold." in ran.err
