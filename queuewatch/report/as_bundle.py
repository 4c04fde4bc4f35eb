"""What goes to support: the checkup, the names of the fields a server sends, and nothing that names anybody."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields

from queuewatch.config import Config, Profile
from queuewatch.pbx.checks import Check, Seen
from queuewatch.report.as_checkup import document, summary
from queuewatch.report.redaction import HIDDEN, Redactor

_ABOUT = (
    "A support bundle of queuewatch. Names, numbers, addresses and secrets are hidden; values are not in it.\n"
)


def bundle_files(
    checks: Sequence[Check], status: int, seen: Seen, config: Config | None, redactor: Redactor
) -> Mapping[str, str]:
    """The files of the bundle, by name."""
    redacted = [redactor.check(check) for check in checks]
    seen_fields = {resource: redactor.fields(kinds) for resource, kinds in seen.fields.items()}
    return {
        "report.txt": _report(redacted),
        "report.json": _json(document(redacted, status)),
        "fields.json": _json(seen_fields),
        "configuration.json": _json(_configuration(config)),
    }


def _report(checks: Sequence[Check]) -> str:
    lines = [_ABOUT]
    for check in checks:
        lines.append(f"{check.state.value:<8} {check.name}: {check.sentence}")
        lines += [f"{'':<8} - {detail}" for detail in check.details]
        if check.remedy:
            lines.append(f"{'':<8} > {check.remedy}")
    return "\n".join([*lines, "", summary(checks), ""])


def _configuration(config: Config | None) -> dict[str, object]:
    """The profiles by number, with their switches and numbers; every text is hidden."""
    if config is None:
        return {"readable": False}
    profiles = list(config.profiles.values())
    return {
        "readable": True,
        "default": next((nth for nth, one in enumerate(profiles, 1) if one.name == config.default), None),
        "profiles": [_profile(profile) for profile in profiles],
    }


def _profile(profile: Profile) -> dict[str, object]:
    found = {one.name: getattr(profile, one.name) for one in fields(profile)}
    return {
        name: value if value is None or isinstance(value, bool | int | float) else HIDDEN if value else ""
        for name, value in found.items()
    }


def _json(content: object) -> str:
    return f"{json.dumps(content, indent=2)}\n"
