"""What to type before queuewatch knows which phone system to ask."""

from queuewatch.config_values import DEFAULT_TOKEN_ENV


def how_to_connect(path: str) -> str:
    """How a phone system is named, with everything there is to type."""
    return f"""\
To try queuewatch without a phone system:

    queuewatch demo

To connect to yours, sign in; that also writes a profile for it:

    queuewatch login

or set three environment variables:

    export QUEUEWATCH_URL=https://pbx.example.com
    export QUEUEWATCH_DOMAIN=acme.example
    export {DEFAULT_TOKEN_ENV}=…

or write a profile to {path}

    default = "acme"

    [profiles.acme]
    url = "https://pbx.example.com"
    domain = "acme.example"
    token_env = "ACME_TOKEN"

and put the token (a bearer token or an API key) into that environment variable:

    export ACME_TOKEN=…"""
