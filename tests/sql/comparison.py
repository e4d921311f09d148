"""Compares a server's gold with that of the oracle or of the hand-made day."""

from collections.abc import Callable

import pandas as pd

from tests.oracle import compare
from tests.oracle.schema import KEYS
from tests.warehouse import Warehouse

_OF_THIS_BATCH = "WHERE batch_id = (SELECT batch_id FROM gold.current_batch)"
VIEWS = {
    "reconciliation": f"gold.load_reconciliation {_OF_THIS_BATCH}",
    "rejected_rows": f"gold.rejected_rows {_OF_THIS_BATCH}",
}
"""Tables of the oracle that gold holds for every batch."""


def differences(warehouse: Warehouse, expected: Callable[[str], pd.DataFrame]) -> dict[str, list[str]]:
    """List the differences by table; empty if gold is as expected row by row and to the unit."""
    found = {}
    for table, key in KEYS.items():
        frame = expected(table)
        actual = warehouse.table(VIEWS.get(table, f"gold.{table}"), list(frame.columns))
        found[table] = compare(frame, actual, key)
    return {table: lines for table, lines in found.items() if lines}
