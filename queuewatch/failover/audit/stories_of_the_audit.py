"""The stories of the audit itself: what it could not see, and what it was told not to mind."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.finding import Severity

THE_AUDIT = (
    Code(
        "QW114",
        "not-read",
        "Something was not read, or is old",
        Severity.WARNING,
        what="Answering rules, users, phone numbers or auto attendants could not be read, rows of a list made "
        "no sense, or what was read is more than ten minutes old.",
        matters="The audit judges what it saw. What it did not see may be at fault, and a queue whose rules "
        "are not known is not known to be ready.",
        arises="A key whose scope may not read users, a server that was busy, a connection that is gone.",
        right="Use a key that may read the domain's users and their answering rules, ask again, and look at "
        "rows that make no sense in the portal.",
        fine="Where the key cannot be had, and somebody looks at those queues by hand.",
    ),
    Code(
        "QW125",
        "token-sees-part",
        "The token sees part of the domain",
        Severity.INFO,
        what="The queues count more agents than the list of agents has rows for, or agents are listed of a queue "
        "that is in no list.",
        matters="Nothing is known of an agent who is only counted. Such an agent may hold the queue open, so "
        "where nobody else does the verdict is uncertain. And what is in no list may exist all the same: a "
        "forward to it is not called a dead end.",
        arises="A Site Manager's key, which some servers show only the rows of its own site; a list that the "
        "server cuts; agents of a queue that was deleted, whose rows stay behind.",
        right="Use a key that sees the whole domain, such as an Office Manager's. Rows of a deleted queue do no "
        "harm.",
        fine="It is never above info.",
    ),
    Code(
        "QW190",
        "suppression-expired",
        "A suppression has expired",
        Severity.WARNING,
        what="A suppression in the profile was valid until a day that has passed. What it covered is found again.",
        matters="Somebody decided to mind it no longer than that. The day has come.",
        arises="Every suppression has a last day, so that none outlives its reason.",
        right="Put right what it covered and take it out of the profile, or give it a later day if the reason "
        "still holds.",
        fine="It cannot be suppressed.",
    ),
    Code(
        "QW191",
        "suppression-unused",
        "A suppression matches nothing",
        Severity.INFO,
        what="A suppression in the profile covers nothing that is found.",
        matters="It does no harm now. Should the fault come back, nobody would be told.",
        arises="What it covered was put right, or the queue was renumbered or deleted.",
        right="Take it out of the profile.",
        fine="It cannot be suppressed.",
    ),
)
