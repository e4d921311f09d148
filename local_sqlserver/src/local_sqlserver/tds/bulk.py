"""BulkLoadBCP messages (2.2.6.1): the columns and rows that follow an INSERT BULK statement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local_sqlserver.engine.events import Column, ColumnValues
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import Buffer, ProtocolError
from local_sqlserver.tds.bulk_columns import Decode, decoder, strings
from local_sqlserver.tds.parameters import Read, StringReader, fixed_size, read_type
from local_sqlserver.tds.token_stream import Token

_NO_METADATA = 0xFFFF
_LONG_TYPES = frozenset({0x22, 0x23, 0x63})
_DONE = frozenset({Token.DONE, Token.DONEPROC, Token.DONEINPROC})
_NULL_STRING = 0xFFFF


def parse_bulk_load(data: bytes) -> tuple[tuple[Column, ...], list[ColumnValues]]:
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
    columns = [_BulkColumn(buffer) for _ in range(0 if count == _NO_METADATA else count)]
    try:
        _read_rows(data, buffer, columns)
        values = [column.decode(column.values) if column.decode else column.values for column in columns]
    except IndexError:
        raise ProtocolError("a bulk load that ends inside a row") from None
    except (ValueError, OverflowError) as error:
        raise ProtocolError(f"a value of a bulk load: {error}") from error
    return tuple(column.described for column in columns), values


class _BulkColumn:
    """A column and what it takes to read it.

    ``decode`` decodes all values of the column, whose length stands before them in ``prefix`` bytes, or is ``size``
    without a prefix. Without ``decode``, ``read`` reads and decodes value by value.
    """

    def __init__(self, buffer: Buffer) -> None:
        buffer.uint32()  # UserType
        flags = buffer.uint16()
        token = buffer.peek()
        if token in _LONG_TYPES:
            raise unsupported("A bulk load of TEXT, NTEXT and IMAGE")
        kind, read = read_type(buffer)
        self.described = Column(buffer.b_varchar(), kind, nullable=bool(flags & 1))
        self.values: list[Any] = []
        self.read: Read = read
        self.size = fixed_size(token)
        self.prefix = 2 if isinstance(read, StringReader) else 0 if self.size else 1
        self.decode: Decode | None
        if isinstance(read, StringReader):
            self.decode = lambda values: strings(values, read)
        else:
            self.decode = decoder(kind)


def _read_rows(data: bytes, buffer: Buffer, columns: Sequence[_BulkColumn]) -> None:
    """Collect the values of all rows in ``columns``. Raises IndexError if the message ends inside a row."""
    cells: list[tuple[int, int, Read | None, Callable[[Any], None]]] = [
        (column.prefix, column.size, None if column.decode else column.read, column.values.append) for column in columns
    ]
    position, size_of_bitmap = len(data) - buffer.left, (len(cells) + 7) // 8
    while position < len(data):
        token = data[position]
        position += 1
        nulls = 0
        if token == Token.NBCROW:
            nulls = int.from_bytes(data[position : position + size_of_bitmap], "little")
            position += size_of_bitmap
        elif token in _DONE:
            return
        elif token != Token.ROW:
            raise ProtocolError(f"token 0x{token:02X} in a bulk load")
        for prefix, size, read, append in cells:
            if nulls:
                is_null, nulls = nulls & 1, nulls >> 1
                if is_null:
                    append(None)
                    continue
            if read is not None:
                buffer.position = position
                append(read(buffer))
                position = buffer.position
                continue
            start = position + prefix
            if prefix == 1:
                size = data[position]
            elif prefix == 2:
                size = data[position] | data[position + 1] << 8
                if size == _NULL_STRING:
                    append(None)
                    position = start
                    continue
            position = start + size
            append(data[start:position])
        if position > len(data):
            raise IndexError
