"""Connect to a phone system: everything it takes on one screen, checked while it is being typed."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from queuewatch.connection.new_profile import NewConnection, NewConnectionFlow, ProfileEntry, Way, ways_to_keep
from queuewatch.connection.profile_form import (
    NEEDED,
    PROPOSED,
    FieldReading,
    asked_for,
    filled_in,
    missing,
    read_all,
)
from queuewatch.connection.sign_in import CLIENT_SECRET_ENV
from queuewatch.pbx.checks import Check, CheckState, skipped
from queuewatch.pbx.errors import BadConnection, Missing, NotKept, PbxError, Refused, Unreachable, Unsupported
from queuewatch.pbx.netsapiens.doctor.network import probe
from queuewatch.profiles.config import Config, Profile
from queuewatch.profiles.fields import ConfigError
from queuewatch.signin.session_store import Where
from widgets.bars import KeyBar, StatusLine, TopBar
from widgets.form import ChoiceLine, Field, FormRow, SecretField

PASSWORD, KEY = "password", "key"
"""The two ways to sign in."""


def connect_rows(ways: Mapping[Where, Way]) -> Iterator[FormRow]:
    """One row for each thing to know; ``ways`` are where a session can be kept."""
    yield FormRow("Address", Field(id="address", placeholder="https://pbx.example.com"))
    yield FormRow("Domain", Field(id="domain", placeholder="acme.example"))
    how = {PASSWORD: "portal login and password", KEY: "API key"}
    yield FormRow("Sign in with", ChoiceLine(how, id="way"), "none")
    yield FormRow("Login name", Field(id="login", placeholder="1002@acme.example"))
    yield FormRow("Password", SecretField(id="password"))
    yield FormRow("API key", SecretField(id="key"))
    yield FormRow("Client id", Field(id="client", placeholder="optional"), "beside")
    yield FormRow("Client secret", SecretField(id="secret"), "beside")
    yield FormRow("Code", Field(id="code", placeholder="123456"), "beside")
    yield FormRow("Profile name", Field(id="name", placeholder="acme"), "beside")
    yield FormRow("Stay signed in", ChoiceLine(choices(ways), id="keep"))


def choices(ways: Mapping[Where, Way]) -> dict[str, str]:
    """Where a session can be kept, as it is offered."""
    return {where: way.words for where, way in ways.items()}


PAUSE = 0.6
"""Seconds after the last keystroke in the address before somebody knocks there."""

WHOSE = ("address", "login", "password", "key", "client", "secret")
"""The fields that say who signs in where: with another of these everything begins anew."""

Typed = Mapping[str, str]
"""What was typed by field, without what is secret."""


class ConnectForm(Screen[NewConnection | Typed]):
    """Ends with a connection that works, or with what had been typed. What is secret is gone with the screen."""

    CSS_PATH = "connect_form.tcss"
    AUTO_FOCUS = "#address"
    HELP_NAME = "connecting"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-high")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Next, or connect", id="connect.go_on"),
        # At once, however fast something types: a password must not end up in the field before its own.
        Binding("down,tab", "app.focus_next", "Next field", key_display="↓", priority=True, id="connect.down"),
        Binding(
            "up,shift+tab", "app.focus_previous", "Field before", key_display="↑", priority=True, id="connect.up"
        ),
        Binding("f1", "app.help", "Help", id="connect.help"),
        Binding("escape", "back", "Back", id="connect.back"),
        Binding("f10,ctrl+q", "app.quit", "Leave", key_display="f10", id="connect.leave"),
    ]

    def __init__(self, config: Config, environ: Mapping[str, str], typed: Typed) -> None:
        """``typed`` is what was typed when the form was left before."""
        super().__init__()
        self._config = config
        self._environ = environ
        self._typed = typed
        self._filled_in: dict[str, str] = {}
        """What was put into fields that nobody had typed into."""
        self._sign_in = NewConnectionFlow(config.path, environ)
        self._ways: Mapping[Where, Way] = {Where.FILE: Way("yes, in a file", "")}
        self._busy = False
        self._knocked_at = ""
        """The address that is being looked at, or was."""
        self._answered: Check | None = None
        """What came of that so far."""
        self._button = Button("Connect", compact=True, id="connect")
        # Pressed twice it is pressed twice, and no animation goes over the line.
        self._button.active_effect_duration = 0

    def compose(self) -> ComposeResult:
        """What there is to know, the way on, and what is missing for it."""
        top = TopBar()
        top.left = "queuewatch · Connect to your phone system"
        yield top
        with Vertical(id="middle"), Vertical(id="form"):
            yield from connect_rows(self._ways)
            with Horizontal(id="go"):
                yield self._button
                yield Static("", id="missing", markup=False)
        yield StatusLine()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show again what was typed before, and look where a session can be kept."""
        self._fill(self._typed)
        self.look()
        self._find_ways_to_keep()

    @work(group="ways")
    async def _find_ways_to_keep(self) -> None:
        self._ways = await asyncio.to_thread(ways_to_keep, self._environ)
        if not self._is_there:
            return
        line = self.query_one("#keep", ChoiceLine)
        line.offer(choices(self._ways))
        line.chosen = next(iter(self._ways))
        self.look()

    @on(Input.Changed)
    @on(SecretField.Changed)
    def _something_typed(self, event: Input.Changed) -> None:
        if event.input.id in WHOSE:
            # A code belongs to the login that it was asked for.
            self._sign_in.begin_anew()
        # Whatever was under way was begun with something else.
        self.workers.cancel_group(self, "attempt")
        self.say("")
        self.look()

    @on(ChoiceLine.Changed, "#way")
    def _other_way(self) -> None:
        self._sign_in.begin_anew()
        self.look()

    @on(ChoiceLine.Changed, "#keep")
    @on(events.DescendantBlur)
    def _look_again(self) -> None:
        """What was emptied and left is filled in anew."""
        self.look()

    def look(self) -> None:
        """Read all that is typed, fill in what follows from it for certain, and say how each field is doing."""
        if not self._is_there:
            return
        untouched = self._untouched
        filled = filled_in(self._values, untouched, self._config)
        self._filled_in |= {name: filled[name] for name in untouched}
        self._fill(filled)
        entries = self._entries
        shown = self._asked_for
        for name, entry in entries.items():
            row = self._row(name)
            row.show(name in shown)
            row.say(self._about_address(entry) if name == "address" else entry.check)
        self._row("keep").say(skipped("Stay signed in", self._ways[self._where].sentence))
        still = ", ".join(NEEDED[name] for name in missing(entries, shown))
        self.set_class(not still, "-ready")
        self.query_one("#missing", Static).update(f"Still missing: {still}." if still else "Everything is there.")

    @property
    def _is_there(self) -> bool:
        """Whether the fields are there: what was asked for while they were may be answered once they are gone."""
        return self.is_mounted and self.is_attached and self.app.is_running

    @property
    def _values(self) -> dict[str, str]:
        return {str(field.id): field.value for field in self.query(Input)}

    @property
    def _untouched(self) -> set[str]:
        """The fields that may be filled in: what stands there is none of the user's, and they are elsewhere."""
        values = self._values
        return {
            name
            for name in PROPOSED
            if values[name] in ("", self._filled_in.get(name)) and not self.query_one(f"#{name}").has_focus
        }

    @property
    def _entries(self) -> dict[str, FieldReading]:
        return read_all(self._values, self._config)

    @property
    def _asked_for(self) -> set[str]:
        known = bool(self._client_secret)
        return asked_for(self._values, with_key=self._with_key, secret_known=known, code=self._sign_in.wants_code)

    @property
    def _with_key(self) -> bool:
        return self.query_one("#way", ChoiceLine).chosen == KEY

    @property
    def _client_secret(self) -> str:
        return self._environ.get(CLIENT_SECRET_ENV, "").strip()

    def _about_address(self, entry: FieldReading) -> Check:
        """How the address is doing; one that is new is looked at, once it stands still."""
        if entry.value != self._knocked_at:
            self._knocked_at, self._answered = entry.value, None
            self.workers.cancel_group(self, "probe")
            if entry.value:
                self._knock(entry.value)
        return self._answered or entry.check

    @work(exclusive=True, group="probe")
    async def _knock(self, address: str) -> None:
        await asyncio.sleep(PAUSE)
        self._answered = skipped("Address", "Looking whether a phone system answers there…")
        self.look()
        self._answered = await probe(address, datetime.now(UTC))
        self.look()

    @property
    def _where(self) -> Where:
        return Where(self.query_one("#keep", ChoiceLine).chosen)

    def action_go_on(self) -> None:
        """Go to what is still missing; with nothing missing, connect."""
        entries = self._entries
        first = next(missing(entries, self._asked_for), "")
        if not first:
            if not self._busy:
                self._connect(self._entered(entries))
            return
        self.set_focus(self.query_one(f"#{first}", Input))
        check = entries[first].check
        if check.state is CheckState.BAD:
            self.say(f"{check.sentence} {check.remedy}", good=False)

    @on(Input.Submitted)
    @on(SecretField.Submitted)
    @on(Button.Pressed, "#connect")
    def _pressed(self) -> None:
        self.action_go_on()

    def _entered(self, entries: Mapping[str, FieldReading]) -> ProfileEntry:
        typed = {name: entries[name].value for name in self._asked_for}
        profile = Profile(
            typed["name"],
            typed["address"],
            typed["domain"],
            username=typed.get("login", ""),
            client_id=typed.get("client", ""),
        )
        return ProfileEntry(
            profile,
            self._where,
            key=typed.get("key", ""),
            password=typed.get("password", ""),
            client_secret=self._client_secret or typed.get("secret", ""),
            passcode=typed.get("code", ""),
        )

    @work(exclusive=True, group="attempt")
    async def _connect(self, entered: ProfileEntry) -> None:
        self._busy = True
        self.say("Signing in…")
        try:
            made = await self._sign_in.connect(entered)
        except (PbxError, ConfigError) as error:
            if self._is_there:
                self._complain(error)
            return
        finally:
            self._busy = False
        if not self._is_there:
            return
        if made is not None:
            self._close(made)
            return
        self.say("The password is right. Now the code of your authenticator app.")
        self.look()
        self.set_focus(self.query_one("#code", Input))

    def _complain(self, error: PbxError | ConfigError) -> None:
        """Say what went wrong, and go to where it can be put right. Only what was refused is typed again."""
        self.say(f"{error} {error.hint}".rstrip(), good=False)
        match error:
            case Refused():
                name = "key" if self._with_key else "code" if self._sign_in.wants_code else "password"
                field = self.query_one(f"#{name}", Input)
                with self.prevent(Input.Changed, SecretField.Changed):
                    field.value = ""
                self.look()
            case Missing():
                field = self.query_one("#domain", Input)
            case Unreachable() | Unsupported() | BadConnection():
                field = self.query_one("#address", Input)
            case NotKept():
                self.set_focus(self.query_one("#keep"))
                return
            case _:
                return
        self.set_focus(field)

    def _fill(self, values: Typed) -> None:
        for name, value in values.items():
            field = self.query_one(f"#{name}", Input)
            if field.value != value:
                with self.prevent(Input.Changed):
                    field.value = value

    def _row(self, name: str) -> FormRow:
        return self.query_one(f"#{name}-row", FormRow)

    def say(self, text: str, *, good: bool | None = None) -> None:
        """Tell what became of something."""
        self.query_one(StatusLine).say(text, good=good)

    def action_back(self) -> None:
        """Go back to where one came from; what is not secret is kept for another try."""
        secret = {str(field.id) for field in self.query(SecretField)} | {"code"}
        self._close({name: value for name, value in self._values.items() if value and name not in secret})

    def _close(self, result: NewConnection | Typed) -> None:
        self._sign_in.begin_anew()
        self.dismiss(result)
