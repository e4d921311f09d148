"""Keys: the unique indexes in DuckDB behind them, and the look-ups that enforce them where there is none.

A key of a computed column has none either, because DuckDB's error about it would not tell which key it is.

DuckDB's index makes an INSERT of many rows five times as dear, and finds a single row at once. So a table of rows has
indexes, for look-ups of points; a table with a clustered columnstore index, which SQL Server's users choose for large
tables that are scanned, has none. There the statement's new rows are looked up after it, and again before the commit if
another transaction has written keys to the table meanwhile (``engine.written_keys``).
"""

from __future__ import annotations

from local_sqlserver.collation import DATABASE, find
from local_sqlserver.compiler import folding
from local_sqlserver.compiler.contract import (
    KEY_KINDS,
    UNIQUE_KINDS,
    ColumnInfo,
    ConstraintInfo,
    KeyLookup,
    Relation,
)
from local_sqlserver.compiler.fragments import identifier, quote, raise_sql
from local_sqlserver.compiler.objects import own_name, sibling
from local_sqlserver.types import TEXT

NULL_NUMBER, NULL_TEXT = -9223372036854775807, "\1"
"""What stands for NULL in an index: for types that a BIGINT holds with room to spare, and for others."""

OWN_ROWS = 36028797018960000
"""DuckDB numbers the rows that a transaction has inserted from here on, until it commits (its MAX_ROW_ID)."""


def computed_when_read(relation: Relation) -> frozenset[str]:
    """The computed columns that are neither persisted nor in a key or index: DuckDB's table lacks them."""
    computed = {column.name for column in relation.columns if column.computed is not None and not column.persisted}
    if computed:
        computed -= {name for known in relation.constraints for name in (*known.columns, *known.included)}
    return frozenset(computed)


def keys_of(relation: Relation) -> tuple[ConstraintInfo, ...]:
    """The keys and unique indexes of a table."""
    return tuple(constraint for constraint in relation.constraints if constraint.kind in UNIQUE_KINDS)


def is_columnstore(relation: Relation) -> bool:
    """Whether the table has a clustered columnstore index."""
    return any(constraint.columnstore and constraint.clustered for constraint in relation.constraints)


def indexed_keys(relation: Relation) -> tuple[ConstraintInfo, ...]:
    """The keys with a unique index in DuckDB."""
    if is_columnstore(relation):
        return ()
    computed = {column.name.lower() for column in relation.columns if column.computed is not None}
    return tuple(key for key in keys_of(relation) if computed.isdisjoint(name.lower() for name in key.columns))


def looked_up_keys(relation: Relation) -> tuple[ConstraintInfo, ...]:
    """The keys without an index in DuckDB."""
    indexed = indexed_keys(relation)
    return tuple(key for key in keys_of(relation) if key not in indexed)


def index_name(relation: Relation, name: str) -> str:
    """The quoted name of a unique index, with the table's name in it, because index names are unique per table only."""
    return sibling(relation, own_name(relation, name))


def unique_index(relation: Relation, constraint: ConstraintInfo, where: str = "") -> str:
    """CREATE UNIQUE INDEX on the keys by which the columns compare. NULLs are equal, as in SQL Server.

    ``where`` is the condition of a filtered index: rows that fail it get the key NULL, which may repeat in DuckDB.
    """
    # An index over expressions, because DuckDB's own would compare the bytes of text.
    keys = [
        f"CASE WHEN {where} THEN {key} END" if where else key for key in map(_index_key, _columns(relation, constraint))
    ]
    expressions = ", ".join(f"({key})" for key in keys)
    emitted = identifier(own_name(relation, constraint.name))
    return f"CREATE UNIQUE INDEX {emitted} ON {relation.duckdb_name} ({expressions})"


def refuse_duplicates(relation: Relation, constraint: ConstraintInfo, rows: str, where: str, named: str) -> str:
    """SQL that raises 1505 if two of the ``rows`` have the same key; ``named`` is the index in the message."""
    columns = _columns(relation, constraint)
    table = quote(f"{relation.schema}.{relation.name}")
    raised = raise_sql(1505, table, quote(named), _shown(columns, "any_value"))
    condition = f" WHERE {where}" if where else ""
    grouped = ", ".join(map(_key, columns))
    return f"SELECT {raised} FROM ({rows}){condition} GROUP BY {grouped} HAVING count(*) > 1 LIMIT 1"


