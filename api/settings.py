"""The settings of the API, read from the environment once, when the application is built."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

VARIABLES = {
    "SERVING_DATABASE_URL": "URL of the Postgres database that serves, e.g. postgresql://user@host/serving",
    "WAREHOUSE_ODBC_READER": "ODBC connection string of the warehouse's reader (database DataWarehouse)",
    "API_SYNC_KEY": "the key that may call POST /api/sync, any long random text",
}


class SettingsError(Exception):
    """The environment lacks settings without which the API cannot run."""


@dataclass(frozen=True)
class Settings:
    """What the API needs to know of its surroundings. Secrets stay out of its repr."""

    serving_database_url: str = field(repr=False)
    warehouse_odbc_reader: str = field(repr=False)
    sync_key: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; an empty variable counts as missing.

        Raises SettingsError, which names the variables that are missing or wrong and the way out.
        """
        missing = [name for name in VARIABLES if not environment.get(name)]
        if missing:
            lines = [f"  {name}: {VARIABLES[name]}" for name in missing]
            raise SettingsError(
                "The API cannot start; these settings are missing from the environment:\n"
                + "\n".join(lines)
                + '\n`make up` generates them; for a shell of your own: eval "$(make env)"'
            )
        try:
            make_url(environment["SERVING_DATABASE_URL"])
        except ArgumentError as error:
            raise SettingsError(f"SERVING_DATABASE_URL is no URL: {error}") from error
        return cls(
            serving_database_url=environment["SERVING_DATABASE_URL"],
            warehouse_odbc_reader=environment["WAREHOUSE_ODBC_READER"],
            sync_key=environment["API_SYNC_KEY"],
        )
