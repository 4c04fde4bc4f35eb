"""What happens in a sample company, and when: a script of timed events, and a seeded bustle behind it."""

import heapq
import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import count, pairwise

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.pbx.sandbox.rows import person
from queuewatch.pbx.sandbox.samples import Row, Sample, SampleError, choices_hint, read_toml


class ScenarioAction(StrEnum):
    """What can happen."""

    CALL = "call"
    HANGUP = "hangup"
    LUNCH = "lunch"
    BACK = "back"
    CUT_POWER = "cut-power"
    RESTORE_POWER = "restore-power"
    CALLER_WAITS = "caller-waits"
    CALLER_LEAVES = "caller-leaves"
    UNREGISTER = "unregister"
    REGISTER = "register"
    TIME_FRAME = "time-frame"
    DIAL = "dial"
    """Somebody calls a number, and the call is followed to its end."""
    SAY = "say"
    """Nothing but its caption."""


class ScenarioEvent(Struct, frozen=True):
    """One thing that happens, ``at`` so long after the sandbox was started."""

    at: timedelta
    do: ScenarioAction
    who: str = ""
    """A user's extension, or the id of an off-net agent; for a phone's registration, a user or one device."""
    queue: str = ""
    site: str = ""
    time_frame: str = ""
    caller: str = ""
    """The number of a caller who waits, gives up or dials; empty for the sandbox's choice."""
    to: str = ""
    """What is dialled: a number or an extension."""
    say: str = ""
    """One sentence for whoever watches."""


class Background(Struct, frozen=True):
    """Background life: agents take calls and hang up, and now and then one goes to lunch."""

    seed: int
    seats: tuple[tuple[str, str], ...]
    """Who takes calls, and for which queue."""
    every: timedelta
    """Between two calls, on average."""
    call: timedelta
    """A call's length, on average."""
    lunch: timedelta | None = None
    """A lunch's length; ``None`` for a day without."""

    def events(self) -> Iterator[ScenarioEvent]:
        """An endless day, the same for the same seed."""
        from random import Random

        chance = Random(self.seed)
        later: list[tuple[timedelta, int, ScenarioEvent]] = []
        busy_until: dict[str, timedelta] = {}
        at = timedelta()
        for nth in count():
            at += self.every * chance.uniform(0.5, 1.5)
            while later and later[0][0] <= at:
                yield heapq.heappop(later)[2]
            who, queue = chance.choice(self.seats)
            if busy_until.get(who, at) > at:
                continue
            if self.lunch is not None and nth % 15 == 14:
                begin, end, length = ScenarioAction.LUNCH, ScenarioAction.BACK, self.lunch
            else:
                begin, end, length = ScenarioAction.CALL, ScenarioAction.HANGUP, self.call
            answered = at + timedelta(seconds=chance.uniform(2, 6))
            done = answered + length * chance.uniform(0.5, 1.5)
            busy_until[who] = done
            if begin is ScenarioAction.CALL:
                caller = caller_number(nth)
                yield ScenarioEvent(at, ScenarioAction.CALLER_WAITS, queue=queue, caller=caller)
                gave_up = ScenarioEvent(done, ScenarioAction.CALLER_LEAVES, queue=queue, caller=caller)
                heapq.heappush(later, (done, 3 * nth, gave_up))
            heapq.heappush(later, (answered, 3 * nth + 1, ScenarioEvent(answered, begin, who=who, queue=queue)))
            heapq.heappush(later, (done, 3 * nth + 2, ScenarioEvent(done, end, who=who)))