def key_lookup(relation: Relation, constraint: ConstraintInfo, where: str = "") -> KeyLookup:
    """The look-ups of a key without an index; ``where`` is the condition of a filtered index."""
    columns, table = _columns(relation, constraint), relation.duckdb_name
    key = ", ".join(map(_key, columns))
    filtered = f" AND ({where})" if where else ""
    hashed, violated = f"hash({key})", _violated(relation, constraint, _shown(columns, "any_value"))
    written = f"SELECT {hashed} AS hashed FROM {table} WHERE rowid >= $first{filtered}"
    # Numbers are grouped in half the time of texts.
    hashes = f"SELECT {hashed} AS hashed FROM {table} WHERE TRUE{filtered}"
    repeated = f"SELECT hashed FROM ({hashes}) GROUP BY hashed HAVING count(*) > 1"
    grouped = f"{filtered} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    return KeyLookup(
        table,
        refuse=f"SELECT {violated} FROM {table} WHERE {hashed} IN ({written}){grouped}",
        refuse_all=f"SELECT {violated} FROM {table} WHERE {hashed} IN ({repeated}){grouped}",
        written=written,
        committed=f"SELECT {_violated(relation, constraint, _shown(columns))} FROM {table} "
        f"WHERE rowid > $last{filtered} AND {hashed} IN (SELECT hashed FROM _written) LIMIT 1",
    )


def _violated(relation: Relation, constraint: ConstraintInfo, shown: str) -> str:
    """SQL that raises 2627 for a key, 2601 for a unique index."""
    table, name = quote(f"{relation.schema}.{relation.name}"), quote(constraint.name)
    if constraint.kind in KEY_KINDS:
        return raise_sql(2627, quote(KEY_KINDS[constraint.kind]), name, table, shown)
    return raise_sql(2601, table, name, shown)


def _columns(relation: Relation, constraint: ConstraintInfo) -> list[ColumnInfo]:
    by_name = {column.name.lower(): column for column in relation.columns}
    return [by_name[name.lower()] for name in constraint.columns]


def _shown(columns: list[ColumnInfo], aggregate: str = "") -> str:
    """SQL of a key's values in a message, of one row or of any row of a group."""
    values = [_text(f"{aggregate}({identifier(column.name)})", column.type.name) for column in columns]
    return "'(' || " + " || ', ' || ".join(f"coalesce({value}, '<NULL>')" for value in values) + " || ')'"


def _text(value: str, name: str) -> str:
    """SQL of the text of a value of a type, like that of ``failures`` for a key with an index."""
    if name in ("datetime", "smalldatetime"):
        day, hour = (f"lpad(strftime({value}, '{part}'), 2, ' ')" for part in ("%-d", "%-I"))
        return f"strftime({value}, '%b ') || {day} || strftime({value}, ' %Y ') || {hour} || strftime({value}, ':%M%p')"
    if name in ("money", "smallmoney"):
        return f"CAST(CAST({value} AS DECIMAL(38, 2)) AS VARCHAR)"
    if name in ("binary", "varbinary"):
        return f"'0x' || lower(hex({value}))"
    return f"CAST({value} AS VARCHAR)"


def _key(column: ColumnInfo) -> str:
    """SQL of the value by which a column compares."""
    key = identifier(column.name)
    if column.type.name == "datetimeoffset":
        return f"struct_extract({key}, 'utc')"
    if column.type.name == "varbinary":  # zeros at the end do not count
        last, rest = f"array_slice({key}, -1, -1)", f"unhex(regexp_replace(hex({key}), '(00)+$', ''))"
        return f"CASE WHEN {last} = CAST('\\x00' AS BLOB) THEN {rest} ELSE {key} END"
    if column.type.name in TEXT:
        # DuckDB's own functions alone, as an index needs them.
        return folding.index_key(key, find(column.collation) if column.collation else DATABASE)
    return key


def _index_key(column: ColumnInfo) -> str:
    """SQL of the value in an index, which takes NULLs for distinct: they get one that no value has."""
    key = _key(column)
    if not column.nullable:
        return key
    if column.type.name in ("int", "smallint", "tinyint"):  # numbers make a smaller index than their text
        return f"coalesce(CAST({key} AS BIGINT), {NULL_NUMBER})"
    return f"coalesce(CAST({key} AS VARCHAR), {quote(NULL_TEXT)})"
