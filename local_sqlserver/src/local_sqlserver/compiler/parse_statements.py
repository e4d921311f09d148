"""Whole statements: SELECT, DML and DDL. Everything not named here is refused."""

from __future__ import annotations

from collections.abc import Callable

from local_sqlserver.collation import DATABASE, find
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.compiler import syntax
from local_sqlserver.compiler.parse_queries import QueryParser
from local_sqlserver.compiler.types import TEXT
from local_sqlserver.language.datatypes import parse_type
from local_sqlserver.language.tokens import END, VARIABLE, tokenize
from local_sqlserver.types import SqlType

_COMPOUND = ("+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=")
_INDEX_OPTIONS = frozenset(
    [
        "PAD_INDEX",
        "FILLFACTOR",
        "SORT_IN_TEMPDB",
        "IGNORE_DUP_KEY",
        "STATISTICS_NORECOMPUTE",
        "DROP_EXISTING",
        "ONLINE",
        "ALLOW_ROW_LOCKS",
        "ALLOW_PAGE_LOCKS",
        "OPTIMIZE_FOR_SEQUENTIAL_KEY",
        "MAXDOP",
        "DATA_COMPRESSION",
        "COMPRESSION_DELAY",
    ]
)


def parse_statement(text: str, line: int) -> syntax.Statement:
    """The tree of one statement; raises SqlError 102, 156 … or a refusal by name."""
    parser = StatementParser(text, tokenize(text, line))
    statement = parser.statement()
    while parser.accept_operator(";"):
        pass
    if parser.token.kind != END:
        raise parser.error()
    return statement


def parse_expression(text: str, line: int) -> syntax.Expression:
    """The tree of one value or condition."""
    parser = StatementParser(text, tokenize(text, line))
    expression = parser.either()
    if parser.token.kind != END:
        raise parser.error()
    return expression


