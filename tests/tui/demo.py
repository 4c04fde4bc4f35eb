"""A demo whose time a test moves, and whose phone system it asks when it wants to."""

from dataclasses import dataclass

from textual.pilot import Pilot

from queuewatch.app.app import QueuewatchApp
from queuewatch.connection.connection import Connection
from queuewatch.demo.presenter import Presenter
from queuewatch.pbx.netsapiens import NetsapiensDomain
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.sandbox.clock import SandboxClock
from queuewatch.pbx.sandbox.samples import load_sample
from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
from queuewatch.pbx.sandbox.scenario import load_scenario
from queuewatch.pbx.sandbox.server import in_process
from tests.tui.keys import banner, program, until
from tests.tui.phone_system import NEVER


@dataclass
class Demo:
    """A demo, the room's clock, and the connection to it."""

    room: list[float]
    pbx: SandboxPbx
    stage: Presenter
    connection: Connection

    def app(self) -> QueuewatchApp:
        """The program on this demo."""
        return QueuewatchApp(self.connection)

    async def pass_time(self, pilot: Pilot[None], seconds: float) -> None:
        """Let so much of the room's time pass, and wait until the board has seen it."""
        self.room[0] += seconds
        await self.look(pilot)

    async def look(self, pilot: Pilot[None]) -> None:
        """Read again, and wait until that is what the board shows."""
        now = self.connection.clock()
        program(pilot).session.poller.refresh("-")
        await until(pilot, lambda: program(pilot).session.state.snapshot.taken_at >= now, "it is seen")


def open_demo(sample: str = "lakeside", scenario: str = "", *, tour: bool = True, speed: float = 1.0) -> Demo:
    """A demo at its first moment."""
    company, room = load_sample(sample), [0.0]
    script = load_scenario(company, scenario or company.demo_scenario)
    clock = SandboxClock(company.start, speed, monotonic=lambda: room[0])
    pbx = SandboxPbx(company, clock=clock, scenario=script)
    stage = Presenter(pbx, clock, tells_itself=script.tells_itself, longest=NEVER, tour=tour)
    system = NetsapiensDomain(
        "http://localhost",
        pbx.domain,
        SANDBOX_TOKEN,
        transport=lambda: in_process(pbx),
        clock=clock,
        rate_limiter=RateLimiter(window=0.0),
    )
    return Demo(
        room,
        pbx,
        stage,
        Connection(system, company.title, interval=NEVER, clock=clock, sandbox=pbx, presenter=stage),
    )


def caption(pilot: Pilot[None]) -> str:
    """What the line on top says."""
    return banner(pilot)
