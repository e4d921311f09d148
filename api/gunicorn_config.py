"""Gunicorn's settings, for ``python -m gunicorn -c api/gunicorn_config.py 'api:create_app()' --bind …``.

Threads let a worker go on reading while one of its requests syncs. The application is built once, before the
workers are forked: they share the memory in which callers' requests are counted, and connect after the fork.
"""

import os
import shutil
import tempfile
from typing import Any

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
reuse_port = True  # without it one worker now and then accepts all connections, and the other idles
keepalive = 75
# Upon SIGTERM a running sync is let finish: ten minutes, the time that one read of the warehouse may take. Others wait
# for seconds at most, since Postgres gives up a request's statement after ten.
graceful_timeout = 600

# Where the workers keep their figures. prometheus_client reads it when it is first imported: this file is given to
# gunicorn as a file, because importing it from the package would import the whole package before.
_own_folder = None if "PROMETHEUS_MULTIPROC_DIR" in os.environ else tempfile.mkdtemp(prefix="api-metrics-")
if _own_folder:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_folder


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that has ended; what it counted stays."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)
