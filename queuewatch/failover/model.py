"""What a phone system looked like at one moment, in the words its portal uses.

Everything here is immutable and says what was read, not what it means: meaning is derived in ``status``,
``destination`` and ``simulate``. ``None`` always means "not known", never "off" or "none".

No value leads back to what holds it, so none can lie in a circle: with ``gc=False`` the search for garbage passes
by the tens of thousands of them. Those that are ``array_like`` are read back from rows of their fields at once
(``storage/snapshot_text.py``).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property, wraps
from inspect import unwrap
from typing import TypeVar, cast

from msgspec import Struct, field

from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts


class Device(Struct, frozen=True, gc=False):
    """A phone or app of a user. Its passwords are never read."""

    id: str
    user: str
    registered: bool | None = None
    expires_at: datetime | None = None
    """When the registration runs out, on the server's clock; aware."""
    expiry_seconds: int | None = None
    ip: str = ""
    model: str = ""
    push: bool = False
    """Whether the phone system may wake it by push. The vendor's default is yes, so that says little by itself."""

    @property
    def is_app(self) -> bool:
        """Whether it is a mobile app, which needs no building: assumed by its make, else by its id.

        An app names itself by its platform; a web phone is none. Without a make, an ``m`` after the user's
        extension stands for one (seen on live servers: ``1006m``, ``1001M``), and no other suffix does.
        """
        make = self.model.casefold()
        if not self.push or "web" in make:
            return False
        if make:
            return any(platform in make for platform in ("mobile", "android", "iphone", "ipad", "ios"))
        return self.id.casefold() == f"{self.user}m".casefold()


EVERY_DAY = frozenset(range(7))
"""The days of the week, counted from Sunday as the vendor counts them."""

LAST_MINUTE = time(23, 59)
"""An end at this minute is the end of the day: neither shape of the API has a later one."""


class Span(Struct, frozen=True, gc=False):
    """Times of day on days of the week, from one date to another."""

    begin: time = time(0, 0)
    end: time = LAST_MINUTE
    """To the minute. Before ``begin`` it is past midnight."""
    days: frozenset[int] = EVERY_DAY
    first: date | None = None
    last: date | None = None
    """The dates count in; ``None`` is without such a limit."""
    yearly: bool = False
    """Once more each year on the same dates; both are then given, and neither is a 29 February."""
    inverted: bool = False
    """It holds where it otherwise would not (``invert-match``)."""


class UnreadableSpan(Struct, frozen=True, gc=False):
    """A part of a time frame that cannot be worked out, and why, as a clause."""

    why: str
    inverted: bool = False
    """Whether it may be an inverted one."""


class TimeFrame(Struct, frozen=True, gc=False):
    """A named time frame: it holds while one of its spans does."""

    name: str
    spans: tuple[Span | UnreadableSpan, ...] = ()
    always: bool = False


DEFAULT_TIME_FRAME = "*"
"""The time frame of the rule that the portal calls Default."""


class Registration(StrEnum):
    """Whether an agent's phone is connected: the first of the three facts about an agent.

    The values are those of ``callqueue-agent-has-registered-devices`` in the vendor's API.
    """

    CONNECTED = "yes"
    PUSH = "push-enabled"
    OFFNET = "offnet"
    NONE = "no"
    UNKNOWN = "unknown"


class AgentLogin(StrEnum):
    """Whether an agent is logged in to this one queue: the third of the three facts."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class EntryKind(StrEnum):
    """What an agent row stands for (``callqueue-agent-entry-type``)."""

    USER = "user"
    DEVICE = "device"
    OFFNET = "offnet"
    UNKNOWN = "unknown"


def local_part(agent_id: str) -> str:
    """An agent's id without its protocol, in either case, and its domain: ``1001wp`` of ``SIP:1001wp@…``."""
    named = agent_id[4:] if agent_id[3:4] == ":" and agent_id[:3].casefold() == "sip" else agent_id
    return named.split("@", 1)[0]


