"""What happens in a sandbox, in one sentence, found in the sandbox itself at the moment each thing happens."""

from collections.abc import Iterator, Mapping
from enum import IntEnum, auto

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.destination import DestinationKind, EndKind, parse_destination
from queuewatch.failover.model import Agent, Queue, QueueRules, Registration, Snapshot
from queuewatch.failover.phone_number import own_number_key
from queuewatch.failover.places import site_of
from queuewatch.failover.simulate import rejudge
from queuewatch.failover.status import Status, registration_of, status_of
from queuewatch.failover.verdict import Judgement, Outcome, ReadinessState, Verdict
from queuewatch.failover.wording import agent_name, describe_destination, listing, plural
from queuewatch.pbx.netsapiens.agents import AgentCache, read_agents
from queuewatch.pbx.netsapiens.directory import read_attendants, read_numbers, read_users
from queuewatch.pbx.netsapiens.queues import read_queues
from queuewatch.pbx.netsapiens.rules import read_rules
from queuewatch.pbx.phone_system import LiveReading
from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx
from queuewatch.polling.assemble import with_live
from queuewatch.text.natural_order import natural_order


class Scene(Struct, frozen=True):
    """A phone system at one moment, and where there is no power."""

    snapshot: Snapshot
    judgements: Mapping[str, Judgement]
    dark: frozenset[str] = frozenset()
    """The sites without power."""
    waking: frozenset[str] = frozenset()
    """The sites that have it back and whose phones have not all registered yet."""


class CaptionTopic(IntEnum):
    """What a sentence is about, the most important first."""

    POWER_CUT = auto()
    POWER_BACK = auto()
    REACHES_NOBODY = auto()
    STRANDED = auto()
    UNCERTAIN = auto()
    FAILS_OVER = auto()
    SENT_ON = auto()
    HELD_OPEN = auto()
    NOT_READY = auto()
    READY = auto()
    ALL_BACK = auto()
    OPEN_AGAIN = auto()
    FIRST_GREY = auto()
    CALM = auto()
    """Nothing happens: how things stand."""


class Caption(Struct, frozen=True):
    """One thing worth saying, and of whom: a site, queues by extension, or an agent by id."""

    what: CaptionTopic
    subjects: tuple[str, ...] = ()


class CaptionHistory(Struct, frozen=True):
    """What is being said, and of what."""

    scene: Scene
    caption: Caption
    sentence: str
    lost: frozenset[str] = frozenset()
    """The ids of the agents who were online and whose phones have gone since the power went."""


STANDINGS = (
    CaptionTopic.OPEN_AGAIN,
    CaptionTopic.FAILS_OVER,
    CaptionTopic.SENT_ON,
    CaptionTopic.STRANDED,
    CaptionTopic.REACHES_NOBODY,
    CaptionTopic.UNCERTAIN,
)
"""What can be said of a queue's calls; the first while somebody is online in it."""


def standing(verdict: Verdict) -> CaptionTopic:
    """What becomes of a queue's calls, apart from who of its agents is busy and how many callers wait."""
    if verdict.counts.online and verdict.outcome is not Outcome.DIVERTED:
        return CaptionTopic.OPEN_AGAIN
    if verdict.outcome is Outcome.STRANDED:
        return CaptionTopic.STRANDED
    if verdict.outcome is Outcome.UNCERTAIN:
        return CaptionTopic.UNCERTAIN
    if verdict.reaches_someone is False:
        return CaptionTopic.REACHES_NOBODY
    return CaptionTopic.FAILS_OVER if verdict.outcome is Outcome.FAILS_OVER else CaptionTopic.SENT_ON


def begin(scene: Scene) -> CaptionHistory:
    """The history with the first caption."""
    return CaptionHistory(scene, Caption(CaptionTopic.CALM), _calm(scene))


