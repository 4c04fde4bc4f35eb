"""What the agent rows of the last reading were read as: a row that comes again is not read again.

Of a large domain hardly a row changes from one refresh to the next. The same row gives the same agent, the very
object, so that two snapshots compare at a glance.
"""

from collections.abc import Mapping

from queuewatch.failover.model import Agent

_Fields = Mapping[str, object]
_Key = tuple[object, object]


class KnownAgents:
    """The rows of two readings, the last and the present one."""

    def __init__(self) -> None:
        self._before: dict[_Key, tuple[_Fields, list[type], Agent]] = {}
        self._now: dict[_Key, tuple[_Fields, list[type], Agent]] = {}

    def again(self, fields: object) -> Agent | None:
        """The agent that exactly this row was the last time; ``None`` if there was no such row."""
        if not isinstance(fields, dict):
            return None
        key = _key(fields)
        try:
            known = self._before.get(key)
        except TypeError:
            # What should be a text is a list or an object, and cannot be looked up.
            return None
        # To Python 1, 1.0 and true are the same; to a phone system they are not.
        if known is None or known[0] != fields or known[1] != _types(fields):
            return None
        self._now[key] = known
        return known[2]

    def keep(self, fields: _Fields, agent: Agent) -> None:
        """Remember what this row is; all of it made sense."""
        self._now[_key(fields)] = (fields, _types(fields), agent)

    def end_reading(self) -> None:
        """Forget the rows that did not come again."""
        self._before, self._now = self._now, {}


def _key(fields: _Fields) -> _Key:
    agent = fields.get("callqueue-agent-id")
    return fields.get("callqueue"), fields.get("callqueue_agent_id") if agent is None else agent


def _types(fields: _Fields) -> list[type]:
    return list(map(type, fields.values()))
