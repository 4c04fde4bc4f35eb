"""queuewatch's own colours: calm surfaces, and states that stay apart. How far, for whom, is held by a test.

What a run of text is written in is here as well, and in no style sheet: Textual would work out each of these
styles anew for each table and each sheet of facts whenever it styles one.
"""

from collections.abc import Mapping

from msgspec import Struct
from rich.style import Style
from textual.color import Color
from textual.theme import Theme


def _theme(
    name: str,
    *,
    dark: bool,
    primary: str,
    secondary: str,
    foreground: str,
    background: str,
    surface: str,
    panel: str,
    green: str,
    red: str,
    grey: str,
    unknown: str,
    warning: str,
    bad: str,
    cursor: str,
    muted: str,
    scrollbar: tuple[str, str, str],
) -> Theme:
    """A theme from its surfaces and the states' colours; ``scrollbar`` is its bar, touched, and its track."""
    bar, touched, track = scrollbar
    return Theme(
        name=name,
        dark=dark,
        primary=primary,
        secondary=secondary,
        accent=primary,
        success=green,
        warning=warning,
        error=bad,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        variables={
            "status-green": green,
            "status-red": red,
            "status-grey": grey,
            "status-unknown": unknown,
            "bad": bad,
            "cursor": cursor,
            "muted": muted,
            "scrollbar": bar,
            "scrollbar-hover": touched,
            "scrollbar-active": primary,
            "scrollbar-background": track,
            "scrollbar-background-hover": track,
            "scrollbar-background-active": track,
            "scrollbar-corner-color": track,
            "footer-key-foreground": primary,
            "footer-background": surface,
        },
    )


DARK = _theme(
    "queuewatch-dark",
    dark=True,
    primary="#6ca8f2",
    secondary="#8fa3bd",
    foreground="#d9e0ea",
    background="#0e1319",
    surface="#131a22",
    panel="#1b2430",
    green="#3ecf9f",
    red="#ff9259",
    grey="#8d99a9",
    unknown="#c79bf2",
    warning="#f2b950",
    bad="#ff7566",
    cursor="#1d3249",
    muted="#8d9aab",
    scrollbar=("#33445a", "#41566f", "#131a22"),
)
LIGHT = _theme(
    "queuewatch-light",
    dark=False,
    primary="#1c5fb8",
    secondary="#4b5c70",
    foreground="#1a2330",
    background="#fbfcfd",
    surface="#f2f5f8",
    panel="#e6ebf2",
    green="#006b4a",
    red="#a34200",
    grey="#576475",
    unknown="#7a3db8",
    warning="#855300",
    bad="#b8291d",
    cursor="#d8e7fb",
    muted="#566373",
    scrollbar=("#b9c6d6", "#9fb0c4", "#eef2f6"),
)
COLOUR_BLIND = _theme(
    "queuewatch-colour-blind",
    dark=True,
    primary="#6ca8f2",
    secondary="#8fa3bd",
    foreground="#d9e0ea",
    background="#0e1319",
    surface="#131a22",
    panel="#1b2430",
    green="#71e6fc",
    red="#fba104",
    grey="#8c99aa",
    unknown="#feff7a",
    warning="#ffd08a",
    bad="#f4757a",
    cursor="#1d3249",
    muted="#8d9aab",
    scrollbar=("#33445a", "#41566f", "#131a22"),
)
COLOUR_BLIND_LIGHT = _theme(
    "queuewatch-colour-blind-light",
    dark=False,
    primary="#1c5fb8",
    secondary="#4b5c70",
    foreground="#1a2330",
    background="#fbfcfd",
    surface="#f2f5f8",
    panel="#e6ebf2",
    green="#062572",
    red="#870007",
    grey="#5a6979",
    unknown="#8a07bc",
    warning="#7a4a00",
    bad="#8e3211",
    cursor="#dfebfc",
    muted="#566373",
    scrollbar=("#b9c6d6", "#9fb0c4", "#eef2f6"),
)
HIGH_CONTRAST = _theme(
    "queuewatch-high-contrast",
    dark=True,
    primary="#7cc4ff",
    secondary="#c4d2e2",
    foreground="#ffffff",
    background="#000000",
    surface="#0d0d0d",
    panel="#1a1a1a",
    green="#86f0e6",
    red="#fab85a",
    grey="#a3acb8",
    unknown="#ffff7d",
    warning="#ffcf70",
    bad="#f29577",
    cursor="#00204a",
    muted="#b4bdc8",
    scrollbar=("#7d8894", "#b4bdc8", "#1a1a1a"),
)
HIGH_CONTRAST_LIGHT = _theme(
    "queuewatch-high-contrast-light",
    dark=False,
    primary="#003f8f",
    secondary="#2b3948",
    foreground="#000000",
    background="#ffffff",
    surface="#f5f7f9",
    panel="#eaeef3",
    green="#062572",
    red="#870007",
    grey="#434f5b",
    unknown="#7a05a6",
    warning="#5c3800",
    bad="#7a2a0e",
    cursor="#e3eefc",
    muted="#404c58",
    scrollbar=("#7d8894", "#404c58", "#eaeef3"),
)

