"""A code of the audit and the whole story behind it."""

from msgspec import Struct

from queuewatch.failover.audit.finding import Severity


class Code(Struct, frozen=True):
    """What the audit can find. ``queuewatch explain``, the screen and the documentation tell the same story."""

    number: str
    """``QW103``: it never changes its meaning."""
    slug: str
    title: str
    severity: Severity
    """The worst it is found with."""
    what: str
    matters: str
    arises: str
    right: str
    fine: str
    """When it may be suppressed."""

    @property
    def story(self) -> tuple[tuple[str, str], ...]:
        """The story in parts: a heading and a paragraph each."""
        return (
            ("What it is", self.what),
            ("Why it matters", self.matters),
            ("How it comes about", self.arises),
            ("How to put it right", self.right),
            ("When to suppress it", self.fine),
        )


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


_CHANGE = (
    "queuewatch when-offline QUEUE DESTINATION, e on the screen, or in the portal Users (with system users "
    "shown), the queue's user, Answering Rules, Default, Call Forwarding, When offline."
)

DESTINATIONS = (
    Code(
        "QW103",
        "loop",
        "The way of a call is a loop",
        Severity.ERROR,
        what="With every agent offline, the call is forwarded from queue to queue until it comes back to one "
        "it has been to. Every queue of the loop, and every queue that leads into it, has this finding.",
        matters="The call goes round until the phone system breaks it off. Nobody answers, and each queue's "
        "failover looks right on its own.",
        arises="Two queues are each other's backup: sensible while one building stands, and a loop once both "
        "are dark.",
        right="Let one queue of the loop leave it: a cell phone, an answering service, a voicemail box or an "
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
        matters="A loop through the telephone network goes unseen by every check of extensions, costs by the "
        "minute and blocks lines. Even without a loop the call needs two lines, and the network may be what "
        "is out.",
        arises="The number on the sign of the other office was entered, rather than the queue behind it.",
        right=f"Name what the number leads to (a queue by its extension), or a number outside. {_CHANGE}",
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


AGENTS = (
    Code(
        "QW106",
        "held-open",
        "One agent elsewhere holds the queue open",
        Severity.WARNING,
        what="With the queue's main site dark, a drill finds exactly one agent still online: at another site, or "
        "of that very site by a mobile app or an outside number. A warning where it is one of these two, which "
        "count as online with nobody there; only worth knowing where it is a connected phone.",
        matters="Failover begins when every agent is Grey, not before. One app asleep in a pocket, or one "
        "outside number that never logs out, keeps it from beginning, and all callers of the queue ring "
        "there.",
        arises="Somebody works from home now and then, or a night number was added as an agent.",
        right="Decide whether that agent should hold the queue open. If not, take the agent out of the queue "
        "(Call Queues, Edit Agents), or see to it that someone logs the agent out when the site goes dark. An "
        "outside number is better set as When Offline than as an agent.",
        fine="Where that agent is meant to answer alone until the site is back.",
    ),
    Code(
        "QW112",
        "one-from-failover",
        "One agent from failing over",
        Severity.INFO,
        what="Exactly one agent of the queue is online.",
        matters="When that one agent goes to lunch, the queue is without agents, as it would be in an outage.",
        arises="A small team, an early hour, or a queue nobody logs in to any more.",
        right="Nothing has to be done. It is a good moment to know that failover works.",
        fine="It is never above info.",
    ),
    Code(
        "QW121",
        "no-agents",
        "The queue has no agents",
        Severity.INFO,
        what="No agent is in the queue. Every call goes where calls go when all agents are offline.",
        matters="With failover set it is a queue that forwards. Without, there are other findings that say so.",
        arises="A queue being set up, one that was given up, or one used to send calls on.",
        right="Add agents (Call Queues, Edit Agents), or delete the queue if it is no longer used.",
        fine="It is never above info.",
    ),
)


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
        "QW130",
        "never-proven",
        "A failover was never tried out",
        Severity.INFO,
        what="No live test of this machine's log has found a call answered where one of the queue's answering "
        "rules leads once every agent is Grey. It is said only where tests are made at all: the log holds "
        "one, or the profile has prove_every.",
        matters="The verdict reads settings. What a carrier, a dial plan and the phone at the other end make of "
        "them only a call shows: a cell that is switched off answers nobody, however right the forward "
        "is.",
        arises="The queue or the rule is new, or was left out because the office was busy. A test on another "
        "machine is in that machine's log.",
        right="Prove it: queuewatch prove QUEUE, or P on the screen. It takes about a minute, and everybody who "
        "was logged out is logged in again. A rule is proven while it is in effect.",
        fine="It is never above info. Queues that must not be tested belong into never_prove in the profile.",
    ),
    Code(
        "QW131",
        "proof-outdated",
        "A proof says nothing any more",
        Severity.WARNING,
        what="A live test once found the call answered where an answering rule leads. Since then the rule's "
        "When Offline, its destination, its Always or the queue's Require Agents has changed, a later test of it "
        "was not proven, or the test is older than prove_every in the profile.",
        matters="Everybody goes on believing in the test. What it showed is another way than the one that calls "
        "would take today.",
        arises="A change after the test, here or in the portal, nobody there to answer, or simply time.",
        right="Prove it again: queuewatch prove QUEUE.",
        fine="Until an agreed day for the next test.",
    ),
    Code(
        "QW132",
        "drill-due",
        "A drill is due",
        Severity.WARNING,
        what="The profile says how often a drill is to be held (drill_every, in days), and the last one in the "
        "register of a site is older than that, or there is none.",
        matters="People, phones and destinations change. A drill finds out what a loss of power would do now, and "
        "auditors ask when the last one was.",
        arises="Nobody held one, or it was held and not recorded.",
        right="Hold it and put it into the register: queuewatch drill --site SITE --record --with NAMES. Then "
        "look at queuewatch drills.",
        fine="Where a site is about to be given up.",
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
