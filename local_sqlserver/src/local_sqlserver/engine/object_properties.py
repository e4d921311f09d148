"""The properties of OBJECTPROPERTY, COLUMNPROPERTY and INDEXPROPERTY by their names in lower case.

A property that does not apply to a kind of object is absent, because SQL Server returns NULL for it.
Source: the T-SQL reference, OBJECTPROPERTY, COLUMNPROPERTY and INDEXPROPERTY.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_sqlserver.catalog.objects import INDEX_KINDS, CatalogObject, ParameterInfo
from local_sqlserver.compiler import ColumnInfo, ConstraintInfo, determinism
from local_sqlserver.compiler.schema_binding import is_schema_bound
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import BINARY, INTEGERS, MAX, TEXT, SqlType, digits, storage_bytes

MODULES = ("P", "V", "FN", "IF", "TF")

_NEVER = (
    *("isdefault", "isextendedproc", "ismsshipped", "isqueue", "isreplproc", "isrule", "issystemtable", "istrigger"),
)
_NEVER_OF_RELATIONS = (
    *("hasaftertrigger", "hasdeletetrigger", "hasinserttrigger", "hasinsteadoftrigger", "hasupdatetrigger"),
    *("tablefulltextcatalogid", "tablehasactivefulltextindex"),
)
_NEVER_OF_TABLES = (
    *("tablehascolumnset", "tablehasdeletetrigger", "tablehasinserttrigger"),
    *("tablehastimestamp", "tablehasupdatetrigger", "tablehasvardecimalstorageformat", "tableisfake"),
    *("tableislockedonbulkload", "tableismemoryoptimized", "tableispinned", "tabletemporaltype", "tabletextinrowlimit"),
)
_KIND_PROPERTIES = {"PK": "isprimarykey", "UQ": "isuniquecnst", "C": "ischeckcnst", "F": "isforeignkey"}
_TYPE_PROPERTIES = {
    "istable": ("U",),
    "isusertable": ("U",),
    "isview": ("V",),
    "isprocedure": ("P",),
    "isscalarfunction": ("FN",),
    "isinlinefunction": ("IF",),
    "istablefunction": ("IF", "TF"),
    "isexecuted": MODULES,
}


def _common(kind: str, schema_id: int) -> dict[str, object]:
    return {
        **dict.fromkeys(_NEVER, False),
        **{name: kind in kinds for name, kinds in _TYPE_PROPERTIES.items()},
        **{name: kind == known for known, name in _KIND_PROPERTIES.items()},
        "isdefaultcnst": kind == "D",
        "isconstraint": kind in (*_KIND_PROPERTIES, "D"),
        "ownerid": 1,
        "schemaid": schema_id,
    }


def _of_type(declared: SqlType) -> dict[str, object]:
    """Return the properties that a column or parameter has from its type; absent where the reference is silent."""
    found: dict[str, object] = {"usesansitrim": None, "charmaxlen": None, "octetmaxlen": None}
    if declared.name in TEXT | BINARY:
        ansi = declared.name in ("char", "varchar", "binary", "varbinary")
        found |= {"charmaxlen": declared.length, "octetmaxlen": storage_bytes(declared)}
        found |= {"precision": declared.length, "scale": None, "usesansitrim": 1 if ansi else None}
    elif declared.name in (*INTEGERS, "decimal", "numeric", "money", "smallmoney"):
        found |= dict(zip(("precision", "scale"), digits(declared), strict=True))
    return found


def of_parameter(item: CatalogObject, parameter: ParameterInfo) -> dict[str, object]:
    """Return the properties of a parameter of a procedure or function."""
    position = item.parameters.index(parameter) + 1
    return {
        **_of_type(parameter.type),
        **{"isoutparam": parameter.output, "allowsnull": True, "columnid": position, "ordinal": position},
    }


def of_column(columns: Sequence[ColumnInfo], column: ColumnInfo) -> dict[str, object]:
    """Return the properties of one of an object's columns; whether it is deterministic may be unknown, and absent."""
    found: dict[str, object] = {
        "isidentity": column.identity is not None,
        "isrowguidcol": column.rowguid,
        "iscomputed": column.computed is not None,
        "allowsnull": column.nullable,
        "isfulltextindexed": False,
        "statisticalsemantics": False,
        **dict.fromkeys(("columnid", "ordinal"), columns.index(column) + 1),
        **dict.fromkeys(("generatedalwaystype", "iscolumnset", "ishidden", "isidnotforrepl"), False),
        **_of_type(column.type),
    }
    if column.computed is None:
        return found | {"isdeterministic": None, "isprecise": None}
    expression = parse_expression(column.computed)
    types = {known.name.lower(): known.type for known in columns}
    deterministic = determinism.is_deterministic(expression, types)
    if deterministic is not None:
        found["isdeterministic"] = deterministic
    if not any(isinstance(node, syntax.FunctionCall) for node in expression.walk()):
        found["isprecise"] = determinism.is_precise(expression, types, column.type)
    return found


