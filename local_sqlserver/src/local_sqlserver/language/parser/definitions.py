"""CREATE, ALTER and DROP of tables, views and indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.datatypes import parse_column_type, parse_type
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.parser.changes import DataParser
from local_sqlserver.language.tokens import END, NUMBER, OPERATOR, WORD

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


DROPPED = (*("TABLE", "VIEW", "PROC", "PROCEDURE", "FUNCTION", "SCHEMA", "DATABASE", "SEQUENCE", "TYPE", "SYNONYM"),)
"""The kinds of objects that DROP names."""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """What an index holds: its columns, those with DESC, those of INCLUDE, and its filter; the index it replaces."""

    columns: tuple[str, ...]
    descending: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    where: syntax.Definition | None = None
    drop_existing: bool = False


class DefinitionParser(DataParser):
    """Parses the definitions of tables, views and indexes."""

    def view(self, action: str, line: int) -> syntax.CreateView:
        """A view, from its name on, to the end of the batch."""
        target = self.name()
        if len(target) > 2:
            raise sql_error(166, "CREATE VIEW", line=line)
        columns = self.column_list() if self.at_operator("(") else ()
        if self.accept_word("WITH"):
            option = self.expect_word("SCHEMABINDING", "ENCRYPTION", "VIEW_METADATA")
            if option.upper != "SCHEMABINDING":
                raise unsupported(f"WITH {option.upper}", option.line)
        self.expect_word("AS")
        tables = self.common_tables() if self.accept_word("WITH") else ()
        if not self.at_word("SELECT") and not self.at_operator("("):
            raise self.error()
        query = self.query()
        check_option = self.accept_word("WITH") is not None
        if check_option:
            self.expect_word("CHECK")
            self.expect_word("OPTION")
        if self.at_word("OPTION"):
            raise self.error()
        return syntax.CreateView(
            action=action,
            target=target,
            columns=columns,
            query=query,
            check_option=check_option,
            text=self.text,
            tables=tables,
            line=line,
        )

    def create_table(self, line: int) -> syntax.CreateTable:
        """CREATE TABLE, from TABLE on."""
        self.expect_word("TABLE")
        return self.table_definition(self.name(), line)

    def table_definition(self, target: syntax.Name, line: int) -> syntax.CreateTable:
        """The columns and constraints of a table or table variable, in their parentheses."""
        self.expect_operator("(")
        columns: list[syntax.ColumnDefinition] = []
        constraints: list[syntax.ConstraintDefinition] = []
        while not self.at_operator(")"):
            if target[-1].startswith("@") and self.at_word("FOREIGN", "CONSTRAINT"):
                raise self.error()  # a table variable has neither foreign keys nor named constraints
            if self.at_word("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
                constraints.append(self._table_constraint())
            elif self.at_word("INDEX"):
                constraints.append(self._inline_index(()))
            elif self.at_word("PERIOD") and self.peek().upper == "FOR":
                raise unsupported("A temporal table", self.token.line)
            else:
                column, inline = self._column_definition(target[-1], len(columns) + 1)
                columns.append(column)
                constraints += inline
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        if not columns:
            raise self.error()
        if self.at_words("AS", "NODE") or self.at_words("AS", "EDGE"):
            raise unsupported("A table of a graph", self.token.line)
        if not target[-1].startswith("@"):
            self._storage()
        return syntax.CreateTable(target=target, columns=tuple(columns), constraints=tuple(constraints), line=line)

    def _storage(self) -> bool:
        """Step over ON filegroup, TEXTIMAGE_ON, WITH (DATA_COMPRESSION = …): storage does not affect results.

        Return whether DROP_EXISTING is ON.
        """
        drop_existing = False
        while True:
            if self.accept_word("ON", "TEXTIMAGE_ON"):
                self.filegroup()
            elif self.at_word("WITH"):
                drop_existing = self._index_options() or drop_existing
            else:
                return drop_existing

    def _index_options(self) -> bool:
        """Step over WITH (option = value, …); return whether DROP_EXISTING is ON.

        The older form has no parentheses: WITH FILLFACTOR = 80, DROP_EXISTING.
        """
        self.expect_word("WITH")
        if not self.accept_operator("("):
            return self._older_index_options()
        drop_existing = False
        while True:
            token = self.advance()
            if token.upper == "SYSTEM_VERSIONING":
                raise unsupported("A temporal table", token.line)
            if token.upper not in _INDEX_OPTIONS:
                raise unsupported(f"The option {token.value}", token.line)
            self.expect_operator("=")
            value = self.advance()
            self._skip_parentheses()  # ONLINE = ON (WAIT_AT_LOW_PRIORITY (…))
            if token.upper == "IGNORE_DUP_KEY" and value.upper != "OFF":
                raise unsupported("IGNORE_DUP_KEY = ON", token.line)
            drop_existing = drop_existing or (token.upper == "DROP_EXISTING" and value.upper == "ON")
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return drop_existing

    def _older_index_options(self) -> bool:
        drop_existing = False
        while True:
            option = self.expect_word(
                *("PAD_INDEX", "FILLFACTOR", "SORT_IN_TEMPDB", "IGNORE_DUP_KEY", "STATISTICS_NORECOMPUTE"),
                "DROP_EXISTING",
            )
            if option.upper == "IGNORE_DUP_KEY":
                raise unsupported("IGNORE_DUP_KEY = ON", option.line)
            if option.upper == "FILLFACTOR":
                self.expect_operator("=")
                self.advance()
            drop_existing = drop_existing or option.upper == "DROP_EXISTING"
            if not self.accept_operator(","):
                return drop_existing

    def _column_definition(
        self, table: str, position: int = 1
    ) -> tuple[syntax.ColumnDefinition, list[syntax.ConstraintDefinition]]:
        line = self.token.line
        name = self.expect_identifier()
        constraints: list[syntax.ConstraintDefinition] = []
        if self.accept_word("AS"):
            computed = self._default()
            persisted = self.accept_word("PERSISTED") is not None
            not_null = persisted and self.accept_word("NOT") is not None
            if not_null:
                self.expect_word("NULL")
            while self.at_word("CONSTRAINT", "CHECK", "PRIMARY", "UNIQUE", "REFERENCES", "FOREIGN"):
                given = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
                constraints.append(self._constraint(given, (name,)))
            column = syntax.ColumnDefinition(
                name=name, computed=computed, persisted=persisted, nullable=False if not_null else None, line=line
            )
            return column, constraints
        if self.at_operator(",", ")"):
            raise sql_error(173, name, line=line)
        known, self.types = self.types, () if table.startswith("#") else self.types  # tempdb has none of them
        type_, type_nullable = parse_column_type(self, name, position)
        self.types = known
        nullable: bool | None = None
        identity = None
        default = default_name = collation = None
        with_values = rowguid = False
        while True:
            if table.startswith("@") and self.at_word("CONSTRAINT"):
                raise self.error()
            given = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
            if nullable is not None and self.at_word("NULL", "NOT"):
                raise self.error()
            if self.accept_word("NOT"):
                if self.at_words("FOR", "REPLICATION"):
                    raise unsupported("NOT FOR REPLICATION", line)
                self.expect_word("NULL")
                nullable = False
            elif self.accept_word("NULL"):
                nullable = True
            elif token := self.accept_word("IDENTITY"):
                if identity is not None:
                    raise sql_error(8148, "IDENTITY", name, table, line=token.line)
                identity = (1, 1)
                if self.accept_operator("("):
                    seed = self.signed()
                    self.expect_operator(",")
                    identity = (seed, self.signed())
                    self.expect_operator(")")
            elif token := self.accept_word("DEFAULT"):
                if default is not None:
                    raise sql_error(8148, "DEFAULT", name, table, line=token.line)
                default, default_name = self._default(), given
                if self.at_words("WITH", "VALUES"):
                    self.position += 2
                    with_values = True
            elif self.accept_word("COLLATE"):
                collation = self.collation_name()
            elif self.at_word("INDEX"):
                constraints.append(self._inline_index((name,)))
            elif self.at_word("GENERATED", "HIDDEN"):
                raise unsupported("A temporal table", line)
            elif self.at_word("MASKED", "ENCRYPTED"):
                raise unsupported(f"A column … {self.token.upper} WITH", line)
            elif self.at_word("FILESTREAM"):
                raise unsupported("A column … FILESTREAM", line)
            elif self.accept_word("ROWGUIDCOL"):
                rowguid = True
            elif self.accept_word("SPARSE"):
                pass  # it affects storage
            elif self.at_word("PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "FOREIGN"):
                if table.startswith("@") and self.at_word("REFERENCES", "FOREIGN"):
                    raise self.error()
                constraint = self._constraint(given, (name,))
                constraints.append(constraint)
                if constraint.kind == "PK" and nullable is None:
                    nullable = False
            elif given:
                raise self.error()
            else:
                break
        column = syntax.ColumnDefinition(
            name=name,
            type=type_,
            nullable=type_nullable if nullable is None else nullable,
            identity=identity,
            default=default,
            default_name=default_name,
            with_values=with_values,
            rowguid=rowguid,
            collation=collation,
            line=line,
        )
        return column, constraints

    def _default(self) -> syntax.Definition:
        first, line = self.position, self.token.line
        expression = _without_subqueries(self.value())
        return syntax.Definition(expression=expression, text=self.text_since(first), line=line)

    def _parenthesised_definition(self, *, condition: bool = False) -> syntax.Definition:
        self.expect_operator("(")
        first, line = self.position, self.token.line
        expression = _without_subqueries(self.condition() if condition else self.value())
        text = self.text_since(first)
        self.expect_operator(")")
        return syntax.Definition(expression=expression, text=text, line=line)

    def _table_constraint(self) -> syntax.ConstraintDefinition:
        name = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
        return self._constraint(name, ())

    def _constraint(self, name: str, columns: tuple[str, ...]) -> syntax.ConstraintDefinition:
        """A constraint from its keyword on; ``columns`` has the column of a column constraint."""
        line = self.token.line
        if self.at_word("FOREIGN", "REFERENCES"):
            return self._foreign_key(name, columns)
        if self.accept_word("CHECK"):
            definition = self._parenthesised_definition(condition=True)
            return syntax.ConstraintDefinition(kind="C", name=name, columns=columns, definition=definition, line=line)
        kind = "UQ"
        if self.accept_word("PRIMARY"):
            self.expect_word("KEY")
            kind = "PK"
        else:
            self.expect_word("UNIQUE")
        clustered = self._clustered()
        self._refuse_hash()
        descending: tuple[str, ...] = ()
        if not columns or self.at_operator("("):
            columns, descending = self._key_columns()
        self._storage()
        return syntax.ConstraintDefinition(
            kind=kind, name=name, columns=columns, clustered=clustered, descending=descending, line=line
        )

    def _refuse_hash(self) -> None:
        if self.at_word("HASH"):
            raise unsupported("A HASH index", self.token.line)

    def _foreign_key(self, name: str, columns: tuple[str, ...]) -> syntax.ConstraintDefinition:
        """A foreign key, from FOREIGN or REFERENCES on."""
        line = self.token.line
        if self.accept_word("FOREIGN"):
            self.expect_word("KEY")
            if not columns or self.at_operator("("):
                columns = self.column_list()
        self.expect_word("REFERENCES")
        references = self.name()
        referenced = self.column_list() if self.at_operator("(") else ()
        actions = {"DELETE": "NO ACTION", "UPDATE": "NO ACTION"}
        while self.at_word("ON") and self.peek().upper in actions:
            self.advance()
            event = self.advance().upper
            if self.accept_word("CASCADE"):
                actions[event] = "CASCADE"
            elif self.accept_word("NO"):
                self.expect_word("ACTION")
            else:
                self.expect_word("SET")
                actions[event] = f"SET {self.expect_word('NULL', 'DEFAULT').upper}"
        if self.at_words("NOT", "FOR", "REPLICATION"):
            raise unsupported("NOT FOR REPLICATION", line)
        return syntax.ConstraintDefinition(
            kind="F",
            name=name,
            columns=columns,
            references=references,
            referenced=referenced,
            on_delete=actions["DELETE"],
            on_update=actions["UPDATE"],
            line=line,
        )

    def _clustered(self) -> bool | None:
        word = self.accept_word("CLUSTERED", "NONCLUSTERED")
        return None if word is None else word.upper == "CLUSTERED"

    def _key_columns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(a, b DESC): all names, and those with DESC."""
        self.expect_operator("(")
        names, descending = [], []
        while True:
            names.append(self.expect_identifier())
            word = self.accept_word("ASC", "DESC")
            if word is not None and word.upper == "DESC":
                descending.append(names[-1])
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return tuple(names), tuple(descending)

    def alter_table(self, line: int) -> syntax.AlterTable:
        """ALTER TABLE, from TABLE on."""
        self.expect_word("TABLE")
        target = self.name()
        checked: bool | None = None
        if self.at_word("WITH") and self.peek().upper in ("CHECK", "NOCHECK"):
            self.advance()
            checked = self.advance().upper == "CHECK"
            if not self.at_word("ADD", "CHECK", "NOCHECK"):
                raise self.error()
        if self.accept_word("ADD"):
            return self._alter_add(target, line, checked is not False)
        if self.at_word("CHECK", "NOCHECK"):
            enabled = self.advance().upper == "CHECK"
            self.expect_word("CONSTRAINT")
            names = [""] if self.accept_word("ALL") else [self.expect_identifier()]
            while self.accept_operator(","):
                names.append(self.expect_identifier())
            return syntax.AlterTable(
                target=target, switched=tuple(names), enabled=enabled, checked=checked is True, line=line
            )
        if self.accept_word("DROP"):
            return self._alter_drop(target, line)
        if self.at_words("ALTER", "COLUMN"):
            self.position += 2
            if self.peek().upper in ("ADD", "DROP"):
                raise unsupported(f"ALTER COLUMN … {self.peek().upper} {self.peek(2).upper}", line)
            column, constraints = self._column_definition(target[-1])
            if constraints or column.default or column.identity or column.rowguid or column.type is None:
                raise self.error()
            if self.at_word("WITH") and self.peek().text == "(":
                self._index_options()
            return syntax.AlterTable(target=target, alter_column=column, line=line)
        if self.accept_word("REBUILD"):
            self._all_partitions("ALTER TABLE")
            if self.at_word("WITH"):
                self._index_options()
            return syntax.AlterTable(target=target, line=line)
        if self.at_word("SET") and self.peek(2).upper == "LOCK_ESCALATION":
            self.position += 3
            self.expect_operator("=")
            level = self.expect_word("AUTO", "TABLE", "DISABLE").upper
            self.expect_operator(")")
            if level != "TABLE":  # which every table has
                raise unsupported(f"LOCK_ESCALATION = {level}", line)
            return syntax.AlterTable(target=target, line=line)
        raise unsupported(f"ALTER TABLE … {self.token.upper}", line)

    def _all_partitions(self, statement: str) -> None:
        """Step over PARTITION = ALL; a single partition is refused."""
        if self.accept_word("PARTITION"):
            self.expect_operator("=")
            if not self.accept_word("ALL"):
                raise unsupported(f"{statement} … PARTITION", self.token.line)

    def _alter_add(self, target: syntax.Name, line: int, checked: bool) -> syntax.AlterTable:
        columns: list[syntax.ColumnDefinition] = []
        constraints: list[syntax.ConstraintDefinition] = []
        while True:
            if self.at_word("PERIOD") and self.peek().upper == "FOR":
                raise unsupported("A temporal table", self.token.line)
            if self.at_word("INDEX"):
                raise unsupported("ALTER TABLE ADD INDEX", self.token.line)
            if self.at_word("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "DEFAULT"):
                constraints.append(self._added_constraint())
            else:
                column, inline = self._column_definition(target[-1], len(columns) + 1)
                columns.append(column)
                constraints += inline
            if not self.accept_operator(","):
                break
        if not checked:
            constraints = [replace(constraint, checked=False) for constraint in constraints]
        return syntax.AlterTable(
            target=target, add_columns=tuple(columns), add_constraints=tuple(constraints), line=line
        )

    def _added_constraint(self) -> syntax.ConstraintDefinition:
        line = self.token.line
        name = self.expect_identifier() if self.accept_word("CONSTRAINT") else ""
        if not self.accept_word("DEFAULT"):
            return self._constraint(name, ())
        definition = self._default()
        self.expect_word("FOR")
        columns = (self.expect_identifier(),)
        return syntax.ConstraintDefinition(kind="D", name=name, columns=columns, definition=definition, line=line)

    def _alter_drop(self, target: syntax.Name, line: int) -> syntax.AlterTable:
        dropped: dict[str, list[str]] = {"COLUMN": [], "CONSTRAINT": []}
        what, if_exists = "CONSTRAINT", False
        while True:
            # The list may go on without the word: DROP COLUMN a, b, CONSTRAINT c.
            if self.at_word("PERIOD") and self.peek().upper == "FOR":
                raise unsupported("A temporal table", self.token.line)
            word = self.accept_word("COLUMN", "CONSTRAINT")
            what = word.upper if word else what
            if_exists = self.if_exists() or if_exists
            dropped[what].append(self.expect_identifier())
            if self.at_word("WITH"):
                self._index_options()
            if not self.accept_operator(","):
                break
        return syntax.AlterTable(
            target=target,
            drop_columns=tuple(dropped["COLUMN"]),
            drop_constraints=tuple(dropped["CONSTRAINT"]),
            if_exists=if_exists,
            line=line,
        )

    def if_exists(self) -> bool:
        """Step over IF EXISTS; return whether it was there."""
        if not self.accept_word("IF"):
            return False
        self.expect_word("EXISTS")
        return True

    def drop_index(self, line: int) -> syntax.Statement:
        """DROP INDEX name ON table [, …], or the older DROP INDEX table.name, from INDEX on; several are a block."""
        self.expect_word("INDEX")
        if_exists = self.if_exists()
        dropped: list[syntax.DropIndex] = []
        while True:
            *table, name = self.name()
            if not table:
                self.expect_word("ON")
                table = list(self.name())
            dropped.append(syntax.DropIndex(name=name, target=tuple(table), if_exists=if_exists, line=line))
            if not self.accept_operator(","):
                break
        return dropped[0] if len(dropped) == 1 else syntax.Block(statements=tuple(dropped), line=line)

    def drop_objects(self, line: int) -> syntax.DropObjects:
        """DROP of objects of one kind, from the word of the kind on."""
        kind = self.expect_word(*DROPPED).upper
        if_exists = self.if_exists()
        names = [self.name()]
        while kind not in ("TYPE", "SYNONYM") and self.accept_operator(","):
            names.append(self.name())
        kind = "PROCEDURE" if kind == "PROC" else kind
        if kind in ("SCHEMA", "DATABASE") and any(len(name) > 1 for name in names):
            raise self.error()
        if kind in ("PROCEDURE", "FUNCTION", "VIEW") and any(len(name) > 2 for name in names):
            raise sql_error(166, f"DROP {kind}", line=line)
        return syntax.DropObjects(kind=kind, names=tuple(names), if_exists=if_exists, line=line)

    def create_index(self, line: int) -> syntax.CreateIndex:
        """CREATE INDEX, from the word after CREATE on."""
        unique = self.accept_word("UNIQUE") is not None
        clustered = self._clustered()
        columnstore = self.accept_word("COLUMNSTORE") is not None
        self.expect_word("INDEX")
        name = self.expect_identifier()
        self.expect_word("ON")
        target = self.name()
        indexed = self._indexed(columnstore)
        return syntax.CreateIndex(
            name=name,
            target=target,
            unique=unique,
            columns=indexed.columns,
            where=indexed.where,
            clustered=bool(clustered),
            columnstore=columnstore,
            descending=indexed.descending,
            included=indexed.included,
            drop_existing=indexed.drop_existing,
            line=line,
        )

    def _indexed(self, columnstore: bool) -> _Indexed:
        """The columns of an index, and its filter; its other parts do not affect results."""
        columns: tuple[str, ...] = ()
        descending: tuple[str, ...] = ()
        if self.at_operator("(") or not columnstore:
            columns, descending = self._key_columns()
        if columnstore and self.accept_word("ORDER"):
            self.column_list()
        included = self.column_list() if self.accept_word("INCLUDE") else ()
        where = None
        if self.accept_word("WHERE"):
            first, line = self.position, self.token.line
            condition = self.condition()
            where = syntax.Definition(expression=condition, text=self.text_since(first), line=line)
        return _Indexed(columns, descending, included, where, drop_existing=self._storage())

    def _inline_index(self, column: tuple[str, ...]) -> syntax.ConstraintDefinition:
        """INDEX name … in CREATE TABLE; ``column`` has the column of an index of a column."""
        line = self.advance().line
        name = self.expect_identifier()
        unique = self.accept_word("UNIQUE") is not None
        clustered = self._clustered()
        self._refuse_hash()
        columnstore = self.accept_word("COLUMNSTORE") is not None
        indexed = _Indexed(column)
        if not column or self.at_operator("("):
            indexed = self._indexed(columnstore)
        return syntax.ConstraintDefinition(
            kind="UX" if unique else "IX",
            name=name,
            columns=indexed.columns,
            definition=indexed.where,
            clustered=clustered,
            columnstore=columnstore,
            descending=indexed.descending,
            included=indexed.included,
            line=line,
        )

    def sequence(self, action: str, line: int) -> syntax.Sequence:
        """CREATE SEQUENCE and ALTER SEQUENCE … RESTART, from SEQUENCE on."""
        self.expect_word("SEQUENCE")
        target = self.name()
        declared = parse_type(self) if action == "CREATE" and self.accept_word("AS") else None
        numbers: dict[str, int | str | None] = dict.fromkeys(("START", "INCREMENT", "MINVALUE", "MAXVALUE"))
        cycle: bool | None = None
        cache: int | None = None
        restarts = False
        while word := self.accept_word("START", "RESTART", "INCREMENT", "MINVALUE", "MAXVALUE", "NO", "CYCLE", "CACHE"):
            option = word.upper
            if option == "NO":
                option = self.expect_word("MINVALUE", "MAXVALUE", "CYCLE", "CACHE").upper
                if option == "CYCLE":
                    cycle = False
                elif option == "CACHE":
                    cache = 0
                else:
                    numbers[option] = ""
            elif option == "CYCLE":
                cycle = True
            elif option == "CACHE":
                cache = self.expect_integer() if self.token.kind == NUMBER else -1
            elif option == "RESTART":
                restarts = True
                if self.accept_word("WITH"):
                    numbers["START"] = self.signed()
            else:
                if option in ("START", "INCREMENT"):
                    self.expect_word("WITH" if option == "START" else "BY")
                numbers[option] = self.signed()
        if action == "ALTER" and not restarts:
            raise unsupported("ALTER SEQUENCE without RESTART", line)
        start, increment = numbers["START"], numbers["INCREMENT"]
        assert not isinstance(start, str)
        assert not isinstance(increment, str)
        return syntax.Sequence(
            action=action,
            target=target,
            type=declared,
            start=start,
            increment=increment,
            minimum=numbers["MINVALUE"],
            maximum=numbers["MAXVALUE"],
            cycle=cycle,
            cache=cache,
            line=line,
        )

    def alter_index(self, line: int) -> syntax.Maintain:
        """ALTER INDEX … REBUILD or REORGANIZE, from INDEX on, and DISABLE."""
        self.expect_word("INDEX")
        name = "" if self.accept_word("ALL") else self.expect_identifier()
        self.expect_word("ON")
        target = self.name()
        action = self.expect_word("REBUILD", "REORGANIZE", "DISABLE", "SET").upper
        self._all_partitions("ALTER INDEX")
        self.accept_word("WITH")
        self._skip_parentheses()
        return syntax.Maintain(target=target, index=name, disable=action == "DISABLE", line=line)

    def statistics(self, action: str, line: int) -> syntax.Maintain:
        """CREATE and UPDATE STATISTICS, from STATISTICS on: they affect plans alone."""
        self.expect_word("STATISTICS")
        columns: tuple[str, ...] = ()
        if action == "CREATE":
            self.expect_identifier()
            self.expect_word("ON")
            target = self.name()
            columns = self.column_list()
        else:
            target = self.name()
            if not self._skip_parentheses() and self.token.is_name and not self._begins_statement():
                self.expect_identifier()
        if self.accept_word("WHERE"):
            self.condition()
        if self.accept_word("WITH"):
            while True:
                self.expect_identifier()
                while (
                    self.token.kind == NUMBER or self.at_word("PERCENT", "ROWS", "ON", "OFF") or self.at_operator("=")
                ):
                    self.advance()
                if not self.accept_operator(","):
                    break
        return syntax.Maintain(target=target, columns=columns, line=line)

    def _begins_statement(self) -> bool:
        return self.token.kind == WORD and self.token.upper in RESERVED

    def _skip_parentheses(self) -> bool:
        """Step over a list in parentheses; return whether there was one."""
        if not self.accept_operator("("):
            return False
        depth = 1
        while depth:
            token = self.advance()
            if token.kind == END:
                raise self.error()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == OPERATOR else 0
        return True


def _without_subqueries(expression: syntax.Expression) -> syntax.Expression:
    """The expression of a default, a CHECK constraint or a computed column; raises 1046 if it has a subquery."""
    for node in expression.walk():
        if isinstance(node, syntax.Query):
            raise sql_error(1046, line=node.line)
    return expression
