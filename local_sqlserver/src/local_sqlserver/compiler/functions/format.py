"""FORMAT with .NET's standard and custom formats for en-US, and FORMATMESSAGE."""

from __future__ import annotations

import re

from local_sqlserver.compiler.conversions import as_text
from local_sqlserver.compiler.fragments import Value, quote, raise_sql
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.message_format import SUBSTITUTED
from local_sqlserver.compiler.types import text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import APPROXIMATE, INTEGERS, NUMBERS, TEMPORAL

_CULTURES = ("en-us", "")
_DATE_STANDARD = {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "m": "MMMM d",
    "M": "MMMM d",
    "y": "MMMM yyyy",
    "Y": "MMMM yyyy",
    "s": "yyyy-MM-ddTHH:mm:ss",
}
_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_DATE_TOKENS = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|y+|M+|d+|H+|h+|m+|s+|f+|t+|.", re.DOTALL)
_STRFTIME = {
    "yyyy": "%Y", "yyyyy": "%Y", "yy": "%y", "y": "%-y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m",
    "dddd": "%A", "ddd": "%a", "dd": "%d", "d": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I",
    "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S", "fff": "%g", "ffffff": "%f", "tt": "%p",
}  # fmt: skip


def _date(value: Value, pattern: str, line: int) -> str:
    if value.type.name in ("time", "datetimeoffset"):
        raise unsupported(f"FORMAT of {value.type.name}", line)
    if len(pattern) == 1:
        if pattern not in _DATE_STANDARD:
            raise unsupported(f"FORMAT with the date format {pattern}", line)
        pattern = _DATE_STANDARD[pattern]
    directives = []
    for token in _DATE_TOKENS.findall(pattern):
        if token in _STRFTIME:
            directives.append(_STRFTIME[token])
        elif token[0] in "'\"":
            directives.append(token[1:-1].replace("%", "%%"))
        elif token[0] == "\\":
            directives.append(token[1].replace("%", "%%"))
        elif token[0] in "yMdHhmsft" or token in ("K", "z", "g"):
            raise unsupported(f"FORMAT with {token}", line)
        else:
            directives.append(token.replace("%", "%%"))
    return f"strftime({value.sql}, {quote(''.join(directives))})"


def _number(value: Value, pattern: str, line: int) -> str:
    standard = re.fullmatch(r"([A-Za-z])(\d{0,2})", pattern)
    if standard:
        return _standard_number(value, standard[1], standard[2], line)
    custom = re.fullmatch(r"([^0#,.;%]*)([#0,]*)(?:\.([0#]*))?(%?)([^0#,.;%]*)", pattern)
    if custom is None or not (custom[2] or custom[3]):
        raise unsupported(f"FORMAT with the number format {pattern}", line)
    prefix, whole, fraction, percent, suffix = (part or "" for part in custom.groups())
    least = fraction.count("0")
    places = len(fraction)
    if "#" in fraction[:least]:
        raise unsupported(f"FORMAT with the number format {pattern}", line)
    number = _rounded(value, places + (2 if percent else 0))
    if percent:
        number = f"({number} * 100)"
    digits = _digits(number, places, grouped="," in whole)
    # A # shows a digit but no zero at the end of the fraction, nor before the point if no 0 is there.
    if places > least:
        digits = (
            f"regexp_replace({digits}, '\\.?0{{0,{places - least}}}$', '')"
            if least == 0
            else (f"regexp_replace({digits}, '0{{1,{places - least}}}$', '')")
        )
    zeros = whole.count("0")
    if zeros == 0:
        digits = f"regexp_replace({digits}, '^(-?)0(\\.|$)', '\\1\\2')"
    elif zeros > 1 and "," not in whole:
        # Leading zeros come after the sign, so the sign is cut off before the padding.
        width = zeros + (places + 1 if places else 0)
        digits = (
            f"(CASE WHEN {number} < 0 THEN '-' ELSE '' END || lpad(ltrim({digits}, '-'), "
            f"CAST(greatest({width}, length(ltrim({digits}, '-'))) AS INTEGER), '0'))"
        )
    result = digits
    if prefix or suffix or percent:  # the sign precedes the prefix
        result = (
            f"(CASE WHEN {number} < 0 THEN '-' ELSE '' END || {quote(_plain(prefix))} || "
            f"ltrim({digits}, '-') || {quote(percent + _plain(suffix))})"
        )
    return f"CASE WHEN {value.sql} IS NOT NULL THEN {result} END"


def _plain(text: str) -> str:
    return text.replace("'", "").replace('"', "").replace("\\", "")


