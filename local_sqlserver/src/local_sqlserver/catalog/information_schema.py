"""The views of INFORMATION_SCHEMA. Source: the T-SQL reference, "System information schema views"."""

# ruff: noqa: E501

from __future__ import annotations

from local_sqlserver.catalog.sys_views import CHECKED, INFORMATION_TYPE
from local_sqlserver.catalog.view_declaration import declare

_TABLE = """
    TABLE_CATALOG nvarchar(128)? = {name}
    TABLE_SCHEMA nvarchar(128)? = schema_name
    TABLE_NAME sysname = object_name
"""
_CONSTRAINT = """
    CONSTRAINT_CATALOG nvarchar(128)? = {name}
    CONSTRAINT_SCHEMA nvarchar(128)? = schema_name
    CONSTRAINT_NAME sysname
"""
_CONSTRAINTS = (
    "SELECT k.*, k.name AS CONSTRAINT_NAME, o.schema_name, o.name AS object_name FROM {home}.constraints k "
    "JOIN {home}.objects o ON o.object_id = k.object_id "
    "WHERE k.kind NOT IN ('IX', 'UX') AND o.type = 'U'"
)


def _type(prefix: str = "") -> str:
    """The columns that describe a type, from CHARACTER_MAXIMUM_LENGTH on."""
    return f"""
    CHARACTER_MAXIMUM_LENGTH int? = {INFORMATION_TYPE["CHARACTER_MAXIMUM_LENGTH"]}
    CHARACTER_OCTET_LENGTH int? = {INFORMATION_TYPE["CHARACTER_OCTET_LENGTH"]}
    {prefix}"""


_NUMBERS = f"""
    NUMERIC_PRECISION tinyint? = {INFORMATION_TYPE["NUMERIC_PRECISION"]}
    NUMERIC_PRECISION_RADIX smallint? = {INFORMATION_TYPE["NUMERIC_PRECISION_RADIX"]}
    NUMERIC_SCALE int? = {INFORMATION_TYPE["NUMERIC_SCALE"]}
    DATETIME_PRECISION smallint? = {INFORMATION_TYPE["DATETIME_PRECISION"]}
"""
_SETS = f"""
    CHARACTER_SET_CATALOG sysname? = NULL
    CHARACTER_SET_SCHEMA sysname? = NULL
    CHARACTER_SET_NAME sysname? = {INFORMATION_TYPE["CHARACTER_SET_NAME"]}
"""
_VIEW = """
    VIEW_CATALOG nvarchar(128)? = {name}
    VIEW_SCHEMA nvarchar(128)? = view_schema
    VIEW_NAME sysname = view_name
"""
_COLLATION = """
    COLLATION_CATALOG sysname? = NULL
    COLLATION_SCHEMA sysname? = NULL
    COLLATION_NAME sysname? = collated
"""
_DOMAIN = """
    DOMAIN_CATALOG sysname? = CASE WHEN domain_name IS NOT NULL THEN {name} END
    DOMAIN_SCHEMA sysname? = domain_schema
    DOMAIN_NAME sysname? = domain_name
"""

