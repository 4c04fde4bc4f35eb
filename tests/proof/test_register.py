"""The register of proofs and drills: what it tells, and that nobody edits it unseen."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queuewatch.journal import Edit, Journal, State, WhenOffline, Who, read_entries
from queuewatch.journal.chain import check_chain
from queuewatch.journal.drills import DrillEntry, DrillFate
from queuewatch.journal.file import read_register
from queuewatch.journal.proofs import ProofEnd, ProofEntry
from queuewatch.profiles.fields import NO_PROOF_SETTINGS, ProofSettings
from queuewatch.proof.register import RegisterEntry, RegisterKind, ledger, register
from queuewatch.report.console import file_console
from queuewatch.report.drills import (
    RegisterReport,
    drills_csv,
    drills_json,
    drills_markdown,
    drills_text,
    verify_lines,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLACE = ("https://pbx.example.com/ns-api/v2", "acme.example")
LOST = DrillFate("8000", "Sales", "lost", False, "A call is lost.", 190)
SAVED = replace(LOST, fate="fails_over", reaches_someone=True, sentence="A call fails over.")
OTHER = DrillFate("8001", "Support", "fails_over", True, "A call fails over.", 213, at_most=True)


class Office:
    """A log in a folder, and a clock that goes on by an hour with every thing that is done."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state" / "changes.jsonl"
        self.now = NOON
        self.journal = Journal(self.path, Who("acme", "jane"), self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def drill(self, *fates: DrillFate, site: str = "Dallas", domain: str = PLACE[1]) -> None:
        self.journal.record_drill(
            DrillEntry(
                "",
                self.tick(),
                Who("", ""),
                PLACE[0],
                domain,
                f"{site} goes dark",
                "Jane Doe",
                ("Ann Lee",),
                sites=(site,),
                target=300,
                queues=fates,
            )
        )

    def change(self, outcome: str = "confirmed", queue: str = "8000") -> None:
        off, on = State("off", WhenOffline(None)), State("(214) 555-0100", WhenOffline(None))
        made = self.journal.begin(Edit(*PLACE, queue, "Sales", "when_offline", off, on))
        self.journal.end(made, outcome, "…")

    def prove(
        self, outcome: str, *, kind: str = "call", destination: str = "12145550100", **document: object
    ) -> None:
        begun = self.journal.begin_proof(
            ProofEntry("", NOON, Who("", ""), *PLACE, "8000", "Sales", kind, "*", destination, True)
        )
        self.journal.add_proof(begun.id, ProofEnd(self.tick(), outcome, document))

    def told(self, settings: ProofSettings = NO_PROOF_SETTINGS) -> tuple[RegisterEntry, ...]:
        return register(self.journal.read(), PLACE, settings)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_drill_tells_who_took_part_what_was_found_and_when_the_next_is_due(office: Office) -> None:
    office.drill(LOST, OTHER)
    (entry,) = office.told(ProofSettings(drill_every=90))
    assert (entry.kind, entry.scenario, entry.took_part) == (
        RegisterKind.DRILL,
        "Dallas goes dark",
        ("Jane Doe", "Ann Lee"),
    )
    assert (entry.outcome, entry.target, entry.predicted, entry.predicted_at_most) == (
        "1 of 2 queues reach someone",
        300,
        213,
        True,
    )
    assert entry.due == entry.at + timedelta(days=90)
    assert entry.is_overdue(entry.at + timedelta(days=112))
    assert not entry.is_overdue(entry.at + timedelta(days=89))


def test_a_gap_is_closed_by_a_change_only_once_a_later_drill_has_found_it_closed(office: Office) -> None:
    office.drill(LOST)
    office.change("refused")
    office.change(queue="8001")
    assert office.told()[0].gaps[0].closed_by == ()
    office.change()
    (gap,) = office.told()[0].gaps
    assert (gap.closed_by, gap.tested) == (("4", "When Offline: off → (214) 555-0100"), False)
    office.drill(LOST, site="Austin")
    assert not office.told()[0].gaps[0].tested, "that is another scenario"
    office.drill(SAVED)
    first, _, last = office.told()
    assert (first.gaps[0].tested, first.due, last.gaps) == (True, None, ())
    assert last.changed == (
        "Sales (8000): lost, reaching nobody then, fails over now.",
        "2 changes in the log in between.",
    )


def test_a_gap_that_a_later_drill_still_has_was_closed_by_no_change(office: Office) -> None:
    office.drill(LOST)
    office.change()
    office.drill(LOST, OTHER)
    first, second = office.told()
    assert first.gaps[0].closed_by == ()
    assert second.changed == ("Support (8001) is new.", "1 change in the log in between.")


def test_a_proof_gets_in_by_itself_and_is_measured_against_what_was_predicted(office: Office) -> None:
    office.prove("proven", reached={"answered": True, "seconds": 4.2})
    office.prove("not_proven", destination="vmail_8000", why="The call rang out.")
    office.prove("failed_over", kind="unplug", predicted=221, measured=216.4, target=300)
    good, bad, unplugged = office.told(ProofSettings(prove_every=30))
    assert (good.kind, good.measured, good.gaps) == (RegisterKind.PROOF, 4.2, ())
    assert good.due is None, "another was made since"
    assert bad.outcome == "not proven (The call rang out)"
    assert bad.due is None, "what was not proven is not due again but open"
    assert bad.changed == (
        "When Offline led to 12145550100 then and to vmail_8000 now.",
        "It came to proven then.",
    )
    assert (unplugged.kind, unplugged.predicted, unplugged.measured, unplugged.target) == (
        RegisterKind.UNPLUG,
        221,
        216.4,
        300,
    )
    assert not unplugged.gaps
    known = ledger(office.journal.read(), PLACE, NO_PROOF_SETTINGS, NOON)
    assert [(proof.rule, proof.seconds, proof.confirmed) for proof in known.proofs] == [("*", 4.2, True)]


def test_what_was_given_up_is_no_gap_and_what_was_not_proven_is_one_until_it_is(office: Office) -> None:
    office.prove("proven")
    office.prove("not_proven", why="The call rang out.")
    for outcome in ("aborted", "refused", "no_call"):
        office.prove(outcome, why="Ctrl+C was pressed.")
    told = office.told()
    assert [bool(entry.gaps) for entry in told] == [False, True, False, False, False]
    known = ledger(office.journal.read(), PLACE, NO_PROOF_SETTINGS, NOON)
    assert known.failed_since("8000", "*") == known.failed[0]
    office.prove("reached")
    assert office.told()[1].gaps[0].tested
    assert ledger(office.journal.read(), PLACE, NO_PROOF_SETTINGS, NOON).failed_since("8000", "*") is None


def test_a_test_without_an_end_and_another_customers_drill_are_not_in_it(office: Office) -> None:
    office.journal.begin_proof(ProofEntry("", NOON, Who("", ""), *PLACE, "8000"))
    office.drill(LOST, domain="other.example")
    assert office.told() == ()
    assert len(register(office.journal.read(), None, NO_PROOF_SETTINGS)) == 1


def test_every_form_tells_the_same_and_promises_nothing(office: Office) -> None:
    office.drill(LOST, OTHER)
    office.change()
    office.drill(SAVED, OTHER)
    office.prove("proven", reached={"answered": True, "seconds": 4.2})
    log, chain = read_register(office.path)
    entries = register(log, PLACE, ProofSettings(drill_every=90))
    report = RegisterReport(entries, chain, NOON + timedelta(days=112), "acme", PLACE[1])
    text = " ".join(drills_text(report, file_console()).split())
    assert "Closed by change 2 (When Offline: off → (214) 555-0100)." in text
    assert "predicted within 3:33, target 5:00; was due 21 days ago." in text
    assert "promises no compliance" in text
    document = json.loads(drills_json(report))
    assert [entry["id"] for entry in document["entries"]] == ["1", "3", "4"]
    assert document["entries"][1]["hash_before"] == document["entries"][0]["hash"]
    assert document["entries"][-1]["hash"] == document["chain"]["fingerprint"]
    assert document["entries"][1]["overdue"] is True
    assert drills_csv(report).count("\n") == 3
    assert "| 1 | 2026-11-23 13:00 | drill | Dallas goes dark |" in drills_markdown(report)


def written(office: Office) -> list[bytes]:
    office.drill(LOST)
    office.change()
    office.prove("proven")
    office.drill(SAVED)
    return office.path.read_bytes().splitlines(keepends=True)


def test_what_was_written_fits_however_it_is_spaced_and_a_crash_in_between_is_said(office: Office) -> None:
    lines = written(office)
    whole = check_chain(b"".join(lines))
    assert (whole.entries, whole.flaws) == (4, ())
    respaced = b"\n".join(json.dumps(json.loads(line), separators=(",", ":")).encode() for line in lines)
    assert check_chain(respaced).flaws == ()
    with office.path.open("ab") as file:
        file.write(lines[-1][:60])
    office.drill(SAVED)
    _, cut = read_register(office.path)
    assert cut.flaws == ("Line 7 cannot be read: it was an entry, cut off by a crash or edited.",)


def edited(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b"Ann Lee", b"Bo Chen"), *lines[1:]]


