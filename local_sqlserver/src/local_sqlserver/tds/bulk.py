"""BulkLoadBCP messages (2.2.6.1): the columns and rows that follow an INSERT BULK statement."""

from __future__ import annotations

from typing import Any

from local_sqlserver.engine.events import Column
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import Buffer, ProtocolError
from local_sqlserver.tds.parameters import Read, read_type
from local_sqlserver.tds.token_stream import Token

_NO_METADATA = 0xFFFF
_LONG_TYPES = frozenset({0x22, 0x23, 0x63})
_DONE = frozenset({Token.DONE, Token.DONEPROC, Token.DONEINPROC})


def parse_bulk_load(data: bytes) -> tuple[tuple[Column, ...], list[list[Any]]]:
    """Return the columns of a message, and their values column by column.

    A message is COLMETADATA, ROW and NBCROW tokens and a DONE (2.2.7.4, 2.2.7.14, 2.2.7.20). Raises ProtocolError for
    a malformed message, SqlError 40510 for columns of refused types.
    """
    buffer = Buffer(data)
    if not buffer.left:
        return (), []
    if buffer.uint8() != Token.COLMETADATA:
        raise ProtocolError("a bulk load that does not begin with COLMETADATA")
    count = buffer.uint16()
    columns, reads = [], []
    for _ in range(0 if count == _NO_METADATA else count):
        column, read = _column(buffer)
        columns.append(column)
        reads.append(read)
    values: list[list[Any]] = [[] for _ in columns]
    cells = [(read, target.append) for read, target in zip(reads, values, strict=True)]
    while buffer.left:
        token = buffer.uint8()
        try:
            if token == Token.ROW:
                for read, append in cells:
                    append(read(buffer))
            elif token == Token.NBCROW:
                bitmap = int.from_bytes(buffer.take((len(cells) + 7) // 8), "little")
                for position, (read, append) in enumerate(cells):
                    append(None if bitmap >> position & 1 else read(buffer))
            elif token in _DONE:
                break
            else:
                raise ProtocolError(f"token 0x{token:02X} in a bulk load")
        except (ValueError, OverflowError) as error:
            raise ProtocolError(f"a value of a bulk load: {error}") from error
    return tuple(columns), values


def _column(buffer: Buffer) -> tuple[Column, Read]:
    buffer.uint32()  # UserType
    flags = buffer.uint16()
    if buffer.peek() in _LONG_TYPES:
        raise unsupported("A bulk load of TEXT, NTEXT and IMAGE")
    kind, read = read_type(buffer)
    return Column(buffer.b_varchar(), kind, nullable=bool(flags & 1)), read
