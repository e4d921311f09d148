r"""Splits a BULK INSERT data file into rows by the rules of the server's bulk provider: a stream, not lines.

Each field extends to its own terminator: the field terminator, or the row terminator for a row's last field. So
a row with too few fields continues in the next line, and a row with too many keeps the rest, terminators
included, in its last field. At the end of the file, a last field with text completes its row without a terminator;
an empty last field **drops the row silently**. A file that ends inside any other field is error 4832, unless the
rest is one row terminator. Skipped rows (FIRSTROW) are read like any other, but not converted.

ROWTERMINATOR = '\n' (also the default) is CRLF on a server on Windows and a line feed on Linux; here it is the end
of the file's first line. '0x0a' is always a line feed.

With FORMAT = 'CSV' a field is enclosed in quotes, with inner quotes doubled, or contains no quote at all. It must
end with the terminator of its position; anything else is error 4879 (7301 in a skipped row). A carriage return
before a line feed that ends a row belongs to the terminator. An empty field is NULL, quoted or not.

DuckDB's CSV reader splits the rows again, and faster. So each batch becomes a text of one line a row. Blocks of regular
rows only get other separators; blocks with an irregular row are split here, and their fields enclosed in quotes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from local_sqlserver.engine.bulk_options import BulkOptions, terminator
from local_sqlserver.errors import SqlError, sql_error

INVALID = "\ufffe"
"""Replaces bytes that are invalid in the file's encoding: a noncharacter, which no type accepts (4864)."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCK = 1 << 24
"""The size of a block in bytes. DuckDB stores a row group of 122,880 rows at once sooner than in parts."""
_LOOK_AHEAD = 1 << 20
"""The number of bytes in which the end of the first line is searched."""
_LONGEST_ROW = 1 << 26
"""The most characters of a row; a longer one means that the terminators are wrong (4866)."""


FIELD_SEPARATOR = "\x1f"
"""The character between the fields of a batch."""
_ORDINARY = bytes(set(range(256)) - {ord(FIELD_SEPARATOR), ord("\n")})
"""The bytes of UTF-8 that separate nothing in a batch."""
_BETWEEN_FIELDS, _BETWEEN_ROWS = f'"{FIELD_SEPARATOR}"', '"\n"'
"""The separators in a quoted batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows for DuckDB's CSV reader, which keeps every other character as it is.

    ``first_row`` is the number of the first row in the file. ``FIELD_SEPARATOR`` is between fields, a line feed after
    each row. If ``quoted``, each field is enclosed in quotes, and a quote in it doubled; else a quote is like any other
    character. ``odd`` means that a field may contain NUL or ``INVALID``.
    """

    first_row: int
    rows: int
    text: bytes
    quoted: bool
    odd: bool