def next_caption(history: CaptionHistory, scene: Scene) -> CaptionHistory:
    """What is said once the scene has become this one: something new, or what was said if that is still so."""
    lost = _lost(history, scene)
    for caption in sorted(_news(history, scene, lost), key=lambda caption: caption.what):
        if sentence := words(caption, scene):
            return CaptionHistory(scene, caption, sentence, lost)
    if sentence := words(history.caption, scene):
        return CaptionHistory(scene, history.caption, sentence, lost)
    return CaptionHistory(scene, Caption(CaptionTopic.CALM), _calm(scene), lost)


def _agents(scene: Scene) -> Iterator[Agent]:
    for queue in scene.snapshot.call_queues:
        yield from scene.snapshot.agents_of(queue.extension)


def _lost(history: CaptionHistory, scene: Scene) -> frozenset[str]:
    online = {agent.id for agent in _agents(history.scene) if status_of(agent).status.online} | history.lost
    return frozenset(
        agent.id
        for agent in _agents(scene)
        if agent.id in online
        and registration_of(agent) is Registration.NONE
        and site_of(agent, scene.snapshot) in scene.dark | scene.waking
    )


def _news(history: CaptionHistory, scene: Scene, lost: frozenset[str]) -> Iterator[Caption]:
    """Everything that could be said of what has changed."""
    before = history.scene
    for site in sorted(scene.dark - before.dark, key=natural_order):
        yield Caption(CaptionTopic.POWER_CUT, (site,))
    for site in sorted(before.dark - scene.dark, key=natural_order):
        yield Caption(CaptionTopic.POWER_BACK, (site,))
    for site in sorted(before.waking - scene.waking - scene.dark, key=natural_order):
        yield Caption(CaptionTopic.ALL_BACK, (site,))
    pairs = {
        extension: (before.judgements[extension], judged)
        for extension, judged in scene.judgements.items()
        if extension in before.judgements
    }
    for what in STANDINGS:
        turned = tuple(
            extension
            for extension, (was, judged) in pairs.items()
            if standing(judged.now) is what is not standing(was.now)
        )
        if what in (CaptionTopic.FAILS_OVER, CaptionTopic.OPEN_AGAIN) and turned:
            yield Caption(what, turned)
        else:
            yield from (Caption(what, (extension,)) for extension in turned)
    for extension, (was, judged) in pairs.items():
        if judged.readiness.state is not was.readiness.state:
            ready = judged.readiness.state is ReadinessState.READY
            yield Caption(CaptionTopic.READY if ready else CaptionTopic.NOT_READY, (extension,))
    for extension in pairs:
        if _rests_elsewhere(scene, extension, lost) and not _rests_elsewhere(before, extension, history.lost):
            yield Caption(CaptionTopic.HELD_OPEN, (extension,))
    if lost and not history.lost:
        yield Caption(CaptionTopic.FIRST_GREY, (min(lost),))


def _online(scene: Scene, extension: str) -> list[Agent]:
    return [agent for agent in scene.snapshot.agents_of(extension) if status_of(agent).status.online]


def _will_run_out(scene: Scene, agent: Agent) -> bool:
    """Whether the agent is online by a phone that has no power any more."""
    connected = registration_of(agent) is Registration.CONNECTED
    return connected and site_of(agent, scene.snapshot) in scene.dark


def _rests_elsewhere(scene: Scene, extension: str, lost: frozenset[str]) -> bool:
    """Whether the dark has taken agents from the queue, and others, whom it cannot reach, hold it open."""
    agents = scene.snapshot.agents_of(extension)
    touched = any(agent.id in lost and site_of(agent, scene.snapshot) in scene.dark for agent in agents)
    online = _online(scene, extension)
    return touched and bool(online) and not any(_will_run_out(scene, agent) for agent in online)


