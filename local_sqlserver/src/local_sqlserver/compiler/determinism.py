"""Whether the expression of a computed column is deterministic and precise, and whether a function is deterministic.

A column that is persisted must be deterministic, one in a key or index also precise or persisted. Sources: "Indexes on
computed columns"; "Deterministic and nondeterministic functions"; the pages of DATEPART and DATENAME; "Nondeterministic
conversion of literal date strings into DATE values"; "Create user-defined functions", determinism.
"""

# ruff: noqa: SIM905

from __future__ import annotations

from collections.abc import Mapping

from local_sqlserver.compiler.schema_binding import is_schema_bound
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import APPROXIMATE, TEMPORAL, TEXT, SqlType

_DETERMINISTIC = frozenset(
    "ABS ACOS ASCII ASIN ATAN ATN2 BIT_COUNT CEILING CHAR CHARINDEX CHOOSE COALESCE COMPRESS CONCAT CONCAT_WS COS COT "
    "DATALENGTH DATEADD DATEDIFF DATEDIFF_BIG DATEFROMPARTS DATEPART DATETIME2FROMPARTS DATETIMEFROMPARTS "
    "DATETIMEOFFSETFROMPARTS DATETRUNC DATE_BUCKET DAY DECOMPRESS DEGREES DIFFERENCE EOMONTH EXP FLOOR GET_BIT "
    "GREATEST HASHBYTES IIF ISJSON ISNULL ISNUMERIC JSON_ARRAY JSON_MODIFY JSON_OBJECT JSON_PATH_EXISTS JSON_QUERY "
    "JSON_VALUE LEAST LEFT LEFT_SHIFT LEN LOG LOG10 LOWER LTRIM MONTH NCHAR NULLIF PATINDEX PI POWER QUOTENAME RADIANS "
    "REPLACE REPLICATE REVERSE RIGHT RIGHT_SHIFT ROUND RTRIM SET_BIT SIGN SIN SMALLDATETIMEFROMPARTS SOUNDEX SPACE "
    "SQRT SQUARE STR STRING_ESCAPE STUFF SUBSTRING SWITCHOFFSET TAN TIMEFROMPARTS TODATETIMEOFFSET TRANSLATE TRIM "
    "UNICODE UPPER YEAR".split()
)
"""All other functions of the system are nondeterministic, among them FORMAT, DATENAME, PARSENAME, RAND and ISDATE."""

_AGGREGATES = frozenset("AVG COUNT COUNT_BIG GROUPING GROUPING_ID MAX MIN STDEV STDEVP SUM VAR VARP".split())
_OF_DATES = frozenset(
    "DATEADD DATEDIFF DATEDIFF_BIG DATEPART DATETRUNC DATE_BUCKET DAY EOMONTH MONTH SWITCHOFFSET TODATETIMEOFFSET "
    "YEAR".split()
)
"""Functions whose arguments of text are dates."""

_WITH_PART = frozenset({"DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATEPART", "DATETRUNC", "DATE_BUCKET"})
"""Those whose first argument is a part of a date."""

_NUMBERS = frozenset(
    "ASCII BIT_COUNT CHARINDEX DATALENGTH DATEDIFF DATEDIFF_BIG DATEPART DAY DIFFERENCE ISJSON ISNUMERIC "
    "JSON_PATH_EXISTS LEN MONTH PATINDEX UNICODE YEAR".split()
)
"""Functions whose result is a number, whatever their arguments are."""

_RESULTS = {
    **dict.fromkeys(("DATEFROMPARTS", "EOMONTH"), "date"),
    "DATETIMEFROMPARTS": "datetime",
    "DATETIME2FROMPARTS": "datetime2",
    "DATETIMEOFFSETFROMPARTS": "datetimeoffset",
    "SMALLDATETIMEFROMPARTS": "smalldatetime",
    "TIMEFROMPARTS": "time",
    **dict.fromkeys(("CHAR", "CONCAT", "CONCAT_WS", "NCHAR", "SPACE", "STR"), "varchar"),
}
_WEEKS = ("week", "wk", "ww", "weekday", "dw", "w")
_OF_LANGUAGE = frozenset({"datetime", "smalldatetime"})
"""The types whose text may depend on the language; the text of the others does not."""
_LANGUAGE_STYLES = (106, 107, 109, 113)
_PLAIN_STYLES = (20, 21)


class _Unknown(Exception):
    """Neither is certain."""


def is_deterministic(expression: syntax.Expression, columns: Mapping[str, SqlType]) -> bool | None:
    """Whether an expression over columns, by name in lower case, is deterministic; None if that is not certain."""
    unknown = False
    for node in expression.walk():
        try:
            if not _is_deterministic(node, columns):
                return False
        except _Unknown:
            unknown = True
    return None if unknown else True


