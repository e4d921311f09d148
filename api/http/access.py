"""API keys, their scopes and the rate limit.

A caller is an API key (header X-API-Key, or Authorization: Bearer) or, without one, an address. Keys are 256 random
bits, so a plain SHA-256 of them is safe to store. Keys are looked up again after some milliseconds, for which
``flask keys revoke`` waits: a key that it reports as revoked is refused by every process.
``flask keys`` creates, lists and revokes keys. Pages for browsers also accept the key as a password (Basic
authentication, RFC 7617). Operations that change something do not, because browsers would send the password with
requests from any site (CSRF).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from flask import Flask, Request, current_app, g, request
from flask.cli import AppGroup
from sqlalchemy import Engine, bindparam, create_engine, func, insert, select, update

from api.errors import Problem
from api.http.rate_limit import Allowance, RateLimiter
from api.serving import database
from api.serving.lease import Lease, wait_until_all_forget
from api.serving.models import ApiKey

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
Keys = Lease[bytes, Any]
"""Id and scopes of API keys by SHA-256."""

HEADER = "X-API-Key"
SCOPES = {
    "read": "read everything",
    "write": "create, change and delete products",
    "sync": "copy the warehouse's latest batch",
}
WHERE_KEYS_COME_FROM = "Who runs this API makes keys, with `flask --app api keys create`."
PREFIX = "swh_"
ALLOWANCE = "api.allowance"
"""Key of a request's WSGI environment: its allowance, if it has been counted."""

IN_OWN_HEADER = f"the header {HEADER}"
SYNC_KEY_ID = 0
"""The id of the key in the setting API_SYNC_KEY, which is in no table."""

FIND_KEY = database.sql_text(
    select(ApiKey.id, ApiKey.scopes).where(ApiKey.key_hash == bindparam("key_hash"), ApiKey.revoked_at.is_(None))
)


class InvalidKeyError(Problem):
    """The request carries no valid key."""

    status = 401
    name = "invalid-key"
    title = "A valid API key is required"
    headers = {"WWW-Authenticate": f'ApiKey header="{HEADER}", Bearer'}  # noqa: RUF012


class PasswordRequiredError(InvalidKeyError):
    """A page needs a key; the header makes browsers ask for it as a password."""

    headers = {"WWW-Authenticate": 'Basic realm="Sales warehouse: an API key as the password", charset="UTF-8"'}  # noqa: RUF012


class MissingScopeError(Problem):
    """The key is valid but lacks the scope of the operation."""

    status = 403
    name = "missing-scope"
    title = "The API key lacks the required scope"


class TooManyRequestsError(Problem):
    """The caller has used up the requests of this minute."""

    status = 429
    name = "too-many-requests"
    title = "Too many requests"


def requires(scope: str, *, in_browser: bool = False) -> Callable[[View], View]:
    """Require a scope for a view, and count its requests; ``in_browser`` also accepts the key as a password."""

    def decorate(view: View) -> View:
        view.required_scope = scope  # type: ignore[attr-defined] # decorators above it copy the attribute
        view.in_browser = in_browser  # type: ignore[attr-defined]
        return view

    return decorate


def init_app(app: Flask) -> None:
    """Check and count each request to a view that ``requires`` a scope.

    Call it after ``database.init_app``.
    """
    reader: database.Reader = app.extensions["reader"]
    app.extensions["api_keys"] = Lease(lambda key_hash: next(iter(reader.read(FIND_KEY, {"key_hash": key_hash})), None))
    app.extensions["rate_limiter"] = RateLimiter(app.config["SETTINGS"].rate_limit)
    # The request itself, because each look at Flask's proxy for it takes as long as ten at the request.
    app.before_request(lambda: _check(app, request._get_current_object()))  # type: ignore[attr-defined]
    app.cli.add_command(keys)


def caller_id() -> int:
    """Return the id of the current request's key; only for views that require one."""
    return cast(int, g.caller_id)


def _check(app: Flask, asked: Request) -> None:
    view = app.view_functions.get(asked.endpoint or "")
    scope = getattr(view, "required_scope", None)
    if scope is None or asked.method == "OPTIONS":  # CORS preflight requests carry no key
        return
    environment = asked.environ
    key = environment.get("HTTP_X_API_KEY") or None  # clients without a key may send an empty header
    in_browser, source = getattr(view, "in_browser", False), IN_OWN_HEADER
    open_to_all = scope == "read" and app.config["SETTINGS"].open_reads
    if key is None and "HTTP_AUTHORIZATION" in environment and (given := asked.authorization):
        if given.type == "bearer":
            key, source = given.token, "the header Authorization"
        elif given.type == "basic" and in_browser:
            key, source = given.password, "the password"
    api_key = _find_key(app, key) if key is not None else None
    if api_key is None and open_to_all and source != IN_OWN_HEADER:
        key = None  # it may be meant for a proxy in front of the API
    error_type = PasswordRequiredError if in_browser else InvalidKeyError
    # A wrong key counts for its address, so that guessing keys is limited.
    _count_request(app, environment, f"key {api_key[0]}" if api_key else f"address {environment.get('REMOTE_ADDR')}")
    if key is not None and api_key is None:
        raise error_type(f"The key in {source} is unknown or revoked. {WHERE_KEYS_COME_FROM}")
    if api_key is None:
        if open_to_all:
            return
        raise error_type(f"Send a key with the scope {scope} in the header {HEADER}. {WHERE_KEYS_COME_FROM}")
    g.caller_id, scopes = api_key
    if scope not in scopes and not open_to_all:
        raise MissingScopeError(
            f"The operation needs the scope {scope}; the key has {', '.join(scopes) or 'no scope'}."
        )


