"""The registry of functions: their names, places, argument counts and handlers; and the compilation of a call.

A theme is a module beside this one. It registers its functions at import:

    text = Theme("text")

    @text.scalar("SPACE", least=1, result=text_type("varchar", 8000))
    def _space(call: Call) -> str:
        return f"repeat(' ', {call.whole(0).sql})"

A function whose type is always the same declares it as ``result`` and returns SQL; any other returns a ``Value``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from local_sqlserver.compiler.contract import Context
from local_sqlserver.compiler.conversions import as_text, convert
from local_sqlserver.compiler.fragments import Predicate, Value
from local_sqlserver.compiler.names import Rows, Scope
from local_sqlserver.compiler.types import BIGINT, INT, text_length, text_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import BINARY, SqlType


class Place(Enum):
    """The place in a statement where a function is allowed."""

    SCALAR = "scalar"
    AGGREGATE = "aggregate"
    """Over the rows of a group, or of a window."""
    WINDOW = "window"
    """With OVER only."""
    TABLE = "table"
    """In FROM only."""
    NILADIC = "niladic"
    """A keyword without parentheses, which the parser turns into the call of another function."""
    SYNTAX = "syntax"
    """With a grammar of its own, which the parser turns into a node of its own."""


class Compiler(Protocol):
    """The compiler, as far as the handler of a function needs it."""

    context: Context
    in_view: bool

    def expression(self, node: syntax.Expression, scope: Scope) -> Value:
        """A value in a scope."""

    def compare(self, operator: str, left: Value, right: Value, line: int) -> Predicate:
        """A comparison after implicit conversion."""

    def parameter(self, name: str, declared: SqlType) -> Value:
        """A variable or session value as a typed parameter."""


class Call:
    """A call that is being compiled: its node and its scope."""

    def __init__(self, compiler: Compiler, node: syntax.Call, scope: Scope) -> None:
        self.compiler, self.node, self.scope = compiler, node, scope
        self._arguments: list[Value] | None = None

    @property
    def name(self) -> str:
        """The function's name in capitals."""
        return self.node.name

    @property
    def line(self) -> int:
        """The line of the call."""
        return self.node.line

    @property
    def arguments(self) -> list[Value]:
        """The arguments, compiled in the scope of the call."""
        # Compiled when they are read: errors of the call come first, and a date part is not an expression.
        if self._arguments is None:
            self._arguments = [self.compiler.expression(argument, self.scope) for argument in self.node.arguments]
        return self._arguments

    def text(self, position: int) -> Value:
        """An argument (from 0) as text; raises 8116 for binary data, unless the function takes it as VARCHAR."""
        value = self.arguments[position]
        if value.type.name not in BINARY:
            return as_text(value, self.line)
        if self.name not in _OF_BINARY_DATA:
            raise self.invalid_argument(position)
        return convert(value, text_type("varchar", text_length(value.type)), line=self.line)

    def whole(self, position: int) -> Value:
        """An argument (from 0) as a BIGINT."""
        return convert(self.arguments[position], BIGINT, line=self.line)

    def converted(self, position: int, declared: SqlType) -> Value:
        """An argument (from 0) as another type."""
        return convert(self.arguments[position], declared, line=self.line)

    def invalid_argument(self, position: int) -> SqlError:
        """Error 8116 for the type of an argument (from 0)."""
        declared = self.arguments[position].type.name
        return sql_error(8116, declared, position + 1, self.name.lower(), line=self.line)


_OF_BINARY_DATA = frozenset(("LEFT", "LOWER", "LTRIM", "REVERSE", "RIGHT", "RTRIM", "UPPER"))
"""Functions whose argument may be "of character or binary data" by their pages of the reference."""

