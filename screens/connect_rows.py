"""The rows of the form to connect with, from the top."""

from collections.abc import Iterator, Mapping

from queuewatch.connection.new_profile import Way
from queuewatch.sessions.record import Where
from widgets.choice_line import ChoiceLine
from widgets.field import Field, SecretField
from widgets.form_row import FormRow

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
