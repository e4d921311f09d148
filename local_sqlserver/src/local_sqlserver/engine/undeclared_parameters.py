"""The result set of sp_describe_undeclared_parameters, from which Microsoft's driver takes parameter types."""

from __future__ import annotations

from typing import Any

from local_sqlserver.compiler.undeclared import parameter_types
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_parameters
from local_sqlserver.types import MAX, TYPES, SqlType, UserType, digits, storage_bytes

_INT = SqlType("int")
_SYSNAME = SqlType("nvarchar", length=128)
_BIT = SqlType("bit")
_TINYINT = SqlType("tinyint")

COLUMNS: tuple[tuple[str, SqlType], ...] = (
    ("parameter_ordinal", _INT),
    ("name", _SYSNAME),
    ("suggested_system_type_id", _INT),
    ("suggested_system_type_name", SqlType("nvarchar", length=256)),
    ("suggested_max_length", SqlType("smallint")),
    ("suggested_precision", _TINYINT),
    ("suggested_scale", _TINYINT),
    ("suggested_user_type_id", _INT),
    ("suggested_user_type_database", _SYSNAME),
    ("suggested_user_type_schema", _SYSNAME),
    ("suggested_user_type_name", _SYSNAME),
    ("suggested_assembly_qualified_type_name", SqlType("nvarchar", length=4000)),
    ("suggested_xml_collection_id", _INT),
    ("suggested_xml_collection_database", _SYSNAME),
    ("suggested_xml_collection_schema", _SYSNAME),
    ("suggested_xml_collection_name", _SYSNAME),
    ("suggested_is_xml_document", _BIT),
    ("suggested_is_case_sensitive", _BIT),
    ("suggested_is_fixed_length_clr_type", _BIT),
    ("suggested_is_input", _BIT),
    ("suggested_is_output", _BIT),
    ("formal_parameter_name", _SYSNAME),
    ("suggested_tds_type_id", _INT),
    ("suggested_tds_length", _INT),
)


def describe(
    compilation: Compilation, frame: Frame, types: tuple[UserType, ...], statement: str, parameters: str
) -> list[tuple[Any, ...]]:
    """Return a row of ``COLUMNS`` for each parameter but those that ``parameters`` declares.

    Raises SqlError of parsing and name resolution, 40510 if nothing determines a parameter's type.
    """
    declared = {parameter.name.lower() for parameter in parse_parameters(parameters, types)}
    batch = parse_batch(statement, undeclared=True, types=types)
    called = batch.statements[0] if len(batch.statements) == 1 else None
    if isinstance(called, syntax.Execute) and not isinstance(called.procedure, str):
        found = _arguments(called, called.procedure, compilation, frame)
    else:
        found = parameter_types(statement, compilation.context(frame))
    undeclared = [(name, kind) for name, kind in found.items() if name.lower() not in declared]
    return [_row(ordinal, name, kind) for ordinal, (name, kind) in enumerate(undeclared, start=1)]


def _arguments(
    call: syntax.Execute, name: syntax.Name, compilation: Compilation, frame: Frame
) -> dict[str, SqlType | None]:
    """Return the variables among the arguments of EXEC with the types of their parameters."""
    definition = compilation.procedure(name, frame)
    if definition is None:
        raise unsupported(f"sp_describe_undeclared_parameters of a call of {'.'.join(name)}", call.line)
    by_name = {parameter.name.lower(): parameter.type for parameter in definition.parameters}
    listed = list(by_name.values())
    found: dict[str, SqlType | None] = {}
    for position, argument in enumerate(call.arguments):
        if isinstance(argument.value, syntax.Variable):
            kind = by_name.get(argument.name.lower()) if argument.name else None
            if not argument.name and position < len(listed):
                kind = listed[position]
            found[argument.value.name] = kind if kind is not None and kind.name in TYPES else None
    return found


def _row(ordinal: int, name: str, kind: SqlType | None) -> tuple[Any, ...]:
    if kind is None:
        raise unsupported(
            f"sp_describe_undeclared_parameters without a column or parameter that determines the type of {name}"
        )
    row = TYPES[kind.name]
    size, (precision, scale) = storage_bytes(kind), digits(kind)
    return (
        *(ordinal, name, row.id, str(kind), size, precision, scale),
        *(None,) * 9,
        *(0, 0, 0, 1, 0, None),
        *(row.token, 0xFFFF if size == MAX else size),
    )
