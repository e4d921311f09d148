"""Catalog functions with arguments: OBJECT_ID('x', 'U'), DB_ID('x'), SCHEMA_NAME(1) and others.

DuckDB calls them through one scalar function, ``tsql_metadata(spid, name, arguments)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from local_sqlserver.catalog import system_views
from local_sqlserver.catalog.databases import TEMPDB
from local_sqlserver.catalog.objects import FIXED_ROLES, CatalogObject
from local_sqlserver.catalog.view_declaration import SystemView
from local_sqlserver.collation import DATABASE
from local_sqlserver.collation import find as find_collation
from local_sqlserver.compiler import METADATA_FUNCTIONS
from local_sqlserver.compiler.functions.metadata import PROPERTIES_OF_OPTIONS, PROPERTIES_OFF
from local_sqlserver.compiler.functions.registry import implemented
from local_sqlserver.engine import object_properties
from local_sqlserver.engine.properties import REFUSED_PROPERTIES
from local_sqlserver.engine.session_values import VERSION, SessionValues
from local_sqlserver.engine.temporary_objects import temporary_object
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language.parser import parse_name
from local_sqlserver.types import SYSNAME, TYPES, storage_bytes

Arguments = Sequence[str | None]
Function = Callable[[SessionValues, Arguments], object]


def call(values: SessionValues, name: str, arguments: Arguments) -> str | None:
    """Return the value of a catalog function as text; None is NULL. Raises SqlError 40510 for a refused one."""
    value = _FUNCTIONS[name](values, arguments)
    if value is None:
        return None
    return str(int(value)) if isinstance(value, bool) else str(value)


def _argument(arguments: Arguments, position: int) -> str | None:
    return arguments[position] if position < len(arguments) else None


def _number(arguments: Arguments, position: int) -> int | None:
    value = _argument(arguments, position)
    return int(value) if value is not None and value.strip().lstrip("-").isdigit() else None


def _database(values: SessionValues, arguments: Arguments, position: int) -> str | None:
    number = _number(arguments, position)
    if number is None:
        return values.state.frame.database
    found = values.shared.databases.by_id(number)
    return found.name if found else None


def _find(values: SessionValues, text: str | None) -> tuple[CatalogObject, str] | None:
    """Return the object with the name in a string, and its database."""
    if not text:
        return None
    try:
        parts = parse_name(text)
    except SqlError:
        return None
    database = values.state.frame.database
    if len(parts) == 3:
        known = values.shared.databases.find(parts[0])
        if known is None:
            return None
        database = known.name
    if parts[-1].startswith("#"):
        relation = values.state.temporary(parts[-1])
        return (temporary_object(values.state, relation), TEMPDB) if relation and database == TEMPDB else None
    item = values.view.catalog(database).find_named(parts)
    return (item, database) if item else None


def _last_parts(text: str) -> tuple[str, str]:
    """Return the schema and the name in a string."""
    parts = text.replace("[", "").replace("]", "").split(".")
    return parts[-2] if len(parts) > 1 else "dbo", parts[-1]


def _system_view(text: str) -> SystemView | None:
    schema, name = _last_parts(text)
    return system_views.find(schema, name) or system_views.find_compatible(name)


def _system_view_by_id(number: int | None) -> SystemView | None:
    known = system_views.names().get(number or 0)
    return system_views.find(*known) if known is not None else None


def _object_id(values: SessionValues, arguments: Arguments) -> object:
    text, kind = _argument(arguments, 0), _argument(arguments, 1)
    if text is None:
        return None
    found = _find(values, text)
    if found is not None:
        item = found[0]
        return item.id if kind is None or kind.strip().upper() == item.type else None
    view = _system_view(text)
    if view is not None:
        return system_views.object_id(view.schema, view.name) if kind is None or kind.strip().upper() == "V" else None
    schema, name = _last_parts(text)
    owner = values.view.catalog(values.state.frame.database).constraint_owner(schema, name)
    if owner is None or (kind is not None and kind.strip().upper() != owner[1]):
        return None
    return _constraint_id(owner[0], name)


def _constraint_id(item: CatalogObject, name: str) -> int | None:
    for position, constraint in enumerate(item.constraints, 1):
        if constraint.name.lower() == name.lower():
            return item.id * 1000 + position
    for position, column in enumerate(item.columns, 1):
        if column.default_name is not None and column.default_name.lower() == name.lower():
            return item.id * 1000 + 500 + position
    return None


def _by_id(values: SessionValues, arguments: Arguments) -> CatalogObject | None:
    number = _number(arguments, 0)
    database = _database(values, arguments, 1)
    if number is None or database is None:
        return None
    return values.view.catalog(database).by_id(number)


def _qualified_name(values: SessionValues, arguments: Arguments) -> tuple[str, str] | None:
    """Return the schema and name of the object, constraint, temporary table or system view with an id."""
    number, database = _number(arguments, 0), _database(values, arguments, 1)
    if number is None or database is None:
        return None
    if database == TEMPDB and number < 0:
        made = [item for frame in values.state.frames for item in frame.temporary.values()]
        items = [temporary_object(values.state, relation) for relation in made]
        return next(((item.schema, item.name) for item in items if item.id == number), None)
    catalog = values.view.catalog(database)
    item = catalog.by_id(number)
    if item is not None:
        return item.schema, item.name
    owner = catalog.by_id(number // 1000)
    if owner is not None:
        names = [known.name for known in owner.constraints] + [known.default_name or "" for known in owner.columns]
        return next(((owner.schema, name) for name in names if name and _constraint_id(owner, name) == number), None)
    return system_views.names().get(number)


def _object_name(values: SessionValues, arguments: Arguments) -> object:
    found = _qualified_name(values, arguments)
    return found[1] if found else None


def _object_schema_name(values: SessionValues, arguments: Arguments) -> object:
    found = _qualified_name(values, arguments)
    return found[0] if found else None


def _object_definition(values: SessionValues, arguments: Arguments) -> object:
    item = _by_id(values, arguments[:1])
    if item is not None:
        return item.definition if item.type in object_properties.MODULES else None
    return _constraint_definition(values, _number(arguments, 0))


def _constraint_definition(values: SessionValues, number: int | None) -> str | None:
    """Return the condition of a CHECK or the expression of a DEFAULT; ``_constraint_id`` is its number."""
    if number is None:
        return None
    owner, position = divmod(number, 1000)
    item = values.view.catalog(values.state.frame.database).by_id(owner)
    if item is None or not position:
        return None
    if position > 500:
        return next((column.default for at, column in enumerate(item.columns, 501) if at == position), None)
    return next((known.definition for at, known in enumerate(item.constraints, 1) if at == position), None) or None


def _property_value(function: str, name: str, answers: Mapping[str, object]) -> object:
    """Return the value of a property by its name in lower case: NULL if SQL Server has no such property.

    Raises SqlError 40510 for a property that SQL Server has and the stand-in does not support.
    """
    if name in REFUSED_PROPERTIES[function] and name not in answers:
        raise unsupported(f"{function}(…, '{name}')")
    return answers.get(name)


def _object_property(values: SessionValues, arguments: Arguments) -> object:
    catalog, number = values.view.catalog(values.state.frame.database), _number(arguments, 0)
    name = (_argument(arguments, 1) or "").lower()
    if number is None:
        return None
    item = catalog.by_id(number)
    owner, position = divmod(number, 1000)
    item_of_constraint = None if item else catalog.by_id(owner)
    if item is not None:
        answers = object_properties.of_object(item, catalog.schemas[item.schema.lower()][0])
        answers["tablehasforeignref"] = any(
            known.foreign is not None and (known.foreign.schema.lower(), known.foreign.table.lower()) == item.key
            for other in catalog.objects.values()
            for known in other.constraints
        )
    elif item_of_constraint is not None:
        schema_id = catalog.schemas[item_of_constraint.schema.lower()][0]
        constraint = item_of_constraint.constraints[position - 1] if position <= 500 else None
        answers = object_properties.of_constraint(constraint, schema_id)
    elif number in system_views.names():
        answers = object_properties.of_system_view(system_views.names()[number][0])
    else:
        return None
    return _property_value("OBJECTPROPERTY", name, answers)


def _object_property_ex(values: SessionValues, arguments: Arguments) -> object:
    """Return a property; BaseType is the type of the object, or of the object behind a synonym."""
    if (_argument(arguments, 1) or "").lower() != "basetype":
        return _object_property(values, arguments)
    if _number(arguments, 0) in system_views.names():
        return "V "
    item = _by_id(values, arguments[:1])
    if item is not None and item.type == "SN":
        found = _find(values, item.definition)
        item = found[0] if found else None
    return item.type.ljust(2) if item else None


def _index_property(values: SessionValues, arguments: Arguments) -> object:
    item = _by_id(values, arguments[:1])
    answers = object_properties.of_index(item, _argument(arguments, 1) or "") if item else None
    if answers is None:
        return None
    return _property_value("INDEXPROPERTY", (_argument(arguments, 2) or "").lower(), answers)


def _schema_id(values: SessionValues, arguments: Arguments) -> object:
    found = values.view.catalog(values.state.frame.database).schemas.get((_argument(arguments, 0) or "").lower())
    return found[0] if found else None


def _schema_name(values: SessionValues, arguments: Arguments) -> object:
    number = _number(arguments, 0)
    schemas = values.view.catalog(values.state.frame.database).schemas.values()
    return next((name for schema_id, name in schemas if schema_id == number), None)


def _db_id(values: SessionValues, arguments: Arguments) -> object:
    found = values.shared.databases.find(_argument(arguments, 0) or "")
    return found.id if found else None


def _db_name(values: SessionValues, arguments: Arguments) -> object:
    number = _number(arguments, 0)
    found = values.shared.databases.by_id(number) if number is not None else None
    return found.name if found else None


def _database_property(values: SessionValues, arguments: Arguments) -> object:
    database = values.shared.databases.find(_argument(arguments, 0) or "")
    name = (_argument(arguments, 1) or "").lower()
    if database is None:
        return None
    answers: dict[str, object] = {
        "collation": DATABASE.name,
        "status": "ONLINE",
        "lastgoodcheckdbtime": "1900-01-01 00:00:00.000",
        "version": 957,
        "updateability": "READ_WRITE",
        "useraccess": database.user_access,
        "recovery": database.recovery_model,
        "lcid": 1033,
        "sqlsortorder": 0,
        **dict.fromkeys(PROPERTIES_OFF, 0),
        **{name: int(database.options.get(option) == "ON") for name, option in PROPERTIES_OF_OPTIONS.items()},
    }
    return _property_value("DATABASEPROPERTYEX", name, answers)


_NOT_INSTALLED = (
    *("filestreamconfiguredlevel", "filestreameffectivelevel", "isadvancedanalyticsinstalled", "isbigdatacluster"),
    *("islocaldb", "ispolybaseinstalled", "istempdbmetadatamemoryoptimized"),
)
"""The properties of SERVERPROPERTY about features that the stand-in lacks."""


def _server_property(values: SessionValues, arguments: Arguments) -> object:
    name = (_argument(arguments, 0) or "").lower()
    answers: dict[str, object] = {
        "productversion": "16.0.4000.1",
        "productmajorversion": "16",
        "productminorversion": "0",
        "productlevel": "RTM",
        "edition": VERSION.split(" - ")[0][:128],
        "engineedition": 4,
        "pathseparator": "/",
        "resourceversion": "16.00.4000",
        "sqlcharset": 1,
        "sqlcharsetname": "iso_1",
        "servername": values.shared.server_name,
        "machinename": values.shared.server_name,
        "collation": DATABASE.name,
        "isclustered": 0,
        "ishadrenabled": 0,
        "isfulltextinstalled": 0,
        "isintegratedsecurityonly": 0,
        "issingleuser": 0,
        "lcid": 1033,
        "sqlsortorder": 0,
        "licensetype": "DISABLED",
        "productbuild": "4000",
        **dict.fromkeys(_NOT_INSTALLED, 0),
    }
    return answers.get(name)


def _collation_property(values: SessionValues, arguments: Arguments) -> object:
    """COLLATIONPROPERTY, also with sqlcharsetname, which System.Data.SqlClient asks for."""
    name = (_argument(arguments, 1) or "").lower()
    try:
        collation = find_collation(_argument(arguments, 0) or "")
    except SqlError as error:
        if error.number != 448:
            raise
        return None
    ignored = {
        1: not collation.case,
        2: not collation.accents,
        0x10000: not collation.kana,
        0x20000: not collation.width,
    }
    answers: dict[str, object] = {
        "codepage": 1252,
        "lcid": 1033,
        "comparisonstyle": 0 if collation.binary else sum(bit for bit, is_set in ignored.items() if is_set),
        "version": 2 if collation.version == 100 else 0,
        "sqlcharsetname": "iso_1",
    }
    return _property_value("COLLATIONPROPERTY", name, answers)


def _type_id(values: SessionValues, arguments: Arguments) -> object:
    name = _argument(arguments, 0) or ""
    row = TYPES.get(name.lower())
    if row is not None or name.lower() in ("", "sysname"):
        return row.id if row else SYSNAME if name else None
    *schema, last = parse_name(name)
    catalog = values.view.catalog(values.state.frame.database)
    found = catalog.types.get(((schema[-1] if schema else "dbo").lower(), last.lower()))
    return found.id if found else None


def _type_property(values: SessionValues, arguments: Arguments) -> object:
    number = _type_id(values, arguments[:1])
    name = (_argument(arguments, 1) or "").lower()
    if not isinstance(number, int):
        return None
    user = values.view.catalog(values.state.frame.database).type_by_id(number)
    return _property_value("TYPEPROPERTY", name, {"ownerid": 4 if user is None else 1})


def _type_name(values: SessionValues, arguments: Arguments) -> object:
    number = _number(arguments, 0)
    user = values.view.catalog(values.state.frame.database).type_by_id(number or 0)
    names = {row.id: row.name for row in TYPES.values()} | {SYSNAME: "sysname"}
    return names.get(number or 0, user.name if user else None)


def _col_length(values: SessionValues, arguments: Arguments) -> object:
    text, column = _argument(arguments, 0), (_argument(arguments, 1) or "").lower()
    found = _find(values, text)
    owner = found[0] if found is not None else _system_view(text or "")
    if owner is None:
        return None
    return next((storage_bytes(known.type) for known in owner.columns if known.name.lower() == column), None)


def _col_name(values: SessionValues, arguments: Arguments) -> object:
    item = _by_id(values, arguments[:1]) or _system_view_by_id(_number(arguments, 0))
    position = _number(arguments, 1)
    if item is None or position is None or not 1 <= position <= len(item.columns):
        return None
    return item.columns[position - 1].name


def _column_property(values: SessionValues, arguments: Arguments) -> object:
    item = _by_id(values, arguments[:1]) or _system_view_by_id(_number(arguments, 0))
    column, name = ((_argument(arguments, position) or "").lower() for position in (1, 2))
    if item is None:
        return None
    found = next((entry for entry in item.columns if entry.name.lower() == column), None)
    if found is not None:
        return _property_value("COLUMNPROPERTY", name, object_properties.of_column(item.columns, found))
    if isinstance(item, SystemView):
        return None
    parameter = next((entry for entry in item.parameters if entry.name.lower() == column), None)
    if parameter is not None:
        return _property_value("COLUMNPROPERTY", name, object_properties.of_parameter(item, parameter))
    return None


_PUBLIC_KEY = (
    "0024000004800000940000000602000000240000525341310004000001000100272736ad6e5f9586bac2d531eabc3acc666c2f8ec879fa94"
    "f8f7b0327d2ff2ed523448f83c3d5c5dd2dfc7bc99c5286b2c125117bf5cbe242b9d41750732b2bdffe649c6efb8e5526d526fdd130095"
    "ecdb7bf210809c6cdad8824faa9ac0310ac3cba2aa0523567b2dfa7fe250b30facbd62d4ec99b94ac47c7d3b28f1f6e4c8"
)
"""The public key of Microsoft.SqlServer.Types; the token in its name is the end of its SHA1 hash, reversed."""


def _assembly_property(values: SessionValues, arguments: Arguments) -> object:
    """ASSEMBLYPROPERTY of Microsoft.SqlServer.Types, the only assembly of each database."""
    name, wanted = ((_argument(arguments, position) or "").lower() for position in (0, 1))
    if name != "microsoft.sqlserver.types":
        return None
    answers: dict[str, object] = {
        **{"versionmajor": 16, "versionminor": 0, "versionbuild": 0, "versionrevision": 0, "cultureinfo": "neutral"},
        "simplename": "Microsoft.SqlServer.Types",
        "publickey": "".join(f"\\x{_PUBLIC_KEY[at : at + 2]}" for at in range(0, len(_PUBLIC_KEY), 2)),
    }
    return _property_value("ASSEMBLYPROPERTY", wanted, answers)


def _identity(values: SessionValues, arguments: Arguments, part: int) -> object:
    found = _find(values, _argument(arguments, 0))
    if found is None:
        return None
    return next((column.identity[part] for column in found[0].columns if column.identity), None)


def _login_by_sid(values: SessionValues, arguments: Arguments) -> object:
    sid = _argument(arguments, 0)
    return values.shared.accounts.by_sid(bytes.fromhex(sid)) if sid is not None else None


def _login_by_id(values: SessionValues, arguments: Arguments) -> object:
    number = _number(arguments, 0)
    return values.shared.accounts.by_id(number) if number is not None else None


_FIXED_PRINCIPALS = {"dbo": 1} | FIXED_ROLES
"""The ids of the principals that every database has, as in sys.database_principals; the others count from 5."""


def _principal_ids(values: SessionValues) -> dict[str, int]:
    """Return the ids of the database's principals by name in lower case, as sys.database_principals gives them."""
    names = sorted(values.view.catalog(values.state.frame.database).principals)
    return _FIXED_PRINCIPALS | {
        name: number for number, name in enumerate((name for name in names if name not in _FIXED_PRINCIPALS), 5)
    }


