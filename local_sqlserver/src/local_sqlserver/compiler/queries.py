"""Queries: sources, grouping, DISTINCT, TOP, set operations and common table expressions."""

from __future__ import annotations

import glob
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from local_sqlserver.collation import UNRESOLVED, compared, joined
from local_sqlserver.compiler.contract import ColumnInfo, Context, Relation
from local_sqlserver.compiler.conversions import convert, implicit
from local_sqlserver.compiler.expressions import ExpressionCompiler, has_aggregate, refuse_windows
from local_sqlserver.compiler.fragments import (
    Cost,
    Value,
    combined_type,
    identifier,
    key,
    native,
    quote,
    raise_sql,
    sort_key,
    typed_null,
    united_type,
)
from local_sqlserver.compiler.functions import REGISTRY, check_aggregate, compile_call, compile_table
from local_sqlserver.compiler.functions.registry import columns_of
from local_sqlserver.compiler.macros import in_window
from local_sqlserver.compiler.names import OutputColumn, Rows, Scope, SourceColumns, reference, relation_source
from local_sqlserver.compiler.row_text import row_text
from local_sqlserver.compiler.types import BIGINT, INT, common_type, duckdb_type, same_type, text_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression
from local_sqlserver.types import DECIMALS, INTEGERS, MAX, SqlType

_DEPTH = "_depth"


@dataclass(frozen=True, slots=True)
class _Recursion:
    """The recursive common table expression that is being compiled."""

    name: str
    limit: int


@dataclass(frozen=True, slots=True)
class Base:
    """The table whose rows a common table expression shows, and its columns by their names there, in lower case."""

    relation: Relation
    columns: dict[str, ColumnInfo]


