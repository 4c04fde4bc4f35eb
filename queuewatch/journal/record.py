"""One change as it is logged: a record when it begins, and one when it ends. Each is a line of JSON.

Where it is not known at first what became of a change, there are several of the second kind: the last one counts.

::

    {"v": 1, "record": "begun", "id": "17", "at": "2026-11-23T15:12:00Z", "profile": "acme", "user": "jane", …}
    {"v": 1, "record": "ended", "id": "17", "at": "2026-11-23T15:12:01Z", "outcome": "confirmed", …}

Nothing in a record is secret: it holds what the portal shows to whoever may change the setting.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from queuewatch.failover.model import Forward
from queuewatch.pbx.identity import Setting
from queuewatch.text.instant import utc

VERSION = 1
"""Of the records written here. A later version may add to them; what is known of it is read all the same."""


class RequireAgents(Struct, frozen=True):
    """A value of Require Agents; ``None`` when the phone system sent something unreadable."""

    on: bool | None


class WhenOffline(Struct, frozen=True):
    """When Offline of the Default rule, with its switch and all its destinations; ``None`` without such a rule."""

    forward: Forward | None


Held = RequireAgents | WhenOffline

FIRST_OF_GROUP = "first"
"""Stands for the id of a change's group where the change is the first of it, and has no id yet."""

SETTINGS = {"require_agents": Setting.REQUIRE_AGENTS, "when_offline": Setting.WHEN_OFFLINE}
"""The settings by the names by which records know them."""


def setting_of(held: Held) -> str:
    """The name by which records know the setting."""
    match held:
        case RequireAgents():
            return "require_agents"
        case WhenOffline():
            return "when_offline"


class State(Struct, frozen=True):
    """A setting before a change or after it."""

    words: str
    """For people: ``(214) 555-0100 · 12145550100``."""
    held: Held | None
    """Exactly enough to restore it; ``None`` when the record does not say it in a way that is known here."""


class Edit(Struct, frozen=True):
    """What is changed, and where."""

    server: str
    """The API's address; it holds no credentials."""
    domain: str
    queue: str
    name: str
    """The queue's name at that moment."""
    setting: str
    before: State
    after: State
    undoes: str = ""
    """The id of the change that this one undoes."""
    group: str = ""
    """The id of the first of the changes that were asked about and made as one; empty for one by itself.

    :data:`FIRST_OF_GROUP` until that first one has its id.
    """

    @property
    def label(self) -> str:
        """The queue as people know it: ``Sales (8000)``."""
        return f"{self.name} ({self.queue})" if self.name else self.queue

    @property
    def setting_words(self) -> str:
        """The setting's name in the portal."""
        return SETTINGS.get(self.setting, self.setting)


class Who(Struct, frozen=True):
    """On whose behalf a change is made."""

    profile: str
    user: str
    """Of the operating system."""
    login: str = ""
    """Of the portal, once that is known."""

    @property
    def words(self) -> str:
        """``jane (acme)``."""
        name = self.login or self.user
        return f"{name} ({self.profile})" if self.profile else name


class Ended(Struct, frozen=True):
    """What became of a change."""

    at: datetime
    outcome: str
    """A :class:`~queuewatch.change.ResultKind`, or the word of a later version."""
    sentence: str
    hint: str = ""


class JournalEntry(Struct, frozen=True):
    """A change as the log tells it."""

    id: str
    at: datetime
    who: Who
    edit: Edit
    program: str = ""
    """The version of queuewatch."""
    ended: Ended | None = None
    """``None`` for a change whose end was never written: the program or the machine stopped in between."""
    earlier: tuple[Ended, ...] = ()
    """What was known of it before that, where it was not known at first what became of it."""

    @property
    def outcome(self) -> str:
        """What became of it in one word; empty when that was never written."""
        return self.ended.outcome if self.ended else ""


def begun_record(entry: JournalEntry) -> dict[str, object]:
    """The record that is written before anything is sent."""
    edit = entry.edit
    return {
        "v": VERSION,
        "record": "begun",
        "id": entry.id,
        "at": utc(entry.at),
        "profile": entry.who.profile,
        "user": entry.who.user,
        "login": entry.who.login,
        "server": edit.server,
        "domain": edit.domain,
        "queue": edit.queue,
        "name": edit.name,
        "setting": edit.setting,
        "before": _state_record(edit.before),
        "after": _state_record(edit.after),
        "undoes": edit.undoes,
        "group": entry.id if edit.group == FIRST_OF_GROUP else edit.group,
        "program": entry.program,
    }


