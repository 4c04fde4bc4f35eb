"""The one line on top: whose phone system, how old the picture, how many queues are not ready."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.failover.model import Part
from queuewatch.failover.verdict import ReadinessState
from queuewatch.failover.wording import plural
from queuewatch.polling.state import LiveState
from queuewatch.text.plain_text import one_line
from widgets.action import Action
from widgets.marks import GLYPHS

ENDS = 4
"""Cells between what is on the line, and at its end."""
SHORTEST_CAUTION = 12
"""Cells to which a caution is shortened at most: its first word is what matters."""


class TopBar(Widget):
    """Name on the left, state on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"top-line--caution"}

    badge: reactive[str] = reactive("")
    caution: reactive[str] = reactive("")
    """What to be careful about, on a background that warns."""
    left: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Text:
        """Both ends, and what is between them left empty. Narrow terminals keep the right end."""
        right = whole_clauses(self.right, self.size.width - 2)
        badge = Text(f" {self.badge} ", "reverse bold") if self.badge else Text()
        if self.caution:
            caution = Text(
                f" {one_line(self.caution)} ", self.get_component_rich_style("top-line--caution"), no_wrap=True
            )
            beside = badge.cell_len + cell_len(right) + ENDS
            caution.truncate(max(SHORTEST_CAUTION, self.size.width - beside), overflow="ellipsis")
            badge = Text.assemble(badge, caution)
        # How many are not ready and how old that is are whole, whatever else there is to be said.
        badge.truncate(max(SHORTEST_CAUTION, self.size.width - cell_len(right) - ENDS), overflow="ellipsis")
        width = self.size.width - 2 - badge.cell_len
        room = width - cell_len(right) - 2
        name = one_line(self.left)
        shown = without_stub(name, room)
        if name.startswith(OURS) and len(shown) <= len(OURS):
            # Whose phone system it is says more than what this program is called, or than the half of it.
            shown = without_stub(name.removeprefix(f"{OURS} · "), room) or (shown if shown == OURS else "")
        left = Text(shown, no_wrap=True)
        gap = max(1, width - left.cell_len - cell_len(right))
        return Text.assemble(badge, " ", left, " " * gap, right, " ", no_wrap=True)


def whole_clauses(text: str, room: int) -> str:
    """The text in so many cells: of a list that does not fit its first clauses, as half of one may say another
    thing, such as a number without what it counts."""
    if cell_len(text) <= room or ", " not in text:
        return text
    shown = text
    while cell_len(shown) > room - 1 and ", " in shown:
        shown = shown.rpartition(", ")[0]
    return f"{shown}…"


OURS = "queuewatch"

STUB = 6
"""Cells of a name that say nothing of it: what would be shortened to so few is left out."""


def without_stub(text: str, room: int) -> str:
    """The text shortened to so many cells, without a last part of which next to nothing is left."""
    if cell_len(text) <= room:
        return text
    # Rich shortens nothing to no cells at all.
    shortened = Text(text if room > 0 else "", no_wrap=True)
    shortened.truncate(max(0, room), overflow="ellipsis")
    if shortened.plain.endswith((" …", " ·…")):
        # It was cut right where a part begins: there is nothing left of that one.
        return shortened.plain.rstrip(" ·…")
    whole, _, part = shortened.plain.rpartition(" · ")
    return whole if cell_len(part.strip()) <= STUB else shortened.plain


LIVE_WITHIN = 30.0
"""Seconds: what is read again this soon is called live, without a clock that would tick on an idle line."""


def age_of(live_state: LiveState, interval: float) -> str:
    """How old the picture is: ``live``, or ``as of 14:02`` where it is not renewed every moment.

    ``push`` beside it says that the phone system tells of changes by itself.
    """
    if Part.LIVE not in live_state.snapshot.read_at:
        return "reading…"
    if live_state.trouble is None and max(interval, live_state.every) <= LIVE_WITHIN:
        return "live · push" if live_state.push else "live"
    return f"as of {live_state.as_of}"


def readiness_of(live_state: LiveState) -> str:
    """How many queues are not ready, in a few words."""
    rules, judgements = live_state.snapshot.rules, live_state.judgements
    states = [judged.readiness.state for queue, judged in judgements.items() if queue in rules]
    not_ready = sum(state is ReadinessState.NOT_READY for state in states)
    if len(states) < len(judgements):
        return _so_far(live_state, not_ready)
    if not states:
        return ""
    unknown = sum(state is ReadinessState.UNKNOWN for state in states)
    if not_ready:
        return f"{GLYPHS['bad']} {not_ready} of {plural(len(states), 'queue')} not ready"
    if unknown:
        return f"{GLYPHS['unknown']} {unknown} of {plural(len(states), 'queue')} not known"
    return f"{GLYPHS['good']} " + ("1 queue ready" if len(states) == 1 else f"all {len(states)} queues ready")


