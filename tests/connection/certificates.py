"""Certificates made for a test, and a server on loopback that shows them. Their keys open nothing."""

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_connection, create_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

DAY = timedelta(days=1)
_MAY_SIGN = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key."""

    x509: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def certificate(
    name: str,
    signer: Certificate | None = None,
    *,
    authority: bool = False,
    hosts: Sequence[str] = (),
    lasts: tuple[timedelta, timedelta] = (-2 * DAY, 90 * DAY),
    told: str = "",
) -> Certificate:
    """A certificate, signed by itself unless there is a ``signer``, whose own is to be had at ``told``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.x509.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + lasts[0])
        .not_valid_after(now + lasts[1])
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        # From Python 3.13 on a certificate is refused that has not all that its standard asks for.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if signer:
        signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
        made = made.add_extension(signed_by, critical=False)
    if authority:
        made = made.add_extension(_MAY_SIGN, critical=True)
    if hosts:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
    if told:
        method = AuthorityInformationAccessOID.CA_ISSUERS
        place = x509.AccessDescription(method, x509.UniformResourceIdentifier(told))
        made = made.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    return Certificate(made.sign(signer.key if signer else key, hashes.SHA256()), key)


def server_context(folder: Path, *chain: Certificate) -> ssl.SSLContext:
    """What a server shows this chain with, its own certificate first."""
    file, key = folder / "chain.pem", folder / "key.pem"
    file.write_bytes(b"".join(link.pem for link in chain))
    key.write_bytes(chain[0].key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


@contextmanager
def shaking_hands(context: ssl.SSLContext, answer: bytes = b"") -> Iterator[int]:
    """A server, in a thread of its own, that shakes hands, answers one request with this, and hangs up."""
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.settimeout(10)
                with context.wrap_socket(connection, server_side=True) as encrypted:
                    if answer:
                        encrypted.recv(65_536)
                        encrypted.sendall(answer)

    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            ending.set()
            # Waiting for a connection ends with one.
            create_connection(("127.0.0.1", port)).close()
            thread.join()
