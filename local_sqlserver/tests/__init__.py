"""The tests mirror the packages; ``ferries`` is a small warehouse that uses all of them."""

import os

SOAK = int(os.environ.get("SOAK", "1"))
"""How many times over the tests marked ``soak`` run their fuzzing (``make soak N=…``)."""
