"""What a watch does while the phone system does not answer as it should."""

import pytest

from queuewatch.failover.verdict import Outcome
from queuewatch.pbx.errors import Forbidden, PbxError, ServerFault, Throttled, Unreachable
from queuewatch.polling.poller import (
    DIRECTORY_PERIOD,
    LONGEST_BACK_OFF,
    LONGEST_SEEN,
    MOST_AT_ONCE,
    RETRY_PERIOD,
    RULES_PERIOD,
)
from tests.polling.clock import INTERVAL, company, watched

QUIET = Unreachable("No answer from the phone system.", "Look at the network.")


async def test_failures_in_a_row_are_answered_with_ever_longer_silence_and_success_ends_it() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.always("live", QUIET)
        await one.asked_in(INTERVAL)
        waits = []
        for _ in range(8):
            assert one.latest.trouble is not None
            waits.append(one.latest.trouble.retry_in)
            assert await one.asked_in(waits[-1] - 0.5) == []
            assert await one.asked_in(0.5) == ["live"]
        assert waits == [1, 2, 4, 8, 16, LONGEST_SEEN, LONGEST_SEEN, LONGEST_SEEN]

        one.pbx.recover()
        await one.asked_in(LONGEST_BACK_OFF)
        assert one.latest.trouble is None
        one.pbx.on("live", 1, QUIET)
        await one.asked_in(INTERVAL)
        assert one.latest.trouble is not None
        assert one.latest.trouble.retry_in == 1


async def test_while_nobody_looks_the_silence_is_longer_and_whoever_comes_back_is_not_kept_waiting() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.watch.set_visible(False)
        one.pbx.always("live", QUIET)
        await one.asked_in(10 * LONGEST_BACK_OFF)
        assert one.latest.trouble is not None
        assert one.latest.trouble.retry_in == LONGEST_BACK_OFF
        one.pbx.recover()
        one.watch.set_visible(True)
        assert "live" in await one.asked_now()
        assert one.latest.trouble is None


async def test_a_server_that_asks_for_rest_gets_it_whatever_the_user_asks() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.on("live", 1, Throttled("Too many requests.", retry_after=90))
        await one.asked_in(INTERVAL)
        assert one.latest.trouble is not None
        assert one.latest.trouble.retry_in == 90
        one.watch.refresh()
        one.watch.focus_queue("8001", devices=True)
        assert await one.asked_in(89) == []
        assert "live" in await one.asked_in(1)
        assert one.latest.trouble is None


async def test_in_trouble_the_last_good_snapshot_stays_with_its_age() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        good = one.latest
        one.pbx.on("live", 1, QUIET)
        await one.asked_in(INTERVAL)
        bad = one.latest
    assert bad.snapshot == good.snapshot
    assert bad.judgements == good.judgements
    assert bad.trouble is not None
    assert (bad.trouble.sentence, bad.trouble.hint) == (str(QUIET), QUIET.hint)


async def test_in_trouble_nothing_else_is_asked_for() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.always("live", QUIET)
        assert set(await one.asked_in(DIRECTORY_PERIOD)) == {"live"}


async def test_from_the_very_first_the_trouble_is_told() -> None:
    async with watched(company()) as one:
        one.pbx.on("live", 1, QUIET)
        assert await one.asked_now() == ["live"]
        assert one.latest.trouble is not None
        assert not one.latest.snapshot.queues
        await one.asked_in(1)
        assert one.latest.trouble is None
        assert len(one.latest.judgements) == 3


@pytest.mark.parametrize(
    ("error", "rest"), [(Throttled("Slow down.", retry_after=30), 30), (ServerFault("It failed (500)."), 1)]
)
async def test_a_slow_part_that_is_refused_for_the_moment_brings_rest_and_is_tried_again_soon(
    error: PbxError, rest: float
) -> None:
    async with watched(company(queues=20)) as one:
        one.pbx.on("users", 1, error)
        first = await one.asked_now()
        assert len(first) == 1 + MOST_AT_ONCE
        assert not [request for request in await one.asked_in(rest - 0.5) if request != "live"]
        after = await one.asked_in(0.5)
        assert "rules 8019" in after
        assert "users" in after + await one.asked_in(RETRY_PERIOD)
        assert one.latest.snapshot.users is not None
        assert not one.latest.snapshot.problems


async def test_slow_parts_that_keep_failing_are_left_alone_ever_longer() -> None:
    async with watched(company(queues=50)) as one:
        for queue in one.pbx.queues:
            one.pbx.always(f"rules {queue}", ServerFault("It failed (500)."))
        asked = await one.asked_in(64)
    assert len([request for request in asked if request.startswith("rules")]) <= 7 * MOST_AT_ONCE


async def test_a_slow_part_that_is_forbidden_waits_for_its_usual_turn() -> None:
    async with watched(company()) as one:
        one.pbx.always("users", Forbidden("The token may not read users."))
        await one.asked_now()
        assert "users" not in await one.asked_in(DIRECTORY_PERIOD - 1)
        assert "users" in await one.asked_in(1)
        assert [problem.text for problem in one.latest.snapshot.problems] == [
            "The users could not be read: The token may not read users."
        ]


async def test_known_rules_outlive_a_failure_to_read_them_again() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.on("rules 8000", 1, Unreachable("No answer."))
        await one.asked_in(RULES_PERIOD)
        assert one.latest.judgements["8000"].now.outcome is Outcome.RINGS
        assert len(one.latest.snapshot.problems) == 1
        await one.asked_in(RETRY_PERIOD)
        assert not one.latest.snapshot.problems


async def test_a_user_who_will_not_wait_may_try_where_the_server_asked_for_nothing() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.pbx.always("live", QUIET)
        await one.asked_in(INTERVAL + 1 + 2)
        one.watch.refresh()
        assert await one.asked_now() == ["live"]
