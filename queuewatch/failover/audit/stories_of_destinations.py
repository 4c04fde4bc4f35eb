"""The stories of destinations: where a forward leads, and whether anybody is there."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.finding import Severity

_CHANGE = (
    "queuewatch when-offline QUEUE DESTINATION, e on the screen, or in the portal Users (with system users "
    "shown), the queue's user, Answering Rules, Default, Call Forwarding, When offline."
)

DESTINATIONS = (
    Code(
        "QW103",
        "loop",
        "The way of a call is a ring",
        Severity.ERROR,
        what="With every agent offline, the call is forwarded from queue to queue until it comes back to one "
        "it has been to. Every queue of the ring, and every queue that leads into it, has this finding.",
        matters="The call goes round until the phone system breaks it off. Nobody answers, and each queue's "
        "failover looks right on its own.",
        arises="Two queues are each other's backup: sensible while one building stands, and a ring once both "
        "are dark.",
        right="Let one queue of the ring leave it: a cell phone, an answering service, a voicemail box or an "
        f"auto attendant. {_CHANGE}",
        fine="Hardly ever: with all agents offline nobody is reached. Perhaps where the two sites cannot fail "
        "together.",
    ),
    Code(
        "QW104",
        "dead-end",
        "The forward leads to a dead end",
        Severity.ERROR,
        what="The call is forwarded to something that does not exist: an extension nobody has, an auto "
        "attendant that was renamed, one of the domain's own numbers that leads nowhere, or a voicemail box "
        "that is switched off.",
        matters="The caller hears an announcement that the number is not in service, or nothing. The forward "
        "is set, so nobody looks at it again.",
        arises="Somebody left and their extension was deleted, a voicemail box was switched off, a menu was "
        "renamed.",
        right=f"Choose a destination that exists, or bring it back: switch the voicemail box on. {_CHANGE}",
        fine="While what is missing is being made.",
    ),
    Code(
        "QW105",
        "same-fate",
        "The backup is in the same building",
        Severity.ERROR,
        what="The call is forwarded to a user or a device at the queue's own site, at the site of all its "
        "agents, or to somebody who is an agent of the queue: a drill of that site, or of those agents, takes "
        "the phone too. An error where the call then reaches nobody; a warning where something else takes it, "
        "such as the user's voicemail, or an agent elsewhere; only worth knowing where the backup is a queue of "
        "that site which sends calls on itself.",
        matters="The outage that sends the calls there has taken the phone there too. It works every time it "
        "is tried by logging the agents out, and not when the power is off.",
        arises="The backup was chosen by who would know what to say: the colleague at the next desk.",
        right="Choose a backup that needs nothing in this building: a cell phone, an answering service, "
        f"another site, a voicemail box (it stays on the server) or an auto attendant. {_CHANGE}",
        fine="Where the user's own When Offline or voicemail is meant to take these calls (queuewatch reads that "
        "user's answering rules and says where they lead), or where the site names are wrong.",
    ),
    Code(
        "QW109",
        "malformed-number",
        "A number is not written as one",
        Severity.ERROR,
        what="The forward leads to something that was meant as a phone number and is none: written with brackets "
        "and dashes, without its area code, with a digit too many, or beginning with +, 011 or 00 and no number "
        "of any country. A number counts whole, with its country: the last ten digits alone say nothing.",
        matters="What the phone system makes of it cannot be told. It may strip the marks, dial a part of it, "
        "or refuse the call.",
        arises="It was pasted from a letterhead, or typed from memory.",
        right="Write it in digits alone, 10 of them, or 11 beginning with 1; a number abroad begins with 011. "
        f"queuewatch when-offline takes a number as people write it and puts it right. {_CHANGE}",
        fine="Where the number was tried and is dialled as it stands, by a dial plan of your own.",
    ),
    Code(
        "QW110",
        "own-number",
        "The forward is one of the domain's own numbers",
        Severity.ERROR,
        what="The forward names a phone number that belongs to this very domain. The call leaves through the "
        "telephone network and comes back in. An error where it comes back to a queue it has been to; "
        "otherwise a warning.",
        matters="A ring through the telephone network goes unseen by every check of extensions, costs by the "
        "minute and blocks lines. Even without a ring the call needs two lines, and the network may be what "
        "is out.",
        arises="The number on the sign of the other office was entered, rather than the queue behind it.",
        right=f"Name what the number leads to (queue_ and its extension), or a number outside. {_CHANGE}",
        fine="Where the way through the network is meant, for example to reach a second phone system that "
        "shares the number.",
    ),
    Code(
        "QW111",
        "one-number-for-many",
        "One outside number is the backup of many queues",
        Severity.WARNING,
        what="Three or more queues send their calls to the same outside number, by their own When Offline or "
        "at the end of their way.",
        matters="In an outage all their callers arrive there at once. One cell phone answers one of them; the "
        "others hear a busy signal or its voicemail.",
        arises="The manager's cell phone was the first number that came to mind, queue after queue.",
        right="Give some queues another backup: a voicemail box of their own, another site, an answering service.",
        fine="Where the number is an answering service, which is made for it. Say so in the reason.",
    ),
    Code(
        "QW117",
        "backup-reaches-nobody",
        "The backup reaches nobody",
        Severity.ERROR,
        what="The forward leads to another queue that strands or loses the call with every agent offline, or "
        "to a user whose phones are in the dark then and who has neither a When Offline nor voicemail.",
        matters="If both sites are dark, or the other queue closes at five, the caller is passed on and then "
        "left alone.",
        arises="The other queue was a good backup because people sit there. Its own failover was never set.",
        right="Put the other queue right: it has a finding of its own that says how. Or choose a destination "
        f"that answers by itself. {_CHANGE}",
        fine="Where the two queues cannot be without agents at the same time.",
    ),
    Code(
        "QW118",
        "end-unknown",
        "Where the call ends cannot be told",
        Severity.WARNING,
        what="The way of the call leads to something whose outcome nobody can know beforehand: a call park, a "
        "conference, a destination queuewatch does not understand, or something that could not be read.",
        matters="It may work. That it does has not been established, and an outage is a bad time to find out.",
        arises="A park or a conference was chosen because somebody watches it; or the key in use may not read "
        "users, auto attendants or phone numbers.",
        right=f"Choose a destination that is sure to answer, or read with a key that may see it. {_CHANGE}",
        fine="Where it was tried with every agent logged out, and somebody answered.",
    ),
    Code(
        "QW122",
        "emergency-number",
        "The way of a call ends at an emergency or service number",
        Severity.ERROR,
        what="A forward leads to 911, 112, 999 or 988, to 933, which tests 911, or to a service number such as "
        "411, directly or through other queues and numbers. An extension of the domain with the same digits goes "
        "first, but for 911.",
        matters="Whoever calls the company would be connected to an emergency line that can do nothing for them, "
        "and keep it from somebody in need. Such calls may be charged for or prosecuted. What the phone system "
        "does with them is not known, so the queue never counts as ready.",
        arises="A number was cut short, an extension such as 911 or 933 was meant, or somebody tried the setting "
        "out.",
        right=f"Choose a destination of your own. {_CHANGE}",
        fine="Never for 911, 112 and 999. For another, where it is an arrangement with whoever answers it.",
    ),
    Code(
        "QW123",
        "premium-number",
        "The way of a call ends at a premium number",
        Severity.WARNING,
        what="A forward leads to a number whose callers are charged by the call or by the minute: area code 900, "
        "or a premium number abroad.",
        matters="The company pays for every call that fails over, for as long as the outage lasts. Many providers "
        "do not connect such calls at all, and then nobody is reached.",
        arises="A digit was mistyped, or an answering service charges in this way.",
        right=f"Choose an ordinary number. {_CHANGE}",
        fine="Where the number is meant and was tried.",
    ),
)
