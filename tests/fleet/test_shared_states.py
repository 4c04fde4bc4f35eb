"""When a picture that somebody else made may pass for what is so now, and what is said where it may not."""

from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.drill.matrix import site_matrix
from queuewatch.failover.model import Part, Queue, Snapshot
from queuewatch.failover.simulate import judge_all
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.fleet.broker.viewer import SharedPicture
from queuewatch.fleet.shared import SharedFleet, Sighting, Silence, current_snapshot, state_of, trouble_of
from queuewatch.fleet.watch import FleetDomain
from queuewatch.pbx.errors import Unreachable
from queuewatch.polling.state import MACHINE_SLEPT, LiveState
from queuewatch.process.background import ProgramFault, heard_by
from tests.failover.build import CELL, NOON, agents, default, office, to
from tests.failover.systems import snapshots

SERVER, DOMAIN = "https://pbx.example/ns-api/v2", "acme.example"
SNAPSHOT = replace(
    office(Queue("8000", "Sales"), agents=agents(["grey"]), rules={"8000": [default(offline=to(CELL))]}),
    domain=DOMAIN,
    read_at={Part.LIVE: NOON},
)
PICTURE = SharedPicture(SERVER, DOMAIN, "Acme", SNAPSHOT, every=5.0)
FRESH = Sighting(DOMAIN, PICTURE, age=3.0)
NEVER = LiveState(Snapshot(DOMAIN, NOON))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (replace(FRESH, picture=None), "acme.example is in the broker no longer."),
        (replace(FRESH, picture=None, broker="It is gone."), "It is gone."),
        (replace(FRESH, age=30.1), "Whoever reads acme.example has told nothing of it for a while."),
        (replace(FRESH, age=30.1, broker="It is gone."), "It is gone."),
        (
            replace(FRESH, age=30.1, full=True),
            "The broker seems to have no room for anything newer of acme.example.",
        ),
        (replace(FRESH, unclaimed=10.1), "Nobody reads acme.example any more."),
        (replace(FRESH, broker="It is gone.", broker_silent=10.1, unclaimed=20.0), "It is gone."),
        (replace(FRESH, slept=True), MACHINE_SLEPT.sentence),
        (replace(FRESH, picture=replace(PICTURE, sentence="It refused the token.")), "It refused the token."),
        (replace(FRESH, picture=replace(PICTURE, unreadable="Another version.")), "Another version."),
        (
            replace(FRESH, picture=replace(PICTURE, snapshot=None), age=None, unclaimed=11.0),
            "Nobody reads acme.example",
        ),
    ],
)
def test_what_is_too_old_or_not_renewed_says_why_and_of_when_it_is(seen: Sighting, said: str) -> None:
    trouble = trouble_of(seen)
    assert trouble is not None
    assert trouble.sentence.startswith(said)
    state = state_of(seen, NEVER, None)
    assert state.trouble == trouble
    assert state.recalled_on is not None, "what is old may be of another day"
    with pytest.raises(Unreachable, match=said.split()[0]) as error:
        current_snapshot(state)
    if seen.picture is not None and seen.picture.snapshot is not None:
        assert f"as of {state.as_of}" in str(error.value)


@pytest.mark.parametrize(
    "seen",
    [
        FRESH,
        replace(FRESH, age=29.9),
        replace(FRESH, full=True),
        # A take-over, a broker that restarts: nobody is frightened by what is over in a moment.
        replace(FRESH, unclaimed=9.9),
        replace(FRESH, broker="It is gone.", broker_silent=9.9),
        replace(FRESH, picture=replace(PICTURE, every=200.0), age=500.0),
        replace(FRESH, picture=replace(PICTURE, snapshot=None), age=None),
    ],
)
def test_what_is_as_fresh_as_can_be_expected_is_in_no_trouble(seen: Sighting) -> None:
    assert trouble_of(seen) is None
    assert state_of(seen, NEVER, None).recalled_on is None


