"""Scalar functions by name; a name that is not listed is error 195."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from local_sqlserver.collation import compared, joined
from local_sqlserver.compiler import date_functions
from local_sqlserver.compiler.aggregates import WINDOW_FUNCTIONS, AggregateCompiler
from local_sqlserver.compiler.contract import METADATA_FUNCTIONS, SESSION_VALUES
from local_sqlserver.compiler.conversions import convert, implicit
from local_sqlserver.compiler.expressions import AGGREGATES, like_regex
from local_sqlserver.compiler.format import format_value
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.types import (
    APPROXIMATE,
    BIGINT,
    BINARY,
    DECIMALS,
    FLOAT,
    INT,
    INTEGERS,
    MONEY,
    NUMBERS,
    UNICODE,
    UNIQUEIDENTIFIER,
    common_type,
    decimal,
    duckdb_type,
    text_length,
    text_type,
)
from local_sqlserver.compiler.values import (
    Value,
    integer_constant,
    key,
    once,
    quote,
    typed_null,
    without_trailing_blanks,
)
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import MAX, SqlType

Handler = Callable[["FunctionCompiler", syntax.Call, list[Value]], Value]

_HANDLERS: dict[str, tuple[Handler, int, int]] = {}


def _function(*names: str, least: int, most: int | None = None) -> Callable[[Handler], Handler]:
    """Register a handler under its names with the number of arguments it takes."""

    def register(handler: Handler) -> Handler:
        for name in names:
            _HANDLERS[name] = (handler, least, least if most is None else most)
        return handler

    return register


class FunctionCompiler(AggregateCompiler):
    """Translates function calls."""

    def call(self, node: syntax.Call, scope: Scope) -> Value:
        """A function call by its name."""
        name = node.name
        if name in AGGREGATES:
            return self.aggregate_call(node, scope)
        if name in WINDOW_FUNCTIONS:
            return self.window_call(node, scope)
        if node.window or node.within or node.star or node.distinct:
            text = (
                f"The function '{name.lower()}' is not a valid windowing function, and "
                "cannot be used with the OVER clause."
            )
            raise SqlError(4113, text, line=node.line)
        if name == "IIF":
            whens = ((node.arguments[0], node.arguments[1]),)
            otherwise = node.arguments[2] if len(node.arguments) == 3 else None
            if otherwise is None:
                raise SqlError(174, "The iif function requires 3 argument(s).", severity=15, line=node.line)
            case = syntax.Case(operand=None, whens=whens, otherwise=otherwise, line=node.line)
            return self.expression(case, scope)
        if name in date_functions.WITH_PART:
            return date_functions.with_part(self, node, scope)
        arguments = [self.expression(argument, scope) for argument in node.arguments]
        if name in _HANDLERS:
            handler, least, most = _HANDLERS[name]
            _check_count(node, least, most)
            return handler(self, node, arguments)
        if name in date_functions.PLAIN:
            _check_count(node, *date_functions.PLAIN[name])
            return date_functions.plain(name, arguments, node.line)
        session = f"{name.lower()}()"
        if not arguments and session in SESSION_VALUES:
            return self.session_value(session, node.line)
        if name.lower() in METADATA_FUNCTIONS:
            return self._metadata(node, arguments)
        text = f"'{name}' is not a recognized built-in function name."
        raise SqlError(195, text, severity=15, state=10, line=node.line)

    def _metadata(self, node: syntax.Call, arguments: list[Value]) -> Value:
        if self.in_view:
            raise unsupported(f"{node.name} in a view", node.line)
        declared = METADATA_FUNCTIONS[node.name.lower()]
        session = self.parameter("@@spid", SESSION_VALUES["@@spid"])
        texts = ", ".join(f"CAST({argument.sql} AS VARCHAR)" for argument in arguments)
        listed = f"[{texts}]" if texts else "CAST([] AS VARCHAR[])"
        call = f"tsql_metadata({session.sql}, {quote(node.name.lower())}, {listed})"
        return Value(f"CAST({call} AS {duckdb_type(declared)})", declared)


def _check_count(node: syntax.Call, least: int, most: int) -> None:
    count = len(node.arguments)
    if least <= count <= most:
        return
    name = node.name.lower()
    if least == most:
        text, number = f"The {name} function requires {least} argument(s).", 174
    else:
        text, number = f"The {name} function requires {least} to {most} arguments.", 189
    raise SqlError(number, text, severity=15, line=node.line)


def _text(compiler: FunctionCompiler, value: Value, node: syntax.Call, position: int) -> Value:
    """An argument as text; raises 8116 for dates and the like that string functions refuse."""
    if value.type.name in BINARY:
        text = (
            f"Argument data type {value.type.name} is invalid for argument {position} of {node.name.lower()} function."
        )
        raise SqlError(8116, text, line=node.line)
    return compiler.as_text(value, node.line)


def _whole(value: Value, node: syntax.Call) -> str:
    """An argument as a BIGINT."""
    return convert(value, BIGINT, line=node.line).sql


def _same_text(value: Value, sql: str) -> Value:
    """Text of the same kind, without the padding of CHAR."""
    name = "nvarchar" if value.type.name in UNICODE else "varchar"
    return Value(sql, text_type(name, value.type.length or 1), collation=value.collation)


def _units(value: Value) -> str:
    """What goes before the name of a function that counts characters: nothing, or tsql_ to count code units."""
    return "" if value.compares_by.supplementary else "tsql_"


@_function("LEN", least=1)
def _len(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    declared = BIGINT if value.type.length == MAX else INT
    counter = "length" if value.compares_by.supplementary else "tsql_len"
    counted = once(counter + "({0})", without_trailing_blanks(value.sql))
    return Value(f"CAST({counted} AS {duckdb_type(declared)})", declared)


@_function("DATALENGTH", least=1)
def _datalength(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = arguments[0]
    declared = BIGINT if value.type.length == MAX else INT
    if value.type.name in UNICODE:
        return Value(f"CAST(tsql_len({value.sql}) * 2 AS {duckdb_type(declared)})", declared)
    if value.is_text:
        return Value(f"CAST(tsql_len({value.sql}) AS {duckdb_type(declared)})", declared)
    if value.type.name in BINARY:
        return Value(f"CAST(octet_length({value.sql}) AS {duckdb_type(declared)})", declared)
    sizes = {
        "bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8, "real": 4, "float": 8, "money": 8,
        "smallmoney": 4, "date": 3, "datetime": 8, "smalldatetime": 4, "uniqueidentifier": 16,
    }  # fmt: skip
    size = sizes.get(value.type.name)
    if value.type.name in DECIMALS:
        precision = value.type.precision or 18
        size = 5 if precision < 10 else 9 if precision < 20 else 13 if precision < 29 else 17
    if size is None:
        raise unsupported(f"DATALENGTH of {value.type.name}", node.line)
    return Value(f"CAST(CASE WHEN {value.sql} IS NOT NULL THEN {size} END AS INTEGER)", INT)


@_function("UPPER", "LOWER", "REVERSE", least=1)
def _case_of_text(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    if node.name == "UPPER":
        return _same_text(value, once("tsql_upper({0})", value.sql))
    return _same_text(value, f"{node.name.lower()}({value.sql})")


@_function("TRIM", "LTRIM", "RTRIM", least=1, most=2)
def _trim(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    characters = "' '"
    if len(arguments) == 2:
        characters = _text(compiler, arguments[1], node, 2).sql
    return _same_text(value, f"{node.name.lower()}({value.sql}, {characters})")


@_function("LEFT", "RIGHT", least=2)
def _left_right(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    count = arguments[1]
    known = count.constant is not None and count.type.name in INTEGERS
    if known and int(count.constant or 0) < 0:
        text = f"Invalid length parameter passed to the {node.name.lower()} function."
        raise SqlError(536, text, line=node.line)
    length = int(count.constant or 0) if known else value.type.length or 1
    if value.type.length != MAX:
        length = min(length, value.type.length or 1)
    if value.compares_by.supplementary:
        length = min(2 * length, value.type.length or 1) if value.type.length != MAX else 2 * length
    sql = _whole(count, node)
    if not known:
        sql = f"tsql_length({sql}, '{node.name.lower()}')"
    name = "nvarchar" if value.type.name in UNICODE else "varchar"
    return Value(
        once(f"{_units(value)}{node.name.lower()}({{0}}, {{1}})", value.sql, sql),
        text_type(name, length if known or value.type.length != MAX else MAX),
        collation=value.collation,
    )


@_function("SUBSTRING", least=2, most=3)
def _substring(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    start = _whole(arguments[1], node)
    function = "tsql_substring_whole" if value.compares_by.supplementary else "tsql_substring"
    if len(arguments) == 2:
        return _same_text(value, once(function + "({0}, {1}, 2147483647)", value.sql, start))
    count = arguments[2]
    length = value.type.length or 1
    if count.constant is not None:
        if int(count.constant) < 0:
            raise SqlError(537, "Invalid length parameter passed to the LEFT or SUBSTRING function.", line=node.line)
        wanted = int(count.constant) * (2 if value.compares_by.supplementary else 1)
        length = wanted if length == MAX else min(length, wanted)
    name = "nvarchar" if value.type.name in UNICODE else "varchar"
    sql = once(function + "({0}, {1}, {2})", value.sql, start, _whole(count, node))
    return Value(sql, text_type(name, length), collation=value.collation)


@_function("CHARINDEX", least=2, most=3)
def _charindex(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    wanted = _text(compiler, arguments[0], node, 1)
    value = _text(compiler, arguments[1], node, 2)
    collation = compared([wanted, value], "charindex", node.line)
    by = replace(value, collation=collation)
    needle, hay = (side.sql if by.case_counts else f"lower({side.sql})" for side in (wanted, value))
    start = _whole(arguments[2], node) if len(arguments) == 3 else "1"
    function = "tsql_charindex_whole" if by.compares_by.supplementary else "tsql_charindex"
    return Value(f"CAST({function}({needle}, {hay}, {start}) AS INTEGER)", INT)


@_function("PATINDEX", least=2)
def _patindex(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    pattern = arguments[0].constant
    if pattern is None:
        raise unsupported("PATINDEX with a pattern that is not a constant", node.line)
    value = _text(compiler, arguments[1], node, 2)
    anchored_start = not pattern.startswith("%")
    anchored_end = not pattern.endswith("%")
    core = like_regex(pattern.strip("%"))
    regex = f"{'^' if anchored_start else ''}(?:{core}){'$' if anchored_end else ''}"
    options = "s" if value.case_counts else "si"
    counter = "length" if value.compares_by.supplementary else "tsql_len"
    found = f"regexp_extract({value.sql}, {quote('^(.*?)' + '(?:' + regex.lstrip('^') + ')')}, 1, '{options}')"
    if anchored_start:
        found = "''"
    test = f"regexp_matches({value.sql}, {quote(regex)}, '{options}')"
    sql = f"CASE WHEN {value.sql} IS NULL THEN NULL WHEN {test} THEN {counter}({found}) + 1 ELSE 0 END"
    return Value(f"CAST({sql} AS INTEGER)", INT)


@_function("REPLACE", least=3)
def _replace(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value, old, new = (_text(compiler, argument, node, index + 1) for index, argument in enumerate(arguments))
    name = "nvarchar" if any(side.type.name in UNICODE for side in (value, old, new)) else "varchar"
    declared = text_type(name, MAX if value.type.length == MAX else 8000)
    by = replace(value, collation=compared([value, old], "replace", node.line))
    collation = joined([value, old, new], node.line)
    if by.case_counts or (old.constant is not None and old.constant.lower() == old.constant.upper()):
        return Value(f"replace({value.sql}, {old.sql}, {new.sql})", declared, collation=collation)
    return Value(f"tsql_replace({value.sql}, {old.sql}, {new.sql})", declared, collation=collation)


@_function("STUFF", least=4)
def _stuff(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    inserted = "''" if arguments[3].null else _text(compiler, arguments[3], node, 4).sql
    start, count = _whole(arguments[1], node), _whole(arguments[2], node)
    name = "nvarchar" if value.type.name in UNICODE else "varchar"
    function = "tsql_stuff_whole" if value.compares_by.supplementary else "tsql_stuff"
    sql = f"{function}({value.sql}, {start}, {count}, {inserted})"
    return Value(sql, text_type(name, 8000), collation=value.collation)


@_function("REPLICATE", least=2)
def _replicate(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    count = _whole(arguments[1], node)
    name = "nvarchar" if value.type.name in UNICODE else "varchar"
    declared = text_type(name, MAX if value.type.length == MAX else 8000)
    repeated = f"repeat({value.sql}, greatest({count}, 0))"
    if declared.length != MAX:
        repeated = f"tsql_left({repeated}, {declared.length})"
    return Value(f"CASE WHEN {count} >= 0 THEN {repeated} END", declared, collation=value.collation)


@_function("SPACE", least=1)
def _space(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    count = _whole(arguments[0], node)
    return Value(f"CASE WHEN {count} >= 0 THEN repeat(' ', least({count}, 8000)) END", text_type("varchar", 8000))


@_function("CONCAT", least=2, most=254)
def _concat(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    texts = [compiler.as_text(argument, node.line) for argument in arguments]
    collation = joined(texts, node.line)
    return Value(f"concat({', '.join(text.sql for text in texts)})", _joined_type(arguments), collation=collation)


@_function("CONCAT_WS", least=3, most=254)
def _concat_ws(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    values = [compiler.as_text(argument, node.line) for argument in arguments]
    separator, *texts = (value.sql for value in values)
    sql = f"concat_ws(coalesce({separator}, ''), {', '.join(texts)})"
    return Value(sql, _joined_type(arguments, len(arguments)), collation=joined(values, node.line))


def _joined_type(arguments: list[Value], separators: int = 0) -> SqlType:
    lengths = [text_length(argument.type) for argument in arguments if not argument.null]
    if separators and lengths:
        lengths += [lengths[0]] * separators
    name = "nvarchar" if any(argument.type.name in UNICODE for argument in arguments) else "varchar"
    return text_type(name, MAX if MAX in lengths else max(sum(lengths), 1))


@_function("ASCII", "UNICODE", least=1)
def _code_point(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    function = "unicode" if value.compares_by.supplementary and node.name == "UNICODE" else "tsql_unicode"
    return Value(f"CASE WHEN {value.sql} <> '' THEN {function}({value.sql}) END", INT)


@_function("CHAR", "NCHAR", least=1)
def _character(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    code = convert(arguments[0], INT, line=node.line)
    is_char = node.name == "CHAR"
    limit = 255 if is_char else 0x10FFFF
    declared = text_type("varchar", 1) if is_char else text_type("nvarchar", 2)
    if code.constant is not None and 0 < int(code.constant) <= limit and not 0xD800 <= int(code.constant) <= 0xDFFF:
        return Value(quote(chr(int(code.constant))), declared, constant=chr(int(code.constant)))
    return Value(f"CASE WHEN {code.sql} BETWEEN 1 AND {limit} THEN tsql_surrogate({code.sql}) END", declared)


@_function("TRANSLATE", least=3)
def _translate(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value, old, new = (_text(compiler, argument, node, index + 1) for index, argument in enumerate(arguments))
    if old.constant is not None and new.constant is not None and len(old.constant) != len(new.constant):
        text = (
            "The second and third arguments of the TRANSLATE built-in function must "
            "contain an equal number of characters."
        )
        raise SqlError(9828, text, line=node.line)
    if replace(value, collation=compared([value, old], "translate", node.line)).case_counts:
        return _same_text(value, f"translate({value.sql}, {old.sql}, {new.sql})")
    both_old = f"({old.sql} || upper({old.sql}) || lower({old.sql}))"
    both_new = f"({new.sql} || {new.sql} || {new.sql})"
    return _same_text(value, f"translate({value.sql}, {both_old}, {both_new})")


@_function("QUOTENAME", least=1, most=2)
def _quotename(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _text(compiler, arguments[0], node, 1)
    mark = arguments[1].constant if len(arguments) == 2 else "["
    pairs = {"[": "[]", "]": "[]", "(": "()", ")": "()", "<": "<>", ">": "<>", "{": "{}", "}": "{}"}
    pairs |= {character: character * 2 for character in ("'", '"', "`")}
    if mark not in pairs:
        if mark is None:
            raise unsupported("QUOTENAME with a quote that is not a constant", node.line)
        return typed_null(text_type("nvarchar", 258))
    opening, closing = pairs[mark][0], pairs[mark][1]
    body = f"replace({value.sql}, {quote(closing)}, {quote(closing * 2)})"
    sql = f"CASE WHEN tsql_len({value.sql}) <= 128 THEN {quote(opening)} || {body} || {quote(closing)} END"
    return Value(sql, text_type("nvarchar", 258))


@_function("STR", least=1, most=3)
def _str(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = convert(_number(arguments[0], node), FLOAT, line=node.line)
    width, places = (
        convert(arguments[position], INT, line=node.line) if len(arguments) > position else integer_constant(default)
        for position, default in ((1, 10), (2, 0))
    )
    length = max(int(width.constant), 1) if width.constant is not None else 8000
    return Value(f"tsql_str({value.sql}, {width.sql}, {places.sql})", text_type("varchar", length))


@_function("ISNUMERIC", least=1)
def _isnumeric(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = arguments[0]
    if value.is_text:
        return Value(f"CAST(tsql_isnumeric({value.sql}) AS INTEGER)", INT)
    is_number = value.type.name in NUMBERS - {"bit"}
    return Value(f"CASE WHEN {value.sql} IS NULL THEN 0 ELSE {int(is_number)} END", INT)


@_function("HASHBYTES", least=2)
def _hashbytes(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    algorithm = (arguments[0].constant or "").upper()
    functions = {"MD5": "md5", "SHA": "sha1", "SHA1": "sha1", "SHA2_256": "sha256"}
    if algorithm not in functions:
        raise unsupported(f"HASHBYTES with {algorithm or 'a computed algorithm'}", node.line)
    value = arguments[1]
    if value.type.name in UNICODE:
        data = f"tsql_utf16({value.sql})"
    elif value.is_text:
        data = f"encode({value.sql})"
    elif value.type.name in BINARY:
        data = value.sql
    else:
        text = f"Argument data type {value.type.name} is invalid for argument 2 of hashbytes function."
        raise SqlError(8116, text, line=node.line)
    return Value(f"unhex({functions[algorithm]}({data}))", SqlType("varbinary", length=8000))


@_function("NEWID", "NEWSEQUENTIALID", least=0)
def _newid(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    return Value("uuid()", UNIQUEIDENTIFIER)


@_function("RAND", least=0, most=1)
def _rand(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    if arguments:
        raise unsupported("RAND with a seed", node.line)
    return Value("(SELECT random())", FLOAT)


@_function("COALESCE", least=2, most=254)
def _coalesce(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    typed = [argument for argument in arguments if not argument.null]
    if not typed:
        text = "At least one of the arguments to COALESCE must be an expression that is not the NULL constant."
        raise SqlError(4127, text, line=node.line)
    target = common_type([argument.type for argument in typed])
    collation = joined(typed, node.line)
    parts = ", ".join(implicit(argument, target, node.line).sql for argument in typed)
    return Value(f"coalesce({parts})", target, collation=collation)


@_function("ISNULL", least=2)
def _isnull(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    first, second = arguments
    if first.null:
        return second
    if second.null:
        return first
    replacement = implicit(second, first.type, node.line)
    return Value(f"coalesce({first.sql}, {replacement.sql})", first.type, collation=first.collation)


@_function("NULLIF", least=2)
def _nullif(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    first, second = arguments
    if first.null:
        text = (
            "The type of the first argument to NULLIF cannot be the NULL constant "
            "because the type of the first argument has to be known."
        )
        raise SqlError(4151, text, line=node.line)
    if second.null:
        return first
    test = compiler.compare("=", first, second, node.line)
    return Value(f"CASE WHEN {test} THEN NULL ELSE {first.sql} END", first.type, collation=first.collation)


@_function("CHOOSE", least=2, most=254)
def _choose(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    index = convert(arguments[0], INT, line=node.line).sql
    target = common_type([argument.type for argument in arguments[1:] if not argument.null] or [INT])
    parts = " ".join(
        f"WHEN {position} THEN {implicit(argument, target, node.line).sql}"
        for position, argument in enumerate(arguments[1:], 1)
    )
    return Value(f"CASE {index} {parts} END", target, collation=joined(arguments[1:], node.line))


@_function("GREATEST", "LEAST", least=1, most=254)
def _extreme(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    typed = [argument for argument in arguments if not argument.null]
    target = common_type([argument.type for argument in typed] or [INT])
    converted = [implicit(argument, target, node.line) for argument in typed]
    if converted and converted[0].is_text:
        order = "DESC" if node.name == "GREATEST" else "ASC"
        keys = ", ".join(f"struct_pack(k := {key(value)}, v := {value.sql})" for value in converted)
        listed = f"list_filter([{keys}], lambda x: x.v IS NOT NULL)"
        return Value(f"list_sort({listed}, '{order}')[1].v", target)
    return Value(f"{node.name.lower()}({', '.join(value.sql for value in converted)})", target)


def _number(value: Value, node: syntax.Call) -> Value:
    """A numeric argument; text converts to FLOAT."""
    if value.null:
        return typed_null(INT)
    if value.is_text:
        return convert(value, FLOAT, line=node.line)
    if value.type.name not in NUMBERS:
        text = f"Argument data type {value.type.name} is invalid for argument 1 of {node.name.lower()} function."
        raise SqlError(8116, text, line=node.line)
    if value.type.name in ("bit", "tinyint", "smallint"):
        return Value(f"CAST({value.sql} AS INTEGER)", INT)
    if value.type.name == "real":
        return Value(f"CAST({value.sql} AS DOUBLE)", FLOAT)
    return value


@_function("ABS", least=1)
def _abs(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _number(arguments[0], node)
    return Value(f"abs({value.sql})", value.type)


@_function("SIGN", least=1)
def _sign(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _number(arguments[0], node)
    return Value(f"CAST(sign({value.sql}) AS {duckdb_type(value.type)})", value.type)


@_function("CEILING", "FLOOR", least=1)
def _whole_number(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _number(arguments[0], node)
    if value.type.name in INTEGERS:
        return value
    declared = value.type
    if declared.name in DECIMALS:
        declared = decimal(declared.precision or 18, 0)
    function = "ceil" if node.name == "CEILING" else "floor"
    return Value(f"CAST({function}({value.sql}) AS {duckdb_type(declared)})", declared)


@_function("ROUND", least=2, most=3)
def _round(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _number(arguments[0], node)
    cut = False
    if len(arguments) == 3:
        if arguments[2].constant is None:
            raise unsupported("ROUND with a function argument that is not a constant", node.line)
        cut = int(arguments[2].constant) != 0
    places = arguments[1]
    known = int(places.constant) if places.constant is not None else None
    declared = value.type
    target = duckdb_type(declared)
    digits = convert(places, INT, line=node.line).sql
    if declared.name in APPROXIMATE:
        if not cut:
            return Value(f"tsql_round_float({value.sql}, {digits})", declared)
        return Value(f"(trunc({value.sql} * pow(10.0, {digits})) / pow(10.0, {digits}))", declared)
    if declared.name in INTEGERS:
        if known is not None and known >= 0:
            return value
        if cut:
            return Value(f"CAST(tsql_truncate_integer({value.sql}, {digits}) AS {target})", declared)
        return Value(f"CAST(round(CAST({value.sql} AS HUGEINT), {digits}) AS {target})", declared)
    if known is None:
        raise unsupported("ROUND of a decimal to places that are not a constant", node.line)
    scale = 4 if declared.name in MONEY else declared.scale or 0
    if known >= scale:
        return value
    if cut:
        unit = f"CAST('1{'0' * known}' AS DECIMAL({known + 1},0))" if known >= 0 else ""
        if not unit:
            raise unsupported("ROUND that truncates a decimal left of its point", node.line)
        whole = f"CAST(trunc({value.sql} * {unit}) AS HUGEINT)"
        fraction = (
            "CAST(1 AS DECIMAL(1,0))" if known == 0 else f"CAST('0.{'0' * (known - 1)}1' AS DECIMAL({known},{known}))"
        )
        return Value(f"CAST(CAST({whole} AS DECIMAL({38 - known},0)) * {fraction} AS {target})", declared)
    if known >= 0:
        return Value(f"CAST(round({value.sql}, {known}) AS {target})", declared)
    return Value(
        f"CAST(round(CAST(round({value.sql}, 0) AS HUGEINT), {known}) AS {target})"
        if scale == 0
        else f"CAST(round(CAST({value.sql} AS DOUBLE), {known}) AS {target})",
        declared,
    )


@_function("POWER", least=2)
def _power(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = _number(arguments[0], node)
    exponent = convert(arguments[1], FLOAT, line=node.line).sql
    result = f"pow(CAST({value.sql} AS DOUBLE), {exponent})"
    if value.type.name in INTEGERS:
        return Value(f"CAST(trunc({result}) AS {duckdb_type(value.type)})", value.type)
    declared = value.type
    if declared.name in DECIMALS:
        declared = decimal(38, declared.scale or 0)
    return Value(f"CAST({result} AS {duckdb_type(declared)})", declared)


@_function("SQRT", "EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "COT", "LOG10", "DEGREES", "RADIANS", least=1)
def _float_function(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = convert(_number(arguments[0], node), FLOAT, line=node.line)
    return Value(f"{node.name.lower()}({value.sql})", FLOAT)


@_function("SQUARE", least=1)
def _square(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = convert(_number(arguments[0], node), FLOAT, line=node.line)
    return Value(f"pow({value.sql}, 2)", FLOAT)


@_function("LOG", least=1, most=2)
def _log(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    value = convert(_number(arguments[0], node), FLOAT, line=node.line)
    if len(arguments) == 1:
        return Value(f"ln({value.sql})", FLOAT)
    base = convert(arguments[1], FLOAT, line=node.line)
    return Value(f"(ln({value.sql}) / ln({base.sql}))", FLOAT)


@_function("ATN2", least=2)
def _atn2(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    one, two = (convert(argument, FLOAT, line=node.line).sql for argument in arguments)
    return Value(f"atan2({one}, {two})", FLOAT)


@_function("PI", least=0)
def _pi(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    return Value("pi()", FLOAT)


@_function("FORMAT", least=2, most=3)
def _format(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    culture = "en-us"
    if len(arguments) == 3:
        culture = (arguments[2].constant or "").lower()
    pattern = arguments[1].constant
    if pattern is None:
        raise unsupported("FORMAT with a format that is not a constant", node.line)
    return Value(format_value(arguments[0], pattern, culture, node.line), text_type("nvarchar", 4000))


@_function("FORMATMESSAGE", least=1, most=21)
def _formatmessage(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    pattern = arguments[0].constant
    if pattern is None or any(mark in pattern for mark in ("%x", "%o", "%X", "%*")):
        raise unsupported("FORMATMESSAGE with this pattern", node.line)
    texts = "".join(f", {compiler.as_text(argument, node.line).sql}" for argument in arguments[1:])
    plain = pattern.replace("%d", "%s").replace("%i", "%s").replace("%u", "%s")
    return Value(f"printf({quote(plain)}{texts})", text_type("nvarchar", 2047))


@_function("CHECKSUM", "BINARY_CHECKSUM", "COMPRESS", "DECOMPRESS", "SOUNDEX", "DIFFERENCE", least=0, most=254)
@_function("JSON_VALUE", "JSON_QUERY", "ISJSON", least=0, most=254)
def _refused(compiler: FunctionCompiler, node: syntax.Call, arguments: list[Value]) -> Value:
    raise unsupported(f"The function {node.name}", node.line)
