"""Creates the logins of the sync and the API in Postgres.

    python -m api.serving.logins

It connects as the owner in SERVING_DATABASE_URL. The users and passwords of SERVING_DATABASE_URL_LOADER and
SERVING_DATABASE_URL_API become the two logins, each a member of its role. The migrations must have created the roles.
To change a password, change the URL and run it again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from api.settings import SettingsError, migration_url, serving_url

ROLES = {"SERVING_DATABASE_URL_LOADER": "serving_loader", "SERVING_DATABASE_URL_API": "serving_api"}
"""The setting with the login's URL → the role of the login."""


def make_logins(owner_url: str, urls: Mapping[str, str]) -> list[str]:
    """Create or update the logins in ``urls`` (setting → URL) as the owner; returns a line of text for each.

    Raises SettingsError for a URL without a user, and psycopg.Error.
    """
    done = []
    owner = make_url(owner_url).set(drivername="postgresql")
    with psycopg.connect(
        owner.render_as_string(hide_password=False), autocommit=True, connect_timeout=10
    ) as connection:
        for setting, role in ROLES.items():
            url = make_url(urls[setting])
            if not url.username:
                raise SettingsError(f"{setting} names no user")
            present = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.username]).fetchone()
            statement = "ALTER ROLE {} LOGIN PASSWORD {}" if present else "CREATE ROLE {} LOGIN PASSWORD {}"
            name = sql.Identifier(url.username)
            connection.execute(sql.SQL(statement).format(name, sql.Literal(_encrypted(connection, url))))
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), name))
            done.append(f"{url.username}: {role} of {url.database}")
    return done


def _encrypted(connection: psycopg.Connection, url: URL) -> str | None:
    """Return the SCRAM verifier of a password, because the password itself could appear in the server's log."""
    if url.password is None:
        return None
    user = str(url.username).encode()
    return connection.pgconn.encrypt_password(str(url.password).encode(), user, b"scram-sha-256").decode()


def main() -> int:
    """Create the logins in the settings; returns the exit code, 1 after an error."""
    try:
        urls = {name: serving_url(os.environ, name) for name in ROLES}
        if missing := [name for name, url in urls.items() if not url]:
            raise SettingsError(f"{' and '.join(missing)} not set: the URLs of the logins to create")
        print("\n".join(make_logins(migration_url(), urls)))
    except (SettingsError, psycopg.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
