"""Drops that fail as a whole: a faulty file stops the load, and the error names the place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.days.drop import AZ12, BASE, CUST, LOC, PRD, PX, SALES, file_of, header, write_drop


@dataclass(frozen=True)
class BadDrop:
    """A function that writes the drop into a folder, and the texts that the error must contain: file, line, column."""

    build: Callable[[Path], None]
    mentions: tuple[str, ...]


def _with_bytes(table: str, data: bytes, folder: Path) -> None:
    write_drop(folder, BASE)
    (folder / file_of(table)).write_bytes(data)


def _with_header(table: str, line: str, folder: Path) -> None:
    _with_bytes(table, "\n".join((line, *BASE[table], "")).encode(), folder)


def _with_line(table: str, line: bytes, folder: Path) -> None:
    """Put ``line`` in the place of line 3, the second below the header."""
    first, _, *others = (text.encode() for text in BASE[table])
    _with_bytes(table, b"\n".join((header(table).encode(), first, line, *others, b"")), folder)


def _without_file(folder: Path) -> None:
    write_drop(folder, BASE)
    (folder / file_of(SALES)).unlink()


def _without_folder(folder: Path) -> None:
    write_drop(folder, BASE)
    for table in (AZ12, LOC, PX):
        (folder / file_of(table)).unlink()
    (folder / "source_erp").rmdir()


def _with_folder_as_file(folder: Path) -> None:
    _without_file(folder)
    (folder / file_of(SALES)).mkdir()


def _with_two_bad_files(folder: Path) -> None:
    _with_header(PX, "ID,CAT,SUBCAT", folder)
    (folder / file_of(SALES)).unlink()


_CUST_HEADER = header(CUST)

BAD: dict[str, BadDrop] = {
    "a missing file": BadDrop(_without_file, (file_of(SALES), "missing")),
    "a missing folder": BadDrop(_without_folder, (file_of(AZ12), file_of(LOC), file_of(PX), "missing")),
    "a folder in the place of a file": BadDrop(_with_folder_as_file, (file_of(SALES),)),
    "an empty file": BadDrop(partial(_with_bytes, LOC, b""), (file_of(LOC), "line 1", "empty")),
    "a byte order mark and nothing else": BadDrop(
        partial(_with_bytes, LOC, b"\xef\xbb\xbf"), (file_of(LOC), "line 1", "empty")
    ),
    "blank lines only": BadDrop(partial(_with_bytes, LOC, b"\n\n  \n"), (file_of(LOC), "line 1", "CID")),
    "a blank line before the header": BadDrop(
        partial(_with_header, PX, "\n" + header(PX)), (file_of(PX), "line 1", "ID")
    ),
    "no header": BadDrop(partial(_with_header, LOC, "AW-00011009,DE"), (file_of(LOC), "line 1", "CID")),
    "a header without one of the columns": BadDrop(
        partial(_with_header, CUST, _CUST_HEADER.replace("cst_firstname,", "")),
        (file_of(CUST), "line 1", "cst_firstname"),
    ),
    "a header without the last column": BadDrop(
        partial(_with_header, CUST, _CUST_HEADER.removesuffix(",cst_create_date")),
        (file_of(CUST), "line 1", "cst_create_date"),
    ),
    "a header with a column more": BadDrop(
        partial(_with_header, PRD, header(PRD) + ",prd_colour"), (file_of(PRD), "line 1", "prd_colour")
    ),
    "a header with two columns swapped": BadDrop(
        partial(
            _with_header,
            CUST,
            _CUST_HEADER.replace("cst_firstname,cst_lastname", "cst_lastname,cst_firstname"),
        ),
        (file_of(CUST), "line 1", "cst_firstname", "cst_lastname"),
    ),
    "a header with semicolons": BadDrop(partial(_with_header, AZ12, "CID;BDATE;GEN"), (file_of(AZ12), "line 1", "CID")),
    "a header with an open quote": BadDrop(
        partial(_with_header, AZ12, 'CID,"BDATE,GEN'), (file_of(AZ12), "line 1", "column 2")
    ),
    "a name in Windows-1252": BadDrop(
        partial(_with_line, CUST, "11001,AW00011001,Ilse,Núñez,S,F,2023-02-01".encode("cp1252")),
        (file_of(CUST), "line 3", "cst_lastname", "character 24", "0xFA"),
    ),
    "a character cut off at the end of the file": BadDrop(
        partial(_with_bytes, LOC, b"CID,CNTRY\nAW-00011000,\xc3"), (file_of(LOC), "line 2", "CNTRY", "0xC3")
    ),
    "UTF-16": BadDrop(
        partial(_with_bytes, LOC, "CID,CNTRY\nAW-00011000,DE\n".encode("utf-16")),
        (file_of(LOC), "line 1", "UTF-16"),
    ),
    "a NUL byte in a text": BadDrop(
        partial(_with_line, CUST, b"11001,AW00011001,Il\0se,Brandt,S,F,2023-02-01"),
        (file_of(CUST), "line 3", "cst_firstname", "NUL"),
    ),
    "a block of NUL bytes after a crash": BadDrop(
        partial(_with_bytes, LOC, b"CID,CNTRY\nAW-00011000,DE\n" + bytes(4096)),
        (file_of(LOC), "line 3", "CID", "NUL"),
    ),
    "a picture": BadDrop(partial(_with_bytes, PX, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), (file_of(PX), "line 1", "0x89")),
    "two bad files": BadDrop(_with_two_bad_files, (file_of(PX), "MAINTENANCE", file_of(SALES), "missing")),
}
"""The fault of a drop → the function that writes it, and the texts that its error must contain."""
