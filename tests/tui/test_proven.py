"""What a live test has shown: beside its queue, and among the findings once it says nothing any more."""

from datetime import timedelta
from pathlib import Path

from queuewatch.journal import Journal, Who
from queuewatch.journal.proofs import ProofEnd, ProofEntry
from queuewatch.pbx.sandbox.samples import load_sample
from screens.audit import AuditScreen
from screens.queue import QueueScreen
from tests.tui.keys import facts, program, running, screen_is, table, until
from tests.tui.phone_system import open_office

START = load_sample("lakeside").start
PLACE = ("http://localhost/ns-api/v2", "lakeside.example")


def prove(journal: Journal, destination: str = "12145550100") -> None:
    begun = journal.begin_proof(
        ProofEntry("", START, Who("", ""), *PLACE, "8000", "Front Desk", "call", "*", destination, True)
    )
    reached = {"reached": {"answered": True, "seconds": 4.2}}
    journal.add_proof(begun.id, ProofEnd(START, "proven", reached))


async def test_a_proof_stands_beside_its_queue_and_goes_out_of_date_with_its_rule(tmp_path: Path) -> None:
    long_ago = Journal(tmp_path / "changes.jsonl", Who("lakeside", "jane"), lambda: START - timedelta(days=12))
    prove(long_ago)
    office = open_office(real=True, journal=long_ago)
    async with running(office.app()) as pilot:
        table(pilot).move_to("8000")
        await until(
            pilot,
            lambda: facts(pilot, "#summary").get("Proof") == "proven 12 days ago (4 s)",
            "the board tells it",
        )
        await pilot.press("enter")
        await screen_is(pilot, QueueScreen)
        await until(pilot, lambda: "Proof" in facts(pilot, "#verdict"), "the queue's screen tells it")
        await pilot.press("escape")

        prove(long_ago, "12145550199")
        program(pilot).session.read_proofs()
        outdated = "proven 12 days ago (4 s), outdated: When Offline led to (214) 555-0199 then"
        await until(
            pilot, lambda: facts(pilot, "#summary").get("Proof", "").startswith(outdated), "it is out of date"
        )
        await pilot.press("a")
        audit = await screen_is(pilot, AuditScreen)
        await until(pilot, lambda: {"QW130", "QW131"} <= {one.code for one in audit._found}, "both are found")
