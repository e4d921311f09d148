"""Functions of text."""

from __future__ import annotations

from dataclasses import replace

from local_sqlserver.collation import compared, joined
from local_sqlserver.compiler.conversions import as_text, convert, cut
from local_sqlserver.compiler.fragments import (
    Cost,
    Value,
    begins_visibly,
    computed_once,
    integer_constant,
    native,
    quote,
    raise_sql,
    typed_null,
    without_trailing_blanks,
)
from local_sqlserver.compiler.functions.numbers import number
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.patterns import patindex_regex
from local_sqlserver.compiler.python_functions import tsql_decode_1252
from local_sqlserver.compiler.types import BIGINT, FLOAT, INT, duckdb_type, text_length, text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import BINARY, INTEGERS, MAX, NUMBERS, UNICODE, storage_bytes

text = Theme("text")


def _same_text(value: Value, sql: str, cost: Cost = Cost.MACROS) -> Value:
    """Text of the same kind, without the padding of CHAR."""
    return Value(sql, text_type(_kind(value), value.type.length or 1), collation=value.collation, cost=cost)


def _kind(*values: Value) -> str:
    """The type of a text made of these values: NVARCHAR if one of them is Unicode, else VARCHAR."""
    return "nvarchar" if any(value.type.name in UNICODE for value in values) else "varchar"


def _whole_characters(value: Value) -> bool:
    """Whether functions count characters (_SC collations) instead of UTF-16 code units."""
    return value.compares_by.supplementary


@text.scalar("LEN", least=1)
def _len(call: Call) -> Value:
    value = call.arguments[0]
    if value.type.name in BINARY:  # as the characters of code page 1252
        value = convert(value, text_type("varchar", text_length(value.type)), line=call.line)
    else:
        value = call.text(0)
    declared = BIGINT if value.type.length == MAX else INT
    counter = "length" if _whole_characters(value) else "tsql_len"
    counted = computed_once(lambda sql: f"{counter}({sql})", without_trailing_blanks(value))
    return Value(f"CAST({counted} AS {duckdb_type(declared)})", declared)


@text.scalar("DATALENGTH", least=1)
def _datalength(call: Call) -> Value:
    value = call.arguments[0]
    declared = BIGINT if value.type.length == MAX else INT
    if value.type.name in UNICODE:
        return Value(f"CAST(tsql_len({value.sql}) * 2 AS {duckdb_type(declared)})", declared)
    if value.is_text:
        return Value(f"CAST(tsql_len({value.sql}) AS {duckdb_type(declared)})", declared)
    if value.type.name in BINARY:
        return Value(f"CAST(octet_length({value.sql}) AS {duckdb_type(declared)})", declared)
    if value.type.name == "sql_variant":
        raise unsupported("DATALENGTH of sql_variant", call.line)
    return Value(f"CAST(CASE WHEN {value.sql} IS NOT NULL THEN {storage_bytes(value.type)} END AS INTEGER)", INT)


@text.scalar("UPPER", least=1)
def _upper(call: Call) -> Value:
    value = call.text(0)
    return _same_text(value, computed_once(lambda sql: f"tsql_upper({sql})", value))


@text.scalar("LOWER", "REVERSE", least=1)
def _lower(call: Call) -> Value:
    value = call.text(0)
    return _same_text(value, f"{call.name.lower()}({value.sql})", native(value))


@text.scalar("TRIM", "LTRIM", "RTRIM", least=1, most=2)
def _trim(call: Call) -> Value:
    value, function = call.text(0), call.name.lower()
    if len(call.arguments) == 1:
        return _same_text(value, f"{function}({value.sql}, ' ')", native(value))
    characters = call.text(1)

    # DuckDB makes a set of the characters for each value, which takes longer than a look at both ends. Most texts begin
    # with a visible character of ASCII and most sets have none, which is seen without taking the text apart.
    def at_its_ends(sql: str, characters: str) -> str:
        ends = {
            "ltrim": f"CASE WHEN {begins_visibly(sql)} AND NOT regexp_matches({characters}, '[!-~]') THEN false "
            f"ELSE contains({characters}, {sql}[1]) END",
            "rtrim": f"contains({characters}, {sql}[-1])",
        }
        found = " OR ".join(ends.values()) if function == "trim" else ends[function]
        return f"CASE WHEN {found} THEN {function}({sql}, {characters}) ELSE {sql} END"

    return _same_text(value, computed_once(at_its_ends, value, characters), native(value, characters))


