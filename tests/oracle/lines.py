"""A source file as lines: rows, blank ones, broken ones (docs/source_data.md, "Lines")."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LONGEST_FIELD = 4000
"""In UTF-16 code units, as NVARCHAR counts characters."""


@dataclass(frozen=True)
class SourceLines:
    """The lines of one file, as staging must judge them.

    ``rows`` has the file's columns as text and ``source_line``, the physical line (the header is line 1).
    ``broken`` lists the lines that staging rejects, each with the column at fault: None when it is the
    number of columns.
    """

    rows: pd.DataFrame
    broken: list[tuple[int, str | None]]

    @property
    def file_rows(self) -> int:
        """Lines that are rows: neither the header nor blank."""
        return len(self.rows) + len(self.broken)


class BrokenLineError(ValueError):
    """A faulty line; ``column`` is the index of the faulty field, or None; ``is_open``: no quote ends it."""

    def __init__(self, column: int | None, *, is_open: bool = False):
        super().__init__()
        self.column = column
        self.is_open = is_open


def read_lines(path: Path, header: str) -> SourceLines:
    """Read one file. Raises ValueError when it is not text with exactly this header: the drop is bad."""
    data = path.read_bytes()
    if b"\0" in data:
        raise ValueError(f"{path}: not text")
    lines = data.decode("utf-8-sig").split("\n")
    if lines[-1] == "":
        lines.pop()
    names = header.split(",")
    if not lines or split_fields(lines[0].removesuffix("\r")) != names:
        raise ValueError(f"{path}: the header is not {header}")

    # The fields of all rows in one list, because a list a row would cost more than the rest together.
    fields: list[str] = []
    numbers: list[int] = []
    broken: list[tuple[int, str | None]] = []
    unfinished, column = "", 0  # the rejected lines of a quoted field that has not ended yet, and its column
    for number, raw in enumerate(lines[1:], start=2):
        line = raw.removesuffix("\r")
        if not line.strip(" "):
            unfinished += f"{line}\n" if unfinished else ""
            continue
        if unfinished and _has_fields(unfinished + line, len(names)):
            broken.append((number, column_name(names, column)))
            unfinished = ""
            continue
        try:
            fields.extend(row_fields(line.replace("\t", " ").replace("\r", " "), len(names)))
            numbers.append(number)
            unfinished = ""
        except BrokenLineError as error:
            broken.append((number, None if error.column is None else column_name(names, error.column)))
            if unfinished and _open_field(unfinished + line) is not None:
                unfinished += line + "\n"
            else:
                opened = _open_field(line)
                unfinished, column = ("", 0) if opened is None else (line + "\n", opened)

    columns = {name: fields[index :: len(names)] for index, name in enumerate(names)}
    frame = pd.DataFrame(columns, dtype=object)
    return SourceLines(frame.assign(source_line=pd.Series(numbers, dtype="int64")), broken)


def _has_fields(line: str, columns: int) -> bool:
    try:
        return len(split_fields(line)) == columns
    except BrokenLineError:
        return False


def _open_field(line: str) -> int | None:
    """Return the index of the field that no quote ends."""
    try:
        split_fields(line)
    except BrokenLineError as error:
        return error.column if error.is_open else None
    return None


def column_name(names: list[str], index: int) -> str:
    """Name the column of a field; a field beyond the last column has only its number, counted from 1."""
    return names[index] if index < len(names) else str(index + 1)


def row_fields(line: str, columns: int) -> list[str]:
    """Split a line into ``columns`` fields. Raises BrokenLineError for a faulty line."""
    fields = split_fields(line)
    if len(fields) != columns:
        raise BrokenLineError(None)
    if len(line) > LONGEST_FIELD // 2:  # no field of a shorter line can be too long, even in surrogate pairs
        for index, field in enumerate(fields):
            if utf16_length(field) > LONGEST_FIELD:
                raise BrokenLineError(index)
    return fields


def split_fields(line: str) -> list[str]:
    """Split at commas outside quotes. Raises BrokenLineError for an open quote or text after a closed one."""
    pieces = line.split(",")
    if '"' not in line:
        return pieces
    fields: list[str] = []
    pending = iter(pieces)
    for piece in pending:
        if not piece.startswith('"'):
            fields.append(piece)
            continue
        # Pieces belong to the quoted field up to the first one that makes the number of quotes even.
        quoted = piece
        while quoted.count('"') % 2:
            following = next(pending, None)
            if following is None:
                raise BrokenLineError(len(fields), is_open=True)
            quoted += "," + following
        inner = quoted[1:-1].replace('""', "")
        if not quoted.endswith('"') or '"' in inner:
            raise BrokenLineError(len(fields))
        fields.append(quoted[1:-1].replace('""', '"'))
    return fields


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