@given(
    age=st.one_of(st.none(), st.floats(0, 1e6)),
    unclaimed=st.floats(0, 1e6),
    silent=st.floats(0, 1e6),
    every=st.floats(0, 600),
    broker=st.sampled_from(("", "It is gone.")),
)
def test_nothing_old_is_ever_called_fresh(
    age: float | None, unclaimed: float, silent: float, every: float, broker: str
) -> None:
    silence = Silence()
    seen = Sighting(DOMAIN, replace(PICTURE, every=every), age, unclaimed, broker, "", silent if broker else 0.0)
    if trouble_of(seen, silence) is None:
        assert age is None or age <= silence.turns * every + silence.late
        assert unclaimed <= silence.patience
        assert not broker or silent <= silence.patience


def test_what_was_known_stays_while_there_is_nothing_newer() -> None:
    known = state_of(FRESH, NEVER, None)
    assert current_snapshot(known) == SNAPSHOT
    assert known.judgements == judge_all(SNAPSHOT)
    assert known.every == 5.0
    gone = state_of(replace(FRESH, picture=None), known, None)
    assert (gone.snapshot, gone.judgements) == (known.snapshot, known.judgements)
    assert gone.trouble is not None
    back = state_of(FRESH, gone, None)
    assert (back.trouble, back.recalled_on) == (None, None)


@settings(max_examples=40)
@given(snapshots(), snapshots())
def test_a_picture_after_another_is_judged_as_if_it_were_the_first(before: Snapshot, after: Snapshot) -> None:
    # What did not change stays the same object, and what was worked out from it is not worked out again.
    read = {Part.LIVE: NOON}
    pictures = [replace(PICTURE, snapshot=replace(read_one, read_at=read)) for read_one in (before, after)]
    known = state_of(replace(FRESH, picture=pictures[0]), NEVER, None)
    state = state_of(replace(FRESH, picture=pictures[1]), known, None)
    assert state.snapshot == pictures[1].snapshot
    assert state.judgements == judge_all(after)
    assert site_matrix(state.snapshot, state.judgements) == site_matrix(after, judge_all(after))


def test_who_has_a_profile_of_it_goes_before_who_collects() -> None:
    theirs, mine = SiteFacts(home_site="Dallas"), SiteFacts(home_site="Austin")
    seen = replace(FRESH, picture=replace(PICTURE, snapshot=replace(SNAPSHOT, site_facts=theirs)))
    assert state_of(seen, NEVER, None).snapshot.site_facts == theirs
    assert state_of(seen, NEVER, mine).snapshot.site_facts == mine
    assert state_of(FRESH, NEVER, None).snapshot.site_facts == NO_SITE_FACTS


def test_since_when_somebody_is_as_they_are_is_seen_between_two_pictures() -> None:
    before = state_of(FRESH, NEVER, None)
    (agent,) = SNAPSHOT.agents["8000"]
    later = NOON + timedelta(seconds=5)
    moved = replace(SNAPSHOT, agents={"8000": agents(["green"])}, taken_at=later)
    after = state_of(replace(FRESH, picture=replace(PICTURE, snapshot=moved)), before, None)
    assert after.since == {("8000", agent.id): later}


class Heard:
    """A viewer that has heard of two domains."""

    trouble = hint = ""
    is_full = False
    collectors = ("pbx-watch (process 7)",)

    def __init__(self) -> None:
        other = replace(PICTURE, domain="other.example", snapshot=replace(SNAPSHOT, domain="other.example"))
        self.pictures = {picture.key: picture for picture in (PICTURE, other)}

    def age(self, _: object) -> float:
        return 1.0

    def is_renewed(self, _: object) -> bool:
        return True


async def test_a_fault_of_the_program_at_one_domain_is_its_row_and_no_other_suffers() -> None:
    def fails(domain: FleetDomain, _: LiveState) -> None:
        if domain.domain == DOMAIN:
            raise KeyError(domain.domain)

    faults: list[ProgramFault] = []
    fleet = SharedFleet(lambda _: cast("Any", Heard()))
    fleet.tell(fails)
    with heard_by(faults.append):
        await fleet.look()
        await fleet.look()
    said = {standing.domain: standing.error for standing in fleet.fleet.domains}
    assert said["other.example"] is None
    assert "queuewatch itself failed (KeyError) while looking at acme.example" in str(said[DOMAIN])
    assert len(faults) == 1, "said once"
