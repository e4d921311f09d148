"""The response as a token stream (2.2.7): an encoder of the engine's events, without input or output."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterable, Sequence
from enum import IntEnum, IntFlag
from itertools import chain, repeat
from typing import Any

from local_sqlserver.collation import WIRE
from local_sqlserver.engine.events import (
    Batch,
    Column,
    Columns,
    DatabaseChanged,
    Done,
    Error,
    Event,
    LanguageChanged,
    Message,
    ProcedureDone,
    ReturnValue,
    Rows,
    TransactionChanged,
)
from local_sqlserver.errors import MESSAGES, message_text
from local_sqlserver.tds.arrays import rows_of_arrays
from local_sqlserver.tds.buffer import b_varbyte, b_varchar, us_varchar
from local_sqlserver.tds.columns import Codec, codec
from local_sqlserver.tds.login import SERVER_VERSION, Feature
from local_sqlserver.types import SqlType

FATAL_SEVERITY = 20
"""The least severity of an error that ends the connection."""

_MAX_TEXT = 8000
_ROWS_AT_ONCE = 1000
_FEW = 32
"""Rows below which arrays are slower than values."""
_PROGRAM_NAME = "Microsoft SQL Server"
_UPDATABILITY_UNKNOWN = 0x08


class Token(IntEnum):
    """Token values (2.2.4)."""

    RETURNSTATUS = 0x79
    COLMETADATA = 0x81
    ERROR = 0xAA
    INFO = 0xAB
    RETURNVALUE = 0xAC
    LOGINACK = 0xAD
    FEATUREEXTACK = 0xAE
    ROW = 0xD1
    NBCROW = 0xD2
    ENVCHANGE = 0xE3
    DONE = 0xFD
    DONEPROC = 0xFE
    DONEINPROC = 0xFF


class DoneStatus(IntFlag):
    """Status bits of the DONE tokens (2.2.7.6)."""

    FINAL = 0x00
    MORE = 0x01
    ERROR = 0x02
    COUNT = 0x10
    ATTENTION = 0x20


class EnvChange(IntEnum):
    """ENVCHANGE types (2.2.7.9)."""

    DATABASE = 1
    LANGUAGE = 2
    PACKET_SIZE = 4
    COLLATION = 7
    BEGIN_TRANSACTION = 8
    COMMIT_TRANSACTION = 9
    ROLLBACK_TRANSACTION = 10
    RESET_ACKNOWLEDGED = 18


def done(token: Token, status: DoneStatus, command: int = 0, rows: int = 0) -> bytes:
    """DONE, DONEPROC or DONEINPROC (2.2.7.6 - 2.2.7.8)."""
    return struct.pack("<BHHQ", token, status, command, rows)


def environment_text(kind: EnvChange, new: str, old: str) -> bytes:
    """ENVCHANGE (2.2.7.9) of a setting that is text."""
    return _with_length(Token.ENVCHANGE, bytes((kind,)) + b_varchar(new) + b_varchar(old))


def environment_bytes(kind: EnvChange, new: bytes, old: bytes) -> bytes:
    """ENVCHANGE (2.2.7.9) of a setting that is binary: collation, transaction descriptor, reset."""
    return _with_length(Token.ENVCHANGE, bytes((kind,)) + b_varbyte(new) + b_varbyte(old))


def info(message: Message, server_name: str) -> bytes:
    """INFO (2.2.7.13)."""
    return _message(Token.INFO, message, server_name)


def error(failure: Error, server_name: str) -> bytes:
    """ERROR (2.2.7.10)."""
    return _message(Token.ERROR, failure, server_name)


def login_acknowledged(tds_version: int) -> bytes:
    """LOGINACK (2.2.7.14): the SQL_TSQL interface, the agreed TDS version, the server's name and version."""
    major, minor, build = SERVER_VERSION
    body = struct.pack(">BI", 1, tds_version) + b_varchar(_PROGRAM_NAME)
    return _with_length(Token.LOGINACK, body + struct.pack(">BBH", major, minor, build))


def features_acknowledged(requested: Iterable[int]) -> bytes:
    """FEATUREEXTACK (2.2.7.11): UTF8_SUPPORT is the only feature granted; empty if not requested."""
    if Feature.UTF8_SUPPORT not in requested:
        return b""
    granted = struct.pack("<BIB", Feature.UTF8_SUPPORT, 1, 1)
    return bytes((Token.FEATUREEXTACK,)) + granted + bytes((Feature.TERMINATOR,))


def column_metadata(columns: Sequence[Column], codecs: Sequence[Codec]) -> bytes:
    """COLMETADATA (2.2.7.4)."""
    parts = [struct.pack("<BH", Token.COLMETADATA, len(columns))]
    for column, form in zip(columns, codecs, strict=True):
        flags = column.nullable | _UPDATABILITY_UNKNOWN | column.identity << 4
        parts.append(struct.pack("<IH", 0, flags) + form.type_info + b_varchar(column.name))
    return b"".join(parts)