def _rounded(value: Value, places: int) -> str:
    """SQL of a number as a decimal with a number of places, rounded half away from zero.

    .NET first writes a FLOAT with 15 digits, a REAL with 7: 1.005e0 rounds to 1.01, though it is a little less.
    """
    sql = _rounded_text(value) if value.type.name in APPROXIMATE else value.sql
    return f"CAST({sql} AS DECIMAL(38,{places}))"


def _rounded_text(value: Value) -> str:
    """SQL of the text of a number, of a FLOAT or REAL with the digits that .NET writes."""
    if value.type.name in APPROXIMATE:
        return f"format('{{:.{15 if value.type.name == 'float' else 7}g}}', {value.sql})"
    return f"CAST({value.sql} AS VARCHAR)"


def _digits(number: str, places: int, *, grouped: bool) -> str:
    exact = f"CAST({number} AS DECIMAL(38,{places}))"
    return f"tsql_group_digits(CAST({exact} AS VARCHAR))" if grouped else f"CAST({exact} AS VARCHAR)"


def _standard_number(value: Value, letter: str, precision: str, line: int) -> str:
    kind = letter.upper()
    if kind in ("N", "F"):
        places = int(precision or 2)
        return _digits(_rounded(value, places), places, grouped=kind == "N")
    if kind == "C":
        places = int(precision or 2)
        number = _rounded(value, places)
        digits = _digits(number, places, grouped=True)
        return f"CASE WHEN {number} < 0 THEN '-$' || ltrim({digits}, '-') ELSE '$' || {digits} END"
    if kind == "P":
        places = int(precision or 2)
        number = f"({_rounded(value, places + 2)} * 100)"
        return f"{_digits(number, places, grouped=True)} || '%'"
    if kind == "E":
        digits = _rounded_text(value)
        return f"tsql_exponential({digits}, {int(precision or 6)}, {quote(letter)})"
    if kind in ("D", "X") and value.type.name not in _BITS:
        return "CAST(NULL AS VARCHAR)"  # .NET allows them for integers alone
    if kind == "X":
        bits = _BITS[value.type.name]
        mask = f" & {2**bits - 1}" if bits < 64 else ""
        digits = f"to_hex(CAST({value.sql} AS BIGINT){mask})"
        padded = f"lpad({digits}, CAST(greatest({int(precision or 1)}, length({digits})) AS INTEGER), '0')"
        return padded if letter == "X" else f"lower({padded})"
    if kind == "D":
        width = int(precision or 1)
        digits = f"CAST(abs(CAST({value.sql} AS BIGINT)) AS VARCHAR)"
        padded = f"lpad({digits}, CAST(greatest({width}, length({digits})) AS INTEGER), '0')"
        return f"CASE WHEN {value.sql} < 0 THEN '-' || {padded} ELSE {padded} END"
    raise unsupported(f"FORMAT with the number format {kind}{precision}", line)


formats = Theme("formats")


@formats.scalar("FORMAT", least=2, most=3, result=text_type("nvarchar", 4000))
def _format(call: Call) -> str:
    culture = "en-us"
    if len(call.arguments) == 3:
        culture = (call.arguments[2].constant or "").lower()
    pattern = call.arguments[1].constant
    if pattern is None:
        raise unsupported("FORMAT with a format that is not a constant", call.line)
    if culture not in _CULTURES:
        raise unsupported(f"FORMAT with the culture {culture}", call.line)
    value = call.arguments[0]
    if value.type.name in TEMPORAL:
        return _date(value, pattern, call.line)
    if value.type.name in NUMBERS - {"bit"}:
        return _number(value, pattern, call.line)
    raise call.invalid_argument(0)


@formats.scalar("FORMATMESSAGE", least=1, most=21, result=text_type("nvarchar", 2047))
def _formatmessage(call: Call) -> str:
    """FORMATMESSAGE; a number is NULL unless sys.messages has it, and the messages of the system are refused."""
    if call.arguments[0].type.name in INTEGERS:
        number = call.arguments[0].sql
        refused = raise_sql(40510, quote("FORMATMESSAGE with the number of a message of the system"))
        return f"CASE WHEN {number} BETWEEN 13001 AND 49999 THEN CAST({refused} AS VARCHAR) END"
    for position, argument in enumerate(call.arguments[1:], 1):
        if argument.type.name not in SUBSTITUTED and not argument.null:
            raise sql_error(2748, argument.type.name, position, line=call.line)
    texts = ", ".join(f"CAST({as_text(argument, call.line).sql} AS VARCHAR)" for argument in call.arguments[1:])
    kinds = "".join("i" if argument.type.name in INTEGERS else "s" for argument in call.arguments[1:])
    first = as_text(call.arguments[0], call.line)
    return f"tsql_format_message({first.sql}, CAST([{texts}] AS VARCHAR[]), {quote(kinds)})"