class QueryCompiler(ExpressionCompiler):
    """Compiles queries."""

    recursion: _Recursion | None = None

    def __init__(self, context: Context, line: int) -> None:
        super().__init__(context, line)
        self.tables: dict[str, SourceColumns] = {}
        self.tables_read: list[SourceColumns] = []
        self.contexts: dict[str, Context] = {}  # of the common table expressions that stand for views
        self.viewed: Relation | None = None  # the view that a statement changes
        self.changed_name = ""  # of the target as the statement names it
        self.bases: dict[str, Base] = {}
        self.lateral = False  # whether the parameters of the function whose body is compiled are columns
        self.nested: Rows | None = None  # the OUTPUT of the change that INSERT … SELECT reads

    def user_rows(self, node: syntax.FunctionCall, scope: Scope) -> Rows:
        """The rows of a user-defined function; ``FunctionCompiler`` implements it."""
        raise NotImplementedError

    def common_tables(
        self, statement: syntax.CompiledStatement, target: str = "", assigned: Collection[str] = ()
    ) -> str:
        """The WITH clause of a statement, or ''; later names may resolve to its tables.

        The statement changes the rows of ``target``, which therefore has one more column: _rowid. ``assigned`` are the
        columns that it assigns. Raises 4403, 4405 and 4406 if the expression does not show the rows of one table.
        """
        self.tables = {}
        self.bases = {}
        parts = []
        recursive = False
        outer = self.context
        for table in statement.tables:
            self.context = self.contexts.get(table.name, outer)
            if table.name.lower() in self.tables:
                raise sql_error(239, table.name, line=table.line)
            refers = _refers_to(table.query, table.name)
            recursive = recursive or refers
            if refers:
                parts.append(self._recursive_table(table, statement.max_recursion))
                continue
            self._refuse_order(table.query)
            is_target = table.name.lower() == target.lower()
            body, base = table.query.body, None
            shown = self.changed_name or table.name
            if target and isinstance(body, syntax.Select):
                base = self._base(body, assigned if is_target else None, shown)
            if is_target and base is None:
                if any(
                    isinstance(part, syntax.TableSource) and self.context.view(part.name, part.line) is not None
                    for part in sources_of(body.source if isinstance(body, syntax.Select) else None)
                ):
                    raise unsupported("Changing rows through a view in a common table expression", table.line)
                raise sql_error(4403, shown, line=table.line)
            if base is not None and isinstance(body, syntax.Select):
                rows = self.select(body, None, table.query, rowid=base[0])
            else:
                rows = self.rows(table.query, None)
            if table.name in self.contexts and len(rows.columns) != len(table.columns):
                raise unsupported("Changing rows through a view whose * has other columns now", table.line)
            columns = named_columns(rows, table.columns, table.name, table.line)
            view = self.viewed if is_target and table.name in self.contexts else None
            full = (view.database, view.schema, view.name) if view is not None else ()
            self.tables[table.name.lower()] = SourceColumns(table.name, table.name, columns, full)
            names = ", ".join(identifier(column.emitted) for column in columns)
            if base is not None:
                _, relation, columns_shown = base
                known = {column.name.lower(): column for column in relation.columns}
                named = {
                    column.name.lower(): known[name.lower()]
                    for column, name in zip(columns, columns_shown, strict=True)
                    if name
                }
                self.bases[table.name.lower()] = Base(relation, named)
                derived = {column.name.lower() for column in columns} - named.keys()
                if is_target and derived.intersection(assigned):
                    raise sql_error(4406, shown, line=table.line)
                names = f"_rowid, {names}"
            # DuckDB computes an expression once for all references, SQL Server NEWID() and RAND() for each of them.
            again = "NOT MATERIALIZED " if re.search(r"\b(uuid|random)\(\)", rows.sql) else ""
            parts.append(f"{identifier(table.name)}({names}) AS {again}({rows.sql})")
        self.context = outer
        if not parts:
            return ""
        return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(parts)} "

    def _base(
        self, body: syntax.Select, assigned: Collection[str] | None, shown_name: str
    ) -> tuple[int, Relation, tuple[str, ...]] | None:
        """The position in FROM of the table that a SELECT shows, the table, and its column in each item, '' for none.

        ``assigned`` tells the table of several that a statement changes: raises 4405 if it is not one. None is the
        result for a SELECT that does not show rows of a table (DISTINCT, GROUP BY), or may show those of several.
        """
        if body.distinct or body.group or body.having or any(has_aggregate(i.value) for i in body.items if i.value):
            return None
        # The columns of each source and the columns of its table behind them.
        sources: list[tuple[str, Relation | None, dict[str, str]]] = []
        for source in sources_of(body.source):
            if not isinstance(source, syntax.TableSource):
                sources.append((getattr(source, "alias", ""), None, {}))
                continue
            alias = (source.alias or source.name[-1]).lower()
            key = source.name[0].lower() if len(source.name) == 1 else ""
            if key in self.tables:
                base = self.bases.get(key)
                columns = self.tables[key].columns
                shown = {
                    c.name.lower(): base.columns[c.name.lower()].name if base and c.name.lower() in base.columns else ""
                    for c in columns
                }
                sources.append((alias, base.relation if base else None, shown))
                continue
            relation = self.context.relation(source.name, source.line)
            shown = {column.name.lower(): column.name for column in relation.columns}
            sources.append((alias, relation if relation.kind not in ("V", "S") else None, shown))
        items: list[tuple[str, int, str]] = []
        for item in body.items:
            if item.value is None:
                qualifier = item.qualifier[-1].lower() if item.qualifier else ""
                for position, (alias, _, shown) in enumerate(sources):
                    if qualifier in ("", alias):
                        items += [(name, position, column) for name, column in shown.items()]
                continue
            name, position, column = item.alias.lower(), -1, ""
            if isinstance(item.value, syntax.Column):
                *before, last = item.value.parts
                name = name or last.lower()
                for index, (alias, _, shown) in enumerate(sources):
                    if last.lower() in shown and (not before or before[-1].lower() == alias):
                        position, column = index, shown[last.lower()]
            items.append((name, position, column))
        changed = {position for name, position, column in items if column and name in (assigned or ())}
        if not changed:
            changed = {index for index, (_, relation, _) in enumerate(sources) if relation is not None}
            if len(sources) > 1 and not assigned:
                changed = {*changed, -1}
        if len(changed) != 1:
            if assigned is not None and len(sources) > 1:
                raise sql_error(4405, shown_name, line=body.line)
            return None
        (position,) = changed
        base_relation = sources[position][1]
        if base_relation is None:
            return None
        return position, base_relation, tuple(column if at == position else "" for _, at, column in items)

    def _recursive_table(self, table: syntax.CommonTable, limit: int) -> str:
        body = table.query.body
        if not isinstance(body, syntax.SetOperation) or table.query.order:
            raise sql_error(252, table.name, line=table.line)
        if body.operator != "UNION ALL" or _refers_to(body.left, table.name):
            raise unsupported("A recursive common table expression with several recursive parts", table.line)
        # MAXRECURSION: the query gets a column with the depth of the row. In the recursive part _items adds 1 to it and
        # raises 530 at the limit.
        anchor = self._body(body.left, None)
        columns = named_columns(anchor, table.columns, table.name, table.line)
        columns = tuple(replace(column, null=False, required=False, numbered=False) for column in columns)
        self.tables[table.name.lower()] = SourceColumns(
            table.name, table.name, columns, depth=f"{identifier(table.name)}.{_DEPTH}"
        )
        _check_recursive_part(body.right, table.name)
        outer, self.recursion = self.recursion, _Recursion(table.name, limit)
        step = self._body(body.right, None)
        self.recursion = outer
        *own, depth = step.columns
        if len(own) != len(columns):
            raise sql_error(205, line=table.line)
        for ours, theirs in zip(columns, own, strict=True):
            if not theirs.null and not _holds(ours.type, theirs.type):
                raise sql_error(240, ours.name, table.name, line=table.line)
        # The anchor decides the types; the recursive part is converted to them by T-SQL's rules.
        casts = ", ".join(
            implicit(reference("_r", theirs), ours.type, table.line).sql
            for ours, theirs in zip(columns, own, strict=True)
        )
        names = ", ".join(identifier(column.emitted) for column in columns)
        # Outside its own definition, the table has no depth.
        self.tables[table.name.lower()] = SourceColumns(table.name, table.name, columns)
        return (
            f"{identifier(table.name)}({names}, {_DEPTH}) AS (SELECT *, 0 FROM ({anchor.sql}) AS _a UNION ALL "
            f"SELECT {casts}, _r.{identifier(depth.emitted)} FROM ({step.sql}) AS _r)"
        )

    def _refuse_order(self, query: syntax.Query) -> None:
        body = query.body
        paged = query.offset is not None or (isinstance(body, syntax.Select) and body.top is not None)
        if query.order and not paged and query.form is None:
            raise sql_error(1033, line=query.line)

    def rows(self, query: syntax.Query, parent: Scope | None) -> Rows:
        """A query inside a statement; raises 1033 for ORDER BY without TOP or OFFSET."""
        self._refuse_order(query)
        _refuse_next_value(query, 11719)
        return self.query_rows(query, parent)

    def query_rows(self, query: syntax.Query, parent: Scope | None) -> Rows:
        """A query with its ORDER BY."""
        body = query.body
        if query.form is not None:
            if query.form.mode == "AUTO" and len(list(sources_of(syntax.first_select(body).source))) != 1:
                raise unsupported("FOR JSON AUTO of anything but one table", query.line)
            return row_text(self.query_rows(replace(query, form=None), parent), query.form, body)
        if isinstance(body, syntax.Select):
            return self.select(body, parent, query)
        rows = self._body(body, parent)
        if not query.order and query.offset is None:
            return rows
        # ORDER BY and paging of a set operation see only its columns, so they enclose it.
        scope = Scope(None, [SourceColumns("_u", "_u", rows.columns)])
        items = [(column, reference("_u", column)) for column in rows.columns]
        listed = syntax.first_select(body).items
        order = self._order(
            tuple(_by_position(item, listed) for item in query.order), scope, items, must_be_listed=True
        )
        sql = f'SELECT * FROM ({rows.sql}) AS "_u" ORDER BY {order}{self._paging(query, scope)}'
        return Rows(sql, rows.columns)

    def _body(self, body: syntax.Body, parent: Scope | None) -> Rows:
        if isinstance(body, syntax.Query):
            return self.query_rows(body, parent)
        if isinstance(body, syntax.Select):
            return self.select(body, parent, syntax.Query(body=body, line=body.line))
        return self._set_operation(body, parent)

    def _set_operation(self, node: syntax.SetOperation, parent: Scope | None) -> Rows:
        _refuse_next_value(node, 11721)
        left, right = self._body(node.left, parent), self._body(node.right, parent)
        if len(left.columns) != len(right.columns):
            raise sql_error(205, line=node.line)
        columns: list[OutputColumn] = []
        for one, two in zip(left.columns, right.columns, strict=True):
            # A bare NULL takes the type of the other side; two of them are INT.
            known = [column for column in (one, two) if not column.null]
            decimals = any(column.type.name in DECIMALS for column in known)
            types = [column.literal if column.literal and decimals else column.type for column in known]
            declared = common_type(types or [INT])
            null = one.null and two.null
            collation = joined([one, two], node.line)
            if collation == UNRESOLVED and node.operator == "UNION ALL":
                raise sql_error(451, len(columns) + 1, "SELECT", line=node.line)
            compared([one, two], node.operator, node.line)
            required = one.required and (two.required or node.operator in ("EXCEPT", "INTERSECT"))
            changed = replace(one, type=declared, null=null, literal=None, collation=collation)
            columns.append(replace(changed, required=required, numbered=False))
        first = self._converted(left, columns, node.line)
        second = self._converted(right, columns, node.line)
        names = tuple(columns)
        is_plain = not any(reference("_s", column).has_key for column in columns)
        if node.operator == "UNION ALL" or (node.operator == "UNION" and is_plain):
            return Rows(f"({first}) {node.operator} ({second})", names)
        # DuckDB's set operations compare the bytes of text. DISTINCT ON and EXISTS compare by the keys of collations.
        keys = ", ".join(key(reference("_s", column)) for column in columns)
        if node.operator == "UNION":
            union = f"({first}) UNION ALL ({second})"
            return Rows(f'SELECT DISTINCT ON ({keys}) * FROM ({union}) AS "_s"', names)
        if is_plain:
            return Rows(f"({first}) {node.operator} ({second})", names)
        emitted = ", ".join(f"_{index}" for index in range(len(columns)))
        same = " AND ".join(
            f"{key(reference('_s', column))} IS NOT DISTINCT FROM "
            f"{key(replace(reference('_t', column), sql=f'_t._{index}'))}"
            for index, column in enumerate(columns)
        )
        word = "" if node.operator == "INTERSECT" else "NOT "
        sql = (
            f'SELECT DISTINCT ON ({keys}) * FROM ({first}) AS "_s" '
            f"WHERE {word}EXISTS (SELECT 1 FROM ({second}) AS _t({emitted}) WHERE {same})"
        )
        return Rows(sql, names)

    def _converted(self, rows: Rows, columns: list[OutputColumn], line: int) -> str:
        """The SQL of one side of a set operation, with the common types and the names of the first side."""
        if all(
            (ours.type == theirs.type and ours.emitted == theirs.emitted)
            for ours, theirs in zip(rows.columns, columns, strict=True)
        ):
            return rows.sql
        parts = []
        for ours, theirs in zip(rows.columns, columns, strict=True):
            value = typed_null(theirs.type) if ours.null else implicit(reference("_c", ours), theirs.type, line)
            parts.append(f"{value.sql} AS {identifier(theirs.emitted)}")
        return f'SELECT {", ".join(parts)} FROM ({rows.sql}) AS "_c"'

    def select(
        self, node: syntax.Select, parent: Scope | None, query: syntax.Query, *, rowid: int | None = None
    ) -> Rows:
        """A SELECT; with ``rowid`` its SQL begins with one more column, _rowid: the rowid of that source."""
        refuse_windows(node.where, node.having, *(node.group.keys if node.group else ()))
        if query.order or node.distinct:
            _refuse_next_value(node, 11721 if node.distinct else 11723)
        scope = Scope(parent, has_rowid=rowid is not None)
        source = f" FROM {self.source(node.source, scope)}" if node.source else ""
        where = ""
        if node.where:
            scope.clause = "where"
            where = f" WHERE {self.condition(node.where, scope)}"
            scope.clause = "select"
        aggregated = (
            node.group is not None
            or node.having is not None
            or any(has_aggregate(item.value) for item in node.items if item.value)
        )
        # Before the select list, because grouping changes the meaning of the expressions in it.
        grouping = ""
        if aggregated:
            grouping = self._group(node.group, scope)
        items = self._items(node, scope)
        having = ""
        if node.having:
            scope.clause = "having"
            having = f" HAVING {self.condition(node.having, scope)}"
        scope.clause = "order"
        select_list = ", ".join(f"{value.sql} AS {identifier(column.emitted)}" for column, value in items)
        if rowid is not None:
            shown = scope.sources[rowid]
            name = "_rowid" if shown.relation is None else "rowid"
            select_list = f"{identifier(shown.emitted)}.{name} AS _rowid, {select_list}"
        columns = tuple(column for column, _ in items)
        tail = f"{source}{where}{grouping}{having}"
        if node.distinct:
            return self._distinct(node, query, f"SELECT {select_list}{tail}", items, scope)
        order = self._order(query.order, scope, items) if query.order else ""
        limit = self._paging(query, scope)
        qualify = ""
        if node.top:
            if query.offset is not None:
                raise sql_error(10741, line=node.top.line)
            if " OVER (" in order and (node.top.ties or node.top.percent):
                return self._top_by_windows(node.top, query, f"SELECT {select_list}{tail}", items, scope)
            qualify, limit = self._top(node.top, scope, order)
        if limit and not aggregated and _numbers_rows(order, scope):
            order = ""  # so that DuckDB stops at the limit: a tally may have billions of rows
        ordering = f" ORDER BY {order}" if order else ""
        if not (aggregated or qualify or ordering):
            values = [value for _, value in items]
            columns = tuple(
                replace(column, numbered=value.sql == "row_number() OVER ()")
                for column, value in zip(columns, values, strict=True)
            )
        return Rows(f"SELECT {select_list}{tail}{qualify}{ordering}{limit}", columns)

    def _distinct(
        self,
        node: syntax.Select,
        query: syntax.Query,
        inner: str,
        items: list[tuple[OutputColumn, Value]],
        scope: Scope,
    ) -> Rows:
        # In a subquery, because DISTINCT comes before ORDER BY and TOP. So ORDER BY can only use the select list: an
        # expression in it is recognised by its SQL, and any other is error 145.
        columns = tuple(column for column, _ in items)
        outer = [(column, reference("_d", column)) for column in columns]
        keys = ", ".join(key(value) for _, value in outer)
        is_plain = not any(value.has_key for _, value in outer)
        sql = f'SELECT {"DISTINCT" if is_plain else f"DISTINCT ON ({keys})"} * FROM ({inner}) AS "_d"'
        if query.order or node.top or query.offset is not None:
            by_sql = {value.sql: reference for (_, value), (_, reference) in zip(items, outer, strict=True)}
            order = self._order(query.order, scope, outer, by_sql=by_sql) if query.order else ""
            limit = self._paging(query, scope)
            qualify = ""
            if node.top:
                qualify, limit = self._top(node.top, scope, order)
            ordering = f" ORDER BY {order}" if order else ""
            sql = f'SELECT * FROM ({sql}) AS "_d"{qualify}{ordering}{limit}'
        return Rows(sql, columns)

    def _top(self, top: syntax.Top, scope: Scope, order: str) -> tuple[str, str]:
        """A QUALIFY clause and a LIMIT clause for TOP."""
        if top.ties and not order:
            raise sql_error(1062, line=top.line)
        # LIMIT has no ties, and a share of rows is rounded up in SQL Server: both are conditions on a window function.
        ordering = f"ORDER BY {in_window(order)}" if order else ""
        if top.percent:
            rank, share = "rank" if top.ties else "row_number", self.row_share(top, scope)
            return f" QUALIFY {rank}() OVER ({ordering}) <= ceil(count(*) OVER () * {share} / 100.0)", ""
        limit = self.row_count(top, scope)
        if top.ties:
            return f" QUALIFY rank() OVER ({ordering}) <= {limit}", ""
        named = (
            *columns_of(top.count, queries=False),  # of an outer query
            *(node for node in top.count.walk() if self.lateral and isinstance(node, syntax.Variable)),
        )
        if named:  # DuckDB's LIMIT cannot name columns
            return f" QUALIFY row_number() OVER ({ordering}) <= {limit}", ""
        return "", f" LIMIT {limit}"

    def row_share(self, top: syntax.Top, scope: Scope) -> str:
        """SQL of the percentage of TOP … PERCENT; raises 1031 outside 0 to 100."""
        count = self.expression(top.count, scope)
        if count.constant is None:
            return f"tsql_top_percent({count.sql})"
        if not 0 <= float(count.constant) <= 100:
            raise sql_error(1031, line=top.line)
        return count.sql

    def _top_by_windows(
        self,
        top: syntax.Top,
        query: syntax.Query,
        inner: str,
        items: list[tuple[OutputColumn, Value]],
        scope: Scope,
    ) -> Rows:
        """TOP PERCENT or WITH TIES by window functions: a query computes them, because windows cannot be nested."""
        columns = tuple(column for column, _ in items)
        computed, order = [], []
        for number, item in enumerate(query.order):
            direction = "DESC NULLS LAST" if item.descending else "ASC NULLS FIRST"
            sql = self._order((item,), scope, items).removesuffix(f" {direction}")
            computed.append(f"{sql} AS _o{number}")
            order.append(f"_o{number} {direction}")
        listed = ", ".join(identifier(column.emitted) for column in columns)
        qualify, limit = self._top(top, scope, ", ".join(order))
        rows = inner.replace("SELECT ", f"SELECT {', '.join(computed)}, ", 1)
        return Rows(f'SELECT {listed} FROM ({rows}) AS "_d"{qualify} ORDER BY {", ".join(order)}{limit}', columns)

    def row_count(self, top: syntax.Top, scope: Scope) -> str:
        """SQL of the number of rows of TOP; it raises 127 if it is negative, 1014 if it is NULL.

        Raises SqlError 4115 for a column of the query itself, 1060 for a type with decimals.
        """
        for column in columns_of(top.count, queries=False):
            if scope.resolve(column)[1].sources is scope.sources:
                raise sql_error(4115, column.parts[-1], line=top.line)
        given = self.expression(top.count, scope)
        if given.null or not _counts(given.type):
            raise sql_error(1060, line=top.line)
        count = convert(given, BIGINT, line=top.line)
        if count.constant is None:
            return f"tsql_top({count.sql})"
        if int(count.constant) < 0:
            raise sql_error(127, line=top.line)
        return count.sql

    def _paging(self, query: syntax.Query, scope: Scope) -> str:
        if query.offset is None:
            return ""
        outer = Scope(scope.parent)  # the columns of the query are not allowed
        sql = f" OFFSET {self._row_number(query.offset, outer, 0, 10742, query.line)}"
        if query.fetch is not None:
            sql = f" LIMIT {self._row_number(query.fetch, outer, 1, 10744, query.line)}{sql}"
        return sql

    def _row_number(self, node: syntax.Expression, scope: Scope, least: int, number: int, line: int) -> str:
        """A number of rows of OFFSET … FETCH; an error if it is below ``least``."""
        given = self.expression(node, scope)
        if given.null or not _counts(given.type):
            raise sql_error(1060 if least else 10743, line=line)
        value = convert(given, BIGINT, line=line)
        if value.constant is None:
            return f"tsql_at_least({value.sql}, {least}, {number})"
        if int(value.constant) < least:
            raise sql_error(number, line=line)
        return value.sql

    def _order(
        self,
        order: tuple[syntax.OrderItem, ...],
        scope: Scope,
        items: list[tuple[OutputColumn, Value]],
        *,
        must_be_listed: bool = False,
        by_sql: dict[str, Value] | None = None,
    ) -> str:
        """ORDER BY: an item is a position or name in the select list, else an expression over the sources."""
        parts = []
        named: set[str] = set()
        for position, item in enumerate(order, 1):
            if isinstance(item.value, syntax.Variable):
                raise sql_error(1008, position, line=item.line)
            value = self._listed(item, items, position)
            if value is None and must_be_listed:
                raise sql_error(104, line=item.line)
            if value is None:
                value = self.expression(item.value, scope)
                if by_sql is not None:
                    if value.sql not in by_sql:
                        raise sql_error(145, line=item.line)
                    value = by_sql[value.sql]
            if isinstance(item.value, syntax.Column | syntax.Literal):
                if value.sql in named:
                    raise sql_error(169, line=item.line)
                named.add(value.sql)
            # NULL is the lowest value in SQL Server.
            parts.append(f"{sort_key(value)} {'DESC NULLS LAST' if item.descending else 'ASC NULLS FIRST'}")
        return ", ".join(parts)

    def _listed(self, item: syntax.OrderItem, items: list[tuple[OutputColumn, Value]], place: int) -> Value | None:
        """The value in the select list that an ORDER BY item refers to by position or alias, or None."""
        node = item.value
        if isinstance(node, syntax.Literal) and node.kind == "integer":
            position = int(node.value)
            if not 1 <= position <= len(items):
                raise sql_error(108, position, line=item.line)
            return items[position - 1][1]
        if isinstance(node, syntax.Literal):
            raise sql_error(408, place, line=item.line)
        if isinstance(node, syntax.Column) and len(node.parts) == 1:
            wanted = node.parts[0].lower()
            found = [value for column, value in items if column.name.lower() == wanted]
            if len(found) > 1:
                raise sql_error(209, node.parts[0], line=item.line)
            if found:
                return found[0]
        return None

    def _group(self, group: syntax.Grouping | None, scope: Scope) -> str:
        """GROUP BY; sets ``scope.keys`` to the value of each grouping expression after grouping."""
        if group is None:  # aggregates over all rows: no column outside an aggregate is grouped
            scope.keys = {}
            return ""
        values = []
        for node in group.keys:
            if isinstance(node, syntax.Literal | syntax.Variable) or has_aggregate(node):
                raise sql_error(144 if has_aggregate(node) else 164, line=node.line)
            if any(isinstance(inner, syntax.Subquery) for inner in node.walk(queries=False)):
                raise sql_error(144, line=node.line)
            values.append(self.expression(node, scope))
        keys = {}
        for value in values:
            grouped = key(value)
            scope.grouping_sql[value.sql] = grouped
            if grouped == value.sql:
                keys[value.sql] = value
                continue
            # A group may contain several spellings (case, trailing blanks). SQL Server shows any of them; min() always
            # shows the same one.
            shown = f"min({value.sql})"
            if group.sets is not None:
                # In a set without this key the column is NULL; min() would show a value.
                shown = f"CASE WHEN grouping({grouped}) = 0 THEN {shown} END"
            keys[value.sql] = Value(
                shown, value.type, collation=value.collation, cost=native(value), required=value.required
            )
        if group.sets is not None:
            keys = {sql: replace(value, required=False) for sql, value in keys.items()}
        scope.keys = keys
        sql = [key(value) for value in values]
        if group.sets is None:
            return f" GROUP BY {', '.join(sql)}" if sql else " GROUP BY ()"
        sets = ", ".join(f"({', '.join(sql[index] for index in indexes)})" for indexes in group.sets)
        return f" GROUP BY GROUPING SETS ({sets})"

    def _items(self, node: syntax.Select, scope: Scope) -> list[tuple[OutputColumn, Value]]:
        items: list[tuple[OutputColumn, Value]] = []
        taken: set[str] = set()

        def add(name: str, value: Value) -> None:
            # T-SQL allows results with equal or empty names, DuckDB's derived tables do not.
            emitted = name or f"_{len(items) + 1}"
            while emitted.lower() in taken:
                emitted += "_"
            taken.add(emitted.lower())
            if value.collation == UNRESOLVED:
                raise sql_error(451, len(items) + 1, "SELECT", line=node.line)
            shown = typed_null(value.type) if value.null else value
            literal = combined_type(value) if value.type == INT else None
            column = OutputColumn(
                *(name, value.type, emitted, value.collation, value.null, value.identity),
                required=value.required,
                literal=literal,
            )
            items.append((column, shown))

        for item in node.items:
            if item.value is None:
                for name, value in self.star(item, scope):
                    add(name, value)
                continue
            value = self.expression(item.value, scope)
            name = item.alias
            if not name and isinstance(item.value, syntax.Column):
                name = scope.name_of(item.value)
            add(name, value)
        # The recursive part of a common table expression gets its next depth as the last column.
        if self.recursion is not None:
            recursive = [source for source in scope.sources if source.depth]
            if recursive:
                depth = f"{identifier(recursive[0].emitted)}.{_DEPTH}"
                if self.recursion.limit:
                    failed = raise_sql(530, quote(str(self.recursion.limit)))
                    sql = f"CASE WHEN {depth} >= {self.recursion.limit} THEN {failed} ELSE {depth} + 1 END"
                else:
                    sql = f"{depth} + 1"
                add("", Value(sql, INT))
        return items

    def star(self, item: syntax.Item, scope: Scope) -> list[tuple[str, Value]]:
        """The columns of * or source.*; in a grouped query each of them must be grouped."""
        sources = [source for source in scope.sources if not item.qualifier or source.is_named_by(item.qualifier)]
        if item.qualifier and not sources:
            raise sql_error(107, ".".join(item.qualifier), line=item.line)
        if not sources:
            raise sql_error(263, line=item.line)
        columns = []
        for source in sources:
            for column in source.columns:
                value = source.value(column)
                if scope.keys is not None:
                    node = syntax.Column(parts=(source.alias, column.name), line=item.line)
                    value = self.expression(node, scope)
                columns.append((column.name, value))
        return columns

    def source(self, node: syntax.Source, scope: Scope) -> str:
        """The SQL of a FROM clause; adds its sources to the scope."""
        match node:
            case syntax.TableSource():
                return self._table(node, scope)
            case syntax.DerivedSource(query=query, alias=alias, columns=columns):
                rows = self.rows(query, scope.parent)
                return self._derived(rows, alias, columns, scope, node.line)
            case syntax.ValuesSource():
                return self._values_source(node, scope)
            case syntax.FunctionSource():
                return self._function_source(node, scope)
            case syntax.FileSource():
                return self._file_source(node, scope)
            case syntax.Join():
                return self._join(node, scope)
            case syntax.ChangeSource():
                if self.nested is None:
                    raise sql_error(10729, line=node.line)
                rows, self.nested = self.nested, None
                return self._derived(rows, node.alias, node.columns, scope, node.line)
            case syntax.Pivot():
                return self._pivot(node, scope)
            case syntax.Unpivot():
                return self._unpivot(node, scope)
        raise unsupported(type(node).__name__.upper(), node.line)

    def _table(self, node: syntax.TableSource, scope: Scope) -> str:
        alias = node.alias or node.name[-1]
        emitted = scope.emitted_alias(alias)
        if len(node.name) == 1 and node.name[0].lower() in self.tables:
            table = self.tables[node.name[0].lower()]
            scope.add(SourceColumns(alias, emitted, table.columns, table.name, depth=table.depth), node.line)
            return f"{identifier(table.emitted)} AS {identifier(emitted)}"
        relation = self.context.relation(node.name, node.line)
        source = self.read(relation, alias, emitted)
        self.tables_read.append(source)
        scope.add(source, node.line)
        return f"{relation.duckdb_name} AS {identifier(emitted)}"

    def read(self, relation: Relation, alias: str, emitted: str) -> SourceColumns:
        """A table or view as a source; computed columns that are not persisted stand for their expressions."""
        source = relation_source(relation, alias, emitted)
        self.compute(source, relation, [column for column in relation.columns if not column.persisted])
        return source

    def compute(
        self, source: SourceColumns, relation: Relation, columns: Sequence[ColumnInfo], present: str = ""
    ) -> None:
        """Let the computed ones of these columns stand for their expressions, in rows for which ``present`` is true."""
        scope = Scope(None, [replace(source, replacements={}, used={})])
        # As in a view, there are no parameters: an expression that is not read would leave them unused.
        kept, self.in_view = self.in_view, True
        for column in columns:
            if column.computed is not None:
                value = self.expression(parse_expression(column.computed), scope)
                own = source.find(column.name)
                assert own is not None
                sql = f"CAST({value.sql} AS {duckdb_type(column.type)})"
                source.replacements[column.name.lower()] = Value(
                    f"CASE WHEN {present} THEN {sql} END" if present else sql,
                    column.type,
                    collation=own.own_collation,
                    required=own.required,
                )
        self.in_view = kept

    def _derived(
        self, rows: Rows, alias: str, names: tuple[str, ...], scope: Scope, line: int, *, lateral: str = ""
    ) -> str:
        columns = named_columns(rows, names, alias, line)
        emitted = scope.emitted_alias(alias)
        scope.add(SourceColumns(alias, emitted, columns), line)
        renamed = ", ".join(identifier(column.emitted) for column in columns)
        return f"{lateral}({rows.sql}) AS {identifier(emitted)}({renamed})"

    def _values_source(self, node: syntax.ValuesSource, scope: Scope, parent: Scope | None = None) -> str:
        outer = Scope(parent if parent is not None else scope.parent)
        rows = [[self.expression(value, outer) for value in row] for row in node.rows]
        if len({len(row) for row in rows}) != 1:
            raise sql_error(10709, line=node.line)
        # All rows of a column have one type: its values are converted before DuckDB sees them.
        types = [united_type(column) for column in zip(*rows, strict=True)]
        lines = ", ".join(
            "(" + ", ".join(implicit(value, kind, node.line).sql for value, kind in zip(row, types, strict=True)) + ")"
            for row in rows
        )
        columns = tuple(
            OutputColumn(
                *(f"{index}", declared, f"{index}", joined(values, node.line)),
                null=all(value.null for value in values),
                required=all(value.required for value in values),
            )
            for index, (declared, values) in enumerate(zip(types, zip(*rows, strict=True), strict=True))
        )
        if len(node.columns) != len(types):
            raise _alias_count(node.alias, len(node.columns), len(types), node.line)
        return self._derived(Rows(f"VALUES {lines}", columns), node.alias, node.columns, scope, node.line)

    def _function_source(self, node: syntax.FunctionSource, scope: Scope) -> str:
        call = node.call
        if isinstance(call, syntax.Call) and call.name not in REGISTRY:
            if call.name.startswith("DM_"):
                raise unsupported(f"The function {call.name}", call.line)
            call = syntax.FunctionCall(name=(call.name.lower(),), arguments=call.arguments, line=call.line)
        if isinstance(call, syntax.FunctionCall):
            rows = self.user_rows(call, scope)
        else:
            rows = compile_table(self, call, scope)
        return self._derived(rows, node.alias, node.columns, scope, node.line, lateral="LATERAL ")

    def _file_source(self, node: syntax.FileSource, scope: Scope) -> str:
        if self.in_view:
            raise unsupported("OPENROWSET(BULK …) in a view", node.line)
        # read_blob expands wildcards in a path
        file = glob.escape(self.context.file(node.path, node.data_source, node.line))
        column = OutputColumn("BulkColumn", SqlType("varbinary", length=MAX), "BulkColumn", path="file path")
        rows = Rows(f'SELECT content AS "BulkColumn", filename AS "file path" FROM read_blob({quote(file)})', (column,))
        return self._derived(rows, node.alias, node.columns, scope, node.line)

    def _join(self, node: syntax.Join, scope: Scope) -> str:
        refuse_windows(node.condition)
        before = len(scope.sources)
        left = self.source(node.left, scope)
        between = len(scope.sources)
        if node.kind.endswith("APPLY"):
            applied = self._apply(node, left, scope)
            if node.kind == "OUTER APPLY":
                _allow_null(scope.sources[between:])
            return applied
        right = self.source(node.right, scope)
        if node.kind in ("LEFT", "FULL"):
            _allow_null(scope.sources[between:])
        if node.kind in ("RIGHT", "FULL"):
            _allow_null(scope.sources[before:between])
        if isinstance(node.right, syntax.Join):
            right = f"({right})"  # its ON precedes the ON of this join
        if node.condition is None:
            return f"{left} CROSS JOIN {right}"
        return f"{left} {node.kind} JOIN {right} ON {self.condition(node.condition, scope)}"

    def _apply(self, node: syntax.Join, left: str, scope: Scope) -> str:
        right_node = node.right
        inner = Scope(scope, [])
        if isinstance(right_node, syntax.DerivedSource):
            rows = self.rows(right_node.query, scope)
            right = self._derived(rows, right_node.alias, right_node.columns, scope, node.line, lateral="LATERAL ")
        elif isinstance(right_node, syntax.FunctionSource):
            right = self._function_source(right_node, scope)
        elif isinstance(right_node, syntax.ValuesSource):
            right = "LATERAL " + self._values_source(right_node, scope, parent=scope)
        else:
            right = self.source(right_node, inner)
            scope.sources.extend(inner.sources)
        if node.kind == "CROSS APPLY":
            return f"{left} CROSS JOIN {right}"
        return f"{left} LEFT JOIN {right} ON TRUE"  # OUTER APPLY keeps the rows of the left side without a match

    def _pivoted(self, node: syntax.Pivot, value: Value) -> Value:
        """The aggregate of a PIVOT over a compiled value."""
        # A call over a source with one column, "value", so that the handler of the aggregate compiles it.
        argument = syntax.Column(parts=("value",), line=node.line)
        call = syntax.Call(name=node.aggregate.upper(), written=node.aggregate, arguments=(argument,), line=node.line)
        check_aggregate(call)
        column = OutputColumn("value", value.type, "value")
        rows = Scope(None, [SourceColumns("", "", (column,), replacements={"value": value})], keys={})
        return compile_call(self, call, rows)

    def _pivot(self, node: syntax.Pivot, scope: Scope) -> str:
        """PIVOT as a grouped query with one conditional aggregate per value of the IN list."""
        inner = Scope(scope.parent)
        source = self.source(node.source, inner)
        value, _, _ = inner.resolve(node.value)
        pivoted, _, _ = inner.resolve(node.column)
        columns = []
        selected = []
        groups = []
        # PIVOT groups by all columns that it does not name.
        used = {value.sql, pivoted.sql}
        for known in inner.sources:
            for column in known.columns:
                reference = known.value(column)
                if reference.sql in used:
                    continue
                grouped = key(reference)
                groups.append(grouped)
                shown = reference.sql if grouped == reference.sql else f"min({reference.sql})"
                selected.append(f"{shown} AS {identifier(column.name)}")
                columns.append(OutputColumn(column.name, column.type, column.name, column.collation))
        for name in node.values:
            constant = Value(quote(name), text_type("nvarchar", len(name)), constant=name, cost=Cost.NAME)
            test = self.compare("=", pivoted, constant, node.line)
            result = self._pivoted(node, replace(value, sql=f"CASE WHEN {test} THEN {value.sql} END", cost=Cost.MACROS))
            selected.append(f"{result.sql} AS {identifier(name)}")
            columns.append(OutputColumn(name, result.type, name))
        grouping = f" GROUP BY {', '.join(groups)}" if groups else ""
        rows = Rows(f"SELECT {', '.join(selected)} FROM {source}{grouping}", tuple(columns))
        return self._derived(rows, node.alias, (), scope, node.line)

    def _unpivot(self, node: syntax.Unpivot, scope: Scope) -> str:
        """UNPIVOT: a row for each of the listed columns that is not NULL. Raises 8167 for columns of several types."""
        inner = Scope(scope.parent)
        source = self.source(node.source, inner)
        listed = [inner.resolve(syntax.Column(parts=(name,), line=node.line))[0] for name in node.columns]
        for name, value in zip(node.columns, listed, strict=True):
            if not same_type(value.type, listed[0].type):
                raise sql_error(8167, name, line=node.line)
        used = {value.sql for value in listed}
        columns = []
        selected = []
        for known in inner.sources:
            for column in known.columns:
                read = known.value(column)
                if read.sql not in used:
                    selected.append(f"{read.sql} AS {identifier(column.name)}")
                    columns.append(replace(column, emitted=column.name))
        values = ", ".join(
            f"struct_pack(v := {value.sql}, n := {quote(name)})"
            for name, value in zip(node.columns, listed, strict=True)
        )
        selected.append(f"unnest([{values}]) AS _unpivoted")
        outer = [identifier(column.emitted) for column in columns]
        outer += [f"_unpivoted.v AS {identifier(node.value)}", f"_unpivoted.n AS {identifier(node.column)}"]
        columns.append(OutputColumn(node.value, listed[0].type, node.value, listed[0].collation))
        columns.append(OutputColumn(node.column, text_type("nvarchar", 128), node.column))
        sql = (
            f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(selected)} FROM {source}) AS _u "
            "WHERE _unpivoted.v IS NOT NULL"
        )
        return self._derived(Rows(sql, tuple(columns)), node.alias, (), scope, node.line)


