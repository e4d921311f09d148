"""CREATE SYNONYM and DROP SYNONYM. Source: the T-SQL reference, CREATE SYNONYM.

A synonym stands for a table, view, procedure or function in queries, changes of rows and EXEC, not in definitions. Its
base may be created later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.state import Frame
from local_sqlserver.engine.user_types import Writing
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax


class Synonyms:
    """The statements about synonyms, for one session."""

    def __init__(
        self, view: CatalogView, work: Work, permissions: Permissions, compilation: Compilation, writing: Writing
    ) -> None:
        self._view = view
        self._work = work
        self._permissions = permissions
        self._compilation = compilation
        self._writing = writing

    def create(self, statement: syntax.CreateSynonym, frame: Frame) -> Iterator[Event]:
        """CREATE SYNONYM; raises SqlError 2714, 262, 2760."""
        self._permissions.check_definition("CREATE SYNONYM")
        target = self._compilation.context(frame).target(statement.name, statement.line)
        self._view.catalog(target.database).check_free(target.schema, target.name)
        number, now = self._view.database(target.database).new_object_id(), datetime.now()
        base = ".".join(f"[{part.replace(']', ']]')}]" for part in statement.base)
        item = CatalogObject(number, target.schema, target.name, "SN", now, now, base)
        yield from self._work.begin_implicitly(frame)
        with self._writing(statement.line):
            catalog_changes.put(self._view, self._work.transactions, target.database, item, new=True)
        yield Done(in_procedure=frame.in_procedure)

    def drop(self, statement: syntax.DropObjects, frame: Frame) -> Iterator[Event]:
        """DROP SYNONYM; raises SqlError 3701 if there is none of the name."""
        self._permissions.check_definition("DROP SYNONYM")
        (name,) = statement.names
        item = self._view.catalog(frame.database).find_named(name)
        if item is not None and item.type == "SN":
            yield from self._work.begin_implicitly(frame)
            with self._writing(statement.line):
                catalog_changes.drop(self._view, self._work.transactions, frame.database, item)
        elif not statement.if_exists:
            raise sql_error(3701, "drop", "synonym", ".".join(name), line=statement.line)
        yield Done(in_procedure=frame.in_procedure)
