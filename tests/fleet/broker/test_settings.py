"""Where the broker is and how to get in: a wrong setting is named with what to do, and no secret is ever told."""

import os
from pathlib import Path

import pytest

from queuewatch.fleet.broker.bucket import BrokerRefused, Lengths, connected
from queuewatch.fleet.broker.clock import BrokerClock
from queuewatch.fleet.broker.settings import BrokerSettings, broker_settings
from queuewatch.profiles.fields import ConfigError
from tests.faults.odd_files import NO_FILES, Make, zeros

from .nats_server import NatsServer

SECRET = "s3cret-Planted"


@pytest.mark.parametrize(
    ("given", "servers"),
    [
        ("broker.example", ("nats://broker.example:4222",)),
        (" nats://a.example:4223, tls://b.example ", ("nats://a.example:4223", "tls://b.example:4222")),
        ("nats://[2001:db8::1]:4222", ("nats://[2001:db8::1]:4222",)),
        ("nats://broker.example/", ("nats://broker.example:4222",)),
    ],
)
def test_an_address_is_taken_as_it_is_meant(given: str, servers: tuple[str, ...]) -> None:
    settings = broker_settings({"QUEUEWATCH_NATS": given})
    assert settings.servers == servers
    assert settings.must_encrypt == any(server.startswith("tls") for server in servers)
    assert broker_settings({"QUEUEWATCH_NATS": "other.example"}, given).servers == servers


WRONG: list[tuple[dict[str, str], str]] = [
    ({}, "No broker is named."),
    ({"QUEUEWATCH_NATS": "https://broker.example"}, "QUEUEWATCH_NATS is no address of a broker."),
    ({"QUEUEWATCH_NATS": "nats://"}, "QUEUEWATCH_NATS is no address"),
    ({"QUEUEWATCH_NATS": "nats://broker.example:99999"}, "QUEUEWATCH_NATS is no address"),
    ({"QUEUEWATCH_NATS": "nats://broker..example"}, "QUEUEWATCH_NATS is no address"),
    ({"QUEUEWATCH_NATS": "nats://broker.example/bucket"}, "QUEUEWATCH_NATS is no address"),
    ({"QUEUEWATCH_NATS": f"nats://user:{SECRET}@broker.example"}, "QUEUEWATCH_NATS holds a password or a token"),
    ({"QUEUEWATCH_NATS": f"nats://{SECRET}@broker.example"}, "QUEUEWATCH_NATS holds a password or a token"),
    ({"QUEUEWATCH_NATS_USER": "collector"}, "QUEUEWATCH_NATS_USER is set, and QUEUEWATCH_NATS_PASSWORD is not."),
    ({"QUEUEWATCH_NATS_PASSWORD": SECRET}, "QUEUEWATCH_NATS_PASSWORD is set, and QUEUEWATCH_NATS_USER is not."),
    (
        {"QUEUEWATCH_NATS_TOKEN": SECRET, "QUEUEWATCH_NATS_USER": "a", "QUEUEWATCH_NATS_PASSWORD": SECRET},
        "several ways to be let in by the broker: QUEUEWATCH_NATS_TOKEN and QUEUEWATCH_NATS_USER.",
    ),
    ({"QUEUEWATCH_NATS_TOKEN": f"{SECRET}\nmore"}, "QUEUEWATCH_NATS_TOKEN holds what cannot be typed."),
    (
        {"QUEUEWATCH_NATS_CREDS": "/nowhere/a.creds"},
        "file of the broker cannot be read: /nowhere/a.creds",
    ),
    (
        {"QUEUEWATCH_NATS_CA": "/nowhere/ca.pem"},
        "names /nowhere/ca.pem, and there is no such file.",
    ),
    ({"QUEUEWATCH_NATS_CA": __file__}, "in which there is no certificate."),
]