@text.scalar("LEFT", "RIGHT", least=2)
def _left_right(call: Call) -> Value:
    value, count = call.text(0), call.arguments[1]
    function = call.name.lower()
    known = count.constant is not None and count.type.name in INTEGERS
    if known and int(count.constant or 0) < 0:
        raise sql_error(*((537,) if function == "left" else (536, "RIGHT")), line=call.line)
    length = int(count.constant or 0) if known else value.type.length or 1
    if value.type.length != MAX:
        length = min(length, value.type.length or 1)
    if _kind(value) == "nvarchar" and _whole_characters(value):  # a character may take two code units of the length
        length = min(2 * length, value.type.length or 1) if value.type.length != MAX else 2 * length
    whole = call.whole(1)
    if not known:
        whole = replace(whole, sql=f"tsql_length({whole.sql}, '{function}')", cost=Cost.MACROS)
    prefix = "" if _whole_characters(value) else "tsql_"
    return Value(
        computed_once(lambda sql, whole: f"{prefix}{function}({sql}, {whole})", value, whole),
        text_type(_kind(value), length if known or value.type.length != MAX else MAX),
        collation=value.collation,
        cost=Cost.MACROS if prefix else native(value, whole),
    )


@text.scalar("SUBSTRING", least=3)
def _substring(call: Call) -> Value:
    start = call.whole(1)
    if call.arguments[0].type.name in BINARY:
        value = call.arguments[0]
        sql = computed_once(
            lambda sql, first, length: f"tsql_substring_bytes({sql}, {first}, {length})", value, start, call.whole(2)
        )
        return Value(sql, text_type("varbinary", text_length(value.type)))
    value = call.arguments[0]
    if not value.is_text and not value.null:
        raise call.invalid_argument(0)
    value = call.text(0)
    function = "tsql_substring_whole" if _whole_characters(value) else "tsql_substring"
    count = call.whole(2)
    length = value.type.length or 1
    if count.constant is not None:
        if int(count.constant) < 0:
            raise sql_error(537, line=call.line)
        wanted = int(count.constant) * (2 if _kind(value) == "nvarchar" and _whole_characters(value) else 1)
        length = wanted if length == MAX else min(length, wanted)
    sql = computed_once(lambda sql, first, length: f"{function}({sql}, {first}, {length})", value, start, count)
    return Value(sql, text_type(_kind(value), length), collation=value.collation)


@text.scalar("CHARINDEX", least=2, most=3)
def _charindex(call: Call) -> Value:
    wanted, value = call.text(0), call.text(1)
    by = replace(value, collation=compared([wanted, value], "charindex", call.line))
    # lower() keeps the positions of characters; the key of a collation does not.
    needle, hay = (side.sql if by.case_counts else f"lower({side.sql})" for side in (wanted, value))
    start = call.whole(2).sql if len(call.arguments) == 3 else "1"
    function = "tsql_charindex_whole" if _whole_characters(by) else "tsql_charindex"
    position = f"{function}({needle}, {hay}, {start})"
    return Value(position, BIGINT) if value.type.length == MAX else Value(f"CAST({position} AS INTEGER)", INT)


@text.scalar("PATINDEX", least=2)
def _patindex(call: Call) -> Value:
    pattern = call.arguments[0].constant
    value = call.text(1)
    by = replace(value, collation=compared([call.arguments[0], value], "patindex", call.line))
    declared = BIGINT if value.type.length == MAX else INT
    # Trailing blanks of the text do not count, as for LIKE, unless one of the two is Unicode.
    blanks = "" if _kind(call.arguments[0], value) == "nvarchar" else " *"
    options = "s" if by.case_counts else "si"
    counter = "length" if _whole_characters(by) else "tsql_len"
    if pattern is None:
        regex = f"tsql_patindex_regex({call.text(0).sql}, {quote(blanks)})"
    else:
        regex = quote(patindex_regex(pattern, blanks))
    # DuckDB has no function for the position of a match: it is the length of the shortest text before one, plus 1.
    before = f"regexp_extract({value.sql}, {regex}, 1, '{options}')"
    matches = f"regexp_matches({value.sql}, {regex}, '{options}')"
    sql = f"CASE WHEN {matches} THEN {counter}({before}) + 1 WHEN NOT {matches} THEN 0 END"
    return Value(f"CAST({sql} AS {duckdb_type(declared)})", declared)


@text.scalar("REPLACE", least=3)
def _replace(call: Call) -> Value:
    value, old, new = (call.text(position) for position in range(3))
    declared = text_type(_kind(value, old, new), MAX if value.type.length == MAX else 8000)
    by = replace(value, collation=compared([value, old], "replace", call.line))
    collation = joined([value, old, new], call.line)
    # A constant without letters (a blank, a comma) needs no comparison by case, which costs a macro.
    if by.case_counts or (old.constant is not None and old.constant.lower() == old.constant.upper()):
        sql = f"replace({value.sql}, {old.sql}, {new.sql})"
        replaced = Value(sql, declared, collation=collation, cost=native(value, old, new))
    else:
        replaced = Value(f"tsql_replace({value.sql}, {old.sql}, {new.sql})", declared, collation=collation)
    shorter = old.constant is not None and new.constant is not None and len(new.constant) <= len(old.constant)
    most = text_length(new.type) if new.type.length != MAX else text_length(value.type)
    return replaced if shorter else cut(replaced, text_length(value.type) * max(most, 1))


