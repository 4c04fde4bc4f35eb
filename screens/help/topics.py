"""The words that mean the same on every screen: failover, colours, verdicts, readiness, the top line."""

from screens.help.model import Topic, Word

FAILOVER = Topic(
    "failover",
    "Failover",
    "When nobody can answer, for instance because the power or the internet is gone, a queue can send its calls "
    "somewhere else by itself. That takes three things at once, and one phone that is online anywhere is enough "
    "to prevent it:",
    (
        Word("Require Agents", "is Yes. The portal keeps it at Call Queues, Pre-Queue Options."),
        Word(
            "When Offline",
            "has a destination, in the Default answering rule of the queue's user. The portal keeps it at "
            "Users, Answering Rules; a queue's user is shown there once Hide System Users is deselected.",
        ),
        Word(
            "Every agent",
            "is Grey. A phone that loses its power is believed connected until its registration runs out: the "
            "portal says up to 5 minutes, a phone's own may last longer. An outside number never goes offline.",
        ),
        Word(
            "Other rules",
            "An answering rule for a time frame may be in effect in place of Default, which comes last. Then that "
            "rule's forwards count, and Default's When Offline does not.",
        ),
    ),
)

COLOURS = Topic(
    "colours",
    "The colours of an agent",
    "They are the portal's. The sign, the word and the reason always stand beside the colour.",
    (
        Word("Green", "Online in the queue and ready for calls.", "green"),
        Word(
            "Red",
            "On a call, busy or on Do Not Disturb. The phone is online, so the queue stays open: it does not "
            "fail over.",
            "red",
        ),
        Word("Grey", "Set as Offline in the queue, or no device is connected.", "grey"),
        Word(
            "Unknown",
            "The phone system said something that cannot be read, said two things that do not go together, or "
            "counts an agent whom it does not show. It is never taken for Green, and never for Grey.",
            "unknown",
        ),
    ),
)

VERDICTS = Topic(
    "verdicts",
    "The verdicts on a call",
    "What happens to a call that arrives at a queue. Where it reaches nobody, that is said first, and then why: "
    "stranded, lost, loop or dead end. A queue without agents counts as one whose agents are all Grey.",
    (
        Word("rings", "An agent is ready and is rung.", "green"),
        Word(
            "waits",
            "Every agent who is online is busy: the caller waits in the queue for one of them. Where all of them "
            "are on Do Not Disturb, nobody comes until somebody takes it off.",
            "red",
        ),
        Word("fails over", "Every agent is Grey, and When Offline takes the call.", "onward"),
        Word(
            "overflows",
            "When Busy takes the call: the queue is full, or every agent is Grey and When Offline is off.",
            "onward",
        ),
        Word("diverted", "An answering rule forwards every call (Always) before the queue sees it.", "onward"),
        Word(
            "nobody",
            "The call reaches nobody. Alone: a forward leads on, and where it leads nobody is reached, such as "
            "another queue with nobody there, or a user whose phones are in the dark.",
            "bad",
        ),
        Word(
            "stranded",
            "Every agent is Grey and Require Agents is No: the caller waits in the queue with nobody there.",
            "bad",
        ),
        Word(
            "lost",
            "No forward takes the call, and the queue does not either: it is full, or Require Agents is Yes and "
            "every agent is Grey.",
            "bad",
        ),
        Word(
            "loop",
            "A forward leads back to where the call has been already: it goes round and reaches nobody.",
            "bad",
        ),
        Word(
            "dead end",
            "A forward leads to something that is not there, or to a voicemail box that is switched off.",
            "bad",
        ),
        Word(
            "uncertain",
            "Something that decides is not known. The sentence says what, and both ways the call may go.",
            "unknown",
        ),
    ),
)

