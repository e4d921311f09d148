"""The files for Tableau, which the DAG ``sales_serving`` writes (plugins/warehouse/tableau), to be downloaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, abort, current_app, send_from_directory

from api.access import requires

FILES: Mapping[str, str] = {
    "sales_warehouse.twbx": "Tableau workbook",
    "sales_warehouse.hyper": "Tableau extract",
}
"""The files, and what people call them; the folder may hold others, which are nobody's business."""


@dataclass(frozen=True)
class Export:
    """A file that is there."""

    title: str
    address: str
    written: str
    megabytes: str


def init_app(app: Flask) -> None:
    """Add the downloads; who may read may have them."""
    app.add_url_rule("/exports/<name>", "exports", requires("read", in_browser=True)(download))


def there() -> list[Export]:
    """Return the files that can be downloaded."""
    found = []
    for name, title in FILES.items():
        path = _folder() / name
        if path.is_file():
            about = path.stat()
            written = f"{datetime.fromtimestamp(about.st_mtime, UTC):%Y-%m-%d %H:%M} UTC"
            found.append(Export(title, f"/exports/{name}", written, f"{about.st_size / 1e6:.1f} MB"))
    return found


def download(name: str) -> Response:
    """Send a file."""
    if name not in FILES or not (_folder() / name).is_file():
        abort(
            404,
            "There is no such export: the task export_tableau of the DAG sales_serving writes"
            f" {' and '.join(FILES)}, `python -m warehouse.tableau` does it by hand.",
        )
    return send_from_directory(_folder(), name, as_attachment=True, mimetype="application/octet-stream")


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].exports_dir
    return folder.absolute()
