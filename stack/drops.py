"""Drops before a load through Airflow: checks a folder, and generates the drop of a day."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from data.generate import BUSINESS_DATE, generate
from stack.settings import COMMITTED
from warehouse.csv_lines import BadLineError, split_line
from warehouse.sources import SOURCE_FILES, SourceFile
from warehouse.template import render

LONGEST_HEADER = 64 * 1024
"""Bytes of a file that are read to find its header line; the longest header has about a hundred."""


class DropError(Exception):
    """A drop or its date is invalid; the message gives the reason and the remedy."""


def folder_of(source_dir: str, day: date) -> Path:
    """Return the folder of a source directory, possibly a template, for a day."""
    try:
        return render(source_dir, day)
    except ValueError as error:
        raise DropError(str(error)) from None


def check(folder: Path) -> None:
    """Raise DropError with all faults of a folder that is not a drop. Only staging reads beyond the headers."""
    if not folder.is_dir():
        raise DropError(f"{folder}: no such folder. Name the folder that holds source_crm/ and source_erp/.")
    complaints = [complaint for source in SOURCE_FILES if (complaint := _complaint(folder, source))]
    if complaints:
        listed = "\n".join(f"  {complaint}" for complaint in complaints)
        raise DropError(f"{folder} is not a complete drop:\n{listed}\nNothing was loaded. See docs/source_data.md.")


def _complaint(folder: Path, source: SourceFile) -> str | None:
    path = folder / source.path
    wanted = f"its first line must be {','.join(source.columns)}"
    try:
        if not path.is_file():
            return f"{source.path}: missing" if not path.exists() else f"{source.path}: not a file"
        with path.open("rb") as file:
            first = file.readline(LONGEST_HEADER)
    except OSError as error:
        return f"{source.path}: cannot be read ({error.strerror})"
    if not first:
        return f"{source.path}: empty; {wanted}"
    try:
        names = split_line(first.decode("utf-8-sig").removesuffix("\n").removesuffix("\r"))
    except (UnicodeDecodeError, BadLineError):
        return f"{source.path}: the first line is not CSV in UTF-8; {wanted}"
    if names != list(source.columns):
        return f"{source.path}: the header is {','.join(names)[:200]}; {wanted}"
    return None


def is_generated(source_dir: str | None, day: date, drops: Path) -> bool:
    """Whether the drop of a day is the output of `data/generate.py` at scale 1 for that day."""
    if source_dir is None:
        return False
    folder = Path(source_dir)
    return folder == drops / day.isoformat() or (folder == COMMITTED and day == BUSINESS_DATE)


def generate_drop(drops: Path, day: date) -> Path:
    """Write the drop of a day that continues the committed drop, and return its folder; replaces an existing one."""
    folder = drops / day.isoformat()
    draft = drops / f".{day.isoformat()}.partial"
    for leftover in (draft, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    generate(draft, as_of=day)
    draft.rename(folder)
    return folder
