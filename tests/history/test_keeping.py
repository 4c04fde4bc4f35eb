"""What is seen is what is read back, and what nobody saw is not known."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.failover.model import AgentLogin, Part, Registration
from queuewatch.failover.simulate import judge_all
from queuewatch.history.database import HistoryFile, PhoneSystemKey
from queuewatch.history.reader import known_queues, read_past
from queuewatch.history.recorder import Recorder
from queuewatch.history.writer import Writer
from tests.failover.build import NOON

from .build import NO_FORWARD, PLACE, Company, history, hours, keep, line, minutes, sales, told


@pytest.fixture
def kept(tmp_path: Path) -> HistoryFile:
    return history(tmp_path)


def test_what_became_of_a_queue_is_read_back(kept: HistoryFile) -> None:
    keep(kept, Company().day("GGGYYYYRRG"))
    account = sales(told(kept))
    assert line(account) == [("rings", 0, 3), ("fails_over", 3, 4), ("waits", 7, 2)]
    assert account.episodes[1].state.sentence.startswith(
        "A call fails over to (214) 555-0100: every agent is Grey"
    )
    assert account.episodes[1].state.end_target == "2145550100"
    assert [episode.seen for episode in account.episodes] == [False, True, True]


def test_the_agents_of_a_queue_are_read_back(kept: HistoryFile) -> None:
    at = Company().at
    keep(kept, [at(0, "GG"), at(1, "GY"), at(3, "YY"), at(4, "Y"), at(5, "Y")])
    ana, ben = told(kept, agents=True).agents_of("8000")
    colours = [
        [(episode.kind.value, episode.lasted.total_seconds() / 60) for episode in one.episodes]
        for one in (ana, ben)
    ]
    assert colours == [[("green", 3), ("grey", 2)], [("green", 1), ("grey", 3)]]
    assert ana.episodes[1].state.reason == "no device connected"


def test_a_colour_that_the_queues_own_count_unsettles_is_kept_as_it_is_shown(kept: HistoryFile) -> None:
    office = Company()
    green, *after = [office.at(0, "G"), office.at(1, "Y"), office.at(2), office.at(3)]
    (row,) = after[0].snapshot.agents_of("8000")
    rows = (replace(row, registration=Registration.CONNECTED, login=AgentLogin.OUT, may_take_one=True),)
    counting = replace(after[0].snapshot.queues["8000"], agents_available=1)
    seen = [green]
    for nth, one in enumerate(after):
        queues = {**one.snapshot.queues, "8000": counting} if nth else one.snapshot.queues
        now = replace(one.snapshot, queues=queues, agents={**one.snapshot.agents, "8000": rows})
        seen.append(replace(one, snapshot=now, judgements=judge_all(now)))
    keep(kept, seen)
    (ana,) = told(kept, agents=True).agents_of("8000")
    assert [episode.kind.value for episode in ana.episodes] == ["green", "grey", "unknown"]


def test_a_queue_without_a_forward_reached_nobody(kept: HistoryFile) -> None:
    keep(kept, Company(NO_FORWARD).day("GYYYG"))
    assert minutes(sales(told(kept))) == {"rings": 1, "nobody": 3}


def test_an_unknown_agent_leaves_a_time_uncertain(kept: HistoryFile) -> None:
    keep(kept, Company().day("GUUG"))
    account = sales(told(kept))
    assert minutes(account) == {"rings": 1, "unknown": 2}
    assert account.known == timedelta(minutes=1)


def test_while_the_server_is_out_of_reach_nothing_is_known(kept: HistoryFile) -> None:
    keep(kept, Company().day("GGGxxxxxxxGG"))
    account = sales(told(kept))
    assert line(account) == [("rings", 0, 2), ("rings", 10, 1)]
    assert not account.episodes[1].seen


def test_a_failover_over_a_short_gap_is_one(kept: HistoryFile) -> None:
    keep(kept, Company().day("GYYxYYG"))
    # From the last answer before the trouble to the first after it nobody knew.
    assert line(sales(told(kept))) == [("rings", 0, 1), ("fails_over", 1, 3)]


def test_a_machine_that_slept_knows_nothing_of_the_night(kept: HistoryFile) -> None:
    at = Company().at
    keep(kept, [at(0, "G"), at(1), at(600), at(601)])
    assert minutes(sales(told(kept))) == {"rings": 2}


def test_a_slow_board_is_watching_all_the_same(kept: HistoryFile) -> None:
    at = Company().at
    keep(kept, [at(0, "G", every=600), at(10, every=600), at(20, every=600)])
    assert minutes(sales(told(kept))) == {"rings": 20}


def test_a_clock_that_is_set_back_counts_nothing_twice(kept: HistoryFile) -> None:
    at = Company().at
    keep(kept, [at(0, "G"), at(1), at(2), at(1), at(2), at(3)])
    assert minutes(sales(told(kept))) == {"rings": 3}


def test_watching_goes_on_through_midnight(kept: HistoryFile) -> None:
    at = Company().at
    keep(kept, [at(minute, "Y" if 700 <= minute < 730 else "G") for minute in range(690, 740)])
    assert line(sales(told(kept))) == [("rings", 690, 10), ("fails_over", 700, 30), ("rings", 730, 9)]
    assert len(spans(kept)) == 2


def test_nothing_is_kept_before_everything_a_verdict_rests_on_is_read(kept: HistoryFile) -> None:
    one = Company()
    first = one.at(0, "G")
    unread = replace(first.snapshot, rules={}, users=None)
    nothing = replace(first, snapshot=replace(first.snapshot, read_at={}))
    keep(kept, [nothing, replace(first, snapshot=unread), replace(first, snapshot=replace(unread, users={}))])
    assert told(kept).accounts == ()
    assert len(spans(kept)) == 1
    keep(kept, [replace(first, snapshot=unread), one.at(5, "G"), one.at(6)])
    assert line(sales(told(kept))) == [("rings", 5, 1)]


def test_a_queue_that_is_gone_is_known_no_longer(kept: HistoryFile) -> None:
    one = Company()
    before, after = one.at(0, "G"), one.at(5)
    gone = {queue: rows for queue, rows in after.snapshot.agents.items() if queue != "8000"}
    queues = {queue: found for queue, found in after.snapshot.queues.items() if queue != "8000"}
    judged = {queue: found for queue, found in after.judgements.items() if queue != "8000"}
    without = replace(after, snapshot=replace(after.snapshot, queues=queues, agents=gone), judgements=judged)
    later = replace(without, snapshot=replace(without.snapshot, taken_at=NOON + timedelta(minutes=9)), every=300.0)
    keep(kept, [before, replace(without, every=300.0), later])
    past = told(kept, agents=True)
    assert minutes(sales(past)) == {"rings": 5}
    assert [one.watched for one in past.agents_of("8000")] == [timedelta(minutes=5)]
    assert known_queues(kept).keys() == {"8000", "8001"}


def test_programs_that_follow_each_other_add_up(kept: HistoryFile) -> None:
    one = Company()
    keep(kept, one.day("GGYY"))
    keep(kept, one.day("YYGG", 20))
    assert line(sales(told(kept))) == [
        ("rings", 0, 2),
        ("fails_over", 2, 1),
        ("fails_over", 20, 2),
        ("rings", 22, 1),
    ]


def test_a_state_that_tells_nothing_new_writes_nothing(kept: HistoryFile) -> None:
    one = Company()
    with closing(kept.open()) as database:
        pen = Writer(database, PLACE)
        pen.write([one.at(0, "G")])
        before = database.total_changes
        pen.write([one.at(nth / 10) for nth in range(9)])
        assert database.total_changes == before
        pen.write([one.at(1.1)])
        assert database.total_changes == before + 1


def test_one_change_among_many_queues_is_one_row(kept: HistoryFile) -> None:
    one = Company()
    with closing(kept.open()) as database:
        pen = Writer(database, PLACE)
        pen.write([one.at(0, "GG")])
        pen.write([one.at(0.1, "GR")])
        assert database.execute("SELECT count(*) FROM statuses").fetchone() == (2 + 1 + 1,)
        assert database.execute("SELECT count(*) FROM verdicts").fetchone() == (2,)


def test_what_is_told_of_a_crash_is_lost_by_a_minute_at_most(kept: HistoryFile) -> None:
    one = Company()
    with closing(kept.open()) as database:
        Writer(database, PLACE).write([one.at(nth / 6, "G") for nth in range(25)])
    # No pen was closed: what was extended last stands.
    assert minutes(sales(told(kept))) == {"rings": 4}


def test_each_phone_system_has_its_own_past(kept: HistoryFile) -> None:
    other = replace(kept, place=PhoneSystemKey(PLACE.server, "other.example"))
    keep(kept, Company().day("GG"))
    keep(other, Company().day("YYYY"))
    assert (minutes(sales(told(kept))), minutes(sales(told(other)))) == ({"rings": 1}, {"fails_over": 3})
    assert read_past(replace(kept, place=PhoneSystemKey("elsewhere", "example.com")), hours()).kept_since is None


def test_only_the_queues_asked_for_are_read(kept: HistoryFile) -> None:
    keep(kept, Company().day("GG"))
    assert [one.queue for one in told(kept, queues=("8001",)).accounts] == ["8001"]
    assert told(kept, queues=("9999",)).accounts == ()


@pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")
def test_nobody_else_can_read_it(kept: HistoryFile) -> None:
    recorder = Recorder(kept)
    recorder.see(Company().at(0, "G"))
    assert recorder.flush(10)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.path.parent.iterdir()}
    recorder.close(10)
    assert set(modes.values()) == {0o600}
    assert "history.db-wal" in modes
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_what_is_not_read_yet_is_no_state(kept: HistoryFile) -> None:
    live_state = Company().at(0, "G")
    assert Part.LIVE in live_state.snapshot.read_at
    keep(kept, [replace(live_state, snapshot=replace(live_state.snapshot, read_at={}))])
    assert told(kept).kept_since is None


def test_a_name_may_hold_anything(kept: HistoryFile) -> None:
    company = Company()
    name = "\ud800'; DROP TABLE spans; --"
    for minute in range(2):
        one = company.at(minute, "G")
        queues = {**one.snapshot.queues, "8000": replace(one.snapshot.queues["8000"], name=name)}
        rows = tuple(replace(row, name=name) for row in one.snapshot.agents_of("8000"))
        snapshot = replace(one.snapshot, queues=queues, agents={**one.snapshot.agents, "8000": rows})
        assert keep(kept, [replace(one, snapshot=snapshot, judgements=judge_all(snapshot))]).problem == ""
    assert known_queues(kept)["8000"] == "?'; DROP TABLE spans; --"


def spans(kept: HistoryFile) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(kept.path)) as database:
        return list(database.execute("SELECT begun, ended FROM spans"))
