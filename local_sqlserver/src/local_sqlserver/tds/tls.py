"""TLS under TDS 8.0, TLS inside PRELOGIN packets of TDS 7.x (2.2.6.5), and the server's certificate."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local_sqlserver.tds.buffer import ProtocolError
from local_sqlserver.tds.packets import Buffered, PacketReader, PacketType, PacketWriter, Transport

_CHUNK = 65536
_VALIDITY = datetime.timedelta(days=3650)
_RENEWAL = datetime.timedelta(days=30)


class PeerGone(Exception):
    """The client closed the connection while the server was sending."""


class SocketTransport:
    """The plain TCP stream."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def receive(self) -> bytes:
        """Return the received bytes; a connection reset by the peer is the end of the stream.

        Raises ProtocolError if the socket's timeout ends before any arrive.
        """
        try:
            return self._connection.recv(_CHUNK)
        except TimeoutError:
            raise ProtocolError("the client fell silent before it was logged in") from None
        except ConnectionError:
            return b""

    def send(self, data: Buffered) -> None:
        """Send all of ``data``. Raises PeerGone if the client has disconnected."""
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise PeerGone(str(error)) from error


class HandshakeTransport:
    """Carries a TLS handshake as the payload of PRELOGIN packets (2.2.6.5)."""

    def __init__(self, reader: PacketReader) -> None:
        self._reader = reader
        self._writer = PacketWriter(reader.transport, PacketType.PRELOGIN)

    def receive(self) -> bytes:
        """Return the payload of the next PRELOGIN message. Raises ProtocolError for any other message."""
        message = self._reader.read_message()
        if message is None:
            return b""
        if message.type is not PacketType.PRELOGIN:
            raise ProtocolError(f"{message.type.name} message inside the TLS handshake")
        return message.data

    def send(self, data: Buffered) -> None:
        """Send one flight of the handshake as one message."""
        self._writer.write(data)
        self._writer.finish()


class TlsTransport:
    """TLS over another transport; one thread may send while another receives."""

    def __init__(self, context: ssl.SSLContext, lower: Transport) -> None:
        self.lower = lower
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._lock = threading.Lock()

    def handshake(self) -> None:
        """Run the handshake over ``lower``. Raises ProtocolError if it fails."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                received = self.lower.receive()
                if not received:
                    raise ProtocolError("connection closed inside the TLS handshake") from None
                self.feed(received)
            except ssl.SSLError as error:
                self._flush()
                raise ProtocolError(f"TLS handshake: {error.reason or error}") from error
            else:
                self._flush()
                return

    def feed(self, data: bytes) -> None:
        """Add bytes that were already received from ``lower``."""
        with self._lock:
            self._incoming.write(data)

    def receive(self) -> bytes:
        """Return decrypted bytes, empty at the end of the stream. Raises ProtocolError for a bad record."""
        while True:
            try:
                with self._lock:
                    return self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                received = self.lower.receive()
                if not received:
                    return b""
                self.feed(received)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError as error:
                raise ProtocolError(f"TLS: {error.reason or error}") from error

    def send(self, data: Buffered) -> None:
        """Encrypt and send all of ``data``."""
        with self._lock:
            self._tls.write(data)
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            encrypted = self._outgoing.read()
        if encrypted:
            self.lower.send(encrypted)


def tds7_context(certificate: Path) -> ssl.SSLContext:
    """Return the context for TLS inside TDS 7.x: at most TLS 1.2.

    TLS 1.3 sends session tickets after its handshake, but by then both sides have left the PRELOGIN framing.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    return context


def tds8_context(certificate: Path) -> ssl.SSLContext:
    """Return the context for strict encryption (TDS 8.0), which ALPN identifies."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["tds/8.0"])
    context.load_cert_chain(certificate)
    return context


def self_signed_certificate(data_dir: Path) -> Path:
    """Return ``data_dir``/tls.pem (key and certificate), created if it is absent or about to expire.

    It is valid for localhost, the loopback addresses and the machine's name.
    """
    path = data_dir / "tls.pem"
    now = datetime.datetime.now(datetime.UTC)
    if path.exists():
        present = x509.load_pem_x509_certificate(path.read_bytes())
        if present.not_valid_after_utc > now + _RENEWAL:
            return path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(socket.gethostname())]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    return path
