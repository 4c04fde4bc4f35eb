"""Profiles: the phone systems a person looks after, in one TOML file that holds no secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from queuewatch.failover.audit.finding import Suppression
from queuewatch.failover.sites import NO_SITE_FACTS, SiteFacts
from queuewatch.profiles.fields import (
    DEFAULT_TOKEN_ENV,
    NO_OVERRIDES,
    NO_PROOF_SETTINGS,
    SECRET_KEY,
    ConfigError,
    KeyOverrides,
    ProofSettings,
    check_keys,
    days,
    interval,
    kind,
    overrides,
    proof_settings,
    switch,
    text,
    texts,
    token_env,
)
from queuewatch.profiles.suppressions import read_suppressions
from queuewatch.storage.folder import read_whole, typed_path
from queuewatch.text.similar import did_you_mean

if TYPE_CHECKING:
    from queuewatch.profiles.alert_rules import AlertRule

LARGEST = 4 * 1024 * 1024
"""Bytes: far beyond any file of profiles."""

ALL_DOMAINS = "*"
"""Written as a profile's domain: every domain that its token sees, for the fleet."""

_TOP_KEYS = ("default", "profiles")
_PROFILE_KEYS = (
    "url",
    "domain",
    "domains",
    "include",
    "exclude",
    "username",
    "client_id",
    "token_env",
    "read_only",
    "production",
    "interval",
    "theme",
    "keys",
    "suppress",
    "push",
    "push_url",
    "alerts",
    "history",
    "history_days",
    "cache",
    "home_site",
    "sites",
    "expect",
    "target",
    "never_prove",
    "prove_every",
    "drill_every",
)


class Profile(Struct, frozen=True):
    """One phone system and how to look at it."""

    name: str
    url: str
    domain: str
    token_env: str = DEFAULT_TOKEN_ENV
    """The environment variable that holds the token; the token itself is in no file."""
    read_only: bool = False
    interval: float | None = None
    """Seconds between two refreshes of the board; ``None`` for queuewatch's own choice."""
    theme: str = ""
    keys: KeyOverrides = NO_OVERRIDES
    """The keys of its own that the board has for this phone system."""
    suppressions: tuple[Suppression, ...] = ()
    """What the audit of this phone system is not to mind."""
    push: bool = False
    """Whether the board listens to the stream of events as well."""
    push_url: str = ""
    """Where that stream is, if not at the usual port of ``url``."""
    username: str = ""
    """The login name for signing in with a password."""
    client_id: str = ""
    """What the provider gave this program to sign in with; its secret is in no file."""
    domains: tuple[str, ...] = ()
    """Further domains of the same phone system that the board can be switched to."""
    include: tuple[str, ...] = ()
    """Patterns of the domains a fleet watches, with ``*`` and ``?``; empty for all of the profile's."""
    exclude: tuple[str, ...] = ()
    """Patterns of those it leaves out."""
    production: bool = False
    """Whether a mistake would be heard by real callers: it is shown, and a change is asked about twice."""
    history: bool = True
    """Whether what becomes of its queues is kept on this machine."""
    history_days: int | None = None
    """For how many days; ``None`` for queuewatch's own choice."""
    cache: bool = True
    """Whether what was last seen of it is kept on this machine, for the next start and for an outage."""
    site_facts: SiteFacts = NO_SITE_FACTS
    """Where people are, as far as the phone system does not say."""
    expect: str = ""
    """The file of what must hold, which a watch holds against every change; a path from this file's folder."""
    proofs: ProofSettings = NO_PROOF_SETTINGS
    """What is said of live failover tests and of drills."""
    alerts: "tuple[AlertRule, ...]" = ()
    """Who is told what, and how; without any, everything is told on the board's screen."""

    @property
    def all_domains(self) -> tuple[str, ...]:
        """Every domain that the profile names, its first one first; none where it has all its token sees."""
        if self.domain == ALL_DOMAINS:
            return ()
        return tuple(dict.fromkeys((self.domain, *self.domains)))


class Config(Struct, frozen=True):
    """What the profile file says; a file that does not exist says nothing."""

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default: str = ""

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises :class:`ConfigError` with the nearest one."""
        if name in self.profiles:
            return self.profiles[name]
        if not self.profiles:
            raise ConfigError(
                f"There is no profile {name!r}: {self.path} has none.",
                "queuewatch login makes one, or queuewatch profiles add.",
            )
        raise ConfigError(
            f"There is no profile {name!r} in {self.path}.",
            did_you_mean(name, self.profiles) + f"It has {', '.join(self.profiles)}.",
        )

    @property
    def default_profile(self) -> Profile | None:
        """The profile to use when none is named; ``None`` when there are no profiles.

        Raises :class:`ConfigError` when there are several and none is the default.
        """
        if self.default:
            return self.profiles[self.default]
        if len(self.profiles) > 1:
            raise ConfigError(
                f"{self.path} has several profiles and no default: {', '.join(self.profiles)}.",
                f'Choose one with --profile NAME, or write default = "{next(iter(self.profiles))}" at its top.',
            )
        return next(iter(self.profiles.values()), None)


def config_path(environ: Mapping[str, str]) -> Path:
    """Where the profiles are: ``QUEUEWATCH_CONFIG``, else ``config.toml`` in the platform's own folder."""
    if chosen := environ.get("QUEUEWATCH_CONFIG"):
        return typed_path(chosen)
    from platformdirs import user_config_path

    return user_config_path("queuewatch", appauthor=False) / "config.toml"


