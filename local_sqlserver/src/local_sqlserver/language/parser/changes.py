"""SELECT as a statement, INSERT, UPDATE, DELETE, MERGE and TRUNCATE TABLE."""

from __future__ import annotations

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser.queries import QueryParser
from local_sqlserver.language.tokens import VARIABLE

_COMPOUND = ("+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=")

Tables = tuple[syntax.CommonTable, ...]


class DataParser(QueryParser):
    """Parses statements that read or change rows."""

    def select(self) -> syntax.SelectStatement:
        """A SELECT, which may start with a parenthesis."""
        return self._select_statement(self.token.line, ())

    def with_tables(self) -> syntax.DataStatement:
        """WITH and the statement of its common table expressions."""
        line = self.expect_word("WITH").line
        if self.at_word("XMLNAMESPACES", "CHANGE_TRACKING_CONTEXT") and self.peek().text == "(":
            raise unsupported(f"WITH {self.token.upper}", line)
        tables = self.common_tables()
        if self.at_word("INSERT"):
            statement = self.insert(line, tables)
            if isinstance(statement, syntax.InsertExecute):
                raise unsupported("INSERT … EXEC with common table expressions", line)
            return statement
        if self.at_word("UPDATE"):
            return self.update(line, tables)
        if self.at_word("DELETE"):
            return self.delete(line, tables)
        if self.at_word("MERGE"):
            return self.merge(line, tables)
        return self._select_statement(line, tables)

    def _select_statement(self, line: int, tables: Tables) -> syntax.SelectStatement:
        if not self.at_word("SELECT") and not self.at_operator("("):
            raise self.error()
        self._outermost = self.position
        query = self.query()
        return syntax.SelectStatement(query=query, tables=tables, max_recursion=self._depth(), line=line)

    def execute(self) -> syntax.Execute | syntax.ExecuteString:
        """EXEC; ``BatchParser`` implements it."""
        raise NotImplementedError

    def _depth(self) -> int:
        depth = self.query_hints()
        return 100 if depth is None else depth

    def common_tables(self) -> Tables:
        """The list after WITH."""
        tables = []
        while True:
            line = self.token.line
            name = self.expect_identifier()
            columns = self.column_list() if self.at_operator("(") else ()
            self.expect_word("AS")
            self.expect_operator("(")
            query = self.query()
            self.expect_operator(")")
            tables.append(syntax.CommonTable(name=name, columns=columns, query=query, line=line))
            if not self.accept_operator(","):
                return tuple(tables)

    def _output(self) -> syntax.Output | None:
        line = self.token.line
        if not self.accept_word("OUTPUT"):
            return None
        items = self.items()
        into: syntax.Name = ()
        columns: tuple[str, ...] = ()
        if self.accept_word("INTO"):
            into = self.table_name()
            if self.at_operator("("):
                columns = self.column_list()
        for node in (part for item in items for part in item.walk()):
            if isinstance(node, syntax.Query):
                raise sql_error(10705, line=node.line)
        then = self._output() if into else None
        return syntax.Output(items=items, into=into, columns=columns, then=then, line=line)

    def insert(self, line: int, tables: Tables = ()) -> syntax.Insert | syntax.InsertExecute:
        """INSERT; ``line`` is the line of the statement, ``tables`` are its common table expressions."""
        self.expect_word("INSERT")
        top = self.top() if self.at_word("TOP") else None
        self.accept_word("INTO")
        target = self.table_name()
        self.table_hints()
        columns = None
        if self.at_operator("(") and self.peek().upper != "SELECT":
            columns = self.column_list()
        output = self._output()
        rows = query = None
        if self.accept_word("VALUES"):
            rows = self.value_rows()
        elif self.at_words("DEFAULT", "VALUES"):
            self.position += 2
            if columns is not None:
                raise self.error()
        elif self.at_word("SELECT") or self.at_operator("("):
            query = self.query()
        elif self.at_word("EXEC", "EXECUTE"):
            if output is not None:
                raise unsupported("INSERT … EXEC with OUTPUT", line)
            if top is not None:
                raise unsupported("INSERT TOP … EXEC", line)
            return syntax.InsertExecute(target=target, columns=columns, source=self.execute(), line=line)
        else:
            raise self.error()
        return syntax.Insert(
            target=target,
            columns=columns,
            top=top,
            rows=rows,
            query=query,
            output=output,
            tables=tables,
            max_recursion=self._depth(),
            line=line,
        )

    def _set_clause(self) -> tuple[syntax.Assignment, ...]:
        self.expect_word("SET")
        assignments = []
        while True:
            assignments.append(self._assignment())
            if not self.accept_operator(","):
                return tuple(assignments)

    def _assignment(self) -> syntax.Assignment:
        """Column = value, @variable = value or @variable = column = value, also with += and the like."""
        line = self.token.line
        variable = ""
        if self.token.kind == VARIABLE:
            variable = self.scalar_variable()
            if self.at_operator(*_COMPOUND):
                read = syntax.Variable(name=variable, line=line)
                operator = self.advance().text[0]
                value: syntax.Expression = syntax.Binary(operator=operator, left=read, right=self.value(), line=line)
                return syntax.Assignment(column="", value=value, variable=variable, line=line)
            self.expect_operator("=")
            if not self._column_is_assigned():
                return syntax.Assignment(column="", value=self.value(), variable=variable, line=line)
        parts = self.name()
        operator = ""
        if parts[-1].upper() == "WRITE" and len(parts) > 1 and self.at_operator("("):
            raise unsupported("column.WRITE", line)
        if self.at_operator(*_COMPOUND):
            operator = self.advance().text[0]
            value = self.value()
        else:
            self.expect_operator("=")
            value = self._value_or_default()
        return syntax.Assignment(column=parts[-1], value=value, variable=variable, operator=operator, line=line)

    def _column_is_assigned(self) -> bool:
        """Whether a column and an assignment operator follow."""
        distance = 0
        while self.peek(distance).is_name:
            after = self.peek(distance + 1).text
            if after in ("=", *_COMPOUND):
                return True
            if after != ".":
                return False
            distance += 2
        return False

    def statistics(self, action: str, line: int) -> syntax.Maintain:
        """CREATE and UPDATE STATISTICS; ``DefinitionParser`` implements it."""
        raise NotImplementedError

    def update_statement(self) -> syntax.Statement:
        """UPDATE of rows or of statistics."""
        line = self.token.line
        if self.peek().upper == "STATISTICS":
            self.advance()
            return self.statistics("UPDATE", line)
        return self.update(line)

    def update(self, line: int, tables: Tables = ()) -> syntax.Update:
        """UPDATE; ``line`` is the line of the statement, ``tables`` are its common table expressions."""
        self.expect_word("UPDATE")
        top = self.top() if self.at_word("TOP") else None
        target = self.table_name()
        self.table_hints()
        assignments = self._set_clause()
        output = self._output()
        source = self.from_clause() if self.accept_word("FROM") else None
        where = self._where()
        return syntax.Update(
            target=target,
            top=top,
            assignments=assignments,
            source=source,
            where=where,
            output=output,
            tables=tables,
            max_recursion=self._depth(),
            line=line,
        )

    def _where(self) -> syntax.Expression | None:
        if not self.accept_word("WHERE"):
            return None
        if self.at_words("CURRENT", "OF"):
            raise unsupported("WHERE CURRENT OF", self.token.line)
        return self.condition()

    def delete(self, line: int, tables: Tables = ()) -> syntax.Delete:
        """DELETE; ``line`` is the line of the statement, ``tables`` are its common table expressions."""
        self.expect_word("DELETE")
        top = self.top() if self.at_word("TOP") else None
        self.accept_word("FROM")
        target = self.table_name()
        self.table_hints()
        output = self._output()
        source = self.from_clause() if self.accept_word("FROM") else None
        where = self._where()
        return syntax.Delete(
            target=target,
            top=top,
            source=source,
            where=where,
            output=output,
            tables=tables,
            max_recursion=self._depth(),
            line=line,
        )

    def nested_change(self) -> syntax.DataStatement:
        """A statement that changes rows, as the source of INSERT … SELECT."""
        line = self.token.line
        if self.at_word("MERGE"):
            return self._merge(line, ())
        if self.at_word("UPDATE"):
            return self.update(line)
        if self.at_word("DELETE"):
            return self.delete(line)
        statement = self.insert(line)
        if isinstance(statement, syntax.InsertExecute):
            raise self.error()
        return statement

    def merge(self, line: int, tables: Tables = ()) -> syntax.Merge:
        """MERGE; ``line`` is the line of the statement, ``tables`` are its common table expressions."""
        statement = self._merge(line, tables)
        if not self.at_operator(";"):
            raise sql_error(10713, line=self.token.line)
        return statement

    def _merge(self, line: int, tables: Tables) -> syntax.Merge:
        self.expect_word("MERGE")
        top = self.top() if self.at_word("TOP") else None
        self.accept_word("INTO")
        target = self.table_name()
        self.table_hints()
        alias = ""
        if self.accept_word("AS") or not self.at_word("USING"):
            alias = self.expect_identifier()
        self.expect_word("USING")
        source = self._joined()
        self.expect_word("ON")
        condition = self.condition()
        clauses: list[syntax.MergeClause] = []
        while self.at_word("WHEN"):
            clauses.append(self._merge_clause(clauses))
        if not clauses:
            raise self.error()
        output = self._output()
        depth = self._depth()
        return syntax.Merge(
            target=target,
            alias=alias or target[-1],
            source=source,
            condition=condition,
            top=top,
            clauses=tuple(clauses),
            output=output,
            tables=tables,
            max_recursion=depth,
            line=line,
        )

    def _merge_clause(self, before: list[syntax.MergeClause]) -> syntax.MergeClause:
        line = self.expect_word("WHEN").line
        match = "NOT MATCHED" if self.accept_word("NOT") else "MATCHED"
        self.expect_word("MATCHED")
        if match != "MATCHED" and self.accept_word("BY") and self.expect_word("TARGET", "SOURCE").upper == "SOURCE":
            match = "NOT MATCHED BY SOURCE"
        condition = self.condition() if self.accept_word("AND") else None
        self.expect_word("THEN")
        action = self.expect_word("UPDATE", "DELETE", "INSERT").upper
        if match == "NOT MATCHED" and action != "INSERT":
            raise sql_error(10710, action, line=line)
        if match != "NOT MATCHED" and action == "INSERT":
            raise sql_error(10711, f"WHEN {match}", line=line)
        for earlier in before:
            if earlier.match == match and earlier.action == action:
                raise sql_error(10714, f"WHEN {match}", action, line=line)
            if earlier.match == match and earlier.condition is None:
                raise sql_error(5324, f"WHEN {match}", f"WHEN {match}", line=line)
        if action == "UPDATE":
            return syntax.MergeClause(
                match=match, condition=condition, action=action, assignments=self._set_clause(), line=line
            )
        if action == "DELETE":
            return syntax.MergeClause(match=match, condition=condition, action=action, line=line)
        columns = self.column_list() if self.at_operator("(") else None
        if columns is None and self.at_words("DEFAULT", "VALUES"):
            self.position += 2
            return syntax.MergeClause(match=match, condition=condition, action=action, line=line)
        self.expect_word("VALUES")
        rows = self.value_rows()
        if len(rows) != 1:
            raise self.error()
        return syntax.MergeClause(
            match=match, condition=condition, action=action, columns=columns, values=rows[0], line=line
        )

    def truncate(self) -> syntax.Truncate:
        """TRUNCATE TABLE."""
        line = self.expect_word("TRUNCATE").line
        self.expect_word("TABLE")
        target = self.name()
        if self.at_word("WITH"):
            raise unsupported("TRUNCATE TABLE … WITH (PARTITIONS …)", line)
        return syntax.Truncate(target=target, line=line)
