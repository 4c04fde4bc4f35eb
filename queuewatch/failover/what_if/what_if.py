"""What somebody supposes on top of a living phone system: another time, colours of agents, settings of queues."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from queuewatch.failover.drill.power_loss import supposed
from queuewatch.failover.drill.scope import DrillScope
from queuewatch.failover.model import Queue, Snapshot
from queuewatch.failover.schedule.at_time import Moment, at_time
from queuewatch.failover.simulate import simulate
from queuewatch.failover.status import Status
from queuewatch.failover.suppose import ALL_DARK, AS_IS, Suppose
from queuewatch.failover.what_if.steps import Step, TurnAgent, apply


class WhatIf(Struct, frozen=True):
    """A set of suppositions. It names agents and queues and holds nothing of what they are really like."""

    colours: Mapping[str, Status] = field(default_factory=dict)
    """By agent id, in every queue. Who is supposed Grey is in the dark, with all phones of the row."""
    settings: tuple[Step, ...] = ()
    at: Moment | None = None
    """When: the answering rules are those of then. ``None`` is now."""
    all_dark: bool = False
    """Whether everybody else is in the dark too, agents or not: the colours are what is stated one by one."""

    @property
    def nothing(self) -> bool:
        """Whether everything is taken as it is."""
        return not (self.colours or self.settings or self.at or self.all_dark)

    def then(self, snapshot: Snapshot) -> Snapshot:
        """The phone system at the time supposed, and otherwise as it is."""
        return snapshot if self.at is None else at_time(snapshot, self.at)

    def on(self, snapshot: Snapshot) -> tuple[Snapshot, Suppose]:
        """The phone system as supposed, to be judged."""
        grey = frozenset(agent for agent, colour in self.colours.items() if colour is Status.GREY)
        dark = ALL_DARK if self.all_dark else supposed(snapshot, DrillScope(agents=grey)) if grey else AS_IS
        snapshot, suppose = self.then(snapshot), replace(dark, words=())
        for step in (*self.settings, *(TurnAgent(agent, colour) for agent, colour in self.colours.items())):
            snapshot, suppose = apply(snapshot, suppose, step)
        return snapshot, suppose

    def turning(self, agents: Iterable[str], colour: Status | None) -> "WhatIf":
        """With these agents in this colour; with ``None`` as they are."""
        turned = tuple(agents)
        others = {agent: of for agent, of in self.colours.items() if agent not in turned}
        colours = others if colour is None else {**others, **dict.fromkeys(turned, colour)}
        return replace(self, colours=colours, all_dark=self.all_dark and colour is not None)

    def everybody_dark(self, shown: Iterable[str]) -> "WhatIf":
        """With everything in the dark; the agents that are shown are stated to be Grey."""
        return replace(self.turning(shown, Status.GREY), all_dark=True)

    def taking(self, steps: Iterable[Step]) -> "WhatIf":
        """With these steps taken as well; a step about the same setting takes the place of an earlier one."""
        taken = self
        for step in steps:
            if isinstance(step, TurnAgent):
                taken = taken.turning((step.agent,), step.colour)
            else:
                others = tuple(setting for setting in taken.settings if type(setting) is not type(step))
                taken = replace(taken, settings=(*others, step))
        return taken

    def without(self, *kinds: type[Step]) -> "WhatIf":
        """Without the suppositions of these kinds."""
        return replace(
            self, settings=tuple(setting for setting in self.settings if not isinstance(setting, kinds))
        )

    def supposes(self, *kinds: type[Step]) -> bool:
        """Whether there is a supposition of one of these kinds."""
        return any(isinstance(setting, kinds) for setting in self.settings)

    def still_there(self, snapshot: Snapshot) -> tuple["WhatIf", tuple[str, ...]]:
        """Without the agents who sit in no queue any more, and the ids of those."""
        there = {agent.id for rows in snapshot.agents.values() for agent in rows}
        gone = tuple(agent for agent in self.colours if agent not in there)
        return (self.turning(gone, None) if gone else self), gone


def queues_on_the_way(
    snapshot: Snapshot, queue: Queue, what_if: WhatIf, before: Iterable[str] = ()
) -> tuple[str, ...]:
    """The queues a call comes to, now, if the building went dark, and as supposed, each once.

    Those of ``before`` that are still there keep their places, so that a list of them does not jump.
    """
    supposed, suppose = what_if.on(snapshot)
    verdicts = (
        simulate(snapshot, queue),
        simulate(what_if.then(snapshot), queue, ALL_DARK),
        simulate(supposed, supposed.queues.get(queue.extension, queue), suppose),
    )
    found = (*before, *(extension for verdict in verdicts for extension in verdict.queues_on_path))
    return tuple(dict.fromkeys(extension for extension in found if extension in snapshot.queues))
