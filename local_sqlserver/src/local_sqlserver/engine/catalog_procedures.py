"""System procedures that read the catalog: those of drivers (sp_columns …) and those of people (sp_help …).

Most are T-SQL over the system views. Source of their parameters and result sets: the T-SQL reference, "System stored
procedures"; a size is that of DuckDB's storage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from local_sqlserver.catalog import system_views
from local_sqlserver.catalog.objects import CatalogObject, quote
from local_sqlserver.compiler import ColumnInfo, ConstraintInfo
from local_sqlserver.compiler.patterns import like_regex
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.events import Column, Columns, Event, Message, Rows
from local_sqlserver.engine.odbc_types import COLUMN_SIZES, LISTED, odbc_type
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import message_text, sql_error, unsupported
from local_sqlserver.language.parser import parse_name, parse_parameters
from local_sqlserver.types import MAX, MONEY, NUMBERS, TEMPORAL, TEXT, SqlType, digits, storage_bytes

Handler = Callable[[Caller, Sequence[ArgumentValue], Frame], Call]
Given = dict[str, Any]
"""The values of a procedure's parameters by name in lower case, without the @."""
Rowset = list[tuple[Any, ...]]


def _shape(columns: str) -> tuple[Column, ...]:
    """Return the columns of a result set from ``name type, name type``."""
    parsed = parse_parameters(", ".join(f"@{column.strip()}" for column in columns.split(", ")))
    return tuple(Column(parameter.name[1:], parameter.type) for parameter in parsed)


def rowset(caller: Caller, columns: Sequence[Column], rows: Rowset) -> Iterator[Event]:
    """Yield one result set with its Done."""
    yield Columns(tuple(columns))
    if rows:
        yield Rows(rows)
    caller.state.row_count = len(rows)
    yield caller.state.done(caller.state.frame, len(rows), 0xC1)


