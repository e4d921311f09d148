"""The syntax tree of set-based T-SQL: queries, expressions, DML and DDL.

``line`` is the 1-based line in the batch. Names keep the case they were written in; keywords and function names are
upper case.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_sqlserver.types import SqlType

Name = tuple[str, ...]
"""A multi-part name, outermost part first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What all nodes share."""

    line: int


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
class OrderItem(Node):
    """One item of ORDER BY."""

    value: Expression
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Node):
    """OVER (…); ``frame`` is the frame clause as it is written in both dialects, or empty."""

    partition: tuple[Expression, ...]
    order: tuple[OrderItem, ...]
    frame: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expression):
    """A function call; ``star`` is COUNT(*); ``within`` the order of WITHIN GROUP."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False
    window: Window | None = None
    within: tuple[OrderItem, ...] = ()
    ignore_nulls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subquery(Expression):
    """A scalar subquery."""

    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Expression):
    """What yields true, false or unknown: never a value in T-SQL."""


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
    """Something in FROM."""


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
    """A table-valued function such as STRING_SPLIT."""

    call: Call
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
    """In a select list: a star (``value`` None, ``qualifier`` its prefix), an assignment to ``variable``, a value."""

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

    distinct: bool
    top: Top | None
    items: tuple[Item, ...]
    into: Name
    source: Source | None
    where: Expression | None
    group: Grouping | None
    having: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOperation(Node):
    """``operator`` is UNION ALL, UNION, EXCEPT or INTERSECT."""

    operator: str
    left: Body
    right: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Node):
    """A query with its ORDER BY and paging."""

    body: Body
    order: tuple[OrderItem, ...] = ()
    offset: Expression | None = None
    fetch: Expression | None = None


Body = Select | SetOperation | Query


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTable(Node):
    """name [(columns)] AS (query)."""

    name: str
    columns: tuple[str, ...]
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Node):
    """A whole statement; ``tables`` are its common table expressions, ``max_recursion`` its OPTION (MAXRECURSION n)."""

    tables: tuple[CommonTable, ...] = ()
    max_recursion: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectStatement(Statement):
    """A SELECT."""

    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Node):
    """OUTPUT items [INTO target [(columns)]]."""

    items: tuple[Item, ...]
    into: Name
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert(Statement):
    """INSERT: ``rows`` for VALUES, ``query`` for SELECT, neither for DEFAULT VALUES; ``columns`` None means all."""

    target: Name
    columns: tuple[str, ...] | None
    rows: tuple[tuple[Expression, ...], ...] | None
    query: Query | None
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Node):
    """column = value in UPDATE SET; ``variable`` is set for @x = value."""

    column: str
    value: Expression
    variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Statement):
    """UPDATE."""

    target: Name
    top: Top | None
    assignments: tuple[Assignment, ...]
    source: Source | None
    where: Expression | None
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(Statement):
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
class Merge(Statement):
    """MERGE."""

    target: Name
    alias: str
    source: Source
    condition: Expression
    clauses: tuple[MergeClause, ...]
    output: Output | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(Statement):
    """TRUNCATE TABLE."""

    target: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDefinition(Node):
    """A column of CREATE TABLE or ALTER TABLE ADD; texts are T-SQL as written."""

    name: str
    type: SqlType | None
    nullable: bool | None
    identity: tuple[int, int] | None
    default: str | None
    default_name: str | None
    computed: str | None
    collation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintDefinition(Node):
    """A table constraint: ``kind`` PK, UQ or C; a DEFAULT … FOR of ALTER TABLE has kind D and one column."""

    kind: str
    name: str
    columns: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Statement):
    """CREATE TABLE."""

    target: Name
    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[ConstraintDefinition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTable(Statement):
    """ALTER TABLE: exactly one of the parts is filled."""

    target: Name
    add_columns: tuple[ColumnDefinition, ...] = ()
    add_constraints: tuple[ConstraintDefinition, ...] = ()
    drop_columns: tuple[str, ...] = ()
    drop_constraints: tuple[str, ...] = ()
    alter_column: ColumnDefinition | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropObjects(Statement):
    """DROP TABLE or VIEW [IF EXISTS] names."""

    kind: str
    names: tuple[Name, ...]
    if_exists: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateView(Statement):
    """CREATE, ALTER or CREATE OR ALTER VIEW; ``text`` is the statement as written."""

    action: str
    target: Name
    columns: tuple[str, ...]
    query: Query
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(Statement):
    """CREATE INDEX; ``where`` is the filter's text."""

    name: str
    target: Name
    unique: bool
    columns: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Statement):
    """DROP INDEX name ON table."""

    name: str
    target: Name
    if_exists: bool
