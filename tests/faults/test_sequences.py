"""Whatever happens to a running watch, in whatever order: two polls after it is over, it shows what is there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.pbx import errors
from queuewatch.pbx.errors import PbxError
from queuewatch.polling.poller import LONGEST_BACK_OFF, RETRY_PERIOD
from tests.polling.clock import Watched, company, turned, watched

PARTS = ("live", "users", "numbers", "sites", "rules 8000", "rules 8001", "devices 1001")
POLLS = 2
FAILURES: tuple[PbxError, ...] = (
    errors.Unreachable("No answer."),
    errors.Refused("Not accepted (401)."),
    errors.Forbidden("Not allowed (403)."),
    errors.ServerFault("It failed (500)."),
    errors.Misunderstood("A web page."),
    errors.Missing("There is no such domain."),
    errors.Unsupported("No such request."),
    errors.Throttled("Slow down."),
    errors.Throttled("Slow down.", retry_after=0.0),
    errors.Throttled("Slow down.", retry_after=30.0),
)

failures = st.tuples(st.just("fails"), st.sampled_from(PARTS), st.integers(1, 4), st.sampled_from(FAILURES))
doings = st.sampled_from(
    ["refresh", "woke up", "nobody looks", "somebody looks", "looks at 8001", "leaves", "power"]
)
times = st.sampled_from([0.5, 5.0, 61.0, 301.0])
happenings = st.lists(failures | doings | times, max_size=12)


async def happen(one: Watched, what: tuple[str, str, int, PbxError] | str | float) -> None:
    match what:
        case (_, part, nth, error):
            one.pbx.on(part, nth, error)
        case "refresh":
            one.watch.refresh()
        case "woke up":
            one.watch.resumed()
        case "nobody looks" | "somebody looks":
            one.watch.set_visible(what == "somebody looks")
        case "looks":
            one.watch.focus_queue("8001", devices=True)
        case "leaves":
            one.watch.focus_queue(None)
        case str():
            turned(one.pbx, "grey")
        case _:
            await one.time.pass_by(what)


@settings(max_examples=60)
@given(happenings)
async def test_it_recovers_from_any_sequence(sequence: list[tuple[str, str, int, PbxError] | str | float]) -> None:
    async with watched(company()) as one:
        for what in sequence:
            await happen(one, what)
        one.pbx.recover()
        turned(one.pbx, "red")
        one.watch.set_visible(True)
        polls = one.pbx.asked.count("live") + POLLS
        while one.pbx.asked.count("live") < polls:
            await one.time.pass_by(1)
        assert one.latest.trouble is None
        assert one.latest.snapshot.queues == one.pbx.queues
        assert one.latest.snapshot.agents == one.pbx.agents
        await one.time.pass_by(LONGEST_BACK_OFF + RETRY_PERIOD)
        one.watch.refresh()
        await one.asked_now()
        # Of the people, nobody's rules are read that no queue's lead to.
        assert one.latest.snapshot.rules == {queue: one.pbx.rules[queue] for queue in one.pbx.queues}
        assert not one.latest.snapshot.problems