class DataFile:
    """Reads the rows, of ``columns`` fields each, of one open data file; ``path`` is its name in messages.

    ``notices`` contains the message 4830 or 4831 if the byte order mark contradicts DATAFILETYPE; the mark decides.
    """

    def __init__(self, file: BinaryIO, path: str, columns: int, options: BulkOptions, line: int) -> None:
        self._file = file
        self._path = path
        self._columns = columns
        self._options = options
        self._line = line
        self._row = 1
        self.notices: list[SqlError] = []
        self.encoding = self._detect_encoding()
        self._field_end = terminator(options.field_terminator, encoding=self.encoding, line=line)
        self._row_end = self._detect_row_end()
        row_end_characters = set(self._row_end)
        self._separable = len(row_end_characters) == len(self._row_end) and row_end_characters.isdisjoint(
            self._field_end
        )
        quote, field_end = re.escape(options.quote), re.escape(self._field_end)
        row_end = "\r?\n" if self._row_end == "\n" else re.escape(self._row_end)
        self._quoted = re.compile(rf"{quote}((?:[^{quote}]|{quote}{quote})*+){quote}")
        self._unquoted = re.compile(rf"((?:(?!{field_end}|{row_end})[^{quote}])*+)")
        self._csv_field_end = re.compile(field_end)
        self._csv_row_end = re.compile(row_end)

    def batches(self) -> Iterator[Batch]:
        """Yield the rows from FIRSTROW to LASTROW. Raises SqlError 4832, 4866, 4879 or 7301."""
        rest = ""
        for block, final in self._blocks():
            rest += block
            batch, rest = self._regular_rows(rest)
            if batch is not None:
                yield batch
            if self._past_last_row():
                return
            if final or self._row_end in rest or len(rest) > _LONGEST_ROW:
                rows, rest = self._rows(rest, final=final)
                batch = self._separated(rows)
                if batch is not None:
                    yield batch
                if self._past_last_row():
                    return
            if len(rest) > _LONGEST_ROW:
                raise self._too_long(rest)

    def _past_last_row(self) -> bool:
        return self._options.last_row is not None and self._row > self._options.last_row

    def _detect_encoding(self) -> str:
        start = self._file.read(3)
        marked = start.startswith(codecs.BOM_UTF16_LE)
        if marked != self._options.wide:
            self.notices = [sql_error(4831 if self._options.wide else 4830, line=self._line)]
        encoding = "utf-16-le" if marked else self._options.encoding or "utf-8"
        utf8_mark = start == codecs.BOM_UTF8 and encoding == "utf-8"
        self._file.seek(2 if marked else 3 if utf8_mark else 0)
        return encoding

    def _detect_row_end(self) -> str:
        """Return the row terminator; a line feed as an escape means the end of the first line: LF or CRLF."""
        written = terminator(self._options.row_terminator, encoding=self.encoding, line=self._line)
        if self._options.csv or self._options.row_terminator != "\\n":
            return written
        start = self._file.tell()
        first_line, line_feed, _ = self._file.read(_LOOK_AHEAD).decode(self.encoding, "replace").partition("\n")
        self._file.seek(start)
        return "\r\n" if line_feed and first_line.endswith("\r") else written

    def _blocks(self) -> Iterator[tuple[str, bool]]:
        """Yield the text in blocks, each with whether it is the last; invalid bytes become ``INVALID``."""
        errors = "surrogatepass" if self.encoding == "utf-16-le" else "surrogateescape"
        decoder = codecs.getincrementaldecoder(self.encoding)(errors=errors)
        while block := self._file.read(_BLOCK):
            yield _valid(decoder.decode(block)), False
        try:
            yield _valid(decoder.decode(b"", final=True)), True
        except UnicodeDecodeError:
            raise self._unexpected_end() from None

    def _regular_rows(self, text: str) -> tuple[Batch | None, str]:
        """Split ``text`` into its complete lines and the rest; all is rest if a line has a wrong number of fields."""
        may_be_quoted = self._options.csv and self._options.quote in text
        end = text.rfind(self._row_end) if self._separable and not may_be_quoted else -1
        if end < 0:
            return None, text
        end += len(self._row_end)
        lines = self._separated_anew(text[:end])
        content = lines.encode()
        rows = content.count(b"\n")
        shape = (FIELD_SEPARATOR * (self._columns - 1) + "\n").encode()
        if not rows or content.translate(None, _ORDINARY) != shape * rows:
            return None, text
        first, self._row = self._row, self._row + rows
        wanted = self._wanted(first, rows)
        if not wanted:
            return None, text[end:]
        if wanted.stop < rows:
            content = content[: _after(content, wanted.stop)]
        content = content[_after(content, wanted.start) :]
        # The CSV reader takes a carriage return for the end of a row, and skips a mark at the start of the text.
        quoted = "\r" in lines or "\ufeff" in lines
        if quoted:
            content = _quoted(content)
        return Batch(first + wanted.start, len(wanted), content, quoted, _is_odd(lines)), text[end:]

    def _separated_anew(self, lines: str) -> str:
        """Return complete lines with the separators of a batch; '' if a field contains one."""
        if self._options.csv and self._row_end == "\n":
            lines = lines.replace("\r\n", "\n")
        if self._row_end != "\n":
            if lines.count("\n") != lines.count(self._row_end) * self._row_end.count("\n"):
                return ""
            lines = lines.replace(self._row_end, "\n")
        # A single column takes field terminators as text, except in CSV.
        if (self._columns > 1 or self._options.csv) and self._field_end != FIELD_SEPARATOR:
            if FIELD_SEPARATOR in lines:
                return ""
            lines = lines.replace(self._field_end, FIELD_SEPARATOR)
        return lines

    def _separated(self, rows: list[list[str]]) -> Batch | None:
        """Join split rows; None if none of them is wanted."""
        first = self._row - len(rows)
        wanted = self._wanted(first, len(rows))
        if not wanted:
            return None
        kept = rows[wanted.start : wanted.stop]
        inner = _BETWEEN_ROWS.join(_BETWEEN_FIELDS.join(field.replace('"', '""') for field in row) for row in kept)
        return Batch(first + wanted.start, len(wanted), f'"{inner}"\n'.encode(), quoted=True, odd=_is_odd(inner))

    def _wanted(self, first: int, rows: int) -> range:
        """Return the positions, of ``rows`` rows from number ``first`` on, between FIRSTROW and LASTROW."""
        last = self._options.last_row
        stop = rows if last is None else min(rows, last + 1 - first)
        return range(min(max(self._options.first_row - first, 0), rows), stop)

    def _rows(self, text: str, *, final: bool) -> tuple[list[list[str]], str]:
        """Split rows one by one; return them and the text after them (empty if ``final``)."""
        rows: list[list[str]] = []
        position = 0
        while position < len(text) and not self._past_last_row():
            read = self._csv_row if self._options.csv else self._plain_row
            found = read(text, position, final=final)
            if found is None:
                if final:
                    position = len(text)
                break
            fields, position = found
            rows.append(fields)
            self._row += 1
        return rows, text[position:]

    def _plain_row(self, text: str, position: int, *, final: bool) -> tuple[list[str], int] | None:
        """Read one row; None if it needs more text or, at the end of the file, none is left."""
        fields: list[str] = []
        for index in range(self._columns):
            last = index == self._columns - 1
            mark = self._row_end if last else self._field_end
            end = text.find(mark, position)
            if end < 0:
                if not final:
                    return None
                rest = text[position:]
                if last and rest:
                    return [*fields, rest], len(text)
                if last or rest == self._row_end:
                    return None
                raise self._unexpected_end()
            fields.append(text[position:end])
            position = end + len(mark)
        return fields, position

    def _csv_row(self, text: str, position: int, *, final: bool) -> tuple[list[str], int] | None:
        """Read one CSV record; None as in ``_plain_row``."""
        quote = self._options.quote
        fields: list[str] = []
        for index in range(self._columns):
            last = index == self._columns - 1
            if position == len(text):
                if not final or last or index == 0:
                    return None
                raise self._unexpected_end()
            quoted = text[position] == quote
            found = (self._quoted if quoted else self._unquoted).match(text, position)
            if found is None:  # the quote is never closed
                if not final:
                    return None
                raise self._unexpected_end()
            end = found.end()
            # A quote or a carriage return at the end of a block may belong to the first character of the next.
            if not final and len(text) - end <= len(self._row_end) + len(self._field_end):
                return None
            value = found[1].replace(quote + quote, quote) if quoted else found[1]
            fields.append(value)
            if end == len(text):
                if not last:
                    raise self._unexpected_end()
                return fields, end
            mark = (self._csv_row_end if last else self._csv_field_end).match(text, end)
            if mark is None:
                raise self._invalid_value(index + 1)
            position = mark.end()
        return fields, position

    def _invalid_value(self, column: int) -> SqlError:
        if self._row < self._options.first_row:
            return sql_error(7301, "IID_IColumnsInfo", "BULK", "(null)", line=self._line)
        return sql_error(4879, self._path, self._row, column, line=self._line)

    def _unexpected_end(self) -> SqlError:
        return sql_error(4832, line=self._line)

    def _too_long(self, text: str) -> SqlError:
        column = min(text.count(self._field_end) + 1, self._columns)
        return sql_error(4866, self._row, column, line=self._line)


def _valid(text: str) -> str:
    """Replace lone surrogates, which stand for invalid bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(INVALID, text)
    return text


def _is_odd(text: str) -> bool:
    return "\0" in text or INVALID in text


def _quoted(content: bytes) -> bytes:
    """Enclose the fields of complete rows in quotes."""
    inner = content[:-1].replace(b'"', b'""').replace(FIELD_SEPARATOR.encode(), _BETWEEN_FIELDS.encode())
    return b'"' + inner.replace(b"\n", _BETWEEN_ROWS.encode()) + b'"\n'


def _after(content: bytes, lines: int) -> int:
    """Return the position after the first lines of a text."""
    position = 0
    for _ in range(lines):
        position = content.index(b"\n", position) + 1
    return position
