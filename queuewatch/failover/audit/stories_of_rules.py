"""The stories of answering rules: which is in effect, and what it does to Default's forward."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.finding import Severity

RULES = (
    Code(
        "QW107",
        "rule-lacks-forward",
        "A rule above Default lacks the forward",
        Severity.ERROR,
        what="The Default rule has a When Offline destination; a rule above it has none. While that rule is "
        "in effect Default is not consulted. An error where calls would then reach nobody, whether its time "
        "is now or still to come; a warning where When Busy takes the call, or where its times are not known.",
        matters="The queue fails over on most days and not on the others: at night, on holidays, in the "
        "season in which the rule was made because it is the busiest.",
        arises="Rules for a time frame are made by copying what rings, not what happens when nobody can. When "
        "Offline is then set in Default alone, as every guide says.",
        right="Give the rule the same When Offline: in the portal Users (with system users shown), the "
        "queue's user, Answering Rules, the rule, Call Forwarding, When offline. queuewatch itself edits "
        "Default only.",
        fine="Where nobody should be answered in that time frame. A rule that forwards every call elsewhere "
        "needs no When Offline.",
    ),
    Code(
        "QW108",
        "backups-differ",
        "When Offline and When Busy differ",
        Severity.INFO,
        what="An answering rule sends calls to one place When Offline and to another When Busy.",
        matters="With every agent offline, When Offline is assumed to go first. No document states it. If the "
        "server sees it the other way round, calls in an outage go to the When Busy destination.",
        arises="The two were set at different times, or the difference is meant: a full queue may overflow to "
        "colleagues, who are dark in an outage as well.",
        right="If both places would do, set both to the one that works without the building. If not, try it "
        "once: log every agent out and call.",
        fine="Where the difference is meant and was tried.",
    ),
    Code(
        "QW115",
        "diverted",
        "A rule in effect forwards every call elsewhere",
        Severity.ERROR,
        what="An answering rule forwards Always to something other than the queue itself. An error where that "
        "reaches nobody, also once the queue's own site is dark. Otherwise a warning, for Default alone: a rule "
        "with a time frame is there to send its calls to somebody else.",
        matters="Calls never see the queue, its agents, its Require Agents or its When Offline. What happens "
        "in an outage rests on that one destination, and that the rule goes first is itself assumed. Numbers "
        "that lead straight into the queue may pass the rule by.",
        arises="Somebody diverted the queue for an afternoon and did not take it back, or a time frame does "
        "it every night on purpose.",
        right="In the portal Users (with system users shown), the queue's user, Answering Rules: let Always "
        "name the queue again, as queue_ with its extension.",
        fine="Where the diversion is meant and its destination answers without the building. Give it the day "
        "on which it ends.",
    ),
    Code(
        "QW124",
        "time-frame-gone",
        "A rule stands on a time frame that is gone",
        Severity.WARNING,
        what="An enabled answering rule names a time frame that is neither among the domain's nor among those "
        "of the queue's user, and both lists were read whole. Such a rule never applies. While the phone system "
        "itself says that the rule is in effect, that counts, and nothing is found.",
        matters="Whatever the rule was made for no longer happens: the night, the holiday or the storm is "
        "answered by the next rule, mostly Default.",
        arises="Deleting a time frame leaves the rules on it behind. The vendor states that they cease to "
        "function; the portal goes on listing them.",
        right="In the portal Users (with system users shown), the queue's user, Answering Rules: delete the "
        "rule, or make the time frame anew under the same name.",
        fine="Where the rule is kept for a time frame that comes back every year.",
    ),
)
