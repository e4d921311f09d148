"""A compiled expression (DuckDB SQL with its T-SQL type), and the SQL of literals and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum

from local_sqlserver.collation import DATABASE, UNRESOLVED, Collation
from local_sqlserver.compiler import folding
from local_sqlserver.compiler.types import INT, common_type, decimal, duckdb_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import DECIMALS, INTEGERS, TEXT, SqlType


class Cost(Enum):
    """The cost of a value whose SQL appears twice in a statement."""

    NAME = 0
    """Nothing: a column, a parameter or a constant."""
    NATIVE = 1
    """A computation by DuckDB's own functions, over values of no higher cost."""
    MACROS = 2
    """Any other value. Macros repeat their arguments, so the SQL of nested calls would grow exponentially."""


@dataclass(frozen=True, slots=True)
class Value:
    """DuckDB SQL of an expression whose DuckDB type is the one of ``type``.

    ``constant`` is the value of a literal (text without quotes, digits of a number). ``null`` marks the bare NULL,
    which takes any type. ``collation`` is that of a column or of a COLLATE clause; None is the database's, which either
    overrides. ``cost`` is the cost of repeating the SQL; by default it is never repeated. ``identity`` marks a
    reference to an IDENTITY column, ``required`` a value that SQL Server knows never to be NULL. ``path`` is SQL of the
    path of the file whose content is the value, '' for others.
    """

    sql: str
    type: SqlType
    constant: str | None = None
    null: bool = False
    collation: Collation | None = None
    cost: Cost = Cost.MACROS
    identity: bool = False
    required: bool = False
    path: str = ""

    @property
    def is_text(self) -> bool:
        """Whether the value is CHAR, VARCHAR, NCHAR or NVARCHAR."""
        return self.type.name in TEXT

    @property
    def has_key(self) -> bool:
        """Whether values that differ may be equal, so that they compare by ``key``."""
        return self.is_text or self.type.name in ("datetimeoffset", "varbinary")

    @property
    def has_sort_key(self) -> bool:
        """Whether the order of values is not that of their DuckDB type, so that they sort by ``sort_key``."""
        return self.is_text or self.type.name == "uniqueidentifier"

    @property
    def compares_by(self) -> Collation:
        """The collation of the value, by default the database's."""
        return self.collation or DATABASE

    @property
    def case_counts(self) -> bool:
        """Whether a letter differs from its capital."""
        return self.compares_by.binary or self.compares_by.case


NULL = Value("NULL", INT, null=True, cost=Cost.NAME)


@dataclass(frozen=True, slots=True)
class Predicate:
    """DuckDB SQL of a search condition (a BOOLEAN), and the cost of repeating it; ``str`` gives the SQL."""

    sql: str
    cost: Cost = Cost.MACROS

    def __str__(self) -> str:
        return self.sql


def native(*operands: Value | Predicate) -> Cost:
    """The cost of a computation over these values by DuckDB's own functions."""
    for operand in operands:
        if operand.cost is Cost.MACROS:
            return Cost.MACROS
    return Cost.NATIVE


