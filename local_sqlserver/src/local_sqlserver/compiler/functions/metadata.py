"""Functions of the catalog, which the engine evaluates.

They compile to ``CAST(tsql_metadata($n, 'object_id', [CAST(argument AS VARCHAR), …]) AS INTEGER)``: one scalar function
of DuckDB, with '@@spid' as parameter $n and the type declared here. It is NULL for objects that do not exist.
"""

# ruff: noqa: SIM905

from __future__ import annotations

from local_sqlserver.compiler.fragments import Value, quote
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.functions.session import (
    CURRENT,
    IDENTITY,
    SESSION_VALUES,
    SMALLINT,
    SYSNAME,
    session_value,
)
from local_sqlserver.compiler.objects import last_identity
from local_sqlserver.compiler.types import INT, duckdb_type
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language.parser import parse_name
from local_sqlserver.types import BINARY, MAX, SqlType

metadata = Theme("metadata")

_SUPPORTED: dict[str, tuple[int, int, SqlType]] = {
    "APPLOCK_MODE": (3, 3, SqlType("nvarchar", length=32)),
    "ASSEMBLYPROPERTY": (2, 2, SYSNAME),
    "CERT_ID": (1, 1, INT),
    "COLLATIONPROPERTY": (2, 2, SYSNAME),
    "COLUMNPROPERTY": (3, 3, INT),
    "COL_LENGTH": (2, 2, SMALLINT),
    "COL_NAME": (2, 2, SYSNAME),
    "CONNECTIONPROPERTY": (1, 1, SYSNAME),
    "CURSOR_STATUS": (2, 2, SMALLINT),
    "DATABASEPROPERTYEX": (2, 2, SYSNAME),
    "DATABASE_PRINCIPAL_ID": (1, 1, INT),
    "FULLTEXTSERVICEPROPERTY": (1, 1, INT),
    "HAS_DBACCESS": (1, 1, INT),
    "HAS_PERMS_BY_NAME": (3, 3, INT),
    "IDENT_INCR": (1, 1, IDENTITY),
    "IDENT_SEED": (1, 1, IDENTITY),
    "INDEXPROPERTY": (3, 3, INT),
    "IS_MEMBER": (1, 1, INT),
    "IS_ROLEMEMBER": (1, 1, INT),
    "IS_SRVROLEMEMBER": (1, 1, INT),
    "OBJECTPROPERTY": (2, 2, INT),
    "OBJECTPROPERTYEX": (2, 2, INT),
    "OBJECT_DEFINITION": (1, 1, SqlType("nvarchar", length=MAX)),
    "OBJECT_ID": (1, 2, INT),
    "OBJECT_NAME": (1, 2, SYSNAME),
    "OBJECT_SCHEMA_NAME": (1, 2, SYSNAME),
    "SERVERPROPERTY": (1, 1, SYSNAME),
    "SESSIONPROPERTY": (1, 1, INT),
    "SESSION_CONTEXT": (1, 1, SqlType("nvarchar", length=4000)),
    "TYPEPROPERTY": (2, 2, INT),
    "TYPE_ID": (1, 1, INT),
    "TYPE_NAME": (1, 1, SYSNAME),
}
"""The fewest and the most supported arguments, and the type of the result."""

_OTHER_COUNTS = {
    "DATABASE_PRINCIPAL_ID": (0, 1),
    "HAS_PERMS_BY_NAME": (3, 5),
    "IS_ROLEMEMBER": (1, 2),
    "IS_SRVROLEMEMBER": (1, 2),
}
"""Functions that accept other numbers of arguments in SQL Server; these are refused."""

PROPERTIES_OFF = frozenset(
    "isautoclose isautoshrink isclone isclosecursorsoncommitenabled isfulltextenabled isinstandby "
    "islocalcursorsdefault ismergepublished isnumericroundabortenabled isparameterizationforced "
    "ispublished isrecursivetriggersenabled issubscribed issyncwithbackup".split()
)
"""The properties of DATABASEPROPERTYEX that are off in each database, as in sys.databases."""
PROPERTIES_OF_OPTIONS = {
    "isansinulldefault": "ANSI_NULL_DEFAULT",
    "isansinullsenabled": "ANSI_NULLS",
    "isansipaddingenabled": "ANSI_PADDING",
    "isansiwarningsenabled": "ANSI_WARNINGS",
    "isarithmeticabortenabled": "ARITHABORT",
    "isnullconcat": "CONCAT_NULL_YIELDS_NULL",
    "isquotedidentifiersenabled": "QUOTED_IDENTIFIER",
}
"""Those that show an option of ALTER DATABASE … SET."""

