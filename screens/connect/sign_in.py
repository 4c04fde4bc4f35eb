"""Sign in without leaving the board: login name, password, and a code if one is asked for."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from queuewatch.connection.sign_in import SignIn
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.tokens import CodeRequired, PasswordLogin
from screens.dialog import Dialog
from screens.keys.tasks import SIGN_IN
from widgets.action import bindings


class SignInScreen(Dialog[bool]):
    """Asks, and says in place what is wrong. Whatever was typed is gone with the screen."""

    CSS_PATH = "sign_in.tcss"
    HELP_NAME = "signing in"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*SIGN_IN),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Field before", show=False),
    ]

    def __init__(self, signing: SignIn, why: str = "") -> None:
        super().__init__()
        self._signing = signing
        self._why = why
        self._half_way: tuple[PasswordLogin, CodeRequired] | None = None
        self._busy = False

    def compose(self) -> ComposeResult:
        """Whom to sign in, with what, and where that is kept."""
        with Vertical(id="dialog"):
            yield Static(f"Sign in to {self._signing.name}", id="title", markup=False)
            yield Static(self._signing.address, classes="muted", markup=False)
            yield Static(self._why, id="why", markup=False)
            for label, name, hidden in (
                ("Login name", "username", False),
                ("Password", "password", True),
                ("Client secret", "secret", True),
                ("Code", "code", False),
            ):
                with Horizontal(id=f"{name}-row", classes="row"):
                    yield Static(label, classes="label")
                    yield Input(id=name, password=hidden, compact=True, select_on_focus=False)
            yield Static("", id="error", markup=False)
            yield Static("", id="kept", classes="muted", markup=False)
            yield Static("enter sign in · ↓ next field · f1 help · esc not now", classes="muted")

    def on_mount(self) -> None:
        """Begin where something is missing."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one("#username", Input).value = self._signing.username
        self.query_one("#username", Input).placeholder = "1002@acme.example"
        self.query_one("#code", Input).placeholder = "of your authenticator app"
        self._show("code", False)
        self._show("secret", False)
        self.set_focus(self._field("password" if self._signing.username else "username"))
        self._prepare()

    @work(group="prepare")
    async def _prepare(self) -> None:
        """Find out what else has to be asked, which may take a keyring a while."""
        try:
            asks_secret = await self._signing.prepare()
        except PbxError as error:
            asks_secret = True
            self._complain(error)
        if self._is_there:
            self._show("secret", asks_secret)
        where = await self._signing.where()
        if self._is_there:
            self.query_one("#kept", Static).update(f"The session is {where}.")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        for name in ("username", "password", "secret", "code"):
            field = self._field(name)
            if self._is_shown(name) and not field.value.strip():
                self.set_focus(field)
                return
        if not self._busy:
            self._sign_in()

    @work(exclusive=True, group="sign in")
    async def _sign_in(self) -> None:
        self._busy = True
        self.query_one("#error", Static).update("Signing in…")
        try:
            await self._ask()
        except PbxError as error:
            self._complain(error)
        finally:
            self._busy = False

    async def _ask(self) -> None:
        if self._half_way is None:
            username, password, secret = (self._field(name).value for name in ("username", "password", "secret"))
            login, code_request = await self._signing.with_password(username.strip(), password, secret.strip())
            if not self._is_there:
                return
            if code_request is not None:
                self._half_way = login, code_request
                self._show("code", True)
                self.query_one("#error", Static).update("")
                self.set_focus(self._field("code"))
                return
        else:
            await self._signing.with_code(*self._half_way, self._field("code").value.replace(" ", ""))
        if self._is_there:
            self.dismiss(True)

    @on(Input.Changed, "#username, #password, #secret")
    def _begin_anew(self) -> None:
        """A code belongs to the login it was asked for, and so does what is under way."""
        if self._busy:
            self.workers.cancel_group(self, "sign in")
            self.query_one("#error", Static).update("")
        self._half_way = None
        self._show("code", False)
        self._field("code").value = ""

    @property
    def _is_there(self) -> bool:
        """Whether the fields are there: what was asked for while they were may be answered once they are left."""
        return self.is_attached and self.app.is_running

    def _complain(self, error: PbxError) -> None:
        if not self._is_there:
            return
        self.query_one("#error", Static).update(f"{error} {error.hint}".rstrip())
        wrong = self._field("code" if self._half_way else "password")
        with self.prevent(Input.Changed):
            wrong.value = ""
        self.set_focus(wrong)

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _show(self, name: str, shown: bool) -> None:
        self.query_one(f"#{name}-row").set_class(not shown, "-hidden")

    def _is_shown(self, name: str) -> bool:
        return not self.query_one(f"#{name}-row").has_class("-hidden")

    def action_cancel(self) -> None:
        """Leave things as they are."""
        self.dismiss(False)
