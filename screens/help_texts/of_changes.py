"""The help of the dialogs: choosing a destination, confirming a change, signing in."""

from screens.help_texts.shape import ScreenHelp, Word

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
    "y if “If dark” comes to what you want, otherwise n. A change can be taken back: v on the board opens the "
    "log, and z there undoes it.",
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
