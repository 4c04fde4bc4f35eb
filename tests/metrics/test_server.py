"""Scrapes over real sockets: what is answered, who is waited for, and what cannot be listened at."""

import gzip
import http.client
import math
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from queuewatch.metrics import server
from queuewatch.metrics.metrics import Metrics
from queuewatch.metrics.server import PATH, read_address, serve_metrics
from queuewatch.pbx.phone_system import RequestOutcome, tell_of_request
from queuewatch.profiles.fields import ConfigError
from tests.metrics.scrape import LONG, ask, read, series
from tests.metrics.test_metrics import HERE, sales, state

AGE = series("queuewatch_snapshot_age_seconds", domain="example.com")


@contextmanager
def serving(address: str = "127.0.0.1:0") -> Iterator[tuple[Metrics, str, int]]:
    """The metrics, and where they are."""
    said: list[str] = []
    with serve_metrics(address, said.append) as metrics:
        url = re.search(r"http://\[?([^]]*?)\]?:(\d+)/metrics", said[0])
        assert url is not None
        yield metrics, url[1], int(url[2])


def test_a_scrape_is_answered_in_the_form_that_prometheus_asks_for() -> None:
    with serving() as (metrics, host, port):
        metrics.see(*HERE, state(sales()))
        plain, body = ask(host, port)
        kind = plain.getheader("Content-Type") or ""
        assert (plain.status, kind.split(";")[0], "charset=utf-8" in kind) == (200, "text/plain", True)
        found = read(body.decode())
        assert 0 <= found[AGE] < LONG
        assert (
            found[
                series("queuewatch_queue_ready", domain="example.com", queue="8000", name="Sales", site="Dallas")
            ]
            == 1
        )
        # This program's own memory and processor time are nobody's business.
        assert {name.split("_")[0] for name, _ in found} == {"queuewatch"}
        newer, open_metrics = ask(host, port, Accept="application/openmetrics-text;version=1.0.0")
        assert (newer.getheader("Content-Type") or "").startswith("application/openmetrics-text")
        assert open_metrics.endswith(b"# EOF\n")
        packed, squeezed = ask(host, port, Accept_Encoding="gzip")
        assert packed.getheader("Content-Encoding") == "gzip"
        assert AGE in read(gzip.decompress(squeezed).decode())


def test_what_is_asked_is_what_is_so_at_that_moment() -> None:
    with serving() as (metrics, host, port):
        assert read(ask(host, port)[1].decode()) == {}
        metrics.follow(*HERE)
        assert read(ask(host, port)[1].decode())[AGE] == math.inf
        metrics.see(*HERE, state(sales()))
        assert read(ask(host, port)[1].decode())[AGE] < LONG
        metrics.forget(*HERE)
        assert read(ask(host, port)[1].decode()) == {}


def test_one_family_alone_can_be_asked_for() -> None:
    with serving() as (metrics, host, port):
        metrics.see(*HERE, state(sales()))
        _, body = ask(host, port, f"{PATH}?name[]=queuewatch_agents")
        assert {name for name, _ in read(body.decode())} == {"queuewatch_agents"}


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/metricsx", "//metrics/../etc", "http://x/"])
def test_nothing_else_is_there(path: str) -> None:
    with serving() as (_, host, port):
        response, body = ask(host, port, path)
        assert (response.status, body) == (404, b"404 Not Found. The metrics are at /metrics.\n")
        # What runs here, and in which version, is nobody's business.
        assert response.getheader("Server") == "queuewatch"


def test_nothing_can_be_sent() -> None:
    with serving() as (_, host, port), closing(http.client.HTTPConnection(host, port, timeout=LONG)) as connection:
        connection.request("POST", PATH, body=b"x")
        assert connection.getresponse().status == 501


def test_requests_to_a_phone_system_are_counted_while_somebody_could_ask() -> None:
    with serving() as (metrics, host, port):
        metrics.follow(*HERE)
        tell_of_request(*HERE, RequestOutcome.THROTTLED)
        throttled = series("queuewatch_requests_total", domain="example.com", outcome="throttled")
        assert read(ask(host, port)[1].decode())[throttled] == 1
    tell_of_request(*HERE, RequestOutcome.THROTTLED)