class Agent(Struct, frozen=True, gc=False, array_like=True):
    """One row of a queue: a user, one device, or an off-net number. One person may sit in many queues."""

    id: str
    queue: str
    name: str = ""
    entry: EntryKind = EntryKind.USER
    registration: Registration = Registration.UNKNOWN
    login: AgentLogin = AgentLogin.UNKNOWN
    calls: int | None = 0
    """Calls in progress on the agent's account, over all queues; ``None`` when the value made no sense."""
    site: str = ""
    status_message: str = ""
    """The agent's own portal status, such as "Lunch"."""
    availability: str = ""
    """The server's free word for the agent, its second opinion: two of its values are published, and only those
    can speak against the colour."""
    may_take_one: bool = False
    """Logged out with the option for one call: the vendor's ``manual``, as against ``disabled``."""
    order: int = 0
    readable: bool = True
    """False for a row whose place in the queue is certain and whose content is not."""
    listed: bool = True
    """False for an agent that the queue's own count has and the agent list has not."""

    @property
    def local(self) -> str:
        """The id without its protocol and domain: an extension, a device or an outside number."""
        return local_part(self.id)


class Queue(Struct, frozen=True, gc=False, array_like=True):
    """A call queue and the settings that decide whether it takes a caller."""

    extension: str
    name: str = ""
    site: str = ""
    dispatch: str = ""
    park: bool = False
    """A call park: it lives among the queues and is none."""
    require_agents: bool | None = False
    """Pre-Queue Options > Require Agents; ``None`` when the value made no sense."""
    max_callers: int | None = 0
    """Pre-Queue Options > Max queue length; 0 is unlimited."""
    max_expected_wait: int | None = 0
    """Pre-Queue Options > Max expected wait, seconds; 0 is unlimited."""
    max_wait_minutes: int | None = 0
    """The caller is forced out of the queue after this; 0 is never."""
    waiting: int | None = 0
    """Callers waiting now."""
    agents_available: int | None = None
    """The server's own count, to hold against the rows; ``None`` where it gives none."""
    agents_total: int | None = None
    counts_readable: bool = True
    """False where one of the two made no sense: then rows may be missing, and agents available who seem not so."""

    @property
    def label(self) -> str:
        """``Sales (8000)``, or the bare extension where the queue has no name."""
        return f"{self.name} ({self.extension})" if self.name else self.extension


class Forward(Struct, frozen=True, gc=False, array_like=True):
    """One forward of an answering rule, such as When Offline."""

    enabled: bool = False
    destinations: tuple[str, ...] = ()
    readable: bool = True
    """False when the server sent something that is no forward: then neither on nor off may be assumed."""

    @property
    def destination(self) -> str | None:
        """Where a call goes: the first destination, if the forward is on and has one."""
        return self.destinations[0] if self.enabled and self.destinations else None


OFF = Forward()


class Rule(Struct, frozen=True, gc=False, array_like=True):
    """One answering rule of a queue's user, with the forwards that matter to a queue."""

    time_frame: str
    enabled: bool = True
    active: bool = False
    """The server's own word that this rule is in effect now (``is-active``)."""
    order: int = 99
    always: Forward = OFF
    busy: Forward = OFF
    no_answer: Forward = OFF
    offline: Forward = OFF
    """When Offline: takes the call once every agent is Grey; at a person, once every phone is offline."""
    sim_ring: Forward = OFF
    """Simultaneous ring: what rings beside a person's own phones."""
    dnd: bool | None = False
    """Do Not Disturb of the rule; ``None`` when the value made no sense."""
    on_dnd: Forward = OFF

    @property
    def is_default(self) -> bool:
        """Whether this is the rule the portal calls Default."""
        return self.time_frame == DEFAULT_TIME_FRAME

    @property
    def label(self) -> str:
        """The rule's name as the portal shows it."""
        return "Default" if self.is_default else self.time_frame


def _first(rules: "list[Rule]") -> "Rule | None":
    """The one of these rules that is tried first."""
    if len(rules) < 2:
        return rules[0] if rules else None
    return min(rules, key=_precedence)


def _precedence(rule: Rule) -> tuple[object, ...]:
    # Servers do not promise an order, and a verdict must not depend on one: ties end at the rule's content.
    forwards = (rule.always, rule.offline, rule.busy, rule.sim_ring, rule.on_dnd)
    content = ((forward.readable, forward.enabled, forward.destinations) for forward in forwards)
    return (rule.order, rule.time_frame, not rule.enabled, *content, rule.dnd is None, bool(rule.dnd))


