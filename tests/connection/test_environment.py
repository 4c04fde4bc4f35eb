"""The environment is input: a variable that hinders every request is named, with what to write instead."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from queuewatch.alerts.webhook import Webhook
from queuewatch.pbx import environment
from queuewatch.pbx.environment import BadEnvironment, check_environment, proxy_for, tls_context
from queuewatch.pbx.errors import Unreachable
from queuewatch.pbx.http_client import new_http_client
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.doctor.network import check_events, check_network
from tests.cli.conftest import Run
from tests.cli.conftest import environment as environment_fixture
from tests.cli.conftest import run as run_fixture
from tests.connection.certificates import certificate, server_context, shaking_hands
from tests.connection.test_certificates import VARIABLES
from tests.netsapiens.scripted import scripted
from tests.netsapiens.test_network import NOON

run, profiles = run_fixture, environment_fixture

ADDRESS = "https://pbx.example.com/ns-api/v2"

BAD = {
    ("NO_PROXY", "[::1]"): "Write ::1 in NO_PROXY",
    ("NO_PROXY", "localhost,[fe80::1]:8443"): "Write fe80::1 in NO_PROXY",
    ("NO_PROXY", "localhost,fd00::/8"): "a range of addresses of version 6",
    ("NO_PROXY", "10.0.0.0/99"): "neither a host nor a range",
    ("NO_PROXY", "bücher.example"): "Write xn--bcher-kva.example in NO_PROXY",
    ("NO_PROXY", ".bücher.example"): "Write xn--bcher-kva.example in NO_PROXY",
    ("NO_PROXY", "localhost other"): "by commas",
    ("NO_PROXY", "pbx\x1b[2J.example"): "no host",
    ("NO_PROXY", "host:port"): "no number between 1 and 65535",
    ("no_proxy", "[::1]"): "Write ::1 in no_proxy",
    ("ALL_PROXY", "socks://localhost:1080"): "socks5://host:port",
    ("ALL_PROXY", "socks4://localhost:1080"): "is not known",
    ("ALL_PROXY", "http://localhost:99999"): "no number between 1 and 65535",
    ("ALL_PROXY", "http://localhost:port"): "no number between 1 and 65535",
    ("all_proxy", "http://localhost:port"): "no number between 1 and 65535",
    ("HTTPS_PROXY", "not a url"): "no address of a proxy",
    ("HTTPS_PROXY", "http://"): "no address of a proxy",
    ("HTTPS_PROXY", ":3128"): "no address of a proxy",
    ("HTTPS_PROXY", "“http://proxy.example:3128”"): "is not known",
    ("HTTPS_PROXY", "http://proxy\x07.example"): "no address of a proxy",
    ("HTTPS_PROXY", "ftp://proxy.example"): "is not known",
    ("HTTPS_PROXY", "http://[::1"): "no address of a proxy",
    ("HTTPS_PROXY", "http://[proxy.example]:3128"): "no address of a proxy",
    ("HTTPS_PROXY", "http://proxy\u2100.example"): "no address of a proxy",
    ("HTTPS_PROXY", "http://name:pass#word@proxy.example"): "%23",
    ("SSL_CERT_FILE", "{there}/missing.pem"): "there is no such file",
    ("SSL_CERT_FILE", "{there}"): "is a folder",
    ("SSL_CERT_FILE", "{there}/empty.pem"): "there is no certificate",
    ("SSL_CERT_FILE", "{there}/cut.pem"): "a certificate is damaged",
    ("SSL_CERT_FILE", "{there}/fifo"): "no ordinary file",
    ("SSL_CERT_DIR", "{there}/missing"): "there is no such folder",
    ("SSL_CERT_DIR", "x" * 5000): "there is no such folder",
    ("SSLKEYLOGFILE", "{there}/missing/keys"): "cannot be written",
    ("SSLKEYLOGFILE", "{there}"): "cannot be written",
    ("SSLKEYLOGFILE", "{there}/fifo"): "cannot be written",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield
    environment._context.cache_clear()


@pytest.fixture
def there(tmp_path: Path) -> Path:
    (tmp_path / "empty.pem").write_text("nothing of the kind\n")
    os.mkfifo(tmp_path / "fifo")
    whole = (Path(__file__).parents[1] / "netsapiens" / "self_signed.pem").read_text()
    begins = whole.index("-----BEGIN CERTIFICATE-----")
    (tmp_path / "cut.pem").write_text(whole[begins : begins + 300])
    return tmp_path


@pytest.mark.parametrize(("name", "value"), BAD)
def test_each_value_that_cannot_be_used_has_a_sentence_of_its_own(
    name: str, value: str, there: Path, monkeypatch: pytest.MonkeyPatch, run: Run, profiles: Path
) -> None:
    monkeypatch.setenv("QUEUEWATCH_URL", "https://pbx.invalid")
    monkeypatch.setenv("QUEUEWATCH_DOMAIN", "acme.example")
    monkeypatch.setenv("QUEUEWATCH_TOKEN", "token")
    monkeypatch.setenv(name, value.format(there=there))
    ran = run("status")
    assert ran.status == 2
    assert ran.out == ""
    assert name in ran.err
    assert BAD[name, value] in ran.err.replace("\n ", "")
    assert "pass#word" not in ran.err
    assert all(sign.isprintable() or sign == "\n" for sign in ran.err)


@pytest.mark.parametrize(("name", "value"), BAD)
async def test_the_doctor_makes_the_same_client_and_says_the_same(
    name: str, value: str, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value.format(there=there))
    (check,) = [check async for check in check_network("https://pbx.invalid", NOON)]
    assert check.name == "Client"
    assert name in check.sentence
    assert BAD[name, value] in f"{check.sentence} {check.remedy}"


def test_no_two_kinds_are_told_alike(there: Path) -> None:
    told = set()
    for name, value in BAD:
        with pytest.raises(BadEnvironment) as failed:
            check_environment(ADDRESS, {name: value.format(there=there)})
        told.add(str(failed.value).casefold())
    # Two ports that are none differ in what is quoted, and two spellings of a variable in nothing else.
    assert len(told) == len({(name.casefold(), value) for name, value in BAD})


async def test_plain_http_to_this_machine_minds_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "[nonsense")
    check_environment("http://localhost:8080")
    await new_http_client("http://localhost:8080", headers={}).aclose()


@pytest.mark.parametrize(
    ("without", "address", "direct"),
    [
        ("", "https://pbx.example.com", False),
        ("*", "https://pbx.example.com", True),
        ("localhost, example.com", "https://pbx.example.com", True),
        ("EXAMPLE.com", "https://pbx.example.com", True),
        (".example.com", "https://pbx.example.com", True),
        ("*.example.com", "https://pbx.example.com", True),
        ("*.example.com", "https://example.com", False),
        ("ample.com", "https://pbx.example.com", False),
        ("pbx.example.com:443", "https://pbx.example.com", True),
        ("pbx.example.com:8443", "https://pbx.example.com", False),
        ("https://pbx.example.com", "https://pbx.example.com", True),
        ("http://pbx.example.com", "https://pbx.example.com", False),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.0.0.0/8", "https://pbx.example.com", False),
        ("::1", "https://[::1]:8443", True),
        ("0:0:0:0:0:0:0:1", "https://[::1]", True),
        ("192.0.2.1", "https://192.0.2.1", True),
    ],
)
def test_whom_a_proxy_is_not_for(without: str, address: str, direct: bool) -> None:
    environ = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": without}
    assert (proxy_for(address, environ) is None) is direct


def test_which_variable_counts() -> None:
    both = {"ALL_PROXY": "http://all.example", "HTTPS_PROXY": "http://https.example:1", "https_proxy": ""}
    assert (found := proxy_for(ADDRESS, both)) is not None
    assert (found.host, found.source) == ("all.example", "ALL_PROXY")
    named = proxy_for(ADDRESS, {"https_proxy": "name:word@small.example:1", "HTTPS_PROXY": "http://large.example"})
    assert named is not None
    assert (named.host, named.source) == ("small.example:1", "https_proxy")
    assert "word" not in repr(named)
    # A desktop sets this one beside another that is in use.
    assert proxy_for(ADDRESS, {"all_proxy": "socks://x:1", "https_proxy": "http://y:1"}) is not None


async def test_with_the_extra_a_socks_proxy_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = certificate("Acme Root", authority=True)
    (tmp_path / "acme.pem").write_bytes(root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "acme.pem"))
    context = server_context(tmp_path, certificate("a", root, hosts=["pbx.invalid"]))
    with shaking_hands(context, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]") as port:
        async with _socks_proxy(port) as (proxy, asked):
            monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{proxy}")
            pbx = NetsapiensDomain("https://pbx.invalid", "acme.example", "token")
            assert (await pbx.read_sites()).items == ()
            await pbx.close()
    assert asked == ["pbx.invalid"]


@asynccontextmanager
async def _socks_proxy(target: int) -> AsyncIterator[tuple[int, list[str]]]:
    """A proxy that leads everywhere to this port of loopback; gives its own, and whom it was asked for."""
    asked: list[str] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while words := await reader.read(65_536):
            writer.write(words)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        *_, length = await reader.readexactly(5)
        asked.append((await reader.readexactly(length)).decode())
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


def test_without_it_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _: None)
    with pytest.raises(BadEnvironment, match="ALL_PROXY names a SOCKS proxy") as failed:
        proxy_for(ADDRESS, {"ALL_PROXY": "socks5://localhost:1080"})
    assert "queuewatch[socks]" in failed.value.hint


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"403 Forbidden", b"502 Bad Gateway"])
async def test_a_proxy_that_refuses_is_said_to_be_one(
    name: str, status: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status) as proxy:
        monkeypatch.setenv(name, proxy.address)
        pbx = NetsapiensDomain("https://pbx.invalid", "acme.example", "token")
        with pytest.raises(Unreachable) as failed:
            await pbx.read_sites()
        await pbx.close()
        checks = [check async for check in check_network("https://pbx.invalid", NOON)]
    said = f"The proxy {proxy.address.removeprefix('http://')}, which {name} names, did not let the request to"
    assert str(failed.value) == f"{said} pbx.invalid through ({status[:3].decode()})."
    assert name in failed.value.hint
    assert [check.name for check in checks] == ["Client", "Proxy", "Name", "Port", "Certificate"]
    assert all(proxy.address.removeprefix("http://") in check.sentence for check in checks[1:])
    assert "proxy" in (await check_events("https://pbx.invalid")).sentence


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "pbx.invalid, or the proxy {proxy} on the way to it, closed the connection before"),
        (
            b"SSH-2.0-OpenSSH\r\n",
            "pbx.invalid, or the proxy {proxy} on the way to it, closed the connection before",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>Log in to the hotel</html>", "No encrypted connection to pbx.invalid"),
        (None, "pbx.invalid gave no full answer within 1 seconds."),
    ],
)
async def test_where_nothing_tells_the_proxy_from_the_server_both_are_named(
    answer: bytes | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(answer) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address.replace("http://", "http://me:HuShHuSh@"))
        pbx = NetsapiensDomain("https://pbx.invalid", "acme.example", "token", retries=0, timeout=1)
        with pytest.raises(Unreachable) as failed:
            await pbx.read_sites()
        await pbx.close()
    name = proxy.address.removeprefix("http://")
    assert str(failed.value).startswith(said.format(proxy=name))
    told = f"Requests go through the proxy {name}, which HTTPS_PROXY names: it may be the cause."
    assert failed.value.hint.endswith(told)
    assert "HuShHuSh" not in f"{failed.value} {failed.value.hint}"


async def test_a_proxy_that_speaks_tls_may_be_of_ones_own_authority_or_be_the_one_that_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = certificate("Acme Root", authority=True)
    (tmp_path / "acme.pem").write_bytes(root.pem)
    context = server_context(tmp_path, certificate("a", root, hosts=["localhost"]))
    told = []
    with shaking_hands(context, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{port}")
        for trusted in ("", str(tmp_path / "acme.pem")):
            monkeypatch.setenv("SSL_CERT_FILE", trusted)
            pbx = NetsapiensDomain("https://pbx.invalid", "acme.example", "token")
            with pytest.raises(Unreachable) as failed:
                await pbx.read_sites()
            await pbx.close()
            told.append(str(failed.value))
    assert told[0].startswith(f"The certificate of pbx.invalid, or of the proxy localhost:{port}, comes alone")
    assert told[1].endswith("did not let the request to pbx.invalid through (403).")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_proxy_that_is_not_there_is_not_taken_for_the_server(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(b"") as proxy:
        pass
    monkeypatch.setenv(name, proxy.address)
    pbx = NetsapiensDomain("https://pbx.invalid", "acme.example", "token")
    with pytest.raises(Unreachable, match=f"The proxy .*, which {name} names, refused the connection"):
        await pbx.read_sites()
    await pbx.close()
    checks = {check.name: check async for check in check_network("https://pbx.invalid", NOON)}
    assert f"which {name} names, and there is no way to it" in checks["Proxy"].sentence
    assert checks["Proxy"].no_answer


async def test_an_alert_whose_client_cannot_be_made_is_told_and_the_next_one_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "[::1]")
    notes: list[str] = []
    hook = Webhook("https://hooks.invalid/services/SeCrEt", notes.append)
    for _ in range(2):
        hook.post(b"{}")
        await asyncio.wait_for(hook.finish(), 30)
    assert len(notes) == 2
    assert all("NO_PROXY" in note and "hooks.invalid" in note and "SeCrEt" not in note for note in notes)


def test_nothing_else_makes_a_client() -> None:
    top = Path(__file__).parents[2]
    makers = (
        "httpx.AsyncClient(",
        "ClientSession(",
        "create_ssl_context(",
        "create_default_context(",
        "httpx.Client(",
    )
    # The sandbox speaks to itself, inside the process.
    made = {
        str(path.relative_to(top))
        for folder in ("queuewatch", "screens", "widgets")
        for path in (top / folder).rglob("*.py")
        if any(maker in path.read_text(encoding="utf-8") for maker in makers)
    }
    assert made == {"queuewatch/pbx/environment.py", "queuewatch/pbx/http_client.py"}


def test_one_context_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tls_context() is tls_context()