_INT_PROPERTIES = {
    "SERVERPROPERTY": frozenset(
        "engineedition isclustered ishadrenabled isfulltextinstalled isintegratedsecurityonly issingleuser collationid "
        "comparisonstyle filestreamconfiguredlevel filestreameffectivelevel hadrmanagerstatus "
        "isadvancedanalyticsinstalled isbigdatacluster islocaldb ispolybaseinstalled istempdbmetadatamemoryoptimized "
        "isxtpsupported lcid numlicenses processid sqlcharset sqlsortorder".split()
    ),
    "ASSEMBLYPROPERTY": frozenset({"versionmajor", "versionminor", "versionbuild", "versionrevision"}),
    "DATABASEPROPERTYEX": PROPERTIES_OFF | PROPERTIES_OF_OPTIONS.keys() | {"lcid", "sqlsortorder", "version"},
    "COLLATIONPROPERTY": frozenset({"codepage", "lcid", "comparisonstyle", "version"}),
}
"""Constant names of properties that are INT, by function. These functions are sql_variant in SQL Server."""

_ODBC_SCALES = (
    "CASE WHEN {0} IN (48, 52, 56, 127) THEN 0 WHEN {0} IN (60, 122) THEN 4 "
    "WHEN {0} IN (41, 42, 43, 58, 61, 106, 108) THEN {1} END"
)
"""The scale by sys.types.system_type_id: of integers and MONEY, declared of DECIMAL and times, NULL of others."""

METADATA_FUNCTIONS = CURRENT | {name: declared for name, (_, _, declared) in _SUPPORTED.items()}
"""The type of each function of the catalog by its name in capitals. The engine implements exactly these."""


@metadata.scalar(*CURRENT, least=0, most=1)
def _current(call: Call) -> Value:
    if not call.arguments:
        return session_value(call.compiler, f"{call.name}()", call.line)
    return _catalog(call)


def _catalog(call: Call) -> Value:
    if call.compiler.in_view:
        raise unsupported(f"{call.name} in a view", call.line)
    declared = METADATA_FUNCTIONS[call.name]
    constant = (call.arguments[-1].constant or "").lower()
    if constant in _INT_PROPERTIES.get(call.name, ()):
        declared = INT
    elif (call.name, constant) == ("OBJECTPROPERTYEX", "basetype"):
        declared = SqlType("nchar", length=2)
    elif (call.name, constant) == ("ASSEMBLYPROPERTY", "publickey"):
        declared = SqlType("varbinary", length=8000)
    spid = call.compiler.parameter("@@spid", SESSION_VALUES["@@spid"])
    texts = ", ".join(
        f"hex({argument.sql})" if argument.type.name in BINARY else f"CAST({argument.sql} AS VARCHAR)"
        for argument in call.arguments
    )
    sql = f"tsql_metadata({spid.sql}, {quote(call.name.lower())}, [{texts}])"
    return Value(f"CAST({sql} AS {duckdb_type(declared)})", declared)


def _supported(call: Call) -> Value:
    least, most, _ = _SUPPORTED[call.name]
    if not least <= len(call.arguments) <= most:
        raise unsupported(f"{call.name} with {len(call.arguments)} arguments", call.line)
    return _catalog(call)


for _name, (_least, _most, _) in _SUPPORTED.items():
    _takes = _OTHER_COUNTS.get(_name, (_least, _most))
    metadata.scalar(_name, least=_takes[0], most=_takes[1])(_supported)


@metadata.scalar("ODBCSCALE", least=2, result=INT)
def _odbc_scale(call: Call) -> str:
    """Of the views of INFORMATION_SCHEMA and of System.Data.SqlClient, where alone SQL Server's own is to be seen."""
    kind, scale = (call.whole(position).sql for position in (0, 1))
    return f"CAST({_ODBC_SCALES.format(kind, scale)} AS INTEGER)"


@metadata.scalar("IDENT_CURRENT", least=1, result=IDENTITY)
def _ident_current(call: Call) -> str:
    name = call.arguments[0].constant
    if name is None:
        raise unsupported("IDENT_CURRENT of a name that is not a constant", call.line)
    identity, last = None, "NULL"
    try:
        relation = call.compiler.context.relation(parse_name(name), call.line)
        identity = next((column.identity for column in relation.columns if column.identity), None)
    except SqlError as error:
        if error.number not in (102, 156, 208):  # a text that is no name, or not the name of a table
            raise
    if identity is not None:
        last = f"coalesce({last_identity(relation)}, {identity[0]})"
    return f"CAST({last} AS {duckdb_type(IDENTITY)})"


metadata.refuse(
    *("APPLOCK_TEST", "FILEGROUPPROPERTY", "FILEGROUP_ID", "FILEGROUP_NAME"),
    *("FILEPROPERTY", "FILEPROPERTYEX", "FILE_ID", "FILE_IDEX", "FILE_NAME", "FULLTEXTCATALOGPROPERTY"),
    *("INDEXKEY_PROPERTY", "INDEX_COL", "LOGINPROPERTY"),
    *("ORIGINAL_DB_NAME", "PERMISSIONS", "PUBLISHINGSERVERNAME", "STATS_DATE", "SUSER_ID", "SUSER_SID"),
)
