"""Makes the logins that the serving URLs name: the sync's and the API's.

    python -m api.logins

SERVING_DATABASE_URL names the database as its owner; SERVING_DATABASE_URL_LOADER and SERVING_DATABASE_URL_API name it
as the two logins, who get the passwords that are in there and the roles that the migrations have made. Running it
again gives them their current passwords: that is how they are changed.
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
"""The setting that names a login → its role."""


def make_logins(owner_url: str, urls: Mapping[str, str]) -> list[str]:
    """Make the logins that ``urls`` name by their settings, as the owner; returns what was done, a line for each.

    Raises SettingsError for a URL without a user, psycopg.Error.
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
    """Return what the server keeps of a password: the password itself could get into its log."""
    if url.password is None:
        return None
    user = str(url.username).encode()
    return connection.pgconn.encrypt_password(str(url.password).encode(), user, b"scram-sha-256").decode()


def main() -> int:
    """Command line: makes the logins that the settings name; returns 1 when it cannot."""
    try:
        urls = {name: serving_url(os.environ, name) for name in ROLES}
        if missing := [name for name, url in urls.items() if not url]:
            raise SettingsError(f"{' and '.join(missing)} not set: the URLs of the logins to make")
        print("\n".join(make_logins(migration_url(), urls)))
    except (SettingsError, psycopg.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