class StatementParser(QueryParser):
    """Parses whole statements."""

    def statement(self) -> syntax.Statement:
        """One statement, its common table expressions included."""
        line = self.token.line
        tables: tuple[syntax.CommonTable, ...] = ()
        if self.accept_word("WITH"):
            tables = self._common_tables()
        word = self.token.upper
        data: dict[str, Callable[[int, tuple[syntax.CommonTable, ...]], syntax.Statement]] = {
            "INSERT": self._insert,
            "UPDATE": self._update,
            "DELETE": self._delete,
            "MERGE": self._merge,
        }
        definitions: dict[str, Callable[[], syntax.Statement]] = {
            "TRUNCATE": self._truncate,
            "CREATE": self._create,
            "ALTER": self._alter,
            "DROP": self._drop,
        }
        if word in data:
            return data[word](line, tables)
        if word in definitions and not tables:
            return definitions[word]()
        if word == "SELECT" or self.at_operator("("):
            query = self.query()
            return syntax.SelectStatement(query=query, tables=tables, max_recursion=self._depth(), line=line)
        raise self.error()

    def _depth(self) -> int:
        depth = self.query_hints()
        return 100 if depth is None else depth

    def _common_tables(self) -> tuple[syntax.CommonTable, ...]:
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
        if self.at_word("OUTPUT"):
            raise unsupported("A second OUTPUT clause", self.token.line)
        return syntax.Output(items=items, into=into, columns=columns, line=line)

    def _insert(self, line: int, tables: tuple[syntax.CommonTable, ...]) -> syntax.Statement:
        self.expect_word("INSERT")
        if self.at_word("TOP"):
            raise unsupported("INSERT TOP", line)
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
        elif self.at_word("WITH"):
            raise self.error()
        elif self.at_word("EXEC", "EXECUTE"):
            raise unsupported("INSERT … EXEC inside another statement", line)
        else:
            raise self.error()
        return syntax.Insert(
            target=target,
            columns=columns,
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
        line = self.token.line
        if self.token.kind == VARIABLE:
            raise unsupported("UPDATE … SET @variable", line)
        parts = self.name()
        column = syntax.Column(parts=parts, line=line)
        if self.at_operator(*_COMPOUND):
            operator = self.advance().text[0]
            value: syntax.Expression = syntax.Binary(operator=operator, left=column, right=self.value(), line=line)
        else:
            self.expect_operator("=")
            value = self._value_or_default()
        return syntax.Assignment(column=parts[-1], value=value, line=line)

    def _update(self, line: int, tables: tuple[syntax.CommonTable, ...]) -> syntax.Statement:
        self.expect_word("UPDATE")
        if self.at_word("STATISTICS"):
            raise unsupported("UPDATE STATISTICS", line)
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

    def _delete(self, line: int, tables: tuple[syntax.CommonTable, ...]) -> syntax.Statement:
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

    def _merge(self, line: int, tables: tuple[syntax.CommonTable, ...]) -> syntax.Statement:
        self.expect_word("MERGE")
        if self.at_word("TOP"):
            raise unsupported("MERGE TOP", line)
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
        clauses = []
        while self.at_word("WHEN"):
            clauses.append(self._merge_clause())
        if not clauses:
            raise self.error()
        output = self._output()
        depth = self._depth()
        if not self.at_operator(";"):
            text = "A MERGE statement must be terminated by a semi-colon (;)."
            raise SqlError(10713, text, severity=15, line=self.token.line)
        return syntax.Merge(
            target=target,
            alias=alias or target[-1],
            source=source,
            condition=condition,
            clauses=tuple(clauses),
            output=output,
            tables=tables,
            max_recursion=depth,
            line=line,
        )

    def _merge_clause(self) -> syntax.MergeClause:
        line = self.expect_word("WHEN").line
        match = "NOT MATCHED" if self.accept_word("NOT") else "MATCHED"
        self.expect_word("MATCHED")
        if match != "MATCHED" and self.accept_word("BY") and self.expect_word("TARGET", "SOURCE").upper == "SOURCE":
            match = "NOT MATCHED BY SOURCE"
        condition = self.condition() if self.accept_word("AND") else None
        self.expect_word("THEN")
        action = self.expect_word("UPDATE", "DELETE", "INSERT").upper
        if (action == "INSERT") != (match == "NOT MATCHED"):
            text = f"An action of type '{action}' is not allowed in the '{match}' clause of a MERGE statement."
            raise SqlError(10711, text, severity=15, line=line)
        if action == "UPDATE":
            return syntax.MergeClause(
                match=match, condition=condition, action=action, assignments=self._set_clause(), line=line
            )
        if action == "DELETE":
            return syntax.MergeClause(match=match, condition=condition, action=action, line=line)
        columns = self.column_list() if self.at_operator("(") else None
        self.expect_word("VALUES")
        rows = self.value_rows()
        if len(rows) != 1:
            raise self.error()
        return syntax.MergeClause(
            match=match, condition=condition, action=action, columns=columns, values=rows[0], line=line
        )

    def _truncate(self) -> syntax.Statement:
        line = self.expect_word("TRUNCATE").line
        self.expect_word("TABLE")
        target = self.table_name()
        if self.at_word("WITH"):
            raise unsupported("TRUNCATE TABLE … WITH (PARTITIONS …)", line)
        return syntax.Truncate(target=target, line=line)

    def _create(self) -> syntax.Statement:
        line = self.expect_word("CREATE").line
        action = "CREATE"
        if self.at_words("OR", "ALTER"):
            self.position += 2
            action = "CREATE OR ALTER"
        if self.at_word("VIEW"):
            return self._view(action, line)
        if action != "CREATE":
            raise self.error()
        if self.at_word("TABLE"):
            return self._create_table(line)
        if self.at_word("UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "INDEX"):
            return self._create_index(line)
        raise unsupported(f"CREATE {self.token.upper}", line)

    def _alter(self) -> syntax.Statement:
        line = self.expect_word("ALTER").line
        if self.at_word("VIEW"):
            return self._view("ALTER", line)
        if self.at_word("TABLE"):
            return self._alter_table(line)
        if self.at_word("INDEX"):
            return self._alter_index(line)
        raise unsupported(f"ALTER {self.token.upper}", line)

    def _alter_index(self, line: int) -> syntax.Statement:
        raise unsupported("ALTER INDEX", line)

    def _view(self, action: str, line: int) -> syntax.Statement:
        self.expect_word("VIEW")
        target = self.name()
        columns = self.column_list() if self.at_operator("(") else ()
        if self.accept_word("WITH"):
            option = self.expect_word("SCHEMABINDING", "ENCRYPTION", "VIEW_METADATA")
            if option.upper != "SCHEMABINDING":
                raise unsupported(f"WITH {option.upper}", option.line)
        self.expect_word("AS")
        body_line = self.token.line
        tables: tuple[syntax.CommonTable, ...] = ()
        if self.accept_word("WITH"):
            tables = self._common_tables()
        query = self.query()
        if self.at_words("WITH", "CHECK"):
            raise unsupported("WITH CHECK OPTION", self.token.line)
        if self.at_word("OPTION"):
            raise self.error()
        body = query.body
        paged = query.offset is not None or (isinstance(body, syntax.Select) and body.top is not None)
        if query.order and not paged:
            raise order_by_in_view(body_line)
        return syntax.CreateView(
            action=action,
            target=target,
            columns=columns,
            query=query,
            text=self.text,
            tables=tables,
            line=line,
        )

    def _create_table(self, line: int) -> syntax.Statement:
        self.expect_word("TABLE")
        target = self.table_name()
        self.expect_operator("(")
        columns: list[syntax.ColumnDefinition] = []
        constraints: list[syntax.ConstraintDefinition] = []
        while not self.at_operator(")"):
            if self.at_word("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
                constraints.append(self._table_constraint())
            elif self.at_word("INDEX"):
                raise unsupported("An inline INDEX", self.token.line)
            elif self.at_word("PERIOD") and self.peek().upper == "FOR":
                raise unsupported("A temporal table", self.token.line)
            else:
                column, inline = self._column_definition()
                columns.append(column)
                constraints += inline
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        self._storage()
        return syntax.CreateTable(target=target, columns=tuple(columns), constraints=tuple(constraints), line=line)

    def _storage(self) -> None:
        """ON filegroup, TEXTIMAGE_ON, WITH (DATA_COMPRESSION = …): how rows are stored has no effect on them."""
        while True:
            if self.accept_word("ON", "TEXTIMAGE_ON"):
                token = self.advance()
                if token.value.upper() != "PRIMARY":
                    raise unsupported(f"The filegroup or partition scheme {token.value}", token.line)
            elif self.at_word("WITH"):
                self._index_options()
            else:
                return

    def _index_options(self) -> None:
        self.expect_word("WITH")
        self.expect_operator("(")
        while True:
            token = self.advance()
            if token.upper not in _INDEX_OPTIONS:
                raise unsupported(f"The option {token.value}", token.line)
            self.expect_operator("=")
            value = self.advance()
            if token.upper == "IGNORE_DUP_KEY" and value.upper != "OFF":
                raise unsupported("IGNORE_DUP_KEY = ON", token.line)
            if not self.accept_operator(","):
                break
        self.expect_operator(")")

    def _column_definition(
        self,
    ) -> tuple[syntax.ColumnDefinition, list[syntax.ConstraintDefinition]]:
        line = self.token.line
        name = self.expect_identifier()
        constraints: list[syntax.ConstraintDefinition] = []
        if self.accept_word("AS"):
            computed = self._parenthesised_text()
            self.accept_word("PERSISTED")  # where the value is kept; it is the same either way
            column = syntax.ColumnDefinition(
                name=name,
                type=None,
                nullable=None,
                identity=None,
                default=None,
                default_name=None,
                computed=computed,
                line=line,
            )
            return column, constraints
        type_ = parse_type(self, f"'{name}'")
        nullable: bool | None = None
        identity = None
        default = default_name = collation = None
        while not self.at_operator(",", ")") and self.token.kind != END and not self.at_operator(";"):
            given = ""
            if self.accept_word("CONSTRAINT"):
                given = self.expect_identifier()
            if self.accept_word("NOT"):
                if self.at_words("FOR", "REPLICATION"):
                    raise unsupported("NOT FOR REPLICATION", line)
                self.expect_word("NULL")
                nullable = False
            elif self.accept_word("NULL"):
                nullable = True
            elif self.accept_word("IDENTITY"):
                identity = (1, 1)
                if self.accept_operator("("):
                    seed = self._signed()
                    self.expect_operator(",")
                    identity = (seed, self._signed())
                    self.expect_operator(")")
            elif self.accept_word("DEFAULT"):
                default, default_name = self._default_text(), given
            elif self.accept_word("COLLATE"):
                collation = self._collation(type_)
            elif self.accept_word("SPARSE", "ROWGUIDCOL"):
                pass  # about storage and $ROWGUID, which is not supported
            elif self.at_word("PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "FOREIGN"):
                constraint = self._constraint(given, (name,))
                constraints.append(constraint)
                if constraint.kind == "PK":
                    nullable = False
            else:
                raise self.error()
        column = syntax.ColumnDefinition(
            name=name,
            type=type_,
            nullable=nullable,
            identity=identity,
            default=default,
            default_name=default_name,
            computed=None,
            collation=collation,
            line=line,
        )
        return column, constraints

    def _collation(self, declared: SqlType) -> str | None:
        """The collation of a column, None for the database's; raises 447 for a column that is no text."""
        line = self.token.line
        collation = find(self.advance().value, line)
        if declared.name not in TEXT:
            text = f"Expression type {declared.name} is invalid for COLLATE clause."
            raise SqlError(447, text, line=line)
        return None if collation == DATABASE else collation.name

    def _signed(self) -> int:
        sign = -1 if self.accept_operator("-") else 1
        return sign * self.expect_integer()

    def _default_text(self) -> str:
        first = self.position
        self.value()
        return self.slice(first, self.position)

    def _parenthesised_text(self) -> str:
        self.expect_operator("(")
        first = self.position
        self.either()
        text = self.slice(first, self.position)
        self.expect_operator(")")
        return text

    def _table_constraint(self) -> syntax.ConstraintDefinition:
        name = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
        return self._constraint(name, ())

    def _constraint(self, name: str, columns: tuple[str, ...]) -> syntax.ConstraintDefinition:
        """A constraint from its keyword on; ``columns`` are those of a column constraint."""
        line = self.token.line
        if self.at_word("FOREIGN", "REFERENCES"):
            raise unsupported("FOREIGN KEY", line)
        if self.accept_word("CHECK"):
            definition = self._parenthesised_text()
            return syntax.ConstraintDefinition(kind="C", name=name, columns=columns, definition=definition, line=line)
        kind = "UQ"
        if self.accept_word("PRIMARY"):
            self.expect_word("KEY")
            kind = "PK"
        else:
            self.expect_word("UNIQUE")
        self.accept_word("CLUSTERED", "NONCLUSTERED")
        if not columns or self.at_operator("("):
            columns = self._key_columns()
        self._storage()
        return syntax.ConstraintDefinition(kind=kind, name=name, columns=columns, definition="", line=line)

    def _key_columns(self) -> tuple[str, ...]:
        self.expect_operator("(")
        names = []
        while True:
            names.append(self.expect_identifier())
            self.accept_word("ASC", "DESC")
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return tuple(names)

    def _alter_table(self, line: int) -> syntax.Statement:
        self.expect_word("TABLE")
        target = self.table_name()
        if self.at_word("WITH") and self.peek().upper in ("CHECK", "NOCHECK"):
            self.advance()
            if self.advance().upper == "NOCHECK":
                raise unsupported("WITH NOCHECK", line)
            if not self.at_word("ADD"):
                raise unsupported("ALTER TABLE … WITH CHECK CHECK CONSTRAINT", line)
        if self.accept_word("ADD"):
            return self._alter_add(target, line)
        if self.accept_word("DROP"):
            return self._alter_drop(target, line)
        if self.at_words("ALTER", "COLUMN"):
            self.position += 2
            column, constraints = self._column_definition()
            if constraints or column.default or column.identity or column.type is None:
                raise self.error()
            return syntax.AlterTable(target=target, alter_column=column, line=line)
        raise unsupported(f"ALTER TABLE … {self.token.upper}", line)

    def _alter_add(self, target: syntax.Name, line: int) -> syntax.Statement:
        columns: list[syntax.ColumnDefinition] = []
        constraints: list[syntax.ConstraintDefinition] = []
        while True:
            if self.at_word("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "DEFAULT"):
                constraints.append(self._added_constraint())
            else:
                column, inline = self._column_definition()
                columns.append(column)
                constraints += inline
            if not self.accept_operator(","):
                break
        return syntax.AlterTable(
            target=target, add_columns=tuple(columns), add_constraints=tuple(constraints), line=line
        )

    def _added_constraint(self) -> syntax.ConstraintDefinition:
        line = self.token.line
        name = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
        if not self.accept_word("DEFAULT"):
            return self._constraint(name, ())
        definition = self._default_text()
        self.expect_word("FOR")
        columns = (self.expect_identifier(),)
        return syntax.ConstraintDefinition(kind="D", name=name, columns=columns, definition=definition, line=line)

    def _alter_drop(self, target: syntax.Name, line: int) -> syntax.Statement:
        is_column = self.accept_word("COLUMN") is not None
        if not is_column:
            self.accept_word("CONSTRAINT")
        if_exists = self._if_exists()
        names = [self.expect_identifier()]
        while self.accept_operator(","):
            self.accept_word("COLUMN" if is_column else "CONSTRAINT")
            names.append(self.expect_identifier())
        if is_column:
            return syntax.AlterTable(target=target, drop_columns=tuple(names), if_exists=if_exists, line=line)
        return syntax.AlterTable(target=target, drop_constraints=tuple(names), if_exists=if_exists, line=line)

    def _if_exists(self) -> bool:
        if not self.at_words("IF", "EXISTS"):
            return False
        self.position += 2
        return True

    def _drop(self) -> syntax.Statement:
        line = self.expect_word("DROP").line
        if self.accept_word("INDEX"):
            if_exists = self._if_exists()
            name = self.expect_identifier()
            self.expect_word("ON")
            target = self.table_name()
            return syntax.DropIndex(name=name, target=target, if_exists=if_exists, line=line)
        if not self.at_word("TABLE", "VIEW"):
            raise unsupported(f"DROP {self.token.upper}", line)
        kind = self.advance().upper
        if_exists = self._if_exists()
        names = [self.table_name()]
        while self.accept_operator(","):
            names.append(self.table_name())
        return syntax.DropObjects(kind=kind, names=tuple(names), if_exists=if_exists, line=line)

    def _create_index(self, line: int) -> syntax.Statement:
        unique = self.accept_word("UNIQUE") is not None
        self.accept_word("CLUSTERED", "NONCLUSTERED")
        columnstore = self.accept_word("COLUMNSTORE") is not None
        self.expect_word("INDEX")
        name = self.expect_identifier()
        self.expect_word("ON")
        target = self.table_name()
        columns: tuple[str, ...] = ()
        if self.at_operator("(") or not columnstore:
            columns = self._key_columns()
        if self.accept_word("INCLUDE"):
            self.column_list()
        where = ""
        if self.accept_word("WHERE"):
            first = self.position
            self.condition()
            where = self.slice(first, self.position)
        self._storage()
        return syntax.CreateIndex(name=name, target=target, unique=unique, columns=columns, where=where, line=line)


def order_by_in_view(line: int) -> SqlError:
    """Error 1033."""
    text = (
        "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
        "expressions, unless TOP, OFFSET or FOR XML is also specified."
    )
    return SqlError(1033, text, severity=15, line=line)
