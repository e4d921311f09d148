"""Malformed input: parsers raise only ProtocolError; the server disconnects the client and continues."""

from __future__ import annotations

import socket
import struct
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from local_sqlserver.errors import SqlError
from local_sqlserver.tds.buffer import Buffer, ProtocolError
from local_sqlserver.tds.bulk import parse_bulk_load
from local_sqlserver.tds.login import parse_login7, parse_prelogin, requested_encryption
from local_sqlserver.tds.packets import (
    DEFAULT_PACKET_SIZE,
    MAX_LOGIN_MESSAGE,
    Message,
    PacketReader,
    PacketType,
    PacketWriter,
    Status,
)
from local_sqlserver.tds.parameters import read_parameter
from local_sqlserver.tds.requests import parse_batch, parse_rpc, parse_transaction
from local_sqlserver.tds.server import Server
from local_sqlserver.tds.table_values import read_table
from tests import SOAK
from tests.tds.clients import connector
from tests.tds.raw import ALL_HEADERS, RawClient, packet

TYPES = [0x1F, 0x24, 0x26, 0x28, 0x29, 0x2A, 0x2B, 0x3D, 0x63, 0x68, 0x6A, 0x6D, 0x6E, 0x6F, 0xA7, 0xE7, 0xF3]
COLUMN = st.builds(
    lambda flags, kind: struct.pack("<IH", 0, flags) + kind + b"\0",
    st.sampled_from([0, 1, 0x200]),
    st.sampled_from([b"\x26\x04", b"\x38", b"\xe7\x0a\0" + bytes(5), b"\xe7\xff\xff" + bytes(5), b"\x2a\x07", b"\xf3"]),
)
ROW = st.binary(max_size=12).map(b"\x01".__add__)
TABLE = st.builds(
    lambda columns, count, order, rows: (
        b"\xf3\0\0\0"
        + struct.pack("<H", count if count is not None else len(columns))
        + b"".join(columns)
        + order
        + rows
    ),
    st.lists(COLUMN, max_size=3),
    st.sampled_from([None, None, None, 0xFFFF, 1, 1000]),
    st.sampled_from([b"\0", b"\x10\x01\0\x01\0\x01\0", b"\x11\x01\0\x01\0\0", b""]),
    st.lists(ROW | st.just(b"\x01\x04\x05\0\0\0"), max_size=3).map(b"".join) | st.just(b"\0"),
)
"""Table-valued parameters, most of them malformed."""
TYPED = TABLE | st.builds(lambda token, rest: bytes((token,)) + rest, st.sampled_from(TYPES), st.binary(max_size=60))
BULK = st.builds(
    lambda columns, rest: b"\x81" + struct.pack("<H", len(columns)) + b"".join(columns) + rest,
    st.lists(COLUMN, max_size=3),
    st.binary(max_size=40) | st.lists(st.binary(max_size=12).map(b"\xd1".__add__), max_size=3).map(b"".join),
)
"""The rows of a bulk load."""
CALL = st.builds(
    lambda number, values: ALL_HEADERS + struct.pack("<HHH", 0xFFFF, number, 0) + b"".join(b"\0\0" + v for v in values),
    st.integers(0, 16),
    st.lists(TYPED, max_size=4),
)


class Recorded:
    """A transport that replays bytes and records the sent ones."""

    def __init__(self, data: bytes = b"", chunk: int = 1 << 16) -> None:
        self._data = data
        self._chunk = chunk
        self.sent = b""

    def receive(self) -> bytes:
        chunk, self._data = self._data[: self._chunk], self._data[self._chunk :]
        return chunk

    def send(self, data: bytes | bytearray) -> None:
        self.sent += data


