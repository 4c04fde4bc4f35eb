"""The help of the screens for one task each: the drill, the audit, the log, and the dialogs beside them."""

from screens.help_texts.shape import ScreenHelp, Word

SCOPE = ScreenHelp(
    "what goes dark",
    "Choose where the power is supposed to be lost. Nothing is switched off.",
    (
        Word("A site", "Its agents lose their desk phones; a mobile app and an outside number stay online."),
        Word(
            "Behind an address",
            "Every phone connected from that public address. Addresses are offered once phones have been read.",
        ),
        Word("Everything", "Every agent is offline."),
    ),
    "enter on the site you worry about; esc leaves.",
    ("drill-scope",),
)

DRILL = ScreenHelp(
    "the drill",
    "What a loss of power would do to every queue, and when: a failover test that nobody notices. Nothing is "
    "changed.",
    (
        Word("The first line", "The whole drill in a sentence, to be said on the phone."),
        Word("Then", "What becomes of the queue, the worst first. One of these:"),
        Word("lost", "The call reaches nobody.", "bad"),
        Word("stranded", "The callers wait with nobody there.", "bad"),
        Word("uncertain", "It cannot be told: the sentence says why.", "unknown"),
        Word("held open", "Somebody who is not in the dark keeps it from failing over.", "red"),
        Word("sent on", "Another forward than When Offline takes the call, and it reaches someone.", "onward"),
        Word("fails over", "When Offline takes the call, and it reaches someone.", "good"),
        Word("not affected", "Nobody who is online in it is in the dark.", "green"),
        Word("Queue", "Its extension and its name."),
        Word("A call", "Where a call goes, or by whom the queue is held open."),
        Word(
            "Begins",
            "When the queue begins to do so: a time where the phones were read, otherwise the longest it can "
            "take. “already” if it does so without any outage.",
        ),
        Word("Site", "The queue's site. A narrow terminal leaves it out."),
        Word(
            "Below", "The queue under the cursor: in a sentence, when, the way of a call, and what that rests on."
        ),
        Word(
            "Timeline",
            "Time, After and What happens: the power goes, agents turn Grey, queues follow. “within” stands "
            "where only the longest time is known. A narrow terminal shows it in place of the queues (m).",
        ),
        Word(
            "phones not read", "On the top line: without them nobody knows when each phone runs out. v reads them."
        ),
    ),
    "v reads the phones, which makes the moments exact; c takes another site; s writes a report with a line to "
    "sign. enter opens the queue under the cursor, where it can be put right.",
    ("drill", "drill-timeline"),
)

AUDIT = ScreenHelp(
    "the audit",
    "What is wrong with failover, queue by queue, why it matters, and how to put it right. The worst stands "
    "first.",
    (
        Word("Severity", "How much it matters to a caller:"),
        Word("error", "Callers would not be served in an outage, or may not be.", "bad"),
        Word("warning", "Callers are served by luck, or nobody can tell.", "caution"),
        Word("info", "Worth knowing; nothing has to be done.", "note"),
        Word("Code", "The name of this kind of fault. x tells its whole story; so does queuewatch explain."),
        Word("Queue", "Which queue it is about; the domain itself where it is about all."),
        Word("What is wrong", "In a few words."),
        Word("Why", "What is so here, and what it does to callers."),
        Word("Fix", "What puts it right."),
        Word("Enter", "What the key enter opens to put it right."),
        Word("Command", "What does the same without a screen."),
        Word(
            "suppressed",
            "On the top line: so many findings are not shown because the profile says they are meant to be so.",
        ),
    ),
    "enter on the first finding opens what puts it right; what is changed is shown before anything is sent. / "
    "shows only findings with some words, such as a queue's name.",
    ("audit",),
)

EXPLAIN = ScreenHelp(
    "the story of a code",
    "The whole story of one kind of fault: what it says, why it matters, how it comes about, how to put it right.",
    (Word("The title", "The code, its name, and what it says of a queue."),),
    "esc returns to the finding; enter there opens what puts it right.",
    ("audit-story",),
)

LOG = ScreenHelp(
    "the log of changes",
    "The changes made through queuewatch on this machine to this domain, the latest first, and the way back. "
    "What others changed elsewhere is not in it.",
    (
        Word("Id", "The number of the change: queuewatch undo takes it. A narrow terminal leaves it out."),
        Word("When", "By this machine's clock."),
        Word("Queue", "Whose setting it was."),
        Word("Setting", "Require Agents or When Offline."),
        Word("Change", "What was there before, and what it was to be."),
        Word("Who", "Who made it. A narrow terminal leaves it out."),
        Word("Outcome", "What became of it:"),
        Word("confirmed", "It was made, and read back.", "good"),
        Word("not confirmed", "It was sent and accepted, and reading back did not show it.", "unknown"),
        Word(
            "overtaken",
            "It showed, and then it was different: somebody changed it, or the phone system took it back.",
            "unknown",
        ),
        Word("another value", "The phone system stored something else than it was sent.", "unknown"),
        Word(
            "not known",
            "It was sent, and nothing says what became of it: it may have been made, or may come yet. The board "
            "and every later start look again, and the outcome then says what came of it.",
            "unknown",
        ),
        Word(
            "more changed",
            "Another setting was different afterwards as well. Look at these settings in the portal.",
            "bad",
        ),
        Word("refused", "The phone system refused it in so many words: nothing was changed.", "bad"),
        Word("not sent", "It could not be sent: nothing was changed.", "bad"),
        Word(
            "not made",
            "The setting was no longer as shown, so nothing was sent; or ten minutes later the old value still "
            "stood.",
            "bad",
        ),
        Word("undone by", "Another change, with that number, restored what was there before.", "onward"),
        Word("Below, or beside", "One change in full, and under Now what the setting is at present."),
    ),
    "z on a change restores what was there before it, after showing what follows. esc returns.",
)
