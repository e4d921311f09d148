"""UPDATE, DELETE and INSERT through a view. Source: the T-SQL reference, CREATE VIEW, "Updatable views", CHECK OPTION.

The query of the view becomes a common table expression, and so do the views that it reads; the statement then changes
the rows of a common table expression. The session needs permissions on the view alone (ownership chaining).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from local_sqlserver.compiler.contract import Context, Relation, ViewInfo
from local_sqlserver.compiler.fragments import Value, raise_sql
from local_sqlserver.compiler.names import OutputColumn, Scope, SourceColumns
from local_sqlserver.compiler.queries import Base, sources_of
from local_sqlserver.compiler.user_functions import FunctionCompiler
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax

_VIEW = "_view"
"""The name of the common table expression; those of the views that the view reads begin with it."""

Changing = TypeVar("Changing", syntax.Update, syntax.Delete)


@dataclass(frozen=True, slots=True)
class _Check:
    """The condition of a view that new rows must meet; ``inner`` is the expression of the view that it reads, or ''."""

    where: syntax.Expression
    context: Context
    alias: str
    inner: str


def check_option_condition(query: syntax.Query, line: int) -> syntax.Expression | None:
    """The condition of a view WITH CHECK OPTION or below one; views over several tables are refused."""
    body = query.body
    if (
        not isinstance(body, syntax.Select)
        or not isinstance(body.source, syntax.TableSource)
        or body.top is not None
        or query.offset is not None
    ):
        raise unsupported("WITH CHECK OPTION of a view that is not SELECT … FROM one table WHERE …", line)
    return body.where


class ViewCompiler(FunctionCompiler):
    """Compiles statements that change rows through views to statements that change tables."""

    def __init__(self, context: Context, line: int) -> None:
        super().__init__(context, line)
        self._view_checks: list[_Check] = []
        self._view_bases: dict[str, Base] = {}

    def through_view(self, node: Changing) -> Changing:
        """UPDATE or DELETE of a view as one of a common table expression; any other statement as it is."""
        line = node.line
        if len(node.target) == 1 and any(table.name.lower() == node.target[0].lower() for table in node.tables):
            return node
        tables = [part for part in sources_of(node.source) if isinstance(part, syntax.TableSource)]
        named = [part for part in tables if (part.alias or part.name[-1]).lower() == node.target[-1].lower()]
        place = named[0] if named and len(node.target) == 1 else None
        written = place.name if place is not None else node.target
        if place is not None and len(written) == 1 and any(t.name.lower() == written[0].lower() for t in node.tables):
            return node
        found = self.context.view(written, line)
        if found is None:
            return node
        if place is None:
            same = [part for part in tables if self._is_view(part.name, found)]
            if len(same) > 1:
                raise sql_error(8154, node.target[-1], line=line)
            place = same[0] if same else None
        expressions: tuple[syntax.CommonTable, ...] = self._expressions_of(written, found, line)
        shown = syntax.TableSource(name=(_VIEW,), alias=written[-1], line=line)
        source: syntax.Source = shown
        if place is not None:
            shown = replace(shown, alias=place.alias or place.name[-1])
            assert node.source is not None
            source = replaced_source(node.source, place, shown)
        elif node.source is not None:
            source = syntax.Join(kind="CROSS", left=shown, right=node.source, condition=None, line=line)
        return replace(node, target=(shown.alias,), source=source, tables=(*node.tables, *expressions))

    def insert_through_view(self, node: syntax.Insert) -> tuple[syntax.Insert, Relation | None]:
        """INSERT into a view as one into its table, and the table; None if the target is no view."""
        found = self.context.view(node.target, node.line)
        if found is None:
            return node, None
        expressions = self._expressions_of(node.target, found, node.line)
        known = {column.name.lower() for column in found.relation.columns}
        names = [name.lower() for name in node.columns or (column.name for column in found.relation.columns)]
        for name in names:
            if name not in known:
                raise sql_error(207, name, line=node.line)
        self.common_tables(replace(node, tables=expressions), _VIEW, names)
        base = self._view_bases[_VIEW] = self.bases[_VIEW]
        self._view_bases |= self.bases
        given = [base.columns[name] for name in names]
        if node.columns is None:
            given = [column for column in given if column.computed is None and column.identity is None]
        table = base.relation
        target = (table.database, table.schema, table.name)
        return replace(node, target=target, columns=tuple(column.name for column in given)), table

    def shown_columns(self, inserted: SourceColumns) -> SourceColumns:
        """INSERTED with the columns that the view shows."""
        base = self._view_bases.get(_VIEW)
        if base is None or self.viewed is None:
            return inserted
        by_name = {column.name: column for column in inserted.columns}
        columns = tuple(
            replace(by_name[base.columns[column.name.lower()].name], name=column.name)
            for column in self.viewed.columns
            if column.name.lower() in base.columns
        )
        return replace(inserted, columns=columns)

    @property
    def has_check_option(self) -> bool:
        """Whether new rows must meet conditions of views."""
        return bool(self._view_checks)

    def check_option_tests(self, relation: Relation, known: dict[str, Value]) -> list[str]:
        """The branches of CASE that raise 550 for a new row which a view does not show."""
        tests = []
        bases = self._view_bases or self.bases
        for check in self._view_checks:
            names = {column.name.lower(): column for column in relation.columns}
            if check.inner:
                names = dict(bases[check.inner].columns)
            columns = tuple(OutputColumn(name, column.type, name) for name, column in names.items())
            full = (relation.database, relation.schema, relation.name) if not check.inner else ()
            source = SourceColumns(check.alias, "", columns, full)
            source.replacements.update({name: known[column.name.lower()] for name, column in names.items()})
            outer, self.context = self.context, check.context
            try:
                condition = self.condition(check.where, Scope(None, [source]))
            except SqlError as error:
                if error.number not in (207, 4104):
                    raise
                raise unsupported("WITH CHECK OPTION over a derived column", check.where.line) from error
            finally:
                self.context = outer
            tests.append(f"WHEN ({condition}) IS NOT TRUE THEN {raise_sql(550)}")
        return tests

    def _is_view(self, name: syntax.Name, view: ViewInfo) -> bool:
        found = self.context.view(name, 0)
        return found is not None and found.relation == view.relation

    def _expressions_of(self, written: syntax.Name, view: ViewInfo, line: int) -> tuple[syntax.CommonTable, ...]:
        """The common table expressions of a view, which the statement needs permissions on."""
        self.viewed = self.context.relation(written, line)
        self.changed_name = ".".join(written)
        return tuple(self._expanded(view, _VIEW, is_checked=False))

    def _expanded(self, view: ViewInfo, name: str, *, is_checked: bool) -> list[syntax.CommonTable]:
        """The common table expression of a view, after those of the views that it reads."""
        definition, body = view.definition, view.definition.query.body
        if definition.tables:
            raise unsupported("Changing rows through a view with a common table expression", self.line)
        if isinstance(body, syntax.SetOperation) and body.operator == "UNION":
            raise sql_error(4426, self.changed_name, line=self.line)
        if not isinstance(body, syntax.Select):
            raise unsupported("Changing rows through a view of a set operation", self.line)
        if body.source is None:
            raise sql_error(4406, self.changed_name, line=self.line)
        is_checked = is_checked or definition.check_option
        expressions: list[syntax.CommonTable] = []
        source, inner_name = body.source, ""
        for part in sources_of(body.source):
            inner = view.context.view(part.name, part.line) if isinstance(part, syntax.TableSource) else None
            if inner is not None and isinstance(part, syntax.TableSource):
                inner_name = f"{name}_{len(expressions)}"
                expressions += self._expanded(inner, inner_name, is_checked=is_checked)
                read = syntax.TableSource(name=(inner_name,), alias=part.alias or part.name[-1], line=part.line)
                source = replaced_source(source, part, read)
        if is_checked:
            where = check_option_condition(definition.query, self.line)
            assert isinstance(body.source, syntax.TableSource)
            if where is not None:
                alias = body.source.alias or body.source.name[-1]
                self._view_checks.append(_Check(where, view.context, alias, inner_name))
        self.contexts[name] = view.context
        columns = tuple(column.name for column in view.relation.columns)
        query = replace(definition.query, body=replace(body, source=source))
        return [*expressions, syntax.CommonTable(name=name, columns=columns, query=query, line=self.line)]


def replaced_source(source: syntax.Source, old: syntax.Source, new: syntax.Source) -> syntax.Source:
    """FROM with one source replaced."""
    if isinstance(source, syntax.Join):
        return replace(
            source, left=replaced_source(source.left, old, new), right=replaced_source(source.right, old, new)
        )
    return new if source is old else source
