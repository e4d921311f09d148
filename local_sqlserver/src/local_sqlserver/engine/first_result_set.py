"""The first result set of a batch, for sys.dm_exec_describe_first_result_set and sp_describe_first_result_set.

Nothing runs: the first statement with a result set is found in the text, also inside procedures, and compiled. Source:
the T-SQL reference, sp_describe_first_result_set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local_sqlserver.collation import DATABASE, find
from local_sqlserver.compiler import Translation
from local_sqlserver.compiler.functions.tables import DESCRIBED
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.state import Frame, TableVariable
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_parameters
from local_sqlserver.types import MAX, TEXT, TYPES, SqlType, UserType, digits, storage_bytes

_MAXIMUM_DEPTH = 32
_NAMES = tuple(name for name, _ in DESCRIBED)
_ERROR = ("error_number", "error_severity", "error_state", "error_message", "error_type", "error_type_desc")

_INT = SqlType("int")
COLUMNS: tuple[tuple[str, SqlType], ...] = (
    *(column for column in DESCRIBED if column[0] not in _ERROR),
    ("tds_type_id", _INT),
    ("tds_length", _INT),
    ("tds_collation_id", _INT),
    ("tds_collation_sort_id", SqlType("tinyint")),
)
"""The columns of sp_describe_first_result_set."""


def describe(
    compilation: Compilation, frame: Frame, types: tuple[UserType, ...], text: str, parameters: str
) -> list[dict[str, Any]]:
    """Return a row of the view for each column, or one row with the error that the batch gives.

    Raises SqlError 40510 if the first result set is not known before the batch runs.
    """
    try:
        return columns(compilation, frame, types, text, parameters)
    except SqlError as error:
        if error.number == 40510:
            raise
        values = (error.number, error.severity, error.state, error.message)
        kind = (2, "SYNTAX") if error.severity == 15 else (1, "MISC")
        return [{**dict.fromkeys(_NAMES), "is_hidden": 0, **dict(zip(_ERROR, (*values, *kind), strict=True))}]


def rows(described: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of sp_describe_first_result_set."""
    found = []
    for column in described:
        size = column["max_length"]
        token = next(row.token for row in TYPES.values() if row.id == column["system_type_id"])
        wire = {"tds_type_id": token, "tds_length": 0xFFFF if size == MAX else size}
        found.append(tuple({**column, **wire}.get(name) for name, _ in COLUMNS))
    return found


def columns(
    compilation: Compilation, frame: Frame, types: tuple[UserType, ...], text: str, parameters: str
) -> list[dict[str, Any]]:
    """Return a row for each column of the first result set, none without one; raises the error of the batch."""
    declared = parse_parameters(parameters, types)
    batch = parse_batch(text, declared, types=types)
    inner = Frame(frame.depth, frame.database, frame.schema)
    inner.declare([(parameter.name.lower(), parameter.type) for parameter in declared])
    translation = _Search(compilation, types, text).batch(batch, inner)
    if translation is None:
        return []
    described = zip(translation.column_names, translation.column_types, strict=True)
    return [_row(index, name, kind, translation) for index, (name, kind) in enumerate(described)]


class _Search:
    """The search for the first statement with a result set."""

    def __init__(self, compilation: Compilation, types: tuple[UserType, ...], text: str) -> None:
        self._compilation = compilation
        self._types = types
        self._text = text

    def batch(self, batch: syntax.Batch, frame: Frame) -> Translation | None:
        """Return the statement's translation, None if no statement has a result set."""
        frame.declare(batch.variables)
        for table in batch.tables:
            self._declare(table, frame)
        return self._statements(batch.statements, frame)

    def _statements(self, statements: Sequence[syntax.Statement], frame: Frame) -> Translation | None:
        for statement in statements:
            found = self._statement(statement, frame)
            if found is not None:
                return found
        return None

    def _statement(self, statement: syntax.Statement, frame: Frame) -> Translation | None:
        match statement:
            case syntax.DataStatement():
                return self._data(statement, frame)
            case syntax.Block(statements=inner) | syntax.TryCatch(attempt=inner):
                return self._statements(inner, frame)
            case syntax.While(body=body):
                return self._statement(body, frame)
            case syntax.If(then=then, otherwise=otherwise):
                first = self._statement(then, frame)
                second = self._statement(otherwise, frame) if otherwise is not None else None
                if first is not None and second is not None and first.column_types != second.column_types:
                    raise unsupported("A description of branches with different result sets", statement.line)
                return first or second
            case syntax.Declare(items=items):
                for item in items:
                    if isinstance(item, syntax.TableDeclaration):
                        self._declare(item, frame)
            case syntax.Execute(results=results) | syntax.ExecuteString(results=results) if results is not None:
                raise unsupported("A description of EXEC … WITH RESULT SETS", statement.line)
            case syntax.ExecuteString():
                raise sql_error(11514, self._text)
            case syntax.Execute(procedure=name):
                if isinstance(name, str):
                    raise sql_error(11514, self._text)
                return self._procedure(name, frame, statement.line)
            case syntax.Use():
                raise unsupported("A description of a batch with USE", statement.line)
        return None

    def _data(self, statement: syntax.DataStatement, frame: Frame) -> Translation | None:
        try:
            translation, _ = self._compilation.compiled(statement, frame)
        except SqlError as error:
            names = (node.name for node in statement.walk() if isinstance(node, syntax.TableSource))
            if error.number == 208 and any(name[-1].startswith("#") for name in names):
                raise sql_error(11526, self._text) from error
            raise
        return translation if translation.returns_rows else None

    def _declare(self, item: syntax.TableDeclaration, frame: Frame) -> None:
        translation, _ = self._compilation.compiled(item.table, frame)
        relation = translation.changes[0].relation
        frame.tables[item.name.lower()] = TableVariable(relation, translation.statements)

    def _procedure(self, name: syntax.Name, frame: Frame, line: int) -> Translation | None:
        definition = self._compilation.procedure(name, frame)
        if definition is None:
            raise unsupported(f"A description of the result of {'.'.join(name)}", line)
        if frame.depth >= _MAXIMUM_DEPTH:
            raise sql_error(217, _MAXIMUM_DEPTH)
        inner = Frame(frame.depth + 1, frame.database)
        inner.declare([(parameter.name.lower(), parameter.type) for parameter in definition.parameters])
        return self.batch(definition.body, inner)


def _row(index: int, name: str, kind: SqlType | None, translation: Translation) -> dict[str, Any]:
    if kind is None:
        raise unsupported("A description of a column whose type is known only at run time")
    row, (precision, scale) = TYPES[kind.name], digits(kind)
    collation = (translation.collations[index] or DATABASE.name) if kind.name in TEXT else None
    return {
        **dict.fromkeys(_NAMES),
        "is_hidden": 0,
        "column_ordinal": index + 1,
        "name": name or None,
        "is_nullable": int(index not in translation.required),
        "system_type_id": row.id,
        "system_type_name": str(kind),
        "max_length": storage_bytes(kind),
        "precision": precision,
        "scale": scale,
        "collation_name": collation,
        "is_xml_document": 0,
        "is_case_sensitive": int(collation is not None and find(collation).case),
        "is_fixed_length_clr_type": 0,
        "is_identity_column": int(index in translation.identities),
        "is_sparse_column_set": 0,
    }
