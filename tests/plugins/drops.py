"""Small drops for the tests, written byte by byte."""

from pathlib import Path

from warehouse.sources import SOURCE_FILES

HEADERS = {source.path: ",".join(source.columns) for source in SOURCE_FILES}
LOCATIONS = "source_erp/LOC_A101.csv"  # two columns: the shortest lines


def write_drop(folder: Path, **contents: bytes) -> Path:
    """Write the files with a header and no rows; ``contents`` replaces files, named by table."""
    for source in SOURCE_FILES:
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents.pop(source.table, f"{HEADERS[source.path]}\r\n".encode()))
    assert not contents, f"no such source tables: {sorted(contents)}"
    return folder


def read_landing(path: Path) -> list[list[str]]:
    """Read a landing file as BULK INSERT does: code units, LF between lines, tab between fields."""
    data = path.read_bytes()
    assert data.startswith(b"\xff\xfe"), f"{path.name} has no UTF-16LE byte order mark"
    text = data[2:].decode("utf-16-le")
    assert text.endswith("\n"), f"the last line of {path.name} has no line end"
    return [line.split("\t") for line in text[:-1].split("\n")]
