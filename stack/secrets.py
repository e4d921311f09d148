"""The secrets of `docker compose up`: `python3 -m stack.secrets`. Standard library only.

Writes missing secrets into `.env`, and into `.secrets/` the certificate of SQL Server with its key, and Airflow's
password. Existing ones are kept. The containers' users can read the files, but only the owner can enter the folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from stack import dotenv

FOLDER = dotenv.ROOT / ".secrets"
DAYS = 825
"""Validity of the certificate in days; docs/operations.md, "Secrets", describes its renewal."""


class SecretsError(Exception):
    """A secret could not be made; the message gives the remedy."""


def write_certificate(folder: Path) -> None:
    """Make a certificate for the host `sqlserver`, which clients trust, its key, and a file with both."""
    certificate, key, both = folder / "sqlserver.crt", folder / "sqlserver.key", folder / "standin.pem"
    if not (certificate.exists() and key.exists()):
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:3072",
            "-nodes",
            "-days",
            str(DAYS),
            "-subj",
            "/CN=sqlserver",
        ]
        command += ["-addext", "subjectAltName=DNS:sqlserver,DNS:localhost"]
        command += ["-keyout", str(key), "-out", str(certificate)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise SecretsError("openssl is not installed: apt-get install openssl") from error
        if done.returncode:
            raise SecretsError(f"openssl made no certificate:\n{done.stderr}")
    both.write_text(key.read_text(encoding="ascii") + certificate.read_text(encoding="ascii"), encoding="ascii")


def write_all(folder: Path = FOLDER, env_file: Path = dotenv.ENV_FILE) -> list[Path]:
    """Make the missing secrets; returns the files."""
    values = dotenv.ensure(env_file, secrets=dotenv.SECRETS | dotenv.COMPOSE_SECRETS)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    write_certificate(folder)
    passwords = json.dumps({"admin": values["AIRFLOW_ADMIN_PASSWORD"]})
    (folder / "airflow_passwords.json").write_text(passwords, encoding="utf-8")
    files = sorted(folder.iterdir())
    for file in files:
        file.chmod(0o644)
    return [env_file, *files]


if __name__ == "__main__":
    try:
        print("\n".join(str(file) for file in write_all()))
    except (SecretsError, ValueError) as problem:
        sys.exit(str(problem))
