"""The parser of data types: from their tokens to ``SqlType``."""

from __future__ import annotations

from dataclasses import replace

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language.cursor import TokenCursor
from local_sqlserver.language.tokens import WORD, tokenize
from local_sqlserver.types import DECIMALS, DEFAULT_PRECISION, MAX, SCALED, SYSNAME, TYPES, SqlType, UserType

_PLAIN = frozenset(row.name for row in TYPES.values() if row.parameters is None) - {"float"}
_ALIASES = {
    "integer": "int",
    "dec": "decimal",
    "character": "char",
    "rowversion": "timestamp",
    "sysname": "nvarchar",
}
_LENGTHS = {row.name: row.longest for row in TYPES.values() if row.longest is not None}
_LONGEST = 8000
"""The most bytes of a value that is not (MAX)."""
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
_TYPE_WORDS = ("CURSOR", "DOUBLE", "NATIONAL", "TABLE")
"""Reserved words that begin a data type."""
_LARGE = {"ntext": "nvarchar", "text": "varchar", "image": "varbinary"}


def parse_parameter_type(cursor: TokenCursor, position: int) -> SqlType:
    """Step over the data type of a parameter; ODBC drivers declare long values NTEXT, TEXT or IMAGE."""
    if cursor.token.is_name and (large := _LARGE.get(cursor.token.value.lower())):
        cursor.advance()
        return SqlType(large, length=MAX)
    return parse_type(cursor, position)


def parse_type(cursor: TokenCursor, position: int | None = None, column: str = "") -> SqlType:
    """Step over a data type.

    ``position`` is the number of the variable, parameter or column in its statement, from 1, for errors 2715, 2716 and
    2750. Without it (in CAST) an unknown type is error 243. ``column`` is the name of a column, for 131, 183 and 2717.
    """
    token, user_type = cursor.token, user_type_ahead(cursor)
    parts = [cursor.advance().value] if token.kind == WORD and token.upper in _TYPE_WORDS else list(cursor.name())
    name = parts[-1].lower()
    if name == "national":
        name = "n" + cursor.advance().value.lower().replace("character", "char")
    if name == "double" and cursor.accept_word("PRECISION"):
        return SqlType("float")
    if name in ("char", "character", "nchar", "binary") and cursor.accept_word("VARYING"):
        name = {"char": "varchar", "character": "varchar", "nchar": "nvarchar", "binary": "varbinary"}[name]
    if name == "sysname":
        return SqlType("nvarchar", length=128, user=SYSNAME)
    name = _ALIASES.get(name, name)
    if name in _REFUSED:
        raise unsupported(f"The data type {name}", token.line)
    if name in _PLAIN:
        if cursor.at_operator("(") and position:
            raise sql_error(2716, position, name, line=token.line)
        return SqlType(name)
    if name in _LENGTHS:
        return SqlType(name, length=_length(cursor, name, token.line, column))
    if name in DECIMALS:
        return _decimal(cursor, name, token.line, position, column)
    if name == "float":
        if cursor.accept_operator("("):
            bits = cursor.expect_integer()
            cursor.expect_operator(")")
            if bits > 53:
                raise sql_error(2750, position, bits, 53, line=token.line)
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
    if user_type is None or user_type.object_id:
        raise sql_error(2715, position, ".".join(parts), line=token.line)
    declared = parse_type(TokenCursor(user_type.declared, tokenize(user_type.declared)), position)
    return replace(declared, user=user_type.id)


def user_type_ahead(cursor: TokenCursor) -> UserType | None:
    """Return the user-defined type that the next tokens name, which is in dbo without a schema; step over nothing."""
    token = cursor.token
    if not cursor.types or not token.is_name or (token.kind == WORD and token.upper in _TYPE_WORDS):
        return None
    first = cursor.position
    name = cursor.name()
    cursor.position = first
    key = (name[-2] if len(name) > 1 else "dbo").lower(), name[-1].lower()
    return next((found for found in cursor.types if found.key == key and len(name) <= 2), None)


def parse_column_type(cursor: TokenCursor, column: str, position: int) -> tuple[SqlType, bool | None]:
    """Step over the data type of a column; return it, and whether it makes the column nullable that does not say.

    The second is None for a system type but sysname. Raises SqlError 350 for a table type.
    """
    found = user_type_ahead(cursor)
    if found is not None and found.object_id:
        raise sql_error(350, column, line=cursor.token.line)
    nullable = False if cursor.token.value.lower() == "sysname" else None
    return parse_type(cursor, position, column), nullable if found is None else found.nullable


def _length(cursor: TokenCursor, name: str, line: int, column: str) -> int:
    if not cursor.accept_operator("("):
        return 1
    if name in ("varchar", "nvarchar", "varbinary") and cursor.accept_word("MAX"):
        length = MAX
    else:
        length = cursor.expect_integer()
        if not 1 <= length <= _LENGTHS[name]:
            if not length:
                raise sql_error(1001, line, 0, line=line)
            if column and length <= _LONGEST:
                raise sql_error(2717, length, "column", column, _LENGTHS[name], line=line)
            kind, named, most = ("column", column, _LONGEST) if column else ("type", name, _LENGTHS[name])
            raise sql_error(131, length, kind, named, most, line=line)
    cursor.expect_operator(")")
    return length


def _decimal(cursor: TokenCursor, name: str, line: int, position: int | None, column: str) -> SqlType:
    precision, scale = DEFAULT_PRECISION, 0
    if cursor.accept_operator("("):
        precision = cursor.expect_integer()
        if cursor.accept_operator(","):
            scale = cursor.expect_integer()
        cursor.expect_operator(")")
    if precision > 38 and position:
        raise sql_error(2750, position, precision, 38, line=line)
    if not 1 <= precision <= 38:
        raise sql_error(1007, precision, 38, line=line)
    if scale > precision:
        if column:
            raise sql_error(183, scale, column, precision, line=line)
        raise sql_error(192, line=line)
    return SqlType(name, precision=precision, scale=scale)
