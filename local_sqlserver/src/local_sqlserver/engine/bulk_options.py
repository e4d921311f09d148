"""The WITH (…) options of BULK INSERT: read, checked, refused by name.

Source: "BULK INSERT (Transact-SQL)" and "Specify field and row terminators"; where SQL Server on Linux
differs from Windows, the stand-in follows Linux.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_sqlserver.errors import SqlError, sql_error, unsupported

_HINTS = frozenset({"TABLOCK", "ORDER", "ROWS_PER_BATCH", "KILOBYTES_PER_BATCH", "FIRE_TRIGGERS", "BATCHSIZE"})
"""Accepted without a check: they affect speed, locking or the size of a transaction, not the rows.

The stand-in has no triggers. A load is always one transaction: with BATCHSIZE, SQL Server keeps the batches before
an error, but the stand-in keeps none.
"""

_REFUSED = (
    "ERRORFILE",
    "ERRORFILE_DATA_SOURCE",
    "FORMATFILE",
    "FORMATFILE_DATA_SOURCE",
)
_KNOWN = _HINTS.union(
    _REFUSED,
    {
        "CHECK_CONSTRAINTS",
        "CODEPAGE",
        "DATAFILETYPE",
        "DATA_SOURCE",
        "FIELDQUOTE",
        "FIELDTERMINATOR",
        "FIRSTROW",
        "FORMAT",
    },
    {"KEEPIDENTITY", "KEEPNULLS", "LASTROW", "MAXERRORS", "ROWTERMINATOR"},
)
_ENCODINGS = {
    10000: "mac-roman",
    20127: "ascii",
    20866: "koi8-r",
    20932: "euc_jp",
    21866: "koi8-u",
    51932: "euc_jp",
    51949: "euc_kr",
    54936: "gb18030",
    65001: "utf-8",
}
"""Code pages whose name in Python is not cp and the number."""
_HEX = re.compile(r"0[xX]((?:[0-9A-Fa-f]{2})+)")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\", "0": "\0"}


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """The options that affect a load; row numbers count from 1, ``last_row`` None means the end of the file.

    The terminators are as written; ``terminator`` converts them once the file's encoding is known.
    ``encoding`` is Python's name of the CODEPAGE, None without one. ``max_errors`` is the number of bad rows that
    are skipped before the load fails.
    """

    wide: bool
    csv: bool
    quote: str
    field_terminator: str
    row_terminator: str
    first_row: int
    last_row: int | None
    max_errors: int
    keep_nulls: bool
    keep_identity: bool
    encoding: str | None


def no_data_source(name: str, line: int) -> SqlError:
    """Error 12703: the stand-in has no external data sources."""
    return sql_error(12703, name, line=line)


def read_options(options: Mapping[str, str | int | None], line: int) -> BulkOptions:
    """Check BULK INSERT's options (names in upper case, None for a bare keyword).

    Raises SqlError: 102 for an unknown option or a value of the wrong kind, 2775 for an unknown code page,
    12703 for DATA_SOURCE, 4878, 4880 and 5339 for values that do not go
    together, 40510 for what the stand-in lacks.
    """
    for name in options:
        if name not in _KNOWN:
            raise sql_error(102, name, line=line)
    for name in _REFUSED:
        if name in options:
            raise unsupported(f"BULK INSERT with {name}", line)
    if "DATA_SOURCE" in options:
        raise no_data_source(_text(options, "DATA_SOURCE", "", line), line)
    csv = _csv(options, line)
    file_type = _text(options, "DATAFILETYPE", "char", line).lower()
    if file_type not in ("char", "widechar", "native", "widenative"):
        raise sql_error(102, file_type, line=line)
    if "native" in file_type:
        if csv:
            raise sql_error(5339, line=line)
        raise unsupported(f"BULK INSERT with DATAFILETYPE = '{file_type}'", line)
    quote = _text(options, "FIELDQUOTE", '"', line)
    if len(quote) != 1:
        raise sql_error(4878, line=line)
    first_row = max(_integer(options, "FIRSTROW", 1, line), 1)
    last_row = _integer(options, "LASTROW", 0, line) or None
    if last_row is not None and first_row > last_row:
        raise sql_error(4880, line=line)
    return BulkOptions(
        wide=file_type == "widechar",
        csv=csv,
        quote=quote,
        field_terminator=_text(options, "FIELDTERMINATOR", "," if csv else "\\t", line),
        row_terminator=_text(options, "ROWTERMINATOR", "\\n", line),
        first_row=first_row,
        last_row=last_row,
        max_errors=_integer(options, "MAXERRORS", 10, line),
        keep_nulls="KEEPNULLS" in options,
        keep_identity="KEEPIDENTITY" in options,
        encoding=_encoding(_text(options, "CODEPAGE", "", line), line),
    )


def terminator(written: str, *, encoding: str, line: int) -> str:
    r"""Convert a terminator as written to the text that ends fields or rows in a file of ``encoding``.

    ``\t \n \r \\ \0`` are escapes and ``0x…`` gives bytes in the file's encoding (so ``0x0A00`` in a wide
    file). ``\n`` is a line feed here; ``bulk_file`` makes it CRLF for a file with CRLF.
    Raises SqlError 40510 for an empty terminator and for bytes that are not whole characters.
    """
    if not written:
        raise unsupported("BULK INSERT with an empty terminator", line)
    digits = _HEX.fullmatch(written)
    if digits is None:
        return re.sub(r"\\([tnr\\0])", lambda match: _ESCAPES[match[1]], written)
    try:
        return bytes.fromhex(digits[1]).decode(encoding)
    except UnicodeDecodeError:
        raise unsupported(f"BULK INSERT with the terminator '{written}' in a {encoding} file", line) from None


def _encoding(code_page: str, line: int) -> str | None:
    """Return Python's name of a code page; 'ACP' and 'RAW' are the collation's 1252, 'OEM' is 437."""
    if not code_page:
        return None
    number = {"ACP": "1252", "RAW": "1252", "OEM": "437"}.get(code_page.upper(), code_page)
    if not number.isdecimal():
        raise sql_error(102, code_page, line=line)
    name = _ENCODINGS.get(int(number), f"iso8859-{int(number) - 28590}" if number.startswith("2859") else f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise sql_error(2775, number, line=line) from None


def _csv(options: Mapping[str, str | int | None], line: int) -> bool:
    value = _text(options, "FORMAT", "", line)
    if value and value.upper() != "CSV":
        raise unsupported(f"BULK INSERT with FORMAT = '{value}'", line)
    if "FIELDQUOTE" in options and not value:
        raise unsupported("BULK INSERT with FIELDQUOTE but without FORMAT = 'CSV'", line)
    return bool(value)


def _text(options: Mapping[str, str | int | None], name: str, default: str, line: int) -> str:
    if name not in options:
        return default
    value = options[name]
    if value is None or (isinstance(value, int) and name != "CODEPAGE"):
        raise sql_error(102, name, line=line)
    return str(value)


def _integer(options: Mapping[str, str | int | None], name: str, default: int, line: int) -> int:
    value = options.get(name, default)
    if not isinstance(value, int) or value < 0:
        raise sql_error(102, name, line=line)
    return value