def test_who_says_nothing_or_reads_nothing_holds_up_nobody_and_not_the_end() -> None:
    with serving() as (metrics, host, port):
        metrics.see(*HERE, state(sales()))
        silent = [socket.create_connection((host, port)) for _ in range(server.MOST_OPEN + 3)]
        for connection in silent[::2]:
            connection.sendall(b"GET /metr")
        assert ask(host, port)[0].status == 200
    # The block has ended with all of them connected: nothing answers any more.
    with pytest.raises(ConnectionRefusedError):
        ask(host, port)
    for connection in silent:
        connection.close()


def test_the_one_who_has_been_connected_longest_gives_way() -> None:
    with serving() as (_, host, port):
        first = socket.create_connection((host, port))
        first.settimeout(LONG)
        others = [socket.create_connection((host, port)) for _ in range(server.MOST_OPEN)]
        assert first.recv(1) == b""
        for connection in (first, *others):
            connection.close()


def test_many_at_once_get_whole_answers() -> None:
    with serving() as (metrics, host, port):
        metrics.see(*HERE, state(sales()))
        bodies: list[bytes] = []
        threads = [Thread(target=lambda: bodies.append(ask(host, port)[1])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(bodies) == 8
        assert all(AGE in read(body.decode()) for body in bodies)


def test_a_state_can_come_while_an_answer_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held to copy, not to judge or to write: who watches is not held up by who asks."""
    in_between, go_on = Event(), Event()

    def slow(*_: object) -> Iterator[object]:
        in_between.set()
        assert go_on.wait(LONG)
        return iter(())

    with serving() as (metrics, host, port):
        metrics.see(*HERE, state(sales()))
        monkeypatch.setattr("queuewatch.metrics.metrics.queue_samples", slow)
        asking = Thread(target=ask, args=(host, port))
        asking.start()
        assert in_between.wait(LONG)
        metrics.see(*HERE, state(sales("grey grey")))
        go_on.set()
        asking.join()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("9464", ("127.0.0.1", 9464)),
        (":9464", ("127.0.0.1", 9464)),
        (" localhost:9464 ", ("localhost", 9464)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("[::1]:9464", ("::1", 9464)),
        ("[fe80::1%eth0]:9464", ("fe80::1%eth0", 9464)),
    ],
)
def test_an_address_is_read(typed: str, address: tuple[str, int]) -> None:
    assert read_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", ":", "x", "9464x", "65536", "-1", "٩٤٦٤", "9" * 5000, "localhost:", "::1:9464", "http://x:1", "a b:1"],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_address(typed)
    assert str(refused.value).startswith("--metrics takes HOST:PORT")
    assert "--metrics 9464" in refused.value.hint


def refusal(address: str) -> ConfigError:
    with pytest.raises(ConfigError) as refused, serve_metrics(address, lambda _: None):
        pass
    return refused.value


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with serving() as (_, host, port):
        refused = refusal(f"{host}:{port}")
    assert str(refused) == f"Metrics cannot be offered at {host}:{port}: another program listens there already."
    assert "another port" in refused.hint


@pytest.mark.parametrize("host", ["192.0.2.77", "[2001:db8::77]", "a..b", "x" * 300])
def test_an_address_that_this_machine_has_not_is_a_sentence(host: str) -> None:
    # Some machines listen at addresses that they may get later.
    for setting in Path("/proc/sys/net").glob("ipv?/ip_nonlocal_bind"):
        if setting.read_text(encoding="ascii").strip() != "0":
            pytest.skip("this machine listens at any address")
    assert str(refusal(f"{host}:0")).startswith(f"Metrics cannot be offered at {host}:0: ")


def test_by_ipv6_as_well() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("[::1]:0") as (_, host, port):
        assert host == "::1"
        assert ask(host, port)[0].status == 200


def test_who_else_can_read_it_is_said_of_an_address_beyond_this_machine() -> None:
    said: list[str] = []
    with serve_metrics("0.0.0.0:0", said.append):
        pass
    assert said[1] == (
        "Whoever reaches that address can read how every queue stands, by name: there is no password."
    )
    said.clear()
    with serve_metrics("127.0.0.1:0", said.append):
        pass
    assert len(said) == 1


def test_nothing_listens_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_listening", None)
    with serve_metrics(None, lambda sentence: pytest.fail(sentence)) as metrics:
        metrics.see(*HERE, state(sales()))


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "find_spec", lambda _: None)
    assert refusal("0").hint.startswith("Get it with: pip install 'queuewatch[metrics]'.")
    assert "prometheus_client" in sys.modules