class QueueRules(Struct, frozen=True, gc=False, array_like=True):
    """The answering rules of one user, a queue's or a person, or the reason they are not known."""

    rules: tuple[Rule, ...] = ()
    problem: str = ""
    """Why the rules could not be read; empty when they were."""
    has_user: bool = True
    """False when the phone system says that no user has the queue's extension."""
    complete: bool = True
    """False when one more rule could not be read, or where it stands: it may be in effect at another time."""

    @property
    def known(self) -> bool:
        """Whether the rules were read."""
        return not self.problem

    @property
    def in_order(self) -> tuple[Rule, ...]:
        """The rules in the order in which they are tried: Default last, whatever its number [vendor states it]."""
        if len(self.rules) < 2:
            return self.rules
        return tuple(sorted(self.rules, key=lambda rule: (rule.is_default, _precedence(rule))))

    @property
    def default(self) -> Rule | None:
        """The rule for every time no other rule claims."""
        return _first([rule for rule in self.rules if rule.is_default])

    @property
    def in_effect(self) -> Rule | None:
        """The rule that answers now: the one the server marks active, else an enabled Default, else none.

        The server knows the time frames; its word is taken rather than evaluated anew.
        """
        if len(self.rules) == 1:
            (only,) = self.rules
            return only if only.active or (only.enabled and only.is_default) else None
        active = _first([rule for rule in self.rules if rule.active])
        if active is not None:
            return active
        default = self.default
        return default if default is not None and default.enabled else None


RULES_NOT_READ = QueueRules(problem="its answering rules have not been read yet")


class Clock(Struct, frozen=True):
    """What the clocks of a time zone show, by the phone system's name for it."""

    name: str = ""
    """Such as ``US/Central``; empty where none is given."""
    zone: tzinfo | None = None
    """``None`` when it has no name, or one that is not known here."""


class User(Struct, frozen=True, gc=False):
    """A user of the domain: a person, or a system user such as a queue's."""

    extension: str
    name: str = ""
    site: str = ""
    scope: str = ""
    system: bool = False
    voicemail: bool | None = True
    """Whether the voicemail box is switched on; the API's default is yes."""
    time_zone: str = ""
    zone: tzinfo | None = None
    """The clocks of that time zone; ``None`` when it has no name, or one that is not known here."""

    @property
    def clock(self) -> Clock:
        """What this user's clock shows."""
        return Clock(self.time_zone, self.zone)


class PhoneNumber(Struct, frozen=True, gc=False, array_like=True):
    """One of the domain's own phone numbers and where it leads."""

    number: str
    application: str = ""
    """What answers, such as ``to-callqueue`` or ``to-user``."""
    target: str = ""
    enabled: bool = True
    parameter: str = ""
    """What the application is given besides, such as ``queue_8001`` for ``to-queue``."""


class DialRule(Struct, frozen=True, gc=False):
    """Where the domain's dial plan sends whatever is dialled exactly so: an alias, a device or a short code."""

    dialled: str
    """As it is matched, in small letters; with its domain where that is another one."""
    application: str = ""
    target: str = ""
    parameter: str = ""
    sure: bool = True
    """False where it applies only at times or to some callers, or where several rules match the same."""


class AutoAttendant(Struct, frozen=True, gc=False):
    """An auto attendant: a menu that answers callers."""

    name: str
    extension: str = ""


class Part(StrEnum):
    """The separately read parts of a snapshot."""

    LIVE = "queues and agents"
    RULES = "answering rules"
    USERS = "users"
    NUMBERS = "phone numbers"
    ATTENDANTS = "auto attendants"
    SITES = "sites"
    TIME_FRAMES = "time frames"
    DEVICES = "devices"
    DIAL_RULES = "dial rules"
    CALLS = "calls"
    """In no snapshot: read for a proof, while it lasts."""


class Problem(Struct, frozen=True, gc=False):
    """Something that was read and could not be understood, in one sentence."""

    part: Part
    text: str
    lost: bool = False
    """Whether a row was left out that could not be read, so that the list it is of was not wholly read."""
    aside: bool = False
    """Whether it is only told: it was understood, and no answer rests on it."""
    queue: str = ""
    """The extension of the one queue that it is about; empty where it is about others, or may be about any."""


