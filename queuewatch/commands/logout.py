"""``queuewatch logout``: forget a session."""

import argparse
import os

from queuewatch.commands import errors
from queuewatch.commands.prompts import refuse_words
from queuewatch.commands.terminal import write
from queuewatch.pbx.netsapiens.address import base_url
from queuewatch.profiles.config import config_path, load_config
from queuewatch.profiles.fields import ConfigError
from queuewatch.signin.session_store import StoredSession
from queuewatch.storage.folder import state_folder
from queuewatch.storage.last_picture import forget_pictures


def run(options: argparse.Namespace) -> int:
    """Forget the session, and say what is left of it elsewhere."""
    refuse_words(options.words)
    config = load_config(config_path(os.environ))
    profile = config.profile(options.profile) if options.profile else config.default_profile
    if profile is None:
        raise ConfigError("There is no profile, and so no session.", "queuewatch login makes one.")
    was = StoredSession(profile.name, base_url(profile.url), os.environ).forget()
    pictures = forget_pictures(state_folder(os.environ), profile.name)
    gone = "\nWhat was last seen of it is deleted from this machine." if pictures else ""
    if was is None:
        write(f"Nobody is signed in to {profile.name}.{gone}")
    else:
        write(
            f"Signed out of {profile.name}: the session is gone from the {was.value}.\n"
            "The phone system was not told; its token stays good there until it runs out, an API key until it is "
            f"revoked.{gone}"
        )
    return errors.DONE
