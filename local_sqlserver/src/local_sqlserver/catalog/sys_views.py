"""The views of the schema sys, and the compatibility views. Source: the T-SQL reference, "System views"."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterable

from local_sqlserver.catalog.objects import FIXED_ROLES
from local_sqlserver.catalog.view_declaration import declare
from local_sqlserver.collation import DATABASE
from local_sqlserver.types import (
    APPROXIMATE,
    BINARY,
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
    time_bytes,
)

_COLLATION = f"'{DATABASE.name}'"


def _in_list(types: Iterable[str]) -> str:
    """SQL of a list for IN."""
    return "(" + ", ".join(f"'{name}'" for name in sorted(types)) + ")"


def _bytes_by(column: str, sizes: tuple[tuple[int, int], ...]) -> str:
    """SQL of the number of bytes that a precision or scale takes."""
    return "CASE " + " ".join(f"WHEN {column} <= {most} THEN {size}" for most, size in sizes) + " END"


def _named(column: str, names: dict[str, str]) -> str:
    """SQL of the description of a code."""
    return f"CASE {column} " + " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in names.items()) + " END"


_TYPE_ROWS = ", ".join(
    [
        *(
            str((row.name, row.id, row.id, row.size, row.precision, row.scale, row.name in TEXT, True))
            for row in sorted(TYPES.values(), key=lambda row: row.id)
        ),
        "('sysname', 231, 256, 256, 0, 0, TRUE, FALSE)",
        "('image', 34, 34, 16, 0, 0, FALSE, TRUE)",
        "('text', 35, 35, 16, 0, 0, TRUE, TRUE)",
        "('ntext', 99, 99, 16, 0, 0, TRUE, TRUE)",
        "('timestamp', 189, 189, 8, 0, 0, FALSE, FALSE)",
        "('xml', 241, 241, -1, 0, 0, FALSE, TRUE)",
        "('hierarchyid', 240, 128, 892, 0, 0, FALSE, TRUE)",
        "('geometry', 240, 129, -1, 0, 0, FALSE, TRUE)",
        "('geography', 240, 130, -1, 0, 0, FALSE, TRUE)",
        "('table', 243, 243, -1, 0, 0, FALSE, FALSE)",
    ]
)
"""name, system_type_id, user_type_id, max_length, precision, scale, whether it has a collation, is_nullable."""

# The rules of types.storage_bytes and types.digits in SQL; a test compares both.
_DOUBLED = f"CASE WHEN c.type_name IN {_in_list(UNICODE)} AND c.type_length <> {MAX} THEN 2 ELSE 1 END * c.type_length"
_LENGTH = f"""CASE WHEN c.type_length IS NOT NULL THEN {_DOUBLED}
    WHEN c.type_name IN {_in_list(DECIMALS)} THEN {_bytes_by("c.type_precision", DECIMAL_BYTES)}
    WHEN c.type_name IN {_in_list(SCALED)} THEN
        t.max_length - {time_bytes(7)} + {_bytes_by("c.type_scale", TIME_BYTES)}
    ELSE t.max_length END"""
_PRECISION = f"""CASE WHEN c.type_name IN {_in_list(SCALED)}
        THEN t.precision - t.scale + c.type_scale - CASE c.type_scale WHEN 0 THEN 1 ELSE 0 END
    ELSE COALESCE(c.type_precision, t.precision) END"""
_SCALE = "COALESCE(c.type_scale, t.scale)"
_EXACT = _in_list(INTEGERS | MONEY | DECIMALS)
_TYPE_DESC = {
    "C": "CHECK_CONSTRAINT",
    "D": "DEFAULT_CONSTRAINT",
    "F": "FOREIGN_KEY_CONSTRAINT",
    "FN": "SQL_SCALAR_FUNCTION",
    "IF": "SQL_INLINE_TABLE_VALUED_FUNCTION",
    "P": "SQL_STORED_PROCEDURE",
    "PK": "PRIMARY_KEY_CONSTRAINT",
    "SN": "SYNONYM",
    "SO": "SEQUENCE_OBJECT",
    "TF": "SQL_TABLE_VALUED_FUNCTION",
    "TR": "SQL_TRIGGER",
    "TT": "TYPE_TABLE",
    "U": "USER_TABLE",
    "UQ": "UNIQUE_CONSTRAINT",
    "V": "VIEW",
}
GENERATED = "__.*__([0-9A-F]{8}){1,2}"
"""What follows the kind of a constraint (PK, DF …) in a generated name, as a regular expression."""

_SYSTEM_NAMED = f"regexp_matches(name, '^(PK|UQ|CK|DF|FK){GENERATED}$')"
"""Whether a constraint has a generated name, by its form."""

_FIXED_ROLE_IDS = " ".join(f"WHEN '{name}' THEN {number}" for name, number in FIXED_ROLES.items())
_CREATED_DBO = "TIMESTAMP '2003-04-08 09:10:42'"
_CREATED_SYS = "TIMESTAMP '2009-04-13 12:59:11'"
"""When the users that every database has were made, as SQL Server shows it."""

_CERTIFICATE_SID = "unhex('010600000000000901000000')"
"""The bytes before the thumbprint in the SID of a certificate."""

BASE_TYPES = (
    "SELECT name, system_type_id, user_type_id, max_length, precision, scale, "
    f"CASE WHEN has_collation THEN {_COLLATION} END AS collation_name, is_nullable FROM (VALUES {_TYPE_ROWS}) "
    "t (name, system_type_id, user_type_id, max_length, precision, scale, has_collation, is_nullable)"
)
"""The data types of SQL Server, as rows of the table memory.main.system_types."""

HELPERS = {
    "base_types": "FROM memory.main.system_types",
    "all_types": "SELECT *, 4 AS schema_id, 0 AS object_id FROM {home}.base_types WHERE name <> 'table' "
    f"UNION ALL SELECT c.name, t.system_type_id, c.user_type_id, {_LENGTH}, {_PRECISION}, {_SCALE}, "
    "t.collation_name, c.is_nullable AND c.object_id = 0, s.schema_id, c.object_id FROM {home}.user_types c "
    "JOIN {home}.base_types t ON t.name = c.type_name JOIN {home}.schemas s ON lower(s.name) = lower(c.schema_name)",
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
    "all_columns": f"SELECT c.*, t.system_type_id, COALESCE(NULLIF(c.type_user, 0), t.user_type_id) AS user_type_id, {_LENGTH} AS max_length, {_PRECISION} AS precision, "
    f"{_SCALE} AS scale, CASE WHEN c.type_name IN {_in_list(TEXT)} THEN COALESCE(c.collation_name, {_COLLATION}) "
    "END AS collated, CASE WHEN c.default_name IS NULL THEN 0 ELSE c.object_id * 1000 + 500 + c.column_id END AS "
    "default_object_id FROM {home}.columns c JOIN {home}.base_types t ON t.name = c.type_name "
    "ORDER BY c.object_id, c.column_id",
    # The clustered index of a table is number 1, the others are counted from 2; 0 is a heap.
    "all_indexes": "SELECT object_id, constraint_id, name, kind, columns, definition, clustered, columnstore, "
    "descending, included, (CASE WHEN clustered THEN 1 ELSE 1 + row_number() OVER "
    "(PARTITION BY object_id, clustered ORDER BY constraint_id) END)::INTEGER AS index_id, "
    "CASE WHEN columnstore THEN CASE WHEN clustered THEN 5 ELSE 6 END WHEN clustered THEN 1 ELSE 2 END AS type "
    "FROM {home}.constraints WHERE kind IN ('PK', 'UQ', 'IX', 'UX') "
    "UNION ALL SELECT o.object_id, 0, NULL, 'HEAP', [], '', FALSE, FALSE, [], [], 0, 0 FROM {home}.objects o "
    "WHERE o.type = 'U' AND NOT EXISTS "
    "(FROM {home}.constraints k WHERE k.object_id = o.object_id AND k.clustered AND k.kind <> 'C') "
    "ORDER BY object_id, index_id",
    # The columns of an index: its keys, the others that it includes; a clustered columnstore holds all of the table.
    "all_index_columns": "SELECT i.object_id, i.index_id, u.position AS index_column_id, c.column_id, "
    "CASE WHEN i.columnstore THEN 0 WHEN u.position <= len(i.columns) THEN u.position ELSE 0 END AS key_ordinal, "
    "list_contains(i.descending, c.name) AS is_descending, "
    "i.columnstore OR u.position > len(i.columns) AS is_included "
    "FROM (SELECT *, list_concat(CASE WHEN columnstore AND clustered THEN "
    "(SELECT list(c.name ORDER BY c.column_id) FROM {home}.columns c WHERE c.object_id = x.object_id) "
    "ELSE columns END, included) AS members FROM {home}.all_indexes x) i, "
    "unnest(i.members) WITH ORDINALITY u (name, position) "
    "JOIN {home}.columns c ON c.object_id = i.object_id AND c.name = u.name ORDER BY 1, 2, 3",
    "all_principals": "SELECT 'dbo' AS name, 1 AS principal_id, 'S' AS type, 'dbo' AS default_schema, '\\x01'::BLOB AS sid, "
    f"{_CREATED_DBO} AS created, {_CREATED_DBO} AS modified, TRUE AS has_login "
    f"UNION ALL VALUES ('guest', 2, 'S', 'guest', '\\x00'::BLOB, {_CREATED_DBO}, {_CREATED_DBO}, FALSE), "
    f"('INFORMATION_SCHEMA', 3, 'S', NULL, NULL, {_CREATED_SYS}, {_CREATED_SYS}, FALSE), "
    f"('sys', 4, 'S', NULL, NULL, {_CREATED_SYS}, {_CREATED_SYS}, FALSE) "
    f"UNION ALL SELECT name, CASE name {_FIXED_ROLE_IDS} ELSE 4 + row_number() OVER "
    f"(PARTITION BY name IN {tuple(FIXED_ROLES)} ORDER BY lower(name)) "
    "END::INTEGER, type, NULLIF(default_schema, ''), CASE type WHEN 'S' THEN unhex(md5(lower(login))) "
    f"WHEN 'C' THEN (SELECT {_CERTIFICATE_SID} || c.thumbprint FROM {{home}}.certificates c WHERE c.name = login) END, "
    "created, modified, type = 'S' AND login <> '' FROM {home}.principals",
}
"""DuckDB queries that the views below share. They are ordered, because tools expect columns in their order."""

INFORMATION_TYPE = {
    "CHARACTER_MAXIMUM_LENGTH": "c.type_length",
    "CHARACTER_OCTET_LENGTH": _DOUBLED,
    "NUMERIC_PRECISION": f"CASE WHEN c.type_name IN {_in_list(NUMBERS - {'bit'})} THEN c.precision END",
    "NUMERIC_PRECISION_RADIX": f"CASE WHEN c.type_name IN {_EXACT} THEN 10 "
    f"WHEN c.type_name IN {_in_list(APPROXIMATE)} THEN 2 END",
    "NUMERIC_SCALE": f"CASE WHEN c.type_name IN {_EXACT} THEN c.scale END",
    "DATETIME_PRECISION": f"CASE WHEN c.type_name IN {_in_list(TEMPORAL)} THEN c.scale END",
    "CHARACTER_SET_NAME": f"CASE WHEN c.type_name IN {_in_list(UNICODE)} THEN 'UNICODE' "
    f"WHEN c.type_name IN {_in_list(TEXT)} THEN 'iso_1' END",
}
"""The columns of INFORMATION_SCHEMA that describe a type, over ``all_columns`` or ``all_parameters`` as c."""

HELPERS["all_foreign_keys"] = (
    "SELECT k.object_id, k.constraint_id, k.name AS key_name, k.columns, k.is_disabled, k.is_not_trusted, "
    "f.referenced_columns, f.on_delete, f.on_update, r.object_id AS referenced_id, r.schema_name AS referenced_schema, "
    "(SELECT u.name FROM {home}.constraints u WHERE u.object_id = r.object_id AND u.kind IN ('PK', 'UQ', 'UX') "
    "AND list_sort(u.columns) = list_sort(f.referenced_columns) ORDER BY u.kind LIMIT 1) AS referenced_key "
    "FROM {home}.constraints k JOIN {home}.foreign_keys f ON f.object_id = k.object_id "
    "AND f.constraint_id = k.constraint_id JOIN {home}.objects r "
    "ON lower(r.schema_name) = lower(f.referenced_schema) AND lower(r.name) = lower(f.referenced_table) "
    "ORDER BY k.object_id, k.constraint_id"
)
HELPERS["all_sequences"] = (
    "SELECT o.*, split_part(o.definition, ' ', 1) AS type_name, split_part(o.definition, ' ', 2)::BIGINT AS first, "
    "split_part(o.definition, ' ', 3)::BIGINT AS step, split_part(o.definition, ' ', 4)::BIGINT AS least, "
    "split_part(o.definition, ' ', 5)::BIGINT AS most, split_part(o.definition, ' ', 6) = '1' AS cycles, "
    "split_part(o.definition, ' ', 7)::INT AS cache, "
    "coalesce(q.last_value, q.start_value) AS present, q.last_value AS last_used FROM {home}.objects o "
    "LEFT JOIN duckdb_sequences() q ON q.database_name = {name} AND q.schema_name = o.schema_name "
    "AND q.sequence_name = o.name WHERE o.type = 'SO'"
)
HELPERS["all_parameters"] = (
    f"SELECT c.*, t.system_type_id, COALESCE(NULLIF(c.type_user, 0), t.user_type_id) AS user_type_id, {_LENGTH} AS max_length, {_PRECISION} AS precision, "
    f"{_SCALE} AS scale, CASE WHEN c.type_name IN {_in_list(TEXT)} THEN {_COLLATION} END AS collated "
    "FROM {home}.parameters c JOIN {home}.base_types t ON t.name = c.type_name "
    "ORDER BY c.object_id, c.parameter_id"
)

_OBJECT = f"""
    name sysname
    object_id int
    principal_id int? = NULL
    schema_id int
    parent_object_id int
    type char(2) = rpad(type, 2, ' ')
    type_desc nvarchar(60)? = {_named("type", _TYPE_DESC)}
    create_date datetime = created
    modify_date datetime = modified
    is_ms_shipped bit = FALSE
    is_published bit = FALSE
    is_schema_published bit = FALSE
