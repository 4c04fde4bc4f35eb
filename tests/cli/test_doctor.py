"""``queuewatch doctor``: its lines, its exit status, and a bundle that names nobody."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

import queuewatch
from queuewatch.commands.doctor import colours_in_use, more_colours
from queuewatch.pbx.checks import Seen, good
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.provider import Provider
from queuewatch.pbx.sandbox.samples import load_sample_fleet
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running
from queuewatch.process.background import ProgramFault
from queuewatch.report.checkup import HIDDEN, Redactor, bundle_files
from queuewatch.report.own_words import NOT_SAID, own_words
from queuewatch.storage.fault_log import write_down

from .conftest import TOKEN, Run, Serve, Served

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between requests, and the way to loopback is direct."""
    monkeypatch.setattr("queuewatch.commands.doctor.SPACING", 0.0)
    monkeypatch.setattr("queuewatch.pbx.netsapiens.doctor.network.STREAM_PORT", 1)


def names_in(out: str) -> list[str]:
    return [line[2:17].strip() for line in out.splitlines() if line[:1] in "✔✖?–" and line[1:2] == " "]


def test_a_sample_is_in_good_health_as_the_documentation_shows(run: Run) -> None:
    ran = run("doctor", "--sample", "lakeside")
    assert (ran.status, ran.err) == (0, "")
    assert "✔ Queues          7 call queues and 1 call park in " in ran.out
    assert "time zones IANA 20" in " ".join(ran.out.split())
    assert ran.out.splitlines()[-1].startswith("20 checks: ")
    # The board shows as many, and so does a document.
    queues = json.loads(run("status", "--sample", "lakeside", "--json").out)["queues"]
    agents = [agent["id"] for queue in queues for agent in queue["agents"]]
    assert f"{len(queues)} call queues" in ran.out
    assert f"{len(agents)} agents in them, {len(set(agents))} different" in " ".join(ran.out.split())
    assert "15 people and 10 system users in " in ran.out
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    documented = page.split("queuewatch doctor --sample lakeside\n", 1)[1].split("```", 1)[0]
    assert names_in(ran.out) == names_in(documented)


def test_over_loopback_every_step_is_looked_at(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    ran = run("doctor")
    assert ran.status == 0
    assert names_in(ran.out)[:6] == ["Configuration", "Connection", "Name", "Port", "Certificate", "API"]
    assert "the token is from the" in ran.out
    assert "QUEUEWATCH_TOKEN" in ran.out
    assert TOKEN not in ran.out + ran.err
    assert {request.method for request in pbx.requests} == {"GET"}


@pytest.mark.parametrize(
    ("fault", "status", "says"),
    [
        (Fault("", FaultKind.STATUS, None, 401), 3, "✖ Token "),
        (Fault("/agents", FaultKind.STATUS, None, 403), 3, "✖ Agents "),
        (Fault("/agents", FaultKind.STATUS, None, 404), 1, "✖ Agents "),
        (Fault("", FaultKind.PAGE, None, 200), 3, "✖ API "),
        (Fault("/answerrules", FaultKind.TRUNCATED, None), 1, "✖ Answering rules "),
        (Fault("/sites", FaultKind.STATUS, None, 403), 0, "? Sites "),
    ],
)
def test_the_exit_status_says_how_bad_it_is(run: Run, serve: Serve, fault: Fault, status: int, says: str) -> None:
    serve("riverside", fault)
    ran = run("doctor")
    assert ran.status == status
    assert says in ran.out
    assert "→ " in ran.out


def test_json_is_one_document(run: Run, serve: Serve) -> None:
    serve("riverside", Fault("/agents", FaultKind.STATUS, None, 404))
    ran = run("doctor", "--json")
    document = json.loads(ran.out)
    assert (ran.status, document["exit_status"]) == (1, 1)
    (failed,) = [check for check in document["checks"] if check["state"] == "bad"]
    assert failed["name"] == "Agents"
    assert failed["remedy"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nonsense", "is not valid TOML"),
        ('[profiles.a]\nurl = "https://a.example"\n', "profiles.a.domain is missing"),
    ],
)
def test_a_broken_configuration_is_said_and_the_machine_looked_at(
    run: Run, environment: Path, written: str, said: str
) -> None:
    environment.write_text(written)
    ran = run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(ran.out)["checks"]}
    assert ran.status == 1
    assert said in checks["Configuration"]["sentence"]
    assert checks["API"]["state"] == "skipped"
    assert checks["Programs"]["state"] == "good"


