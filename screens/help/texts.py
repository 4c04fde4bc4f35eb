"""What the help says, in plain words and as plain data: nothing here loads a screen.

A screen's text is found by its ``HELP_NAME``. Whoever adds a screen adds its text, and an entry below.
"""

from screens.help.model import ScreenHelp, Word

BOARD = ScreenHelp(
    "the board",
    "Every call queue, and whether its calls would still be answered if the power went out now. The worst "
    "stands first.",
    (
        Word("Queue", "Its extension and its name."),
        Word(
            "Now",
            "What happens to a call that arrives at this moment. The words are explained at “Verdicts”. While the "
            "phone system cannot be reached, or has not answered yet, “At 14:02” stands there: it is of then.",
        ),
        Word(
            "If dark",
            "What would happen if every agent were Grey and every phone dark, as in an outage: ready, or in which "
            "way it is not.",
        ),
        Word(
            "Sites",
            "One narrow column a site, those of most agents first, under the shortest title that tells them "
            "apart: Da for Dallas. It says what a power cut there does to the queue: · nothing, ✔ its callers "
            "still reach someone elsewhere, ◆ somebody else holds it open, ✖ its callers reach nobody, ? it "
            "cannot be told. From the seventh site on, or where there is no room, all others have one column "
            "such as +3, with the worst of them. A domain without sites has one column, Office: everything.",
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
            "The queue under the cursor in sentences: now, the key that mends it and what that brings, if dark, "
            "by site, and who holds it open. Where the terminal is wide enough to cut nothing of the table for "
            "it, it stands beside the table, with the way of a call as a picture.",
        ),
        Word(
            "Buildings",
            "Where there is room, one line a site: its phones connected, its agents by colour, and what becomes "
            "of the queues if its power goes. In a demo a site without power counts down to its next phone.",
        ),
        Word("…", "A cell that has not been read yet; a verdict whose answering rules are not says “not read”."),
        Word(
            "▲ ▼",
            "Behind a column's title: the queues are sorted by it, upwards or downwards. A click on a title sorts "
            "by it, another turns the order round; s goes through the orders.",
        ),
        Word(
            "ONLY …",
            "On the top line: only the queues with that outcome are shown (f; esc shows all again). It goes "
            "together with the words of the filter (/).",
        ),
        Word(
            "Groups",
            "B puts each site's queues under a row of its own; enter on it folds them away, and it then says how "
            "many they are and the worst of them.",
        ),
        Word(
            "The cursor",
            "A queue that a key was about stays under it, and where it is, until the cursor leaves: only then it "
            "takes its place in the order.",
        ),
        Word(
            "rules of 4 of 9",
            "On the top line: the first reading takes its time; so many queues are read. What is counted there "
            "is counted among them.",
        ),
        Word(
            "Mouse",
            "A click chooses a queue, a double click opens it. A click on a value below the table or beside it "
            "sends that to the terminal's clipboard.",
        ),
    ),
    "go to the first queue that is not ready and open it (enter). r sets Require Agents, e sets When Offline; w "
    "tries it first without changing anything, and u takes back what was changed. d shows what becomes of every "
    "queue when a building goes dark, a lists what is wrong.",
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
    "L supposes the building dark; if the answer is not what you want, I supposes the smallest change that "
    "turns it round, and says what to set. space turns one agent; u takes back one supposition, N all.",
    ("what-if", "what-if-loop", "what-if-smallest"),
)


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

POWER = ScreenHelp(
    "whose power",
    "Choose which site of the sample company loses its power, or has it back. It is asked where the key alone "
    "does not say it.",
    (
        Word("Give … its power back", "Its phones register again, one after the other."),
        Word("Cut the power at …", "Its phones stay registered until their registrations run out."),
    ),
    "enter on the site; esc leaves things as they are.",
)

THEMES = ScreenHelp(
    "the colours",
    "Choose the colours of the program. Each theme is seen as soon as the highlight is on it.",
    (
        Word("For the colour-blind", "The states stay apart for everybody, and in grey."),
        Word("High contrast", "For a bright room, a projector, or tired eyes."),
        Word("The terminal's own colours", "Whatever the terminal was set to."),
    ),
    "enter keeps what is seen; esc has the colours as they were.",
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
            "where only the longest time is known. It stands below the queues, or beside them where they are "
            "many; a narrow terminal shows it in their place (m).",
        ),
        Word(
            "phones not read", "On the top line: without them nobody knows when each phone runs out. V reads them."
        ),
    ),
    "V reads the phones, which makes the moments exact; c takes another site; O writes a report with a line to "
    "sign. enter opens the queue under the cursor, where it can be put right.",
    ("drill", "drill-timeline"),
)

