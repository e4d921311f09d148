"""Runs the API with granian, an HTTP server in Rust: ``python -m api.server --host 127.0.0.1 --port 8000``.

The application is built once, before the workers are forked, so that they share the memory of the rate limit and of the
metrics. They
connect to Postgres after the fork. A worker that ends is replaced.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
from functools import partial

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings

from api import MAX_BODY_BYTES, create_app
from api.http.gateway import RSGIApplication, gateway
from api.settings import SettingsError

WORKERS = 2
THREADS = 4
"""Of each worker: a worker answers reads while one of its requests syncs."""

MAX_HEADER_BYTES = 64 * 1024
STOP_SECONDS = 600
"""After SIGTERM a running sync may finish. Ten minutes is the timeout of one query to the warehouse
(api/serving/gold.py). Other requests end sooner, because their statements time out after ten seconds."""

TERM = {signal.SIGTERM}
"""Blocked in a worker from its first moment until its event loop runs. In between it would only take note of the
signal, or forget it: it has the handlers of the main process first, and then those of a loop that does not run yet."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def main(host: str, port: int) -> None:
    """Serve the API until SIGTERM; then finish what is running."""
    try:
        application = create_app()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    gc.freeze()  # the workers share what is in memory now, and their garbage collector passes over it
    os.register_at_fork(
        before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, TERM),
        after_in_parent=partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, TERM),
    )
    multiprocessing.set_start_method("fork")
    server = Granian(
        "api",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        runtime_mode=RuntimeModes.mt,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=MAX_HEADER_BYTES),
        websockets=False,
        workers=WORKERS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    cache = application.extensions.get("answer_cache")
    at_once = cache.at_once if cache else lambda _: None

    def start_worker() -> RSGIApplication:
        asyncio.get_event_loop().call_soon(signal.pthread_sigmask, signal.SIG_UNBLOCK, TERM)
        return gateway(application.wsgi_app, at_once, THREADS, MAX_BODY_BYTES)

    server.serve(target_loader=start_worker, wrap_loader=False)


if __name__ == "__main__":
    main()
