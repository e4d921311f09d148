"""CSV by the source contract: one physical line, one row (docs/source_data.md, "Lines")."""

import re
from collections.abc import Sequence

MAX_FIELD = 4000
"""Longest field in UTF-16 code units, the unit of bronze's NVARCHAR(4000)."""

OPEN_QUOTE = "open quote"
"""Reason for a line that ends inside quotes."""

_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')


class BadLineError(ValueError):
    """A faulty line; ``column`` counts from 1, and is None if the fault is in the line as a whole."""

    def __init__(self, reason: str, column: int | None = None):
        super().__init__(reason)
        self.reason = reason
        self.column = column


def split_line(line: str) -> list[str]:
    """Split one line without its line end into fields.

    A field that begins with a quote ends at the closing one and holds commas and doubled quotes;
    a quote elsewhere is an ordinary character. Raises BadLineError for a quote that is left open or
    followed by text.
    """
    fields: list[str] = []
    position = 0
    while True:
        if line.startswith('"', position):
            quoted = _QUOTED.match(line, position)
            if quoted is None:
                raise BadLineError(OPEN_QUOTE, len(fields) + 1)
            fields.append(quoted[1].replace('""', '"'))
            position = quoted.end()
            if position < len(line) and line[position] != ",":
                raise BadLineError("text after a closing quote", len(fields))
        else:
            end = line.find(",", position)
            end = len(line) if end < 0 else end
            fields.append(line[position:end])
            position = end
        if position == len(line):
            return fields
        position += 1


def check_fields(fields: Sequence[str], expected: int) -> None:
    """Raise BadLineError unless there are ``expected`` fields that each fit NVARCHAR(4000)."""
    if len(fields) != expected:
        amount = "few" if len(fields) < expected else "many"
        raise BadLineError(f"too {amount} columns: {len(fields)} instead of {expected}")
    for column, field in enumerate(fields, start=1):
        if utf16_length(field) > MAX_FIELD:
            raise BadLineError(f"longer than {MAX_FIELD} characters", column)


def is_row(line: str, expected: int) -> bool:
    """Return whether a line splits into ``expected`` fields."""
    try:
        return len(split_line(line)) == expected
    except BadLineError:
        return False


def ends_inside_quotes(line: str) -> bool:
    """Return whether a quote of the line is left open."""
    try:
        split_line(line)
    except BadLineError as error:
        return error.reason == OPEN_QUOTE
    return False


def utf16_length(text: str) -> int:
    """Length of a text in UTF-16 code units, as NVARCHAR counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def shorten(text: str) -> str:
    """Cut a text to the length of NVARCHAR(4000), never through a surrogate pair."""
    return text[:MAX_FIELD].encode("utf-16-le")[: 2 * MAX_FIELD].decode("utf-16-le", errors="ignore")
