"""DECLARE CURSOR, OPEN, FETCH, CLOSE, DEALLOCATE: static cursors, whose rows OPEN reads at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Event
from local_sqlserver.engine.results import convert_rows, result_columns, result_set
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.scalars import Scalars
from local_sqlserver.engine.state import Cursor, Frame, SessionState
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType


class Cursors:
    """The cursors of a session.

    A LOCAL cursor and a cursor variable belong to their frame. Any other cursor is visible in every frame until it is
    deallocated (CURSOR_DEFAULT GLOBAL).
    """

    def __init__(self, state: SessionState, compilation: Compilation, runner: Runner, scalars: Scalars) -> None:
        self._state = state
        self._compilation = compilation
        self._runner = runner
        self._scalars = scalars

    def _home(self, name: str, frame: Frame, *, is_global: bool = False) -> dict[str, Cursor]:
        """Return the cursors among which a name is; raises SqlError 16916, or 16950 for a variable.

        A local cursor hides a global one, unless the statement says GLOBAL.
        """
        for home in (self._state.cursors,) if is_global else (frame.cursors, self._state.cursors):
            if name.lower() in home:
                return home
        raise sql_error(16950 if name.startswith("@") else 16916, name)

    def declare(self, statement: syntax.DeclareCursor, frame: Frame) -> Iterable[Event]:
        """DECLARE name CURSOR FOR query, SET @name = CURSOR FOR query."""
        home, key = frame.cursors if statement.local else self._state.cursors, statement.name.lower()
        if key in home and not key.startswith("@"):
            raise sql_error(16915, statement.name)
        # The query has the values that its variables have now, not those at OPEN.
        variables = {name: replace(variable) for name, variable in frame.variables.items()}
        home[key] = Cursor(statement.query, statement.scroll, statement.static, variables)
        return ()

    def assign(self, statement: syntax.AssignCursor, frame: Frame) -> Iterable[Event]:
        """SET @name = cursor."""
        key = statement.cursor.lower()
        frame.cursors[statement.name.lower()] = self._home(key, frame, is_global=statement.is_global)[key]
        return ()

    def operate(self, statement: syntax.CursorOperation, frame: Frame) -> Iterable[Event]:
        """OPEN, CLOSE, DEALLOCATE."""
        key = statement.name.lower()
        home = self._home(key, frame, is_global=statement.is_global)
        cursor = home[key]
        if statement.action == "OPEN":
            if cursor.rows is not None:
                raise sql_error(16905)
            query, frame = cursor.query, replace(frame, variables=cursor.variables)
            translation, relations = self._compilation.compiled(query, frame)
            description, rows = self._runner.query(translation, relations, frame, query.line)
            kinds = [column.type for column in result_columns(description, translation, rows)]
            cursor.translation, cursor.description = translation, description
            cursor.rows, cursor.position = convert_rows(rows, kinds), -1
            self._state.cursor_rows = len(rows)
        elif statement.action == "CLOSE":
            if cursor.rows is None:
                raise sql_error(16917)
            cursor.rows = None
        else:
            del home[key]
        return ()

    def fetch(self, statement: syntax.Fetch, frame: Frame) -> Iterator[Event]:
        """FETCH [direction] FROM name [INTO variables]."""
        key = statement.name.lower()
        cursor = self._home(key, frame, is_global=statement.is_global)[key]
        if cursor.rows is None or cursor.translation is None or cursor.description is None:
            raise sql_error(16917)
        if statement.direction != "NEXT" and not cursor.scroll:
            raise sql_error(16911, "fetch", statement.direction.lower())
        cursor.position = max(-1, min(len(cursor.rows), self._position(statement, cursor, cursor.rows, frame)))
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
            variable.value = coerce(value, variable.type, column.type, frame.settings.date_order)

    def _position(self, statement: syntax.Fetch, cursor: Cursor, rows: list[tuple[Any, ...]], frame: Frame) -> int:
        """Return the position to which FETCH moves, from 0."""
        number = 0
        if statement.position is not None:
            number = self._scalars.evaluate_as(frame, statement.position, SqlType("int")) or 0
        match statement.direction:
            case "FIRST":
                return 0
            case "LAST":
                return len(rows) - 1
            case "PRIOR":
                return cursor.position - 1
            case "RELATIVE":
                return cursor.position + number
            case "ABSOLUTE":  # from 1, or from the end
                return number - 1 if number >= 0 else len(rows) + number
        return cursor.position + 1