def words(caption: Caption, scene: Scene) -> str:
    """The sentence; empty if it is not so, or no longer."""
    match caption.what:
        case CaptionTopic.CALM:
            return _calm(scene)
        case CaptionTopic.POWER_CUT | CaptionTopic.POWER_BACK | CaptionTopic.ALL_BACK:
            return _of_site(caption.what, caption.subjects[0], scene)
        case CaptionTopic.FIRST_GREY:
            return _of_agent(caption.subjects[0], scene)
        case _:
            queues = [scene.snapshot.queues.get(extension) for extension in caption.subjects]
            known = [queue for queue in queues if queue is not None and queue.extension in scene.judgements]
            return _of_queues(caption.what, known, scene) if len(known) == len(queues) else ""


def _of_site(what: CaptionTopic, site: str, scene: Scene) -> str:
    if what is CaptionTopic.POWER_CUT and site in scene.dark:
        return f"Power cut at {site}: phones look connected until registrations run out."
    if what is CaptionTopic.POWER_BACK and site not in scene.dark:
        return f"The power is back at {site}: its phones register one after the other."
    if what is CaptionTopic.ALL_BACK and site not in scene.dark | scene.waking:
        return f"Every phone that lost its power at {site} is connected again."
    return ""


def _of_agent(agent_id: str, scene: Scene) -> str:
    rows = [agent for agent in _agents(scene) if agent.id == agent_id]
    site = site_of(rows[0], scene.snapshot) if rows else ""
    if site not in scene.dark or any(registration_of(row) is not Registration.NONE for row in rows):
        return ""
    return f"{agent_name(rows[0])} turns Grey: registrations at {site} begin to run out."


def _of_queues(what: CaptionTopic, queues: list[Queue], scene: Scene) -> str:
    first, names = queues[0], listing((queue.name or queue.extension for queue in queues), most=4)
    judged = scene.judgements[first.extension]
    match what:
        case CaptionTopic.READY | CaptionTopic.NOT_READY:
            state = judged.readiness.state
            if (state is ReadinessState.READY) is not (what is CaptionTopic.READY):
                return ""
            now = {ReadinessState.NOT_READY: "not ready now", ReadinessState.UNKNOWN: "not known to be ready"}
            return f"{names} is {now.get(state, 'ready now')}: in the dark, {_course(judged.readiness.verdict)}."
        case CaptionTopic.HELD_OPEN:
            return _held_open(first, scene)
        case _:
            pass
    if any(standing(scene.judgements[queue.extension].now) is not what for queue in queues):
        return ""
    match what:
        case CaptionTopic.STRANDED:
            return f"{names} strands its callers: nobody is there, and Require Agents is No."
        case CaptionTopic.FAILS_OVER if len(queues) == 1:
            return f"{names} fails over to {_where(scene.snapshot, first, judged.now)}{_last(scene)}."
        case CaptionTopic.FAILS_OVER:
            return f"{names} fail over{_last(scene)}."
        case CaptionTopic.OPEN_AGAIN:
            return f"{names} {'is' if len(queues) == 1 else 'are'} answered again."
        case _:
            return f"{names}: {_course(judged.now)}."


def _course(verdict: Verdict) -> str:
    """The verdict's sentence without its reason."""
    what = verdict.sentence.partition(": ")[0] if verdict.outcome is not Outcome.UNCERTAIN else verdict.sentence
    return f"{what[:1].lower()}{what[1:]}".rstrip(".")


def _where(snapshot: Snapshot, queue: Queue, verdict: Verdict) -> str:
    to = parse_destination(verdict.destination or "")
    own = to.kind is DestinationKind.VOICEMAIL and to.target == queue.extension
    if own and verdict.end.kind is EndKind.VOICEMAIL:
        return "its voicemail"
    return describe_destination(snapshot, verdict.destination or "")


def _last(scene: Scene) -> str:
    """Whether that was the end of it: where the power is gone there is no agent any more who is not Grey."""
    there = [agent for agent in _agents(scene) if site_of(agent, scene.snapshot) in scene.dark]
    if not there or any(status_of(agent).status is not Status.GREY for agent in there):
        return ""
    return f": {listing(sorted(scene.dark, key=natural_order))} {'is' if len(scene.dark) == 1 else 'are'} all Grey"


