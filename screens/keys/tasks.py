"""The actions of the screens for one task each. Those of the board and of one queue are in ``board``."""

from screens.keys.board import MARK, POWER, REFRESH, SEEN, SILENCE, STEP, UNDO, copy_action, undo_action
from widgets.action import Action

SIMULATOR = (
    Action("simulator.back", ("escape", "left", "h"), "back", "Back", "Return to the screen before."),
    Action(
        "simulator.next_colour",
        ("space", "enter"),
        "next_colour",
        "Turn",
        "Suppose the agent Grey, then Green, Red, and as it is again; on a queue's name, all its agents.",
        footer=False,
        long="Turn an agent",
        on_row=True,
    ),
    Action(
        "simulator.green", ("1", "plus"), "turn('green')", "Green", "Suppose the agent Green: ready.", on_row=True
    ),
    Action(
        "simulator.red",
        ("2", "asterisk"),
        "turn('red')",
        "Red",
        "Suppose the agent Red: online and busy.",
        on_row=True,
    ),
    Action(
        "simulator.grey", ("3", "minus"), "turn('grey')", "Grey", "Suppose the agent Grey: offline.", on_row=True
    ),
    Action(
        "simulator.as_is",
        ("0", "equals_sign"),
        "turn('')",
        "As it is",
        "Take the agent as it is again.",
        footer=False,
        on_row=True,
    ),
    Action(
        "simulator.dark",
        ("L", "f6"),
        "everybody_grey",
        "Dark",
        "Suppose the building dark: every agent shown is Grey.",
    ),
    Action(
        "simulator.smallest",
        ("I", "f4"),
        "smallest_change",
        "Flip",
        "Suppose the smallest change that makes it fail over, or stops it.",
        long="Flip the answer",
    ),
    Action(
        "simulator.require_agents",
        ("r", "f3"),
        "suppose_require_agents",
        "Require Agents",
        "Suppose Require Agents otherwise, or as it is again: only supposed, never written.",
        footer=False,
        long="Suppose Require Agents",
    ),
    Action(
        "simulator.when_offline",
        ("e", "f2"),
        "suppose_when_offline",
        "When Offline",
        "Suppose When Offline off, or at an outside number; or as it is again: only supposed, never written.",
        footer=False,
        long="Suppose When Offline",
    ),
    Action(
        "simulator.time",
        ("W", "f7"),
        "at_another_time",
        "When",
        "Suppose another time, and with it the answering rule that is in effect then.",
        long="At another time",
    ),
    Action("simulator.clear", ("N", "f9"), "clear", "Clear", "Take everything as it is again."),
    SEEN,
    undo_action("Take back what was supposed last."),
    REFRESH,
)
AUDIT = (
    Action(
        "audit.back", ("escape", "left", "h"), "back", "Back", "Clear the filter, or return to the screen before."
    ),
    Action(
        "audit.fix",
        ("enter", "right", "l"),
        "fix",
        "Fix",
        "Open what puts the finding right: When Offline, Require Agents, or the queue.",
        writes=True,
        on_row=True,
    ),
    Action(
        "audit.explain",
        ("E", "f3"),
        "explain",
        "Explain",
        "Tell the whole story of the finding's code.",
        on_row=True,
    ),
    Action(
        "audit.fix_all",
        ("F",),
        "fix_all",
        "Fix all",
        "Put right all that is shown, or marked, in one plan: shown before anything is changed.",
        writes=True,
    ),
    *MARK,
    copy_action("audit"),
    Action("audit.filter", ("slash", "f4"), "filter", "Filter", "Show only the findings that match some words."),
    SEEN,
    UNDO,
    SILENCE,
    REFRESH,
)
PROOF_BACK = Action(
    "proof.back",
    ("escape", "left", "h"),
    "back",
    "Back",
    "Log everybody in again at once; where no test goes on, return to the screen before.",
)
PROOF_BEGIN = Action(
    "proof.begin", ("enter", "f2"), "begin", "Begin", "Log the agents out, and begin the test.", writes=True
)
PROOF_YES = Action(
    "proof.yes", ("y", "f3"), "answer(True)", "Right", "Say that the right person or greeting answered."
)
PROOF_NO = Action(
    "proof.no", ("n", "f4"), "answer(False)", "Wrong", "Say that somebody or something else answered."
)
PROOF_NUMBER = Action(
    "proof.number", ("number_sign", "f7"), "ask_number", "Number", "Give the number from which the call will come."
)
UNPLUG = Action(
    "proof.unplug",
    ("X", "f9"),
    "unplug",
    "Unplug",
    "Log nobody out: somebody pulls a phone's plug, and it is timed until calls fail over.",
    long="Pull the plug",
)
PROOF = (
    PROOF_BACK,
    PROOF_BEGIN,
    PROOF_YES,
    PROOF_NO,
    PROOF_NUMBER,
    UNPLUG,
    SEEN,
)
PHONES = Action(
    "drill.phones",
    ("V", "f6"),
    "read_phones",
    "Phones",
    "Read the phones: when each runs out, and who has one elsewhere. It takes a while where they are many.",
    long="Read phones",
)
DRILL = (
    Action(
        "drill.back",
        ("escape", "left", "h"),
        "back",
        "Back",
        "Stop reading phones; otherwise return to the board.",
    ),
    Action(
        "drill.open",
        ("enter", "l"),
        "open_queue",
        "Open",
        "Show everything about the queue.",
        footer=False,
        on_row=True,
    ),
    Action("drill.scope", ("c", "f7"), "choose_scope", "Scope", "Choose what else goes dark.", long="Drill scope"),
    PHONES,
    Action(
        "drill.timeline", ("m", "f3"), "toggle_timeline", "Timeline", "Go to the timeline, or back to the queues."
    ),
    Action(
        "drill.time",
        ("W", "f9"),
        "at_another_time",
        "When",
        "Suppose another time, and with it the answering rules that are in effect then.",
        long="At another time",
    ),
    Action(
        "drill.report",
        ("O", "f4"),
        "write_report",
        "Save",
        "Write the report into a new file of the current folder, to be kept and signed.",
        long="Write report",
    ),
    SEEN,
    POWER,
    undo_action("Take back the scope or the time that was chosen last."),
    SILENCE,
    REFRESH,
)
SITES = (
    Action("sites.back", ("escape", "h"), "back", "Back", "Return to the screen before."),
    Action(
        "sites.drill",
        ("enter", "d"),
        "open_drill",
        "Drill",
        "Hold the drill of the site whose column is chosen.",
    ),
    Action(
        "sites.left",
        ("left", "comma"),
        "column(-1)",
        "Left",
        "Choose the column to the left.",
        long="Site to the left",
    ),
    Action(
        "sites.right",
        ("right", "full_stop"),
        "column(1)",
        "Right",
        "Choose the column to the right.",
        long="Site to the right",
    ),
    Action(
        "sites.queue",
        ("f4",),
        "open_queue",
        "Queue",
        "Show everything about the queue under the cursor.",
        long="Open the queue",
        on_row=True,
    ),
    SEEN,
    POWER,
    UNDO,
    REFRESH,
)
_PERIOD = (
    Action("history.day", ("1", "f2"), "span('day')", "Day", "Show one day."),
    Action("history.week", ("2", "f3"), "span('week')", "Week", "Show seven days."),
    Action("history.month", ("3", "f4"), "span('month')", "Month", "Show four weeks."),
    Action("history.earlier", ("comma", "f7"), "shift(-1)", "Earlier", "Go back by a day, a week or a month."),
    Action("history.later", ("full_stop", "f8"), "shift(1)", "Later", "Go forward again.", footer=False),
)
PAST_OF_QUEUE = (
    Action("history.back", ("escape", "left", "h"), "back", "Back", "Return to the screen before."),
    *_PERIOD,
    Action(
        "history.agents",
        ("Y", "f6"),
        "toggle_agents",
        "Agents",
        "Go to the agents' colours, or back to what changed.",
    ),
    Action("history.all", ("A", "f12"), "all_queues", "All", "Show every queue's uptime.", long="All queues"),
    *STEP,
    SEEN,
    UNDO,
    SILENCE,
    REFRESH,
)
PAST_OF_ALL = (
    Action("history.back", ("escape", "left", "h"), "back", "Back", "Return to the screen before."),
    *_PERIOD,
    Action("history.open", ("enter", "right", "l"), "open_queue", "Open", "Show the queue's history."),
    SEEN,
    UNDO,
    SILENCE,
    REFRESH,
)
FLEET = (
    Action(
        "fleet.open", ("enter", "right", "l"), "open_domain", "Open", "Open the domain's board; escape comes back."
    ),
    Action(
        "fleet.seen",
        ("x", "delete"),
        "seen",
        "Seen",
        "Mark the domain as seen until it gets worse, or take that back.",
        on_row=True,
    ),
    Action("fleet.filter", ("slash", "f4"), "filter", "Filter", "Show only the domains that match some words."),
    Action(
        "fleet.sort",
        ("s", "f6"),
        "sort",
        "Sort",
        "Worst first, by name, the latest alert first, or what was read longest ago first; a click on a column's "
        "title sorts by it.",
    ),
    Action(
        "fleet.only",
        ("f",),
        "only",
        "Only",
        "Show only the domains whose callers reach nobody, that are not ready, or that cannot be read; then all.",
        footer=False,
        long="Only one trouble",
    ),
    Action(
        "fleet.copy",
        ("y", "ctrl+y"),
        "copy_verdict",
        "Copy",
        "Copy what there is to say about the domain as text, for a ticket or a mail.",
        footer=False,
        long="Copy the domain",
        on_row=True,
    ),
    Action(
        "fleet.refresh",
        ("f5", "R"),
        "refresh_now",
        "Refresh",
        "Read the domain under the cursor again now.",
        footer=False,
        on_row=True,
    ),
)
LOG = (
    Action("log.back", ("escape", "left", "h"), "back", "Back", "Return to the screen before."),
    Action(
        "log.undo",
        ("z", "f2"),
        "undo",
        "Undo this",
        "Restore what was there before the change under the cursor.",
        writes=True,
    ),
    SEEN,
    UNDO,
    REFRESH,
)