ENDS = Topic(
    "ends",
    "Where a call ends",
    "A forward is followed through other queues and through the domain's own phone numbers to the call's real "
    "end. Whether anybody really picks up there is yours to try.",
    (
        Word("agents", "An agent of a queue is rung.", "good"),
        Word("caller waits", "The caller waits in a queue whose agents are online and busy.", "good"),
        Word("outside number", "Such as a cell phone or an answering service, at home or abroad.", "good"),
        Word("voicemail", "A voicemail box that is switched on answers.", "good"),
        Word("auto attendant", "An auto attendant answers.", "good"),
        Word(
            "user",
            "A user's phone rings: by that user's own answering rule, and as far as is known it is connected.",
            "good",
        ),
        Word(
            "own number",
            "One of the domain's own numbers: the call leaves through the telephone network and comes back to "
            "what the number leads to.",
            "onward",
        ),
        Word(
            "sends on",
            "A user passes the call on: by Always, or because every phone of theirs is dark, not connected, or on "
            "Do Not Disturb.",
            "onward",
        ),
        Word("nobody", "The caller waits with nobody there, or the call is taken by nobody.", "bad"),
        Word("loop", "The call comes back to where it was.", "bad"),
        Word("dead end", "What the forward names is in no list of the whole domain, or is switched off.", "bad"),
        Word(
            "park",
            "A call park: the call is parked until somebody picks it up, and whether somebody does cannot be "
            "told.",
            "unknown",
        ),
        Word(
            "not known",
            "Where the call ends cannot be read from what the phone system says: a number that is none, an "
            "emergency or service number, an alias or short code that no list and no dial rule explains, or "
            "something in no list where the lists may not show everything.",
            "unknown",
        ),
    ),
)

READINESS = Topic(
    "readiness",
    "If dark: readiness",
    "“If dark” is what would happen to a call if every agent were Grey and every user's phone gone, as in an "
    "outage of everything. It is worth knowing "
    "while all is well: that is when it can be put right.",
    (
        Word("ready", "If the building went dark, a call would reach someone.", "good"),
        Word(
            "not ready",
            "It would not. In place of these words stands nobody, and why: stranded, lost, loop or dead end.",
            "bad",
        ),
        Word("not known", "Whether it would reach someone cannot be told. The sentence says why.", "unknown"),
    ),
)

TOP_LINE = Topic(
    "top line",
    "The top line and the banner",
    "The first line says whose phone system this is, how its queues stand, and how old the picture is. A banner "
    "below it is there only when there is something to say.",
    (
        Word("2 of 6 queues not ready", "So many queues would reach nobody if the building went dark.", "bad"),
        Word("1 of 6 queues not known", "All others are ready; of so many it cannot be told.", "unknown"),
        Word("all 6 queues ready", "If the building went dark, every call would reach someone.", "good"),
        Word("live", "What you see is read again at least every 30 seconds."),
        Word("live · push", "The phone system also tells of changes by itself, and they are read at once."),
        Word(
            "as of 14:02",
            "What you see was read then, and may have changed since: the phone system cannot be reached, has not "
            "answered yet, or is asked more seldom. The verdicts are about that time. What an earlier start "
            "saw is shown so until there is news, with its day, and nothing can be changed from it.",
        ),
        Word("reading…", "Nothing has been read yet."),
        Word("READ-ONLY", "Started so that nothing can be changed, whatever key is pressed."),
        Word("PRODUCTION", "Real callers would meet a mistake made here: every change is asked about twice."),
        Word("WHAT IF", "What you see is supposed. Nothing is changed on the phone system."),
        Word(
            "Banner: trouble",
            "What is wrong with the phone system and what to do, from when the picture is, and when it is asked "
            "again (“Next try in 30 s.”). Until then the last picture stays, dimmed.",
        ),
        Word(
            "Banner: Demo",
            "What is happening in the sample data; “×10”: its time goes ten times as fast.",
        ),
        Word(
            "Banner: history",
            "Why what becomes of the queues is not kept just now. It is tried again every few minutes.",
        ),
        Word(
            "Alert",
            "What began or ended and has lasted: a queue fails over, reaches nobody, has one agent left, is not "
            "ready, or recovered. It stays until x marks it as seen, or until it is over.",
        ),
        Word(
            "Banner: else",
            "What the phone system said that could not be understood, or that the queue on this screen was "
            "deleted.",
        ),
        Word(
            "Last lines",
            "What became of your last key, and below it the keys that work here; a key that is dim says why "
            "when pressed.",
        ),
    ),
)

TOPICS = (FAILOVER, COLOURS, VERDICTS, ENDS, READINESS, TOP_LINE)
"""In the order in which they are read."""
