"""Recursive descent over a batch: ``parse_batch`` gives the statements, checked as SQL Server compiles them.

What needs no rows is checked here, before anything runs: syntax (102, 156), undeclared and doubly declared
variables (137, 1087, 134), statements that must stand alone in their batch (111), BREAK outside WHILE (135).
"""

from __future__ import annotations

from collections.abc import Callable

from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor, syntax_error
from local_sqlserver.language.datatypes import parse_parameter_type, parse_type
from local_sqlserver.language.definitions import (
    parse_bulk_insert,
    parse_certificate,
    parse_database,
    parse_drop,
    parse_security,
    parse_signature,
)
from local_sqlserver.language.extent import skip_expression, skip_set_based
from local_sqlserver.language.keywords import RESERVED
from local_sqlserver.language.tokens import (
    BINARY,
    END,
    NUMBER,
    OPERATOR,
    QUOTED,
    STRING,
    VARIABLE,
    WORD,
    tokenize,
)

_SET_BASED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "TRUNCATE"})
_COMPOUND = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="})
_DDL = frozenset({"TABLE", "INDEX", "UNIQUE", "CLUSTERED", "NONCLUSTERED", "STATISTICS", "SEQUENCE"})
_ALONE = frozenset({"PROCEDURE", "PROC", "VIEW", "FUNCTION", "TRIGGER", "SCHEMA"})
_ALONE_NAMES = {"PROC": "PROCEDURE"}
_REFUSED_OPENERS = frozenset(
    {
        "BACKUP",
        "RESTORE",
        "DBCC",
        "KILL",
        "SHUTDOWN",
        "RECONFIGURE",
        "REVERT",
        "GOTO",
        "READTEXT",
        "WRITETEXT",
        "UPDATETEXT",
        "LINENO",
        "SETUSER",
    }
)


def parse_batch(text: str) -> syntax.Batch:
    """Parse one batch. Raises SqlError with the line of the offence."""
    parser = _Parser(text)
    return syntax.Batch(parser.batch(), text)


def parse_parameters(text: str) -> tuple[syntax.ProcedureParameter, ...]:
    """Return the parameter list of sp_executesql and sp_prepare: ``@a INT, @b NVARCHAR(10) OUTPUT``."""
    parser = _Parser(text)
    parameters = parser.parameter_list()
    if parser.cursor.token.kind != END:
        raise parser.cursor.error()
    return parameters


