"""The server's words, made fit to be quoted."""

from queuewatch.pbx.netsapiens.values import harmless

QUOTED_LENGTH = 160
"""Characters of the server's words that an error quotes."""

_TELLING = 8
"""A piece of the token from its beginning on is cut out from this length."""


def redact(words: str, secret: str) -> str:
    """The words on one harmless line, short, and without the secret or a long beginning of it."""
    clean = harmless(words, limit=4_000)
    # Servers shorten tokens when they complain about them, so its beginnings go too, the longest first.
    for length in range(len(secret), min(_TELLING, len(secret)) - 1, -1):
        clean = clean.replace(secret[:length], "[token]")
    return harmless(clean, limit=QUOTED_LENGTH)
