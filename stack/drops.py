"""Drops before Airflow is asked to load them: what is wrong with one, and the generated drop of a day."""

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
"""Bytes that are read of a file in search of its header line; the longest header needs a hundred."""


class DropError(Exception):
    """A drop or its date cannot be right; the message says why and what to do."""


def folder_of(source_dir: str, day: date) -> Path:
    """Return the folder that a source directory, maybe a template, means for a day."""
    try:
        return render(source_dir, day)
    except ValueError as error:
        raise DropError(str(error)) from None


def check(folder: Path) -> None:
    """Refuse a folder that cannot be a drop, with all that is wrong with it. Only staging looks beyond the headers."""
    if not folder.is_dir():
        raise DropError(f"{folder}: no such folder. Name the folder that holds source_crm/ and source_erp/.")
    complaints = [complaint for source in SOURCE_FILES if (complaint := _complaint(folder, source))]
    if complaints:
        listed = "\n".join(f"  {complaint}" for complaint in complaints)
        raise DropError(
            f"{folder} is no complete drop:\n{listed}\nNothing was loaded. docs/source_data.md describes the six files."
        )


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
    """Whether the drop of a day is one that `data/generate.py` has written at scale 1 for that day."""
    if source_dir is None:
        return False
    folder = Path(source_dir)
    return folder == drops / day.isoformat() or (folder == COMMITTED and day == BUSINESS_DATE)


def generate_drop(drops: Path, day: date) -> Path:
    """Write the drop of a day as the committed one goes on, and return its folder; one that is there is replaced."""
    folder = drops / day.isoformat()
    draft = drops / f".{day.isoformat()}.partial"
    for leftover in (draft, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    generate(draft, as_of=day)
    draft.rename(folder)
    return folder