def test_without_a_token_the_way_there_is_looked_at_all_the_same(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    pbx = serve("riverside")
    monkeypatch.delenv("QUEUEWATCH_TOKEN")
    ran = run("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(ran.out)["checks"]}
    assert ran.status == 1
    assert "QUEUEWATCH_TOKEN is not set" in checks["Connection"]["sentence"]
    assert checks["Port"]["state"] == "good"
    assert checks["API"]["sentence"] == "There is nothing to ask it with."
    assert pbx.requests == []


def test_a_session_is_as_good_as_a_token(run: Run, served: Served, login: Run) -> None:
    login()
    served.pbx.requests.clear()
    checks = {check["name"]: check for check in json.loads(run("doctor", "--json").out)["checks"]}
    assert checks["Connection"]["sentence"].endswith("; the session is from queuewatch login.")
    assert checks["Scope"]["sentence"] == "A signed token (JWT) of scope Office Manager: it may look and edit."
    assert {request.method for request in served.pbx.requests} == {"GET"}


PLANTED = ("Zebulon Quackenbush", "13128675309", "zebulon@planted.test", "Timbuktu", "Platypus Intake", TOKEN)


def test_a_bundle_names_nobody(
    run: Run, serve: Serve, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pbx = serve(
        "lakeside",
        Fault("/sites", FaultKind.STATUS, None, 403),
        Fault("/autoattendants", FaultKind.BAD_ROW, None),
        Fault("/timeframes", FaultKind.PAGE, None, 200),
    )
    url = os.environ["QUEUEWATCH_URL"].replace("127.0.0.1", "localhost")
    monkeypatch.setenv("PLANTED_VARIABLE", TOKEN)
    environment.write_text(
        f'default = "planted-customer"\n[profiles.planted-customer]\nurl = "{url}"\n'
        'domain = "lakeside.example"\ntoken_env = "PLANTED_VARIABLE"\nread_only = true\n'
        '[profiles.hidden-rival]\nurl = "https://rival-host.test"\ndomain = "rival-domain.test"\n'
    )
    for name in ("URL", "DOMAIN", "TOKEN"):
        monkeypatch.delenv(f"QUEUEWATCH_{name}")
    for row in pbx.floor._agents:
        row |= {
            "name-full-name": PLANTED[0],
            "sub-site": PLANTED[2],
            "callqueue-agent-availability-type": f"gone to {PLANTED[3]}",
            "ordinal-order": PLANTED[1],
            PLANTED[1]: PLANTED[0],
        }
    for row in pbx.floor.queues.values():
        row |= {"description": PLANTED[4], "callqueue-max-wait-timeout-minutes": f"x”{PLANTED[4]}“{PLANTED[3]}"}
    bundle = tmp_path / "case.zip"
    ran = run("doctor", "--bundle", str(bundle))
    assert "is written. Names and numbers are hidden in it" in ran.err
    assert any(word in ran.out for word in PLANTED)
    assert TOKEN not in ran.out + ran.err
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    everything = "\n".join(f"{name}\n{text}" for name, text in files.items())
    own = ("lakeside", "localhost", "127.0.0.1", "planted", "rival", str(tmp_path), str(Path.home()))
    assert [word for word in (*PLANTED, *own) if word.casefold() in everything.casefold()] == []
    assert "callqueue-agent-availability-type is [hidden]" in files["report.txt"]
    fields = json.loads(files["fields.json"])
    assert fields["agents"]["callqueue-agent-availability-type"] == {"a text": 21}
    assert fields["agents"][HIDDEN] == {"a text": 21}
    configuration = json.loads(files["configuration.json"])
    assert configuration["default"] == 1
    assert configuration["profiles"][0]["read_only"] is True
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600


def test_a_token_that_sees_many_domains_is_checked_by_one_of_them(
    run: Run, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies = load_sample_fleet()[:3]
    with start_blocking_portal() as portal:
        server = Provider(list(map(SandboxPbx, companies)))
        with portal.wrap_async_context_manager(running(server)) as address:
            environment.write_text(f'[profiles.provider]\nurl = "{address}"\ndomain = "*"\n')
            monkeypatch.setenv("QUEUEWATCH_TOKEN", SANDBOX_TOKEN)
            bundle = tmp_path / "case.zip"
            ran = run("doctor", "--bundle", str(bundle))
            assert ran.status == 0
            assert names_in(ran.out)[:3] == ["Configuration", "Domains", "Connection"]
            said = " ".join(ran.out.split())
            assert f"provider has 3 domains; {companies[0].domain} stands for all of them below." in said
            assert f"provider: {companies[0].domain} at" in said
            assert "✔ Queues" in said
            with zipfile.ZipFile(bundle) as archive:
                report = archive.read("report.txt").decode()
            assert [sample.domain for sample in companies if sample.domain in report] == []
            server.lists_domains = False
            ran = run("doctor")
            assert ran.status == 3
            assert names_in(ran.out)[:3] == ["Configuration", "Domains", "Name"]
            monkeypatch.setenv("QUEUEWATCH_TOKEN", "")
            ran = run("doctor")
            assert ran.status == 1
            assert "✖ Domains" in ran.out


def test_a_bundle_overwrites_nothing_and_is_refused_before_anything_is_asked(
    run: Run, serve: Serve, tmp_path: Path
) -> None:
    pbx = serve("riverside")
    (tmp_path / "case.zip").write_text("mine")
    ran = run("doctor", "--bundle", str(tmp_path / "case.zip"))
    assert (ran.status, ran.out) == (2, "")
    assert "exists already, and a bundle overwrites nothing." in ran.err
    ran = run("doctor", "--bundle", str(tmp_path / "nowhere" / "case.zip"))
    assert (ran.status, "There is no folder" in ran.err) == (2, True)
    assert (tmp_path / "case.zip").read_text() == "mine"
    assert pbx.requests == []


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("It is “a” or “b”.", "It is [hidden]."),
        (
            "Agent 1001@acme.test of queue 8000: x is a list, not yes or no.",
            "Agent [hidden] of queue 8000: x is a list, not yes or no.",
        ),
        ("https://pbx.acme.test/ns-api/v2 is it", "[hidden] is it"),
        ("call (214) 867-5309 or 12148675309", "call ([hidden] or [hidden]"),
        ("10.1.2.3:5060 and 80:5e:c0:ff:ee:42 and 2001:db8::1", "[hidden] and [hidden] and [hidden]"),
        ("Valid until 2027-03-01 (TLS 1.3).", "Valid until 2027-03-01 (TLS 1.3)."),
        (
            "callqueue-agent-has-registered-devices is missing.",
            "callqueue-agent-has-registered-devices is missing.",
        ),
        ("key 0123456789abcdef0123456789abcdef", "key [hidden]"),
        ("Ana is at the Office; queues are not.", "[hidden] is at the [hidden]; queues are not."),
        ("Planted-Name sits there", "[hidden] sits there"),
        (
            "jane-does-laptop answers, Karl's MacBook-7 and Ødegård.",
            "[hidden] answers, [hidden] [hidden] and [hidden].",
        ),
        ("3 agents in 14 ms; the system's own store.", "3 agents in 14 ms; the system's own store."),
    ],
)
def test_what_a_sentence_keeps(sentence: str, kept: str) -> None:
    assert (
        Redactor(["Office", "Planted-Name", "Anas", "8000", "no"], own_words() | {"sits"}).sentence(
            sentence.replace("Ana", "Anas")
        )
        == kept
    )


@pytest.mark.parametrize("name", ["Abel", "Kestrel", "Yealink"])
def test_names_of_people_places_and_makes_are_no_words_of_the_program(name: str) -> None:
    assert name.casefold() not in own_words()


def test_what_is_left_out_of_its_own_words_is_there() -> None:
    root = Path(queuewatch.__file__).parents[1]
    there = {part for path in root.glob("*/**/*.py") for part in path.relative_to(root).parts}
    assert {"sample_data", *there} >= NOT_SAID


def test_a_bundle_without_a_readable_configuration() -> None:
    files = bundle_files([good("API", "Fine.")], 0, Seen(), None, Redactor((), own_words() | {"fine"}))
    assert json.loads(files["configuration.json"]) == {"readable": False}
    assert "good     API: Fine." in files["report.txt"]


XTERM = {"TERM": "xterm-256color"}
SSH = {"SSH_TTY": "/dev/pts/1"}
MORE = "export COLORTERM=truecolor"


@pytest.mark.parametrize(
    ("environ", "colours", "more"),
    [
        (XTERM, "256 colours", False),
        (XTERM | SSH, "256 colours", True),
        ({"TERM": "xterm-kitty"} | SSH, "256 colours", True),
        ({"TERM": "alacritty"} | SSH, "16 colours, the terminal's own", True),
        (XTERM | SSH | {"COLORTERM": "truecolor"}, "16 million colours", False),
        (XTERM | SSH | {"NO_COLOR": "1"}, "no colours, as NO_COLOR wishes", False),
        (XTERM | {"TEXTUAL_COLOR_SYSTEM": "standard"}, "16 colours, the terminal's own", False),
        (XTERM | {"TEXTUAL_COLOR_SYSTEM": "purple"}, "256 colours", False),
        ({"TERM": "dumb"}, "no colours", False),
        ({}, "16 colours, the terminal's own", False),
    ],
)
def test_the_colours_are_those_in_use_and_what_gives_more_is_named(
    environ: dict[str, str], colours: str, more: bool
) -> None:
    assert colours_in_use(environ) == colours
    assert any(MORE in line for line in more_colours(environ)) == more


def test_faults_that_were_written_down_are_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_STATE", str(tmp_path))
    assert "Faults" not in names_in(run("doctor", "--sample", "lakeside").out)
    write_down(os.environ, ProgramFault("counting sheep", KeyError()))
    ran = run("doctor", "--sample", "lakeside")
    assert "Faults" in names_in(ran.out)
    assert "1 fault of queuewatch itself" in ran.out


def test_a_name_of_a_field_is_kept_if_it_is_put_together_from_known_words() -> None:
    kinds = {
        name: {"a text": 1}
        for name in ("callqueue", "callqueue-wrap-up-limit", "karls-laptop", "Zebulon", "user 8000")
    }
    assert set(Redactor((), own_words()).fields(kinds)) == {"callqueue", "callqueue-wrap-up-limit", HIDDEN}