Compile = Callable[[Call], Value | str]
CompileTable = Callable[[Call], Rows]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of SQL Server. Without ``compile`` and ``table`` it is refused, or has a node of its own.

    ``least`` and ``most`` count its arguments. ``result`` is its type if that never varies.
    """

    name: str
    theme: str
    place: Place
    least: int = 0
    most: int = 0
    result: SqlType | None = None
    compile: Compile | None = None
    table: CompileTable | None = None
    refused: bool = False


REGISTRY: dict[str, Function] = {}
"""Every function by its name in capitals, in the order of the themes."""


class Theme:
    """Registers the functions of one theme."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _add(self, *functions: Function) -> None:
        for function in functions:
            if function.name in REGISTRY:
                raise TypeError(f"the function {function.name} is registered twice")
            REGISTRY[function.name] = function

    def scalar(
        self,
        *names: str,
        least: int,
        most: int | None = None,
        result: SqlType | None = None,
        place: Place = Place.SCALAR,
    ) -> Callable[[Compile], Compile]:
        """Register the handler of functions with ``least`` to ``most`` arguments; ``most`` defaults to ``least``."""

        def register(compile: Compile) -> Compile:
            upto = least if most is None else most
            self._add(*(Function(name, self.name, place, least, upto, result, compile) for name in names))
            return compile

        return register

    def aggregate(
        self, *names: str, least: int = 1, most: int | None = None, result: SqlType | None = None
    ) -> Callable[[Compile], Compile]:
        """Register aggregates."""
        return self.scalar(*names, least=least, most=most, result=result, place=Place.AGGREGATE)

    def window(
        self, *names: str, least: int, most: int | None = None, result: SqlType | None = None
    ) -> Callable[[Compile], Compile]:
        """Register window functions."""
        return self.scalar(*names, least=least, most=most, result=result, place=Place.WINDOW)

    def table(self, name: str, *, least: int, most: int) -> Callable[[CompileTable], CompileTable]:
        """Register a table-valued function."""

        def register(compile: CompileTable) -> CompileTable:
            self._add(Function(name, self.name, Place.TABLE, least, most, table=compile))
            return compile

        return register

    def parsed(self, *names: str) -> None:
        """Register functions that are never calls, because the parser gives them nodes of their own."""
        self._add(*(Function(name, self.name, Place.SYNTAX) for name in names))

    def refuse(self, *names: str, place: Place = Place.SCALAR) -> None:
        """Register functions that the stand-in does not support: a call raises 40510."""
        self._add(*(Function(name, self.name, place, refused=True) for name in names))


def implemented(declared: Iterable[str], given: Iterable[str]) -> None:
    """Raise TypeError unless exactly the declared names have an implementation."""
    if different := set(declared) ^ set(given):
        raise TypeError(f"declared or implemented, but not both: {', '.join(sorted(different))}")


def is_aggregate(name: str) -> bool:
    """Whether a name in capitals is a supported aggregate."""
    function = REGISTRY.get(name)
    return function is not None and function.place is Place.AGGREGATE and not function.refused


def check_aggregate(node: syntax.Call) -> None:
    """Raise SqlError 195 or 40510 unless the call is a supported aggregate, as PIVOT requires."""
    function = _find(node)
    if function is None or function.place is not Place.AGGREGATE:
        raise sql_error(195, node.written, "aggregate function", line=node.line)


def compile_call(compiler: Compiler, node: syntax.Call, scope: Scope) -> Value:
    """The value of a call in an expression.

    Raises SqlError 195 for an unknown name, 40510 for a refused function, and SQL Server's errors for the form of the
    call and the number of its arguments before errors in the arguments themselves.
    """
    if _is_random(node):
        return Value("CAST(floor(random() * 4294967296) - 2147483648 AS INTEGER)", INT)
    function = _find(node)
    if function is None or function.compile is None:
        raise sql_error(195, node.written, "built-in function name", line=node.line)
    if node.star:
        if node.name not in ("COUNT", "COUNT_BIG"):
            raise sql_error(102, "*", line=node.line)
    else:
        _check_count(function, node)
    _check_place(function, node, scope)
    compiled = function.compile(Call(compiler, node, scope))
    if isinstance(compiled, Value):
        return compiled
    if function.result is None:
        raise TypeError(f"{function.name} declares no type for its SQL")
    return Value(compiled, function.result)


def _is_random(node: syntax.Call) -> bool:
    """Whether a call is CHECKSUM(NEWID()), any INT; the checksums of known values are refused."""
    (argument,) = node.arguments if len(node.arguments) == 1 else (None,)
    return node.name == "CHECKSUM" and isinstance(argument, syntax.Call) and argument.name == "NEWID"