def _allow_null(sources: list[SourceColumns]) -> None:
    for source in sources:
        source.allow_null()


def _refuse_next_value(node: syntax.Node, number: int) -> None:
    """Raise an error for a query with NEXT VALUE FOR."""
    for inner in node.walk():
        if isinstance(inner, syntax.NextValue):
            raise sql_error(number, line=inner.line)


def sources_of(source: syntax.Source | None) -> Iterator[syntax.Source]:
    """The sources that a FROM clause joins, in order."""
    if isinstance(source, syntax.Join):
        yield from sources_of(source.left)
        yield from sources_of(source.right)
    elif source is not None:
        yield source


def _counts(declared: SqlType) -> bool:
    """Whether values of a type can be numbers of rows."""
    return declared.name in INTEGERS | {"bit"} or (declared.name in DECIMALS and not declared.scale)


def _by_position(item: syntax.OrderItem, listed: tuple[syntax.Item, ...]) -> syntax.OrderItem:
    """ORDER BY table.column of a set operation as the position of that column in the first select list."""
    if not isinstance(item.value, syntax.Column) or len(item.value.parts) < 2:
        return item
    wanted = tuple(part.lower() for part in item.value.parts)
    for position, known in enumerate(listed, 1):
        if isinstance(known.value, syntax.Column) and tuple(part.lower() for part in known.value.parts) == wanted:
            return replace(item, value=syntax.Literal(kind="integer", value=str(position), line=item.line))
    return item


