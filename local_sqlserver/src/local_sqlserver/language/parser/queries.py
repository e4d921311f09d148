"""Queries: select lists, sources, joins, grouping, set operations."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.datatypes import parse_type
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.parser.expressions import ExpressionParser
from local_sqlserver.language.tokens import END, NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD

_TABLE_HINTS = frozenset(
    [
        "NOLOCK",
        "READUNCOMMITTED",
        "READCOMMITTED",
        "READCOMMITTEDLOCK",
        "READPAST",
        "REPEATABLEREAD",
        "SERIALIZABLE",
        "HOLDLOCK",
        "UPDLOCK",
        "XLOCK",
        "ROWLOCK",
        "PAGLOCK",
        "TABLOCK",
        "TABLOCKX",
        "NOWAIT",
        "KEEPIDENTITY",
        "KEEPDEFAULTS",
        "FORCESEEK",
        "FORCESCAN",
        "NOEXPAND",
        "READPAST",
        "SNAPSHOT",
        "NOEXPAND",
    ]
)
_QUERY_HINTS = (
    ("RECOMPILE",),
    ("HASH", "JOIN"),
    ("MERGE", "JOIN"),
    ("LOOP", "JOIN"),
    ("HASH", "GROUP"),
    ("ORDER", "GROUP"),
    ("FORCE", "ORDER"),
    ("KEEP", "PLAN"),
    ("KEEPFIXED", "PLAN"),
    ("ROBUST", "PLAN"),
    ("EXPAND", "VIEWS"),
    ("CONCAT", "UNION"),
    ("HASH", "UNION"),
    ("MERGE", "UNION"),
    ("OPTIMIZE", "FOR", "UNKNOWN"),
    ("PARAMETERIZATION", "SIMPLE"),
    ("PARAMETERIZATION", "FORCED"),
    ("IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX",),
    ("NO_PERFORMANCE_SPOOL",),
    ("DISABLE_OPTIMIZED_PLAN_FORCING",),
)
_USE_HINTS = frozenset(
    {
        "ASSUME_JOIN_PREDICATE_DEPENDS_ON_FILTERS",
        "ASSUME_MIN_SELECTIVITY_FOR_FILTER_ESTIMATES",
        "ASSUME_FULL_INDEPENDENCE_FOR_FILTER_ESTIMATES",
        "ASSUME_PARTIAL_CORRELATION_FOR_FILTER_ESTIMATES",
        "DISABLE_BATCH_MODE_ADAPTIVE_JOINS",
        "DISABLE_BATCH_MODE_MEMORY_GRANT_FEEDBACK",
        "DISABLE_CE_FEEDBACK",
        "DISABLE_DEFERRED_COMPILATION_TV",
        "DISABLE_DOP_FEEDBACK",
        "DISABLE_INTERLEAVED_EXECUTION_TVF",
        "DISABLE_MEMORY_GRANT_FEEDBACK_PERSISTENCE",
        "DISABLE_OPTIMIZED_NESTED_LOOP",
        "DISABLE_OPTIMIZER_ROWGOAL",
        "DISABLE_PARAMETER_SENSITIVE_PLAN_OPTIMIZATION",
        "DISABLE_PARAMETER_SNIFFING",
        "DISABLE_ROW_MODE_MEMORY_GRANT_FEEDBACK",
        "DISABLE_TSQL_SCALAR_UDF_INLINING",
        "DISALLOW_BATCH_MODE",
        "ENABLE_HIST_AMENDMENT_FOR_ASC_KEYS",
        "ENABLE_PARALLEL_PLAN_PREFERENCE",
        "ENABLE_QUERY_OPTIMIZER_HOTFIXES",
        "FORCE_DEFAULT_CARDINALITY_ESTIMATION",
        "FORCE_LEGACY_CARDINALITY_ESTIMATION",
        "QUERY_PLAN_PROFILE",
    }
)
_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=")
_JOIN_HINTS = ("HASH", "MERGE", "LOOP")

_REFUSED_ROWSETS = ("CHANGETABLE", "OPENDATASOURCE", "OPENQUERY", "OPENROWSET", "OPENXML")


class QueryParser(ExpressionParser):
    """Parses queries, and the FROM clause of UPDATE and DELETE."""

    _outermost = -1
    """The position of the statement's outermost SELECT, which alone may have INTO and assign to variables."""

    def query(self) -> syntax.Query:
        """A query expression with its ORDER BY and paging."""
        line = self.token.line
        body = self._union()
        order: tuple[syntax.OrderItem, ...] = ()
        offset = fetch = None
        if self.at_word("ORDER"):
            order = self.order_by()
            if self.accept_word("OFFSET"):
                offset = self.value()
                self.expect_word("ROW", "ROWS")
                if self.accept_word("FETCH"):
                    self.expect_word("NEXT", "FIRST")
                    fetch = self.value()
                    self.expect_word("ROW", "ROWS")
                    self.expect_word("ONLY")
        form = self._rows_as() if self.at_word("FOR") and self.peek().upper in ("XML", "JSON", "BROWSE") else None
        return syntax.Query(body=body, order=order, offset=offset, fetch=fetch, form=form, line=line)

    def _rows_as(self) -> syntax.RowsAs:
        """FOR XML or FOR JSON; TYPE is allowed in parentheses before .value('.', …) alone."""
        line = self.advance().line
        kind = self.advance().upper
        if kind == "BROWSE":
            raise unsupported("FOR BROWSE", line)
        mode = self.token.upper
        if mode not in (("RAW", "PATH") if kind == "XML" else ("PATH", "AUTO")):
            raise unsupported(f"FOR {kind} {mode}", line)
        self.advance()
        element, root = "row", None
        if kind == "XML" and self.at_operator("("):
            element = self._name_in_parentheses()
        options = set()
        while self.accept_operator(","):
            word = self.advance().upper
            if word == "ROOT":
                root = self._name_in_parentheses() if self.at_operator("(") else "root"
            elif word == "TYPE" and kind == "XML" and self._at_value_method():
                options.add("TYPE")
            elif word in (("ELEMENTS",) if kind == "XML" else ("INCLUDE_NULL_VALUES", "WITHOUT_ARRAY_WRAPPER")):
                if word == "ELEMENTS" and self.accept_word("XSINIL"):
                    raise unsupported("FOR XML … ELEMENTS XSINIL", line)
                if word == "ELEMENTS":
                    self.accept_word("ABSENT")
                options.add(word)
            else:
                raise unsupported(f"FOR {kind} … {word}", line)
        raw = "TYPE" in options
        if raw and (element or root):
            raise unsupported("value() of XML with elements", line)
        if root is not None and "WITHOUT_ARRAY_WRAPPER" in options:
            raise sql_error(13620, line=line)
        return syntax.RowsAs(
            kind=kind, mode=mode, element=element, root=root, options=frozenset(options), raw=raw, line=line
        )

    def _name_in_parentheses(self) -> str:
        self.expect_operator("(")
        if self.token.kind != STRING:
            raise self.error()
        name = self.advance().value
        self.expect_operator(")")
        return name

    def _at_value_method(self) -> bool:
        """Whether ).value( follows."""
        following = [self.token, *(self.peek(distance) for distance in range(1, 4))]
        return [token.text.lower() for token in following] == [")", ".", "value", "("]

    def _union(self) -> syntax.Body:
        left = self._intersect()
        while token := self.accept_word("UNION", "EXCEPT"):
            operator = token.upper
            if operator == "UNION" and self.accept_word("ALL"):
                operator = "UNION ALL"
            right = self._intersect()
            left = syntax.SetOperation(operator=operator, left=left, right=right, line=token.line)
        return left

    def _intersect(self) -> syntax.Body:
        left = self._query_term()
        while token := self.accept_word("INTERSECT"):
            right = self._query_term()
            left = syntax.SetOperation(operator="INTERSECT", left=left, right=right, line=token.line)
        return left

    def _query_term(self) -> syntax.Body:
        if self.accept_operator("("):
            body = self._union()
            self.expect_operator(")")
            return body
        return self._select()

    def _select(self) -> syntax.Select:
        outermost = self.position == self._outermost
        line = self.expect_word("SELECT").line
        distinct = self.accept_word("DISTINCT") is not None
        if not distinct:
            self.accept_word("ALL")
        top = self.top(in_select=True) if self.at_word("TOP") else None
        items = self.items(assign=outermost)
        into: syntax.Name = ()
        if outermost and self.accept_word("INTO"):
            into = self.name()
            if self.accept_word("ON"):
                self.filegroup()
        source = self.from_clause() if self.accept_word("FROM") else None
        where = self.condition() if self.accept_word("WHERE") else None
        group = self._group_by() if self.accept_word("GROUP") else None
        having = self.condition() if self.accept_word("HAVING") else None
        self.window_clause()
        return syntax.Select(
            distinct=distinct,
            top=top,
            items=items,
            into=into,
            source=source,
            where=where,
            group=group,
            having=having,
            line=line,
        )

    def top(self, *, in_select: bool = False) -> syntax.Top:
        """TOP (n) [PERCENT] [WITH TIES]; in a SELECT, a constant needs no parentheses."""
        line = self.expect_word("TOP").line
        if self.at_operator("(") or not in_select:
            self.expect_operator("(")
            is_query = self.at_word("SELECT")
            count = syntax.Subquery(query=self.query(), line=line) if is_query else self.value()
            self.expect_operator(")")
        elif self.token.kind == NUMBER and self.peek().upper == "PERCENT":
            count = self._primary()
        else:
            count = syntax.Literal(kind="integer", value=str(self.expect_integer()), line=line)
        percent = self.accept_word("PERCENT") is not None
        ties = False
        if self.at_words("WITH", "TIES"):
            self.advance()
            self.advance()
            ties = True
        return syntax.Top(count=count, percent=percent, ties=ties, line=line)

    def items(self, *, assign: bool = False) -> tuple[syntax.Item, ...]:
        """A select list or OUTPUT list; ``assign`` (in the outermost SELECT only) allows assignments to variables."""
        line = self.token.line
        items = [self._item(assign)]
        while self.accept_operator(","):
            items.append(self._item(assign))
        if len({bool(item.variable) for item in items}) == 2:
            raise sql_error(141, line=line)
        return tuple(items)

    def _item(self, assign: bool) -> syntax.Item:
        line = self.token.line
        if self.accept_operator("*"):
            return syntax.Item(value=None, line=line)
        if star := self._qualified_star():
            return syntax.Item(value=None, qualifier=star, line=line)
        if assign and self.token.kind == VARIABLE and self.peek().text in _ASSIGNMENTS:
            name = self.scalar_variable()
            operator = self.advance().text
            value = self.value()
            if operator != "=":
                variable = syntax.Variable(name=name, line=line)
                value = syntax.Binary(operator=operator[0], left=variable, right=value, line=line)
            return syntax.Item(value=value, variable=name, line=line)
        # `alias = value`: a value cannot begin with a comparison.
        if (self.token.is_name or self.token.kind == STRING) and self.peek().text == "=":
            if self.token.kind == WORD and self.token.upper in RESERVED:
                raise self.error()
            alias = self.advance().value
            self.advance()
            return syntax.Item(value=self.value(), alias=alias, line=line)
        value = self.value()
        return syntax.Item(value=value, alias=self._column_alias(), line=line)

    def _qualified_star(self) -> syntax.Name:
        """The prefix of ``a.b.*`` if that is next, else the empty name."""
        distance = 0
        parts = []
        while self.peek(distance).is_name and self.peek(distance + 1).text == ".":
            parts.append(self.peek(distance).value)
            distance += 2
        if not parts or self.peek(distance).text != "*":
            return ()
        self.position += distance + 1
        return tuple(parts)

    def _column_alias(self) -> str:
        if self.accept_word("AS"):
            if self.token.kind == STRING:
                return self.advance().value
            return self.expect_identifier()
        if self.token.kind in (STRING, QUOTED) or (self.token.kind == WORD and self.token.upper not in RESERVED):
            return self.advance().value
        return ""

    def table_name(self) -> syntax.Name:
        """A table's name, or a table variable."""
        if self.token.kind == VARIABLE:
            return (self.table_variable(),)
        self._refuse_rowset()
        return self.name()

    def _refuse_rowset(self) -> None:
        if self.at_word(*_REFUSED_ROWSETS) and self.peek().text == "(":
            raise unsupported(self.token.upper, self.token.line)

    def filegroup(self) -> None:
        """Step over the filegroup after ON: storage does not affect results."""
        token = self.token
        self.expect_identifier()
        if token.value.upper() != "PRIMARY":
            raise unsupported(f"The filegroup or partition scheme {token.value}", token.line)

    def from_clause(self) -> syntax.Source:
        """The sources after FROM; commas are cross joins."""
        left = self._joined()
        while self.accept_operator(","):
            right = self._joined()
            left = syntax.Join(kind="CROSS", left=left, right=right, condition=None, line=right.line)
        return left

    def _joined(self) -> syntax.Source:
        left = self._source()
        while True:
            line = self.token.line
            kind = self._join_kind()
            if kind is None:
                return left
            if kind.endswith("APPLY") or kind == "CROSS":
                right = self._source()
                condition = None
            else:
                right = self._joined_operand()
                self.expect_word("ON")
                condition = self.condition()
            left = syntax.Join(kind=kind, left=left, right=right, condition=condition, line=line)

    def _joined_operand(self) -> syntax.Source:
        """The right side of a join: a join whose ON follows later nests to the right."""
        right = self._source()
        while not self.at_word("ON"):
            line = self.token.line
            kind = self._join_kind()
            if kind is None:
                raise self.error()
            inner = self._source() if kind.endswith("APPLY") or kind == "CROSS" else self._joined_operand()
            condition = None
            if not (kind.endswith("APPLY") or kind == "CROSS"):
                self.expect_word("ON")
                condition = self.condition()
            right = syntax.Join(kind=kind, left=right, right=inner, condition=condition, line=line)
        return right

    def _join_kind(self) -> str | None:
        if self.accept_word("JOIN"):
            return "INNER"
        if self.at_word("CROSS", "OUTER") and self.peek().upper == "APPLY":
            kind = self.advance().upper
            self.advance()
            return f"{kind} APPLY"
        if self.at_word("CROSS"):
            self.advance()
            self.expect_word("JOIN")
            return "CROSS"
        if not self.at_word("INNER", "LEFT", "RIGHT", "FULL"):
            return None
        kind = self.advance().upper
        if kind != "INNER":
            self.accept_word("OUTER")
        self.accept_word(*_JOIN_HINTS)
        self.expect_word("JOIN")
        return kind

    def _source(self) -> syntax.Source:
        source = self._plain_source()
        while self.at_word("PIVOT", "UNPIVOT"):
            source = self._pivot(source) if self.at_word("PIVOT") else self._unpivot(source)
        return source

    def _plain_source(self) -> syntax.Source:
        line = self.token.line
        if self.accept_operator("("):
            if self.accept_word("VALUES"):
                rows = self.value_rows()
                self.expect_operator(")")
                alias, columns = self._table_alias(required=True)
                return syntax.ValuesSource(rows=rows, alias=alias, columns=columns, line=line)
            if self.at_word("INSERT", "UPDATE", "DELETE", "MERGE"):
                change = self.nested_change()
                self.expect_operator(")")
                alias, columns = self._table_alias(required=True)
                return syntax.ChangeSource(change=change, alias=alias, columns=columns, line=line)
            if self._parenthesis_holds_query():
                query = self.query()
                self.expect_operator(")")
                alias, columns = self._table_alias(required=True)
                return syntax.DerivedSource(query=query, alias=alias, columns=columns, line=line)
            parenthesised = self.at_operator("(")
            source = self._joined()
            if not parenthesised and not isinstance(source, syntax.Join):
                raise self.error()
            self.expect_operator(")")
            return source
        if self.at_word("OPENROWSET") and self.peek().text == "(" and self.peek(2).upper == "BULK":
            return self._file_source()
        self._refuse_rowset()
        if self.token.kind == WORD and self.peek().text == "(" and self._is_user_call():
            own = (self.advance().value,)
            table = self.function_call(own, line)
            alias, columns = self._table_alias(required=False)
            return syntax.FunctionSource(call=table, alias=alias or own[-1], columns=columns, line=line)
        if self.token.kind == WORD and self.peek().text == "(" and self.peek(2).upper not in _TABLE_HINTS:
            call = self._call(self.advance().text, line)
            if call.name == "OPENJSON" and self.at_word("WITH") and self.peek().text == "(":
                call = replace(call, columns=self._json_columns())
            alias, columns = self._table_alias(required=False)
            return syntax.FunctionSource(call=call, alias=alias or call.name.lower(), columns=columns, line=line)
        name = self.table_name()
        if self.at_operator("("):
            if len(name) == 2 and name[0].lower() == "sys":
                call = self._call(name[1], line)
                alias, columns = self._table_alias(required=False)
                return syntax.FunctionSource(call=call, alias=alias or call.name.lower(), columns=columns, line=line)
            if not self._at_hint_list():
                table = self.function_call(name, line)
                alias, columns = self._table_alias(required=False)
                return syntax.FunctionSource(call=table, alias=alias or name[-1], columns=columns, line=line)
            self._hints()
        if self.at_words("FOR", "SYSTEM_TIME"):
            raise unsupported("FOR SYSTEM_TIME", line)
        if self.at_word("TABLESAMPLE"):
            raise unsupported("TABLESAMPLE", line)
        alias, columns = self._table_alias(required=False)
        if columns:
            raise self.error()
        self.table_hints()
        return syntax.TableSource(name=name, alias=alias, line=line)

    def _json_columns(self) -> tuple[syntax.JsonColumn, ...]:
        """WITH (name type ['path'] [AS JSON], …)."""
        self.advance()
        self.expect_operator("(")
        columns = []
        while True:
            line, name = self.token.line, self.expect_identifier()
            declared = parse_type(self)
            path = self.advance().value if self.token.kind == STRING else None
            as_json = self.accept_word("AS") is not None
            if as_json:
                self.expect_word("JSON")
            columns.append(syntax.JsonColumn(name=name, type=declared, path=path, as_json=as_json, line=line))
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return tuple(columns)

    def nested_change(self) -> syntax.DataStatement:
        """A statement that changes rows, as a source; ``DataParser`` implements it."""
        raise NotImplementedError

    def _file_source(self) -> syntax.FileSource:
        """OPENROWSET(BULK 'path', [DATA_SOURCE = 'name',] SINGLE_BLOB) AS alias."""
        line = self.advance().line
        self.advance()
        self.expect_word("BULK")
        path = self._string()
        self.expect_operator(",")
        data_source = None
        if self.accept_word("DATA_SOURCE"):
            self.expect_operator("=")
            data_source = self._string()
            self.expect_operator(",")
        if not self.accept_word("SINGLE_BLOB"):
            raise unsupported("OPENROWSET(BULK …) without SINGLE_BLOB", line)
        if self.at_operator(","):
            raise unsupported("OPENROWSET(BULK …) with options after SINGLE_BLOB", line)
        self.expect_operator(")")
        alias, columns = self._table_alias(required=True)
        return syntax.FileSource(path=path, data_source=data_source, alias=alias, columns=columns, line=line)

    def _string(self) -> str:
        if self.token.kind != STRING:
            raise self.error()
        return self.advance().value

    def _is_user_call(self) -> bool:
        """Whether the call ahead has an argument that only a user-defined function takes: DEFAULT, a table variable."""
        depth, distance = 1, 2
        if self.token.upper.startswith("FN_"):
            return False
        while depth and self.peek(distance).kind != END:
            token = self.peek(distance)
            if depth == 1 and (token.upper == "DEFAULT" or token.text.lower() in self.tables):
                return True
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == OPERATOR else 0
            distance += 1
        return False

    def _at_hint_list(self) -> bool:
        return self.at_operator("(") and self.peek().upper in _TABLE_HINTS

    def _parenthesis_holds_query(self) -> bool:
        distance = 0
        while self.peek(distance).text == "(":
            distance += 1
        return self.peek(distance).upper == "SELECT"

    def _table_alias(self, *, required: bool) -> tuple[str, tuple[str, ...]]:
        alias = ""
        if self.accept_word("AS") or required:
            alias = self.expect_identifier()
        elif self.token.kind == QUOTED or (
            self.token.kind == WORD and self.token.upper not in RESERVED and not self.at_window_clause()
        ):
            alias = self.advance().value
        columns: tuple[str, ...] = ()
        if alias and self.at_operator("(") and not self._at_hint_list():
            columns = self.column_list()
        return alias, columns

    def column_list(self) -> tuple[str, ...]:
        """(a, b, c)."""
        self.expect_operator("(")
        names = [self.expect_identifier()]
        while self.accept_operator(","):
            names.append(self.expect_identifier())
        self.expect_operator(")")
        return tuple(names)

    def table_hints(self) -> None:
        """Step over WITH (NOLOCK …) and other lock hints, which have no effect; INDEX and unknown hints are refused."""
        if self.at_word("WITH") and self.peek().text == "(":
            self.advance()
            self._hints()
        elif self._at_hint_list():
            self._hints()

    def _hints(self) -> None:
        self.expect_operator("(")
        while True:
            token = self.advance()
            if token.upper == "INDEX":
                if self.accept_operator("=") and not self.at_operator("("):
                    self._index_name()
                else:
                    self._index_names()
            elif token.upper == "FORCESEEK" and self.accept_operator("("):
                self._index_name()
                self._index_names()
                self.expect_operator(")")
            elif token.upper not in _TABLE_HINTS:
                raise sql_error(321, token.value, line=token.line)
            if self.accept_operator(")"):
                return
            self.accept_operator(",")

    def _index_names(self) -> None:
        """Step over the names or numbers of indexes, or columns, in parentheses."""
        self.expect_operator("(")
        self._index_name()
        while self.accept_operator(","):
            self._index_name()
        self.expect_operator(")")

    def _index_name(self) -> None:
        if self.token.kind == NUMBER:
            self.expect_integer()
        else:
            self.expect_identifier()

    def query_hints(self) -> int | None:
        """OPTION (…): the value of MAXRECURSION; hints that affect only the plan are accepted."""
        if not self.accept_word("OPTION"):
            return None
        depth = None
        self.expect_operator("(")
        while True:
            line = self.token.line
            if self.accept_word("MAXRECURSION"):
                depth = self.expect_integer()
                if depth > 32767:
                    raise sql_error(310, depth, 32767, line=line)
            elif self.accept_word("MAXDOP", "FAST", "QUERYTRACEON"):
                self.expect_integer()
            elif self.accept_word("MAX_GRANT_PERCENT", "MIN_GRANT_PERCENT"):
                self.expect_operator("=")
                self.advance()
            elif self.accept_word("LABEL"):
                self.expect_operator("=")
                if self.token.kind != STRING:
                    raise self.error()
                self.advance()
            elif self.at_words("USE", "HINT"):
                self._use_hint(line)
            elif hint := next((hint for hint in _QUERY_HINTS if self.at_words(*hint)), None):
                self.position += len(hint)
            elif self.at_words("OPTIMIZE", "FOR"):
                self.position += 2
                self._optimize_for()
            else:
                raise unsupported(f"The query hint {self.token.value}", line)
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return depth

    def _use_hint(self, line: int) -> None:
        """USE HINT ('name', …); raises 10715 for an unknown name."""
        self.position += 2
        self.expect_operator("(")
        while True:
            token = self.advance()
            if token.kind != STRING:
                raise self.error()
            if token.value.upper() not in _USE_HINTS and not token.value.upper().startswith(
                "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_"
            ):
                raise sql_error(10715, token.value, line=line)
            if not self.accept_operator(","):
                break
        self.expect_operator(")")

    def _optimize_for(self) -> None:
        """(@x = value | @x UNKNOWN, …) of OPTIMIZE FOR."""
        self.expect_operator("(")
        while True:
            self.scalar_variable()
            if not self.accept_word("UNKNOWN"):
                self.expect_operator("=")
                self.constant()
            if not self.accept_operator(","):
                break
        self.expect_operator(")")

    def value_rows(self) -> tuple[tuple[syntax.Expression, ...], ...]:
        """(a, b), (c, d) after VALUES; DEFAULT may stand for a value."""
        rows = []
        while True:
            self.expect_operator("(")
            row = [self._value_or_default()]
            while self.accept_operator(","):
                row.append(self._value_or_default())
            self.expect_operator(")")
            rows.append(tuple(row))
            if not self.accept_operator(","):
                return tuple(rows)

    def _value_or_default(self) -> syntax.Expression:
        if token := self.accept_word("DEFAULT"):
            return syntax.Literal(kind="default", value="", line=token.line)
        return self.value()

    def _pivot(self, source: syntax.Source) -> syntax.Source:
        line = self.advance().line
        self.expect_operator("(")
        aggregate = self.expect_identifier()
        self.expect_operator("(")
        value = self._column()
        self.expect_operator(")")
        self.expect_word("FOR")
        column = self._column()
        self.expect_word("IN")
        values = self.column_list()
        self.expect_operator(")")
        alias = self._pivot_alias()
        return syntax.Pivot(
            source=source,
            aggregate=aggregate,
            value=value,
            column=column,
            values=values,
            alias=alias,
            line=line,
        )

    def _unpivot(self, source: syntax.Source) -> syntax.Source:
        line = self.advance().line
        self.expect_operator("(")
        value = self.expect_identifier()
        self.expect_word("FOR")
        column = self.expect_identifier()
        self.expect_word("IN")
        columns = self.column_list()
        self.expect_operator(")")
        alias = self._pivot_alias()
        return syntax.Unpivot(source=source, value=value, column=column, columns=columns, alias=alias, line=line)

    def _pivot_alias(self) -> str:
        alias, columns = self._table_alias(required=True)
        if columns:
            raise self.error()
        return alias

    def _column(self) -> syntax.Column:
        line = self.token.line
        return syntax.Column(parts=self.name(), line=line)

    def _group_by(self) -> syntax.Grouping:
        line = self.token.line
        self.expect_word("BY")
        if self.at_word("ALL"):
            raise unsupported("GROUP BY ALL", line)
        elements = [self._grouping_element()]
        while self.accept_operator(","):
            elements.append(self._grouping_element())
        if self.at_words("WITH", "ROLLUP") or self.at_words("WITH", "CUBE"):
            if any(len(element) > 1 for element in elements):
                raise self.error()
            self.advance()
            word = self.advance().upper
            plain = [part for element in elements for part in element[0]]
            elements = [_rollup(plain) if word == "ROLLUP" else _cube(plain)]
        # The grouping sets of a list are the combinations of the sets of its elements.
        sets: list[tuple[syntax.Expression, ...]] = [()]
        for element in elements:
            sets = [left + right for left in sets for right in element]
        keys: list[syntax.Expression] = []
        for grouping in sets:
            for key in grouping:
                if not any(key is known for known in keys):
                    keys.append(key)
        if all(len(element) == 1 for element in elements):
            return syntax.Grouping(keys=tuple(keys), sets=None, line=line)
        position = {id(key): index for index, key in enumerate(keys)}
        indexes = tuple(tuple(position[id(key)] for key in grouping) for grouping in sets)
        return syntax.Grouping(keys=tuple(keys), sets=indexes, line=line)

    def _grouping_element(self) -> list[tuple[syntax.Expression, ...]]:
        """The grouping sets of one element of GROUP BY."""
        if self.at_word("ROLLUP", "CUBE") and self.peek().text == "(":
            word = self.advance().upper
            self.expect_operator("(")
            keys = [self.value()]
            while self.accept_operator(","):
                keys.append(self.value())
            self.expect_operator(")")
            return _rollup(keys) if word == "ROLLUP" else _cube(keys)
        if self.at_words("GROUPING", "SETS"):
            self.advance()
            self.advance()
            self.expect_operator("(")
            sets: list[tuple[syntax.Expression, ...]] = []
            while True:
                if self.at_word("ROLLUP", "CUBE"):
                    sets += self._grouping_element()
                elif self.accept_operator("("):
                    keys = []
                    if not self.accept_operator(")"):
                        keys = list(self._values_until_parenthesis())
                    sets.append(tuple(keys))
                else:
                    sets.append((self.value(),))
                if not self.accept_operator(","):
                    break
            self.expect_operator(")")
            return _with_shared_keys(sets)
        if self.at_operator("(") and self.peek().text == ")":
            self.position += 2
            return [()]
        return [(self.value(),)]


def _with_shared_keys(sets: list[tuple[syntax.Expression, ...]]) -> list[tuple[syntax.Expression, ...]]:
    """The sets with equal keys as the same object, because later steps find a key by its identity."""
    known: dict[syntax.Expression, syntax.Expression] = {}
    return [tuple(known.setdefault(_in_lower_case(key), key) for key in grouping) for grouping in sets]


def _in_lower_case(key: syntax.Expression) -> syntax.Expression:
    if isinstance(key, syntax.Column):
        return replace(key, parts=tuple(part.lower() for part in key.parts))
    return key


def _rollup(keys: list[syntax.Expression]) -> list[tuple[syntax.Expression, ...]]:
    return [tuple(keys[:length]) for length in range(len(keys), -1, -1)]


def _cube(keys: list[syntax.Expression]) -> list[tuple[syntax.Expression, ...]]:
    return [chosen for length in range(len(keys), -1, -1) for chosen in combinations(keys, length)]
