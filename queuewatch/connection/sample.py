"""Sample data as a phone system inside this process: the same client, the same JSON, no account and no network."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.connection.connection import Connection, ConnectionOptions
from queuewatch.history.open import history_of_sample
from queuewatch.profiles.fields import ConfigError

if TYPE_CHECKING:
    from queuewatch.pbx.netsapiens.wire import Wire
    from queuewatch.pbx.sandbox.samples import Sample
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

SAMPLE_INTERVAL = 1.0
"""Nobody has to be spared where the phone system is in this process: a demo shows what happens as it happens."""

_IN_PROCESS = "http://localhost"


class SampleDomain(Struct, frozen=True):
    """One company of a sample fleet."""

    name: str
    connection: Connection


def refuse_with_sample(options: ConnectionOptions) -> None:
    """Refuse to mix sample data and a real phone system. Raises :class:`ConfigError`."""
    for option, given in (
        ("--profile", options.profile),
        ("--url", options.url),
        ("--domain", options.domain),
        ("--nats", options.nats),
    ):
        if given:
            raise ConfigError(
                f"{option} names a real phone system, and this is sample data.", f"Leave out {option}."
            )


def connect_sample(options: ConnectionOptions, speed: float = 0.0) -> Connection:
    """A sample company at its first moment, inside this process: the same question has the same answer.

    With a ``speed`` its time goes on from there, so many times as fast as the room's, and its people answer calls.
    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    refuse_with_sample(options)
    from queuewatch.pbx.sandbox.samples import load_sample
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

    sample = load_sample(options.sample)
    if speed:
        from queuewatch.pbx.sandbox.clock import SandboxClock

        clock = SandboxClock(sample.start, speed)
        return _in_process(options, SandboxPbx(sample, clock=clock), clock)
    return _in_process(options, SandboxPbx(sample), lambda: sample.start)


def connect_demo(
    options: ConnectionOptions,
    scenario: str = "",
    speed: float = 1.0,
    *,
    tour: bool = False,
    clock_from: Callable[[datetime], Callable[[], datetime]] | None = None,
) -> Connection:
    """A sample company going through its day, inside this process, ``speed`` times as fast as the room's clock.

    ``tour`` begins with the tour. ``clock_from`` makes another clock, given the moment at which it begins; nobody
    presents by that one.
    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    refuse_with_sample(options)
    from queuewatch.demo.presenter import Presenter
    from queuewatch.pbx.sandbox.clock import SandboxClock
    from queuewatch.pbx.sandbox.samples import DEFAULT_SAMPLE, load_sample
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
    from queuewatch.pbx.sandbox.scenario import load_scenario

    sample = load_sample(options.sample or DEFAULT_SAMPLE)
    script = load_scenario(sample, scenario or sample.demo_scenario)
    if clock_from is not None:
        another = clock_from(sample.start)
        return _in_process(options, SandboxPbx(sample, clock=another, scenario=script), another)
    clock = SandboxClock(sample.start, speed)
    pbx = SandboxPbx(sample, clock=clock, scenario=script)
    connection = _in_process(options, pbx, clock)
    presenter = Presenter(
        pbx,
        clock,
        tells_itself=script.tells_itself,
        longest=connection.interval,
        tour=tour,
    )
    return replace(connection, interval=presenter.interval, presenter=presenter)


def sample_fleet(name: str, *, still: bool) -> "tuple[SampleDomain, ...]":
    """The companies of a sample fleet, each inside this process: at its first moment, or going through its day.

    Raises :class:`~queuewatch.pbx.sandbox.samples.SampleError`.
    """
    from queuewatch.pbx.sandbox.clock import SandboxClock
    from queuewatch.pbx.sandbox.samples import load_sample_fleet
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
    from queuewatch.pbx.sandbox.scenario import load_scenario

    def opened(sample: "Sample") -> SampleDomain:
        options = ConnectionOptions(sample=sample.name)
        if still:
            return SampleDomain(sample.title, _in_process(options, SandboxPbx(sample), lambda: sample.start))
        clock = SandboxClock(sample.start, 1.0)
        pbx = SandboxPbx(sample, clock=clock, scenario=load_scenario(sample, sample.demo_scenario))
        return SampleDomain(sample.title, _in_process(options, pbx, clock))

    return tuple(map(opened, load_sample_fleet(name)))


def _in_process(options: ConnectionOptions, pbx: "SandboxPbx", clock: Callable[[], datetime]) -> Connection:
    from queuewatch.pbx.netsapiens import NetsapiensDomain
    from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
    from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN

    def wire() -> "Wire":
        from queuewatch.pbx.sandbox.in_process import SandboxWire

        return SandboxWire(system.address, pbx)

    system = NetsapiensDomain(
        _IN_PROCESS,
        pbx.domain,
        SANDBOX_TOKEN,
        wire=wire,
        read_only=options.read_only,
        clock=clock,
        rate_limiter=RateLimiter(window=0.0),
    )
    return Connection(
        system=system,
        title=pbx.sample.title,
        read_only=options.read_only,
        interval=options.interval or SAMPLE_INTERVAL,
        clock=clock,
        sandbox=pbx,
        history=history_of_sample(_IN_PROCESS, pbx.sample),
    )
