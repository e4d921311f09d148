"""Staging: reads a drop strictly as CSV in UTF-8 and writes the copy that SQL Server can BULK INSERT.

    python -m warehouse.staging --source data --landing .local/landing/1

Every file of the landing folder is UTF-16LE with BOM, a header line first, tab between fields, LF after
every line. ``dwh_source_line`` is the last column of the data files. ``manifest.txt`` has the row counts of each
file, ``rejected.txt`` the faulty lines, and ``checksums.txt`` size and SHA-256 of the other files, by which
SQL Server detects later changes. A faulty file stops the batch with a StagingError and leaves no partial landing
folder. The drop itself is only read.
"""

import argparse
import codecs
import errno
import hashlib
import logging
import os
import shutil
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, NoReturn

from warehouse.csv_lines import (
    MAX_FIELD,
    BadLineError,
    check_fields,
    ends_inside_quotes,
    is_row,
    shorten,
    split_line,
)
from warehouse.sources import SOURCE_FILES, SourceFile

log = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 17
"""Bytes that are read at once. Each line of a block is parsed if one of them must be."""
MAX_LINE = 1 << 20
"""Longest accepted line in characters; nine fields of 4000 characters are far shorter."""
PROGRESS_ROWS = 500_000
LOGGED_REJECTS = 20
"""Rejected lines that the log lists per file; rejected.txt has all of them."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Errors of a write that a retry does not help."""

REJECT_COLUMNS = ("source_table", "source_file", "source_line", "column_name", "reason", "raw_row")
CHECKSUM_COLUMNS = ("landing_file", "bytes", "sha256")
_BLANKS = str.maketrans("\t\r\n", "   ")
_NO_SEPARATORS = bytes(set(range(256)) - set(b",\n"))

PACKED = {
    b"\x1f\x8b": "packed by gzip. Unpack it",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook. Unpack it, or save it as CSV",
    b"\xd0\xcf\x11\xe0": "an Excel workbook. Save it as CSV",
}
"""First bytes of files that are no text → what the file is, and the way out."""

INVISIBLE = "".join(
    map(chr, (0x85, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, *range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x205F, 0x2060))
) + "".join(map(chr, (*range(0x2066, 0x206A), 0x3000, 0xFEFF)))
"""Spaces and characters of no width, the blank excepted: what silver.trimmed_characters removes from ends of texts."""


class StagingError(Exception):
    """A file of the drop is faulty; the message names file, line and column, and the remedy."""


@dataclass
class StagedFile:
    """The result of staging one file; the fields are the columns of manifest.txt."""

    source_table: str
    source_file: str
    landing_file: str
    rows_read: int = 0
    rows_written: int = 0
    rows_rejected: int = 0
    blank_lines: int = 0
    replaced_characters: int = 0
    invisible_ends: int = 0
    open_lines: int = 0
    bytes: int = 0
    sha256: str = ""


@dataclass
class Manifest:
    """The result of staging a drop, file by file."""

    files: list[StagedFile] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Rows of all files, rejected ones included."""
        return sum(file.rows_read for file in self.files)

    @property
    def rows_rejected(self) -> int:
        """Rejected lines of all files."""
        return sum(file.rows_rejected for file in self.files)


class _LandingFile:
    """A text file as BULK INSERT reads it with DATAFILETYPE 'widechar', tab and LF; counts and hashes its bytes."""

    def __init__(self, path: Path, columns: Iterable[str]):
        self._path = path
        self.bytes = 0
        self.sha256 = hashlib.sha256()
        with self._naming_the_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb")
        self._write(codecs.BOM_UTF16_LE)
        self.write(["\t".join(columns) + "\n"])

    def write(self, lines: Iterable[str]) -> None:
        """Append lines that carry their LF already."""
        self._write("".join(lines).encode("utf-16-le"))

    def _write(self, data: bytes) -> None:
        self.bytes += len(data)
        self.sha256.update(data)
        with self._naming_the_file():
            self._file.write(data)

    def __enter__(self) -> "_LandingFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:  # keep the first error: one about the rest of a buffer would hide it
            with suppress(OSError):
                self._file.close()
            return
        with self._naming_the_file():
            self._file.close()

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        """Add the file's name to errors of a write, which do not contain it."""
        try:
            yield
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise StagingError(
                f"{self._path}: cannot be written: {error.strerror}. Make room on that disk and run again."
            ) from error