"""
_SYSTEM_OBJECT = _OBJECT.replace("bit = FALSE", "bit = object_id < 0", 1)
_CREATED_SYSTEM = "TIMESTAMP '2022-10-08 06:30:00'"
_SYSTEM_OBJECTS = (
    "(SELECT name, object_id, schema_id, 0 AS parent_object_id, type, "
    f"{_CREATED_SYSTEM} AS created, {_CREATED_SYSTEM} AS modified FROM memory.main.system_objects) o"
)
_ALL_OBJECTS = (
    "(SELECT name, object_id, schema_id, parent_object_id, type, created, modified FROM {home}.all_objects UNION ALL "
    f"SELECT * FROM {_SYSTEM_OBJECTS}) o"
)
_TABLE = """
    lob_data_space_id int = 0
    filestream_data_space_id int? = NULL
    max_column_id_used int = (SELECT max(column_id) FROM {home}.columns c WHERE c.object_id = o.object_id)
    lock_on_bulk_load bit = FALSE
    uses_ansi_nulls bit? = TRUE
    is_replicated bit? = FALSE
    has_replication_filter bit? = FALSE
    is_merge_published bit? = FALSE
    is_sync_tran_subscribed bit? = FALSE
    has_unchecked_assembly_data bit = FALSE
    text_in_row_limit int? = 0
    large_value_types_out_of_row bit? = FALSE
    is_tracked_by_cdc bit? = FALSE
    lock_escalation tinyint? = 0
    lock_escalation_desc nvarchar(60)? = 'TABLE'
    is_filetable bit? = FALSE
    is_memory_optimized bit? = FALSE
    durability tinyint? = 0
    durability_desc nvarchar(60)? = 'SCHEMA_AND_DATA'
    temporal_type tinyint? = 0
    temporal_type_desc nvarchar(60)? = 'NON_TEMPORAL_TABLE'
    history_table_id int? = NULL
    is_remote_data_archive_enabled bit? = FALSE
    is_external bit = FALSE
    history_retention_period int? = NULL
    history_retention_period_unit int? = NULL
    history_retention_period_unit_desc nvarchar(10)? = NULL
    is_node bit? = FALSE
    is_edge bit? = FALSE
    data_retention_period int? = -1
    data_retention_period_unit int? = -1
    data_retention_period_unit_desc nvarchar(10)? = 'INFINITE'
    ledger_type tinyint? = 0
    ledger_type_desc nvarchar(60)? = 'NON_LEDGER_TABLE'
    ledger_view_id int? = NULL
    is_dropped_ledger_table bit? = FALSE