def _principal_id(values: SessionValues, arguments: Arguments) -> object:
    return _principal_ids(values).get((_argument(arguments, 0) or "").lower())


def _certificate_id(values: SessionValues, arguments: Arguments) -> object:
    found = values.view.catalog(values.state.frame.database).certificates.get(
        (_argument(arguments, 0) or "").strip("[]").lower()
    )
    return found.id if found else None


def _user_name(values: SessionValues, arguments: Arguments) -> object:
    number = _number(arguments, 0)
    name = next((name for name, known in _principal_ids(values).items() if known == number), None)
    principal = values.view.catalog(values.state.frame.database).principals.get(name or "")
    return principal.name if principal else name


def _is_member(values: SessionValues, arguments: Arguments) -> object:
    role = (_argument(arguments, 0) or "").lower()
    if role not in values.view.catalog(values.state.frame.database).principals:
        return None
    if values.shared.accounts.is_administrator(values.state.login):
        return role in ("public", "db_owner")
    return role in values.permissions.roles(values.state.frame.database)


_SERVER_ROLES = (
    *("bulkadmin", "dbcreator", "diskadmin", "processadmin", "public", "securityadmin", "serveradmin", "setupadmin"),
    "sysadmin",
)


def _is_server_member(values: SessionValues, arguments: Arguments) -> object:
    role = (_argument(arguments, 0) or "").lower()
    if role not in _SERVER_ROLES:
        return None
    return role == "public" or values.shared.accounts.is_administrator(values.state.login)