@pytest.mark.parametrize(("environ", "sentence"), WRONG)
def test_a_wrong_setting_is_named_with_what_to_do(environ: dict[str, str], sentence: str) -> None:
    given = environ if "QUEUEWATCH_NATS" in environ or not environ else {"QUEUEWATCH_NATS": "a.example", **environ}
    # Commands look into the environment themselves, and hand on what they find: it is named all the same.
    for found in ((), (given.get("QUEUEWATCH_NATS", ""), given.get("QUEUEWATCH_NATS_CREDS", ""))):
        with pytest.raises(ConfigError) as caught:
            broker_settings(given, *found)
        assert sentence in str(caught.value)
        assert caught.value.hint
        assert not {"--nats", "--nats-creds"} & set(str(caught.value).split())
        assert SECRET not in f"{caught.value} {caught.value.hint} {caught.value!r}"


def test_what_came_out_of_the_environment_is_named_by_its_variable() -> None:
    quoted = '"nats://broker.example"'
    for environ, given, source in (
        ({"QUEUEWATCH_NATS": quoted}, quoted, "QUEUEWATCH_NATS"),
        ({"QUEUEWATCH_NATS": quoted}, "", "QUEUEWATCH_NATS"),
        ({}, quoted, "--nats"),
        ({"QUEUEWATCH_NATS": "broker.example"}, quoted, "--nats"),
    ):
        with pytest.raises(ConfigError) as caught:
            broker_settings(environ, given)
        assert str(caught.value) == f"{source} has quotes around it, which are taken for a part of it."
    with pytest.raises(ConfigError) as caught:
        broker_settings({"QUEUEWATCH_NATS_CREDS": "/nowhere/a"}, "a.example", "/nowhere/a")
    assert caught.value.hint == "Look at QUEUEWATCH_NATS_CREDS."


def test_a_file_without_credentials_is_none(tmp_path: Path) -> None:
    file = tmp_path / "user.creds"
    file.write_text(SECRET)
    with pytest.raises(ConfigError, match=r"user\.creds is no credentials file") as caught:
        broker_settings({}, "a.example", str(file))
    assert "--nats-creds names the file" in caught.value.hint
    assert SECRET not in f"{caught.value} {caught.value.hint}"


@pytest.mark.skipif(os.name != "posix", reason="files as Unix has them")
@pytest.mark.parametrize("make", [*NO_FILES, zeros], ids=lambda make: make.__name__)
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "user.creds")
    with pytest.raises(ConfigError) as caught:
        broker_settings({}, "a.example", str(tmp_path / "user.creds"))
    assert NO_FILES.get(make, "it has more than 64 KiB") in str(caught.value)


async def refused(settings: BrokerSettings) -> BrokerRefused:
    with pytest.raises(BrokerRefused) as caught:
        async with connected(settings, BrokerClock(), create=True, lengths=Lengths()):
            pass
    assert SECRET not in f"{caught.value} {caught.value.hint} {caught.value!r} {settings!r}"
    return caught.value


async def test_who_is_not_let_in_is_told_which_variables_to_look_at(tmp_path: Path) -> None:
    nats = NatsServer(tmp_path, f'authorization {{ token: "{SECRET}" }}')
    await nats.start()
    try:
        wrong = await refused(broker_settings({"QUEUEWATCH_NATS_TOKEN": f"not-{SECRET}"}, nats.address))
        assert str(wrong) == f"The broker at 127.0.0.1:{nats.port} does not accept the credentials."
        assert "QUEUEWATCH_NATS_TOKEN" in wrong.hint
        encrypted = broker_settings({"QUEUEWATCH_NATS_TOKEN": SECRET}, nats.address.replace("nats:", "tls:"))
        assert "does not encrypt, so nothing was sent to it" in str(await refused(encrypted))
        right = broker_settings({"QUEUEWATCH_NATS_TOKEN": SECRET}, nats.address)
        async with connected(right, BrokerClock(), create=True, lengths=Lengths()) as bucket:
            await bucket.look()
        # A seed that is none, in a file that looks right.
        file = tmp_path / "user.creds"
        file.write_text(f"-----BEGIN NATS USER JWT-----\n{SECRET}\n-----BEGIN USER NKEY SEED-----\n{SECRET}\n")
        await refused(broker_settings({"QUEUEWATCH_NATS_CREDS": str(file)}, nats.address))
    finally:
        nats.kill()