"""
CHECKED = "regexp_matches(definition, '(?i)WITH\\s+CHECK\\s+OPTION[\\s;]*$')"
"""Whether the definition of a view ends WITH CHECK OPTION."""

_VIEW = f"""
    is_replicated bit? = FALSE
    has_replication_filter bit? = FALSE
    has_opaque_metadata bit = FALSE
    has_unchecked_assembly_data bit = FALSE
    with_check_option bit = object_id IN (SELECT d.object_id FROM {{home}}.objects d WHERE {CHECKED})
    is_date_correlation_view bit = FALSE
    is_tracked_by_cdc bit? = FALSE
    has_snapshot bit? = FALSE
    ledger_view_type tinyint? = 0
    ledger_view_type_desc nvarchar(60)? = 'NON_LEDGER_VIEW'
    is_dropped_ledger_view bit? = FALSE
"""
_COLUMN_FLAGS = """
    is_rowguidcol bit
    is_identity bit = seed IS NOT NULL
    is_computed bit? = computed IS NOT NULL
    is_filestream bit = FALSE
    is_replicated bit? = FALSE
    is_non_sql_subscribed bit? = FALSE
    is_merge_published bit? = FALSE
    is_dts_replicated bit? = FALSE
    is_xml_document bit = FALSE
    xml_collection_id int = 0
    default_object_id int
    rule_object_id int = 0
    is_sparse bit? = FALSE
    is_column_set bit? = FALSE
    generated_always_type tinyint? = 0
    generated_always_type_desc nvarchar(60)? = 'NOT_APPLICABLE'
    encryption_type int? = NULL
    encryption_type_desc nvarchar(64)? = NULL
    encryption_algorithm_name sysname? = NULL
    column_encryption_key_id int? = NULL
    column_encryption_key_database_name sysname? = NULL
    is_hidden bit? = FALSE
    is_masked bit = FALSE
    graph_type int? = NULL
    graph_type_desc nvarchar(60)? = NULL
    is_data_deletion_filter_column bit? = FALSE
    ledger_view_column_type int? = NULL
    ledger_view_column_type_desc nvarchar(60)? = NULL
    is_dropped_ledger_column bit? = FALSE
"""
_PADDED = tuple(sorted(row.id for row in TYPES.values() if row.name in TEXT | BINARY))
_COLUMN = f"""
    object_id int
    name sysname?
    column_id int
    system_type_id tinyint
    user_type_id int
    max_length smallint
    precision tinyint
    scale tinyint
    collation_name sysname? = collated
    is_nullable bit?
    is_ansi_padded bit = system_type_id IN {_PADDED}
    {_COLUMN_FLAGS}
