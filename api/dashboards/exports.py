"""Downloads of the files for Tableau, which the DAG ``sales_serving`` writes (plugins/warehouse/tableau)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, abort, current_app, send_from_directory

from api.figures.periods import format_time
from api.http.access import requires

FILES: Mapping[str, str] = {
    "sales_warehouse.twbx": "Tableau workbook",
    "sales_warehouse.hyper": "Tableau extract",
}
"""Name in the URL → title. On disk the names have the business date: ``sales_warehouse-2026-02-01.twbx``."""

DAY = "-????-??-??"


@dataclass(frozen=True)
class Export:
    """A file that can be downloaded: title, URL, time of writing, and size."""

    title: str
    address: str
    written: str
    megabytes: str


def init_app(app: Flask) -> None:
    """Add the downloads. They require the read scope."""
    app.add_url_rule("/exports/<name>", "exports", requires("read", in_browser=True)(download))


def available() -> list[Export]:
    """Return the files that exist."""
    found = []
    for name, title in FILES.items():
        if path := _latest(name):
            about = path.stat()
            written = format_time(datetime.fromtimestamp(about.st_mtime, UTC))
            found.append(Export(title, f"/exports/{name}", written, f"{about.st_size / 1e6:.1f} MB"))
    return found


def download(name: str) -> Response:
    """Send the latest file, under its name with the business date."""
    path = _latest(name) if name in FILES else None
    if path is None:
        abort(
            404,
            f"The export does not exist. The exports are {' and '.join(FILES)}. The task export_tableau of the DAG"
            " sales_serving writes them, as does `python -m warehouse.tableau`.",
        )
    return send_from_directory(path.parent, path.name, as_attachment=True, mimetype="application/octet-stream")


def _latest(name: str) -> Path | None:
    """Return the file that was written last; while an export ends, there are those of two days."""
    stem, _, suffix = name.partition(".")
    return max(_folder().glob(f"{stem}{DAY}.{suffix}"), key=lambda path: path.stat().st_mtime, default=None)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].exports_dir
    return folder.absolute()