VIEWS = (
    declare(
        "INFORMATION_SCHEMA.SCHEMATA",
        "{home}.schemas",
        """
        CATALOG_NAME sysname = {name}
        SCHEMA_NAME nvarchar(128)? = name
        SCHEMA_OWNER nvarchar(128)? = CASE WHEN name IN ('guest', 'INFORMATION_SCHEMA', 'sys') THEN name ELSE 'dbo' END
        DEFAULT_CHARACTER_SET_CATALOG sysname? = NULL
        DEFAULT_CHARACTER_SET_SCHEMA sysname? = NULL
        DEFAULT_CHARACTER_SET_NAME sysname = 'iso_1'
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.TABLES",
        "(SELECT *, name AS object_name FROM {home}.objects WHERE type IN ('U', 'V'))",
        _TABLE + "TABLE_TYPE varchar(10)? = CASE type WHEN 'U' THEN 'BASE TABLE' ELSE 'VIEW' END",
    ),
    declare(
        "INFORMATION_SCHEMA.VIEWS",
        "(SELECT *, name AS object_name FROM {home}.objects WHERE type = 'V')",
        _TABLE
        + f"""
        VIEW_DEFINITION nvarchar(4000)? = CASE WHEN length(definition) <= 4000 THEN definition END
        CHECK_OPTION varchar(7)? = CASE WHEN {CHECKED} THEN 'CASCADE' ELSE 'NONE' END
        IS_UPDATABLE varchar(2) = 'NO'
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.COLUMNS",
        "(SELECT c.*, o.schema_name, o.name AS object_name, d.schema_name AS domain_schema, d.name AS domain_name "
        "FROM {home}.all_columns c JOIN {home}.objects o ON o.object_id = c.object_id "
        "LEFT JOIN {home}.user_types d ON d.user_type_id = c.type_user "
        "WHERE o.type IN ('U', 'V') ORDER BY c.object_id, c.column_id) c",
        _TABLE
        + """
        COLUMN_NAME sysname? = name
        ORDINAL_POSITION int = column_id
        COLUMN_DEFAULT nvarchar(4000)? = default_definition
        IS_NULLABLE varchar(3)? = CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END
        DATA_TYPE nvarchar(128)? = type_name
        """
        + _type(_NUMBERS + _SETS + _COLLATION)
        + _DOMAIN,
    ),
    declare(
        "INFORMATION_SCHEMA.TABLE_CONSTRAINTS",
        f"({_CONSTRAINTS})",
        _CONSTRAINT
        + _TABLE
        + """
        CONSTRAINT_TYPE varchar(11)? = CASE kind WHEN 'PK' THEN 'PRIMARY KEY' WHEN 'UQ' THEN 'UNIQUE' WHEN 'C' THEN 'CHECK' ELSE 'FOREIGN KEY' END
        IS_DEFERRABLE varchar(2) = 'NO'
        INITIALLY_DEFERRED varchar(2) = 'NO'
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.CHECK_CONSTRAINTS",
        f"({_CONSTRAINTS} AND k.kind = 'C')",
        _CONSTRAINT + "CHECK_CLAUSE nvarchar(4000)? = definition",
    ),
    declare(
        "INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS",
        "(SELECT f.*, o.schema_name FROM {home}.all_foreign_keys f JOIN {home}.objects o ON o.object_id = f.object_id)",
        """
        CONSTRAINT_CATALOG nvarchar(128)? = {name}
        CONSTRAINT_SCHEMA nvarchar(128)? = schema_name
        CONSTRAINT_NAME sysname = key_name
        UNIQUE_CONSTRAINT_CATALOG nvarchar(128)? = {name}
        UNIQUE_CONSTRAINT_SCHEMA nvarchar(128)? = referenced_schema
        UNIQUE_CONSTRAINT_NAME sysname? = referenced_key
        MATCH_OPTION varchar(7)? = 'SIMPLE'
        UPDATE_RULE varchar(11)? = on_update
        DELETE_RULE varchar(11)? = on_delete
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.KEY_COLUMN_USAGE",
        f"(SELECT k.*, u.column_name, u.position FROM ({_CONSTRAINTS} AND k.kind IN ('PK', 'UQ', 'F')) k, "
        "unnest(k.columns) WITH ORDINALITY u (column_name, position) ORDER BY k.object_id, k.constraint_id, u.position)",
        _CONSTRAINT
        + _TABLE
        + """
        COLUMN_NAME nvarchar(128)?
        ORDINAL_POSITION int = position
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE",
        f"(SELECT k.*, u.column_name FROM ({_CONSTRAINTS}) k, unnest(k.columns) u (column_name))",
        _TABLE + "COLUMN_NAME nvarchar(128)?" + _CONSTRAINT,
    ),
    declare("INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE", f"({_CONSTRAINTS})", _TABLE + _CONSTRAINT),
    declare(
        "INFORMATION_SCHEMA.ROUTINES",
        "(SELECT o.*, r.* EXCLUDE (object_id, name) FROM {home}.objects o LEFT JOIN {home}.all_parameters r "
        "ON r.object_id = o.object_id AND r.parameter_id = 0 WHERE o.type IN ('P', 'FN', 'IF', 'TF')) c",
        """
        SPECIFIC_CATALOG nvarchar(128)? = {name}
        SPECIFIC_SCHEMA nvarchar(128)? = schema_name
        SPECIFIC_NAME sysname = name
        ROUTINE_CATALOG nvarchar(128)? = {name}
        ROUTINE_SCHEMA nvarchar(128)? = schema_name
        ROUTINE_NAME sysname = name
        ROUTINE_TYPE nvarchar(20)? = CASE type WHEN 'P' THEN 'PROCEDURE' ELSE 'FUNCTION' END
        MODULE_CATALOG sysname? = NULL
        MODULE_SCHEMA sysname? = NULL
        MODULE_NAME sysname? = NULL
        UDT_CATALOG sysname? = NULL
        UDT_SCHEMA sysname? = NULL
        UDT_NAME sysname? = NULL
        DATA_TYPE sysname? = CASE WHEN type IN ('IF', 'TF') THEN 'TABLE' ELSE type_name END
        """
        + _type(_COLLATION + _SETS + _NUMBERS)
        + """
        INTERVAL_TYPE nvarchar(30)? = NULL
        INTERVAL_PRECISION smallint? = NULL
        TYPE_UDT_CATALOG sysname? = NULL
        TYPE_UDT_SCHEMA sysname? = NULL
        TYPE_UDT_NAME sysname? = NULL
        SCOPE_CATALOG sysname? = NULL
        SCOPE_SCHEMA sysname? = NULL
        SCOPE_NAME sysname? = NULL
        MAXIMUM_CARDINALITY bigint? = NULL
        DTD_IDENTIFIER sysname? = NULL
        ROUTINE_BODY nvarchar(30)? = 'SQL'
        ROUTINE_DEFINITION nvarchar(4000)? = left(definition, 4000)
        EXTERNAL_NAME sysname? = NULL
        EXTERNAL_LANGUAGE nvarchar(30)? = NULL
        PARAMETER_STYLE nvarchar(30)? = NULL
        IS_DETERMINISTIC nvarchar(10)? = CASE WHEN type <> 'P' AND tsql_is_deterministic(definition) THEN 'YES' ELSE 'NO' END
        SQL_DATA_ACCESS nvarchar(30)? = CASE type WHEN 'P' THEN 'MODIFIES' ELSE 'READS' END
        IS_NULL_CALL nvarchar(10)? = NULL
        SQL_PATH sysname? = NULL
        SCHEMA_LEVEL_ROUTINE nvarchar(10)? = 'YES'
        MAX_DYNAMIC_RESULT_SETS smallint? = CASE type WHEN 'P' THEN -1 ELSE 0 END
        IS_USER_DEFINED_CAST nvarchar(10)? = 'NO'
        IS_IMPLICITLY_INVOCABLE nvarchar(10)? = 'NO'
        CREATED datetime = created
        LAST_ALTERED datetime = modified
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.PARAMETERS",
        "(SELECT c.*, o.schema_name, o.name AS object_name, d.schema_name AS domain_schema, d.name AS domain_name "
        "FROM {home}.all_parameters c JOIN {home}.objects o ON o.object_id = c.object_id "
        "LEFT JOIN {home}.user_types d ON d.user_type_id = c.type_user ORDER BY c.object_id, c.parameter_id) c",
        """
        SPECIFIC_CATALOG nvarchar(128)? = {name}
        SPECIFIC_SCHEMA nvarchar(128)? = schema_name
        SPECIFIC_NAME sysname = object_name
        ORDINAL_POSITION int = parameter_id
        PARAMETER_MODE nvarchar(10)? = CASE WHEN parameter_id = 0 THEN 'OUT' WHEN is_output THEN 'INOUT' ELSE 'IN' END
        IS_RESULT nvarchar(10)? = CASE parameter_id WHEN 0 THEN 'YES' ELSE 'NO' END
        AS_LOCATOR nvarchar(10)? = 'NO'
        PARAMETER_NAME sysname? = name
        DATA_TYPE nvarchar(128)? = CASE type_name WHEN 'table' THEN 'table type' ELSE type_name END
        """
        + _type(_COLLATION + _SETS + _NUMBERS)
        + """
        INTERVAL_TYPE nvarchar(30)? = NULL
        INTERVAL_PRECISION smallint? = NULL
        """
        + _DOMAIN.replace("DOMAIN_", "USER_DEFINED_TYPE_")
        + """
        SCOPE_CATALOG sysname? = NULL
        SCOPE_SCHEMA sysname? = NULL
        SCOPE_NAME sysname? = NULL
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.SEQUENCES",
        "(SELECT q.*, t.precision FROM {home}.all_sequences q JOIN {home}.base_types t ON t.name = q.type_name)",
        """
        SEQUENCE_CATALOG nvarchar(128)? = {name}
        SEQUENCE_SCHEMA nvarchar(128)? = schema_name
        SEQUENCE_NAME sysname = name
        DATA_TYPE sysname = type_name
        NUMERIC_PRECISION tinyint = precision
        NUMERIC_PRECISION_RADIX smallint? = 10
        NUMERIC_SCALE int? = 0
        START_VALUE bigint = first
        MINIMUM_VALUE bigint? = least
        MAXIMUM_VALUE bigint? = most
        INCREMENT bigint = step
        CYCLE_OPTION bit? = cycles
        DECLARED_DATA_TYPE int? = NULL
        DECLARED_NUMERIC_PRECISION int? = NULL
        DECLARED_NUMERIC_SCALE int? = NULL
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.DOMAINS",
        "(SELECT c.schema_name, c.name AS domain_name, c.type_name, c.type_length, t.precision, t.scale, "
        "t.collation_name AS collated FROM {home}.user_types c "
        "JOIN {home}.all_types t ON t.user_type_id = c.user_type_id WHERE c.object_id = 0) c",
        f"""
        DOMAIN_CATALOG nvarchar(128)? = {{name}}
        DOMAIN_SCHEMA nvarchar(128)? = schema_name
        DOMAIN_NAME sysname = domain_name
        DATA_TYPE sysname = type_name
        {_type()}
        COLLATION_NAME sysname? = collated
        {_NUMBERS}
        DOMAIN_DEFAULT nvarchar(4000)? = NULL
        """,
    ),
    declare(
        "INFORMATION_SCHEMA.VIEW_COLUMN_USAGE",
        "(SELECT v.schema_name AS view_schema, v.name AS view_name, unnest(r.used) FROM {home}.objects v, "
        "unnest(tsql_view_columns({name}, v.definition)) r (used) "
        "WHERE v.type = 'V' AND r.used.database_name = {name})",
        _VIEW + _TABLE + "COLUMN_NAME sysname? = column_name",
    ),
    declare(
        "INFORMATION_SCHEMA.VIEW_TABLE_USAGE",
        "(SELECT v.schema_name AS view_schema, v.name AS view_name, o.schema_name, o.name AS object_name "
        "FROM {home}.sys_sql_expression_dependencies d JOIN {home}.objects v ON v.object_id = d.referencing_id "
        "JOIN {home}.objects o ON o.object_id = d.referenced_id WHERE v.type = 'V')",
        _VIEW + _TABLE,
    ),
)
