"""What can go wrong with a phone system, as sentences for people: what, and what to do about it.

Every error carries two texts safe to show: they are made from our own words and from redacted, harmless
excerpts of the server's, and never hold a token or a password.
"""


class PbxError(Exception):
    """The phone system did not give what was asked. ``str(error)`` is one sentence, ``hint`` the next step."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint
        self.not_sent = False
        """Whether it is certain that no request was carried out: none left this machine, or all were turned away
        for their token."""


class BadConnection(PbxError):
    """The address, the domain or the token cannot be used as given; nothing was sent."""


class Unreachable(PbxError):
    """No answer: the name, the network, the certificate or the time was against us."""


class Refused(PbxError):
    """The credentials were not accepted (401)."""


class Forbidden(PbxError):
    """The credentials are good and do not reach this far (403 with the API's own words)."""


class Throttled(PbxError):
    """The server, or a firewall before it, asks for fewer requests (429, 503, or a 403 that is not the API's)."""

    def __init__(self, sentence: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(sentence, hint)
        self.retry_after = retry_after
        """Seconds the server asked to be left alone; ``None`` when it did not say."""


class ServerFault(PbxError):
    """The server failed (5xx)."""


class Misunderstood(PbxError):
    """An answer that is not this API's: a web page, cut-off JSON, the wrong shape."""


class Missing(PbxError):
    """The thing asked for does not exist: the domain, the user, the queue."""


class Unsupported(PbxError):
    """This server does not offer that request (an older version, or another product)."""


class Rejected(PbxError):
    """The server understood a change and refused it (400, 409)."""


class ReadOnly(PbxError):
    """queuewatch itself refused to write: it was started read-only."""


class NotKept(PbxError):
    """A session cannot be read or kept on this machine: its keyring, its file, or the lock on it."""
