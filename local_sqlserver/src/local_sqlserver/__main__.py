"""Run the stand-in as a server: ``local-sqlserver --data-dir DIR --password-env VARIABLE``."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from local_sqlserver.engine.local_engine import open_engine
from local_sqlserver.tds.server import Server, listen
from local_sqlserver.tds.tls import self_signed_certificate


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code (2 for wrong usage or a taken port)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    password = os.environ.get(options.password_env)
    if not password:
        parser.error(f"the environment variable {options.password_env} (--password-env) is not set or empty")
    logging.basicConfig(
        stream=sys.stderr, level=options.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"local-sqlserver: port {options.port} of {options.host} is taken", file=sys.stderr)
        return 2
    options.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(
        options.data_dir,
        user=options.user,
        password=password,
        bulk_roots=options.bulk_root,
        server_name=socket.gethostname(),
    )
    try:
        certificate = options.certificate or self_signed_certificate(options.data_dir)
        _serve(Server(engine, listener, certificate))
    finally:
        engine.close()
    return 0


def _serve(server: Server) -> None:
    """Accept connections until SIGTERM or SIGINT; a second signal kills the process."""
    stop = threading.Event()

    def request_stop(signal_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal_number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, request_stop)
    server.start()
    try:
        host, port = server.address
        print(f"listening on {host}:{port}", flush=True)
        stop.wait()
    finally:
        server.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local-sqlserver", description="An embedded stand-in for SQL Server, for development and tests."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument(
        "--port", type=int, default=1433, help="port to listen on, 0 for a free one (default %(default)s)"
    )
    parser.add_argument("--data-dir", type=Path, required=True, help="directory of the databases")
    parser.add_argument("--user", default="sa", help="the administrator's login (default %(default)s)")
    parser.add_argument(
        "--password-env",
        required=True,
        metavar="VARIABLE",
        help="environment variable with the administrator's password",
    )
    parser.add_argument(
        "--bulk-root",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a directory that BULK INSERT may read (repeatable)",
    )
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="PEM",
        help="file with private key and certificate chain (default: self-signed, in the data directory)",
    )
    parser.add_argument(
        "--log-level",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        default="INFO",
        help="least severe log lines to write (default %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