def _has_permission(values: SessionValues, arguments: Arguments) -> object:
    text, kind, permission = (_argument(arguments, position) for position in range(3))
    permissions = values.permissions
    if permission is None:
        return None
    database = values.state.frame.database
    if (kind or "").upper() == "SCHEMA" and text is not None:
        return permissions.allowed(database, permission.upper(), text.strip("[]"), "")
    if (kind or "").upper() == "DATABASE":
        return permissions.allowed(database, permission.upper(), "", "")
    if (kind or "").upper() == "TYPE":
        number = _type_id(values, [text])
        found_type = values.view.catalog(database).type_by_id(number) if isinstance(number, int) else None
        if found_type is None:
            return None
        return permissions.allowed(database, permission.upper(), found_type.schema, found_type.name, kind="type")
    if (kind or "").upper() != "OBJECT":
        raise unsupported(f"HAS_PERMS_BY_NAME of {kind}")
    found = _find(values, text)
    if found is None:
        return None
    return permissions.allowed(found[1], permission.upper(), found[0].schema, found[0].name)


def _has_access(values: SessionValues, arguments: Arguments) -> object:
    database = values.shared.databases.find(_argument(arguments, 0) or "")
    return values.shared.accounts.may_enter(values.state.login, database) if database else None


def _lock_mode(values: SessionValues, arguments: Arguments) -> object:
    resource, owner = _argument(arguments, 1) or "", (_argument(arguments, 2) or "").capitalize()
    return values.shared.locks.mode(values.state.spid, f"{values.state.frame.database.lower()}|{resource}", owner)


