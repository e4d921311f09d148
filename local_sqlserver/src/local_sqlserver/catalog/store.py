"""The tables in each database file that store its catalog.

They are in the file of the data, so that a definition commits or rolls back with the data of its transaction.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any

import duckdb

from local_sqlserver.catalog.objects import (
    BUILT_IN_SCHEMAS,
    CATALOG_SCHEMA,
    FIXED_ROLES,
    Catalog,
    CatalogObject,
    CertificateInfo,
    ParameterInfo,
    PermissionInfo,
    PrincipalInfo,
    quote,
)
from local_sqlserver.compiler import ColumnInfo, ConstraintInfo, ForeignKey
from local_sqlserver.types import SqlType, UserType

_TYPE_COLUMNS = "type_name VARCHAR, type_length INTEGER, type_precision INTEGER, type_scale INTEGER"
_USER_TYPE = "type_user INTEGER"
"""``SqlType.user``; it comes last, because a database file of an older version gets it added."""

_TABLES = {
    "schemas": "schema_id INTEGER, name VARCHAR",
    "objects": "object_id INTEGER, schema_name VARCHAR, name VARCHAR, type VARCHAR, "
    "created TIMESTAMP, modified TIMESTAMP, definition VARCHAR",
    "columns": f"object_id INTEGER, column_id INTEGER, name VARCHAR, {_TYPE_COLUMNS}, is_nullable BOOLEAN, "
    "seed BIGINT, increment BIGINT, default_definition VARCHAR, default_name VARCHAR, computed VARCHAR, "
    f"collation_name VARCHAR, {_USER_TYPE}, is_persisted BOOLEAN, is_rowguidcol BOOLEAN",
    "constraints": "object_id INTEGER, constraint_id INTEGER, name VARCHAR, kind VARCHAR, columns "
    "VARCHAR[], definition VARCHAR, is_disabled BOOLEAN, is_not_trusted BOOLEAN, clustered BOOLEAN, "
    "columnstore BOOLEAN, descending VARCHAR[], included VARCHAR[]",
    "foreign_keys": "object_id INTEGER, constraint_id INTEGER, referenced_schema VARCHAR, referenced_table VARCHAR, "
    "referenced_columns VARCHAR[], on_delete VARCHAR, on_update VARCHAR",
    "parameters": f"object_id INTEGER, parameter_id INTEGER, name VARCHAR, {_TYPE_COLUMNS}, "
    f"is_output BOOLEAN, has_default BOOLEAN, {_USER_TYPE}",
    "user_types": f"user_type_id INTEGER, schema_name VARCHAR, name VARCHAR, declared VARCHAR, is_nullable BOOLEAN, "
    f"object_id INTEGER, {_TYPE_COLUMNS}",
    "principals": "name VARCHAR, type VARCHAR, login VARCHAR, default_schema VARCHAR, members VARCHAR[], "
    "created TIMESTAMP, modified TIMESTAMP",
    "signatures": "object_id INTEGER, thumbprint BLOB",
    "certificates": "certificate_id INTEGER, name VARCHAR, subject VARCHAR, thumbprint BLOB, salt BLOB, hash BLOB",
    "extended_properties": "class UTINYINT, major_id INTEGER, part VARCHAR, name VARCHAR, value VARCHAR",
    "permissions": "principal VARCHAR, permission VARCHAR, securable VARCHAR, state VARCHAR",
}
_OBJECT_TABLES = ("columns", "constraints", "foreign_keys", "parameters", "signatures")
_ADDED_TABLES = ("signatures", "certificates", "extended_properties", "foreign_keys", "user_types")
"""Tables that a database file of an older version may lack."""


def create(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Create the catalog tables, the built-in schemas and principals in a new database file."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    connection.execute(f"CREATE SCHEMA {home}")
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {home}.{name} ({columns})")
    for schema, schema_id in BUILT_IN_SCHEMAS.items():
        connection.execute(f"INSERT INTO {home}.schemas VALUES ($1, $2)", [schema_id, schema])
    connection.execute(f"CREATE SCHEMA {quote(database)}.dbo")
    _add_fixed_roles(connection, home)


def _add_fixed_roles(connection: duckdb.DuckDBPyConnection, home: str) -> None:
    """Add the fixed roles that the database lacks."""
    connection.execute(
        f"INSERT INTO {home}.principals (name, type, default_schema, login, members, created, modified) "
        "SELECT role, 'R', '', '', [], now(), now() FROM (SELECT unnest(CAST($1 AS VARCHAR[])) AS role) "
        f"WHERE role NOT IN (SELECT name FROM {home}.principals)",
        [list(FIXED_ROLES)],
    )


def complete(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Add the tables and columns that a database file of an older version lacks."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    for name in _ADDED_TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {home}.{name} ({_TABLES[name]})")
    connection.execute(f"ALTER TABLE {home}.columns ADD COLUMN IF NOT EXISTS collation_name VARCHAR")
    for table in ("columns", "parameters"):
        connection.execute(f"ALTER TABLE {home}.{table} ADD COLUMN IF NOT EXISTS {_USER_TYPE} DEFAULT 0")
    for column in ("is_persisted", "is_rowguidcol"):
        connection.execute(f"ALTER TABLE {home}.columns ADD COLUMN IF NOT EXISTS {column} BOOLEAN DEFAULT FALSE")
    for column in ("created", "modified"):
        connection.execute(f"ALTER TABLE {home}.principals ADD COLUMN IF NOT EXISTS {column} TIMESTAMP DEFAULT now()")
    for column in ("is_disabled", "is_not_trusted"):
        connection.execute(f"ALTER TABLE {home}.constraints ADD COLUMN IF NOT EXISTS {column} BOOLEAN DEFAULT FALSE")
    for column in ("clustered BOOLEAN", "columnstore BOOLEAN", "descending VARCHAR[]", "included VARCHAR[]"):
        connection.execute(f"ALTER TABLE {home}.constraints ADD COLUMN IF NOT EXISTS {column}")
    _add_fixed_roles(connection, home)
    connection.execute(f"UPDATE {home}.constraints SET clustered = kind = 'PK' WHERE clustered IS NULL")
    connection.execute(
        f"UPDATE {home}.constraints SET columnstore = FALSE, descending = [], included = [] WHERE columnstore IS NULL"
    )


def load(connection: duckdb.DuckDBPyConnection, database: str) -> Catalog:
    """Read the catalog of an attached database."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"

    columns: dict[int, list[ColumnInfo]] = {}
    for row in connection.execute(f"SELECT * FROM {home}.columns ORDER BY object_id, column_id").fetchall():
        identity = None if row[8] is None else (row[8], row[9])
        declared = SqlType(row[3], row[4], row[5], row[6], row[14])
        info = ColumnInfo(row[2], declared, row[7], identity, row[10], row[11], row[12], row[13], row[15], row[16])
        columns.setdefault(row[0], []).append(info)
    foreign_keys = {
        (row[0], row[1]): ForeignKey(row[2], row[3], tuple(row[4]), row[5], row[6])
        for row in connection.execute(f"SELECT * FROM {home}.foreign_keys").fetchall()
    }
    constraints: dict[int, list[ConstraintInfo]] = {}
    for row in connection.execute(f"SELECT * FROM {home}.constraints ORDER BY object_id, constraint_id").fetchall():
        foreign = foreign_keys.get((row[0], row[1]))
        constraint = ConstraintInfo(
            *(row[2], row[3], tuple(row[4]), row[5], foreign, row[6], not row[7]),
            *(row[8], row[9], tuple(row[10]), tuple(row[11])),
        )
        constraints.setdefault(row[0], []).append(constraint)
    parameters: dict[int, list[ParameterInfo]] = {}
    for row in connection.execute(f"SELECT * FROM {home}.parameters ORDER BY object_id, parameter_id").fetchall():
        declared = SqlType(row[3], row[4], row[5], row[6], row[9])
        parameters.setdefault(row[0], []).append(ParameterInfo(row[2], declared, row[7], row[8]))
    signatures: dict[int, list[bytes]] = {}
    for object_id, thumbprint in connection.execute(f"SELECT * FROM {home}.signatures").fetchall():
        signatures.setdefault(object_id, []).append(bytes(thumbprint))
    catalog = Catalog()
    for row in connection.execute(f"SELECT schema_id, name FROM {home}.schemas").fetchall():
        catalog.schemas[row[1].lower()] = (row[0], row[1])
    for row in connection.execute(f"SELECT * FROM {home}.objects ORDER BY object_id").fetchall():
        item = CatalogObject(
            id=row[0],
            schema=row[1],
            name=row[2],
            type=row[3],
            created=row[4],
            modified=row[5],
            definition=row[6],
            columns=tuple(columns.get(row[0], ())),
            constraints=tuple(constraints.get(row[0], ())),
            parameters=tuple(parameters.get(row[0], ())),
            signatures=frozenset(signatures.get(row[0], ())),
        )
        catalog.objects[item.key] = item
    for row in connection.execute(f"SELECT * FROM {home}.user_types ORDER BY user_type_id").fetchall():
        found = UserType(*row[:6])
        catalog.types[found.key] = found
    for row in connection.execute(f"SELECT * FROM {home}.principals").fetchall():
        catalog.principals[row[0].lower()] = PrincipalInfo(
            row[0], row[1], row[2], row[3], frozenset(row[4]), row[5], row[6]
        )
    granted = connection.execute(f"SELECT * FROM {home}.permissions").fetchall()
    catalog.permissions = frozenset(PermissionInfo(*row) for row in granted)
    for row in connection.execute(f"SELECT * FROM {home}.certificates").fetchall():
        catalog.certificates[row[1].lower()] = CertificateInfo(*row[:3], *(bytes(value) for value in row[3:]))
    return catalog


