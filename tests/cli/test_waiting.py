"""What a command says while it waits, and to whom."""

import asyncio
import io

import pytest

from queuewatch.commands import waiting
from queuewatch.commands.waiting import rules_read, told_while_waiting
from queuewatch.polling.assemble import read_snapshot
from tests.change.in_memory import InMemory
from tests.polling.clock import company


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_how_far_it_is_is_told_on_one_line_that_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "TOLD_AFTER", 0)
    monkeypatch.setattr(waiting, "BETWEEN", 0)
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    with told_while_waiting("Waiting for acme") as say:
        await turns(4)
        say("Reading the answering rules: 112 of 300")
        await turns(4)
    await turns(4)
    first, second, gone, rest = terminal.getvalue().split("\r")[1:]
    assert first.startswith("Waiting for acme (since ")
    assert second == "Reading the answering rules: 112 of 300"
    assert (gone.strip(), len(gone), rest) == ("", len(second), "")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
async def test_nothing_is_said_to_a_file_and_nothing_in_the_first_seconds(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    if not stream.isatty():
        monkeypatch.setattr(waiting, "TOLD_AFTER", 0)
    with told_while_waiting("Waiting for acme") as say:
        say("Reading the answering rules: 1 of 3")
        await turns(4)
    assert stream.getvalue() == ""


async def test_every_queue_whose_rules_are_read_is_counted() -> None:
    said: list[str] = []
    await read_snapshot(InMemory.holding(company(queues=3)), count=rules_read(said.append))
    assert said == [f"Reading the answering rules: {read} of 3" for read in (1, 2, 3)]
