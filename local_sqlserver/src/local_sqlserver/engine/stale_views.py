"""Compiles views again after a change of what they read.

The SQL of a view contains the types that its tables have when it is created. SQL Server binds a view again in each
query, and keeps the names and the number of its columns until sp_refreshview.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import replace

from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import CatalogChange
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.language.tokens import tokenize
from local_sqlserver.types import SqlType

_ACTIONS = ("create table", "alter table", "create view")
_READERS = ("V", "FN", "IF", "TF")
"""Views, and functions, whose bodies are part of the SQL of the views that call them."""


def names_any(text: str, names: set[str]) -> bool:
    """Whether T-SQL contains one of these names, in lower case."""
    return any(token.is_name and token.value.lower() in names for token in tokenize(text))


class StaleViews:
    """The views of a session's databases whose tables a statement is about to change."""

    def __init__(self, state: SessionState, view: CatalogView, compilation: Compilation, runner: Runner) -> None:
        self._state = state
        self._view = view
        self._compilation = compilation
        self._runner = runner

    def types_before(self, changes: tuple[CatalogChange, ...]) -> list[dict[str, SqlType]]:
        """Return the types of the columns of the relations before these changes, by name."""
        return [self._types(change) for change in changes]

    def refresh(self, changes: tuple[CatalogChange, ...], before: list[dict[str, SqlType]], frame: Frame) -> None:
        """Compile the views over relations whose columns have other types now, and the views over these.

        A view that has become invalid stays as it is; its next query raises the error.
        """
        for change, old in zip(changes, before, strict=True):
            new = self._types(change)
            if new == old and change.action != "create table":
                continue
            database, schema = change.relation.database, change.relation.schema
            changed = [change.relation.name.lower()]
            for name in changed:
                for item in list(self._view.catalog(database).objects.values()):
                    if item.type not in _READERS or item.name.lower() in changed:
                        continue
                    if names_any(item.definition, {name}):
                        changed.append(item.name.lower())
                        if item.type == "V":
                            with suppress(SqlError):
                                self._compile(item, database, Frame(frame.depth + 1, database, schema, chained=True))

    def _types(self, change: CatalogChange) -> dict[str, SqlType]:
        relation = change.relation
        if change.action not in _ACTIONS or relation.kind not in ("U", "V"):
            return {}
        item = self._view.catalog(relation.database).find(relation.schema, relation.name)
        return {column.name: column.type for column in item.columns} if item is not None else {}

    def _compile(self, item: CatalogObject, database: str, frame: Frame) -> None:
        (definition,) = parse_batch(item.definition, types=self._view.user_types(database)).statements
        assert isinstance(definition, syntax.CreateView)
        kept = tuple(column.name for column in item.columns)
        definition = replace(definition, action="CREATE OR ALTER", target=(database, item.schema, item.name), kept=kept)
        translation, relations = self._compilation.compiled(definition, frame)
        count = self._state.row_count
        deque(self._runner.run(translation, relations, frame, definition.line), maxlen=0)
        self._state.row_count = count