def object_rows(item: CatalogObject) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of an object in the tables objects, columns and constraints."""
    columns = []
    for position, column in enumerate(item.columns, 1):
        kind, identity = column.type, column.identity or (None, None)
        columns.append(
            (
                *(item.id, position, column.name, kind.name, kind.length, kind.precision, kind.scale),
                *(column.nullable, *identity, column.default, column.default_name, column.computed),
                *(column.collation, kind.user, column.persisted, column.rowguid),
            )
        )
    constraints = [
        (
            *(item.id, position, known.name, known.kind, list(known.columns), known.definition),
            *(known.disabled, not known.trusted, known.clustered, known.columnstore),
            *(list(known.descending), list(known.included)),
        )
        for position, known in enumerate(item.constraints, 1)
    ]
    row = (item.id, item.schema, item.name, item.type, item.created, item.modified, item.definition)
    return {"objects": [row], "columns": columns, "constraints": constraints}


def table_columns(table: str) -> list[str]:
    """Return the columns of a table of the catalog: ``name type`` for each."""
    return _TABLES[table].split(", ")


def put_object(connection: duckdb.DuckDBPyConnection, database: str, item: CatalogObject, new: bool) -> None:
    """Write an object's rows; ``new`` False replaces its present rows."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    if not new:
        drop_object(connection, database, item.id)
    for table, rows in object_rows(item).items():
        _insert(connection, f"{home}.{table}", rows)
    foreign_keys = [
        (item.id, position, foreign.schema, foreign.table, list(foreign.columns), foreign.on_delete, foreign.on_update)
        for position, constraint in enumerate(item.constraints, 1)
        if (foreign := constraint.foreign) is not None
    ]
    _insert(connection, f"{home}.foreign_keys", foreign_keys)
    parameters = [
        (
            *(item.id, position, parameter.name, kind.name, kind.length, kind.precision, kind.scale),
            *(parameter.output, parameter.has_default, kind.user),
        )
        for position, parameter in enumerate(item.parameters, 0 if item.type == "FN" else 1)  # 0 is the result
        for kind in [parameter.type]
    ]
    _insert(connection, f"{home}.parameters", parameters)
    _insert(connection, f"{home}.signatures", [(item.id, thumbprint) for thumbprint in item.signatures])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by one statement, because each statement takes a millisecond."""
    if not rows:
        return
    numbers = (f"${number}" for number in itertools.count(1))
    places = ", ".join(f"({', '.join(itertools.islice(numbers, len(row)))})" for row in rows)
    connection.execute(f"INSERT INTO {table} VALUES {places}", [value for row in rows for value in row])


def drop_object(connection: duckdb.DuckDBPyConnection, database: str, object_id: int) -> None:
    """Delete an object's rows."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    for table in ("objects", *_OBJECT_TABLES):
        connection.execute(f"DELETE FROM {home}.{table} WHERE object_id = $1", [object_id])