def of_object(item: CatalogObject, schema_id: int) -> dict[str, object]:
    """Return the properties of a table, view, procedure, function or sequence."""
    found = _common(item.type, schema_id)
    if item.type in MODULES:
        found |= dict.fromkeys(("execisansinullson", "execisquotedidenton"), True)
        bound = is_schema_bound(item.definition)
        found |= {"isencrypted": False, "isschemabound": bound}
        if not bound:
            found |= {"isdeterministic": False, "isprecise": False, "isindexable": False}
        elif item.type in ("FN", "IF", "TF"):
            deterministic = determinism.is_deterministic_function(item.definition)
            if deterministic is not None:
                found["isdeterministic"] = deterministic
    if item.type == "P":
        found["execisstartup"] = False
    if item.type in (*MODULES, "U"):
        found |= dict.fromkeys(("isansinullson", "isquotedidenton"), True)
    if item.type == "U":
        found["isindexable"] = True
    if item.type in ("U", "V"):
        found |= dict.fromkeys(_NEVER_OF_RELATIONS, False)
    kinds = {known.kind for known in item.constraints}
    indexes = [known for known in item.constraints if known.kind in ("PK", "UQ", *INDEX_KINDS)]
    found |= {
        **dict.fromkeys(_NEVER_OF_TABLES, False),
        "tablehastextimage": any(column.type.length == MAX for column in item.columns),
        "tablehasrowguidcol": any(column.rowguid for column in item.columns),
        "tablehasidentity": any(column.identity for column in item.columns),
        "tablehasprimarykey": "PK" in kinds,
        "tablehasuniquecnst": "UQ" in kinds,
        "tablehascheckcnst": "C" in kinds,
        "tablehasforeignkey": "F" in kinds,
        "tablehasdefaultcnst": any(column.default_name for column in item.columns),
        "isindexed": bool(indexes),
        "tablehasindex": bool(indexes),
        "tablehasclustindex": any(known.clustered for known in indexes),
        "tablehasnonclustindex": any(not known.clustered for known in indexes),
    }
    return found


def of_system_view(schema: str) -> dict[str, object]:
    """Return the properties of a system view of sys or INFORMATION_SCHEMA."""
    found = _common("V", 4 if schema == "sys" else 3)
    return found | dict.fromkeys((*_NEVER_OF_RELATIONS, *_NEVER_OF_TABLES, "isindexed"), False) | {"ismsshipped": True}


def of_constraint(constraint: ConstraintInfo | None, schema_id: int) -> dict[str, object]:
    """Return the properties of a key or check; ``None`` is a DEFAULT."""
    found = _common("D" if constraint is None else constraint.kind, schema_id)
    if constraint is None:
        return found
    foreign = constraint.foreign
    return found | {
        "cnstisclustkey": constraint.kind in ("PK", "UQ") and constraint.clustered,
        "cnstisnonclustkey": constraint.kind in ("PK", "UQ") and not constraint.clustered,
        "cnstisdisabled": constraint.disabled,
        "cnstisnottrusted": not constraint.trusted,
        "cnstisnotrepl": False,
        "cnstisdeletecascade": foreign is not None and foreign.on_delete == "CASCADE",
        "cnstisupdatecascade": foreign is not None and foreign.on_update == "CASCADE",
    }


def of_index(item: CatalogObject, name: str) -> dict[str, object] | None:
    """Return the properties of an index; None if the table has no index of that name."""
    indexes = [known for known in item.constraints if known.kind in ("PK", "UQ", *INDEX_KINDS)]
    found = next((known for known in indexes if known.name.lower() == name.lower()), None)
    if found is None:
        return None
    others = [known for known in indexes if not known.clustered]
    return {
        **dict.fromkeys(("isautostatistics", "isdisabled", "isfulltextkey", "ishypothetical", "isstatistics"), False),
        **dict.fromkeys(("isoptimizedforsequentialkey", "ispadindex"), False),
        **dict.fromkeys(("ispagelockdisallowed", "isrowlockdisallowed"), False),
        "indexfillfactor": 0,
        "indexid": 1 if found.clustered else 2 + others.index(found),
        "isclustered": found.clustered,
        "iscolumnstore": found.columnstore,
        "isunique": found.kind in ("PK", "UQ", "UX"),
    }
