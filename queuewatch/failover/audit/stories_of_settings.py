"""The stories of a queue's own settings: Require Agents, When Offline, the limit of callers."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.finding import Severity

SETTINGS = (
    Code(
        "QW101",
        "require-agents-off",
        "Require Agents is No while a When Offline is set",
        Severity.ERROR,
        what="The queue's user has a When Offline destination, and the queue's Require Agents is No. The one "
        "needs the other: failover needs both.",
        matters="With Require Agents at No the queue takes calls although nobody is there. In an outage "
        "callers hear music and wait for nothing, while the destination that was meant for them is never "
        "rung. From the outside everything looks prepared.",
        arises="No is the setting a new queue has. The forward was added later, by somebody who followed half "
        "of the recipe, or Require Agents was switched off once to let callers wait over lunch.",
        right="Set Require Agents to Yes: queuewatch require-agents QUEUE yes, r on the screen, or in the "
        "portal Call Queues, the queue, Pre-Queue Options, Require Agents, Save.",
        fine="Where callers are meant to wait whoever is there, say behind a recorded message, and the "
        "forward is a leftover. Switching the forward off says so better.",
    ),
    Code(
        "QW102",
        "no-when-offline",
        "No When Offline takes the call",
        Severity.ERROR,
        what="Once every agent is Grey, no When Offline of the answering rule in effect takes the call. An "
        "error where the call then reaches nobody; a warning where When Busy takes it, because that is "
        "assumed and nowhere stated, or where it cannot be told.",
        matters="With Require Agents at Yes and nobody there the queue does not accept the call, and nothing "
        "else does. The caller hears a busy signal or is cut off, in the hour in which most people call.",
        arises="The forward was never set, was set in a rule that is not in effect, is on without a "
        "destination, or the Default rule that has it is switched off.",
        right="Choose a destination that works without this building: a cell phone, an answering service, "
        "another site's queue, a voicemail box or an auto attendant. queuewatch when-offline QUEUE "
        "DESTINATION, e on the screen, or in the portal Users (with system users shown), the queue's user, "
        "Answering Rules, Default, Call Forwarding, When offline.",
        fine="Where nobody should be answered without the agents, such as an internal test queue.",
    ),
    Code(
        "QW113",
        "stranded",
        "Callers would wait with nobody there",
        Severity.ERROR,
        what="Require Agents is No and no When Offline is set: both halves of failover are missing.",
        matters="In an outage the queue goes on taking calls. Callers wait until they give up, and nobody "
        "learns that they called.",
        arises="It is how a queue is made: No is the default, and no forward is set.",
        right="Set When Offline first, then Require Agents to Yes. In the other order, calls that come in "
        "between are refused when nobody is there. Both are in the portal (Users, Answering Rules; Call "
        "Queues, Pre-Queue Options), and both are commands: when-offline and require-agents.",
        fine="Where waiting with nobody there is wanted, such as a queue from which one picks up calls by hand.",
    ),
    Code(
        "QW116",
        "no-queue-user",
        "The queue has no user of its own",
        Severity.ERROR,
        what="The phone system knows no user with the queue's extension. Answering rules belong to users, so "
        "this queue has none and can have none.",
        matters="Without a rule nothing forwards the queue's calls: not When Offline, not When Busy, nothing.",
        arises="The portal makes a user with every queue it makes. A queue made over the API, or one whose "
        "user was deleted among the system users, lacks it.",
        right="Have the user created with the queue's extension, by making the queue anew in the portal or by "
        "your provider. Then set its When Offline and Require Agents as for any queue.",
        fine="Where the queue is reached only through another one that has its own failover.",
    ),
    Code(
        "QW119",
        "full-callers-lost",
        "When the queue is full, callers are lost",
        Severity.WARNING,
        what="The queue takes a limited number of callers, and When Busy of the answering rule in effect "
        "sends the others nowhere. A warning while the queue is full, otherwise only worth knowing.",
        matters="Whoever calls then is refused although agents are there. In an outage elsewhere, or after "
        "the news, that may be most callers.",
        arises="The limit was set to keep waiting short; where the rest should go was not.",
        right="Set When Busy in the queue's answering rule (Users, the queue's user, Answering Rules), or "
        "raise Max queue length (Call Queues, Pre-Queue Options); 0 is unlimited.",
        fine="Where a busy signal is the right answer to one caller too many.",
    ),
    Code(
        "QW120",
        "setting-unreadable",
        "A setting could not be read",
        Severity.WARNING,
        what="The phone system sent something for Require Agents, a limit or a forward that makes no sense. "
        "It is taken neither for on nor for off.",
        matters="What hangs on the setting cannot be told, so the queue may or may not be ready. Nothing is "
        "guessed.",
        arises="An older or newer server with other spellings, a value written by some other program, or a "
        "fault in what was sent.",
        right="Open the queue or its user's answering rule in the portal and save it again. If the portal "
        "shows it well and queuewatch still does not, show this to your provider and to queuewatch's makers.",
        fine="While a provider looks into it. Keep the day close.",
    ),
)