def _alias_count(alias: str, given: int, needed: int, line: int) -> SqlError:
    if given < needed:
        return sql_error(8158, alias, line=line)
    return sql_error(8159, alias, line=line)


def _numbers_rows(order: str, scope: Scope) -> bool:
    """Whether an order is the one in which DuckDB gives the rows of the only source."""
    if len(scope.sources) != 1:
        return False
    (source,) = scope.sources
    numbers = (source.value(column) for column in source.columns if column.numbered)
    return any(order == f"{sort_key(value)} ASC NULLS FIRST" for value in numbers)


def named_columns(rows: Rows, names: tuple[str, ...], alias: str, line: int) -> tuple[OutputColumn, ...]:
    """The columns of a derived table, renamed by its column list; raises 8155, 8156, 8158, 8159."""
    if names and len(names) != len(rows.columns):
        raise _alias_count(alias, len(names), len(rows.columns), line)
    columns = []
    seen: set[str] = set()
    for position, column in enumerate(rows.columns, 1):
        name = names[position - 1] if names else column.name
        if not name:
            raise sql_error(8155, position, alias, line=line)
        if name.lower() in seen:
            raise sql_error(8156, name, alias, line=line)
        seen.add(name.lower())
        columns.append(replace(column, name=name, emitted=name))
    return tuple(columns)


