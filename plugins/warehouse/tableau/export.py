"""Writes the two files of the export folder: the extract, and the workbook packaged with that extract.

Their names end with the business date. Both are written into a temporary folder beside them and then moved, and only
then are those of the export before removed. So a reader finds complete files, and a failed run leaves the old ones. A
second run waits for the first, so that files of an earlier batch never replace those of a later one.
"""

import fcntl
import logging
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from warehouse.tableau.extract import Extract, write_extract
from warehouse.tableau.thumbnails import with_thumbnails

log = logging.getLogger(__name__)

WORKBOOK = Path(__file__).parent / "sales_warehouse.twb"
EXTRACT_IN_PACKAGE = "Data/Extracts/sales_warehouse.hyper"
"""The extract's path in the workbook's connections."""

_EXPORTED = re.compile(r"sales_warehouse(-\d{4}-\d\d-\d\d)?\.(hyper|twbx)")
"""The names of exported files; earlier versions left out the day."""

_UNFINISHED = ".unfinished-"
_LOCK_FILE = ".lock"
_READABLE = 0o644
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest of a zip file; constant, so that the bytes do not depend on the clock


class Export(NamedTuple):
    """The exported batch and its files."""

    extract: Extract
    files: tuple[Path, ...]


def export(connection_string: str, folder: Path) -> Export:
    """Write both files into a folder, which is created if it is missing.

    Raises NothingPublishedError, WarehouseError, and OSError if the folder cannot be written.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_run(folder), TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as unfinished:
        hyper = Path(unfinished) / "extract.hyper"
        package = Path(unfinished) / "workbook.twbx"
        extract = write_extract(connection_string, hyper)
        _package(hyper, package)
        done = []
        for file in (hyper, package):
            file.chmod(_READABLE)  # Hyper creates its file unreadable for other users
            done.append(file.replace(folder / f"sales_warehouse-{extract.business_date}{file.suffix}"))
        for earlier in folder.iterdir():
            if _EXPORTED.fullmatch(earlier.name) and earlier not in done:
                earlier.unlink()
    return Export(extract, tuple(done))


@contextmanager
def _only_run(folder: Path) -> Iterator[None]:
    """Wait for other runs to end, and remove the remains of a killed run."""
    with (folder / _LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("Another export into %s is running; waiting for its end.", folder)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_over)
        yield


def _package(hyper: Path, package: Path) -> None:
    with zipfile.ZipFile(package, "w") as archive:
        workbook = with_thumbnails(WORKBOOK.read_text(encoding="utf-8"), hyper)
        archive.writestr(_entry(WORKBOOK.name), workbook)
        with hyper.open("rb") as content, archive.open(_entry(EXTRACT_IN_PACKAGE), "w", force_zip64=True) as target:
            shutil.copyfileobj(content, target)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _READABLE << 16
    return entry
