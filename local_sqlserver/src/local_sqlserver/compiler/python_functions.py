"""Functions in Python that the compiled SQL calls, where DuckDB has none: ``install`` creates them for a connection.

They take and return the types that their annotations name, and give NULL for a NULL argument.
"""

from __future__ import annotations

import decimal
import gzip
import hashlib
import re
import threading
import time
import zlib
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, getnode

from duckdb.func import FunctionNullHandling

from local_sqlserver.compiler import determinism, folding, json_text
from local_sqlserver.compiler.failures import raising, tsql_fail
from local_sqlserver.compiler.message_format import format_message
from local_sqlserver.compiler.parsed_text import tsql_parse, tsql_try_parse
from local_sqlserver.compiler.patterns import like_regex, patindex_regex
from local_sqlserver.errors import sql_error, unsupported

if TYPE_CHECKING:
    import duckdb

_EXACT = decimal.Context(prec=200)
"""More digits than any quotient of two DECIMALs needs before it is cut."""


def tsql_decimal(operator: str, left: str, right: str, scale: int) -> str:
    """Compute ``left operator right`` exactly, cut (/) or rounded to a scale; raises SqlError 8115 and 8134.

    Source: "Precision, scale, and length"; SQL Server cuts the digits of a quotient and rounds those of a product.
    """
    one, two = Decimal(left), Decimal(right)
    if operator in "/%" and not two:
        raise sql_error(8134)
    rounding = ROUND_HALF_UP
    if operator == "*":
        result = _EXACT.multiply(one, two)
    elif operator == "+":
        result = _EXACT.add(one, two)
    elif operator == "-":
        result = _EXACT.subtract(one, two)
    elif operator == "%":
        result = _EXACT.remainder(one, two)
    else:
        result, rounding = _EXACT.divide(one, two), ROUND_DOWN
    result = result.quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=_EXACT)
    if abs(result.scaleb(scale, _EXACT)) >= Decimal(10) ** 38:
        raise sql_error(8115, "numeric", "numeric", state=8)
    return f"{result:f}"


def tsql_decimal_order(left: str, right: str) -> int:
    """Return -1, 0 or 1 for a decimal that is less than, equal to or greater than another."""
    one, two = Decimal(left), Decimal(right)
    return (one > two) - (one < two)


def tsql_parse_name(name: str, part: int) -> str | None:
    """Return a part of a name with up to four, 1 for the last; NULL for a name that is none. Source: PARSENAME."""
    parts: list[str] = []
    rest = name
    while True:
        match = _NAME_PART.match(rest)
        if match is None:
            return None
        bracketed, quoted, bare = match.groups()
        if bracketed is not None:
            parts.append(bracketed.replace("]]", "]"))
        else:
            parts.append(quoted.replace('""', '"') if quoted is not None else bare)
        rest = rest[match.end() :]
        if not rest:
            break
        rest = rest[1:]
    if not 1 <= part <= len(parts) <= 4 or any(len(each) > 128 for each in parts):
        return None
    return parts[-part] or None


_NAME_PART = re.compile(r'(?:\[((?:[^\]]|\]\])+)\]|"((?:[^"]|"")+)"|([^.\[\]"]*))(?=\.|$)', re.DOTALL)


def tsql_json_escape(text: str) -> str:
    """Escape a text for JSON as STRING_ESCAPE does."""
    return "".join(_JSON_ESCAPES.get(each) or (f"\\u{ord(each):04x}" if each < " " else each) for each in text)


_JSON_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"
}  # fmt: skip

_SOUNDS = {
    letter: code for code, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1) for letter in letters
}


def tsql_soundex(text: str) -> str:
    """Return the Soundex code of a text of Latin letters; raises SqlError 40510 for others. Source: SOUNDEX."""
    word = text.upper().rstrip(" ")
    if not word:
        return "0000"
    code, last = word[:1], _SOUNDS.get(word[:1], 0)
    for letter in word[1:] if "A" <= code <= "Z" else "0":
        if not "A" <= letter <= "Z":
            raise unsupported("SOUNDEX of a text with other characters than Latin letters", 0)
        sound = _SOUNDS.get(letter, 0)
        if sound and sound != last:
            code += str(sound)
            if len(code) == 4:
                return code
        if letter not in "HW":  # equal sounds around H and W are one, around a vowel two
            last = sound
    return code.ljust(4, "0")


def tsql_shift(value: int, count: int, width: int) -> int:
    """Shift the bits of an integer of ``width`` bits to the left, by a negative count to the right, filling zeros."""
    bits = value & _ones(width)
    bits = (bits << count) & _ones(width) if 0 <= count < width else bits >> -count if -width < count < 0 else 0
    return _signed(bits, width)


def _ones(width: int) -> int:
    return (1 << width) - 1


