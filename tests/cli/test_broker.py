"""Commands over a real broker: the same answers with no token, and one sentence for whatever is in the way."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.broker.nats_server import free_port
from tests.fleet.broker.publisher import SERVER, Broker, collecting

from .conftest import Run

COMPANIES = ("beacon.example", "kestrel.example", "larkspur.example")
OTHER = "https://other.example/ns-api/v2"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with collecting(tmp_path_factory.mktemp("nats"), *COMPANIES) as started:
        yield started


SAME = [
    ("status", "--json"),
    ("status", "8000", "--json"),
    ("simulate", "--all-dark", "--json"),
    ("drill", "--all", "--no-phones", "--json", "--by", "Somebody"),
    ("drill", "--all-sites", "--json", "--by", "Somebody"),
    ("check", "--json", "--fail-on", "never"),
    ("export",),
]
TIMES = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
SAMPLE = str(Path(__file__).resolve().parents[2] / "sample_data" / "fleet" / "larkspur")


@pytest.mark.parametrize("words", SAME, ids=" ".join)
def test_a_command_says_the_same_as_with_a_token(words: tuple[str, ...], run: Run, broker: Broker) -> None:
    directly = run(*words, "--sample", SAMPLE)
    read = run("--nats", broker.address, "--domain", "larkspur.example", *words)
    assert (read.status, directly.status) == (0, 0)
    # The pictures are of now, the sample's first moment is of then.
    there = re.sub(r" --domain larkspur.example", f" --sample {SAMPLE}", read.out)
    assert TIMES.sub("then", there) == TIMES.sub("then", directly.out)
    assert read.err == directly.err


def test_without_phones_a_drill_says_that_nobody_read_them(run: Run, broker: Broker) -> None:
    read = run("--nats", broker.address, "--domain", "larkspur.example", "drill", "--all", "--json")
    assert read.status == 0
    problems = json.loads(read.out)["problems"]
    assert [problem for problem in problems if "does not read single phones" in problem]


@pytest.mark.parametrize("words", [(), ("--format", "markdown"), ("--format", "html")], ids=" ".join)
def test_an_audit_does_not_promise_that_a_drill_from_here_reads_phones(
    words: tuple[str, ...], run: Run, broker: Broker
) -> None:
    read = run("--nats", broker.address, "--domain", "larkspur.example", "check", *words)
    said = " ".join(read.out.split())
    assert "A drill with a token of the phone system reads them." in said
    assert "A drill of the site reads them." not in said


def test_the_fleet_in_every_form_needs_no_token(run: Run, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUEWATCH_NATS", broker.address)
    document = json.loads(run("fleet", "--json").out)
    assert set(document) == {"taken_at", "domains"}
    first = document["domains"][0]
    assert first["age_seconds"] < 60
    assert first | {"age_seconds": 3} == {
        "domain": "beacon.example",
        "name": "Beacon Plumbing",
        "age_seconds": 3,
        "error": None,
        "queues": 2,
        "reach_nobody_now": 1,
        "not_ready": 1,
        "not_known": 0,
        "one_from_failover": 0,
        "server": SERVER,
        "profile": "",
    }
    for form, beginning in (
        ("text", "Fleet ·"),
        ("csv", "taken_at,"),
        ("markdown", "# Fleet"),
        ("html", "<!DOCTYPE"),
    ):
        ran = run("fleet", "--format", form)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.casefold().startswith(beginning.casefold())
        assert "Beacon Plumbing" in ran.out
    ran = run("fleet", "--all-domains")
    assert ran.status == 2
    assert "queuewatch collect --all-domains" in ran.err


def test_what_the_collector_cannot_read_is_told_and_is_no_answer(run: Run, broker: Broker) -> None:
    broker.say("kestrel.example", sentence="The phone system refused the token (401).")
    ran = run("--nats", broker.address, "fleet", "--json")
    assert ran.status == 3
    errors = {domain["domain"]: domain["error"] for domain in json.loads(ran.out)["domains"]}
    assert errors["kestrel.example"] == "The phone system refused the token (401)."
    assert errors["beacon.example"] is None
    ran = run("--nats", broker.address, "--domain", "kestrel.example", "status")
    assert (ran.status, ran.out) == (3, "")
    assert re.match(
        r"queuewatch: The phone system refused the token \(401\)\. What is known is as of \d\d:", ran.err
    )
    broker.say("kestrel.example")


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (
            (),
            "The broker has 3 domains, and this is about one.",
            "beacon.example, kestrel.example and larkspur.example",
        ),
        (("--domain", "larkspurr.example"), "no domain 'larkspurr.example'", "Did you mean larkspur.example?"),
        (("--domain", "kestrel couriers"), "no domain 'kestrel couriers'", "Did you mean kestrel.example?"),
        (("--domain", "zzz"), "no domain 'zzz'", "It has beacon.example, kestrel.example and larkspur.example."),
        (
            ("--domain", "beacon.example", "--url", OTHER),
            f"beacon.example of {SERVER}, and not of {OTHER}",
            "--url",
        ),
    ],
)
def test_which_domain_is_meant_is_asked_with_the_names(
    words: tuple[str, ...], sentence: str, hint: str, run: Run, broker: Broker
) -> None:
    ran = run("--nats", broker.address, *words, "status")
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err
    assert hint in ran.err


def test_of_two_phone_systems_with_one_domain_it_is_said_which(run: Run, broker: Broker) -> None:
    broker.say("kestrel.example", server=OTHER)
    try:
        ran = run("--nats", broker.address, "--domain", "KESTREL.example", "status")
        assert ran.status == 2
        assert f"The broker has kestrel.example of 2 phone systems: {OTHER} and {SERVER}." in ran.err
        assert "--url" in ran.err
        ran = run("--nats", broker.address, "--domain", "kestrel.example", "--url", OTHER, "status")
        assert ran.status == 0
        rows = run("--nats", broker.address, "fleet", "--format", "csv").out
        assert rows.count("kestrel.example") == 2
    finally:
        broker.forget("kestrel.example", OTHER)


def test_a_profile_says_which_domain_and_how_it_is_looked_at(run: Run, broker: Broker, environment: Path) -> None:
    environment.write_text(
        f'[profiles.larkspur]\nurl = "{SERVER}"\ndomain = "larkspur.example"\ntoken_env = "NOBODY_HAS_ONE"\n'
    )
    ran = run("--nats", broker.address, "--profile", "larkspur", "status", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["domain"] == "larkspur.example"


def test_a_broker_that_is_not_there_is_one_sentence(run: Run) -> None:
    for words in (("status",), ("fleet", "--json"), ("export",)):
        ran = run("--nats", f"nats://127.0.0.1:{free_port()}", *words)
        assert (ran.status, ran.out) == (3, "")
        assert re.match(r"queuewatch: The broker at 127\.0\.0\.1:\d+ does not answer\.\n  Is nats-server", ran.err)
    ran = run("--nats", "nats://somebody:secret@127.0.0.1", "fleet")
    assert ran.status == 2
    assert "secret" not in ran.err


def test_the_doctor_says_what_the_broker_has_and_who_collects(
    run: Run, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("--nats", broker.address, "doctor")
    said = " ".join(ran.out.split())
    assert (
        "It answers; the bucket queuewatch has 3 domains, collected by pbx-watch (process 7); the oldest" in said
    )
    assert "the phone system itself is not asked" in said
    monkeypatch.setenv("QUEUEWATCH_NATS", f"nats://127.0.0.1:{free_port()}")
    ran = run("doctor", "--json")
    assert ran.status == 3
    checks = {check["name"]: check for check in json.loads(ran.out)["checks"]}
    assert "does not answer" in checks["Broker"]["sentence"]
    assert checks["Connection"]["state"] == "skipped"
