"""``queuewatch sandbox``: a sample phone system on loopback, over the same API as a real one."""

import argparse
import sys
from typing import TYPE_CHECKING

from queuewatch.commands import errors
from queuewatch.commands.connecting import asked
from queuewatch.commands.terminal import write
from queuewatch.connection.sample import refuse_with_sample
from queuewatch.pbx.errors import PbxError
from queuewatch.pbx.sandbox.samples import DEFAULT_SAMPLE, load_sample, sample_names

if TYPE_CHECKING:
    from queuewatch.pbx.sandbox.sandbox_pbx import SandboxPbx

PUSH_TOO = "It has a stream of events as well: queuewatch --push listens to it.\n\n"


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted, or list the samples."""
    refuse_with_sample(asked(options))
    if options.list:
        for name in sample_names():
            sample = load_sample(name)
            write(f"{name:<12} {sample.title}. {sample.story}")
            write(f"{'':<12} scenarios: {', '.join(sample.scenarios) or 'none'}")
        return errors.DONE
    from queuewatch.pbx.sandbox.clock import SandboxClock
    from queuewatch.pbx.sandbox.logins import Logins
    from queuewatch.pbx.sandbox.sandbox_pbx import SANDBOX_TOKEN, SandboxPbx
    from queuewatch.pbx.sandbox.scenario import load_scenario
    from queuewatch.pbx.sandbox.server import sandbox_app, serve

    sample = load_sample(options.sample or DEFAULT_SAMPLE)
    scenario = load_scenario(sample, options.scenario) if options.scenario else None
    pbx = SandboxPbx(sample, clock=SandboxClock(sample.start), scenario=scenario)
    logins = Logins(pbx)
    app = sandbox_app(pbx, logins=logins)
    if options.push:
        from queuewatch.pbx.sandbox.push import SandboxPush

        app = SandboxPush(logins).beside(app)

    def announce(address: str) -> None:
        write(
            f"{sample.title} ({sample.domain}) answers at {address}\n"
            "In another terminal:\n\n"
            f"export QUEUEWATCH_URL={address}\n"
            f"export QUEUEWATCH_DOMAIN={sample.domain}\n"
            f"export QUEUEWATCH_TOKEN={SANDBOX_TOKEN}\n\n"
            f"{_how_to_sign_in(pbx, address)}"
            f"{PUSH_TOO if options.push else ''}"
            "Ctrl+C ends it, and every change made to it."
        )
        sys.stdout.flush()

    try:
        serve(app, options.port, announce, websockets=options.push)
    except PbxError as error:
        raise errors.UsageError(str(error), error.hint) from None
    return errors.DONE


def _how_to_sign_in(pbx: "SandboxPbx", address: str) -> str:
    """Whom one can be here, instead of using the token."""
    from queuewatch.pbx.sandbox.logins import NEEDS_CODE, PASSCODE, PASSWORD

    people = [
        (str(row["login-username"]), str(row.get("user-scope", "")), user)
        for user, row in pbx.users.items()
        if "Manager" in str(row.get("user-scope", "")) or user in NEEDS_CODE
    ]
    lines = "".join(
        f"  {login:<24} {scope}{f', and the code {PASSCODE}' if user in NEEDS_CODE else ''}\n"
        for login, scope, user in people
    )
    return (
        f"Or sign in, with the password {PASSWORD}, as one of\n\n{lines}\n"
        f"queuewatch login --url {address} --domain {pbx.domain}\n\n"
    )
