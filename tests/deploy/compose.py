"""docker-compose.yaml as Docker Compose itself resolves it; no Docker engine is needed for that."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from stack.dotenv import COMPOSE_SECRETS, SECRETS, ensure
from tests.warehouse import ROOT

PACKAGE = "docker-compose=2.26.1-4"
SUITE = "trixie"
"""The oldest Debian release with Docker Compose 2; its program also runs on the release before."""

CACHE = ROOT / ".local" / "tools"
PROFILES = ("sqlserver", "standin", "sqlserver,celery", "standin,proxy")


@cache
def compose() -> tuple[str, ...]:
    """Return the command of Docker Compose 2: the machine's own, or Debian's package, unpacked below .local."""
    if shutil.which("docker") and _answers("docker", "compose"):
        return ("docker", "compose")
    unpacked = CACHE / "docker-compose" / "usr" / "libexec" / "docker" / "cli-plugins" / "docker-compose"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "docker-compose.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes run tests
        if not unpacked.exists():
            _unpack(CACHE / "docker-compose")
    return (str(unpacked),)


def _answers(*command: str) -> bool:
    return subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0


def _unpack(folder: Path) -> None:
    """Fetch the package from the machine's apt source, without installing it."""
    state = CACHE / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True, exist_ok=True)
    site = _site() or (subprocess.run(["apt-get", "update"], check=True, capture_output=True) and _site())
    if not site:
        raise RuntimeError("Docker Compose 2 is not installed, and apt knows no place for Debian's packages")
    (state / "sources.list").write_text(f"deb {site} {SUITE} main\n")
    places = {"Dir::Etc::sourcelist": state / "sources.list", "Dir::Etc::sourceparts": "-"}
    places |= {"Dir::State::lists": state / "lists", "Dir::Cache": state / "cache", "APT::Sandbox::User": "root"}
    apt = ["apt-get", "--quiet", *[part for name, value in places.items() for part in ("-o", f"{name}={value}")]]
    subprocess.run([*apt, "update"], check=True, capture_output=True)
    subprocess.run([*apt, "download", PACKAGE], check=True, capture_output=True, cwd=state)
    (package,) = state.glob("docker-compose_*.deb")
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)


def _site() -> str | None:
    """Return the address of the machine's apt source; needs apt's package lists."""
    targets = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Component: main"]
    found = subprocess.run(targets, capture_output=True, text=True, check=True).stdout
    return next((line for line in found.splitlines() if re.search(r"/debian/?$", line)), None)


def env_file(folder: Path) -> Path:
    """Write a new .env as `make secrets` does, with the licence of SQL Server accepted."""
    file = folder / "compose.env"
    ensure(file, secrets=SECRETS | COMPOSE_SECRETS)
    file.write_text(file.read_text(encoding="utf-8") + "MSSQL_ACCEPT_EULA=Y\n", encoding="utf-8")
    return file


def config(env: Path, profiles: str, *options: str, override: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``docker compose config`` with the settings of a file alone; ``override`` is a second compose file."""
    files = [part for file in (ROOT / "docker-compose.yaml", override) if file for part in ("--file", str(file))]
    return subprocess.run(
        [*compose(), *files, "--env-file", str(env), "config", *options],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "COMPOSE_PROFILES": profiles},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def resolved(env: Path, profiles: str, override: Path | None = None) -> dict[str, Any]:
    """Return the file with all variables resolved; raises an error with Compose's message for a faulty file."""
    done = config(env, profiles, "--format", "json", override=override)
    if done.returncode:
        raise AssertionError(done.stderr)
    # The output is a compose file, in which a dollar sign for a shell is doubled.
    values: dict[str, Any] = json.loads(done.stdout.replace("$$", "$"))
    return values