def stage(source: Path, landing: Path) -> Manifest:
    """Stage the drop in ``source`` into the folder ``landing`` and return the manifest.

    The copy is written beside ``landing`` and renamed at the end; it replaces the landing folder of an earlier run of
    the same batch. Raises StagingError with the complaints about all files together.
    """
    source, landing = source.absolute(), landing.absolute()
    _check_folders(source, landing)
    landing.parent.mkdir(parents=True, exist_ok=True)
    for leftover in landing.parent.glob(f".{landing.name}.*.partial"):  # of a run that was killed
        shutil.rmtree(leftover)
    partial = landing.with_name(f".{landing.name}.{uuid.uuid4().hex}.partial")
    partial.mkdir()
    try:
        manifest = _stage_files(source, partial)
        _replace(landing, partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _check_folders(source: Path, landing: Path) -> None:
    """Refuse folders with which the last step would replace files that staging did not write."""
    if not source.is_dir():
        raise StagingError(f"{source}: no such folder. Name the folder that holds source_crm/ and source_erp/.")
    if landing.resolve() == source.resolve() or landing.resolve() in source.resolve().parents:
        raise StagingError(f"{landing}: contains the drop. Stage into a folder of its own.")
    # One of the two suffices, because a damaged landing folder may lack the other.
    if landing.exists() and not any((landing / name).is_file() for name in ("manifest.txt", "checksums.txt")):
        raise StagingError(
            f"{landing}: exists and is not a landing folder (no manifest.txt, no checksums.txt), so it is not "
            "replaced. Name another folder or remove it."
        )


def _replace(landing: Path, partial: Path) -> None:
    """Put ``partial`` in the place of ``landing``, by two renames, because there is no portable swap."""
    if not landing.exists():
        partial.rename(landing)
        return
    old = landing.with_name(f".{landing.name}.{uuid.uuid4().hex}.partial")
    landing.rename(old)
    partial.rename(landing)
    shutil.rmtree(old)


def _stage_files(source: Path, landing: Path) -> Manifest:
    manifest = Manifest()
    written: dict[str, _LandingFile] = {}
    complaints: list[str] = []
    with _LandingFile(landing / "rejected.txt", REJECT_COLUMNS) as rejects:
        written["rejected.txt"] = rejects
        for source_file in SOURCE_FILES:
            try:
                stager = _FileStager(source, landing, source_file, rejects)
                manifest.files.append(stager.run())
                written[source_file.landing_path] = stager.written
            except StagingError as error:
                complaints.append(str(error))
    if complaints:
        raise StagingError("\n".join(complaints))
    with _LandingFile(landing / "manifest.txt", (column.name for column in fields(StagedFile))) as out:
        written["manifest.txt"] = out
        out.write("\t".join(map(str, astuple(file))) + "\n" for file in manifest.files)
    with _LandingFile(landing / "checksums.txt", CHECKSUM_COLUMNS) as out:
        out.write(f"{name}\t{file.bytes}\t{file.sha256.hexdigest()}\n" for name, file in written.items())
    return manifest


@dataclass(frozen=True)
class _OpenQuote:
    """Rejected lines that end inside a quoted field: their text, the first and the last line, the field's column."""

    text: str
    first: int
    last: int
    column: int | None


class _FileStager:
    """Stages one file: reads blocks of bytes, writes batches of lines; the block bounds the memory."""

    def __init__(self, source: Path, landing: Path, source_file: SourceFile, rejects: _LandingFile):
        self._path = source / source_file.path
        self._landing_path = landing / source_file.landing_path
        self._source_file = source_file
        self._rejects = rejects
        self._line = 0  # physical lines done; the header is line 1
        self._open: _OpenQuote | None = None
        self._result = StagedFile(source_file.table, source_file.path, source_file.landing_path)
        self.written: _LandingFile

    def run(self) -> StagedFile:
        """Stage the file into ``written``; raises StagingError if it is faulty."""
        columns = (*self._source_file.columns, "dwh_source_line")
        try:
            self._check_is_file()
            log.info("%s: staging from %s", self._source_file.path, self._path)
            with self._path.open("rb") as file, _LandingFile(self._landing_path, columns) as out:
                self.written = out
                before = os.fstat(file.fileno())
                for text in self._read(file):
                    out.write([self._convert(text)])
                after = os.fstat(file.fileno())
        except PermissionError as error:
            raise StagingError(f"{error.filename}: {error.strerror}. Grant access to the staging user.") from error
        if self._line == 0:
            raise StagingError(f"{self._path}, line 1: the file is empty. {self._expected_header()}")
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise StagingError(f"{self._path}: changed while it was read. Run again once it is complete.")
        result = self._result
        log.info(
            "%s: %d rows read, %d written, %d rejected; %d blank lines, %d characters replaced, "
            "%d values with invisible characters at an end",
            result.source_file,
            result.rows_read,
            result.rows_written,
            result.rows_rejected,
            result.blank_lines,
            result.replaced_characters,
            result.invisible_ends,
        )
        return result

    def _check_is_file(self) -> None:
        if self._path.is_file():
            return
        if self._path.exists():
            raise StagingError(f"{self._path}: is not a regular file. Deliver the CSV file of that name.")
        if self._path.is_symlink():
            raise StagingError(
                f"{self._path}: is a link to {self._path.readlink()}, which does not exist. "
                "Correct the link or deliver the file itself, and run again."
            )
        twins = [
            twin.name
            for twin in (self._path.parent.iterdir() if self._path.parent.is_dir() else ())
            if twin.name.lower() == self._path.name.lower()
        ]
        found = f" There is {twins[0]}: the case of the name counts." if twins else ""
        raise StagingError(f"{self._path}: missing.{found} Deliver it and run again.")

    def _read(self, file: BinaryIO) -> Iterator[str]:
        """Yield the physical lines in batches, without the LF of the last; hashes, decodes and checks them."""
        digest = hashlib.sha256()
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        tail = ""  # the incomplete last line of the previous block
        start = True
        while True:
            block = file.read(BLOCK_BYTES)
            if not self._result.bytes:
                for mark, packed in PACKED.items():
                    if block.startswith(mark):
                        raise StagingError(f"{self._path}, line 1: the file is {packed} and run again.")
            digest.update(block)
            self._result.bytes += len(block)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                before = tail + error.object[: error.start].decode("utf-8")
                self._fail_in_text(before, self._explain_bytes(error.object, error.start))
            if start and text:
                text, start = text.removeprefix("\ufeff"), False
            nul = text.find("\0")
            if nul >= 0:
                self._fail_in_text(
                    tail + text[:nul],
                    "a NUL byte; the file is not text or damaged. Deliver it again as UTF-8.",
                )
            lines, line_end, tail = (tail + text).rpartition("\n")
            if len(tail) > 2 * MAX_LINE:  # keeps memory bounded; still too long for any row
                tail = tail[: MAX_LINE + 1]
            if line_end:
                yield lines
            if not block:
                break
        if tail:
            self._result.open_lines = 1
            yield tail
        self._result.sha256 = digest.hexdigest()

    def _fail_in_text(self, before: str, what: str) -> NoReturn:
        """Raise for the character after ``before``, the preceding text of the unfinished lines."""
        *done, last = before.split("\n")
        try:
            column = len(split_line(last))
        except BadLineError as error:  # inside quotes
            column = error.column or 1
        character = str(len(last) + 1) if len(last) <= MAX_LINE else f"beyond {MAX_LINE}"
        raise StagingError(
            f"{self._path}, line {self._line + len(done) + 1}, column {self._column_name(column)}, "
            f"character {character} of the line: {what}"
        )

    @staticmethod
    def _explain_bytes(data: bytes, position: int) -> str:
        # UTF-32 first, because its little-endian mark begins with UTF-16's.
        if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return "the file is UTF-32, not UTF-8. Save it as UTF-8 and run again."
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "the file is UTF-16, not UTF-8. Save it as UTF-8 and run again."
        return (
            f"byte 0x{data[position]:02X} is not UTF-8 (often a file saved as Windows-1252). "
            "Save it as UTF-8 and run again."
        )

    def _column_name(self, column: int) -> str:
        """Name of a column counted from 1; the number itself beyond the last column."""
        columns = self._source_file.columns
        return columns[column - 1] if column <= len(columns) else str(column)

    def _expected_header(self) -> str:
        return f"Its first line must be {','.join(self._source_file.columns)}"

    def _check_header(self, line: str) -> None:
        try:
            names = split_line(line)
        except BadLineError as error:
            raise StagingError(
                f"{self._path}, line 1, column {error.column}: {error.reason} in the header. {self._expected_header()}"
            ) from error
        for number, (expected, name) in enumerate(
            zip_longest(self._source_file.columns, names, fillvalue=None), start=1
        ):
            if name != expected:
                found = "nothing" if name is None else repr(shorten(name))
                wanted = "the end of the line" if expected is None else repr(expected)
                raise StagingError(
                    f"{self._path}, line 1, column {number}: the header has {found} instead of {wanted}. "
                    f"{self._expected_header()}"
                )

    def _convert(self, text: str) -> str:
        """Convert physical lines to lines of the landing file; count all, and reject faulty ones."""
        result, first = self._result, self._line + 1
        lines = text.removesuffix("\r").replace("\r\n", "\n").split("\n")
        self._line += len(lines)
        if first == 1:
            self._check_header(lines.pop(0))
            first = 2
        if self._are_plain(lines):
            written = "".join([f"{line}\t{number}\n" for number, line in enumerate(lines, first)]).replace(",", "\t")
            result.rows_written += len(lines)
            if any(character in written for character in INVISIBLE):
                for line in lines:
                    self._count_invisible_ends(line.split(","))
        else:
            rows = [row for number, line in enumerate(lines, first) for row in self._parse(line, number)]
            written = "".join(rows)
            result.rows_written += len(rows)
        result.rows_read = result.rows_written + result.rows_rejected
        if first // PROGRESS_ROWS != self._line // PROGRESS_ROWS:
            log.info("%s: %d lines so far", self._source_file.path, self._line)
        return written

    def _are_plain(self, lines: Sequence[str]) -> bool:
        """Return whether each line is a row that needs no parsing, as most lines of real files are."""
        text = "\n".join(lines)
        if any(character in text for character in '"\t\r'):
            return False
        separators = text.encode().translate(None, _NO_SEPARATORS)
        row = b"," * (len(self._source_file.columns) - 1)
        # As many code points are at most MAX_FIELD code units.
        return separators == b"\n".join([row] * len(lines)) and max(map(len, lines), default=0) <= MAX_FIELD // 2

    def _parse(self, line: str, number: int) -> list[str]:
        """Return the landing line of a line that must be parsed; an empty list if it is blank or was rejected."""
        if len(line) <= MAX_LINE and not line.strip(" "):
            self._result.blank_lines += 1
            if self._open and self._open.last == number - 1:
                self._open = replace(self._open, text=f"{self._open.text}\n{line}", last=number)
            return []
        columns = len(self._source_file.columns)
        before = self._open if self._open and self._open.last == number - 1 else None
        joined = before.text + "\n" + line if before and len(before.text) + len(line) < MAX_LINE else line
        try:
            if len(line) > MAX_LINE:
                raise BadLineError(f"line longer than {MAX_LINE} characters")
            # The rest of a field with a line end in it may look like a row, and would supersede the row with its key.
            if before and is_row(joined, columns):
                raise BadLineError(f"continues the quoted field of line {before.first}", before.column)
            values = split_line(line)
            check_fields(values, columns)
        except BadLineError as error:
            self._reject(line, number, error)
            if before and ends_inside_quotes(joined):
                self._open = _OpenQuote(joined, before.first, number, before.column)
            elif len(line) <= MAX_LINE and ends_inside_quotes(line):
                self._open = _OpenQuote(line, number, number, error.column)
            return []
        self._result.replaced_characters += line.count("\t") + line.count("\r")
        values = [value.translate(_BLANKS) for value in values]
        self._count_invisible_ends(values)
        return ["\t".join([*values, f"{number}\n"])]

    def _count_invisible_ends(self, values: Iterable[str]) -> None:
        bare = (value.strip(" ") for value in values)
        self._result.invisible_ends += sum(value != value.strip(INVISIBLE) for value in bare)

    def _reject(self, line: str, number: int, error: BadLineError) -> None:
        column = "" if error.column is None else self._column_name(error.column)
        self._result.rows_rejected += 1
        if self._result.rows_rejected <= LOGGED_REJECTS:
            log.warning(
                "%s, line %d, column %s: rejected: %s",
                self._source_file.path,
                number,
                column or "-",
                error.reason,
            )
        row = (
            self._source_file.table,
            self._source_file.path,
            str(number),
            column,
            error.reason,
            shorten(line.translate(_BLANKS)),
        )
        self._rejects.write(["\t".join(row) + "\n"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: stages a drop and prints one line a file; returns 1 if the drop is faulty."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.staging", description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="folder with source_crm/ and source_erp/")
    parser.add_argument("--landing", type=Path, required=True, help="folder to write; created or replaced")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        manifest = stage(options.source, options.landing)
    except StagingError as error:
        print(error, file=sys.stderr)
        return 1
    for file in manifest.files:
        print(f"{file.source_file:28} {file.rows_read:>10,} rows, {file.rows_rejected:,} rejected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