def drop_properties(connection: duckdb.DuckDBPyConnection, database: str, object_id: int, kept: Iterable[str]) -> None:
    """Delete the extended properties of an object but those of the parts kept: columns, parameters, '' for itself."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    connection.execute(
        f"DELETE FROM {home}.extended_properties WHERE class IN (1, 2) AND major_id = $1"
        " AND NOT list_contains($2, lower(part))",
        [object_id, [name.lower() for name in kept]],
    )


def put_type(connection: duckdb.DuckDBPyConnection, database: str, item: UserType, base: SqlType) -> None:
    """Record a user-defined type; ``base`` is the base type of an alias type."""
    row = (*astuple(item), base.name, base.length, base.precision, base.scale)
    _insert(connection, f"{quote(database)}.{quote(CATALOG_SCHEMA)}.user_types", [row])


def drop_type(connection: duckdb.DuckDBPyConnection, database: str, type_id: int) -> None:
    """Delete a user-defined type's row."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    connection.execute(f"DELETE FROM {home}.user_types WHERE user_type_id = $1", [type_id])


def put_schema(connection: duckdb.DuckDBPyConnection, database: str, schema_id: int, name: str) -> None:
    """Record a new schema."""
    _insert(connection, f"{quote(database)}.{quote(CATALOG_SCHEMA)}.schemas", [(schema_id, name)])