def _query(name: str, parameters: str, text: str) -> Handler:
    """Return a procedure that is a batch of T-SQL with parameters."""
    declared = parse_parameters(parameters)

    def run(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
        return caller.dynamic(text, declared, frame, arguments, name)

    return run


def _function(name: str, parameters: str, body: Callable[[Caller, Frame, Given], Iterator[Event]]) -> Handler:
    """Return a procedure whose rows are made in Python. Raises SqlError 201, 8144, 8145 for its arguments."""
    declared = parse_parameters(parameters)

    def run(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
        names = [parameter.name.lower() for parameter in declared]
        passed: dict[str, Any] = {}
        for position, argument in enumerate(arguments):
            if not argument.name and position >= len(names):
                raise sql_error(8144, name)
            key = argument.name.lower() or names[position]
            if key not in names:
                raise sql_error(8145, argument.name, name)
            if not argument.default:
                passed[key] = argument.value
        for parameter in declared:
            if parameter.name.lower() not in passed and parameter.default is None:
                raise sql_error(201, name, parameter.name)
        given = {key[1:]: passed.get(key) for key in names}
        yield from body(caller, frame, given)
        return CallResult(0, {})

    return run


def _matches(pattern: Any, name: str) -> bool:
    """Whether a name is LIKE a pattern; NULL and the empty pattern admit all."""
    return not pattern or re.fullmatch(like_regex(str(pattern)), name, re.IGNORECASE | re.DOTALL) is not None


# --- objects and their columns


def _object(caller: Caller, frame: Frame, text: Any) -> CatalogObject:
    """Return the table, view or procedure of a name; raises SqlError 15009."""
    parts = parse_name(str(text or "")) if text else ("",)
    item = caller.view.catalog(frame.database).find_named(parts)
    if item is None:
        raise sql_error(15009, text, frame.database)
    return item


def _relations(caller: Caller, frame: Frame, given: Given) -> list[tuple[str, str, str, tuple[ColumnInfo, ...]]]:
    """Return type, schema, name and columns of the tables and views that match @table_name and @table_owner."""
    found = [
        (item.type, item.schema, item.name, item.columns)
        for item in caller.view.catalog(frame.database).objects.values()
        if item.type in ("U", "V")
    ]
    found += [("V", view.schema, view.name, view.columns) for view in system_views.supported()]
    return sorted(
        (
            relation
            for relation in found
            if _matches(given["table_owner"], relation[1]) and _matches(given["table_name"], relation[2])
        ),
        key=lambda relation: (relation[1].lower(), relation[2].lower()),
    )


def _sp_tables(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    kinds = [kind.strip(" '") for kind in str(given["table_type"] or "'TABLE','VIEW'").upper().split(",")]
    names = {"U": "TABLE", "V": "VIEW"}
    rows: Rowset = [
        (frame.database, schema, name, names[kind], None)
        for kind, schema, name, _ in _relations(caller, frame, given)
        if names[kind] in kinds
    ]
    yield from rowset(caller, _TABLES, sorted(rows, key=lambda row: row[3]))


_TABLES = _shape(
    "TABLE_QUALIFIER sysname, TABLE_OWNER sysname, TABLE_NAME sysname, TABLE_TYPE varchar(32), REMARKS varchar(254)"
)
_COLUMNS = _shape(
    "TABLE_QUALIFIER sysname, TABLE_OWNER sysname, TABLE_NAME sysname, COLUMN_NAME sysname, DATA_TYPE smallint, "
    "TYPE_NAME sysname, PRECISION int, LENGTH int, SCALE smallint, RADIX smallint, NULLABLE smallint, "
    "REMARKS varchar(254), COLUMN_DEF nvarchar(4000), SQL_DATA_TYPE smallint, SQL_DATETIME_SUB smallint, "
    "CHAR_OCTET_LENGTH int, ORDINAL_POSITION int, IS_NULLABLE varchar(254)"
)
_SYBASE = _shape("SS_DATA_TYPE tinyint")
_EXTENDED = _shape(
    "SS_IS_SPARSE smallint, SS_IS_COLUMN_SET smallint, SS_IS_COMPUTED smallint, SS_IS_IDENTITY smallint, "
    "SS_UDT_CATALOG_NAME sysname, SS_UDT_SCHEMA_NAME sysname, SS_UDT_ASSEMBLY_TYPE_NAME sysname, "
    "SS_XML_SCHEMACOLLECTION_CATALOG_NAME sysname, SS_XML_SCHEMACOLLECTION_SCHEMA_NAME sysname, "
    "SS_XML_SCHEMACOLLECTION_NAME sysname"
)


def _sp_columns(extended: bool) -> Callable[[Caller, Frame, Given], Iterator[Event]]:
    def run(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
        rows: Rowset = []
        for _, schema, name, columns in _relations(caller, frame, given):
            for position, column in enumerate(columns, 1):
                if not _matches(given["column_name"], column.name):
                    continue
                identity = column.identity is not None
                odbc = odbc_type(
                    column.type, nullable=column.nullable, identity=identity, version=int(given["odbcver"] or 2)
                )
                row = (
                    *(frame.database, schema, name, column.name, odbc.data_type, odbc.type_name, odbc.precision),
                    *(odbc.length, odbc.scale, odbc.radix, int(column.nullable), None, column.default),
                    *(odbc.sql_data_type, odbc.datetime_sub, odbc.octets, position),
                    "YES" if column.nullable else "NO",
                )
                more = (0, 0, int(column.computed is not None), int(identity), *(None,) * 6) if extended else ()
                rows.append((*row, *more, odbc.sybase))
        yield from rowset(caller, (*_COLUMNS, *(_EXTENDED if extended else ()), *_SYBASE), rows)

    return run


def _sp_special_columns(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    """Return the columns of the best unique key; no column changes by itself with each update of its row."""
    shape = _shape(
        "SCOPE smallint, COLUMN_NAME sysname, DATA_TYPE smallint, TYPE_NAME sysname, PRECISION int, LENGTH int, "
        "SCALE smallint, PSEUDO_COLUMN smallint"
    )
    item = caller.view.catalog(frame.database).find(str(given["table_owner"] or "dbo"), str(given["table_name"]))
    keys = [key for key in (item.constraints if item else ()) if key.kind in ("PK", "UQ", "UX") and not key.definition]
    by_name = {column.name: column for column in item.columns} if item else {}
    if str(given["nullable"] or "U").upper() == "O":
        keys = [key for key in keys if not any(by_name[name].nullable for name in key.columns)]
    key = min(keys, key=lambda key: ("PK", "UQ", "UX").index(key.kind), default=None)
    rows: Rowset = []
    if key is not None and str(given["col_type"] or "R").upper() != "V":
        scope = 0 if str(given["scope"] or "T").upper() == "C" else 1
        for name in key.columns:
            column = by_name[name]
            odbc = odbc_type(column.type, identity=column.identity is not None, version=int(given["odbcver"] or 2))
            rows.append((scope, name, *odbc[:5], 1))
    yield from rowset(caller, shape, rows)


_PARAMETERS = _shape(
    "PROCEDURE_QUALIFIER sysname, PROCEDURE_OWNER sysname, PROCEDURE_NAME nvarchar(134), COLUMN_NAME sysname, "
    "COLUMN_TYPE smallint, DATA_TYPE smallint, TYPE_NAME sysname, PRECISION int, LENGTH int, SCALE smallint, "
    "RADIX smallint, NULLABLE smallint, REMARKS varchar(254), COLUMN_DEF nvarchar(4000), SQL_DATA_TYPE smallint, "
    "SQL_DATETIME_SUB smallint, CHAR_OCTET_LENGTH int, ORDINAL_POSITION int, IS_NULLABLE varchar(254), "
    "SS_DATA_TYPE tinyint"
)


def _sp_sproc_columns(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    rows: Rowset = []
    version = int(given["odbcver"] or 2)
    procedures = [item for item in caller.view.catalog(frame.database).objects.values() if item.type == "P"]
    for item in sorted(procedures, key=lambda item: item.key):
        if not (_matches(given["procedure_owner"], item.schema) and _matches(given["procedure_name"], item.name)):
            continue
        returned = ("@RETURN_VALUE", 5, SqlType("int"), False)
        parameters = [(known.name, 2 if known.output else 1, known.type, True) for known in item.parameters]
        for position, (name, kind, declared, nullable) in enumerate([returned, *parameters]):
            if not _matches(given["column_name"], name):
                continue
            odbc = odbc_type(declared, nullable=nullable, version=version)
            rows.append(
                (
                    *(frame.database, item.schema, f"{item.name};1", name, kind, *odbc[:6], int(nullable), None, None),
                    *(odbc.sql_data_type, odbc.datetime_sub, odbc.octets, position, "YES" if nullable else "NO"),
                    odbc.sybase,
                )
            )
    yield from rowset(caller, _PARAMETERS, rows)


_TYPES = _shape(
    "TYPE_NAME sysname, DATA_TYPE smallint, PRECISION int, LITERAL_PREFIX varchar(32), LITERAL_SUFFIX varchar(32), "
    "CREATE_PARAMS varchar(32), NULLABLE smallint, CASE_SENSITIVE smallint, SEARCHABLE smallint, "
    "UNSIGNED_ATTRIBUTE smallint, MONEY smallint, AUTO_INCREMENT smallint, LOCAL_TYPE_NAME sysname, "
    "MINIMUM_SCALE smallint, MAXIMUM_SCALE smallint, SQL_DATA_TYPE smallint, SQL_DATETIME_SUB smallint, "
    "NUM_PREC_RADIX int, INTERVAL_PRECISION smallint, USERTYPE smallint"
)


def _sp_datatype_info(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    wanted = int(given["data_type"] or 0)
    rows: Rowset = []
    for row in LISTED:
        if wanted not in (0, row.odbc):
            continue
        signed = row.name in NUMBERS - {"bit"}
        searchable = 3 if row.name in TEXT | TEMPORAL else 2
        unsigned = int(row.name == "tinyint") if signed else None
        rows.append(
            (
                *(row.name, row.odbc, COLUMN_SIZES[row.name], *row.quotes, row.parameters, 1, 0, searchable, unsigned),
                *(int(row.name in MONEY), 0 if signed else None, row.name, None, None, row.odbc, None, None, None, 0),
            )
        )
    yield from rowset(caller, _TYPES, rows)


# --- texts and descriptions


def _sp_helptext(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    item = _object(caller, frame, given["objname"])
    if not item.definition:
        raise sql_error(15197, given["objname"])
    rows: Rowset = [(line,) for line in item.definition.splitlines(keepends=True)]
    length = 255 if all(len(row[0]) <= 255 for row in rows) else MAX
    yield from rowset(caller, [Column("Text", SqlType("nvarchar", length=length))], rows)


_KINDS = {
    "U": "user table",
    "V": "view",
    "P": "stored procedure",
    "FN": "scalar function",
    "IF": "inline function",
    "TF": "table function",
    "SO": "sequence object",
    "SN": "synonym",
}
"""The types of objects as sp_help names them, by their type in sys.objects."""


def _kind(item: CatalogObject) -> str:
    return _KINDS[item.type]


def _sp_help(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    if given["objname"] is None:
        rows: Rowset = [
            (item.name, "dbo", _kind(item))
            for item in sorted(
                caller.view.catalog(frame.database).objects.values(), key=lambda item: (item.type, item.name.lower())
            )
            if item.type in _KINDS
        ]
        yield from rowset(caller, _shape("Name sysname, Owner sysname, Object_type nvarchar(31)"), rows)
        return
    item = _object(caller, frame, given["objname"])
    described = [(item.name, "dbo", _kind(item), item.created)]
    shape = _shape("Name sysname, Owner sysname, Type nvarchar(31), Created_datetime datetime")
    yield from rowset(caller, shape, described)
    if item.columns:
        yield from _help_columns(caller, item)
    yield from _help_parameters(caller, item)
    if item.type == "U":
        yield from _help_keys(caller, item, frame)


def _numbers(declared: SqlType) -> tuple[str, str]:
    """Return precision and scale as sp_help prints them: blanks for types without."""
    if declared.name in NUMBERS | TEMPORAL - {"datetime", "smalldatetime"}:
        precision, scale = digits(declared)
        return f"{precision:<5}", f"{scale:<5}"
    return " " * 5, " " * 5


def _help_columns(caller: Caller, item: CatalogObject) -> Iterator[Event]:
    rows: Rowset = []
    for column in item.columns:
        text = column.type.name in TEXT
        padded = ("no", "yes" if column.nullable else "no") if text else ("(n/a)", "(n/a)")
        rows.append(
            (
                *(column.name, column.type.name, "yes" if column.computed else "no", storage_bytes(column.type)),
                *(*_numbers(column.type), "yes" if column.nullable else "no", *padded),
                (column.collation or "Latin1_General_100_CI_AS_KS_WS_SC") if text else None,
            )
        )
    shape = _shape(
        "Column_name sysname, Type sysname, Computed varchar(35), Length int, Prec char(5), Scale char(5), "
        "Nullable varchar(35), TrimTrailingBlanks varchar(35), FixedLenNullInSource varchar(35), Collation sysname"
    )
    yield from rowset(caller, shape, rows)
    identity: Rowset = [(column.name, *column.identity, 0) for column in item.columns if column.identity is not None]
    if not identity:
        identity = [("No identity column defined.", None, None, None)]
    yield from rowset(
        caller,
        [*_shape("Identity sysname, Seed bigint, Increment bigint"), Column("Not For Replication", SqlType("int"))],
        identity,
    )
    guid = next((column.name for column in item.columns if column.rowguid), "No rowguidcol column defined.")
    yield from rowset(caller, _shape("RowGuidCol sysname"), [(guid,)])


def _help_parameters(caller: Caller, item: CatalogObject) -> Iterator[Event]:
    if not item.parameters:
        return
    rows: Rowset = [
        (
            *(
                known.name,
                known.type.name,
                storage_bytes(known.type),
                digits(known.type)[0] or storage_bytes(known.type),
            ),
            *(digits(known.type)[1] if known.type.name in NUMBERS | TEMPORAL else None, position),
            "Latin1_General_100_CI_AS_KS_WS_SC" if known.type.name in TEXT else None,
        )
        for position, known in enumerate(item.parameters, 0 if item.type == "FN" else 1)
    ]
    shape = _shape(
        "Parameter_name sysname, Type sysname, Length smallint, Prec int, Scale int, Param_order int, Collation sysname"
    )
    yield from rowset(caller, shape, rows)


def _help_keys(caller: Caller, item: CatalogObject, frame: Frame) -> Iterator[Event]:
    yield from rowset(caller, _shape("Data_located_on_filegroup sysname"), [("PRIMARY",)])
    name = f"{item.schema}.{item.name}"
    yield from _help_indexes(caller, item, name)
    kinds = {"PK": "PRIMARY KEY", "UQ": "UNIQUE"}
    rows: Rowset = []
    for key in item.constraints:
        if key.kind in kinds:
            clustered = "clustered" if key.clustered else "non-clustered"
            rows.append((f"{kinds[key.kind]} ({clustered})", key.name, *("(n/a)",) * 4, _keys(key)))
        elif key.kind == "C":
            where = f"CHECK on column {key.columns[0]}" if len(key.columns) == 1 else "CHECK Table Level "
            rows.append((where, key.name, "(n/a)", "(n/a)", "Enabled", "Is_For_Replication", key.definition))
    rows += [
        (f"DEFAULT on column {column.name}", column.default_name, *("(n/a)",) * 4, column.default)
        for column in item.columns
        if column.default_name
    ]
    if rows:
        shape = _shape(
            "constraint_type nvarchar(146), constraint_name nvarchar(128), delete_action nvarchar(9), "
            "update_action nvarchar(9), status_enabled varchar(8), status_for_replication varchar(19), "
            "constraint_keys nvarchar(2126)"
        )
        yield from rowset(caller, shape, sorted(rows))
    else:
        yield _notice(15469, name)
    others = caller.view.catalog(frame.database).objects.values()
    if not any(
        known.foreign is not None and (known.foreign.schema.lower(), known.foreign.table.lower()) == item.key
        for other in others
        for known in other.constraints
    ):
        yield _notice(15470, name)
    yield _notice(15647, name)


def _notice(number: int, *arguments: object) -> Message:
    return Message(message_text(number, *arguments), number)


def _keys(index: ConstraintInfo) -> str:
    """Return the columns of an index; (-) marks the descending ones."""
    return ", ".join(f"{column}(-)" if column in index.descending else column for column in index.columns)


def _help_indexes(caller: Caller, item: CatalogObject, name: str) -> Iterator[Event]:
    rows: Rowset = []
    for index in item.constraints:
        if index.kind not in ("PK", "UQ", "UX", "IX"):
            continue
        words = ["clustered" if index.clustered else "nonclustered"]
        if index.columnstore:
            words[0] += " columnstore"
        elif index.kind != "IX":
            words.append("unique")
        words += {"PK": ["primary key"], "UQ": ["unique key"]}.get(index.kind, [])
        rows.append((index.name, f"{', '.join(words)} located on PRIMARY", _keys(index)))
    if not rows:
        yield _notice(15472, name)
        return
    shape = _shape("index_name sysname, index_description varchar(210), index_keys nvarchar(2078)")
    yield from rowset(caller, shape, sorted(rows, key=lambda row: row[0].lower()))


def _sp_helpindex(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    yield from _help_indexes(caller, _object(caller, frame, given["objname"]), str(given["objname"]))


# --- sizes


def _kilobytes(caller: Caller, database: str) -> tuple[int, int]:
    """Return the size of a database's storage, and its free part, in KB."""
    row = caller.transactions.connection.execute(
        "SELECT block_size * total_blocks // 1024, block_size * free_blocks // 1024 FROM pragma_database_size() "
        "WHERE lower(database_name) = lower($1)",
        [database],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _sp_databases(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    rows: Rowset = [(name, _kilobytes(caller, name)[0], None) for name in _database_names(caller)]
    yield from rowset(caller, _shape("DATABASE_NAME sysname, DATABASE_SIZE int, REMARKS varchar(254)"), rows)


def _database_names(caller: Caller) -> list[str]:
    return sorted(caller.shared.databases.names(), key=str.lower)


def _sp_helpdb(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    names = _database_names(caller)
    if given["dbname"] is not None:
        names = [name for name in names if name.lower() == str(given["dbname"]).lower()]
        if not names:
            raise sql_error(15010, given["dbname"])
    rows: Rowset = []
    for name in names:
        database = caller.shared.databases.find(name)
        assert database is not None
        created = caller.transactions.connection.execute(
            "SELECT created FROM master.__catalog.databases WHERE database_id = $1", [database.id]
        ).fetchone()
        status = (
            f"Status=ONLINE, Updateability=READ_WRITE, UserAccess={database.user_access}, "
            f"Recovery={database.recovery_model}, Version=957, "
            "Collation=Latin1_General_100_CI_AS_KS_WS_SC, SQLSortOrder=0, IsAutoCreateStatistics, "
            "IsAutoUpdateStatistics"
        )
        size = f"{_kilobytes(caller, name)[0] / 1024:10.2f} MB"
        day = f"{created[0]:%b} {created[0].day:>2} {created[0]:%Y}" if created else ""
        level = int(database.options.get("COMPATIBILITY_LEVEL", "160"))
        rows.append((name, size, "sa", database.id, day, status, level))
    shape = _shape(
        "name sysname, db_size nvarchar(13), owner sysname, dbid smallint, created nvarchar(11), "
        "status nvarchar(600), compatibility_level tinyint"
    )
    yield from rowset(caller, shape, rows)


def _sp_spaceused(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    shape = [Column(name, SqlType("varchar", length=18)) for name in ("reserved", "data", "index_size", "unused")]
    if given["objname"] is None:
        size, free = _kilobytes(caller, frame.database)
        head = [
            Column("database_name", SqlType("nvarchar", length=128)),
            Column("database_size", SqlType("varchar", length=18)),
            Column("unallocated space", SqlType("varchar", length=18)),
        ]
        yield from rowset(caller, head, [(frame.database, f"{size / 1024:.2f} MB", f"{free / 1024:.2f} MB")])
        yield from rowset(caller, shape, [(f"{size - free} KB", f"{size - free} KB", "0 KB", "0 KB")])
        return
    item = _object(caller, frame, given["objname"])
    if item.type != "U":
        raise sql_error(15234)
    table = f"{quote(frame.database)}.{quote(item.schema)}.{quote(item.name)}"
    connection = caller.transactions.connection
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    (blocks,) = connection.execute(
        "SELECT count(DISTINCT block_id) FROM pragma_storage_info($1) WHERE persistent", [table]
    ).fetchone() or (0,)
    stored = f"{blocks * 256} KB"
    head = [Column("name", SqlType("nvarchar", length=128)), Column("rows", SqlType("char", length=20))]
    yield from rowset(caller, [*head, *shape], [(item.name, f"{count:<20}", stored, stored, "0 KB", "0 KB")])


# --- a command for each table or database


def _for_each(targets: Callable[[Caller, Frame], list[str]]) -> Handler:
    names = ["@command1", "@replacechar", "@command2", "@command3", "@whereand", "@precommand", "@postcommand"]

    def run(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
        given = {
            argument.name.lower() or names[position]: argument.value for position, argument in enumerate(arguments)
        }
        if given.get("@whereand"):
            raise unsupported("sp_MSforeachtable with @whereand")
        mark = str(given.get("@replacechar") or "?")
        commands = [str(given[name]) for name in ("@command1", "@command2", "@command3") if given.get(name)]
        if given.get("@precommand"):
            yield from caller.dynamic(str(given["@precommand"]), (), frame)
        for target in targets(caller, frame):
            for command in commands:
                yield from caller.dynamic(command.replace(mark, target), (), frame)
        if given.get("@postcommand"):
            yield from caller.dynamic(str(given["@postcommand"]), (), frame)
        return CallResult(0, {})

    return run


def _tables(caller: Caller, frame: Frame) -> list[str]:
    items = sorted(caller.view.catalog(frame.database).objects.values(), key=lambda item: item.id)
    return [f"[{item.schema}].[{item.name}]" for item in items if item.type == "U"]


_OBJECT_NAME = "@table_name NVARCHAR(384), @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL"
_COLUMN_PARAMETERS = (
    "@table_name NVARCHAR(384), @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL, "
    "@column_name NVARCHAR(384) = NULL, @NameScope INT = 0, @ODBCVer INT = 2, @fUsePattern BIT = 1"
)
_SPROC_PARAMETERS = (
    "@procedure_name NVARCHAR(390) = '%', @procedure_owner NVARCHAR(384) = NULL, @procedure_qualifier SYSNAME = NULL, "
    "@column_name NVARCHAR(384) = NULL, @ODBCVer INT = 2, @fUsePattern BIT = 1"
)
_TYPE_PARAMETERS = "@data_type INT = 0, @ODBCVer TINYINT = 2"

_PKEYS = """
SELECT CAST(DB_NAME() AS SYSNAME) AS TABLE_QUALIFIER, SCHEMA_NAME(t.schema_id) AS TABLE_OWNER, t.name AS TABLE_NAME,
    c.name AS COLUMN_NAME, CAST(x.key_ordinal AS SMALLINT) AS KEY_SEQ, k.name AS PK_NAME
FROM sys.key_constraints AS k
INNER JOIN sys.tables AS t ON t.object_id = k.parent_object_id
INNER JOIN sys.index_columns AS x ON x.object_id = t.object_id AND x.index_id = k.unique_index_id
INNER JOIN sys.columns AS c ON c.object_id = t.object_id AND c.column_id = x.column_id
WHERE k.type = 'PK' AND t.name = @table_name AND SCHEMA_NAME(t.schema_id) LIKE ISNULL(@table_owner, N'%')
ORDER BY 1, 2, 3, 5
"""
_FKEYS = """
SELECT CAST(DB_NAME() AS SYSNAME) AS PKTABLE_QUALIFIER, SCHEMA_NAME(p.schema_id) AS PKTABLE_OWNER,
    p.name AS PKTABLE_NAME, pc.name AS PKCOLUMN_NAME, CAST(DB_NAME() AS SYSNAME) AS FKTABLE_QUALIFIER,
    SCHEMA_NAME(t.schema_id) AS FKTABLE_OWNER, t.name AS FKTABLE_NAME, tc.name AS FKCOLUMN_NAME,
    CAST(x.constraint_column_id AS SMALLINT) AS KEY_SEQ,
    CAST(CASE f.update_referential_action WHEN 1 THEN 0 WHEN 0 THEN 1 ELSE f.update_referential_action END AS SMALLINT)
        AS UPDATE_RULE,
    CAST(CASE f.delete_referential_action WHEN 1 THEN 0 WHEN 0 THEN 1 ELSE f.delete_referential_action END AS SMALLINT)
        AS DELETE_RULE,
    f.name AS FK_NAME, i.name AS PK_NAME, CAST(7 AS SMALLINT) AS DEFERRABILITY
FROM sys.foreign_keys AS f
INNER JOIN sys.foreign_key_columns AS x ON x.constraint_object_id = f.object_id
INNER JOIN sys.tables AS t ON t.object_id = f.parent_object_id
INNER JOIN sys.columns AS tc ON tc.object_id = t.object_id AND tc.column_id = x.parent_column_id
INNER JOIN sys.tables AS p ON p.object_id = f.referenced_object_id
INNER JOIN sys.columns AS pc ON pc.object_id = p.object_id AND pc.column_id = x.referenced_column_id
LEFT JOIN sys.indexes AS i ON i.object_id = p.object_id AND i.index_id = f.key_index_id
WHERE (@pktable_name IS NULL OR p.name = @pktable_name)
    AND (@pktable_owner IS NULL OR SCHEMA_NAME(p.schema_id) = @pktable_owner)
    AND (@fktable_name IS NULL OR t.name = @fktable_name)
    AND (@fktable_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @fktable_owner)
ORDER BY 5, 6, 7, 9
"""
_STATISTICS = """
SELECT CAST(DB_NAME() AS SYSNAME) AS TABLE_QUALIFIER, SCHEMA_NAME(t.schema_id) AS TABLE_OWNER, t.name AS TABLE_NAME,
    s.NON_UNIQUE, s.INDEX_QUALIFIER, s.INDEX_NAME, s.TYPE, s.SEQ_IN_INDEX, s.COLUMN_NAME, s.COLLATION, s.CARDINALITY,
    CAST(NULL AS INT) AS PAGES, s.FILTER_CONDITION
FROM sys.tables AS t
INNER JOIN (
    SELECT t.object_id, CAST(NULL AS SMALLINT) AS NON_UNIQUE, CAST(NULL AS SYSNAME) AS INDEX_QUALIFIER,
        CAST(NULL AS SYSNAME) AS INDEX_NAME, CAST(0 AS SMALLINT) AS TYPE, CAST(NULL AS SMALLINT) AS SEQ_IN_INDEX,
        CAST(NULL AS SYSNAME) AS COLUMN_NAME, CAST(NULL AS CHAR(1)) AS COLLATION,
        CAST((SELECT MAX(p.rows) FROM sys.partitions AS p WHERE p.object_id = t.object_id AND p.index_id < 2) AS INT)
            AS CARDINALITY, CAST(NULL AS VARCHAR(128)) AS FILTER_CONDITION
    FROM sys.tables AS t WHERE t.name = @table_name
    UNION ALL
    SELECT i.object_id, CAST(1 - i.is_unique AS SMALLINT), OBJECT_NAME(i.object_id), i.name,
        CAST(CASE i.type WHEN 1 THEN 1 ELSE 3 END AS SMALLINT), CAST(x.key_ordinal AS SMALLINT), c.name,
        CASE x.is_descending_key WHEN 1 THEN 'D' ELSE 'A' END,
        CAST(CASE WHEN i.type = 1 THEN (SELECT MAX(p.rows) FROM sys.partitions AS p
            WHERE p.object_id = i.object_id AND p.index_id = 1) END AS INT),
        CAST(i.filter_definition AS VARCHAR(128))
    FROM sys.indexes AS i
    INNER JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
    INNER JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
    WHERE OBJECT_NAME(i.object_id) = @table_name AND x.key_ordinal > 0 AND i.name LIKE @index_name
        AND (i.is_unique = 1 OR ISNULL(@is_unique, 'N') <> 'Y')
) AS s ON s.object_id = t.object_id
WHERE t.name = @table_name AND SCHEMA_NAME(t.schema_id) LIKE ISNULL(@table_owner, N'%')
ORDER BY 4, 7, 6, 8
"""
_STORED_PROCEDURES = """
SELECT CAST(DB_NAME() AS SYSNAME) AS PROCEDURE_QUALIFIER, SCHEMA_NAME(schema_id) AS PROCEDURE_OWNER,
    CAST(name + N';1' AS NVARCHAR(134)) AS PROCEDURE_NAME, -1 AS NUM_INPUT_PARAMS, -1 AS NUM_OUTPUT_PARAMS,
    -1 AS NUM_RESULT_SETS, CAST(NULL AS VARCHAR(254)) AS REMARKS, CAST(2 AS SMALLINT) AS PROCEDURE_TYPE
FROM sys.all_objects
WHERE type = 'P' AND (@sp_name IS NULL OR name LIKE @sp_name)
    AND (@sp_owner IS NULL OR SCHEMA_NAME(schema_id) LIKE @sp_owner)
ORDER BY 1, 2, 3
"""
_SERVER_INFO = """
SELECT ATTRIBUTE_ID, CAST(ATTRIBUTE_NAME AS VARCHAR(60)) AS ATTRIBUTE_NAME,
    CAST(ATTRIBUTE_VALUE AS VARCHAR(255)) AS ATTRIBUTE_VALUE
FROM (VALUES
    (1, 'DBMS_NAME', 'Microsoft SQL Server'), (2, 'DBMS_VER', 'Microsoft SQL Server 2022 - 16.0.4000.1'),
    (10, 'OWNER_TERM', 'owner'), (11, 'TABLE_TERM', 'table'), (12, 'MAX_OWNER_NAME_LENGTH', '128'),
    (13, 'TABLE_LENGTH', '128'), (14, 'MAX_QUAL_LENGTH', '128'), (15, 'COLUMN_LENGTH', '128'),
    (16, 'IDENTIFIER_CASE', 'MIXED'), (17, 'TX_ISOLATION', '2'), (18, 'COLLATION_SEQ', 'charset=iso_1 collation='
    + CAST(SERVERPROPERTY('Collation') AS VARCHAR(128))), (19, 'SAVEPOINT_SUPPORT', 'Y'),
    (20, 'MULTI_RESULT_SETS', 'Y'), (22, 'ACCESSIBLE_TABLES', 'Y'), (100, 'USERID_LENGTH', '128'),
    (101, 'QUALIFIER_TERM', 'database'), (102, 'NAMED_TRANSACTIONS', 'Y'), (103, 'SPROC_AS_LANGUAGE', 'Y'),
    (104, 'ACCESSIBLE_SPROC', 'Y'), (105, 'MAX_INDEX_COLS', '16'), (106, 'RENAME_TABLE', 'Y'),
    (107, 'RENAME_COLUMN', 'Y'), (108, 'DROP_COLUMN', 'Y'), (109, 'INCREASE_COLUMN_LENGTH', 'Y'),
    (110, 'DDL_IN_TRANSACTION', 'Y'), (111, 'DESCENDING_INDEXES', 'Y'), (112, 'SP_RENAME', 'Y'),
    (113, 'REMOTE_SPROC', 'Y'), (500, 'SYS_SPROC_VERSION', '16.00.4000')
    ) AS a (ATTRIBUTE_ID, ATTRIBUTE_NAME, ATTRIBUTE_VALUE)
WHERE @attribute_id IS NULL OR ATTRIBUTE_ID = @attribute_id
ORDER BY 1
"""
_WHO = """
SELECT s.session_id AS spid, CAST(0 AS SMALLINT) AS ecid, CAST(s.status AS NCHAR(30)) AS status,
    CAST(s.login_name AS NCHAR(128)) AS loginame, CAST(s.host_name AS NCHAR(128)) AS hostname,
    CAST('0' AS CHAR(5)) AS blk, CAST(DB_NAME(s.database_id) AS NCHAR(128)) AS dbname,
    CAST(CASE s.status WHEN N'running' THEN N'SELECT' ELSE N'AWAITING COMMAND' END AS NCHAR(16)) AS cmd,
    0 AS request_id
FROM sys.dm_exec_sessions AS s
WHERE @loginame IS NULL OR s.login_name = @loginame OR CAST(s.session_id AS NVARCHAR(10)) = @loginame
    OR (@loginame = N'active' AND s.status = N'running')
ORDER BY 1
"""
_WHO2 = """
SELECT CAST(s.session_id AS CHAR(5)) AS SPID, CAST(s.status AS NVARCHAR(30)) AS Status, s.login_name AS Login,
    s.host_name AS HostName, CAST('  .' AS CHAR(5)) AS BlkBy, DB_NAME(s.database_id) AS DBName,
    CAST(CASE s.status WHEN N'running' THEN N'SELECT' ELSE N'AWAITING COMMAND' END AS NVARCHAR(16)) AS Command,
    CAST('0' AS VARCHAR(30)) AS CPUTime, CAST('0' AS VARCHAR(30)) AS DiskIO,
    FORMAT(s.login_time, 'MM/dd HH:mm:ss') AS LastBatch, s.program_name AS ProgramName,
    CAST(s.session_id AS CHAR(5)) AS SPID, CAST('0' AS CHAR(5)) AS REQUESTID
FROM sys.dm_exec_sessions AS s
WHERE @loginame IS NULL OR s.login_name = @loginame OR CAST(s.session_id AS NVARCHAR(10)) = @loginame
    OR (@loginame = N'active' AND s.status = N'running')
ORDER BY s.session_id
"""
_COLUMNS_MANAGED = """
SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE,
    CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, NUMERIC_PRECISION_RADIX, NUMERIC_SCALE,
    DATETIME_PRECISION, CHARACTER_SET_CATALOG, CHARACTER_SET_SCHEMA, CHARACTER_SET_NAME, COLLATION_CATALOG,
    CAST('NO' AS VARCHAR(3)) AS IS_FILESTREAM, CAST('NO' AS VARCHAR(3)) AS IS_SPARSE,
    CAST('NO' AS VARCHAR(3)) AS IS_COLUMN_SET
FROM INFORMATION_SCHEMA.COLUMNS
WHERE ISNULL(@SchemaType, 0) <> 2  -- the columns of column sets, of which there are none
    AND (@Catalog IS NULL OR TABLE_CATALOG = @Catalog) AND (@Owner IS NULL OR TABLE_SCHEMA = @Owner)
    AND (@Table IS NULL OR TABLE_NAME = @Table) AND (@Column IS NULL OR COLUMN_NAME = @Column)
ORDER BY TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME
"""
_MANAGED_INDEX = """
SELECT DISTINCT DB_NAME() AS constraint_catalog, s.name AS constraint_schema, i.name AS constraint_name,
    DB_NAME() AS table_catalog, s.name AS table_schema, t.name AS table_name, {columns}
FROM sys.tables AS t
INNER JOIN sys.schemas AS s ON s.schema_id = t.schema_id
INNER JOIN sys.indexes AS i ON i.object_id = t.object_id
INNER JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id AND x.key_ordinal > 0
INNER JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE (@Catalog IS NULL OR DB_NAME() = @Catalog) AND (@Owner IS NULL OR s.name = @Owner)
    AND (@Table IS NULL OR t.name = @Table) AND (@{name} IS NULL OR i.name = @{name}){more}
ORDER BY table_name, index_name{order}
"""
_INDEXES_MANAGED = _MANAGED_INDEX.format(columns="i.name AS index_name, i.type_desc", name="Name", more="", order="")
_INDEX_COLUMNS_MANAGED = _MANAGED_INDEX.format(
    columns="c.name AS column_name, CAST(x.key_ordinal AS INT) AS ordinal_position, c.system_type_id AS KeyType, "
    "i.name AS index_name",
    name="ConstraintName",
    more=" AND (@Column IS NULL OR c.name = @Column)",
    order=", ordinal_position",
)
_TABLE_COLLATIONS = """
SELECT c.column_id AS colid, c.name, CAST(CASE WHEN c.collation_name IS NOT NULL THEN 0x0904102000 END AS BINARY(5))
    AS tds_collation, c.collation_name AS collation
FROM sys.all_columns AS c WHERE c.object_id = OBJECT_ID(@object) ORDER BY c.column_id
"""


def _sp_configure(caller: Caller, frame: Frame, given: Given) -> Iterator[Event]:
    if given["configvalue"] is not None:
        raise unsupported("sp_configure with @configvalue")
    view = system_views.find("sys", "configurations")
    assert view is not None
    found = caller.transactions.connection.execute(
        "SELECT name, minimum, maximum, value, value_in_use "
        f"FROM {system_views.query(view, frame.database)} WHERE is_advanced = 0 ORDER BY lower(name)"
    ).fetchall()
    wanted = str(given["configname"] or "").lower()
    rows = [row for row in found if row[0].lower().startswith(wanted)]
    if not rows:
        raise sql_error(15123, given["configname"])
    shape = _shape("name nvarchar(35), minimum int, maximum int, config_value int, run_value int")
    yield from rowset(caller, shape, rows)


PROCEDURES: dict[str, Handler] = {
    **{
        name: _function(name, _TYPE_PARAMETERS, _sp_datatype_info)
        for name in ("sp_datatype_info", "sp_datatype_info_90", "sp_datatype_info_100")
    },
    "sp_tables": _function(
        "sp_tables",
        "@table_name NVARCHAR(384) = NULL, @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL, "
        "@table_type VARCHAR(100) = NULL, @fUsePattern BIT = 1",
        _sp_tables,
    ),
    "sp_columns": _function("sp_columns", _COLUMN_PARAMETERS, _sp_columns(extended=False)),
    "sp_columns_90": _function("sp_columns_90", _COLUMN_PARAMETERS, _sp_columns(extended=True)),
    "sp_columns_100": _function("sp_columns_100", _COLUMN_PARAMETERS, _sp_columns(extended=True)),
    "sp_special_columns": _function(
        "sp_special_columns",
        "@table_name NVARCHAR(384), @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL, "
        "@col_type CHAR(1) = 'R', @scope CHAR(1) = 'T', @nullable CHAR(1) = 'U', @ODBCVer INT = 2",
        _sp_special_columns,
    ),
    "sp_special_columns_90": _function(
        "sp_special_columns_90",
        "@table_name NVARCHAR(384), @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL, "
        "@col_type CHAR(1) = 'R', @scope CHAR(1) = 'T', @nullable CHAR(1) = 'U', @ODBCVer INT = 2",
        _sp_special_columns,
    ),
    "sp_special_columns_100": _function(
        "sp_special_columns_100",
        "@table_name NVARCHAR(384), @table_owner NVARCHAR(384) = NULL, @table_qualifier SYSNAME = NULL, "
        "@col_type CHAR(1) = 'R', @scope CHAR(1) = 'T', @nullable CHAR(1) = 'U', @ODBCVer INT = 2",
        _sp_special_columns,
    ),
    **{
        name: _function(name, _SPROC_PARAMETERS, _sp_sproc_columns)
        for name in ("sp_sproc_columns", "sp_sproc_columns_90", "sp_sproc_columns_100")
    },
    "sp_pkeys": _query("sp_pkeys", _OBJECT_NAME, _PKEYS),
    "sp_fkeys": _query(
        "sp_fkeys",
        "@pktable_name SYSNAME = NULL, @pktable_owner SYSNAME = NULL, @pktable_qualifier SYSNAME = NULL, "
        "@fktable_name SYSNAME = NULL, @fktable_owner SYSNAME = NULL, @fktable_qualifier SYSNAME = NULL",
        _FKEYS,
    ),
    **{
        name: _query(
            name,
            _OBJECT_NAME + ", @index_name SYSNAME = '%', @is_unique CHAR(1) = 'N', @accuracy CHAR(1) = 'Q'",
            _STATISTICS,
        )
        for name in ("sp_statistics", "sp_statistics_100")
    },
    "sp_stored_procedures": _query(
        "sp_stored_procedures",
        "@sp_name NVARCHAR(390) = NULL, @sp_owner NVARCHAR(384) = NULL, @sp_qualifier SYSNAME = NULL, "
        "@fUsePattern BIT = 1",
        _STORED_PROCEDURES,
    ),
    "sp_server_info": _query("sp_server_info", "@attribute_id INT = NULL", _SERVER_INFO),
    "sp_databases": _function("sp_databases", "@unused INT = NULL", _sp_databases),
    "sp_helptext": _function("sp_helptext", "@objname NVARCHAR(776), @columnname SYSNAME = NULL", _sp_helptext),
    "sp_help": _function("sp_help", "@objname NVARCHAR(776) = NULL", _sp_help),
    "sp_helpindex": _function("sp_helpindex", "@objname NVARCHAR(776)", _sp_helpindex),
    "sp_helpdb": _function("sp_helpdb", "@dbname SYSNAME = NULL", _sp_helpdb),
    "sp_spaceused": _function(
        "sp_spaceused", "@objname NVARCHAR(776) = NULL, @updateusage VARCHAR(5) = 'false'", _sp_spaceused
    ),
    "sp_who": _query("sp_who", "@loginame SYSNAME = NULL", _WHO),
    "sp_who2": _query("sp_who2", "@loginame SYSNAME = NULL", _WHO2),
    "sp_configure": _function("sp_configure", "@configname VARCHAR(35) = NULL, @configvalue INT = NULL", _sp_configure),
    "sp_msforeachtable": _for_each(_tables),
    "sp_msforeachdb": _for_each(lambda caller, frame: _database_names(caller)),
    "sp_tablecollations_100": _query("sp_tablecollations_100", "@object NVARCHAR(4000)", _TABLE_COLLATIONS),
    "sp_columns_managed": _query(
        "sp_columns_managed",
        "@Catalog SYSNAME = NULL, @Owner SYSNAME = NULL, @Table SYSNAME = NULL, @Column SYSNAME = NULL, "
        "@SchemaType INT = 0",
        _COLUMNS_MANAGED,
    ),
    "sp_indexes_managed": _query(
        "sp_indexes_managed",
        "@Catalog SYSNAME = NULL, @Owner SYSNAME = NULL, @Table SYSNAME = NULL, @Name SYSNAME = NULL",
        _INDEXES_MANAGED,
    ),
    "sp_indexcolumns_managed": _query(
        "sp_indexcolumns_managed",
        "@Catalog SYSNAME = NULL, @Owner SYSNAME = NULL, @Table SYSNAME = NULL, @ConstraintName SYSNAME = NULL, "
        "@Column SYSNAME = NULL",
        _INDEX_COLUMNS_MANAGED,
    ),
    "sp_tablecollations_90": _query("sp_tablecollations_90", "@object NVARCHAR(4000)", _TABLE_COLLATIONS),
}
"""The procedures by their names in lower case."""