def quote(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def raise_sql(number: int, *arguments: str) -> str:
    """SQL that raises a message of the catalogue; ``arguments`` are the SQL of the texts for its placeholders."""
    return f"tsql_raise({', '.join((str(number), *arguments))})"


def integer_constant(number: int) -> Value:
    """An INT literal."""
    return Value(str(number), INT, constant=str(number), cost=Cost.NAME)


def combined_type(value: Value) -> SqlType:
    """The type of a value beside a DECIMAL: an integer literal is a DECIMAL with the precision of its digits."""
    # CAST(5 AS INT) is a constant too, but not a literal.
    if value.constant is not None and value.type.name in INTEGERS and value.sql.strip("()") == value.constant:
        return decimal(len(value.constant.lstrip("-")), 0)
    return value.type


def united_type(values: Iterable[Value]) -> SqlType:
    """The type of CASE, COALESCE, VALUES … over these values; INT if each is the bare NULL."""
    typed = [value for value in values if not value.null]
    if any(value.type.name in DECIMALS for value in typed):
        return common_type([combined_type(value) for value in typed])
    return common_type([value.type for value in typed] or [INT])


def typed_null(declared: SqlType) -> Value:
    """NULL of a type."""
    return Value(f"CAST(NULL AS {duckdb_type(declared)})", declared, cost=Cost.NAME)


def without_trailing_blanks(value: Value) -> Value:
    """Text without its trailing blanks (U+0020 only; DuckDB's rtrim(x) removes every Unicode blank)."""
    sql = value.sql
    if value.cost is Cost.NAME:  # the test first is four times as fast, as few texts end in a blank
        sql = f"CASE WHEN ends_with({sql}, ' ') THEN rtrim({sql}, ' ') ELSE {sql} END"
        return _text(value, sql, Cost.NATIVE)
    return _text(value, f"rtrim({sql}, ' ')", value.cost)


def begins_visibly(sql: str) -> str:
    """SQL of whether a text begins with a visible character of ASCII, which no collation ignores: true only if it does.

    It names the text once and compares its first bytes; it is false of texts that go on after ~.
    """
    return f"{sql} BETWEEN '!' AND '~'"


def _text(value: Value, sql: str, cost: Cost) -> Value:
    return Value(sql, value.type, collation=value.collation, cost=cost)


def computed_once(template: Callable[..., str], value: Value, *others: Value) -> str:
    """The SQL of a template with these values, in which the first value is computed once.

    A template, or a macro that it calls, may repeat its arguments. An argument that calls macros is therefore bound by
    a lambda, because nested calls that repeat it would grow exponentially. A lambda cannot contain another lambda or a
    query, so the other values are bound with the first if one of them may contain either.
    Within ``without_lambdas`` the value is repeated; raises 40510 if that makes it too long.
    """
    repeated = _repeated.get()
    if repeated and len(value.sql) > 50_000:
        raise unsupported(f"This expression in {repeated}")
    if repeated or value.cost is not Cost.MACROS:
        return template(value.sql, *(other.sql for other in others))
    if native(*others) is Cost.NATIVE:
        return _bound(value.sql, template("once", *(other.sql for other in others)))
    names = [f"once.v{position}" for position in range(len(others) + 1)]
    fields = ", ".join(f"v{position} := {each.sql}" for position, each in enumerate((value, *others)))
    return _bound(f"struct_pack({fields})", template(*names))


_repeated: ContextVar[str] = ContextVar("repeated", default="")


@contextmanager
def without_lambdas(place: str) -> Iterator[None]:
    """Compile for a place in which DuckDB takes no lambda: generated columns."""
    token = _repeated.set(place)
    try:
        yield
    finally:
        _repeated.reset(token)


def finite(sql: str, declared: str = "float") -> str:
    """SQL of a FLOAT or REAL that raises 8115 where DuckDB gives an infinity, 3623 where it gives no number."""
    return computed_once(lambda once: f"tsql_finite({once}, {quote(declared)})", Value(sql, SqlType(declared)))


def _bound(sql: str, body: str) -> str:
    # DuckDB's SQL has no LET: a lambda over a list of one value names it.
    return f"list_transform([{sql}], lambda once: {body})[1]"


def key(value: Value) -> str:
    """The SQL to compare and to group by.

    Of text it is the key of its collation, of a DATETIMEOFFSET its instant, of a VARBINARY its bytes without the zeros
    at the end. Raises SqlError 446 if the collation is unresolved.
    """
    return key_value(value).sql


def key_value(value: Value) -> Value:
    """``key`` as a value, with its cost."""
    if value.type.name == "datetimeoffset":
        return Value(f"struct_extract({value.sql}, 'utc')", SqlType("datetime2", scale=7), cost=value.cost)
    if value.type.name == "varbinary":
        return Value(computed_once(lambda sql: f"tsql_binary_key({sql})", value), value.type)
    if not value.is_text:
        return value
    collation = value.compares_by
    if collation == UNRESOLVED:
        raise sql_error(446, "GROUP BY, DISTINCT or ORDER BY")
    # The key of a constant is computed here, so that a comparison with it costs one call per row.
    if value.constant is not None and (text := folding.fold_constant(value.constant, collation)) is not None:
        return _text(value, quote(text.rstrip(" ")), Cost.NAME)
    if collation.binary:
        return without_trailing_blanks(value)
    # The macro for the database's collation keeps the SQL of most statements short.
    if collation.column() == DATABASE:
        return _text(value, computed_once(lambda sql: f"tsql_key({sql})", value), Cost.MACROS)
    return _text(value, computed_once(lambda sql: folding.key(sql, collation), value), native(value))


def sort_key(value: Value) -> str:
    """The SQL to sort by and to compare with <.

    Of text it is the order of its collation (UTF-16 code units if that is binary), of a UNIQUEIDENTIFIER a text with
    the digits in the order of their weight.
    """
    return sort_key_value(value).sql


def sort_key_value(value: Value) -> Value:
    """``sort_key`` as a value, with its cost."""
    if value.type.name == "uniqueidentifier":
        sql = computed_once(lambda sql: f"tsql_guid_order({sql})", value)
        return Value(sql, SqlType("varchar", length=32), cost=Cost.MACROS)
    by_key = key_value(value)
    if not value.is_text:
        return by_key
    if value.compares_by.binary:
        return _text(value, computed_once(lambda sql: f"tsql_units({sql})", by_key), Cost.MACROS)
    if value.constant is not None and (text := folding.fold_constant(value.constant, value.compares_by)) is not None:
        return _text(value, quote(folding.sorted_text(text.rstrip(" "))), Cost.NAME)
    return _text(value, computed_once(lambda sql: f"tsql_order({sql})", by_key), Cost.MACROS)


def folded(value: Value, *, expand: bool) -> str:
    """The SQL that LIKE compares instead of a text: ``folding.fold`` of it."""
    collation = value.compares_by
    if value.constant is not None:
        text = folding.fold_constant(value.constant, collation, expand=expand)
        if text is not None:
            return quote(text)
    return computed_once(lambda sql: folding.fold(sql, collation, expand=expand), value)
