"""Requests of a logged-in client (2.2.6): SQL batches, procedure calls, Transaction Manager requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_sqlserver.engine.events import Parameter, TransactionRequest
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import Buffer, ProtocolError, decode_utf16
from local_sqlserver.tds.parameters import read_parameter
from local_sqlserver.tds.table_values import TOKEN as TABLE
from local_sqlserver.tds.table_values import read_table

_BY_NUMBER = 0xFFFF
_BATCH_FLAG = 0xFF
_NO_EXECUTE_FLAG = 0xFE
_BY_REFERENCE = 0x01
_DEFAULT_VALUE = 0x02
_ENCRYPTED = 0x08
_BEGIN_AFTERWARDS = 0x01

PROCEDURES = {
    1: "sp_cursor",
    2: "sp_cursoropen",
    3: "sp_cursorprepare",
    4: "sp_cursorexecute",
    5: "sp_cursorprepexec",
    6: "sp_cursorunprepare",
    7: "sp_cursorfetch",
    8: "sp_cursoroption",
    9: "sp_cursorclose",
    10: "sp_executesql",
    11: "sp_prepare",
    12: "sp_execute",
    13: "sp_prepexec",
    14: "sp_prepexecrpc",
    15: "sp_unprepare",
}
"""The procedures that RPC requests may call by number (ProcID, 2.2.6.6)."""

_TRANSACTION_KINDS = {5: "begin", 7: "commit", 8: "rollback", 9: "save"}
_DISTRIBUTED = {0: "TM_GET_DTC_ADDRESS", 1: "TM_PROPAGATE_XACT", 6: "TM_PROMOTE_XACT"}


@dataclass(frozen=True, slots=True)
class ProcedureCall:
    """One call of an RPC request."""

    name: str
    parameters: tuple[Parameter, ...]


def parse_batch(data: bytes) -> str:
    """Return the text of a SQLBatch (2.2.6.7)."""
    buffer = Buffer(data)
    _skip_all_headers(buffer)
    return decode_utf16(buffer.rest())


def parse_rpc(data: bytes) -> Iterator[ProcedureCall]:
    """Yield the calls of an RPC request (2.2.6.6), and decode each only when it is next.

    Raises ProtocolError for a malformed request, SqlError 40510 for parameters of refused types.
    """
    buffer = Buffer(data)
    _skip_all_headers(buffer)
    while buffer.left:
        name = _procedure_name(buffer)
        buffer.uint16()  # OptionFlags (recompile, no metadata, reuse metadata) have no effect: metadata is always sent
        parameters = []
        while buffer.left and buffer.peek() not in (_BATCH_FLAG, _NO_EXECUTE_FLAG):
            parameters.append(_parameter(buffer))
        if buffer.left and buffer.uint8() == _NO_EXECUTE_FLAG:
            raise unsupported("An RPC request with NoExecFlag")
        yield ProcedureCall(name, tuple(parameters))


def parse_transaction(data: bytes) -> TransactionRequest:
    """Decode a Transaction Manager request (2.2.6.9): 5 begin, 7 commit, 8 roll back, 9 save.

    Raises SqlError 40510 for distributed transactions.
    """
    buffer = Buffer(data)
    _skip_all_headers(buffer)
    number = buffer.uint16()
    if number in _DISTRIBUTED:
        raise unsupported(f"The distributed transaction request {_DISTRIBUTED[number]}")
    if number not in _TRANSACTION_KINDS:
        raise ProtocolError(f"unknown Transaction Manager request {number}")
    kind = _TRANSACTION_KINDS[number]
    if kind == "begin":
        isolation = buffer.uint8()
        return TransactionRequest(kind, _transaction_name(buffer), isolation)
    name = _transaction_name(buffer)
    if kind == "save" or not buffer.left or not buffer.uint8() & _BEGIN_AFTERWARDS:
        return TransactionRequest(kind, name)
    return TransactionRequest(kind, name, isolation=buffer.uint8(), then_begin=True)


def _skip_all_headers(buffer: Buffer) -> None:
    """Step over ALL_HEADERS (2.2.5.3), because the session has the transaction descriptor already."""
    total = buffer.uint32()
    if total < 4:
        raise ProtocolError(f"ALL_HEADERS of length {total}")
    headers = Buffer(buffer.take(total - 4))
    while headers.left:
        length = headers.uint32()
        if length < 6:
            raise ProtocolError(f"header of length {length}")
        headers.take(length - 4)


def _procedure_name(buffer: Buffer) -> str:
    characters = buffer.uint16()
    if characters != _BY_NUMBER:
        return buffer.utf16(characters)
    number = buffer.uint16()
    if number not in PROCEDURES:
        raise ProtocolError(f"unknown procedure number {number}")
    return PROCEDURES[number]


def _parameter(buffer: Buffer) -> Parameter:
    name = buffer.b_varchar()
    flags = buffer.uint8()
    if flags & _ENCRYPTED:
        raise unsupported("An encrypted parameter (Always Encrypted)")
    kind, value = read_table(buffer) if buffer.peek() == TABLE else read_parameter(buffer)
    return Parameter(name, kind, value, bool(flags & _BY_REFERENCE), bool(flags & _DEFAULT_VALUE))


def _transaction_name(buffer: Buffer) -> str:
    return decode_utf16(buffer.take(buffer.uint8()))
