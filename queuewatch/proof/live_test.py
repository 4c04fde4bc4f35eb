"""A live failover test, from its record in the log to its end: one loop over a few states.

::

    TRIAL ──► GUARD ──► LOGGING_OUT ──► GREYING ──► CALLING ──► FOLLOWING ──► RESTORING ──► ENDED
                             └──────────────┴────────────┴───────────┴──► (anything odd) ──┘

Before RESTORING at most one thing is done a step, and the queue is read every second from the first logout on.
Every way out leads through RESTORING, whoever or whatever ends it, and that ends when everybody is in again.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import power_loss_of_sites
from queuewatch.failover.model import AgentLogin
from queuewatch.failover.people import name_of, person, user_of
from queuewatch.failover.places import buildings, queue_site
from queuewatch.failover.status import AgentStatus, Status
from queuewatch.failover.wording import agent_name, describe_destination, format_number, listing, plural
from queuewatch.journal import Journal, JournalError
from queuewatch.journal.proofs import AgentStep, ProofEnd, ProofEntry, ProofStep
from queuewatch.journal.record import Who
from queuewatch.pbx.calls import QueuedCall, StoredAgent
from queuewatch.pbx.errors import Misunderstood, PbxError, ServerFault, Throttled, Unreachable
from queuewatch.pbx.phone_system import PhoneSystem
from queuewatch.process.background import held, report
from queuewatch.proof.guard import GuardFailed
from queuewatch.proof.interrupted import going_on
from queuewatch.proof.permission import ProofPlan, colours
from queuewatch.proof.proof import OtherCall, Proof, ProofOutcome, Reached, document
from queuewatch.proof.restoring import (
    AgentFate,
    LoggedOut,
    Restoration,
    by_hand,
    differences,
    reason,
    row_of,
)
from queuewatch.proof.timing import Timing
from queuewatch.proof.tracing import Found, Tester, Trace, Tracer

Outcome = TypeVar("Outcome")

LOST = (Unreachable, ServerFault, Misunderstood, Throttled, TimeoutError)
"""Answers to a logout after which it may have been done, or be done yet."""


class Phase(StrEnum):
    """Where a test is."""

    TRIAL = "trial"
    GUARD = "guard"
    LOGGING_OUT = "logging out"
    GREYING = "greying"
    CALLING = "calling"
    FOLLOWING = "following"
    RESTORING = "restoring"
    ENDED = "ended"


class ProofKeeper(Protocol):
    """Keeps the log of tests, as :class:`~queuewatch.journal.Journal` does."""

    def begin_proof(self, proof: ProofEntry) -> ProofEntry:
        """Write down a test that is about to begin. Raises :class:`JournalError`."""

    def add_proof(self, id: str, *records: ProofStep | ProofEnd) -> None:
        """Write down what was done. Raises :class:`JournalError`."""


class Guard(Protocol):
    """The second process, which restores when this one is gone."""

    async def keep(self) -> str:
        """Look after it once a second; why it is not there any more, empty where it is."""

    async def ended(self) -> None:
        """The test is over, and all that could be restored is: let it go, unless it still has something to do."""


StartGuard = Callable[[ProofEntry], Awaitable[Guard]]
"""Starts the guard of a test that is in the log. Raises :class:`GuardFailed`."""


_NO_TRACE = Trace()


class ProofProgress(Struct, frozen=True):
    """How far a test is: for whoever shows it."""

    phase: Phase
    line: str = ""
    """What is new, in a sentence; empty where only what follows has changed."""
    good: bool | None = None
    seconds: float = 0.0
    """Since the first logout."""
    left: float | None = None
    """Until everybody is logged in again at the latest; ``None`` before the first logout."""
    statuses: Mapping[str, AgentStatus] = field(default_factory=dict)
    """The colours of the queue's agents now, by id."""
    trace: Trace = _NO_TRACE
    out: tuple[str, ...] = ()
    """The ids of those who are logged out by the test and not in again."""


