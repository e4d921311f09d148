"""Gunicorn's settings, for ``python -m gunicorn -c api/gunicorn_config.py 'api:create_app()' --bind …``.

Threads let a worker answer reads while one of its requests syncs. The application is built once, before the workers
are forked, so that they share the memory of the rate limit. They connect to Postgres after the fork.
"""

import os
import shutil
import tempfile
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
reuse_port = True  # without it, one worker sometimes accepts all connections while the other is idle
keepalive = 75
# After SIGTERM a running sync may finish. Ten minutes is the timeout of one query to the warehouse
# (api/serving/gold.py). Other requests end sooner, because their statements time out after ten seconds.
graceful_timeout = 600

# The folder of the workers' metrics. prometheus_client reads the variable when it is imported. Pass this file to
# gunicorn by path (-c): as a module, `import api` would import prometheus_client before the variable is set.
_own_folder = None if "PROMETHEUS_MULTIPROC_DIR" in os.environ else tempfile.mkdtemp(prefix="api-metrics-")
if _own_folder:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_folder


def child_exit(_server: Any, worker: Any) -> None:
    """Remove the gauges of a worker that has ended; its counters stay."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Remove the folder of the metrics."""
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)
