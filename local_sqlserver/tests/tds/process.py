"""The stand-in as users run it: a process of its own, started through the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "Secret_1"
ROOT = Path(__file__).resolve().parents[2]


def command(data_dir: Path, port: int = 0, *more: str) -> list[str]:
    arguments = ["--port", str(port), "--data-dir", str(data_dir), "--password-env", "STAND_IN_PASSWORD"]
    return [sys.executable, "-m", "local_sqlserver", *arguments, *more]


def environment() -> dict[str, str]:
    return os.environ | {"STAND_IN_PASSWORD": PASSWORD}


@contextmanager
def stand_in(data_dir: Path, *more: str) -> Iterator[int]:
    """Run the stand-in and yield its port; ends it with SIGTERM and expects a clean exit."""
    log = data_dir.with_suffix(".log")
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command(data_dir, 0, *more),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on 127.0.0.1:"), log.read_text()
            yield int(line.rpartition(":")[2])
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=30)
        assert status == 0, log.read_text()
