"""Every column of the matrix is the drill of its site, and a matrix kept up to date is one worked out anew."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.failover.drill.buildings import BuildingCounts
from queuewatch.failover.drill.drill import Drill, DrillOutcome, drill
from queuewatch.failover.drill.matrix import (
    OFFICE,
    MatrixInTheMaking,
    SiteMatrix,
    columns,
    short_titles,
    site_matrix,
    site_sentence,
)
from queuewatch.failover.drill.power_loss import hand_on_power_losses
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.drill.summary import summary
from queuewatch.failover.model import Agent, Queue, Registration, Snapshot
from queuewatch.failover.simulate import judge_all, rejudge
from queuewatch.failover.sites import SiteFacts
from tests.failover import complete
from tests.failover.build import NOON, office
from tests.failover.systems import snapshots
from tests.failover.test_simulate_changed import two_moments
from tests.failover.two_sites import app, company, outside, phone, seat

EVERYTHING = DrillScope(everything=True)


def matrix_of(snapshot: Snapshot) -> SiteMatrix:
    return site_matrix(snapshot, judge_all(snapshot))


def drilled(snapshot: Snapshot, site: str) -> Drill:
    return drill(snapshot, EVERYTHING if site == OFFICE else DrillScope(sites=(site,)))


def check_against_drills(snapshot: Snapshot) -> None:
    matrix = matrix_of(snapshot)
    assert matrix.missing == 0
    assert list(matrix.queues) == [queue.extension for queue in snapshot.call_queues]
    for site in matrix.sites:
        ran = drilled(snapshot, site)
        for one in ran.queues:
            cell = matrix.queues[one.queue.extension].fates[site]
            assert (cell.fate, cell.touched, cell.end) == (one.fate, one.after != one.before, one.after.end)
            # Whoever is not touched fares as now, whatever a drill calls that.
            assert cell.touched or (one.after.outcome, one.after.end) == (one.before.outcome, one.before.end)
        assert site_sentence(snapshot, judge_all(snapshot), matrix, site) == summary(ran)
        assert sum(matrix.counts(site).values()) == len(matrix.queues)
        assert set(matrix.counts(site)) == set(DrillOutcome)
    for one in drill(snapshot, EVERYTHING).queues:
        assert matrix.queues[one.queue.extension].everything is one.fate


sites_that_are_none = st.sampled_from((frozenset[str](), frozenset({"Dallas"}), frozenset({"dallas", "AUSTIN"})))


@settings(max_examples=60)
@given(snapshots(), sites_that_are_none)
def test_a_column_is_the_drill_of_its_site(snapshot: Snapshot, no_building: frozenset[str]) -> None:
    check_against_drills(replace(snapshot, site_facts=SiteFacts(no_building=no_building)))


@pytest.mark.parametrize("seed", range(40))
def test_a_column_is_the_drill_of_its_site_where_phones_were_read(seed: int) -> None:
    check_against_drills(complete.company(seed).snapshot)


def kept_up_to_date(moments: Sequence[Snapshot], steps: Sequence[int]) -> tuple[SiteMatrix, SiteMatrix]:
    """The matrix of the last moment: kept up to date through all of them, and worked out anew.

    Of each but the last only so many steps are made.
    """
    making, judged = MatrixInTheMaking(), judge_all(moments[0])
    for number, snapshot in enumerate(moments):
        judged = rejudge(moments[number - 1], judged, snapshot) if number else judged
        work = making.take(snapshot, judged)
        wanted = steps[number] if number < len(steps) else 1000
        for _ in zip(range(wanted), work, strict=False):
            assert making.matrix.missing >= 0
    return making.matrix, matrix_of(replace(moments[-1]))


@settings(max_examples=80)
@given(two_moments(), st.lists(st.integers(0, 9), max_size=1))
def test_kept_up_to_date_it_is_the_same_as_anew(moments: tuple[Snapshot, Snapshot], steps: list[int]) -> None:
    kept, anew = kept_up_to_date(moments, steps)
    assert kept == anew


def changed(random: Random, row: Agent) -> Agent:
    """The same agent, who went, came, took a call or hung up."""
    match random.randrange(3):
        case 0:
            return replace(row, calls=1 - (row.calls or 0))
        case 1:
            return replace(row, registration=random.choice((Registration.NONE, Registration.CONNECTED)))
        case _:
            return replace(row, registration=random.choice(tuple(Registration)))


@pytest.mark.parametrize("seed", range(30))
def test_agents_come_and_go_where_phones_were_read(seed: int) -> None:
    random = Random(seed)
    moments = [complete.company(seed).snapshot]
    if seed % 3 == 0:
        moments = [replace(moments[0], devices={})]
    for _ in range(6):
        last = moments[-1]
        queue = random.choice(list(last.agents) or [""])
        rows = last.agents_of(queue)
        agents = {**last.agents, queue: tuple(changed(random, r) if random.random() < 0.5 else r for r in rows)}
        devices = last.devices
        if random.random() < 0.3:
            # Phones that register again, which puts nobody elsewhere.
            devices = {
                user: tuple(replace(one, expires_at=NOON + timedelta(minutes=len(moments))) for one in phones)
                for user, phones in devices.items()
            }
        moments.append(replace(last, agents=agents, devices=devices) if rows else replace(last, devices=devices))
    kept, anew = kept_up_to_date(moments, [random.choice((0, 1, 3, 1000)) for _ in moments[:-1]])
    assert kept == anew


def test_only_what_rests_on_a_change_is_worked_out_again() -> None:
    snapshot = company(seat("1001"), seat("1002", queue="8001"), seat("1003", site="Austin", queue="8001"))
    making = MatrixInTheMaking()
    judged = judge_all(snapshot)
    for _ in making.take(snapshot, judged):
        pass
    sales, support = making.matrix.queues["8000"], making.matrix.queues["8001"]
    after = replace(snapshot, agents={**snapshot.agents, "8000": (seat("1001", "red"),)})
    for _ in making.take(after, rejudge(snapshot, judged, after)):
        pass
    assert making.matrix.queues["8001"] is support
    assert making.matrix.queues["8000"] is not sales


def test_a_partial_matrix_says_how_much_of_it_is_missing() -> None:
    snapshot = company(seat("1001"), seat("1002", queue="8001"))
    making = MatrixInTheMaking()
    next(making.take(snapshot, judge_all(snapshot)))
    assert making.matrix.missing == len(snapshot.call_queues)
    assert making.matrix.queues == {}


def test_sites_of_most_agents_come_first_and_what_is_no_building_has_no_column() -> None:
    snapshot = company(
        seat("1001", site="Austin"),
        seat("1002", site="Austin"),
        seat("1003", site="Dallas"),
        seat("1003", site="Dallas", queue="8001"),
        seat("1004", site="Remote"),
    )
    remote = replace(snapshot, site_facts=SiteFacts(no_building=frozenset({"remote"})))
    assert columns(snapshot)[0] == "Austin"
    assert "Remote" in columns(snapshot)
    assert "Remote" not in columns(remote)
    nowhere = replace(snapshot, site_facts=SiteFacts(no_building=frozenset(columns(snapshot))))
    assert columns(nowhere) == (OFFICE,)
    assert columns(office(Queue("8000"))) == (OFFICE,)
    assert columns(replace(office(Queue("8000")), queues={})) == (), "before anything is read nothing is claimed"


def test_a_phone_that_is_kept_leaves_the_verdict_as_it_is() -> None:
    kept = replace(company(seat("1001"), outside()), devices={"1001": (phone("1001"), app("1001m"))})
    cell = matrix_of(kept).queues["8000"].fates["Dallas"]
    assert (cell.fate, cell.touched) == (DrillOutcome.HELD_OPEN, False)


@pytest.mark.parametrize(
    ("sites", "titles"),
    [
        (("Dallas", "Austin", "Remote"), ("Da", "Au", "Re")),
        (("Dallas", "Dallas North"), ("Da", "DN")),
        (("Dallas", "Darwin"), ("Dal", "Dar")),
        (("Building 1", "Building 2", "Building 12"), ("B1", "B2", "B12")),
        (("X",), ("X",)),
        (("dallas", "Dayton", "DAKOTA"), ("dal", "Day", "DAK")),
        ((OFFICE,), ("Of",)),
        ((), ()),
    ],
)
def test_titles_are_the_shortest_that_differ(sites: tuple[str, ...], titles: tuple[str, ...]) -> None:
    assert short_titles(sites) == titles


@given(st.lists(st.text("ab 1ßÉ", min_size=1, max_size=6).map(str.strip).filter(bool), unique_by=str.casefold))
def test_no_two_titles_are_alike(sites: list[str]) -> None:
    titles = short_titles(sites)
    assert len({title.casefold() for title in titles}) == len(sites)
    assert all(titles)


@pytest.mark.parametrize("seed", range(20))
def test_buildings_are_counted_as_if_anew(seed: int) -> None:
    random, kept = Random(seed), BuildingCounts()
    snapshot = complete.company(seed).snapshot
    for _ in range(5):
        matrix = matrix_of(snapshot)
        assert kept.of(snapshot, matrix) == BuildingCounts().of(replace(snapshot), matrix)
        agents = {
            queue: tuple(changed(random, row) if random.random() < 0.4 else row for row in rows)
            if random.random() < 0.5
            else rows
            for queue, rows in snapshot.agents.items()
        }
        after = replace(snapshot, agents=agents)
        hand_on_power_losses(snapshot, after)
        snapshot = after


def test_a_building_counts_everybody_once_and_their_phones() -> None:
    snapshot = company(
        seat("1001"), seat("1001", "grey", queue="8001"), seat("1002", "red"), seat("1003", "grey"), outside()
    )
    dallas = next(one for one in BuildingCounts().of(snapshot, matrix_of(snapshot)) if one.site == "Dallas")
    assert (dallas.connected, dallas.phones, dallas.phones_read) == (2, 3, False)
    assert (dallas.agents.green, dallas.agents.red, dallas.agents.grey) == (1, 1, 1)
