"""The whole system on one machine: `make up`, `down`, `status`, `logs` and `env`.

Reading order: `settings` (what runs with which values), `services` (what is started and how its health is
seen), `processes` (how a service is kept, found again and stopped), `load` (the load through Airflow),
`figures` (what is printed at the end), `__main__` (the commands). `bootstrap` runs before all of them, with
nothing installed.
"""

import sys
from pathlib import Path

# Airflow puts plugins/ on the path of its own processes; the stack shares `warehouse.connection` with them.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "plugins"))