class Scenario(Struct, frozen=True):
    """A course of events in one sample company."""

    name: str
    title: str
    story: str = ""
    events: tuple[ScenarioEvent, ...] = ()
    """The script, in order of time."""
    repeat_every: timedelta | None = None
    """The script starts over after this; ``None`` for never."""
    busy: Background | None = None

    @property
    def tells_itself(self) -> bool:
        """Whether the script has sentences of its own."""
        return any(event.say for event in self.events)

    def timeline(self) -> Iterator[ScenarioEvent]:
        """Everything that happens, in order; possibly without end."""
        background = self.busy.events() if self.busy else iter(())
        return heapq.merge(self._script(), background, key=lambda event: event.at)

    def _script(self) -> Iterator[ScenarioEvent]:
        yield from self.events
        if self.repeat_every is not None and self.events:
            for lap in count(1):
                for event in self.events:
                    yield replace(event, at=event.at + self.repeat_every * lap)


def caller_number(nth: int) -> str:
    """An invented caller's number: the last fifty of those reserved for fiction."""
    return f"1214555{150 + nth % 50:04d}"


NEEDS: dict[ScenarioAction, tuple[str, ...]] = {
    ScenarioAction.CALL: ("who", "queue"),
    ScenarioAction.HANGUP: ("who",),
    ScenarioAction.LUNCH: ("who",),
    ScenarioAction.BACK: ("who",),
    ScenarioAction.CUT_POWER: ("site",),
    ScenarioAction.RESTORE_POWER: ("site",),
    ScenarioAction.CALLER_WAITS: ("queue",),
    ScenarioAction.CALLER_LEAVES: ("queue",),
    ScenarioAction.UNREGISTER: ("who",),
    ScenarioAction.REGISTER: ("who",),
    ScenarioAction.TIME_FRAME: ("time-frame",),
    ScenarioAction.DIAL: ("caller", "to"),
    ScenarioAction.SAY: ("say",),
}
"""What each event must name."""


class ScriptError(SampleError):
    """What is wrong in a scenario, before it is known in which file."""


def load_scenario(sample: Sample, name: str) -> Scenario:
    """Read one of the sample's scenarios. Raises :class:`SampleError` naming the file and the event."""
    file = sample.scenarios.get(name)
    if file is None:
        raise SampleError(
            f"{sample.title} has no scenario called {name!r}.", choices_hint(name, tuple(sample.scenarios))
        )
    try:
        return _scenario(name, read_toml(file), _names(sample))
    except ScriptError as error:
        raise SampleError(f"{file}: {error}", error.hint) from None


class _Names(Struct, frozen=True):
    """What a scenario may speak of."""

    company: str
    people: tuple[str, ...]
    phones: tuple[str, ...]
    queues: tuple[str, ...]
    sites: tuple[str, ...]
    time_frames: tuple[str, ...]
    seats: tuple[tuple[str, str], ...]


def _names(sample: Sample) -> _Names:
    users = {str(user["user"]): str(user.get("site") or "") for user in sample.users}
    owners = {str(row["device"]): user for user, rows in sample.devices.items() for row in rows}
    seats = tuple((person(row, owners), str(row["callqueue"])) for row in sample.agents)
    return _Names(
        company=sample.title,
        people=(*users, *(who for who, _ in seats if "@" in who)),
        phones=(*users, *owners),
        queues=tuple(str(queue["callqueue"]) for queue in sample.callqueues),
        sites=tuple(sorted(set(users.values()))),
        time_frames=("*", *(str(row["timeframe-name"]) for row in sample.timeframes)),
        seats=seats,
    )


def _scenario(name: str, table: Row, names: _Names) -> Scenario:
    _only(table, ("title", "story", "repeat-every", "busy", "event"), "the scenario")
    scripted = table.get("event", [])
    if not isinstance(scripted, list):
        raise ScriptError("event must be a list of tables.", "Begin each with [[event]].")
    events = [_event(f"event {nth}", row, names) for nth, row in enumerate(scripted, start=1)]
    for nth, (earlier, later) in enumerate(pairwise(events), start=2):
        if later.at < earlier.at:
            raise ScriptError(
                f"event {nth} is earlier than the one before it.", "Put the events in order of time."
            )
    repeat_every = _time(table["repeat-every"], "repeat-every") if "repeat-every" in table else None
    if repeat_every is not None and events and repeat_every <= events[-1].at:
        raise ScriptError(
            "repeat-every is not after the last event.", "Make it later: a script starts over once it is through."
        )
    return Scenario(
        name=name,
        title=str(table.get("title", name)),
        story=str(table.get("story", "")),
        events=tuple(events),
        repeat_every=repeat_every,
        busy=_busy(table["busy"], names) if "busy" in table else None,
    )


