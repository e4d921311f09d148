"""The syntax tree of T-SQL: expressions, queries, statements, batches.

``line`` is the 1-based line in the batch; comparisons of nodes ignore it. Names keep the case of the text; keywords
and function names are upper case. Trees are immutable, so that sessions can share them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from local_sqlserver.types import SqlType

Name = tuple[str, ...]
"""A multi-part name, unquoted, outermost part first."""

_WITHOUT_NODES = {"bool", "int", "str", "str | None", "Name", "tuple[str, ...]"}
"""The types of fields that hold no nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the tree."""

    line: int = field(compare=False)

    def walk(self, *, queries: bool = True) -> Iterator[Node]:
        """Yield the node and all nodes below it, parents first; without ``queries``, subqueries are left out."""
        pending: list[Node] = [self]
        while pending:
            node = pending.pop()
            yield node
            children: list[Node] = []
            for name in _FIELD_NAMES[type(node)]:
                _collect(getattr(node, name), children)
            pending += reversed(children if queries else [child for child in children if not isinstance(child, Query)])


class _FieldNames(dict[type[Node], tuple[str, ...]]):
    """Of each kind of node the fields that may hold nodes."""

    def __missing__(self, kind: type[Node]) -> tuple[str, ...]:
        self[kind] = names = tuple(part.name for part in fields(kind) if part.type not in _WITHOUT_NODES)
        return names


_FIELD_NAMES = _FieldNames()


def _collect(value: object, nodes: list[Node]) -> None:
    """Append the nodes that a field holds, alone or in tuples."""
    if isinstance(value, Node):
        nodes.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Node):
    """A scalar expression or a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Expression):
    """``kind`` is 'integer', 'decimal', 'float', 'money', 'varchar', 'nvarchar', 'binary', 'null' or 'default'."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Expression):
    """@x or @@x."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Expression):
    """A column, possibly qualified."""

    parts: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Expression):
    """``operator`` is '-', '+' or '~'."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Expression):
    """Arithmetic, string concatenation or bit operators."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Collate(Expression):
    """value COLLATE name."""

    operand: Expression
    collation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTimeZone(Expression):
    """value AT TIME ZONE zone."""

    operand: Expression
    zone: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Expression):
    """CASE: with ``operand`` the simple form, without it the searched form (``whens`` then hold conditions)."""

    operand: Expression | None
    whens: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Expression):
    """CAST, CONVERT, TRY_CAST and TRY_CONVERT."""

    operand: Expression
    type: SqlType
    style: Expression | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse(Expression):
    """PARSE and TRY_PARSE (``lenient``); ``culture`` is '' without USING."""

    operand: Expression
    type: SqlType
    culture: str
    lenient: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem(Node):
    """One item of ORDER BY."""

    value: Expression
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Node):
    """OVER (…); ``frame`` is the frame clause, which T-SQL and DuckDB write alike, or empty."""

    partition: tuple[Expression, ...]
    order: tuple[OrderItem, ...]
    frame: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expression):
    """A function call; ``star`` is COUNT(*); ``within`` the order of WITHIN GROUP; ``columns`` of OPENJSON's WITH.

    ``ignore_nulls`` is IGNORE NULLS, and of JSON_ARRAY and JSON_OBJECT ABSENT ON NULL. ``name`` is in capitals, and
    ``written`` as the statement has it.
    """

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False
    window: Window | None = None
    within: tuple[OrderItem, ...] = ()
    ignore_nulls: bool = False
    written: str = field(default="", compare=False)
    columns: tuple[JsonColumn, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonColumn(Node):
    """A column in the WITH clause of OPENJSON; without ``path`` it is the property of its name."""

    name: str
    type: SqlType
    path: str | None
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall(Expression):
    """A call of a user-defined function; an argument may be the literal of kind 'default'."""

    name: Name
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subquery(Expression):
    """A scalar subquery."""

    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFunction(Expression):
    """IDENTITY(type, seed, increment) of SELECT … INTO."""

    type: SqlType
    seed: int
    increment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextValue(Expression):
    """NEXT VALUE FOR sequence."""

    sequence: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Expression):
    """An expression that is true, false or unknown; T-SQL does not allow it as a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Condition):
    """``operator`` is =, <>, <, <=, >, >=."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified(Condition):
    """left operator ALL | ANY (query)."""

    operator: str
    quantifier: str
    left: Expression
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Logical(Condition):
    """``operator`` is AND or OR."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Condition):
    """NOT condition."""

    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull(Condition):
    """value IS [NOT] NULL."""

    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctFrom(Condition):
    """left IS [NOT] DISTINCT FROM right."""

    left: Expression
    right: Expression
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Like(Condition):
    """value [NOT] LIKE pattern [ESCAPE character]."""

    operand: Expression
    pattern: Expression
    escape: Expression | None
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Condition):
    """value [NOT] BETWEEN low AND high."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InList(Condition):
    """value [NOT] IN (values)."""

    operand: Expression
    values: tuple[Expression, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InQuery(Condition):
    """value [NOT] IN (query)."""

    operand: Expression
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists(Condition):
    """EXISTS (query)."""

    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Node):
    """A source of rows in FROM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource(Source):
    """A table, view, temporary table, table variable or common table expression."""

    name: Name
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedSource(Source):
    """(query) AS alias [(columns)]."""

    query: Query
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesSource(Source):
    """(VALUES (…), …) AS alias (columns)."""

    rows: tuple[tuple[Expression, ...], ...]
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSource(Source):
    """A table-valued function: STRING_SPLIT and its like, or a user-defined one."""

    call: Call | FunctionCall
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource(Source):
    """OPENROWSET(BULK 'path', SINGLE_BLOB): a file as one row of one column, BulkColumn."""

    path: str
    data_source: str | None
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSource(Source):
    """(INSERT, UPDATE, DELETE or MERGE … OUTPUT …) AS alias [(columns)], the source of INSERT … SELECT."""

    change: DataStatement
    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Source):
    """``kind`` is INNER, LEFT, RIGHT, FULL, CROSS, CROSS APPLY or OUTER APPLY."""

    kind: str
    left: Source
    right: Source
    condition: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot(Source):
    """source PIVOT (aggregate(value) FOR column IN ([a], [b])) AS alias."""

    source: Source
    aggregate: str
    value: Column
    column: Column
    values: tuple[str, ...]
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpivot(Source):
    """source UNPIVOT (value FOR column IN ([a], [b])) AS alias."""

    source: Source
    value: str
    column: str
    columns: tuple[str, ...]
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Node):
    """An item of a select list: a star (``value`` None, ``qualifier`` its prefix), an assignment or a value."""

    value: Expression | None
    alias: str = ""
    qualifier: Name = ()
    variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top(Node):
    """TOP (count) [PERCENT] [WITH TIES]."""

    count: Expression
    percent: bool
    ties: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping(Node):
    """GROUP BY: ``sets`` are the grouping sets as indexes into ``keys``; a plain GROUP BY has None."""

    keys: tuple[Expression, ...]
    sets: tuple[tuple[int, ...], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(Node):
    """One SELECT without ORDER BY."""

    items: tuple[Item, ...]
    source: Source | None
    distinct: bool = False
    top: Top | None = None
    into: Name = ()
    where: Expression | None = None
    group: Grouping | None = None
    having: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOperation(Node):
    """``operator`` is UNION ALL, UNION, EXCEPT or INTERSECT."""

    operator: str
    left: Body
    right: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsAs(Node):
    """FOR XML or FOR JSON (``kind``) of a ``mode``: RAW, PATH or AUTO.

    ``element`` is the name of a row's element, '' for none; ``root`` that of ROOT. ``options`` are ELEMENTS,
    INCLUDE_NULL_VALUES and WITHOUT_ARRAY_WRAPPER. ``raw`` is the text itself, which .value('.', …) reads of XML.
    """

    kind: str
    mode: str
    element: str = "row"
    root: str | None = None
    options: frozenset[str] = frozenset()
    raw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Node):
    """A query with its ORDER BY and paging, and the ``form`` of its result."""

    body: Body
    order: tuple[OrderItem, ...] = ()
    offset: Expression | None = None
    fetch: Expression | None = None
    form: RowsAs | None = None


Body = Select | SetOperation | Query


def first_select(body: Body) -> Select:
    """The first SELECT of a set operation, which alone may have INTO."""
    while not isinstance(body, Select):
        body = body.left if isinstance(body, SetOperation) else body.body
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTable(Node):
    """name [(columns)] AS (query)."""

    name: str
    columns: tuple[str, ...]
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Node):
    """A statement of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledStatement(Statement):
    """A statement that the compiler turns into DuckDB SQL.

    ``tables`` are its common table expressions, ``max_recursion`` its OPTION (MAXRECURSION n).
    """

    tables: tuple[CommonTable, ...] = ()
    max_recursion: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStatement(CompiledStatement):
    """A statement that reads or changes rows; it is bound before its batch runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectStatement(DataStatement):
    """A SELECT."""

    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Node):
    """OUTPUT items [INTO target [(columns)]]; after INTO, ``then`` is an OUTPUT for the client."""

    items: tuple[Item, ...]
    into: Name
    columns: tuple[str, ...]
    then: Output | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert(DataStatement):
    """INSERT: ``rows`` for VALUES, ``query`` for SELECT, neither for DEFAULT VALUES; ``columns`` None means all."""

    target: Name
    columns: tuple[str, ...] | None
    top: Top | None = None
    rows: tuple[tuple[Expression, ...], ...] | None = None
    query: Query | None = None
    output: Output | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Node):
    """column = value in UPDATE SET; ``variable`` is set for @x = value and @x = column = value, else ''.

    ``operator`` is the one of a compound assignment (``+`` of +=) to a column, else ''.
    """

    column: str
    value: Expression
    variable: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(DataStatement):
    """UPDATE."""

    target: Name
    top: Top | None
    assignments: tuple[Assignment, ...]
    source: Source | None
    where: Expression | None
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(DataStatement):
    """DELETE."""

    target: Name
    top: Top | None
    source: Source | None
    where: Expression | None
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeClause(Node):
    """WHEN …: ``match`` is MATCHED, NOT MATCHED or NOT MATCHED BY SOURCE; ``action`` UPDATE, DELETE or INSERT."""

    match: str
    condition: Expression | None
    action: str
    assignments: tuple[Assignment, ...] = ()
    columns: tuple[str, ...] | None = None
    values: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(DataStatement):
    """MERGE."""

    target: Name
    alias: str
    source: Source
    condition: Expression
    top: Top | None
    clauses: tuple[MergeClause, ...]
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(CompiledStatement):
    """TRUNCATE TABLE."""

    target: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIdentity(CompiledStatement):
    """DBCC CHECKIDENT (table [, RESEED [, value]]); ``reseed`` is False for NORESEED."""

    target: Name
    reseed: bool
    value: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Node):
    """The expression of a DEFAULT, CHECK, computed column or filter, and its text, which the catalog stores."""

    expression: Expression
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDefinition(Node):
    """A column of CREATE TABLE or ALTER TABLE; a computed column has no ``type``; ``nullable`` None is unspecified.

    ``persisted`` is that of a computed column: it affects storage, not the value.

    ``with_values`` gives the rows of the table the default of an added nullable column, too.
    """

    name: str
    type: SqlType | None = None
    nullable: bool | None = None
    identity: tuple[int, int] | None = None
    default: Definition | None = None
    default_name: str | None = None
    with_values: bool = False
    computed: Definition | None = None
    persisted: bool = False
    collation: str | None = None
    rowguid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintDefinition(Node):
    """A table constraint: ``kind`` PK, UQ, C or F, or an index (IX, UX for a unique one) with its filter.

    A DEFAULT … FOR of ALTER TABLE has kind D and one column.

    A foreign key has the table and columns that it ``references`` (no columns mean its primary key), and its actions.
    ``checked`` is False after WITH NOCHECK. ``clustered`` is None if the declaration of a key leaves it open;
    ``descending`` are the columns with DESC, ``included`` those of INCLUDE.
    """

    kind: str
    name: str
    columns: tuple[str, ...]
    definition: Definition | None = None
    references: Name = ()
    referenced: tuple[str, ...] = ()
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    checked: bool = True
    clustered: bool | None = None
    descending: tuple[str, ...] = ()
    columnstore: bool = False
    included: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(CompiledStatement):
    """CREATE TABLE, or a table variable; ``user_type`` is the id of its table type, 0 without one."""

    target: Name
    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[ConstraintDefinition, ...]
    user_type: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTable(CompiledStatement):
    """ALTER TABLE: columns and constraints to add or to drop, one column to alter, or constraints to switch.

    ``switched`` are the names of CHECK CONSTRAINT and NOCHECK CONSTRAINT, '' for ALL: whether they are then ``enabled``
    and the rows ``checked``.
    """

    target: Name
    add_columns: tuple[ColumnDefinition, ...] = ()
    add_constraints: tuple[ConstraintDefinition, ...] = ()
    drop_columns: tuple[str, ...] = ()
    drop_constraints: tuple[str, ...] = ()
    alter_column: ColumnDefinition | None = None
    if_exists: bool = False
    switched: tuple[str, ...] = ()
    enabled: bool = True
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropObjects(CompiledStatement):
    """DROP TABLE, VIEW, SEQUENCE, PROCEDURE, FUNCTION, SCHEMA, TYPE, SYNONYM or DATABASE [IF EXISTS] names.

    The compiler compiles the first three.
    """

    kind: str
    names: tuple[Name, ...]
    if_exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateView(CompiledStatement):
    """CREATE, ALTER or CREATE OR ALTER VIEW; ``text`` is the whole batch.

    ``kept`` are the names of the columns of a view that is compiled again.
    """

    action: str
    target: Name
    columns: tuple[str, ...]
    query: Query
    text: str
    check_option: bool = False
    kept: Name = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(CompiledStatement):
    """CREATE INDEX; ``where`` is the filter, ``descending`` the columns with DESC, ``included`` those of INCLUDE.

    With ``drop_existing`` it replaces the index of its name.
    """

    name: str
    target: Name
    unique: bool
    columns: tuple[str, ...]
    where: Definition | None
    clustered: bool = False
    columnstore: bool = False
    descending: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    drop_existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(CompiledStatement):
    """DROP INDEX name ON table."""

    name: str
    target: Name
    if_exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(CompiledStatement):
    """CREATE SEQUENCE, or ALTER SEQUENCE … RESTART; None stands for an option that is not given.

    ``minimum`` and ``maximum`` are '' for NO MINVALUE and NO MAXVALUE. ``cache`` is 0 for NO CACHE, -1 for no size.
    """

    action: str
    target: Name
    type: SqlType | None = None
    start: int | None = None
    increment: int | None = None
    minimum: int | str | None = None
    maximum: int | str | None = None
    cycle: bool | None = None
    cache: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintain(CompiledStatement):
    """ALTER INDEX, CREATE STATISTICS or UPDATE STATISTICS: it affects speed alone.

    ``index`` is '' for ALL and for statistics. ``disable`` is set for ALTER INDEX … DISABLE.
    """

    target: Name
    index: str = ""
    columns: tuple[str, ...] = ()
    disable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(CompiledStatement):
    """The change of a table by sp_rename: ``kind`` is OBJECT (the table), COLUMN or INDEX (also a constraint).

    With the kind SCHEMA, ALTER SCHEMA moves the table to the schema ``new``.
    """

    target: Name
    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDeclaration(Node):
    """``@name type [= initial]``."""

    name: str
    type: SqlType
    initial: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDeclaration(Node):
    """``@name TABLE (definition)`` or ``@name type``: ``table`` creates it."""

    name: str
    table: CreateTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare(Statement):
    """DECLARE of variables and table variables."""

    items: tuple[VariableDeclaration | TableDeclaration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareCursor(Statement):
    """DECLARE name CURSOR … FOR query, or SET @name = CURSOR … FOR query.

    A ``local`` one ends with its batch or procedure. ``static`` is STATIC or INSENSITIVE.
    """

    name: str
    query: SelectStatement
    scroll: bool
    local: bool
    static: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCursor(Statement):
    """SET @name = cursor, of a cursor variable and a cursor, also a GLOBAL one, or another cursor variable."""

    name: str
    cursor: str
    is_global: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorOperation(Statement):
    """OPEN, CLOSE or DEALLOCATE of a cursor, also of a GLOBAL one."""

    action: str
    name: str
    is_global: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(Statement):
    """FETCH [direction] FROM [GLOBAL] cursor [INTO variables]; ``position`` is that of ABSOLUTE and RELATIVE."""

    direction: str
    position: Expression | None
    name: str
    variables: tuple[str, ...]
    is_global: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable(Statement):
    """SET @name = value; for a compound operator (+=), ``value`` is the operation."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOption(Statement):
    """SET option [option …] value; ``value`` is upper-case text such as ON, OFF or a number."""

    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIdentityInsert(Statement):
    """SET IDENTITY_INSERT table ON | OFF."""

    table: Name
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Statement):
    """BEGIN … END."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Statement):
    """IF condition statement [ELSE statement]."""

    condition: Expression
    then: Statement
    otherwise: Statement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class While(Statement):
    """WHILE condition statement."""

    condition: Expression
    body: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Statement):
    """BREAK."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue(Statement):
    """CONTINUE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryCatch(Statement):
    """BEGIN TRY … END TRY BEGIN CATCH … END CATCH."""

    attempt: tuple[Statement, ...]
    handler: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Statement):
    """RETURN [value]."""

    value: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Print(Statement):
    """PRINT value."""

    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw(Statement):
    """THROW, bare (all None) or with number, message and state."""

    number: Expression | None
    message: Expression | None
    state: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseError(Statement):
    """RAISERROR(message, severity, state [, arguments]) [WITH options]."""

    message: Expression
    severity: Expression
    state: Expression
    arguments: tuple[Expression, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument(Node):
    """One argument of EXEC: ``name`` with its @ or empty; the value, the name of a table variable, or DEFAULT."""

    name: str
    value: Expression | None
    output_variable: str | None = None
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute(Statement):
    """EXEC [@return =] procedure arguments; ``procedure`` is a name or the variable that holds one.

    ``results`` are the result sets of WITH RESULT SETS, None without it.
    """

    procedure: Name | str
    arguments: tuple[Argument, ...]
    return_variable: str | None
    results: tuple[tuple[ColumnDefinition, ...], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteString(Statement):
    """EXEC ('text' + @text …); ``results`` as of Execute."""

    text: Expression
    results: tuple[tuple[ColumnDefinition, ...], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertExecute(Statement):
    """INSERT INTO target [(columns)] EXEC …; ``columns`` None means all."""

    target: Name
    columns: tuple[str, ...] | None
    source: Execute | ExecuteString


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTransaction(Statement):
    """BEGIN TRANSACTION [name]."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTransaction(Statement):
    """COMMIT [TRANSACTION [name]]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackTransaction(Statement):
    """ROLLBACK [TRANSACTION [name]]."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Statement):
    """name:, the target of GOTO."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goto(Statement):
    """GOTO name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTransaction(Statement):
    """SAVE TRANSACTION name: a savepoint."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Statement):
    """USE database."""

    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFor(Statement):
    """WAITFOR DELAY or TIME."""

    kind: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureParameter(Node):
    """A declared parameter; ``default`` None means there is none; ``table`` declares a table-valued one."""

    name: str
    type: SqlType
    default: Expression | None
    output: bool
    table: TableDeclaration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProcedure(Statement):
    """CREATE, ALTER or CREATE OR ALTER PROCEDURE; ``action`` is one of these, ``text`` the whole batch.

    ``body`` holds the statements with the variables that they declare, the parameters among them. ``as_owner`` is True
    for EXECUTE AS OWNER.
    """

    action: str
    name: Name
    parameters: tuple[ProcedureParameter, ...]
    body: Batch
    text: str
    as_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFunction(Statement):
    """CREATE, ALTER or CREATE OR ALTER FUNCTION; ``action`` and ``text`` as of CreateProcedure.

    A scalar function has ``returns`` and ``body``, an inline table-valued one ``query``, a multi-statement one
    ``table`` and ``body``. ``null_on_null`` is RETURNS NULL ON NULL INPUT.
    """

    action: str
    name: Name
    parameters: tuple[ProcedureParameter, ...]
    text: str
    returns: SqlType | None = None
    table: TableDeclaration | None = None
    query: SelectStatement | None = None
    body: Batch | None = None
    null_on_null: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateType(Statement):
    """CREATE TYPE name FROM a base ``type``, or AS TABLE; ``declared`` is the text of ``types.UserType``."""

    name: Name
    declared: str
    type: SqlType | None = None
    nullable: bool = True
    table: CreateTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSynonym(Statement):
    """CREATE SYNONYM name FOR base."""

    name: Name
    base: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDatabase(Statement):
    """CREATE DATABASE name [COLLATE …]."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterDatabase(Statement):
    """ALTER DATABASE name SET option value [, …] [WITH termination]; an empty name is CURRENT."""

    name: str
    options: tuple[tuple[str, str], ...]
    rollback_immediate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchema(Statement):
    """CREATE SCHEMA name [AUTHORIZATION owner]."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Statement):
    """ALTER SCHEMA ``schema`` TRANSFER ``name``."""

    schema: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOption(Node):
    """An option of BULK INSERT; ``value`` is None for one without a value."""

    name: str
    value: str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkInsert(Statement):
    """BULK INSERT table FROM 'file' WITH (options)."""

    table: Name
    path: str
    options: tuple[BulkOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBulk(Statement):
    """INSERT BULK table (columns with types) WITH (options), which a client sends before the rows of a bulk load."""

    table: Name
    columns: tuple[tuple[str, SqlType], ...]
    options: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Statement):
    """GRANT, DENY or REVOKE.

    ``securable`` is (class, name): ('OBJECT', ('gold', 'v')), ('SCHEMA', ('gold',)) or ('DATABASE', ()).
    """

    action: str
    permissions: tuple[str, ...]
    securable: tuple[str, Name]
    principals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(Statement):
    """CREATE, ALTER or DROP of a LOGIN, USER or ROLE.

    ``options`` are the options given: 'PASSWORD', 'DEFAULT_DATABASE', 'DEFAULT_SCHEMA', 'LOGIN', 'CERTIFICATE' …
    """

    action: str
    kind: str
    name: str
    options: tuple[tuple[str, str], ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Statement):
    """CREATE, ALTER (which removes the private key) or DROP of a CERTIFICATE."""

    action: str
    name: str
    password: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Statement):
    """ADD SIGNATURE TO a module, or DROP SIGNATURE FROM it, BY CERTIFICATE."""

    action: str
    module: Name
    certificate: str
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Node):
    """A batch, dynamic SQL or the body of a procedure.

    ``variables`` are its scalar variables in lower case with their types. A variable exists in the whole batch,
    wherever it is declared. ``tables`` are its table-valued parameters.
    """

    statements: tuple[Statement, ...]
    variables: tuple[tuple[str, SqlType], ...] = ()
    tables: tuple[TableDeclaration, ...] = ()
