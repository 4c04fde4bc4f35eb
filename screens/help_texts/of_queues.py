"""The help of the screens that show queues as they are, or as they might be: the board, one queue, what if."""

from screens.help_texts.shape import ScreenHelp, Word

BOARD = ScreenHelp(
    "the board",
    "Every call queue, and whether its calls would still be answered if the power went out now. The worst "
    "stands first.",
    (
        Word("Queue", "Its extension and its name."),
        Word("Now", "What happens to a call that arrives at this moment. The words are explained at “Verdicts”."),
        Word(
            "If dark",
            "What would happen if every agent were Grey and every phone dark, as in an outage: ready, or in which "
            "way it is not.",
        ),
        Word(
            "Agents",
            "A sign for each agent, in the colours of the portal; of more than eight agents, a sign and a "
            "number for each colour. Any agent who is not Grey keeps the queue from failing over.",
        ),
        Word("Req", "Require Agents. It has to be Yes for the queue to fail over."),
        Word(
            "When Offline",
            "Where the Default answering rule sends calls once every agent is Grey; off if nowhere. A narrow "
            "terminal leaves it out.",
        ),
        Word("Wait", "How many callers are waiting; empty if none. A narrow terminal leaves it out."),
        Word("Site", "The queue's site. A narrow terminal leaves it out."),
        Word(
            "Below the table",
            "The queue under the cursor in sentences: now, if dark, and who holds it open. From 132 columns on, "
            "everything about it stands beside the table.",
        ),
        Word("…", "A cell that has not been read yet."),
        Word(
            "Mouse", "A click chooses a queue, a double click opens it; a click on a column's title sorts by it."
        ),
    ),
    "go to the first queue that is not ready and open it (enter). r sets Require Agents, e sets When Offline; w "
    "tries it first without changing anything. d shows what becomes of every queue when a building goes dark, a "
    "lists what is wrong.",
    ("board", "board-faults"),
)

QUEUE = ScreenHelp(
    "one queue",
    "Everything about one queue: what happens to a call, why, and on what that rests.",
    (
        Word(
            "Now, If dark",
            "The two verdicts, each in a sentence. While the phone system cannot be reached, the time of the "
            "picture stands in place of Now.",
        ),
        Word("Held open", "Who keeps the queue from failing over by being online, with phone and site."),
        Word(
            "How long",
            "After an outage a dark phone is believed connected for a while. This is the longest it can take "
            "until the queue's last phone is recognised as offline.",
        ),
        Word("Settings", "The two that decide, and where the portal keeps them; and the callers who wait."),
        Word(
            "Agents",
            "Each with colour and reason, site and phone. Since is when queuewatch saw the colour change. Runs "
            "out counts down to when the phone's registration ends, unless the phone renews it.",
        ),
        Word("Call path", "The way of a call from stop to stop, now and if dark, and how it ends."),
        Word(
            "Answering rules",
            "Those of the queue's user in their order. The one in effect is the one that counts.",
        ),
        Word(
            "What this rests on",
            "What was taken for granted because nobody documents it, and what was not checked.",
        ),
    ),
    "r and e change the two settings; nothing is sent before you have seen what follows from it and said yes. n "
    "goes to the next queue, esc back to the board.",
    ("queue", "queue-faults"),
)

WHAT_IF = ScreenHelp(
    "what if",
    "Suppose agents, settings or the time otherwise, and see where a call would go. Nothing is changed on the "
    "phone system.",
    (
        Word(
            "The boxes",
            "The way of a call. Each box is a stop, with what happens there and why; the word on an arrow is "
            "the forward by which the call leaves: When Offline, When Busy or Always.",
        ),
        Word("Now, What if", "The verdict: as it is, or under what you suppose."),
        Word(
            "To fail over",
            "The smallest change that would make the queue fail over to somebody; or, once it does, “To stop it”.",
        ),
        Word("Settings", "As supposed. What differs from what is set says “supposed”."),
        Word("Then", "At another time: which answering rule is in effect by the time frames."),
        Word("Rests on", "What the answer takes for granted."),
        Word("Agent", "Everybody in every queue on the call's way, under the name of the queue."),
        Word("What if", "The colour that counts here: supposed, or the real one with its reason."),
        Word("Really", "The real colour of an agent who is supposed otherwise."),
        Word("Site", "Where the agent belongs."),
    ),
    "d supposes the building dark; if the answer is not what you want, s supposes the smallest change that "
    "turns it round, and says what to set. space turns one agent; c takes everything as it is again.",
    ("what-if", "what-if-loop", "what-if-smallest"),
)
