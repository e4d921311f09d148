"""The API under gunicorn, as a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings
from tests.api.conftest import ROOT, environment_of

CONFIGURED = ("-c", "api/gunicorn_config.py")


@contextmanager
def gunicorn(settings: Settings, *options: str) -> Iterator[str]:
    """Run gunicorn on a free port until the block ends; yields its address."""
    command = [sys.executable, "-m", "gunicorn", "api:create_app()", "--bind", "127.0.0.1:0", "--no-control-socket"]
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=environment_of(settings), stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        seen = []
        for line in server.stderr:
            seen.append(line)
            if listening := re.search(r"Listening at: (\S+)", line):
                yield listening[1]
                break
        else:
            raise RuntimeError("gunicorn did not start:\n" + "".join(seen))
    finally:
        server.terminate()
        server.communicate()