def _held_open(queue: Queue, scene: Scene) -> str:
    online = _online(scene, queue.extension)
    if not online or not scene.dark or any(_will_run_out(scene, agent) for agent in online):
        return ""
    who = listing(_holder(agent, scene.snapshot) for agent in online)
    alone = " alone" if len(online) == 1 else ""
    return f"{queue.name or queue.extension} is held open by {who}{alone}."


def _holder(agent: Agent, snapshot: Snapshot) -> str:
    if registration_of(agent) is Registration.PUSH:
        return f"{agent_name(agent)}'s mobile app"
    site = site_of(agent, snapshot)
    return f"{agent_name(agent)} at {site}" if site else agent_name(agent)


def _calm(scene: Scene) -> str:
    judged = scene.judgements
    if not judged:
        return "There are no call queues."
    open_now = sum(standing(judgement.now) is CaptionTopic.OPEN_AGAIN for judgement in judged.values())
    whole = open_now == len(judged)
    are = "is" if open_now == 1 else "are"
    answered = f"{open_now} of {plural(len(judged), 'queue')} {are} answered"
    if whole:
        answered = "The queue is answered" if len(judged) == 1 else "All queues are answered"
    return f"{answered}{_prospect(scene)}."


def _prospect(scene: Scene) -> str:
    """What an outage would come to."""
    by_state = {
        state: [queue for queue, judgement in scene.judgements.items() if judgement.readiness.state is state]
        for state in ReadinessState
    }
    not_ready, unknown = by_state[ReadinessState.NOT_READY], by_state[ReadinessState.UNKNOWN]
    if len(not_ready) == 1:
        queue = scene.snapshot.queues[not_ready[0]]
        stranded = scene.judgements[queue.extension].readiness.verdict.outcome is Outcome.STRANDED
        does = "strands its callers" if stranded else "reaches nobody"
        return f"; in an outage {queue.name or queue.extension} {does}"
    if not_ready:
        return f"; in an outage {len(not_ready)} reach nobody"
    if unknown:
        return f"; what an outage does to {len(unknown)} is not known"
    return ", and ready for an outage"


class Captioner:
    """Looks at a sandbox from its beginning on, and has a sentence for how it is."""

    def __init__(self, pbx: SandboxPbx) -> None:
        self._pbx = pbx
        self._known = AgentCache()
        self._history: CaptionHistory | None = None

    def look(self) -> str:
        """What there is to say of the sandbox as it is now."""
        scene = self._scene()
        self._history = begin(scene) if self._history is None else next_caption(self._history, scene)
        return self._history.sentence

    def _scene(self) -> Scene:
        pbx, before = self._pbx, self._history.scene if self._history else None
        snapshot = before.snapshot if before else self._directory()
        queues, _ = read_queues(pbx.floor.queue_rows())
        agents, _ = read_agents(pbx.floor.agent_rows(), queues, known=self._known)
        snapshot = with_live(snapshot, LiveReading(queues, agents, pbx.now))
        rules = {queue.extension: self._rules(queue.extension) for queue in snapshot.call_queues}
        snapshot = replace(snapshot, rules=rules)
        judgements = rejudge(before.snapshot, before.judgements, snapshot) if before else {}
        return Scene(
            snapshot, judgements or rejudge(snapshot, {}, snapshot), pbx.powered_off, pbx.waking - pbx.powered_off
        )

    def _rules(self, queue: str) -> QueueRules:
        if queue not in self._pbx.users:
            return QueueRules(has_user=False)
        return read_rules(self._pbx.rules.get(queue, []))

    def _directory(self) -> Snapshot:
        sample = self._pbx.sample
        numbers = read_numbers(sample.phonenumbers).items
        return Snapshot(
            sample.domain,
            sample.start,
            users={user.extension: user for user in read_users(sample.users).items},
            numbers={own_number_key(number.number): number for number in numbers},
            attendants=read_attendants(sample.autoattendants).items,
        )