def rows_of(codecs: Sequence[Codec], rows: Sequence[tuple[Any, ...]]) -> bytes:
    """ROW tokens (2.2.7.20) of at least one row, encoded column by column.

    Raises ValueError for rows of another width and for values outside the type of their column.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        raise ValueError("rows without columns")
    encoded = [form.encode(column) for form, column in zip(codecs, columns, strict=True)]
    return b"".join(chain.from_iterable(zip(repeat(bytes((Token.ROW,))), *encoded, strict=False)))


def return_value(value: ReturnValue) -> bytes:
    """RETURNVALUE (2.2.7.19) of an OUTPUT parameter."""
    form = codec(value.type)
    head = struct.pack("<BH", Token.RETURNVALUE, value.ordinal) + b_varchar(value.name)
    nullable = struct.pack("<BIH", 1, 0, 1)
    return head + nullable + form.type_info + form.encode([value.value])[0]


class ResponseEncoder:
    """Encodes the events of one request.

    ``fatal`` becomes True at an error that ends the connection, ``ended`` with the DONE that ends the response.
    """

    def __init__(self, server_name: str) -> None:
        self.fatal = False
        self.ended = False
        self._failed = False
        self._server_name = server_name
        self._types: Sequence[SqlType] = ()
        self._codecs: Sequence[Codec] = ()
        self._return_values = b""

    def encode(self, events: Iterable[Event], last: Token, *, more: bool = False) -> Generator[bytes, None, None]:
        """Yield the tokens of one statement or call in pieces that never split a token.

        The MORE bit of a DONE states that another follows, so a DONE is sent after the next event is known. The
        last DONE has no MORE bit, unless ``more``: tokens of another call follow. ``last`` is the token to add if
        the events do not end in a DONE.
        """
        self._failed = False
        pending: tuple[Token, DoneStatus, int, int] | None = None
        for event in events:
            if pending is not None:
                yield self._done(pending, more=True)
                pending = None
            match event:
                case Rows(rows):
                    for start in range(0, len(rows), _ROWS_AT_ONCE):
                        yield rows_of(self._codecs, rows[start : start + _ROWS_AT_ONCE])
                case Batch(columns) if len(columns[0]) < _FEW:
                    yield rows_of(self._codecs, event.rows)
                case Batch(columns):
                    yield rows_of_arrays(self._types, self._codecs, columns)
                case Done():
                    pending = self._statement_done(event)
                case ProcedureDone(return_code):
                    if return_code is not None:
                        yield struct.pack("<Bi", Token.RETURNSTATUS, return_code)
                    yield self._return_values
                    self._return_values = b""
                    pending = (Token.DONEPROC, DoneStatus.FINAL, 0, 0)
                case ReturnValue():
                    self._return_values += return_value(event)
                case _:
                    yield self._simple(event)
        if pending is None or pending[0] is Token.DONEINPROC:
            if pending is not None:
                yield self._done(pending, more=True)
            pending = (last, DoneStatus.ERROR if self._failed else DoneStatus.FINAL, 0, 0)
        self.ended = not more
        yield self._done(pending, more=more)

    def _simple(self, event: Event) -> bytes:
        match event:
            case Columns(columns):
                self._types = [column.type for column in columns]
                self._codecs = [codec(kind) for kind in self._types]
                return column_metadata(columns, self._codecs)
            case Message():
                return info(event, self._server_name)
            case Error():
                self._failed = True
                self.fatal = self.fatal or event.severity >= FATAL_SEVERITY
                return error(event, self._server_name)
            case DatabaseChanged(new, old):
                return environment_text(EnvChange.DATABASE, new, old)
            case LanguageChanged(new, old):
                return environment_text(EnvChange.LANGUAGE, new, old)
            case TransactionChanged(kind, descriptor):
                change = EnvChange(kind)
                descriptors = (descriptor.to_bytes(8, "little"), b"")
                new_and_old = descriptors if change is EnvChange.BEGIN_TRANSACTION else descriptors[::-1]
                return environment_bytes(change, *new_and_old)
            case _:
                raise TypeError(f"{type(event).__name__} is no event")

    @staticmethod
    def _statement_done(event: Done) -> tuple[Token, DoneStatus, int, int]:
        status = DoneStatus.ERROR if event.error else DoneStatus.FINAL
        if event.row_count is not None:
            status |= DoneStatus.COUNT
        token = Token.DONEINPROC if event.in_procedure else Token.DONE
        return token, status, event.command, event.row_count or 0

    @staticmethod
    def _done(pending: tuple[Token, DoneStatus, int, int], *, more: bool) -> bytes:
        token, status, command, rows = pending
        return done(token, status | DoneStatus.MORE if more else status, command, rows)


def login_response(
    *, database: str, packet_size: int, tds_version: int, features: Iterable[int], server_name: str
) -> bytes:
    """Return the response to a successful LOGIN7 (2.2.1.2, 3.3.5.3), with its DONE."""
    changed_database = Message(message_text(5701, database), 5701, state=MESSAGES[5701].state)
    changed_language = Message(message_text(5703, "us_english"), 5703)
    return b"".join(
        (
            environment_text(EnvChange.DATABASE, database, "master"),
            info(changed_database, server_name),
            environment_bytes(EnvChange.COLLATION, WIRE, b""),
            environment_text(EnvChange.LANGUAGE, "us_english", ""),
            info(changed_language, server_name),
            login_acknowledged(tds_version),
            environment_text(EnvChange.PACKET_SIZE, str(packet_size), str(packet_size)),
            features_acknowledged(features),
            done(Token.DONE, DoneStatus.FINAL),
        )
    )


def _message(token: Token, message: Message | Error, server_name: str) -> bytes:
    body = struct.pack("<iBB", message.number, message.state & 0xFF, message.severity)
    body += us_varchar(message.text[:_MAX_TEXT]) + b_varchar(server_name) + b_varchar(message.procedure)
    return _with_length(token, body + struct.pack("<i", message.line))


def _with_length(token: Token, body: bytes) -> bytes:
    return struct.pack("<BH", token, len(body)) + body
