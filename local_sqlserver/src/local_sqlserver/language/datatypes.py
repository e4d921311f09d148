"""The parser of data types: from their tokens to ``SqlType``."""

from __future__ import annotations

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language.cursor import TokenCursor
from local_sqlserver.language.tokens import WORD
from local_sqlserver.types import DECIMALS, DEFAULT_PRECISION, MAX, SCALED, TYPES, SqlType

_PLAIN = frozenset(row.name for row in TYPES.values() if row.parameters is None) - {"float"}
_ALIASES = {
    "integer": "int",
    "dec": "decimal",
    "character": "char",
    "rowversion": "timestamp",
    "sysname": "nvarchar",
}
_LENGTHS = {row.name: row.longest for row in TYPES.values() if row.longest is not None}
_REFUSED = frozenset(
    (
        "xml",
        "geography",
        "geometry",
        "hierarchyid",
        "timestamp",
        "image",
        "text",
        "ntext",
        "cursor",
        "table",
        "json",
        "vector",
    )
)
_LARGE = {"ntext": "nvarchar", "text": "varchar", "image": "varbinary"}


def parse_parameter_type(cursor: TokenCursor, position: int) -> SqlType:
    """Step over the data type of a parameter; ODBC drivers declare long values NTEXT, TEXT or IMAGE."""
    if cursor.token.is_name and (large := _LARGE.get(cursor.token.value.lower())):
        cursor.advance()
        return SqlType(large, length=MAX)
    return parse_type(cursor, position)


def parse_type(cursor: TokenCursor, position: int | None = None) -> SqlType:
    """Step over a data type.

    ``position`` is the number of the variable, parameter or column in its statement, from 1, for error 2715. Without
    it (in CAST) an unknown type is error 243.
    """
    token = cursor.token
    if token.kind == WORD and token.upper in ("CURSOR", "DOUBLE", "NATIONAL", "TABLE"):
        parts = [cursor.advance().value]
    else:
        parts = list(cursor.name())
    name = parts[-1].lower()
    if name == "national":
        name = "n" + cursor.advance().value.lower().replace("character", "char")
    if name == "double" and cursor.accept_word("PRECISION"):
        return SqlType("float")
    if name in ("char", "character", "nchar", "binary") and cursor.accept_word("VARYING"):
        name = {"char": "varchar", "character": "varchar", "nchar": "nvarchar", "binary": "varbinary"}[name]
    if name == "sysname":
        return SqlType("nvarchar", length=128)
    name = _ALIASES.get(name, name)
    if name in _REFUSED:
        raise unsupported(f"The data type {name}", token.line)
    if name in _PLAIN:
        return SqlType(name)
    if name in _LENGTHS:
        return SqlType(name, length=_length(cursor, name, token.line))
    if name in DECIMALS:
        return _decimal(cursor, name, token.line)
    if name == "float":
        if cursor.accept_operator("("):
            bits = cursor.expect_integer()
            cursor.expect_operator(")")
            return SqlType("real" if bits <= 24 else "float")
        return SqlType("float")
    if name in SCALED:
        scale = TYPES[name].scale
        if cursor.accept_operator("("):
            scale = cursor.expect_integer()
            cursor.expect_operator(")")
        if scale > 7:
            raise sql_error(1002, token.line, scale, line=token.line)
        return SqlType(name, scale=scale)
    if position is None:
        raise sql_error(243, ".".join(parts), line=token.line)
    raise sql_error(2715, position, ".".join(parts), line=token.line)


def _length(cursor: TokenCursor, name: str, line: int) -> int:
    if not cursor.accept_operator("("):
        return 1
    if name in ("varchar", "nvarchar", "varbinary") and cursor.accept_word("MAX"):
        length = MAX
    else:
        length = cursor.expect_integer()
        if not 1 <= length <= _LENGTHS[name]:
            if not length:
                raise sql_error(1001, line, 0, line=line)
            raise sql_error(131, length, "type", name, _LENGTHS[name], line=line)
    cursor.expect_operator(")")
    return length


def _decimal(cursor: TokenCursor, name: str, line: int) -> SqlType:
    precision, scale = DEFAULT_PRECISION, 0
    if cursor.accept_operator("("):
        precision = cursor.expect_integer()
        if cursor.accept_operator(","):
            scale = cursor.expect_integer()
        cursor.expect_operator(")")
    if not 1 <= precision <= 38:
        raise sql_error(1007, precision, 38, line=line)
    if scale > precision:
        raise sql_error(192, line=line)
    return SqlType(name, precision=precision, scale=scale)