@text.scalar("STUFF", least=4)
def _stuff(call: Call) -> Value:
    value = call.text(0)
    inserted = "''" if call.arguments[3].null else call.text(3).sql
    function = "tsql_stuff_whole" if _whole_characters(value) else "tsql_stuff"
    sql = f"{function}({value.sql}, {call.whole(1).sql}, {call.whole(2).sql}, {inserted})"
    longest = _sum(text_length(value.type), 0 if inserted == "''" else text_length(call.arguments[3].type))
    start, count = call.arguments[1].constant, call.arguments[2].constant
    if start is not None and count is not None and longest != MAX:  # so many characters are deleted for certain
        longest -= max(0, min(int(float(count)), text_length(value.type) - int(float(start)) + 1))
    declared = text_type(_kind(value), MAX if value.type.length == MAX else longest)
    stuffed = Value(sql, declared, collation=value.collation)
    if declared.length == MAX or longest <= (declared.length or 1):
        return stuffed

    def checked(sql: str) -> str:
        return (
            f"CASE WHEN tsql_len({sql}) <= {declared.length} THEN {sql} ELSE {raise_sql(40510, quote(_TOO_LONG))} END"
        )

    return replace(stuffed, sql=computed_once(checked, stuffed))


@text.scalar("REPLICATE", least=2)
def _replicate(call: Call) -> Value:
    value, times = call.text(0), call.whole(1)
    count, length = times.sql, value.type.length or 1
    longest = MAX if length == MAX else 8000 if times.constant is None else length * int(times.constant)
    declared = text_type(_kind(value), longest)
    repeated = f"repeat({value.sql}, greatest({count}, 0))"
    if declared.length != MAX:
        repeated = f"tsql_left({repeated}, {declared.length})"
    return Value(f"CASE WHEN {count} >= 0 THEN {repeated} END", declared, collation=value.collation)


@text.scalar("SPACE", least=1)
def _space(call: Call) -> Value:
    times = call.whole(0)
    declared = text_type("varchar", 8000 if times.constant is None else int(times.constant))
    return Value(f"CASE WHEN {times.sql} >= 0 THEN repeat(' ', least({times.sql}, 8000)) END", declared)


@text.scalar("CONCAT", least=2, most=254)
def _concat(call: Call) -> Value:
    texts = [as_text(argument, call.line) for argument in call.arguments]
    sql = f"concat({', '.join(each.sql for each in texts)})"
    collation = joined(texts, call.line)
    longest = _longest(call.arguments)
    declared = text_type(_kind(*call.arguments), longest)
    if longest == declared.length and all(each.constant is not None for each in texts):
        constant = "".join(each.constant or "" for each in texts)
        return Value(quote(constant), declared, constant, collation=collation, cost=Cost.NAME)
    return cut(Value(sql, declared, collation=collation, cost=native(*texts)), longest)


@text.scalar("CONCAT_WS", least=3, most=254)
def _concat_ws(call: Call) -> Value:
    texts = [as_text(argument, call.line) for argument in call.arguments]
    separator, *parts = (each.sql for each in texts)
    sql = f"concat_ws(coalesce({separator}, ''), {', '.join(parts)})"
    longest = _longest(call.arguments, len(texts))
    declared = text_type(_kind(*call.arguments), longest)
    return cut(Value(sql, declared, collation=joined(texts, call.line), cost=native(*texts)), longest)


def _longest(arguments: list[Value], separators: int = 0) -> int:
    """The most characters of the arguments joined, of which the first is repeated as a separator."""
    lengths = [text_length(argument.type) for argument in arguments if not argument.null]
    if separators and lengths:
        lengths += [lengths[0]] * separators
    return max(_sum(*lengths), 1) if MAX not in lengths else MAX


def _sum(*lengths: int) -> int:
    return MAX if MAX in lengths else sum(lengths)


_TOO_LONG = "STUFF with a result of more than 8000 bytes"


@text.scalar("ASCII", "UNICODE", least=1, result=INT)
def _code_point(call: Call) -> str:
    value = call.text(0)
    if call.name == "ASCII":
        return computed_once(lambda sql: f"tsql_ascii({sql})", value)
    function = "unicode" if _whole_characters(value) else "tsql_unicode"
    return f"CASE WHEN {value.sql} <> '' THEN {function}({value.sql}) END"