def _connection_property(values: SessionValues, arguments: Arguments) -> object:
    name = (_argument(arguments, 0) or "").lower()
    return {"net_transport": "TCP", "protocol_type": "TSQL", "auth_scheme": "SQL"}.get(name)


def _fulltext_property(values: SessionValues, arguments: Arguments) -> object:
    name = (_argument(arguments, 0) or "").lower()
    return _property_value("FULLTEXTSERVICEPROPERTY", name, {"isfulltextinstalled": 0})


def _session_property(values: SessionValues, arguments: Arguments) -> object:
    always = {
        "ansi_nulls",
        "ansi_padding",
        "ansi_warnings",
        "arithabort",
        "concat_null_yields_null",
        "quoted_identifier",
    }
    return {"numeric_roundabort": 0, **dict.fromkeys(always, 1)}.get((_argument(arguments, 0) or "").lower())


def _session_context(values: SessionValues, arguments: Arguments) -> object:
    found = values.state.context.get((_argument(arguments, 0) or "").lower())
    return found.value if found is not None else None


def _cursor_status(values: SessionValues, arguments: Arguments) -> object:
    """Return the state of a cursor, which is -3 for none. Source: the T-SQL reference, CURSOR_STATUS."""
    kind, name = ((_argument(arguments, position) or "").lower() for position in range(2))
    if kind not in ("local", "global", "variable") or name.startswith("@") != (kind == "variable"):
        return -3
    known = values.state.cursors if kind == "global" else values.state.frames[-1].cursors
    cursor = known.get(name)
    if cursor is None:
        return -3
    if cursor.rows is None:
        return -1
    if not cursor.rows and not cursor.static:
        raise unsupported("CURSOR_STATUS of a cursor that is not STATIC and has no rows")
    return 1 if cursor.rows else 0