def is_deterministic_function(definition: str) -> bool | None:
    """Whether a function is deterministic; None if that is not certain.

    It is bound to its schema, calls deterministic functions alone, and reads no tables but its own table variables.
    """
    if not is_schema_bound(definition):
        return False
    try:
        function = parse_batch(definition).statements[0]
    except SqlError:  # it names a type of the database
        return None
    assert isinstance(function, syntax.CreateFunction)
    types: dict[str, SqlType] = {} if function.returns is None else {"": function.returns}
    nodes = list(function.walk())
    for node in nodes:
        if isinstance(node, syntax.ProcedureParameter | syntax.VariableDeclaration | syntax.ColumnDefinition):
            if node.type is not None:
                types[node.name.lower()] = node.type
        elif isinstance(node, syntax.TableSource) and not node.name[0].startswith("@"):
            return False
    kinds = {declared.name for declared in types.values()}
    # Text and dates may be converted without a sign of it.
    unknown = bool(kinds & TEXT and kinds & TEMPORAL)
    for node in nodes:
        if isinstance(node, syntax.Variable) and node.name.startswith("@@"):
            return False
        try:
            is_aggregate = isinstance(node, syntax.Call) and node.name in _AGGREGATES and node.window is None
            if not (is_aggregate or isinstance(node, syntax.Subquery) or _is_deterministic(node, types)):
                return False
        except _Unknown:
            unknown = True
    return None if unknown else True


def is_precise(expression: syntax.Expression, columns: Mapping[str, SqlType], result: SqlType) -> bool:
    """Whether no FLOAT or REAL is part of an expression with this ``result``."""
    types = {result.name}
    for node in expression.walk():
        if isinstance(node, syntax.Column):
            types |= _types(node, columns)
        elif isinstance(node, syntax.Cast):
            types.add(node.type.name)
        elif isinstance(node, syntax.Literal) and node.kind == "float":
            types.add("float")
    return not types & APPROXIMATE


def _is_deterministic(node: syntax.Node, columns: Mapping[str, SqlType]) -> bool:
    """Whether a node is, apart from those below it; raises _Unknown."""
    match node:
        case syntax.Call(name=name, arguments=arguments):
            upper = name.upper()
            if upper in ("DATEPART", "DATETRUNC") and _part(arguments) in _WEEKS:
                return False
            of_text = any(_is_text(each, columns) for each in _values(node))
            return upper in _DETERMINISTIC and not (upper in _OF_DATES and of_text)
        case syntax.FunctionCall():
            raise _Unknown
        case syntax.AtTimeZone() | syntax.NextValue() | syntax.Subquery() | syntax.Parse():
            return False
        case syntax.Cast(operand=operand, type=declared, style=style):
            return _converts_alike(_types(operand, columns), declared.name, style)
        case syntax.Comparison(left=left, right=right):
            return _compares_alike(columns, left, right)
        case syntax.Between(operand=operand, low=low, high=high):
            return _compares_alike(columns, operand, low, high)
        case syntax.InList(operand=operand, values=values):
            return _compares_alike(columns, operand, *values)
    return True


def _values(call: syntax.Call) -> tuple[syntax.Expression, ...]:
    """The arguments of a call but the part of a date."""
    return call.arguments[1:] if call.name.upper() in _WITH_PART else call.arguments


def _part(arguments: tuple[syntax.Expression, ...]) -> str:
    return arguments[0].parts[-1].lower() if arguments and isinstance(arguments[0], syntax.Column) else ""


def _converts_alike(sources: frozenset[str], target: str, style: syntax.Expression | None) -> bool:
    """Whether a conversion is the same in every language."""
    concerned = sources & (_OF_LANGUAGE if target in TEXT else TEXT if target in TEMPORAL else frozenset[str]())
    if not concerned:
        return True
    if style is not None:
        if not isinstance(style, syntax.Literal) or style.kind != "integer":
            return False
        number = int(style.value)
        return number in _PLAIN_STYLES or (number > 100 and number not in _LANGUAGE_STYLES)
    if sources - concerned:
        raise _Unknown
    return False


def _compares_alike(columns: Mapping[str, SqlType], *operands: syntax.Expression) -> bool:
    """Whether no text is compared with a date."""
    kinds = [_types(operand, columns) for operand in operands]
    has_dates = any(types and types <= TEMPORAL for types in kinds)
    return not (has_dates and any(_is_text(operand, columns) for operand in operands))


def _is_text(operand: syntax.Expression, columns: Mapping[str, SqlType]) -> bool:
    types = _types(operand, columns)
    return bool(types) and types <= TEXT


def _types(node: syntax.Node, columns: Mapping[str, SqlType]) -> frozenset[str]:
    """The names of the types that the value of an expression may have, as far as text and dates among them."""
    match node:
        case syntax.Column(parts=parts):
            found = columns.get(parts[-1].lower())
            return frozenset((found.name,)) if found is not None else frozenset()
        case syntax.Variable(name=name):
            found = columns.get(name.lower())
            return frozenset((found.name,)) if found is not None else frozenset()
        case syntax.Cast(type=declared):
            return frozenset((declared.name,))
        case syntax.Literal(kind=kind):
            return frozenset((kind,) if kind in TEXT else ())
        case syntax.Call(name=name):
            if name.upper() in _NUMBERS:
                return frozenset()
            if name.upper() in _RESULTS:
                return frozenset((_RESULTS[name.upper()],))
            return frozenset[str]().union(*(_types(each, columns) for each in _values(node)))
        case syntax.Case(whens=whens, otherwise=otherwise):
            results = [result for _, result in whens] + ([otherwise] if otherwise is not None else [])
            return frozenset[str]().union(*(_types(each, columns) for each in results))
        case syntax.Unary(operand=operand) | syntax.Collate(operand=operand):
            return _types(operand, columns)
        case syntax.Binary(left=left, right=right):
            return _types(left, columns) | _types(right, columns)
    return frozenset()
