"""From the first byte to LOGIN7: PRELOGIN, TLS, LOGIN7 (3.3.5.1 - 3.3.5.3)."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from local_sqlserver.tds.buffer import ProtocolError
from local_sqlserver.tds.login import (
    Encryption,
    Login,
    agreed_encryption,
    parse_login7,
    parse_prelogin,
    prelogin_response,
    requested_encryption,
)
from local_sqlserver.tds.packets import Message, PacketReader, PacketType, PacketWriter, Transport
from local_sqlserver.tds.tls import (
    HandshakeTransport,
    SocketTransport,
    TlsTransport,
    tds7_context,
    tds8_context,
)

_TLS_RECORD_HANDSHAKE = b"\x16"


@dataclass(frozen=True, slots=True)
class TlsContexts:
    """The TLS contexts of TDS 7.x and TDS 8.0, for one certificate."""

    tds7: ssl.SSLContext
    tds8: ssl.SSLContext

    @classmethod
    def of(cls, certificate: Path) -> TlsContexts:
        """Load a PEM file with key and certificate chain."""
        return cls(tds7_context(certificate), tds8_context(certificate))


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The LOGIN7 of a client and the streams for its further messages; ``encryption`` in words, for the log."""

    reader: PacketReader
    writer: PacketWriter
    login: Login
    encryption: str


def negotiate(connection: socket.socket, tls: TlsContexts) -> Negotiated | None:
    """Negotiate with a new client up to its LOGIN7; None if it disconnects without a message.

    A connection that opens with a TLS record is TDS 8.0 (strict). In TDS 7.x the client chooses (2.2.6.5):
    ON encrypts all, OFF the LOGIN7 message alone, NOT_SUPPORTED nothing. Raises ProtocolError.
    """
    raw = SocketTransport(connection)
    try:
        strict = connection.recv(1, socket.MSG_PEEK) == _TLS_RECORD_HANDSHAKE
    except OSError:
        return None
    transport: Transport = raw
    if strict:
        transport = _strict_tls(raw, tls)
    reader, writer = PacketReader(transport), PacketWriter(transport)
    message = reader.read_message()
    if message is None:
        return None
    encryption = Encryption.NOT_SUPPORTED
    if message.type is PacketType.PRELOGIN:
        options = parse_prelogin(message.data)
        encryption = agreed_encryption(requested_encryption(options))
        writer.write(prelogin_response(encryption, options))
        writer.finish()
        if not strict and encryption is not Encryption.NOT_SUPPORTED:
            _tls_inside_tds(reader, writer, raw, tls)
        message = reader.read_message()
    login = parse_login7(_expect_login7(message))
    if not strict and encryption is Encryption.OFF:
        reader.transport = writer.transport = raw
    words = "strict" if strict else {Encryption.ON: "on", Encryption.OFF: "login only"}.get(encryption, "off")
    return Negotiated(reader, writer, login, words)


def _strict_tls(raw: SocketTransport, tls: TlsContexts) -> TlsTransport:
    transport = TlsTransport(tls.tds8, raw)
    transport.handshake()
    return transport


def _tls_inside_tds(reader: PacketReader, writer: PacketWriter, raw: SocketTransport, tls: TlsContexts) -> None:
    """Run the handshake inside PRELOGIN packets, then TLS directly on the socket (2.2.6.5)."""
    transport = TlsTransport(tls.tds7, HandshakeTransport(reader))
    transport.handshake()
    transport.lower = raw
    transport.feed(reader.take_pending())
    reader.transport = writer.transport = transport


def _expect_login7(message: Message | None) -> bytes:
    if message is None:
        raise ProtocolError("connection closed before LOGIN7")
    if message.type is not PacketType.LOGIN7:
        raise ProtocolError(f"{message.type.name} message where LOGIN7 was expected")
    return message.data
