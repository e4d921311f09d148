"""The tests mirror the folders of the project; ``oracle`` and ``days`` hold the expected results."""

import os

SOAK = int(os.environ.get("SOAK", "1"))
"""Factor of the number of cases in the tests marked ``soak``, set by `make soak N=…`."""