def _signed(bits: int, width: int) -> int:
    """Return the integer of some bits; BIT and TINYINT have no sign."""
    return bits - (1 << width) if width > 8 and bits >> (width - 1) else bits


def tsql_bit_count(value: int, width: int) -> int:
    """Count the bits of an integer of ``width`` bits."""
    return (value & _ones(width)).bit_count()


def tsql_get_bit(value: int, offset: int, width: int) -> int:
    """Return a bit of an integer of ``width`` bits, 0 for the lowest."""
    if not 0 <= offset < width:
        raise unsupported("A bit outside the value", 0)
    return value >> offset & 1


def tsql_set_bit(value: int, offset: int, bit: int, width: int) -> int:
    """Return an integer of ``width`` bits with one bit changed."""
    bits = value & _ones(width)
    if tsql_get_bit(bits, offset, width) != bit:
        bits ^= 1 << offset
    return _signed(bits, width)


def tsql_sha512(data: bytes) -> bytes:
    """Return the SHA2_512 hash of data."""
    return hashlib.sha512(data).digest()


def tsql_file_hash(path: str, algorithm: str) -> bytes:
    """Return the hash of a file by an algorithm of hashlib."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, algorithm).digest()


def tsql_gzip(data: bytes) -> bytes:
    """Compress data in the GZIP format, always to the same bytes."""
    return gzip.compress(data, mtime=0)


def tsql_gunzip(data: bytes) -> bytes:
    """Decompress data in the GZIP format; raises SqlError 40510 for other data."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise unsupported("DECOMPRESS of data that is not in the GZIP format", 0) from None


def tsql_encode_1252(text: str) -> bytes:
    """Encode a text in code page 1252, that of the collation for VARCHAR."""
    return text.encode("cp1252", "replace")


def tsql_encode_utf16(text: str) -> bytes:
    """Encode a text as NVARCHAR holds it."""
    return text.encode("utf-16-le")


def tsql_decode_1252(data: bytes) -> str:
    """Decode a VARCHAR; the five bytes that code page 1252 leaves open are control characters, as in Windows."""
    return "".join(bytes([byte]).decode("cp1252") if byte not in _OPEN_BYTES else chr(byte) for byte in data)


_OPEN_BYTES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))


def tsql_decode_utf16(data: bytes) -> str:
    """Decode an NVARCHAR; a zero follows an odd number of bytes, half a surrogate pair becomes U+FFFD."""
    return (data + b"\0" * (len(data) % 2)).decode("utf-16-le", "replace")


def tsql_guid_bytes(guid: str) -> bytes:
    """Return the bytes of a UNIQUEIDENTIFIER in SQL Server's order."""
    return UUID(guid).bytes_le


def tsql_bytes_guid(data: bytes) -> str:
    """Return the UNIQUEIDENTIFIER of sixteen bytes in SQL Server's order; zeros fill shorter data."""
    return str(UUID(bytes_le=data[:16].ljust(16, b"\0")))


@lru_cache
def tsql_like_regex(pattern: str, escape: str) -> str:
    """Return the regular expression of a pattern of LIKE that is not a constant."""
    return like_regex(pattern, escape)


def tsql_patindex_regex(pattern: str, blanks: str) -> str:
    """Return the regular expression of a pattern of PATINDEX that is not a constant."""
    return patindex_regex(pattern, blanks)


_NODE = getnode().to_bytes(6, "big")
"""The network address of this computer, in the last bytes of its sequential identifiers."""
_sequential = threading.Lock()
_last_ticks = 0


