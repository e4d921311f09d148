"""The tests mirror the folders of the project; ``oracle`` and ``days`` are what they judge by."""

import os

SOAK = int(os.environ.get("SOAK", "1"))
"""How many times over the tests marked ``soak`` run their fuzzing and killing: `make soak N=…` sets it."""