def compile_table(compiler: Compiler, node: syntax.Call, scope: Scope) -> Rows:
    """The rows of a call in FROM; raises SqlError 208 if the function is not table-valued, 40510, 174 and 189."""
    function = _find(node)
    if function is None or function.table is None:
        raise sql_error(208, node.name.lower(), line=node.line)
    _check_count(function, node)
    return function.table(Call(compiler, node, scope))


def _find(node: syntax.Call) -> Function | None:
    function = REGISTRY.get(node.name)
    if function is not None and function.refused:
        raise unsupported(f"The function {node.name}", node.line)
    return function


def _check_count(function: Function, node: syntax.Call) -> None:
    count, least, most = len(node.arguments), function.least, function.most
    if least <= count <= most:
        return
    name = node.name.lower()
    if function.place is Place.WINDOW:
        if least == most:
            raise sql_error(4114, name, least, line=node.line)
        raise sql_error(10755, node.name, least, most, line=node.line)
    if least == most:
        raise sql_error(174, name, least, line=node.line)
    raise sql_error(189, name, least, most, line=node.line)


WITH_DATE_PART = ("DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATENAME", "DATEPART", "DATETRUNC", "DATE_BUCKET")
"""Functions whose first argument is a date part, which the syntax tree holds as a column."""


def columns_of(node: syntax.Node, *, queries: bool = True) -> Iterator[syntax.Column]:
    """The columns that a node names, without date parts and the kind of JSON that ISJSON looks for.

    Without ``queries`` it does not look into subqueries.
    """
    nodes = list(node.walk(queries=queries))
    calls = [inner for inner in nodes if isinstance(inner, syntax.Call)]
    words = {id(word) for call in calls if call.name in WITH_DATE_PART for word in call.arguments[:1]}
    words |= {id(word) for call in calls if call.name == "ISJSON" for word in call.arguments[1:]}
    return (inner for inner in nodes if isinstance(inner, syntax.Column) and id(inner) not in words)


def _of_outer_rows(node: syntax.Call, scope: Scope) -> bool:
    """Whether an aggregate is that of a column of a grouped outer query; raises 8124 if it has another column, too."""
    found = [scope.arguments().resolve(column) for argument in node.arguments for column in columns_of(argument)]
    outer = [holder for _, holder, _ in found if holder.sources is not scope.sources]
    if outer and len({value.sql for value, _, _ in found}) > 1:
        raise sql_error(8124, line=node.line)
    return any(holder.keys is not None for holder in outer)


_TAKES_WITHIN_GROUP = (
    *("STRING_AGG", "PERCENTILE_CONT", "PERCENTILE_DISC"),
    *("APPROX_PERCENTILE_CONT", "APPROX_PERCENTILE_DISC"),
)


def _check_place(function: Function, node: syntax.Call, scope: Scope) -> None:
    if function.place is Place.AGGREGATE and node.window is None:
        for inner in (inner for argument in node.arguments for inner in argument.walk()):
            nested = isinstance(inner, syntax.Call) and inner.window is None and is_aggregate(inner.name)
            if nested or isinstance(inner, syntax.Query):
                raise sql_error(130, line=node.line)
    if (function.place is Place.AGGREGATE or node.window) and any(
        isinstance(inner, syntax.Call) and inner.window for inner in node.walk(queries=False) if inner is not node
    ):
        raise sql_error(4109, line=node.line)
    if function.place is not Place.SCALAR and node.within and node.name not in _TAKES_WITHIN_GROUP:
        raise sql_error(10757, node.name, line=node.line)
    if function.place is Place.WINDOW and node.window is None:
        raise sql_error(10753, node.name, line=node.line)
    if function.place is Place.AGGREGATE and node.window is None:
        of_outer_rows = _of_outer_rows(node, scope)
        # Only a scope after grouping has keys: an aggregate is error 147 in WHERE, 157 in ON or SET.
        if scope.keys is None and not of_outer_rows:
            raise sql_error(147 if scope.clause == "where" else 157, line=node.line)
    if function.place is Place.SCALAR and (node.window or node.within or node.distinct):
        raise sql_error(4113, node.name.lower(), line=node.line)