class _Stop(Exception):
    """The test goes no further: what it came to, and why."""

    def __init__(self, outcome: ProofOutcome, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.outcome, self.why, self.hint = outcome, why, hint


class LiveTest:
    """One test. :meth:`run` carries it out; the rest may be called meanwhile, from the same event loop."""

    def __init__(
        self,
        system: PhoneSystem,
        plan: ProofPlan,
        *,
        who: Who,
        keeper: ProofKeeper | None,
        start_guard: StartGuard | None,
        timing: Timing | None = None,
        tell: Callable[[ProofProgress], None] = lambda _: None,
        asks: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``keeper`` and ``start_guard`` are ``None`` for a sample in this process, which ends with it.

        ``asks`` says whether there is a tester who is asked what answered.
        """
        self.system, self.plan = system, plan
        self.timing = timing or Timing()
        self.phase = Phase.TRIAL
        self.entry: ProofEntry | None = None
        self._who, self._keeper, self._start_guard, self._listener, self._asks = (
            who,
            keeper,
            start_guard,
            tell,
            asks,
        )
        self._now = now
        # One that is kept in memory is of no other process.
        self._journal = keeper.path if type(keeper) is Journal else None
        self._queue = plan.queue.extension
        self._guard: Guard | None = None
        self._to_log_out = list(plan.agents)
        self._out: dict[str, LoggedOut] = {}
        self._fates: Sequence[AgentFate] = ()
        self._began_at = self._now()
        self._first_logout: float | None = None
        self._last_logout = 0.0
        self._last_look = self._last_good = 0.0
        self._slept = 0.0
        self._statuses: Mapping[str, AgentStatus] = {}
        self._stopping: _Stop | None = None
        self._farewell: float | None = None
        self._woken = asyncio.Event()
        self._said: bool | None = None
        self._said_at = 0.0
        self._word_given_up = False
        self._under_way: asyncio.Task[Any] | None = None
        self._call_id = f"queuewatch-{secrets.token_hex(8)}"
        self._tracer = self._new_tracer()
        self._trace = self._last_seen = Trace()
        self._called_at: float | None = None
        self._first_seen: float | None = None
        self._answered_after: float | None = None
        self._gone_since: float | None = None
        self._others: dict[frozenset[str], OtherCall] = {}
        self._caveats: list[str] = []
        self._lines: set[str] = set()

    # What may be said to it meanwhile.

    def stop(self, why: str, *, farewell: bool = False) -> None:
        """Restore now. ``farewell`` is for a program that was told to end: it has not for ever to do it."""
        if farewell and self._farewell is None:
            self._farewell = self.timing.clock() + self.timing.farewell
        self._word_given_up = True
        if self._stopping is None and self.phase not in (Phase.RESTORING, Phase.ENDED):
            self._stopping = _Stop(ProofOutcome.ABORTED, why)
        self._woken.set()

    def answer(self, right: bool) -> None:
        """What the tester says to "did the right person or greeting answer?"."""
        self._said, self._said_at = right, self.timing.clock()
        self._woken.set()

    @property
    def _waits_for_word(self) -> bool:
        return self._asks and self._said is None and not self._word_given_up

    @property
    def wants_answer(self) -> bool:
        """Whether the tester is to be asked what answered: there is a call of theirs somewhere."""
        reached = self._last_seen.reached
        answered = reached is not None and reached.answered and self._last_seen.as_expected
        return self._waits_for_word and reached is not None and (answered or self.phase is Phase.FOLLOWING)

    @property
    def may_be_out(self) -> bool:
        """Whether anybody may be logged out at this moment."""
        return bool(self._out) and self.phase is not Phase.ENDED

    # The loop.

    async def run(self) -> Proof:
        """Carry it out. Raises :class:`JournalError` where it cannot be logged: then nothing was sent.

        Cancelled, it restores first all the same.
        """
        await self._begin()
        journal, entry = self._journal, self.entry
        with going_on(journal, entry.id) if journal is not None and entry is not None else nullcontext():
            return await self._run()

    async def _run(self) -> Proof:
        try:
            stop = await self._test()
        except asyncio.CancelledError:
            stop = _Stop(ProofOutcome.ABORTED, "The program was told to end.")
            self.stop(stop.why, farewell=True)
            await self._restored_in_spite_of_all(stop)
            await self._ended(stop)
            raise
        except Exception as error:
            # A fault of ours is no reason to leave anybody logged out.
            report("testing a queue live", error)
            stop = _Stop(ProofOutcome.ABORTED, f"queuewatch itself failed ({type(error).__name__}).")
        await self._restored_in_spite_of_all(stop)
        return await self._ended(stop)

    async def _restored_in_spite_of_all(self, stop: _Stop) -> None:
        """Restore to the end, however often this is cancelled meanwhile."""
        if self._under_way is not None and not self._under_way.done():
            await asyncio.wait({self._under_way})
        restoring = held(self._restore(stop))
        while not restoring.done():
            try:
                await asyncio.shield(restoring)
            except asyncio.CancelledError:
                if restoring.cancelled():
                    raise
                self.stop("The program was told to end.", farewell=True)
        await restoring
        self.phase = Phase.ENDED

    async def _test(self) -> _Stop:
        """Go from state to state until it is time to restore, and give what it came to."""
        try:
            while True:
                if self._stopping is not None:
                    raise self._stopping
                self._check_time()
                match self.phase:
                    case Phase.TRIAL:
                        await self._try_login()
                        self._enter(Phase.GUARD)
                    case Phase.GUARD:
                        await self._have_guard()
                        # That took seconds, in which somebody may have gone to lunch, or come to wait.
                        await self._check_nothing_has_changed()
                        self._enter(Phase.LOGGING_OUT)
                    case Phase.LOGGING_OUT:
                        if self._to_log_out:
                            await self._log_out_next()
                        else:
                            self._enter(Phase.GREYING)
                    case Phase.GREYING:
                        if self._is_all_grey():
                            await self._call()
                            self._enter(Phase.CALLING)
                        else:
                            await self._pause()
                    case Phase.CALLING | Phase.FOLLOWING:
                        if self._is_decided():
                            raise self._came_to()
                        await self._pause()
                    case Phase.RESTORING | Phase.ENDED:
                        raise _Stop(ProofOutcome.ABORTED, "It had ended already.")
                if self._out and self.timing.clock() - self._last_look >= self.timing.read_every:
                    await self._look()
        except _Stop as stop:
            return stop
        except (PbxError, JournalError) as error:
            return _Stop(ProofOutcome.ABORTED, str(error), error.hint)
        except TimeoutError as error:
            return _Stop(ProofOutcome.ABORTED, f"The queue could not be watched any more: {reason(error)}")

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._tell(self._progress())

    async def _pause(self) -> None:
        """Until the next reading is due, or somebody says something."""
        until = self._last_look + self.timing.read_every - self.timing.clock()
        if until > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(until):
                    await self._woken.wait()
        self._woken.clear()

    # Before anybody is logged out.

    async def _begin(self) -> None:
        plan, now = self.plan, self._now()
        self._began_at = now
        self._slept = self.timing.slept_so_far()
        verdict = plan.verdict
        entry = ProofEntry(
            id="",
            at=now,
            who=self._who,
            server=self.system.address,
            domain=self.system.domain,
            queue=self._queue,
            name=plan.queue.name,
            rule=verdict.rule_in_effect or "",
            destination=verdict.destination or "",
            require_agents=plan.queue.require_agents,
            agents={one.agent.id: row_of(one) for one in plan.agents},
            until=now + timedelta(seconds=self.timing.longest + self.timing.farewell),
        )
        if self._keeper is not None:
            entry = await asyncio.to_thread(self._keeper.begin_proof, entry)
        self.entry = entry

    async def _try_login(self) -> None:
        """Log somebody in who is: a server that refuses that, or does not show it, would not restore anybody."""
        if not self.plan.agents:
            return
        await self._check_nothing_has_changed()
        first = self.plan.agents[0]
        name = agent_name(first.agent)
        try:
            async with asyncio.timeout(self.timing.request):
                await self.system.log_agent(self._queue, first.agent.id, True)
        except (PbxError, TimeoutError) as error:
            raise _Stop(
                ProofOutcome.REFUSED,
                f"Nobody was logged out: {name}, who is logged in, could not be logged in again: {reason(error)}",
                "What it does not do now it would not do when everybody is to be logged in again.",
            ) from None
        until = self.timing.clock() + self.timing.trial_within
        while True:
            try:
                shown = (await self._rows()).get(first.agent.id)
            except (PbxError, TimeoutError) as error:
                raise _Stop(ProofOutcome.REFUSED, f"The agents cannot be read: {reason(error)}") from None
            if shown is not None and shown.automatic:
                break
            if self.timing.clock() >= until:
                raise _Stop(
                    ProofOutcome.REFUSED,
                    f"Nobody was logged out: {name} was logged in again, and it does not show.",
                    "A phone system that does not show a login cannot be trusted to restore everybody.",
                )
            await self.timing.sleep(self.timing.read_every)
        if changed := differences(first.settings, shown.settings):
            raise _Stop(
                ProofOutcome.REFUSED,
                f"Nobody was logged out: logging {name} in again changes more than that ({changed}).",
                "Nobody would be as before after a test: look at that agent in the portal.",
            )
        self._say(f"{name} was logged in again, and it shows: this phone system takes logins.", good=True)

    async def _check_nothing_has_changed(self) -> None:
        """That everything is as it was planned: a plan may be an hour old once somebody says yes to it."""
        try:
            rows = await self._rows()
            async with asyncio.timeout(self.timing.request):
                waiting = await self.system.read_queued_calls(self._queue)
                calls = await self.system.read_calls()
            other_rule = await self._other_rule()
        except (PbxError, TimeoutError) as error:
            raise _Stop(ProofOutcome.REFUSED, f"The queue cannot be read: {reason(error)}") from None
        if waiting.items:
            raise _Stop(
                ProofOutcome.REFUSED, "A caller has come to the queue just now.", "Try again once nobody waits."
            )
        if other_rule:
            raise _Stop(ProofOutcome.REFUSED, other_rule, "Begin again, to see what is tested now.")
        # What is on the line before anybody is logged out is nobody's test, and nobody's lost call.
        self._tracer.known = frozenset().union(*(call.ids for call in calls.items))
        for one in self.plan.agents:
            if moved := _moved_since(one, rows):
                raise _Stop(ProofOutcome.REFUSED, moved, "Try again in a moment.")

    async def _other_rule(self) -> str:
        """That another answering rule is in effect than was planned, or that it leads elsewhere; empty if not."""
        async with asyncio.timeout(self.timing.request):
            rules = await self.system.read_rules(self._queue)
        then = self.plan.snapshot.rules_of(self._queue).in_effect
        now = rules.in_effect
        if then is None or (now is not None and now.time_frame == then.time_frame and now.offline == then.offline):
            return ""
        if now is not None and now.time_frame == then.time_frame:
            return f"When Offline of {then.label} was changed meanwhile: a proof is of one rule as it is."
        label = now.label if now is not None else "none"
        return f"Another answering rule is in effect by now ({label}, not {then.label}): a proof is of one rule."

    async def _other_rule_by_now(self) -> str:
        """The same once the test is over; empty also where it cannot be read any more."""
        with suppress(PbxError, TimeoutError):
            return await self._other_rule()
        return ""

    async def _have_guard(self) -> None:
        if self._start_guard is None or not self.plan.agents or self.entry is None:
            return
        entry, start = self.entry, self._start_guard

        async def begin() -> None:
            self._guard = await start(entry)

        try:
            await self._unbroken(begin())
        except GuardFailed as error:
            raise _Stop(
                ProofOutcome.REFUSED,
                f"Nobody was logged out: the guard, to restore if this program dies, cannot be started: {error}",
                "Without it there is no test.",
            ) from None
        self._say("The guard is there: it restores everybody if this program or its terminal dies.", good=True)

    # Logging out, and watching.

    async def _log_out_next(self) -> None:
        """Log the next one out, once a reading of this moment has shown that nobody else did, or calls them."""
        one = self._to_log_out[0]
        if self._out:
            try:
                rows = await self._rows()
            except (*LOST, TimeoutError):
                # Whether that goes on, the reading of every second tells.
                await self._pause()
                return
            if moved := _moved_since(one, rows):
                raise _Stop(ProofOutcome.ABORTED, moved)
        del self._to_log_out[0]
        await self._log_out(one)

    async def _log_out(self, one: StoredAgent) -> None:
        name, agent = agent_name(one.agent), one.agent.id
        # From here on the log may say that it is being done, whatever ends this in the middle.
        self._out[agent] = LoggedOut(agent, row_of(one), answered=False, name=name)
        try:
            await self._record(ProofStep(self._now(), agent, AgentStep.LOGGING_OUT))
        except JournalError:
            del self._out[agent]
            raise
        now = self._out[agent].sent_at = self._last_logout = self.timing.clock()
        if self._first_logout is None:
            self._first_logout = self._last_look = self._last_good = now
        try:
            async with asyncio.timeout(self.timing.request):
                await self.system.log_agent(self._queue, agent, False)
        except LOST as error:
            if isinstance(error, PbxError) and error.not_sent:
                await self._never_sent(agent, name)
            raise _Stop(
                ProofOutcome.ABORTED,
                f"The phone system gave no clear answer when {name} was to be logged out: {reason(error)}",
            ) from None
        except PbxError as error:
            await self._never_sent(agent, name)
            raise _Stop(
                ProofOutcome.ABORTED, f"The phone system refused to log {name} out: {error}", error.hint
            ) from None
        self._out[agent].answered = True
        self._say(f"{name} is being logged out.")

    async def _never_sent(self, agent: str, name: str) -> None:
        """Nothing was done to this agent, for sure."""
        self._out[agent].sent_at = None
        sentence = f"{name} was not logged out."
        await self._record(ProofStep(self._now(), agent, AgentStep.REFUSED, sentence=sentence))
        del self._out[agent]

    async def _look(self) -> None:
        """Read the queue once, and see what that says of its agents, its callers and the tester's call."""
        timing = self.timing
        self._last_look = timing.clock()
        slept = timing.slept_so_far() - self._slept
        if slept > timing.slept:
            raise _Stop(
                ProofOutcome.ABORTED, f"This machine slept for {slept:.0f} s: nobody was watching the queue."
            )
        try:
            async with asyncio.timeout(timing.request):
                rows, waiting, calls = await asyncio.gather(
                    self.system.read_stored_agents(self._queue),
                    self.system.read_queued_calls(self._queue),
                    self.system.read_calls(),
                )
        except (PbxError, TimeoutError) as error:
            if timing.clock() - self._last_good >= timing.blind or not isinstance(error, LOST):
                raise _Stop(
                    ProofOutcome.ABORTED, f"The queue could not be watched any more: {reason(error)}"
                ) from None
            return
        self._last_good = timing.clock()
        if self._guard is not None and (gone := await self._guard.keep()):
            raise _Stop(ProofOutcome.ABORTED, f"The guard is gone: {gone}")
        self._statuses = colours(rows)
        await self._look_at_agents({one.agent.id: one for one in rows})
        self._follow(self._tracer.look(calls.items))
        self._look_at_callers(waiting.items)
        self._tell(self._progress())

    async def _look_at_agents(self, rows: Mapping[str, StoredAgent]) -> None:
        for agent, out in self._out.items():
            now = rows.get(agent)
            if now is None:
                raise _Stop(
                    ProofOutcome.ABORTED, f"{out.name} is not in the queue any more: somebody took them out."
                )
            if now.agent.login is AgentLogin.OUT and out.out is None:
                # A row that says nothing of its settings counts as changed here: to go on blind is no test.
                own = now.login_settings
                if changed := differences(
                    {name: value for name, value in out.before.settings.items() if name not in own},
                    {name: value for name, value in now.settings.items() if name not in own},
                ):
                    raise _Stop(
                        ProofOutcome.ABORTED, f"{out.name} was logged out, and more has changed: {changed}."
                    )
                out.out = row_of(now)
                await self._record(ProofStep(self._now(), agent, AgentStep.LOGGED_OUT, row=out.out))
                self._say(f"{out.name} is Grey.")
            elif now.agent.login is AgentLogin.IN and out.out is not None:
                raise _Stop(ProofOutcome.ABORTED, f"{out.name} logged in again: the queue is in use.")
        for agent, now in rows.items():
            if agent not in self._out and self.phase is not Phase.LOGGING_OUT and now.agent.login is AgentLogin.IN:
                raise _Stop(ProofOutcome.ABORTED, f"{agent_name(now.agent)} logged in: the queue is in use.")

    def _look_at_callers(self, waiting: Sequence[QueuedCall]) -> None:
        others = [call for call in waiting if not self._tracer.tester.waits(self.plan.snapshot, call)]
        if others:
            numbers = listing(
                format_number(call.caller.number or call.caller.name) or "somebody unnamed" for call in others
            )
            for call in others:
                if (number := call.caller.number or call.caller.name) and not call.awaits_callback:
                    key = frozenset({f"waiting {number}"})
                    self._others.setdefault(key, OtherCall(number, self._now()))
            raise _Stop(
                ProofOutcome.ABORTED,
                f"{plural(len(others), 'caller waits', 'callers wait')} in the queue ({numbers}).",
            )
        if waiting and self.phase in (Phase.CALLING, Phase.FOLLOWING):
            raise _Stop(
                ProofOutcome.NOT_PROVEN,
                "Your call waits in the queue, with nobody there: it did not fail over.",
                "Look at Require Agents of the queue, and at its answering rules.",
            )

    def _is_all_grey(self) -> bool:
        if any(out.out is None for out in self._out.values()) or not self._statuses:
            return not self._out
        return all(shown.status is Status.GREY for shown in self._statuses.values())

    def _check_time(self) -> None:
        if self._first_logout is None:
            return
        since = self.timing.clock() - self._first_logout
        if self.phase is Phase.GREYING and self.timing.clock() - self._last_logout > self.timing.grey_within:
            names = [
                self._name(agent) for agent, shown in self._statuses.items() if shown.status is not Status.GREY
            ]
            late = listing(names) or "everybody"
            raise _Stop(
                ProofOutcome.ABORTED,
                f"After {self.timing.grey_within:.0f} s {late} still did not show as Grey.",
                "The phone system takes longer to show a logout, or keeps them online: look in the portal.",
            )
        if since >= self.timing.longest:
            raise self._came_to()

    # The call.

    def _new_tracer(self) -> Tracer:
        plan, asked = self.plan, self.plan.asked
        tester = Tester.at(
            plan.snapshot, asked.call_from or asked.my_number, self._call_id if asked.call_from else ""
        )
        return Tracer(plan.snapshot, self._queue, plan.verdict, tester)

    async def _call(self) -> None:
        """Have the call placed, or ask for it. What is on the line already is nobody's test."""
        asked = self.plan.asked
        async with asyncio.timeout(self.timing.request):
            before = await self.system.read_calls()
        self._tracer.known = self._tracer.known.union(*(call.ids for call in before.items))
        where = self.plan.destination_words
        self._say(f"Everybody is Grey: a call to the queue should reach {where}.", good=True)
        self._called_at = self.timing.clock()
        if not asked.call_from:
            self._say(f"Now call {self.plan.queue.label} from {format_number(asked.my_number)}.")
            return
        try:
            async with asyncio.timeout(self.timing.request):
                await self.system.place_call(self._call_id, asked.call_from, self._queue)
        except LOST as error:
            # It may ring all the same: only the calls in progress can tell.
            self._say(f"Whether {format_number(asked.call_from)} rings is not known: {reason(error)}", good=False)
        except PbxError as error:
            raise _Stop(ProofOutcome.NO_CALL, f"The call could not be placed: {error}", error.hint) from None
        else:
            self._say(f"{format_number(asked.call_from)} rings first, then the queue is called: answer it.")

    def _follow(self, trace: Trace) -> None:
        now = self.timing.clock()
        for number, ids in trace.others:
            known = next((key for key in self._others if key & ids), None)
            if known is None:
                self._others[ids] = OtherCall(number, self._now())
                self._say(
                    f"Somebody else calls the queue: {format_number(number) or 'a hidden number'}.", good=False
                )
        if self.phase not in (Phase.CALLING, Phase.FOLLOWING, Phase.RESTORING):
            return
        self._trace = trace
        if trace.found is not Found.ONE:
            if self._last_seen.found is Found.ONE and self._gone_since is None and trace.found is Found.NOTHING:
                self._gone_since = now
            return
        self._gone_since = None
        if self._first_seen is None:
            self._first_seen = now
            if self.phase is Phase.CALLING:
                self._enter(Phase.FOLLOWING)
        if self._answered_after is not None:
            # What becomes of it from there on, such as a transfer, is no part of the test.
            return
        if trace.reached is not None and trace.reached.answered and trace.as_expected:
            self._answered_after = now - self._first_seen
        before, self._last_seen = self._last_seen, trace
        if trace.reached is not None and self._moved(before.reached, trace.reached):
            self._say(self._whereabouts(trace), good=trace.as_expected)

    def _moved(self, before: Reached | None, now: Reached) -> bool:
        return before is None or (before.kind, before.target, before.answered) != (
            now.kind,
            now.target,
            now.answered,
        )

    def _whereabouts(self, trace: Trace) -> str:
        reached = trace.reached
        if reached is None:
            return ""
        where = describe_reached(self.plan, reached)
        expected = "" if trace.as_expected else ", which is not where it should end"
        return f"The call {'is answered at' if reached.answered else 'rings at'} {where}{expected}."

    def _is_decided(self) -> bool:
        """Whether nothing more is to be seen: then everybody is logged in again at once."""
        if self._trace.found is Found.SEVERAL or self._said is False or self._answered_after is not None:
            return True
        if self._said:
            # A tester is faster than the list of calls, which is to show it as well.
            return self.timing.clock() - self._said_at >= 3 * self.timing.read_every
        gone = self._gone_since
        return gone is not None and self.timing.clock() - gone >= 2 * self.timing.read_every

    def _came_to(self) -> _Stop:
        """What has been seen so far amounts to; the tester's word comes on top."""
        if self._trace.found is Found.SEVERAL:
            return _Stop(
                ProofOutcome.NOT_PROVEN,
                f"Two calls came from {self._tester_words} at once: which is the test cannot be told.",
                "Repeat it from a number that nobody else calls from.",
            )
        seen = self._last_seen
        if seen.reached is None:
            return self._no_call()
        if seen.as_expected and seen.reached.answered:
            return _Stop(ProofOutcome.REACHED, "The call was answered where it should be.")
        where = describe_reached(self.plan, seen.reached)
        how = "was answered at" if seen.reached.answered else "rang at" if seen.as_expected else "went to"
        missed = f", not to {self.plan.destination_words}"
        nobody = " and was not seen to be answered" if seen.as_expected else missed
        return _Stop(
            ProofOutcome.NOT_PROVEN,
            f"The call {how} {where}{nobody}.",
            "Repeat it when somebody is there to answer." if seen.as_expected else "",
        )

    def _no_call(self) -> _Stop:
        if self._called_at is None:
            return _Stop(ProofOutcome.ABORTED, "The time was over before a call could be made.")
        hidden = any(not call.number for call in self._others.values())
        seen = (
            " One came whose number is hidden: whose it was cannot be told."
            if hidden
            else f" {plural(len(self._others), 'other call')} came."
            if self._others
            else ""
        )
        if self._last_seen.found is Found.ONE:
            return _Stop(
                ProofOutcome.NO_CALL,
                f"{self._tester_words} was rung first, and did not answer: the queue was never called.{seen}",
                "Answer that phone; the call to the queue comes then.",
            )
        said = ""
        if self._said:
            said = " You say that the right one answered; the phone system's list of calls never showed that call."
        return _Stop(
            ProofOutcome.NO_CALL,
            f"No call from {self._tester_words} to the queue was seen.{seen}{said}",
            "Give the number that the phone system sees: --my-number; or let it place the call: --call-from.",
        )

    @property
    def _tester_words(self) -> str:
        asked = self.plan.asked
        return format_number(asked.call_from or asked.my_number)

    # Restoring, and the end.

    async def _restore(self, stop: _Stop) -> None:
        self._enter(Phase.RESTORING)
        if not self._out:
            return
        why = f" {stop.why}" if stop.why else ""
        self._say(f"Logging everybody in again.{why}", good=None if stop.outcome.is_good else False)
        begun = self.timing.clock() if self._first_logout is None else self._first_logout
        last = begun + self.timing.unasked

        def until() -> float:
            return last if self._farewell is None else min(last, self._farewell)

        async def follow() -> None:
            await self._look_while_restoring(restoration)

        restoration = Restoration(
            self.system,
            self._queue,
            dict(self._out),
            self._record_if_possible,
            self.timing,
            now=self._now,
            tell=lambda trouble: self._say(f"Still trying: {trouble}", good=False),
            meanwhile=follow,
        )
        self._fates = await restoration.run(until)
        self._out = {fate.id: self._out[fate.id] for fate in self._fates if fate.step is None}
        for fate in self._fates:
            if fate.differs:
                self._caveats.append(
                    f"{self._name(fate.id)} is logged in again, and not as before: {fate.differs}."
                )

    async def _look_while_restoring(self, restoration: Restoration) -> None:
        """Go on following the call, and show who is in again; no failure of this matters."""
        try:
            async with asyncio.timeout(self.timing.request):
                calls = await self.system.read_calls()
                rows = await self.system.read_stored_agents(self._queue)
        except (PbxError, TimeoutError):
            return
        self._out = {name: out for name, out in self._out.items() if name in restoration.pending}
        try:
            self._statuses = colours(rows)
            self._follow(self._tracer.look(calls.items))
            self._tell(self._progress())
        except Exception as error:
            report("following a test", error)

    async def _ended(self, stop: _Stop) -> Proof:
        outcome, why, hint = stop.outcome, stop.why, stop.hint
        seen_answered = self._last_seen.reached is not None and self._last_seen.reached.answered
        if (
            outcome in (ProofOutcome.NOT_PROVEN, ProofOutcome.NO_CALL)
            and self._last_seen.as_expected
            and seen_answered
        ):
            # It was answered while everybody was being logged in again.
            outcome, why, hint = ProofOutcome.REACHED, "", ""
        if outcome is ProofOutcome.REACHED and (other_rule := await self._other_rule_by_now()):
            outcome, why, hint = ProofOutcome.NOT_PROVEN, f"The call was answered. {other_rule}", "Repeat it."
        elif outcome is ProofOutcome.REACHED or (outcome is ProofOutcome.NOT_PROVEN and self._said):
            outcome, why, hint = await self._with_testers_word(outcome, why, hint)
        elif outcome is ProofOutcome.NOT_PROVEN and self._said is False and self._last_seen.as_expected:
            why = f"{why} You say that it was not the right one."
        restored = tuple(fate.id for fate in self._fates if fate.is_in)
        not_restored = tuple(fate.id for fate in self._fates if not fate.is_in)
        for fate in self._fates:
            if not fate.is_in:
                self._caveats.append(fate.sentence)
        if stuck := [fate.id for fate in self._fates if fate.step is None or fate.step is AgentStep.LEFT]:
            names = (self._name(agent) for agent in stuck)
            hint = f"{hint} {by_hand(names)} queuewatch prove --restore tries again.".strip()
        verdict, seen = self.plan.verdict, self._last_seen
        if outcome.is_good:
            self._caveats.extend(_would_be_dark(self.plan, seen))
        reached = seen.reached
        if reached is not None and reached.seconds is None:
            reached = replace(reached, seconds=self._answered_after)
        proof = Proof(
            queue=self._queue,
            name=self.plan.queue.name,
            outcome=outcome,
            rule=verdict.rule_in_effect,
            destination=verdict.destination,
            reached=reached,
            began_at=self._began_at,
            ended_at=self._now(),
            by=self._who.words,
            logged_out=tuple(fate.id for fate in self._fates),
            restored=restored,
            not_restored=not_restored,
            other_calls=tuple(self._others.values()),
            caveats=tuple(dict.fromkeys(self._caveats)),
            why=None if outcome.is_good else why or None,
            hint=hint,
            id=self.entry.id if self.entry else "",
        )
        await self._write_end(proof)
        if self._guard is not None:
            await self._guard.ended()
        return proof

    async def _with_testers_word(
        self, outcome: ProofOutcome, why: str, hint: str
    ) -> tuple[ProofOutcome, str, str]:
        """The outcome once the tester was asked. Everybody is logged in again: there is no hurry."""
        if self._waits_for_word:
            self._tell(replace(self._progress(), line="Did the right person or greeting answer?"))
        while self._waits_for_word:
            self._woken.clear()
            await self._woken.wait()
        seen = self._last_seen
        if self._said and seen.as_expected and seen.reached is not None:
            if not seen.reached.answered:
                self._caveats.append(
                    "That it was answered is the tester's word: the phone system showed it ringing."
                )
            return ProofOutcome.PROVEN, "", ""
        if self._said is False:
            where = describe_reached(self.plan, seen.reached) if seen.reached else "nowhere"
            return (
                ProofOutcome.NOT_PROVEN,
                f"The call was answered at {where}, and the tester says: not by the right person or greeting.",
                "A carrier's voicemail, perhaps, or another company's: call that number yourself.",
            )
        return outcome, why, hint

    async def _write_end(self, proof: Proof) -> None:
        if self._keeper is None or self.entry is None:
            return
        end = ProofEnd(proof.ended_at, proof.outcome.value, document(proof))
        try:
            await asyncio.to_thread(self._keeper.add_proof, self.entry.id, end)
        except JournalError as error:
            self._say(f"{error} {error.hint}", good=False)

    async def _record(self, step: ProofStep) -> None:
        """Write a step down. Raises :class:`JournalError`: then nothing more is done to anybody."""
        if self._keeper is not None and self.entry is not None:
            await self._unbroken(asyncio.to_thread(self._keeper.add_proof, self.entry.id, step))

    async def _unbroken(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Do it to its end, also where this is cancelled meanwhile: what is written must not come out of order."""
        self._under_way = task = held(work)
        return await asyncio.shield(task)

    async def _record_if_possible(self, step: ProofStep) -> None:
        self._say(step.sentence, good=step.did == AgentStep.RESTORED)
        try:
            await self._record(step)
        except JournalError as error:
            # A full disk must not keep anybody logged out.
            self._say(f"{error} {error.hint}", good=False)

    async def _rows(self) -> Mapping[str, StoredAgent]:
        async with asyncio.timeout(self.timing.request):
            return {one.agent.id: one for one in await self.system.read_stored_agents(self._queue)}

    def _name(self, agent: str) -> str:
        known = {one.agent.id: agent_name(one.agent) for one in self.plan.agents}
        others = {one.id: agent_name(one) for one in self.plan.snapshot.agents_of(self._queue)}
        return known.get(agent, others.get(agent, agent))

    def _tell(self, progress: ProofProgress) -> None:
        # Whoever shows it may fail; nothing that is shown is worth somebody's staying logged out.
        try:
            self._listener(progress)
        except Exception as error:
            report("showing a test", error)

    def _say(self, line: str, *, good: bool | None = None) -> None:
        if line not in self._lines:
            self._lines.add(line)
            self._tell(replace(self._progress(), line=line, good=good))

    def _progress(self) -> ProofProgress:
        now, first = self.timing.clock(), self._first_logout
        return ProofProgress(
            self.phase,
            seconds=0.0 if first is None else now - first,
            left=None if first is None else max(0.0, first + self.timing.longest - now),
            statuses=self._statuses,
            trace=self._trace,
            out=tuple(self._out),
        )


def _moved_since(planned: StoredAgent, rows: Mapping[str, StoredAgent]) -> str:
    """That an agent who is to be logged out is not as it was planned, in a sentence; empty where they are.

    Who goes to lunch just before their turn would be logged in afterwards, as if the test had logged them out.
    """
    now = rows.get(planned.agent.id)
    if now is not None and not differences(planned.settings, now.settings) and (now.agent.calls or 0) == 0:
        return ""
    return f"{agent_name(planned.agent)} is not as a moment ago: somebody changes it, or is on a call."


def describe_reached(plan: ProofPlan, reached: Reached) -> str:
    """Where a call is or was, as people know it."""
    match reached.kind:
        case "voicemail":
            return f"the voicemail of {reached.target}" if reached.target else "a voicemail"
        case "unknown":
            return f"“{reached.target}”" if reached.target else "a place that is not said"
        case _:
            return describe_destination(plan.snapshot, reached.target)


def _would_be_dark(plan: ProofPlan, seen: Trace) -> tuple[str, ...]:
    """That whoever answered would be in the dark with the queue's own site, where that is so."""
    if not seen.answered_by:
        return ()
    site, name = queue_site(plan.snapshot, plan.queue), name_of(plan.snapshot, seen.answered_by)
    if not site:
        own = {user_of(plan.snapshot, agent) for agent in plan.snapshot.agents_of(plan.queue.extension)}
        if seen.answered_by in own:
            return (f"{name} answered, and is an agent of {plan.queue.label}: dark too once all of them are.",)
        # Of no site in a domain without any: as far as anybody knows there is one building, with everybody in it.
        is_there = person(plan.snapshot, seen.answered_by) is not None and not buildings(plan.snapshot)
        return (f"{name} answered, and would be dark too if the building were.",) if is_there else ()
    suppose = power_loss_of_sites(plan.snapshot, (site,)).suppose
    rows = [
        agent
        for agents in plan.snapshot.agents.values()
        for agent in agents
        if user_of(plan.snapshot, agent) == seen.answered_by
    ]
    if seen.answered_by in suppose.dark_users or any(agent.id in suppose.agents for agent in rows):
        return (f"{name} answered, and would be dark too if {site} were.",)
    if seen.answered_by in suppose.doubted_users or any(agent.id in suppose.doubted for agent in rows):
        return (f"{name} answered, and may be dark too if {site} were.",)
    return ()
