"""CSV of the API and the dashboards, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""First characters of texts that a spreadsheet may run (owasp.org/www-community/attacks/CSV_Injection)."""


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV (RFC 4180): booleans in lower case, None as an empty cell, dates in ISO format.

    A text that a spreadsheet could run as a formula is prefixed with an apostrophe, which makes it a text there.
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