def tsql_sequential_guid() -> str:
    """Return a UNIQUEIDENTIFIER that sorts after all that this function has returned. Source: NEWSEQUENTIALID."""
    global _last_ticks
    with _sequential:
        _last_ticks = max(_last_ticks + 1, time.time_ns() // 100)
        ticks = _last_ticks.to_bytes(8, "big")
    # The first bytes have the least weight, those of each group among themselves the opposite.
    return str(UUID(bytes_le=ticks[4:] + ticks[2:4] + ticks[:2] + b"\x80\0" + _NODE))


def tsql_format_message(text: str, arguments: list[str | None], kinds: str) -> str:
    """FORMATMESSAGE: ``kinds`` has i for an argument that is a whole number, s for text. Raises SqlError 2786."""
    values = [
        value if value is None or kind == "s" else int(value) for value, kind in zip(arguments, kinds, strict=True)
    ]
    return format_message(text, values)


def tsql_is_deterministic(definition: str) -> bool:
    """Return whether a function is deterministic by its definition; raises 40510 if that is not certain."""
    found = determinism.is_deterministic_function(definition)
    if found is None:
        raise unsupported("IS_DETERMINISTIC of a function that converts dates or calls functions")
    return found


def tsql_exponential(number: str, places: int, letter: str) -> str:
    """FORMAT with E: a digit, decimals rounded half away from zero, and an exponent of three digits at least."""
    sign, digits, exponent = Decimal(number).as_tuple()
    assert isinstance(exponent, int)
    value = Decimal((0, digits, -len(digits) + 1))
    if not value:
        return f"0{'.' if places else ''}{'0' * places}{letter}+000"
    power = len(digits) - 1 + exponent
    step = Decimal((0, (1,), -places))
    rounded = value.quantize(step, ROUND_HALF_UP, _EXACT)
    if rounded >= 10:
        rounded, power = Decimal(1).quantize(step, context=_EXACT), power + 1
    return f"{'-' if sign else ''}{rounded}{letter}{'-' if power < 0 else '+'}{abs(power):03}"


_FUNCTIONS: dict[Callable[..., Any], tuple[list[Any], str]] = {
    tsql_decimal: (["VARCHAR", "VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR"),
    tsql_decimal_order: (["VARCHAR", "VARCHAR"], "INTEGER"),
    tsql_parse_name: (["VARCHAR", "INTEGER"], "VARCHAR"),
    tsql_format_message: (["VARCHAR", "VARCHAR[]", "VARCHAR"], "VARCHAR"),
    tsql_is_deterministic: (["VARCHAR"], "BOOLEAN"),
    tsql_exponential: (["VARCHAR", "INTEGER", "VARCHAR"], "VARCHAR"),
    tsql_parse: (["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    tsql_try_parse: (["VARCHAR", "VARCHAR"], "VARCHAR"),
    tsql_json_escape: (["VARCHAR"], "VARCHAR"),
    tsql_soundex: (["VARCHAR"], "VARCHAR"),
    tsql_shift: (["BIGINT", "BIGINT", "INTEGER"], "BIGINT"),
    tsql_bit_count: (["BIGINT", "INTEGER"], "BIGINT"),
    tsql_get_bit: (["BIGINT", "BIGINT", "INTEGER"], "TINYINT"),
    tsql_set_bit: (["BIGINT", "BIGINT", "TINYINT", "INTEGER"], "BIGINT"),
    tsql_sha512: (["BLOB"], "BLOB"),
    tsql_file_hash: (["VARCHAR", "VARCHAR"], "BLOB"),
    tsql_fail: (["VARCHAR"], "NULL"),
    tsql_gzip: (["BLOB"], "BLOB"),
    tsql_gunzip: (["BLOB"], "BLOB"),
    tsql_encode_1252: (["VARCHAR"], "BLOB"),
    tsql_encode_utf16: (["VARCHAR"], "BLOB"),
    tsql_decode_1252: (["BLOB"], "VARCHAR"),
    tsql_decode_utf16: (["BLOB"], "VARCHAR"),
    tsql_guid_bytes: (["VARCHAR"], "BLOB"),
    tsql_bytes_guid: (["BLOB"], "VARCHAR"),
    tsql_like_regex: (["VARCHAR", "VARCHAR"], "VARCHAR"),
    tsql_patindex_regex: (["VARCHAR", "VARCHAR"], "VARCHAR"),
    json_text.tsql_is_json: (["VARCHAR", "VARCHAR"], "INTEGER"),
    json_text.tsql_json_value: (["VARCHAR", "VARCHAR", "INTEGER"], "VARCHAR"),
    json_text.tsql_json_query: (["VARCHAR", "VARCHAR"], "VARCHAR"),
    json_text.tsql_json_exists: (["VARCHAR", "VARCHAR"], "INTEGER"),
    json_text.tsql_json_modify: (["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    json_text.tsql_json_members: (["VARCHAR", "VARCHAR"], "STRUCT(key VARCHAR, value VARCHAR, type INTEGER)[]"),
    json_text.tsql_json_rows: (["VARCHAR", "VARCHAR"], "VARCHAR[]"),
}
"""By function, the DuckDB types of its parameters and of its result."""


def _of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function that is not called for NULL; it may itself return NULL, which DuckDB's own handling forbids."""

    @wraps(function)
    def called(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return called


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the functions for a connection and all that share its database."""
    # Comparisons of text call this one for each row, so it has no wrapper.
    connection.create_function(folding.FUNCTION, folding.folded_text, ["VARCHAR", "BOOLEAN"], "VARCHAR")
    connection.create_function(folding.SORTED, folding.sorted_text, ["VARCHAR"], "VARCHAR")
    connection.create_function(tsql_sequential_guid.__name__, tsql_sequential_guid, [], "VARCHAR", side_effects=True)
    for function, (parameters, result) in _FUNCTIONS.items():
        called = raising(_of_values(function))
        connection.create_function(
            function.__name__, called, parameters, result, null_handling=FunctionNullHandling.SPECIAL
        )
