"""sys.* and INFORMATION_SCHEMA.* as DuckDB views over the catalog tables of a database file."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from local_sqlserver.catalog.objects import CATALOG_SCHEMA, quote
from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.types import (
    APPROXIMATE,
    DECIMAL_BYTES,
    DECIMALS,
    INTEGERS,
    MAX,
    MONEY,
    NUMBERS,
    SCALED,
    TEMPORAL,
    TEXT,
    TIME_BYTES,
    TYPES,
    UNICODE,
    SqlType,
    time_bytes,
)

_COLLATION = f"'{DATABASE.name}'"

_TYPE_ROWS = ", ".join(
    str((row.name, row.id, row.size, row.precision, row.scale))
    for row in sorted(TYPES.values(), key=lambda row: row.id)
)


def _in_list(types: Iterable[str]) -> str:
    """SQL of a list for IN."""
    return "(" + ", ".join(f"'{name}'" for name in sorted(types)) + ")"


def _bytes_by(column: str, sizes: tuple[tuple[int, int], ...]) -> str:
    """SQL of the number of bytes that a precision or scale takes."""
    return "CASE " + " ".join(f"WHEN {column} <= {most} THEN {size}" for most, size in sizes) + " END"


# The rules of types.storage_bytes and types.digits in SQL; a test compares both.
_DOUBLED = f"CASE WHEN c.type_name IN {_in_list(UNICODE)} AND c.type_length <> {MAX} THEN 2 ELSE 1 END * c.type_length"
_LENGTH = f"""CASE WHEN c.type_length IS NOT NULL THEN {_DOUBLED}
    WHEN c.type_name IN {_in_list(DECIMALS)} THEN {_bytes_by("c.type_precision", DECIMAL_BYTES)}
    WHEN c.type_name IN {_in_list(SCALED)} THEN
        t.max_length - {time_bytes(7)} + {_bytes_by("c.type_scale", TIME_BYTES)}
    ELSE t.max_length END::SMALLINT"""
_PRECISION = f"""CASE WHEN c.type_name IN {_in_list(SCALED)}
        THEN t.precision - t.scale + c.type_scale - CASE c.type_scale WHEN 0 THEN 1 ELSE 0 END
    ELSE COALESCE(c.type_precision, t.precision) END::UTINYINT"""
_SCALE = "COALESCE(c.type_scale, t.scale)::UTINYINT"
_TEXT = f"c.type_name IN {_in_list(TEXT)}"
_EXACT = _in_list(INTEGERS | MONEY | DECIMALS)
_TYPE_DESC = """CASE type WHEN 'U' THEN 'USER_TABLE' WHEN 'V' THEN 'VIEW' WHEN 'P' THEN 'SQL_STORED_PROCEDURE'
    WHEN 'FN' THEN 'SQL_SCALAR_FUNCTION' WHEN 'IF' THEN 'SQL_INLINE_TABLE_VALUED_FUNCTION'
    WHEN 'TF' THEN 'SQL_TABLE_VALUED_FUNCTION'
    WHEN 'PK' THEN 'PRIMARY_KEY_CONSTRAINT' WHEN 'UQ' THEN 'UNIQUE_CONSTRAINT' WHEN 'C' THEN 'CHECK_CONSTRAINT'
    WHEN 'D' THEN 'DEFAULT_CONSTRAINT' WHEN 'SO' THEN 'SEQUENCE_OBJECT' ELSE 'FOREIGN_KEY_CONSTRAINT' END"""
_INFORMATION_TYPE = f"""c.type_name AS DATA_TYPE, c.type_length AS CHARACTER_MAXIMUM_LENGTH,
    {_DOUBLED} AS CHARACTER_OCTET_LENGTH,
    CASE WHEN c.type_name IN {_in_list(NUMBERS - {"bit"})}
        THEN COALESCE(c.type_precision, t.precision) END::UTINYINT AS NUMERIC_PRECISION,
    CASE WHEN c.type_name IN {_EXACT} THEN 10
        WHEN c.type_name IN {_in_list(APPROXIMATE)} THEN 2 END::SMALLINT AS NUMERIC_PRECISION_RADIX,
    CASE WHEN c.type_name IN {_EXACT} THEN COALESCE(c.type_scale, t.scale) END::INTEGER AS NUMERIC_SCALE,
    CASE WHEN c.type_name IN {_in_list(TEMPORAL)}
        THEN COALESCE(c.type_scale, t.scale) END::SMALLINT AS DATETIME_PRECISION"""

_ACTION = "CASE {} WHEN 'CASCADE' THEN 1 WHEN 'SET NULL' THEN 2 WHEN 'SET DEFAULT' THEN 3 ELSE 0 END::UTINYINT"

_VIEWS = {
    "sys_schemas": "SELECT name, schema_id, 1 AS principal_id FROM {home}.schemas",
    "sys_types": f"SELECT name, system_type_id::UTINYINT AS system_type_id, system_type_id AS "
    f"user_type_id, 4 AS schema_id, "
    "max_length::SMALLINT AS max_length, precision::UTINYINT AS precision, scale::UTINYINT AS scale, "
    f"CASE WHEN name IN {_in_list(TEXT)} THEN {_COLLATION} END AS collation_name, "
    f"TRUE AS is_nullable, "
    "FALSE AS is_user_defined, FALSE AS is_table_type "
    f"FROM (VALUES {_TYPE_ROWS}) t (name, system_type_id, max_length, precision, scale)",
    "all_objects": "SELECT o.name, o.object_id, s.schema_id, 0 AS parent_object_id, o.type, "
    "o.created, o.modified "
    "FROM {home}.objects o JOIN {home}.schemas s ON lower(s.name) = lower(o.schema_name) "
    "UNION ALL SELECT k.name, k.object_id * 1000 + k.constraint_id, s.schema_id, o.object_id, "
    "k.kind, o.created, o.modified "
    "FROM {home}.constraints k JOIN {home}.objects o ON o.object_id = k.object_id "
    "JOIN {home}.schemas s ON lower(s.name) = lower(o.schema_name) WHERE k.kind NOT IN ('IX', 'UX') "
    "UNION ALL SELECT c.default_name, c.object_id * 1000 + 500 + c.column_id, s.schema_id, "
    "o.object_id, 'D', o.created, o.modified "
    "FROM {home}.columns c JOIN {home}.objects o ON o.object_id = c.object_id "
    "JOIN {home}.schemas s ON lower(s.name) = lower(o.schema_name) WHERE c.default_name IS NOT NULL",
    "sys_objects": "SELECT name, object_id, CAST(NULL AS INTEGER) AS principal_id, schema_id, "
    "parent_object_id, rpad(type, 2, ' ') AS type, "
    f"{_TYPE_DESC} AS type_desc, created AS create_date, modified AS modify_date, FALSE AS is_ms_shipped, "
    "FALSE AS is_published, FALSE AS is_schema_published FROM {home}.all_objects",
    "sys_tables": "SELECT *, 0 AS lob_data_space_id, 0::UTINYINT AS temporal_type, "
    "'NON_TEMPORAL_TABLE' AS temporal_type_desc, "
    "FALSE AS is_memory_optimized, FALSE AS is_external FROM {home}.sys_objects WHERE type = 'U '",
    "sys_views": "SELECT *, FALSE AS with_check_option FROM {home}.sys_objects WHERE type = 'V '",
    "sys_procedures": "SELECT *, FALSE AS is_auto_executed FROM {home}.sys_objects WHERE type = 'P '",
    "sys_columns": "SELECT c.object_id, c.name, c.column_id, t.system_type_id, t.user_type_id, "
    f"{_LENGTH} AS max_length, {_PRECISION} AS precision, {_SCALE} AS scale, "
    f"CASE WHEN {_TEXT} THEN coalesce(c.collation_name, {_COLLATION}) END AS collation_name, c.is_nullable, "
    "c.seed IS NOT NULL AS is_identity, "
    "c.computed IS NOT NULL AS is_computed, "
    "CASE WHEN c.default_name IS NULL THEN 0 ELSE c.object_id * 1000 + 500 + c.column_id END AS "
    "default_object_id "
    "FROM {home}.columns c JOIN {home}.sys_types t ON t.name = c.type_name",
    "sys_identity_columns": "SELECT s.*, c.seed AS seed_value, c.increment AS increment_value FROM "
    "{home}.sys_columns s "
    "JOIN {home}.columns c ON c.object_id = s.object_id AND c.column_id = s.column_id WHERE s.is_identity",
    "sys_computed_columns": "SELECT s.*, c.computed AS definition, FALSE AS is_persisted FROM "
    "{home}.sys_columns s "
    "JOIN {home}.columns c ON c.object_id = s.object_id AND c.column_id = s.column_id WHERE s.is_computed",
    "sys_key_constraints": "SELECT *, 1 AS unique_index_id, FALSE AS is_system_named FROM "
    "{home}.sys_objects WHERE type IN ('PK', 'UQ')",
    "sys_check_constraints": "SELECT o.*, k.is_disabled, k.is_not_trusted, k.definition, "
    "FALSE AS is_system_named "
    "FROM {home}.sys_objects o JOIN {home}.constraints k ON k.object_id * 1000 + k.constraint_id "
    "= o.object_id WHERE o.type = 'C '",
    "sys_default_constraints": "SELECT o.*, c.column_id AS parent_column_id, c.default_definition AS "
    "definition, "
    "FALSE AS is_system_named FROM {home}.sys_objects o "
    "JOIN {home}.columns c ON c.object_id * 1000 + 500 + c.column_id = o.object_id WHERE o.type = 'D '",
    "sys_foreign_keys": "SELECT o.*, r.object_id AS referenced_object_id, 1 AS key_index_id, k.is_disabled, "
    "FALSE AS is_not_for_replication, k.is_not_trusted, "
    f"{_ACTION.format('f.on_delete')} AS delete_referential_action, "
    "replace(f.on_delete, ' ', '_') AS delete_referential_action_desc, "
    f"{_ACTION.format('f.on_update')} AS update_referential_action, "
    "replace(f.on_update, ' ', '_') AS update_referential_action_desc, "
    "FALSE AS is_system_named FROM {home}.sys_objects o "
    "JOIN {home}.constraints k ON k.object_id * 1000 + k.constraint_id = o.object_id "
    "JOIN {home}.foreign_keys f ON f.object_id = k.object_id AND f.constraint_id = k.constraint_id "
    "JOIN {home}.objects r ON lower(r.schema_name) = lower(f.referenced_schema) "
    "AND lower(r.name) = lower(f.referenced_table) WHERE o.parent_object_id = k.object_id",
    "sys_foreign_key_columns": "SELECT k.object_id * 1000 + k.constraint_id AS constraint_object_id, "
    "p.position::INTEGER AS constraint_column_id, k.object_id AS parent_object_id, "
    "c.column_id AS parent_column_id, r.object_id AS referenced_object_id, d.column_id AS referenced_column_id "
    "FROM {home}.constraints k JOIN {home}.foreign_keys f ON f.object_id = k.object_id "
    "AND f.constraint_id = k.constraint_id JOIN {home}.objects r ON lower(r.schema_name) = lower(f.referenced_schema) "
    "AND lower(r.name) = lower(f.referenced_table), generate_series(1, len(k.columns)) p (position), "
    "{home}.columns c, {home}.columns d WHERE c.object_id = k.object_id AND c.name = k.columns[p.position] "
    "AND d.object_id = r.object_id AND d.name = f.referenced_columns[p.position]",
    "sys_indexes": "SELECT object_id, name, constraint_id AS index_id, "
    "CASE WHEN kind = 'PK' THEN 1 ELSE 2 END::UTINYINT AS type, CASE WHEN kind = 'PK' THEN "
    "'CLUSTERED' ELSE 'NONCLUSTERED' END AS type_desc, "
    "kind <> 'IX' AS is_unique, kind = 'PK' AS is_primary_key, kind = 'UQ' AS "
    "is_unique_constraint, FALSE AS is_disabled, "
    "kind IN ('IX', 'UX') AND definition <> '' AS has_filter FROM {home}.constraints WHERE kind "
    "IN ('PK', 'UQ', 'IX', 'UX') "
    "UNION ALL SELECT object_id, NULL, 0, 0::UTINYINT, 'HEAP', FALSE, FALSE, FALSE, FALSE, FALSE "
    "FROM {home}.objects o WHERE type = 'U' AND NOT EXISTS (SELECT 1 FROM {home}.constraints k "
    "WHERE k.object_id = o.object_id AND k.kind = 'PK')",
    "sys_sequences": "SELECT o.*, split_part(i.definition, ' ', 2)::BIGINT AS start_value, "
    "split_part(i.definition, ' ', 3)::BIGINT AS increment, split_part(i.definition, ' ', 4)::BIGINT AS minimum_value, "
    "split_part(i.definition, ' ', 5)::BIGINT AS maximum_value, split_part(i.definition, ' ', 6) = '1' AS is_cycling, "
    "TRUE AS is_cached, CAST(NULL AS INTEGER) AS cache_size, t.system_type_id, t.user_type_id, t.precision, "
    "0::UTINYINT AS scale, coalesce(q.last_value, q.start_value) AS current_value, FALSE AS is_exhausted, "
    "q.last_value AS last_used_value FROM {home}.sys_objects o JOIN {home}.objects i ON i.object_id = o.object_id "
    "JOIN {home}.sys_types t ON t.name = split_part(i.definition, ' ', 1) LEFT JOIN duckdb_sequences() q "
    "ON q.database_name = {name} AND q.schema_name = i.schema_name AND q.sequence_name = i.name WHERE i.type = 'SO'",
    "sys_sql_modules": "SELECT object_id, definition, TRUE AS uses_ansi_nulls, TRUE AS "
    "uses_quoted_identifier, FALSE AS is_schema_bound, "
    "FALSE AS is_recompiled FROM {home}.objects WHERE type IN ('P', 'V', 'FN', 'IF', 'TF')",
    "sys_parameters": "SELECT c.object_id, c.name, c.parameter_id, t.system_type_id, t.user_type_id, "
    f"{_LENGTH} AS max_length, {_PRECISION} AS precision, {_SCALE} AS scale, c.is_output, FALSE AS "
    f"is_cursor_ref, "
    "c.has_default AS has_default_value, TRUE AS is_nullable FROM {home}.parameters c JOIN "
    "{home}.sys_types t ON t.name = c.type_name",
    "sys_database_principals": "SELECT 'dbo' AS name, 1 AS principal_id, 'S' AS type, 'SQL_USER' AS "
    "type_desc, 'dbo' AS default_schema_name "
    "UNION ALL SELECT name, (1 + row_number() OVER (ORDER BY lower(name)))::INTEGER, type, "
    "CASE type WHEN 'S' THEN 'SQL_USER' WHEN 'C' THEN 'CERTIFICATE_MAPPED_USER' "
    "ELSE 'DATABASE_ROLE' END, NULLIF(default_schema, '') FROM "
    "{home}.principals",
    "sys_database_role_members": "SELECT r.principal_id AS role_principal_id, m.principal_id AS "
    "member_principal_id "
    "FROM {home}.principals p, unnest(p.members) u (member) JOIN {home}.sys_database_principals r "
    "ON r.name = p.name "
    "JOIN {home}.sys_database_principals m ON lower(m.name) = u.member",
    "sys_database_permissions": "SELECT CASE split_part(p.securable, ':', 1) WHEN 'database' THEN 0 WHEN "
    "'schema' THEN 3 ELSE 1 END::UTINYINT AS class, "
    "CASE split_part(p.securable, ':', 1) WHEN 'database' THEN 'DATABASE' WHEN 'schema' THEN "
    "'SCHEMA' ELSE 'OBJECT_OR_COLUMN' END AS class_desc, "
    "COALESCE(s.schema_id, o.object_id, 0) AS major_id, 0 AS minor_id, g.principal_id AS "
    "grantee_principal_id, 1 AS grantor_principal_id, "
    "p.permission AS permission_name, p.state, CASE p.state WHEN 'G' THEN 'GRANT' ELSE 'DENY' END "
    "AS state_desc "
    "FROM {home}.permissions p JOIN {home}.sys_database_principals g ON lower(g.name) = lower(p.principal) "
    "LEFT JOIN {home}.schemas s ON p.securable = 'schema:' || lower(s.name) "
    "LEFT JOIN {home}.objects o ON p.securable = 'object:' || lower(o.schema_name) || '.' || lower(o.name)",
    "sys_certificates": "SELECT name, certificate_id, 1 AS principal_id, CASE WHEN octet_length(hash) = 0 THEN 'NA' "
    "ELSE 'PW' END AS pvt_key_encryption_type, CASE WHEN octet_length(hash) = 0 THEN 'NO_PRIVATE_KEY' "
    "ELSE 'ENCRYPTED_BY_PASSWORD' END AS pvt_key_encryption_type_desc, subject, thumbprint FROM {home}.certificates",
    "sys_crypt_properties": "SELECT 1::UTINYINT AS class, 'OBJECT_OR_COLUMN' AS class_desc, object_id AS major_id, "
    "thumbprint, 'SPVC' AS crypt_type, 'SIGNATURE BY CERTIFICATE' AS crypt_type_desc FROM {home}.signatures",
    "sys_extended_properties": "SELECT p.class, CASE p.class WHEN 0 THEN 'DATABASE' WHEN 1 THEN 'OBJECT_OR_COLUMN' "
    "WHEN 2 THEN 'PARAMETER' ELSE 'SCHEMA' END AS class_desc, p.major_id, "
    "COALESCE(c.column_id, r.parameter_id, 0) AS minor_id, p.name, p.value "
    "FROM {home}.extended_properties p "
    "LEFT JOIN {home}.columns c ON p.class = 1 AND c.object_id = p.major_id AND lower(c.name) = lower(p.part) "
    "LEFT JOIN {home}.parameters r ON p.class = 2 AND r.object_id = p.major_id AND lower(r.name) = lower(p.part) "
    "WHERE p.part = '' OR c.column_id IS NOT NULL OR r.parameter_id IS NOT NULL",
    "information_schema_tables": "SELECT {name} AS TABLE_CATALOG, schema_name AS TABLE_SCHEMA, name AS "
    "TABLE_NAME, "
    "CASE type WHEN 'U' THEN 'BASE TABLE' ELSE 'VIEW' END AS TABLE_TYPE FROM {home}.objects WHERE "
    "type IN ('U', 'V')",
    "information_schema_views": "SELECT {name} AS TABLE_CATALOG, schema_name AS TABLE_SCHEMA, name AS "
    "TABLE_NAME, "
    "CASE WHEN length(definition) <= 4000 THEN definition END AS VIEW_DEFINITION, "
    "'NONE' AS CHECK_OPTION, 'NO' AS IS_UPDATABLE FROM "
    "{home}.objects WHERE type = 'V'",
    "information_schema_schemata": "SELECT {name} AS CATALOG_NAME, name AS SCHEMA_NAME, 'dbo' AS SCHEMA_OWNER "
    "FROM {home}.schemas",
    "information_schema_routines": "SELECT {name} AS SPECIFIC_CATALOG, schema_name AS SPECIFIC_SCHEMA, name AS "
    "SPECIFIC_NAME, "
    "{name} AS ROUTINE_CATALOG, schema_name AS ROUTINE_SCHEMA, name AS ROUTINE_NAME, "
    "CASE type WHEN 'P' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS ROUTINE_TYPE, "
    "left(definition, 4000) AS ROUTINE_DEFINITION, created AS CREATED, modified AS LAST_ALTERED "
    "FROM {home}.objects WHERE type IN ('P', 'FN', 'IF', 'TF')",
    "information_schema_parameters": "SELECT {name} AS SPECIFIC_CATALOG, o.schema_name AS SPECIFIC_SCHEMA, o.name "
    "AS SPECIFIC_NAME, "
    "c.parameter_id AS ORDINAL_POSITION, "
    "CASE WHEN c.parameter_id = 0 THEN 'OUT' WHEN c.is_output THEN 'INOUT' ELSE 'IN' END AS PARAMETER_MODE, "
    "c.name AS PARAMETER_NAME, "
    f"{_INFORMATION_TYPE} FROM {{home}}.parameters c JOIN {{home}}.objects o ON o.object_id = c.object_id "
    "JOIN {home}.sys_types t ON t.name = c.type_name",
    "information_schema_columns": "SELECT {name} AS TABLE_CATALOG, o.schema_name AS TABLE_SCHEMA, o.name AS "
    "TABLE_NAME, "
    "c.name AS COLUMN_NAME, c.column_id AS ORDINAL_POSITION, c.default_definition AS COLUMN_DEFAULT, "
    f"CASE WHEN c.is_nullable THEN 'YES' ELSE 'NO' END AS IS_NULLABLE, {_INFORMATION_TYPE}, "
    f"CASE WHEN {_TEXT} THEN coalesce(c.collation_name, {_COLLATION}) END AS COLLATION_NAME "
    "FROM {home}.columns c JOIN {home}.objects o ON o.object_id = c.object_id JOIN "
    "{home}.sys_types t ON t.name = c.type_name",
    "information_schema_table_constraints": "SELECT {name} AS CONSTRAINT_CATALOG, o.schema_name AS CONSTRAINT_SCHEMA, "
    "k.name AS CONSTRAINT_NAME, {name} AS TABLE_CATALOG, o.schema_name AS TABLE_SCHEMA, o.name AS "
    "TABLE_NAME, "
    "CASE k.kind WHEN 'PK' THEN 'PRIMARY KEY' WHEN 'UQ' THEN 'UNIQUE' WHEN 'C' THEN 'CHECK' ELSE "
    "'FOREIGN KEY' END AS CONSTRAINT_TYPE "
    "FROM {home}.constraints k JOIN {home}.objects o ON o.object_id = k.object_id WHERE k.kind "
    "NOT IN ('IX', 'UX')",
    "information_schema_referential_constraints": "SELECT {name} AS CONSTRAINT_CATALOG, o.schema_name AS "
    "CONSTRAINT_SCHEMA, k.name AS CONSTRAINT_NAME, {name} AS UNIQUE_CONSTRAINT_CATALOG, "
    "f.referenced_schema AS UNIQUE_CONSTRAINT_SCHEMA, (SELECT u.name FROM {home}.constraints u "
    "WHERE u.object_id = r.object_id AND u.kind IN ('PK', 'UQ', 'UX') "
    "AND list_sort(u.columns) = list_sort(f.referenced_columns) ORDER BY u.kind LIMIT 1) AS UNIQUE_CONSTRAINT_NAME, "
    "'SIMPLE' AS MATCH_OPTION, f.on_update AS UPDATE_RULE, f.on_delete AS DELETE_RULE "
    "FROM {home}.constraints k JOIN {home}.foreign_keys f ON f.object_id = k.object_id "
    "AND f.constraint_id = k.constraint_id JOIN {home}.objects o ON o.object_id = k.object_id "
    "JOIN {home}.objects r ON lower(r.schema_name) = lower(f.referenced_schema) "
    "AND lower(r.name) = lower(f.referenced_table)",
    "information_schema_constraint_column_usage": "SELECT {name} AS TABLE_CATALOG, o.schema_name AS TABLE_SCHEMA, "
    "o.name AS TABLE_NAME, u.column_name AS COLUMN_NAME, {name} AS CONSTRAINT_CATALOG, "
    "o.schema_name AS CONSTRAINT_SCHEMA, k.name AS CONSTRAINT_NAME FROM {home}.constraints k "
    "JOIN {home}.objects o ON o.object_id = k.object_id, unnest(k.columns) u (column_name) "
    "WHERE k.kind NOT IN ('IX', 'UX')",
    "information_schema_constraint_table_usage": "SELECT {name} AS TABLE_CATALOG, o.schema_name AS TABLE_SCHEMA, "
    "o.name AS TABLE_NAME, {name} AS CONSTRAINT_CATALOG, o.schema_name AS CONSTRAINT_SCHEMA, "
    "k.name AS CONSTRAINT_NAME FROM {home}.constraints k JOIN {home}.objects o ON o.object_id = k.object_id "
    "WHERE k.kind NOT IN ('IX', 'UX')",
    "information_schema_key_column_usage": "SELECT {name} AS CONSTRAINT_CATALOG, o.schema_name AS CONSTRAINT_SCHEMA, "
    "k.name AS CONSTRAINT_NAME, {name} AS TABLE_CATALOG, o.schema_name AS TABLE_SCHEMA, o.name AS "
    "TABLE_NAME, "
    "k.columns[p.position] AS COLUMN_NAME, p.position::INTEGER AS ORDINAL_POSITION FROM {home}.constraints k "
    "JOIN {home}.objects o ON o.object_id = k.object_id, generate_series(1, len(k.columns)) p "
    "(position) WHERE k.kind IN ('PK', 'UQ', 'F')",
}

_SERVER_VIEWS = {
    "sys_databases": "SELECT name, database_id, created AS create_date, 160::UTINYINT AS "
    "compatibility_level, "
    f"{_COLLATION} AS collation_name, CASE user_access WHEN 'SINGLE_USER' THEN 1 ELSE 0 "
    f"END::UTINYINT AS user_access, "
    "user_access AS user_access_desc, FALSE AS is_read_only, 0::UTINYINT AS state, 'ONLINE' AS state_desc, "
    "CASE recovery_model WHEN 'FULL' THEN 1 WHEN 'BULK_LOGGED' THEN 2 ELSE 3 END::UTINYINT AS "
    "recovery_model, "
    "recovery_model AS recovery_model_desc, read_committed_snapshot AS is_read_committed_snapshot_on, "
    "snapshot_isolation::INTEGER::UTINYINT AS snapshot_isolation_state, "
    "CASE WHEN snapshot_isolation THEN 'ON' ELSE 'OFF' END AS snapshot_isolation_state_desc, "
    "FALSE AS is_auto_close_on, "
    "FALSE AS is_auto_shrink_on FROM {home}.databases",
    "sys_server_principals": "SELECT name, (255 + row_number() OVER (ORDER BY created, name))::INTEGER AS "
    "principal_id, 'S' AS type, "
    "'SQL_LOGIN' AS type_desc, is_disabled, created AS create_date, created AS modify_date, "
    "default_database AS default_database_name "
    "FROM {home}.logins",
    "sys_sql_logins": "SELECT * FROM {home}.sys_server_principals",
}


def create(connection: duckdb.DuckDBPyConnection, database: str, *, server: bool = False) -> None:
    """Create or replace the views in a database file; ``server`` creates the views of master."""
    home = f"{quote(database)}.{quote(CATALOG_SCHEMA)}"
    name = "'" + database.replace("'", "''") + "'"
    for view, text in (_SERVER_VIEWS if server else _VIEWS).items():
        connection.execute(f"CREATE OR REPLACE VIEW {home}.{view} AS {text.format(home=home, name=name)}")


def find(schema: str, name: str) -> tuple[str, bool] | None:
    """Return the DuckDB view behind a system view's name and whether it is in master; None for any other name."""
    view = f"{schema.lower()}_{name.lower()}"
    if view in _SERVER_VIEWS:
        return view, True
    return (view, False) if view in _VIEWS and schema.lower() in ("sys", "information_schema") else None


def columns(connection: duckdb.DuckDBPyConnection, duckdb_name: str) -> tuple[ColumnInfo, ...]:
    """Read names and types of a DuckDB table or view; a column named definition holds text of any length."""
    described = connection.execute(f"DESCRIBE {duckdb_name}").fetchall()
    return tuple(
        ColumnInfo(
            row[0], SqlType("nvarchar", length=MAX) if row[0] == "definition" else sql_type(row[1]), row[2] != "NO"
        )
        for row in described
    )