class Snapshot(Struct, frozen=True, dict=True):
    """Everything read from a phone system at one moment.

    ``users``, ``numbers``, ``attendants``, ``sites`` and ``time_frames`` are ``None`` while they are not known,
    which is not the same as there being none.
    """

    domain: str
    taken_at: datetime
    """When the queues and agents were read; aware."""
    queues: Mapping[str, Queue] = field(default_factory=dict)
    """By extension, in the server's order; call parks included."""
    agents: Mapping[str, tuple[Agent, ...]] = field(default_factory=dict)
    """By queue extension."""
    rules: Mapping[str, QueueRules] = field(default_factory=dict)
    """By the extension of a queue, or of a person that an enabled rule leads to; absent until read."""
    users: Mapping[str, User] | None = None
    numbers: Mapping[str, PhoneNumber] | None = None
    """By the number with its country (``own_number_key``)."""
    attendants: tuple[AutoAttendant, ...] | None = None
    sites: tuple[str, ...] | None = None
    time_frames: Mapping[str, TimeFrame] | None = None
    """The domain's own, by name."""
    user_time_frames: Mapping[str, Mapping[str, TimeFrame]] = field(default_factory=dict)
    """By user extension, then by name; read only where an enabled rule of a queue's user is not Default."""
    time_frames_partial: frozenset[str] = frozenset()
    """The users of whose own time frames an entry was left out; empty text is the domain."""
    site_clocks: Mapping[str, Clock] = field(default_factory=dict)
    """By the site's name, folded for comparing."""
    domain_clock: Clock | None = None
    """The domain's own; read only where a time without a zone is asked about that is no queue's and no site's."""
    server_ahead: timedelta = timedelta()
    """How far the server's clock is ahead of this machine's, by which ``taken_at`` and ``read_at`` are."""
    devices: Mapping[str, tuple[Device, ...]] = field(default_factory=dict)
    """By user extension; read only for what is being looked at, and for drills."""
    dial_rules: Mapping[str, DialRule] | None = None
    """By what is dialled; read only where a forward leads to what no list has, and ``None`` until then."""
    agents_unseen: int = 0
    """How many agents the call queues count that no row of the agent list is."""
    scope: str = ""
    """Who asked, in the vendor's word (``Office Manager``): how much of the domain its lists show. Empty for not
    known."""
    read_at: Mapping[Part, datetime] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    site_facts: SiteFacts = NO_SITE_FACTS
    """What the profile says of the sites."""

    @cached_property
    def memo(self) -> dict[Callable[..., object], object]:
        """What was derived from this snapshot already (``once_per_snapshot``).

        It is no field: not compared, and ``replace`` makes a snapshot that begins with none.
        """
        return {}

    def agents_of(self, queue: str) -> tuple[Agent, ...]:
        """The queue's agents, in the order they were read."""
        return self.agents.get(queue, ())

    def rules_of(self, queue: str) -> QueueRules:
        """The answering rules of the queue's user, or of a person, or why they are not known."""
        return self.rules.get(queue, RULES_NOT_READ)

    def lacks_time_frames_of(self, user: str) -> bool:
        """Whether this user's own time frames were asked for and not all of them could be read."""
        if user in self.user_time_frames:
            return user in self.time_frames_partial
        subject = f"User {user}: "
        return any(
            problem.part is Part.TIME_FRAMES and problem.text.startswith(subject) for problem in self.problems
        )

    @property
    def call_queues(self) -> tuple[Queue, ...]:
        """The queues that are queues: no call parks."""
        return tuple(queue for queue in self.queues.values() if not queue.park)


Derived = TypeVar("Derived")


def sharing(snapshot: Snapshot, like: Snapshot) -> Snapshot:
    """A fresh snapshot that differs from another only in which of the enabled rules is in effect.

    Nothing that is derived hangs on that, so both keep what either works out.
    """
    snapshot.__dict__["memo"] = like.memo
    return snapshot


def once_per_snapshot(derive: Callable[[Snapshot], Derived]) -> Callable[[Snapshot], Derived]:
    """The same pure function, which keeps its answer with the snapshot that it was given."""

    @wraps(derive)
    def derived(snapshot: Snapshot) -> Derived:
        memo = snapshot.memo
        if derive not in memo:
            memo[derive] = derive(snapshot)
        return cast("Derived", memo[derive])

    return derived


def hand_on(before: Snapshot, after: Snapshot, *derived: Callable[[Snapshot], object]) -> None:
    """Let a snapshot keep what was derived from another, where nothing that these rest on differs."""
    for derive in map(unwrap, derived):
        if derive in before.memo:
            after.memo[derive] = before.memo[derive]