def load_config(path: Path) -> Config:
    """Read and check the profile file. Raises :class:`ConfigError` naming the file and the line or the key."""
    try:
        written = read_whole(path, LARGEST)
    except FileNotFoundError:
        return Config(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror or 'it is no file'}.",
            "Make it readable for you, or name another file in QUEUEWATCH_CONFIG.",
        ) from None
    # Loaded where there is a file: a phone system that the environment names needs none.
    import tomllib

    try:
        table = tomllib.loads(written.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.", "A text needs quotes, a table its [brackets]."
        ) from None
    except ValueError:
        # Python reads no number of more than some thousand digits.
        raise ConfigError(
            f"{path} holds a number that is too long to be read.", "Look for it, and write it in quotes."
        ) from None
    except RecursionError:
        raise ConfigError(
            f"{path} is nested too deep to be a profile file.",
            "Put it aside: queuewatch login makes a new one, or name another file in QUEUEWATCH_CONFIG.",
        ) from None
    return config_of(path, table)


def config_of(path: Path, table: Mapping[str, object]) -> Config:
    """The profiles in a file's tables. Raises :class:`ConfigError` naming the file and the key."""
    check_keys(path, "", table, _TOP_KEYS)
    found = table.get("profiles", {})
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: profiles must be tables.", "Begin each with [profiles.NAME].")
    profiles = {name: _profile(path, name, entry) for name, entry in found.items()}
    default = text(path, "", table, "default")
    if default and default not in profiles:
        has = f"It has {', '.join(profiles)}." if profiles else "It has no profiles."
        raise ConfigError(
            f"{path}: default names the profile {default!r}, which is not there.",
            did_you_mean(default, profiles) + has,
        )
    return Config(path, profiles, default)


def _profile(path: Path, name: str, entry: object) -> Profile:
    where = f"profiles.{name}."
    if not isinstance(entry, dict):
        if SECRET_KEY.search(name):
            check_keys(path, "profiles.", {name: entry}, ())
        raise ConfigError(
            f"{path}: profiles.{name} is {kind(entry)}, not a profile.",
            "Begin each profile with [profiles.NAME].",
        )
    check_keys(path, where, entry, _PROFILE_KEYS)
    domains = texts(path, where, entry, "domains")
    url, domain = text(path, where, entry, "url"), text(path, where, entry, "domain") or "".join(domains[:1])
    for key, value in (("url", url), ("domain", domain)):
        if not value:
            raise ConfigError(f"{path}: {where}{key} is missing.", f'Add {key} = "…" under [profiles.{name}].')
    return Profile(
        name=name,
        url=url,
        domain=domain,
        domains=domains,
        include=texts(path, where, entry, "include"),
        exclude=texts(path, where, entry, "exclude"),
        username=text(path, where, entry, "username"),
        client_id=text(path, where, entry, "client_id"),
        token_env=token_env(path, where, entry),
        read_only=switch(path, where, entry, "read_only"),
        production=switch(path, where, entry, "production"),
        interval=interval(path, where, entry),
        theme=text(path, where, entry, "theme"),
        keys=overrides(path, where, entry) if "keys" in entry else NO_OVERRIDES,
        suppressions=read_suppressions(path, f"{where}suppress", entry.get("suppress")),
        push=switch(path, where, entry, "push"),
        push_url=text(path, where, entry, "push_url"),
        alerts=_alerts(path, f"{where}alerts", entry.get("alerts")),
        history=switch(path, where, entry, "history", unless_said=True),
        history_days=days(path, where, entry, "history_days"),
        cache=switch(path, where, entry, "cache", unless_said=True),
        site_facts=_site_facts(path, where, entry),
        expect=text(path, where, entry, "expect"),
        proofs=proof_settings(path, where, entry),
    )


def _site_facts(path: Path, where: str, entry: Mapping[str, object]) -> SiteFacts:
    if "home_site" not in entry and "sites" not in entry:
        return NO_SITE_FACTS
    from queuewatch.profiles.sites import read_site_facts

    return read_site_facts(path, where, entry)


def _alerts(path: Path, where: str, entries: object) -> "tuple[AlertRule, ...]":
    if entries is None:
        return ()
    # Most profiles have none, and what reads them would hold up the board.
    from queuewatch.profiles.alert_rules import read_alerts

    return read_alerts(path, where, entries)
