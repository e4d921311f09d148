"""DECLARE CURSOR, OPEN, FETCH, CLOSE, DEALLOCATE: static cursors, whose rows OPEN reads at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from local_sqlserver.compiler import Translation
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Event
from local_sqlserver.engine.results import convert_rows, result_columns, result_set
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax


@dataclass(slots=True)
class _Cursor:
    query: syntax.SelectStatement
    scroll: bool
    translation: Translation | None = None
    description: list[tuple[Any, ...]] | None = None
    rows: list[tuple[Any, ...]] | None = None
    position: int = -1


class Cursors:
    """The cursors of a session; they are visible in every frame until deallocated (CURSOR_DEFAULT GLOBAL)."""

    def __init__(self, state: SessionState, compilation: Compilation, runner: Runner) -> None:
        self._state = state
        self._compilation = compilation
        self._runner = runner
        self._cursors: dict[str, _Cursor] = {}

    def _find(self, name: str) -> _Cursor:
        found = self._cursors.get(name.lower())
        if found is None:
            raise sql_error(16916, name)
        return found

    def declare(self, statement: syntax.DeclareCursor, frame: Frame) -> Iterable[Event]:
        """DECLARE name CURSOR FOR query."""
        if statement.name.lower() in self._cursors:
            raise sql_error(16915, statement.name)
        self._cursors[statement.name.lower()] = _Cursor(statement.query, statement.scroll)
        return ()

    def operate(self, statement: syntax.CursorOperation, frame: Frame) -> Iterable[Event]:
        """OPEN, CLOSE, DEALLOCATE."""
        cursor = self._find(statement.name)
        if statement.action == "OPEN":
            if cursor.rows is not None:
                raise sql_error(16905)
            query = cursor.query
            translation, relations = self._compilation.compiled(query, frame)
            description, rows = self._runner.query(translation, relations, frame, query.line)
            kinds = [column.type for column in result_columns(description, translation, rows)]
            cursor.translation, cursor.description = translation, description
            cursor.rows, cursor.position = convert_rows(rows, kinds), -1
        elif statement.action == "CLOSE":
            if cursor.rows is None:
                raise sql_error(16917)
            cursor.rows = None
        else:
            del self._cursors[statement.name.lower()]
        return ()

    def fetch(self, statement: syntax.Fetch, frame: Frame) -> Iterator[Event]:
        """FETCH [direction] FROM name [INTO variables]."""
        cursor = self._find(statement.name)
        if cursor.rows is None or cursor.translation is None or cursor.description is None:
            raise sql_error(16917)
        if statement.direction != "NEXT" and not cursor.scroll:
            raise sql_error(16911, "fetch", statement.direction.lower())
        moves = {
            "NEXT": cursor.position + 1,
            "PRIOR": cursor.position - 1,
            "FIRST": 0,
            "LAST": len(cursor.rows) - 1,
        }
        cursor.position = max(-1, min(len(cursor.rows), moves[statement.direction]))
        found = cursor.rows[cursor.position : cursor.position + 1] if cursor.position >= 0 else []
        self._state.fetch_status = 0 if found else -1
        self._state.row_count = len(found)
        if not statement.variables:
            yield from result_set(cursor.description, found, cursor.translation, frame.settings.text_size)
            yield self._state.done(frame, len(found), 0xC1)
            return
        columns = result_columns(cursor.description, cursor.translation, cursor.rows)
        if len(columns) != len(statement.variables):
            raise sql_error(16924)
        for name, column, value in zip(statement.variables, columns, found[0] if found else (), strict=False):
            variable = frame.variable(name, statement.line)
            variable.value = coerce(value, variable.type, column.type)

    def drop_all(self) -> None:
        """Drop all cursors."""
        self._cursors.clear()
