"""The file `.env`: reads it, and makes it from `.env.example` with generated secrets. Standard library only.

Its syntax: `NAME=value` lines, comments, and optional quotes around a whole value.
`python3 -m stack.dotenv` makes the file without starting anything.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / ".env.example"
ENV_FILE = ROOT / ".env"

_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


def _password() -> str:
    # SQL Server requires three of four character classes; letters and digits need no quoting in any file.
    return "Pw1" + secrets.token_hex(12)


def _key() -> str:
    return secrets.token_hex(32)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS: dict[str, Callable[[], str]] = {
    "MSSQL_SA_PASSWORD": _password,
    "WAREHOUSE_OWNER_PASSWORD": _password,
    "WAREHOUSE_LOADER_PASSWORD": _password,
    "WAREHOUSE_READER_PASSWORD": _password,
    "AIRFLOW_ADMIN_PASSWORD": _password,
    "AIRFLOW__API_AUTH__JWT_SECRET": _key,
    "AIRFLOW__API__SECRET_KEY": _key,
    "AIRFLOW__CORE__FERNET_KEY": _fernet_key,
    "API_SYNC_KEY": _key,
}
"""Settings without a default: an empty or missing one is generated once and then kept."""


COMPOSE_SECRETS: dict[str, Callable[[], str]] = {
    "POSTGRES_PASSWORD": _password,
    "POSTGRES_AIRFLOW_PASSWORD": _password,
    "SERVING_OWNER_PASSWORD": _password,
    "SERVING_LOADER_PASSWORD": _password,
    "SERVING_API_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
    "COMPOSE_PROFILES": lambda: "sqlserver",
}
"""Further secrets of docker-compose.yaml, which `make secrets` generates."""


def parse(text: str) -> dict[str, str]:
    """Read `NAME=value` lines, the last of several wins; another line raises `ValueError` with its number."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f".env line {number}: expected NAME=value, found {line.strip()!r}")
        name, value = match.groups()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name] = value
    return values


Generators = Mapping[str, Callable[[], str]]


def fill_secrets(text: str, secrets: Generators = SECRETS) -> str:
    """Generate every missing or empty secret; leave everything else unchanged."""
    present = parse(text)
    for name, generate in secrets.items():
        if present.get(name):
            continue
        line = f"{name}={generate()}"
        empty = re.compile(rf"^{name}=\s*$", re.MULTILINE)
        text = empty.sub(line, text) if empty.search(text) else f"{text.rstrip()}\n{line}\n"
    return text


def ensure(env_file: Path = ENV_FILE, example: Path = EXAMPLE, secrets: Generators = SECRETS) -> dict[str, str]:
    """Make the file on the first run, complete its secrets on every run, and return its values."""
    before = env_file.read_text(encoding="utf-8") if env_file.exists() else None
    text = fill_secrets(before if before is not None else example.read_text(encoding="utf-8"), secrets)
    if text != before:
        # Written beside and renamed, so that a killed run leaves either the old file or the new one.
        draft = env_file.with_name(f"{env_file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(env_file)
    return parse(text)