SITES = ScreenHelp(
    "the sites",
    "What a power cut at each site does to each queue: the drills of all single sites side by side. Nothing is "
    "changed.",
    (
        Word("The first line", "The site whose column is chosen, in a sentence to be said on the phone."),
        Word(
            "Queue", "Its extension and its name; first those whose callers reach nobody if some site goes dark."
        ),
        Word(
            "[Dallas]",
            "A column a site, those of most agents first; brackets say which is chosen, ← and → choose another. "
            "The words are those of a drill, and behind them stands where calls go, where there is room; a narrow "
            "terminal shows the signs alone. The top line counts the columns where not all are in sight.",
        ),
        Word("·", "A power cut there changes nothing for the queue."),
        Word("everything", "What would happen if everything went dark at once; “all” on a narrow terminal."),
        Word("Below", "The line of every column, on a terminal that is high enough."),
        Word(
            "No phones were read",
            "Where somebody's phones were not, the name of the site decides whether they are in the dark. A drill "
            "reads them (V).",
        ),
    ),
    "enter holds the drill of the chosen site, with its moments and what it rests on; f4 opens the queue under "
    "the cursor, where it can be put right.",
)

PROOF = ScreenHelp(
    "the live test",
    "Does it really fail over? Everybody of this one queue is logged out, you call it, and where the call goes is "
    "watched. Then everybody is logged in again, whatever happens: at the end, on esc, when the program is ended "
    "or dies, when the network was away.",
    (
        Word("The first line", "What is to be done now, and at the end what came of it."),
        Word("Agents", "The agents' colours, read every second while the test goes on."),
        Word("The picture", "The way the call should go. A stop lights up once the call was seen there."),
        Word("Below", "What is done, step by step."),
        Word("proven", "The call was answered where it should, and you said that it was right.", "good"),
        Word("reached", "The call was answered there, and nobody said whether that was right.", "good"),
        Word("not proven", "The call went somewhere else, or was not answered. It says where.", "bad"),
        Word("no call", "No call from your number was seen.", "unknown"),
        Word(
            "given up",
            "A caller waited, somebody logged in, or the queue could not be watched: everybody is in again.",
            "unknown",
        ),
        Word(
            "If it dies",
            "A second process logs everybody in again if this one is gone. If that is gone too: queuewatch prove "
            "--restore, or the portal.",
        ),
    ),
    "type the number you will call from; enter begins; call; y or n says whether the right one answered.",
    ("proof",),
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

FLEET = ScreenHelp(
    "the fleet",
    "Every domain you look after, one line each, and which of them needs a call first.",
    (
        Word("Nobody", "The queues whose callers reach nobody now."),
        Word("Not ready", "The queues whose callers would reach nobody if their building went dark."),
        Word("Not known", "The queues of which one of the two cannot be told."),
        Word("One agent", "The queues that one agent alone holds open."),
        Word("Read", "live, or when its queues and agents were read last; what is looked at is read first."),
        Word("Alert", "When something was told of it last: the line below says what, and whether it is over."),
        Word("✖ ▲", "The queues whose callers reach nobody, and those not ready, by name."),
        Word("✔", "Somebody has seen it (x), and it has not got worse since; that outlives the program.", "good"),
        Word("In part", "Domains of which some answering rules are still to be read for the first time."),
    ),
    "enter opens the board of the domain under the cursor; escape there comes back. The line below the top tells "
    "the latest alert of all domains: one for one cause, with how many it is about; x marks it as seen.",
    ("fleet",),
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


FORWARD_EDITOR = ScreenHelp(
    "choosing a destination",
    "Choose where the queue's calls go once every agent is Grey. Nothing is changed yet: the next step shows "
    "what follows and asks.",
    (
        Word("Now", "Where they go at present."),
        Word(
            "The line",
            "Type a 10-digit number, an extension, or a part of a name. A number may be pasted as it stands on a "
            "letterhead; one abroad begins with + and the country's code.",
        ),
        Word(
            "Suggestions",
            "What you may mean, by kind: a queue, a user, a voicemail box, an auto attendant, a number. ↓ goes "
            "into the list, enter takes one.",
        ),
        Word("Is written", "Exactly what the phone system would be given; 011 begins a number abroad."),
        Word("If dark", "What would then happen in an outage. Look for “ready”."),
        Word("Not yet", "What was typed is no destination so far; the sentence says what is missing."),
    ),
    "type the number of a cell phone or an answering service, and press enter. ctrl+o switches the forward off; "
    "esc leaves it as it is.",
    ("forward-editor", "forward-editor-loop"),
)

CONFIRM = ScreenHelp(
    "before a change",
    "What would be changed, and what would follow from it. Nothing is sent before you say yes.",
    (
        Word("Setting", "What is there now, and what would be there."),
        Word("Now, If dark", "The verdict before, and the verdict after."),
        Word("Changed", "Somebody changed something since you looked; what you see here is fresh."),
        Word("Caution", "This phone system is in production, so it takes two yeses."),
        Word(
            "Stop",
            "Callers would then reach nobody, or an emergency or service number, so it takes two yeses as well.",
            "bad",
        ),
        Word("Note", "Something worth knowing before you decide."),
    ),
    "y if “If dark” comes to what you want, otherwise n. A change can be taken back: u does so, and the "
    "log (v) lists every one.",
    ("confirm", "confirm-loop"),
)

CONFIRM_PLAN = ScreenHelp(
    "before many changes",
    "Every change that would be made, those that get worse first, and what follows from all of them together. "
    "Nothing is sent before you say yes.",
    (
        Word("Before, After", "What is there now, and what would be there."),
        Word("If dark", "Whether the queue would be ready after all changes, and before, where that differs."),
        Word("Worse", "Queues that would be worse off than now: their numbers have to be typed.", "bad"),
        Word("Also", "Queues that are not set, and that fare otherwise because their calls come to one that is."),
        Word("Left out", "What is not made, and why: a loop, a dead end, a setting that cannot be read."),
        Word("Stop", "Callers would then reach nobody: it takes two yeses.", "bad"),
        Word("Caution", "This phone system is in production, so it takes two yeses."),
    ),
    "y if “If dark” comes to what you want, otherwise n. The changes are made one after the other, the forwards "
    "before Require Agents; u takes all of them back.",
    ("confirm", "confirm-loop"),
)

SIGN_IN = ScreenHelp(
    "signing in",
    "The phone system wants to know who asks. The password is used once and kept nowhere.",
    (
        Word("Login name", "As for the portal, such as 1002@acme.example."),
        Word("Password", "As for the portal. It is not shown."),
        Word("Client secret", "Only where it is asked for: the provider gave it with the client id."),
        Word("Code", "Only where it is asked for: from your authenticator app."),
        Word("The session is …", "Where what keeps you signed in is stored."),
    ),
    "type the password and press enter. esc leaves the board as it is, without new data.",
)


QUIET = ScreenHelp(
    "putting something quiet",
    "Tell nobody of a queue's alerts, of one of them, or of a whole site's, for a time and with a reason. Only "
    "the telling stops: checks, history and uptime go on, and what reaches nobody stays on top of the board.",
    (
        Word("Why", "The reason, and who knows of it. It stands on the board, in the history and in the list."),
        Word(
            "Until",
            "Left empty, the list offers times. 2h, 16:30 or 2026-12-24 18:00 is an end; 18:00..22:00 is a "
            "window, such as power work that is planned.",
        ),
        Word(
            "Until it recovers",
            "It ends once the worst of what is wrong now has been well for a minute, and after seven days anyway.",
        ),
        Word("End it", "What is quiet already, and can be ended now. What is still wrong is told then."),
    ),
    "type why, press enter twice, then enter on a line of the list. queuewatch quiet --list shows what is quiet.",
)


COLUMNS = ScreenHelp(
    "the columns of the board",
    "Choose which columns the board shows, and in which order. The board behind shows each choice at once.",
    (
        Word("The list", "Every column, those that are shown with a mark."),
        Word("No room", "A column for which the terminal is too narrow gives way, whatever is chosen."),
    ),
    "space shows or hides the column, J and K move it; esc returns to the board.",
)

PICTURE = ScreenHelp(
    "saving a picture",
    "Save what the screen shows as a picture (SVG), which any web browser opens.",
    (Word("The line", "The file to write. One that is there already is overwritten only after a second enter."),),
    "enter saves it under the name that is offered; esc saves nothing.",
)


HISTORY = ScreenHelp(
    "the history of a queue",
    "What calls to one queue came to over a day, a week or four weeks, as far as queuewatch was watching.",
    (
        Word(
            "Uptime", "The share of the time that is known in which a call reached someone. Left out: not watched."
        ),
        Word("In short", "How often it failed over and how often it reached nobody, and for how long."),
        Word("Calls", "What calls came to, each with its share of the time."),
        Word(
            "The lines", "The period from left to right, with each line's own uptime at its end; the signs below."
        ),
        Word("From", "When it began; “by” where it began unseen, at that time at the latest."),
        Word("For", "How long it lasted."),
        Word("What", "What became of a call in that time."),
        Word("Why", "The sentence of its verdict."),
        Word("Agents", "The colours of each agent over the period, and since when the last one."),
    ),
    "1, 2 and 3 choose the day, the week or four weeks; comma goes back in time. A shows every queue.",
)

ALL_HISTORY = ScreenHelp(
    "the history of all queues",
    "Every queue's uptime over a day, a week or four weeks, the worst first: what a manager can report.",
    (
        Word("Queue", "Its extension and its name."),
        Word("Uptime", "The share of the time that is known in which a call reached someone."),
        Word("Failed over", "How often When Offline took the calls."),
        Word("Longest", "The longest of those times. A narrow terminal leaves it out."),
        Word("Nobody", "For how long in all a call would have reached nobody."),
        Word("Watched", "For how long queuewatch was watching. A narrow terminal leaves it out."),
        Word("Over the period", "The period from left to right; what the signs mean stands below the table."),
    ),
    "enter shows the history of the queue under the cursor; 2 and 3 look at a longer time.",
)


WELCOME = ScreenHelp(
    "the welcome",
    "Where to begin: look at a sample company or at many, or connect to a phone system of your own.",
    (
        Word("1 Look", "An invented company, inside this program. No account is needed, and no network."),
        Word("2 Connect", "Asks what it takes to reach your phone system, and checks it while you type."),
        Word("3 Look at many", "A dozen invented companies on one screen, as support staff sees its customers."),
        Word("q Leave", "Nothing has been changed on this machine."),
        Word("Next time", "What to type to come straight to one of them."),
    ),
    "1, to see what this is about. What you see there is explained by ? as well.",
)

CONNECT = ScreenHelp(
    "connecting",
    "Everything it takes to reach your phone system. What is typed is checked at once, and what is wrong is "
    "said beside it.",
    (
        Word("Address", "Of the API server, such as https://pbx.example.com. Your provider knows it."),
        Word("Domain", "The part after the @ of a portal login."),
        Word("Sign in with", "A portal login and its password, or an API key."),
        Word("Login name", "As for the portal, such as 1002@acme.example."),
        Word("Password", "As for the portal. It is not shown, and kept nowhere."),
        Word("API key", "From your provider. It is not shown."),
        Word("Client id", "Only where your provider gave one for this program; with it goes the client secret."),
        Word("Client secret", "What the provider gave with the client id."),
        Word("Code", "Of your authenticator app, only where one is asked for."),
        Word("Profile name", "Under what this phone system is kept: queuewatch --profile NAME."),
        Word("Stay signed in", "Where what keeps you signed in is stored."),
    ),
    "fill in from the top; enter goes to the next field, and from the last one connects.",
)


SCREENS: dict[str, ScreenHelp] = {
    screen.title: screen
    for screen in (
        BOARD,
        QUEUE,
        WHAT_IF,
        SCOPE,
        POWER,
        THEMES,
        DRILL,
        SITES,
        PROOF,
        AUDIT,
        EXPLAIN,
        HISTORY,
        ALL_HISTORY,
        LOG,
        FLEET,
        FORWARD_EDITOR,
        CONFIRM,
        CONFIRM_PLAN,
        QUIET,
        COLUMNS,
        PICTURE,
        SIGN_IN,
        WELCOME,
        CONNECT,
    )
}
"""In the order of the documentation."""
