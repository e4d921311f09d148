"""Make `.venv`; install the pinned requirements, the stand-in and the Debian packages they need. Standard library only.

The Makefile calls it with the machine's Python:

    python3 -m stack.bootstrap requirements.txt --library libodbc.so.2=unixodbc --program wrk=wrk

All output goes to stderr: `make env` must print nothing but settings.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAND_IN = ROOT / "local_sqlserver"
BREW_FORMULAS = {"unixodbc": "unixodbc", "tdsodbc": "freetds", "wrk": "wrk"}


class BootstrapError(Exception):
    """The machine lacks something; the message names it, and the command that installs it."""


def say(message: str) -> None:
    """Print a line of progress to stderr."""
    print(message, file=sys.stderr, flush=True)


def check_python() -> None:
    """Refuse a Python that the pinned packages do not support."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise BootstrapError(
            f"Python 3.11, 3.12 or 3.13 is needed; {sys.executable} is {found}.\n"
            "Name another one: make PYTHON=/path/to/python3.12 up"
        )


def install_packages(packages: list[str]) -> None:
    """Install operating system packages: apt-get as root or through sudo, brew on macOS."""
    if sys.platform == "darwin":
        commands = [["brew", "install", *[BREW_FORMULAS[package] for package in packages]]]
    else:
        commands = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ]
    tool = commands[0][0]
    prefix: list[str] = []
    if tool == "apt-get" and os.geteuid() != 0:
        prefix = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    by_hand = " && ".join(shlex.join(prefix[:1] + command) for command in commands)
    advice = f"The system packages {', '.join(packages)} are needed. Install them by hand: {by_hand}"
    if not shutil.which(tool) or (prefix and not shutil.which("sudo")):
        raise BootstrapError(advice)
    say(f"installing {', '.join(packages)} with {tool}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for number, command in enumerate(commands, start=1):
        done = subprocess.run(prefix + command, env=environment, stdout=sys.stderr, check=False)
        # An outdated list of packages may suffice, so only the installation must succeed.
        if done.returncode and number == len(commands):
            raise BootstrapError(advice)


def library_present(name: str) -> bool:
    """Whether a shared library can be loaded, from the loader's path or the folders of ODBC drivers."""
    candidates = [name, *map(str, Path("/usr/lib").glob(f"*/odbc/{name}"))]
    if sys.platform == "darwin":
        file = name.replace(".so.2", ".2.dylib")
        candidates = [f"{prefix}/lib/{file}" for prefix in ("/opt/homebrew", "/usr/local")]
    for candidate in candidates:
        try:
            ctypes.CDLL(candidate)
        except OSError:
            continue
        return True
    return False


def program_present(name: str) -> bool:
    """Whether a program is found on PATH."""
    return shutil.which(name) is not None


def ensure_packages(libraries: list[str], programs: list[str]) -> None:
    """Install the packages of missing libraries and programs, given as `library=package` and `program=package`."""
    missing: set[str] = set()
    for wanted, present in ((libraries, library_present), (programs, program_present)):
        for name, package in (pair.split("=", maxsplit=1) for pair in wanted):
            if not present(name):
                missing.add(package)
    if missing:
        install_packages(sorted(missing))


def pip_can_install_elsewhere() -> bool:
    """Whether the machine's pip has `--python`. Then `.venv` needs no pip of its own, which saves seconds."""
    try:
        version = metadata.version("pip")
    except metadata.PackageNotFoundError:
        return False
    return tuple(int(part) for part in version.split(".")[:2]) >= (22, 3)


def ensure_venv() -> Path:
    """Make `.venv` unless a working one exists, and return its Python."""
    python = VENV / "bin" / "python"
    if python.exists() and subprocess.run([python, "-c", ""], check=False).returncode == 0:
        return python
    say(f"making .venv with Python {sys.version.split(maxsplit=1)[0]}")
    options: list[str | Path] = ["--clear", VENV]
    if pip_can_install_elsewhere():
        options.insert(0, "--without-pip")
    else:
        try:
            import ensurepip  # noqa: F401  (Debian's python3 comes without it)
        except ImportError:
            install_packages([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    made = subprocess.run([sys.executable, "-m", "venv", *options], stdout=sys.stderr, check=False)
    if made.returncode:
        raise BootstrapError(f"{sys.executable} -m venv {VENV} failed, see above.")
    return python


def pip_install(python: Path, *what: str | Path) -> bool:
    """Install with the pip of `.venv`, or with the machine's if `.venv` has none; returns whether it succeeded."""
    own = any(VENV.glob("lib/python*/site-packages/pip/__main__.py"))
    pip: list[str | Path] = [python, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", python]
    command = [*pip, "--disable-pip-version-check", "install", "--quiet", *what]
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def pinned_uv() -> str:
    """Return the uv that requirements-dev.txt pins, `uv==x.y.z`, with the hashes of its files."""
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    pin = re.search(r"^uv==\S+( \\\n +--hash=\S+)+", lock, re.MULTILINE)
    if pin is None:
        raise BootstrapError("requirements-dev.txt does not pin uv with its hashes: run make lock.")
    return pin.group()


def install_uv(python: Path) -> bool:
    """Install the pinned uv into the venv; returns whether it succeeded."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:  # pip reads hashes from a file only
        requirements.write(pinned_uv())
        requirements.flush()
        return pip_install(python, "--require-hashes", "-r", requirements.name)


def install(python: Path, requirements: Path) -> None:
    """Install pinned requirements into the venv unless exactly these are installed.

    Raises BootstrapError, also for a file whose hash is not in the lock.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = VENV / f"installed-{requirements.name}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    say(f"installing {requirements.name}")
    locked: list[str | Path] = ["--require-hashes", "-r", requirements]
    with_uv: list[str | Path] = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python, *locked]
    if install_uv(python) and subprocess.run(with_uv, check=False).returncode == 0:
        stamp.write_text(digest, encoding="utf-8")
        return
    # uv does not read pip's configuration (mirrors, certificates), so pip is the fallback.
    say("uv could not install them (see above): trying pip, which takes a minute longer")
    if not pip_install(python, *locked):
        raise BootstrapError(f"Installing {requirements.name} failed, see above.")
    stamp.write_text(digest, encoding="utf-8")


def install_stand_in(python: Path) -> None:
    """Install the folder of the stand-in as it stands, unless its pyproject.toml and its place are those of before.

    What it needs is installed by then, flit_core to build it included: nothing is downloaded.
    """
    project = (STAND_IN / "pyproject.toml").read_bytes()
    digest = hashlib.sha256(bytes(STAND_IN) + project).hexdigest()  # the venv holds the path of the folder
    stamp = VENV / "installed-local_sqlserver"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    say("installing local_sqlserver")
    if not pip_install(python, "--no-deps", "--no-index", "--no-build-isolation", "--editable", STAND_IN):
        raise BootstrapError("Installing local_sqlserver failed, see above.")
    stamp.write_text(digest, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Install everything that the rest of `stack` needs; exit code 1 with the remedy if that fails."""
    parser = argparse.ArgumentParser(prog="python3 -m stack.bootstrap", description=__doc__.splitlines()[0])
    parser.add_argument("requirements", nargs="+", help="requirements files, installed in this order")
    parser.add_argument("--library", action="append", default=[], metavar="LIBRARY=PACKAGE")
    parser.add_argument("--program", action="append", default=[], metavar="PROGRAM=PACKAGE")
    options = parser.parse_args(arguments)
    # If make runs as root, Postgres runs as `nobody`, which must be able to read the installed files.
    os.umask(0o022)
    try:
        check_python()
        ensure_packages(options.library, options.program)
        python = ensure_venv()
        for requirements in options.requirements:
            install(python, ROOT / requirements)
        install_stand_in(python)
    except BootstrapError as error:
        say(f"\n{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
