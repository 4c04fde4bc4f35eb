"""Changing the profile file as carefully as a person would: comments, order and everything else stay."""

import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import Any

from queuewatch.profiles.config import Config, config_of, load_config
from queuewatch.profiles.fields import ConfigError
from queuewatch.storage.folder import write_whole

Value = str | bool | float | tuple[str, ...]


def put_profile(path: Path, name: str, values: Mapping[str, Value | None]) -> Config:
    """Write these values of a profile; ``None`` takes one out, and what is not named stays.

    A new file's first profile is its default. Raises :class:`ConfigError`, and then nothing was written.
    """
    load_config(path)
    if not path.exists():
        return _write_new(path, name, values)

    def change(document: Any) -> None:
        profiles = document.get("profiles", {})
        if name in profiles:
            with _end_of(profiles[name]):
                _set(profiles[name], values)
        elif "profiles" in document:
            profiles[name] = _given(values)
        else:
            document["profiles"] = {name: _given(values)}

    return _edit(path, change)


def remove_profile(path: Path, name: str) -> Config:
    """Take a profile out of the file. Raises :class:`ConfigError`, and then nothing was written."""
    config = load_config(path)
    config.profile(name)

    def change(document: Any) -> None:
        profiles = document.get("profiles", {})
        profiles.pop(name, None)
        if not profiles:
            document.pop("profiles", None)
        if config.default == name:
            document.pop("default")

    # Taken out whole, a table takes along the comment on the one below it.
    return _edit(path, change, lambda text: _without_table(text, name))


def use_profile(path: Path, name: str) -> Config:
    """Make a profile the default. Raises :class:`ConfigError`, and then nothing was written."""
    load_config(path).profile(name)

    def change(document: Any) -> None:
        document["default"] = name

    return _edit(path, change)


def _edit(path: Path, change: Callable[[Any], None], first: Callable[[str], str] = str) -> Config:
    """Change the file's text, if what then stands there is exactly what was to be changed.

    ``first`` may do a part of it on the text itself; it counts only if it was right.
    """
    text = _read(path)
    tables = tomllib.loads(text)
    change(tables)
    config = config_of(path, tables)
    written = next((new for new in _changed(change, first(text), text) if _tables(new) == tables), None)
    if written is None:
        raise ConfigError(
            f"{path} is written in a way that queuewatch does not dare to change, so it was left as it is.",
            "Change it by hand, or write its profiles as [profiles.NAME].",
        )
    if written != text:
        _write(path, written)
    return config


def _changed(change: Callable[[Any], None], *texts: str) -> Iterator[str]:
    import tomlkit

    for text in texts:
        # Whatever the library does not manage with a file that is good: the file matters more.
        with suppress(Exception):
            document = tomlkit.parse(text)
            change(document)
            yield tomlkit.dumps(document)


def _tables(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _without_table(text: str, name: str) -> str:
    """The text without the lines of a profile's tables; comments below its last key are the next one's."""
    header = re.compile(rf"""\s*\[\[?\s*profiles\s*\.\s*(["']?){re.escape(name)}\1\s*[].]""")
    lines: list[str] = []
    inside: list[str] | None = None
    for line in [*text.splitlines(keepends=True), "[end]"]:
        if line.lstrip().startswith("["):
            goes = header.match(line)
            if inside is not None and not goes:
                lines += reversed(list(takewhile(_says_nothing, reversed(inside))))
            inside = [] if goes else None
        if inside is None:
            lines.append(line)
        else:
            inside.append(line)
    return "".join(lines[:-1])


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _write_new(path: Path, name: str, values: Mapping[str, Value | None]) -> Config:
    import tomli_w

    table: dict[str, Any] = {"default": name, "profiles": {name: _given(values)}}
    config = config_of(path, table)
    _write(path, tomli_w.dumps(table))
    return config


@contextmanager
def _end_of(profile: Any) -> Iterator[None]:
    """Let what is added come right after the profile's last key: what follows that belongs to the next profile."""
    body = profile.value.body if hasattr(profile, "value") and hasattr(profile.value, "body") else []
    last = max((place for place, (key, _) in enumerate(body) if key is not None), default=len(body) - 1)
    following = body[last + 1 :]
    del body[last + 1 :]
    yield
    body.extend(following)


def _set(profile: Any, values: Mapping[str, Value | None]) -> None:
    for key, value in values.items():
        if value is None:
            profile.pop(key, None)
        elif profile.get(key) != _plain(value):
            profile[key] = _plain(value)


def _given(values: Mapping[str, Value | None]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: Value) -> str | bool | float | list[str]:
    return list(value) if isinstance(value, tuple) else value


def _read(path: Path) -> str:
    # Bytes, so that the line ends of the file stay what they are.
    return path.read_bytes().decode("utf-8-sig")


def _write(path: Path, text: str) -> None:
    # A file kept elsewhere and linked here stays where it is.
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(os.stat(target).st_mode) if target.exists() else 0o600
        write_whole(target, text, mode)
    except OSError as error:
        why = error.strerror or "it is no file"
    else:
        return
    raise ConfigError(f"{path} cannot be written: {why}.", "Check the folder, or set QUEUEWATCH_CONFIG.")
