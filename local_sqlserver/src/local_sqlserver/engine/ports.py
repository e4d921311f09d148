"""Back references between parts of the engine, as protocols, so that no module imports the module above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine.arguments import ArgumentValue, Call
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Event
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.language import syntax


class Statements(Protocol):
    """Runs statements: the interpreter, as far as calls use it."""

    def __call__(self, statements: Sequence[syntax.Statement], frame: Frame) -> Iterator[Event]:
        """Run statements one after another."""


class Caller(Protocol):
    """Calls procedures and dynamic SQL: the session, as far as system procedures use it."""

    shared: Shared
    state: SessionState
    view: CatalogView
    transactions: Transactions
    compilation: Compilation
    prepared: dict[int, tuple[str, tuple[syntax.ProcedureParameter, ...]]]

    def invoke(self, name: tuple[str, ...], arguments: Sequence[ArgumentValue], frame: Frame, line: int) -> Call:
        """Call a user or system procedure."""

    def dynamic(
        self,
        text: str,
        parameters: tuple[syntax.ProcedureParameter, ...],
        frame: Frame,
        arguments: Sequence[ArgumentValue] = (),
        name: str = "sp_executesql",
        levels: int = 1,
    ) -> Call:
        """Run dynamic SQL in a frame of its own, ``levels`` below; errors of its arguments name the procedure."""

    def check_definition(self, statement: str) -> None:
        """Raise SqlError 262 unless the session may define objects in its database."""

    def writing(self) -> AbstractContextManager[None]:
        """Enclose changes in the open transaction, or else in one of their own."""

    def reset(self) -> None:
        """Restore the state of the session after login."""
