"""The whole system on one machine: `make up`, `down`, `status`, `logs` and `env`.

Reading order: `settings` (the resolved settings), `services` (the services, their start and their health checks),
`processes` (starts, finds and stops processes), `load` (the load through Airflow), `figures` (the figures printed at
the end), `__main__` (the commands). `bootstrap` runs before all of them, with the standard library alone.
"""

import sys
from pathlib import Path

# Airflow adds plugins/ to the path of its own processes; the stack imports from `warehouse`, too.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "plugins"))
