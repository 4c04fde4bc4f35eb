"""queuewatch's own colours: calm surfaces, and states that stay apart for the colour-blind."""

from textual.theme import Theme

DARK = Theme(
    name="queuewatch-dark",
    dark=True,
    primary="#6ca8f2",
    secondary="#8fa3bd",
    accent="#6ca8f2",
    success="#3ecf9f",
    warning="#f2b950",
    error="#ff7566",
    foreground="#d9e0ea",
    background="#0e1319",
    surface="#131a22",
    panel="#1b2430",
    variables={
        "status-green": "#3ecf9f",
        "status-red": "#ff9259",
        "status-grey": "#7f8b9b",
        "status-unknown": "#c79bf2",
        "bad": "#ff7566",
        "cursor": "#25405e",
        "muted": "#8592a3",
        "scrollbar": "#33445a",
        "scrollbar-hover": "#41566f",
        "scrollbar-active": "#6ca8f2",
        "scrollbar-background": "#131a22",
        "scrollbar-background-hover": "#131a22",
        "scrollbar-background-active": "#131a22",
        "scrollbar-corner-color": "#131a22",
        "footer-key-foreground": "#6ca8f2",
        "footer-background": "#131a22",
    },
)
LIGHT = Theme(
    name="queuewatch-light",
    dark=False,
    primary="#1c5fb8",
    secondary="#4b5c70",
    accent="#1c5fb8",
    success="#007a55",
    warning="#8f5b00",
    error="#c22f22",
    foreground="#1a2330",
    background="#fbfcfd",
    surface="#f2f5f8",
    panel="#e3e9f0",
    variables={
        "status-green": "#007a55",
        "status-red": "#b84a00",
        "status-grey": "#667384",
        "status-unknown": "#7a3db8",
        "bad": "#c22f22",
        "cursor": "#cfe1f8",
        "muted": "#5d6b7c",
        "scrollbar": "#b9c6d6",
        "scrollbar-hover": "#9fb0c4",
        "scrollbar-active": "#1c5fb8",
        "scrollbar-background": "#eef2f6",
        "scrollbar-background-hover": "#eef2f6",
        "scrollbar-background-active": "#eef2f6",
        "scrollbar-corner-color": "#eef2f6",
        "footer-key-foreground": "#1c5fb8",
        "footer-background": "#f2f5f8",
    },
)

OURS = (DARK, LIGHT)
OTHER = {
    DARK.name: LIGHT.name,
    LIGHT.name: DARK.name,
    "ansi-dark": "ansi-light",
    "ansi-light": "ansi-dark",
}
"""From a dark theme to the light one of its family, and back."""


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
