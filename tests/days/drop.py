"""A small clean drop to build others from."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

from tests.oracle.schema import SOURCES

CUST, PRD, SALES, AZ12, LOC, PX, *_ = SOURCES
"""The source tables, as keys of a drop's lines."""

BASE: Mapping[str, Sequence[str]] = {
    CUST: (
        "11000,AW00011000,Mara,Oduya,M,F,2023-01-10",
        "11001,AW00011001,Ilse,Brandt,S,F,2023-02-01",
        "11002,AW00011002,Tom,Hale,M,M,2023-03-01",
    ),
    PRD: (
        "210,CO-RF-FR-R92B-58,Road Frame,300,R ,2022-01-01,2021-06-30",
        "211,CO-RF-FR-R92B-58,Road Frame,350,R ,2023-07-01,",
        "214,AC-HE-HL-U509,Sport Helmet,12,S ,2022-05-05,",
    ),
    SALES: (
        "SO100,FR-R92B-58,11000,20230515,20230520,20230527,500,1,500",
        "SO100,HL-U509,11000,20230515,20230520,20230527,70,2,35",
        "SO101,HL-U509,11001,20240101,20240106,20240113,35,1,35",
        "SO102,FR-R92B-58,11002,20240301,20240306,20240313,1000,2,500",
    ),
    AZ12: ("NASAW00011000,1980-06-20,Female", "AW00011001,1990-12-31,F", "AW00011002,2001-01-01,Male"),
    LOC: ("AW-00011000,DE", "AW-00011001,US", "AW-00011002,France"),
    PX: ("CO_RF,Components,Road Frames,Yes", "AC_HE,Accessories,Helmets,No"),
}
"""Source table → the lines below its header. No line is rejected, superseded or repaired."""

Lines = Mapping[str, Sequence[str]]


def header(table: str) -> str:
    """Give the header line of a source table's file."""
    return SOURCES[table][1]


def file_of(table: str) -> str:
    """Give the path of a source table's file below the drop."""
    return SOURCES[table][0]


def with_base(more: Lines) -> dict[str, list[str]]:
    """Put lines after those of the base drop."""
    return {table: [*lines, *more.get(table, ())] for table, lines in BASE.items()}


def write_drop(folder: Path, lines: Lines, *, line_ends: Sequence[str] = ("\n",), last_line_end: bool = True) -> None:
    """Write all files: header and lines in UTF-8, the line ends in turn, the last one or none.

    A table that ``lines`` leaves out gets its base lines.
    """
    for table in SOURCES:
        ends = cycle(line_ends)
        text = "".join(line + next(ends) for line in (header(table), *lines.get(table, BASE[table])))
        data = text if last_line_end else text.rstrip("\r\n")
        path = folder / file_of(table)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode())
