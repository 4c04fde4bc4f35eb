"""The help of the screens for somebody who has nothing set up yet."""

from screens.help_texts.shape import ScreenHelp, Word

WELCOME = ScreenHelp(
    "the welcome",
    "Where to begin: look at a sample company, or connect to a phone system of your own.",
    (
        Word("1 Look", "An invented company, inside this program. No account is needed, and no network."),
        Word("2 Connect", "Asks what it takes to reach your phone system, and checks it while you type."),
        Word("3 Leave", "Nothing has been changed on this machine."),
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