def parse_body(text: str, parameters: tuple[syntax.ProcedureParameter, ...]) -> syntax.Batch:
    """Parse a batch in which ``parameters`` are declared (sp_executesql)."""
    parser = _Parser(text)
    for parameter in parameters:
        parser.declare(parameter.name, 1, table=False)
    return syntax.Batch(parser.batch(), text)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = TokenCursor(text, tokenize(text))
        self.variables: dict[str, bool] = {}
        self.loops = 0
        self.in_procedure = False
        self.openers: dict[str, Callable[[], syntax.Statement]] = {
            "DECLARE": self._declare,
            "SET": self._set,
            "IF": self._if,
            "WHILE": self._while,
            "BEGIN": self._begin,
            "BREAK": self._break,
            "CONTINUE": self._continue,
            "RETURN": self._return,
            "PRINT": self._print,
            "THROW": self._throw,
            "RAISERROR": self._raiserror,
            "EXEC": self._execute,
            "EXECUTE": self._execute,
            "COMMIT": self._commit,
            "ROLLBACK": self._rollback,
            "SAVE": self._save,
            "USE": self._use,
            "WAITFOR": self._wait_for,
            "CREATE": self._create,
            "ALTER": self._create,
            "DROP": self._drop,
            "BULK": self._bulk,
            "GRANT": self._security,
            "DENY": self._security,
            "REVOKE": self._security,
            "ADD": self._signature,
            "OPEN": self._cursor_operation,
            "CLOSE": self._cursor_operation,
            "DEALLOCATE": self._cursor_operation,
            "FETCH": self._fetch,
            "CHECKPOINT": self._checkpoint,
        }

    # --- the batch and its blocks

    def batch(self) -> tuple[syntax.Statement, ...]:
        statements: list[syntax.Statement] = []
        while True:
            self._skip_semicolons()
            if self.cursor.token.kind == END:
                return tuple(statements)
            if not statements and self._is_bare_call():
                statements.append(self._call(self.cursor.token.line))
            else:
                statements.append(self.statement())

    def _skip_semicolons(self) -> None:
        while self.cursor.accept_operator(";"):
            pass

    def _is_bare_call(self) -> bool:
        """Return the first statement of a batch may call a procedure without EXEC."""
        token = self.cursor.token
        if self.cursor.peek().text == ":":
            return False
        if token.kind == QUOTED:
            return True
        return token.kind == WORD and token.upper not in RESERVED and token.upper != "THROW"

    def statement(self) -> syntax.Statement:
        """One statement, with the semicolon after it if there is one."""
        token = self.cursor.token
        if token.kind == OPERATOR and token.text == "(":
            statement: syntax.Statement = self._set_based()
        elif token.kind != WORD:
            raise self.cursor.error()
        elif token.upper in _REFUSED_OPENERS:
            raise unsupported(token.upper, token.line)
        elif token.upper == "UPDATE" and self.cursor.peek().upper == "STATISTICS":
            raise unsupported("UPDATE STATISTICS", token.line)
        elif token.upper in _SET_BASED:
            statement = self._set_based()
        elif token.upper in self.openers:
            statement = self.openers[token.upper]()
        elif self.cursor.peek().text == ":" and token.upper not in RESERVED:
            raise unsupported("A label", token.line)
        else:
            raise self.cursor.error()
        self.cursor.accept_operator(";")
        return statement

    def _until_end(self, *after: str) -> tuple[syntax.Statement, ...]:
        """Statements up to END [TRY | CATCH]; at least one, as SQL Server insists."""
        statements: list[syntax.Statement] = []
        while True:
            self._skip_semicolons()
            if self.cursor.at_word("END"):
                break
            if self.cursor.token.kind == END:
                raise self.cursor.error()
            statements.append(self.statement())
        if not statements and not after:
            raise self.cursor.error()
        self.cursor.advance()
        for word in after:
            self.cursor.expect_word(word)
        return tuple(statements)

    # --- expressions and variables

    def declare(self, name: str, line: int, *, table: bool) -> None:
        if name.lower() in self.variables:
            text = (
                f"The variable name '{name}' has already been declared. "
                "Variable names must be unique within a query batch or stored procedure."
            )
            raise SqlError(134, text, severity=15, line=line)
        self.variables[name.lower()] = table

    def _check_variables(self, first: int, last: int) -> None:
        tokens = self.cursor.tokens
        for index in range(first, last):
            token = tokens[index]
            if token.kind != VARIABLE or token.text.startswith("@@") or token.text.lower() in self.variables:
                continue
            before = tokens[index - 1].upper if index else ""
            if before in ("FROM", "JOIN", "INTO", "UPDATE", "DELETE", "INSERT", "APPLY"):
                raise SqlError(1087, f'Must declare the table variable "{token.text}".', severity=15, line=token.line)
            raise SqlError(137, f'Must declare the scalar variable "{token.text}".', severity=15, line=token.line)

    def _expression(self, *stops: str, condition: bool = False) -> syntax.Expression:
        line = self.cursor.token.line
        first, last = skip_expression(self.cursor, *stops, condition=condition)
        self._check_variables(first, last)
        return syntax.Expression(self.cursor.slice(first, last), line)

    def _use_variable(self) -> str:
        position = self.cursor.position
        name = self.cursor.expect_variable().text
        self._check_variables(position, position + 1)
        return name

    def _constant(self) -> syntax.Expression:
        """Return a literal, variable or NULL, with a sign at most: what EXEC and THROW take as arguments."""
        first, line = self.cursor.position, self.cursor.token.line
        if self.cursor.accept_operator("-", "+"):
            if self.cursor.token.kind != NUMBER:
                raise self.cursor.error()
            self.cursor.advance()
        elif self.cursor.token.kind in (NUMBER, STRING, VARIABLE, BINARY) or self.cursor.at_word("NULL"):
            self.cursor.advance()
        else:
            raise self.cursor.error()
        self._check_variables(first, self.cursor.position)
        return syntax.Expression(self.cursor.slice(first, self.cursor.position), line)

    # --- set-based statements

    def _set_based(self) -> syntax.Statement:
        first, token = self.cursor.position, self.cursor.token
        insert_exec = skip_set_based(self.cursor)
        last = self.cursor.position
        self._check_variables(first, last)
        if insert_exec:
            source = self._execute()
            if not isinstance(source, syntax.Execute | syntax.ExecuteString):
                raise syntax_error(token)
            return syntax.InsertExecute(token.line, self.cursor.slice(first, last), source)
        # MERGE insists on its semicolon: it belongs to the text.
        closed = last + 1 if token.upper in ("MERGE", "WITH") and self.cursor.at_operator(";") else last
        return syntax.SetBased(token.line, token.upper or "SELECT", self.cursor.slice(first, closed))

    def _definition(self, verb: str) -> syntax.SetBased:
        """CREATE, ALTER or DROP of something that the translator knows."""
        first, line = self.cursor.position, self.cursor.token.line
        skip_set_based(self.cursor)
        self._check_variables(first, self.cursor.position)
        return syntax.SetBased(line, verb, self.cursor.slice(first, self.cursor.position))

    # --- variables and options

    def _declare(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.token.is_name:
            return self._declare_cursor(line)
        items: list[syntax.VariableDeclaration | syntax.TableDeclaration] = []
        while True:
            token = self.cursor.expect_variable()
            self.cursor.accept_word("AS")
            if self.cursor.at_word("TABLE"):
                self.cursor.advance()
                self.declare(token.text, token.line, table=True)
                items.append(self._table_definition(token.text))
            elif self.cursor.at_word("CURSOR"):
                raise unsupported("A cursor variable", token.line)
            else:
                declared = parse_type(self.cursor, token.text)
                initial = self._expression(",") if self.cursor.accept_operator("=") else None
                self.declare(token.text, token.line, table=False)
                items.append(syntax.VariableDeclaration(token.text, declared, initial))
            if not self.cursor.accept_operator(","):
                return syntax.Declare(line, tuple(items))

    def _table_definition(self, name: str) -> syntax.TableDeclaration:
        first, line = self.cursor.position, self.cursor.token.line
        self.cursor.expect_operator("(")
        depth = 1
        while depth:
            if self.cursor.token.kind == END:
                raise self.cursor.error()
            token = self.cursor.advance()
            if token.kind == OPERATOR and token.text in "()":
                depth += 1 if token.text == "(" else -1
        return syntax.TableDeclaration(name, self.cursor.slice(first, self.cursor.position), line)

    def _declare_cursor(self, line: int) -> syntax.Statement:
        name = self.cursor.expect_identifier()
        scroll = self.cursor.accept_word("SCROLL") is not None
        self.cursor.accept_word("INSENSITIVE")
        self.cursor.expect_word("CURSOR")
        while self.cursor.at_word(
            "LOCAL",
            "GLOBAL",
            "FORWARD_ONLY",
            "SCROLL",
            "STATIC",
            "KEYSET",
            "DYNAMIC",
            "FAST_FORWARD",
            "READ_ONLY",
        ):
            if self.cursor.at_word("KEYSET", "DYNAMIC"):
                raise unsupported(f"A {self.cursor.token.upper} cursor", line)
            scroll = scroll or self.cursor.at_word("SCROLL", "STATIC")
            self.cursor.advance()
        if self.cursor.at_word("SCROLL_LOCKS", "OPTIMISTIC", "TYPE_WARNING"):
            raise unsupported(f"A cursor with {self.cursor.token.upper}", line)
        self.cursor.expect_word("FOR")
        query = self._set_based()
        if not isinstance(query, syntax.SetBased) or query.verb not in ("SELECT", "WITH"):
            raise SqlError(156, "Incorrect syntax near the keyword 'FOR'.", severity=15, line=line)
        return syntax.DeclareCursor(line, name, query, scroll)

    def _cursor_operation(self) -> syntax.Statement:
        token = self.cursor.advance()
        self.cursor.accept_word("GLOBAL")
        if self.cursor.token.kind == VARIABLE:
            raise unsupported("A cursor variable", token.line)
        return syntax.CursorOperation(token.line, token.upper, self.cursor.expect_identifier())

    def _fetch(self) -> syntax.Statement:
        line = self.cursor.advance().line
        direction = "NEXT"
        if word := self.cursor.accept_word("NEXT", "PRIOR", "FIRST", "LAST"):
            direction = word.upper
        elif self.cursor.at_word("ABSOLUTE", "RELATIVE"):
            raise unsupported(f"FETCH {self.cursor.token.upper}", line)
        if direction != "NEXT" or not self.cursor.token.is_name or self.cursor.at_word("FROM"):
            self.cursor.expect_word("FROM")
        self.cursor.accept_word("GLOBAL")
        if self.cursor.token.kind == VARIABLE:
            raise unsupported("A cursor variable", line)
        name = self.cursor.expect_identifier()
        variables: list[str] = []
        if self.cursor.accept_word("INTO"):
            variables.append(self._use_variable())
            while self.cursor.accept_operator(","):
                variables.append(self._use_variable())
        return syntax.Fetch(line, direction, name, tuple(variables))

    def _set(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.token.kind == VARIABLE:
            return self._set_variable(line)
        if self.cursor.at_word("IDENTITY_INSERT"):
            self.cursor.advance()
            table = self.cursor.name()
            return syntax.SetIdentityInsert(line, table, self._on_off() == "ON")
        if self.cursor.at_words("TRANSACTION", "ISOLATION", "LEVEL"):
            for _ in range(3):
                self.cursor.advance()
            words = [self.cursor.advance().upper]
            if words[0] in ("READ", "REPEATABLE"):
                words.append(self.cursor.advance().upper)
            return syntax.SetOption(line, ("TRANSACTION ISOLATION LEVEL",), " ".join(words))
        options = [self._option_name()]
        while self.cursor.accept_operator(","):
            options.append(self._option_name())
        first = self.cursor.position
        if self.cursor.accept_operator("-") or self.cursor.token.kind in (
            WORD,
            NUMBER,
            STRING,
            VARIABLE,
            QUOTED,
            BINARY,
        ):
            self._check_variables(self.cursor.position, self.cursor.position + 1)
            self.cursor.advance()
        else:
            raise self.cursor.error()
        if options == ["STATISTICS"]:
            options = [f"STATISTICS {self.cursor.tokens[first].upper}"]
            return syntax.SetOption(line, tuple(options), self._on_off())
        return syntax.SetOption(line, tuple(options), self.cursor.slice(first, self.cursor.position).upper())

    def _option_name(self) -> str:
        if self.cursor.token.kind != WORD:
            raise self.cursor.error()
        return self.cursor.advance().upper

    def _on_off(self) -> str:
        return self.cursor.expect_word("ON", "OFF").upper

    def _set_variable(self, line: int) -> syntax.Statement:
        name = self._use_variable()
        operator = self.cursor.token
        if operator.text not in _COMPOUND and operator.text != "=":
            raise self.cursor.error()
        self.cursor.advance()
        value = self._expression()
        if operator.text in _COMPOUND:
            value = syntax.Expression(f"{name} {operator.text[0]} ({value.text})", value.line)
        return syntax.SetVariable(line, name, value)

    # --- control of flow

    def _if(self) -> syntax.Statement:
        line = self.cursor.advance().line
        condition = self._expression(condition=True)
        then = self.statement()
        otherwise = None
        if self.cursor.accept_word("ELSE"):
            otherwise = self.statement()
        return syntax.If(line, condition, then, otherwise)

    def _while(self) -> syntax.Statement:
        line = self.cursor.advance().line
        condition = self._expression(condition=True)
        self.loops += 1
        body = self.statement()
        self.loops -= 1
        return syntax.While(line, condition, body)

    def _begin(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.accept_word("TRY"):
            attempt = self._until_end("TRY")
            self._skip_semicolons()
            self.cursor.expect_word("BEGIN")
            self.cursor.expect_word("CATCH")
            return syntax.TryCatch(line, attempt, self._until_end("CATCH"))
        if self.cursor.at_word("CATCH"):
            raise self.cursor.error()
        if self.cursor.accept_word("TRAN", "TRANSACTION"):
            name = self._transaction_name()
            if self.cursor.at_words("WITH", "MARK"):
                raise unsupported("BEGIN TRANSACTION … WITH MARK", line)
            return syntax.BeginTransaction(line, name)
        if self.cursor.at_word("DISTRIBUTED", "DIALOG", "CONVERSATION", "ATOMIC"):
            raise unsupported(f"BEGIN {self.cursor.token.upper}", line)
        self.cursor.accept_operator(";")
        return syntax.Block(line, self._until_end())

    def _transaction_name(self) -> str:
        token = self.cursor.token
        if token.kind == VARIABLE:
            return self._use_variable()
        if token.kind == QUOTED or (token.kind == WORD and token.upper not in RESERVED):
            return self.cursor.advance().value
        return ""

    def _commit(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.accept_word("TRAN", "TRANSACTION"):
            self._transaction_name()
        else:
            self.cursor.accept_word("WORK")
        if self.cursor.at_words("WITH"):
            raise unsupported("COMMIT … WITH (DELAYED_DURABILITY)", line)
        return syntax.CommitTransaction(line)

    def _rollback(self) -> syntax.Statement:
        line = self.cursor.advance().line
        name = ""
        if self.cursor.accept_word("TRAN", "TRANSACTION"):
            name = self._transaction_name()
        else:
            self.cursor.accept_word("WORK")
        return syntax.RollbackTransaction(line, name)

    def _save(self) -> syntax.Statement:
        raise unsupported("SAVE TRANSACTION (a savepoint)", self.cursor.token.line)

    def _break(self) -> syntax.Statement:
        token = self.cursor.advance()
        if not self.loops:
            text = "Cannot use a BREAK statement outside the scope of a WHILE statement."
            raise SqlError(135, text, severity=15, line=token.line)
        return syntax.Break(token.line)

    def _continue(self) -> syntax.Statement:
        token = self.cursor.advance()
        if not self.loops:
            text = "Cannot use a CONTINUE statement outside the scope of a WHILE statement."
            raise SqlError(136, text, severity=15, line=token.line)
        return syntax.Continue(token.line)

    def _return(self) -> syntax.Statement:
        token = self.cursor.advance()
        if not self._expression_follows():
            return syntax.Return(token.line, None)
        if not self.in_procedure:
            text = "A RETURN statement with a return value cannot be used in this context."
            raise SqlError(178, text, severity=15, line=token.line)
        return syntax.Return(token.line, self._expression())

    def _expression_follows(self) -> bool:
        token = self.cursor.token
        if token.kind == OPERATOR:
            return token.text in "(-+~"
        if token.kind == WORD:
            return token.upper not in RESERVED or token.upper in (
                "CASE",
                "NULL",
                "COALESCE",
                "NULLIF",
                "CONVERT",
            )
        return token.kind != END

    def _print(self) -> syntax.Statement:
        line = self.cursor.advance().line
        return syntax.Print(line, self._expression())

    def _throw(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.token.kind not in (NUMBER, VARIABLE):
            return syntax.Throw(line, None, None, None)
        number = self._constant()
        self.cursor.expect_operator(",")
        message = self._constant()
        self.cursor.expect_operator(",")
        return syntax.Throw(line, number, message, self._constant())

    def _raiserror(self) -> syntax.Statement:
        line = self.cursor.advance().line
        self.cursor.expect_operator("(")
        values = [self._constant()]
        while self.cursor.accept_operator(","):
            values.append(self._constant())
        self.cursor.expect_operator(")")
        if len(values) < 3:
            raise self.cursor.error()
        options: list[str] = []
        if self.cursor.accept_word("WITH"):
            options.append(self.cursor.expect_word("NOWAIT", "LOG", "SETERROR").upper)
            while self.cursor.accept_operator(","):
                options.append(self.cursor.expect_word("NOWAIT", "LOG", "SETERROR").upper)
        message, severity, state, *arguments = values
        return syntax.RaiseError(line, message, severity, state, tuple(arguments), tuple(options))

    def _wait_for(self) -> syntax.Statement:
        line = self.cursor.advance().line
        kind = self.cursor.expect_word("DELAY", "TIME").upper
        if kind == "TIME":
            raise unsupported("WAITFOR TIME", line)
        return syntax.WaitFor(line, kind, self._constant())

    def _use(self) -> syntax.Statement:
        line = self.cursor.advance().line
        return syntax.Use(line, self.cursor.expect_identifier())

    def _checkpoint(self) -> syntax.Statement:
        raise unsupported("CHECKPOINT", self.cursor.token.line)

    # --- EXEC

    def _execute(self) -> syntax.Statement:
        line = self.cursor.advance().line
        if self.cursor.at_word("AS"):
            raise unsupported("EXECUTE AS", line)
        if self.cursor.at_operator("("):
            return self._execute_string(line)
        return self._call(line)

    def _execute_string(self, line: int) -> syntax.Statement:
        self.cursor.advance()
        first = self.cursor.position
        while True:
            if self.cursor.token.kind not in (STRING, VARIABLE):
                raise self.cursor.error()
            self.cursor.advance()
            if self.cursor.accept_operator(")"):
                break
            self.cursor.expect_operator("+")
        last = self.cursor.position - 1
        self._check_variables(first, last)
        if self.cursor.at_word("AS", "AT"):
            raise unsupported(f"EXEC (…) {self.cursor.token.upper}", line)
        text = syntax.Expression(self.cursor.slice(first, last), self.cursor.tokens[first].line)
        return syntax.ExecuteString(line, text)

    def _call(self, line: int) -> syntax.Statement:
        return_variable = None
        if self.cursor.token.kind == VARIABLE and self.cursor.peek().text == "=":
            return_variable = self._use_variable()
            self.cursor.advance()
        procedure: tuple[str, ...] | str
        procedure = self._use_variable() if self.cursor.token.kind == VARIABLE else self.cursor.name()
        arguments: list[syntax.Argument] = []
        if self._argument_follows():
            arguments.append(self._argument())
            while self.cursor.accept_operator(","):
                arguments.append(self._argument())
                if arguments[-2].name and not arguments[-1].name:
                    text = (
                        f"Must pass parameter number {len(arguments)} and subsequent parameters as "
                        f"'@name = value'. After the form "
                        "'@name = value' has been used, all subsequent parameters must be passed in "
                        "the form '@name = value'."
                    )
                    raise SqlError(119, text, severity=15, line=line)
        if self.cursor.at_operator("(", "+", "*", "/", "%", "."):
            raise self.cursor.error()
        if self.cursor.at_words("WITH", "RECOMPILE"):
            self.cursor.advance()
            self.cursor.advance()
        elif self.cursor.at_words("WITH", "RESULT"):
            raise unsupported("EXEC … WITH RESULT SETS", line)
        return syntax.Execute(line, procedure, tuple(arguments), return_variable)

    def _argument_follows(self) -> bool:
        token = self.cursor.token
        if token.kind == WORD:
            return token.upper not in RESERVED or token.upper in ("NULL", "DEFAULT")
        if token.kind == OPERATOR:
            return token.text in "-+"
        return token.kind != END

    def _argument(self) -> syntax.Argument:
        name = ""
        if self.cursor.token.kind == VARIABLE and self.cursor.peek().text == "=":
            name = self.cursor.expect_variable().text
            self.cursor.advance()
        if self.cursor.accept_word("DEFAULT"):
            return syntax.Argument(name, None)
        token = self.cursor.token
        if token.kind == QUOTED or (token.kind == WORD and token.upper not in RESERVED):
            self.cursor.advance()
            literal = "N'" + token.value.replace("'", "''") + "'"
            return syntax.Argument(name, syntax.Expression(literal, token.line))
        value = self._constant()
        output = None
        if self.cursor.accept_word("OUTPUT", "OUT"):
            if token.kind != VARIABLE:
                text = "Cannot use the OUTPUT option when passing a constant to a stored procedure."
                raise SqlError(179, text, severity=15, line=token.line)
            output = token.text
        return syntax.Argument(name, value, output)

    # --- definitions

    def _create(self) -> syntax.Statement:
        token = self.cursor.token
        first = self.cursor.position
        action, what = token.upper, self.cursor.peek()
        if action == "CREATE" and what.upper == "OR":
            if self.cursor.peek(2).upper != "ALTER":
                raise syntax_error(self.cursor.peek(2))
            action, what = "CREATE OR ALTER", self.cursor.peek(3)
        if what.upper in _ALONE and not (action == "ALTER" and what.upper == "SCHEMA"):
            if first != 0 and any(other.text != ";" for other in self.cursor.tokens[:first]):
                alterable = action == "CREATE" and what.upper in ("PROC", "PROCEDURE", "FUNCTION")
                kind = f"{'CREATE/ALTER' if alterable else action} {_ALONE_NAMES.get(what.upper, what.upper)}"
                text = f"'{kind}' must be the first statement in a query batch."
                raise SqlError(111, text, severity=15, line=token.line)
            for _ in range(2 if action == "CREATE OR ALTER" else 0):
                self.cursor.advance()
            self.cursor.advance()
            return self._alone(action, token.line)
        if what.upper == "DATABASE":
            return parse_database(self.cursor, action)
        if what.upper in ("LOGIN", "USER", "ROLE"):
            return parse_security(self.cursor)
        if what.upper == "CERTIFICATE":
            return parse_certificate(self.cursor)
        if what.upper in _DDL or (what.upper == "SCHEMA" and action == "ALTER"):
            return self._definition(f"{action} {what.upper}")
        if what.kind == WORD:
            raise unsupported(f"{action} {what.upper}", token.line)
        raise syntax_error(what)

    def _alone(self, action: str, line: int) -> syntax.Statement:
        what = self.cursor.advance().upper
        if what in ("PROC", "PROCEDURE"):
            return self._procedure(action, line)
        if what == "VIEW":
            return self._view(action, line)
        if what == "SCHEMA":
            return self._schema(line)
        raise unsupported(f"{action} {what}", line)

    def _procedure(self, action: str, line: int) -> syntax.Statement:
        name = self.cursor.name()
        if self.cursor.at_operator(";"):
            raise unsupported("A numbered procedure", line)
        parenthesis = self.cursor.accept_operator("(")
        parameters: tuple[syntax.ProcedureParameter, ...] = ()
        if self.cursor.token.kind == VARIABLE:
            parameters = self.parameter_list()
        if parenthesis:
            self.cursor.expect_operator(")")
        for parameter in parameters:
            self.declare(parameter.name, line, table=False)
        if self.cursor.accept_word("WITH"):
            self._procedure_option()
            while self.cursor.accept_operator(","):
                self._procedure_option()
        if self.cursor.at_word("FOR"):
            raise unsupported("CREATE PROCEDURE … FOR REPLICATION", line)
        self.cursor.expect_word("AS")
        self.in_procedure = True
        body = self.batch()
        return syntax.CreateProcedure(line, action, name, parameters, body, self.text)

    def _procedure_option(self) -> None:
        line = self.cursor.token.line
        if self.cursor.accept_word("RECOMPILE"):
            return
        if self.cursor.at_words("EXECUTE", "AS") or self.cursor.at_words("EXEC", "AS"):
            self.cursor.advance()
            self.cursor.advance()
            if self.cursor.accept_word("CALLER"):
                return
            raise unsupported("EXECUTE AS other than CALLER", line)
        raise unsupported(f"The procedure option {self.cursor.token.text}", line)

    def parameter_list(self) -> tuple[syntax.ProcedureParameter, ...]:
        parameters: list[syntax.ProcedureParameter] = []
        if self.cursor.token.kind == END:
            return ()
        while True:
            name = self.cursor.expect_variable().text
            self.cursor.accept_word("AS")
            declared = parse_parameter_type(self.cursor, name)
            if self.cursor.at_word("VARYING"):
                raise unsupported("A cursor parameter", self.cursor.token.line)
            default = None
            if self.cursor.at_words("NOT", "NULL"):
                raise unsupported("A NOT NULL parameter", self.cursor.token.line)
            self.cursor.accept_word("NULL")
            if self.cursor.accept_operator("="):
                token = self.cursor.token
                if token.kind == WORD and token.upper not in RESERVED:
                    self.cursor.advance()
                    default = syntax.Expression("N'" + token.value.replace("'", "''") + "'", token.line)
                else:
                    default = self._constant()
            output = self.cursor.accept_word("OUTPUT", "OUT") is not None
            if self.cursor.at_word("READONLY"):
                raise unsupported("A table-valued parameter", self.cursor.token.line)
            parameters.append(syntax.ProcedureParameter(name, declared, default, output))
            if not self.cursor.accept_operator(","):
                return tuple(parameters)

    def _view(self, action: str, line: int) -> syntax.Statement:
        name = self.cursor.name()
        if self.cursor.accept_operator("("):
            self.cursor.expect_identifier()
            while self.cursor.accept_operator(","):
                self.cursor.expect_identifier()
            self.cursor.expect_operator(")")
        if self.cursor.accept_word("WITH"):
            option = self.cursor.advance()
            if option.upper != "SCHEMABINDING":
                raise unsupported(f"The view option {option.text}", option.line)
        self.cursor.expect_word("AS")
        if not self.cursor.at_word("SELECT", "WITH") and not self.cursor.at_operator("("):
            raise self.cursor.error()
        first = self.cursor.position
        skip_set_based(self.cursor)
        self._check_variables(first, self.cursor.position)
        self._skip_semicolons()
        if self.cursor.token.kind != END:
            if self.cursor.at_word("CREATE", "ALTER"):
                self._create()
            raise self.cursor.error()
        return syntax.CreateView(line, action, name, self.text)

    def _schema(self, line: int) -> syntax.Statement:
        if self.cursor.at_word("AUTHORIZATION"):
            raise unsupported("CREATE SCHEMA AUTHORIZATION without a name", line)
        name = self.cursor.expect_identifier()
        if self.cursor.accept_word("AUTHORIZATION"):
            owner = self.cursor.expect_identifier()
            if owner.lower() != "dbo":
                raise unsupported("A schema owner other than dbo", line)
        self._skip_semicolons()
        if self.cursor.token.kind != END:
            if self.cursor.at_word("CREATE", "GRANT", "DENY", "REVOKE"):
                raise unsupported("CREATE SCHEMA with elements", self.cursor.token.line)
            raise self.cursor.error()
        return syntax.CreateSchema(line, name)

    def _drop(self) -> syntax.Statement:
        what = self.cursor.peek().upper
        if what in ("LOGIN", "USER", "ROLE"):
            return parse_security(self.cursor)
        if what == "CERTIFICATE":
            return parse_certificate(self.cursor)
        if what == "SIGNATURE":
            return self._signature()
        if what in ("PROC", "PROCEDURE", "SCHEMA", "DATABASE"):
            return parse_drop(self.cursor)
        if what in ("TABLE", "VIEW", "INDEX", "SEQUENCE"):
            return self._definition(f"DROP {what}")
        if self.cursor.peek().kind == WORD:
            raise unsupported(f"DROP {what}", self.cursor.token.line)
        raise syntax_error(self.cursor.peek())

    def _security(self) -> syntax.Statement:
        return parse_security(self.cursor)

    def _signature(self) -> syntax.Statement:
        return parse_signature(self.cursor)

    def _bulk(self) -> syntax.Statement:
        return parse_bulk_insert(self.cursor)
