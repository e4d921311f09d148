"""Batches: the dispatch of statements by their first word, control of flow, variables and EXEC.

The checks that need no catalog are made here, before any statement runs: syntax (102, 156), undeclared and doubly
declared variables (137, 1087, 134), statements that must be alone in their batch (111), BREAK outside WHILE (135), a
bare THROW outside CATCH (10704).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor, syntax_error
from local_sqlserver.language.datatypes import parse_parameter_type, parse_type, user_type_ahead
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.parser.administration import (
    parse_bulk_insert,
    parse_certificate,
    parse_database,
    parse_insert_bulk,
    parse_security,
    parse_signature,
)
from local_sqlserver.language.parser.definitions import DROPPED, DefinitionParser
from local_sqlserver.language.parser.expressions import CALLABLE_KEYWORDS
from local_sqlserver.language.parser.options import parse_set_option
from local_sqlserver.language.tokens import END, NUMBER, OPERATOR, QUOTED, STRING, VARIABLE, WORD, tokenize
from local_sqlserver.types import SqlType, UserType

_COMPOUND = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="})
_INDEX_WORDS = ("INDEX", "UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE")
_ALONE = frozenset({"PROCEDURE", "PROC", "VIEW", "FUNCTION", "TRIGGER", "SCHEMA"})
_REFUSED_OPENERS = frozenset(
    {
        "BACKUP",
        "CHECKPOINT",
        "KILL",
        "LINENO",
        "READTEXT",
        "RECONFIGURE",
        "RESTORE",
        "REVERT",
        "SETUSER",
        "SHUTDOWN",
        "UPDATETEXT",
        "WRITETEXT",
    }
)
_REFUSED_OBJECTS = (
    *("AGGREGATE", "APPLICATION", "ASSEMBLY", "ASYMMETRIC", "AUTHORIZATION", "AVAILABILITY", "BROKER", "COLUMN"),
    *("CONTRACT", "CREDENTIAL", "CRYPTOGRAPHIC", "DEFAULT", "ENDPOINT", "EVENT", "EXTERNAL", "FULLTEXT", "FUNCTION"),
    *("INDEX", "MASTER", "MESSAGE", "PARTITION", "PRIMARY", "QUEUE", "REMOTE", "RESOURCE", "ROUTE", "RULE", "SCHEMA"),
    *(
        "SEARCH",
        "SECURITY",
        "SELECTIVE",
        "SENSITIVITY",
        "SEQUENCE",
        "SERVER",
        "SERVICE",
        "SPATIAL",
        "STATISTICS",
        "SYMMETRIC",
    ),
    *("SYNONYM", "TRIGGER", "TYPE", "WORKLOAD", "XML"),
)
_REFUSED_PHRASES = (
    ("DISABLE", "TRIGGER"),
    ("ENABLE", "TRIGGER"),
    ("OPEN", "SYMMETRIC", "KEY"),
    ("OPEN", "MASTER", "KEY"),
    ("CLOSE", "SYMMETRIC", "KEY"),
    ("CLOSE", "ALL", "SYMMETRIC", "KEYS"),
    ("CLOSE", "MASTER", "KEY"),
    ("END", "CONVERSATION"),
    ("GET", "CONVERSATION"),
    ("MOVE", "CONVERSATION"),
    ("SEND", "ON", "CONVERSATION"),
    ("RECEIVE",),
)
"""The first words of refused statements whose first word alone may begin another statement."""
_CURSOR_OPTIONS = ("LOCAL", "GLOBAL", "FORWARD_ONLY", "SCROLL", "STATIC", "FAST_FORWARD", "READ_ONLY")
_CONFLICTING = ({"LOCAL", "GLOBAL"}, {"FORWARD_ONLY", "SCROLL"}, {"FAST_FORWARD", "SCROLL"})
_REFUSED_CURSOR_OPTIONS = ("DYNAMIC", "KEYSET", "OPTIMISTIC", "SCROLL_LOCKS", "TYPE_WARNING")


class BatchParser(DefinitionParser):
    """Parses batches, the bodies of procedures and parameter lists."""

    def __init__(self, text: str, *, undeclared: bool = False, types: tuple[UserType, ...] = ()) -> None:
        super().__init__(text, undeclared=undeclared, types=types)
        self._cursors: set[str] = set()
        self._table_parameters: dict[str, syntax.TableDeclaration] = {}
        self._loops = 0
        self._catches = 0
        self._nesting = 0
        """How many statements the one that is parsed is in."""
        self._in_procedure = False
        self._openers: dict[str, Callable[[], syntax.Statement]] = {
            "ADD": partial(parse_signature, self),
            "ALTER": self._define,
            "BEGIN": self._begin,
            "BREAK": self._break,
            "BULK": partial(parse_bulk_insert, self),
            "CLOSE": self._cursor_operation,
            "COMMIT": self._commit,
            "CONTINUE": self._continue,
            "CREATE": self._define,
            "DBCC": self._dbcc,
            "DEALLOCATE": self._cursor_operation,
            "DECLARE": self._declare,
            "DELETE": lambda: self.delete(self.token.line),
            "DENY": partial(parse_security, self),
            "DROP": self._drop,
            "EXEC": self.execute,
            "EXECUTE": self.execute,
            "FETCH": self._fetch,
            "GOTO": self._goto,
            "GRANT": partial(parse_security, self),
            "IF": self._if,
            "INSERT": self._insert,
            "MERGE": lambda: self.merge(self.token.line),
            "OPEN": self._cursor_operation,
            "PRINT": self._print,
            "RAISERROR": self._raiserror,
            "RETURN": self._return,
            "REVOKE": partial(parse_security, self),
            "ROLLBACK": self._rollback,
            "SAVE": self._save,
            "SELECT": self.select,
            "SET": self._set,
            "THROW": self._throw,
            "TRUNCATE": self.truncate,
            "UPDATE": self.update_statement,
            "USE": self._use,
            "WAITFOR": self._wait_for,
            "WHILE": self._while,
            "WITH": self.with_tables,
        }

    # --- the batch and its blocks

    def batch(self) -> syntax.Batch:
        """All statements up to the end of the text."""
        line = self.token.line
        statements = self._statements(END)
        _check_jumps(statements)
        return self._body(statements, line)

    def _body(self, statements: tuple[syntax.Statement, ...], line: int) -> syntax.Batch:
        """A batch or body of the statements and the declared variables; raises 10700 for a change of a parameter."""
        for statement in statements if self._table_parameters else ():
            for node in statement.walk():
                for target in _changed_tables(node):
                    if target[-1].lower() in self._table_parameters:
                        raise sql_error(10700, target[-1], line=node.line)
        return syntax.Batch(
            statements=statements,
            variables=tuple(self.scalars.items()),
            tables=tuple(self._table_parameters.values()),
            line=line,
        )

    def _statements(self, end: str) -> tuple[syntax.Statement, ...]:
        """Statements up to the END token of the text or the word END of a block."""
        statements: list[syntax.Statement] = []
        while True:
            self._skip_semicolons()
            if self.token.kind == end or (self.at_word(end) and not self.at_words("END", "CONVERSATION")):
                return tuple(statements)
            if self.token.kind == END:
                raise self.error()
            statements.append(self.statement(statements[-1] if statements else None))

    def _skip_semicolons(self) -> None:
        while self.accept_operator(";"):
            pass

    def _is_bare_call(self) -> bool:
        """Whether the statement calls a procedure without EXEC, which is allowed only as the first of a batch."""
        token = self.token
        if any(other.text != ";" for other in self.tokens[: self.position]) or self.peek().text == ":":
            return False
        if token.kind == QUOTED:
            return True
        return token.kind == WORD and token.upper not in RESERVED and token.upper != "THROW"

    def statement(self, before: syntax.Statement | None = None) -> syntax.Statement:
        """One statement, with its semicolon if it has one.

        ``before`` is the preceding statement of its batch or block; a THROW or WITH requires a semicolon after it.
        """
        token = self.token
        if token.kind == OPERATOR and token.text == "(":
            statement: syntax.Statement = self.select()
        elif token.kind == QUOTED and self._is_bare_call():
            statement = self._procedure_call(token.line)
        elif token.kind != WORD:
            raise self.error()
        elif token.upper in _REFUSED_OPENERS:
            raise unsupported(token.upper, token.line)
        elif phrase := next((words for words in _REFUSED_PHRASES if self.at_words(*words)), ()):
            raise unsupported(" ".join(phrase), token.line)
        elif token.upper in self._openers:
            if before is not None and self.tokens[self.position - 1].text != ";":
                self._check_unterminated(before)
            self._nesting += 1
            statement = self._openers[token.upper]()
            self._nesting -= 1
        elif self._is_bare_call():
            statement = self._procedure_call(token.line)
        elif self.peek().text == ":" and token.upper not in RESERVED:
            statement = syntax.Label(name=self.expect_identifier(), line=token.line)
            self.advance()
        else:
            raise self.error()
        self.accept_operator(";")
        return statement

    def _check_unterminated(self, before: syntax.Statement) -> None:
        token = self.token
        if token.upper == "THROW":
            raise self.error()
        if token.upper != "WITH":
            return
        name = self.peek()
        if isinstance(before, syntax.CompiledStatement) and name.is_name:
            raise sql_error(336, name.value, line=name.line)
        raise sql_error(319, line=token.line)

    def _block(self, *after: str, empty: bool = False) -> tuple[syntax.Statement, ...]:
        """Statements up to END and the words ``after`` it; SQL Server requires at least one, except in a CATCH."""
        statements = self._statements("END")
        end = self.advance()
        if not statements and not empty:
            raise sql_error(102, self.token.text if after else end.text, line=end.line)
        for word in after:
            self.expect_word(word)
        return statements

    # --- variables and options

    def declare_parameter(self, parameter: syntax.ProcedureParameter, line: int) -> None:
        """Declare a parameter of the batch or body; raises 134 if the name is taken."""
        self.declare(parameter.name, line, None if parameter.table else parameter.type)
        if parameter.table:
            self._table_parameters[parameter.name.lower()] = parameter.table

    def declare(self, name: str, line: int, declared: SqlType | None) -> None:
        """Declare a variable of a type, or a table variable (None); raises 134 if the name is taken."""
        if name.lower() in self.scalars or name.lower() in self.tables:
            raise sql_error(134, name, line=line)
        if declared is None:
            self.tables.add(name.lower())
        else:
            self.scalars[name.lower()] = declared

    def _declare(self) -> syntax.Statement:
        line = self.advance().line
        if self.token.is_name:
            return self._declare_cursor(line)
        items: list[syntax.VariableDeclaration | syntax.TableDeclaration] = []
        while True:
            if self.token.text.startswith("@@"):
                raise unsupported("A local variable whose name begins with @@", self.token.line)
            token = self.expect_variable()
            name = token.text
            self.accept_word("AS")
            if not items and self.accept_word("TABLE"):
                self.declare(name, token.line, None)
                table = self.table_definition((name,), self.token.line)
                items.append(syntax.TableDeclaration(name=name, table=table, line=token.line))
                return syntax.Declare(items=tuple(items), line=line)
            if self.at_word("TABLE"):
                raise self.error()
            if self.accept_word("CURSOR"):
                if name.lower() in self.scalars or name.lower() in self.tables | self._cursors:
                    raise sql_error(134, name, line=token.line)
                self._cursors.add(name.lower())
                if not self.accept_operator(","):
                    return syntax.Declare(items=tuple(items), line=line)
                continue
            if of_type := self._of_table_type(name):
                self.declare(name, token.line, None)
                items.append(of_type)
                if not self.accept_operator(","):
                    return syntax.Declare(items=tuple(items), line=line)
                continue
            declared = parse_type(self, len(items) + 1)
            initial = self.value() if self.accept_operator("=") else None
            self.declare(name, token.line, declared)
            items.append(syntax.VariableDeclaration(name=name, type=declared, initial=initial, line=token.line))
            if not self.accept_operator(","):
                return syntax.Declare(items=tuple(items), line=line)

    def _of_table_type(self, name: str) -> syntax.TableDeclaration | None:
        """Step over the name of a table type and return the declaration of a variable of it; None at other types."""
        line, found = self.token.line, user_type_ahead(self)
        if found is None or not found.object_id:
            return None
        self.name()
        definition = BatchParser(found.declared, types=self.types).table_definition((name,), line)
        return syntax.TableDeclaration(name=name, table=replace(definition, user_type=found.id), line=line)

    def _declare_cursor(self, line: int) -> syntax.Statement:
        name = self.expect_identifier()
        options: list[str] = []
        while option := self.accept_word("SCROLL", "INSENSITIVE"):
            options.append(option.upper)
        return self._cursor(name, line, scroll="SCROLL" in options, static="INSENSITIVE" in options)

    def _cursor(self, name: str, line: int, *, scroll: bool = False, static: bool = False) -> syntax.DeclareCursor:
        """CURSOR options FOR query."""
        self.expect_word("CURSOR")
        options: list[str] = []
        while option := self.accept_word(*_CURSOR_OPTIONS):
            for before in options:
                if {before, option.upper} in _CONFLICTING:
                    raise sql_error(1048, before, option.upper, line=option.line)
            options.append(option.upper)
        scroll = scroll or ("STATIC" in options and "FORWARD_ONLY" not in options) or "SCROLL" in options
        if self.at_word(*_REFUSED_CURSOR_OPTIONS):
            raise unsupported(f"A {self.token.upper} cursor", line)
        self.expect_word("FOR")
        query = self.with_tables() if self.at_word("WITH") else self.select()
        if not isinstance(query, syntax.SelectStatement):
            raise sql_error(156, "FOR", line=line)
        if self.accept_word("FOR"):
            if self.accept_word("UPDATE"):
                raise unsupported("A cursor FOR UPDATE", line)
            for word in ("READ", "ONLY"):
                self.expect_word(word)
        static = static or "STATIC" in options
        return syntax.DeclareCursor(
            name=name, query=query, scroll=scroll, local="LOCAL" in options, static=static, line=line
        )

    def _cursor_operation(self) -> syntax.Statement:
        token = self.advance()
        is_global = self.accept_word("GLOBAL") is not None
        return syntax.CursorOperation(
            action=token.upper, name=self._cursor_name(), is_global=is_global, line=token.line
        )

    def _cursor_name(self) -> str:
        if self.token.kind == VARIABLE:
            return self._cursor_variable()
        return self.expect_identifier()

    def _cursor_variable(self) -> str:
        token = self.expect_variable()
        if token.text.lower() not in self._cursors:
            raise sql_error(137, token.text, line=token.line)
        return token.text

    def _fetch(self) -> syntax.Statement:
        line = self.advance().line
        direction, position = "NEXT", None
        if word := self.accept_word("NEXT", "PRIOR", "FIRST", "LAST"):
            direction = word.upper
            self.expect_word("FROM")
        elif word := self.accept_word("ABSOLUTE", "RELATIVE"):
            direction, position = word.upper, self._number_or_variable()
            self.expect_word("FROM")
        else:
            self.accept_word("FROM")
        is_global = self.accept_word("GLOBAL") is not None
        name = self._cursor_name()
        variables: list[str] = []
        if self.accept_word("INTO"):
            variables.append(self.scalar_variable())
            while self.accept_operator(","):
                variables.append(self.scalar_variable())
        return syntax.Fetch(
            direction=direction,
            position=position,
            name=name,
            variables=tuple(variables),
            is_global=is_global,
            line=line,
        )

    def _set(self) -> syntax.Statement:
        line = self.advance().line
        if self.token.kind != VARIABLE:
            return parse_set_option(self, line)
        if self.token.text.lower() in self._cursors:
            name = self._cursor_variable()
            self.expect_operator("=")
            if self.at_word("CURSOR"):
                return replace(self._cursor(name, line), local=True)
            is_global = self.accept_word("GLOBAL") is not None
            return syntax.AssignCursor(name=name, cursor=self._cursor_name(), is_global=is_global, line=line)
        variable = syntax.Variable(name=self.scalar_variable(), line=line)
        operator = self.token
        if operator.text not in _COMPOUND and operator.text != "=":
            raise self.error()
        self.advance()
        value = self.value()
        if operator.text in _COMPOUND:
            value = syntax.Binary(operator=operator.text[0], left=variable, right=value, line=operator.line)
        return syntax.SetVariable(name=variable.name, value=value, line=line)

    # --- control of flow

    def _if(self) -> syntax.Statement:
        line = self.advance().line
        condition = self.condition()
        then = self.statement()
        otherwise = self.statement() if self.accept_word("ELSE") else None
        return syntax.If(condition=condition, then=then, otherwise=otherwise, line=line)

    def _while(self) -> syntax.Statement:
        line = self.advance().line
        condition = self.condition()
        self._loops += 1
        body = self.statement()
        self._loops -= 1
        return syntax.While(condition=condition, body=body, line=line)

    def _begin(self) -> syntax.Statement:
        line = self.advance().line
        if self.accept_word("TRY"):
            attempt = self._block("TRY")
            self.expect_word("BEGIN")
            self.expect_word("CATCH")
            self._catches += 1
            handler = self._block("CATCH", empty=True)
            self._catches -= 1
            return syntax.TryCatch(attempt=attempt, handler=handler, line=line)
        if self.at_word("CATCH"):
            raise self.error()
        if self.accept_word("TRAN", "TRANSACTION"):
            name = self._transaction_name()
            if self.at_words("WITH", "MARK"):
                raise unsupported("BEGIN TRANSACTION … WITH MARK", line)
            return syntax.BeginTransaction(name=name, line=line)
        if self.at_word("DISTRIBUTED", "DIALOG", "CONVERSATION", "ATOMIC"):
            raise unsupported(f"BEGIN {self.token.upper}", line)
        return syntax.Block(statements=self._block(), line=line)

    def _transaction_name(self) -> str:
        # Any unreserved word is the name, even one that begins a statement (THROW), as in SQL Server.
        token = self.token
        if token.kind == VARIABLE:
            return self.scalar_variable()
        if token.kind == QUOTED or (token.kind == WORD and token.upper not in RESERVED):
            return self.advance().value
        return ""

    def _commit(self) -> syntax.Statement:
        line = self.advance().line
        if self.accept_word("TRAN", "TRANSACTION"):
            self._transaction_name()
        else:
            self.accept_word("WORK")
        if self.at_word("WITH") and self.peek().text == "(":
            raise unsupported("COMMIT … WITH (DELAYED_DURABILITY)", line)
        return syntax.CommitTransaction(line=line)

    def _rollback(self) -> syntax.Statement:
        line = self.advance().line
        name = ""
        if self.accept_word("TRAN", "TRANSACTION"):
            name = self._transaction_name()
        else:
            self.accept_word("WORK")
        return syntax.RollbackTransaction(name=name, line=line)

    def _save(self) -> syntax.Statement:
        line = self.advance().line
        self.expect_word("TRAN", "TRANSACTION")
        name = self._transaction_name()
        if not name:
            raise self.error()
        return syntax.SaveTransaction(name=name, line=line)

    def _break(self) -> syntax.Statement:
        token = self.advance()
        if not self._loops:
            raise sql_error(135, line=token.line)
        return syntax.Break(line=token.line)

    def _continue(self) -> syntax.Statement:
        token = self.advance()
        if not self._loops:
            raise sql_error(136, line=token.line)
        return syntax.Continue(line=token.line)

    def _return(self) -> syntax.Statement:
        token = self.advance()
        if not self._expression_follows():
            return syntax.Return(value=None, line=token.line)
        if not self._in_procedure:
            raise sql_error(178, line=token.line)
        return syntax.Return(value=self.value(), line=token.line)

    def _expression_follows(self) -> bool:
        # RETURN needs no semicolon: a reserved word that begins no expression begins the next statement.
        token = self.token
        if token.kind == OPERATOR:
            return token.text in "(-+~"
        if token.kind == WORD:
            return token.upper not in RESERVED or token.upper in CALLABLE_KEYWORDS | {"CASE", "NULL"}
        return token.kind != END

    def _print(self) -> syntax.Statement:
        line = self.advance().line
        return syntax.Print(value=self.value(), line=line)

    def _throw(self) -> syntax.Statement:
        line = self.advance().line
        if self.token.kind not in (NUMBER, VARIABLE):
            if not self._catches:
                raise sql_error(10704, line=line)
            return syntax.Throw(number=None, message=None, state=None, line=line)
        number = self._number_or_variable()
        self.expect_operator(",")
        if self.token.kind not in (STRING, VARIABLE):
            raise self.error()
        message = self.constant()
        self.expect_operator(",")
        return syntax.Throw(number=number, message=message, state=self._number_or_variable(), line=line)

    def _number_or_variable(self) -> syntax.Expression:
        if self.token.kind not in (NUMBER, VARIABLE) and not self.at_operator("-"):
            raise self.error()
        return self.constant()

    def _raiserror(self) -> syntax.Statement:
        line = self.advance().line
        self.expect_operator("(")
        values = [self.constant()]
        while self.accept_operator(","):
            values.append(self.constant())
        if len(values) < 3:
            raise self.error()
        self.expect_operator(")")
        options: list[str] = []
        if self.accept_word("WITH"):
            options.append(self.expect_word("NOWAIT", "LOG", "SETERROR").upper)
            while self.accept_operator(","):
                options.append(self.expect_word("NOWAIT", "LOG", "SETERROR").upper)
        message, severity, state, *arguments = values
        return syntax.RaiseError(
            message=message,
            severity=severity,
            state=state,
            arguments=tuple(arguments),
            options=tuple(options),
            line=line,
        )

    def _goto(self) -> syntax.Statement:
        line = self.advance().line
        return syntax.Goto(name=self.expect_identifier(), line=line)

    def _wait_for(self) -> syntax.Statement:
        line = self.advance().line
        if self.at_word("TIME") or self.at_operator("("):
            raise unsupported(f"WAITFOR {self.token.text.upper()}", line)
        kind = self.expect_word("DELAY").upper
        if self.token.kind not in (STRING, VARIABLE):
            raise self.error()
        return syntax.WaitFor(kind=kind, value=self.constant(), line=line)

    def _dbcc(self) -> syntax.Statement:
        """DBCC CHECKIDENT; its informational messages are not sent."""
        line = self.advance().line
        if not self.at_word("CHECKIDENT"):
            raise unsupported("DBCC", line)
        self.advance()
        self.expect_operator("(")
        target = self._name_in_string() if self.token.kind == STRING else self.name()
        value, reseed = None, True
        if self.accept_operator(","):
            reseed = self.expect_word("RESEED", "NORESEED").upper == "RESEED"
            if reseed and self.accept_operator(","):
                value = self.value()
        self.expect_operator(")")
        if self.accept_word("WITH"):
            self.expect_word("NO_INFOMSGS")
        return syntax.CheckIdentity(target=target, reseed=reseed, value=value, line=line)

    def _name_in_string(self) -> syntax.Name:
        text = self.advance().value
        return TokenCursor(text, tokenize(text)).name()

    def _use(self) -> syntax.Statement:
        line = self.advance().line
        if self._in_procedure:
            raise sql_error(154, line=line)
        return syntax.Use(database=self.expect_identifier(), line=line)

    # --- EXEC

    def execute(self) -> syntax.Execute | syntax.ExecuteString:
        """EXEC of a procedure or of a string."""
        line = self.advance().line
        if self.at_word("AS"):
            raise unsupported("EXECUTE AS", line)
        if self.at_operator("("):
            return self._execute_string(line)
        return self._procedure_call(line)

    def _execute_string(self, line: int) -> syntax.ExecuteString:
        self.advance()
        text = self._string_part()
        while not self.accept_operator(")"):
            plus = self.expect_operator("+")
            text = syntax.Binary(operator="+", left=text, right=self._string_part(), line=plus.line)
        if self.at_word("AS", "AT"):
            raise unsupported(f"EXEC (…) {self.token.upper}", line)
        return syntax.ExecuteString(text=text, results=self._result_sets(), line=line)

    def _string_part(self) -> syntax.Expression:
        if self.token.kind not in (STRING, VARIABLE):
            raise self.error()
        return self.constant()

    def _procedure_call(self, line: int) -> syntax.Execute:
        return_variable = None
        if self.token.kind == VARIABLE and self.peek().text == "=":
            return_variable = self.scalar_variable()
            self.advance()
        procedure: tuple[str, ...] | str
        procedure = self.scalar_variable() if self.token.kind == VARIABLE else self.name()
        arguments: list[syntax.Argument] = []
        if self._argument_follows():
            arguments.append(self._argument())
            while self.accept_operator(","):
                arguments.append(self._argument())
                if arguments[-2].name and not arguments[-1].name:
                    raise sql_error(119, len(arguments), line=line)
        if self.at_operator("("):
            raise self.error()
        if self.at_words("WITH", "RECOMPILE"):
            self.advance()
            self.advance()
        return syntax.Execute(
            procedure=procedure,
            arguments=tuple(arguments),
            return_variable=return_variable,
            results=self._result_sets(),
            line=line,
        )

    def _result_sets(self) -> tuple[tuple[syntax.ColumnDefinition, ...], ...] | None:
        """WITH RESULT SETS: the declared result sets; None without it and for UNDEFINED."""
        if not self.at_words("WITH", "RESULT", "SETS"):
            return None
        self.position += 3
        if word := self.accept_word("UNDEFINED", "NONE"):
            return () if word.upper == "NONE" else None
        self.expect_operator("(")
        sets = []
        while True:
            if self.at_word("AS"):
                raise unsupported(f"WITH RESULT SETS (AS {self.peek().upper} …)", self.token.line)
            self.expect_operator("(")
            columns: list[syntax.ColumnDefinition] = []
            while True:
                column, constraints = self._column_definition("", len(columns) + 1)
                if constraints or column.default or column.identity or column.type is None:
                    raise self.error()
                columns.append(column)
                if not self.accept_operator(","):
                    break
            self.expect_operator(")")
            sets.append(tuple(columns))
            if not self.accept_operator(","):
                break
        self.expect_operator(")")
        return tuple(sets)

    def _argument_follows(self) -> bool:
        # EXEC needs no semicolon: a reserved word that is no argument begins the next statement.
        token = self.token
        if token.kind == WORD:
            return token.upper not in RESERVED or token.upper in ("NULL", "DEFAULT")
        if token.kind == OPERATOR:
            return token.text in "-+"
        return token.kind != END

    def _argument(self) -> syntax.Argument:
        name, line = "", self.token.line
        if self.token.kind == VARIABLE and self.peek().text == "=":
            name = self.expect_variable().text
            self.advance()
        if self.accept_word("DEFAULT"):
            return syntax.Argument(name=name, value=None, line=line)
        token = self.token
        if word := self._bare_word():
            return syntax.Argument(name=name, value=word, line=line)
        if token.text.lower() in self.tables:
            self.advance()
            if self.at_word("OUTPUT", "OUT"):
                raise sql_error(348, token.text, line=token.line)
            return syntax.Argument(name=name, value=None, table=token.text, line=line)
        value = self.constant()
        output = None
        if self.accept_word("OUTPUT", "OUT"):
            if token.kind != VARIABLE:
                raise sql_error(179, line=token.line)
            output = token.text
        return syntax.Argument(name=name, value=value, output_variable=output, line=line)

    def _bare_word(self) -> syntax.Literal | None:
        """An unreserved bare word as an argument is a string."""
        token = self.token
        if token.kind == QUOTED or (token.kind == WORD and token.upper not in RESERVED):
            self.advance()
            return syntax.Literal(kind="nvarchar", value=token.value, line=token.line)
        return None

    # --- definitions

    def _define(self) -> syntax.Statement:
        """CREATE, ALTER and CREATE OR ALTER."""
        first, token = self.position, self.advance()
        action, line = token.upper, token.line
        if action == "CREATE" and self.accept_word("OR"):
            self.expect_word("ALTER")
            action = "CREATE OR ALTER"
        what = self.token.upper
        if what in _ALONE and not (action == "ALTER" and what == "SCHEMA"):
            return self._only_statement(action, line, first)
        if action == "CREATE OR ALTER":
            raise self.error()
        if what == "TABLE":
            return self.create_table(line) if action == "CREATE" else self.alter_table(line)
        if what in _INDEX_WORDS and action == "CREATE":
            return self.create_index(line)
        if what == "INDEX":
            return self.alter_index(line)
        if what == "SEQUENCE":
            return self.sequence(action, line)
        if what == "TYPE" and action == "CREATE":
            return self._create_type(line)
        if what == "SYNONYM" and action == "CREATE":
            self.advance()
            name = self.name()
            self.expect_word("FOR")
            return syntax.CreateSynonym(name=name, base=self.name(), line=line)
        if what == "STATISTICS" and action == "CREATE":
            return self.statistics(action, line)
        if what == "SCHEMA":
            return self._transfer(line)
        if what in ("DATABASE", "LOGIN", "USER", "ROLE", "CERTIFICATE"):
            self.position = first
            if what == "DATABASE":
                return parse_database(self, action)
            return parse_certificate(self) if what == "CERTIFICATE" else parse_security(self)
        raise self._definition_error(action, line)

    def _create_type(self, line: int) -> syntax.CreateType:
        """CREATE TYPE name FROM base type or AS TABLE (columns), from TYPE on."""
        self.expect_word("TYPE")
        name = self.name()
        if len(name) > 2:
            raise sql_error(166, "CREATE TYPE", line=line)
        if self.accept_word("FROM"):
            first = self.position
            declared = parse_type(self, 1)
            if declared.user:
                raise sql_error(2715, 1, self.text_since(first), line=line)
            text = self.text_since(first)
            not_null = self.accept_word("NOT") is not None
            if not_null or self.at_word("NULL"):
                self.expect_word("NULL")
            return syntax.CreateType(name=name, declared=text, type=declared, nullable=not not_null, line=line)
        if self.at_words("EXTERNAL", "NAME"):
            raise unsupported("A type of the CLR", line)
        self.expect_word("AS")
        self.expect_word("TABLE")
        first = self.position
        table = self.table_definition((f"@{name[-1]}",), line)
        text = self.text_since(first)
        if self.at_word("WITH"):
            raise unsupported("A memory-optimized table type", line)
        return syntax.CreateType(name=name, declared=text, table=table, line=line)

    def _definition_error(self, action: str, line: int) -> SqlError:
        """The error of CREATE, ALTER or DROP before a word that begins no supported object."""
        what = self.token
        if what.kind == WORD and what.upper in _REFUSED_OBJECTS:
            return unsupported(f"{action} {what.upper}", line)
        if what.kind != WORD or what.upper in RESERVED:
            return self.error()
        return sql_error(343, what.text, line=line)

    def _only_statement(self, action: str, line: int, first: int) -> syntax.Statement:
        """A statement that must be the only one of its batch; ``first`` is the position of its first token."""
        if self._nesting > 1:
            raise self.error()
        what = self.advance().upper
        if any(token.text != ";" for token in self.tokens[:first]):
            alterable = action == "CREATE" and what in ("PROC", "PROCEDURE")
            kind = f"{'CREATE/ALTER' if alterable else action} {'PROCEDURE' if what == 'PROC' else what}"
            raise sql_error(111, kind, line=line)
        if what in ("PROC", "PROCEDURE"):
            return self._procedure(action, line)
        if what == "FUNCTION":
            return self._function(action, line)
        if what not in ("VIEW", "SCHEMA"):
            raise unsupported(f"{action} {what}", line)
        statement = self.view(action, line) if what == "VIEW" else self._schema(line)
        self._skip_semicolons()
        if self.token.kind != END:
            after = self.token
            if self.at_word("CREATE", "ALTER"):
                self._define()  # raises 111 if the next statement must be alone too
            raise syntax_error(after)
        return statement

    def _procedure(self, action: str, line: int) -> syntax.Statement:
        name = self.name()
        if len(name) > 2:
            raise sql_error(166, "CREATE/ALTER PROCEDURE", line=line)
        if self.at_operator(";"):
            raise unsupported("A numbered procedure", line)
        parenthesis = self.accept_operator("(")
        parameters = self.parameter_list() if parenthesis or self.token.kind == VARIABLE else ()
        if parenthesis:
            self.expect_operator(")")
        for parameter in parameters:
            self.declare_parameter(parameter, line)
        as_owner = False
        if self.accept_word("WITH"):
            as_owner = self._procedure_option()
            while self.accept_operator(","):
                as_owner = self._procedure_option() or as_owner
        if self.at_word("FOR"):
            raise unsupported("CREATE PROCEDURE … FOR REPLICATION", line)
        self.expect_word("AS")
        self._refuse_external()
        self._in_procedure = True
        body = self.batch()
        if not body.statements:
            raise self.error()
        return syntax.CreateProcedure(
            action=action, name=name, parameters=parameters, body=body, text=self.text, as_owner=as_owner, line=line
        )

    def _function(self, action: str, line: int) -> syntax.CreateFunction:
        name = self.name()
        if len(name) > 2:
            raise sql_error(166, "CREATE/ALTER FUNCTION", line=line)
        self.expect_operator("(")
        parameters = () if self.at_operator(")") else self.parameter_list()
        self.expect_operator(")")
        for parameter in parameters:
            if parameter.output:
                raise sql_error(156, "OUTPUT", line=parameter.line)
            self.declare_parameter(parameter, line)
        self.expect_word("RETURNS")
        returns, table, query, body = None, None, None, None
        inline = self.accept_word("TABLE") is not None
        if self.token.kind == VARIABLE:
            token = self.expect_variable()
            self.expect_word("TABLE")
            self.declare(token.text, token.line, None)
            definition = self.table_definition((token.text,), token.line)
            table = syntax.TableDeclaration(name=token.text, table=definition, line=token.line)
        elif not inline:
            returns = parse_type(self, 0)
        null_on_null = self._function_options()
        self.accept_word("AS")
        self._refuse_external()
        if inline:
            query = self._inline_query()
        else:
            body = self._function_body(has_value=returns is not None)
        self._skip_semicolons()
        if self.token.kind != END:
            raise self.error()
        return syntax.CreateFunction(
            action=action,
            name=name,
            parameters=parameters,
            text=self.text,
            returns=returns,
            table=table,
            query=query,
            body=body,
            null_on_null=null_on_null,
            line=line,
        )

    def _refuse_external(self) -> None:
        if self.at_words("EXTERNAL", "NAME"):
            raise unsupported("EXTERNAL NAME", self.token.line)

    def _function_options(self) -> bool:
        """WITH SCHEMABINDING, RETURNS NULL ON NULL INPUT …; whether the latter is given."""
        null_on_null = False
        if not self.accept_word("WITH"):
            return False
        while True:
            if self.accept_word("RETURNS"):
                self.expect_word("NULL")
                null_on_null = True
            elif not self.accept_word("CALLED"):
                if self.at_word("INLINE"):
                    self.advance()
                    self.expect_operator("=")
                    self.expect_word("ON", "OFF")
                elif not self.accept_word("SCHEMABINDING"):
                    self._procedure_option(of_function=True)
            if self.accept_word("ON"):
                for word in ("NULL", "INPUT"):
                    self.expect_word(word)
            if not self.accept_operator(","):
                return null_on_null

    def _inline_query(self) -> syntax.SelectStatement:
        self.expect_word("RETURN")
        parenthesised = self.at_operator("(") and (self.peek().upper == "WITH")
        if parenthesised:
            self.advance()
        statement = self.with_tables() if self.at_word("WITH") else self.select()
        if parenthesised:
            self.expect_operator(")")
        if not isinstance(statement, syntax.SelectStatement):
            raise self.error()
        return statement

    def _function_body(self, *, has_value: bool) -> syntax.Batch:
        line = self.expect_word("BEGIN").line
        self._in_procedure = has_value
        statements = self._statements("END")
        self.advance()
        if not statements or not isinstance(statements[-1], syntax.Return):
            raise sql_error(455, line=self.tokens[self.position - 1].line)
        body = self._body(statements, line)
        for node in body.walk():
            _check_in_function(node)
        return body

    def _insert(self) -> syntax.Statement:
        if self.peek().upper == "BULK":
            return parse_insert_bulk(self)
        return self.insert(self.token.line)

    def _procedure_option(self, *, of_function: bool = False) -> bool:
        """Step over an option of a procedure or function; return whether it is EXECUTE AS OWNER."""
        line = self.token.line
        if self.accept_word("RECOMPILE"):
            return False
        if self.accept_word("EXECUTE", "EXEC"):
            self.expect_word("AS")
            if self.accept_word("CALLER"):
                return False
            if not of_function and self.accept_word("OWNER"):
                return True
            raise unsupported("EXECUTE AS other than CALLER", line)
        if not self.at_word("ENCRYPTION", "NATIVE_COMPILATION", "SCHEMABINDING"):
            raise self.error()
        raise unsupported(f"The procedure option {self.token.text}", line)

    def parameter_list(self) -> tuple[syntax.ProcedureParameter, ...]:
        """The parameters of a procedure, of sp_executesql or sp_prepare."""
        parameters: list[syntax.ProcedureParameter] = []
        while True:
            token = self.expect_variable()
            self.accept_word("AS")
            table = self._of_table_type(token.text)
            declared = SqlType("table", user=table.table.user_type) if table else None
            declared = declared or parse_parameter_type(self, len(parameters) + 1)
            if self.at_word("VARYING"):
                raise unsupported("A cursor parameter", self.token.line)
            if self.at_words("NOT", "NULL"):
                raise unsupported("A NOT NULL parameter", self.token.line)
            self.accept_word("NULL")
            default = (self._bare_word() or self.constant()) if self.accept_operator("=") else None
            output = self.accept_word("OUTPUT", "OUT") is not None
            read_only = self.accept_word("READONLY") is not None
            if read_only != (table is not None):
                raise sql_error(346 if read_only else 352, token.text, line=token.line)
            if table and output:
                raise sql_error(347, token.text, line=token.line)
            if table and default:
                raise sql_error(206, "int", "table type", line=token.line)
            parameters.append(
                syntax.ProcedureParameter(
                    name=token.text, type=declared, default=default, output=output, table=table, line=token.line
                )
            )
            if not self.accept_operator(","):
                return tuple(parameters)

    def _schema(self, line: int) -> syntax.Statement:
        if self.at_word("AUTHORIZATION"):
            raise unsupported("CREATE SCHEMA AUTHORIZATION without a name", line)
        name = self.expect_identifier()
        if self.accept_word("AUTHORIZATION"):
            owner = self.expect_identifier()
            if owner.lower() != "dbo":
                raise unsupported("A schema owner other than dbo", line)
        if self.at_word("CREATE", "GRANT", "DENY", "REVOKE"):
            raise unsupported("CREATE SCHEMA with elements", self.token.line)
        return syntax.CreateSchema(name=name, line=line)

    def _transfer(self, line: int) -> syntax.Transfer:
        """ALTER SCHEMA name TRANSFER object, from SCHEMA on."""
        self.advance()
        schema = self.expect_identifier()
        self.expect_word("TRANSFER")
        if self.peek().text == "::" or self.at_words("XML", "SCHEMA", "COLLECTION"):
            if self.token.upper != "OBJECT":
                raise unsupported(f"ALTER SCHEMA … TRANSFER {self.token.upper}", line)
            self.position += 2
        return syntax.Transfer(schema=schema, name=self.name(), line=line)

    def _drop(self) -> syntax.Statement:
        first, token = self.position, self.advance()
        what = self.token.upper
        if what in DROPPED:
            return self.drop_objects(token.line)
        if what == "INDEX":
            return self.drop_index(token.line)
        if what in ("LOGIN", "USER", "ROLE", "CERTIFICATE", "SIGNATURE"):
            self.position = first
            if what == "SIGNATURE":
                return parse_signature(self)
            return parse_certificate(self) if what == "CERTIFICATE" else parse_security(self)
        raise self._definition_error("DROP", token.line)


_SIDE_EFFECTS: dict[type[syntax.Node], str] = {
    syntax.Print: "PRINT",
    syntax.RaiseError: "RAISERROR",
    syntax.Throw: "THROW",
    syntax.TryCatch: "BEGIN TRY",
    syntax.ExecuteString: "EXECUTE STRING",
    syntax.InsertExecute: "INSERT EXEC",
    syntax.BeginTransaction: "BEGIN TRANSACTION",
    syntax.CommitTransaction: "COMMIT TRANSACTION",
    syntax.RollbackTransaction: "ROLLBACK TRANSACTION",
    syntax.SaveTransaction: "SAVEPOINT",
    syntax.SetOption: "SET OPTION ON",
    syntax.WaitFor: "WAITFOR",
    syntax.CreateTable: "CREATE TABLE",
    syntax.AlterTable: "ALTER TABLE",
    syntax.Truncate: "TRUNCATE TABLE",
    syntax.DropObjects: "DROP OBJECT",
    syntax.Merge: "MERGE",
    syntax.Use: "USE DATABASE",
}
"""Statements that a function may not contain, by the name of their operator in error 443."""


def _changed_tables(node: syntax.Node) -> list[syntax.Name]:
    """The names of the tables that a node changes."""
    names: list[syntax.Name] = []
    if isinstance(node, syntax.Insert | syntax.Update | syntax.Delete | syntax.Merge):
        names = [node.target] if node.output is None else [node.target, node.output.into]
    elif isinstance(node, syntax.InsertExecute | syntax.Truncate):
        names = [node.target]
    if isinstance(node, syntax.Update | syntax.Delete) and node.source is not None:
        alias = node.target[-1].lower()
        sources = [inner for inner in node.source.walk(queries=False) if isinstance(inner, syntax.TableSource)]
        names += [source.name for source in sources if source.alias.lower() == alias]
    return [name for name in names if name]


def _check_in_function(node: syntax.Node) -> None:
    """Raise the error of a node that a function may not contain: SqlError 443, 444, 2772."""
    name, state = _SIDE_EFFECTS.get(type(node), ""), 14
    match node:
        case syntax.CreateTable(target=target) if target[-1].startswith("@"):
            return
        case syntax.Insert(target=target) | syntax.Update(target=target) | syntax.Delete(target=target):
            name, state = "" if target[-1].startswith("@") else type(node).__name__.upper(), 15
        case syntax.SelectStatement(query=syntax.Query(body=body)):
            first = syntax.first_select(body)
            if first.into:
                name = "SELECT INTO"
            elif not any(item.variable for item in first.items):
                raise sql_error(444, line=node.line)
        case syntax.Call(name="NEWID" | "RAND" | "NEWSEQUENTIALID" as function):
            name, state = function.lower(), 1
        case syntax.TableSource(name=source) if source[-1].startswith("#"):
            raise sql_error(2772, line=node.line)
    if name:
        raise sql_error(443, name, state=state, line=node.line)


def _check_jumps(statements: tuple[syntax.Statement, ...]) -> None:
    """Raise SqlError 132 for a label declared twice, 133 for one that is not, 40510 for a jump into a block."""
    labels: set[str] = set()
    for statement in statements:
        for node in statement.walk(queries=False):
            if isinstance(node, syntax.Label):
                if node.name.lower() in labels:
                    raise sql_error(132, node.name, line=node.line)
                labels.add(node.name.lower())
    _check_visible(statements, frozenset(), labels)


def _check_visible(statements: tuple[syntax.Statement, ...], outer: frozenset[str], labels: set[str]) -> None:
    visible = outer | {statement.name.lower() for statement in statements if isinstance(statement, syntax.Label)}
    for statement in statements:
        match statement:
            case syntax.Goto(name=name) if name.lower() not in visible:
                if name.lower() in labels:
                    raise unsupported("GOTO into a block", statement.line)
                raise sql_error(133, name, line=statement.line)
            case syntax.Block(statements=inner):
                _check_visible(inner, visible, labels)
            case syntax.TryCatch(attempt=attempt, handler=handler):
                _check_visible(attempt, visible, labels)
                _check_visible(handler, visible, labels)
            case syntax.If(then=then, otherwise=otherwise):
                _check_visible((then,), visible, labels)
                _check_visible((otherwise,) if otherwise is not None else (), visible, labels)
            case syntax.While(body=body):
                _check_visible((body,), visible, labels)
