"""``watch --print-unit``: a unit that is ready, whatever the profile is called and wherever things are."""

import os
import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from queuewatch.commands.parser import parse

from .conftest import TOKEN, Run

WAYS = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
NAMES = ("acme", 'Acme & Söhne 100% "west"', "a$b\\c 'd'")


@pytest.fixture(autouse=True)
def no_way_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WAYS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=NAMES)
def profile(request: pytest.FixtureRequest, environment: Path) -> str:
    """A profile of such a name, which is the only one."""
    name: str = request.param
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    environment.write_text(
        f'[profiles."{quoted}"]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n'
        'token_env = "ACME_TOKEN"\n'
    )
    return name


def as_systemd_reads(line: str, dollar: str = "$$") -> list[str]:
    """The words of an ExecStart= line: quotes and backslashes as systemd has them, % and $ no longer doubled."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.quotes, lexer.commenters = True, '"', ""
    return [word.replace("%%", "%").replace(dollar, "$") for word in lexer]


def environment_of(unit: str) -> dict[str, str]:
    """What the unit of systemd sets. In Environment= a $ stands for itself."""
    lines = [line.removeprefix("Environment=") for line in unit.splitlines() if line.startswith("Environment=")]
    words = [as_systemd_reads(line, dollar="$")[0].partition("=") for line in lines]
    return {name: value for name, _, value in words}


def means(words: list[str], profile: str, **more: object) -> None:
    """That these words of a unit are a command for the profile."""
    assert Path(words[0]).is_absolute()
    rest = words[1:] if words[1] != "-m" else words[3:]
    options = parse(rest)
    assert (options.command, options.profile, options.read_only) == ("watch", profile, True)
    assert {name: getattr(options, name) for name in more} == more


def test_the_unit_of_systemd(run: Run, profile: str, environment: Path, tmp_path: Path) -> None:
    ran = run("watch", "Sales & Co", "8001", "--hold", "5", "--every-change", "--print-unit", "systemd")
    assert (ran.status, ran.err) == (0, "")
    settings = [line.partition("=") for line in ran.out.splitlines() if line and not line.startswith(("#", "["))]
    of = {name: value for name, _, value in settings}
    means(as_systemd_reads(of["ExecStart"]), profile, queues=["Sales & Co", "8001"], hold=5.0, every_change=True)
    assert environment_of(ran.out) == {
        "QUEUEWATCH_CONFIG": str(environment),
        "QUEUEWATCH_STATE": str(tmp_path / "state"),
    }
    assert (of["Restart"], of["RestartPreventExitStatus"]) == ("on-failure", "2")
    assert of["EnvironmentFile"].startswith("-%h/.config/queuewatch/queuewatch-a")
    assert "ACME_TOKEN=…" in ran.out


@pytest.mark.parametrize("kind", ["systemd", "launchd"])
def test_a_unit_that_reads_from_a_broker_asks_no_phone_system(
    run: Run, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("QUEUEWATCH_NATS", "nats://nats.example:4222")
    ran = run("--domain", "acme.example", "watch", "--metrics", "[::1]:9464", "--print-unit", kind)
    assert (ran.status, ran.err) == (0, "")
    if kind == "systemd":
        (line,) = [line for line in ran.out.splitlines() if line.startswith("ExecStart=")]
        words = as_systemd_reads(line.removeprefix("ExecStart="))
    else:
        words = plistlib.loads(ran.out.encode())["ProgramArguments"]
    options = parse(words[words.index("--read-only") :])
    assert (options.nats, options.domain, options.metrics) == (
        "nats://nats.example:4222",
        "acme.example",
        "[::1]:9464",
    )
    # The profile there is says nothing of it, unless it is named.
    assert not options.profile
    assert profile not in words
    secret = run("--nats", "nats://me:HuShHuSh@nats.example", "watch", "--print-unit", kind)
    assert (secret.status, secret.out) == (2, "")
    assert "HuShHuSh" not in secret.err


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_it(run: Run, profile: str, tmp_path: Path) -> None:
    file = tmp_path / "queuewatch.service"
    file.write_text(run("watch", "--print-unit", "systemd").out)
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "queuewatch" in line]) == (0, [])


def test_the_unit_of_launchd(run: Run, profile: str, environment: Path, tmp_path: Path) -> None:
    ran = run("watch", "--initial", "--print-unit", "launchd", "--interval", "30")
    assert (ran.status, ran.err) == (0, "")
    document = plistlib.loads(ran.out.encode())
    means(document["ProgramArguments"], profile, initial=True, interval=30.0, queues=[])
    assert document["Label"].startswith("local.queuewatch-a")
    assert document["EnvironmentVariables"] == {
        "QUEUEWATCH_CONFIG": str(environment),
        "QUEUEWATCH_STATE": str(tmp_path / "state"),
    }
    assert document["RunAtLoad"] is True
    assert document["KeepAlive"] == {"SuccessfulExit": False}
    assert document["StandardErrorPath"].startswith(str(tmp_path / "state"))


@pytest.mark.parametrize("kind", ["systemd", "launchd"])
def test_a_phone_system_out_of_the_environment_and_no_token(
    run: Run, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("QUEUEWATCH_URL", "https://pbx.example.com")
    monkeypatch.setenv("QUEUEWATCH_DOMAIN", "acme.example")
    monkeypatch.setenv("QUEUEWATCH_TOKEN", TOKEN)
    ran = run("watch", "--print-unit", kind)
    assert ran.status == 0
    assert "https://pbx.example.com" in ran.out
    assert "acme.example" in ran.out
    assert "--profile" not in ran.out
    assert TOKEN not in ran.out


@pytest.mark.parametrize("kind", ["systemd", "launchd"])
def test_the_way_of_this_shell_comes_along_and_no_password(
    run: Run, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", "own $1.pem")
    monkeypatch.setenv("SSL_CERT_DIR", f"certificates{os.pathsep}/etc/more")
    monkeypatch.setenv("NO_PROXY", "localhost,.acme.example")
    monkeypatch.setenv("all_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:HuShHuSh@proxy.example:3128")
    ran = run("watch", "--print-unit", kind)
    assert (ran.status, ran.err) == (0, "")
    if kind == "systemd":
        environ = environment_of(ran.out)
    else:
        environ = plistlib.loads(ran.out.encode())["EnvironmentVariables"]
    assert {name: environ.get(name) for name in (*WAYS, "all_proxy")} == {
        "HTTPS_PROXY": None,
        "ALL_PROXY": None,
        "NO_PROXY": "localhost,.acme.example",
        "SSL_CERT_FILE": str(tmp_path / "own $1.pem"),
        "SSL_CERT_DIR": f"{tmp_path / 'certificates'}{os.pathsep}/etc/more",
        "all_proxy": "http://proxy.example:3128",
    }
    assert "HTTPS_PROXY" in ran.out
    assert "HuShHuSh" not in ran.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("watch", "--print-unit"), "No phone system is configured yet."),
        (("watch", "--print-unit", "--sample", "lakeside"), "There is no unit for sample data."),
        (("watch", "--print-unit", "runit"), "--print-unit: invalid choice: 'runit'"),
        (("--url", "https://pbx.example.com", "--domain", "a", "watch", "a\nb", "--print-unit"), "No unit"),
    ],
)
def test_what_there_is_no_unit_for(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run(*words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


def test_what_is_expected_is_found_where_the_service_is_started(
    run: Run, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.write_text('[profiles.acme]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n')
    plan = environment.parent / "plans" / "acme" / "storm.toml"
    plan.parent.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (plan, tmp_path / "mine.toml"):
        path.write_text("")
    for typed, meant in (("storm", plan), ("~/mine.toml", tmp_path / "mine.toml")):
        words = plistlib.loads(run("watch", "--expect", typed, "--print-unit", "launchd").out.encode())
        means(words["ProgramArguments"], "acme", expect=str(meant))
    ran = run("watch", "--expect", "strom", "--print-unit", "systemd")
    assert (ran.status, ran.out) == (2, "")
    assert "no plan of that name. Did you mean storm?" in " ".join(ran.err.split())