def _holds(anchor: SqlType, recursive: SqlType) -> bool:
    """Whether a column of a recursive query, whose type is the anchor's, takes the values of the recursive part.

    SQL Server requires the same type. A shorter text is allowed here, because no value of it is lost.
    """
    if anchor.name != recursive.name or MAX in (anchor.length, recursive.length):
        return same_type(anchor, recursive)
    if anchor.name in DECIMALS:
        return (anchor.precision, anchor.scale) == (recursive.precision, recursive.scale)
    return (recursive.length or 1) <= (anchor.length or 1)


def _check_recursive_part(body: syntax.Body, name: str) -> None:
    """Raise 460, 461, 462, 465 and 467 for a recursive part with more than joins and conditions."""
    if not isinstance(body, syntax.Select):
        return
    joins = (part for part in (body.source.walk(queries=False) if body.source else ()) if isinstance(part, syntax.Join))
    expressions = [item.value for item in body.items if item.value] + [part for part in (body.where,) if part]
    nested = (inner for expression in expressions for inner in expression.walk() if isinstance(inner, syntax.Query))
    for number, found in (
        (460, body.distinct),
        (461, body.top is not None),
        (462, any(join.kind in ("LEFT", "RIGHT", "FULL", "OUTER APPLY") for join in joins)),
        (467, body.group or body.having or any(map(has_aggregate, expressions))),
    ):
        if found:
            raise sql_error(number, name, line=body.line)
    if any(_refers_to(query, name) for query in nested):
        raise sql_error(465, line=body.line)


def _refers_to(node: syntax.Node, name: str) -> bool:
    """Whether a query reads from a table with this one-part name."""
    return any(
        isinstance(inner, syntax.TableSource) and len(inner.name) == 1 and inner.name[0].lower() == name.lower()
        for inner in node.walk()
    )
