"""The settings of the API, read from the environment once, when the application is built."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Self

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

VARIABLES = {
    "SERVING_DATABASE_URL": "URL of the serving database in Postgres, e.g. postgresql://user@host/serving",
    "WAREHOUSE_ODBC_READER": "ODBC connection string of the warehouse's reader (database DataWarehouse)",
    "API_SYNC_KEY": "the API key of Airflow for syncs, any long random text",
}
"""The required settings and their descriptions."""

Networks = tuple[IPv4Network | IPv6Network, ...]
REQUESTS_PER_MINUTE = 1200
CACHE_MEGABYTES = 32
WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")


class SettingsError(Exception):
    """A setting is missing from the environment or has an invalid value."""


@dataclass(frozen=True)
class Settings:
    """The settings of the API. Its repr leaves out secrets.

    The three URLs name one database with three logins: the owner (migrations, keys), the loader (the sync) and the
    API (requests). ``rate_limit`` is in requests a minute and caller. Browsers may call from ``cors_origins``.
    ``exports_dir`` is the folder of the files for Tableau, ``currency`` the name of the unit of amounts.
    ``airflow_public_url`` is the address by which browsers reach Airflow, for links to logs; Airflow may show the page
    of the warehouse in a frame. The X-Forwarded-* headers of ``trusted_proxies`` count. Each process keeps
    answers in up to ``cache_mb``, 0 for none. ``webhooks`` are the URLs that are told of each day served; their
    messages are signed with ``webhook_secret``. ``contact`` is the e-mail address or URL of who runs the API.
    """

    serving_database_url: str = field(repr=False)
    warehouse_odbc_reader: str = field(repr=False)
    sync_key: str = field(repr=False)
    serving_database_url_loader: str = field(repr=False, default="")
    serving_database_url_api: str = field(repr=False, default="")
    open_reads: bool = True
    rate_limit: int = REQUESTS_PER_MINUTE
    cors_origins: tuple[str, ...] = ()
    exports_dir: Path = Path("exports")
    currency: str = ""
    airflow_public_url: str = ""
    trusted_proxies: Networks = ()
    cache_mb: int = CACHE_MEGABYTES
    webhooks: tuple[str, ...] = ()
    webhook_secret: str = field(repr=False, default="")
    contact: str = ""

    def __post_init__(self) -> None:
        for name in ("serving_database_url_loader", "serving_database_url_api"):
            object.__setattr__(self, name, getattr(self, name) or self.serving_database_url)

    def contact_object(self) -> dict[str, str]:
        """Return the contact as OpenAPI has it, empty without one."""
        if not self.contact:
            return {}
        return {"name": "Who runs this API", "email" if "@" in self.contact else "url": self.contact}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; an empty variable counts as missing.

        Raises SettingsError, which names the missing or invalid variables and how to set them.
        """
        missing = [name for name in VARIABLES if not environment.get(name)]
        if missing:
            lines = [f"  {name}: {VARIABLES[name]}" for name in missing]
            raise SettingsError(
                "The API cannot start; these settings are missing from the environment:\n"
                + "\n".join(lines)
                + '\n`make up` generates them; for a shell of your own: eval "$(make env)"'
            )
        return cls(
            serving_database_url=serving_url(environment, "SERVING_DATABASE_URL"),
            serving_database_url_loader=serving_url(environment, "SERVING_DATABASE_URL_LOADER"),
            serving_database_url_api=serving_url(environment, "SERVING_DATABASE_URL_API"),
            warehouse_odbc_reader=environment["WAREHOUSE_ODBC_READER"],
            sync_key=environment["API_SYNC_KEY"],
            open_reads=_switch(environment, "API_OPEN_READS", default=True),
            rate_limit=_count(environment, "API_RATE_LIMIT", default=REQUESTS_PER_MINUTE),
            cors_origins=tuple(environment.get("API_CORS_ORIGINS", "").split()),
            exports_dir=Path(environment.get("EXPORTS_DIR") or "exports"),
            currency=environment.get("API_CURRENCY", ""),
            airflow_public_url=_web_address(environment, "AIRFLOW_PUBLIC_URL"),
            trusted_proxies=_networks(environment, "API_TRUSTED_PROXIES"),
            contact=_contact(environment, "API_CONTACT"),
            webhooks=webhooks(environment),
            webhook_secret=environment.get("API_WEBHOOK_SECRET", ""),
            cache_mb=_count(environment, "API_CACHE_MB", default=CACHE_MEGABYTES, smallest=0),
        )


def migration_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return SERVING_DATABASE_URL, the only setting of migrations. Raises SettingsError if it is missing or invalid."""
    if not environment.get("SERVING_DATABASE_URL"):
        raise SettingsError(f"SERVING_DATABASE_URL is not set: {VARIABLES['SERVING_DATABASE_URL']}, as its owner")
    return serving_url(environment, "SERVING_DATABASE_URL")


def serving_url(environment: Mapping[str, str], name: str) -> str:
    """Return the URL in a variable, empty if it is not set. Raises SettingsError if it is not a URL."""
    value = environment.get(name, "")
    if value:
        try:
            make_url(value)
        except ArgumentError as error:
            raise SettingsError(f"{name} is not a URL: {error}") from error
    return value


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name, "").lower()
    if value not in ("", "true", "false"):
        raise SettingsError(f"{name} must be true or false, not {value!r}.")
    return value == "true" if value else default


def _count(environment: Mapping[str, str], name: str, *, default: int, smallest: int = 1) -> int:
    value = environment.get(name, "")
    if value and not (value.isascii() and value.isdecimal() and int(value) >= smallest):
        raise SettingsError(f"{name} must be a whole number from {smallest} on, not {value!r}.")
    return int(value) if value else default


def _web_address(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").rstrip("/")
    if value and not WEB_ADDRESS.fullmatch(value):
        raise SettingsError(f"{name} must be a URL such as https://airflow.example.com, not {value!r}.")
    return value


def _contact(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if value and not re.fullmatch(r"https?://\S+|[^@\s]+@[^@\s]+", value):
        raise SettingsError(f"{name} must be an e-mail address or a URL, not {value!r}.")
    return value


def webhooks(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the URLs in API_WEBHOOKS. Raises SettingsError if one is none, or API_WEBHOOK_SECRET is no secret."""
    urls = tuple(environment.get("API_WEBHOOKS", "").split())
    for url in urls:
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            raise SettingsError(f"API_WEBHOOKS must be URLs separated by blanks, not {url!r}.")
    secret = environment.get("API_WEBHOOK_SECRET", "")
    if (urls or secret) and not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}", secret):
        raise SettingsError(
            "API_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes in base64, as printed by:"
            " echo whsec_$(openssl rand -base64 32)"
        )
    return urls


def _networks(environment: Mapping[str, str], name: str) -> Networks:
    value = environment.get(name, "")
    try:
        return tuple(ip_network(network) for network in value.split())
    except ValueError as error:
        raise SettingsError(
            f"{name} must be addresses or networks separated by blanks, not {value!r}: {error}."
        ) from error