_FUNCTIONS: dict[str, Function] = {
    "object_id": _object_id,
    "object_name": _object_name,
    "object_schema_name": _object_schema_name,
    "object_definition": _object_definition,
    "objectproperty": _object_property,
    "objectpropertyex": _object_property_ex,
    "indexproperty": _index_property,
    "schema_id": _schema_id,
    "schema_name": _schema_name,
    "db_id": _db_id,
    "db_name": _db_name,
    "databasepropertyex": _database_property,
    "serverproperty": _server_property,
    "type_id": _type_id,
    "collationproperty": _collation_property,
    "typeproperty": _type_property,
    "type_name": _type_name,
    "col_length": _col_length,
    "col_name": _col_name,
    "columnproperty": _column_property,
    "ident_seed": lambda values, arguments: _identity(values, arguments, 0),
    "ident_incr": lambda values, arguments: _identity(values, arguments, 1),
    "suser_sname": _login_by_sid,
    "suser_name": _login_by_id,
    "user_id": _principal_id,
    "user_name": _user_name,
    "database_principal_id": _principal_id,
    "cert_id": _certificate_id,
    "is_member": _is_member,
    "is_rolemember": _is_member,
    "is_srvrolemember": _is_server_member,
    "has_perms_by_name": _has_permission,
    "has_dbaccess": _has_access,
    "applock_mode": _lock_mode,
    "assemblyproperty": _assembly_property,
    "connectionproperty": _connection_property,
    "fulltextserviceproperty": _fulltext_property,
    "sessionproperty": _session_property,
    "session_context": _session_context,
    "cursor_status": _cursor_status,
}

implemented((name.lower() for name in METADATA_FUNCTIONS), _FUNCTIONS)
