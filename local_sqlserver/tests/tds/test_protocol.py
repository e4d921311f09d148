"""Requests that drivers seldom send, packet by packet: refusals, resets, attention, several calls in one request."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator

import pytest

from local_sqlserver.engine.events import (
    Column,
    Columns,
    DatabaseChanged,
    Done,
    Event,
    ProcedureDone,
    ReturnValue,
    Rows,
    TransactionChanged,
    TransactionRequest,
)
from local_sqlserver.tds.buffer import ProtocolError
from local_sqlserver.tds.packets import PacketType
from local_sqlserver.tds.requests import parse_transaction
from local_sqlserver.tds.server import Server
from local_sqlserver.tds.token_stream import ResponseEncoder, Token
from local_sqlserver.types import SqlType
from tests.tds.raw import ALL_HEADERS, RawClient, login7, utf16
from tests.tds.scripted import ScriptedEngine, ScriptedSession, script

REFUSED_LOGINS = [
    (login7(version=0x71000001), "TDS before 7.3"),
    (login7(flags2=0x80), "Integrated authentication is not supported"),
    (login7(flags3=0x01), "A change of password at login"),
    (
        login7(flags3=0x10, features=b"\x02" + struct.pack("<I", 1) + b"\x02\xff"),
        "Federated authentication is not supported",
    ),
]


@pytest.mark.parametrize(("login", "reason"), REFUSED_LOGINS)
def test_logins_of_other_kinds_are_refused_by_name(server: Server, login: bytes, reason: str) -> None:
    with RawClient(server.address, login) as client:
        assert utf16(reason) in client.greeting
        assert client.greeting[-13:] == struct.pack("<BHHQ", Token.DONE, 2, 0, 0)
        assert client.answer() == b""


def test_of_the_requested_features_only_utf8_support_is_acknowledged(server: Server) -> None:
    asked = b"\x01" + struct.pack("<I", 0) + b"\x0a" + struct.pack("<I", 1) + b"\x01\xff"
    with RawClient(server.address, login7(flags3=0x10, features=asked)) as client:
        assert client.greeting[-13 - 8 : -13] == b"\xae\x0a\x01\x00\x00\x00\x01\xff"
    with RawClient(server.address) as client:
        assert b"\xae\x0a" not in client.greeting


REFUSED_REQUESTS = [
    (
        PacketType.RPC,
        ALL_HEADERS + struct.pack("<HHH", 0xFFFF, 10, 0) + b"\0\0\xf1\0\0\0",
        "An XML parameter",
    ),
    (
        PacketType.RPC,
        ALL_HEADERS
        + struct.pack("<HHH", 0xFFFF, 10, 0)
        + b"\0\0\xf3\0\0\0\x01\0"  # a table with one column, an INT
        + b"\0\0\0\0\x01\0\x38\0"
        + b"\x11\x01\0\x01\0\0\0",  # the order of its columns
        "A table-valued parameter whose columns are not in the order of its type",
    ),
    (PacketType.TRANSACTION_MANAGER, ALL_HEADERS + b"\x00\x00", "TM_GET_DTC_ADDRESS"),
]


@pytest.mark.parametrize(("kind", "data", "construct"), REFUSED_REQUESTS)
def test_an_unsupported_request_is_refused_by_name_and_the_connection_continues(
    server: Server, kind: PacketType, data: bytes, construct: str
) -> None:
    with RawClient(server.address) as client:
        client.send(kind, data)
        answer = client.answer()
        assert utf16(construct) in answer
        assert struct.pack("<i", 40510) in answer
        client.send(PacketType.SQL_BATCH, ALL_HEADERS + utf16("SET"))
        assert client.answer() == struct.pack("<BHHQ", Token.DONE, 0, 0, 0)


def test_a_reset_cleans_the_session_before_the_request_and_is_acknowledged(
    server: Server, engine: ScriptedEngine
) -> None:
    with RawClient(server.address) as client:
        client.send(PacketType.SQL_BATCH, ALL_HEADERS + utf16("SET"), status=0x09)
        assert client.answer().startswith(b"\xe3\x03\x00\x12\x00\x00")
    assert engine.sessions[0].resets == 1


def test_attention_without_a_request_is_acknowledged_once(server: Server, engine: ScriptedEngine) -> None:
    acknowledged = struct.pack("<BHHQ", Token.DONE, 0x20, 0, 0)
    with RawClient(server.address) as client:
        client.send(PacketType.ATTENTION, b"")
        assert client.answer() == acknowledged
        client.send(PacketType.SQL_BATCH, ALL_HEADERS + utf16("SET"))
        assert client.answer() == struct.pack("<BHHQ", Token.DONE, 0, 0, 0)
    assert not engine.sessions[0].cancelled.is_set()


def test_attention_ends_the_response_and_is_acknowledged_in_a_message_of_its_own(
    server: Server, engine: ScriptedEngine
) -> None:
    running = threading.Event()

    def endless(session: ScriptedSession) -> Iterator[Event]:
        running.set()
        assert session.cancelled.wait(20)
        yield Done()

    engine.scripts["SLEEP"] = endless
    with RawClient(server.address) as client:
        client.send(PacketType.SQL_BATCH, ALL_HEADERS + utf16("SLEEP"))
        assert running.wait(20)
        client.send(PacketType.ATTENTION, b"")
        final, status = struct.unpack("<BH", client.answer()[-13:-10])
        assert (final, status & 0x21) == (Token.DONE, 0)
        assert client.answer() == struct.pack("<BHHQ", Token.DONE, 0x20, 0, 0)


def test_a_message_cancelled_by_the_ignore_bit_is_not_run(server: Server, engine: ScriptedEngine) -> None:
    with RawClient(server.address) as client:
        client.send(PacketType.SQL_BATCH, ALL_HEADERS + utf16("DELETE"), status=0x00)
        client.send(PacketType.SQL_BATCH, utf16(" FROM t"), status=0x03)
        assert client.answer() == struct.pack("<BHHQ", Token.DONE, 2, 0, 0)
    assert engine.batches == []


def test_several_calls_in_one_request_run_in_order_and_all_but_the_last_have_the_more_bit(
    server: Server, engine: ScriptedEngine
) -> None:
    def call(name: str) -> bytes:
        return struct.pack("<H", len(name)) + utf16(name) + b"\0\0" + b"\2@\0a\0\0\x26\x04\x04\x05\0\0\0"

    with RawClient(server.address) as client:
        client.send(PacketType.RPC, ALL_HEADERS + b"\xff".join(map(call, ["p1", "p2", "p3"])))
        returned = struct.pack("<Bi", Token.RETURNSTATUS, 0)
        done = [struct.pack("<BHHQ", Token.DONEPROC, more, 0, 0) for more in (1, 1, 0)]
        assert client.answer() == b"".join(returned + token for token in done)
    assert [name for name, _ in engine.calls] == ["p1", "p2", "p3"]
    assert [(p.name, p.value) for _, parameters in engine.calls for p in parameters] == [("@a", 5)] * 3


BULK_COLUMNS = b"\x81\2\0" + bytes(4) + b"\1\0\x26\4\1a\0" + bytes(4) + b"\1\0\xe7\x0a\0" + bytes(5) + b"\1b\0"
"""COLMETADATA of a INT and b NVARCHAR(5), both nullable."""


def test_the_rows_of_a_bulk_load_are_decoded(server: Server, engine: ScriptedEngine) -> None:
    row = b"\xd1\4\7\0\0\0\4\0" + utf16("xy")
    compressed = b"\xd2\1\4\0" + utf16("zw")
    with RawClient(server.address) as client:
        client.send(PacketType.BULK_LOAD, BULK_COLUMNS + row + compressed + struct.pack("<BHHQ", Token.DONE, 0, 0, 0))
        assert client.answer() == struct.pack("<BHHQ", Token.DONE, 0x10, 0, 2)
    ((columns, values),) = engine.loads
    assert columns == (Column("a", SqlType("int")), Column("b", SqlType("nvarchar", 5)))
    assert values == [[7, None], ["xy", "zw"]]


@pytest.mark.parametrize(
    "data",
    [
        b"\xd1",
        BULK_COLUMNS + b"\xd1\4\7\0",
        BULK_COLUMNS + b"\xd1\3\7\0\0",
        BULK_COLUMNS + b"\xaa",
        BULK_COLUMNS[:9],
        b"\x81\1\0" + bytes(6) + b"\x77",
    ],
)
def test_a_malformed_bulk_load_ends_the_connection(server: Server, data: bytes) -> None:
    with RawClient(server.address) as client:
        client.send(PacketType.BULK_LOAD, data)
        assert client.answer() == b""


TRANSACTIONS = [
    (b"\x05\x00\x02\x00", TransactionRequest("begin", "", 2)),
    (b"\x05\x00\x05\x04" + utf16("t1"), TransactionRequest("begin", "t1", 5)),
    (b"\x07\x00\x00\x00", TransactionRequest("commit")),
    (b"\x07\x00\x00\x01\x02\x00", TransactionRequest("commit", "", 2, True)),
    (b"\x08\x00\x04" + utf16("s1") + b"\x00", TransactionRequest("rollback", "s1")),
    (b"\x09\x00\x04" + utf16("s1"), TransactionRequest("save", "s1")),
]


@pytest.mark.parametrize(("data", "expected"), TRANSACTIONS)
def test_transaction_manager_requests_are_decoded(data: bytes, expected: TransactionRequest) -> None:
    assert parse_transaction(ALL_HEADERS + data) == expected


def test_an_unknown_transaction_manager_request_breaks_the_protocol() -> None:
    with pytest.raises(ProtocolError, match="99"):
        parse_transaction(ALL_HEADERS + b"\x63\x00")


def encode(*events: object, last: Token = Token.DONE) -> bytes:
    return b"".join(ResponseEncoder("s").encode(script(*events)(None), last))  # type: ignore[arg-type]


def test_output_values_follow_the_return_status_and_precede_the_end_of_the_procedure() -> None:
    tokens = encode(ReturnValue(1, "@id", SqlType("int"), 7), ProcedureDone(-4), last=Token.DONEPROC)
    status = struct.pack("<Bi", Token.RETURNSTATUS, -4)
    value = b"\xac\x01\x00\x03" + utf16("@id") + b"\x01" + bytes(4) + b"\x01\x00" + b"\x26\x04\x04\x07\0\0\0"
    assert tokens == status + value + struct.pack("<BHHQ", Token.DONEPROC, 0, 0, 0)


def test_events_without_an_end_get_one() -> None:
    assert encode() == struct.pack("<BHHQ", Token.DONE, 0, 0, 0)
    tokens = encode(Done(2, 0xC3, in_procedure=True), last=Token.DONEPROC)
    assert tokens == struct.pack("<BHHQBHHQ", Token.DONEINPROC, 0x11, 0xC3, 2, Token.DONEPROC, 0, 0, 0)


def test_a_change_of_database_and_the_ends_of_a_transaction_are_environment_changes() -> None:
    assert encode(DatabaseChanged("ab", "c")).startswith(b"\xe3\x09\x00\x01\x02" + utf16("ab") + b"\x01" + utf16("c"))
    assert encode(TransactionChanged(8, 5)).startswith(b"\xe3\x0b\x00\x08\x08\x05" + bytes(7) + b"\x00")
    assert encode(TransactionChanged(10, 5)).startswith(b"\xe3\x0b\x00\x0a\x00\x08\x05" + bytes(7))


@pytest.mark.parametrize("row", [(1, 2), (), ("text",), (2**31,)])
def test_a_row_that_does_not_fit_its_columns_is_an_error(row: tuple[object, ...]) -> None:
    with pytest.raises((ValueError, struct.error)):
        encode(Columns((Column("a", SqlType("int")),)), Rows([row]))


def test_the_login_response_has_the_collation_of_the_server(server: Server) -> None:
    """ENVCHANGE type 7 (MS-TDS 2.2.7.9): LCID 0x0409, case ignored, version 2 (the 100 series), no sort order."""
    latin1_general_100_ci_as_ks_ws = b"\x09\x04\x10\x20\x00"
    with RawClient(server.address) as client:
        assert b"\xe3\x08\x00\x07\x05" + latin1_general_100_ci_as_ks_ws + b"\x00" in client.greeting


def test_columns_of_text_carry_the_same_collation() -> None:
    columns = Columns((Column("a", SqlType("nvarchar", 3)), Column("b", SqlType("varchar", 3))))
    assert encode(columns, Done(None)).count(b"\x09\x04\x10\x20\x00") == 2
