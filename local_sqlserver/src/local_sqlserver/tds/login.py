"""PRELOGIN and LOGIN7, the messages of a client before it is logged in, and the response to PRELOGIN."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from local_sqlserver.tds.buffer import Buffer, ProtocolError, decode_utf16
from local_sqlserver.tds.packets import DEFAULT_PACKET_SIZE, MAX_PACKET_SIZE, MIN_PACKET_SIZE

SERVER_VERSION = (16, 0, 4225)
"""The version that the server reports: SQL Server 2022 (major, minor, build)."""

TDS_7_3 = 0x730A0003
TDS_7_4 = 0x74000004
TDS_8_0 = 0x08000000

_LOGIN7_FIXED = 94
_INTEGRATED = 0x80
_CHANGE_PASSWORD = 0x01
_EXTENSION = 0x10


class Encryption(IntEnum):
    """The ENCRYPTION option of PRELOGIN (2.2.6.5)."""

    OFF = 0
    ON = 1
    NOT_SUPPORTED = 2
    REQUIRED = 3


class PreloginOption(IntEnum):
    """The PL_OPTION_TOKENs that this server handles (2.2.6.5)."""

    VERSION = 0
    ENCRYPTION = 1
    INSTANCE = 2
    THREAD_ID = 3
    MARS = 4
    FEDERATED_AUTHENTICATION = 6
    TERMINATOR = 0xFF


class Feature(IntEnum):
    """The FeatureExt ids of LOGIN7 (2.2.6.4) that this server handles."""

    FEDERATED_AUTHENTICATION = 0x02
    UTF8_SUPPORT = 0x0A
    TERMINATOR = 0xFF


@dataclass(frozen=True, slots=True)
class Login:
    """A decoded LOGIN7; ``tds_version`` as an integer like 0x74000004, ``packet_size`` is the negotiated one."""

    tds_version: int
    packet_size: int
    host: str
    user: str
    password: str
    application: str
    database: str
    integrated: bool
    changes_password: bool
    features: dict[int, bytes]


def parse_prelogin(data: bytes) -> dict[int, bytes]:
    """Return the options of a PRELOGIN message (2.2.6.5) by token.

    Raises ProtocolError if the terminator is missing or an option lies outside the message.
    """
    options: dict[int, bytes] = {}
    table = Buffer(data)
    while (token := table.uint8()) != PreloginOption.TERMINATOR:
        offset, length = struct.unpack(">HH", table.take(4))
        if offset + length > len(data):
            raise ProtocolError(f"PRELOGIN option {token} lies outside the message")
        options[token] = data[offset : offset + length]
    return options


def requested_encryption(options: dict[int, bytes]) -> Encryption:
    """Return the client's ENCRYPTION option (2.2.6.5); a client without one does not support it."""
    value = options.get(PreloginOption.ENCRYPTION, b"\x02")
    try:
        return Encryption(value[0] if value else Encryption.NOT_SUPPORTED)
    except ValueError:
        raise ProtocolError(f"PRELOGIN encryption 0x{value[0]:02X}") from None


def agreed_encryption(requested: Encryption) -> Encryption:
    """Return the negotiated encryption (table in 2.2.6.5): OFF encrypts only the login, ON everything."""
    return Encryption.ON if requested is Encryption.REQUIRED else requested


def prelogin_response(encryption: Encryption, options: dict[int, bytes]) -> bytes:
    """Return the response to PRELOGIN (2.2.6.5): the server's version, the encryption, no MARS."""
    major, minor, build = SERVER_VERSION
    answer: dict[PreloginOption, bytes] = {
        PreloginOption.VERSION: struct.pack(">BBHH", major, minor, build, 0),
        PreloginOption.ENCRYPTION: bytes((encryption,)),
        PreloginOption.INSTANCE: b"\x00",
        PreloginOption.THREAD_ID: b"",
        PreloginOption.MARS: b"\x00",
    }
    if PreloginOption.FEDERATED_AUTHENTICATION in options:
        answer[PreloginOption.FEDERATED_AUTHENTICATION] = b"\x00"
    table = b""
    offset = 5 * len(answer) + 1
    for token, value in answer.items():
        table += struct.pack(">BHH", token, offset, len(value))
        offset += len(value)
    return table + bytes((PreloginOption.TERMINATOR,)) + b"".join(answer.values())


def parse_login7(data: bytes) -> Login:
    """Decode LOGIN7 (2.2.6.4). Raises ProtocolError if a field lies outside the message."""
    fixed = Buffer(data)
    length = fixed.uint32()
    if not _LOGIN7_FIXED <= length <= len(data):
        raise ProtocolError(f"LOGIN7 of length {length} in a message of {len(data)}")
    tds_version = fixed.uint32()
    packet_size = fixed.uint32()
    fixed.take(12)  # ClientProgVer, ClientPID, ConnectionID
    _flags1, flags2, _type_flags, flags3 = fixed.take(4)
    fixed.take(8)  # ClientTimeZone, ClientLCID

    def field() -> bytes:
        offset, characters = fixed.uint16(), fixed.uint16()
        if offset + 2 * characters > len(data):
            raise ProtocolError("LOGIN7 field lies outside the message")
        return data[offset : offset + 2 * characters]

    host, user, password, application, _server = (field() for _ in range(5))
    extension_offset, extension_length = fixed.uint16(), fixed.uint16()
    _library, _language, database = (field() for _ in range(3))
    features: dict[int, bytes] = {}
    if flags3 & _EXTENSION and extension_length:
        features = _features(data, extension_offset)
    return Login(
        tds_version=tds_version,
        packet_size=negotiated_packet_size(packet_size),
        host=decode_utf16(host),
        user=decode_utf16(user),
        password=decode_utf16(_deobfuscated(password)),
        application=decode_utf16(application),
        database=decode_utf16(database),
        integrated=bool(flags2 & _INTEGRATED),
        changes_password=bool(flags3 & _CHANGE_PASSWORD),
        features=features,
    )


def negotiated_packet_size(requested: int) -> int:
    """Return the packet size (2.2.6.4): the server's for 0, else the client's, clamped to the limits."""
    if requested == 0:
        return DEFAULT_PACKET_SIZE
    return max(MIN_PACKET_SIZE, min(requested, MAX_PACKET_SIZE))


def _deobfuscated(password: bytes) -> bytes:
    """Undo the obfuscation of a password (2.2.6.4): XOR with 0xA5, then swap the nibbles."""
    return bytes(((byte ^ 0xA5) << 4 & 0xF0) | ((byte ^ 0xA5) >> 4) for byte in password)


def _features(data: bytes, extension_offset: int) -> dict[int, bytes]:
    """Return FeatureExt by id; the extension field holds the offset of the real block (2.2.6.4)."""
    pointer = Buffer(data)
    pointer.take(extension_offset)
    block = Buffer(data)
    block.take(pointer.uint32())
    features: dict[int, bytes] = {}
    while (feature := block.uint8()) != Feature.TERMINATOR:
        features[feature] = block.take(block.uint32())
    return features
