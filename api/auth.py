"""Who may call what."""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import ParamSpec, TypeVar

from flask import current_app, request

from api.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")


class InvalidKeyError(Problem):
    """The request carries no valid key."""

    status = 401
    name = "invalid-key"
    title = "A valid key is required"
    headers = {"WWW-Authenticate": 'ApiKey header="X-API-Key"'}  # noqa: RUF012


def sync_key_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view run only for requests whose X-API-Key is the sync key (compared in constant time)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        given = request.headers.get("X-API-Key", "").encode()
        if not compare_digest(given, current_app.config["SETTINGS"].sync_key.encode()):
            raise InvalidKeyError("Send the sync key (setting API_SYNC_KEY) in the header X-API-Key.")
        return view(*args, **kwargs)

    return guarded
