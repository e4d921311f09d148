"""The oracle: gold computed a second time, straight from the CSV files, by docs/source_data.md alone.

It shares no code and no author's reading with the T-SQL; where the two differ, one of them misreads the
rules. ``compute`` gives the gold of a first load into an empty warehouse, ``compare`` says in words where
a table read from a warehouse differs from it.
"""

from tests.oracle.compare import compare
from tests.oracle.compute import Gold, compute

__all__ = ["Gold", "compare", "compute"]