def _event(where: str, row: object, names: _Names) -> ScenarioEvent:
    if not isinstance(row, dict):
        raise ScriptError(f"{where} is no table.", "Begin each with [[event]].")
    _only(row, ("at", "do", "who", "queue", "site", "time-frame", "caller", "to", "say"), where)
    do = str(row.get("do", ""))
    if do not in tuple(ScenarioAction):
        raise ScriptError(f"{where}: do is {do!r}.", choices_hint(do, tuple(ScenarioAction)))
    for key in NEEDS[ScenarioAction(do)]:
        if not isinstance(row.get(key), str):
            raise ScriptError(f"{where}: {do} needs {key!r}.", f'Add {key} = "…".')
    event = ScenarioEvent(
        at=_time(row.get("at"), f"{where}: at"),
        do=ScenarioAction(do),
        who=str(row.get("who", "")),
        queue=str(row.get("queue", "")),
        site=str(row.get("site", "")),
        time_frame=str(row.get("time-frame", "")),
        caller=str(row.get("caller", "")),
        to=str(row.get("to", "")),
        say=str(row.get("say", "")),
    )
    for key, word, choices in (
        (
            "who",
            event.who,
            names.phones if event.do in (ScenarioAction.REGISTER, ScenarioAction.UNREGISTER) else names.people,
        ),
        ("queue", event.queue, names.queues),
        ("site", event.site, names.sites),
        ("time-frame", event.time_frame, names.time_frames),
    ):
        if key in row and word not in choices:
            raise ScriptError(f"{where}: {names.company} has no {key} {word!r}.", choices_hint(word, choices))
    return event


def _busy(table: object, names: _Names) -> Background:
    if not isinstance(table, dict):
        raise ScriptError("busy is no table.", "Begin it with [busy].")
    _only(table, ("seed", "every", "call", "lunch", "agents"), "busy")
    chosen = table.get("agents")
    if chosen is not None and not isinstance(chosen, list):
        raise ScriptError("busy: agents must be a list of extensions.", 'Such as ["1001", "1002"].')
    for who in chosen or ():
        if who not in names.people:
            raise ScriptError(f"busy: {names.company} has no agent {who!r}.", choices_hint(str(who), names.people))
    seed = table.get("seed", 1)
    if not isinstance(seed, int):
        raise ScriptError("busy: seed must be a whole number.", "Such as seed = 1.")
    seats = tuple(seat for seat in names.seats if chosen is None or seat[0] in chosen)
    if not seats:
        raise ScriptError(
            "busy: there is no agent to take calls.", "Name agents who sit in a queue, or leave agents out."
        )
    every = _time(table.get("every", "0:10"), "busy: every")
    if not every:
        raise ScriptError("busy: every must be more than nothing.", 'Such as every = "0:10".')
    return Background(
        seed=seed,
        seats=seats,
        every=every,
        call=_time(table.get("call", "1:30"), "busy: call"),
        lunch=_time(table["lunch"], "busy: lunch") if "lunch" in table else None,
    )


def _only(table: Row, allowed: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise ScriptError(f"{where}: unknown key {key!r}.", choices_hint(key, allowed))


def _time(value: object, where: str) -> timedelta:
    found = re.fullmatch(r"(?:(\d+):)?(\d+):(\d\d)", value) if isinstance(value, str) else None
    if found is None:
        raise ScriptError(f'{where} must be a time such as "1:30".', "Minutes and seconds, or hours too: 1:02:30.")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
