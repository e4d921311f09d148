"""Compilation of nodes for one session, with the shared cache, binding and the check of permissions."""

from __future__ import annotations

from typing import Any

from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import Relation, Translation, check_next_values, compile_expression, compile_statement
from local_sqlserver.compiler.conversions import MONTH_BEFORE_DAY
from local_sqlserver.engine.binding import Binder
from local_sqlserver.engine.cache import Compiled
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.resolution import StatementContext
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState, binding_error
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import SqlType

_BINDING_ERRORS = frozenset({207, 208, 209, 213, 4104, 4121, 195, 1087})


class Compilation:
    """Compiles for one session; the key of the shared cache contains all that the result depends on."""

    def __init__(self, shared: Shared, state: SessionState, view: CatalogView, permissions: Permissions) -> None:
        self._shared = shared
        self._state = state
        self._view = view
        self._permissions = permissions

    def context(self, frame: Frame, *, absent: frozenset[str] = frozenset()) -> StatementContext:
        """Return the context of a statement in a frame; it does not resolve the temporary tables ``absent``."""
        return StatementContext(self._shared, self._state, self._view, self._permissions, frame, absent=absent)

    def compiled(
        self, node: syntax.CompiledStatement | syntax.Expression, frame: Frame, target: SqlType | None = None
    ) -> tuple[Translation, tuple[Relation, ...]]:
        """Compile a statement, or an expression as ``target``, and check the permissions of the frame."""
        try:
            found = self.compile(node, self.context(frame), frame, target)
        except SqlError as error:
            if error.number in _BINDING_ERRORS:
                raise binding_error(error, frame.depth) from error
            raise
        translation, relations = found
        self._permissions.check(frame, translation, relations[: len(relations) - len(translation.behind)])
        return found

    def compile(
        self,
        node: syntax.CompiledStatement | syntax.Expression,
        context: StatementContext,
        frame: Frame,
        target: SqlType | None = None,
    ) -> tuple[Translation, tuple[Relation, ...]]:
        """Compile a node, or return it from the cache if nothing that it depends on has changed.

        The variables are not part of the key, because a node belongs to one batch, which declares them all.
        """
        key = (id(node), target, self._key(frame))
        kept = self._shared.compiled.get(key)
        if kept is not None:
            return kept.translation, kept.relations
        # A view is read in sessions with any SET DATEFORMAT.
        order = frame.settings.date_order
        known = MONTH_BEFORE_DAY.set(order.index("m") < order.index("d") and not isinstance(node, syntax.CreateView))
        try:
            if isinstance(node, syntax.Expression):
                translation = compile_expression(node, context, target)
            else:
                translation = compile_statement(node, context)
        finally:
            MONTH_BEFORE_DAY.reset(known)
        relations = tuple(context.relations)
        if context.reads_sequence:
            check_next_values(node)
            # Sequences of defaults are not among these: who may insert may use them (ownership chaining).
            named = (inner for inner in node.walk() if isinstance(inner, syntax.NextValue))
            relations = (*relations, *(context.sequence(inner.sequence, inner.line) for inner in named))
        relations = (*relations, *translation.behind)
        if not context.reads_file:
            self._shared.compiled.put(key, Compiled(node, translation, relations))
        return translation, relations

    def procedure(self, name: syntax.Name, frame: Frame) -> syntax.CreateProcedure | None:
        """Return the definition of a procedure in the database of the frame, None if there is none of this name."""
        item = self._view.catalog(frame.database).find_named(name)
        if item is None or item.type != "P" or len(name) > 2:
            return None
        (definition,) = parse_batch(item.definition, types=self._view.user_types(frame.database)).statements
        assert isinstance(definition, syntax.CreateProcedure)
        return definition

    def bind(self, batch: syntax.Batch, frame: Frame) -> None:
        """Check names and types of a batch for a frame, unless the cache has it as bound and nothing has changed.

        Raises the first error: SqlError 207, 209, 8120, 141 and others of the compiler, 2714; 229 for a type.
        """
        key = (id(batch), None, self._key(frame))
        if self._shared.bound.get(key) is None:
            Binder(self._shared.databases, self, batch, frame).bind()
            self._shared.bound.put(key, batch)
        self._permissions.check_declarations(batch, frame)

    def _key(self, frame: Frame) -> tuple[Any, ...]:
        return (
            frame.database,
            frame.schema,
            frame.depth,
            self._view.versions(),
            tuple((scope.depth, tuple(scope.temporary.values())) for scope in self._state.frames if scope.temporary),
            frame.settings.identity_insert,
            frame.settings.date_order,
        )
