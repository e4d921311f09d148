"""Table-valued parameters: decodes TVP_TYPE_INFO and the rows that follow it (2.2.5.5.5)."""

from __future__ import annotations

from typing import Any

from local_sqlserver.engine.events import TableValue
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import Buffer, ProtocolError
from local_sqlserver.tds.parameters import Read, read_type
from local_sqlserver.types import SqlType

TOKEN = 0xF3
"""The type of a table-valued parameter (TVPTYPE)."""

_NO_METADATA = 0xFFFF
_DEFAULT = 0x200
_END, _ROW, _ORDER_UNIQUE, _COLUMN_ORDERING = 0x00, 0x01, 0x10, 0x11


def read_table(buffer: Buffer) -> tuple[SqlType, TableValue]:
    """Read a table-valued parameter from its TYPE_INFO on.

    The name of its type is not kept, because a client may leave it out: the declaration of the parameter decides.
    Raises ProtocolError for anything malformed, SqlError 40510 for columns of refused types or in another order.
    """
    buffer.uint8()
    for _ in ("database", "schema", "type"):
        buffer.b_varchar()
    count = buffer.uint16()
    types: list[SqlType] = []
    reads: list[Read] = []
    defaults: set[int] = set()
    for position in range(0 if count == _NO_METADATA else count):
        buffer.uint32()  # UserType
        flags = buffer.uint16()
        if buffer.peek() == TOKEN:
            raise ProtocolError("a table-valued parameter in a table-valued parameter")
        kind, read = read_type(buffer)
        buffer.b_varchar()
        if flags & _DEFAULT:
            defaults.add(position)
            read = _read_nothing
        types.append(kind)
        reads.append(read)
    rows: list[tuple[Any, ...]] = []
    _skip_order(buffer)
    while (token := buffer.uint8()) != _END:
        if token != _ROW:
            raise ProtocolError(f"token 0x{token:02X} in a table-valued parameter")
        try:
            rows.append(tuple(read(buffer) for read in reads))
        except (ValueError, OverflowError) as error:
            raise ProtocolError(f"a value of a table-valued parameter: {error}") from error
    return SqlType("table"), TableValue(tuple(types), tuple(rows), frozenset(defaults))


def _read_nothing(_buffer: Buffer) -> None:
    """The value of a column with the flag fDefault, which the rows leave out."""


def _skip_order(buffer: Buffer) -> None:
    """Step over the order of the rows and their unique columns, which are hints, up to the end of the metadata."""
    while (token := buffer.uint8()) != _END:
        if token == _COLUMN_ORDERING:
            raise unsupported("A table-valued parameter whose columns are not in the order of its type")
        if token != _ORDER_UNIQUE:
            raise ProtocolError(f"token 0x{token:02X} in the metadata of a table-valued parameter")
        buffer.take(3 * buffer.uint16())
