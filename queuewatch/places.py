"""Where the board can be switched to without leaving it: every domain of every profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from queuewatch.config import config_path, load_config
from queuewatch.connect import Asked, Connection, connect


@dataclass(frozen=True, slots=True)
class Place:
    """One domain of one profile."""

    profile: str
    domain: str
    title: str
    """The profile's name, and the domain where the profile has several."""
    connect: Callable[[], Connection]
    """Make the connection; nothing is sent yet. Raises what is wrong with the profile."""


def with_places(connection: Connection, asked: Asked, environ: Mapping[str, str]) -> Connection:
    """The connection, from which every other place can be switched to."""
    return replace(connection, places=lambda: places(asked, environ))


def places(asked: Asked, environ: Mapping[str, str]) -> tuple[Place, ...]:
    """Every place there is now: the profiles are read anew. Raises :class:`~queuewatch.config.ConfigError`."""

    def place(profile: str, domain: str, title: str) -> Place:
        there = replace(asked, profile=profile, url="", domain=domain, sample="")
        return Place(
            profile, domain, title, lambda: with_places(connect(there, environ, on_screen=True), asked, environ)
        )

    return tuple(
        place(profile.name, domain, f"{profile.name} · {domain}" if len(profile.all_domains) > 1 else profile.name)
        for profile in load_config(config_path(environ)).profiles.values()
        for domain in profile.all_domains
    )
