"""The sandbox over real sockets, and its faults."""

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from queuewatch.pbx.sandbox.quirks import Quirks
from queuewatch.pbx.sandbox.samples import Sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.server import running, sandbox_app, serve

REQUIRE_AGENTS = "callqueue-require-available-agents-to-accept-new-callers"
AUTHORIZED = {"authorization": f"Bearer {SANDBOX_TOKEN}"}


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{url}/domains/lakeside.example", headers=AUTHORIZED)


async def answers(
    lakeside: Sample, fault: Fault, path: str = "/callqueues", times: int = 2
) -> list[httpx.Response]:
    async with running(sandbox_app(SandboxPbx(lakeside), faults=[fault])) as url, client(url) as api:
        return [await api.get(path) for _ in range(times)]


async def test_over_a_socket_it_is_the_same_api(lakeside: Sample) -> None:
    async with running(sandbox_app(SandboxPbx(lakeside))) as url, client(url) as api:
        answer = await api.get("/users/8003/answerrules/%2A")
        assert answer.json() == lakeside.answerrules["8003"][1]
        assert answer.headers.get_list("date") == ["Mon, 23 Nov 2026 15:12:00 GMT"]


async def test_two_sandboxes_run_side_by_side(lakeside: Sample) -> None:
    one, two = SandboxPbx(lakeside), SandboxPbx(lakeside)
    async with running(sandbox_app(one)) as first, running(sandbox_app(two, token="other")) as second:
        assert first != second
        async with client(first) as api:
            await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
        async with client(second) as api:
            assert (await api.get("/callqueues")).status_code == 401
            answer = await api.get("/callqueues/8000", headers={"authorization": "Bearer other"})
            assert answer.json()[REQUIRE_AGENTS] == "yes"


async def test_when_the_block_ends_nobody_listens(lakeside: Sample) -> None:
    async with running(sandbox_app(SandboxPbx(lakeside))) as url:
        pass
    async with client(url) as api:
        with pytest.raises(httpx.ConnectError):
            await api.get("/callqueues")


async def test_an_error_in_the_block_stops_the_server_too(lakeside: Sample) -> None:
    with pytest.raises(KeyError):
        async with running(sandbox_app(SandboxPbx(lakeside))) as url:
            raise KeyError
    async with client(url) as api:
        with pytest.raises(httpx.ConnectError):
            await api.get("/callqueues")


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
async def test_an_error_status_and_then_all_is_well(lakeside: Sample, status: int) -> None:
    broken, good = await answers(lakeside, Fault("/callqueues", FaultKind.STATUS, status=status))
    assert broken.status_code == status
    assert broken.json()["code"] == status
    assert good.status_code == 200


async def test_retry_after(lakeside: Sample) -> None:
    broken, _ = await answers(lakeside, Fault("", FaultKind.STATUS, status=429, retry_after=17))
    assert broken.headers["retry-after"] == "17"


@pytest.mark.parametrize("status", [200, 403])
async def test_a_web_page(lakeside: Sample, status: int) -> None:
    broken, _ = await answers(lakeside, Fault("", FaultKind.PAGE, status=status))
    assert broken.status_code == status
    assert broken.headers["content-type"].startswith("text/html")