def _so_far(live_state: LiveState, not_ready: int) -> str:
    """How much of the picture is there, and what it holds at least; nothing in the first moments."""
    if live_state.first_reading is None:
        return ""
    least = f", at least {not_ready} not ready so far" if not_ready else ""
    return f"{live_state.first_reading.words}{least}"


NARROW = 80
"""Cells of a terminal's width below which an alert is whole before it is said how many more wait."""


class AlertLine(Widget):
    """One alert, and how many more wait."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.keys = keys.partition(",")[0]
        """What marks it seen."""
        self.text = ""
        self.more = ""

    def say(self, text: str, more: str, *, bad: bool) -> None:
        """Show this; the same again draws nothing."""
        if (text, more) == (self.text, self.more):
            return
        self.text, self.more = text, more
        self.set_class(not bad, "-good")
        self.refresh()

    def render(self) -> Text:
        """How to mark it seen is always there; on a narrow terminal how many more wait gives way to the alert."""
        glyph = GLYPHS["good" if self.has_class("-good") else "caution"]
        line = Text(f"{glyph} {self.text}", no_wrap=True)
        more, seen = f" {self.more}" if self.more else "", f" · {self.keys}: seen"
        room = self.content_size.width - line.cell_len
        end = (
            seen
            if self.app.size.width < NARROW and cell_len(seen) <= room < cell_len(more + seen)
            else more + seen
        )
        line.truncate(max(12, self.content_size.width - cell_len(end)), overflow="ellipsis")
        if line.plain.endswith((":…", ": …")):
            # What it is about is told in full by nothing of its list, and by no colon before nothing.
            line = Text(f"{line.plain.rstrip(' :…')}…", no_wrap=True)
        return Text.assemble(line, end, no_wrap=True)


class Banner(Static):
    """Trouble with the phone system, or a demo's caption."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._text = ""

    def say(self, text: str, *, calm: bool = False) -> None:
        """Show this text, or hide when there is none. The same text again draws nothing."""
        if text == self._text:
            return
        self._text = text
        self.update_classes({"-shown": bool(text), "-calm": calm})
        self.update(text)


LEAVES_AFTER = 12.0
LEAVES_LATE = 45.0
"""Seconds until what became of an action is told no more; the second for what went wrong."""


class StatusLine(Static):
    """What became of the last action. It leaves after a while: what is told late is taken for what is so now."""

    class Left(Message):
        """What was told has been there for long enough."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._leaving: Timer | None = None

    def say(self, text: str, *, good: bool | None = None, stays: bool = False) -> None:
        """Show this text; ``good`` colours it, and what ``stays`` is there until something else is told."""
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None
        # What ends so is still going on, and something else is told at its end.
        if text and not stays and not text.endswith("…"):
            after = LEAVES_LATE if good is False else LEAVES_AFTER
            self._leaving = self.set_timer(after, lambda: self.post_message(self.Left()))
        self.set_class(good is True, "-good")
        self.set_class(good is False, "-bad")
        self.update(text)


class KeyBar(Footer):
    """The keys that work now, as many as the width takes. Help, Quit and the way back always have room.

    It is taken apart and built anew only when other keys are to be shown. Textual would do it whenever the focus
    moves, and three times over before a screen has settled.
    """

    DEFAULT_CSS = """
    KeyBar { overflow: hidden; background: $surface; padding-left: 1; }
    KeyBar.-compact > FooterKey { margin-right: 1; }
    KeyBar.-airy > FooterKey { margin-right: 2; }
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._keys: list[tuple[str, str, bool]] = []

    def compose(self) -> ComposeResult:
        """The keys, in the screen's order and then the program's: Help and Quit are its last."""
        if not self._bindings_ready:
            return
        chosen, airy = self._chosen()
        self.set_class(airy, "-airy")
        for key in chosen:
            binding = key.binding
            shown = FooterKey(
                binding.key,
                self.app.get_key_display(binding),
                binding.description,
                binding.action,
                disabled=not key.enabled,
                tooltip=key.tooltip,
            )
            yield shown.data_bind(compact=Footer.compact)

    def _chosen(self) -> tuple[list[ActiveBinding], bool]:
        """The keys that are shown, and whether there is air between them."""
        actions: dict[str | None, Action] = {action.id: action for action in getattr(self.screen, "ACTIONS", ())}
        by_action: dict[str, ActiveBinding] = {}
        for key in self.screen.active_bindings.values():
            known = by_action.get(key.binding.action)
            if known is None or (key.binding.show and not known.binding.show):
                # Of several keys for one thing, one; and it stands where that one does.
                by_action.pop(key.binding.action, None)
                by_action[key.binding.action] = key
        keys = list(by_action.values())
        first = next((key for key in keys if key.binding.show), None)
        ranks = [_rank(key, actions.get(key.binding.id), first=key is first) for key in keys]
        room = self.size.width - self.styles.padding.left
        places, airy = with_room(ranks, [self._width(key) for key in keys], room)
        return [keys[place] for place in places], airy

    def _width(self, key: ActiveBinding) -> int:
        return cell_len(f"{self.app.get_key_display(key.binding)} {key.binding.description} ")

    def on_resize(self) -> None:
        """Another width has room for others."""
        if self._bindings_ready:
            self.call_after_refresh(self.recompose)

    async def recompose(self) -> None:
        """Show the keys that work now; the same keys again are left alone."""
        if not self.is_attached:
            return
        chosen, airy = self._chosen()
        keys = [(key.binding.key, key.binding.description, key.enabled) for key in chosen]
        if keys != self._keys:
            self._keys = keys
            await super().recompose()
        self.set_class(airy, "-airy")


