"""The syntax tree of a batch: one class a statement kind; ``line`` is where the statement starts.

``Expression`` and ``SetBased`` keep T-SQL text for the translator.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_sqlserver.types import SqlType

Name = tuple[str, ...]
"""A multi-part name, unquoted, outermost part first."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A scalar expression or a condition, as T-SQL text."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What all statements share."""

    line: int


@dataclass(frozen=True, slots=True)
class VariableDeclaration:
    """``@name type [= initial]``."""

    name: str
    type: SqlType
    initial: Expression | None


@dataclass(frozen=True, slots=True)
class TableDeclaration:
    """``@name TABLE (definition)``; ``definition`` includes the parentheses."""

    name: str
    definition: str
    line: int


@dataclass(frozen=True, slots=True)
class Declare(Statement):
    """DECLARE of variables and table variables."""

    items: tuple[VariableDeclaration | TableDeclaration, ...]


@dataclass(frozen=True, slots=True)
class DeclareCursor(Statement):
    """DECLARE name CURSOR … FOR query."""

    name: str
    query: SetBased
    scroll: bool


@dataclass(frozen=True, slots=True)
class CursorOperation(Statement):
    """OPEN, CLOSE or DEALLOCATE."""

    action: str
    name: str


@dataclass(frozen=True, slots=True)
class Fetch(Statement):
    """FETCH [direction] FROM cursor [INTO variables]."""

    direction: str
    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetVariable(Statement):
    """SET @name = value; a compound operator is already spelled out in ``value``."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class SetOption(Statement):
    """SET option [option …] value; ``value`` is upper-case text such as ON, OFF or a number."""

    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class SetIdentityInsert(Statement):
    """SET IDENTITY_INSERT table ON | OFF."""

    table: Name
    on: bool


@dataclass(frozen=True, slots=True)
class SetBased(Statement):
    """One statement for the translator.

    ``verb`` is its first keyword ('SELECT', 'INSERT', 'WITH', 'CREATE TABLE' …).
    """

    verb: str
    text: str


@dataclass(frozen=True, slots=True)
class Block(Statement):
    """BEGIN … END."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If(Statement):
    """IF condition statement [ELSE statement]."""

    condition: Expression
    then: Statement
    otherwise: Statement | None


@dataclass(frozen=True, slots=True)
class While(Statement):
    """WHILE condition statement."""

    condition: Expression
    body: Statement


@dataclass(frozen=True, slots=True)
class Break(Statement):
    """BREAK."""


@dataclass(frozen=True, slots=True)
class Continue(Statement):
    """CONTINUE."""


@dataclass(frozen=True, slots=True)
class TryCatch(Statement):
    """BEGIN TRY … END TRY BEGIN CATCH … END CATCH."""

    attempt: tuple[Statement, ...]
    handler: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Return(Statement):
    """RETURN [value]."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class Print(Statement):
    """PRINT value."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Throw(Statement):
    """THROW, bare (all None) or with number, message and state."""

    number: Expression | None
    message: Expression | None
    state: Expression | None


@dataclass(frozen=True, slots=True)
class RaiseError(Statement):
    """RAISERROR(message, severity, state [, arguments]) [WITH options]."""

    message: Expression
    severity: Expression
    state: Expression
    arguments: tuple[Expression, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of EXEC: ``name`` with its @ or empty; ``value`` None means DEFAULT."""

    name: str
    value: Expression | None
    output_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Execute(Statement):
    """EXEC [@return =] procedure arguments; ``procedure`` is a name or the variable that holds one."""

    procedure: Name | str
    arguments: tuple[Argument, ...]
    return_variable: str | None


@dataclass(frozen=True, slots=True)
class ExecuteString(Statement):
    """EXEC ('text' + @text …)."""

    text: Expression


@dataclass(frozen=True, slots=True)
class InsertExecute(Statement):
    """INSERT INTO target EXEC …; ``insert`` is the text before EXEC."""

    insert: str
    source: Execute | ExecuteString


@dataclass(frozen=True, slots=True)
class BeginTransaction(Statement):
    """BEGIN TRANSACTION [name]."""

    name: str


@dataclass(frozen=True, slots=True)
class CommitTransaction(Statement):
    """COMMIT [TRANSACTION [name]]."""


@dataclass(frozen=True, slots=True)
class RollbackTransaction(Statement):
    """ROLLBACK [TRANSACTION [name]]."""

    name: str


@dataclass(frozen=True, slots=True)
class Use(Statement):
    """USE database."""

    database: str


@dataclass(frozen=True, slots=True)
class WaitFor(Statement):
    """WAITFOR DELAY or TIME."""

    kind: str
    value: Expression


@dataclass(frozen=True, slots=True)
class ProcedureParameter:
    """A declared parameter; ``default`` None means there is none."""

    name: str
    type: SqlType
    default: Expression | None
    output: bool


@dataclass(frozen=True, slots=True)
class CreateProcedure(Statement):
    """CREATE, ALTER or CREATE OR ALTER PROCEDURE; ``action`` is one of these, ``text`` the whole batch."""

    action: str
    name: Name
    parameters: tuple[ProcedureParameter, ...]
    body: tuple[Statement, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CreateView(Statement):
    """CREATE, ALTER or CREATE OR ALTER VIEW; ``text`` is the whole batch."""

    action: str
    name: Name
    text: str


@dataclass(frozen=True, slots=True)
class DropObjects(Statement):
    """DROP PROCEDURE, SCHEMA or DATABASE [IF EXISTS] names."""

    kind: str
    names: tuple[Name, ...]
    if_exists: bool


@dataclass(frozen=True, slots=True)
class CreateDatabase(Statement):
    """CREATE DATABASE name [COLLATE …]."""

    name: str


@dataclass(frozen=True, slots=True)
class AlterDatabase(Statement):
    """ALTER DATABASE name SET option value [, …] [WITH termination]; an empty name is CURRENT."""

    name: str
    options: tuple[tuple[str, str], ...]
    rollback_immediate: bool


@dataclass(frozen=True, slots=True)
class CreateSchema(Statement):
    """CREATE SCHEMA name [AUTHORIZATION owner]."""

    name: str


@dataclass(frozen=True, slots=True)
class BulkInsert(Statement):
    """BULK INSERT table FROM 'file' WITH (options); an option without a value has None."""

    table: Name
    path: str
    options: tuple[tuple[str, str | int | None, int], ...]


@dataclass(frozen=True, slots=True)
class Permission(Statement):
    """GRANT, DENY or REVOKE.

    ``securable`` is (class, name): ('OBJECT', ('gold', 'v')), ('SCHEMA', ('gold',)) or ('DATABASE', ()).
    """

    action: str
    permissions: tuple[str, ...]
    securable: tuple[str, Name]
    principals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Principal(Statement):
    """CREATE, ALTER or DROP of a LOGIN, USER or ROLE.

    ``options`` holds what was said: 'PASSWORD', 'DEFAULT_DATABASE', 'DEFAULT_SCHEMA', 'LOGIN', 'CERTIFICATE' …
    """

    action: str
    kind: str
    name: str
    options: tuple[tuple[str, str], ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Certificate(Statement):
    """CREATE, ALTER (which removes the private key) or DROP of a CERTIFICATE."""

    action: str
    name: str
    password: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Signature(Statement):
    """ADD SIGNATURE TO a module, or DROP SIGNATURE FROM it, BY CERTIFICATE."""

    action: str
    module: Name
    certificate: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A parsed batch or procedure body."""

    statements: tuple[Statement, ...]
    text: str
