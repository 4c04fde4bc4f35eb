"""What a watch reads, when and in which order, and what it says of it."""

import asyncio

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import AgentLogin, EntryKind, Queue, QueueRules, Rule, TimeFrame
from queuewatch.failover.verdict import Outcome
from queuewatch.polling.devices import DEVICE_READS
from queuewatch.polling.poller import DEVICES_PERIOD, DIRECTORY_PERIOD, MOST_AT_ONCE, RULES_PERIOD, Poller
from tests.change.in_memory import InMemory
from tests.failover.build import agent, to
from tests.polling.clock import INTERVAL, company, turned, watched


async def test_first_come_queues_and_agents_then_the_rules_of_the_queue_looked_at_then_the_rest() -> None:
    async with watched(company(), looked_at="8002") as one:
        asked = await one.asked_now()
    directory = ["users", "numbers", "attendants", "sites", "time frames"]
    assert asked == ["live", "rules 8002", *directory, "rules 8000", "rules 8001"]


async def test_before_the_first_answer_nothing_is_published_and_then_each_part_as_it_comes() -> None:
    async with watched(company()) as one:
        assert one.published == []
        await one.asked_now()
        first, *_, last = one.published
    assert first.snapshot.users is None
    assert first.judgements["8000"].now.outcome is Outcome.UNCERTAIN
    assert last.snapshot.users is not None
    assert last.judgements["8000"].now.outcome is Outcome.RINGS
    assert last.trouble is None


async def test_a_refresh_is_one_live_reading_however_many_the_queues() -> None:
    async with watched(company(queues=40)) as one:
        await one.asked_now()
        assert await one.asked_in(INTERVAL) == ["live"]
        assert await one.asked_in(4 * INTERVAL) == ["live"] * 4


class Counting(InMemory):
    """Takes its time over rules, and counts how often it is asked for some before it has answered for others."""

    open_now: int = 0
    most: int = 0

    async def read_rules(self, queue: str) -> QueueRules:
        self.open_now += 1
        self.most = max(self.most, self.open_now)
        await asyncio.sleep(0)
        self.open_now -= 1
        return await super().read_rules(queue)


async def test_no_more_than_a_few_slow_parts_are_read_at_once() -> None:
    pbx = Counting.holding(company(queues=20))
    async with watched(pbx) as one:
        await one.asked_now()
    assert pbx.most == MOST_AT_ONCE


async def test_everything_else_is_read_again_on_its_own_slow_clock() -> None:
    async with watched(company(queues=2)) as one:
        await one.asked_now()
        assert set(await one.asked_in(RULES_PERIOD - 1)) == {"live"}
        assert sorted(set(await one.asked_in(1))) == ["live", "rules 8000", "rules 8001"]
        later = await one.asked_in(DIRECTORY_PERIOD - RULES_PERIOD)
    directory = ("users", "numbers", "attendants", "sites", "time frames")
    assert [later.count(part) for part in directory] == [1, 1, 1, 1, 1]
    assert later.count("rules 8000") == DIRECTORY_PERIOD / RULES_PERIOD - 1


async def test_the_rules_of_many_queues_are_read_again_more_slowly() -> None:
    async with watched(company(queues=150)) as one:
        await one.asked_now()
        assert set(await one.asked_in(74)) == {"live"}
        assert "rules 8000" in await one.asked_in(1)


async def test_refresh_reads_everything_again_now() -> None:
    async with watched(company()) as one:
        first = await one.asked_now()
        await one.asked_in(1)
        one.watch.refresh()
        assert sorted(await one.asked_now()) == sorted(first)


async def test_refresh_of_one_queue_reads_its_rules_and_no_others() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        one.watch.refresh("8001")
        assert sorted(await one.asked_now()) == ["live", "rules 8001"]


async def test_devices_are_read_for_the_queue_looked_at_and_only_while_they_are_shown() -> None:
    pbx = InMemory.holding(company(queues=2, crew=2))
    outside = replace(agent("green", "12145550142"), entry=EntryKind.OFFNET)
    pbx.agents["8000"] = (*pbx.agents["8000"], outside)
    pbx.agents["8001"] = (agent("green", "1009", "8001"),)
    async with watched(pbx) as one:
        await one.asked_now()
        one.watch.focus_queue("8000", devices=True)
        assert await one.asked_now() == ["devices 1001", "devices 1002"]
        again = await one.asked_in(DEVICES_PERIOD)
        assert sorted(set(again)) == ["devices 1001", "devices 1002", "live"]
        one.watch.focus_queue("8000")
        assert "devices 1001" not in await one.asked_in(2 * DEVICES_PERIOD)
        one.watch.focus_queue(None)
        assert set(await one.asked_in(2)) <= {"live"}


async def test_the_devices_of_a_large_crew_are_read_a_few_at_a_time() -> None:
    async with watched(company(queues=1, crew=60)) as one:
        await one.asked_now()
        one.watch.focus_queue("8000", devices=True)
        at_once = [request for request in await one.asked_now() if request.startswith("devices")]
        assert DEVICE_READS <= len(at_once) < DEVICE_READS + MOST_AT_ONCE
        in_a_minute = [request for request in await one.asked_in(60) if request.startswith("devices")]
        assert 25 <= len(in_a_minute) <= 60 / 2 + MOST_AT_ONCE


