"""ODBC connection strings, and the Airflow connections that are made from the settings.

Airflow's ODBC hook (provider odbc 4.13) writes ``KEY=value;`` without escaping, expects the port of the Microsoft
driver inside the host (``host,port``) and the driver in the lower-case extra ``driver``. ``airflow_connections``
returns values that this does not corrupt.
"""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

CONNECTIONS = {
    "WAREHOUSE_OWNER": "WAREHOUSE_ODBC",
    "WAREHOUSE": "WAREHOUSE_ODBC_LOADER",
    "WAREHOUSE_READER": "WAREHOUSE_ODBC_READER",
}
"""Airflow connection → the setting that holds its ODBC connection string."""

_FIELDS = {
    "server": "host",
    "port": "port",
    "database": "schema",
    "uid": "login",
    "pwd": "password",
    "driver": "driver",
}
_SPECIAL = set("[]{}(),;?*=!@")  # ODBC reference, "Connection string attributes" of SQLDriverConnect


def parse_connection_string(text: str) -> dict[str, str]:
    """Split ``key=value;…`` into a dict, in order, keys as written and values without their braces.

    A value in braces may hold any character, ``}`` doubled. Of a repeated key the first counts, as for ODBC.
    Raises ValueError for a part that is not ``key=value``; the message never contains a value.
    """
    parts: dict[str, str] = {}
    seen: set[str] = set()
    position = 0
    while position < len(text):
        if text[position] == ";" or text[position].isspace():
            position += 1
            continue
        equals = text.find("=", position)
        end_of_part = text.find(";", position)
        if equals < 0 or 0 <= end_of_part < equals:
            raise ValueError(f"connection string: expected key=value at character {position + 1}")
        key = text[position:equals].strip()
        value, position = _read_value(text, equals + 1, key)
        if key.lower() not in seen:
            seen.add(key.lower())
            parts[key] = value
    return parts


def _read_value(text: str, start: int, key: str) -> tuple[str, int]:
    """Return the value that begins at ``start`` and the position behind its semicolon."""
    if not text.startswith("{", start):
        end = text.find(";", start)
        end = len(text) if end < 0 else end
        return text[start:end].strip(), end + 1
    value = ""
    position = start + 1
    while True:
        brace = text.find("}", position)
        if brace < 0:
            raise ValueError(f"connection string: the brace after {key}= is not closed")
        value += text[position:brace]
        if not text.startswith("}", brace + 1):
            break
        value += "}"
        position = brace + 2
    end = text.find(";", brace)
    end = len(text) if end < 0 else end
    if text[brace + 1 : end].strip():
        raise ValueError(f"connection string: text after the closing brace of {key}=")
    return value, end + 1


def escape_value(value: str) -> str:
    """Put a value in braces if ODBC would misread it without."""
    if value and (_SPECIAL & set(value) or value != value.strip()):
        return "{" + value.replace("}", "}}") + "}"
    return value


def with_parts(connection_string: str, parts: Mapping[str, str]) -> str:
    """Return the connection string with some parts replaced or added; keys are compared without regard to case."""
    others = {key.lower() for key in parts}
    kept = {
        key: value for key, value in parse_connection_string(connection_string).items() if key.lower() not in others
    }
    return "".join(
        f"{key}={'{' + value + '}' if key.lower() == 'driver' else escape_value(value)};"
        for key, value in {**kept, **parts}.items()
    )


def with_database(connection_string: str, database: str) -> str:
    """Return the connection string with another database."""
    return with_parts(connection_string, {"Database": database})


def airflow_connections(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that give Airflow its connections, made from the settings.

    ``warehouse`` (loader), ``warehouse_reader`` and ``warehouse_owner`` of type odbc from the
    WAREHOUSE_ODBC* settings; ``sales_api`` of type http from API_URL or API_PORT, its password the
    API_SYNC_KEY; and the option without which the hook ignores a driver named in the connection.
    Raises ValueError naming a setting that is missing or cannot be read.
    """
    variables = {
        f"AIRFLOW_CONN_{connection}": json.dumps(_odbc_connection(_require(environ, setting), setting))
        for connection, setting in CONNECTIONS.items()
    }
    variables["AIRFLOW_CONN_SALES_API"] = json.dumps(_api_connection(environ))
    variables["AIRFLOW__PROVIDERS_ODBC__ALLOW_DRIVER_IN_EXTRA"] = "True"
    return variables


def _require(environ: Mapping[str, str], setting: str) -> str:
    value = environ.get(setting, "")
    if not value:
        raise ValueError(f"{setting} is not set")
    return value


def _odbc_connection(connection_string: str, setting: str) -> dict[str, object]:
    connection: dict[str, object] = {"conn_type": "odbc"}
    extra: dict[str, str] = {}
    try:
        parts = parse_connection_string(connection_string)
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from error
    for key, value in parts.items():
        field = _FIELDS.get(key.lower())
        if field == "driver":
            extra["driver"] = value  # the hook adds the braces itself
        elif field == "port":
            if not value.isdecimal():
                raise ValueError(f"{setting}: the port is not a number")
            connection[field] = int(value)
        elif field == "host":
            connection[field] = value  # "host,port" must stay bare: a brace would name another host
        elif field:
            connection[field] = escape_value(value)
        else:
            extra[key] = escape_value(value)
    connection["extra"] = extra
    return connection


def _api_connection(environ: Mapping[str, str]) -> dict[str, object]:
    url = environ.get("API_URL") or f"http://127.0.0.1:{_require(environ, 'API_PORT')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"API_URL: {url!r} is not an http or https address")
    return {
        "conn_type": "http",
        "schema": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (443 if parts.scheme == "https" else 80),
        "password": _require(environ, "API_SYNC_KEY"),
    }