def ended_record(id: str, ended: Ended) -> dict[str, object]:
    """The record that is written of what is known to have become of the change, and again once more is known."""
    return {
        "v": VERSION,
        "record": "ended",
        "id": id,
        "at": utc(ended.at),
        "outcome": ended.outcome,
        "sentence": ended.sentence,
        "hint": ended.hint,
    }


def read_object(text: str | bytes) -> dict[str, object] | None:
    """The JSON object in this text; ``None`` for anything else."""
    try:
        found = json.loads(text)
    # Brackets nested deeper than Python follows are a way of not being JSON.
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_begun(fields: Mapping[str, object]) -> JournalEntry | None:
    """The change in such a record; ``None`` when it does not say who changed what, when and where."""
    at, texts = read_moment(fields), read_texts(fields, _TEXTS)
    before, after = fields.get("before"), fields.get("after")
    if at is None or texts is None or not (texts["id"] and texts["queue"] and texts["setting"]):
        return None
    if not isinstance(before, dict) or not isinstance(after, dict):
        return None
    setting = texts["setting"]
    return JournalEntry(
        id=texts["id"],
        at=at,
        who=Who(texts["profile"], texts["user"], texts["login"]),
        edit=Edit(
            server=texts["server"],
            domain=texts["domain"],
            queue=texts["queue"],
            name=texts["name"],
            setting=setting,
            before=_read_state(setting, before),
            after=_read_state(setting, after),
            undoes=texts["undoes"],
            group=texts["group"],
        ),
        program=texts["program"],
    )


_TEXTS = (
    "id",
    "profile",
    "user",
    "login",
    "server",
    "domain",
    "queue",
    "name",
    "setting",
    "undoes",
    "group",
    "program",
)


def read_ended(fields: Mapping[str, object]) -> tuple[str, Ended] | None:
    """The id and the end in such a record; ``None`` when it does not say what became of which change."""
    at = read_moment(fields)
    of, outcome = fields.get("id"), fields.get("outcome")
    sentence, hint = fields.get("sentence", ""), fields.get("hint", "")
    if at is None or not (isinstance(of, str) and isinstance(outcome, str) and of and outcome):
        return None
    if not (isinstance(sentence, str) and isinstance(hint, str)):
        return None
    return of, Ended(at, outcome, sentence, hint)


def read_texts(fields: Mapping[str, object], names: Iterable[str]) -> dict[str, str] | None:
    """The texts under these names, empty where there is none; ``None`` where one of them is no text."""
    found = {name: fields.get(name, "") for name in names}
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    return texts if len(texts) == len(found) else None


def read_moment(fields: Mapping[str, object], name: str = "at") -> datetime | None:
    """The moment under this name; ``None`` for none."""
    text = fields.get(name)
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
        # A moment at the very edge of the calendar has none in another time zone.
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _state_record(state: State) -> dict[str, object]:
    match state.held:
        case RequireAgents(on):
            return {"words": state.words, "on": on}
        case WhenOffline(forward):
            if forward is None:
                return {"words": state.words, "rule": False}
            return {
                "words": state.words,
                "rule": True,
                "enabled": forward.enabled,
                "destinations": list(forward.destinations),
                "readable": forward.readable,
            }
        case None:
            return {"words": state.words}


def _read_state(setting: str, fields: Mapping[str, object]) -> State:
    words = fields.get("words")
    return State(words if isinstance(words, str) else "", _read_held(setting, fields))


def _read_held(setting: str, fields: Mapping[str, object]) -> Held | None:
    match setting, fields:
        case "require_agents", {"on": bool() | None as on}:
            return RequireAgents(on)
        case "when_offline", {"rule": False}:
            return WhenOffline(None)
        case "when_offline", {
            "rule": True,
            "enabled": bool() as enabled,
            "destinations": list() as destinations,
            "readable": bool() as readable,
        } if all(isinstance(text, str) for text in destinations):
            return WhenOffline(Forward(enabled, tuple(destinations), readable))
        case _:
            return None
