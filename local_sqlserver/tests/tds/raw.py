"""A client that sends hand-made packets, which no driver would send, without encryption."""

from __future__ import annotations

import socket
import struct
from typing import Self

from local_sqlserver.tds.packets import PacketReader, PacketType
from local_sqlserver.tds.tls import SocketTransport

ALL_HEADERS = struct.pack("<IIHQI", 22, 18, 2, 0, 1)
TDS_7_4 = 0x74000004


def packet(kind: int, payload: bytes, status: int = 1) -> bytes:
    return struct.pack(">BBHHBB", kind, status, 8 + len(payload), 0, 1, 0) + payload


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def login7(*, version: int = TDS_7_4, flags2: int = 0, flags3: int = 0, features: bytes = b"") -> bytes:
    """A LOGIN7 of sa with the right password; ``features`` is the FeatureExt block."""
    password = bytes(((byte >> 4) | (byte << 4 & 0xF0)) ^ 0xA5 for byte in utf16("Secret_1"))
    texts = [b"", utf16("sa"), password, utf16("raw"), b"", b"", b"", b"", b""]
    offsets, body = b"", b""
    for index, text in enumerate(texts):
        if index == 5 and features:
            offsets += struct.pack("<HH", 94 + len(body), 4)
            body += struct.pack("<I", 94 + len(body) + 4) + features
        else:
            offsets += struct.pack("<HH", 94 + len(body), len(text) // 2)
            body += text
    offsets += bytes(6 + 4 + 4 + 4 + 4)
    fixed = struct.pack("<IIIII4BiI", version, 4096, 0, 0, 0, 0, flags2, 0, flags3, 0, 0)
    return struct.pack("<I", 94 + len(body)) + fixed + offsets + body


class RawClient:
    """Logs in and exchanges packets; ``login`` replaces the LOGIN7. ``greeting`` is the response to it."""

    def __init__(self, address: tuple[str, int], login: bytes | None = None) -> None:
        self._socket = socket.create_connection(address, timeout=10)
        self._reader = PacketReader(SocketTransport(self._socket))
        self._reader.max_message = 1 << 24
        self.send(PacketType.LOGIN7, login7() if login is None else login)
        self.greeting = self.answer()

    def send(self, kind: PacketType, payload: bytes, status: int = 1) -> None:
        self._socket.sendall(packet(kind, payload, status))

    def answer(self) -> bytes:
        """The tokens of the next message, empty at the end of the connection."""
        message = self._reader.read_message()
        return b"" if message is None else message.data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
