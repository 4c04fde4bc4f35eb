"""Answering scrapes over HTTP, in threads of their own: whoever asks slowly, or never ends, holds up nobody else.

Not on the event loop: to write the numbers of hundreds of domains takes longer than a key may wait. The library's
own server answers any path, waits for ever for whoever says nothing, and looks up this machine's name first; so
this is the standard library's, with the library's encoders.
"""

import errno
import gzip
import ipaddress
import os
import socket
import socketserver
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from queuewatch.metrics.metrics import Metrics
from queuewatch.pbx.phone_system import requests_heard_by
from queuewatch.process.background import report
from queuewatch.profiles.fields import ConfigError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

LOOPBACK = "127.0.0.1"
PATH = "/metrics"
EXAMPLES = "Write --metrics 9464 for this machine alone, or an address of it as well, as in 192.0.2.7:9464."

PATIENCE = 10.0
"""Seconds for which a scraper is waited for, while it asks and again while it reads."""
MOST_OPEN = 16
"""Connections at once: the one that has been there longest gives way to the next."""
LOOKS_EVERY = 0.1
"""Seconds between two looks at whether to end."""


@contextmanager
def serve_metrics(address: str | None, say: Callable[[str], None]) -> Iterator[Metrics]:
    """Answer scrapes at this ``HOST:PORT`` while the block runs; nothing listens where there is none.

    ``say`` is told in sentences where the metrics are, and who can read them there. Raises :class:`ConfigError`
    for an address that cannot be used, and where the library is missing.
    """
    metrics = Metrics()
    if address is None:
        yield metrics
        return
    host, port = read_address(address)
    server = _listening(host, port, metrics)
    where, port = server.server_address[:2]
    # Who asked for any port has to be told which.
    say(f"Metrics for Prometheus are at http://{_in_url(str(where))}:{port}{PATH}.")
    if not ipaddress.ip_address(str(where).partition("%")[0]).is_loopback:
        say("Whoever reaches that address can read how every queue stands, by name: there is no password.")
    answering = Thread(target=server.serve_forever, args=(LOOKS_EVERY,), name="queuewatch metrics", daemon=True)
    answering.start()
    try:
        with requests_heard_by(metrics.count_request):
            yield metrics
    finally:
        server.shutdown()
        server.server_close()


def read_address(typed: str) -> tuple[str, int]:
    """The host and the port of ``HOST:PORT``, ``:PORT`` or ``PORT``. Raises :class:`ConfigError`."""
    host, _, port = typed.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port[:6]) <= 65535):
        raise ConfigError(
            f"--metrics takes HOST:PORT, and {typed!r} does not end in a port from 0 to 65535.", EXAMPLES
        )
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], int(port)
    if any(sign in host for sign in ":/[]@ "):
        raise ConfigError(
            f"--metrics takes HOST:PORT, and {host!r} is no host.",
            f"{EXAMPLES} IPv6 stands in brackets: [::1]:9464.",
        )
    return host or LOOPBACK, int(port)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listening(host: str, port: int, metrics: Metrics) -> "_MetricsServer":
    if not find_spec("prometheus_client"):
        raise ConfigError(
            "Metrics take a library that is not installed.",
            "Get it with: pip install 'queuewatch[metrics]'. Or leave out --metrics.",
        )
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    registry.register(metrics)
    try:
        # The first is what the machine itself prefers, as everywhere.
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return _MetricsServer(family, address, registry)
    except socket.gaierror:
        reason, hint = "there is no such address", EXAMPLES
    except OSError as error:
        reason, hint = _why_not(error)
    except UnicodeError:
        reason, hint = "that is no name of a machine", EXAMPLES
    raise ConfigError(f"Metrics cannot be offered at {_in_url(host)}:{port}: {reason}.", hint)


def _why_not(error: OSError) -> tuple[str, str]:
    match error.errno:
        case errno.EADDRINUSE:
            return "another program listens there already", "Choose another port; 0 takes a free one."
        case errno.EADDRNOTAVAIL:
            return "this machine has no such address", EXAMPLES
        case errno.EACCES:
            return "that port may not be taken", "Choose one above 1023; 0 takes a free one."
        case _:
            return os.strerror(error.errno) if error.errno else str(error), EXAMPLES


class _MetricsServer(ThreadingHTTPServer):
    """Listens at one address, and has a thread for each of at most so many scrapers."""

    daemon_threads = True
    # Elsewhere than on POSIX it would share a port that another program listens at.
    allow_reuse_address = os.name == "posix"
    request_queue_size = 128

    def __init__(self, family: int, address: Any, registry: "CollectorRegistry") -> None:
        self.address_family = family
        self.registry = registry
        self.rendering = Lock()
        self._open: dict[socket.socket, None] = {}
        self._opening = Lock()
        super().__init__(address, _Scrape)

    def server_bind(self) -> None:
        """Bind, and no more: HTTP's own looks up the machine's name, which takes long where nobody answers."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; make room for it first."""
        with self._opening:
            if len(self._open) >= MOST_OPEN:
                oldest = next(iter(self._open))
                del self._open[oldest]
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
            self._open[request] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Hang up."""
        with self._opening:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A scraper that hangs up is nobody's fault; anything else is reported, and not on the screen."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            report("answering a scrape of the metrics", error)


class _Scrape(BaseHTTPRequestHandler):
    """One request, and its answer."""

    server: _MetricsServer
    timeout: ClassVar[float] = PATIENCE
    error_message_format = f"%(code)d %(message)s. The metrics are at {PATH}.\n"
    error_content_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        """Give the metrics, in the form that is asked for."""
        from prometheus_client.exposition import choose_encoder, gzip_accepted

        asked = urlsplit(self.path)
        if asked.path.rstrip("/") != PATH:
            self.send_error(404, "Not Found")
            return
        encode, kind = choose_encoder(self.headers.get("Accept", ""))
        names = parse_qs(asked.query).get("name[]")
        # One at a time: side by side all would take longer.
        with self.server.rendering:
            body = encode(self.server.registry.restricted_registry(names) if names else self.server.registry)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if gzip_accepted(self.headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        # Half a page looks like a whole one where nobody says how long it is.
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Who answers; of which version is nobody's business."""
        return "queuewatch"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the screen belongs to the program."""