async def test_since_is_when_a_colour_was_seen_to_change() -> None:
    key = ("8000", "1001@example.com")
    async with watched(company()) as one:
        await one.asked_now()
        await one.asked_in(INTERVAL)
        assert one.latest.since == {}
        turned(one.pbx, "red")
        await one.asked_in(INTERVAL)
        changed = one.latest.snapshot.taken_at
        assert one.latest.since == {key: changed}
        one.pbx.agents["8000"] = (replace(one.pbx.agents["8000"][0], calls=2),)
        await one.asked_in(INTERVAL)
        assert one.latest.snapshot.taken_at > changed
        assert one.latest.since == {key: changed}
        turned(one.pbx, "grey")
        await one.asked_in(INTERVAL)
        assert one.latest.since == {key: one.latest.snapshot.taken_at}


async def test_a_count_of_the_queue_that_unsettles_a_colour_is_a_change_of_it() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        ana = replace(one.pbx.agents["8000"][0], login=AgentLogin.OUT, may_take_one=True)
        one.pbx.agents["8000"] = (ana,)
        await one.asked_in(INTERVAL)
        before = one.latest.since
        one.pbx.queues["8000"] = replace(one.pbx.queues["8000"], agents_available=1)
        await one.asked_in(INTERVAL)
        assert one.latest.since == {("8000", ana.id): one.latest.snapshot.taken_at} != before


async def test_since_begins_anew_for_an_agent_who_was_away() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        turned(one.pbx, "red")
        await one.asked_in(INTERVAL)
        one.pbx.agents["8000"] = ()
        await one.asked_in(INTERVAL)
        turned(one.pbx, "green")
        await one.asked_in(INTERVAL)
        assert one.latest.since == {}


async def test_a_queue_deleted_while_it_is_looked_at_does_no_harm() -> None:
    async with watched(company(), looked_at="8000") as one:
        one.watch.focus_queue("8000", devices=True)
        await one.asked_now()
        del one.pbx.queues["8000"]
        del one.pbx.agents["8000"]
        asked = await one.asked_in(3 * RULES_PERIOD)
        assert "8000" not in one.latest.judgements
        assert "rules 8000" not in asked
        assert "devices 1001" not in asked
        assert "rules 8001" in asked


async def test_a_new_queue_is_read_at_once() -> None:
    async with watched(company(queues=2)) as one:
        await one.asked_now()
        one.pbx.queues["8009"] = Queue("8009")
        assert await one.asked_in(INTERVAL) == ["live", "rules 8009"]
        assert one.latest.judgements["8009"].now.outcome is Outcome.STRANDED


async def test_a_park_has_no_rules_to_read() -> None:
    snapshot = company(queues=1)
    parked = replace(snapshot, queues={**snapshot.queues, "701": Queue("701", park=True)})
    async with watched(parked) as one:
        assert "rules 701" not in await one.asked_now()


async def test_the_judgements_follow_the_agents() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        turned(one.pbx, "grey")
        await one.asked_in(INTERVAL)
        assert one.latest.judgements["8000"].now.outcome is Outcome.FAILS_OVER
        assert one.latest.judgements["8001"].now.outcome is Outcome.RINGS


async def test_where_nothing_changed_the_judgements_are_the_same_objects() -> None:
    async with watched(company()) as one:
        await one.asked_now()
        before = one.latest
        await one.asked_in(INTERVAL)
        assert one.latest.snapshot.taken_at > before.snapshot.taken_at
        assert one.latest.judgements is before.judgements
        assert one.latest.since is before.since


async def test_in_real_time_a_woken_watch_does_not_wait() -> None:
    pbx, seen = InMemory.holding(company()), asyncio.Event()
    watch = Poller(pbx, lambda live_state: seen.set() if live_state.snapshot.users else None, interval=3600)
    task = asyncio.create_task(watch.run())
    await asyncio.wait_for(seen.wait(), 30)
    seen.clear()
    pbx.on("live", 1, seen.set)
    watch.refresh()
    await asyncio.wait_for(seen.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_in_real_time_a_watch_left_alone_reads_again() -> None:
    pbx, again = InMemory.holding(company()), asyncio.Event()
    pbx.on("live", 3, again.set)
    task = asyncio.create_task(Poller(pbx, lambda _: None, interval=0.001).run())
    await asyncio.wait_for(again.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_own_time_frames_are_read_only_where_a_rule_stands_on_them_and_seldom() -> None:
    snapshot = company()
    ruled = {**snapshot.rules, "8001": QueueRules((Rule("Nights"), *snapshot.rules["8001"].rules))}
    async with watched(replace(snapshot, rules=ruled)) as one:
        first = await one.asked_now()
        later = await one.asked_in(DIRECTORY_PERIOD)
    assert [asked for asked in first if asked.startswith("time frames")] == ["time frames", "time frames 8001"]
    assert first[-1] == "time frames 8001"
    assert later.count("time frames") == later.count("time frames 8001") == 1


async def test_where_the_domain_has_one_of_that_name_the_users_own_are_read_all_the_same() -> None:
    snapshot = replace(company(), time_frames={"Nights": TimeFrame("Nights")})
    ruled = {**snapshot.rules, "8001": QueueRules((Rule("Nights"), *snapshot.rules["8001"].rules))}
    async with watched(replace(snapshot, rules=ruled)) as one:
        frames = [asked for asked in await one.asked_now() if asked.startswith("time frames")]
    assert frames == ["time frames", "time frames 8001"]


async def test_dial_rules_are_read_only_where_a_forward_needs_them_and_once_an_hour() -> None:
    snapshot = company()
    async with watched(snapshot) as one:
        assert "dial rules" not in await one.asked_now()
    aliased = Rule("*", offline=to("aa_church_open"))
    async with watched(replace(snapshot, rules={**snapshot.rules, "8001": QueueRules((aliased,))})) as one:
        first = await one.asked_now()
        later = await one.asked_in(2 * DIRECTORY_PERIOD)
    assert first.count("dial rules") == 1
    assert "dial rules" not in later
