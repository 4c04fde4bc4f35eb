"""``queuewatch login``: sign in, say who one is and what one may do, and keep the session."""

import argparse
import os

from msgspec.structs import replace

from queuewatch.commands import errors
from queuewatch.commands.errors import print_error
from queuewatch.commands.prompts import ask, ask_secret, refuse_words, require_terminal_input
from queuewatch.commands.terminal import write
from queuewatch.connection.new_profile import (
    check_session,
    keep,
    new_name,
    queues_seen,
    token_before,
    who_signed_in,
    write_profile,
)
from queuewatch.connection.sign_in import CLIENT_SECRET_ENV
from queuewatch.pbx.credentials import Session
from queuewatch.pbx.errors import Refused
from queuewatch.pbx.identity import reach
from queuewatch.pbx.netsapiens.address import base_url, bearer_token, domain_name
from queuewatch.pbx.netsapiens.tokens import CodeRequired, PasswordLogin, TokenServer
from queuewatch.process.background import run_loop
from queuewatch.profiles.config import Config, Profile, config_path, load_config
from queuewatch.profiles.fields import ConfigError
from queuewatch.signin.session_store import StoredSession, Where
from queuewatch.signin.system_keyring import keyring_name

TRIES = 3
"""How often a password or a code may be wrong. Phone systems lock whoever tries much more often."""


def run(options: argparse.Namespace) -> int:
    """Ask for what is missing, sign in, check, keep, and tell."""
    refuse_words(options.words)
    require_terminal_input("For automation put a token or an API key into QUEUEWATCH_TOKEN.")
    path = config_path(os.environ)
    config = load_config(path)
    profile = _profile(options, config)
    where = _where(options, StoredSession(profile.name, base_url(profile.url), os.environ))
    session = run_loop(_with_key(profile) if options.api_key else _with_password(profile))
    checked = run_loop(check_session(profile, session))
    if checked.trouble is not None:
        print_error(f"warning: {checked.trouble}", checked.trouble.hint)
    session = checked.session
    write_profile(path, config, profile)
    write(who_signed_in(profile, session))
    write(reach(session.identity))
    if checked.queues is not None:
        write(queues_seen(profile, checked.queues))
    if where is Where.NONE:
        write("The session is not kept: it ends with this command.")
    else:
        write(run_loop(keep(profile, session, where, os.environ)))
    write(f"The profile {profile.name} is in {path}. The board: queuewatch --profile {profile.name}")
    if variable := token_before(profile, os.environ):
        print_error(
            f"warning: the environment variable {variable} is set, and goes before the session.",
            f"unset {variable}",
        )
    return errors.DONE


def _profile(options: argparse.Namespace, config: Config) -> Profile:
    """The profile to sign in to, as it will be: known, or put together from options and answers."""
    known = _known(options, config)
    url = options.url or (known.url if known else "") or ask("Address, such as https://pbx.example.com", base_url)
    base_url(url)
    domain = options.domain or (known.domain if known else "") or ask("Domain, such as acme.example", domain_name)
    domain_name(domain)
    profile = known or Profile(options.profile or new_name(config, url, domain), url, domain)
    username = options.username or profile.username
    client_id = options.client_id or profile.client_id
    if not options.api_key:
        username = username or ask(f"Login name, such as 1002@{domain}")
        client_id = client_id or ask("Client id from your provider (empty if there is none)")
    return replace(profile, url=url, domain=domain, username=username, client_id=client_id)


def _known(options: argparse.Namespace, config: Config) -> Profile | None:
    if options.profile:
        return config.profiles.get(options.profile)
    if not (options.url or options.domain):
        return config.default_profile
    same = (
        profile
        for profile in config.profiles.values()
        if profile.url == options.url and profile.domain == options.domain
    )
    return next(same, None)


def _where(options: argparse.Namespace, store: StoredSession) -> Where:
    """Where the session is to be kept: as asked, or as answered."""
    if options.store:
        where = Where(options.store)
        if where is Where.KEYRING and not keyring_name():
            raise ConfigError(
                "There is no usable keyring on this machine.", "Choose --store file, or --store none."
            )
        return where
    keyring = keyring_name()
    if keyring:
        question = f"Keep the session in the keyring ({keyring}), in a file, or not at all? keyring, file or none"
    else:
        question = (
            "There is no usable keyring on this machine. "
            f"Keep the session in {store.path}, which only you may read, or not at all? file or none"
        )
    default = Where.KEYRING if keyring else Where.FILE
    return Where(ask(question, lambda answer: _is_where(answer, bool(keyring)), default=default))


def _is_where(answer: str, keyring: bool) -> None:
    choices = [where.value for where in Where if keyring or where is not Where.KEYRING]
    if answer not in choices:
        raise errors.UsageError(f"“{answer}” is none of {', '.join(choices)}.", "Type one of them.")


async def _with_key(profile: Profile) -> Session:
    return Session(base_url(profile.url), bearer_token(ask_secret("API key")))


async def _with_password(profile: Profile) -> Session:
    server = TokenServer(profile.url)
    secret = os.environ.get(CLIENT_SECRET_ENV, "").strip()
    if profile.client_id and not secret:
        secret = ask_secret("Client secret")
    for left in reversed(range(TRIES)):
        password = ask_secret(f"Password of {profile.username}")
        login = PasswordLogin(profile.username, password, profile.client_id, secret)
        try:
            answer = await server.sign_in(login)
        except Refused as error:
            if not left:
                raise
            print_error(str(error), error.hint)
        else:
            return await _with_code(server, login, answer) if isinstance(answer, CodeRequired) else answer
    raise AssertionError("the last try returns or raises")


async def _with_code(server: TokenServer, login: PasswordLogin, code_request: CodeRequired) -> Session:
    for left in reversed(range(TRIES)):
        passcode = ask_secret("Code of your authenticator app").replace(" ", "")
        try:
            return await server.give_code(login, code_request, passcode)
        except Refused as error:
            if not left:
                raise
            print_error(str(error), error.hint)
    raise AssertionError("the last try returns or raises")