async def test_cut_off_json(lakeside: Sample) -> None:
    broken, good = await answers(lakeside, Fault("", FaultKind.TRUNCATED))
    assert broken.content == good.content[: len(good.content) // 2]
    with pytest.raises(json.JSONDecodeError):
        broken.json()


async def test_values_of_another_type(lakeside: Sample) -> None:
    broken, good = await answers(lakeside, Fault("", FaultKind.MISTYPED))
    for wrong, right in zip(broken.json(), good.json(), strict=True):
        assert set(wrong) == set(right)
        assert all(type(wrong[key]) is not type(right[key]) for key in right)


async def test_one_bad_row(lakeside: Sample) -> None:
    broken, good = await answers(lakeside, Fault("", FaultKind.BAD_ROW))
    assert broken.json() == ["not a row", *good.json()[1:]]


async def test_json_of_the_wrong_shape_and_no_body_at_all(lakeside: Sample) -> None:
    broken, _ = await answers(lakeside, Fault("", FaultKind.WRONG_SHAPE))
    assert broken.json() == 42
    broken, _ = await answers(lakeside, Fault("", FaultKind.EMPTY))
    assert (broken.status_code, broken.content) == (200, b"")


async def test_a_redirection_to_another_host(lakeside: Sample) -> None:
    broken, _ = await answers(lakeside, Fault("", FaultKind.REDIRECT))
    assert broken.status_code == 302
    assert broken.headers["location"].startswith("https://elsewhere.example/")


async def test_a_dropped_connection(lakeside: Sample) -> None:
    faults = [Fault("/agents", FaultKind.DROPPED)]
    async with running(sandbox_app(SandboxPbx(lakeside), faults=faults)) as url, client(url) as api:
        with pytest.raises(httpx.RemoteProtocolError):
            await api.get("/agents")
        assert (await api.get("/agents")).status_code == 200


async def test_a_slow_answer_is_late_and_true(lakeside: Sample) -> None:
    faults = [Fault("", FaultKind.SLOW, seconds=60)]
    async with running(sandbox_app(SandboxPbx(lakeside), faults=faults)) as url, client(url) as api:
        with pytest.raises(httpx.ReadTimeout):
            await api.get("/callqueues", timeout=0.05)
        faults[:] = [Fault("", FaultKind.SLOW, seconds=0)]
        assert len((await api.get("/callqueues")).json()) == 8


async def test_faults_choose_path_method_and_number(lakeside: Sample) -> None:
    faults = [Fault("/callqueues", FaultKind.STATUS, times=None, method="PUT", status=403)]
    async with running(sandbox_app(SandboxPbx(lakeside), faults=faults)) as url, client(url) as api:
        for _ in range(3):
            assert (await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})).status_code == 403
            assert (await api.get("/callqueues/8000")).json()[REQUIRE_AGENTS] == "yes"
        assert (await api.get("/agents")).status_code == 200
        faults.clear()
        assert (await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})).status_code == 202


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.PAGE, FaultKind.EMPTY, FaultKind.DROPPED])
async def test_a_write_whose_answer_is_lost_may_have_happened(
    lakeside: Sample, kind: FaultKind, applied: bool
) -> None:
    pbx = SandboxPbx(lakeside)
    faults = [Fault("/callqueues/8000", kind, applied=applied, method="PUT", status=502)]
    app = sandbox_app(pbx, Quirks(empty_202=True), faults)
    async with running(app) as url, client(url) as api:
        try:
            answer = await api.put("/callqueues/8000", json={REQUIRE_AGENTS: "no"})
        except httpx.RemoteProtocolError:
            assert kind is FaultKind.DROPPED
        else:
            assert answer.status_code == (200 if kind is FaultKind.EMPTY else 502)
        assert pbx.floor.queues["8000"][REQUIRE_AGENTS] == ("no" if applied else "yes")


def test_a_taken_port_is_said_in_a_sentence(lakeside: Sample) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PbxError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            serve(sandbox_app(SandboxPbx(lakeside)), port, print)
    with pytest.raises(PbxError, match=r"127\.0\.0\.1:70000: a port is a number from 0 to 65535"):
        serve(sandbox_app(SandboxPbx(lakeside)), 70000, print)


SERVE = """
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.server import serve
from queuewatch.pbx.sandbox.server import sandbox_app
serve(sandbox_app(SandboxPbx(load_sample("lakeside"))), 0, lambda address: print(address, flush=True))
print("stopped")
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C cannot be sent to a child alone there")
def test_served_until_interrupted_and_quiet_about_it() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=-1, stderr=-1, text=True) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        answer = httpx.get(f"{url}/version", headers=AUTHORIZED)
        assert answer.json()["apiversion"] == "44.2.3"
        child.send_signal(signal.SIGINT)
        rest, errors = child.communicate(timeout=30)
    assert (rest, errors, child.returncode) == ("stopped\n", "", 0)
