"""CSV for people and their spreadsheets: the answers of the API and the files of the dashboards."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""How a text begins that a spreadsheet may run as a formula (owasp.org/www-community/attacks/CSV_Injection)."""


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as CSV (RFC 4180): true and false in lower case, None as nothing, numbers and dates as they are.

    A text that a spreadsheet may take for a formula gets an apostrophe in front, which makes it text there.
    """
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in FORMULA_STARTS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