DIALOG = (
    Action("dialog.help", ("f1",), "app.help", "Help", "Explain this dialog.", footer=False),
    Action(
        "dialog.jump",
        ("ctrl+o", "ctrl+g"),
        "app.jump",
        "Jump",
        "Show a letter on each part of the dialog; the letter goes there.",
        footer=False,
    ),
    Action(
        "dialog.screenshot",
        ("ctrl+s",),
        "app.screenshot",
        "Picture",
        "Save what the screen shows as a picture (SVG) in a file.",
        footer=False,
    ),
)
"""In every dialog."""
HELP_SECTIONS = ("Screen", "Keys", "Colours", "Verdicts", "Top line")
"""What the help can be jumped about in, each by its number."""
SEARCH_HELP = Action(
    "help.search", ("slash", "f4"), "search", "Search", "Find a key by its letter, or anything by words."
)
HELP = (
    Action("help.close", ("escape", "question_mark", "f1", "q", "h"), "close", "Close", "Close the help."),
    SEARCH_HELP,
    *(
        Action(f"help.section_{number}", (str(number),), f"go_to({number})", name, f"Go to {name}.", footer=False)
        for number, name in enumerate(HELP_SECTIONS, start=1)
    ),
)
EXPLAIN = (Action("explain.close", ("escape", "E", "f3", "q", "h"), "close", "Close", "Close the story."),)
SCOPE = (Action("scope.cancel", ("escape", "left", "h"), "cancel", "Leave it", "Choose nothing."),)
POWER_OF = (Action("power.cancel", ("escape", "left", "h"), "cancel", "Leave it", "Leave the power as it is."),)
THEME_OF = (Action("theme.cancel", ("escape", "left", "h"), "cancel", "As before", "Have the old colours."),)
SWITCH_OFF = Action("forward.off", ("ctrl+o", "f9"), "switch_off", "Switch off", "Switch When Offline off.")
BOTH = Action(
    "forward.both",
    ("f3", "ctrl+r"),
    "both",
    "Both",
    "Set Require Agents to Yes in the same change, or leave it.",
    footer=False,
)
FORWARD = (
    Action("forward.cancel", ("escape",), "cancel", "Leave it", "Change nothing."),
    Action(
        "forward.suggestions",
        ("down",),
        "into_list",
        "Suggestions",
        "Go from what is typed into the suggestions.",
        footer=False,
    ),
    SWITCH_OFF,
    BOTH,
)
YES = Action("confirm.yes", ("y",), "confirm", "Change it", "Make the change.")
NO = Action("confirm.no", ("n", "escape"), "cancel", "Leave it", "Change nothing.")
FLIP = Action(
    "plan.flip",
    ("r", "f3"),
    "flip",
    "Require Agents",
    "Set Require Agents of all of them to No, or to Yes again.",
    long="Require Agents the other way",
)
PLAN = (YES, NO, FLIP)
CONFIRM = (YES, NO)
SIGN_IN = (Action("sign_in.cancel", ("escape",), "cancel", "Not now", "Leave things as they are."),)
COLUMNS = (
    Action("columns.toggle", ("space", "f2"), "show_or_hide", "Show or hide", "Show the column, or hide it."),
    Action("columns.earlier", ("K", "shift+up"), "shift(-1)", "Earlier", "Move the column to the left."),
    Action("columns.later", ("J", "shift+down"), "shift(1)", "Later", "Move the column to the right."),
    Action("columns.reset", ("0", "f9"), "reset", "As at first", "Show the columns as they were at first."),
    Action("columns.done", ("escape", "q", "C", "comma"), "done", "Done", "Return to the board."),
)
PUT_QUIET = (
    Action("quiet.cancel", ("escape",), "cancel", "Leave it", "Put nothing quiet."),
    Action(
        "quiet.offers",
        ("down",),
        "into_list",
        "What",
        "Go from what is typed to what can be put quiet.",
        footer=False,
    ),
)
SCREENSHOT = (Action("screenshot.cancel", ("escape",), "cancel", "Leave it", "Save no picture."),)
JUMP = (Action("jump.cancel", ("escape",), "cancel", "Stay", "Stay where the keys are."),)
