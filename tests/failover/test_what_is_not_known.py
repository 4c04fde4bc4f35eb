"""What is not known never makes an answer sure, and what is known well enough stays sure."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from queuewatch.failover.audit.audit import audit
from queuewatch.failover.drill.drill import DrillOutcome, QueueDrill, drill
from queuewatch.failover.drill.power_loss import power_loss, power_loss_of_sites
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.drill.single_sites import survived, with_single_sites
from queuewatch.failover.model import Snapshot
from queuewatch.failover.people import user_of
from queuewatch.failover.simulate import judge, judge_all, readiness, simulate
from queuewatch.failover.status import Status, status_of
from queuewatch.failover.suppose import ALL_DARK
from queuewatch.failover.verdict import Outcome, ReadinessState
from queuewatch.failover.what_if.what_if import WhatIf
from tests.failover.complete import BUILDINGS, Company, company

SEEDS = range(400)
SOME = range(0, 400, 4)


def drilled(snapshot: Snapshot, site: str) -> dict[str, QueueDrill]:
    return {one.queue.extension: one for one in drill(snapshot, DrillScope(sites=(site,))).queues}


def test_of_a_complete_system_a_drill_is_sure_and_right() -> None:
    uncertain = 0
    for seed in SEEDS:
        drawn = company(seed)
        for site in BUILDINGS:
            really = drawn.after(site)
            for extension, one in drilled(drawn.snapshot, site).items():
                truth = simulate(really, really.queues[extension])
                uncertain += one.fate is DrillOutcome.UNCERTAIN
                assert one.after.reaches_someone == truth.reaches_someone, (seed, site, extension)
                assert (one.after.outcome, one.after.end) == (truth.outcome, truth.end), (seed, site, extension)
    assert not uncertain


def test_of_a_complete_system_no_answer_is_uncertain() -> None:
    for seed in range(400, 1000, 12):
        for extension, judged in judge_all(company(seed).snapshot).items():
            for verdict in (judged.now, judged.readiness.verdict):
                assert verdict.outcome is not Outcome.UNCERTAIN, (seed, extension)
                assert verdict.reaches_someone is not None, (seed, extension)


def masks(drawn: Company) -> Iterator[tuple[str, Snapshot]]:
    """The same system with one thing less that is known."""
    snapshot = drawn.snapshot
    users = snapshot.users or {}
    for extension in users:
        nowhere = replace(
            snapshot,
            users={**users, extension: replace(users[extension], site="")},
            agents={
                queue: tuple(replace(row, site="") if user_of(snapshot, row) == extension else row for row in rows)
                for queue, rows in snapshot.agents.items()
            },
        )
        yield f"the site of {extension}", nowhere
        unread = {user: phones for user, phones in snapshot.devices.items() if user != extension}
        yield f"the site and the phones of {extension}", replace(nowhere, devices=unread)
        moved = tuple(replace(one, ip="192.0.2.200") for one in snapshot.devices[extension])
        yield f"where {extension} is", replace(snapshot, devices={**snapshot.devices, extension: moved})
    yield "the users", replace(snapshot, users=None)


def test_what_is_not_known_of_places_turns_no_answer_into_another() -> None:
    for seed in SOME:
        drawn = company(seed)
        for site in BUILDINGS:
            sure = drilled(drawn.snapshot, site)
            for what, less in masks(drawn):
                for extension, one in drilled(less, site).items():
                    assert one.fate in (sure[extension].fate, DrillOutcome.UNCERTAIN), (
                        seed,
                        site,
                        extension,
                        what,
                    )


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_drill_what_if_audit_and_columns_agree(seed: int) -> None:
    snapshot = company(seed).snapshot
    everything = {one.queue.extension: one for one in drill(snapshot, DrillScope(everything=True)).queues}
    for queue in snapshot.call_queues:
        extension = queue.extension
        dark = readiness(snapshot, queue).verdict
        assert everything[extension].after.end == dark.end == simulate(snapshot, queue, ALL_DARK).end
        shown = [row.id for rows in snapshot.agents.values() for row in rows]
        assert simulate(snapshot, queue, WhatIf().everybody_dark(shown).on(snapshot)[1]).end == dark.end
        for site in BUILDINGS:
            drilled_there = drilled(snapshot, site)[extension].after
            column = simulate(snapshot, queue, power_loss_of_sites(snapshot, (site,)).suppose)
            assert (column.end, column.outcome) == (drilled_there.end, drilled_there.outcome)
            assert (site in survived(snapshot, queue)) <= (drilled_there.reaches_someone is True)
        held = [one for one in audit(snapshot, only={extension}) if one.code == "QW106"]
        assert all(_held_by_one(snapshot, extension, one.why) for one in held)


def _held_by_one(snapshot: Snapshot, extension: str, why: str) -> bool:
    site = next(site for site in BUILDINGS if f"If {site} goes dark" in why)
    return len(drilled(snapshot, site)[extension].after.held_open_by) == 1


@pytest.mark.parametrize("seed", range(0, 400, 20))
@pytest.mark.parametrize("phones_read", [True, False])
def test_agents_dark_one_by_one_are_the_agents_dark_in_what_if(seed: int, phones_read: bool) -> None:
    snapshot = company(seed).snapshot
    if not phones_read:
        snapshot = replace(snapshot, devices={})
    online = [
        row.id for rows in snapshot.agents.values() for row in rows if status_of(row).status is not Status.GREY
    ]
    for chosen in ({one} for one in online):
        by_scope = power_loss(snapshot, DrillScope(agents=frozenset(chosen))).suppose
        by_hand = WhatIf().turning(chosen, Status.GREY).on(snapshot)[1]
        for queue in snapshot.call_queues:
            assert simulate(snapshot, queue, by_scope).end == simulate(snapshot, queue, by_hand).end


def test_a_queue_that_is_not_ready_says_which_single_sites_it_survives() -> None:
    told = 0
    for seed in SOME:
        snapshot = company(seed).snapshot
        for queue in snapshot.call_queues:
            if readiness(snapshot, queue).state is ReadinessState.NOT_READY:
                sites = survived(snapshot, queue)
                told += bool(sites)
                unread = replace(snapshot, devices={})
                said = with_single_sites(unread, queue, judge(unread, queue)).readiness.verdict
                by_name = [note for note in said.assumptions if note.startswith("By the names of the sites:")]
                assert len(by_name) == ("Ready if only" in said.sentence)
    assert told


def test_without_the_list_of_users_an_audit_still_comes_to_its_end() -> None:
    for seed in (126, 130, 146, 252):
        found = audit(replace(company(seed).snapshot, users=None))
        assert "QW105" in {one.code for one in found if "behind the queue's own line" in one.why}
