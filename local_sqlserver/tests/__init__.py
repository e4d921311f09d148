"""Tests of the stand-in. ``SOAK`` is how many times as many cases fuzzing and killing take (``make soak N=…``)."""

import os

SOAK = int(os.environ.get("SOAK", "1"))
