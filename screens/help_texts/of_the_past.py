"""The help of the screens that look back: the history of one queue, and of all."""

from screens.help_texts.shape import ScreenHelp, Word

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
    "d, w and m choose the day, the week or four weeks; comma goes back in time. a shows every queue.",
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
    "enter shows the history of the queue under the cursor; w and m look at a longer time.",
)
