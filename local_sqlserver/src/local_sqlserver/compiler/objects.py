"""The DuckDB objects behind a table: its name, its identity sequence, the SQL of a failed check."""

from __future__ import annotations

import re

from local_sqlserver.compiler.contract import ColumnInfo, ConstraintInfo, Relation
from local_sqlserver.compiler.fragments import identifier, quote, raise_sql


def _split(duckdb_name: str) -> list[str]:
    """The quoted parts of a DuckDB name."""
    return re.findall(r'"(?:[^"]|"")*"|[^.]+', duckdb_name)


def _parts(relation: Relation) -> list[str]:
    """The quoted parts of the table's DuckDB name."""
    return _split(relation.duckdb_name)


def sibling(relation: Relation, name: str) -> str:
    """The full name of an object in the DuckDB schema of the table."""
    return ".".join([*_parts(relation)[:-1], identifier(name)])


def own_name(relation: Relation, name: str) -> str:
    """A name with that of the DuckDB table in it, which differs between temporary tables of one name."""
    table = _parts(relation)[-1].strip('"').replace('""', '"')
    return f"{table}${name}"


def identity_sequence(relation: Relation) -> str:
    """The quoted name of the sequence that numbers a table's IDENTITY column."""
    return sibling(relation, own_name(relation, "identity"))


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


def check_failed(verb: str, constraint: ConstraintInfo, relation: Relation) -> str:
    """SQL that raises 547, the error of a statement (``verb``) whose row violates a CHECK constraint."""
    column = f", column '{constraint.columns[0]}'" if len(constraint.columns) == 1 else ""
    table = f"{relation.schema}.{relation.name}"
    return raise_sql(547, *map(quote, (verb, "CHECK", constraint.name, relation.database, table, column)))
