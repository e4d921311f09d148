"""The oracle: gold computed independently from the CSV files, by docs/source_data.md alone.

It shares no code with the T-SQL; where the two differ, one of them misreads the rules. ``compute`` returns
the gold of a first load into an empty warehouse, ``compare`` lists the differences of a warehouse's table from it.
"""

from tests.oracle.compare import compare
from tests.oracle.compute import Gold, compute

__all__ = ["Gold", "compare", "compute"]
