"""What can be wrong with a certificate is told apart by everything that makes a connection."""

import ssl
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queuewatch.alerts import webhook
from queuewatch.pbx import environment
from queuewatch.pbx.errors import Unreachable
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.doctor.network import check_network, probe
from queuewatch.pbx.netsapiens.tokens import PasswordLogin, TokenServer
from tests.connection.certificates import DAY, Certificate, certificate, server_context, shaking_hands

VARIABLES = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield
    # What is trusted is remembered by the file's name.
    environment._context.cache_clear()


@pytest.fixture(scope="module")
def root() -> Certificate:
    return certificate("Acme Root", authority=True)


@pytest.fixture
def trusted(root: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """An authority that this machine was told to trust."""
    file = tmp_path / "acme.pem"
    file.write_bytes(root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return root


@dataclass(frozen=True)
class Case:
    """A server's chain, and what is said of it."""

    chain: Callable[[Certificate], tuple[Certificate, ...]]
    told: str


def _below(root: Certificate) -> Certificate:
    return certificate("Acme Intermediate", root, authority=True)


CASES = {
    "expired": Case(
        lambda root: (certificate("a", root, hosts=["localhost"], lasts=(-9 * DAY, -DAY)),), "has expired"
    ),
    "not yet valid": Case(
        lambda root: (certificate("a", root, hosts=["localhost"], lasts=(DAY, 9 * DAY)),), "is not valid yet"
    ),
    "wrong name": Case(lambda root: (certificate("a", root, hosts=["elsewhere.example"]),), "is for another name"),
    "signed by itself": Case(lambda _: (certificate("a", hosts=["localhost"]),), "is signed by itself"),
    "unknown authority": Case(
        lambda _: (
            certificate("a", (other := certificate("Other Root", authority=True)), hosts=["localhost"]),
            other,
        ),
        "comes from an authority this machine does not know",
    ),
    "unknown authority that is not sent": Case(
        lambda _: (
            certificate("a", (below := _below(certificate("Other Root", authority=True))), hosts=["localhost"]),
            below,
        ),
        "comes from an authority this machine does not know",
    ),
    "missing intermediate": Case(
        lambda root: (certificate("a", _below(root), hosts=["localhost"], told="http://acme.example/ca.crt"),),
        "comes without the intermediate certificate of “Acme Intermediate”, which signed it",
    ),
    "alone": Case(
        lambda root: (certificate("a", _below(root), hosts=["localhost"]),),
        "comes alone, and “Acme Intermediate”, which signed it, is an authority this machine does not know, or an "
        "intermediate certificate that the server leaves out",
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_is_wrong_with_a_certificate_is_told_apart_everywhere(
    name: str, trusted: Certificate, tmp_path: Path
) -> None:
    case = CASES[name]
    context = server_context(tmp_path, *case.chain(trusted))
    with shaking_hands(context) as port:
        told = await everywhere(f"https://localhost:{port}")
    assert [place for place, words in told.items() if case.told not in words] == [], told


PLACES = ("reading", "signing in", "looking for a phone system", "doctor", "webhook")
"""Whatever makes connections."""


async def everywhere(address: str) -> dict[str, str]:
    """What each part says that makes connections."""
    told = {}
    pbx = NetsapiensDomain(address, "acme.example", "token")
    with pytest.raises(Unreachable) as failed:
        await pbx.read_sites()
    await pbx.close()
    told["reading"] = str(failed.value)
    with pytest.raises(Unreachable) as failed:
        await TokenServer(address).sign_in(PasswordLogin("1000@acme.example", "password"))
    told["signing in"] = str(failed.value)
    told["looking for a phone system"] = (await probe(address, datetime.now(UTC))).sentence
    told["doctor"] = [check async for check in check_network(address, datetime.now(UTC))][-1].sentence
    told["webhook"] = await posted(address)
    assert tuple(told) == PLACES
    return told


async def posted(address: str) -> str:
    async def at_once(_: float) -> None:
        pass

    notes: list[str] = []
    hook = webhook.Webhook(f"{address}/hook", notes.append, sleep=at_once)
    hook.post(b"{}")
    await hook.finish()
    return notes[-1]


async def test_versions_of_tls_that_are_too_old_are_told_everywhere(trusted: Certificate, tmp_path: Path) -> None:
    context = server_context(tmp_path, certificate("a", trusted, hosts=["localhost"]))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with shaking_hands(context) as port:
        told = await everywhere(f"https://localhost:{port}")
    assert {place: "too old to be safe" in words for place, words in told.items()} == dict.fromkeys(told, True), (
        told
    )


async def test_a_whole_chain_of_ones_own_authority_is_trusted_beside_all_others(
    trusted: Certificate, tmp_path: Path
) -> None:
    below = _below(trusted)
    context = server_context(tmp_path, certificate("a", below, hosts=["localhost"]), below)
    with shaking_hands(context, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]") as port:
        pbx = NetsapiensDomain(f"https://localhost:{port}", "acme.example", "token")
        assert (await pbx.read_sites()).items == ()
        await pbx.close()
    known = {name for entry in environment.tls_context().get_ca_certs() for name in entry["subject"][-1]}
    assert ("commonName", "Acme Root") in known
    # Those that everybody trusts are still there.
    assert len(known) > 100