def survives(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        parse(data)
    except (ProtocolError, SqlError):
        return


@pytest.mark.soak
@settings(max_examples=500 * SOAK)
@given(st.binary(max_size=200) | TYPED)
@example(b"\xe7\xff\xff" + bytes(5) + b"\xfe" + b"\xff" * 7 + b"\xff\xff\xff\x7f")
@example(b"\x2b\x07\x0a" + b"\xff" * 10)
def test_a_parameter_of_any_bytes_is_read_or_refused(data: bytes) -> None:
    survives(lambda raw: read_table(Buffer(raw)) if raw[:1] == b"\xf3" else read_parameter(Buffer(raw)), data)


@pytest.mark.soak
@settings(max_examples=500 * SOAK)
@given(st.binary(max_size=300) | CALL | st.binary(max_size=100).map(ALL_HEADERS.__add__))
def test_requests_of_any_bytes_are_read_or_refused(data: bytes) -> None:
    for parse in (parse_batch, lambda raw: list(parse_rpc(raw)), parse_transaction):
        survives(parse, data)


@pytest.mark.soak
@settings(max_examples=500 * SOAK)
@given(BULK | st.binary(max_size=200))
def test_bulk_loads_of_any_bytes_are_read_or_refused(data: bytes) -> None:
    survives(parse_bulk_load, data)


@pytest.mark.soak
@settings(max_examples=500 * SOAK)
@given(st.binary(max_size=300), st.integers(0, 400), st.binary(min_size=90, max_size=200))
def test_logins_of_any_bytes_are_read_or_refused(data: bytes, length: int, rest: bytes) -> None:
    survives(lambda raw: requested_encryption(parse_prelogin(raw)), data)
    survives(parse_login7, data)
    survives(parse_login7, struct.pack("<I", length) + rest)


@pytest.mark.soak
@settings(max_examples=300 * SOAK)
@given(st.binary(max_size=400), st.integers(1, 400))
def test_packets_of_any_bytes_are_read_or_refused(data: bytes, chunk: int) -> None:
    reader = PacketReader(Recorded(data, chunk))

    def drain(_: bytes) -> None:
        while reader.read_message() is not None:
            pass

    survives(drain, data)


@pytest.mark.soak
@settings(max_examples=200 * SOAK)
@given(st.binary(max_size=3000), st.integers(512, 1500), st.integers(1, 4000))
def test_a_message_survives_being_split_into_packets(data: bytes, packet_size: int, chunk: int) -> None:
    wire = Recorded()
    writer = PacketWriter(wire, PacketType.SQL_BATCH)
    writer.packet_size = packet_size
    for start in range(0, len(data), 700):
        writer.write(data[start : start + 700])
    writer.finish()
    reader = PacketReader(Recorded(wire.sent, chunk))
    assert reader.read_message() == Message(PacketType.SQL_BATCH, Status.END_OF_MESSAGE, data)
    assert reader.read_message() is None


class Endless:
    """A client that never ends its message."""

    def receive(self) -> bytes:
        return packet(PacketType.LOGIN7, bytes(4000), status=0)

    def send(self, data: bytes | bytearray) -> None:
        raise AssertionError("nothing is to be sent")


def test_an_endless_login_message_ends_at_the_limit() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError, match="longer than"):
            PacketReader(Endless()).read_message()
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_LOGIN_MESSAGE
    finally:
        tracemalloc.stop()


GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x00\x05hello",
    packet(PacketType.PRELOGIN, b""),
    packet(PacketType.PRELOGIN, b"\x00\xff\xff\xff\xff\xff"),
    packet(PacketType.PRELOGIN, b"\x01\x00\x06\x00\x01\xff\x00") + b"\x12\x01no handshake",
    packet(PacketType.SQL_BATCH, ALL_HEADERS + "SELECT 1".encode("utf-16-le")),
    packet(PacketType.LOGIN7, bytes(94)),
    packet(PacketType.LOGIN7, b"\xff" * 94),
    packet(0x99, b""),
    struct.pack(">BBHHBB", 0x12, 1, 3, 0, 1, 0),
    struct.pack(">BBHHBB", 0x12, 1, 4000, 0, 1, 0) + b"short",
]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_closes_its_connection_with_a_log_line_and_no_other(
    server: Server, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(server.address, timeout=10) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        try:
            while client.recv(DEFAULT_PACKET_SIZE):
                pass
        except ConnectionResetError:
            pass
    with connector(server.address[1], "microsoft") as connect:
        assert connect().execute("SELECT ?", 5).fetchone()[0] == 5
    assert "connection closed: " in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.soak
@settings(max_examples=60 * SOAK, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([PacketType.SQL_BATCH, PacketType.RPC, PacketType.TRANSACTION_MANAGER, PacketType.BULK_LOAD]),
    st.binary(max_size=60) | CALL | BULK | st.binary(max_size=60).map(ALL_HEADERS.__add__),
    st.sampled_from([0x01, 0x03, 0x09, 0x11]),
)
def test_a_logged_in_client_gets_an_answer_or_the_end_for_any_bytes(
    server: Server, kind: PacketType, data: bytes, status: int
) -> None:
    with RawClient(server.address) as client:
        client.send(kind, data, status)
        answer = client.answer()
        assert answer == b"" or answer[-13] in (0xFD, 0xFE)
