"""Messages in packets (2.2.3): received packets are reassembled, sent messages are split."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Protocol

from local_sqlserver.tds.buffer import ProtocolError

DEFAULT_PACKET_SIZE = 4096
MIN_PACKET_SIZE = 512
MAX_PACKET_SIZE = 32767
HEADER_SIZE = 8
MAX_LOGIN_MESSAGE = 128 * 1024
"""The longest message before login: LOGIN7 has at most 128K - 1 bytes (2.2.6.4)."""
MAX_MESSAGE = 65536 * DEFAULT_PACKET_SIZE
"""SQL Server's limit for a batch: 65,536 packets of the default size, 256 MiB."""

_HEADER = struct.Struct(">BBHHBB")


class PacketType(IntEnum):
    """The Type field of the packet header (2.2.3.1.1)."""

    SQL_BATCH = 0x01
    RPC = 0x03
    TABULAR_RESULT = 0x04
    ATTENTION = 0x06
    BULK_LOAD = 0x07
    FEDERATED_TOKEN = 0x08
    TRANSACTION_MANAGER = 0x0E
    LOGIN7 = 0x10
    SSPI = 0x11
    PRELOGIN = 0x12


class Status(IntFlag):
    """The Status field of the packet header (2.2.3.1.2)."""

    END_OF_MESSAGE = 0x01
    IGNORE = 0x02
    RESET_CONNECTION = 0x08
    RESET_CONNECTION_KEEP_TRANSACTION = 0x10


Buffered = bytes | bytearray


class Transport(Protocol):
    """A byte stream: a socket, or TLS on top of one."""

    def receive(self) -> bytes:
        """Return some bytes, empty at the end of the stream."""

    def send(self, data: Buffered) -> None:
        """Send all of ``data``."""


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message; ``status`` has the reset bits of its first packet and the ignore bit of its last."""

    type: PacketType
    status: Status
    data: bytes


class PacketReader:
    """Reassembles messages from a byte stream (2.2.3.1)."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.max_message = MAX_LOGIN_MESSAGE
        self._pending = bytearray()

    def read_message(self) -> Message | None:
        """Return the next message, None if the peer closed the connection after a message.

        Raises ProtocolError for an unknown packet type, an impossible length, and a message that changes its
        type, ends early or is longer than ``max_message`` bytes.
        """
        if not self._fill(HEADER_SIZE):
            return None
        status, payload, kind = self._packet()
        first = status
        parts = [payload]
        size = len(payload)
        while not status & Status.END_OF_MESSAGE:
            if not self._fill(HEADER_SIZE):
                raise ProtocolError("connection closed inside a message")
            status, payload, continued = self._packet()
            if continued is not kind:
                raise ProtocolError(f"a {kind.name} message goes on as {continued.name}")
            size += len(payload)
            if size > self.max_message:
                raise ProtocolError(f"message is longer than {self.max_message} bytes")
            parts.append(payload)
        resets = Status.RESET_CONNECTION | Status.RESET_CONNECTION_KEEP_TRANSACTION
        return Message(kind, (first & resets) | (status & ~resets), b"".join(parts))

    def take_pending(self) -> bytes:
        """Return the bytes received after the last message, which are the first of TLS."""
        pending = bytes(self._pending)
        self._pending.clear()
        return pending

    def _packet(self) -> tuple[Status, bytes, PacketType]:
        kind, status, length, _spid, _id, _window = _HEADER.unpack_from(self._pending)
        if not HEADER_SIZE <= length <= MAX_PACKET_SIZE:
            raise ProtocolError(f"packet of length {length}")
        try:
            known = PacketType(kind)
        except ValueError:
            raise ProtocolError(f"unknown packet type 0x{kind:02X}") from None
        if not self._fill(length):
            raise ProtocolError("connection closed inside a packet")
        payload = bytes(self._pending[HEADER_SIZE:length])
        del self._pending[:length]
        return Status(status), payload, known

    def _fill(self, size: int) -> bool:
        while len(self._pending) < size:
            received = self.transport.receive()
            if not received:
                if self._pending:
                    raise ProtocolError("connection closed inside a packet")
                return False
            self._pending += received
        return True


class PacketWriter:
    """Splits a message into packets of the negotiated size (2.2.3.1) and sends each as soon as it is full."""

    def __init__(self, transport: Transport, kind: PacketType = PacketType.TABULAR_RESULT) -> None:
        self.transport = transport
        self.packet_size = DEFAULT_PACKET_SIZE
        self.spid = 0
        self._kind = kind
        self._pending = bytearray()
        self._packet_id = 0

    def write(self, data: Buffered) -> None:
        """Add ``data`` to the message; at most the content of one packet stays unsent."""
        self._pending += data
        payload = self.packet_size - HEADER_SIZE
        if len(self._pending) > payload:
            full = (len(self._pending) - 1) // payload
            packets = bytearray()
            for start in range(0, full * payload, payload):
                packets += self._header(0, payload)
                packets += self._pending[start : start + payload]
            del self._pending[: full * payload]
            self.transport.send(packets)

    def finish(self) -> None:
        """End the message: send the rest with the end-of-message bit."""
        self.transport.send(self._header(Status.END_OF_MESSAGE, len(self._pending)) + self._pending)
        self._pending.clear()
        self._packet_id = 0

    def _header(self, status: int, payload: int) -> bytes:
        self._packet_id = (self._packet_id + 1) % 256
        return _HEADER.pack(self._kind, status, HEADER_SIZE + payload, self.spid, self._packet_id, 0)
