"""Suppositions on top of a living phone system."""

from msgspec.structs import replace

from queuewatch.failover.model import Queue
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import AS_IS
from queuewatch.failover.verdict import Outcome
from queuewatch.failover.what_if.steps import (
    FreePlace,
    PointWhenOffline,
    SupposeRequireAgents,
    TurnAgent,
    WhenOfflineOff,
)
from queuewatch.failover.what_if.what_if import WhatIf, queues_on_the_way
from tests.failover.build import CELL, agent, default, office, to

SALES, SUPPORT, NIGHT = (
    Queue("8000", "Sales", require_agents=True),
    Queue("8001", "Support", require_agents=True),
    Queue("8002", "Night"),
)
ANA, BEN = agent("green", "1001"), agent("green", "1002", "8001")
OFFICE = office(
    SALES,
    SUPPORT,
    NIGHT,
    agents=[ANA, BEN],
    rules={"8000": [default(offline=to("queue_8001"))], "8001": [default(offline=to(CELL))]},
)


def test_nothing_supposed_is_everything_as_it_is() -> None:
    assert WhatIf().nothing
    assert WhatIf().on(OFFICE) == (OFFICE, AS_IS)


def test_agents_and_settings_are_supposed_together() -> None:
    what_if = WhatIf().turning((ANA.id,), Status.GREY).taking((SupposeRequireAgents("8000", False),))
    supposed, suppose = what_if.on(OFFICE)
    assert simulate(supposed, supposed.queues["8000"], suppose).outcome is Outcome.STRANDED
    assert simulate(OFFICE, SALES).outcome is Outcome.RINGS


def test_the_latest_supposition_about_the_same_thing_counts() -> None:
    turned = WhatIf().turning((ANA.id, BEN.id), Status.GREY).taking((TurnAgent(ANA.id, Status.RED),))
    assert turned.colours == {BEN.id: Status.GREY, ANA.id: Status.RED}
    settled = WhatIf().taking(
        (SupposeRequireAgents("8000", False), FreePlace("8000"), SupposeRequireAgents("8000", True))
    )
    assert settled.settings == (FreePlace("8000"), SupposeRequireAgents("8000", True))


def test_a_supposition_is_taken_back() -> None:
    what_if = WhatIf().turning((ANA.id,), Status.GREY).taking((PointWhenOffline("8000"),))
    assert what_if.supposes(WhenOfflineOff, PointWhenOffline)
    assert not what_if.supposes(SupposeRequireAgents)
    assert what_if.without(PointWhenOffline).turning((ANA.id,), None).nothing


def test_who_sits_in_no_queue_any_more_is_forgotten() -> None:
    what_if = WhatIf().turning((ANA.id, BEN.id), Status.RED)
    assert what_if.still_there(OFFICE) == (what_if, ())
    without_ana = replace(OFFICE, agents={"8001": (BEN,)})
    assert what_if.still_there(without_ana) == (WhatIf({BEN.id: Status.RED}), (ANA.id,))


def test_the_queues_on_the_way_are_those_of_every_way_and_keep_their_places() -> None:
    assert queues_on_the_way(OFFICE, SALES, WhatIf()) == ("8000", "8001")
    assert queues_on_the_way(OFFICE, SALES, WhatIf(), ("8000", "8002", "7777")) == ("8000", "8002", "8001")
    short = WhatIf().taking((PointWhenOffline("8000"),))
    assert queues_on_the_way(OFFICE, SALES, short) == ("8000", "8001")