def reader_at_once(app: Flask, environment: WSGIEnvironment) -> str | None:
    """Return who sends a request, as the rate limit counts callers, if that caller may read; None if it is unknown yet.

    It asks no database. Callers with any other key than that of the header X-API-Key count as unknown.
    """
    if "HTTP_AUTHORIZATION" in environment:
        return None
    key = environment.get("HTTP_X_API_KEY")
    if not key:
        return f"address {environment.get('REMOTE_ADDR')}" if app.config["SETTINGS"].open_reads else None
    api_keys: Keys = app.extensions["api_keys"]
    found = api_keys.held(_hash(key.encode("latin-1")))
    return f"key {found[0]}" if found and ("read" in found[1] or app.config["SETTINGS"].open_reads) else None


def _hash(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _find_key(app: Flask, key: str) -> tuple[int, list[str]] | None:
    key_bytes = key.encode("utf-8", "surrogateescape")
    if compare_digest(key_bytes, app.config["SETTINGS"].sync_key.encode()):
        return SYNC_KEY_ID, ["sync"]
    api_keys: Keys = app.extensions["api_keys"]
    return api_keys.get(_hash(key_bytes))


def _count_request(app: Flask, environment: WSGIEnvironment, caller: str) -> None:
    limiter: RateLimiter = app.extensions["rate_limiter"]
    environment[ALLOWANCE] = allowance = environment.get(ALLOWANCE) or limiter.take(caller)
    if allowance.remaining < 0:
        wait = allowance.seconds_to_reset
        raise TooManyRequestsError(f"The limit is {allowance.limit} requests a minute; try again in {wait} s.")


def rate_limit_headers(environment: WSGIEnvironment, status: str) -> list[tuple[str, str]]:
    """Return the headers of the rate limit of a response with a status; none if its request was not counted."""
    allowance: Allowance | None = environment.get(ALLOWANCE)
    if allowance is None:
        return []
    headers = allowance.headers()
    if int(status[:3]) == TooManyRequestsError.status:
        headers.append(("Retry-After", str(allowance.seconds_to_reset)))
    return headers


keys = AppGroup("keys", help="API keys: create, list, revoke. They work as the owner of the serving database.")


@keys.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, default=["read"], type=click.Choice(list(SCOPES)), show_default=True)
def create_key(name: str, scopes: tuple[str, ...]) -> None:
    """Create a key for NAME (a person or program) and print it. It cannot be shown again."""
    key = PREFIX + secrets.token_urlsafe(32)
    granted = sorted(set(scopes))
    row = {"name": name, "key_hash": hashlib.sha256(key.encode()).digest(), "scopes": granted}
    with _owner().begin() as connection:
        key_id = connection.execute(insert(ApiKey).values(row).returning(ApiKey.id)).scalar_one()
    click.echo(f"key {key_id} for {name}, scopes {', '.join(granted)}; it cannot be shown again:", err=True)
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """List all keys: id, scopes, dates of creation and revocation, name."""
    columns = (ApiKey.id, ApiKey.scopes, ApiKey.created_at, ApiKey.revoked_at, ApiKey.name)
    with _owner().connect() as connection:
        for key_id, scopes, created, revoked, name in connection.execute(select(*columns).order_by(ApiKey.id)):
            state = f"revoked {revoked:%Y-%m-%d}" if revoked else "valid"
            click.echo(f"{key_id}\t{','.join(scopes)}\t{created:%Y-%m-%d}\t{state}\t{name}")


@keys.command("revoke")
@click.argument("key_id", type=int)
def revoke_key(key_id: int) -> None:
    """Revoke the key KEY_ID; the API refuses it from the next request on."""
    revocation = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    with _owner().begin() as connection:
        if not connection.execute(revocation.values(revoked_at=func.clock_timestamp())).rowcount:
            raise click.ClickException(f"There is no valid key {key_id}; `flask keys list` shows all.")
    wait_until_all_forget()
    click.echo(f"key {key_id} is revoked")


def _owner() -> Engine:
    return create_engine(database.psycopg_url(current_app.config["SETTINGS"].serving_database_url))