@text.scalar("CHAR", "NCHAR", least=1)
def _character(call: Call) -> Value:
    code = call.converted(0, INT)
    is_char = call.name == "CHAR"
    limit = 255 if is_char else 0x10FFFF
    declared = text_type("char", 1) if is_char else text_type("nvarchar", 2)
    # The parameters of DuckDB hold U+0000, but not its SQL.
    if code.constant is not None and 0 < int(code.constant) <= limit and not 0xD800 <= int(code.constant) <= 0xDFFF:
        number = int(code.constant)
        character = tsql_decode_1252(bytes([number])) if is_char else chr(number)
        return Value(quote(character), declared, constant=character, cost=Cost.NAME)
    if is_char:
        return Value(computed_once(lambda sql: f"tsql_char({sql})", code), declared)
    return Value(f"CASE WHEN {code.sql} BETWEEN 0 AND {limit} THEN tsql_surrogate({code.sql}) END", declared)


@text.scalar("TRANSLATE", least=3)
def _translate(call: Call) -> Value:
    value, old, new = (call.text(position) for position in range(3))
    if old.constant is not None and new.constant is not None and len(old.constant) != len(new.constant):
        raise sql_error(9828, line=call.line)
    cost = native(value, old, new)
    if replace(value, collation=compared([value, old], "translate", call.line)).case_counts:
        return _same_text(value, f"translate({value.sql}, {old.sql}, {new.sql})", cost)
    # Where case does not count, the characters to replace are given in both cases.
    both_old = f"({old.sql} || upper({old.sql}) || lower({old.sql}))"
    both_new = f"({new.sql} || {new.sql} || {new.sql})"
    return _same_text(value, f"translate({value.sql}, {both_old}, {both_new})", cost)


@text.scalar("QUOTENAME", least=1, most=2)
def _quotename(call: Call) -> Value:
    value = call.text(0)
    mark = call.arguments[1].constant if len(call.arguments) == 2 else "["
    pairs = {"[": "[]", "]": "[]", "(": "()", ")": "()", "<": "<>", ">": "<>", "{": "{}", "}": "{}"}
    pairs |= {character: character * 2 for character in ("'", '"', "`")}
    if mark not in pairs:
        if mark is None:
            raise unsupported("QUOTENAME with a quote that is not a constant", call.line)
        return typed_null(text_type("nvarchar", 258))
    opening, closing = pairs[mark][0], pairs[mark][1]
    body = f"replace({value.sql}, {quote(closing)}, {quote(closing * 2)})"
    sql = f"CASE WHEN tsql_len({value.sql}) <= 128 THEN {quote(opening)} || {body} || {quote(closing)} END"
    return Value(sql, text_type("nvarchar", 258))


@text.scalar("STR", least=1, most=3)
def _str(call: Call) -> Value:
    value = convert(number(call, 0), FLOAT, line=call.line)
    width, places = (
        call.converted(position, INT) if len(call.arguments) > position else integer_constant(default)
        for position, default in ((1, 10), (2, 0))
    )
    length = max(int(width.constant), 1) if width.constant is not None else 8000
    return Value(f"tsql_str({value.sql}, {width.sql}, {places.sql})", text_type("varchar", length))


@text.scalar("ISNUMERIC", least=1, result=INT)
def _isnumeric(call: Call) -> str:
    value = call.arguments[0]
    if value.is_text:
        return f"CAST(tsql_isnumeric({value.sql}) AS INTEGER)"
    is_number = value.type.name in NUMBERS - {"bit"}
    return f"CASE WHEN {value.sql} IS NULL THEN 0 ELSE {int(is_number)} END"


@text.scalar("PARSENAME", least=2, result=text_type("nvarchar", 128))
def _parsename(call: Call) -> str:
    return f"tsql_parse_name({call.text(0).sql}, {call.converted(1, INT).sql})"


@text.scalar("STRING_ESCAPE", least=2, result=text_type("nvarchar", MAX))
def _string_escape(call: Call) -> str:
    kind = call.arguments[1].constant
    if kind is None or kind.lower() != "json":
        raise unsupported("STRING_ESCAPE of another type than 'json'", call.line)
    return f"tsql_json_escape({call.text(0).sql})"


@text.scalar("SOUNDEX", least=1, result=text_type("varchar", 4))
def _soundex(call: Call) -> str:
    return f"tsql_soundex({call.text(0).sql})"


@text.scalar("DIFFERENCE", least=2, result=INT)
def _difference(call: Call) -> str:
    one, two = (Value(f"tsql_soundex({call.text(position).sql})", INT) for position in range(2))

    def equal(one: str, two: str) -> str:
        return f"({' + '.join(f'CAST({one}[{place}] = {two}[{place}] AS INTEGER)' for place in range(1, 5))})"

    return computed_once(equal, one, two)


text.refuse("TERTIARY_WEIGHTS")
