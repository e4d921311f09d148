"""sys.dm_exec_describe_first_result_set: the columns of the first result set of a batch."""

from __future__ import annotations

from typing import Any

from local_sqlserver.collation import DATABASE
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_parameters
from local_sqlserver.types import TEXT, TYPES, digits, storage_bytes


def describe(compilation: Compilation, frame: Frame, text: str, parameters: str) -> list[dict[str, Any]]:
    """Return a row for each column, or one row with the error that the batch gives.

    Raises SqlError 40510 for a batch whose first statement with a result is not a SELECT.
    """
    try:
        declared = parse_parameters(parameters)
        batch = parse_batch(text, declared)
        inner = Frame(frame.depth, frame.database, frame.schema)
        inner.declare([(parameter.name.lower(), parameter.type) for parameter in declared])
        inner.declare(batch.variables)
        for statement in batch.statements:
            if isinstance(statement, syntax.SetOption | syntax.Declare | syntax.SetVariable | syntax.Use):
                continue
            if not isinstance(statement, syntax.SelectStatement):
                raise unsupported("A description of a result that is not a SELECT's")
            translation, _ = compilation.compiled(statement, inner)
            if translation.returns_rows:
                break
        else:
            return []
    except SqlError as error:
        if error.number == 40510:
            raise
        return [_failed(error)]
    rows = []
    for index, (name, kind) in enumerate(zip(translation.column_names, translation.column_types, strict=True)):
        if kind is None:
            raise unsupported("A description of a column whose type is known only at run time")
        row, (precision, scale) = TYPES[kind.name], digits(kind)
        collation = translation.collations[index] or DATABASE.name
        rows.append(
            {
                **dict.fromkeys(_ERROR),
                "is_hidden": 0,
                "column_ordinal": index + 1,
                "name": name or None,
                "system_type_id": row.id,
                "system_type_name": str(kind),
                "max_length": storage_bytes(kind),
                "precision": precision,
                "scale": scale,
                "collation_name": collation if kind.name in TEXT else None,
                "user_type_id": None,
                "is_identity_column": int(index in translation.identities),
            }
        )
    return rows


_COLUMN = (
    *("column_ordinal", "name", "system_type_id", "system_type_name", "max_length", "precision", "scale"),
    *("collation_name", "user_type_id", "is_identity_column"),
)
_ERROR = ("error_number", "error_severity", "error_state", "error_message", "error_type", "error_type_desc")


def _failed(error: SqlError) -> dict[str, Any]:
    syntax_error = error.severity == 15
    values = (error.number, error.severity, error.state, error.message)
    kind = (2, "SYNTAX") if syntax_error else (1, "MISC")
    return {"is_hidden": 0, **dict.fromkeys(_COLUMN), **dict(zip(_ERROR, (*values, *kind), strict=True))}
