"""The DuckDB objects behind a table: its identity sequence, its unique indexes, the SQL of a failed check."""

from __future__ import annotations

import re

from local_sqlserver.collation import DATABASE, find
from local_sqlserver.compiler import folding
from local_sqlserver.compiler.contract import ColumnInfo, ConstraintInfo, Relation
from local_sqlserver.compiler.fragments import identifier, quote, raise_sql
from local_sqlserver.types import TEXT


def _split(duckdb_name: str) -> list[str]:
    """The quoted parts of a DuckDB name."""
    return re.findall(r'"(?:[^"]|"")*"|[^.]+', duckdb_name)


def _parts(relation: Relation) -> list[str]:
    """The quoted parts of the table's DuckDB name."""
    return _split(relation.duckdb_name)


def sibling(relation: Relation, name: str) -> str:
    """The full name of an object in the DuckDB schema of the table."""
    return ".".join([*_parts(relation)[:-1], identifier(name)])


def _own(relation: Relation, name: str) -> str:
    """A name with that of the DuckDB table in it, which differs between temporary tables of one name."""
    table = _parts(relation)[-1].strip('"').replace('""', '"')
    return f"{table}${name}"


def identity_sequence(relation: Relation) -> str:
    """The quoted name of the sequence that numbers a table's IDENTITY column."""
    return sibling(relation, _own(relation, "identity"))


def last_identity(relation: Relation) -> str:
    """SQL of the last identity value of a table, NULL if it has had none since it was created or truncated."""
    *home, name = (part.strip('"').replace('""', '"') for part in _split(identity_sequence(relation)))
    database, schema = map(quote, home)
    return (
        f"(SELECT last_value FROM duckdb_sequences() WHERE database_name = {database} "
        f"AND schema_name = {schema} AND sequence_name = {quote(name)})"
    )


def move_identity(relation: Relation, column: ColumnInfo, rows: str, value: str) -> str:
    """The statement that moves the identity to the farthest ``value`` of the rows, if it is beyond the present one."""
    assert column.identity is not None
    seed, increment = column.identity
    farthest, beyond = ("max", ">") if increment > 0 else ("min", "<")
    last = f"coalesce({last_identity(relation)}, {seed - increment})"
    return (
        f"SELECT setval({quote(identity_sequence(relation))}, _v) FROM (SELECT CAST({farthest}({value}) AS BIGINT) "
        f"AS _v FROM {rows}) AS _i WHERE _v {beyond} {last}"
    )


def sequence_start(identity: tuple[int, int]) -> str:
    """The options of a sequence with IDENTITY's seed and increment."""
    seed, increment = identity
    # DuckDB's ascending sequences have the minimum 1, its descending ones the maximum -1; a seed may be any number.
    bound = " MINVALUE -9223372036854775808" if increment > 0 else " MAXVALUE 9223372036854775807"
    return f"{bound} START WITH {seed} INCREMENT BY {increment}"


def temporary(relation: Relation) -> str:
    """The word that CREATE needs for a temporary table or table variable, or ''."""
    return "TEMP " if relation.kind in ("T", "@") else ""


def create_sequence(relation: Relation, identity: tuple[int, int]) -> str:
    """The statement that creates the identity sequence or restarts it at the seed."""
    name = identity_sequence(relation)
    return f"CREATE OR REPLACE {temporary(relation)}SEQUENCE {name}{sequence_start(identity)}"


def index_name(relation: Relation, name: str) -> str:
    """The quoted name of a unique index, with the table's name in it, because index names are unique per table only."""
    return sibling(relation, _own(relation, name))


def unique_index(relation: Relation, name: str, columns: tuple[str, ...], where: str = "") -> str:
    """CREATE UNIQUE INDEX on the keys by which the columns compare. NULLs are equal, as in SQL Server.

    ``where`` is the condition of a filtered index: rows that fail it get the key NULL, which may repeat in DuckDB.
    """
    # An index over expressions, because DuckDB's own would compare the bytes of text.
    by_name = {column.name.lower(): column for column in relation.columns}
    keys = []
    for column_name in columns:
        column = by_name[column_name.lower()]
        key = _key(column)
        keys.append(f"CASE WHEN {where} THEN {key} END" if where else key)
    expressions = ", ".join(f"({key})" for key in keys)
    emitted = identifier(_own(relation, name))
    return f"CREATE UNIQUE INDEX {emitted} ON {relation.duckdb_name} ({expressions})"


def refuse_duplicates(relation: Relation, constraint: ConstraintInfo, rows: str, where: str, named: str) -> str:
    """SQL that raises 1505 if two of the ``rows`` have the same key; ``named`` is the index in the message."""
    by_name = {column.name.lower(): column for column in relation.columns}
    columns = [by_name[name.lower()] for name in constraint.columns]
    shown = " || ', ' || ".join(
        f"coalesce(CAST(any_value({identifier(column.name)}) AS VARCHAR), '<NULL>')" for column in columns
    )
    keys = ", ".join(_key(column) for column in columns)
    table = quote(f"{relation.schema}.{relation.name}")
    raised = raise_sql(1505, table, quote(named), f"'(' || {shown} || ')'")
    condition = f" WHERE {where}" if where else ""
    return f"SELECT {raised} FROM ({rows}){condition} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"


def check_failed(verb: str, constraint: ConstraintInfo, relation: Relation) -> str:
    """SQL that raises 547, the error of a statement (``verb``) whose row violates a CHECK constraint."""
    column = f", column '{constraint.columns[0]}'" if len(constraint.columns) == 1 else ""
    table = f"{relation.schema}.{relation.name}"
    return raise_sql(547, *map(quote, (verb, "CHECK", constraint.name, relation.database, table, column)))


def _key(column: ColumnInfo) -> str:
    key = identifier(column.name)
    if column.type.name == "datetimeoffset":
        key = f"struct_extract({key}, 'utc')"
    elif column.type.name in TEXT:
        key = folding.index_key(key, find(column.collation) if column.collation else DATABASE)
    if column.nullable:
        # NULLs are distinct in DuckDB's index but equal in SQL Server's, so NULL becomes a character of no text.
        key = f"coalesce(CAST({key} AS VARCHAR), chr(1))"
    return key