def last_edited(lines: list[bytes]) -> list[bytes]:
    return [*lines[:-1], lines[-1].replace(b"Ann Lee", b"Bo Chen")]


def taken_out(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[1:], lines[0]]


def twice(lines: list[bytes]) -> list[bytes]:
    return [lines[0], *lines]


def forged(lines: list[bytes]) -> list[bytes]:
    """Its own hash made anew, but not those of all that follow."""
    from queuewatch.journal.chain import sealed

    fields = {**json.loads(lines[0]), "with": ["Bo Chen"]}
    return [json.dumps(sealed(fields, "")).encode() + b"\n", *lines[1:]]


@pytest.mark.parametrize("spoil", [edited, last_edited, taken_out, swapped, twice, forged])
def test_whatever_is_done_to_an_entry_is_found(
    office: Office, spoil: Callable[[list[bytes]], list[bytes]]
) -> None:
    chain = check_chain(b"".join(spoil(written(office))))
    assert chain.flaws
    assert verify_lines(chain, "")[0].startswith("The register was edited, or damaged, in ")


def test_what_was_cut_off_at_the_end_only_a_fingerprint_finds(office: Office) -> None:
    lines = written(office)
    whole, cut = check_chain(b"".join(lines)), check_chain(b"".join(lines[:-1]))
    assert not cut.flaws
    assert "only a fingerprint that was written down tells" in verify_lines(cut, "")[0]
    assert verify_lines(cut, whole.fingerprint[:16])[1].startswith("No entry has the fingerprint")
    assert verify_lines(whole, cut.fingerprint[:16].upper())[0].startswith("All 4 records of the register fit")


def test_a_change_of_the_log_may_be_read_by_whoever_it_concerns_and_is_not_in_the_chain(office: Office) -> None:
    lines = written(office)
    lines[1] = lines[1].replace(b"off", b"on")
    assert check_chain(b"".join(lines)).flaws == ()


@given(
    st.binary(max_size=200)
    | st.text(max_size=60).map(lambda text: f'{{"record": "drill", "hash": "{text}"}}'.encode())
)
def test_any_file_at_all_can_be_verified_and_read(content: bytes) -> None:
    assert check_chain(content).entries <= content.count(b"\n") + 1
    assert read_entries(content).drills == ()
