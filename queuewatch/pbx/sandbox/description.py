"""The sandbox's description of its own API (OpenAPI): the lists, with the fields that it really sends."""

from collections.abc import Iterable
from itertools import chain

from queuewatch import __version__
from queuewatch.pbx.sandbox.api import Api
from queuewatch.pbx.sandbox.quirks import as_sent
from queuewatch.pbx.sandbox.samples import Row

_TYPES: dict[type, str] = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


def describe(api: Api) -> Row:
    """The whole document."""
    pbx, sample = api.pbx, api.pbx.sample
    lists: dict[str, tuple[str, Iterable[Row]]] = {
        "/domains/{domain}/callqueues": ("callqueues", pbx.floor.queue_rows()),
        "/domains/{domain}/agents": ("agents", pbx.floor.agent_rows()),
        "/domains/{domain}/users": ("users", pbx.users.values()),
        "/domains/{domain}/phonenumbers": ("phonenumbers", sample.phonenumbers),
        "/domains/{domain}/autoattendants": ("autoattendants", sample.autoattendants),
        "/domains/{domain}/sites": ("sites", sample.sites),
        "/domains/{domain}/timeframes": ("timeframes", sample.timeframes),
        "/domains/{domain}/users/{user}/answerrules": ("answerrules", chain.from_iterable(pbx.rules.values())),
        "/domains/{domain}/users/{user}/devices": ("devices", chain.from_iterable(sample.devices.values())),
    }
    return {
        "openapi": "3.0.0",
        "info": {"title": "queuewatch's sandbox", "version": __version__},
        "servers": [{"url": "/ns-api/v2"}],
        "paths": {
            path: {"get": _list(as_sent(name, row, api.quirks) for row in rows)}
            for path, (name, rows) in lists.items()
        },
    }


def _list(rows: Iterable[Row]) -> Row:
    fields: dict[str, Row] = {}
    for row in rows:
        for name, value in row.items():
            if name not in fields or not fields[name]:
                fields[name] = {"type": _TYPES[type(value)]} if type(value) in _TYPES else {}
    schema = {"type": "array", "items": {"type": "object", "properties": fields}}
    return {
        "responses": {"200": {"description": "The rows.", "content": {"application/json": {"schema": schema}}}}
    }
