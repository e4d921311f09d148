"""Fields of a TDS message: a bounds-checked reader and the length-prefixed strings (2.2.5.1)."""

from __future__ import annotations

import struct

_UINT16 = struct.Struct("<H")
_UINT32 = struct.Struct("<I")
_INT32 = struct.Struct("<i")
_UINT64 = struct.Struct("<Q")


class ProtocolError(Exception):
    """The peer broke the protocol; the connection cannot go on."""


class Buffer:
    """Reads little-endian fields from a message; ``position`` is that of the next one.

    Raises ProtocolError if a field extends past the end of the message.
    """

    __slots__ = ("_data", "position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    @property
    def left(self) -> int:
        """The number of unread bytes."""
        return len(self._data) - self.position

    def peek(self) -> int:
        """Return the next byte without consuming it."""
        if not self.left:
            raise ProtocolError("message ends where a byte was expected")
        return self._data[self.position]

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        start = self.position
        end = start + size
        if end > len(self._data):
            raise ProtocolError(f"message ends {end - len(self._data)} bytes inside a field of {size}")
        self.position = end
        return self._data[start:end]

    def rest(self) -> bytes:
        """Return the unread bytes."""
        return self.take(self.left)

    def uint8(self) -> int:
        """Read a BYTE."""
        return self.take(1)[0]

    def uint16(self) -> int:
        """Read a USHORT."""
        value: int = _UINT16.unpack(self.take(2))[0]
        return value

    def uint32(self) -> int:
        """Read a ULONG or DWORD."""
        value: int = _UINT32.unpack(self.take(4))[0]
        return value

    def int32(self) -> int:
        """Read a LONG."""
        value: int = _INT32.unpack(self.take(4))[0]
        return value

    def uint64(self) -> int:
        """Read a ULONGLONG."""
        value: int = _UINT64.unpack(self.take(8))[0]
        return value

    def utf16(self, characters: int) -> str:
        """Read ``characters`` UCS-2 code units."""
        return decode_utf16(self.take(2 * characters))

    def b_varchar(self) -> str:
        """Read a B_VARCHAR: a BYTE with the number of code units, then these."""
        return self.utf16(self.uint8())


def decode_utf16(data: bytes) -> str:
    """Decode UCS-2 text, lone surrogates included. Raises ProtocolError for half a code unit."""
    if len(data) % 2:
        raise ProtocolError("UTF-16 text of an odd number of bytes")
    return data.decode("utf-16-le", "surrogatepass")


def encode_utf16(text: str) -> bytes:
    """Encode text as UCS-2 code units, lone surrogates included."""
    return text.encode("utf-16-le", "surrogatepass")


def b_varchar(text: str) -> bytes:
    """Write a B_VARCHAR (2.2.5.1.1) of at most 255 code units; longer text is cut."""
    raw = encode_utf16(text)[:510]
    return bytes((len(raw) // 2,)) + raw


def us_varchar(text: str) -> bytes:
    """Write a US_VARCHAR (2.2.5.1.1): a USHORT with the number of code units, then these."""
    raw = encode_utf16(text)
    return _UINT16.pack(len(raw) // 2) + raw


def b_varbyte(data: bytes) -> bytes:
    """Write a B_VARBYTE (2.2.5.1.1): a BYTE with the number of bytes, then these."""
    return bytes((len(data),)) + data