"""
_SYSTEM_COLUMNS = (
    "SELECT object_id, name, column_id, system_type_id, system_type_id AS user_type_id, max_length, precision, scale, "
    "collation_name AS collated, is_nullable, NULL AS seed, NULL AS computed, 0 AS default_object_id, "
    "FALSE AS is_rowguidcol "
    "FROM memory.main.system_columns"
)
_PRINCIPAL_DESC = _named("type", {"S": "SQL_USER", "C": "CERTIFICATE_MAPPED_USER", "R": "DATABASE_ROLE"})
_PERMISSION_TYPE = _named(
    "permission",
    {
        "SELECT": "SL",
        "INSERT": "IN",
        "UPDATE": "UP",
        "DELETE": "DL",
        "EXECUTE": "EX",
        "CONTROL": "CL",
        "ALTER": "AL",
        "REFERENCES": "RF",
        "VIEW DEFINITION": "VW",
        "CONNECT": "CO",
    },
)
_INDEX_DESC = _named(
    "type",
    {
        "0": "HEAP",
        "1": "CLUSTERED",
        "2": "NONCLUSTERED",
        "5": "CLUSTERED COLUMNSTORE",
        "6": "NONCLUSTERED COLUMNSTORE",
    },
)
_ACTION = "CASE {} WHEN 'CASCADE' THEN 1 WHEN 'SET NULL' THEN 2 WHEN 'SET DEFAULT' THEN 3 ELSE 0 END"
_MODULE_TYPES = "('P', 'V', 'FN', 'IF', 'TF')"
_MODULES = f"(SELECT * FROM {{home}}.objects WHERE type IN {_MODULE_TYPES})"

_MODULE_TEXTS = f"SELECT object_id, definition FROM {{home}}.objects WHERE type IN {_MODULE_TYPES}"
_SYSTEM_TEXTS = "SELECT object_id, NULL::VARCHAR AS definition FROM memory.main.system_objects"
"""The text of a system object is not known, as that of an encrypted module."""

_SESSION = "(SELECT unnest(tsql_sessions(), recursive := TRUE)) s"
_DEPENDENCIES = f"""(
    SELECT o.object_id, r.dependency.database_name AS database_name, r.dependency.schema_name AS schema_name,
        r.dependency.entity_name AS entity_name, x.object_id AS referenced_id
    FROM {{home}}.objects o, unnest(tsql_dependencies({{name}}, o.definition)) r (dependency)
    LEFT JOIN {{home}}.objects x ON lower(x.name) = lower(r.dependency.entity_name)
        AND lower(x.schema_name) = lower(COALESCE(r.dependency.schema_name, 'dbo'))
        AND lower(COALESCE(r.dependency.database_name, {{name}})) = lower({{name}})
    WHERE o.type IN {_MODULE_TYPES}
    UNION ALL
    SELECT DISTINCT a.object_id, NULL, NULL, o.name, o.object_id
    FROM {{home}}.constraints k JOIN {{home}}.objects o ON o.object_id = k.object_id
    JOIN {{home}}.all_objects a ON a.object_id = k.object_id * 1000 + k.constraint_id WHERE k.kind = 'C'
    ) d"""

_OPTIONS = (
    (102, "allow updates", 0, 0, 1, "Allow updates to system tables", 1, 0),
    (1579, "backup compression default", 0, 0, 1, "Enable compression of backups by default", 1, 0),
    (1584, "backup checksum default", 0, 0, 1, "Enable checksum of backups by default", 1, 0),
    (1562, "clr enabled", 0, 0, 1, "CLR user code execution enabled in the server", 1, 0),
    (
        1593,
        "contained database authentication",
        0,
        0,
        1,
        "Enables contained databases and contained authentication",
        1,
        0,
    ),
    (400, "cross db ownership chaining", 0, 0, 1, "Allow cross db ownership chaining", 1, 0),
    (124, "default language", 0, 0, 9999, "default language", 1, 0),
    (1580, "filestream access level", 0, 0, 2, "Sets the FILESTREAM access level", 1, 0),
    (1536, "max text repl size (B)", 65536, -1, 2147483647, "Maximum size of a text field in replication.", 1, 0),
    (115, "nested triggers", 1, 0, 1, "Allow triggers to be invoked within triggers", 1, 0),
    (117, "remote access", 1, 0, 1, "Allow remote access", 0, 0),
    (1576, "remote admin connections", 0, 0, 1, "Dedicated Admin Connections are allowed from remote clients", 1, 0),
    (1519, "remote login timeout (s)", 10, 0, 2147483647, "remote login timeout", 1, 0),
    (542, "remote proc trans", 0, 0, 1, "Create DTC transaction for remote procedures", 1, 0),
    (1520, "remote query timeout (s)", 600, 0, 2147483647, "remote query timeout", 1, 0),
    (116, "server trigger recursion", 1, 0, 1, "Allow recursion for server level triggers", 1, 0),
    (518, "show advanced options", 0, 0, 1, "show advanced options", 1, 0),
    (1534, "user options", 0, 0, 32767, "user options", 1, 0),
    (1538, "cost threshold for parallelism", 5, 0, 32767, "cost threshold for parallelism", 1, 1),
    (1126, "default full-text language", 1033, 0, 2147483647, "default full-text language", 1, 1),
    (1539, "max degree of parallelism", 0, 0, 32767, "maximum degree of parallelism", 1, 1),
    (1544, "max server memory (MB)", 2147483647, 128, 2147483647, "Maximum size of server memory (MB)", 1, 1),
    (1555, "transform noise words", 0, 0, 1, "Transform noise words for full-text query", 1, 1),
    (1127, "two digit year cutoff", 2049, 1753, 9999, "two digit year cutoff", 1, 1),
    (16390, "xp_cmdshell", 0, 0, 1, "Enable or disable command shell", 1, 1),
)
"""The options of sp_configure with their defaults, which nothing changes."""
_OPTION_ROWS = ", ".join(map(str, _OPTIONS))

_PROPERTIES = (
    "(SELECT p.*, COALESCE(c.column_id, r.parameter_id, 0) AS minor_id FROM {home}.extended_properties p "
    "LEFT JOIN {home}.columns c ON p.class = 1 AND c.object_id = p.major_id AND lower(c.name) = lower(p.part) "
    "LEFT JOIN {home}.parameters r ON p.class = 2 AND r.object_id = p.major_id AND lower(r.name) = lower(p.part) "
    "WHERE p.part = '' OR c.column_id IS NOT NULL OR r.parameter_id IS NOT NULL)"
)

_PARAMETER = """
    object_id int
    name sysname?
    parameter_id int
    system_type_id tinyint
    user_type_id int
    max_length smallint
    precision tinyint
    scale tinyint
    is_output bit
    is_cursor_ref bit = FALSE
    has_default_value bit = FALSE
    is_xml_document bit = FALSE
    default_value nvarchar(4000)? = NULL
    xml_collection_id int = 0
    is_readonly bit = type_name = 'table'
    is_nullable bit? = TRUE
"""

_MODULE = """
    object_id int
    definition nvarchar(max)?
    uses_ansi_nulls bit? = TRUE
    uses_quoted_identifier bit? = TRUE
    is_schema_bound bit? = regexp_matches(definition, '(?i)\\bSCHEMABINDING\\b')
    uses_database_collation bit? = FALSE
    is_recompiled bit? = FALSE
    null_on_null_input bit? = FALSE
    execute_as_principal_id int? = CASE WHEN regexp_matches(definition, '(?i)\\bEXEC(UTE)?\\s+AS\\s+OWNER\\b') THEN -2 END
    uses_native_compilation bit? = FALSE
    inline_type bit? = FALSE
    is_inlineable bit? = FALSE