def drop_schema(connection: duckdb.DuckDBPyConnection, database: str, name: str) -> None:
    """Delete a schema's row."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    connection.execute(f"DELETE FROM {home}.schemas WHERE lower(name) = $1", [name.lower()])


def drop_permissions(connection: duckdb.DuckDBPyConnection, database: str, securable: str) -> None:
    """Delete the permissions on an object, a type or a schema."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    connection.execute(f"DELETE FROM {home}.permissions WHERE securable = $1", [securable])


def put_principals(connection: duckdb.DuckDBPyConnection, database: str, before: Catalog, after: Catalog) -> None:
    """Write the users, roles, permissions and certificates that differ between two states of a catalog."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    _put_named(connection, f"{home}.principals", before.principals, after.principals)
    _put_named(connection, f"{home}.certificates", before.certificates, after.certificates)
    for permission in before.permissions - after.permissions:
        connection.execute(
            f"DELETE FROM {home}.permissions"
            " WHERE principal = $1 AND permission = $2 AND securable = $3 AND state = $4",
            [*astuple(permission)],
        )
    _insert(connection, f"{home}.permissions", [astuple(new) for new in after.permissions - before.permissions])


def _put_named(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    before: Mapping[str, PrincipalInfo | CertificateInfo],
    after: Mapping[str, PrincipalInfo | CertificateInfo],
) -> None:
    for key, item in before.items():
        if after.get(key) != item:
            connection.execute(f"DELETE FROM {table} WHERE name = $1", [item.name])
    rows = [
        [sorted(value) if isinstance(value, frozenset) else value for value in astuple(item)]
        for key, item in after.items()
        if before.get(key) != item
    ]
    _insert(connection, table, rows)