NEVER_DROPPED, FIRST, CHANGES, WANTED, FILLS, NEVER = range(6)
"""Ranks of keys: always there; what a screen is for; what it changes; what it wants; what fills the rest; none."""


def with_room(ranks: Sequence[int], widths: Sequence[int], room: int) -> tuple[list[int], bool]:
    """Which keys have room, and whether two blanks between them have it. ``widths`` are with one each."""
    wanted = [place for place, rank in enumerate(ranks) if rank <= WANTED]
    airy = sum(widths[place] + 1 for place in wanted) <= room
    shown: set[int] = set()
    for place in sorted(range(len(ranks)), key=ranks.__getitem__):
        if ranks[place] == NEVER or (ranks[place] == FILLS and not shown.issuperset(wanted)):
            # Where what is wanted has no room, nothing stands in its place.
            break
        # The blank behind the last one is not missed.
        if widths[place] - 1 <= room:
            shown.add(place)
            room -= widths[place] + airy
    return sorted(shown), airy


def _stays(key: ActiveBinding) -> bool:
    # The ways out, and to whoever explains.
    return key.binding.action.rpartition(".")[2] in ("help", "quit", "back_to_fleet")


def _rank(key: ActiveBinding, action: Action | None, *, first: bool) -> int:
    """How soon a key is shown where there is not room for all; what no screen has named never is."""
    if not key.binding.show:
        return FILLS if action is not None else NEVER
    if _stays(key):
        return NEVER_DROPPED
    if action is None:
        return WANTED
    # What this screen is for, what only a demo has, and what can be changed.
    return FIRST if first or action.demo else CHANGES if action.writes else WANTED


def trouble_text(live_state: LiveState) -> str:
    """What is wrong, what to do, and how old the picture is."""
    trouble = live_state.trouble
    if trouble is None:
        return ""
    if Part.LIVE in live_state.snapshot.read_at:
        kept = f"What you see is as of {live_state.as_of_second}."
    else:
        kept = "Nothing could be read yet."
    if trouble.asking:
        # It was not asked in vain yet: how old this is comes first.
        return f"{kept} {trouble.sentence}"
    again = "" if trouble.listens else "Trying again."
    if trouble.retry_in >= 2 and trouble.retry_at is not None:
        # A moment, for what counts down only if it is drawn again every second.
        again = f"Next try at {trouble.retry_at.astimezone():%H:%M:%S}."
    return " ".join(part for part in (trouble.sentence, trouble.hint, kept, again) if part)


def caption(connection: ConnectionInfo, live_state: LiveState) -> str:
    """What a demo says of what is seen, and how fast its time goes if it is not the room's."""
    demo = connection.demo
    if demo is None or Part.LIVE not in live_state.snapshot.read_at:
        return ""
    times = "" if demo.speed == 1 else f" {GLYPHS['times']}{demo.speed:g}"
    return " · ".join(filter(None, (f"Demo{times}", demo.caption(live_state.snapshot.taken_at))))
