"""Work in the background: whatever it dies of is heard, by whom it concerns and by nobody twice."""

import ast
import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuewatch.process.background import (
    ProgramFault,
    alongside,
    end,
    heard_by,
    held,
    in_background,
    listen_to_loop,
    report,
)
from queuewatch.storage.fault_log import LARGEST, fault_log, write_down

ROOT = Path(__file__).resolve().parents[2]

STARTERS = {"create_task", "ensure_future", "TaskGroup"}
"""What else there is to start a task with."""


@contextmanager
def hearing() -> Iterator[list[ProgramFault]]:
    heard: list[ProgramFault] = []
    with heard_by(heard.append):
        yield heard


def told(heard: list[ProgramFault]) -> list[tuple[str, str]]:
    return [(fault.doing, fault.kind) for fault in heard]


async def dies(error: Exception | None = None) -> None:
    raise error or KeyError("a secret")


async def goes_on() -> None:
    await asyncio.Event().wait()


def starters_in(path: Path) -> set[str]:
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    return names & STARTERS


def test_every_task_is_started_in_one_place() -> None:
    files = [path for package in ("queuewatch", "screens", "widgets") for path in (ROOT / package).rglob("*.py")]
    found = [str(path.relative_to(ROOT)) for path in files if starters_in(path)]
    assert found == ["queuewatch/process/background.py"], "it hears of them when they die"


async def test_what_a_task_dies_of_is_reported() -> None:
    with hearing() as heard:
        task = in_background(dies(), "counting sheep")
        await asyncio.wait({task})
        await asyncio.sleep(0)
    assert told(heard) == [("counting sheep", "KeyError")]
    assert "secret" not in heard[0].sentence


async def test_an_end_that_was_wanted_is_none_to_report() -> None:
    with hearing() as heard:
        task = in_background(goes_on(), "counting sheep")
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        await asyncio.sleep(0)
    assert heard == []


async def test_who_holds_a_task_hears_of_it_and_nobody_else() -> None:
    with hearing() as heard, pytest.raises(KeyError):
        await held(dies())
    assert heard == []


async def test_what_runs_alongside_ends_with_the_block_and_a_failure_ends_the_block() -> None:
    async with alongside(goes_on()):
        pass
    with pytest.raises(ExceptionGroup) as failed:
        async with alongside(goes_on(), dies()):
            await asyncio.Event().wait()
    with hearing() as heard:
        report("counting sheep", failed.value)
    assert told(heard) == [("counting sheep", "KeyError")], "a group is told as what is in it"


async def test_a_fault_in_a_thread_is_reported() -> None:
    def run() -> None:
        raise KeyError("a secret")

    with hearing() as heard:
        thread = threading.Thread(target=run, name="sheep")
        thread.start()
        await asyncio.to_thread(thread.join)
    assert told(heard) == [("at work in “sheep”", "KeyError")]


def of_the_program() -> None:
    """Have the program make a mistake, inside one of its own files."""
    str(ProgramFault("", None).places)  # type: ignore[arg-type]


def of_a_library() -> None:
    raise ConnectionResetError


@pytest.mark.parametrize(("callback", "heard_of"), [(of_the_program, 1), (of_a_library, 0)])
async def test_a_fault_of_ours_in_a_callback_is_reported(callback: Callable[[], None], heard_of: int) -> None:
    loop = asyncio.get_running_loop()
    with hearing() as heard:
        listen_to_loop()
        loop.call_soon(callback)
        await asyncio.sleep(0)
    loop.set_exception_handler(None)
    assert len(heard) == heard_of


def test_where_nobody_hears_the_error_stream_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    report("counting sheep", KeyError("a secret"))
    said = capsys.readouterr().err
    assert said == (
        "queuewatch: queuewatch itself failed (KeyError) while counting sheep. Everything else goes on.\n"
    )


def test_telling_that_fails_keeps_nobody_else_from_hearing() -> None:
    def fails(fault: ProgramFault) -> None:
        raise RuntimeError

    with heard_by(fails), hearing() as heard:
        report("counting sheep", KeyError())
    assert told(heard) == [("counting sheep", "KeyError")]


def test_it_is_written_down_without_any_value(tmp_path: Path) -> None:
    environ = {"QUEUEWATCH_STATE": str(tmp_path / "state")}
    try:
        of_the_program()
    except AttributeError as error:
        write_down(environ, ProgramFault("counting sheep", error))
    else:
        raise AssertionError
    path = fault_log(environ)
    (line,) = path.read_text().splitlines()
    assert "AttributeError while counting sheep: queuewatch/process/background.py:" in line
    assert "NoneType" not in line
    assert path.stat().st_mode & 0o077 == 0


def test_it_never_becomes_large_and_never_waits(tmp_path: Path) -> None:
    environ = {"QUEUEWATCH_STATE": str(tmp_path)}
    fault_log(environ).write_bytes(b"x" * LARGEST)
    write_down(environ, ProgramFault("counting sheep", KeyError()))
    write_down(environ, ProgramFault("counting goats", KeyError()))
    assert "goats" in fault_log(environ).read_text()
    assert fault_log(environ).stat().st_size < LARGEST
    elsewhere = tmp_path / "elsewhere"
    fault_log(environ).unlink()
    fault_log(environ).symlink_to(elsewhere)
    write_down(environ, ProgramFault("counting goats", KeyError()))
    assert not elsewhere.exists()
    fault_log(environ).unlink()
    os.mkfifo(fault_log(environ))
    write_down(environ, ProgramFault("counting goats", KeyError()))


async def test_what_swallows_its_cancelling_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queuewatch.process.background.CANCELLED_AGAIN", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                # As wait_for does, where the answer comes in the same moment.
                if swallowed % 2:
                    raise
                swallowed += 1

    async def fails() -> None:
        async with alongside(stubborn()):
            await asyncio.sleep(0)
            raise ValueError

    async with asyncio.timeout(30):
        async with alongside(stubborn()):
            await asyncio.sleep(0)
        swallowed += 1
        # Also where the block is left by an error, or cancelled itself.
        with pytest.raises(ExceptionGroup, match="unhandled"):
            await fails()
        swallowed += 1
        task = held(stubborn())
        await asyncio.sleep(0)
        await end(task)
        assert task.cancelled()