FAMILIES = (
    (DARK.name, LIGHT.name),
    (COLOUR_BLIND.name, COLOUR_BLIND_LIGHT.name),
    (HIGH_CONTRAST.name, HIGH_CONTRAST_LIGHT.name),
    ("ansi-dark", "ansi-light"),
)
TITLES = {
    DARK.name: "Dark",
    LIGHT.name: "Light",
    COLOUR_BLIND.name: "For the colour-blind, dark",
    COLOUR_BLIND_LIGHT.name: "For the colour-blind, light",
    HIGH_CONTRAST.name: "High contrast, dark",
    HIGH_CONTRAST_LIGHT.name: "High contrast, light",
    "ansi-dark": "The terminal's own colours, dark",
    "ansi-light": "The terminal's own colours, light",
}
"""What can be chosen, as it is called there."""
OURS = (DARK, LIGHT, COLOUR_BLIND, COLOUR_BLIND_LIGHT, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT)
OTHER = {**dict(FAMILIES), **{light: dark for dark, light in FAMILIES}}
"""From a dark theme to the light one of its family, and back."""


class TextStyle(Struct, frozen=True):
    """What a run of text is written in, on whatever it stands."""

    colour: str = ""
    """The theme's variable; without one the colour of what is around it."""
    look: str = ""
    """As in ``bold``."""
    look_in_ansi: str | None = None
    """The same where the terminal's own colours are used, of which there are few; ``None`` if it is no other."""


TEXT_STYLES = {
    "green": TextStyle("status-green"),
    "red": TextStyle("status-red"),
    "grey": TextStyle("status-grey"),
    "unknown": TextStyle("status-unknown"),
    "good": TextStyle("status-green"),
    "bad": TextStyle("bad", "bold"),
    "risk": TextStyle("bad"),
    "warn": TextStyle("text-warning"),
    "muted": TextStyle("muted", look_in_ansi="dim"),
    "aside": TextStyle("muted", look_in_ansi="dim"),
    "label": TextStyle("muted", look_in_ansi="dim"),
    "strong": TextStyle(look="bold"),
    "key": TextStyle("primary", "bold"),
}
"""By the names that cells and facts call them."""

_in_force = dict.fromkeys(TEXT_STYLES, Style())


def put_in_force(variables: Mapping[str, str], *, ansi: bool) -> None:
    """From now on text is written in these colours. There is one theme in a program."""
    for name, style in TEXT_STYLES.items():
        look = style.look_in_ansi if ansi and style.look_in_ansi is not None else style.look
        ink = Style.from_color(Color.parse(variables[style.colour]).rich_color) if style.colour else Style()
        _in_force[name] = ink + Style.parse(look)


def text_style(name: str) -> Style:
    """The style of this name in the theme in force."""
    return _in_force[name]


def variables_for(theme: Theme) -> dict[str, str]:
    """The variables our styles use, for a theme that was not made for queuewatch."""
    grey = "ansi_default" if theme.ansi else theme.secondary or theme.primary
    return {
        "status-green": theme.success or "ansi_green",
        "status-red": theme.warning or "ansi_yellow",
        "status-grey": grey,
        "status-unknown": "ansi_magenta" if theme.ansi else theme.accent or theme.primary,
        "bad": theme.error or "ansi_red",
        "cursor": theme.panel or theme.surface or theme.primary,
        "muted": grey,
    }
