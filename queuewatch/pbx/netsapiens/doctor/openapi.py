"""The server's own description of its API (OpenAPI), held against the fields that queuewatch reads."""

import re
from collections.abc import Iterator, Mapping

from queuewatch.failover.wording import plural
from queuewatch.pbx.checks import Check, good, skipped, unsure
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.netsapiens.field_names import HELPFUL, VITAL, aliases_of
from queuewatch.pbx.netsapiens.responses import Response, object_of
from queuewatch.text.plain_text import harmless

PATH = "/../webroot/openapi/openapi.json"
"""Beside the API's address: servers were reported to publish their description there."""

_PLACES = {
    "callqueues": "/domains/{}/callqueues",
    "agents": "/domains/{}/agents",
    "users": "/domains/{}/users",
    "phonenumbers": "/domains/{}/phonenumbers",
    "autoattendants": "/domains/{}/autoattendants",
    "sites": "/domains/{}/sites",
    "answerrules": "/domains/{}/users/{}/answerrules",
    "devices": "/domains/{}/users/{}/devices",
}
_DEEPEST = 12

Json = Mapping[str, object]


def check_description(answer: Response) -> Check:
    """What the description says of the fields that queuewatch reads."""
    if answer.status in (401, 403, 404):
        return skipped("Description", "The server publishes no description of its API, or not to everybody.")
    try:
        document = object_of(answer)
        paths = _object(document.get("paths"))
        if not paths:
            return unsure("Description", "The server's description of its API names no requests.")
    except PbxError:
        return unsure("Description", "The server's description of its API cannot be read.")
    version = harmless(str(_object(document.get("info")).get("version", "")), 40)
    described = {resource: _fields(document, paths, place) for resource, place in _PLACES.items()}
    vital = list(_lacking(described, VITAL))
    others = list(_lacking(described, HELPFUL))
    absent = [f"{resource} is not described." for resource, names in described.items() if names is None]
    sentence = f"The server describes its API{f' (version {version})' if version else ''}"
    if not (vital or others or absent):
        return good("Description", f"{sentence}, with every field that queuewatch reads.")
    lacking = len(vital) + len(others)
    verb = "is" if lacking == 1 else "are"
    words = f"{sentence}; {plural(lacking, 'field')} that queuewatch reads {verb} not in it."
    if vital or absent:
        return unsure(
            "Description", words, "The lists above tell what the server really sends.", *absent, *vital, *others
        )
    return good("Description", words, *others)


def _lacking(described: Mapping[str, set[str] | None], read: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for resource, fields in read.items():
        names = described.get(resource)
        for field in fields:
            if names is not None and not names.intersection(aliases_of(resource, field)):
                yield f"{resource}: no {' or '.join(aliases_of(resource, field))}."


def _fields(document: Json, paths: Json, place: str) -> set[str] | None:
    """The names of a list's fields; ``None`` where the list is not described."""
    # A path may come in several variants, told apart by what follows a #.
    variants = [item for path, item in paths.items() if re.sub(r"\{[^}]*\}", "{}", path.split("#", 1)[0]) == place]
    found: set[str] = set()
    for variant in variants:
        responses = _object(_object(_object(variant).get("get")).get("responses"))
        content = _object(_object(responses.get("200")).get("content"))
        for media in content.values():
            found |= _properties(document, _object(media).get("schema"), 0)
    return found or None


def _properties(document: Json, schema: object, depth: int) -> set[str]:
    described = _object(schema)
    if depth > _DEEPEST:
        return set()
    if isinstance(reference := described.get("$ref"), str):
        return _properties(document, _at(document, reference), depth + 1)
    names = set(_object(described.get("properties")))
    parts: list[object] = [described.get("items")]
    for several in ("allOf", "anyOf", "oneOf"):
        if isinstance(listed := described.get(several), list):
            parts += listed
    return names.union(*(_properties(document, part, depth + 1) for part in parts if part is not None))


def _at(document: Json, reference: str) -> object:
    place: object = document
    for step in reference.removeprefix("#/").split("/"):
        place = _object(place).get(step.replace("~1", "/").replace("~0", "~"))
    return place


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
