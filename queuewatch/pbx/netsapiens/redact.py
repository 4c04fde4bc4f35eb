"""The server's words, made fit to be quoted."""

from queuewatch.pbx.netsapiens.values import harmless

QUOTED_LENGTH = 160
"""Characters of the server's words that an error quotes."""

_TELLING = 8
"""A piece of a secret from its beginning on is cut out from this length."""


def redact(words: str, *secrets: str) -> str:
    """The words on one harmless line, short, and without the secrets or a long beginning of one."""
    clean = harmless(words, limit=4_000)
    # Servers shorten tokens when they complain about them, so beginnings go too, the longest of all first.
    pieces = {
        secret[:length] for secret in secrets for length in range(min(_TELLING, len(secret)), len(secret) + 1)
    }
    for piece in sorted(filter(None, pieces), key=len, reverse=True):
        clean = clean.replace(piece, "[token]")
    return harmless(clean, limit=QUOTED_LENGTH)