"""

VIEWS = (
    declare(
        "sys.schemas",
        "{home}.schemas",
        """
        name sysname
        schema_id int
        principal_id int? = CASE name WHEN 'guest' THEN 2 WHEN 'INFORMATION_SCHEMA' THEN 3 WHEN 'sys' THEN 4 ELSE 1 END
        """,
    ),
    declare(
        "sys.types",
        "{home}.all_types",
        """
        name sysname
        system_type_id tinyint
        user_type_id int
        schema_id int
        principal_id int? = NULL
        max_length smallint
        precision tinyint
        scale tinyint
        collation_name sysname?
        is_nullable bit?
        is_user_defined bit = user_type_id > 256
        is_assembly_type bit = system_type_id = 240
        default_object_id int = 0
        rule_object_id int = 0
        is_table_type bit = object_id <> 0
        """,
    ),
    declare("sys.objects", "{home}.all_objects o", _OBJECT),
    declare("sys.all_objects", _ALL_OBJECTS, _SYSTEM_OBJECT),
    declare("sys.system_objects", _SYSTEM_OBJECTS, _SYSTEM_OBJECT),
    declare("sys.tables", "{home}.all_objects o WHERE type = 'U'", _OBJECT + _TABLE),
    declare("sys.views", "{home}.all_objects o WHERE type = 'V'", _OBJECT + _VIEW),
    declare("sys.all_views", f"{_ALL_OBJECTS} WHERE type = 'V'", _SYSTEM_OBJECT + _VIEW),
    declare("sys.system_views", f"{_SYSTEM_OBJECTS} WHERE type = 'V'", _SYSTEM_OBJECT + _VIEW),
    declare(
        "sys.procedures",
        "{home}.all_objects o WHERE type = 'P'",
        _OBJECT
        + """
        is_auto_executed bit = FALSE
        is_execution_replicated bit? = FALSE
        is_repl_serializable_only bit? = FALSE
        skips_repl_constraints bit? = FALSE
        """,
    ),
    declare("sys.columns", "{home}.all_columns", _COLUMN),
    declare("sys.system_columns", f"({_SYSTEM_COLUMNS})", _COLUMN),
    declare(
        "sys.all_columns",
        "(SELECT object_id, name, column_id, system_type_id, user_type_id, max_length, precision, scale, collated, "
        "is_nullable, seed, computed, default_object_id, is_rowguidcol "
        f"FROM {{home}}.all_columns UNION ALL {_SYSTEM_COLUMNS})",
        _COLUMN,
    ),
    declare(
        "sys.identity_columns",
        "{home}.all_columns WHERE seed IS NOT NULL",
        _COLUMN
        + """
        seed_value bigint? = seed
        increment_value bigint? = increment
        is_not_for_replication bit? = FALSE
        """,
    ),
    declare(
        "sys.computed_columns",
        "{home}.all_columns WHERE computed IS NOT NULL",
        _COLUMN
        + """
        definition nvarchar(max)? = computed
        uses_database_collation bit = TRUE
        is_persisted bit
        """,
    ),
    declare(
        "sys.key_constraints",
        "(SELECT o.*, i.index_id FROM {home}.all_objects o JOIN {home}.all_indexes i "
        "ON i.object_id * 1000 + i.constraint_id = o.object_id WHERE o.type IN ('PK', 'UQ')) o",
        _OBJECT
        + f"""
        unique_index_id int? = index_id
        is_system_named bit = {_SYSTEM_NAMED}
        is_enforced bit? = TRUE
        """,
    ),
    declare(
        "sys.check_constraints",
        "(SELECT o.*, k.definition, k.is_disabled, k.is_not_trusted, CASE WHEN len(k.columns) = 1 THEN c.column_id ELSE 0 END AS parent_column_id "
        "FROM {home}.all_objects o JOIN {home}.constraints k ON k.object_id * 1000 + k.constraint_id = o.object_id "
        "LEFT JOIN {home}.columns c ON c.object_id = k.object_id AND c.name = k.columns[1] WHERE o.type = 'C') o",
        _OBJECT
        + f"""
        is_disabled bit
        is_not_for_replication bit = FALSE
        is_not_trusted bit
        parent_column_id int = COALESCE(parent_column_id, 0)
        definition nvarchar(max)?
        uses_database_collation bit? = TRUE
        is_system_named bit = {_SYSTEM_NAMED}
        """,
    ),
    declare(
        "sys.default_constraints",
        "(SELECT o.*, c.default_definition, c.column_id FROM {home}.all_objects o JOIN {home}.columns c "
        "ON c.object_id * 1000 + 500 + c.column_id = o.object_id WHERE o.type = 'D') o",
        _OBJECT
        + f"""
        parent_column_id int = column_id
        definition nvarchar(max)? = default_definition
        is_system_named bit = {_SYSTEM_NAMED}
        """,
    ),
    declare(
        "sys.foreign_keys",
        "(SELECT o.*, f.* EXCLUDE (object_id), i.index_id FROM {home}.all_objects o JOIN {home}.all_foreign_keys f "
        "ON f.object_id * 1000 + f.constraint_id = o.object_id LEFT JOIN {home}.all_indexes i "
        "ON i.object_id = f.referenced_id AND i.name = f.referenced_key WHERE o.type = 'F') o",
        _OBJECT
        + f"""
        referenced_object_id int? = referenced_id
        key_index_id int? = index_id
        is_disabled bit
        is_not_for_replication bit = FALSE
        is_not_trusted bit
        delete_referential_action tinyint? = {_ACTION.format("on_delete")}
        delete_referential_action_desc nvarchar(60)? = replace(on_delete, ' ', '_')
        update_referential_action tinyint? = {_ACTION.format("on_update")}
        update_referential_action_desc nvarchar(60)? = replace(on_update, ' ', '_')
        is_system_named bit = {_SYSTEM_NAMED}
        """,
    ),
    declare(
        "sys.foreign_key_columns",
        "(SELECT f.object_id * 1000 + f.constraint_id AS constraint_object_id, p.position AS constraint_column_id, "
        "f.object_id AS parent_object_id, c.column_id AS parent_column_id, f.referenced_id AS referenced_object_id, "
        "d.column_id AS referenced_column_id FROM {home}.all_foreign_keys f, "
        "generate_series(1, len(f.columns)) p (position), {home}.columns c, {home}.columns d "
        "WHERE c.object_id = f.object_id AND c.name = f.columns[p.position] "
        "AND d.object_id = f.referenced_id AND d.name = f.referenced_columns[p.position])",
        """
        constraint_object_id int
        constraint_column_id int
        parent_object_id int
        parent_column_id int
        referenced_object_id int
        referenced_column_id int
        """,
    ),
    declare(
        "sys.synonyms",
        "(SELECT o.*, d.definition FROM {home}.all_objects o JOIN {home}.objects d ON d.object_id = o.object_id "
        "WHERE o.type = 'SN') o",
        _OBJECT + "base_object_name nvarchar(1035)? = definition",
    ),
    declare(
        "sys.sequences",
        "(SELECT o.*, q.* EXCLUDE (object_id, name, type, created, modified), t.system_type_id, t.user_type_id, "
        "t.precision FROM {home}.all_objects o JOIN {home}.all_sequences q ON q.object_id = o.object_id "
        "JOIN {home}.base_types t ON t.name = q.type_name) o",
        _OBJECT
        + """
        start_value bigint = first
        increment bigint = step
        minimum_value bigint? = least
        maximum_value bigint? = most
        is_cycling bit? = cycles
        is_cached bit? = cache <> 0
        cache_size int? = CASE WHEN cache > 0 THEN cache END
        system_type_id tinyint
        user_type_id int
        precision tinyint
        scale tinyint? = 0
        current_value bigint = present
        is_exhausted bit = FALSE
        last_used_value bigint? = last_used
        """,
    ),
    declare(
        "sys.table_types",
        "{home}.all_types WHERE object_id <> 0",
        """
        name sysname
        system_type_id tinyint
        user_type_id int
        schema_id int
        principal_id int? = NULL
        max_length smallint
        precision tinyint
        scale tinyint
        collation_name sysname?
        is_nullable bit?
        is_user_defined bit = TRUE
        is_assembly_type bit = FALSE
        default_object_id int = 0
        rule_object_id int = 0
        is_table_type bit = TRUE
        type_table_object_id int = object_id
        is_memory_optimized bit? = FALSE
        """,
    ),
    declare(
        "sys.indexes",
        "{home}.all_indexes",
        f"""
        object_id int
        name sysname?
        index_id int
        type tinyint
        type_desc nvarchar(60)? = {_INDEX_DESC}
        is_unique bit? = kind IN ('PK', 'UQ', 'UX')
        data_space_id int? = 1
        ignore_dup_key bit? = FALSE
        is_primary_key bit? = kind = 'PK'
        is_unique_constraint bit? = kind = 'UQ'
        fill_factor tinyint = 0
        is_padded bit? = FALSE
        is_disabled bit? = FALSE
        is_hypothetical bit? = FALSE
        is_ignored_in_optimization bit? = FALSE
        allow_row_locks bit? = TRUE
        allow_page_locks bit? = TRUE
        has_filter bit? = kind IN ('IX', 'UX') AND definition <> ''
        filter_definition nvarchar(max)? = CASE WHEN kind IN ('IX', 'UX') THEN NULLIF(definition, '') END
        compression_delay int? = CASE WHEN columnstore THEN 0 END
        suppress_dup_key_messages bit? = FALSE
        auto_created bit? = FALSE
        optimize_for_sequential_key bit? = FALSE
        """,
    ),
    declare(
        "sys.index_columns",
        "{home}.all_index_columns",
        """
        object_id int
        index_id int
        index_column_id int
        column_id int
        key_ordinal tinyint
        partition_ordinal tinyint = 0
        is_descending_key bit? = is_descending
        is_included_column bit? = is_included
        column_store_order_ordinal tinyint = 0
        """,
    ),
    declare(
        "sys.stats",
        "{home}.all_indexes WHERE index_id > 0",
        """
        object_id int
        name sysname?
        stats_id int = index_id
        auto_created bit? = FALSE
        user_created bit? = FALSE
        no_recompute bit? = FALSE
        has_filter bit? = kind IN ('IX', 'UX') AND definition <> ''
        filter_definition nvarchar(max)? = CASE WHEN kind IN ('IX', 'UX') THEN NULLIF(definition, '') END
        is_temporary bit? = FALSE
        is_incremental bit? = FALSE
        """,
    ),
    declare(
        "sys.stats_columns",
        "{home}.all_index_columns WHERE NOT is_included",
        """
        object_id int
        stats_id int = index_id
        stats_column_id int? = index_column_id
        column_id int?
        """,
    ),
    declare(
        "sys.partitions",
        "(SELECT i.*, tsql_row_count({name}, o.schema_name, o.name) AS rows "
        "FROM {home}.all_indexes i JOIN {home}.objects o ON o.object_id = i.object_id) i",
        """
        partition_id bigint = object_id::BIGINT * 65536 + index_id
        object_id int
        index_id int
        partition_number int = 1
        hobt_id bigint = object_id::BIGINT * 65536 + index_id
        rows bigint?
        filestream_filegroup_id smallint = 0
        data_compression tinyint = CASE WHEN columnstore THEN 3 ELSE 0 END
        data_compression_desc nvarchar(60)? = CASE WHEN columnstore THEN 'COLUMNSTORE' ELSE 'NONE' END
        """,
    ),
    declare(
        "sys.dm_db_partition_stats",
        "{home}.sys_partitions",
        """
        partition_id bigint?
        object_id int
        index_id int
        partition_number int
        row_count bigint? = rows
        """,
    ),
    declare("sys.sql_modules", _MODULES, _MODULE),
    declare("sys.all_sql_modules", f"({_MODULE_TEXTS} UNION ALL {_SYSTEM_TEXTS})", _MODULE),
    declare("sys.system_sql_modules", f"({_SYSTEM_TEXTS})", _MODULE),
    declare("sys.parameters", "{home}.all_parameters", _PARAMETER),
    declare("sys.all_parameters", "{home}.all_parameters", _PARAMETER),
    declare(
        "sys.sql_expression_dependencies",
        _DEPENDENCIES,
        """
        referencing_id int = object_id
        referencing_minor_id int = 0
        referencing_class tinyint? = 1
        referencing_class_desc nvarchar(60)? = 'OBJECT_OR_COLUMN'
        is_schema_bound_reference bit = FALSE
        referenced_class tinyint? = 1
        referenced_class_desc nvarchar(60)? = 'OBJECT_OR_COLUMN'
        referenced_server_name sysname? = NULL
        referenced_database_name sysname? = database_name
        referenced_schema_name sysname? = schema_name
        referenced_entity_name sysname? = entity_name
        referenced_id int?
        referenced_minor_id int = 0
        is_caller_dependent bit = FALSE
        is_ambiguous bit = FALSE
        """,
    ),
    declare(
        "sys.extended_properties",
        _PROPERTIES,
        f"""
        class tinyint
        class_desc nvarchar(60)? = {
            _named("class", {"0": "DATABASE", "1": "OBJECT_OR_COLUMN", "2": "PARAMETER", "3": "SCHEMA"})
        }
        major_id int
        minor_id int
        name sysname
        value nvarchar(3750)?
        """,
    ),
    declare(
        "sys.fn_listextendedproperty",
        f"""(
    SELECT NULL AS t0, NULL AS n0, NULL AS t1, NULL AS n1, NULL AS t2, NULL AS n2, p.name, p.value
    FROM {_PROPERTIES} p WHERE p.class = 0
    UNION ALL SELECT 'SCHEMA', s.name, NULL, NULL, NULL, NULL, p.name, p.value
    FROM {_PROPERTIES} p JOIN {{home}}.schemas s ON s.schema_id = p.major_id WHERE p.class = 3
    UNION ALL SELECT 'SCHEMA', o.schema_name, CASE o.type WHEN 'U' THEN 'TABLE' WHEN 'V' THEN 'VIEW' ELSE 'PROCEDURE' END,
        o.name, CASE WHEN p.part = '' THEN NULL WHEN p.class = 1 THEN 'COLUMN' ELSE 'PARAMETER' END,
        NULLIF(p.part, ''), p.name, p.value
    FROM {_PROPERTIES} p JOIN {{home}}.objects o ON o.object_id = p.major_id WHERE p.class IN (1, 2))""",
        """
        objtype sysname? = COALESCE(t2, t1, t0)
        objname sysname? = COALESCE(n2, n1, n0)
        name sysname
        value nvarchar(3750)?
        level0type sysname? = t0
        level0name sysname? = n0
        level1type sysname? = t1
        level1name sysname? = n1
        level2type sysname? = t2
        level2name sysname? = n2
        """,
    ),
    declare(
        "sys.database_principals",
        "{home}.all_principals",
        f"""
        name sysname
        principal_id int
        type char(1)
        type_desc nvarchar(60)? = {_PRINCIPAL_DESC}
        default_schema_name sysname? = default_schema
        create_date datetime = created
        modify_date datetime = modified
        sid varbinary(85)?
        default_language_name sysname? = NULL
        default_language_lcid int? = NULL
        allow_encrypted_value_modifications bit = FALSE
        owning_principal_id int? = CASE type WHEN 'R' THEN 1 END
        is_fixed_role bit = name IN {tuple(FIXED_ROLES)} AND name <> 'public'
        authentication_type int = CASE WHEN has_login THEN 1 ELSE 0 END
        authentication_type_desc nvarchar(60)? = CASE WHEN has_login THEN 'INSTANCE' ELSE 'NONE' END
        """,
    ),
    declare(
        "sys.database_role_members",
        "(SELECT r.principal_id AS role_principal_id, m.principal_id AS member_principal_id "
        "FROM {home}.principals p, unnest(p.members) u (member) JOIN {home}.all_principals r ON r.name = p.name "
        "JOIN {home}.all_principals m ON lower(m.name) = u.member)",
        """
        role_principal_id int
        member_principal_id int
        """,
    ),
    declare(
        "sys.database_permissions",
        "(SELECT p.permission, p.state, split_part(p.securable, ':', 1) AS kind, "
        "COALESCE(s.schema_id, o.object_id, t.user_type_id, 0) AS major_id, g.principal_id "
        "FROM {home}.permissions p JOIN {home}.all_principals g ON lower(g.name) = lower(p.principal) "
        "LEFT JOIN {home}.schemas s ON p.securable = 'schema:' || lower(s.name) "
        "LEFT JOIN {home}.objects o ON p.securable = 'object:' || lower(o.schema_name) || '.' || lower(o.name) "
        "LEFT JOIN {home}.user_types t ON p.securable = 'type:' || lower(t.schema_name) || '.' || lower(t.name))",
        f"""
        class tinyint = CASE kind WHEN 'database' THEN 0 WHEN 'schema' THEN 3 WHEN 'type' THEN 6 ELSE 1 END
        class_desc nvarchar(60)? = CASE kind WHEN 'database' THEN 'DATABASE' WHEN 'schema' THEN 'SCHEMA' WHEN 'type' THEN 'TYPE' ELSE 'OBJECT_OR_COLUMN' END
        major_id int
        minor_id int = 0
        type char(4) = rpad({_PERMISSION_TYPE}, 4, ' ')
        grantee_principal_id int = principal_id
        grantor_principal_id int = 1
        permission_name nvarchar(128)? = permission
        state char(1)
        state_desc nvarchar(60)? = CASE state WHEN 'G' THEN 'GRANT' ELSE 'DENY' END
        """,
    ),
    declare(
        "sys.certificates",
        "(SELECT *, octet_length(hash) = 0 AS without_key FROM {home}.certificates)",
        f"""
        name sysname
        certificate_id int
        principal_id int? = 1
        pvt_key_encryption_type char(2) = CASE WHEN without_key THEN 'NA' ELSE 'PW' END
        pvt_key_encryption_type_desc nvarchar(60)? = CASE WHEN without_key THEN 'NO_PRIVATE_KEY' ELSE 'ENCRYPTED_BY_PASSWORD' END
        subject nvarchar(4000)?
        thumbprint varbinary(32)
        sid varbinary(85)? = {_CERTIFICATE_SID} || thumbprint
        """,
    ),
    declare(
        "sys.crypt_properties",
        "{home}.signatures",
        """
        class tinyint = 1
        class_desc nvarchar(60)? = 'OBJECT_OR_COLUMN'
        major_id int = object_id
        thumbprint varbinary(32)
        crypt_type char(4) = 'SPVC'
        crypt_type_desc nvarchar(60)? = 'SIGNATURE BY CERTIFICATE'
        """,
    ),
    declare(
        "sys.data_spaces",
        "(SELECT 1)",
        """
        name sysname = 'PRIMARY'
        data_space_id int = 1
        type char(2) = 'FG'
        type_desc nvarchar(60)? = 'ROWS_FILEGROUP'
        is_default bit? = TRUE
        is_system bit? = FALSE
        """,
    ),
    declare(
        "sys.filegroups",
        "(SELECT 1)",
        """
        name sysname = 'PRIMARY'
        data_space_id int = 1
        type char(2) = 'FG'
        type_desc nvarchar(60)? = 'ROWS_FILEGROUP'
        is_default bit? = TRUE
        is_system bit? = FALSE
        filegroup_guid uniqueidentifier? = NULL
        log_filegroup_id int? = NULL
        is_read_only bit? = FALSE
        is_autogrow_all_files bit? = FALSE
        """,
    ),
    declare(
        "sys.databases",
        "{home}.databases",
        f"""
        name sysname
        database_id int
        source_database_id int? = NULL
        owner_sid varbinary(85)? = '\\x01'::BLOB
        create_date datetime = created
        compatibility_level tinyint = CASE WHEN list_contains(options, 'COMPATIBILITY_LEVEL 150') THEN 150 ELSE 160 END
        collation_name sysname? = {_COLLATION}
        user_access tinyint? = CASE user_access WHEN 'SINGLE_USER' THEN 1 WHEN 'RESTRICTED_USER' THEN 2 ELSE 0 END
        user_access_desc nvarchar(60)? = user_access
        is_read_only bit? = FALSE
        is_auto_close_on bit = FALSE
        is_auto_shrink_on bit? = FALSE
        state tinyint? = 0
        state_desc nvarchar(60)? = 'ONLINE'
        is_in_standby bit? = FALSE
        is_cleanly_shutdown bit? = FALSE
        is_supplemental_logging_enabled bit? = FALSE
        snapshot_isolation_state tinyint? = snapshot_isolation::INTEGER
        snapshot_isolation_state_desc nvarchar(60)? = CASE WHEN snapshot_isolation THEN 'ON' ELSE 'OFF' END
        is_read_committed_snapshot_on bit? = read_committed_snapshot
        recovery_model tinyint? = CASE recovery_model WHEN 'FULL' THEN 1 WHEN 'BULK_LOGGED' THEN 2 ELSE 3 END
        recovery_model_desc nvarchar(60)? = recovery_model
        page_verify_option tinyint? = 2
        page_verify_option_desc nvarchar(60)? = 'CHECKSUM'
        is_auto_create_stats_on bit? = NOT list_contains(options, 'AUTO_CREATE_STATISTICS OFF')
        is_auto_create_stats_incremental_on bit? = FALSE
        is_auto_update_stats_on bit? = NOT list_contains(options, 'AUTO_UPDATE_STATISTICS OFF')
        is_auto_update_stats_async_on bit? = list_contains(options, 'AUTO_UPDATE_STATISTICS_ASYNC ON')
        is_ansi_null_default_on bit? = list_contains(options, 'ANSI_NULL_DEFAULT ON')
        is_ansi_nulls_on bit? = list_contains(options, 'ANSI_NULLS ON')
        is_ansi_padding_on bit? = list_contains(options, 'ANSI_PADDING ON')
        is_ansi_warnings_on bit? = list_contains(options, 'ANSI_WARNINGS ON')
        is_arithabort_on bit? = list_contains(options, 'ARITHABORT ON')
        is_concat_null_yields_null_on bit? = list_contains(options, 'CONCAT_NULL_YIELDS_NULL ON')
        is_numeric_roundabort_on bit? = FALSE
        is_quoted_identifier_on bit? = list_contains(options, 'QUOTED_IDENTIFIER ON')
        is_recursive_triggers_on bit? = FALSE
        is_cursor_close_on_commit_on bit? = FALSE
        is_local_cursor_default bit? = FALSE
        is_fulltext_enabled bit? = FALSE
        is_trustworthy_on bit? = FALSE
        is_db_chaining_on bit? = FALSE
        is_parameterization_forced bit? = FALSE
        is_master_key_encrypted_by_server bit = FALSE
        is_query_store_on bit? = FALSE
        is_published bit = FALSE
        is_subscribed bit = FALSE
        is_merge_published bit = FALSE
        is_distributor bit = FALSE
        is_sync_with_backup bit = FALSE
        service_broker_guid uniqueidentifier = md5(name || created::VARCHAR)::UUID
        is_broker_enabled bit = FALSE
        log_reuse_wait tinyint? = 0
        log_reuse_wait_desc nvarchar(60)? = 'NOTHING'
        is_date_correlation_on bit = FALSE
        is_cdc_enabled bit = FALSE
        is_encrypted bit? = FALSE
        is_honor_broker_priority_on bit? = FALSE
        replica_id uniqueidentifier? = NULL
        group_database_id uniqueidentifier? = NULL
        default_language_lcid smallint? = NULL
        default_language_name nvarchar(128)? = NULL
        default_fulltext_language_lcid int? = NULL
        default_fulltext_language_name nvarchar(128)? = NULL
        is_nested_triggers_on bit? = NULL
        is_transform_noise_words_on bit? = NULL
        two_digit_year_cutoff smallint? = NULL
        containment tinyint? = 0
        containment_desc nvarchar(60)? = 'NONE'
        target_recovery_time_in_seconds int? = 60
        delayed_durability int? = 0
        delayed_durability_desc nvarchar(60)? = 'DISABLED'
        is_memory_optimized_elevate_to_snapshot_on bit? = FALSE
        is_federation_member bit? = FALSE
        is_remote_data_archive_enabled bit? = FALSE
        is_mixed_page_allocation_on bit? = FALSE
        is_temporal_history_retention_enabled bit? = TRUE
        catalog_collation_type int = 0
        catalog_collation_type_desc nvarchar(60)? = 'DATABASE_DEFAULT'
        """,
        of_server=True,
    ),
    declare(
        "sys.server_principals",
        "(SELECT tsql_administrator() AS name, 1 AS principal_id, '\\x01'::BLOB AS sid, created, FALSE AS is_disabled, "
        "'master' AS default_database FROM {home}.databases WHERE database_id = 1 UNION ALL "
        "SELECT name, (255 + row_number() OVER (ORDER BY created, name))::INTEGER, unhex(md5(lower(name))), created, "
        "is_disabled, default_database FROM {home}.logins)",
        """
        name sysname
        principal_id int
        sid varbinary(85)?
        type char(1) = 'S'
        type_desc nvarchar(60)? = 'SQL_LOGIN'
        is_disabled bit?
        create_date datetime = created
        modify_date datetime = created
        default_database_name sysname? = default_database
        default_language_name sysname? = 'us_english'
        credential_id int? = NULL
        owning_principal_id int? = NULL
        is_fixed_role bit = FALSE
        """,
        of_server=True,
    ),
    declare(
        "sys.sql_logins",
        "{home}.sys_server_principals",
        """
        name sysname
        principal_id int
        sid varbinary(85)?
        type char(1)
        type_desc nvarchar(60)?
        is_disabled bit?
        create_date datetime
        modify_date datetime
        default_database_name sysname?
        default_language_name sysname?
        credential_id int?
        is_policy_checked bit? = FALSE
        is_expiration_checked bit? = FALSE
        """,
        of_server=True,
    ),
    declare(
        "sys.configurations",
        f"(VALUES {_OPTION_ROWS}) "
        "c (configuration_id, name, value, minimum, maximum, description, is_dynamic, is_advanced)",
        """
        configuration_id int
        name nvarchar(35)
        value int?
        minimum int?
        maximum int?
        value_in_use int? = value
        description nvarchar(255)
        is_dynamic bit
        is_advanced bit
        """,
        of_server=True,
    ),
    declare(
        "sys.dm_exec_sessions",
        _SESSION,
        """
        session_id smallint
        login_time datetime
        host_name nvarchar(128)?
        program_name nvarchar(128)?
        login_name nvarchar(128)
        status nvarchar(30)
        is_user_process bit = TRUE
        text_size int
        language nvarchar(128)?
        date_format nvarchar(3)?
        date_first smallint
        quoted_identifier bit = TRUE
        arithabort bit = TRUE
        ansi_null_dflt_on bit = TRUE
        ansi_warnings bit = TRUE
        ansi_padding bit = TRUE
        ansi_nulls bit = TRUE
        concat_null_yields_null bit = TRUE
        transaction_isolation_level smallint
        lock_timeout int
        row_count bigint
        prev_error int
        original_login_name nvarchar(128) = login_name
        database_id smallint
        authenticating_database_id int? = 1
        open_transaction_count int
        """,
        of_server=True,
    ),
    declare(
        "sys.dm_exec_connections",
        _SESSION,
        """
        session_id int?
        connect_time datetime = login_time
        net_transport nvarchar(40) = 'TCP'
        protocol_type nvarchar(40)? = 'TSQL'
        auth_scheme nvarchar(40) = 'SQL'
        """,
        of_server=True,
    ),
    declare(
        "sys.dm_exec_requests",
        f"{_SESSION} WHERE status = 'running'",
        """
        session_id smallint
        request_id int = 0
        start_time datetime = request_start_time
        status nvarchar(30)
        database_id smallint
        blocking_session_id smallint? = 0
        open_transaction_count int
        text_size int
        language nvarchar(128)?
        date_format nvarchar(3)?
        date_first smallint
        transaction_isolation_level smallint
        lock_timeout int
        row_count bigint
        prev_error int
        nest_level int
        """,
        of_server=True,
    ),
    declare(
        "sys.sysobjects",
        _ALL_OBJECTS,
        """
        name sysname
        id int = object_id
        xtype char(2) = rpad(type, 2, ' ')
        uid smallint? = schema_id
        parent_obj int = parent_object_id
        crdate datetime = created
        type char(2)? = rpad(CASE WHEN type IN ('PK', 'UQ') THEN 'K' ELSE type END, 2, ' ')
        refdate datetime = created
        """,
        compatibility=True,
    ),
    declare(
        "sys.syscolumns",
        "(SELECT * FROM {home}.sys_all_columns)",
        """
        name sysname?
        id int = object_id
        xtype tinyint = system_type_id
        xusertype smallint? = user_type_id
        length smallint = max_length
        colid smallint? = column_id
        cdefault int = default_object_id
        domain int = 0
        number smallint? = 0
        offset smallint? = 0
        prec smallint? = CASE WHEN max_length = -1 THEN -1 WHEN precision > 0 THEN precision WHEN system_type_id IN (231, 239) THEN max_length // 2 ELSE max_length END
        scale int? = CASE WHEN precision > 0 THEN scale END
        iscomputed int? = is_computed
        isnullable int? = is_nullable
        collation sysname? = collation_name
        """,
        compatibility=True,
    ),
    declare(
        "sys.sysindexes",
        "{home}.all_indexes",
        """
        id int = object_id
        indid smallint? = index_id
        name sysname?
        """,
        compatibility=True,
    ),
    declare(
        "sys.systypes",
        "{home}.sys_types",
        """
        name sysname
        xtype tinyint = system_type_id
        status tinyint? = 0
        xusertype smallint? = user_type_id
        length smallint = max_length
        uid smallint? = schema_id
        prec smallint? = CASE WHEN precision > 0 THEN precision END
        scale tinyint? = CASE WHEN precision > 0 THEN scale END
        collation sysname? = collation_name
        """,
        compatibility=True,
    ),
    declare(
        "sys.sysusers",
        "{home}.all_principals",
        """
        uid smallint? = principal_id
        name sysname
        status smallint? = 0
        sid varbinary(85)?
        createdate datetime = created
        updatedate datetime = modified
        hasdbaccess int? = (type = 'S')::INTEGER
        islogin int? = (type <> 'R')::INTEGER
        isntname int? = 0
        isntgroup int? = 0
        isntuser int? = 0
        issqluser int? = (type = 'S')::INTEGER
        isaliased int? = 0
        issqlrole int? = (type = 'R')::INTEGER
        isapprole int? = 0
        """,
        compatibility=True,
    ),
    declare(
        "sys.syscomments",
        "(SELECT object_id, p.position, substr(definition, (p.position * 4000 - 3999)::BIGINT, 4000) AS text FROM "
        f"(SELECT object_id, definition FROM {_MODULES} "
        "UNION ALL SELECT object_id, definition FROM {home}.sys_check_constraints "
        "UNION ALL SELECT object_id, definition FROM {home}.sys_default_constraints) m, "
        "generate_series(1, (length(definition) + 3999) // 4000) p (position))",
        """
        id int = object_id
        number smallint? = 0
        colid smallint = position
        text nvarchar(4000)?
        """,
        compatibility=True,
    ),
    declare(
        "sys.sysdatabases",
        "{home}.sys_databases",
        """
        name sysname?
        dbid smallint? = database_id
        crdate datetime? = create_date
        cmptlevel tinyint? = compatibility_level
        """,
        of_server=True,
        compatibility=True,
    ),
    declare(
        "sys.sysprocesses",
        _SESSION,
        """
        spid smallint = session_id
        blocked smallint = 0
        dbid smallint = database_id
        login_time datetime
        status nchar(30) = rpad(status, 30, ' ')
        hostname nchar(128) = rpad(host_name, 128, ' ')
        program_name nchar(128) = rpad(program_name, 128, ' ')
        loginame nchar(128) = rpad(login_name, 128, ' ')
        open_tran smallint = open_transaction_count
        """,
        of_server=True,
        compatibility=True,
    ),
)
